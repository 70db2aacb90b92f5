"""What Route 53 asks from outside, and cannot see for itself: how a zone sees the primary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP

if TYPE_CHECKING:
    from ddns.failover.primary import Primary
    from ddns.ports import Clock
    from ddns.reporting import Report

MOST_SECONDS = 0.7
"""How long one try may take: two of them, and a health checker waits 2 s after it is connected."""

# Route 53 has many checkers, and each asks every ten seconds. What was up is looked at again soon:
# an old "up" would keep clients at a primary that is down.
_KEPT = {UP: 0.3, DOWN: 2.0, UNKNOWN: 2.0}
_OK, _NOT_FOUND, _NO = 200, 404, 503


class Relay:
    """Answers for one zone, at two paths, by one look.

    | path | 200 | 503 |
    |---|---|---|
    | `/NAME/down` | the primary is confirmed down from here | it is not |
    | `/NAME/up` | the primary is seen up from here | it is not |

    Everything else is 404. Who does not know, or does not answer, is neither.
    """

    def __init__(self, name: str, primary: Primary, clock: Clock, report: Report) -> None:
        """Take the name, which paths begin with, what to look at, the clock, where to report."""
        self._paths = {f"/{name}/{seen}": seen for seen in (DOWN, UP)}
        self._name = name
        self._primary = primary
        self._clock = clock
        self._report = report
        self._looked = 0.0
        self._seen = ""

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a request to the function's URL (payload format 2.0)."""
        asked = self._asked(event)
        if not asked:
            return _response(_NOT_FOUND, "no such path")
        if not 0 <= self._clock.now() - self._looked < _KEPT.get(self._seen, 0):
            self._look()
        return _response(_OK if self._seen == asked else _NO, f"the primary is {self._seen}")

    def _asked(self, event: Mapping[str, Any]) -> str:
        """Return what is asked for, ``DOWN`` or ``UP``; empty for what is none of the paths."""
        http = event.get("requestContext", {}).get("http", {})
        return self._paths.get(event.get("rawPath", ""), "") if http.get("method") == "GET" else ""

    def _look(self) -> None:
        seen, why = self._primary.look()
        self._looked = self._clock.now()
        if seen != self._seen:
            level = "INFO" if seen == UP else "WARN"
            self._report.line(level, f"the primary is {seen}", name=self._name, reason=why)
        if seen == DOWN:
            # Nothing while it is up: that is looked at about as often as it is asked.
            self._report.metrics({}, {"PrimaryDown": ("Count", [1])})
        self._seen = seen


def _response(status: int, body: str) -> dict[str, Any]:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": body}
