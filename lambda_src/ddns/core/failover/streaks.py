"""In how many rounds in a row each node was up, or down."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.failover.verdicts import UNKNOWN

STALE = 10.0
"""After how many seconds what was seen is too old to act on."""


class Streak(NamedTuple):
    """What a node was, and in how many rounds in a row."""

    seen: str = UNKNOWN
    rounds: int = 0


_NONE = Streak()


class Streaks(NamedTuple):
    """Streaks of all nodes.

    Attributes:
        version: of the journal's head that they were seen under: somebody who writes it ends them.
        at: when the last round began, in seconds of the epoch.
        nodes: the streak of each node.
    """

    version: int = -1
    at: float = 0.0
    nodes: Mapping[str, Streak] = MappingProxyType({})

    def of(self, node: str) -> Streak:
        """Return the streak of a node."""
        return self.nodes.get(node, _NONE)

    def extended(
        self, verdicts: Mapping[str, str], version: int, at: float, interval: float
    ) -> Streaks:
        """Return them with one more round.

        They begin anew where the journal was written since, or where the round before is so long
        ago that nobody knows what was in between.

        Args:
            verdicts: what each node is.
            version: of the journal's head, read before the nodes were probed.
            at: when the round began, in seconds of the epoch.
            interval: seconds from round to round.
        """
        before = self
        if version != self.version or at - self.at > interval + STALE:
            before = Streaks()
        return Streaks(
            version, at, {node: _next(before.of(node), seen) for node, seen in verdicts.items()}
        )


def _next(streak: Streak, seen: str) -> Streak:
    return Streak(seen, streak.rounds + 1 if streak.seen == seen else 1)
