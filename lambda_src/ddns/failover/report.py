"""What the controller logs and counts."""

from __future__ import annotations

from collections import Counter
from typing import TextIO

from ddns.core.failover.journal import Move
from ddns.ports import Clock
from ddns.reporting import Report


class FailoverReport:
    """Writes moves as they happen; rounds are counted, and the counts written now and then.

    Metrics: ``Moved``, ``MoveFailed``, ``MoveTime`` (milliseconds), ``SplitPlaces``, ``Unknown``,
    ``AllDown``, ``Degraded``, ``BudgetSpent``, ``Foreign``, ``Round``.
    """

    def __init__(self, function: str, clock: Clock, stream: TextIO | None = None) -> None:
        """Take the controller's name, the clock, and where to write. Default: standard output."""
        self._report = Report(function, clock, stream)
        self._counts: Counter[str] = Counter()
        self._said = ""

    def count(self, name: str) -> None:
        """Count something, to be written later."""
        self._counts[name] += 1

    def flush(self) -> None:
        """Write what was counted."""
        self._report.metrics(self._counts, {})
        self._counts.clear()

    def stayed(self, why: str) -> None:
        """Write why nothing moves, once for as long as it is so."""
        if why and why != self._said:
            self._report.line("WARN", "nothing moves", why=why)
        self._said = why

    def failed(self, what: str, err: Exception) -> None:
        """Write what did not work, and why."""
        self._report.line("ERROR", what, reason=f"{type(err).__name__}: {err}")

    def begun(self, move: Move) -> None:
        """Write that a move begins."""
        self._said = ""
        self._report.line("WARN", "moving", **move._asdict())

    def moved(self, move: Move) -> None:
        """Write that a move is done, and how long it took."""
        self._report.line("WARN", "moved", **move._asdict())
        took = {"MoveTime": ("Milliseconds", [max(0, move.done - move.started)])}
        self._report.metrics({"Moved": 1}, took)

    def unfinished(self, move: Move, *, split: bool) -> None:
        """Write that a move is not done: the next round drives on."""
        self._report.line("ERROR", "not moved yet: the next round goes on", **move._asdict())
        self._report.metrics({"MoveFailed": 1, "SplitPlaces": int(split)}, {})

    def noted(self, what: str, why: str) -> None:
        """Write something that the journal now says."""
        self._report.line("WARN", what, why=why)
