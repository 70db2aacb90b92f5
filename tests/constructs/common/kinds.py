"""The constructs, as tests of what they have in common see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53

from ddns_constructs import ApiGatewayDirectDdns, ClientDdns, InstanceDdns
from tests.constructs.conftest import Bench


@dataclass(frozen=True)
class Kind:
    """One of the constructs."""

    construct: Callable[..., Any]
    required: Callable[[route53.IHostedZone], Mapping[str, Any]]
    """The arguments that it cannot do without, in a zone."""

    def __str__(self) -> str:
        return self.construct.__name__

    def define(self, bench: Bench, **arguments: Any) -> Any:  # noqa: ANN401 - any of the three
        """Define the construct in a bench's zone."""
        required = self.required(bench.zones[0])
        return self.construct(bench.stack, "Ddns", **{**required, **arguments})


def new_bench() -> Bench:
    """Make a stack with a public zone, and nothing else yet."""
    stack = cdk.Stack(cdk.App(), "Stack")
    return Bench(stack, [route53.PublicHostedZone(stack, "Public", zone_name="example.com")])


INSTANCE = Kind(InstanceDdns, lambda zone: {"hosted_zones": [zone]})
CLIENT = Kind(ClientDdns, lambda zone: {"hosted_zones": [zone]})
DIRECT = Kind(ApiGatewayDirectDdns, lambda zone: {"hosted_zone": zone, "record_names": ["home"]})
WITH_FUNCTION = (INSTANCE, CLIENT)
ALL = (INSTANCE, CLIENT, DIRECT)
