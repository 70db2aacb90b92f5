"""A batch of queue messages: what each asks for, and which of them have to come again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ddns.core.errors import BadMessageError, DdnsError
from ddns.core.events import Look, Sweep, parse_message
from ddns.instances import Expected, InstanceService
from ddns.outcome import Outcome
from ddns.reporting import Report

if TYPE_CHECKING:
    from ddns.ports import Clock, Queue

# An instance that a younger event says to run, and EC2 does not show yet, is looked at again.
_RECENT = 300.0
_FIRST_DELAY = 2
_LONGEST_DELAY = 300


class MessageService:
    """Handles each message, or says which failed and when they are to come again."""

    def __init__(
        self, service: InstanceService, queue: Queue, report: Report, clock: Clock
    ) -> None:
        """Take what does the work, the queues, where to report, and the clock."""
        self._service = service
        self._queue = queue
        self._report = report
        self._clock = clock

    def handle(self, records: Sequence[Mapping[str, Any]], deadline: float) -> list[str]:
        """Handle the records of an SQS event; return the ids of the messages that failed.

        A message that can never succeed goes to the dead-letter queue at once, with its reason.
        """
        failed: dict[str, Mapping[str, Any]] = {}
        hopeless: list[tuple[Mapping[str, Any], str]] = []
        looks: list[tuple[Mapping[str, Any], Look]] = []
        sweeps: list[tuple[Mapping[str, Any], Sweep]] = []
        for record in records:
            try:
                order = parse_message(record["body"])
            except BadMessageError as err:
                hopeless.append((record, f"bad message: {err}"))
                continue
            if isinstance(order, Look):
                looks.append((record, order))
            else:
                sweeps.append((record, order))
        outcome = self._service.handle(self._expected(looks), deadline)
        for record, look in looks:
            if look.instance_id in outcome.rejected:
                hopeless.append((record, outcome.rejected[look.instance_id]))
            elif look.instance_id in outcome.failed:
                failed[record["messageId"]] = record
        delays = [
            int((self._clock.now() - look.time) * 1000)
            for _, look in looks
            if look.time is not None and look.instance_id in outcome.changed
        ]
        failed |= self._bury(hopeless)
        self._report.report(outcome, delays, len(failed) + len(hopeless))
        if sweeps and not self._sweep([order for _, order in sweeps], deadline):
            failed |= {record["messageId"]: record for record, _ in sweeps}
        self._delay(failed.values())
        return list(failed)

    def _expected(self, looks: Iterable[tuple[Mapping[str, Any], Look]]) -> dict[str, Expected]:
        """Return by instance what its latest state event says, and whether anything else is new."""
        latest: dict[str, Look] = {}
        first: set[str] = set()
        for record, look in looks:
            latest.setdefault(look.instance_id, Look(look.instance_id))
            if look.running is not True and _receipts(record) == 1:
                first.add(look.instance_id)
            if look.running is not None and (look.time or 0) >= (
                latest[look.instance_id].time or 0
            ):
                latest[look.instance_id] = look
        since = self._clock.now() - _RECENT
        return {
            owner: Expected(look.running is True and (look.time or 0) > since, owner in first)
            for owner, look in latest.items()
        }

    def _sweep(self, orders: Sequence[Sweep], deadline: float) -> bool:
        """Do one sweep for all that are asked for; return whether nothing is left to do."""
        verify = any(order.verify for order in orders)
        try:
            outcome = self._service.sweep(deadline, verify=verify)
        except Exception as err:  # noqa: BLE001 - whatever it is must not fail other messages
            outcome = Outcome(failed={"sweep": f"{type(err).__name__}: {err}"})
        self._report.report(outcome, (), len(orders) if outcome.failed else 0)
        return not outcome.failed

    def _bury(
        self, hopeless: Iterable[tuple[Mapping[str, Any], str]]
    ) -> dict[str, Mapping[str, Any]]:
        """Send messages to the dead-letter queue; return those that it did not take."""
        left = {}
        for record, reason in hopeless:
            self._report.line("ERROR", "to the dead-letter queue", reason=reason)
            try:
                self._queue.bury(record["body"], reason)
            except DdnsError as err:
                self._report.line("ERROR", "the dead-letter queue did not take it", reason=str(err))
                left[record["messageId"]] = record
        return left

    def _delay(self, failed: Iterable[Mapping[str, Any]]) -> None:
        """Have failed messages come again soon, later with each receipt, and not all at once."""
        delays = {}
        for record in failed:
            longest = min(_FIRST_DELAY * 2 ** _receipts(record), _LONGEST_DELAY)
            delays[record["receiptHandle"]] = int(longest * (0.5 + self._clock.random() / 2))
        try:
            self._queue.retry_soon(delays)
        except DdnsError as err:
            self._report.line("WARN", "failed messages come again late", reason=str(err))


def _receipts(record: Mapping[str, Any]) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
