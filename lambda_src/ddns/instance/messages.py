"""A batch of queue messages: what each asks for, and which of them have to come again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ddns.core.errors import BadMessageError
from ddns.core.instance.events import Look, Sweep, parse_message
from ddns.instance.outcome import Outcome
from ddns.instance.service import Expected, InstanceService
from ddns.redelivery import Redelivery, receipts
from ddns.reporting import Report

if TYPE_CHECKING:
    from ddns.ports import Clock, Queue

# An instance that a younger event says to run, and EC2 does not show yet, is looked at again.
_RECENT = 300.0


class MessageService:
    """Handles each message, or says which failed and when they are to come again."""

    def __init__(
        self, service: InstanceService, queue: Queue, report: Report, clock: Clock
    ) -> None:
        """Take what does the work, the queues, where to report, and the clock."""
        self._service = service
        self._redelivery = Redelivery(queue, report, clock)
        self._report = report
        self._clock = clock

    def handle(self, records: Sequence[Mapping[str, Any]], deadline: float) -> list[str]:
        """Handle the records of an SQS event; return the ids of the messages that failed.

        A message that can never succeed goes to the dead-letter queue at once, with its reason.
        """
        failed: dict[str, Mapping[str, Any]] = {}
        rejected: list[tuple[Mapping[str, Any], str]] = []
        looks: list[tuple[Mapping[str, Any], Look]] = []
        sweeps: list[tuple[Mapping[str, Any], Sweep]] = []
        for record in records:
            try:
                order = parse_message(record["body"])
            except BadMessageError as err:
                rejected.append((record, f"bad message: {err}"))
                continue
            if isinstance(order, Look):
                looks.append((record, order))
            else:
                sweeps.append((record, order))
        outcome = self._service.handle(self._expected(looks), deadline)
        for record, look in looks:
            if look.instance_id in outcome.rejected:
                rejected.append((record, outcome.rejected[look.instance_id]))
            elif look.instance_id in outcome.failed:
                failed[record["messageId"]] = record
        delays = [
            int((self._clock.now() - look.time) * 1000)
            for _, look in looks
            if look.time is not None and look.instance_id in outcome.changed
        ]
        failed |= self._redelivery.dead_letter(rejected)
        self._report.report(outcome, delays, len(failed) + len(rejected))
        if sweeps and not self._sweep([order for _, order in sweeps], deadline):
            failed |= {record["messageId"]: record for record, _ in sweeps}
        self._redelivery.delay(failed.values())
        return list(failed)

    def _expected(self, looks: Iterable[tuple[Mapping[str, Any], Look]]) -> dict[str, Expected]:
        """Return by instance what its latest state event says, and whether anything else is new."""
        latest: dict[str, Look] = {}
        first: set[str] = set()
        for record, look in looks:
            latest.setdefault(look.instance_id, Look(look.instance_id))
            if look.running is not True and receipts(record) == 1:
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
