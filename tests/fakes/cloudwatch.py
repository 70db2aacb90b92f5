"""How CloudWatch evaluates an alarm, for one of a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# User Guide, "Configuring how CloudWatch alarms treat missing data": CloudWatch retrieves more
# values than it evaluates, how many it does not say, and takes older ones before it fills gaps. An
# alarm may stay on for so many periods longer.
_LOOKS_FURTHER_BACK = 2
_REACHED = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
_SUM = {"Sum": sum, "Maximum": max}


def states(
    alarm: Mapping[str, Any], values: Sequence[tuple[float, float]], until: float, *, late: bool
) -> list[bool]:
    """Return, for each minute, whether an alarm is on.

    Args:
        alarm: its properties.
        values: what its metric gets, each after so many seconds.
        until: for how many seconds it is looked at.
        late: whether CloudWatch looks further back where values are missing.
    """
    return [_is_on(alarm, values, now, late=late) for now in range(60, int(until) + 1, 60)]


def _is_on(
    alarm: Mapping[str, Any], values: Sequence[tuple[float, float]], now: int, *, late: bool
) -> bool:
    period, wanted = alarm["Period"], alarm["EvaluationPeriods"]
    put_together = _SUM[alarm["Statistic"]]
    reached = _REACHED[alarm["ComparisonOperator"]]
    points: list[float | None] = []
    for back in range(wanted + (_LOOKS_FURTHER_BACK if late else 0)):
        end = now - back * period
        some = [value for at, value in values if end - period < at <= end]
        points.append(put_together(some) if some else None)
    real = [each for each in points if each is not None][:wanted]
    filled = [reached(each, alarm["Threshold"]) for each in real]
    filled += [alarm["TreatMissingData"] == "breaching"] * (wanted - len(filled))
    return sum(filled) >= alarm.get("DatapointsToAlarm", wanted)
