"""`ddns local demo all`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import CLIENT, DIRECT, INSTANCE, demonstrate

__all__ = ["everything"]


def everything() -> None:
    """All three, one after the other, with a summary."""
    demonstrate(INSTANCE, CLIENT, DIRECT)
