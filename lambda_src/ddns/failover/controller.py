"""The controller: read the journal, probe, decide, move, verify; round by round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from ddns.core.errors import ConflictError, DdnsError
from ddns.core.failover.decide import ABSENT, BUDGET, FOREIGN, GONE, Decision, Observed, decide
from ddns.core.failover.journal import Move, Seen, SeenNode, State
from ddns.core.failover.places import PATIENCE, ROUTES, Placement
from ddns.core.failover.policy import STOP, Policy
from ddns.core.failover.streaks import Streaks
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Verdicts, verdicts
from ddns.failover.driving import Driver
from ddns.failover.ports import Directory, Events, Fencer, Journal, Mover, Probers
from ddns.failover.report import FailoverReport
from ddns.ports import Clock

_LONGEST = 60.0  # Nobody takes the head for so many seconds.
# How long a move that nothing but a person ends leaves the journal to people, between two drives.
_TURN = 1.5
_T = TypeVar("_T")
_UNKNOWN_MOVE = "a move could not be made known"


class FailoverPorts(NamedTuple):
    """What the controller needs of the world."""

    clock: Clock
    journal: Journal
    directory: Directory
    mover: Mover
    probers: Probers
    fencer: Fencer
    events: Events


class Controller:
    """One of two that overlap: either may act, and the head of the journal lets one at a time.

    What it knows of earlier rounds is its own: it is made anew for each invocation.
    """

    def __init__(
        self,
        ports: FailoverPorts,
        nodes: tuple[str, ...],
        policy: Policy,
        report: FailoverReport,
        slot: int = 0,
        patience: float = PATIENCE[ROUTES],
    ) -> None:
        """Take the world and what was asked for.

        Args:
            ports: the world.
            nodes: the names of the nodes, in order of preference.
            policy: when to move.
            report: where to write what happens.
            slot: which of the two this is, for who looks on: 0 or 1.
            patience: after how many seconds a move that does not end is given up.
        """
        self._patience = patience
        self._ports = ports
        self._clock = ports.clock
        self._nodes = nodes
        self._policy = policy
        self._report = report
        self._slot = slot
        fencer = ports.fencer if policy.fence == STOP else None
        self._driver = Driver(ports.mover, fencer, ports.clock, report)
        self._streaks = Streaks()
        self._verify_at = 0.0
        self._look_at = 0.0
        self._unread = False
        self._places: Mapping[str, str] = {}
        self._noted: Mapping[str, str] = {}

    def run(self, until: float) -> None:
        """Do rounds, one each interval, and begin none later than ``until`` (epoch seconds)."""
        begin = self._clock.now()
        while begin < until:
            try:
                self.round()
            except Exception as err:  # noqa: BLE001 - the next round may do better
                self._report.failed("a round broke off", err)
            now = self._clock.now()
            begin = max(begin + self._policy.interval, now)
            if begin < until:
                self._clock.sleep(begin - now)
        self._report.flush()

    def round(self, *, look: bool = False) -> None:
        """Do one round.

        Args:
            look: whether to ask EC2 for the instances' states even if no probe failed.
        """
        began = self._clock.now()
        try:
            state = self._ports.journal.read()
        except DdnsError as err:
            self._report.failed("the journal could not be read", err)
            return
        if not self._held(state):
            if state.moving and state.target in self._nodes:
                self._move(state, state.taken(self._clock.now()))
            else:
                self._act(state, self._observe(state, began, look=look))
        # Only one that came to its end: where none does, somebody has to be woken.
        self._report.count("Round")

    def _held(self, state: State) -> bool:
        """Tell whether another has the head: then all is left to that one.

        One that is held for longer than anybody takes it, as by a clock that is wrong, is given
        back: neither controllers nor people could write until then.
        """
        now = self._clock.now()
        if state.head.held(now + _LONGEST):
            self._report.noted("the head is given back", "it was held for longer than it may be")
            self._write(state, state.given_back())
            return True
        return state.head.held(now)

    # ------------------------------------------------------------ observing

    def _observe(self, state: State, began: float, *, look: bool) -> Observed:
        found = verdicts(self._nodes, self._ports.probers.probe())
        self._streaks = self._streaks.extended(
            found.nodes, state.head.version, began, self._policy.interval
        )
        look = look or self._looks(state.target, found, began)
        stopped = frozenset(self._stopped(state.target)) if look else frozenset()
        due = state.target not in self._nodes or began >= self._verify_at
        placement = self._verify(began) if due else None
        if due or found.nodes != self._noted:
            self._note_seen(found)
        self._count(state.target, found)
        return Observed(began, self._nodes, found, self._streaks, stopped, placement)

    def _count(self, target: str, found: Verdicts) -> None:
        if found.dark:
            self._report.count("AllDown")
        elif UNKNOWN in found.nodes.values() or self._unread:
            self._report.count("Unknown")
        if _is_alone(target, found):
            self._report.count("Degraded")

    def _looks(self, active: str, found: Verdicts, began: float) -> bool:
        """Tell whether to ask EC2 how the instances are, of an active node that a prober saw down.

        That is as soon as a verdict is another one, and before the node is left; else seldom: where
        a zone fails, many failovers ask, and those that move have to have their answers.
        """
        if active not in found.doubted:
            return False
        down = self._streaks.of(active)
        ready = down.seen == DOWN and down.rounds >= self._policy.failures
        if not ready and found.nodes == self._noted and began < self._look_at:
            return False
        self._look_at = began + self._policy.verify_interval
        return True

    def _stopped(self, active: str = "") -> set[str]:
        """Return the nodes that do not serve, as EC2 says; none where it says nothing.

        One that EC2 does not show may not get the address; that alone is no reason to leave it.
        """
        states: Mapping[str, str] = {}
        try:
            states = self._ports.directory.states()
        except DdnsError as err:
            self._report.failed("EC2 does not say how the instances are", err)
        return {
            node
            for node, word in states.items()
            if word in GONE or (word == ABSENT and node != active)
        }

    def _verify(self, began: float) -> Placement | None:
        """Read where the address points.

        It is due at its interval, after a move, and as long as there is no target. Where EC2 does
        not answer it waits as well: others ask, too.
        """
        self._verify_at = began + self._policy.verify_interval
        placement = None
        try:
            placement = self._ports.mover.read()
        except DdnsError as err:
            self._report.failed("where the address points could not be read", err)
        self._unread = placement is None
        self._places = {} if placement is None else placement.places
        if placement is not None and placement.split:
            self._report.count("SplitPlaces")
        self._report.flush()
        return placement

    def _note_seen(self, found: Verdicts) -> None:
        """Keep what was seen for who looks on: after each look, and when a verdict is another."""
        self._noted = found.nodes
        nodes = {
            node: SeenNode(seen, found.why[node], self._streaks.of(node).rounds)
            for node, seen in found.nodes.items()
        }
        at = int(self._clock.now() * 1000)
        seen = Seen(self._slot, at, nodes, self._places, found.answered, found.asked)
        self._tell("what was seen could not be noted", seen, self._ports.journal.note_seen)

    # ------------------------------------------------------------ acting

    def _act(self, state: State, observed: Observed) -> None:
        decision = decide(state, observed, self._policy, self._clock.now())
        after = decision.after
        if after is None:
            self._stay(decision)
        elif after.moving:
            self._move(state, after, _shown(observed.verdicts))
        elif self._write(state, after) is not None:
            self._report.noted("noted in the journal", decision.why)
            if decision.why == BUDGET:
                self._report.count("BudgetSpent")
            # Nobody else has written: what was seen before still counts.
            self._streaks = self._streaks._replace(version=after.head.version)

    def _stay(self, decision: Decision) -> None:
        self._report.stayed(decision.why)
        if decision.why == FOREIGN:
            self._report.count("Foreign")

    def _move(self, before: State, after: State, probes: str = "") -> None:
        """Take the head with the intent, drive to the target, make it known, confirm."""
        state = self._write(before, after)
        if state is None:
            return
        move = _move(state, int(self._clock.now() * 1000), probes)
        self._report.begun(move)
        driven = self._driver.drive(state)
        self._verify_at = 0.0
        if driven.reached:
            move = move._replace(done=int(self._clock.now() * 1000))
            self._report.moved(move)
            self._tell(_UNKNOWN_MOVE, move, self._ports.events.moved, self._ports.journal.note_move)
            self._write(state, state.ended())
        else:
            self._report.unfinished(move, split=driven.split)
            self._leave(state, move, refused=driven.refused)

    def _leave(self, state: State, move: Move, *, refused: bool) -> None:
        """Give the head back; give the move up as well where its target can't be reached any more.

        As long as a move goes on nothing else is decided. So one whose target is gone has to end,
        and one that EC2 refuses for some other reason that stays: verification goes on with it,
        and waits for its time where EC2 has refused: each time is an epoch of its own.
        """
        if self._goes_on(state):
            self._write(state, state.given_back())
            if state.hold:
                self._clock.sleep(_TURN)
            return
        if refused:
            self._verify_at = self._clock.now() + self._policy.verify_interval
        self._report.noted("the move is given up", f"{state.target!r} was not reached")
        self._tell(_UNKNOWN_MOVE, move, self._ports.journal.note_move)
        self._write(state, state.ended())

    def _goes_on(self, state: State) -> bool:
        """Tell whether the next round is to go on with a move."""
        if state.target in self._stopped():
            return False
        took = abs(self._clock.now() * 1000 - state.since)
        return bool(state.hold) or took <= self._patience * 1000

    def _tell(self, failed: str, what: _T, *tell: Callable[[_T], None]) -> None:
        """Make something known; nothing depends on it, whatever goes wrong."""
        for each in tell:
            try:
                each(what)
            except Exception as err:  # noqa: BLE001 - else a move would never be confirmed
                self._report.failed(failed, err)

    def _write(self, before: State, after: State) -> State | None:
        """Write the state on condition of the one before; None where it was not, or may not be."""
        try:
            return self._ports.journal.write(before, after)
        except ConflictError:
            self._report.stayed("somebody else has written the journal")
        except DdnsError as err:
            self._report.failed("the journal could not be written", err)
            self._report.count("MoveFailed")
        return None


def _move(state: State, now: int, probes: str) -> Move:
    """Return a move that was just begun, or is gone on with."""
    repaired = state.source == state.target
    started = now if repaired else state.since
    return Move(state.epoch, state.source, state.target, state.by, state.reason, started, 0, probes)


def _is_alone(target: str, found: Verdicts) -> bool:
    """Tell whether the target is up and another failure would not be survived as it should be.

    No other node is up, or a prober, silent or cut off, sees none where another one does.
    """
    others = (seen for node, seen in found.nodes.items() if node != target)
    is_up = found.nodes.get(target) == UP
    return is_up and (UP not in others or found.live < found.asked)


def _shown(found: Verdicts) -> str:
    """Return what the probers said, for a person to read."""
    nodes = (
        f"{node}: {seen}" + (f" ({found.why[node]})" if seen != UP and found.why[node] else "")
        for node, seen in found.nodes.items()
    )
    return f"{'; '.join(nodes)}; {found.live} of {found.asked} probers count"
