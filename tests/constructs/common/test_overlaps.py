"""Constructs of one app that may write the same names are pointed out at synthesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from ddns_constructs import ClientDdns, InstanceDdns
from tests.constructs.common.kinds import new_bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.constructs.conftest import Bench

_ACK = "[ack: ddns-constructs:sharedZone]"


def _warnings(bench: Bench) -> list[str]:
    found = cdk.assertions.Annotations.from_stack(bench.stack).find_warning(
        "*", cdk.assertions.Match.any_value()
    )
    return [f"{each.id}: {each.entry.data}" for each in found]


@pytest.mark.parametrize(
    ("first", "second"),
    ((InstanceDdns, InstanceDdns), (InstanceDdns, ClientDdns), (ClientDdns, InstanceDdns)),
)
def test_a_zone_that_two_may_write_the_same_names_in_is_one_warning(
    first: Callable[..., Any], second: Callable[..., Any]
) -> None:
    bench = new_bench()
    first(bench.stack, "One", hosted_zones=bench.zones)
    second(bench.stack, "Two", hosted_zones=bench.zones)
    (warning,) = _warnings(bench)
    assert warning.startswith(
        "/Stack/Two: 'hosted_zones' holds example.com, which Stack/One writes"
    )
    assert _ACK in warning


@pytest.mark.parametrize(
    ("some", "others", "is_shared"),
    (
        ([], ["home.example.com"], True),
        (["*.example.com"], ["home.example.com"], True),
        (["ip-*.example.com"], ["home.example.com", "*.dyn.example.com"], False),
    ),
)
def test_names_that_are_kept_apart_are_no_matter(
    some: list[str],
    others: list[str],
    is_shared: bool,  # noqa: FBT001 - the last column
) -> None:
    bench = new_bench()
    InstanceDdns(bench.stack, "One", hosted_zones=bench.zones, allowed_names=some)
    ClientDdns(bench.stack, "Two", hosted_zones=bench.zones, allowed_names=others)
    assert bool(_warnings(bench)) is is_shared


def test_other_zones_other_apps_and_two_for_clients_are_no_matter() -> None:
    bench, other = new_bench(), new_bench()
    InstanceDdns(other.stack, "One", hosted_zones=[other.zone("example.org", "Z1")])
    InstanceDdns(bench.stack, "One", hosted_zones=[bench.zone("example.org", "Z1")])
    ClientDdns(bench.stack, "Two", hosted_zones=bench.zones)
    ClientDdns(bench.stack, "Three", hosted_zones=bench.zones)
    assert not _warnings(bench)


def test_clients_of_a_private_zone_or_of_a_reverse_zone_only_are_a_warning_each() -> None:
    bench = new_bench()
    vpc = ec2.Vpc.from_vpc_attributes(
        bench.stack, "Vpc", availability_zones=["us-east-1a"], vpc_id="vpc-1"
    )
    private = route53.PrivateHostedZone(bench.stack, "Private", zone_name="corp.internal", vpc=vpc)
    ClientDdns(bench.stack, "One", hosted_zones=[private])
    ClientDdns(bench.stack, "Two", hosted_zones=[bench.zone("10.in-addr.arpa")])
    one, two = _warnings(bench)
    assert one.startswith("/Stack/One: 'hosted_zones' holds corp.internal, which is private")
    assert "[ack: ddns-constructs:privateZone]" in one
    assert two.startswith("/Stack/Two: 'hosted_zones' holds reverse zones only")
    assert "[ack: ddns-constructs:onlyReverseZones]" in two
