"""Which failures are simulated, what each counts, and what it may come to at most."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from benchmarks.simulation.failover import counting, names, peers, stories
from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.stories import Teller
from benchmarks.simulation.failover.story import SILENT, Story
from benchmarks.simulation.failover.truth import Outcome
from benchmarks.simulation.failover.world import Ours
from benchmarks.simulation.results import Result
from ddns.core.failover.places import INTERFACE, ROUTES, SECONDARY

_IN_SUBNET, _OF_INTERFACE = 20.0, 180.0  # docs/failover.md
_INTERFACE_END = 200.0  # longer than its limit
_NAMES_END = 30.0  # longer than Route 53 takes to change its mind
_ALARM_END = 220.0
_PEERS_END = 130.0  # the toggling peer looks each minute

Found = Sequence[Any]
"""What became of the runs: `Outcome`, or `names.NameOutcome`."""


class Case(NamedTuple):
    """One kind of failure.

    Attributes:
        name: of the failure, and of what meets it.
        tell: draws what goes wrong.
        run: returns what becomes of it.
        counts: adds figures to a result.
    """

    name: str
    tell: Teller
    run: Callable[[Parameters, Story, int], Any]
    counts: Callable[[Parameters, Result, Found], None]


def runs(case: Case, parameters: Parameters, seed: int, numbers: range) -> list[Any]:
    """Run some failures of a kind; each number is a failure of its own, always the same."""
    found = []
    for number in numbers:
        draw = random.Random(f"{seed}/{case.name}/{number}")  # noqa: S311 - repeatable
        found.append(case.run(parameters, case.tell(draw), draw.getrandbits(32)))
    return found


def counted(case: Case, parameters: Parameters, found: Found) -> Result:
    """Return the figures of a kind of failure."""
    result = Result(case.name, len(found))
    case.counts(parameters, result, found)
    return result


# ---------------------------------------------------------------- addresses


def _ours(parameters: Parameters, given: Story, seed: int, kind: str = ROUTES) -> Outcome:
    return Ours(parameters, given, seed, kind).run()


def _interface(parameters: Parameters, given: Story, seed: int) -> Outcome:
    """Run one in which a node that is silent hangs, and does not let go of the interface."""
    run = Ours(parameters, replace(given, end=given.at + _INTERFACE_END), seed, INTERFACE)
    if given.how("a", given.at) == SILENT and "a" not in given.stopped:
        run.network.stuck.add("eni-moving")
    return run.run()


ADDRESSES = (
    Case("node", stories.node, _ours, counting.moves),
    Case("zone", stories.zone, _ours, counting.moves),
    Case("the other zone", stories.other_zone, _ours, counting.stays),
    Case("link of the monitor", stories.link, _ours, counting.stays),
    Case("monitor", stories.monitor, _ours, counting.stays),
    Case(
        "node and monitor",
        stories.node_and_monitor,
        _ours,
        partial(counting.moves, half=None, most=counting.WORST, split=counting.HEAD),
    ),
    Case(
        "node and every controller",
        stories.node_and_no_controller,
        _ours,
        partial(
            counting.moves, half=None, most=80.0
        ),  # the schedule's minute, and all that comes after
    ),
    Case("control plane", stories.control_plane, _ours, counting.stays),
    Case("node and control plane", stories.node_and_control_plane, _ours, counting.again),
    Case("both nodes", stories.both, _ours, counting.both),
    Case("a route changed by others", stories.changed, _ours, counting.put_right),
    Case(
        "address of a subnet: node",
        stories.node,
        partial(_ours, kind=SECONDARY),
        partial(counting.one_place, _IN_SUBNET),
    ),
    Case("interface: node", stories.node, _interface, partial(counting.one_place, _OF_INTERFACE)),
)

# ---------------------------------------------------------------- names


def _name(mind: names.Mind, end: float, memory: float) -> Callable[..., names.NameOutcome]:
    """Return what runs a name: for so many seconds after the failure where it is to move."""

    def run(parameters: Parameters, given: Story, seed: int) -> names.NameOutcome:
        moves = given.how("a", given.at) is not None and given.serves("b", given.at)
        given = replace(given, end=given.at + end) if moves else given
        return names.outcome(parameters, given, mind(parameters, given, seed), seed, memory)

    return run


def _relay_cases() -> tuple[Case, ...]:
    cases = []
    for threshold, most in ((2, counting.RELAY), (1, counting.RELAY_QUICK)):
        run = _name(names.by_relay(threshold), _NAMES_END, 40.0)
        way = f"name by relay, threshold {threshold}"
        moves, stays = partial(counting.name_moves, most), counting.name_stays
        cases += [
            Case(f"{way}: node", stories.node, run, moves),
            Case(f"{way}: zone", stories.name_zone, run, moves),
            Case(f"{way}: link", stories.link, run, stays),
            Case(f"{way}: link, one-sided", stories.one_sided_link, run, stays),
            Case(f"{way}: relays", stories.relays, run, stays),
            Case(f"{way}: node and a relay", stories.node_and_relay, run, moves),
            Case(f"{way}: both nodes", stories.both, run, stays),
        ]
    return tuple(cases)


NAMES = (
    *_relay_cases(),
    Case(
        "name by public checks, threshold 2: node",
        stories.node,
        _name(names.by_public(2), _NAMES_END, 60.0),
        partial(counting.name_moves, None),
    ),
    Case(
        "name by alarm: node",
        stories.node,
        _name(names.alarmed, _ALARM_END, 180.0),
        partial(counting.name_moves, None),
    ),
)

# ---------------------------------------------------------------- others, on the same failures

_MOVING = ("node", "zone")
_STAYING = ("link of the monitor", "monitor", "control plane", "both nodes")


def _peer(way: peers.Way, parameters: Parameters, given: Story, seed: int) -> Outcome:
    return way(parameters, replace(given, end=max(given.end, given.at + _PEERS_END)), seed)


PEERS = tuple(
    Case(
        f"{name}: {case.name}",
        case.tell,
        partial(_peer, way),
        counting.other_moves if case.name in _MOVING else counting.other_stays,
    )
    for name, way in peers.WAYS.items()
    for case in ADDRESSES
    if case.name in (*_MOVING, *_STAYING)
)

CASES = (*ADDRESSES, *NAMES, *PEERS)
