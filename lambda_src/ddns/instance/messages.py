"""A batch of queue messages: what each asks for, and which of them have to come again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ddns.core.errors import BadMessageError, DdnsError
from ddns.core.instance.events import Expected, Look, Sweep, parse_message
from ddns.instance.outcome import Outcome
from ddns.instance.report import InstanceReport
from ddns.instance.service import InstanceService
from ddns.redelivery import Redelivery, age, receipts

if TYPE_CHECKING:
    from ddns.instance.sweep.sweeper import Sweeper
    from ddns.ports import Clock, Queue

_Record = Mapping[str, Any]

# For so long a look that a sweep ordered is tried again, in seconds. As each sweep orders it anew,
# they would pile up in a long outage: SQS has at most 120,000 messages under way.
_SWEEPS_LOOK = 6 * 3_600


class MessageService:
    """Handles messages; those that failed come again, later each time."""

    def __init__(
        self,
        service: InstanceService,
        sweeper: Callable[[], Sweeper],
        queue: Queue,
        report: InstanceReport,
        clock: Clock,
    ) -> None:
        """Take what does the work, the queues, where to report, and the clock."""
        self._service = service
        self._sweeper = sweeper
        self._queue = queue
        self._redelivery = Redelivery(queue, report, clock)
        self._report = report
        self._clock = clock

    def handle(self, records: Sequence[_Record], deadline: float) -> list[str]:
        """Handle the records of an SQS event; return the ids of the messages that failed.

        A message that can never succeed goes to the dead-letter queue at once, with its reason.
        Instances come first: their messages do not wait for a sweep that is in the same batch.
        """
        rejected: list[tuple[_Record, str]] = []
        looks: list[tuple[_Record, Look]] = []
        sweeps: list[tuple[_Record, Sweep]] = []
        for record in records:
            try:
                order = parse_message(record["body"])
            except BadMessageError as err:
                rejected.append((record, f"bad message: {err}"))
                continue
            if isinstance(order, Look):
                looks.append((record, order))
                if order.sweep:
                    sweeps.append((record, Sweep()))
            else:
                sweeps.append((record, order))
        failed = self._look(looks, rejected, deadline)
        unswept = self._sweep(sweeps, deadline)
        return [*failed, *unswept]

    def _look(
        self,
        looks: Sequence[tuple[_Record, Look]],
        rejected: list[tuple[_Record, str]],
        deadline: float,
    ) -> dict[str, _Record]:
        """Look at instances; return the messages that have to come again, by id."""
        if not looks and not rejected:
            return {}
        now = self._clock.now()
        failed: list[tuple[_Record, str]] = []
        outcome = self._service.handle(_expected(looks), deadline)
        for record, look in looks:
            if look.instance_id in outcome.rejected:
                rejected.append((record, outcome.rejected[look.instance_id]))
            elif look.keep and age(record, now) > _SWEEPS_LOOK:
                continue
            elif look.instance_id in outcome.failed:
                failed.append((record, outcome.failed[look.instance_id]))
        delays = [
            int((self._clock.now() - look.time) * 1000)
            for _, look in looks
            if look.time is not None and look.instance_id in outcome.changed
        ]
        again = self._redelivery.dead_letter(rejected) | self._redelivery.again(failed)
        self._order_looks(outcome)
        count = len(failed) + len(rejected)
        self._report.report(outcome, delays, count, self._redelivery.oldest(again.values()))
        return again

    def _order_looks(self, outcome: Outcome) -> None:
        """Order looks at the instances that waited for a name; if that fails, a sweep does it."""
        try:
            self._queue.order_looks(sorted(outcome.freed))
        except DdnsError as err:
            outcome.warnings[f"instances that wait for a name are not looked at: {err}"] = None

    def _sweep(
        self, orders: Sequence[tuple[_Record, Sweep]], deadline: float
    ) -> dict[str, _Record]:
        """Begin a sweep, or do a step of one; return the messages that have to come again."""
        failed: dict[str, _Record] = {}
        new = [(record, order) for record, order in orders if not order.sweep]
        outcome = Outcome()
        for record, order in orders:
            if order.sweep:
                step = partial(
                    self._sweeper().go_on,
                    *(order.sweep, order.step, outcome, deadline),
                    again=receipts(record) > 1,
                )
                self._try(failed, [record], outcome, step)
        if new:
            verify = any(order.verify for _, order in new)
            records = [record for record, _ in new]
            self._try(failed, records, outcome, lambda: self._sweeper().begin(verify=verify))
        if orders:
            oldest = self._redelivery.oldest(failed.values())
            self._report.report(outcome, (), len(failed), oldest)
        reason = outcome.failed.get("sweep", "")
        return self._redelivery.again((record, reason) for record in failed.values())

    def _try(
        self,
        failed: dict[str, _Record],
        records: Iterable[_Record],
        outcome: Outcome,
        work: Callable[[], object],
    ) -> None:
        try:
            work()
        except Exception as err:  # noqa: BLE001 - whatever it is must not fail other messages
            outcome.failed["sweep"] = f"{type(err).__name__}: {err}"
            failed.update((record["messageId"], record) for record in records)


def _expected(looks: Iterable[tuple[_Record, Look]]) -> dict[str, Expected]:
    """Return by instance what its latest state event says, and whether a message came again."""
    expected: dict[str, Expected] = {}
    for record, look in looks:
        before = expected.get(look.instance_id, Expected(keep=True))
        again = before.again or receipts(record) > 1
        running, time = before.running, before.time
        if look.running is not None and (look.time or 0.0) >= time:
            running, time = look.running, look.time or 0.0
        keep = before.keep and look.keep
        expected[look.instance_id] = Expected(running, time, again, keep)
    return expected
