"""An account with instances, zones, a ledger and the function; and what it should look like."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

from benchmarks.simulation import boundary, machines
from benchmarks.simulation.clock import Scheduler, VirtualClock
from benchmarks.simulation.dynamodb import TimedDynamoDb
from benchmarks.simulation.ec2 import TimedEc2
from benchmarks.simulation.machines import Machine, Region
from benchmarks.simulation.memory import Meter
from benchmarks.simulation.parameters import AT_ONCE, Parameters
from benchmarks.simulation.poller import Invocation, Poller
from benchmarks.simulation.queue import Queue, TimedSqs
from benchmarks.simulation.route53 import TimedRoute53
from benchmarks.simulation.wire import through_botocore
from tests.fakes.dynamodb import FakeDynamoDb
from tests.fakes.route53 import FakeRoute53

START = 1_800_000_000.0
FORWARD, REVERSE = "Z0FORWARD", "Z0REVERSE"
TTL = 60
_DAY = 86_400.0
_TRIES = 100  # to find such an instance; where there is none, one is launched instead
_LATELY = 60.0  # so that one change is in the zone before the next, and its delay can be measured
_FOREIGN_TTL = 300
_RECORD_SETS = 1_000_000
_ZONES = (
    {"id": FORWARD, "name": machines.ZONE, "private": True},
    {"id": REVERSE, "name": "10.in-addr.arpa", "private": True},
)


class State(NamedTuple):
    """What lasts: the instances, the zones, the ledger."""

    region: Region
    zones: Mapping[str, Any]
    tables: Mapping[str, Any]


class Wrong(NamedTuple):
    """How the zones differ from what they should be."""

    missing: int
    left_behind: int
    stolen: int

    @property
    def total(self) -> int:
        """Return all of it."""
        return sum(self)


@dataclass
class Watch:
    """A change in EC2 that is to become a change in a zone."""

    arrival: float
    done: float | None = None


@dataclass
class Null(io.TextIOBase):
    """Takes what the function logs and keeps its length only."""

    written: int = 0

    def write(self, text: str) -> int:
        """Count."""
        self.written += len(text)
        return len(text)


@dataclass
class World:
    """One scenario's account.

    Args:
        parameters: what AWS is like.
        seed: of everything that is left to chance.
        state: what is there at the beginning; it stays as it is.
        ttl: the function's setting.
        max_deletes: the function's setting.
        traced: measure the memory of each invocation: slow.
    """

    parameters: Parameters
    seed: int
    state: State
    ttl: int = TTL
    max_deletes: int = 100
    traced: bool = False
    events_lost: bool = False
    watches: list[Watch] = field(default_factory=list)
    progress: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(START, self.seed)
        self.region = self.state.region.copy()
        throttled = self.parameters is not AT_ONCE
        self.zones = FakeRoute53(
            clock=(lambda: self.scheduler.now) if throttled else None,
            changes=self.parameters.changes,
        )
        self.zones.restore(self.state.zones)
        self.table = FakeDynamoDb({boundary.TABLE: boundary.PARTITION_KEY})
        self.table.restore(self.state.tables)
        self.foreign = foreign(self.state.region)
        self.unchanged = self.on_the_way = 0
        self._awaited: dict[tuple[str, str, bool], list[Watch]] = {}
        self.queue = Queue(self.scheduler, self.parameters, boundary.is_sweep)
        self.meter = Meter(self.traced)
        self.route53 = TimedRoute53(
            self.scheduler, self.parameters, self.zones, self._changed, FORWARD
        )
        wire = {"parsed": through_botocore(self.meter.parsing)} if self.traced else {}
        self.ec2 = TimedEc2(self.scheduler, self.parameters, self.region, **wire)
        self.clients = SimpleNamespace(
            ec2=self.meter.between(self.ec2),
            dynamodb=self.meter.between(TimedDynamoDb(self.scheduler, self.parameters, self.table)),
            route53=self.meter.between(self.route53),
            sqs=self.meter.between(TimedSqs(self.scheduler, self.parameters, self.queue)),
        )
        self.poller = Poller(
            self.scheduler, self.parameters, self.queue, self._start, self.meter.start
        )

    def _start(self) -> Callable[[Mapping[str, Any], float], Mapping[str, Any]]:
        variables = boundary.environment(
            _ZONES, region=machines.REGION, ttl=self.ttl, max_deletes=self.max_deletes
        )
        clock = VirtualClock(self.scheduler)
        return boundary.start(variables, self.clients, clock, self.parameters)

    # ------------------------------------------------------------ what happens in the account

    def order_sweep(self) -> None:
        """Order a sweep as the schedule does."""
        self.queue.send(boundary.SWEEP)

    def launch(self) -> None:
        """Launch an instance."""
        machine = self.region.launch(self.scheduler.now)
        watch = self._send(machines.state_event(machine, "running", self.scheduler.now))
        self._await(watch, machine.name, "A", present=True)

    def terminate(self) -> None:
        """Terminate an instance by chance."""
        machine = self._any()
        if machine is None:
            self.launch()
            return
        machine.state = "terminated"
        watch = self._send(machines.state_event(machine, "shutting-down", self.scheduler.now))
        self._await(watch, machine.name, "A", present=False)

    def retag(self) -> None:
        """Give an instance by chance another host name."""
        machine = self._any()
        if machine is None:
            self.launch()
            return
        machine.host = f"host-{machine.number}-{len(self.watches)}"
        watch = self._send(machines.tag_event(machine, self.scheduler.now))
        self._await(watch, machine.name, "A", present=True)

    def _any(self) -> Machine | None:
        """Return a running instance that nothing happened to lately, with a name of its own."""
        now = self.scheduler.now
        for _ in range(_TRIES):
            machine = self.region.machines[self.scheduler.random.choice(self.region.order)]
            alone = (FORWARD, machine.name, "A") not in self.foreign
            if machine.state == "running" and alone and now - machine.touched > _LATELY:
                machine.touched = now
                return machine
        return None

    def _send(self, body: str) -> Watch:
        delay = self.scheduler.random.uniform(*self.parameters.event_delay)
        watch = Watch(self.scheduler.now + delay)
        self.watches.append(watch)
        if not self.events_lost:
            self.on_the_way += 1
            self.scheduler.after(delay, lambda: self._arrive(body))
        return watch

    def _arrive(self, body: str) -> None:
        self.on_the_way -= 1
        self.queue.send(body)

    def _await(self, watch: Watch, name: str, kind: str, *, present: bool) -> None:
        self.unchanged += 1
        self._awaited.setdefault((name, kind, present), []).append(watch)

    def _changed(self, zone_id: str, changes: Sequence[Mapping[str, Any]]) -> None:
        now = self.scheduler.now + self.parameters.change_records
        self.progress.append((now - START, self.route53.records_changed))
        del zone_id
        for change in changes:
            record_set = change["ResourceRecordSet"]
            key = (record_set["Name"], record_set["Type"], change["Action"] != "DELETE")
            for watch in self._awaited.pop(key, ()):
                watch.done = now
                self.unchanged -= 1

    # ------------------------------------------------------------ running it

    def run(self, until: float, ended: Callable[[], bool]) -> bool:
        """Run until something has ended; return whether it did in ``until`` seconds."""
        with contextlib.redirect_stdout(Null()):
            return self.scheduler.run(until, ended)

    def close(self) -> None:
        """End what still runs."""
        with contextlib.redirect_stdout(Null()):
            self.scheduler.close()

    def swept(self) -> bool:
        """Tell whether no sweep is in the queue or in flight."""
        return not self.queue.sweeps

    def quiet(self) -> bool:
        """Tell whether no message is left, and no event on its way."""
        return not self.queue.messages and not self.on_the_way

    def save(self) -> State:
        """Return what lasts."""
        return State(self.region.copy(), self.zones.snapshot(), self.table.snapshot())

    @property
    def sweeps(self) -> list[Invocation]:
        """Return the invocations that worked on a sweep."""
        return [each for each in self.poller.invocations if each.sweeps]

    def wrong(self) -> Wrong:
        """Compare the zones with EC2."""
        actual = {
            (zone_id, name, kind): held
            for zone_id in (FORWARD, REVERSE)
            for (name, kind), held in self.zones.records(zone_id).items()
        }
        stolen = sum(actual.get(key) != held for key, held in self.foreign.items())
        expected = self._expected()
        missing = sum(actual.get(key) != held for key, held in expected.items())
        maybe = {
            (REVERSE, each.reverse_name, "PTR")
            for each in self.region.running
            if (FORWARD, each.name, "A") in self.foreign
        }
        known = expected.keys() | self.foreign.keys() | maybe
        return Wrong(missing, len(actual.keys() - known), stolen)

    def _expected(self) -> dict[tuple[str, str, str], tuple[int, frozenset[str]]]:
        expected = {}
        for each in self.region.running:
            if (FORWARD, each.name, "A") in self.foreign:
                continue
            expected[FORWARD, each.name, "A"] = self.ttl, frozenset({each.address})
            expected[REVERSE, each.reverse_name, "PTR"] = self.ttl, frozenset({each.name})
        return expected


def foreign(region: Region) -> dict[tuple[str, str, str], tuple[int, frozenset[str]]]:
    """Return records of others; two of them have a name that an instance asks for."""
    found: dict[tuple[str, str, str], tuple[int, frozenset[str]]] = {
        (FORWARD, f"www.{machines.ZONE}.", "A"): (_FOREIGN_TTL, frozenset({"192.0.2.1"})),
        (FORWARD, f"{machines.ZONE}.", "MX"): (_FOREIGN_TTL, frozenset({"10 mail.example.com."})),
        (FORWARD, f"zz.{machines.ZONE}.", "TXT"): (_FOREIGN_TTL, frozenset({'"kept"'})),
        (REVERSE, "1.255.255.10.in-addr.arpa.", "PTR"): (
            _FOREIGN_TTL,
            frozenset({"gateway.example.com."}),
        ),
    }
    for key in region.order[7:400:300]:
        name = f"{region.machines[key].private_host}.{machines.ZONE}."
        found[FORWARD, name, "A"] = _FOREIGN_TTL, frozenset({"192.0.2.2"})
    return found


def empty(size: int) -> State:
    """Return an account with instances that ran for long, and nothing in zones and ledger."""
    region = Region()
    for _ in range(size):
        region.launch(START - _DAY)
    zones = FakeRoute53()
    for zone in _ZONES:
        zones.add_zone(str(zone["name"]), vpcs=[machines.vpc_id(0)], zone_id=str(zone["id"]))
        # AWS raises the quota of 10,000 on request: who has so many instances has asked.
        zones.set_quota(str(zone["id"]), _RECORD_SETS)
    for (zone_id, name, kind), (ttl, values) in foreign(region).items():
        zones.put_foreign(zone_id, name, kind, values, ttl)
    table = FakeDynamoDb({boundary.TABLE: boundary.PARTITION_KEY})
    return State(region, zones.snapshot(), table.snapshot())


def filled(size: int, seed: int) -> State:
    """Return an account whose function has swept: by the function itself, in no time."""
    world = World(AT_ONCE, seed, empty(size))
    world.order_sweep()
    world.run(_DAY, world.quiet)
    wrong = world.wrong()
    world.close()
    if wrong.total:
        raise RuntimeError(f"a sweep of an empty zone with all time and no quota left {wrong}")
    return world.save()
