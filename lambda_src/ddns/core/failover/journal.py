"""What the journal keeps: where the service address shall be, what was seen, and each move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ddns.core.head import Head

LEASE = 10.0
"""For how many seconds a controller has the head after it has written an intent."""

HOUR = 3600.0

START, FAILURE, FAILBACK, OPERATOR, REPAIR = "start", "failure", "failback", "operator", "repair"
"""Why a target was set."""

AUTOMATIC = frozenset({FAILURE, FAILBACK})
"""Moves that the smallest dwell and the budget are about."""


class State(NamedTuple):
    """The one item that decides; whoever writes it moves the version of its head.

    Attributes:
        head: its version, and until when a controller has it.
        target: the node that shall have the service address; empty before the first start.
        epoch: how often a target was set.
        moving: whether the target was set and not yet seen at every place.
        source: the node that had it before.
        by: ``START``, ``FAILURE``, ``FAILBACK``, ``OPERATOR`` or ``REPAIR``.
        reason: a short text.
        since: when the target was set (milliseconds of the epoch).
        moves: when automatic moves of the last hour were begun (the same).
        recovered: since when the preferred node is healthy again (the same); 0 where it is not.
        hold: why nothing is to move by itself; empty where it may.
        hold_since: since when (the same).
    """

    head: Head = Head()
    target: str = ""
    epoch: int = 0
    moving: bool = False
    source: str = ""
    by: str = ""
    reason: str = ""
    since: int = 0
    moves: tuple[int, ...] = ()
    recovered: int = 0
    hold: str = ""
    hold_since: int = 0

    def intent(self, target: str, by: str, reason: str, now: float) -> State:
        """Return it with a target that is to be driven to, and the head taken.

        Args:
            target: the node that shall have the service address.
            by: why, as ``by`` of the state.
            reason: a short text.
            now: the time in seconds of the epoch.
        """
        at = int(now * 1000)
        moves = tuple(each for each in self.moves if abs(at - each) < HOUR * 1000)
        return self._replace(
            head=self.head.following(now + LEASE),
            target=target,
            epoch=self.epoch + 1,
            moving=True,
            source=self.target,
            by=by,
            reason=reason,
            since=self.since if target == self.target else at,
            moves=(*moves, at) if by in AUTOMATIC else moves,
            recovered=self.recovered if by == REPAIR else 0,
        )

    def taken(self, now: float) -> State:
        """Return it with the head taken, to drive on to the target that it has."""
        return self._replace(head=self.head.following(now + LEASE))

    def adopted(self, target: str, reason: str, now: float) -> State:
        """Return it with the node that the service address points at already."""
        begun = self.intent(target, START, reason, now)
        return begun._replace(head=self.head.following(0), moving=False)

    def ended(self) -> State:
        """Return it with the drive to its target ended and the head given back."""
        return self.given_back()._replace(moving=False)

    def given_back(self) -> State:
        """Return it with the head given back; a target that is not reached is driven to again."""
        return self._replace(head=self.head.following(0))

    def marked(self, recovered: float) -> State:
        """Return it with the time (seconds of the epoch) since when the preferred node is healthy.

        Args:
            recovered: the time; 0 where the node is not healthy.
        """
        return self.given_back()._replace(recovered=int(recovered * 1000))

    def held_back(self, reason: str, now: float) -> State:
        """Return it with a hold: nothing moves by itself until somebody releases it."""
        return self.given_back()._replace(hold=reason, hold_since=int(now * 1000))


class Move(NamedTuple):
    """One move, for the history and for who listens to events.

    Attributes:
        epoch: its number.
        source: the node that had the service address before; empty at the first start.
        target: the node that has it now; the same as before where a place was put right.
        by: why, as ``by`` of the state.
        reason: a short text.
        started: when it was begun (milliseconds of the epoch).
        done: when every place was seen at the target (the same); 0 where they are not.
        probes: what the probes said when it was decided; empty where it was driven on.
    """

    epoch: int
    source: str
    target: str
    by: str
    reason: str
    started: int
    done: int = 0
    probes: str = ""


class SeenNode(NamedTuple):
    """What a controller knows of a node.

    Attributes:
        seen: ``up``, ``down`` or ``unknown``.
        why: a short text.
        streak: in how many rounds in a row.
    """

    seen: str
    why: str = ""
    streak: int = 0


class Seen(NamedTuple):
    """What a controller saw last, for who looks on.

    Attributes:
        slot: which of the two overlapping controllers: 0 or 1.
        at: when (milliseconds of the epoch).
        nodes: what it knows of each node.
        places: where every place points, as ``Placement.places``.
        answered: how many probers answered.
        asked: how many there are.
    """

    slot: int
    at: int
    nodes: Mapping[str, SeenNode]
    places: Mapping[str, str]
    answered: int
    asked: int
