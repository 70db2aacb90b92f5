"""What a scenario found, and whether it is within its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple


class Figure(NamedTuple):
    """One number.

    Attributes:
        what: what it counts.
        found: the number; infinite where something did not end.
        limit: what it may be at most; None where it is only to be known.
        unit: of both.
    """

    what: str
    found: float
    limit: float | None = None
    unit: str = ""

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or self.found <= self.limit


@dataclass
class Result:
    """What one scenario found at one size; ``lines`` are for plots, by name."""

    scenario: str
    size: int
    figures: list[Figure] = field(default_factory=list)
    lines: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    real_seconds: float = 0.0
    processor_seconds: float = 0.0

    def add(self, what: str, found: float, limit: float | None = None, unit: str = "") -> None:
        """Add a number."""
        self.figures.append(Figure(what, found, limit, unit))

    @property
    def kept(self) -> bool:
        """Whether every limit is kept."""
        return all(figure.kept for figure in self.figures)


def percentile(values: list[float], part: float) -> float:
    """Return the value that this part of all does not exceed; 0 where there are none."""
    if not values:
        return 0.0
    return sorted(values)[math.ceil(part * len(values)) - 1]


def shown(number: float, unit: str = "") -> str:
    """Return a number as the table has it."""
    if math.isinf(number):
        return "never"
    if unit == "s" and number >= 600:
        return f"{number / 60:.1f} min"
    text = f"{number:,.0f}" if number >= 1000 or number == int(number) else f"{number:.3g}"
    return f"{text} {unit}".rstrip()
