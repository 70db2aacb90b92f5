"""What NameFailover counts, and the alarms that there can be in a Region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns

from ddns_constructs import Detection
from tests.constructs.failover.naming import PRIVATE, Named, new_stack

if TYPE_CHECKING:
    from ddns_constructs._failover.name_alarms import NameFailoverAlarms

_KINDS = ("relay", "canary", "public")


def _named(kind: str, region: str | None = None) -> Named:
    if kind == "relay":
        return Named.relayed(region=region)
    if kind == "canary":
        return Named.relayed(region=region, detection=Detection.alarm())
    return Named.public(region=region)


def _alarms(named: Named) -> tuple[NameFailoverAlarms, dict[str, dict[str, Any]]]:
    added = named.name.add_alarms(sns.Topic(named.stack, "Topic"))
    found = named.template.find_resources("AWS::CloudWatch::Alarm")
    return added, {
        re.sub(r"^Db|Alarm[0-9A-F]{8}$", "", id_): each["Properties"] for id_, each in found.items()
    }


_OF_RELAYS = {
    f"Relay{number}{what}"
    for number in (1, 2)
    for what in ("PrimaryDown", "MonitorSilent", "MonitorErrors")
}


@pytest.mark.parametrize(
    ("kind", "region", "names"),
    (
        ("relay", "eu-west-1", _OF_RELAYS),
        ("relay", None, _OF_RELAYS),
        ("relay", "us-east-1", {*_OF_RELAYS, "HealthCheck"}),
        ("canary", "eu-west-1", {"Primary", "MonitorSilent", "MonitorErrors"}),
        ("canary", "us-east-1", {"Primary", "MonitorSilent", "MonitorErrors", "HealthCheck"}),
        ("public", "us-east-1", {"HealthCheck"}),
    ),
)
def test_the_alarms_are_those_that_the_region_has_metrics_for(
    kind: str, region: str | None, names: set[str]
) -> None:
    added, found = _alarms(_named(kind, region))
    assert set(found) == names
    listed = [*added.primary_down, *added.monitor_silent, *added.errors]
    assert len(listed) + (added.health_check is not None) == len(names)
    for alarm in found.values():
        assert len(alarm["AlarmActions"]) == len(alarm["OKActions"]) == 1


def test_a_relay_that_is_not_asked_any_more_sets_off_an_alarm_as_it_would_move_nothing() -> None:
    alarms = _alarms(_named("relay", "eu-west-1"))[1]
    alarm = alarms["Relay1MonitorSilent"]
    assert alarm["Dimensions"] != alarms["Relay2MonitorSilent"]["Dimensions"]
    assert (alarm["MetricName"], alarm["Namespace"]) == ("Invocations", "AWS/Lambda")
    assert alarm["TreatMissingData"] == "breaching", "no data is what it waits for"
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (60, 3, 1)
    assert alarm["ComparisonOperator"] == "LessThanThreshold"


def test_the_alarm_of_a_relay_watches_what_it_says_of_the_primary() -> None:
    alarms = _alarms(_named("relay", "eu-west-1"))[1]
    alarm = alarms["Relay2PrimaryDown"]
    assert alarm["Dimensions"] != alarms["Relay1PrimaryDown"]["Dimensions"]
    assert (alarm["MetricName"], alarm["Namespace"]) == ("PrimaryDown", "DdnsConstructs")
    assert alarm["TreatMissingData"] == "notBreaching"


def test_the_alarm_that_a_health_check_follows_notifies_too() -> None:
    named = _named("canary", "eu-west-1")
    added, found = _alarms(named)
    assert added.primary_down == [named.name.primary_alarm]
    assert found["Primary"]["MetricName"] == "PrimaryUp"


def test_the_alarm_of_a_health_check_watches_its_status_in_us_east_1() -> None:
    alarm = _alarms(_named("public", "us-east-1"))[1]["HealthCheck"]
    assert (alarm["MetricName"], alarm["Namespace"]) == ("HealthCheckStatus", "AWS/Route53")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


@pytest.mark.parametrize("region", ("eu-west-1", None))
def test_public_checks_have_no_alarm_elsewhere_and_it_says_where(region: str | None) -> None:
    named = _named("public", region)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        named.name.add_alarms(sns.Topic(named.stack, "Topic"))
    assert str(caught.value) == (
        "'add_alarms' has nothing to watch in this Region, as Route 53 counts in us-east-1 only: "
        "define an alarm on metric_health_check_status() in a stack of that Region, with "
        "cross_region_references=True on both stacks"
    )


def test_what_it_says_works() -> None:
    app = cdk.App()
    stack, there = (
        cdk.Stack(
            app,
            name,
            cross_region_references=True,
            env=cdk.Environment(account="111122223333", region=region),
        )
        for name, region in (("Stack", "eu-west-1"), ("There", "us-east-1"))
    )
    named = Named.define(stack, check=None, detection=_heartbeat(stack), **PRIVATE)
    metric = named.name.metric_health_check_status()
    cloudwatch.Alarm(there, "Down", evaluation_periods=1, metric=metric, threshold=1)
    template = cdk.assertions.Template.from_stack(there)
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"MetricName": "HealthCheckStatus", "Namespace": "AWS/Route53", "Period": 60},
    )


def _heartbeat(stack: cdk.Stack) -> Detection:
    return Detection.from_alarm(cloudwatch.Alarm.from_alarm_name(stack, "Own", "Heartbeat"))


def test_alarms_are_added_once_and_to_a_topic() -> None:
    named = _named("relay")
    with pytest.raises(TypeError, match="'topic' must be an SNS topic, got 'mail'"):
        named.name.add_alarms("mail")  # type: ignore[arg-type] # it is refused
    topic = sns.Topic(named.stack, "Topic")
    named.name.add_alarms(topic)
    with pytest.raises(ValueError, match="'add_alarms' adds its alarms once"):
        named.name.add_alarms(topic)


# ---------------------------------------------------------------- metrics


@pytest.mark.parametrize("kind", _KINDS)
def test_the_status_of_the_health_check_is_in_us_east_1_from_everywhere(kind: str) -> None:
    named = _named(kind, "eu-west-1")
    metric = named.name.metric_health_check_status()
    assert (metric.namespace, metric.metric_name) == ("AWS/Route53", "HealthCheckStatus")
    assert metric.region == "us-east-1"
    assert metric.dimensions == {"HealthCheckId": named.name.health_check.health_check_id}
    assert metric.period.to_seconds() == 60


def test_each_relay_counts_for_itself() -> None:
    named = _named("relay")
    metrics = named.name.metrics_primary_down(period=cdk.Duration.minutes(1))
    assert [each.dimensions for each in metrics] == [
        {"Function": each.function_name} for each in named.name.functions
    ]
    for each in metrics:
        assert (each.namespace, each.metric_name) == ("DdnsConstructs", "PrimaryDown")
        assert (each.statistic, each.period.to_seconds()) == ("Sum", 60)


def test_the_metric_of_a_canary_is_read_where_it_writes_it() -> None:
    named = _named("canary")
    metric = named.name.metric_primary_up(period=cdk.Duration.minutes(1))
    (function,) = named.name.functions
    assert (metric.namespace, metric.metric_name) == ("DdnsConstructs", "PrimaryUp")
    assert metric.dimensions == {"Function": function.function_name}
    assert (metric.statistic, metric.period.to_seconds()) == ("Minimum", 60)


@pytest.mark.parametrize(
    ("kind", "method", "factory"),
    (
        ("canary", "metrics_primary_down", "Detection.relay(...)"),
        ("public", "metrics_primary_down", "Detection.relay(...)"),
        ("relay", "metric_primary_up", "Detection.alarm(...)"),
        ("public", "metric_primary_up", "Detection.alarm(...)"),
    ),
)
def test_a_metric_that_nothing_counts_is_refused(kind: str, method: str, factory: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        getattr(_named(kind).name, method)()
    text = str(caught.value)
    assert text.startswith(f"'{method}' is for {factory}, ")
    assert text.endswith("use metric_health_check_status()")


def test_a_stack_of_no_region_has_the_alarms_of_its_function() -> None:
    assert cdk.Token.is_unresolved(new_stack().region)
    added, _ = _alarms(_named("relay"))
    assert added.health_check is None
