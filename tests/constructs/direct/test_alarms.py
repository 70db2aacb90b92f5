"""What ApiGatewayDirectDdns counts in its access log, and how many requests are an alarm."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from tests.constructs.direct.bench import Direct


def test_what_was_put_off_is_counted_in_the_access_log_once_asked_for() -> None:
    direct = Direct()
    metric = direct.ddns.metric_throttled()
    direct.ddns.metric_throttled(period=cdk.Duration.minutes(1))
    (api,) = direct.find("AWS::ApiGateway::RestApi")
    assert (metric.namespace, metric.metric_name) == ("DdnsConstructs", "Throttled")
    assert direct.stack.resolve(metric.dimensions) == {"Api": {"Ref": api}}
    log, _ = direct.log("AccessLog")
    counted = direct.only("AWS::Logs::MetricFilter")
    assert counted["LogGroupName"] == log
    assert counted["FilterPattern"] == '{ $.status = "429" }'
    (transformation,) = counted["MetricTransformations"]
    assert transformation["Dimensions"] == [{"Key": "Api", "Value": "$.apiId"}]


def test_nothing_is_counted_unasked() -> None:
    assert not Direct().find("AWS::Logs::MetricFilter")


def test_without_a_log_what_was_put_off_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="got access_log_retention=None: omit that to keep a log"):
        Direct(access_log_retention=None).ddns.metric_throttled()


# ---------------------------------------------------------------- alarms


def _alarmed(**arguments: Any) -> tuple[Direct, Any]:  # noqa: ANN401 - any argument of it
    alarm_arguments = arguments.pop("alarms", {})
    direct = Direct(**arguments)
    topic = sns.Topic(direct.stack, "Topic", enforce_ssl=True)
    return direct, direct.ddns.add_alarms(topic, **alarm_arguments)


def _thresholds(direct: Direct) -> dict[str, float]:
    found = direct.find("AWS::CloudWatch::Alarm")
    return {each["MetricName"]: each["Threshold"] for each in found.values()}


def test_thresholds_are_the_users() -> None:
    direct, _ = _alarmed(alarms={"client_errors": 5, "throttled": 3})
    assert _thresholds(direct) == {"4XXError": 5, "5XXError": 1, "Throttled": 3}


def test_without_a_log_there_are_two() -> None:
    direct, alarms = _alarmed(access_log_retention=None)
    assert _thresholds(direct) == {"4XXError": 20, "5XXError": 1}
    assert alarms.throttled is None


def test_a_threshold_is_a_whole_number() -> None:
    with pytest.raises(
        ValueError, match="'client_errors' must be a whole number from 1 to"
    ) as text:
        _alarmed(alarms={"client_errors": 0, "throttled": 1.5})
    assert "'throttled' must be a whole number" in str(text.value)
