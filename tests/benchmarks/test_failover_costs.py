"""What docs/costs.md says of failover, against what is reckoned and what the constructs define."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aws_cdk import aws_sns as sns

from benchmarks.costs import ALARM
from benchmarks.failover_costs import (
    CONTROLLER_GB,
    INTERVAL,
    RELAY_CHECKS,
    RELAY_GB,
    RELAYS,
    Sum,
    address,
    canary,
    forwarding,
    public,
    relay,
    rows,
    table,
)
from ddns_constructs import Detection
from ddns_constructs._failover.settings import DEFAULT_MEMORY
from tests.constructs.failover.naming import Named

if TYPE_CHECKING:
    from collections.abc import Callable

_DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_has_the_table_that_is_reckoned() -> None:
    assert table() in (_DOCS / "costs.md").read_text()


@pytest.mark.parametrize(
    ("define", "found"),
    (
        (lambda: Named.relayed(region="eu-west-1"), relay()),
        (lambda: Named.relayed(region="eu-west-1", detection=Detection.alarm()), canary()),
        (lambda: Named.public(region="us-east-1"), public()),
    ),
)
def test_the_alarms_that_are_reckoned_are_those_that_are_defined(
    define: Callable[[], Named], found: Sum
) -> None:
    named = define()
    named.name.add_alarms(sns.Topic(named.stack, "Topic"))
    alarms = named.template.find_resources("AWS::CloudWatch::Alarm")
    assert len(alarms) * ALARM == pytest.approx(found.parts["alarms"])


def test_the_functions_are_as_large_as_is_reckoned() -> None:
    relayed = Named.relayed()
    functions = relayed.all("AWS::Lambda::Function")
    assert [each["MemorySize"] / 1_024 for each in functions] == [RELAY_GB] * RELAYS
    kinds = [each["Type"] for each in relayed.checks().values()]
    assert (kinds.count("HTTPS"), kinds.count("CALCULATED")) == (RELAY_CHECKS, 1)
    assert DEFAULT_MEMORY / 1_024 == CONTROLLER_GB
    assert INTERVAL == 3


def test_the_overview_says_the_same_in_round_numbers() -> None:
    page = (_DOCS / "failover.md").read_text()
    names = [found.total for what, found in rows().items() if what.startswith("`NameFailover`")]
    assert f"${min(names):.0f} to ${max(names):.0f}" in page
    assert f"about ${address().total:.0f}" in page
    assert f"${forwarding(1).total:.0f} to ${forwarding(2).total:.0f}" in page


def test_a_longer_interval_and_one_check_cost_less() -> None:
    assert public(checks=1).total < public().total < public("other").total
