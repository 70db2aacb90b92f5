"""Logical ids of NameFailover and ResolverForwarding: changing one is a major release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.constructs.conftest import Example

# Of the example `name_failover`, without what its own security groups make of it.
_NAME = {
    "WebFunctionB8DF7D3F": "AWS::Lambda::Function",
    "WebHealthCheck95D948C2": "AWS::Route53::HealthCheck",
    "WebLogsD9759FC4": "AWS::Logs::LogGroup",
    "WebMonitorErrorsAlarm91892C38": "AWS::CloudWatch::Alarm",
    "WebMonitorSilentAlarm2C036105": "AWS::CloudWatch::Alarm",
    "WebNetworkPolicy21154310": "AWS::IAM::Policy",
    "WebNoNetworkPolicy0E7198E0": "AWS::IAM::Policy",
    "WebPolicy83ABEB90": "AWS::IAM::Policy",
    "WebPrimaryA17F5E015": "AWS::Route53::RecordSet",
    "WebPrimaryDownAlarm2A2DABE2": "AWS::CloudWatch::Alarm",
    "WebRole1D1172F5": "AWS::IAM::Role",
    "WebSecondaryA859A4E21": "AWS::Route53::RecordSet",
    "WebSecurityGroupF444D504": "AWS::EC2::SecurityGroup",
    "WebUrl6E9D3B3B": "AWS::Lambda::Url",
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
