"""Logical ids of the constructs whose address moves: changing one is a major release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.constructs.conftest import Example

_ADDRESS = {
    "VipDescribePolicyC2F4BAE4": "AWS::IAM::Policy",
    "VipFunction2B55C68C": "AWS::Lambda::Function",
    "VipFunctionEventInvokeConfigCFC57FEF": "AWS::Lambda::EventInvokeConfig",
    "VipLogs6F30DAD7": "AWS::Logs::LogGroup",
    "VipPolicyADCA77D7": "AWS::IAM::Policy",
    "VipProber1Function2D265B65": "AWS::Lambda::Function",
    "VipProber1Logs442326A0": "AWS::Logs::LogGroup",
    "VipProber1NetworkPolicyDE4D964E": "AWS::IAM::Policy",
    "VipProber1NoNetworkPolicyDCF5F967": "AWS::IAM::Policy",
    "VipProber1Policy311268A3": "AWS::IAM::Policy",
    "VipProber1Role37AAD8E7": "AWS::IAM::Role",
    "VipProber2Function5CECD954": "AWS::Lambda::Function",
    "VipProber2LogsFC7D67CA": "AWS::Logs::LogGroup",
    "VipProber2NetworkPolicyF2E77CF4": "AWS::IAM::Policy",
    "VipProber2NoNetworkPolicyB9080328": "AWS::IAM::Policy",
    "VipProber2Policy28D11635": "AWS::IAM::Policy",
    "VipProber2RoleCB493E35": "AWS::IAM::Role",
    "VipProberSecurityGroup325FA81B": "AWS::EC2::SecurityGroup",
    "VipRole83E07720": "AWS::IAM::Role",
    "VipScheduleRuleEC8EFB29": "AWS::Events::Rule",
    "VipStateRuleF971A5AE": "AWS::Events::Rule",
    "VipTableD890BCF3": "AWS::DynamoDB::Table",
}
_SERVICE = {"VipInterfacePolicy95B7B014": "AWS::IAM::Policy"}


@pytest.mark.parametrize(
    ("name", "ids"),
    (
        ("overlay_ip_failover", _ADDRESS),
        ("service_ip_failover", {**_ADDRESS, **_SERVICE}),
        ("eni_failover", _ADDRESS),
    ),
)
def test_logical_ids_are_public(
    example: Callable[[str], Example], name: str, ids: dict[str, str]
) -> None:
    resources = example(name).template["Resources"]
    found = {
        id_: each["Type"]
        for id_, each in resources.items()
        if id_.startswith("Vip") and "Permission" not in each["Type"]
    }
    assert found == ids
