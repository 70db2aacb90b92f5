"""Hosted zones: described, associated where asked, reverse zones created as needed."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

import pytest

from ddns.core.instance.instances import Subnet, Vpc
from ddns.core.records import ListedZone
from tests.service.instance.world import PRIVATE, PUBLIC, REVERSE, World

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_ZONE = {"ZONE": "example.internal"}
FORWARD_ONLY = (ListedZone(PRIVATE, "example.internal", private=True),)


def reverse_zones(world: World) -> dict[str, dict[str, set[str]]]:
    """Return the records by zone name of the zones that were created."""
    names: Mapping[str, str] = {zone.id: zone.name for zone in world.ledger.zones()}
    return {
        name: {n: values for (n, _), values in world.values(zone_id).items()}
        for zone_id, name in names.items()
    }


def vpcs_of(world: World, zone_id: str) -> set[str]:
    return {vpc["VPCId"] for vpc in world.route53.get_hosted_zone(Id=zone_id)["VPCs"]}


# -------------------------------------------------------------------- finding out


def test_a_zone_whose_visibility_is_known_costs_no_request() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    assert world.route53.requests["get_hosted_zone"] == 0


def test_a_zone_whose_visibility_is_unknown_is_asked_for_once() -> None:
    world = World(zones=(ListedZone(PRIVATE, "example.internal", private=None),))
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE) == {("ip-10-0-1-1.example.internal", "A"): {"10.0.1.1"}}
    assert world.route53.requests["get_hosted_zone"] == 1


def test_of_two_private_zones_of_one_name_the_vpc_decides() -> None:
    world = World()
    other = world.route53.add_zone("example.internal", private=True, vpcs=("vpc-2",))
    world.reconfigure(
        zones=(*FORWARD_ONLY, ListedZone(other, "example.internal", private=True)),
    )
    world.ec2.vpcs_known["vpc-2"] = Vpc("vpc-2")
    world.ec2.launch("i-1", IN_ZONE, vpc_id="vpc-1")
    world.ec2.launch("i-2", IN_ZONE, vpc_id="vpc-2")
    world.handle("i-1", "i-2")
    assert world.values(PRIVATE) == {("ip-10-0-1-1.example.internal", "A"): {"10.0.1.1"}}
    assert world.values(other) == {("ip-10-0-1-2.example.internal", "A"): {"10.0.1.2"}}


def test_a_listed_zone_that_does_not_exist_stops_none_of_the_others() -> None:
    world = World()
    missing = ListedZone("ZMISSING", "missing.test", private=None)
    world.reconfigure(zones=(*world.settings.zones, missing))
    world.ec2.launch("i-1", IN_ZONE)
    outcome = world.handle("i-1")
    assert outcome.failed == {}
    assert any("missing.test" in warning for warning in outcome.warnings)
    assert len(world.values(PRIVATE)) == 1


def test_while_two_zones_of_one_name_are_listed_their_records_stay_and_follow_the_end() -> None:
    world = World()
    world.ec2.launch("i-1", {"ZONE": "example.com"}, public="198.51.100.7")
    world.ec2.launch("i-2", {"ZONE": "example.com"}, public="198.51.100.8")
    world.handle("i-1", "i-2")
    before = world.values(PUBLIC)
    other = world.route53.add_zone("example.com")
    both = tuple(ListedZone(each, "example.com", private=False) for each in (PUBLIC, other))
    world.reconfigure(zones=both)
    for outcome in (world.sweep(), world.handle("i-1", "i-2"), world.sweep(verify=False)):
        assert (world.values(PUBLIC), world.values(other)) == (before, {})
        reasons = {refusal.owner: refusal.reason for refusal in outcome.refusals}
        assert reasons.keys() == {"i-1", "i-2"}
        assert all(PUBLIC in reason and other in reason for reason in reasons.values())
    world.ec2.terminate("i-2")
    world.handle("i-2")
    assert world.values(PUBLIC).keys() == {("ip-10-0-1-1.example.com", "A")}
    world.reconfigure(zones=both[1:])
    world.sweep()
    assert world.values(other) == world.values(PUBLIC)


@pytest.mark.parametrize(
    ("tags", "names"),
    (
        ({"Zone": "example.internal", "zone": "example.com"}, set()),
        ({"zone": "us-east-1a"}, {"ip-10-0-1-1.example.internal"}),
    ),
)
def test_an_instance_gets_the_same_alone_in_a_batch_and_in_a_sweep(
    tags: dict[str, str], names: set[str]
) -> None:
    world = World()
    world.ec2.vpcs_known["vpc-1"] = Vpc("vpc-1", ("example.internal",))
    world.ec2.launch("i-1", tags)
    neighbour = world.ec2.launch("i-2")
    for look in (
        lambda: world.handle("i-1"),
        lambda: world.handle("i-1", "i-2"),
        world.sweep,
        lambda: world.handle("i-1"),
    ):
        assert any("zone" in warning for warning in look().warnings)
        found = {name for name, _ in world.values(PRIVATE)}
        assert found - {f"{neighbour.private_dns.split('.')[0]}.example.internal"} == names


# -------------------------------------------------------------------- associating


def test_a_listed_private_zone_is_associated_with_the_vpc_of_an_instance_once() -> None:
    world = World(associate_vpcs=True)
    world.ec2.vpcs_known["vpc-2"] = Vpc("vpc-2")
    world.ec2.launch("i-1", IN_ZONE, vpc_id="vpc-2")
    world.handle("i-1")
    world.handle("i-1")
    assert vpcs_of(world, PRIVATE) == {"vpc-1", "vpc-2"}
    assert vpcs_of(world, REVERSE) == {"vpc-1", "vpc-2"}
    assert world.route53.requests["associate_vpc_with_hosted_zone"] == 2


def test_nothing_is_associated_unless_asked() -> None:
    world = World()
    world.ec2.vpcs_known["vpc-2"] = Vpc("vpc-2")
    world.ec2.launch("i-1", IN_ZONE, vpc_id="vpc-2")
    world.handle("i-1")
    assert vpcs_of(world, PRIVATE) == {"vpc-1"}


def test_an_association_that_fails_is_a_warning_and_the_records_are_written() -> None:
    world = World(associate_vpcs=True)
    world.ec2.vpcs_known["vpc-2"] = Vpc("vpc-2")
    world.route53.fail_next("associate_vpc_with_hosted_zone", "LimitsExceeded", status=400)
    world.ec2.launch("i-1", IN_ZONE, vpc_id="vpc-2")
    outcome = world.handle("i-1")
    assert any("not associated with vpc-2" in warning for warning in outcome.warnings)
    assert len(world.values(PRIVATE)) == 1


# -------------------------------------------------------------------- reverse zones


@pytest.mark.parametrize(
    ("block", "name"),
    (("10.0.1.0/24", "1.0.10.in-addr.arpa"), ("10.0.0.0/20", "0.10.in-addr.arpa")),
)
def test_a_reverse_zone_is_created_by_the_subnets_mask_private_for_the_vpc(
    block: str, name: str
) -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    world.ec2.subnets_known["subnet-1"] = Subnet("subnet-1", IPv4Network(block))
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    pointer = {"1.1.0.10.in-addr.arpa": {"ip-10-0-1-1.example.internal."}}
    assert reverse_zones(world) == {name: pointer}
    (zone,) = world.ledger.zones()
    assert vpcs_of(world, zone.id) == {"vpc-1"}


@pytest.mark.parametrize(
    ("vpc", "subnet", "name"),
    (
        ("10.0.0.0/16", "10.0.0.0/20", "0.10.in-addr.arpa"),
        ("10.0.0.0/17", "10.0.0.0/20", "1.0.10.in-addr.arpa"),
        ("10.0.0.0/20", "10.0.0.0/20", "1.0.10.in-addr.arpa"),
        ("10.0.0.0/23", "10.0.0.0/23", "1.0.10.in-addr.arpa"),
        ("10.0.1.0/28", "10.0.1.0/28", "1.0.10.in-addr.arpa"),
    ),
)
def test_a_created_reverse_zone_is_no_coarser_than_the_vpc_s_own_rule(
    vpc: str, subnet: str, name: str
) -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    blocks = (IPv4Network("100.64.0.0/16"), IPv4Network(vpc))
    world.ec2.vpcs_known["vpc-1"] = Vpc("vpc-1", cidr_blocks=blocks)
    world.ec2.subnets_known["subnet-1"] = Subnet("subnet-1", IPv4Network(subnet))
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    assert list(reverse_zones(world)) == [name]
    assert [each for each in world.sweep().warnings if "coarser" in each] == []


def test_a_listed_reverse_zone_that_is_coarser_than_the_vpc_is_a_warning_of_the_sweep() -> None:
    world = World()
    blocks = (IPv4Network("10.0.0.0/22"),)
    world.ec2.vpcs_known["vpc-1"] = Vpc("vpc-1", cidr_blocks=blocks)
    for number in range(3):
        world.ec2.launch(f"i-{number}", IN_ZONE)
    assert list(world.handle("i-0").warnings) == []
    (line,) = world.sweep().warnings
    assert line.startswith("reverse zone 10.in-addr.arpa is coarser than 10.0.0.0/22 of vpc-1: ")
    assert "AutodefinedReverse" in line


def test_a_created_reverse_zone_is_used_again_also_by_the_next_worker() -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    world.ec2.launch("i-1", IN_ZONE)
    world.ec2.launch("i-2", IN_ZONE)
    world.handle("i-1")
    world.handle("i-2", parts=world.worker())
    assert len(reverse_zones(world)["1.0.10.in-addr.arpa"]) == 2
    assert world.route53.requests["create_hosted_zone"] == 1


def test_each_vpc_gets_a_reverse_zone_of_its_own() -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    world.ec2.vpcs_known["vpc-2"] = Vpc("vpc-2")
    world.ec2.launch("i-1", {**IN_ZONE, "HOSTNAME": "one"}, private="10.0.1.9")
    world.ec2.launch("i-2", {**IN_ZONE, "HOSTNAME": "two"}, private="10.0.1.9", vpc_id="vpc-2")
    world.handle("i-1", "i-2")
    found = {
        next(iter(vpcs_of(world, zone.id))): set().union(*world.values(zone.id).values())
        for zone in world.ledger.zones()
    }
    assert found == {"vpc-1": {"one.example.internal."}, "vpc-2": {"two.example.internal."}}


def test_an_address_that_a_listed_reverse_zone_covers_creates_none() -> None:
    world = World(reverse_zones_created=True)
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    assert world.ledger.zones() == []
    assert len(world.values(REVERSE)) == 1


def test_an_instance_without_a_private_name_creates_none() -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    world.ec2.launch("i-1", {"CNAME": "www.example.internal"})
    world.ec2.launch("i-2", {})
    world.handle("i-1", "i-2")
    assert world.ledger.zones() == []


def test_a_crash_after_the_creation_finds_the_zone_again() -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    world.ec2.launch("i-1", IN_ZONE)
    world.route53.fail_next("create_hosted_zone", "ReadTimeoutError", applied=True)
    world.handle("i-1")
    world.handle("i-1", parts=world.worker())
    assert list(reverse_zones(world)) == ["1.0.10.in-addr.arpa"]
    assert len(world.values(PRIVATE)) == 1


def test_a_foreign_zone_of_that_name_on_the_vpc_is_a_warning_and_never_used() -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    foreign = world.route53.add_zone("1.0.10.in-addr.arpa", private=True, vpcs=("vpc-1",))
    world.ec2.launch("i-1", IN_ZONE)
    outcome = world.handle("i-1")
    assert any("no reverse zone 1.0.10.in-addr.arpa" in warning for warning in outcome.warnings)
    assert world.values(foreign) == {}
    assert len(world.values(PRIVATE)) == 1


def test_a_dry_run_creates_and_associates_nothing() -> None:
    world = World(reverse_zones_created=True, associate_vpcs=True, zones=FORWARD_ONLY)
    world.ec2.vpcs_known["vpc-2"] = Vpc("vpc-2")
    world.ec2.launch("i-1", IN_ZONE, vpc_id="vpc-2")
    world.plan()
    assert world.ledger.zones() == []
    assert vpcs_of(world, PRIVATE) == {"vpc-1"}


# -------------------------------------------------------------------- zones that leave


def test_events_about_names_in_a_zone_that_left_read_no_pages_and_ask_for_zones_once() -> None:
    world = World(reverse_zones_created=True)
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.reconfigure(zones=(ListedZone(PUBLIC, "example.com", private=False),))
    world.ledger.requests.clear()
    for _ in range(3):
        world.handle("i-1")
    assert world.ledger.requests["page"] == 0
    # As the worker starts, and again for what it does not know: another may have created it.
    assert world.ledger.requests["zones"] == 2


def test_instances_that_are_gone_leave_the_ledger_in_a_sweep_and_their_records_stay() -> None:
    world = World(max_deletes=0)
    world.ec2.launch("i-1", IN_ZONE)
    world.ec2.launch("i-2", {**IN_ZONE, "HOSTNAME": "runs"})
    world.handle("i-1", "i-2")
    before = world.values(PRIVATE)
    world.reconfigure(zones=(ListedZone(PUBLIC, "example.com", private=False),))
    world.ec2.terminate("i-1")
    outcome = world.sweep()
    assert any("no longer in hosted_zones" in warning for warning in outcome.warnings)
    assert (world.values(PRIVATE), outcome.withheld) == (before, 0)
    assert [o for o in world.ledger.items if isinstance(o, str)] == ["i-2"]
