"""What one controller does, round by round, and what becomes of it for who looks on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns.core.errors import PermanentError, ThrottledError, UnavailableError
from ddns.core.failover.decide import BUDGET
from ddns.core.failover.journal import LEASE, OPERATOR
from ddns.core.failover.verdicts import DOWN
from tests.service.failover.bench import Bench

if TYPE_CHECKING:
    from ddns.core.failover.places import Placement

BOTH_AT_B = {"rtb-1": "b", "rtb-2": "b"}


def fail(bench: Bench, node: str = "a") -> None:
    bench.probers.healthy[node] = False


# ------------------------------------------------------------ the first start


def test_the_node_that_has_the_address_is_adopted_and_nothing_is_sent() -> None:
    bench = Bench()
    assert bench.journal.state.target == "a"
    assert not bench.mover.sends


def test_a_node_that_is_down_when_it_is_adopted_is_left_after_three_rounds_in_all() -> None:
    bench = Bench(started=False)
    fail(bench)
    assert bench.rounds(2).target == "a"
    assert bench.rounds().target == "b"


def test_where_the_address_points_nowhere_the_first_node_that_is_up_gets_it() -> None:
    bench = Bench(started=False)
    bench.mover.at = dict.fromkeys(bench.mover.at, "")
    fail(bench)
    assert bench.rounds().target == "b"
    assert bench.mover.at == BOTH_AT_B


def test_an_address_that_somebody_else_has_is_left_to_them() -> None:
    bench = Bench(started=False)
    bench.mover.at["rtb-2"] = "eni-9"
    assert bench.rounds(3).target == ""
    assert not bench.mover.sends
    bench.controller.run(bench.clock.now() + 1)
    assert bench.metric("Foreign") == 4


# ------------------------------------------------------------ a failover


def test_a_node_that_is_down_in_three_rounds_is_left() -> None:
    bench = Bench()
    fail(bench)
    assert bench.rounds(2).target == "a"
    state = bench.rounds()
    assert (state.target, state.moving, state.head.until) == ("b", False, 0)
    assert bench.mover.at == BOTH_AT_B


def test_a_move_is_an_event_an_item_of_the_history_two_lines_and_metrics() -> None:
    bench = Bench()
    fail(bench)
    bench.rounds(3)
    move = bench.events.moves[0]
    assert (move.source, move.target, move.by, move.epoch) == ("a", "b", "failure", 2)
    assert move.probes == "a: down (timed out; timed out); b: up; 2 of 2 probers count"
    assert move.done >= move.started > 0
    assert bench.journal.history == {2: move}
    assert [len(bench.lines(each)) for each in ("moving", "moved")] == [1, 1]
    assert bench.metric("Moved") == 1


def test_how_long_a_move_took_is_a_metric_in_milliseconds() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.slow = 2
    bench.rounds(3)
    times = [line["MoveTime"] for line in bench.lines() if "MoveTime" in line]
    assert times == [[800]]


def test_what_ec2_calls_stopped_is_left_at_the_first_failed_probe() -> None:
    bench = Bench()
    fail(bench)
    bench.directory.words["a"] = "stopping"
    assert bench.rounds().target == "b"


def test_while_all_is_well_nothing_is_logged() -> None:
    bench = Bench()
    before = len(bench.lines())
    bench.rounds(4)
    assert len(bench.lines()) == before


def test_ec2_is_asked_only_where_a_probe_failed_or_an_event_came() -> None:
    bench = Bench()
    bench.rounds(5)
    assert bench.directory.asked == 0
    bench.controller.round(look=True)
    assert bench.directory.asked == 1


def test_a_node_that_waits_and_fails_is_no_reason_to_ask_ec2() -> None:
    bench = Bench()
    fail(bench, "b")
    bench.rounds(5)
    assert bench.directory.asked == 0


def test_an_event_alone_moves_nothing() -> None:
    bench = Bench()
    bench.another().round(look=True)
    assert bench.journal.state.target == "a"


@pytest.mark.parametrize("error", (ThrottledError("slow down"), UnavailableError("no answer")))
def test_ec2_not_answering_is_no_reason_to_move(error: ThrottledError) -> None:
    bench = Bench()
    fail(bench)
    bench.directory.words["a"] = "terminated"
    bench.directory.error = error
    assert bench.rounds(2).target == "a"


def test_an_instance_that_ec2_does_not_show_is_no_reason_to_move() -> None:
    bench = Bench()
    bench.probers.lies[0, "a"] = DOWN
    bench.directory.words["a"] = "absent"
    assert bench.rounds(20).target == "a"
    fail(bench)
    assert bench.rounds(3).target == "b"


def test_an_instance_that_ec2_does_not_show_does_not_get_the_address() -> None:
    bench = Bench()
    bench.directory.words["b"] = "absent"
    fail(bench)
    assert bench.rounds(20).target == "a"


def test_probers_that_do_not_answer_move_nothing() -> None:
    bench = Bench()
    fail(bench)
    bench.probers.dead = {0, 1}
    assert bench.rounds(20).target == "a"
    bench.controller.run(bench.clock.now() + 1)
    assert bench.metric("Unknown") == 21
    assert bench.metric("AllDown") == 0


def test_both_nodes_down_moves_nothing_and_is_counted() -> None:
    bench = Bench()
    fail(bench, "a")
    fail(bench, "b")
    assert bench.rounds(20).target == "a"
    bench.controller.run(bench.clock.now() + 1)
    assert bench.metric("AllDown") == 21


def test_a_node_that_is_down_beside_the_active_one_is_counted() -> None:
    bench = Bench()
    fail(bench, "b")
    bench.controller.run(bench.clock.now() + 61)
    assert bench.journal.state.target == "a"
    assert bench.metric("Degraded") == 21
    assert bench.metric("AllDown") == bench.metric("Unknown") == 0


def test_a_prober_that_sees_no_node_where_another_one_does_is_counted() -> None:
    bench = Bench()
    bench.controller.run(bench.clock.now() + 61)
    assert bench.metric("Degraded") == 0
    bench.probers.cut = {0}
    bench.controller.run(bench.clock.now() + 61)
    assert bench.metric("Degraded") == 21


def test_places_that_cannot_be_read_are_counted_as_unknown() -> None:
    bench = Bench()
    bench.mover.read_error = ThrottledError("slow down")
    bench.controller.run(bench.clock.now() + 61)
    # What was read in the first round is good for 15 seconds.
    assert bench.metric("Unknown") == 16


def test_a_prober_that_lies_alone_moves_nothing() -> None:
    bench = Bench()
    bench.probers.lies[0, "a"] = DOWN
    assert bench.rounds(20).target == "a"


# ------------------------------------------------------------ few requests where a zone fails


def reads(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    read, times = bench.mover.read, []

    def watched() -> Placement:
        times.append(bench.clock.now())
        return read()

    monkeypatch.setattr(bench.mover, "read", watched)
    return times


def test_a_node_that_fails_is_no_reason_to_read_where_the_address_points(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    times = reads(bench, monkeypatch)
    fail(bench)
    bench.rounds(2)
    assert not times
    assert bench.journal.seen[0].nodes["a"].seen == DOWN
    assert bench.journal.seen[0].places == {"rtb-1": "a", "rtb-2": "a"}


def test_ec2_is_asked_at_the_first_failure_and_before_the_move() -> None:
    bench = Bench()
    fail(bench)
    asked = []
    for _ in range(3):
        bench.rounds()
        asked.append(bench.directory.asked)
    assert asked == [1, 1, 2]


@pytest.mark.parametrize("nodes", ("ab", "b"))
def test_while_nothing_can_be_done_ec2_is_asked_at_each_verification(nodes: str) -> None:
    bench = Bench()
    bench.probers.lies[0, "a"] = DOWN
    for node in nodes:
        fail(bench, node)
    bench.rounds(40)
    assert 8 <= bench.directory.asked <= 9


def test_a_node_that_is_stopped_later_than_it_failed_is_left_in_time() -> None:
    bench = Bench(failures=30)
    fail(bench)
    bench.rounds(2)
    bench.directory.words["a"] = "stopped"
    assert bench.rounds(5).target == "b"


# ------------------------------------------------------------ limits


def test_two_moves_keep_the_dwell() -> None:
    bench = Bench()
    fail(bench, "a")
    bench.rounds(3)
    moved_at = bench.clock.now()
    bench.probers.healthy = {"a": True, "b": False}
    while bench.journal.state.target == "b":
        bench.rounds()
    assert bench.clock.now() - moved_at >= 57
    assert bench.lines("nothing moves")


def test_one_move_more_than_the_budget_is_a_hold_until_it_is_released() -> None:
    bench = Bench(min_dwell=0)
    for _ in range(4):
        active = bench.journal.state.target
        bench.probers.healthy = {"a": active != "a", "b": active != "b"}
        bench.rounds(4)
    state = bench.rounds()
    assert (state.hold, len(bench.events.moves)) == (BUDGET, 3)
    bench.controller.run(bench.clock.now() + 1)
    assert bench.metric("BudgetSpent") == 1


# ------------------------------------------------------------ half-done


def test_a_place_that_does_not_move_is_driven_on_to_and_shown() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.stuck = {"rtb-2"}
    state = bench.rounds(3)
    assert (state.target, state.moving, state.head.until) == ("b", True, 0)
    assert bench.metric("MoveFailed") == bench.metric("SplitPlaces") == 1
    assert not bench.events.moves
    bench.mover.stuck = set()
    bench.probers.healthy = {"a": True, "b": False}
    state = bench.rounds()
    assert (state.target, state.moving) == ("b", False)
    assert bench.mover.at == BOTH_AT_B
    assert len(bench.events.moves) == 1


def test_a_move_that_has_not_begun_anywhere_is_no_split() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.stuck = {"rtb-1", "rtb-2"}
    bench.rounds(3)
    assert (bench.metric("MoveFailed"), bench.metric("SplitPlaces")) == (1, 0)


def test_a_half_done_move_is_finished_under_hold_too() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.stuck = {"rtb-2"}
    state = bench.rounds(3)
    bench.journal.put(state._replace(hold="maintenance"))
    bench.mover.stuck = set()
    assert not bench.rounds().moving
    assert bench.mover.at == BOTH_AT_B


def test_a_throttled_request_is_sent_again_within_the_same_move() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.errors = [ThrottledError("slow down"), UnavailableError("no answer")]
    assert not bench.rounds(3).moving
    assert bench.mover.at == BOTH_AT_B


def test_what_is_under_way_may_be_refused_when_it_is_sent_again() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.slow = 2
    bench.mover.errors = [None, PermanentError("it is being assigned")]
    assert not bench.rounds(3).moving
    assert bench.mover.at == BOTH_AT_B


def test_a_place_that_cannot_be_read_is_not_taken_for_moved() -> None:
    bench = Bench()
    fail(bench)
    bench.rounds(2)
    bench.mover.read_error = UnavailableError("no answer")
    assert bench.rounds().moving
    assert not bench.events.moves


def test_no_request_is_sent_when_the_head_does_not_outlast_it() -> None:
    bench = Bench()
    fail(bench)
    bench.rounds(2)
    bench.mover.stuck = {"rtb-1", "rtb-2"}
    began = bench.clock.now()
    bench.controller.round()
    assert bench.clock.now() - began <= LEASE - 3.0 + 2.0
    assert set(bench.mover.sends) == {"b"}


def test_a_drive_whose_answers_are_slow_ends_before_the_head_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    fail(bench)
    bench.rounds(2)
    bench.mover.stuck = {"rtb-1"}
    read = bench.mover.read

    def slow() -> Placement:
        bench.clock.time += 4
        return read()

    monkeypatch.setattr(bench.mover, "read", slow)
    began = bench.clock.now()
    bench.controller.round()
    assert bench.mover.sends == ["b", "b"]  # a third one would begin 8.8 s after the intent
    assert bench.clock.now() - began < LEASE


def test_while_another_has_the_head_nothing_is_done() -> None:
    bench = Bench()
    before = bench.journal.state
    bench.journal.put(before.intent("b", OPERATOR, "a switch", bench.clock.now()))
    bench.rounds(3)
    assert not bench.mover.sends
    bench.rounds(2)
    assert bench.mover.at == BOTH_AT_B


def test_a_switch_of_the_operator_is_driven_to() -> None:
    bench = Bench()
    switched = bench.journal.state.intent("b", OPERATOR, "a switch", bench.clock.now())
    bench.journal.put(switched.given_back())
    assert not bench.rounds().moving
    assert bench.mover.at == BOTH_AT_B
    assert bench.events.moves[0].by == OPERATOR


def test_a_move_to_a_node_that_is_gone_is_given_up_and_another_gets_the_address() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.stuck = {"rtb-1", "rtb-2"}
    assert bench.rounds(3).moving
    bench.directory.words["b"] = "terminated"
    assert not bench.rounds().moving
    assert bench.lines("the move is given up")
    assert bench.journal.history[2].done == 0
    bench.mover.stuck = set()
    bench.probers.healthy = {"a": True, "b": False}
    assert bench.rounds(25).target == "a"
    assert bench.mover.at == {"rtb-1": "a", "rtb-2": "a"}


def test_a_target_that_is_refused_for_good_and_gone_holds_up_nobody() -> None:
    bench = Bench()
    bench.mover.at = dict.fromkeys(bench.mover.at, "")
    bench.mover.errors = [PermanentError("node 'a' has no interface")] * 5
    bench.rounds(5)  # the next one verifies
    bench.directory.words["a"] = "terminated"
    began = bench.clock.now()
    bench.controller.round()
    assert len(bench.mover.errors) == 4  # the repair was begun
    assert bench.clock.now() - began < 2
    assert not bench.journal.state.moving


@pytest.mark.parametrize("there", ("a", "b", ""))
def test_a_move_to_what_is_no_node_any_more_ends_where_the_address_is(there: str) -> None:
    bench = Bench()
    bench.mover.at = dict.fromkeys(bench.mover.at, there)
    switched = bench.journal.state.intent("old", OPERATOR, "", bench.clock.now())
    bench.journal.put(switched.given_back())
    state = bench.rounds()
    assert (state.target, state.moving) == (there or "a", False)
    assert bench.mover.at == dict.fromkeys(bench.mover.at, there or "a")


def test_a_place_that_never_moves_does_not_stand_in_the_way_of_a_failover() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.stuck = {"rtb-2"}
    bench.rounds(30)
    bench.probers.healthy = {"a": True, "b": False}
    bench.rounds(8)
    assert bench.journal.state.target == "a"


def test_under_hold_a_half_done_move_is_not_given_up() -> None:
    bench = Bench()
    fail(bench)
    bench.mover.stuck = {"rtb-2"}
    state = bench.rounds(3)
    bench.journal.put(state._replace(hold="maintenance"))
    bench.rounds(30)
    bench.mover.stuck = set()
    bench.rounds()
    assert bench.mover.at == BOTH_AT_B


def test_under_hold_a_move_that_never_ends_lets_people_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    fail(bench)
    bench.mover.stuck = {"rtb-2"}
    bench.journal.put(bench.rounds(3)._replace(hold="maintenance"))
    sleep, left = bench.clock.sleep, []

    def watched(seconds: float) -> None:
        if not bench.journal.state.head.held(bench.clock.now()):
            left.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(bench.clock, "sleep", watched)
    bench.controller.run(bench.clock.now() + 60)
    assert len(left) > 4
    assert sum(left) > 0.1 * 60


# ------------------------------------------------------------ verification


def test_a_place_that_somebody_else_moved_is_put_right_within_the_interval() -> None:
    bench = Bench()
    bench.rounds(6)
    bench.mover.at["rtb-2"] = "eni-9"
    bench.rounds(6)
    assert bench.mover.at == {"rtb-1": "a", "rtb-2": "a"}
    assert bench.events.moves[0].by == "repair"
    assert bench.journal.state.moves == ()


def test_a_repair_is_a_move_of_its_own_time() -> None:
    bench = Bench()
    bench.rounds(100)
    bench.mover.at["rtb-2"] = ""
    bench.rounds(6)
    times = [line["MoveTime"][0] for line in bench.lines() if "MoveTime" in line]
    assert times
    assert times[0] < 1000


def test_under_hold_nothing_is_put_right() -> None:
    bench = Bench()
    bench.journal.put(bench.journal.state.held_back("maintenance", bench.clock.now()))
    bench.mover.at["rtb-2"] = "b"
    bench.rounds(20)
    assert not bench.mover.sends
    assert len(bench.lines("nothing moves")) == 1


def test_what_was_seen_is_noted_for_who_looks_on() -> None:
    bench = Bench()
    fail(bench, "b")
    bench.rounds(7, bench.another(slot=1))
    seen = bench.journal.seen[1]
    assert (seen.answered, seen.asked, seen.places) == (2, 2, bench.mover.at)
    assert seen.nodes["b"] == (DOWN, "timed out; timed out", 6)
    assert bench.clock.now() * 1000 - seen.at < 15_000


def test_what_changed_is_noted_at_once() -> None:
    bench = Bench()
    bench.rounds(2)
    fail(bench)
    bench.rounds()
    assert bench.journal.seen[0].nodes["a"].seen == DOWN
    bench.rounds(3)
    assert bench.journal.seen[0].places == BOTH_AT_B


# ------------------------------------------------------------ failback


def test_a_failback_comes_after_its_time_and_survives_the_mark() -> None:
    bench = Bench(failback=120)
    fail(bench)
    bench.rounds(3)
    bench.probers.healthy["a"] = True
    healthy_at = bench.clock.now()
    while bench.journal.state.target == "b":
        bench.rounds()
    assert 120 <= bench.clock.now() - healthy_at <= 120 + 45
    assert [each.by for each in bench.events.moves] == ["failure", "failback"]


# ------------------------------------------------------------ the fence


def test_a_node_that_failed_is_stopped_before_the_address_moves() -> None:
    bench = Bench(fence="stop")
    fail(bench)
    bench.rounds(3)
    assert [node for node, _ in bench.fencer.stopped] == ["a"]
    assert bench.mover.at == BOTH_AT_B


def test_without_the_fence_no_node_is_stopped() -> None:
    bench = Bench()
    fail(bench)
    bench.rounds(3)
    assert not bench.fencer.stopped


def test_a_switch_stops_nothing() -> None:
    bench = Bench(fence="stop")
    switched = bench.journal.state.intent("b", OPERATOR, "a switch", bench.clock.now())
    bench.journal.put(switched.given_back())
    bench.rounds()
    assert bench.mover.at == BOTH_AT_B
    assert not bench.fencer.stopped


def test_a_fence_that_is_throttled_is_tried_again() -> None:
    bench = Bench(fence="stop")
    fail(bench)
    bench.fencer.errors = [ThrottledError("slow down")]
    bench.rounds(3)
    assert [node for node, _ in bench.fencer.stopped] == ["a"]


@pytest.mark.parametrize("seconds", (2.0, 2.9))
def test_a_fence_that_is_never_answered_holds_up_one_drive(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(fence="stop")
    fail(bench)
    bench.rounds(2)
    tried = []

    def slow(node: str) -> None:
        tried.append(node)
        bench.clock.time += seconds
        raise UnavailableError("no answer")

    monkeypatch.setattr(bench.fencer, "stop", slow)
    assert bench.rounds().moving
    assert tried == ["a"] * 2
    assert not bench.mover.sends
    assert not bench.rounds().moving
    assert bench.mover.at == BOTH_AT_B
    assert bench.lines("moving without a fence")


def test_a_fence_that_does_not_work_is_said_and_does_not_stop_the_move() -> None:
    bench = Bench(fence="stop")
    fail(bench)
    bench.fencer.errors = [PermanentError("not allowed")] * 9
    assert bench.rounds(3).target == "b"
    assert bench.mover.at == BOTH_AT_B
    assert bench.lines("moving without a fence")


# ------------------------------------------------------------ trouble of its own


def test_a_move_is_done_even_where_nobody_can_be_told() -> None:
    bench = Bench()
    fail(bench)
    bench.events.error = UnavailableError("no answer")
    assert not bench.rounds(3).moving
    assert bench.lines("a move could not be made known")
    assert bench.journal.history


def test_a_round_that_breaks_off_does_not_end_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    fail(bench)
    probe, rounds = bench.probers.probe, iter((True,))

    def breaking() -> object:
        if next(rounds, False):
            raise ValueError("a bug")
        return probe()

    monkeypatch.setattr(bench.probers, "probe", breaking)
    bench.controller.run(bench.clock.now() + 12)
    assert bench.journal.state.target == "b"
    assert bench.lines("a round broke off")[0]["reason"] == "ValueError: a bug"


def test_the_loop_does_a_round_each_interval_and_ends_in_time() -> None:
    bench = Bench(started=False)
    began = bench.clock.now()
    bench.controller.run(began + 118)
    assert bench.metric("Round") == 40
    assert 117 <= bench.clock.now() - began <= 118


def test_rounds_that_take_long_follow_each_other_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(started=False)
    probe, now = bench.probers.probe, bench.clock.now
    slept: list[float] = []

    def slow() -> object:
        bench.clock.time += 5
        return probe()

    def passing() -> float:
        bench.clock.time += 0.001
        return now()

    monkeypatch.setattr(bench.probers, "probe", slow)
    monkeypatch.setattr(bench.clock, "now", passing)
    monkeypatch.setattr(bench.clock, "sleep", slept.append)
    bench.controller.run(now() + 20)
    assert len(slept) == 3
    assert all(each == 0 for each in slept)


def test_a_journal_that_does_not_answer_moves_nothing_and_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    fail(bench)

    def away(*_: object) -> None:
        raise UnavailableError("no answer")

    monkeypatch.setattr(bench.journal, "write", away)
    bench.rounds(3)
    assert not bench.mover.sends
    assert bench.lines("the journal could not be written")
    monkeypatch.setattr(bench.journal, "read", away)
    bench.rounds(3)
    assert bench.lines("the journal could not be read")
    bench.controller.run(bench.clock.now() + 1)
    assert bench.metric("MoveFailed") == 1
    assert bench.metric("Round") == 1 + 3  # those that could not read are no rounds


def test_notes_that_cannot_be_kept_do_not_stop_a_failover(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    fail(bench)

    def away(*_: object) -> None:
        raise ThrottledError("slow down")

    monkeypatch.setattr(bench.journal, "note_seen", away)
    assert bench.rounds(6).target == "b"
    assert bench.lines("what was seen could not be noted")


def test_two_controllers_move_once() -> None:
    bench = Bench()
    fail(bench)
    other = bench.another(slot=1)
    for _ in range(6):
        bench.controller.round()
        other.round()
        bench.clock.time += 3
    assert len(bench.events.moves) == 1
    assert bench.mover.sends == ["b"]


# ------------------------------------------------------------ nobody is left in the dark


def rounds_counted(bench: Bench, seconds: float = 30) -> int:
    before = bench.metric("Round")
    bench.controller.run(bench.clock.now() + seconds)
    return bench.metric("Round") - before


def test_rounds_without_a_journal_do_not_pass_for_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    assert rounds_counted(bench) > 9

    def away() -> None:
        raise UnavailableError("no answer")

    monkeypatch.setattr(bench.journal, "read", away)
    assert rounds_counted(bench) == 0


def test_rounds_that_break_off_do_not_pass_for_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    assert rounds_counted(bench) > 9

    def broken() -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(bench.probers, "probe", broken)
    assert rounds_counted(bench) == 0


def test_a_round_that_leaves_all_to_another_is_one() -> None:
    bench = Bench()
    rounds_counted(bench, 1)
    state = bench.journal.state
    bench.journal.put(state.intent("a", OPERATOR, "", bench.clock.now()))
    assert rounds_counted(bench, 7) == 3


def test_an_intent_that_cannot_be_written_is_a_move_that_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    fail(bench)

    def denied(*_: object) -> None:
        raise PermanentError("not allowed")

    monkeypatch.setattr(bench.journal, "write", denied)
    bench.controller.run(bench.clock.now() + 20)
    assert bench.metric("MoveFailed") > 1


def test_ec2_that_does_not_say_where_the_address_points_is_counted_and_asked_seldom() -> None:
    bench = Bench()
    bench.mover.read_error = ThrottledError("slow down")
    bench.rounds(6)
    asked = len(bench.lines("where the address points could not be read"))
    bench.controller.run(bench.clock.now() + 60)
    assert len(bench.lines("where the address points could not be read")) - asked == 4
    assert bench.metric("Unknown") >= 20
    bench.mover.read_error = None
    bench.rounds(6)
    known = bench.metric("Unknown")
    bench.controller.run(bench.clock.now() + 60)
    assert bench.metric("Unknown") <= known + 6


@pytest.mark.parametrize("error", (KeyError("FailedEntryCount"), ValueError("a bug")))
def test_a_move_ends_whatever_the_bus_answers(error: Exception) -> None:
    bench = Bench()
    fail(bench)
    bench.events.error = error
    state = bench.rounds(3)
    assert (state.target, state.moving) == ("b", False)
    assert bench.journal.history[2].done


def test_notes_that_break_off_do_not_stop_a_failover(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    fail(bench)

    def broken(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(bench.journal, "note_seen", broken)
    monkeypatch.setattr(bench.journal, "note_move", broken)
    state = bench.rounds(6)
    assert (state.target, state.moving) == ("b", False)


def test_a_repair_that_ec2_refuses_is_tried_at_each_verification_only() -> None:
    bench = Bench()
    bench.rounds(100)
    bench.mover.at["rtb-2"] = "b"
    bench.mover.errors = [PermanentError("not allowed")] * 999
    epoch = bench.rounds(6).epoch
    for _ in range(40):
        bench.rounds()
    assert 6 <= bench.journal.state.epoch - epoch <= 9
    bench.mover.errors = []
    bench.rounds(6)
    assert bench.mover.at == {"rtb-1": "a", "rtb-2": "a"}


def test_a_repair_that_takes_longer_than_one_drive_goes_on_at_once() -> None:
    bench = Bench()
    bench.rounds(100)
    bench.mover.at["rtb-2"] = "b"
    bench.mover.stuck = {"rtb-2"}
    bench.rounds(6)
    sent = len(bench.mover.sends)
    bench.rounds(1)
    assert len(bench.mover.sends) > sent


def test_a_fence_that_is_not_allowed_does_not_hold_up_the_move() -> None:
    bench = Bench(fence="stop")
    fail(bench)
    bench.rounds(2)
    bench.fencer.errors = [PermanentError("not allowed")] * 9
    began = bench.clock.now()
    bench.controller.round()
    assert bench.clock.now() - began < 1
    assert bench.mover.at == BOTH_AT_B


# ------------------------------------------------------------ clocks that are wrong


def test_a_head_that_is_held_for_years_is_given_back() -> None:
    bench = Bench()
    state = bench.journal.state
    far = int((bench.clock.now() + 1e8) * 1000)
    bench.journal.put(state._replace(head=state.head._replace(until=far)))
    bench.rounds()
    assert not bench.journal.state.head.held(bench.clock.now())
    fail(bench)
    assert bench.rounds(3).target == "b"


def test_a_head_of_a_clock_that_is_ahead_by_minutes_is_left_to_whoever_has_it() -> None:
    bench = Bench()
    before = bench.journal.state
    bench.journal.put(before.intent("b", OPERATOR, "", bench.clock.now() + 600))
    held = bench.journal.state
    assert bench.rounds(3) == held


def test_moves_of_years_to_come_do_not_keep_the_address_where_it_is() -> None:
    bench = Bench()
    far = int((bench.clock.now() + 1e8) * 1000)
    bench.journal.put(bench.journal.state._replace(moves=(far,) * 9))
    fail(bench)
    state = bench.rounds(4)
    assert state.target == "b"
    assert len(state.moves) == 1


def test_a_controller_whose_clock_is_ahead_a_little_does_not_shorten_the_dwell() -> None:
    bench = Bench()
    ahead = int((bench.clock.now() + 15) * 1000)
    bench.journal.put(bench.journal.state._replace(moves=(ahead,)))
    fail(bench)
    assert bench.rounds(4).target == "a"


def test_a_move_that_was_begun_in_years_to_come_is_given_up() -> None:
    bench = Bench()
    bench.mover.stuck = {"rtb-2"}
    state = bench.journal.state.intent("b", OPERATOR, "", bench.clock.now() + 1e8)
    bench.journal.put(state.given_back())
    assert not bench.rounds(1).moving
