"""The tables of docs/simulation/failover.md, written between its marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.simulation.failover import peers
from benchmarks.simulation.results import Figure, Result, shown

_MOVING = (
    "node",
    "zone",
    "node and monitor",
    "node and every controller",
    "node and control plane",
    "address of a subnet: node",
    "interface: node",
)
_STAYING = ("the other zone", "link of the monitor", "monitor", "control plane", "both nodes")
_CHANGED = "a route changed by others"
_OTHERS = ("zone", "link of the monitor", "monitor", "control plane", "both nodes")
_FALSE = "false moves"
_END = "<!-- end -->"

Known = Mapping[str, Result]


def write(results: Sequence[Result], path: Path) -> None:
    """Write the tables for which there are results into a page that has their marks."""
    known = {result.scenario: result for result in results}
    text = path.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        try:
            lines = table(known)
        except KeyError:
            continue  # that one was not simulated
        text = _replaced(text, f"<!-- {name} -->\n", lines)
    path.write_text(text, encoding="utf-8")


def _replaced(text: str, mark: str, lines: Sequence[str]) -> str:
    """Return a text with other lines from a mark to its end."""
    before, found, after = text.partition(mark)
    if not found:
        return text
    return "\n".join([before + mark, *lines, "", _END + after.partition(_END)[2]])


def _addresses(known: Known) -> list[str]:
    """Return how long addresses take to move."""
    first = known[_MOVING[0]]
    lines = _head(
        f"{first.size:,} of each", "half of them", "9 of 10", "worst", "half moved, longest", _FALSE
    )
    for name in _MOVING:
        found = known[name]
        half, most, worst = _times(found)
        split = [_shown(each) for each in found.figures if each.what.startswith("half moved")]
        lines.append(_row(name, half, most, worst, *(split or [""]), _figure(found, _FALSE)))
    return lines


def _stays(known: Known) -> list[str]:
    """Return what moves where nothing is to."""
    lines = _head(f"{known[_STAYING[0]].size:,} of each", "moves", "unserved, worst", _FALSE)
    for name in _STAYING:
        found = known[name]
        moves = found.figures[0].found
        lines.append(
            _row(name, f"{moves:,.0f}", _figure(found, "unserved, worst"), _figure(found, _FALSE))
        )
    found = known[_CHANGED]
    put_right = f"put right within {_shown(found.figures[2])}"
    return [*lines, _row(_CHANGED, _figure(found, "moves"), put_right, "")]


def _names(known: Known) -> list[str]:
    """Return how long names take to move."""
    found = [each for name, each in known.items() if name.startswith("name by ")]
    if not found:
        raise KeyError("name by")
    lines = _head(f"{found[0].size:,} of each", "half of them", "9 of 10", "worst", _FALSE)
    for each in found:
        times = _times(each) if len(each.figures) > 1 else ("", "", "")
        name = each.scenario.removeprefix("name by ")
        lines.append(_row(name, *times, _figure(each, _FALSE)))
    return lines


def _others(known: Known) -> list[str]:
    """Return what other ways make of the same failures."""
    lines = _head(
        f"{known['node'].size:,} of each",
        "a node dies: half of them",
        "all served in the end, of 100",
        *(f"false moves of 100: {name}" if name == "zone" else name for name in _OTHERS),
    )
    ours = [_figure(known[name], _FALSE) for name in _OTHERS]
    lines.append(_row("`OverlayIpFailover`", _times(known["node"])[0], "100", *ours))
    for way in peers.WAYS:
        node = known[f"{way}: node"]
        false = [_figure(known[f"{way}: {name}"], "with a false move, of 100") for name in _OTHERS]
        served = _figure(node, "served in the end, of 100")
        lines.append(_row(way, _shown(node.figures[0]), served, *false))
    return lines


TABLES: Mapping[str, Callable[[Known], list[str]]] = {
    "addresses": _addresses,
    "where nothing is to move": _stays,
    "names": _names,
    "other ways": _others,
}
"""The tables, by their marks."""


def _times(result: Result) -> tuple[str, str, str]:
    """Return half, 9 of 10, and the worst with its limit."""
    number = next(n for n, each in enumerate(result.figures) if each.what.endswith("half of them"))
    half, most, worst = result.figures[number : number + 3]
    return _limited(half), _shown(most), _limited(worst)


def _limited(figure: Figure) -> str:
    if figure.limit is None:
        return _shown(figure)
    return f"{_shown(figure)} (limit {shown(figure.limit, figure.unit)})"


def _figure(result: Result, what: str) -> str:
    return _shown(next(each for each in result.figures if each.what == what))


def _shown(figure: Figure) -> str:
    return shown(figure.found, figure.unit)


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|---" * len(cells) + "|"]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
