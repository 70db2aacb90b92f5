"""Every schedule of two workers on the real service, up to some number of interventions.

What intervenes beside turns and deaths: a worker stands still for longer than it has the head, an
answer of Route 53 gets lost, somebody else writes to the zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from ddns.core.instance.events import Expected
from ddns.core.instance.items import Item, NameState, OwnerState
from ddns.core.records import ListedZone
from ddns.instance.sweep import step as sweeping
from tests.service.explored import Explored, Limits, explore
from tests.service.instance.schedules import (
    CHANGE,
    Foreign,
    Message,
    Run,
    Saved,
    Scenario,
    sweep_step,
)
from tests.service.instance.world import PRIVATE, PUBLIC, World

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tests.service.turns import Moment, Schedule, Threads

ZONES = (
    ListedZone(PRIVATE, "example.internal", private=True),
    ListedZone(PUBLIC, "example.com", private=False),
)
_BETWEEN_DELIVERIES = 800.0
_DELIVERIES = 6
_MOST_STEPS = 20


class Explorer:
    """Tries the schedules of a scenario."""

    def __init__(self, scenario: Scenario, threads: Threads) -> None:
        self._scenario = scenario
        self._threads = threads
        self._world = World(chunk=scenario.chunk, zones=ZONES)
        scenario.before(self._world)
        self._start = Saved.of(self._world)
        self._checked: dict[Any, str] = {}
        self._right: dict[Any, _Result] = {}

    def explore(self, more: int = 0, *, everywhere: bool = False) -> Explored:
        """Try every schedule; stop at the first that goes wrong.

        Args:
            more: how many interventions more than the scenario says, and turns more.
            everywhere: whether turns, deaths and standing still are tried on both sides of each
                request, where one side stands for both.
        """
        kinds = dict(self._scenario.kinds)
        if "switch" in kinds:
            kinds["switch"] += more

        def fits(kind: str, moment: Moment, before: Collection[str]) -> bool:
            if kind == "apply" and "unanswered" not in before:
                return False
            return _fits(self._scenario, kind, moment) or (everywhere and kind in _ANYWHERE)

        limits = Limits(kinds, self._scenario.most + more, fits)
        return explore(self._scenario.name, limits, self._run, self._wrong)

    def _run(self, schedule: Schedule) -> Run:
        self._start.restore(self._world)
        run = Run(self._world, self._scenario, schedule)
        with mock.patch.object(sweeping, "_AT_ONCE", self._scenario.at_once):
            run.run(self._threads)
        return run

    # ------------------------------------------------------------ what must hold in the end

    def _wrong(self, run: Run) -> str:
        """Deliver what comes again until nothing does; return what is wrong then."""
        if run.bugs:
            return run.bugs[0]
        pending = tuple(sorted(set(run.pending), key=str))
        key = (_state(self._world), pending, run.foreign)
        if key not in self._checked:
            self._checked[key] = self._end(pending, run.foreign)
        return self._checked[key]

    def _end(self, pending: tuple[Message, ...], foreign: Foreign | None) -> str:
        world = self._world
        world.reset_failures()
        left = {each.instance for each in pending}
        for _ in range(_DELIVERIES):
            world.clock.time += _BETWEEN_DELIVERIES
            left = self._deliver(left)
            if not left and not world.queue.steps and not world.queue.looks:
                break
        else:
            return f"messages fail for ever: {left}"
        if self._scenario.swept:
            world.sweep()
        world.clock.time += _BETWEEN_DELIVERIES
        wrong = self._compared(foreign)
        before = _result(world), world.route53._serial
        if not wrong:
            world.handle(*self._everybody())
            world.sweep()
            if (_result(world), world.route53._serial) != before:
                wrong = "one more run changes something"
        return wrong

    def _deliver(self, left: set[str]) -> set[str]:
        """Deliver messages, and those of a sweep and what was ordered; return what failed."""
        world = self._world
        looks, world.queue.looks = set(world.queue.looks), []
        failed = self._handle(left)
        world.queue.looks += self._handle(looks, keep=True)
        for _ in range(_MOST_STEPS):
            if world.queue.steps:
                sweep_step(world, world.parts)
        return failed

    def _handle(self, ids: set[str], *, keep: bool = False) -> set[str]:
        if not ids:
            return set()
        outcome = self._world.handle(*sorted(ids), expected=Expected(again=True, keep=keep))
        self._world.queue.order_looks(sorted(outcome.freed))
        return set(outcome.failed)

    def _everybody(self) -> list[str]:
        jobs = self._scenario.jobs
        ids = {*self._world.ec2.instances, *self._start.instances}
        return sorted(ids | {each.instance for job in jobs for each in job.messages})

    def _compared(self, foreign: Foreign | None) -> str:
        """Compare with what one worker alone makes of a new world."""
        instances = self._world.ec2.instances
        key = (repr(sorted(instances.items())), foreign)
        if key not in self._right:
            alone = World(zones=ZONES)
            alone.ec2.instances = dict(instances)
            if foreign is not None:
                zone_id, name, kind, value = foreign
                alone.route53.put_foreign(zone_id, name, kind, [value])
            alone.handle(*sorted(instances))
            self._right[key] = _result(alone)
        is_, right = _result(self._world), self._right[key]
        for what, one, other in zip(_Result._fields, is_, right, strict=True):
            if one != other:
                return f"{what}: {one} instead of {other}"
        return _ledger_is_wrong(self._world)


_ANYWHERE = {"switch", "pause", "crash"}
# When to intervene, and at which requests; empty for all of them.
_ASKED: Mapping[str, tuple[str, Collection[str]]] = {
    "pause": ("after", ()),
    "deaf": ("after", ("write", "fence")),
    "unanswered": ("before", (CHANGE,)),
    "look_back": ("before", ("describe",)),
}


def _fits(scenario: Scenario, kind: str, moment: Moment) -> bool:
    """Tell whether it makes sense to intervene there."""
    if moment.operation == "end":
        return kind == "crash"
    if kind == "look_back" and not scenario.jobs[moment.worker].stale:
        return False
    when, operations = _ASKED.get(kind, ("before", ()))
    return moment.when == when and (not operations or moment.operation in operations)


class _Result(NamedTuple):
    """What is there in the end, but for times."""

    zones: Any
    names: Any
    owners: Any


def _result(world: World) -> _Result:
    items = world.ledger.items.values()
    return _Result(
        {zone.id: world.values(zone.id) for zone in ZONES},
        {
            each.key: (
                {owner: dict(claim.values) for owner, claim in each.claims.items()},
                dict(each.written),
                each.waiting,
            )
            for each in items
            if isinstance(each, NameState)
        },
        {
            each.owner: (each.names, each.fulfilled)
            for each in items
            if isinstance(each, OwnerState)
        },
    )


def _ledger_is_wrong(world: World) -> str:
    """Tell where the ledger does not say what the zones hold, or who has what."""
    for each in world.ledger.items.values():
        if not isinstance(each, NameState):
            continue
        if each.intent is not None:
            return f"an intent is left for {each.key.name}"
        there = world.route53.records(each.key.zone_id, each.key.name)
        written = {
            (each.key.name + ".", kind): (rrset.ttl, frozenset(rrset.values))
            for kind, rrset in each.written.items()
        }
        if not written.items() <= there.items():
            return f"the ledger says {written}, the zone holds {there}"
        for owner in each.claims:
            state = world.ledger.items.get(owner)
            if not isinstance(state, OwnerState) or each.key not in state.names:
                return f"{owner} does not know its claim on {each.key.name}"
    return ""


def _state(world: World) -> Any:  # noqa: ANN401 - something to compare
    """Return all that matters of a world at rest."""
    return repr(
        (
            [sorted(world.route53.records(zone.id).items()) for zone in ZONES],
            sorted(_timeless(each) for each in world.ledger.items.values()),
            sorted(map(repr, world.ec2.instances.items())),
            world.queue.steps,
            world.queue.looks,
            world.sweeps.current and world.sweeps.current.step,
            sorted(map(repr, world.sweeps.kept.items())),
        )
    )


def _timeless(item: Item) -> str:
    """Return an item as text, with the order of its claims instead of their times."""
    if isinstance(item, OwnerState):
        return repr((item.owner, sorted(item.names), item.fulfilled))
    times = sorted({claim.since for claim in item.claims.values()})
    claims = {o: c._replace(since=times.index(c.since)) for o, c in item.claims.items()}
    return repr((item.key, claims, item.written, item.intent, sorted(item.waiting)))
