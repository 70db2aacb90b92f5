"""`ddns local demo direct`."""

from __future__ import annotations

from ddns_constructs.cli.local.demo.demonstration import demonstrate
from ddns_constructs.cli.local.options import Example

__all__ = ["direct"]


def direct() -> None:
    """Two clients keep their names without a function: a key each, and nobody moves the other's."""
    demonstrate("ApiGatewayDirect", Example.API_GATEWAY_DIRECT, "direct_steps")
