"""How the state of the journal goes on."""

from __future__ import annotations

from ddns.core.failover.journal import (
    FAILBACK,
    FAILURE,
    HOUR,
    LEASE,
    OPERATOR,
    REPAIR,
    START,
    State,
)
from ddns.core.failover.places import Node, Placement, ServiceAddress
from ddns.core.head import Head

NOW = 1_700_000_000.0
AT = int(NOW * 1000)
AT_A = State(Head(5), "a", 2, source="b", by=START, since=7, moves=(AT - 1000,), recovered=9)


def test_an_intent_takes_the_head_and_says_where_to() -> None:
    state = AT_A.intent("b", FAILURE, "a is down", NOW)
    assert state.head == Head(6, int((NOW + LEASE) * 1000))
    assert (state.source, state.target, state.moving, state.epoch) == ("a", "b", True, 3)
    assert (state.by, state.reason, state.since) == (FAILURE, "a is down", AT)
    assert state.recovered == 0


def test_automatic_moves_are_counted_for_an_hour() -> None:
    assert AT_A.intent("b", FAILURE, "", NOW).moves == (AT - 1000, AT)
    assert AT_A.intent("b", FAILBACK, "", NOW).moves == (AT - 1000, AT)
    assert AT_A.intent("b", FAILURE, "", NOW + HOUR).moves == (AT + int(HOUR) * 1000,)


def test_other_moves_are_not_counted() -> None:
    assert AT_A.intent("b", OPERATOR, "", NOW).moves == (AT - 1000,)
    assert AT_A.intent("a", REPAIR, "", NOW).moves == (AT - 1000,)


def test_a_repair_is_an_epoch_but_the_node_is_active_since_before() -> None:
    state = AT_A.intent("a", REPAIR, "", NOW)
    assert (state.epoch, state.since, state.source) == (3, 7, "a")


def test_a_repair_says_nothing_of_how_long_the_preferred_node_is_healthy() -> None:
    assert AT_A.intent("a", REPAIR, "", NOW).recovered == 9
    assert AT_A.intent("a", OPERATOR, "", NOW).recovered == 0


def test_a_drive_that_ended_gives_the_head_back() -> None:
    state = AT_A.intent("b", FAILURE, "", NOW).ended()
    assert (state.moving, state.head, state.target) == (False, Head(7, 0), "b")


def test_a_target_that_is_not_reached_stays_one_to_drive_to() -> None:
    state = AT_A.intent("b", FAILURE, "", NOW).given_back()
    assert (state.moving, state.head, state.target) == (True, Head(7, 0), "b")


def test_driving_on_changes_nothing_but_the_head() -> None:
    half = AT_A.intent("b", FAILURE, "", NOW).given_back()
    assert half.taken(NOW + 20) == half._replace(head=Head(8, int((NOW + 20 + LEASE) * 1000)))


def test_adopting_a_node_moves_nothing() -> None:
    state = State().adopted("a", "it is there", NOW)
    assert (state.target, state.moving, state.by, state.epoch) == ("a", False, START, 1)
    assert (state.head, state.moves, state.since) == (Head(1), (), AT)


def test_a_mark_and_a_hold_move_the_version_without_taking_the_head() -> None:
    marked = AT_A.marked(NOW)
    assert marked == AT_A._replace(head=Head(6), recovered=AT)
    assert marked.marked(0).recovered == 0
    held = AT_A.held_back("enough", NOW)
    assert held == AT_A._replace(head=Head(6), hold="enough", hold_since=AT)


def test_places_may_disagree() -> None:
    assert Placement({"rtb-1": "a", "rtb-2": "a"}).all_at("a")
    assert not Placement({"rtb-1": "a", "rtb-2": ""}).all_at("a")
    assert Placement({"rtb-1": "a", "rtb-2": ""}).split
    assert not Placement({"rtb-1": "", "rtb-2": ""}).split


def test_an_address_without_a_place_is_nowhere() -> None:
    assert not Placement({}).all_at("a")


def test_the_first_node_is_the_preferred_one() -> None:
    nodes = (Node("b", "10.0.1.5", "i-1"), Node("a", "10.0.2.5", interface="eni-1"))
    assert ServiceAddress("Vip", "routes", nodes).names == ("b", "a")
