"""``make simulate``, failovers: run the failures, print the table, end non-zero past a limit."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.simulation import report
from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.scenarios import CASES, counted, runs
from benchmarks.simulation.results import Result, shown

_FAILURES, _PLOTTED = 2_000, 10_000
_PART = 100
_FOLDER = Path("docs/simulation")


class _Part(NamedTuple):
    case: int
    numbers: range


def _run(parameters: Parameters, seed: int, part: _Part) -> list[Any]:
    """Run some failures of a kind."""
    return runs(CASES[part.case], parameters, seed, part.numbers)


def simulated(
    parameters: Parameters, failures: int, seed: int, processes: int, only: str
) -> list[Result]:
    """Run so many failures of each kind whose name has ``only`` in it."""
    results = []
    begin = time.monotonic()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for number, case in enumerate(CASES):
            if only not in case.name:
                continue
            parts = [
                _Part(number, range(first, min(first + _PART, failures)))
                for first in range(0, failures, _PART)
            ]
            found = pool.map(partial(_run, parameters, seed), parts, chunksize=1)
            results.append(counted(case, parameters, [each for part in found for each in part]))
            _say(f"{time.monotonic() - begin:5.0f} s  {case.name}")
            for figure in results[-1].figures:
                if not figure.kept:
                    _say(f"         NOT KEPT: {figure.what} is {shown(figure.found, figure.unit)}")
    return results


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.simulation.failover", description=__doc__
    )
    parser.add_argument(
        "--failures", type=int, default=_FAILURES, help=f"of each kind; default: {_FAILURES:,}"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="part of the names of what is to run")
    parser.add_argument(
        "--plots", type=Path, help=f"where plots and tables go; default with {_PLOTTED:,} alone"
    )
    arguments = parser.parse_args()
    results = simulated(
        Parameters(), arguments.failures, arguments.seed, arguments.processes, arguments.only
    )
    print(report.table(results, of="failures"))
    folder = arguments.plots or (_FOLDER if arguments.failures == _PLOTTED else None)
    if folder is not None:
        from benchmarks.simulation.failover import page, plots  # noqa: PLC0415 - matplotlib is slow

        plots.write(results, folder)
        page.write(results, folder / "failover.md")
    return 0 if all(each.kept for each in results) else 1


if __name__ == "__main__":
    sys.exit(main())
