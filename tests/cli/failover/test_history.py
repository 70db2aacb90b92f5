"""`ddns failover history`: the moves that controllers have noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.failover.operator import NOW

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator


def moved(operator: Operator, *targets: str) -> None:
    """Let an address have moved to these nodes, an hour apart."""
    for target in targets:
        operator.clock.sleep(3600)
        state = operator.state
        since = int(operator.clock.time * 1000)
        fields = {"by": "failure", "reason": f"{state.target} is down", "moving": True}
        operator.put(
            target=target, source=state.target, epoch=state.epoch + 1, since=since, **fields
        )
        operator.clock.sleep(4)
        operator.confirm()


def test_moves_are_listed_the_last_one_first(operator: Operator) -> None:
    moved(operator, "b", "a")
    first, second = operator.prints("history", "Vip").splitlines()
    assert "b -> a  failure: b is down  (4.0 s)  [b up]" in first
    assert "a -> b  failure: a is down  (4.0 s)" in second
    assert first.startswith("2025-11-29T")
    found = operator.json("history", "Vip")
    assert [(each["epoch"], each["to"], each["seconds"]) for each in found] == [
        (3, "a", 4.0),
        (2, "b", 4.0),
    ]


def test_it_looks_back_so_many_targets(operator: Operator) -> None:
    moved(operator, "b", "a", "b")
    assert [each["epoch"] for each in operator.json("history", "--limit", "2", "Vip")] == [4, 3]


def test_a_move_that_is_under_way_stands_on_top(operator: Operator) -> None:
    moved(operator, "b")
    fields = {"by": "operator", "reason": "back", "moving": True, "since": NOW * 1000}
    operator.put(target="a", source="b", epoch=3, **fields)
    first, second = operator.prints("history", "Vip").splitlines()
    assert first.endswith("b -> a  operator: back  (under way)")
    assert "a -> b" in second


def test_without_moves_it_says_so(operator: Operator) -> None:
    assert "no moves are noted" in operator.prints("history", "Vip")
    assert operator.json("history", "Vip") == []


def test_of_a_name_it_says_who_keeps_what_happened(operator: Operator) -> None:
    text = operator.refused("history", "db.example.com")
    assert "CloudTrail who wrote its records" in text
    assert "health check hc-1" in text
