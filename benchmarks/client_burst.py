"""A thousand hosts of one zone that change within ten seconds, in model time."""

from __future__ import annotations

import heapq
import io
import json
import math
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from benchmarks.client_requests import NAME, TOKEN, ZONE, environment, poll
from ddns.adapters.route53 import Route53RecordStore
from ddns.adapters.sqs import SqsQueue
from ddns.client.composition import ClientParts, assemble
from ddns.client.settings import ClientSettings
from ddns.core.client.addresses import AddressPolicy
from ddns.core.client.credentials import token
from ddns.core.client.hosts import Host, Kept
from ddns.reporting import Report
from tests.fakes.hosts import FakeHosts
from tests.fakes.route53 import FakeRoute53
from tests.fakes.sqs import DEAD_LETTERS, QUEUE, FakeSqs

# How long a call takes, in seconds: an assumption, on the slow side.
_LATENCY = {"change_resource_record_sets": 0.1, "list_resource_record_sets": 0.1}
_OTHERS = 0.01
# The event source: how long it gathers a batch, its size, and how many it hands over at once.
_WINDOW, _BATCH, _CONSUMERS = 1.0, 1000, 2
_START = 1_700_000_000.0
_OLD, _NEW = "52.95.{}.{}", "54.239.{}.{}"


class Outcome(NamedTuple):
    """What became of a burst.

    Attributes:
        failed: requests without a success in their answer.
        lost: hosts whose new address never came into the zone.
        seconds: from the first request to the last address in the zone.
        route53: requests to Route 53.
        environments: environments of the function that ran at once, at most.
    """

    failed: int
    lost: int
    seconds: float
    route53: int
    environments: int


class _Model:
    """Threads that run one at a time, each when its moment of model time has come."""

    def __init__(self) -> None:
        self.time = _START
        self._due: list[tuple[float, int, threading.Semaphore]] = []
        self._turn = threading.Semaphore(0)
        self._serial = 0

    def now(self) -> float:
        return self.time

    def random(self) -> float:
        """Return chance that is the same in each run."""
        self._serial += 1
        return self._serial * 0.6180339887 % 1

    def sleep(self, seconds: float) -> None:
        """Let the others run until so much model time has passed."""
        mine = threading.Semaphore(0)
        self._enter(self.time + seconds, mine)
        self._turn.release()
        mine.acquire()

    def start(self, at: float, job: Callable[[], None]) -> None:
        """Run a job from a moment on."""
        mine = threading.Semaphore(0)

        def run() -> None:
            mine.acquire()
            try:
                job()
            finally:
                self._turn.release()

        threading.Thread(target=run, daemon=True).start()
        self._enter(at, mine)

    def run(self) -> None:
        """Run until nobody has anything to do."""
        while self._due:
            self.time, _, turn = heapq.heappop(self._due)
            turn.release()
            self._turn.acquire()

    def _enter(self, at: float, turn: threading.Semaphore) -> None:
        self._serial += 1
        heapq.heappush(self._due, (at, self._serial, turn))


class _Burst:
    def __init__(self, count: int, seconds: float, limit: int) -> None:
        self.model = _Model()
        self.route53 = FakeRoute53(clock=self.model.now, on_call=self._take_time)
        self.route53.add_zone("example.com", zone_id=ZONE)
        self.hosts = FakeHosts()
        self.sqs = FakeSqs()
        self.failed = self.answered = self.busy = self.most = 0
        self.applied_at = math.inf
        self._warm: list[ClientParts] = []
        self._limit = limit
        self._count = count
        self._settings = ClientSettings.from_environment(environment())
        for number in range(count):
            self._add(number)
        self.hosts.on_call = self.sqs.on_call = self._take_time
        for number in range(count):
            self.model.start(_START + number * seconds / count, lambda n=number: self._request(n))  # type: ignore[misc]  # a default binds the loop's value
        for _ in range(_CONSUMERS):
            self.model.start(_START + _WINDOW, self._consume)

    def _add(self, number: int) -> None:
        """Add a host that has had an address for a while."""
        name, old = _name(number), _address(_OLD, number)
        then = int(_START - 60) * 1000
        hashed = token(TOKEN.encode()).digest
        self.hosts.add(
            Host(
                name,
                name,
                ZONE,
                tokens=(hashed,),
                policy=AddressPolicy.PUBLIC,
                kept={"A": Kept(old, 60, then)},
                revision=1,
                verified=then,
            )
        )
        self.route53.put_foreign(ZONE, name, "A", [old], ttl=60)

    def _take_time(self, operation: str, moment: str) -> None:
        if moment == "before":
            self.model.sleep(_LATENCY.get(operation, _OTHERS))
        elif operation == "change_resource_record_sets" and self.answered == self._count:
            self._look()

    # ------------------------------------------------------------ the function

    def _invoke(self, work: Callable[[ClientParts], Any]) -> Any:  # noqa: ANN401 - an answer
        """Run in a warm environment or a new one; None where there may be no more of them."""
        if self.busy >= self._limit:
            return None
        self.busy += 1
        self.most = max(self.most, self.busy)
        parts = self._warm.pop() if self._warm else self._environment()
        try:
            return work(parts)
        finally:
            self._warm.append(parts)
            self.busy -= 1

    def _environment(self) -> ClientParts:
        clients: Any = SimpleNamespace(sqs=self.sqs)
        route53: Any = self.route53
        return assemble(
            self._settings,
            self.model,
            Report("ddns", self.model, io.StringIO()),
            self.hosts,
            Route53RecordStore(route53),
            SqsQueue(clients, QUEUE, DEAD_LETTERS),
        )

    def _request(self, number: int) -> None:
        event = poll(_name(number), _address(_NEW, number), self.model.now())
        answer = self._invoke(lambda parts: parts.web.handle(event, self.model.now() + 20))
        self.failed += answer is None or not answer["body"].startswith("good")
        self.answered += 1
        self._look()

    def _consume(self) -> None:
        """Hand batches over as the event source does, until there is nothing to hand over."""
        idle = 0
        while idle < 30:
            self.model.sleep(_WINDOW)
            some, self.sqs.sent[QUEUE] = (
                self.sqs.sent[QUEUE][:_BATCH],
                self.sqs.sent[QUEUE][_BATCH:],
            )
            idle = 0 if some else idle + 1
            if some:
                self._deliver(some)

    def _deliver(self, some: list[dict[str, Any]]) -> None:
        records = [
            {"messageId": str(n), "receiptHandle": str(n), "body": each["MessageBody"]}
            for n, each in enumerate(some)
        ]
        failed = self._invoke(lambda parts: parts.messages.handle(records, self.model.now() + 20))
        again = range(len(some)) if failed is None else map(int, failed)
        self.sqs.sent[QUEUE] += [some[number] for number in again]

    def _look(self) -> None:
        """Note when the last address came into the zone."""
        if self.applied_at == math.inf and self.answered == self._count and not self.lost():
            self.applied_at = self.model.now()

    def lost(self) -> int:
        """Count the hosts whose new address is not in the zone."""
        found = self.route53.records(ZONE)
        return sum(
            found.get((_name(n) + ".", "A"), (0, frozenset()))[1] != {_address(_NEW, n)}
            for n in range(self._count)
        )


def burst(count: int = 1000, seconds: float = 10, *, limit: int) -> Outcome:
    """Let hosts change, each once, and the queue be emptied.

    Args:
        count: how many hosts.
        seconds: how long the first request and the last are apart.
        limit: how many environments of the function there may be at once.
    """
    made = _Burst(count, seconds, limit)
    made.model.run()
    route53 = made.route53.total_requests
    elapsed = made.applied_at - _START
    return Outcome(made.failed, made.lost(), elapsed, route53, made.most)


def _name(number: int) -> str:
    return f"h{number:04}.{NAME.partition('.')[2]}"


def _address(pattern: str, number: int) -> str:
    return pattern.format(number // 250, number % 250)


if __name__ == "__main__":
    print(json.dumps(burst()._asdict()))
