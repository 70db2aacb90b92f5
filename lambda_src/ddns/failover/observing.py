"""What a controller looks at in a round, and keeps until the next one."""

from __future__ import annotations

from collections.abc import Mapping

from ddns.core.errors import DdnsError
from ddns.core.failover.decide import ABSENT, GONE, Observed
from ddns.core.failover.journal import Seen, SeenNode, State
from ddns.core.failover.places import Placement
from ddns.core.failover.policy import Policy
from ddns.core.failover.streaks import Streaks
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Verdicts, verdicts
from ddns.failover.ports import FailoverPorts
from ddns.failover.report import FailoverReport


class Observer:
    """Probes, asks EC2 where that is needed, and keeps what was seen for who looks on."""

    def __init__(
        self,
        ports: FailoverPorts,
        nodes: tuple[str, ...],
        policy: Policy,
        report: FailoverReport,
        slot: int,
    ) -> None:
        """Take the same as ``Controller``."""
        self._ports = ports
        self._nodes = nodes
        self._policy = policy
        self._report = report
        self._slot = slot
        self._streaks = Streaks()
        self._verify_at = 0.0
        self._look_at = 0.0
        self._unread = False
        self._places: Mapping[str, str] = {}
        self._noted: Mapping[str, str] = {}

    def keep_streaks(self, version: int) -> None:
        """Let streaks go on though the journal has another version, as nobody else wrote it."""
        self._streaks = self._streaks._replace(version=version)

    def verify_after(self, seconds: float) -> None:
        """Read where the address points in the first round after so many seconds."""
        self._verify_at = self._ports.clock.now() + seconds

    def observe(self, state: State, began: float, *, look: bool) -> Observed:
        """Do one look.

        Args:
            state: the journal, read before.
            began: when the round began, in seconds of the epoch.
            look: whether to ask EC2 for the instances' states in any case.
        """
        found = verdicts(self._nodes, self._ports.probers.probe())
        self._streaks = self._streaks.extended(
            found.nodes, state.head.version, began, self._policy.interval
        )
        look = look or self._looks(state.target, found, began)
        stopped = frozenset(self.stopped(state.target)) if look else frozenset()
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

    def stopped(self, active: str = "") -> set[str]:
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
        at = int(self._ports.clock.now() * 1000)
        seen = Seen(self._slot, at, nodes, self._places, found.answered, found.asked)
        try:
            self._ports.journal.note_seen(seen)
        except Exception as err:  # noqa: BLE001 - no decision depends on it
            self._report.failed("what was seen could not be noted", err)


def _is_alone(target: str, found: Verdicts) -> bool:
    """Tell whether the target is up and another failure would not be survived as it should be.

    No other node is up, or a prober, silent or cut off, sees none where another one does.
    """
    others = (seen for node, seen in found.nodes.items() if node != target)
    is_up = found.nodes.get(target) == UP
    return is_up and (UP not in others or found.live < found.asked)
