"""EC2 for a failover: what it says of nodes, and what moves a service address between them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ddns.adapters.ec2_addresses import SecondaryMover
from ddns.adapters.ec2_interfaces import InterfaceMover
from ddns.adapters.ec2_nodes import Ec2Directory, Ec2Fencer
from ddns.adapters.ec2_routes import RoutesMover
from ddns.adapters.threads import AtOnce, side_by_side
from ddns.core.failover.places import INTERFACE, SECONDARY, ServiceAddress

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

    from ddns.failover.ports import Mover

__all__ = ["Ec2Directory", "Ec2Fencer", "ec2_mover"]


def ec2_mover(
    client: EC2Client,
    service: ServiceAddress,
    *,
    at_once: AtOnce = side_by_side,
    now: Callable[[], float] = time.monotonic,
) -> Mover:
    """Return what moves the kind of a service address.

    Args:
        client: of EC2.
        service: what moves.
        at_once: how to ask for several things at once.
        now: a time in seconds that only grows.
    """
    if service.kind == INTERFACE:
        return InterfaceMover(client, service, now)
    if service.kind == SECONDARY:
        return SecondaryMover(client, service, at_once)
    return RoutesMover(client, service, at_once, now)
