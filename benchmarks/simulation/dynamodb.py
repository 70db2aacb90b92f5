"""The DynamoDB client: the strict fake, with latencies, processor time and conflicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.simulation.boundary import PARTITION_KEY
from benchmarks.simulation.clock import Scheduler
from benchmarks.simulation.parameters import Parameters
from tests.fakes.dynamodb import FakeDynamoDb
from tests.fakes.paginator import Paginator

Operation = Callable[..., Mapping[str, Any]]
_READS = ("get_item", "batch_get_item", "transact_get_items", "scan")
_WRITES = ("put_item", "update_item", "delete_item", "transact_write_items")


class TimedDynamoDb:
    """DynamoDB that takes its time.

    A request takes effect when it is sent and is answered a latency later, so that a worker that
    is killed while it waits has written, and what another reads meanwhile is old when it arrives.
    """

    def __init__(self, scheduler: Scheduler, parameters: Parameters, fake: FakeDynamoDb) -> None:
        self.fake = fake
        self._scheduler = scheduler
        self._parameters = parameters
        self._busy: dict[str, float] = {}
        fake.busy = lambda key: self._busy.get(key, 0.0) > scheduler.now
        for name in (*_READS, *_WRITES):
            setattr(self, name, self._timed(getattr(fake, name)))

    def get_paginator(self, operation: str) -> Paginator:
        """Return the paginator of Scan."""
        scan: Operation = getattr(self, operation)
        return Paginator(scan, "ExclusiveStartKey", "LastEvaluatedKey", "Limit")

    def _timed(self, call: Operation) -> Operation:
        parameters = self._parameters

        def timed(**arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - boto3's
            work = parameters.item_write_processor * len(arguments.get("TransactItems", ()))
            try:
                answer = call(**arguments)
                if call.__name__ == "transact_write_items" and parameters.transaction:
                    self._hold(arguments["TransactItems"])
                work += parameters.item_read_processor * _count(answer)
            finally:
                self._scheduler.sleep(parameters.dynamodb + parameters.processor(work))
            return answer

        return timed

    def _hold(self, actions: Sequence[Mapping[str, Any]]) -> None:
        """Keep the items of a transaction from others for a while."""
        until = self._scheduler.now + self._parameters.transaction
        self._busy = {key: end for key, end in self._busy.items() if end > self._scheduler.now}
        for action in actions:
            ((_, options),) = action.items()
            key = options.get("Key") or options["Item"]
            self._busy[key[PARTITION_KEY]["S"]] = until


def _count(answer: Mapping[str, Any]) -> int:
    """Return how many items an answer holds."""
    responses = answer.get("Responses", ())
    if isinstance(responses, Mapping):
        return sum(map(len, responses.values()))
    return len(responses) + len(answer.get("Items", ())) + ("Item" in answer)
