"""`ddns local demo direct`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import DIRECT, demonstrate

__all__ = ["direct"]


def direct() -> None:
    """Two clients keep their names without a function: a key each, and nobody moves the other's."""
    demonstrate(DIRECT)
