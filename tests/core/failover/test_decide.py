"""The decision table, row by row, and what no decision ever does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.failover.decide import BUDGET, FOREIGN, Observed, decide
from ddns.core.failover.journal import AUTOMATIC, FAILBACK, FAILURE, HOUR, REPAIR, START, State
from ddns.core.failover.places import Placement
from ddns.core.failover.policy import Policy
from ddns.core.failover.streaks import STALE, Streak, Streaks
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Verdicts
from ddns.core.head import Head

NOW = 1_700_000_000.0
AT = int(NOW * 1000)
POLICY = Policy()
BACK = Policy(failback=0)
LATER_BACK = Policy(failback=600)


def seen(
    a: str = UP,
    b: str = UP,
    c: str | None = None,
    *,
    rounds: int = 3,
    age: float = 0.0,
    stopped: tuple[str, ...] = (),
    places: dict[str, str] | None = None,
) -> Observed:
    """Return what a round has seen; every node was what it is for as many rounds."""
    nodes = {"a": a, "b": b} | ({} if c is None else {"c": c})
    streaks = Streaks(5, NOW, {node: Streak(each, rounds) for node, each in nodes.items()})
    verdicts = Verdicts(nodes, dict.fromkeys(nodes, "timed out"))
    placement = None if places is None else Placement(places)
    return Observed(NOW - age, tuple(nodes), verdicts, streaks, frozenset(stopped), placement)


def state(target: str = "a", **changes: Any) -> State:  # noqa: ANN401 - fields of a state
    return State(Head(5), target, 1, by=START, since=7)._replace(**changes)


STAYS = {
    "what was seen is too old": (state(), seen(DOWN, age=STALE + 0.1), POLICY),
    "hold": (state(hold="maintenance"), seen(DOWN), POLICY),
    "hold, places elsewhere": (state(hold="x"), seen(places={"t": "b"}), POLICY),
    "start, EC2 does not say": (State(), seen(), POLICY),
    "start, somebody else has it": (State(), seen(places={"t": "eni-9", "u": "a"}), POLICY),
    "start, nowhere, and nobody is up": (
        State(),
        seen(DOWN, UNKNOWN, places={"t": ""}),
        POLICY,
    ),
    "start, the only one up is stopped": (
        State(),
        seen(UP, DOWN, stopped=("a",), places={"t": ""}),
        POLICY,
    ),
    "all is well": (state(), seen(), POLICY),
    "all is well, and it points there": (state(), seen(places={"t": "a"}), POLICY),
    "unknown": (state(), seen(UNKNOWN, rounds=99), POLICY),
    "too few rounds": (state(), seen(DOWN, rounds=2), POLICY),
    "both are down": (state(), seen(DOWN, DOWN), POLICY),
    "the other is not known": (state(), seen(DOWN, UNKNOWN), POLICY),
    "the other is stopped": (state(), seen(DOWN, UP, stopped=("b",)), POLICY),
    "places elsewhere, target down": (state(), seen(DOWN, DOWN, places={"t": "b"}), POLICY),
    "places elsewhere, target unknown": (state(), seen(UNKNOWN, places={"t": "b"}), POLICY),
    "places elsewhere, target stopped": (
        state(moves=(AT - 1000,)),
        seen(UP, stopped=("a",), places={"t": "b"}),
        POLICY,
    ),
    "within the dwell": (state(moves=(AT - 59_000,)), seen(DOWN), POLICY),
    "no failback asked for": (state("b"), seen(rounds=99), POLICY),
    "the preferred one has it": (state("a"), seen(rounds=99), BACK),
    "failback, too few rounds": (state("b"), seen(rounds=9), BACK),
    "failback, preferred one unknown": (state("b"), seen(UNKNOWN, rounds=99), BACK),
    "failback, preferred one down": (state("b"), seen(DOWN, rounds=99), BACK),
    "failback, preferred one stopped": (state("b"), seen(rounds=99, stopped=("a",)), BACK),
    "no mark for one that is stopped": (
        state("b"),
        seen(rounds=99, stopped=("a",)),
        LATER_BACK,
    ),
    "failback, active one unknown": (state("b"), seen(UP, UNKNOWN, rounds=99), BACK),
    "failback, not yet": (state("b", recovered=AT - 599_000), seen(rounds=99), LATER_BACK),
    "failback, marked, and unknown since": (
        state("b", recovered=AT - 1000),
        seen(UNKNOWN),
        LATER_BACK,
    ),
    "failback, within the dwell": (state("b", moves=(AT - 59_000,)), seen(rounds=99), BACK),
    "failback, budget spent": (
        state("b", moves=(AT - 900_000, AT - 800_000, AT - 700_000)),
        seen(rounds=99),
        BACK,
    ),
}


@pytest.mark.parametrize("row", STAYS)
def test_all_stays_as_it_is(row: str) -> None:
    before, observed, policy = STAYS[row]
    assert decide(before, observed, policy, NOW).after is None


MOVES = {
    "down in so many rounds": (state(), seen(DOWN), POLICY, "b", FAILURE),
    "EC2 says stopped": (state(), seen(DOWN, rounds=1, stopped=("a",)), POLICY, "b", FAILURE),
    "stopped, probes unknown": (state(), seen(UNKNOWN, stopped=("a",)), POLICY, "b", FAILURE),
    "the first that is up": (state(), seen(DOWN, DOWN, UP), POLICY, "c", FAILURE),
    "in order of preference": (state("c"), seen(UP, UP, DOWN), POLICY, "a", FAILURE),
    "after the dwell": (state(moves=(AT - 60_000,)), seen(DOWN), POLICY, "b", FAILURE),
    "the budget of another hour": (
        state(moves=(AT - 3_600_000, AT - 80_000, AT - 70_000)),
        seen(DOWN),
        POLICY,
        "b",
        FAILURE,
    ),
    "failover before repair": (state(), seen(DOWN, places={"t": ""}), POLICY, "b", FAILURE),
    "a place elsewhere": (state(), seen(places={"t": "a", "u": "b"}), POLICY, "a", REPAIR),
    "a place with somebody else": (state(), seen(places={"t": "eni-9"}), POLICY, "a", REPAIR),
    "repair within the dwell": (
        state(moves=(AT - 1000,)),
        seen(UP, DOWN, places={"t": "b"}),
        POLICY,
        "a",
        REPAIR,
    ),
    "failback at once": (state("b"), seen(rounds=10), BACK, "a", FAILBACK),
    "failback after its time": (
        state("b", recovered=AT - 600_000),
        seen(rounds=10),
        LATER_BACK,
        "a",
        FAILBACK,
    ),
    "start, some at one node": (State(), seen(places={"t": "b", "u": ""}), POLICY, "b", START),
    "start, split": (State(), seen(DOWN, UP, places={"t": "a", "u": "b"}), POLICY, "b", START),
    "start, nowhere": (State(), seen(places={"t": ""}), POLICY, "a", START),
    "a target that is no node": (state("old"), seen(places={"t": ""}), POLICY, "a", START),
}


@pytest.mark.parametrize("row", MOVES)
def test_the_address_moves(row: str) -> None:
    before, observed, policy, target, by = MOVES[row]
    decision = decide(before, observed, policy, NOW)
    after = decision.after
    assert after is not None
    assert (after.target, after.by, after.moving) == (target, by, True)
    assert after.reason == decision.why
    assert after.head.held(NOW)
    assert after.source == before.target


def test_at_the_first_start_the_node_that_has_it_is_adopted() -> None:
    after = decide(State(), seen(DOWN, places={"t": "a", "u": "a"}), POLICY, NOW).after
    assert after is not None
    assert (after.target, after.moving, after.head.until) == ("a", False, 0)


def test_somebody_elses_address_is_refused_by_its_name() -> None:
    assert decide(State(), seen(places={"t": "eni-9"}), POLICY, NOW).why == FOREIGN


def test_one_move_more_than_the_budget_is_a_hold() -> None:
    before = state(moves=(AT - 300_000, AT - 200_000, AT - 100_000))
    after = decide(before, seen(DOWN), POLICY, NOW).after
    assert after is not None
    assert (after.hold, after.hold_since, after.target, after.moving) == (BUDGET, AT, "a", False)


def test_a_preferred_node_that_is_healthy_again_is_marked_once() -> None:
    after = decide(state("b"), seen(rounds=10), LATER_BACK, NOW).after
    assert after is not None
    assert (after.recovered, after.moving, after.target) == (AT, False, "b")
    assert decide(after, seen(rounds=11), LATER_BACK, NOW).after is None


def test_the_mark_goes_when_the_preferred_node_is_down_again() -> None:
    before = state("b", recovered=AT - 1000)
    after = decide(before, seen(DOWN, rounds=1), LATER_BACK, NOW).after
    assert after is not None
    assert (after.recovered, after.moving) == (0, False)


def test_why_a_node_is_down_is_said() -> None:
    why = decide(state(), seen(DOWN), POLICY, NOW).why
    assert why == "'a' was down in 3 rounds: timed out"


def test_what_stays_as_it_is_says_the_same_in_each_round() -> None:
    said = {decide(state(), seen(DOWN, DOWN, rounds=n), POLICY, NOW).why for n in (3, 4, 99)}
    assert said == {"'a' was down in 3 rounds: timed out, and no other node is up"}


# ------------------------------------------------------------ laws

_WORDS = st.sampled_from((UP, DOWN, UNKNOWN))
_OBSERVED = st.builds(
    seen,
    _WORDS,
    _WORDS,
    st.none() | _WORDS,
    rounds=st.integers(1, 12),
    age=st.sampled_from((0.0, STALE + 1)),
    stopped=st.sampled_from(((), ("a",), ("b",))),
    places=st.none()
    | st.fixed_dictionaries({each: st.sampled_from(("a", "b", "", "eni-9")) for each in "tu"}),
)
_STATES = st.builds(
    state,
    st.sampled_from(("", "a", "b", "old")),
    moves=st.lists(st.integers(AT - 4_000_000, AT), max_size=4).map(lambda m: tuple(sorted(m))),
    recovered=st.sampled_from((0, AT - 1000, AT - 700_000)),
    hold=st.sampled_from(("", "", "maintenance")),
)
_POLICIES = st.sampled_from((POLICY, BACK, LATER_BACK))


@given(_STATES, _OBSERVED, _POLICIES)
def test_an_automatic_move_goes_to_a_node_that_is_up_now(
    before: State, observed: Observed, policy: Policy
) -> None:
    after = decide(before, observed, policy, NOW).after
    if after is not None and after.moving and after.by == REPAIR:
        assert observed.may_have_it(after.target)
    if after is not None and after.moving and after.by in AUTOMATIC:
        assert observed.may_have_it(after.target)
        assert after.target != before.target
        assert not before.hold


@given(_STATES, _OBSERVED, _POLICIES)
def test_automatic_moves_keep_dwell_and_budget(
    before: State, observed: Observed, policy: Policy
) -> None:
    after = decide(before, observed, policy, NOW).after
    if after is not None and after.moving and after.by in AUTOMATIC:
        assert len(after.moves) <= policy.max_moves_per_hour
        assert all(AT - each < HOUR * 1000 for each in after.moves)
        if before.moves:
            assert AT - before.moves[-1] >= policy.min_dwell * 1000


@given(_STATES, _OBSERVED, _POLICIES)
def test_every_decision_moves_the_version_by_one(
    before: State, observed: Observed, policy: Policy
) -> None:
    after = decide(before, observed, policy, NOW).after
    assert after is None or after.head.version == 6
    assert after is None or after.moving == after.head.held(NOW)
