"""`ddns local demo all`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import (
    CLIENT,
    DIRECT,
    FAILOVER,
    INSTANCE,
    demonstrate,
)

__all__ = ["everything"]


def everything() -> None:
    """All four, one after the other, with a summary."""
    demonstrate(INSTANCE, CLIENT, DIRECT, FAILOVER)
