"""Logical ids of NameFailover and ResolverForwarding: changing one is a major release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.constructs.conftest import Example

# Of the example `name_failover`, without what its own security groups make of it.
_NAME = {
    "WebHealthCheck95D948C2": "AWS::Route53::HealthCheck",
    "WebPrimaryA17F5E015": "AWS::Route53::RecordSet",
    "WebRelay1DownCheck53B724FF": "AWS::Route53::HealthCheck",
    "WebRelay1FunctionF300EBEA": "AWS::Lambda::Function",
    "WebRelay1LogsD6BA0CA9": "AWS::Logs::LogGroup",
    "WebRelay1MonitorErrorsAlarmABA64322": "AWS::CloudWatch::Alarm",
    "WebRelay1MonitorSilentAlarmB2AA5FC3": "AWS::CloudWatch::Alarm",
    "WebRelay1NetworkPolicyFF3BC4E6": "AWS::IAM::Policy",
    "WebRelay1NoNetworkPolicyF7372A2F": "AWS::IAM::Policy",
    "WebRelay1PolicyABA350E7": "AWS::IAM::Policy",
    "WebRelay1PrimaryDownAlarm5E40F5A4": "AWS::CloudWatch::Alarm",
    "WebRelay1Role2119A3A9": "AWS::IAM::Role",
    "WebRelay1UpCheckD4733D2F": "AWS::Route53::HealthCheck",
    "WebRelay1Url90641089": "AWS::Lambda::Url",
    "WebRelay2DownCheck44FF5A29": "AWS::Route53::HealthCheck",
    "WebRelay2Function52C69973": "AWS::Lambda::Function",
    "WebRelay2Logs56AF7A16": "AWS::Logs::LogGroup",
    "WebRelay2MonitorErrorsAlarm3088C8C8": "AWS::CloudWatch::Alarm",
    "WebRelay2MonitorSilentAlarm09EA484A": "AWS::CloudWatch::Alarm",
    "WebRelay2NetworkPolicy4EF5A8C6": "AWS::IAM::Policy",
    "WebRelay2NoNetworkPolicyCF9C46B8": "AWS::IAM::Policy",
    "WebRelay2Policy4FE9F159": "AWS::IAM::Policy",
    "WebRelay2PrimaryDownAlarm65015F93": "AWS::CloudWatch::Alarm",
    "WebRelay2RoleC5A810CA": "AWS::IAM::Role",
    "WebRelay2UpCheck5E0D1F60": "AWS::Route53::HealthCheck",
    "WebRelay2Url0DB1908A": "AWS::Lambda::Url",
    "WebSecondaryA859A4E21": "AWS::Route53::RecordSet",
    "WebSecurityGroupF444D504": "AWS::EC2::SecurityGroup",
}
_RESOLVER = {
    "HybridAssociations110inaddrarpa07D53791": "AWS::Route53Resolver::ResolverRuleAssociation",
    "HybridAssociationscorpexample597E2ABA": "AWS::Route53Resolver::ResolverRuleAssociation",
    "HybridInbound2DA8E3D2": "AWS::Route53Resolver::ResolverEndpoint",
    "HybridInboundAlarmB8B13FF8": "AWS::CloudWatch::Alarm",
    "HybridInboundSecurityGroupCFB66CCE": "AWS::EC2::SecurityGroup",
    "HybridOutboundAlarm700CB1CE": "AWS::CloudWatch::Alarm",
    "HybridOutboundF2D60CD6": "AWS::Route53Resolver::ResolverEndpoint",
    "HybridOutboundSecurityGroup4945C767": "AWS::EC2::SecurityGroup",
    "HybridRules110inaddrarpa018642C5": "AWS::Route53Resolver::ResolverRule",
    "HybridRulescorpexampleF582D0EE": "AWS::Route53Resolver::ResolverRule",
}


@pytest.mark.parametrize(
    ("name", "prefix", "ids"),
    (("name_failover", "Web", _NAME), ("resolver_forwarding", "Hybrid", _RESOLVER)),
)
def test_logical_ids_are_public(
    example: Callable[[str], Example], name: str, prefix: str, ids: dict[str, str]
) -> None:
    resources = example(name).template["Resources"]
    found = {
        id_: each["Type"]
        for id_, each in resources.items()
        if id_.startswith(prefix)
        and "SecurityGroupto" not in id_
        and "Permission" not in each["Type"]
    }
    assert found == ids
