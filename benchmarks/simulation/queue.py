"""The function's queue as SQS keeps it, and the client that the runtime speaks to it with."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.simulation.clock import Scheduler
from benchmarks.simulation.parameters import Parameters
from tests.fakes.sqs import DEAD_LETTERS, QUEUE, FakeSqs

_CONTEXT_BYTES = 6_000_000  # Lambda's payload; SQS's attributes of a message take about 500 bytes
_ATTRIBUTES = 500


@dataclass(eq=False)
class Message:
    """A message of the queue; ``turn`` moves with every change of when it is visible."""

    id: str
    body: str
    sent: float
    receives: int = 0
    turn: int = 0
    twice: bool = False


@dataclass
class Queue:
    """A standard queue: visible messages by time, and what became of each."""

    scheduler: Scheduler
    parameters: Parameters
    is_sweep: Callable[[str], bool]
    arrived: Callable[[], None] = lambda: None
    messages: dict[str, Message] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    sweeps: int = 0
    sent: int = 0
    most: int = 0
    _visible: list[tuple[float, int, int, str]] = field(default_factory=list)

    def send(self, body: str, delay: float = 0.0) -> None:
        """Take a message."""
        self.sent += 1
        message = Message(f"m-{self.sent}", body, self.scheduler.now)
        self.messages[message.id] = message
        self.most = max(self.most, len(self.messages))
        self.sweeps += self.is_sweep(body)
        self.show(message, delay)

    def show(self, message: Message, after: float) -> None:
        """Make a message visible after a while, and at no other time."""
        message.turn += 1
        when = self.scheduler.now + after
        heapq.heappush(self._visible, (when, int(message.id[2:]), message.turn, message.id))
        self.arrived()

    def next_visible(self) -> float | None:
        """Return when the next message is or was visible."""
        while self._visible:
            when, _, turn, key = self._visible[0]
            message = self.messages.get(key)
            if message is not None and message.turn == turn:
                return when
            heapq.heappop(self._visible)
        return None

    def count_visible(self, most: int) -> int:
        """Return how many messages are visible now, as far as anybody needs to know."""
        now = self.scheduler.now
        count = 0
        for when, _, turn, key in self._visible:
            message = self.messages.get(key)
            count += when <= now and message is not None and message.turn == turn
            if count >= most:
                break
        return count

    def receive(self) -> list[Message]:
        """Receive a batch, in no order."""
        batch: list[Message] = []
        size = 0
        while len(batch) < self.parameters.batch_size and size < _CONTEXT_BYTES:
            when = self.next_visible()
            if when is None or when > self.scheduler.now:
                break
            message = self.messages[heapq.heappop(self._visible)[3]]
            if message.receives >= self.parameters.max_receives:
                self.dead.append(message.body)
                self.delete(message)
                continue
            message.receives += 1
            size += len(message.body) + _ATTRIBUTES
            again = self.parameters.visibility
            if not message.twice and self.scheduler.random.random() < self.parameters.twice:
                message.twice = True
                again = self.parameters.again_after
            self.show(message, again)
            batch.append(message)
        self.scheduler.random.shuffle(batch)
        return batch

    def delete(self, message: Message) -> None:
        """Delete a message that was handled; one that comes twice stays for the second time."""
        if message.twice and message.receives == 1:
            return
        if self.messages.pop(message.id, None) is not None:
            self.sweeps -= self.is_sweep(message.body)


class TimedSqs:
    """The SQS client: the strict fake checks what it is sent, the queue keeps it."""

    def __init__(self, scheduler: Scheduler, parameters: Parameters, queue: Queue) -> None:
        self._scheduler = scheduler
        self._parameters = parameters
        self._queue = queue
        self._fake = FakeSqs()

    def send_message(self, **parameters: Any) -> Mapping[str, Any]:  # noqa: ANN401 - boto3's
        """SendMessage."""
        return self._call(lambda: self._fake.send_message(**parameters))

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Mapping[str, Any]:
        """SendMessageBatch."""
        return self._call(lambda: self._fake.send_message_batch(QueueUrl=QueueUrl, Entries=Entries))

    def change_message_visibility_batch(
        self, *, QueueUrl: str, Entries: Sequence[Any]
    ) -> Mapping[str, Any]:
        """ChangeMessageVisibilityBatch."""
        return self._call(
            lambda: self._fake.change_message_visibility_batch(QueueUrl=QueueUrl, Entries=Entries)
        )

    def _call(self, call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        answer = call()
        for message in self._fake.sent[QUEUE]:
            self._queue.send(message["MessageBody"], message.get("DelaySeconds", 0))
        self._queue.dead += [each["MessageBody"] for each in self._fake.sent[DEAD_LETTERS]]
        for handle, seconds in self._fake.shown_after.items():
            message = self._queue.messages.get(handle.partition("/")[0])
            if message is not None:
                self._queue.show(message, seconds)
        for sent in self._fake.sent.values():
            sent.clear()
        self._fake.shown_after.clear()
        self._scheduler.sleep(self._parameters.sqs)
        return answer
