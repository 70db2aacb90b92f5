"""Lambda's event source: batches of the queue, workers, time limits, and what comes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.simulation.clock import Killed, Scheduler
from benchmarks.simulation.parameters import Parameters
from benchmarks.simulation.queue import Message, Queue

Handle = Callable[[Mapping[str, Any], float], Mapping[str, Any]]
"""Answers an event, given the seconds left."""


@dataclass(frozen=True)
class Invocation:
    """What became of one invocation; ``memory`` is its peak above its start, in bytes."""

    start: float
    end: float
    messages: int
    sweeps: int
    killed: bool = False
    memory: int = 0


class Poller:
    """Invokes the function with what the queue shows, at most so many at a time.

    Args:
        scheduler: virtual time.
        parameters: the model.
        queue: where messages come from.
        start: makes a new execution environment of the function: its handler, cold.
        meter: what measures an invocation's memory: called before, its result after.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        parameters: Parameters,
        queue: Queue,
        start: Callable[[], Handle],
        meter: Callable[[], Callable[[], int]] = lambda: lambda: 0,
    ) -> None:
        self.invocations: list[Invocation] = []
        self._scheduler = scheduler
        self._parameters = parameters
        self._queue = queue
        self._start = start
        self._meter = meter
        self._environments: list[Handle | None] = [None] * parameters.workers
        self._free = list(range(parameters.workers))[::-1]
        self._wake = float("inf")
        self._collected = float("-inf")
        queue.arrived = self.look

    def look(self) -> None:
        """See to it that somebody collects a batch when there is one to collect."""
        visible = self._queue.next_visible()
        if visible is None or not self._free:
            return
        when = max(self._scheduler.now, visible) + self._wait()
        if self._scheduler.now < self._wake <= when:
            return
        self._wake = when
        self._scheduler.after(when - self._scheduler.now, self._collect)

    def _wait(self) -> float:
        """Return for how long a batch is collected.

        With a window, Lambda "might wait for up to 20 seconds" where there is little traffic, "even
        if you set a batch window lower than 20 seconds" (Developer Guide, SQS event source). What
        little traffic is, it does not say: here, no batch within that time.
        """
        parameters, now = self._parameters, self._scheduler.now
        if not parameters.window or self._queue.count_visible(parameters.batch_size) >= (
            parameters.batch_size
        ):
            return 0.0
        busy = now - self._collected < parameters.quiet
        return parameters.window if busy else max(parameters.window, parameters.quiet)

    def _collect(self) -> None:
        if self._scheduler.now < self._wake:
            return
        self._wake = float("inf")
        if self._free:
            # While the batch is collected nobody is to look: each receipt shows a message again.
            self._queue.arrived = lambda: None
            batch = self._queue.receive()
            self._queue.arrived = self.look
            if batch:
                self._collected = self._scheduler.now
                index = self._free.pop()
                self._scheduler.spawn(lambda: self._invoke(index, batch))
        self.look()

    def _invoke(self, index: int, batch: Sequence[Message]) -> None:
        start = self._scheduler.now
        killed, failed = False, {each.id for each in batch}
        measured = self._meter()
        task = self._scheduler.current
        assert task is not None  # noqa: S101 - an invocation is a task
        try:
            handle = self._environments[index]
            if handle is None:
                self._scheduler.sleep(self._parameters.cold_start)
                start = self._scheduler.now
                handle = self._environments[index] = self._start()
            task.limit = start + self._parameters.timeout
            answer = handle({"Records": list(map(_record, batch))}, self._parameters.timeout)
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        except Killed:
            # Lambda ends the environment with the invocation: the next one is cold.
            self._environments[index] = None
            killed = True
            if self._scheduler.now < task.limit:
                raise
        for message in batch:
            if message.id not in failed:
                self._queue.delete(message)
        sweeps = sum(map(self._queue.is_sweep, (each.body for each in batch)))
        end = self._scheduler.now
        self.invocations.append(
            Invocation(start, end, len(batch), sweeps, killed, 0 if killed else measured())
        )
        self._free.append(index)
        self.look()


def _record(message: Message) -> Mapping[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": f"{message.id}/{message.receives}",
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int(message.sent * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }
