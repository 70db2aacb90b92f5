"""The table of figures, with their limits beside."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.simulation.results import Result, shown

_WIDTHS = "{:<43}{:>9}  {:<36}{:>11}{:>12}"


def table(results: Iterable[Result], of: str = "instances") -> str:
    """Return the table.

    Args:
        results: what was found.
        of: what the size of a scenario counts.
    """
    lines = [_WIDTHS.format("scenario", of, "what", "found", "limit")]
    for result in sorted(results, key=lambda each: each.size):
        for index, figure in enumerate(result.figures):
            limit = "" if figure.limit is None else f"<= {shown(figure.limit, figure.unit)}"
            row = _WIDTHS.format(
                result.scenario if index == 0 else "",
                f"{result.size:,}" if index == 0 else "",
                figure.what,
                shown(figure.found, figure.unit),
                limit,
            )
            lines.append(row + ("" if figure.kept else "  NOT KEPT"))
    return "\n".join(lines)
