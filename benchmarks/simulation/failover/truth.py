"""What is true of a service address in a run, whatever a controller believes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from benchmarks.simulation.failover.story import EC2, NODES, Story
from ddns.core.failover.journal import AUTOMATIC, State

GRACE = 4.0
"""What was seen is acted on within a round: a node that changes meanwhile is nobody's mistake."""


class Look(NamedTuple):
    """What is so from a moment on.

    Attributes:
        moment: since the run began, in seconds.
        nodes: the node that each route table delivers to, in their order; empty for none.
        served: whether every table delivers to a node that serves.
        split: whether tables deliver to different nodes, or some to none, as they were written.
    """

    moment: float
    nodes: tuple[str, ...]
    served: bool
    split: bool


@dataclass
class Outcome:
    """What became of a run.

    Attributes:
        moved: seconds from the failure until every table delivered to a node that serves for good;
            infinite where that never was.
        moves: how many automatic moves there were.
        false_moves: how many of them left a node that served, or went to one that did not.
        split: the longest time for which tables disagreed while EC2 answered, in seconds.
        unserved: how long traffic went nowhere while a node served, in seconds.
        crowded: whether two automatic moves came within the smallest dwell.
        again: as ``moved``, but from when AWS answered again, where it did not before the move.
    """

    moved: float = float("inf")
    moves: int = 0
    false_moves: int = 0
    split: float = 0.0
    unserved: float = 0.0
    crowded: bool = False
    again: float | None = None


def outcome(story: Story, looks: list[Look], targets: list[tuple[float, str, str]]) -> Outcome:
    """Reckon what became of a run.

    Args:
        story: what went wrong.
        looks: what was so, in the order of time.
        targets: each automatic move: when it was decided, from where, and to where.
    """
    found = Outcome(moves=len(targets))
    found.false_moves = sum(is_false(story, *each) for each in targets)
    for look, until in _lasting(story, looks):
        if not look.served and any(story.serves(node, look.moment) for node in NODES):
            found.unserved += until - max(look.moment, story.at)
    found.split = _longest_split(story, looks)
    found.moved = _moved(story, looks)
    spell = story.trouble
    if spell.begin < story.at + found.moved and spell.end > story.at:
        found.again = max(0.0, story.at + found.moved - spell.end)
    return found


def intents(writes: list[tuple[float, State, State]]) -> list[tuple[float, str, str]]:
    """Return the automatic moves of a journal: when, from where, and to where."""
    return [
        (moment, after.source, after.target)
        for moment, before, after in writes
        if after.epoch > before.epoch and after.by in AUTOMATIC
    ]


def is_crowded(writes: list[tuple[float, State, State]], dwell: float) -> bool:
    """Tell whether two automatic moves of a journal were decided within so many seconds."""
    decided = sorted({moment for _, _, after in writes for moment in after.moves})
    return any(later - sooner < dwell * 1000 for sooner, later in pairwise(decided))


def is_false(story: Story, moment: float, source: str, target: str) -> bool:
    """Tell whether a move left a node that served, or went to one that did not."""
    before = [moment, moment - GRACE / 2, moment - GRACE]
    return all(story.serves(source, each) for each in before) or not any(
        story.serves(target, each) for each in before
    )


def _lasting(story: Story, looks: list[Look]) -> Iterator[tuple[Look, float]]:
    """Yield each look with the moment until which it is so, from the failure to the end."""
    ends = [look.moment for look in looks[1:]] + [story.end]
    for look, until in zip(looks, ends, strict=True):
        if until > max(story.at, look.moment):
            yield look, until


def _moved(story: Story, looks: list[Look]) -> float:
    served = looks[-1].moment if looks[-1].served else float("inf")
    for look in reversed(looks):
        if not look.served:
            break
        served = look.moment
    return max(0.0, served - story.at)


def _longest_split(story: Story, looks: list[Look]) -> float:
    """Return the longest time of disagreement, EC2's own absences not counted."""
    longest, begun = 0.0, None
    for look, until in _lasting(story, looks):
        if not look.split:
            begun = None
            continue
        begun = look.moment if begun is None else begun
        longest = max(longest, _answered(story, begun, until))
    return longest


def _answered(story: Story, begin: float, end: float) -> float:
    """Return for how long in a row EC2 answered between two moments, at most."""
    spells = [story.away[EC2]] if EC2 in story.away else []
    spells += [story.throttled[0]] if story.throttled[1] else []
    for spell in spells:
        if spell.begin < end and spell.end > begin:
            return max(spell.begin - begin, end - spell.end, 0.0)
    return end - begin
