"""Warnings of what is legal and rarely meant, by the ids that users acknowledge; and silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench


@pytest.mark.parametrize(
    ("arguments", "id"),
    (
        ({"ttl": cdk.Duration.seconds(86_401)}, "longTtl"),
        ({"sweep_interval": cdk.Duration.hours(25)}, "rareSweep"),
        ({"host_name": "web-{az}"}, "sharedHostName"),
    ),
)
def test_a_risky_argument_is_warned_of_once(
    bench: Bench, arguments: dict[str, Any], id: str
) -> None:
    bench.ddns(**arguments)
    (warning,) = bench.warnings()
    assert f"[ack: ddns-constructs:{id}]" in warning


@pytest.mark.parametrize(
    "arguments",
    (
        {"ttl": cdk.Duration.days(1)},
        {"sweep_interval": cdk.Duration.days(1)},
        {"host_name": "web-{address}"},
        {"associate_vpcs": True},
    ),
)
def test_what_is_just_within_bounds_is_not_warned_of(
    bench: Bench, arguments: dict[str, Any]
) -> None:
    bench.ddns(**arguments)
    assert not bench.warnings()


def test_reverse_zones_alone_are_warned_of(bench: Bench) -> None:
    bench.ddns(hosted_zones=bench.zones[1:2])
    (warning,) = bench.warnings()
    assert "ddns-constructs:onlyReverseZones" in warning


def test_associating_public_zones_is_warned_of(bench: Bench) -> None:
    bench.ddns(hosted_zones=bench.zones[2:], associate_vpcs=True)
    (warning,) = bench.warnings()
    assert "ddns-constructs:nothingToAssociate" in warning


@pytest.mark.parametrize(
    ("name", "warned"),
    (
        ("0/25.2.0.192.in-addr.arpa", True),
        ("0-25.2.0.192.in-addr.arpa", True),
        ("lan.10.in-addr.arpa", True),
        ("2.0.192.in-addr.arpa", False),
        ("in-addr.arpa", False),
        ("8.b.d.0.1.0.0.2.ip6.arpa", False),
        ("home.arpa", False),
        pytest.param(cdk.Token.as_string({"Ref": "Parameter"}), False, id="token"),
    ),
)
def test_a_reverse_zone_to_which_nothing_is_written_is_warned_of(
    bench: Bench, name: str, *, warned: bool
) -> None:
    bench.ddns(hosted_zones=[*bench.zones, bench.zone(name)])
    found = [each for each in bench.warnings() if "ddns-constructs:unusedReverseZone" in each]
    assert [name in each for each in found] == [True] * warned


@pytest.mark.parametrize(
    ("name", "warned"),
    (
        ("in-addr.arpa", True),
        ("10.in-addr.arpa", True),
        ("0.10.in-addr.arpa", False),
        ("10.example.com", False),
        pytest.param(cdk.Token.as_string({"Ref": "Parameter"}), False, id="token"),
    ),
)
def test_a_reverse_zone_that_is_coarser_than_any_vpc_is_warned_of(
    bench: Bench, name: str, *, warned: bool
) -> None:
    bench.ddns(hosted_zones=[bench.zones[0], bench.zone(name)])
    found = [each for each in bench.warnings() if "ddns-constructs:coarseReverseZone" in each]
    assert [name in each for each in found] == [True] * warned
