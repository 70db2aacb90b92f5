"""Making every place point at the target that the journal says."""

from __future__ import annotations

from typing import NamedTuple

from ddns.core.errors import DdnsError, PermanentError
from ddns.core.failover.journal import FAILURE, LEASE, State
from ddns.core.failover.places import Placement
from ddns.failover.ports import Fencer, Mover
from ddns.failover.report import FailoverReport
from ddns.ports import Clock

REQUEST = 3.0
"""How many seconds a request to EC2 lasts at most: none that writes is begun with less left."""

_PAUSES = (0.3, 0.5, 1.0, 2.0, 2.0)
_FENCE_PAUSES = (0.0, 0.5, 1.0)


class Driven(NamedTuple):
    """What became of a drive.

    Attributes:
        reached: whether every place was seen at the target.
        split: whether places were seen to disagree in the end.
        refused: whether EC2 has refused it for good.
    """

    reached: bool
    split: bool = False
    refused: bool = False


class Driver:
    """Drives to a target under the head; it never chooses one."""

    def __init__(
        self, mover: Mover, fencer: Fencer | None, clock: Clock, report: FailoverReport
    ) -> None:
        """Take what moves, what stops a node that failed (None: nothing does), clock and report."""
        self._mover = mover
        self._fencer = fencer
        self._clock = clock
        self._report = report

    def drive(self, state: State) -> Driven:
        """Send until every place is seen at the target, or the head does not last any more.

        What EC2 refuses for good at the first request ends it: a target that was terminated has no
        interface, and whoever waits for it keeps all others from deciding. Later, EC2 may refuse
        what it is doing already.

        Args:
            state: as it was written, with the head taken.
        """
        if not self._fence(state):
            return Driven(reached=False)
        placement: Placement | None = None
        refused = False
        for number, pause in enumerate(_PAUSES):
            refused = self._send(state) and not number
            placement = self._read()
            if placement is not None and placement.all_at(state.target):
                return Driven(reached=True)
            if refused or not self._outlasts(state):
                break
            self._clock.sleep(pause)
        split = placement is not None and placement.split
        return Driven(reached=False, split=split, refused=refused)

    def _outlasts(self, state: State) -> bool:
        """Tell whether the head lasts longer than a request to EC2."""
        return state.head.held(self._clock.now() + REQUEST)

    def _send(self, state: State) -> bool:
        """Send what is to move; tell whether that was refused for good."""
        try:
            self._mover.send(state.target, lambda: self._outlasts(state))
        except DdnsError as err:
            self._report.failed("a request to move was not answered with success", err)
            return isinstance(err, PermanentError)
        return False

    def _read(self) -> Placement | None:
        try:
            return self._mover.read()
        except DdnsError as err:
            self._report.failed("where the address points could not be read", err)
            return None

    def _fence(self, state: State) -> bool:
        """Stop the node that failed; where that does not work in time, go on and say so.

        Returns:
            Whether to go on: not where it was the time of a first drive that was too short.
        """
        if self._fencer is None or state.by != FAILURE:
            return True
        for pause in _FENCE_PAUSES:
            now = self._clock.now()
            # What is to move has to be sent as well, or no drive would ever get there.
            if not state.head.held(now + pause + 2 * REQUEST):
                if now * 1000 - state.since < LEASE * 1000:
                    return False
                break
            self._clock.sleep(pause)
            try:
                self._fencer.stop(state.source)
            except DdnsError as err:
                self._report.failed(f"{state.source!r} is not stopped", err)
                if isinstance(err, PermanentError):
                    break
            else:
                return True
        self._report.noted("moving without a fence", f"{state.source!r} may still serve")
        return True
