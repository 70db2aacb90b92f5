"""The figures as pictures: SVG, the same bytes for the same results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.simulation import sample
from benchmarks.simulation.results import Result

mpl.use("svg")
# Ids of clip paths are random and the date is today's unless told otherwise.
mpl.rcParams.update({"svg.hashsalt": "ddns-constructs", "svg.fonttype": "none", "font.size": 10})

from matplotlib import pyplot as plt  # noqa: E402 - after the backend was chosen

_SAMPLE = "AWS blog sample, reckoned, at its best"


def write(results: Sequence[Result], folder: Path) -> None:
    """Write every plot into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {result.scenario for result in results}
    for name, scenario, plot in (
        ("times.svg", "first sweep", _times),
        ("event-to-change.svg", "sweep with an event a second", _delays),
        ("burst.svg", "burst of launches", _burst),
        ("steps.svg", "first sweep", _steps),
    ):
        if scenario in known:
            plot(results, folder / name)


def drawn(path: Path, title: str, draw: Callable[[Any], None]) -> None:
    """Draw one picture: ``draw`` gets its axes."""
    figure, axes = plt.subplots(figsize=(7.5, 4.5), layout="constrained")
    axes.set_title(title)
    axes.grid(visible=True, alpha=0.3)
    draw(axes)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    # The SVG backend leaves spaces at the ends of lines.
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _found(results: Iterable[Result], scenario: str, what: str) -> list[tuple[int, float]]:
    """Return a figure by size, where it is finite."""
    return sorted(
        (result.size, figure.found)
        for result in results
        if result.scenario == scenario
        for figure in result.figures
        if figure.what == what and math.isfinite(figure.found)
    )


def _times(results: Sequence[Result], path: Path) -> None:
    """How long sweeps and bursts take, by the number of instances."""

    def draw(axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        for scenario, what in (
            ("first sweep", "time"),
            ("steady sweep", "time"),
            ("sweep with an event a second", "time"),
            ("burst of launches", "until the last record"),
        ):
            points = _found(results, scenario, what)
            axes.plot(*_columns(points), marker="o", label=scenario)
        sizes = sorted({result.size for result in results})
        axes.plot(sizes, list(map(sample.burst, sizes)), "k--", marker="x", label=_SAMPLE)
        axes.set(xscale="log", yscale="log", xlabel="instances", ylabel="seconds")
        axes.legend()

    drawn(path, "Until all records are right", draw)


def _delays(results: Sequence[Result], path: Path) -> None:
    """How long it takes from an event to its change while a sweep goes on."""

    def draw(axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        for result in sorted(results, key=lambda each: each.size):
            if result.scenario == "sweep with an event a second" and result.lines["delays"]:
                parts, delays = _columns(result.lines["delays"])
                axes.plot(delays, parts, label=f"{result.size:,} instances")
        axes.axvline(10, color="tab:red", alpha=0.5, label="limit of the 99th percentile")
        axes.axvline(sample.SLEEP, color="k", linestyle="--", label=_SAMPLE)
        axes.set(xscale="log", xlabel="seconds from the event to the change", ylabel="part of all")
        axes.legend()

    drawn(path, "An event a second during a sweep", draw)


def _burst(results: Sequence[Result], path: Path) -> None:
    """How many records of a burst are there, by time."""

    def draw(axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        for result in sorted(results, key=lambda each: each.size):
            if result.scenario == "burst of launches" and result.lines["records"]:
                times, counts = _columns(result.lines["records"])
                label = f"{result.size:,} launches"
                (line,) = axes.step(times, counts, where="post", label=label)
                end = sample.burst(result.size)
                parts = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
                axes.plot(
                    [sample.SLEEP + part * (end - sample.SLEEP) for part in parts],
                    [2 * part * result.size for part in parts],
                    linestyle="--",
                    color=line.get_color(),
                )
        axes.plot([], [], "k--", label=_SAMPLE)
        axes.set(xscale="log", yscale="log", xlabel="seconds", ylabel="records written")
        axes.legend()

    drawn(path, "Instances launched within a minute, A and PTR", draw)


def _steps(results: Sequence[Result], path: Path) -> None:
    """How long each invocation of a sweep takes."""

    def draw(axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        for result in sorted(results, key=lambda each: each.size):
            if result.scenario == "first sweep" and result.lines["steps"]:
                starts, lengths = _columns(result.lines["steps"])
                begin = starts[0]
                axes.plot([each - begin for each in starts], lengths, ".", label=f"{result.size:,}")
        axes.axhline(30, color="tab:red", alpha=0.5, label="limit")
        axes.set(xlabel="seconds since the sweep began", ylabel="seconds the step took")
        axes.set_ylim(bottom=0)
        axes.legend(title="instances")

    drawn(path, "Steps of the first sweep", draw)


def _columns(points: Iterable[tuple[float, float]]) -> tuple[list[float], list[float]]:
    pairs = list(points)
    return [x for x, _ in pairs], [y for _, y in pairs]
