"""Controllers on EC2's network with the real movers, and a watch that sees what must never be."""

from __future__ import annotations

from itertools import chain, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.adapters.ec2_network import Ec2Directory, Ec2Fencer, ec2_mover
from ddns.adapters.threads import one_by_one
from ddns.core.failover.decide import GONE
from ddns.core.failover.journal import AUTOMATIC, FAILBACK, FAILURE, HOUR, OPERATOR, REPAIR, State
from ddns.core.failover.places import (
    INTERFACE,
    PATIENCE,
    ROUTES,
    SECONDARY,
    Node,
    Placement,
    ServiceAddress,
)
from ddns.core.failover.policy import STOP, Policy
from ddns.core.failover.streaks import STALE
from ddns.core.failover.verdicts import DOWN, UP
from ddns.failover.controller import Controller, FailoverPorts
from ddns.failover.report import FailoverReport
from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import FakeEc2Network, one_subnet, two_zones
from tests.fakes.failover import FakeEvents, FakeJournal, FakeProbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ddns.core.failover.journal import Move
    from ddns.core.failover.verdicts import Answers

NODES = (Node("a", "10.0.1.5", "i-a"), Node("b", "10.0.2.5", "i-b"))
ADDRESS, BLOCK = "192.168.100.10", "192.168.100.10/32"
SECONDARY_IPV6 = "an IPv6 address of a subnet"
SERVICES = {
    ROUTES: ServiceAddress("Vip", ROUTES, NODES, ADDRESS, ("rtb-1", "rtb-2")),
    SECONDARY: ServiceAddress(
        "Vip", SECONDARY, NODES, "10.0.1.100", subnet="subnet-a", allocation="eipalloc-1"
    ),
    SECONDARY_IPV6: ServiceAddress(
        "Vip", SECONDARY, NODES, "2600:1f00:0:1::100", subnet="subnet-a"
    ),
    INTERFACE: ServiceAddress("Vip", INTERFACE, NODES, interface="eni-moving"),
}
_NAMES = {"eni-a": "a", "i-a": "a", "eni-b": "b", "i-b": "b"}
# Short ones: what takes longer takes more rounds, and shows nothing else.
POLICY = Policy(failures=1, recoveries=2, min_dwell=20.0)


class Silent(FailoverReport):
    """Says nothing: to write JSON would take longer than all else."""

    def __init__(self) -> None:
        pass

    def count(self, name: str) -> None:
        pass

    def flush(self) -> None:
        pass

    def stayed(self, why: str) -> None:
        pass

    def failed(self, what: str, err: Exception) -> None:
        pass

    def begun(self, move: Move) -> None:
        pass

    def moved(self, move: Move) -> None:
        pass

    def unfinished(self, move: Move, *, split: bool) -> None:
        pass

    def noted(self, what: str, why: str) -> None:
        pass


class Probed(NamedTuple):
    """One round of probes.

    Attributes:
        at: when.
        said: what the probers said.
        served: which nodes did serve.
    """

    at: float
    said: Sequence[Answers | None]
    served: Mapping[str, bool]

    def up(self, node: str) -> bool:
        """Tell whether a prober saw a node up."""
        return any(each is not None and each[node].seen == UP for each in self.said)

    def down(self, node: str) -> bool:
        """Tell whether half of all saw another node up, and all of those this one down."""
        counts = [
            each
            for each in self.said
            if each is not None and any(answer.seen == UP for answer in each.values())
        ]
        enough = counts and 2 * len(counts) >= len(self.said)
        return bool(enough) and all(each[node].seen == DOWN for each in counts)


class World:
    """EC2, a journal and probers, all of which a controller can ask at any time.

    Attributes:
        wrong: what the watch has seen; it stands apart from the code that it watches.
        late: whether requests took effect late: nothing can keep those from doing harm for a while.
    """

    def __init__(
        self,
        policy: Policy = POLICY,
        kind: str = ROUTES,
        probers: int = 2,
        start: FakeEc2Network | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.policy = policy
        self.service = SERVICES[kind]
        self.ec2 = (start or network(kind)).copy(self.clock)
        self.journal = FakeJournal()
        self.probers = FakeProbers(self.service.names, probers)
        self.events = FakeEvents()
        self.worker: Callable[[], int] = lambda: 2
        self.wrong = ""
        self.late = False
        self._probed: dict[int, list[Probed]] = {0: [], 1: [], 2: []}
        self.begun: list[float] = []
        self._since = 0.0
        self._holder = 2
        self.journal.state = State().adopted("a", "", self.clock.now())
        self.journal.written = self._written
        self.probers.probed = self._saw
        self._at = self.placement().places

    def controller(self, slot: int = 0, client: Any = None) -> Controller:  # noqa: ANN401 - of EC2
        """Return a controller that has seen nothing yet."""
        client = client or self.ec2
        ports = FailoverPorts(
            self.clock,
            self.journal,
            Ec2Directory(client, self.service),
            ec2_mover(client, self.service, at_once=one_by_one, now=self.clock.now),
            self.probers,
            Ec2Fencer(client, self.service),
            self.events,
        )
        patience = PATIENCE[self.service.kind]
        return Controller(ports, self.service.names, self.policy, Silent(), slot, patience)

    def observe(self, hook: Callable[[str, str], None] | None) -> None:
        """Call ``hook`` before and after each request to anything."""
        self.ec2.on_call = hook
        self.journal.on_call = hook
        self.probers.on_call = hook
        self.events.on_call = hook

    def placement(self) -> Placement:
        """Return where every place points in truth; the watch asks no mover."""
        ec2, service = self.ec2, self.service
        if service.kind == ROUTES:
            found = {table: ec2.route(table, BLOCK) for table in service.tables}
        elif service.kind == SECONDARY:
            found = {service.subnet: ec2.holder(service.address)}
            if service.allocation:
                found[service.allocation] = ec2.elastic_ip(service.allocation).interface
        else:
            attachment = ec2.attachment(service.interface)
            there = attachment and attachment.status == "attached" and attachment.instance
            found = {service.interface: there or ""}
        return Placement({place: _NAMES.get(each, each) for place, each in found.items()})

    def serves(self, node: str) -> bool:
        """Tell whether a node serves."""
        return self.probers.healthy[node]

    def gone(self, node: str) -> bool:
        """Tell whether the instance of a node is stopped, or on its way there."""
        past = self.ec2.state.instances.get(f"i-{node}")
        return past is None or past[-1][1] in GONE

    def rounds(self, count: int) -> None:
        """Have one controller alone do rounds, at their interval."""
        controller = self.controller()
        for _ in range(count):
            controller.round()
            self.clock.time += self.policy.interval

    # ------------------------------------------------------------ the watch

    def complain(self, what: str) -> None:
        """Keep the first that goes wrong."""
        self.wrong = self.wrong or what

    def _saw(self, said: Sequence[Answers | None]) -> None:
        seen = Probed(self.clock.now(), said, dict(self.probers.healthy))
        self._probed[self.worker()].append(seen)

    def effect(self, *, late: bool = False) -> None:
        """Look at what a request to EC2 has changed: it may only go where the journal says."""
        before, self._at = self._at, self.placement().places
        target = self.journal.state.target
        moved = {place: node for place, node in self._at.items() if node != before[place]}
        for place, node in moved.items() if not late else ():
            if not target:
                self._check_toggled(place, before[place], node)
            elif node == target:
                self._check_fence(place)
            elif node:
                self.complain(f"{place} was moved to {node!r} while the target is {target!r}")

    def _check_toggled(self, place: str, was: str, node: str) -> None:
        """Look at what was changed without a journal: by a peer, or at the first start."""
        if was and self.serves(was):
            self.complain(f"{place} was taken from {was!r}, which serves")
        if node and not self.serves(node):
            self.complain(f"{place} was moved to {node!r}, which does not serve")

    def _check_fence(self, place: str) -> None:
        state = self.journal.state
        if self.policy.fence == STOP and state.by == FAILURE and not self.gone(state.source):
            self.complain(f"{place} was moved while {state.source!r} was not stopped")

    def _written(self, before: State, after: State) -> None:
        if after.by == OPERATOR and after.epoch != before.epoch:
            self._since = self.clock.now()
            return
        if after.epoch < before.epoch:
            self.complain("what somebody else has written was undone")
        if before.moving and after.target != before.target:
            self.complain(f"a move to {before.target!r} was turned to {after.target!r}")
        if before.moving and not after.moving:
            self._check_end(before)
        if after.head.held(self.clock.now()):
            self._check_head(before)
        if after.epoch != before.epoch or (after.moving and not before.moving):
            self._check_intent(before, after)
            self._since = self.clock.now() if after.by != REPAIR else self._since

    def _check_head(self, before: State) -> None:
        if before.head.held(self.clock.now()) and self._holder != self.worker():
            self.complain("the head was taken from a controller that has it")
        self._holder = self.worker()

    def _check_end(self, before: State) -> None:
        given_up = self.gone(before.target) or (
            self.clock.now() * 1000 - before.since > PATIENCE[self.service.kind] * 1000
        )
        if not given_up and not self.late and not self.placement().all_at(before.target):
            self.complain(f"a move to {before.target!r} ended before it was there")

    def _check_intent(self, before: State, after: State) -> None:
        if before.hold:
            self.complain("an address was moved under hold")
        seen = self._probed[self.worker()]
        if not seen or self.clock.now() - seen[-1].at > STALE:
            self.complain("an address was moved on what was seen long ago")
        elif not seen[-1].up(after.target):
            self.complain(f"an address was moved to {after.target!r}, which nobody saw up")
        elif after.by == FAILURE and not self.gone(before.target):
            self._check_failure(before.target, seen)
        elif after.by == FAILBACK:
            self._check_failback(before, after, seen)
        if after.by in AUTOMATIC:
            self._check_limits(before, after)

    def _check_failure(self, active: str, seen: Sequence[Probed]) -> None:
        last = seen[-self.policy.failures :]
        if len(last) < self.policy.failures or not all(each.down(active) for each in last):
            self.complain(f"{active!r} was left and not known to be down")
        elif not any(not each.served[active] for each in last):
            self.complain(f"{active!r} was left and served all the time")
        elif last[0].at < self._since:
            self.complain(f"{active!r} was left for what was seen before it was chosen")
        for one, other in pairwise(last):
            if other.at - one.at > self.policy.interval + STALE:
                self.complain(f"{active!r} was left for what was seen long ago")

    def _check_failback(self, before: State, after: State, seen: Sequence[Probed]) -> None:
        last = seen[-self.policy.recoveries :]
        if len(last) < self.policy.recoveries or not all(e.up(after.target) for e in last):
            self.complain(f"back to {after.target!r}, which was not up for long enough")
        began = self.clock.now() - (self.policy.failback or 0)
        every = sorted(chain.from_iterable(self._probed.values()), key=itemgetter(0))
        if every[0].at > began or any(e.down(after.target) for e in every if e.at >= began):
            self.complain(f"back to {after.target!r} before its time")
        if not seen[-1].up(before.target):
            self.complain(f"back from {before.target!r}, and nobody knows how that is")

    def _check_limits(self, before: State, after: State) -> None:
        begun, at = self.begun, self.clock.now()
        if begun and at - begun[-1] < self.policy.min_dwell:
            self.complain("two automatic moves within the dwell")
        begun.append(at)
        if sum(each > at - HOUR for each in begun) > self.policy.max_moves_per_hour:
            self.complain("more automatic moves in an hour than the budget allows")
        if after.target == before.target:
            self.complain("a move to where the address is")


def network(kind: str = ROUTES) -> FakeEc2Network:
    """Return EC2's network with the address at ``a``."""
    clock = FakeClock()
    made = two_zones(clock) if kind == ROUTES else one_subnet(clock)
    mover = ec2_mover(made, SERVICES[kind], at_once=one_by_one, now=clock.now)  # type: ignore[arg-type]  # the fake is a client
    while not mover.read().all_at("a"):
        mover.send("a", lambda: True)
    # An address takes a moment to move; an interface longer than one drive lasts.
    made.assign_delay, made.detach_time, made.attach_time = 0.7, 8.0, 2.0
    return made
