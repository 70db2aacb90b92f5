"""Every schedule of a scenario, up to some number of interventions.

Between two requests a worker only computes, so a turn or a death just before a request stands for
every moment since the one before. Standing still is tried just after a request: what a worker makes
of the time comes after it.

Schedules are tried in order of length, each child of one that was run before: so the first one that
goes wrong is a shortest one.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tests.service.turns import Moment, Schedule, Step, Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence


class Violation(NamedTuple):
    """What went wrong, and after what."""

    scenario: str
    schedule: Schedule
    what: str

    def __str__(self) -> str:
        """Return it for a person to read."""
        steps = str(self.schedule).replace("\n", "\n    ")
        return f"{self.scenario}: {self.what}\n    {steps}"


@dataclass
class Explored:
    """What an exploration has tried."""

    schedules: int = 0
    violation: Violation | None = None
    kinds: Counter[str] = field(default_factory=Counter)


_Ran = TypeVar("_Ran", bound=Turns)


class Limits(NamedTuple):
    """What to try.

    Attributes:
        kinds: how many interventions of which kind at most.
        most: how many of all kinds.
        fits: whether a kind makes sense at a moment, given the kinds before it.
        first: which workers may begin.
    """

    kinds: Mapping[str, int]
    most: int
    fits: Callable[[str, Moment, Collection[str]], bool]
    first: Sequence[int] = (0, 1)


def explore(
    name: str,
    limits: Limits,
    run: Callable[[Schedule], _Ran],
    wrong: Callable[[_Ran], str],
) -> Explored:
    """Try every schedule; stop at the first that goes wrong.

    Args:
        name: of the scenario.
        limits: what to try.
        run: runs a schedule.
        wrong: tells what is wrong after one; empty where nothing is.
    """
    explored = Explored()
    todo = deque(Schedule(first) for first in limits.first)
    while todo:
        schedule = todo.popleft()
        ran = run(schedule)
        if not ran.valid:
            continue
        explored.schedules += 1
        explored.kinds.update(step.kind for step in schedule.steps)
        if what := wrong(ran):
            explored.violation = Violation(name, schedule, what)
            break
        if len(schedule.steps) < limits.most:
            todo.extend(_following(schedule, ran.moments, limits))
    return explored


def _following(schedule: Schedule, moments: Sequence[Moment], limits: Limits) -> Iterator[Schedule]:
    used = Counter(step.kind for step in schedule.steps)
    left = sorted(kind for kind, most in limits.kinds.items() if used[kind] < most)
    for after, moment in enumerate(moments, start=1):
        for kind in left:
            if limits.fits(kind, moment, used):
                yield schedule._replace(steps=(*schedule.steps, Step(after, kind, moment)))
