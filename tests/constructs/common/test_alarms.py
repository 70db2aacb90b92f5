"""The alarms of the constructs: none unasked, each on its metric, with a topic to notify."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_sns as sns

from tests.constructs.common.kinds import ALL, CLIENT, DIRECT, INSTANCE, Kind, new_bench

_SQS, _LAMBDA, _API, _OWN = "AWS/SQS", "AWS/Lambda", "AWS/ApiGateway", "DdnsConstructs"
_WAITING = "ApproximateNumberOfMessagesVisible"
_OLDEST = "ApproximateAgeOfOldestMessage"
_ALARMS = {
    INSTANCE: {
        "DeadLettersAlarm": (_SQS, _WAITING, "Maximum", 1),
        "ErrorsAlarm": (_LAMBDA, "Errors", "Sum", 1),
        "BacklogAlarm": (_SQS, _OLDEST, "Maximum", 1800),
        "DeletesWithheldAlarm": (_OWN, "DeletesWithheld", "Sum", 1),
        "SweepsAbandonedAlarm": (_OWN, "SweepsAbandoned", "Sum", 1),
    },
    CLIENT: {
        "ErrorsAlarm": (_LAMBDA, "Errors", "Sum", 1),
        "ThrottlesAlarm": (_LAMBDA, "Throttles", "Sum", 1),
        "DeadLettersAlarm": (_SQS, _WAITING, "Maximum", 1),
    },
    DIRECT: {
        "ServerErrorsAlarm": (_API, "5XXError", "Sum", 1),
        "ClientErrorsAlarm": (_API, "4XXError", "Sum", 20),
        "ThrottledAlarm": (_OWN, "Throttled", "Sum", 10),
    },
}
_FIELDS = {
    INSTANCE: ("dead_letters", "errors", "backlog", "deletes_withheld", "sweeps_abandoned"),
    CLIENT: ("errors", "throttles", "dead_letters"),
    DIRECT: ("server_errors", "client_errors", "throttled"),
}
_EACH = pytest.mark.parametrize("kind", ALL, ids=str)


@_EACH
def test_no_alarm_is_defined_unasked(kind: Kind) -> None:
    bench = new_bench()
    kind.define(bench)
    bench.template.resource_count_is("AWS::CloudWatch::Alarm", 0)


@_EACH
def test_an_alarm_watches_its_metric_notifies_the_topic_and_stays_quiet_without_data(
    kind: Kind,
) -> None:
    bench = new_bench()
    kind.define(bench).add_alarms(sns.Topic(bench.stack, "Topic"))
    (topic,) = bench.template.find_resources("AWS::SNS::Topic")
    watched: dict[str, Any] = {}
    for id_, each in bench.template.find_resources("AWS::CloudWatch::Alarm").items():
        alarm = each["Properties"]
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["AlarmDescription"]
        assert alarm["Period"] == 300
        keys = ("Namespace", "MetricName", "Statistic", "Threshold")
        watched[id_.removeprefix("Ddns")[:-8]] = tuple(alarm[key] for key in keys)
    assert watched == _ALARMS[kind]


@_EACH
def test_the_alarms_come_back_by_name(kind: Kind) -> None:
    bench = new_bench()
    alarms = kind.define(bench).add_alarms(sns.Topic(bench.stack, "Topic"))
    ids = [getattr(alarms, field).node.id for field in _FIELDS[kind]]
    assert ids == list(_ALARMS[kind])


@_EACH
def test_alarms_are_added_once(kind: Kind) -> None:
    bench = new_bench()
    ddns = kind.define(bench)
    ddns.add_alarms(sns.Topic(bench.stack, "Topic"))
    with pytest.raises(ValueError, match="'add_alarms' adds its alarms once, got a second call"):
        ddns.add_alarms(sns.Topic(bench.stack, "Second"))
