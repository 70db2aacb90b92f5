"""Every schedule of two controllers on EC2's network, up to some number of interventions.

A controller has its turn, stands still for longer than it has the head, or dies; requests are
throttled, their answers get lost, or they take effect late; EC2 is away; nodes fail and come back;
probers die, lie, or are cut off; people switch and hold. In the end a controller alone does some
rounds, and then all is at rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.service.explored import Explored, Limits, explore
from tests.service.failover.schedules import Run, Scenario, fits
from tests.service.failover.world import World, network

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.service.turns import Moment, Schedule, Threads

_LONG = 11.0


class Explorer:
    """Tries the schedules of a scenario."""

    def __init__(self, scenario: Scenario, threads: Threads) -> None:
        self._scenario = scenario
        self._threads = threads
        self._network = network(scenario.kind)
        self._rested: dict[Any, str] = {}

    def explore(self, more: int = 0) -> Explored:
        """Try every schedule; stop at the first that goes wrong.

        Args:
            more: how many interventions more than the scenario says.
        """
        scenario = self._scenario

        def fitting(kind: str, moment: Moment, before: Collection[str]) -> bool:
            if kind == "arrive" and "late" not in before:
                return False
            return fits(kind, moment.operation, moment.when)

        limits = Limits(scenario.kinds, scenario.most + more, fitting)
        return explore(scenario.name, limits, self._run, self._wrong)

    def _run(self, schedule: Schedule) -> Run:
        scenario = self._scenario
        world = World(scenario.policy, scenario.kind, scenario.probers, self._network)
        scenario.before(world)
        run = Run(world, scenario, schedule)
        run.run(self._threads)
        return run

    # ------------------------------------------------------------ what must hold in the end

    def _wrong(self, run: Run) -> str:
        world = run.world
        world.ec2.away = False
        world.probers.dead.clear()
        world.probers.cut.clear()
        world.probers.blind.clear()
        world.probers.lies.clear()
        world.clock.time += _LONG
        key = _state(world)
        if world.wrong or key not in self._rested:
            self._rested[key] = world.wrong or self._rest(world)
        return self._rested[key]

    def _rest(self, world: World) -> str:
        job = self._scenario.jobs[0]
        if job.peer is None:
            world.rounds(self._scenario.ended)
        else:
            once = job.peer(world)
            for _ in range(self._scenario.ended):
                once()
                world.clock.time += world.policy.interval
        return world.wrong or at_rest(world, served=self._scenario.served)


def at_rest(world: World, *, served: bool) -> str:
    """Tell what is wrong where all should be at rest."""
    state, placement = world.journal.state, world.placement()
    there = dict(placement.places)
    if len(set(there.values())) != 1 or "" in there.values():
        return f"the places point at {there}"
    if world.journal.state.target:
        if state.moving or state.head.held(world.clock.now()):
            return f"the move to {state.target!r} never ends"
        if not placement.all_at(state.target):
            return f"the places point at {there}, and the target is {state.target!r}"
    node = next(iter(there.values()))
    up = [each for each in world.service.names if world.serves(each) and not world.gone(each)]
    if served and up and not state.hold and node not in up:
        return f"the address is at {node!r}, which does not serve, and {up} do"
    return ""


def _state(world: World) -> Any:  # noqa: ANN401 - something to compare
    """Return all that matters of a world between two rounds, with times as they are from now."""
    now, state = world.clock.now(), world.journal.state
    at = int(now * 1000)
    return (
        tuple(world.placement().places.items()),
        tuple(past[-1][1] for past in world.ec2.state.instances.values()),
        tuple(world.probers.healthy.items()),
        state.target,
        state.moving,
        state.source,
        state.by,
        state.hold,
        tuple(at - each for each in state.moves),
        state.recovered and at - state.recovered,
        state.moving and at - state.since,
        max(0, state.head.until - at),
        tuple(now - each for each in world.begun),
        world.late,
    )
