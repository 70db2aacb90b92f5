"""Small scenarios for the exploration: each as short as its subject allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.service.failover.schedules import Scenario
from tests.service.failover.world import POLICY

if TYPE_CHECKING:
    from tests.service.failover.world import World


def a_is_down(world: World) -> None:
    world.probers.healthy["a"] = False


def both_are_down(world: World) -> None:
    world.probers.healthy.update(a=False, b=False)


TURNS = {"switch": 2, "pause": 1, "crash": 1}
TWICE = POLICY._replace(failures=2)

SCENARIOS = (
    Scenario("a node is down", TURNS, before=a_is_down),
    Scenario(
        "requests fail",
        {"switch": 1, "throttled": 2, "lost": 1, "crash": 1},
        before=a_is_down,
    ),
)
