"""`ddns local demo failover`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import FAILOVER, demonstrate

__all__ = ["failover"]


def failover() -> None:
    """A service is killed: a name and an address move; then the monitors are: nothing moves."""
    demonstrate(FAILOVER)
