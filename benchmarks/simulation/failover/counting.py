"""What is counted of the runs of a kind of failure, with what it may come to at most."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.simulation.failover.names import NameOutcome
from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.truth import Outcome
from benchmarks.simulation.results import Result, percentile
from ddns.core.failover.journal import LEASE

HALF, MOST, WORST = 12.0, 16.0, 25.0
"""To move an address across zones: half of them, at worst, and with the monitor dying too."""

RELAY, RELAY_QUICK = 40.0, 30.0
"""The same of a name by relay, with thresholds 2 and 1, at worst."""

HEAD = LEASE + 5.0
"""How long tables may be half moved where EC2 refuses one of them, and the controller dies before
it asks again: its head runs out first, and then comes the other one's next round."""

_POINTS = 200
_HALF_MOVED = "half moved, while EC2 answers"


def moves(
    parameters: Parameters,
    result: Result,
    found: Sequence[Outcome],
    *,
    half: float | None = HALF,
    most: float = MOST,
    split: float | None = None,
) -> None:
    """Count failures after which the address is to move.

    Args:
        parameters: the model.
        result: to which figures are added.
        found: what became of the runs.
        half: in how many seconds half of them are to have moved; None without a limit.
        most: the same of the worst.
        split: for how many seconds tables may be half moved. Default: two intervals.
    """
    one_place(most, parameters, result, found, half)
    _half_moved(parameters, result, found, split)


def one_place(
    most: float,
    _: Parameters,
    result: Result,
    found: Sequence[Outcome],
    half: float | None = None,
) -> None:
    """Count the same of an address that has one place: nothing can be half moved for long."""
    _times(result, [each.moved for each in found], half, most)
    _unserved(result, found)
    _never(result, found)


def stays(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count failures after which nothing is to move."""
    result.add("moves", sum(each.moves for each in found), 0)
    result.add("unserved, worst", max(each.unserved for each in found), 0, "s")
    _always(parameters, result, found)


def again(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count failures while AWS is away: it moves when that answers again."""
    times = [each.again for each in found if each.again is not None]
    result.add("met before the move", len(times))
    _times(result, times, None, WORST, "to move, from AWS's answers on")
    _unserved(result, found)
    _always(parameters, result, found)


def both(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count failures of both: what comes back within the dwell waits for it."""
    result.add("runs with a move", sum(each.moves > 0 for each in found))
    _unserved(result, found, parameters.min_dwell + MOST)
    _always(parameters, result, found)


def put_right(parameters: Parameters, result: Result, found: Sequence[Outcome]) -> None:
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
    _never(result, found)
    _half_moved(parameters, result, found)


def _never(result: Result, found: Sequence[Outcome]) -> None:
    result.add("false moves", sum(each.false_moves for each in found), 0)
    result.add("two moves within the dwell", sum(each.crowded for each in found), 0)


def _half_moved(
    parameters: Parameters, result: Result, found: Sequence[Outcome], most: float | None = None
) -> None:
    longest = max(each.split for each in found)
    result.add(_HALF_MOVED, longest, most or 2 * parameters.interval, "s")


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


def name_moves(
    most: float | None, _: Parameters, result: Result, found: Sequence[NameOutcome]
) -> None:
    """Count failures after which the name is to move, at worst in so many seconds."""
    _times(result, [each.moved for each in found], None, most)
    name_stays(_, result, found)


def name_stays(_: Parameters, result: Result, found: Sequence[NameOutcome]) -> None:
    """Count moves away from a primary that served."""
    result.add("false moves", sum(each.false for each in found), 0)


def other_moves(_: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count what another way makes of failures after which the address is to move."""
    times = [each.moved for each in found]
    result.lines["moved"] = distribution(times)
    result.add("to move: half of them", percentile(times, 0.5), None, "s")
    result.add("served in the end, of 100", _percent([each < float("inf") for each in times]))
    other_stays(_, result, found)


def other_stays(_: Parameters, result: Result, found: Sequence[Outcome]) -> None:
    """Count what another way does wrong."""
    result.add("with a false move, of 100", _percent([each.false_moves > 0 for each in found]))
    result.add(_HALF_MOVED, max(each.split for each in found), None, "s")


def _percent(found: Sequence[bool]) -> float:
    return 100 * sum(found) / len(found)
