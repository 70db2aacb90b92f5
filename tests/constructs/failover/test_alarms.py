"""The alarms and metrics of the constructs whose address moves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns

from ddns_constructs import EniFailover, OverlayIpFailover
from tests.constructs.failover.bench import KINDS, Bench, filled
from tests.fakes.cloudwatch import states

_EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
_OWN, _LAMBDA = "DdnsConstructs", "AWS/Lambda"
_WATCHED = {
    "MovedAlarm": (_OWN, "Moved"),
    "MoveFailedAlarm": (_OWN, "MoveFailed"),
    "SplitAlarm": (_OWN, "SplitPlaces"),
    "SlowAlarm": (_OWN, "MoveTime"),
    "UnknownAlarm": (_OWN, "Unknown"),
    "AllDownAlarm": (_OWN, "AllDown"),
    "DegradedAlarm": (_OWN, "Degraded"),
    "BudgetSpentAlarm": (_OWN, "BudgetSpent"),
    "ForeignAlarm": (_OWN, "Foreign"),
    "ErrorsAlarm": (_LAMBDA, "Errors"),
    "SilentAlarm": (_OWN, "Round"),
}
_METRICS = {
    "metric_moved": ("Moved", "Sum"),
    "metric_move_failed": ("MoveFailed", "Sum"),
    "metric_move_time": ("MoveTime", "Maximum"),
    "metric_split_places": ("SplitPlaces", "Sum"),
    "metric_unknown": ("Unknown", "Sum"),
    "metric_all_down": ("AllDown", "Sum"),
    "metric_degraded": ("Degraded", "Sum"),
    "metric_budget_spent": ("BudgetSpent", "Sum"),
    "metric_foreign": ("Foreign", "Sum"),
    "metric_round": ("Round", "Sum"),
}
_RUNTIME = Path(__file__).resolve().parents[3] / "lambda_src" / "ddns" / "failover"


def _alarmed(kind: type, **arguments: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - any of it
    bench = Bench()
    vip = bench.define(kind, **arguments)
    vip.add_alarms(sns.Topic(bench.stack, "Topic"))
    found = bench.of_type("AWS::CloudWatch::Alarm")
    return {id_.removeprefix("Vip")[:-8]: each for id_, each in found.items()}


@pytest.fixture(scope="module")
def alarms() -> dict[str, dict[str, Any]]:
    return _alarmed(OverlayIpFailover)


# ---------------------------------------------------------------- alarms


@_EACH
def test_each_watches_what_the_controller_counts_and_tells_the_topic(kind: type) -> None:
    found = _alarmed(kind)
    assert {id_: (a["Namespace"], a["MetricName"]) for id_, a in found.items()} == _WATCHED
    for alarm in found.values():
        assert filled(alarm["AlarmActions"]) == filled(alarm["OKActions"]) == ["Topic"]
        (dimension,) = alarm["Dimensions"]
        assert filled(dimension["Value"]) == "VipFunction"


@_EACH
def test_none_is_defined_unasked_nor_twice(kind: type) -> None:
    bench = Bench()
    vip = bench.define(kind)
    topic = sns.Topic(bench.stack, "Topic")
    with pytest.raises(TypeError, match="'topic' must be an SNS topic"):
        vip.add_alarms("topic")
    added = vip.add_alarms(topic)
    assert {type(each) for each in added} == {cloudwatch.Alarm}
    assert added.silent.node.path == "Stack/Vip/SilentAlarm"
    with pytest.raises(ValueError, match="'add_alarms' adds its alarms once"):
        vip.add_alarms(topic)
    bench = Bench()
    bench.define(kind)
    assert not bench.of_type("AWS::CloudWatch::Alarm")


_MINUTE, _HOUR = 60, 3_600
_END = 6 * _HOUR


def _rounds(begin: int, end: int, *, interval: int = 3) -> list[tuple[float, float]]:
    """Return what two controllers count in rounds, written each 15 seconds by each of them."""
    return [(float(at), 15 / interval) for at in range(begin, end, 15) for _ in (1, 2)]


def test_a_controller_that_does_not_run_is_the_one_reason_that_is_no_data(
    alarms: dict[str, dict[str, Any]],
) -> None:
    missing = {id_: each["TreatMissingData"] for id_, each in alarms.items()}
    assert missing.pop("SilentAlarm") == "breaching"
    assert set(missing.values()) == {"notBreaching"}


def test_a_silent_controller_is_seen_within_ten_minutes(alarms: dict[str, dict[str, Any]]) -> None:
    seen = states(alarms["SilentAlarm"], _rounds(0, 2 * _HOUR), _END, late=False)
    minutes = dict(enumerate(seen, start=1))
    assert not any(minutes[n] for n in range(1, 2 * 60))
    assert all(minutes[n] for n in range(2 * 60 + 10, _END // 60))


def test_one_controller_that_runs_is_enough(alarms: dict[str, dict[str, Any]]) -> None:
    seen = states(alarms["SilentAlarm"], _rounds(0, _END)[::2], _END, late=False)
    assert not any(seen)


@pytest.mark.parametrize("interval", (2, 3, 30))
def test_some_rounds_without_an_answer_are_no_alarm_and_minutes_of_them_are(interval: int) -> None:
    seconds = cdk.Duration.seconds(interval)
    arguments = {"failures": 1, "recoveries": 2} if interval == 30 else {}
    alarm = _alarmed(OverlayIpFailover, interval=seconds, **arguments)["UnknownAlarm"]
    short = _rounds(_HOUR, _HOUR + 60, interval=interval)
    assert not any(states(alarm, short, _END, late=True))
    long = _rounds(_HOUR, 2 * _HOUR, interval=interval)
    minutes = dict(enumerate(states(alarm, long, _END, late=False), start=1))
    assert all(minutes[n] for n in range(66, 119))
    assert not any(minutes[n] for n in range(130, _END // 60))


@pytest.mark.parametrize("name", ("MovedAlarm", "MoveFailedAlarm", "SplitAlarm", "ForeignAlarm"))
def test_what_happens_once_is_said_once(name: str, alarms: dict[str, dict[str, Any]]) -> None:
    minutes = dict(enumerate(states(alarms[name], [(_HOUR, 1.0)], _END, late=False), start=1))
    assert minutes[61]
    assert not any(minutes[n] for n in range(70, _END // 60))


def test_an_address_that_is_held_is_said_for_an_hour(alarms: dict[str, dict[str, Any]]) -> None:
    seen = states(alarms["BudgetSpentAlarm"], [(_HOUR, 1.0)], _END, late=False)
    minutes = dict(enumerate(seen, start=1))
    assert all(minutes[n] for n in range(61, 119))


@pytest.mark.parametrize(("kind", "seconds"), ((OverlayIpFailover, 30), (EniFailover, 180)))
def test_a_move_is_slow_by_its_kind(kind: type, seconds: int) -> None:
    alarm = _alarmed(kind)["SlowAlarm"]
    for milliseconds, is_slow in ((seconds * 1_000 - 1, False), (seconds * 1_000, True)):
        seen = states(alarm, [(_HOUR, milliseconds)], 2 * _HOUR, late=False)
        assert any(seen) is is_slow


# ---------------------------------------------------------------- metrics


@_EACH
def test_every_metric_has_a_method(kind: type) -> None:
    assert {name for name in dir(kind) if name.startswith("metric_")} == set(_METRICS)


def test_every_metric_is_one_that_the_controller_counts() -> None:
    source = "".join(path.read_text() for path in _RUNTIME.glob("*.py"))
    written = set(re.findall(r'"([A-Z][A-Za-z]+)"', source))
    assert {name for name, _ in _METRICS.values()} <= written


@_EACH
def test_a_metric_is_read_where_it_is_written(kind: type) -> None:
    vip = Bench().define(kind)
    for method, (name, statistic) in _METRICS.items():
        metric = getattr(vip, method)(period=cdk.Duration.minutes(1))
        assert (metric.namespace, metric.metric_name, metric.statistic) == (_OWN, name, statistic)
        assert metric.dimensions == {"Function": vip.function.function_name}
        assert metric.period.to_seconds() == 60
    other = vip.metric("Moved", statistic="Average", label="another")
    assert (other.statistic, other.label, other.period.to_seconds()) == ("Average", "another", 300)


def test_a_metric_that_nobody_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="'metric_name' must be one that is counted, got 'Mvd'"):
        Bench().define(OverlayIpFailover).metric("Mvd")
