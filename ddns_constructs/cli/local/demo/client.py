"""`ddns local demo client`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import demonstrate
from ddns_constructs.cli.local.options import Example

__all__ = ["client"]


def client() -> None:
    """Routers and laptops keep a name on their changing address; strangers cannot."""
    demonstrate("ClientDdns", Example.CLIENT_DDNS, "client_steps")
