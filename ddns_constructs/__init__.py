"""Dynamic DNS on Route 53 as AWS CDK constructs.

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
    from ddns_constructs._instance.adopt import Adopt
    from ddns_constructs._instance.alarms import InstanceDdnsAlarms
    from ddns_constructs._instance.settings import RecordPolicy, ReverseZones, TagKeys
    from ddns_constructs.api_gateway_direct_ddns import ApiGatewayDirectDdns
    from ddns_constructs.client_ddns import ClientDdns
    from ddns_constructs.instance_ddns import InstanceDdns

__all__ = [
    "AddressPolicy",
    "Adopt",
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
    "AddressPolicy": "_client.checks",
    "Adopt": "_instance.adopt",
    "ApiGatewayDirectDdns": "api_gateway_direct_ddns",
    "ClientDdns": "client_ddns",
    "ClientDdnsAlarms": "_client.alarms",
    "ClientEndpoint": "_client.endpoint",
    "ClientProtocol": "_client.checks",
    "DirectAccess": "_direct.access",
    "DirectDdnsAlarms": "_direct.alarms",
    "DirectMethod": "_direct.checks",
    "DirectResponse": "_direct.response",
    "InstanceDdns": "instance_ddns",
    "InstanceDdnsAlarms": "_instance.alarms",
    "RecordAction": "_common.route53_policy",
    "RecordPolicy": "_instance.settings",
    "ReverseZones": "_instance.settings",
    "TagKeys": "_instance.settings",
    "grant_record_changes": "_common.route53_policy",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
