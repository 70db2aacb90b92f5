"""What costs and simulation of a failover take for given, against constructs and runtime."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_sns as sns

from benchmarks import failover_costs as costs
from benchmarks.costs import ALARM, DAYS
from benchmarks.flood import PRICES
from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.story import Story
from benchmarks.simulation.failover.wire import TimedJournal, TimedProbers
from benchmarks.simulation.failover.world import Ours
from ddns.failover.relay import MOST_SECONDS
from tests.constructs.failover.bench import KINDS, Bench
from tests.constructs.failover.naming import Named

if TYPE_CHECKING:
    from collections.abc import Callable

_HANDLERS = Path(__file__).resolve().parents[2] / "lambda_src" / "ddns" / "handlers"
_LOOP = re.search(r"^LOOP = ([\d.]+)$", (_HANDLERS / "failover.py").read_text(), re.MULTILINE)
_HOUR = 3_600.0
_HOURS = DAYS * 24
_CALM = Parameters(invoke_fails=0.0, lost_packet=0.0, ec2_throttles=0.0)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What two controllers call in an hour in which nothing happens."""
    counts: Counter[str] = Counter()

    def counted(kind: type, name: str) -> Callable[..., Any]:
        method = getattr(kind, name)

        def call(self: Any, *arguments: Any) -> Any:  # noqa: ANN401 - of any class
            counts[name] += 1
            return method(self, *arguments)

        return call

    for kind, name in (
        (TimedJournal, "read"),
        (TimedJournal, "note_seen"),
        (TimedProbers, "probe"),
    ):
        monkeypatch.setattr(kind, name, counted(kind, name))
    begin = 130.0  # both run by then
    world = Ours(_CALM, Story(begin, begin + _HOUR), 1)
    world.scheduler.run(begin)
    counts.clear()
    world.scheduler.run(begin + _HOUR)
    world.scheduler.close()
    assert world.report.broken == []
    return counts


def test_a_calm_month_of_a_controller_costs_what_is_reckoned(used: Counter[str]) -> None:
    found = costs.address().parts
    second = PRICES["Lambda GB-second on Arm"] * costs.PROBER_GB * costs.PROBER_SECONDS
    invocations = costs.PROBERS * used["probe"] * _HOURS
    probers = invocations * (PRICES["Lambda request"] + second)
    assert found["Lambda: the probers"] == pytest.approx(probers, rel=0.05)
    reads = used["read"] * _HOURS * PRICES["DynamoDB read unit"]
    writes = used["note_seen"] * _HOURS * PRICES["DynamoDB write unit"]
    # A write is up to two units, as what is seen may be more than a kilobyte.
    assert reads + writes < found["DynamoDB"] < reads + 2.3 * writes


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_has_the_alarms_and_the_probers_that_are_reckoned(kind: type) -> None:
    bench = Bench()
    bench.define(kind).add_alarms(sns.Topic(bench.stack, "Topic"))
    alarms = bench.of_type("AWS::CloudWatch::Alarm")
    assert len(alarms) * ALARM <= costs.address().parts["alarms"] + 1e-9
    assert len(alarms) >= 9
    assert len(bench.probers()) == costs.PROBERS
    assert {each["MemorySize"] for each in bench.probers().values()} == {costs.PROBER_GB * 1_024}


def test_the_simulation_has_the_defaults_of_the_constructs() -> None:
    bench, own = Bench(), Parameters()
    bench.define(KINDS[0])
    variables = bench.environment()
    policy = variables["FAILOVER_POLICY"]
    assert {name: getattr(own, name) for name in policy if hasattr(own, name)} == {
        name: value for name, value in policy.items() if hasattr(own, name)
    }
    assert {"interval", "failures", "min_dwell", "verify_interval"} <= policy.keys()
    assert variables["FAILOVER_CHECK"]["timeout"] == own.check_timeout
    assert _LOOP is not None
    assert float(_LOOP[1]) == own.loop == costs.CONTROLLER_SECONDS
    schedules = bench.of_type("AWS::Events::Rule").values()
    assert "rate(1 minute)" in [each.get("ScheduleExpression") for each in schedules]
    assert own.schedule == 60


def test_the_simulation_has_the_defaults_of_a_name() -> None:
    own, named = Parameters(), Named.relayed()
    checks = named.template.find_resources("AWS::Route53::HealthCheck").values()
    asking = [
        config for each in checks if "Port" in (config := each["Properties"]["HealthCheckConfig"])
    ]
    assert any(each.get("Inverted") for each in asking)
    assert {(each["RequestInterval"], each["FailureThreshold"]) for each in asking} == {
        (own.check_interval, 2)
    }
    records = named.template.find_resources("AWS::Route53::RecordSet").values()
    assert {each["Properties"]["TTL"] for each in records} == {f"{own.ttl:g}"}
    assert own.relay_try == MOST_SECONDS
