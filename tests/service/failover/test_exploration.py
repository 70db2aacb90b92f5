"""Every schedule of small scenarios ends right, and not one protection of the protocol is spare.

``DDNS_EXAMPLES`` of 100000 or more allows one intervention more in each schedule.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.service.failover.exploration import Explorer
from tests.service.failover.protections import OFF
from tests.service.failover.scenarios import SCENARIOS
from tests.service.turns import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = int(os.environ.get("DDNS_EXAMPLES", "0"))
BY_NAME = {each.name: each for each in SCENARIOS}


@pytest.fixture(scope="module")
def threads() -> Iterator[Threads]:
    both = Threads()
    yield both
    both.end()


@pytest.fixture(scope="module")
def counted() -> Iterator[list[int]]:
    """How many schedules were tried; all of them together are printed in the end."""
    counts: list[int] = []
    yield counts
    print(f"\n{sum(counts)} schedules of {len(counts)} scenarios")  # noqa: T201 - for whoever runs it with -s


@pytest.mark.parametrize("name", BY_NAME)
def test_every_schedule_ends_right(name: str, threads: Threads, counted: list[int]) -> None:
    explored = Explorer(BY_NAME[name], threads).explore(more=int(EXAMPLES >= 100_000))
    print(f"{name}: {explored.schedules} schedules")  # noqa: T201 - the same
    counted.append(explored.schedules)
    assert explored.violation is None, str(explored.violation)
    assert explored.schedules > 50


@pytest.mark.parametrize("off", OFF, ids=lambda off: off.__name__)
def test_without_a_protection_some_schedule_goes_wrong(
    off: Callable[[pytest.MonkeyPatch], None],
    threads: Threads,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explorer = Explorer(BY_NAME[OFF[off]], threads)
    off(monkeypatch)
    violation = explorer.explore().violation
    print(violation)  # noqa: T201 - the shortest schedule, for whoever runs it with -s
    assert violation is not None


def test_the_decision_record_names_the_test_of_each_protection() -> None:
    path = Path(__file__).parents[3] / "docs/adr/0008-a-journalled-target.md"
    rows = [line.split(" | ") for line in path.read_text("utf-8").splitlines() if "| " in line[:2]]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[-1])}
    assert named == {off.__name__ for off in OFF}
