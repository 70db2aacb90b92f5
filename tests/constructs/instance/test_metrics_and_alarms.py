"""What the construct counts, and the alarms on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from ddns_constructs import InstanceDdns

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_METRICS = {
    "metric_records_written": ("RecordsWritten", "Sum"),
    "metric_records_removed": ("RecordsRemoved", "Sum"),
    "metric_claims_refused": ("ClaimsRefused", "Sum"),
    "metric_route53_throttles": ("Route53Throttles", "Sum"),
    "metric_messages_failed": ("MessagesFailed", "Sum"),
    "metric_deletes_withheld": ("DeletesWithheld", "Sum"),
    "metric_warnings": ("Warnings", "Sum"),
    "metric_event_to_change": ("EventToChange", "p95"),
}


@pytest.fixture(scope="module")
def ddns() -> InstanceDdns:
    stack = cdk.Stack(cdk.App(), "Stack")
    zone = cdk.aws_route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
    return InstanceDdns(stack, "Ddns", hosted_zones=[zone])


def test_every_metric_has_a_method() -> None:
    assert {name for name in dir(InstanceDdns) if name.startswith("metric_")} == set(_METRICS)


@pytest.mark.parametrize("method", _METRICS)
def test_a_metric_is_read_where_the_function_writes_it(ddns: InstanceDdns, method: str) -> None:
    metric = getattr(ddns, method)(period=cdk.Duration.minutes(1))
    assert (metric.metric_name, metric.statistic) == _METRICS[method]
    assert metric.namespace == "DdnsConstructs"
    assert metric.dimensions == {"Function": ddns.function.function_name}
    assert metric.period.to_seconds() == 60


def test_any_metric_can_be_asked_for_by_name(ddns: InstanceDdns) -> None:
    metric = ddns.metric("RecordsWritten", statistic="Average", label="written")
    assert (metric.metric_name, metric.statistic, metric.label) == (
        "RecordsWritten",
        "Average",
        "written",
    )
    assert metric.period.to_seconds() == 300


# ---------------------------------------------------------------- alarms


def _alarms(bench: Bench) -> dict[str, Any]:
    found = bench.template.find_resources("AWS::CloudWatch::Alarm")
    return {id_.removeprefix("Ddns")[:-8]: each["Properties"] for id_, each in found.items()}


def test_no_alarm_is_defined_unasked(default: Bench) -> None:
    default.template.resource_count_is("AWS::CloudWatch::Alarm", 0)


def test_alarms_tell_the_topic_and_stay_quiet_without_data(bench: Bench) -> None:
    topic = sns.Topic(bench.stack, "Topic")
    added = bench.ddns().add_alarms(topic)
    (topic_id,) = bench.template.find_resources("AWS::SNS::Topic")
    alarms = _alarms(bench)
    assert len(alarms) == len(added)
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic_id}]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmDescription"]


@pytest.mark.parametrize(
    ("alarm", "namespace", "metric", "statistic", "threshold"),
    (
        ("DeadLettersAlarm", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 1),
        ("ErrorsAlarm", "AWS/Lambda", "Errors", "Sum", 1),
        ("BacklogAlarm", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", 1800),
        ("DeletesWithheldAlarm", "DdnsConstructs", "DeletesWithheld", "Sum", 1),
    ),
)
def test_an_alarm_watches_its_metric(  # noqa: PLR0917 - one column each
    bench: Bench, alarm: str, namespace: str, metric: str, statistic: str, threshold: int
) -> None:
    bench.ddns().add_alarms(sns.Topic(bench.stack, "Topic"))
    found = _alarms(bench)[alarm]
    assert (found["Namespace"], found["MetricName"]) == (namespace, metric)
    assert (found["Statistic"], found["Threshold"]) == (statistic, threshold)


def test_the_alarms_come_back_by_name(bench: Bench) -> None:
    alarms = bench.ddns().add_alarms(sns.Topic(bench.stack, "Topic"))
    assert alarms.dead_letters.node.id == "DeadLettersAlarm"
    assert alarms.deletes_withheld.node.id == "DeletesWithheldAlarm"


def test_alarms_are_added_once(bench: Bench) -> None:
    ddns = bench.ddns()
    ddns.add_alarms(sns.Topic(bench.stack, "Topic"))
    with pytest.raises(ValueError, match="'add_alarms' adds its alarms once, got a second call"):
        ddns.add_alarms(sns.Topic(bench.stack, "Second"))
