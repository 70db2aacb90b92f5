"""Workers on the real service that stop, die and miss answers where a schedule says so."""

from __future__ import annotations

import re
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError, ReadTimeoutError

from ddns.core.errors import DdnsError, UnavailableError
from ddns.core.instance.events import Expected
from ddns.core.instance.items import LEASE
from ddns.instance import reconciler
from ddns.instance.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns.core.head import Head
    from ddns.core.instance.instances import Instance
    from ddns.instance.composition import InstanceParts
    from tests.service.instance.world import World

CHANGE = "change_resource_record_sets"
# What a request lasts at most, and until when after it was sent it may take effect.
_REQUEST, _LATEST = reconciler._REQUEST, reconciler._REQUEST + reconciler._LATE

# The reason of a failure that nobody meant: an exception that is not of this package.
_BUG = re.compile(
    r"(?!ConflictError|ThrottledError|BusyZoneError|UnavailableError)\w+(Error|Exit): "
)


class Crash(BaseException):
    """The end of a worker at a request: nothing of it runs any more."""


class Foreign(NamedTuple):
    """A record set that somebody else writes where a name is free."""

    zone_id: str
    name: str
    type: str
    value: str


class Message(NamedTuple):
    """A message about an instance, and what its event says."""

    instance: str
    running: bool | None = None


class Job(NamedTuple):
    """What one worker does: something happens, then it handles the messages about it.

    Attributes:
        messages: the messages, in one batch.
        happens: what happens to EC2 before they are handled.
        sweep: whether it does the next step of the sweep instead.
        budget: how many seconds it has.
        stale: whether EC2 may answer it as if nothing had happened.
    """

    messages: tuple[Message, ...] = ()
    happens: Callable[[World], None] = lambda _: None
    sweep: bool = False
    budget: float = 60.0
    stale: bool = False


class Scenario(NamedTuple):
    """A world, and what two workers do in it.

    Attributes:
        name: what it is about.
        jobs: the jobs of both workers.
        before: what happened before, in peace.
        kinds: how many interventions of which kind to try at most.
        most: how many of all kinds.
        foreign: what somebody else may write.
        chunk: how many items a transaction takes.
        swept: whether it takes a sweep afterwards to get everything right.
        at_once: how many owners or names a sweep reconciles at once.
    """

    name: str
    jobs: tuple[Job, Job]
    before: Callable[[World], None] = lambda _: None
    kinds: Mapping[str, int] = {"switch": 2, "pause": 1, "crash": 1}
    most: int = 2
    foreign: Foreign | None = None
    chunk: int = 99
    swept: bool = False
    at_once: int = 500


class Moment(NamedTuple):
    """A moment at which something may intervene: a worker is about to ask something, or has."""

    worker: int
    operation: str
    when: str


class Step(NamedTuple):
    """One intervention.

    Attributes:
        after: how many moments after the one before.
        kind: what intervenes: a method of ``Run``.
        moment: which moment that is.
    """

    after: int
    kind: str
    moment: Moment


class Schedule(NamedTuple):
    """Which worker begins, and what intervenes."""

    first: int = 0
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        """Return it for a person to read."""
        lines = [f"worker {self.first} begins"]
        for _, kind, (worker, operation, when) in self.steps:
            lines.append(f"worker {worker}, {when} {operation}: {kind}")
        return "\n".join(lines)


class _Client:
    """Route 53 as one worker's client sees it: what is being sent can get lost."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any operation of the client
        return getattr(self._run.world.route53, name)

    def change_resource_record_sets(self, **request: Any) -> Any:  # noqa: ANN401 - the same
        self._run.sent = request, self._run.world.clock.now()
        return self._run.world.route53.change_resource_record_sets(**request)


class Saved(NamedTuple):
    """A world at one moment."""

    time: float
    zones: Mapping[str, Any]
    items: Mapping[Any, Any]
    head: Head
    instances: Mapping[str, Instance]
    launches: int
    sweeps: tuple[Any, ...]
    steps: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, world: World) -> Saved:
        return cls(
            world.clock.time,
            world.route53.snapshot(),
            dict(world.ledger.items),
            world.ledger.current,
            dict(world.ec2.instances),
            world.ec2._launches,
            (world.sweeps.current, world.sweeps.ordered, dict(world.sweeps.kept)),
            tuple(world.queue.steps),
        )

    def restore(self, world: World) -> None:
        world.clock.time = self.time
        world.clock._random.seed(0)
        world.route53.restore(self.zones)
        world.ledger.items = dict(self.items)
        world.ledger.current = self.head
        world.ec2.instances = dict(self.instances)
        world.ec2._launches = self.launches
        world.sweeps.current, world.sweeps.ordered, kept = self.sweeps
        world.sweeps.kept = dict(kept)
        world.queue.steps = list(self.steps)
        world.queue.looks = []


class Threads:
    """Two threads of which one runs at a time; whoever has the turn passes it on."""

    def __init__(self) -> None:
        self._turns = [threading.Lock() for _ in range(3)]
        for turn in self._turns:
            turn.acquire()
        self._work: list[Callable[[], int] | None] = [None, None]
        for index in (0, 1):
            threading.Thread(target=self._loop, args=(index,), daemon=True).start()

    def _loop(self, index: int) -> None:
        while True:
            self._turns[index].acquire()
            work = self._work[index]
            if work is None:
                return
            following = work()
            self._turns[following].release()

    def run(self, first: int, work: Callable[[int], int]) -> None:
        """Run ``work(0)`` and ``work(1)``; each returns whose turn is next, 2 for nobody's."""
        self._work = [lambda: work(0), lambda: work(1)]
        self._turns[first].release()
        self._turns[2].acquire()

    def pass_turn(self, index: int, other: int) -> None:
        """Give another worker the turn; return when this one has it again."""
        self._turns[other].release()
        self._turns[index].acquire()

    def end(self) -> None:
        """End both threads."""
        self._work = [None, None]
        for turn in self._turns[:2]:
            turn.release()


class Run:
    """One schedule, run."""

    def __init__(self, world: World, scenario: Scenario, schedule: Schedule) -> None:
        self.world = world
        self.moments: list[Moment] = []
        self.bugs: list[str] = []
        self.error: BaseException | None = None
        self.valid = True
        self.pending: list[Message] = []
        self.foreign: Foreign | None = None
        self.sent: tuple[dict[str, Any], float] = ({}, 0.0)
        self._lost: list[tuple[dict[str, Any], float]] = []
        self._scenario = scenario
        self._schedule = schedule
        self._steps = deque(schedule.steps)
        self._countdown = self._steps[0].after if self._steps else 0
        self._current = schedule.first
        self._alive = [True, True]
        self._before = dict(world.ec2.instances)
        self._stale = False
        self._threads: Threads | None = None

    # ------------------------------------------------------------ running

    def run(self, threads: Threads) -> None:
        self._threads = threads
        self.world.observe(self._call)
        threads.run(self._schedule.first, self._work)
        self.world.observe(None)
        if self.error is not None:
            raise self.error
        self.valid = self.valid and not self._steps
        while self._lost:
            self._apply_lost()

    def _work(self, index: int) -> int:
        self._current = index
        job = self._scenario.jobs[index]
        try:
            self._do(job)
            self._moment("end", "before")
        except Crash:
            self.pending += job.messages
        except BaseException as err:  # noqa: BLE001 - for the thread that waits for the end
            self.error = err
        self._alive[index] = False
        other = 1 - index
        following = other if self._alive[other] else 2
        self._current = following
        return following

    def _do(self, job: Job) -> None:
        world, now = self.world, self.world.clock.now()
        job.happens(world)
        parts = world.worker(_Client(self))
        if job.sweep:
            sweep_step(world, parts, job.budget)
            return
        expected = {each.instance: Expected(each.running, now) for each in job.messages}
        outcome = parts.service.handle(expected, now + job.budget)
        self.pending += [each for each in job.messages if each.instance in outcome.failed]
        if outcome.freed:
            self._moment("order_looks", "before")
            world.queue.order_looks(sorted(outcome.freed))
        self.bugs += [each for each in outcome.failed.values() if _BUG.match(each)]

    # ------------------------------------------------------------ intervening

    def _call(self, operation: str, when: str) -> None:
        if operation == "describe" and when == "after" and self._stale:
            self.world.ec2.instances = self._now
            self._stale = False
        self._moment(operation, when)

    def _moment(self, operation: str, when: str) -> None:
        index = self._current
        if not self._steps:
            self.moments.append(Moment(index, operation, when))
            return
        self._countdown -= 1
        if self._countdown:
            return
        step = self._steps.popleft()
        if step.moment != (index, operation, when):
            raise AssertionError(f"the same schedule led to another {operation}")
        if self._steps:
            self._countdown = self._steps[0].after
        sent = self.sent
        getattr(self, f"_{step.kind}")(index)
        if operation == CHANGE and when == "before" and step.kind in {"switch", "pause"}:
            self.sent = sent
            if self.world.clock.now() > sent[1] + _REQUEST:
                # It has waited too long to be sent at all.
                self._time_out()

    def _switch(self, index: int) -> None:
        other = 1 - index
        if not self._alive[other]:
            self.valid = False
            return
        assert self._threads is not None
        self._current = other
        self._threads.pass_turn(index, other)
        self._current = index

    def _pause(self, index: int) -> None:
        self.world.clock.time += LEASE + 1
        if self._alive[1 - index]:
            self._switch(index)

    def _crash(self, _index: int) -> None:
        raise Crash

    def _foreign(self, _index: int) -> None:
        foreign = self._scenario.foreign
        assert foreign is not None
        zone_id, name, kind, value = foreign
        if self.world.route53.records(zone_id, name):
            self.valid = False
            return
        self.world.route53.put_foreign(zone_id, name, kind, [value])
        self.foreign = foreign

    def _remove(self, _index: int) -> None:
        """Let somebody remove by hand what stands where the scenario says."""
        assert self._scenario.foreign is not None
        zone_id, name, kind, _ = self._scenario.foreign
        self.valid = bool(self.world.route53.records(zone_id, name))
        self.world.route53.remove_foreign(zone_id, name, kind)

    def _deaf(self, _index: int) -> None:
        """Let the ledger's answer get lost: it has done what it was asked."""
        raise UnavailableError("the ledger does not answer")

    def _unanswered(self, _index: int) -> None:
        self._lost.append(self.sent)
        self._time_out()

    def _time_out(self) -> None:
        self.world.clock.time = max(self.world.clock.time, self.sent[1] + _REQUEST)
        raise ReadTimeoutError(endpoint_url="https://route53.amazonaws.com")

    def _apply(self, _index: int) -> None:
        self.valid = self._apply_lost()

    def _apply_lost(self) -> bool:
        """Let the request whose answer was lost take effect, if it still may."""
        request, sent = self._lost.pop(0) if self._lost else ({}, 0.0)
        if self.world.clock.now() > sent + _LATEST:
            return False
        hook, self.world.route53.on_call = self.world.route53.on_call, None
        with suppress(ClientError):
            self.world.route53.change_resource_record_sets(**request)
        self.world.route53.on_call = hook
        return True

    def _look_back(self, _index: int) -> None:
        """Let EC2 answer this request as if nothing had happened."""
        self._now, self.world.ec2.instances = self.world.ec2.instances, dict(self._before)
        self._stale = True


def sweep_step(world: World, parts: InstanceParts, budget: float = 60.0) -> None:
    """Do the next step of the sweep; its message comes again if that does not work."""
    message = sweep, step = world.queue.steps[0]
    outcome = Outcome()
    try:
        parts.sweeper.go_on(sweep, step, outcome, world.clock.now() + budget)
    except DdnsError:
        return
    if message in world.queue.steps:
        world.queue.steps.remove(message)
