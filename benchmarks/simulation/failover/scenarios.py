"""Which failures are simulated, what each counts, and what it may come to at most."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from benchmarks.simulation.failover import names, peers, stories
from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.stories import Teller
from benchmarks.simulation.failover.story import SILENT, Story
from benchmarks.simulation.failover.truth import Outcome
from benchmarks.simulation.failover.world import Ours
from benchmarks.simulation.results import Result, percentile
from ddns.core.failover.places import INTERFACE, ROUTES, SECONDARY

HALF, MOST, WORST = 12.0, 16.0, 25.0
"""Issue 12: to move an address across zones, half of them and at worst; the monitor dying too."""
_IN_SUBNET, _OF_INTERFACE = 20.0, 180.0
RELAY, RELAY_QUICK = 40.0, 30.0
"""The same of a name by relay, with thresholds 2 and 1."""
_INTERFACE_END = 150.0
_NAMES_END = 60.0  # longer than a name takes
_ALARM_END = 220.0
_PEERS_END = 130.0  # the toggling peer looks each minute
_POINTS = 200
_DEFAULT = 2  # of Detection.relay

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


def _ours(parameters: Parameters, told: Story, seed: int, kind: str = ROUTES) -> Outcome:
    return Ours(parameters, told, seed, kind).run()


def _interface(parameters: Parameters, told: Story, seed: int) -> Outcome:
    """Run one in which a node that is silent hangs, and does not let go of the interface."""
    run = Ours(parameters, replace(told, end=told.at + _INTERFACE_END), seed, INTERFACE)
    if told.how("a", told.at) == SILENT and "a" not in told.stopped:
        run.network.stuck.add("eni-moving")
    return run.run()


def _moves(
    parameters: Parameters,
    result: Result,
    found: Sequence[Outcome],
    half: float | None = HALF,
    most: float | None = MOST,
) -> None:
    """Count failures after which the address is to move."""
    _times(result, [each.moved for each in found], half, most)
    _unserved(result, found)
    _always(parameters, result, found)


def _one_place(
    most: float, parameters: Parameters, result: Result, found: Sequence[Outcome]
) -> None:
    """Count failures of an address that has one place: nothing can be half moved for long."""
    _moves(parameters, result, found, None, most)
    result.figures.pop()


def _stays(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count failures after which nothing is to move."""
    result.add("moves", sum(each.moves for each in found), 0)
    result.add("unserved, worst", max(each.unserved for each in found), 0, "s")
    _always(parameters, result, found)


def _again(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count failures while AWS is away: it moves when that answers again."""
    times = [each.again for each in found if each.again is not None]
    result.add("met before the move", len(times))
    _times(result, times, None, WORST, "to move, from AWS's answers on")
    _unserved(result, found)
    _always(parameters, result, found)


def _both(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count failures of both: what comes back within the dwell waits for it."""
    result.add("runs with a move", sum(each.moves > 0 for each in found))
    _unserved(result, found, parameters.min_dwell + MOST)
    _always(parameters, result, found)


def _put_right(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count routes that somebody else changes: each is put right at the next look."""
    most = parameters.verify_interval + parameters.interval + 2
    _times(result, [each.split for each in found], None, most, "until it is put right")
    result.add("moves", sum(each.moves for each in found), 0)


def _times(
    result: Result,
    times: list[float],
    half: float | None,
    most: float | None,
    what: str = "to move",
) -> None:
    result.add(f"{what}: half of them", percentile(times, 0.5), half, "s")
    result.add("9 of 10", percentile(times, 0.9), None, "s")
    result.add("worst", max(times, default=0.0), most, "s")
    result.lines["moved"] = distribution(times)


def _unserved(result: Result, found: Sequence[Outcome], most: float | None = None) -> None:
    times = [each.unserved for each in found]
    result.add("unserved: half of them", percentile(times, 0.5), None, "s")
    result.add("unserved, worst", max(times), most, "s")


def _always(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    result.add("false moves", sum(each.false_moves for each in found), 0)
    result.add("two moves within the dwell", sum(each.crowded for each in found), 0)
    longest = max(each.split for each in found)
    result.add("half moved, while EC2 answers", longest, 2 * parameters.interval, "s")


def distribution(times: Sequence[float]) -> list[tuple[float, float]]:
    """Return points of a distribution: a time, and the part of all that took no longer."""
    ordered, count = sorted(times), len(times)
    step = max(1, count // _POINTS)
    chosen = sorted({*range(0, count, step), count - 1} if count else ())
    return [
        (round(ordered[index], 2), round((index + 1) / count, 4))
        for index in chosen
        if ordered[index] != float("inf")
    ]


ADDRESSES = (
    Case("node", stories.node, _ours, _moves),
    Case("zone", stories.zone, _ours, _moves),
    Case("the other zone", stories.other_zone, _ours, _stays),
    Case("link of the monitor", stories.link, _ours, _stays),
    Case("monitor", stories.monitor, _ours, _stays),
    Case(
        "node and monitor", stories.node_and_monitor, _ours, partial(_moves, half=None, most=WORST)
    ),
    Case(
        "node and every controller",
        stories.node_and_no_controller,
        _ours,
        partial(_moves, half=None, most=80.0),  # the schedule's minute, and all that comes after
    ),
    Case("control plane", stories.control_plane, _ours, _stays),
    Case("node and control plane", stories.node_and_control_plane, _ours, _again),
    Case("both nodes", stories.both, _ours, _both),
    Case("a route changed by others", stories.changed, _ours, _put_right),
    Case(
        "address of a subnet: node",
        stories.node,
        partial(_ours, kind=SECONDARY),
        partial(_one_place, _IN_SUBNET),
    ),
    Case("interface: node", stories.node, _interface, partial(_one_place, _OF_INTERFACE)),
)

# ---------------------------------------------------------------- names


def _name(mind: names.Mind, end: float, memory: float) -> Callable[..., names.NameOutcome]:
    def run(parameters: Parameters, told: Story, seed: int) -> names.NameOutcome:
        told = replace(told, end=max(told.end, told.at + end))
        return names.outcome(parameters, told, mind(parameters, told, seed), seed, memory)

    return run


def _name_moves(
    most: float | None, _: Parameters, result: Result, found: Sequence[names.NameOutcome]
) -> None:
    _times(result, [each.moved for each in found], None, most)
    result.add("false moves", sum(each.false for each in found), 0)


def _name_stays(
    most: float | None, _: Parameters, result: Result, found: Sequence[names.NameOutcome]
) -> None:
    result.add("false moves", sum(each.false for each in found), most)


def _relay_cases() -> tuple[Case, ...]:
    cases = []
    for threshold, most in ((2, RELAY), (1, RELAY_QUICK)):
        run = _name(names.by_relay(threshold), _NAMES_END, 40.0)
        way = f"name by relay, threshold {threshold}"
        moves, stays = partial(_name_moves, most), partial(_name_stays, 0)
        cases += [
            Case(f"{way}: node", stories.node, run, moves),
            Case(f"{way}: zone", stories.silent_zone, run, moves),
            Case(f"{way}: zone cut off", stories.grey_zone, run, moves),
            Case(f"{way}: link", stories.link_of_relay, run, stays),
            Case(f"{way}: link, one-sided", stories.one_sided_link, run, stays),
            Case(f"{way}: relay of a zone", stories.relay_of_zone, run, stays),
            Case(f"{way}: relay", stories.relay, run, stays),
            Case(f"{way}: node and relay of a zone", stories.node_and_relay_of_zone, run, moves),
            Case(f"{way}: both nodes", stories.both, run, stays),
        ]
        if threshold == _DEFAULT:
            cases += [
                Case(
                    f"{way}: node and relay",
                    stories.node_and_relay,
                    run,
                    partial(_name_moves, None),
                ),
            ]
    return tuple(cases)


NAMES = (
    *_relay_cases(),
    Case(
        "name by public checks, threshold 2: node",
        stories.node,
        _name(names.by_public(2), _NAMES_END, 60.0),
        partial(_name_moves, None),
    ),
    Case(
        "name by alarm: node",
        stories.node,
        _name(names.alarmed, _ALARM_END, 180.0),
        partial(_name_moves, None),
    ),
)

# ---------------------------------------------------------------- others, on the same failures

_MOVING = ("node", "zone")
_STAYING = ("link of the monitor", "monitor", "control plane", "both nodes")


def _peer(way: peers.Way, parameters: Parameters, told: Story, seed: int) -> Outcome:
    return way(parameters, replace(told, end=max(told.end, told.at + _PEERS_END)), seed)


def _peer_moves(_: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    times = [each.moved for each in found]
    result.lines["moved"] = distribution(times)
    result.add("to move: half of them", percentile(times, 0.5), None, "s")
    result.add("served in the end, of 100", _percent(found, lambda each: each.moved < float("inf")))
    _peer_stays(_, result, found)


def _peer_stays(_: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    result.add("with a false move, of 100", _percent(found, lambda each: each.false_moves > 0))
    result.add("half moved, while EC2 answers", max(each.split for each in found), None, "s")


def _percent(found: Sequence[Outcome], is_so: Callable[[Outcome], bool]) -> float:
    return 100 * sum(map(is_so, found)) / len(found)


PEERS = tuple(
    Case(
        f"{name}: {case.name}",
        case.tell,
        partial(_peer, way),
        _peer_moves if case.name in _MOVING else _peer_stays,
    )
    for name, way in peers.WAYS.items()
    for case in ADDRESSES
    if case.name in (*_MOVING, *_STAYING)
)

CASES = (*ADDRESSES, *NAMES, *PEERS)
