"""How often Route 53 is asked about a host, and orders for the queue to ask it later.

docs/adr/0007-one-order-for-what-comes-early.md says why no accepted change is lost by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ddns.core.client.requests import Result
from ddns.core.errors import DdnsError
from ddns.ports import ApplyOrder

if TYPE_CHECKING:
    from ddns.client.progress import Progress
    from ddns.client.states import HostStates
    from ddns.core.client.hosts import Host
    from ddns.ports import Clock, Queue
    from ddns.reporting import Report


class Orders:
    """Knows when Route 53 may be asked about a host again, and has the queue do it then."""

    def __init__(
        self, states: HostStates, queue: Queue, clock: Clock, report: Report, interval: int
    ) -> None:
        """Take the ports, and for how many seconds Route 53 is not asked about a host again."""
        self._states = states
        self._queue = queue
        self._clock = clock
        self._report = report
        self._interval = interval * 1000

    def are_early(self, progress: Progress) -> bool:
        """Tell whether Route 53 was asked about a host moments ago, for another request."""
        return not progress.asked and abs(self._now() - progress.host.asked) < self._interval

    def note_asked(self, under_way: Iterable[Progress]) -> None:
        """Note that Route 53 is asked about hosts now."""
        for progress in under_way:
            progress.asked = self._now() if self._interval else 0

    def place(self, under_way: Sequence[Progress]) -> None:
        """Put orders for hosts that are pending into the queue, due when Route 53 may be asked.

        For what comes early one order is enough, once it is certain that it waits there: it finds
        whatever is the latest then.
        """
        without = [each for each in under_way if not (each.early and each.host.ordered)]
        try:
            if without:
                self._queue.order_apply([self._order_for(each.host) for each in without])
        except DdnsError as err:
            # It stays pending: the client's next request writes it.
            self._report.line("ERROR", "the queue did not take it", reason=str(err))
            for progress in without:
                progress.outcome = progress.outcome or progress.end(Result.TROUBLE)
        else:
            for progress in without:
                if progress.early:
                    self._states.mark_ordered(progress)
        for progress in under_way:
            progress.outcome = progress.outcome or progress.end(Result.DEFERRED)

    def _order_for(self, host: Host) -> ApplyOrder:
        seconds = -(-(host.asked + self._interval - self._now()) // 1000)
        return ApplyOrder(host.key, host.revision, min(max(0, seconds), self._interval // 1000))

    def _now(self) -> int:
        return int(self._clock.now() * 1000)
