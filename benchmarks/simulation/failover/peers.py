"""Other ways to move an address, reckoned on the same failures: what each does, and no more.

* By hand after a page: the seed's commands, typed by somebody.
* Mutual watching: the seed's nodes watch each other; who sees the other one down replaces the route
  in its one table, once, and does not look whether it has worked.
* Toggling: the closest peer that the CDK has. A rule each minute starts a state machine; a prober
  in the VPC asks the active node; an error of its own counts as the node's failure. Then each table
  is pointed at the other node than it points at, one after the other, up to the first error.

None of them has a lease, an intent, or a check of the node that is to have the address.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.story import EC2, LAMBDA, NODES, Story
from benchmarks.simulation.failover.truth import Look, Outcome, outcome

Way = Callable[[Parameters, Story, int], Outcome]
_OTHER = {"a": "b", "b": "a"}
_COMMAND = 1.0  # a command of the AWS CLI


class _Address:
    """Route tables, and what was true of them."""

    def __init__(self, parameters: Parameters, story: Story, seed: int) -> None:
        self.parameters = parameters
        self.story = story
        self.draw = random.Random(seed)  # noqa: S311 - a simulation is to be repeatable
        self.at = ["a"] * parameters.tables
        self.moves: list[tuple[float, str, str]] = []
        self._changes: list[tuple[float, list[str]]] = [(0.0, list(self.at))]

    def point(self, table: int, node: str, moment: float) -> bool:
        """Replace a route; tell whether EC2 did."""
        spell, part = self.story.throttled
        refused = spell.covers(moment) and self.draw.random() < part
        if refused or self.story.is_away(EC2, moment):
            return False
        self.at[table] = node
        self._changes.append((moment, list(self.at)))
        return True

    def outcome(self) -> Outcome:
        """Return what became of it."""
        return outcome(self.story, self._looks(), self.moves)

    def _looks(self) -> list[Look]:
        moments = sorted({moment for moment, _ in self._changes} | set(self.story.ends()))
        looks, changes = [], list(self._changes)
        at = changes[0][1]
        for moment in moments:
            while changes and changes[0][0] <= moment:
                at = changes.pop(0)[1]
            served = all(self.story.serves(node, moment) for node in at)
            looks.append(Look(moment, tuple(at), served, len(set(at)) > 1))
        return looks


def by_hand(parameters: Parameters, story: Story, seed: int) -> Outcome:
    """Somebody is paged while no node serves where the address points, and moves all tables."""
    address = _Address(parameters, story, seed)
    if not story.serves("a", story.at + 1):
        moment = story.at + address.draw.uniform(*parameters.page)
        moment += address.draw.uniform(*parameters.hands)
        story.end = max(story.end, moment + 2 * _COMMAND * parameters.tables)
        if story.serves("b", moment) and not story.serves("a", moment):
            address.moves.append((moment, "a", "b"))
            for table in range(parameters.tables):
                address.point(table, "b", moment + table * _COMMAND)
    return address.outcome()


def watching(parameters: Parameters, story: Story, seed: int) -> Outcome:
    """Each node watches the other one; the watcher's link is that of the prober of its zone."""
    address = _Address(parameters, story, seed)
    missed = dict.fromkeys(NODES, 0)
    begin = address.draw.uniform(0, parameters.watch_interval)
    rounds = int((story.end - begin) / parameters.watch_interval)
    for moment in (begin + number * parameters.watch_interval for number in range(rounds)):
        for prober, watcher in enumerate(NODES):
            other = _OTHER[watcher]
            seen = story.serves(other, moment) and story.reaches(prober, other, moment)
            missed[watcher] = (
                0 if seen or not story.serves(watcher, moment) else missed[watcher] + 1
            )
            if missed[watcher] == parameters.watch_failures and address.at[0] == other:
                then = moment + parameters.check_timeout
                if address.point(0, watcher, then):
                    address.moves.append((then, other, watcher))
    return address.outcome()


def watching_one_table(parameters: Parameters, story: Story, seed: int) -> Outcome:
    """Let nodes watch each other where there is but one table, as in the seed's article."""
    return watching(replace(parameters, tables=1), story, seed)


def toggling(parameters: Parameters, story: Story, seed: int) -> Outcome:
    """A rule each minute; the prober is in the first zone."""
    address = _Address(parameters, story, seed)
    minute = address.draw.uniform(0, parameters.toggle_schedule) - parameters.toggle_schedule
    while minute < story.end:
        moment = minute + address.draw.uniform(*parameters.toggle_steps)
        minute += parameters.toggle_schedule
        if 0 < moment < story.end - parameters.tables and not _is_seen(address, moment):
            _toggle(address, moment + parameters.check_timeout)
    return address.outcome()


def _is_seen(address: _Address, moment: float) -> bool:
    """Tell whether the prober says that the active node serves."""
    story, node = address.story, address.at[0]
    spell = story.silent.get(0)
    alive = not (spell and spell.covers(moment)) and not story.is_away(LAMBDA, moment)
    return alive and story.serves(node, moment) and story.reaches(0, node, moment)


def _toggle(address: _Address, moment: float) -> None:
    source = address.at[0]
    for table in range(address.parameters.tables):
        moment += address.draw.uniform(*address.parameters.ec2_write)
        if not address.point(table, _OTHER[address.at[table]], moment):
            break
    if address.at[0] != source:
        address.moves.append((moment, source, address.at[0]))


WAYS: Mapping[str, Way] = {
    "by hand after a page": by_hand,
    "nodes watch each other": watching,
    "the same, one table": watching_one_table,
    "toggling each minute": toggling,
}
