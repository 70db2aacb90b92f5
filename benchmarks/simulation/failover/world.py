"""An overlay address with the real controller, movers and directory, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from benchmarks.simulation.clock import Scheduler, VirtualClock
from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.places import BLOCK, delivered, is_split, network_of, service_of
from benchmarks.simulation.failover.story import NEVER, Spell, Story
from benchmarks.simulation.failover.truth import Look, Outcome, intents, is_crowded, outcome
from benchmarks.simulation.failover.wire import (
    AtOnce,
    TimedEc2,
    TimedEvents,
    TimedJournal,
    TimedProbers,
    Wire,
)
from ddns.adapters.ec2_network import Ec2Directory, Ec2Fencer, ec2_mover
from ddns.core.errors import DdnsError
from ddns.core.failover.journal import Move, State
from ddns.core.failover.places import ROUTES
from ddns.core.failover.policy import Policy
from ddns.failover.controller import Controller
from ddns.failover.ports import FailoverPorts
from ddns.failover.report import FailoverReport

_START = 1_700_000_000.0
# Where everything is well nothing happens: what is longer ago than this is left out.
_BEFORE = (6.0, 19.0)
_SOON = 0.001


class Silent(FailoverReport):
    """Writes nothing: to make JSON of it takes longer than a round.

    Attributes:
        broken: errors that no part of the world may raise.
    """

    def __init__(self) -> None:
        self.broken: list[Exception] = []

    def count(self, name: str) -> None:
        """Do nothing, as all others."""

    def flush(self) -> None:
        """See `count`."""

    def stayed(self, why: str) -> None:
        """See `count`."""

    def failed(self, what: str, err: Exception) -> None:
        """Keep what is no error of AWS."""
        del what
        if not isinstance(err, DdnsError):
            self.broken.append(err)

    def begun(self, move: Move) -> None:
        """See `count`."""

    def moved(self, move: Move) -> None:
        """See `count`."""

    def unfinished(self, move: Move, *, split: bool) -> None:
        """See `count`."""

    def noted(self, what: str, why: str) -> None:
        """See `count`."""


class World:
    """One run: an address at node ``a``, at all its places, until the story ends.

    Attributes:
        network: EC2's.
        looks: what was true, in the order of time.
    """

    def __init__(self, parameters: Parameters, story: Story, seed: int, kind: str = ROUTES) -> None:
        self.parameters = parameters
        self.story = story
        self.scheduler = Scheduler(_START, seed, direct=True)
        self.clock = VirtualClock(self.scheduler)
        self.wire = Wire(self.scheduler, parameters, story)
        self.service = service_of(kind, parameters.tables)
        self.network = network_of(self.service, self.wire, self.clock)
        self.looks: list[Look] = []
        self._events()

    # ------------------------------------------------------------ what happens by itself

    def _events(self) -> None:
        story, after = self.story, self.scheduler.after
        after(0.0, self.look)
        for moment in story.ends():
            # A moment is not exact: the clock's numbers are large.
            after(moment + _SOON, self.look)
        for node, (moment, state) in story.stopped.items():
            after(moment, partial(self._stop, node, state))
        if story.changed:
            after(story.changed.at, self._change)

    def _stop(self, node: str, state: str) -> None:
        self.network.set_state(f"i-{node}", state)
        self.look()

    def _change(self) -> None:
        assert self.story.changed  # noqa: S101 - only then is it called
        self.network.set_route(self.story.changed.table, BLOCK, self.story.changed.target)
        self.look()

    def look(self) -> None:
        """Note what is true now, where that is new."""
        moment = self.scheduler.elapsed
        found = tuple(delivered(self.network, self.service).values())
        served = all(each and self.story.serves(each, moment) for each in found)
        look = Look(moment, found, served, is_split(self.network, self.service))
        if not self.looks or self.looks[-1][1:] != look[1:]:
            self.looks.append(look)

    def look_on(self) -> None:
        """Note what is true now, and whenever what EC2 was asked for is done."""
        self.look()
        made = self.network
        for seconds in {made.assign_delay, made.attach_time, made.detach_time, made.force_time}:
            if seconds:
                self.scheduler.after(seconds + _SOON, self.look)


class Ours(World):
    """The run with the controller of `OverlayIpFailover`, or of another kind, as it is deployed."""

    def __init__(self, parameters: Parameters, story: Story, seed: int, kind: str = ROUTES) -> None:
        super().__init__(parameters, story, seed, kind)
        begun = State(target="a", epoch=1, by="start")
        self.journal = TimedJournal(self.wire, begun._replace(head=begun.head.following(0)))
        self.policy = Policy(
            interval=parameters.interval,
            failures=parameters.failures,
            recoveries=parameters.recoveries,
            min_dwell=parameters.min_dwell,
            max_moves_per_hour=parameters.max_moves_per_hour,
            verify_interval=parameters.verify_interval,
        )
        self.report = Silent()
        self._schedule()

    def run(self) -> Outcome:
        """Run until the story ends; return what became of it."""
        self.scheduler.run(self.story.end)
        self.scheduler.close()
        if self.report.broken:
            raise self.report.broken[0]
        found = outcome(self.story, self.looks, intents(self.journal.writes))
        found.crowded = is_crowded(self.journal.writes, self.parameters.min_dwell)
        return found

    def controller(self) -> Controller:
        """Return a controller as an invocation makes it."""
        client = cast("Any", TimedEc2(self.wire, self.network, self.look_on))
        ports = FailoverPorts(
            self.clock,
            self.journal,
            Ec2Directory(client, self.service),
            ec2_mover(client, self.service, at_once=AtOnce(self.scheduler), now=self.clock.now),
            TimedProbers(self.wire),
            Ec2Fencer(client, self.service),
            TimedEvents(self.wire),
        )
        return Controller(ports, self.service.names, self.policy, self.report)

    def _schedule(self) -> None:
        """Have an invocation begin each minute; two of them run when the failure comes."""
        parameters, draw = self.parameters, self.scheduler.random
        minute = self.story.at - draw.uniform(0, parameters.schedule) - parameters.schedule
        invocations = []
        while minute < self.story.end:
            begin = minute + draw.uniform(*parameters.late)
            if draw.random() < parameters.controller_cold:
                begin += draw.uniform(*parameters.cold_start)
            invocations.append(Spell(begin, begin + parameters.loop))
            minute += parameters.schedule
        killed = self._killed(invocations)
        for each in invocations:
            self._start(
                each, self.story.killed[0] if self.story.killed and each is killed else NEVER
            )
        for moment, _ in self.story.stopped.values():
            if draw.random() >= parameters.state_event_missing:
                begin = moment + draw.uniform(*parameters.state_event)
                self._spawn(begin, NEVER, lambda: self.controller().round(look=True))

    def _killed(self, invocations: list[Spell]) -> Spell | None:
        """Return the invocation that the story kills."""
        if self.story.killed is None:
            return None
        moment, newer = self.story.killed
        alive = [each for each in invocations if each.covers(moment)]
        return alive[-newer]

    def _start(self, invocation: Spell, limit: float) -> None:
        """Start an invocation; of one from before the run only the last rounds are simulated."""
        begin, end = invocation
        if self.story.none.covers(begin):
            return
        if begin < self.story.none.begin:
            limit = min(limit, self.story.none.begin)
        earliest = self.story.at - self.scheduler.random.uniform(*_BEFORE)
        if begin < earliest:
            rounds = (earliest - begin) // self.parameters.interval + 1
            begin += rounds * self.parameters.interval
        if min(limit, end) > begin:
            self._spawn(begin, limit, lambda: self.controller().run(_START + end))

    def _spawn(self, begin: float, limit: float, run: Callable[[], None]) -> None:
        self.scheduler.after(max(0.0, begin), lambda: self._spawn_now(run, limit - begin))

    def _spawn_now(self, run: Callable[[], None], limit: float) -> None:
        self.scheduler.spawn(run, limit)
