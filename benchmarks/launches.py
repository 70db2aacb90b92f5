"""How soon launches are in the zone, and for how many requests, by the model of Lambda's poller."""

from __future__ import annotations

import math
from typing import NamedTuple

from benchmarks.simulation.parameters import AS_IT_COMES, QUIET, Parameters
from benchmarks.simulation.world import World, empty

WITH_WINDOW = QUIET
"""With a batching window of a second."""


class Launches(NamedTuple):
    """What became of launches.

    Attributes:
        seconds: from the arrival of the first event to the last record.
        route53: requests to Route 53.
    """

    seconds: float
    route53: int


def launched(count: int, parameters: Parameters = AS_IT_COMES) -> Launches:
    """Launch instances at once where nothing happened for a while, the function's start included.

    Args:
        count: how many instances.
        parameters: the model. Default: the construct as it comes, without a batching window.
    """
    world = World(parameters, 1, empty(0))
    for _ in range(count):
        world.launch()
    world.run(3_600, lambda: len(world.watches) == count and not world.unchanged)
    first = min(each.arrival for each in world.watches)
    last = max(math.inf if each.done is None else each.done for each in world.watches)
    world.run(world.scheduler.elapsed + 60, world.quiet)
    requests = world.zones.total_requests
    world.close()
    return Launches(last - first, requests)
