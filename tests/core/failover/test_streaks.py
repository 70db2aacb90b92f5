"""How many rounds in a row a node was what it is."""

from __future__ import annotations

from ddns.core.failover.streaks import STALE, Streak, Streaks
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP


def after(*seen: str, streaks: Streaks | None = None) -> Streaks:
    found = streaks or Streaks()
    for n, each in enumerate(seen):
        found = found.extended({"a": each}, 7, 100.0 + 3 * n, 3.0)
    return found


def test_a_node_that_was_never_seen_has_none() -> None:
    assert Streaks().of("a") == Streak(UNKNOWN, 0)


def test_rounds_in_a_row_are_counted() -> None:
    assert after(DOWN, DOWN, DOWN).of("a") == Streak(DOWN, 3)


def test_another_verdict_ends_a_streak() -> None:
    assert after(DOWN, DOWN, UP).of("a") == Streak(UP, 1)
    assert after(DOWN, DOWN, UP, DOWN).of("a") == Streak(DOWN, 1)


def test_unknown_ends_a_streak_as_well() -> None:
    assert after(DOWN, DOWN, UNKNOWN, DOWN).of("a") == Streak(DOWN, 1)


def test_who_writes_the_journal_ends_all_streaks() -> None:
    found = after(DOWN, DOWN).extended({"a": DOWN}, 8, 106.0, 3.0)
    assert found == Streaks(8, 106.0, {"a": Streak(DOWN, 1)})


def test_a_long_time_without_a_look_ends_all_streaks() -> None:
    before = after(DOWN, DOWN)
    just = before.extended({"a": DOWN}, 7, 103.0 + 3.0 + STALE, 3.0)
    late = before.extended({"a": DOWN}, 7, 103.1 + 3.0 + STALE, 3.0)
    assert (just.of("a").rounds, late.of("a").rounds) == (3, 1)


def test_nodes_are_counted_apart() -> None:
    found = Streaks().extended({"a": DOWN, "b": UP}, 1, 100.0, 3.0)
    found = found.extended({"a": UP, "b": UP}, 1, 103.0, 3.0)
    assert found.nodes == {"a": Streak(UP, 1), "b": Streak(UP, 2)}
