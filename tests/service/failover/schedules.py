"""Controllers that stop, die and miss answers where a schedule says so, while nodes fail."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError, ReadTimeoutError

from ddns.core.errors import ThrottledError, UnavailableError
from ddns.core.failover.journal import LEASE, OPERATOR
from ddns.core.failover.places import ROUTES
from ddns.core.failover.verdicts import UNKNOWN
from ddns.failover.driving import REQUEST
from tests.service.failover.world import BLOCK, POLICY, World
from tests.service.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns.core.failover.policy import Policy
    from tests.service.turns import Schedule, Step, Threads

EC2_WRITES = frozenset(
    (
        *("replace_route", "create_route"),
        *("assign_private_ip_addresses", "associate_address"),
        *("unassign_ipv6_addresses", "assign_ipv6_addresses"),
        *("detach_network_interface", "attach_network_interface", "stop_instances"),
    )
)
EC2_READS = frozenset({"describe_route_tables", "describe_network_interfaces"})
JOURNAL = frozenset({"read", "write", "note_seen", "note_move"})
_TOLD = frozenset({"moved"})
_PROBE = frozenset({"probe"})


class Job(NamedTuple):
    """What one worker does.

    Attributes:
        rounds: how many rounds.
        peer: makes something else than our controller, if it is one of a peer.
        look: whether its first round was asked for by an event.
    """

    rounds: int = 2
    peer: Callable[[World], Callable[[], None]] | None = None
    look: bool = False


class Scenario(NamedTuple):
    """A world, and what two controllers do in it.

    Attributes:
        name: what it is about.
        kinds: how many interventions of which kind to try at most.
        most: how many of all kinds.
        before: what happened before, in peace.
        jobs: the jobs of both.
        policy: when to move.
        kind: of service address.
        probers: how many there are.
        ended: how many rounds one alone does in the end.
        served: whether the address has to be at a node that serves then, if there is one.
    """

    name: str
    kinds: Mapping[str, int]
    most: int = 2
    before: Callable[[World], None] = lambda _: None
    jobs: tuple[Job, Job] = (Job(), Job())
    policy: Policy = POLICY
    kind: str = ROUTES
    probers: int = 2
    ended: int = 16
    served: bool = True


# What the moments are at which a kind of intervention is tried, and at which operations.
_AT: Mapping[str, tuple[str, frozenset[str]]] = {
    "switch": ("before", EC2_WRITES | EC2_READS | JOURNAL | _TOLD | _PROBE),
    "crash": ("before", EC2_WRITES | JOURNAL | _TOLD | {"end"}),
    "pause": ("after", EC2_WRITES | {"read", "write", "probe"}),
    "throttled": ("before", EC2_WRITES | EC2_READS | JOURNAL | _TOLD | {"describe_instances"}),
    "lost": ("after", EC2_WRITES | {"write"} | _TOLD),
    "late": ("before", frozenset({"replace_route"})),
    "arrive": ("before", EC2_WRITES | EC2_READS | JOURNAL),
    "away": ("before", EC2_WRITES | EC2_READS),
    "drift": ("before", frozenset({"read"}) | EC2_READS),
    "operator": ("before", frozenset({"read", "write", "probe"})),
    "hold": ("before", frozenset({"read", "write", "probe"}) | EC2_WRITES),
    "terminate_b": ("before", EC2_WRITES | _PROBE | EC2_READS),
    "blink": ("before", frozenset({"sleep"})),
}


def fits(kind: str, operation: str, when: str) -> bool:
    """Tell whether it makes sense to intervene there; how nodes are matters to probes alone."""
    asked, operations = _AT.get(kind, ("before", _PROBE))
    return when == asked and operation in operations


class _Client:
    """EC2 as one controller's client sees it: what is being sent can come late."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any operation of the client
        return getattr(self._run.world.ec2, name)

    def replace_route(self, **request: Any) -> Any:  # noqa: ANN401 - the same
        self._run._sent = request
        return self._run.world.ec2.replace_route(**request)


class Run(Turns):
    """One schedule, run."""

    def __init__(self, world: World, scenario: Scenario, schedule: Schedule) -> None:
        super().__init__(schedule)
        self.world = world
        self._scenario = scenario
        self._sent: dict[str, Any] = {}
        self._pending: list[dict[str, Any]] = []
        self._operation = ""
        self._began = 0.0
        world.worker = lambda: self._current

    def run(self, threads: Threads) -> None:
        self.world.observe(self._call)
        super().run(threads)
        self.world.observe(None)
        self.world.worker = lambda: 2
        while self._pending:
            self._arrive(2)

    def do(self, index: int) -> None:
        world, job = self.world, self._scenario.jobs[index]
        controller = world.controller(index, _Client(self))
        once = controller.round if job.peer is None else job.peer(world)
        for number in range(job.rounds):
            if job.look and not number:
                controller.round(look=True)
            else:
                once()
            self.moment("sleep", "before")
            world.clock.time += world.policy.interval

    def _call(self, operation: str, when: str) -> None:
        if when == "after" and operation in EC2_WRITES:
            self.world.effect()
        self._began = self.world.clock.now()
        self.moment(operation, when)
        if when == "before" and self.world.clock.now() > self._began + REQUEST:
            # It has waited too long to be sent at all.
            if operation == "write":
                raise UnavailableError("no answer")
            if operation in EC2_WRITES:
                raise _timed_out()

    # ------------------------------------------------------------ what intervenes

    def intervene(self, step: Step) -> None:
        began, sent, self._operation = self._began, self._sent, step.moment.operation
        super().intervene(step)
        self._began, self._sent = began, sent

    def _pause(self, index: int) -> None:
        self.world.clock.time += LEASE + 1
        if self._alive[1 - index]:
            self._switch(index)

    def _throttled(self, _index: int) -> None:
        if self._operation in JOURNAL | _TOLD:
            raise ThrottledError("slow down")
        error: Any = {"Error": {"Code": "RequestLimitExceeded"}}
        raise ClientError(error, self._operation)

    def _lost(self, _index: int) -> None:
        if self._operation in EC2_WRITES:
            raise _timed_out()
        raise UnavailableError("no answer")

    def _late(self, _index: int) -> None:
        """Let a request not be answered, and take effect at some time later."""
        self._pending.append(self._sent)
        self.world.late = True
        self.world.clock.time += REQUEST
        raise _timed_out()

    def _away(self, _index: int) -> None:
        self.world.ec2.away = True

    def _drift(self, _index: int) -> None:
        """Let somebody else change one of the routes."""
        there = self.world.ec2.route("rtb-2", BLOCK)
        self.world.ec2.set_route("rtb-2", BLOCK, "eni-b" if there == "eni-a" else "eni-a")
        self.world.effect(late=True)
        self.world.late = True

    def _arrive(self, _index: int) -> None:
        """Let a request take effect whose sender has given it up."""
        if not self._pending:
            self.valid = False
            return
        request = self._pending.pop(0)
        hook, self.world.ec2.on_call = self.world.ec2.on_call, None
        with suppress(ClientError):
            self.world.ec2.replace_route(**request)
        self.world.ec2.on_call = hook
        self.world.effect(late=True)

    # ------------------------------------------------------------ nodes and probers

    def _fail_a(self, _index: int) -> None:
        self._serve(a=False)

    def _fail_b(self, _index: int) -> None:
        self._serve(b=False)

    def _heal_a(self, _index: int) -> None:
        self._serve(a=True)

    def _serve(self, **serves: bool) -> None:
        healthy = self.world.probers.healthy
        self.valid = self.valid and not serves.items() <= healthy.items()
        healthy.update(serves)

    def _blink(self, _index: int) -> None:
        """Let nobody look for a while."""
        self.world.clock.time += 3 * LEASE

    def _stop_a(self, _index: int) -> None:
        self.world.ec2.set_state("i-a", "stopped")
        self.world.probers.healthy["a"] = False

    def _terminate_b(self, _index: int) -> None:
        self.valid = self.valid and self.world.serves("b")
        self.world.ec2.set_state("i-b", "terminated")
        self.world.probers.healthy.update(a=True, b=False)

    def _dead(self, _index: int) -> None:
        """Let one more prober not answer, the last one first."""
        self.world.probers.dead.add(self.world.probers.count - 1 - len(self.world.probers.dead))

    def _cut(self, _index: int) -> None:
        """Let one more prober reach nothing, the last one first."""
        self.world.probers.cut.add(self.world.probers.count - 1 - len(self.world.probers.cut))

    def _lie(self, _index: int) -> None:
        """Let the first prober say the opposite of what is so."""
        serves = self.world.probers.healthy
        lies = {(0, node): "down" if serves[node] else "up" for node in serves}
        self.world.probers.lies.update(lies)

    def _blind(self, _index: int) -> None:
        """Let the first prober not reach ``a``."""
        self.world.probers.blind.add((0, "a"))

    def _confused(self, _index: int) -> None:
        """Let the last prober have trouble of its own."""
        self.world.probers.lies[self.world.probers.count - 1, "a"] = UNKNOWN

    def _unsure_b(self, _index: int) -> None:
        """Let no prober know how ``b`` is."""
        world = self.world
        world.probers.lies.update({(n, "b"): UNKNOWN for n in range(world.probers.count)})

    # ------------------------------------------------------------ people

    def _operator(self, _index: int) -> None:
        """Let a person switch to the other node, as the command line does."""
        state = self.world.journal.state
        if state.head.held(self.world.clock.now()):
            self.valid = False
            return
        other = "b" if state.target == "a" else "a"
        after = state.intent(other, OPERATOR, "", self.world.clock.now())
        self.world.journal.put(after._replace(head=state.head.following(0)))

    def _hold(self, _index: int) -> None:
        """Let a person hold all, as the command line does."""
        state = self.world.journal.state
        if state.head.held(self.world.clock.now()) or state.hold:
            self.valid = False
            return
        self.world.journal.put(state.held_back("maintenance", self.world.clock.now()))


def _timed_out() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="https://ec2.us-east-1.amazonaws.com")
