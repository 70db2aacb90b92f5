"""Route 53 for hosts: one request for each zone, and no long wait where a client waits too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ddns.applying import Applied, Applier
from ddns.core.errors import DdnsError, ThrottledError
from ddns.core.records import NOTHING, NameKey, Observed
from ddns.core.results import Status

if TYPE_CHECKING:
    from ddns.core.changes import NameChange
    from ddns.ports import Clock

ANSWER_WITHIN = 8.0
"""How long a client waits at most, in seconds: many routers give up after ten, and some are far."""

LONGEST_CALL = 3.0
"""How long one request to Route 53 may take while a client waits, in seconds: what the Route 53
client for requests keeps to."""

# What is kept of a client's time to write down what is left, and to order it from the queue.
_WRITING_DOWN = 2.5
# For how long what Route 53 throttles is tried again before it is left to the queue, and for how
# long after a throttle Route 53 is spared: what it would answer is known.
_PATIENCE = 0.4
_CALM = 5.0


class Budget(NamedTuple):
    """How long a piece of work may take.

    Attributes:
        deadline: when the time is up, in seconds of the epoch.
        defer: whether a client waits: what Route 53 does not take soon is left to the queue.
    """

    deadline: float
    defer: bool


class HostZones:
    """Reads and writes record sets of hosts."""

    def __init__(self, prompt: Applier, patient: Callable[[], Applier], clock: Clock) -> None:
        """Take what sends changes while a client waits, what does for the queue, and the clock."""
        self._prompt = prompt
        self._patient = patient
        self._clock = clock
        self._calm_until = 0.0
        self.throttles = 0
        """How often Route 53 has said to come back later."""

    def look(
        self, keys: Iterable[NameKey], budget: Budget
    ) -> tuple[Mapping[NameKey, Observed], Mapping[str, DdnsError]]:
        """Return what is at names, and by zone why it could not be looked at."""
        by_zone: dict[str, set[str]] = {}
        for key in keys:
            by_zone.setdefault(key.zone_id, set()).add(key.name)
        seen: dict[NameKey, Observed] = {}
        failed: dict[str, DdnsError] = {}
        for zone_id, names in by_zone.items():
            counts = Applied()
            try:
                there = self._read(counts, zone_id, sorted(names), budget)
            except DdnsError as err:
                failed[zone_id] = err
            else:
                seen |= {NameKey(zone_id, name): there.get(name, NOTHING) for name in names}
            self._count(counts, stopped=zone_id in failed)
        return seen, failed

    def _read(
        self, counts: Applied, zone_id: str, names: Sequence[str], budget: Budget
    ) -> Mapping[str, Observed]:
        if self._spared(budget):
            raise ThrottledError("Route 53 asked for a pause")
        return self._applier(budget).read(counts, zone_id, names, self._limit(budget))

    def apply(self, changes: Iterable[NameChange], budget: Budget) -> Applied:
        """Send changes; what is missing in the results was not sent."""
        applied, changes = Applied(), list(changes)
        if changes and not self._spared(budget):
            limit, applier = self._limit(budget), self._applier(budget)
            # The role allows TXT at other names than addresses: one batch must not hold both.
            applier.apply((c for c in changes if "TXT" not in c.result), limit, applied)
            applier.apply((c for c in changes if "TXT" in c.result), limit, applied)
            stopped = any(each.status is Status.NOT_NOW for each in applied.results.values())
            self._count(applied, stopped=stopped)
        return applied

    def _applier(self, budget: Budget) -> Applier:
        return self._prompt if budget.defer else self._patient()

    def _limit(self, budget: Budget) -> float:
        """Return until when a request to Route 53 may begin.

        Where a client waits, look and change together leave the time for the last request of them
        to end, and for what it did not do to be written down.
        """
        if not budget.defer:
            return budget.deadline
        last = budget.deadline - LONGEST_CALL - _WRITING_DOWN
        return min(last, self._clock.now() + _PATIENCE)

    def _spared(self, budget: Budget) -> bool:
        return budget.defer and self._clock.now() < self._calm_until

    def _count(self, counts: Applied, *, stopped: bool) -> None:
        self.throttles += counts.throttles
        if stopped and counts.throttles:
            self._calm_until = self._clock.now() + _CALM
