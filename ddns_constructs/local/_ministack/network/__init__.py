"""EC2 where addresses move: interfaces, private and Elastic IP addresses, routes.

What is refused, and what moves with what, follows the EC2 API reference as `FakeEc2Network` of the
tests does, which is stricter still: here every change is done at once. The same tests run against
both.
"""

from __future__ import annotations

from ddns_constructs.local._ministack.network import (
    addresses,
    elastic,
    instances,
    interface_calls,
    routes,
    templates,
)

__all__ = ["apply"]


def apply() -> None:
    """Replace MiniStack's handlers and give CloudFormation the types."""
    for part in (interface_calls, instances, addresses, elastic, routes, templates):
        part.apply()
