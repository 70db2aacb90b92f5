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
    "DdnsQueue4D79809D": "AWS::SQS::Queue",
    "DdnsQueuePolicy1E08564A": "AWS::SQS::QueuePolicy",
    "DdnsReverseZonePolicy5B011678": "AWS::IAM::Policy",
    "DdnsRole47590A02": "AWS::IAM::Role",
    "DdnsRoleDefaultPolicy8673E979": "AWS::IAM::Policy",
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
}


def test_logical_ids_are_public(example: Callable[[str], Example]) -> None:
    resources = example("instance_ddns_reverse_zones").template["Resources"]
    found = {id_: each["Type"] for id_, each in resources.items() if id_.startswith("Ddns")}
    assert found == _LOGICAL_IDS


def test_logical_ids_of_alarms_are_public(example: Callable[[str], Example]) -> None:
    resources = example("instance_ddns_alarms").template["Resources"]
    alarms = {id_ for id_, each in resources.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    assert alarms == _ALARM_IDS
