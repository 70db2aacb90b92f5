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

OLDEST_FAILED = "OldestFailed"
"""The metric of how long the oldest message that failed has been tried, in seconds."""

# The queue keeps a message for four days and then drops it without a word.
GIVE_UP_AFTER = 3 * 86_400
_FIRST_DELAY = 2
# What an outage delays is written at the latest so long after its end.
_LONGEST_DELAY = 900


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

    def again(self, failed: Iterable[tuple[Record, str]]) -> dict[str, Record]:
        """Have messages that failed, each with its reason, come again; return these by id.

        They come soon, later with each receipt, and not all at once. What failed for three days
        goes to the dead-letter queue.
        """
        now = self._clock.now()
        old, young = [], {}
        for record, reason in failed:
            if age(record, now) > GIVE_UP_AFTER:
                old.append((record, f"given up after three days: {reason}"))
            else:
                young[record["messageId"]] = record
        young |= self.dead_letter(old)
        delays = {}
        for record in young.values():
            longest = min(_FIRST_DELAY * 2 ** min(receipts(record), 9), _LONGEST_DELAY)
            delays[record["receiptHandle"]] = int(longest * (0.75 + self._clock.random() / 4))
        try:
            self._queue.retry_soon(delays)
        except DdnsError as err:
            self._report.line("WARN", "failed messages come again late", reason=str(err))
        return young

    def oldest(self, failed: Iterable[Record]) -> list[int]:
        """Return the age of the oldest of some messages in seconds; nothing where there is none."""
        now = self._clock.now()
        return sorted(int(age(record, now)) for record in failed)[-1:]


def receipts(record: Record) -> int:
    """Return how often a message was received."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def age(record: Record, now: float) -> float:
    """Return how many seconds ago a message was sent; the clocks of two machines may differ."""
    sent = record.get("attributes", {}).get("SentTimestamp")
    return max(0.0, now - int(sent) / 1000) if sent else 0.0
