"""Dynamic DNS and failover on Route 53 as AWS CDK constructs.

The CDK is loaded when a name of it is first used: the ``ddns`` command, which lives below this
package too, neither needs it nor waits for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddns_constructs._client.alarms import ClientDdnsAlarms
    from ddns_constructs._client.checks import AddressPolicy, ClientProtocol
    from ddns_constructs._client.endpoint import ClientEndpoint
    from ddns_constructs._common.route53_policy import RecordAction, grant_record_changes
    from ddns_constructs._direct.access import DirectAccess
    from ddns_constructs._direct.alarms import DirectDdnsAlarms
    from ddns_constructs._direct.checks import DirectMethod
    from ddns_constructs._direct.response import DirectResponse
    from ddns_constructs._failover.alarms import FailoverAlarms
    from ddns_constructs._failover.choices import Failback, Fence
    from ddns_constructs._failover.detection import Detection
    from ddns_constructs._failover.detection_checks import MissingData
    from ddns_constructs._failover.endpoints import Endpoint
    from ddns_constructs._failover.name_alarms import NameFailoverAlarms
    from ddns_constructs._failover.node import Node
    from ddns_constructs._failover.probe import Probe
    from ddns_constructs._failover.resolver_settings import EndpointType
    from ddns_constructs._instance.adopt import Adopt
    from ddns_constructs._instance.alarms import InstanceDdnsAlarms
    from ddns_constructs._instance.settings import RecordPolicy, ReverseZones, TagKeys
    from ddns_constructs.api_gateway_direct_ddns import ApiGatewayDirectDdns
    from ddns_constructs.client_ddns import ClientDdns
    from ddns_constructs.eni_failover import EniFailover
    from ddns_constructs.instance_ddns import InstanceDdns
    from ddns_constructs.name_failover import NameFailover
    from ddns_constructs.overlay_ip_failover import OverlayIpFailover
    from ddns_constructs.resolver_forwarding import ResolverForwarding, ResolverForwardingAlarms
    from ddns_constructs.service_ip_failover import ServiceIpFailover

__all__ = [
    "AddressPolicy",
    "Adopt",
    "ApiGatewayDirectDdns",
    "ClientDdns",
    "ClientDdnsAlarms",
    "ClientEndpoint",
    "ClientProtocol",
    "Detection",
    "DirectAccess",
    "DirectDdnsAlarms",
    "DirectMethod",
    "DirectResponse",
    "Endpoint",
    "EndpointType",
    "EniFailover",
    "Failback",
    "FailoverAlarms",
    "Fence",
    "InstanceDdns",
    "InstanceDdnsAlarms",
    "MissingData",
    "NameFailover",
    "NameFailoverAlarms",
    "Node",
    "OverlayIpFailover",
    "Probe",
    "RecordAction",
    "RecordPolicy",
    "ResolverForwarding",
    "ResolverForwardingAlarms",
    "ReverseZones",
    "ServiceIpFailover",
    "TagKeys",
    "grant_record_changes",
]

_MODULES = {
    "AddressPolicy": "_client.checks",
    "Adopt": "_instance.adopt",
    "ApiGatewayDirectDdns": "api_gateway_direct_ddns",
    "ClientDdns": "client_ddns",
    "ClientDdnsAlarms": "_client.alarms",
    "ClientEndpoint": "_client.endpoint",
    "ClientProtocol": "_client.checks",
    "Detection": "_failover.detection",
    "DirectAccess": "_direct.access",
    "DirectDdnsAlarms": "_direct.alarms",
    "DirectMethod": "_direct.checks",
    "DirectResponse": "_direct.response",
    "Endpoint": "_failover.endpoints",
    "EndpointType": "_failover.resolver_settings",
    "EniFailover": "eni_failover",
    "Failback": "_failover.choices",
    "FailoverAlarms": "_failover.alarms",
    "Fence": "_failover.choices",
    "InstanceDdns": "instance_ddns",
    "InstanceDdnsAlarms": "_instance.alarms",
    "MissingData": "_failover.detection_checks",
    "NameFailover": "name_failover",
    "NameFailoverAlarms": "_failover.name_alarms",
    "Node": "_failover.node",
    "OverlayIpFailover": "overlay_ip_failover",
    "Probe": "_failover.probe",
    "RecordAction": "_common.route53_policy",
    "RecordPolicy": "_instance.settings",
    "ResolverForwarding": "resolver_forwarding",
    "ResolverForwardingAlarms": "resolver_forwarding",
    "ReverseZones": "_instance.settings",
    "ServiceIpFailover": "service_ip_failover",
    "TagKeys": "_instance.settings",
    "grant_record_changes": "_common.route53_policy",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
