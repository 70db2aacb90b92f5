"""What a controller needs of the world but EC2's network, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns.core.errors import ConflictError, DdnsError
from ddns.core.failover.journal import Move, Seen, State
from ddns.core.failover.places import Placement
from ddns.core.failover.verdicts import DOWN, UP, Answer, Answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.fakes.clock import FakeClock

    Hook = Callable[[str, str], None]


class FakeJournal:
    """The journal: the same promises as the table.

    Attributes:
        written: called with the state before and after each write.

    Args:
        on_call: called with the operation and "before" or "after"; may raise to end its caller.
    """

    def __init__(self, on_call: Hook | None = None) -> None:
        self.state = State()
        self.seen: dict[int, Seen] = {}
        self.history: dict[int, Move] = {}
        self.written: Callable[[State, State], None] = lambda *_: None
        self.on_call = on_call

    def read(self) -> State:
        self._call("read", "before")
        found = self.state
        self._call("read", "after")
        return found

    def write(self, before: State, after: State) -> State:
        self._call("write", "before")
        if self.state.head.version != before.head.version:
            raise ConflictError("the journal was written since it was read")
        self.put(after)
        self._call("write", "after")
        return after

    def put(self, state: State) -> None:
        """Write without a condition, as no controller may."""
        before, self.state = self.state, state
        self.written(before, state)

    def note_seen(self, seen: Seen) -> None:
        self._call("note_seen", "before")
        self.seen[seen.slot] = seen

    def note_move(self, move: Move) -> None:
        self._call("note_move", "before")
        self.history[move.epoch] = move

    def _call(self, operation: str, moment: str) -> None:
        if self.on_call:
            self.on_call(operation, moment)


class FakeProbers:
    """Probers of nodes that are healthy or not.

    Attributes:
        healthy: whether each node serves.
        dead: probers that give no answer.
        cut: probers that reach no node.
        blind: which node a prober does not reach.
        lies: what a prober says of a node, whatever it is.
        probed: called with what all say, at the moment of the probes.
    """

    def __init__(self, nodes: Iterable[str], count: int = 2, on_call: Hook | None = None) -> None:
        self.healthy = dict.fromkeys(nodes, True)
        self.count = count
        self.dead: set[int] = set()
        self.cut: set[int] = set()
        self.blind: set[tuple[int, str]] = set()
        self.lies: dict[tuple[int, str], str] = {}
        self.probed: Callable[[Sequence[Answers | None]], None] = lambda _: None
        self.on_call = on_call

    def probe(self) -> list[Answers | None]:
        if self.on_call:
            self.on_call("probe", "before")
        found = [None if n in self.dead else self._answers(n) for n in range(self.count)]
        self.probed(found)
        if self.on_call:
            self.on_call("probe", "after")
        return found

    def _answers(self, prober: int) -> Answers:
        return {node: Answer(self._seen(prober, node), "timed out") for node in self.healthy}

    def _seen(self, prober: int, node: str) -> str:
        reached = prober not in self.cut and (prober, node) not in self.blind
        truth = UP if reached and self.healthy[node] else DOWN
        return self.lies.get((prober, node), truth)


class FakeDirectory:
    """EC2's word on nodes: all are running but those that a test says."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self.words: dict[str, str] = dict.fromkeys(nodes, "running")
        self.asked = 0
        self.error: DdnsError | None = None

    def states(self) -> Mapping[str, str]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.words


class FakeFencer:
    """What stops instances.

    Attributes:
        stopped: what was stopped, with the time of each.
        errors: what the next requests meet instead.
    """

    def __init__(self, clock: FakeClock) -> None:
        self.stopped: list[tuple[str, float]] = []
        self.errors: list[DdnsError] = []
        self._clock = clock

    def stop(self, node: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.stopped.append((node, self._clock.now()))


class FakeEvents:
    """The bus."""

    def __init__(self, on_call: Hook | None = None) -> None:
        self.moves: list[Move] = []
        self.error: Exception | None = None
        self.on_call = on_call

    def moved(self, move: Move) -> None:
        if self.on_call:
            self.on_call("moved", "before")
        if self.error is not None:
            raise self.error
        self.moves.append(move)
        if self.on_call:
            self.on_call("moved", "after")


class FakeMover:
    """Places that point where they were sent, at once or only after some more looks.

    Attributes:
        at: where each place points.
        sends: the targets of all requests, in order.
        stuck: places that do not move.
        errors: what the next requests to move meet instead; None is no trouble.
        read_error: what every look meets instead.
        slow: how many looks it takes until what was sent is seen.
    """

    def __init__(self, places: Iterable[str], node: str) -> None:
        self.at = dict.fromkeys(places, node)
        self.sends: list[str] = []
        self.stuck: set[str] = set()
        self.errors: list[DdnsError | None] = []
        self.read_error: DdnsError | None = None
        self.slow = 0
        self._looks = 0

    def read(self) -> Placement:
        if self.read_error is not None:
            raise self.read_error
        self._looks += 1
        if self._looks > self.slow and self.sends:
            for place in self.at.keys() - self.stuck:
                self.at[place] = self.sends[-1]
        return Placement(dict(self.at))

    def send(self, node: str, may_send: Callable[[], bool]) -> None:
        if not may_send():
            return
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        if self.sends[-1:] != [node]:
            self._looks = 0
        self.sends.append(node)
