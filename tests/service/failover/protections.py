"""The protections of the protocol, each switched off by a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddns.core.failover import decide as deciding
from ddns.core.failover import verdicts as answering
from ddns.core.failover.decide import Observed
from ddns.core.failover.journal import State
from ddns.core.failover.streaks import Streaks
from ddns.core.failover.verdicts import DOWN, UP, Answer
from ddns.failover import controller as controlling
from ddns.failover import observing
from ddns.failover.controller import Controller
from ddns.failover.driving import Driven, Driver
from tests.fakes.failover import FakeJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import pytest

    from ddns.core.failover.decide import Decision
    from ddns.core.failover.verdicts import Answers, Verdicts

_write, _read = FakeJournal.write, FakeJournal.read


def read_the_head_again_before_it_is_taken(patch: pytest.MonkeyPatch) -> None:
    def write(self: FakeJournal, before: State, after: State) -> State:
        if not before.head.until and after.head.until:
            head = self.state.head
            before = before._replace(head=head)
            after = after._replace(head=after.head._replace(version=head.version + 1))
        return _write(self, before, after)

    patch.setattr(FakeJournal, "write", write)


def take_the_head_without_moving_its_version(patch: pytest.MonkeyPatch) -> None:
    def write(self: FakeJournal, before: State, after: State) -> State:
        if after.head.until and not before.head.until:
            after = after._replace(head=after.head._replace(version=before.head.version))
        return _write(self, before, after)

    patch.setattr(FakeJournal, "write", write)


def take_the_head_from_whoever_has_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Controller, "_held", lambda *_: False)


def confirm_whoever_has_the_head(patch: pytest.MonkeyPatch) -> None:
    def write(self: FakeJournal, before: State, after: State) -> State:
        if before.head.until and not after.head.until:
            before = before._replace(head=self.state.head)
        return _write(self, before, after)

    patch.setattr(FakeJournal, "write", write)


def keep_streaks_whoever_writes(patch: pytest.MonkeyPatch) -> None:
    extended = Streaks.extended
    patch.setattr(
        Streaks,
        "extended",
        lambda self, seen, version, *at: extended(
            self._replace(version=version), seen, version, *at
        ),
    )


def keep_streaks_however_old(patch: pytest.MonkeyPatch) -> None:
    extended = Streaks.extended
    patch.setattr(
        Streaks,
        "extended",
        lambda self, seen, version, at, interval: extended(
            self._replace(at=at), seen, version, at, interval
        ),
    )


def act_on_what_was_seen_long_ago(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "STALE", float("inf"))


def send_however_long_the_head_is_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Driver, "_outlasts", lambda *_: True)


def send_before_the_intent(patch: pytest.MonkeyPatch) -> None:
    write = Controller._write

    def sent_first(self: Controller, before: State, after: State) -> State | None:
        if after.moving and not before.moving:
            self._driver._send(after)
        return write(self, before, after)

    patch.setattr(Controller, "_write", sent_first)


def decide_anew_while_it_moves(patch: pytest.MonkeyPatch) -> None:
    def read(self: FakeJournal) -> State:
        return _read(self)._replace(moving=False)

    patch.setattr(FakeJournal, "read", read)


def never_give_a_move_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Controller, "_goes_on", lambda *_: True)


def count_any_number_of_probers(patch: pytest.MonkeyPatch) -> None:
    verdicts = answering.verdicts

    def of_those_that_vote(nodes: Collection[str], said: Sequence[Answers | None]) -> Verdicts:
        return verdicts(nodes, [each for each in said if each and _sees_any(each)])

    patch.setattr(observing, "verdicts", of_those_that_vote)


def let_a_prober_that_sees_nothing_vote(patch: pytest.MonkeyPatch) -> None:
    verdicts = answering.verdicts

    def with_all(nodes: Collection[str], said: Sequence[Answers | None]) -> Verdicts:
        found = verdicts(nodes, [*(each for each in said if each)][:1])
        answers = [each for each in said if each is not None]
        if 2 * len(answers) < len(said):
            return verdicts(nodes, said)
        seen = {node: {each[node].seen for each in answers} for node in nodes}
        return found._replace(
            nodes={
                node: UP if UP in each else DOWN if each == {DOWN} else "unknown"
                for node, each in seen.items()
            }
        )

    patch.setattr(observing, "verdicts", with_all)


def _sees_any(answers: Answers) -> bool:
    return any(each.seen == UP for each in answers.values())


def take_a_prober_without_an_answer_for_a_node_that_is_down(patch: pytest.MonkeyPatch) -> None:
    verdicts = answering.verdicts

    def down(nodes: Collection[str], said: Sequence[Answers | None]) -> Verdicts:
        first, *others = nodes
        silent = {first: Answer(DOWN), **dict.fromkeys(others, Answer(UP))}
        return verdicts(nodes, [silent if each is None else each for each in said])

    patch.setattr(observing, "verdicts", down)


def take_unknown_for_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        answering,
        "_verdict",
        lambda node, voters: UP if UP in answering._seen(node, voters) else DOWN,
    )


def move_to_a_node_whatever_it_is(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Observed, "may_have_it", lambda *_: True)


def move_again_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_dwells", lambda *_: False)


def move_as_often_as_it_takes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_spent", lambda *_: False)


def take_what_was_sent_for_done(patch: pytest.MonkeyPatch) -> None:
    def drive(self: Driver, state: State) -> Driven:
        self._send(state)
        return Driven(reached=True)

    patch.setattr(Driver, "drive", drive)


def verify_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_repair", lambda *_: None)


def move_under_hold(patch: pytest.MonkeyPatch) -> None:
    decide = deciding.decide

    def whatever(state: State, *args: Any) -> Decision:  # noqa: ANN401 - as decide has them
        decision = decide(state._replace(hold=""), *args)
        after = decision.after
        return decision._replace(after=after and after._replace(hold=state.hold))

    patch.setattr(controlling, "decide", whatever)


def toggle(patch: pytest.MonkeyPatch) -> None:
    """Let a half-done move go on to the other node, as one that is not journalled does."""
    taken = State.taken

    def turned(self: State, now: float) -> State:
        return taken(self, now)._replace(target=self.source, source=self.target)

    patch.setattr(State, "taken", turned)


def leave_the_node_that_failed_running(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Driver, "_fence", lambda *_: None)


def go_back_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_too_early", lambda *_: "")


def go_back_without_knowing_how_the_active_node_is(patch: pytest.MonkeyPatch) -> None:
    too_early = deciding._too_early

    def knowing(state: State, observed: Observed, *args: Any) -> str:  # noqa: ANN401 - its own
        up = {**observed.verdicts.nodes, state.target: UP}
        verdicts = observed.verdicts._replace(nodes=up)
        return too_early(state, observed._replace(verdicts=verdicts), *args)

    patch.setattr(deciding, "_too_early", knowing)


OFF: dict[Callable[[pytest.MonkeyPatch], None], str] = {
    read_the_head_again_before_it_is_taken: "a node is down",
    take_the_head_without_moving_its_version: "a node is down",
    take_the_head_from_whoever_has_it: "a person switches",
    confirm_whoever_has_the_head: "a person switches while a node is down",
    keep_streaks_whoever_writes: "a node that was chosen needs a moment",
    keep_streaks_however_old: "a node is down again after a while",
    act_on_what_was_seen_long_ago: "a node is down",
    send_however_long_the_head_is_held: "a person switches while a node is down",
    send_before_the_intent: "a node is down",
    decide_anew_while_it_moves: "a person holds while an address moves",
    never_give_a_move_up: "the target is terminated on the way",
    toggle: "a node is down",
    count_any_number_of_probers: "probers die while one does not reach a node",
    let_a_prober_that_sees_nothing_vote: "probers die while one does not reach a node",
    take_a_prober_without_an_answer_for_a_node_that_is_down: "a prober dies",
    take_unknown_for_down: "a prober in trouble",
    move_to_a_node_whatever_it_is: "a node is stopped and the other is down",
    move_again_at_once: "nodes fail as soon as they have it",
    move_as_often_as_it_takes: "nodes fail as soon as they have it",
    take_what_was_sent_for_done: "requests fail",
    verify_once: "somebody else moves a route",
    move_under_hold: "a person holds while an address moves",
    leave_the_node_that_failed_running: "a node that failed is stopped",
    go_back_at_once: "back to the preferred node",
    go_back_without_knowing_how_the_active_node_is: "back to the preferred node",
}
