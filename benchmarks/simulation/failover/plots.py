"""The figures of failovers as pictures: SVG, the same bytes for the same results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.simulation.failover import peers
from benchmarks.simulation.failover.counting import HALF, MOST, RELAY, RELAY_QUICK, WORST
from benchmarks.simulation.plots import drawn
from benchmarks.simulation.results import Result

_OURS = "OverlayIpFailover"
_FALSE = "with a false move, of 100"
_KINDS = ("zone", "link of the monitor", "monitor", "control plane", "both nodes")
_LIMIT = "0.4"
_ONE_TABLE = "the same, one table"

Known = Mapping[str, Result]


def write(results: Sequence[Result], folder: Path) -> None:
    """Write every plot into a folder; those whose figures were not simulated are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {result.scenario: result for result in results}
    for file, title, needed, draw in (
        ("failover-address.svg", "Until traffic arrives again", _ADDRESS, _address),
        ("failover-others.svg", "A node dies: until all traffic arrives again", _OTHERS, _others),
        ("failover-false.svg", "Moves although the node served", _WRONG, _wrong),
        ("failover-names.svg", "A node dies: until the last resolver follows", _NAMES, _names),
    ):
        if needed <= known.keys():
            drawn(folder / file, title, lambda axes, draw=draw: draw(axes, known))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


_RELAYS = {f"name by relay, threshold {number}: node": number for number in (1, 2)}
_ADDRESS = {"node", "zone", "node and monitor", "node and every controller"}
_OTHERS = {"node", *(f"{way}: node" for way in peers.WAYS)}
_WAYS = [way for way in peers.WAYS if way != _ONE_TABLE]
_WRONG = {f"{way}: {kind}" for way in _WAYS for kind in _KINDS} | set(_KINDS)
_NAMES = {*_RELAYS, "name by public checks, threshold 2: node", "name by alarm: node"}


def _line(axes: Any, result: Result, label: str, **style: Any) -> None:  # noqa: ANN401 - matplotlib's
    times, parts = zip(*result.lines["moved"], strict=True)
    axes.plot(times, parts, label=label, **style)


def _address(axes: Any, known: Known) -> None:  # noqa: ANN401 - matplotlib's
    for name in ("node", "zone", "node and monitor", "node and every controller"):
        _line(axes, known[name], name)
    for limit, style in ((HALF, ":"), (MOST, "--"), (WORST, "-.")):
        axes.axvline(limit, color=_LIMIT, linestyle=style)
    axes.plot(
        [], [], color=_LIMIT, label=f"limits: half {HALF:g} s, worst {MOST:g} and {WORST:g} s"
    )
    axes.set(xlabel="seconds since the failure", ylabel="part of all failures")
    axes.set_xlim(left=0)
    axes.legend()


def _others(axes: Any, known: Known) -> None:  # noqa: ANN401 - matplotlib's
    _line(axes, known["node"], _OURS)
    for way in peers.WAYS:
        if known[f"{way}: node"].lines["moved"]:
            _line(axes, known[f"{way}: node"], way, linestyle="--")
        else:
            axes.plot([], [], linestyle="--", label=f"{way}: never, the other table stays")
    axes.set(xscale="log", xlabel="seconds since the failure", ylabel="part of all failures")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)


def _wrong(axes: Any, known: Known) -> None:  # noqa: ANN401 - matplotlib's
    ways = (_OURS, *_WAYS)
    height = 0.8 / len(ways)
    for number, way in enumerate(ways):
        parts = [_false(known, way, kind) for kind in _KINDS]
        places = [index + number * height for index in range(len(_KINDS))]
        bars = axes.barh(places, parts, height, label=way)
        axes.bar_label(bars, [f"{part:.0f}" for part in parts], padding=2, fontsize=8)
    axes.set_yticks([index + 0.3 for index in range(len(_KINDS))], _KINDS)
    axes.invert_yaxis()
    axes.set(xlabel="of 100 failures", xlim=(0, 108))
    axes.legend(loc="lower right")


def _false(known: Known, way: str, kind: str) -> float:
    if way == _OURS:
        return _found(known[kind], "false moves")
    return _found(known[f"{way}: {kind}"], _FALSE)


def _found(result: Result, what: str) -> float:
    return next(figure.found for figure in result.figures if figure.what == what)


def _names(axes: Any, known: Known) -> None:  # noqa: ANN401 - matplotlib's
    for name, threshold in _RELAYS.items():
        _line(axes, known[name], f"relay, threshold {threshold}")
    _line(axes, known["name by public checks, threshold 2: node"], "public checks, threshold 2")
    _line(axes, known["name by alarm: node"], "alarm")
    for limit in (RELAY_QUICK, RELAY):
        axes.axvline(limit, color=_LIMIT, linestyle="--")
    label = f"limits of the relay: {RELAY_QUICK:g} and {RELAY:g} s"
    axes.plot([], [], color=_LIMIT, linestyle="--", label=label)
    axes.set(xlabel="seconds since the failure", ylabel="part of all failures")
    axes.set_xlim(left=0)
    axes.legend()
