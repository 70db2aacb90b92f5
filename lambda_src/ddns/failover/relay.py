"""What Route 53 asks from outside, and cannot see for itself: is the primary down?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ddns.core.failover.verdicts import DOWN, UP

if TYPE_CHECKING:
    from ddns.failover.primary import Primary
    from ddns.ports import Clock
    from ddns.reporting import Report

MOST_SECONDS = 0.7
"""How long one try may take: two of them, and a health checker waits 2 s after it is connected."""

# Route 53 has many checkers, and each asks every ten seconds.
_KEPT = 2.0
_OK, _NOT_FOUND, _NO = 200, 404, 503


class Relay:
    """Answers 200 where the primary is down for sure, and 503 to everything else it is asked.

    The health check that asks is inverted: whatever goes wrong here leaves the traffic where it is.
    """

    def __init__(self, name: str, primary: Primary, clock: Clock, report: Report) -> None:
        """Take the name, which is the one path, what to look at, the clock, and where to report."""
        self._path = f"/{name}"
        self._primary = primary
        self._clock = clock
        self._report = report
        self._looked = 0.0
        self._seen = ""

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a request to the function's URL (payload format 2.0)."""
        if not self._is_asked(event):
            return _response(_NOT_FOUND, "no such path")
        if not 0 <= self._clock.now() - self._looked < _KEPT:
            self._look()
        if self._seen == DOWN:
            return _response(_OK, "the primary is down")
        return _response(_NO, "the primary is not known to be down")

    def _is_asked(self, event: Mapping[str, Any]) -> bool:
        http = event.get("requestContext", {}).get("http", {})
        return bool(event.get("rawPath") == self._path and http.get("method") == "GET")

    def _look(self) -> None:
        seen, why = self._primary.look()
        self._looked = self._clock.now()
        if seen != self._seen:
            level = "INFO" if seen == UP else "WARN"
            self._report.line(level, f"the primary is {seen}", path=self._path, reason=why)
        if seen == DOWN:
            # Nothing while it is up: that is looked at about as often as it is asked.
            self._report.metrics({}, {"PrimaryDown": ("Count", [1])})
        self._seen = seen


def _response(status: int, body: str) -> dict[str, Any]:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": body}
