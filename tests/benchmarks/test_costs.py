"""What docs/costs.md says, against what is reckoned and what the constructs define."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import aws_sns as sns

from benchmarks.costs import EMPTY_RECEIVES, Use, costs, home, instances, table
from tests.constructs.common.kinds import CLIENT, INSTANCE, Kind, new_bench

_PAGE = (Path(__file__).resolve().parents[2] / "docs" / "costs.md").read_text()


def test_the_page_has_the_table_that_is_reckoned() -> None:
    assert table() in _PAGE
    assert f"{EMPTY_RECEIVES:,} requests to SQS a month" in _PAGE


@pytest.mark.parametrize(("kind", "use"), ((CLIENT, home()), (INSTANCE, instances())), ids=str)
def test_the_alarms_that_are_reckoned_are_those_that_are_defined(kind: Kind, use: Use) -> None:
    bench = new_bench()
    kind.define(bench).add_alarms(sns.Topic(bench.stack, "Topic"))
    bench.template.resource_count_is("AWS::CloudWatch::Alarm", use.alarms)


@pytest.mark.parametrize(("use", "most"), ((home(), 0.5), (instances(), 1.05)))
def test_beyond_the_free_tiers_next_to_nothing_but_the_hosted_zones_is_left(
    use: Use, most: float
) -> None:
    assert sum(each.beyond_free for each in costs(use).values()) <= most + 0.01


def test_no_alarms_cost_nothing() -> None:
    assert costs(home(), with_alarms=False)["alarms"].listed == 0
