"""The toggling algorithm of the closest peer, as its description has it.

A rule starts it each minute. One prober checks the node that the first table points at. Where it
says anything but that the node is up, or breaks off, each table is read and pointed at the other
node, one after another. Nothing is kept, nothing is read back, and nobody is kept from doing the
same at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from ddns.core.failover.verdicts import UP
from tests.service.failover.world import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.failover.world import World

EVERY = 60.0
_OTHER = {"eni-a": "eni-b", "eni-b": "eni-a"}


def toggling(world: World) -> Callable[[], None]:
    """Return one run of it."""

    def run() -> None:
        try:
            _run(world)
        except (ClientError, BotoCoreError):
            return  # the next minute comes

    return run


def _run(world: World) -> None:
    active = _target(world, "rtb-1").removeprefix("eni-")
    said = world.probers.probe()[0]
    if said is not None and said[active].seen == UP:
        return
    for table in world.service.tables:
        other = _OTHER[_target(world, table)]
        world.ec2.replace_route(
            RouteTableId=table, DestinationCidrBlock=BLOCK, NetworkInterfaceId=other
        )


def _target(world: World, table: str) -> str:
    (found,) = world.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    routes = (each for each in found["Routes"] if each.get("DestinationCidrBlock") == BLOCK)
    return str(next(routes)["NetworkInterfaceId"])
