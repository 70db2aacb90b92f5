"""Dynamic DNS on Route 53 as AWS CDK constructs.

The CDK is loaded when a name of it is first used: the ``ddns`` command, which lives below this
package too, neither needs it nor waits for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddns_constructs._client_alarms import ClientDdnsAlarms
    from ddns_constructs._client_endpoint import ClientEndpoint
    from ddns_constructs._client_settings import AddressPolicy, ClientProtocol
    from ddns_constructs._direct_access import DirectAccess
    from ddns_constructs._direct_alarms import DirectDdnsAlarms
    from ddns_constructs._direct_checks import DirectMethod
    from ddns_constructs._direct_response import DirectResponse
    from ddns_constructs._instance_alarms import InstanceDdnsAlarms
    from ddns_constructs._instance_settings import RecordPolicy, ReverseZones, TagKeys
    from ddns_constructs._route53_policy import RecordAction, grant_record_changes
    from ddns_constructs.api_gateway_direct_ddns import ApiGatewayDirectDdns
    from ddns_constructs.client_ddns import ClientDdns
    from ddns_constructs.instance_ddns import InstanceDdns

__all__ = [
    "AddressPolicy",
    "ApiGatewayDirectDdns",
    "ClientDdns",
    "ClientDdnsAlarms",
    "ClientEndpoint",
    "ClientProtocol",
    "DirectAccess",
    "DirectDdnsAlarms",
    "DirectMethod",
    "DirectResponse",
    "InstanceDdns",
    "InstanceDdnsAlarms",
    "RecordAction",
    "RecordPolicy",
    "ReverseZones",
    "TagKeys",
    "grant_record_changes",
]

_MODULES = {
    "AddressPolicy": "_client_settings",
    "ApiGatewayDirectDdns": "api_gateway_direct_ddns",
    "ClientDdns": "client_ddns",
    "ClientDdnsAlarms": "_client_alarms",
    "ClientEndpoint": "_client_endpoint",
    "ClientProtocol": "_client_settings",
    "DirectAccess": "_direct_access",
    "DirectDdnsAlarms": "_direct_alarms",
    "DirectMethod": "_direct_checks",
    "DirectResponse": "_direct_response",
    "InstanceDdns": "instance_ddns",
    "InstanceDdnsAlarms": "_instance_alarms",
    "RecordAction": "_route53_policy",
    "RecordPolicy": "_instance_settings",
    "ReverseZones": "_instance_settings",
    "TagKeys": "_instance_settings",
    "grant_record_changes": "_route53_policy",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
