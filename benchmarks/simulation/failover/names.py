"""A name whose failover records follow a health check: by relays, by alarm, or by public checks.

Route 53's checkers, their 18 %, its calculated check and its name servers are modelled; what
answers the checkers is the real relay of each of two zones (`relays.py`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.relays import PATHS, Relays
from benchmarks.simulation.failover.story import LAMBDA, NODES, SILENT, Story
from ddns.core.failover.verdicts import DOWN

NEVER = math.inf
_OK = 200


class Said(NamedTuple):
    """What a checker has seen: when it knew, which checker it is, and whether it was a success."""

    at: float
    checker: int
    success: bool


Heard = dict[str, list[Said]]
"""What checkers hear, by what they ask: ``DOWN`` or ``UP``."""


class Flip(NamedTuple):
    """A health check changes its mind: when, and whether the primary counts as healthy then."""

    at: float
    healthy: bool


class NameOutcome(NamedTuple):
    """What became of a name.

    Attributes:
        moved: seconds from the failure until the last resolver that keeps to the TTL says the
            secondary; infinite if never.
        false: whether the name moved away from a primary that served all the time.
    """

    moved: float
    false: bool


def asked(parameters: Parameters, story: Story, draw: random.Random) -> list[tuple[float, int]]:
    """Return when which checker asks: each at its own moment of every interval."""
    interval = parameters.check_interval
    begin = max(0.0, story.at - interval)
    phases = [draw.uniform(0, interval) for _ in range(parameters.checkers)]
    times = [
        (begin + phase + number * interval, checker)
        for checker, phase in enumerate(phases)
        for number in range(int((story.end - begin) / interval))
    ]
    return sorted(times)


def relayed(parameters: Parameters, story: Story, draw: random.Random, zone: int) -> Heard:
    """Return what the checkers hear from the relay of a zone, by what they ask."""
    relays = Relays(parameters, story, draw, zone)
    ways = [draw.uniform(*parameters.checker_way) for _ in range(parameters.checkers)]
    coming = sorted(
        (moment + ways[checker], checker, path)
        for path in PATHS
        for moment, checker in asked(parameters, story, draw)
    )
    found: Heard = {path: [] for path in PATHS}
    for moment, checker, path in coming:
        replied = relays.ask(moment, path)
        seconds = replied.at + ways[checker] / 2 - moment
        in_time = replied.status > 0 and seconds <= parameters.checker_answer
        at = moment + min(seconds, parameters.checker_answer)
        found[path].append(Said(at, checker, in_time and replied.status == _OK))
    return {path: sorted(said) for path, said in found.items()}


def public(parameters: Parameters, story: Story, seed: int) -> list[Said]:
    """Return what the checkers see of the primary itself."""
    draw = random.Random(seed)  # noqa: S311 - a simulation is to be repeatable
    found = []
    for moment, checker in asked(parameters, story, draw):
        way = draw.uniform(*parameters.checker_way)
        how = story.how("a", moment + way)
        seconds = parameters.checker_connect if how == SILENT else 2 * way
        found.append(Said(moment + seconds, checker, how is None))
    return sorted(found)


def flips(
    said: Sequence[Said], parameters: Parameters, threshold: int, *, inverted: bool
) -> list[Flip]:
    """Return when the health check changes its mind about the primary.

    A checker does after ``threshold`` equal answers in a row; all together say what more than 18 %
    of them say is healthy.
    """
    views = [not inverted] * parameters.checkers
    streaks = [0] * parameters.checkers
    healthy, found = True, []
    for each in said:
        same = views[each.checker] == each.success
        streaks[each.checker] = 0 if same else streaks[each.checker] + 1
        if streaks[each.checker] >= threshold:
            views[each.checker], streaks[each.checker] = each.success, 0
        now = (sum(views) > parameters.healthy_part * parameters.checkers) != inverted
        if now != healthy:
            healthy = now
            found.append(Flip(each.at, healthy))
    return found


def alarmed(parameters: Parameters, story: Story, seed: int) -> list[Flip]:
    """Return the same where a canary writes a metric each minute, which an alarm watches."""
    draw = random.Random(seed)  # noqa: S311 - a simulation is to be repeatable
    # Periods are those of the clock, and the run begins at any second of one.
    offset, phase, healthy = draw.uniform(0, 60), draw.uniform(0, 60), True
    found = []
    for minute in range(-1, int(story.end / 60) + 1):
        moment = minute * 60 + offset + draw.uniform(*parameters.canary_late)
        closed = ((moment + phase) // 60 + 1) * 60 - phase
        seen = _canary(parameters, story, moment)
        if seen is None or seen == healthy:
            continue
        known = moment + draw.uniform(*parameters.metric)
        healthy = seen
        found.append(Flip(max(closed, known) + draw.uniform(*parameters.evaluation), healthy))
    return found


def _canary(parameters: Parameters, story: Story, moment: float) -> bool | None:
    """Return what the canary writes: whether the primary is up; None where it does not know."""
    if story.is_away(LAMBDA, moment) or moment < 0:
        return None
    tries = (moment, moment + parameters.relay_try)
    if any(story.serves("a", each) and story.reaches(0, "a", each) for each in tries):
        return True
    if all(story.serves("b", each) and story.reaches(0, "b", each) for each in tries):
        return False
    return None


def outcome(
    parameters: Parameters, story: Story, found: Sequence[Flip], seed: int, memory: float
) -> NameOutcome:
    """Return what became of a name, by the mind of its health check.

    Args:
        parameters: the model.
        story: what went wrong.
        found: when the health check changed its mind.
        seed: of what is left to chance.
        memory: within how many seconds a failure is acted on; it may be over by then.
    """
    draw = random.Random(seed)  # noqa: S311 - a simulation is to be repeatable
    moved, false = NEVER, False
    for each in found:
        if each.healthy or each.at > story.end:
            continue
        false = false or _is_false(story, each.at, memory)
        if moved == NEVER and each.at >= story.at:
            moved = each.at + draw.uniform(*parameters.edge) + parameters.ttl - story.at
    return NameOutcome(moved, false)


def _is_false(story: Story, moment: float, memory: float) -> bool:
    """Tell whether the primary served all the time before a moment."""
    return not any(
        each.spell.begin <= moment and each.spell.end > moment - memory
        for each in story.down.get("a", ())
    )


Mind = Callable[[Parameters, Story, int], list[Flip]]


def by_relay(threshold: int) -> Mind:
    """Return the mind of the calculated check over the relays of two zones."""

    def mind(parameters: Parameters, story: Story, seed: int) -> list[Flip]:
        draw = random.Random(seed)  # noqa: S311 - a simulation is to be repeatable
        checks = []
        for zone in range(len(NODES)):
            heard = relayed(parameters, story, draw, zone)
            checks += [
                flips(heard[path], parameters, threshold, inverted=path == DOWN) for path in PATHS
            ]
        return calculated(checks, len(NODES))

    return mind


def calculated(checks: Sequence[Sequence[Flip]], enough: int) -> list[Flip]:
    """Return when a check of checks changes its mind: healthy while so many of them are."""
    states = [True] * len(checks)
    healthy, found = True, []
    for at, number, state in sorted(
        (each.at, number, each.healthy) for number, some in enumerate(checks) for each in some
    ):
        states[number] = state
        now = sum(states) >= enough
        if now != healthy:
            healthy = now
            found.append(Flip(at, healthy))
    return found


def by_public(threshold: int) -> Mind:
    """Return the mind of a health check of a public primary."""
    return lambda parameters, story, seed: flips(
        public(parameters, story, seed), parameters, threshold, inverted=False
    )
