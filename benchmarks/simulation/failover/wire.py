"""What stands behind the controller's ports: AWS as a story says, in virtual time.

A request takes effect whether or not its sender is still there: only the answer goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from benchmarks.simulation.clock import Scheduler
from benchmarks.simulation.failover.parameters import Parameters, Span
from benchmarks.simulation.failover.story import DYNAMODB, EC2, LAMBDA, NODES, SILENT, Story
from ddns.core.errors import ConflictError, UnavailableError
from ddns.core.failover.journal import Move, Seen, State
from ddns.core.failover.verdicts import DOWN, UP, Answer, Answers
from tests.fakes.ec2_network import FakeEc2Network

_T = TypeVar("_T")
_URL = "https://ec2.us-east-1.amazonaws.com/"
_READS = ("describe_route_tables", "describe_instances", "describe_network_interfaces")


class Wire:
    """Draws how long things take, and lets a task wait for them."""

    def __init__(self, scheduler: Scheduler, parameters: Parameters, story: Story) -> None:
        self.scheduler = scheduler
        self.parameters = parameters
        self.story = story
        self.draw = scheduler.random

    @property
    def moment(self) -> float:
        """Return how long the run goes on already, in seconds."""
        return self.scheduler.elapsed

    def wait(self, span: Span) -> None:
        """Let the task wait."""
        self.scheduler.sleep(self.draw.uniform(*span))

    def happens(self, part: float) -> bool:
        """Tell whether something happens that does in this part of all cases."""
        return self.draw.random() < part


class AtOnce:
    """Does jobs side by side, in virtual time: each but the last in a task of its own."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def __call__(self, jobs: Sequence[Callable[[], _T]], /) -> list[_T | Exception]:
        """Do them; return what each returned or raised, in their order."""
        scheduler, task = self._scheduler, self._scheduler.current
        outcomes: dict[int, _T | Exception] = {}

        def do(index: int) -> None:
            try:
                outcomes[index] = jobs[index]()
            except Exception as err:  # noqa: BLE001 - for the caller, who sees all of them
                outcomes[index] = err

        left = float("inf") if task is None else task.limit - scheduler.now
        others = [scheduler.spawn(partial(do, index), left) for index in range(len(jobs) - 1)]
        do(len(jobs) - 1)
        scheduler.wait_for(others)
        return [outcomes[index] for index in range(len(jobs))]


class TimedEc2:
    """A client of EC2: the strict fake's answers, in their time.

    Args:
        wire: what takes time.
        network: the fake.
        noted: called after each request that changed something.
    """

    def __init__(self, wire: Wire, network: FakeEc2Network, noted: Callable[[], None]) -> None:
        self._wire = wire
        self._network = network
        self._noted = noted

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation in _READS:
            return partial(self._read, getattr(self._network, operation))
        return partial(self._write, getattr(self._network, operation))

    def _read(self, call: Callable[..., Any], **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        there = self._there(self._wire.parameters.ec2_read)
        answer = call(**parameters)
        self._wire.scheduler.sleep(there / 2)
        return answer

    def _write(self, call: Callable[..., Any], **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        wire, outcome = self._wire, dict[str, Any]()
        seconds = self._seconds(wire.parameters.ec2_write)

        def arrive() -> None:
            try:
                self._check()
                outcome["answer"] = call(**parameters)
            except ClientError as err:
                outcome["error"] = err
            except ConnectTimeoutError:
                pass
            self._noted()

        wire.scheduler.after(seconds / 2, arrive)
        if wire.story.is_away(EC2, wire.moment):
            wire.scheduler.sleep(wire.parameters.no_connection)
            raise ConnectTimeoutError(endpoint_url=_URL)
        wire.scheduler.sleep(min(seconds, wire.parameters.no_answer))
        if "error" in outcome:
            raise outcome["error"]
        if "answer" not in outcome or seconds > wire.parameters.no_answer:
            raise ReadTimeoutError(endpoint_url=_URL)
        return outcome["answer"]

    def _there(self, span: Span) -> float:
        """Let a request arrive; return how long all of it takes."""
        wire = self._wire
        if wire.story.is_away(EC2, wire.moment):
            wire.scheduler.sleep(wire.parameters.no_connection)
            raise ConnectTimeoutError(endpoint_url=_URL)
        seconds = self._seconds(span)
        wire.scheduler.sleep(seconds / 2)
        self._check()
        return seconds

    def _seconds(self, span: Span) -> float:
        slow = self._wire.happens(self._wire.parameters.ec2_slow)
        return self._wire.draw.uniform(*(self._wire.parameters.ec2_slowly if slow else span))

    def _check(self) -> None:
        """Raise what a request meets that arrives now."""
        wire = self._wire
        if wire.story.is_away(EC2, wire.moment):
            raise ConnectTimeoutError(endpoint_url=_URL)
        spell, part = wire.story.throttled
        if wire.happens(part if spell.covers(wire.moment) else wire.parameters.ec2_throttles):
            raise ClientError({"Error": {"Code": "RequestLimitExceeded", "Message": ""}}, "any")


class TimedJournal:
    """The journal: conditional writes of one item, in their time.

    Attributes:
        state: what the item holds.
        writes: each write: when, the state before and the one after.
    """

    def __init__(self, wire: Wire, state: State) -> None:
        self.state = state
        self.writes: list[tuple[float, State, State]] = []
        self._wire = wire

    def read(self) -> State:
        """Read the state."""
        self._wait()
        return self.state

    def write(self, before: State, after: State) -> State:
        """Write the state on condition of its version."""
        outcome: list[bool] = []

        def arrive() -> None:
            outcome.append(self.state.head.version == before.head.version)
            if outcome[0]:
                self.writes.append((self._wire.moment, self.state, after))
                self.state = after

        self._check()
        wire = self._wire
        seconds = wire.draw.uniform(*wire.parameters.dynamodb)
        wire.scheduler.after(seconds / 2, arrive)
        wire.scheduler.sleep(seconds)
        if not outcome[0]:
            raise ConflictError("the journal was written since it was read")
        return after

    def note_seen(self, seen: Seen) -> None:
        """Take the time that it takes."""
        del seen
        self._wait()

    def note_move(self, move: Move) -> None:
        """Take the time that it takes."""
        del move
        self._wait()

    def _wait(self) -> None:
        self._check()
        self._wire.wait(self._wire.parameters.dynamodb)

    def _check(self) -> None:
        wire = self._wire
        if wire.story.is_away(DYNAMODB, wire.moment):
            wire.scheduler.sleep(wire.parameters.no_connection)
            raise UnavailableError("no connection to DynamoDB")


class TimedProbers:
    """A prober in each zone, invoked side by side."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def probe(self) -> Sequence[Answers | None]:
        """Return what each says, when the slowest has said it."""
        found = [self._one(prober) for prober in range(len(NODES))]
        self._wire.scheduler.sleep(max(seconds for seconds, _ in found))
        return [answers for _, answers in found]

    def _one(self, prober: int) -> tuple[float, Answers | None]:
        """Return how long a prober takes, and what it says; None where it gives no answer."""
        wire, parameters = self._wire, self._wire.parameters
        if wire.story.is_away(LAMBDA, wire.moment):
            return parameters.no_connection, None
        spell = wire.story.silent.get(prober)
        if (spell and spell.covers(wire.moment)) or wire.happens(parameters.invoke_fails):
            return wire.draw.uniform(*parameters.prober_gone), None
        way = wire.draw.uniform(*parameters.invoke)
        if wire.happens(parameters.prober_cold):
            way += wire.draw.uniform(*parameters.cold_start)
        seen = {node: self._seen(prober, node, wire.moment + way) for node in NODES}
        longest = max(seconds for seconds, _ in seen.values())
        return way + longest, {node: answer for node, (_, answer) in seen.items()}

    def _seen(self, prober: int, node: str, moment: float) -> tuple[float, Answer]:
        wire, parameters = self._wire, self._wire.parameters
        how = wire.story.how(node, moment)
        if not wire.story.reaches(prober, node, moment) or wire.happens(parameters.lost_packet):
            how = SILENT
        if how == SILENT:
            return parameters.check_timeout, Answer(DOWN, SILENT)
        seconds = wire.draw.uniform(*parameters.answer)
        return seconds, Answer(UP) if how is None else Answer(DOWN, how)


class TimedEvents:
    """The bus."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def moved(self, move: Mapping[str, Any] | Move) -> None:
        """Take the time that it takes."""
        del move
        self._wire.wait(self._wire.parameters.dynamodb)
