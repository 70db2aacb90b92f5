"""Looks at failovers of either kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs.cli.errors import CommandError, aws_trouble
from ddns_constructs.cli.failovers.address import AddressView, look_at_address
from ddns_constructs.cli.failovers.denied import FAILOVER_WAYS_OUT
from ddns_constructs.cli.failovers.kinds import AddressFailover
from ddns_constructs.cli.failovers.name import NameView, look_at_name
from ddns_constructs.cli.finding import Finding

if TYPE_CHECKING:
    from ddns_constructs.cli.failovers.kinds import Failover

__all__ = ["View", "look_at"]

View = AddressView | NameView
"""A failover of either kind at one moment."""


def look_at(failover: Failover) -> View | Finding:
    """Return how a failover is, or that and why it cannot be seen."""
    try:
        with aws_trouble(FAILOVER_WAYS_OUT):
            if isinstance(failover, AddressFailover):
                return look_at_address(failover)
            return look_at_name(failover)
    except CommandError as err:
        return Finding(failover.name, "cannot be seen", str(err))
