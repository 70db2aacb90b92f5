"""``make simulate``: run the scenarios, print the table, end non-zero where a limit is passed."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.simulation import report, scenarios
from benchmarks.simulation.results import Result, shown

_QUICK = "1000,10000"
_PLOTTED = "1000,10000,100000"


class _Task(NamedTuple):
    size: int
    index: int
    seed: int


def _run(task: _Task) -> Result:
    """Run one scenario; the account that it begins with was prepared before the process forked."""
    start, worked = time.monotonic(), time.process_time()
    scenario = scenarios.scenarios(task.size)[task.index]
    result = scenario(task.size, task.seed)
    result.real_seconds = time.monotonic() - start
    result.processor_seconds = time.process_time() - worked
    return result


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(sizes: list[int], seed: int, processes: int, only: str) -> list[Result]:
    """Run every scenario of every size, as many at once as there are processes."""
    results = []
    for size in sizes:
        start = time.monotonic()
        scenarios.prepared(size)
        _progress(f"{size:>7,} instances prepared in {time.monotonic() - start:.0f} s")
        tasks = [
            _Task(size, index, seed)
            for index, each in enumerate(scenarios.scenarios(size))
            if only in each.__qualname__
        ]
        with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=1) as pool:
            for result in pool.imap_unordered(_run, tasks):
                took = f"{result.real_seconds:.0f} s, {result.processor_seconds:.0f} of work"
                _progress(f"{size:>7,} {result.scenario}: {took}")
                for each in result.figures:
                    if not each.kept:
                        found = shown(each.found, each.unit)
                        _progress(f"        NOT KEPT: {each.what} is {found}")
                results.append(result)
    return sorted(results, key=lambda each: (each.size, each.scenario))


def main() -> int:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    parser.add_argument("--sizes", default=_QUICK, help=f"default: {_QUICK}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="part of a scenario's name")
    parser.add_argument("--plots", type=Path, help=f"where plots go; default with {_PLOTTED} alone")
    arguments = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets of names are in another order with each start; the simulation is to be repeatable.
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.simulation", *sys.argv[1:]])  # noqa: S606 - this program again
    sizes = [int(each) for each in arguments.sizes.split(",")]
    results = run(sizes, arguments.seed, arguments.processes, arguments.only)
    print(report.table(results))
    folder = arguments.plots or (Path("docs/simulation") if arguments.sizes == _PLOTTED else None)
    if folder is not None:
        from benchmarks.simulation import plots  # noqa: PLC0415 - matplotlib is slow to import

        plots.write(results, folder)
    return 0 if all(each.kept for each in results) else 1


if __name__ == "__main__":
    sys.exit(main())
