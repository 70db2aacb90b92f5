"""When to move, as the construct was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

NO_FENCE, STOP = "none", "stop"
"""What is done to a node that failed, before the address moves: nothing, or it is stopped."""


class Policy(NamedTuple):
    """When to move.

    Attributes:
        interval: seconds from round to round.
        failures: in how many rounds in a row the active node has to be down.
        recoveries: in how many rounds in a row the preferred node has to be up for a failback.
        failback: for how many seconds it has to be healthy for a failback; None for no failback.
        min_dwell: fewest seconds from one automatic move to the next.
        max_moves_per_hour: most automatic moves in an hour; one more is a hold instead.
        fence: ``NO_FENCE`` or ``STOP``.
        verify_interval: seconds from one look at where the address points to the next.
    """

    interval: float = 3.0
    failures: int = 3
    recoveries: int = 10
    failback: float | None = None
    min_dwell: float = 60.0
    max_moves_per_hour: int = 3
    fence: str = NO_FENCE
    verify_interval: float = 15.0

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Read it from JSON; what is left out has its default.

        Raises:
            ValueError: a key is unknown, or its value is not what it may be; all are named.
        """
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("it must be an object")  # noqa: TRY004 - as for every other value
        wrong = [f"{key!r} is not known" for key in sorted(found.keys() - set(cls._fields))]
        wrong += [
            f"{key!r} must be {rule}, got {found[key]!r}"
            for key, (rule, fits) in _RULES.items()
            if key in found and not fits(found[key])
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return cls(**found)


def _number(value: Any) -> bool:  # noqa: ANN401 - of JSON
    return isinstance(value, int | float) and not isinstance(value, bool)


def _seconds(value: Any) -> bool:  # noqa: ANN401 - the same
    return _number(value) and value > 0


def _count(value: Any) -> bool:  # noqa: ANN401 - the same
    return isinstance(value, int) and _seconds(value)


_RULES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "interval": ("more than 0 seconds", _seconds),
    "failures": ("a whole number from 1", _count),
    "recoveries": ("a whole number from 1", _count),
    "failback": (
        "null or seconds from 0",
        lambda value: value is None or (_number(value) and value >= 0),
    ),
    "min_dwell": ("seconds from 0", lambda value: _number(value) and value >= 0),
    "max_moves_per_hour": ("a whole number from 1", _count),
    "fence": (f"{NO_FENCE!r} or {STOP!r}", lambda value: value in (NO_FENCE, STOP)),
    "verify_interval": ("more than 0 seconds", _seconds),
}
