"""`ddns local demo client`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import CLIENT, demonstrate

__all__ = ["client"]


def client() -> None:
    """Routers and laptops keep a name on their changing address; strangers cannot."""
    demonstrate(CLIENT)
