"""The templates of the examples, whole: `make golden` writes them anew, a review reads the diff."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from tests.constructs.conftest import EXAMPLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion

    from tests.constructs.conftest import Example


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_the_template_is_the_golden_one(
    example: Callable[[str], Example], snapshot: SnapshotAssertion, name: str
) -> None:
    text = json.dumps(example(name).template)
    # The asset's hash changes with every line of the runtime; the template does not.
    template = json.loads(re.sub(r"\b[0-9a-f]{64}\b", "<asset>", text))
    assert template == snapshot(extension_class=JSONSnapshotExtension)


# Changing a logical id replaces the resource in every user's stack: a major release.
_LOGICAL_IDS = {
    "DdnsDeadLetterQueue809BB2DC": "AWS::SQS::Queue",
    "DdnsDeadLetterQueuePolicy7779BC2F": "AWS::SQS::QueuePolicy",
    "DdnsDescribePolicy7D9BCC43": "AWS::IAM::Policy",
    "DdnsEventSource389D6A74": "AWS::Lambda::EventSourceMapping",
    "DdnsFirstSweepDE369375": "Custom::InstanceDdnsSweep",
    "DdnsFunctionA5386899": "AWS::Lambda::Function",
    "DdnsLogs692ABAE4": "AWS::Logs::LogGroup",
    "DdnsPolicyC600C04C": "AWS::IAM::Policy",
    "DdnsQueue4D79809D": "AWS::SQS::Queue",
    "DdnsQueuePolicy1E08564A": "AWS::SQS::QueuePolicy",
    "DdnsReverseZonePolicy5B011678": "AWS::IAM::Policy",
    "DdnsRole47590A02": "AWS::IAM::Role",
    "DdnsStateRule80BDF881": "AWS::Events::Rule",
    "DdnsSweepRule355D798A": "AWS::Events::Rule",
    "DdnsTable231DA65F": "AWS::DynamoDB::Table",
    "DdnsTagRule06AEB8AF": "AWS::Events::Rule",
}
_ALARM_IDS = {
    "DdnsBacklogAlarm6CEC6F99",
    "DdnsDeadLettersAlarm1DD4986A",
    "DdnsDeletesWithheldAlarmB12AF7F5",
    "DdnsErrorsAlarm50BA11D1",
    "DdnsSweepsAbandonedAlarm38ED1C81",
}


def test_logical_ids_are_public(example: Callable[[str], Example]) -> None:
    resources = example("instance_ddns_reverse_zones").template["Resources"]
    found = {id_: each["Type"] for id_, each in resources.items() if id_.startswith("Ddns")}
    assert found == _LOGICAL_IDS


def test_logical_ids_of_alarms_are_public(example: Callable[[str], Example]) -> None:
    resources = example("instance_ddns_alarms").template["Resources"]
    alarms = {id_ for id_, each in resources.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    assert alarms == _ALARM_IDS


_CLIENT_IDS = {
    "HomeDeadLetterQueueC473343F": "AWS::SQS::Queue",
    "HomeDeadLetterQueuePolicy37183A3E": "AWS::SQS::QueuePolicy",
    "HomeEventSource053CD967": "AWS::Lambda::EventSourceMapping",
    "HomeFunction65AAD2F8": "AWS::Lambda::Function",
    "HomeLogs37E1D71F": "AWS::Logs::LogGroup",
    "HomePolicyADC7A0A3": "AWS::IAM::Policy",
    "HomeQueue9E4BF1FD": "AWS::SQS::Queue",
    "HomeQueuePolicyE357FE28": "AWS::SQS::QueuePolicy",
    "HomeRole513288B0": "AWS::IAM::Role",
    "HomeTableC5DB68C8": "AWS::DynamoDB::Table",
}
_HTTP_API_IDS = {
    "HomeAccessLogs30A8145E": "AWS::Logs::LogGroup",
    "HomeHttpApi55850DF1": "AWS::ApiGatewayV2::Api",
    "HomeHttpApiDefaultRouteB5ABD6A5": "AWS::ApiGatewayV2::Route",
    "HomeHttpApiDefaultRouteFunction8418A510": "AWS::ApiGatewayV2::Integration",
    "HomeHttpApiDefaultRouteFunctionPermission1FF47091": "AWS::Lambda::Permission",
    "HomeStage53953803": "AWS::ApiGatewayV2::Stage",
}
_CUSTOM_DOMAIN_IDS = {
    "HomeDomainA9B585CD1": "AWS::Route53::RecordSet",
    "HomeDomainAAAAF5D0D08B": "AWS::Route53::RecordSet",
    "HomeDomainMappingD3335923": "AWS::ApiGatewayV2::ApiMapping",
    "HomeDomainName9EED4B9B": "AWS::ApiGatewayV2::DomainName",
    "HomeIpv4DomainAC1E0807D": "AWS::Route53::RecordSet",
    "HomeIpv4DomainMappingC0FC81E7": "AWS::ApiGatewayV2::ApiMapping",
    "HomeIpv4DomainNameDF137704": "AWS::ApiGatewayV2::DomainName",
    "HomeIpv6DomainAAAAF3E46A31": "AWS::Route53::RecordSet",
    "HomeIpv6DomainMappingF6E7C393": "AWS::ApiGatewayV2::ApiMapping",
    "HomeIpv6DomainName788FB256": "AWS::ApiGatewayV2::DomainName",
}
_CLIENT_ALARM_IDS = {
    "HomeDeadLettersAlarm3CAFECA8": "AWS::CloudWatch::Alarm",
    "HomeErrorsAlarm68203BD3": "AWS::CloudWatch::Alarm",
    "HomeSilentHostscabinhomeexamplecom9C8EC972": "AWS::CloudWatch::Alarm",
    "HomeSilentHostshomeexamplecom37A5ED88": "AWS::CloudWatch::Alarm",
    "HomeThrottlesAlarm5BEEFDD8": "AWS::CloudWatch::Alarm",
}


@pytest.mark.parametrize(
    ("name", "ids"),
    (
        ("client_ddns", {**_CLIENT_IDS, **_HTTP_API_IDS}),
        (
            "home_router",
            {**_CLIENT_IDS, **_HTTP_API_IDS, **_CUSTOM_DOMAIN_IDS, **_CLIENT_ALARM_IDS},
        ),
    ),
)
def test_logical_ids_of_client_ddns_are_public(
    example: Callable[[str], Example], name: str, ids: dict[str, str]
) -> None:
    resources = example(name).template["Resources"]
    found = {id_: each["Type"] for id_, each in resources.items() if id_.startswith("Home")}
    assert found == ids


@pytest.mark.parametrize("name", ("client_ddns", "home_router"))
def test_outputs_of_client_ddns_are_those_that_the_command_looks_for(
    example: Callable[[str], Example], name: str
) -> None:
    wanted = {"AllowedNames", "HostedZoneIds", "TableName", "Url"}
    more = {
        "client_ddns": {"DeadLetterQueueUrl", "FunctionName", "QueueUrl"},
        "home_router": {"EndpointNames"},
    }
    assert set(example(name).template["Outputs"]) == wanted | more[name]
