"""A batch of queue messages: hosts whose record sets Route 53 did not take at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ddns.core.client.requests import Result
from ddns.core.errors import BadMessageError, DdnsError, InvalidNameError
from ddns.core.names import record_name
from ddns.ports import ApplyOrder
from ddns.redelivery import OLDEST_FAILED, Record, Redelivery

if TYPE_CHECKING:
    from ddns.client.service import ClientService
    from ddns.reporting import Report


class ClientMessages:
    """Handles each message, or says which failed and when they are to come again."""

    def __init__(self, service: ClientService, redelivery: Redelivery, report: Report) -> None:
        """Take what does the work, what happens to the rest, and where to report."""
        self._service = service
        self._redelivery = redelivery
        self._report = report

    def handle(self, records: Sequence[Record], deadline: float) -> list[str]:
        """Handle the records of an SQS event; return the ids of the messages that failed.

        A message that can never succeed goes to the dead-letter queue at once, with its reason.
        """
        wanted: list[tuple[Record, ApplyOrder]] = []
        rejected: list[tuple[Record, str]] = []
        for record in records:
            try:
                wanted.append((record, _order(record)))
            except BadMessageError as err:
                rejected.append((record, f"bad message: {err}"))
        throttles = self._service.throttles
        try:
            done = self._service.apply_pending([order for _, order in wanted], deadline)
            failed: list[tuple[Record, str]] = []
        except DdnsError as err:
            self._report.line("ERROR", "hosts cannot be read", reason=str(err))
            done, failed = {}, [(record, f"hosts cannot be read: {err}") for record, _ in wanted]
        for record, (key, *_) in wanted:
            if key in done and done[key].result is Result.REFUSED:
                rejected.append((record, f"{key}: {done[key].reason}"))
            elif key in done and done[key].result is Result.TROUBLE:
                failed.append((record, f"{key}: {done[key].reason}"))
        again = self._redelivery.dead_letter(rejected) | self._redelivery.again(failed)
        results = [each.result for each in done.values()]
        self._report.request(
            "WARN" if failed or rejected else "INFO",
            {
                "Changed": results.count(Result.CHANGED),
                "MessagesFailed": len(failed) + len(rejected),
                "Route53Throttles": self._service.throttles - throttles,
            },
            hosts=[
                {"host": each.target.name, "result": each.result.value} for each in done.values()
            ],
        )
        oldest = self._redelivery.oldest(again.values())
        self._report.metrics({}, {OLDEST_FAILED: ("Seconds", oldest)})
        return list(again)


def _order(record: Record) -> ApplyOrder:
    try:
        body = json.loads(record["body"])
        action, key, number = body["action"], body["hostname"], int(body["order"])
        # What is no name is no key either: DynamoDB would refuse the whole batch for it.
        record_name(key)
    except (
        AttributeError,
        KeyError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ) as err:
        raise BadMessageError(f"{type(err).__name__}: {err}") from err
    except InvalidNameError as err:
        raise BadMessageError("its hostname is none") from err
    if action != "apply":
        raise BadMessageError("it is no order to apply a host")
    return ApplyOrder(str(key), number)
