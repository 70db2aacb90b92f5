"""Two workers of which one runs at a time, and a schedule that says what intervenes when.

A schedule says which worker begins and what intervenes at which request: the other worker has its
turn, this one dies, or whatever else a ``Turns`` has a method for.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Crash(BaseException):
    """The end of a worker at a request: nothing of it runs any more."""


class Moment(NamedTuple):
    """A moment at which something may intervene: a worker is about to ask something, or has."""

    worker: int
    operation: str
    when: str


class Step(NamedTuple):
    """One intervention.

    Attributes:
        after: how many moments after the one before.
        kind: what intervenes: a method of ``Turns``, with an underscore before it.
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


class Turns:
    """One schedule, run.

    Attributes:
        moments: the moments after the last intervention, for schedules that follow this one.
        valid: whether all that was to intervene did.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.moments: list[Moment] = []
        self.valid = True
        self._schedule = schedule
        self._steps = deque(schedule.steps)
        self._countdown = self._steps[0].after if self._steps else 0
        self._current = schedule.first
        self._alive = [True, True]
        self._error: BaseException | None = None
        self._threads: Threads | None = None

    def run(self, threads: Threads) -> None:
        """Run both workers to their ends."""
        self._threads = threads
        threads.run(self._schedule.first, self._work)
        if self._error is not None:
            raise self._error
        self.valid = self.valid and not self._steps

    def do(self, index: int) -> None:
        """Do the work of a worker."""
        raise NotImplementedError(index)

    def died(self, index: int) -> None:
        """Take note that a worker died."""

    def _work(self, index: int) -> int:
        self._current = index
        try:
            self.do(index)
            self.moment("end", "before")
        except Crash:
            self.died(index)
        except BaseException as err:  # noqa: BLE001 - for the thread that waits for the end
            self._error = err
        self._alive[index] = False
        other = 1 - index
        following = other if self._alive[other] else 2
        self._current = following
        return following

    def moment(self, operation: str, when: str) -> None:
        """Let intervene what the schedule has for this moment."""
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
        self.intervene(step)

    def intervene(self, step: Step) -> None:
        """Intervene."""
        getattr(self, f"_{step.kind}")(step.moment.worker)

    def _switch(self, index: int) -> None:
        other = 1 - index
        if not self._alive[other]:
            self.valid = False
            return
        assert self._threads is not None
        self._current = other
        self._threads.pass_turn(index, other)
        self._current = index

    def _crash(self, _index: int) -> None:
        raise Crash
