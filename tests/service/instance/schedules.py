"""Workers on the real service that stop, die and miss answers where a schedule says so."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError, ReadTimeoutError

from ddns.core.errors import DdnsError, UnavailableError
from ddns.core.instance.events import Expected
from ddns.core.instance.items import LEASE
from ddns.instance import reconciler
from ddns.instance.outcome import Outcome
from tests.service.turns import Schedule, Step, Threads, Turns

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


class Run(Turns):
    """One schedule, run."""

    def __init__(self, world: World, scenario: Scenario, schedule: Schedule) -> None:
        super().__init__(schedule)
        self.world = world
        self.bugs: list[str] = []
        self.pending: list[Message] = []
        self.foreign: Foreign | None = None
        self.sent: tuple[dict[str, Any], float] = ({}, 0.0)
        self._lost: list[tuple[dict[str, Any], float]] = []
        self._scenario = scenario
        self._before = dict(world.ec2.instances)
        self._stale = False

    # ------------------------------------------------------------ running

    def run(self, threads: Threads) -> None:
        self.world.observe(self._call)
        super().run(threads)
        self.world.observe(None)
        while self._lost:
            self._apply_lost()

    def died(self, index: int) -> None:
        self.pending += self._scenario.jobs[index].messages

    def do(self, index: int) -> None:
        job = self._scenario.jobs[index]
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
            self.moment("order_looks", "before")
            world.queue.order_looks(sorted(outcome.freed))
        self.bugs += [each for each in outcome.failed.values() if _BUG.match(each)]

    # ------------------------------------------------------------ intervening

    def _call(self, operation: str, when: str) -> None:
        if operation == "describe" and when == "after" and self._stale:
            self.world.ec2.instances = self._now
            self._stale = False
        self.moment(operation, when)

    def intervene(self, step: Step) -> None:
        sent = self.sent
        super().intervene(step)
        at_change = step.moment[1:] == (CHANGE, "before")
        if at_change and step.kind in {"switch", "pause"}:
            self.sent = sent
            if self.world.clock.now() > sent[1] + _REQUEST:
                # It has waited too long to be sent at all.
                self._time_out()

    def _pause(self, index: int) -> None:
        self.world.clock.time += LEASE + 1
        if self._alive[1 - index]:
            self._switch(index)

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
