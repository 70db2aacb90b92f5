"""`ddns local demo instance`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import INSTANCE, demonstrate

__all__ = ["instance"]


def instance() -> None:
    """EC2 instances have names while they run, and none when they stop."""
    demonstrate(INSTANCE)
