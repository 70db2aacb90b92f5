"""Messages that cannot be handled: at all, or now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ddns.core.errors import DdnsError

if TYPE_CHECKING:
    from ddns.ports import Clock, Queue
    from ddns.reporting import Report

Record = Mapping[str, Any]
"""A record of an SQS event."""

_FIRST_DELAY = 2
_LONGEST_DELAY = 300


class Redelivery:
    """Sends messages to the dead-letter queue, or has them come again later."""

    def __init__(self, queue: Queue, report: Report, clock: Clock) -> None:
        """Take the queues, where to report, and the clock."""
        self._queue = queue
        self._report = report
        self._clock = clock

    def dead_letter(self, rejected: Iterable[tuple[Record, str]]) -> dict[str, Record]:
        """Send messages to the dead-letter queue; return those that it did not take, by id."""
        left = {}
        for record, reason in rejected:
            self._report.line("ERROR", "to the dead-letter queue", reason=reason)
            try:
                self._queue.dead_letter(record["body"], reason)
            except DdnsError as err:
                self._report.line("ERROR", "the dead-letter queue did not take it", reason=str(err))
                left[record["messageId"]] = record
        return left

    def delay(self, failed: Iterable[Record]) -> None:
        """Have failed messages come again soon, later with each receipt, and not all at once."""
        delays = {}
        for record in failed:
            longest = min(_FIRST_DELAY * 2 ** receipts(record), _LONGEST_DELAY)
            delays[record["receiptHandle"]] = int(longest * (0.5 + self._clock.random() / 2))
        try:
            self._queue.retry_soon(delays)
        except DdnsError as err:
            self._report.line("WARN", "failed messages come again late", reason=str(err))


def receipts(record: Record) -> int:
    """Return how often a message was received."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
