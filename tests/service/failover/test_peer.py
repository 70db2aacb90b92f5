"""The peers' toggling algorithm fails the exploration that our controller passes: see where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns.core.failover.journal import State
from tests.service.failover.exploration import Explorer
from tests.service.failover.peer import EVERY, toggling
from tests.service.failover.scenarios import a_is_down, both_are_down
from tests.service.failover.schedules import Job, Scenario
from tests.service.failover.world import POLICY
from tests.service.turns import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.service.failover.world import World


@pytest.fixture
def threads() -> Iterator[Threads]:
    both = Threads()
    yield both
    both.end()


def of_the_peer(
    kinds: Mapping[str, int], before: Callable[[World], None], *, twice: bool = False
) -> Scenario:
    """Return a scenario of one that toggles, or of two at once."""

    def no_journal(world: World) -> None:
        before(world)
        world.journal.state = State()

    jobs = Job(2, toggling), Job(2 if twice else 0, toggling)
    policy = POLICY._replace(interval=EVERY)
    return Scenario("toggling", kinds, before=no_journal, jobs=jobs, policy=policy)


def all_is_well(_: World) -> None:
    pass


def test_alone_and_with_nothing_in_its_way_it_does_move_the_address(threads: Threads) -> None:
    explored = Explorer(of_the_peer({}, a_is_down), threads).explore()
    assert explored.violation is None, str(explored.violation)


WHERE = {
    "a request is throttled: the tables are half moved, and stay so": (
        of_the_peer({"throttled": 1}, a_is_down),
        "the places point at {'rtb-1': 'b', 'rtb-2': 'a'}",
    ),
    "it dies between two tables: the same": (
        of_the_peer({"crash": 1}, a_is_down),
        "the places point at {'rtb-1': 'b', 'rtb-2': 'a'}",
    ),
    "its prober breaks off: a node that serves is left": (
        of_the_peer({"dead": 2}, all_is_well),
        "rtb-1 was taken from 'a', which serves",
    ),
    "its prober is cut off: the same": (
        of_the_peer({"cut": 2}, all_is_well),
        "rtb-1 was taken from 'a', which serves",
    ),
    "both nodes are down: it goes to and fro": (
        of_the_peer({}, both_are_down),
        "rtb-1 was moved to 'b', which does not serve",
    ),
    "two run at once: the second turns it back": (
        of_the_peer({"switch": 2}, a_is_down, twice=True),
        "rtb-1 was taken from 'b', which serves",
    ),
}


@pytest.mark.parametrize("where", WHERE)
def test_it_fails(where: str, threads: Threads) -> None:
    scenario, what = WHERE[where]
    violation = Explorer(scenario, threads).explore().violation
    print(violation)  # noqa: T201 - the shortest schedule, for whoever runs it with -s
    assert violation is not None
    assert violation.what == what
