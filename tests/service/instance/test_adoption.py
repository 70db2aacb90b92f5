"""Records that somebody else made, or that nobody remembers, taken over where asked for."""

from __future__ import annotations

import pytest

from ddns.core.instance.adoption import Adoption
from tests.fakes.ledger import FakeLedger
from tests.service.instance.world import PRIVATE, PUBLIC, REVERSE, World

ZONES = (PRIVATE, REVERSE, PUBLIC)
TAGS = {"ZONE": "example.internal", "CNAME": "www.example.internal"}


def forgetful(adopt: Adoption) -> World:
    """Return a world with records of two instances whose ledger was lost."""
    world = World()
    world.ec2.launch("i-1", {**TAGS, "HOSTNAME": "web"}, ipv6="2001:db8::1")
    world.ec2.launch("i-2", {"ZONE": "example.com"}, public="198.51.100.7")
    world.handle("i-1", "i-2")
    world.ledger = FakeLedger(world.clock)
    world.reconfigure(adopt=adopt)
    return world


@pytest.mark.parametrize("way", ("events", "sweep", "sweep by the ledger"))
def test_after_a_lost_ledger_identical_records_are_owned_again(way: str) -> None:
    world = forgetful(Adoption(identical=True))
    before = [world.values(zone_id) for zone_id in ZONES]
    outcome = world.handle("i-1", "i-2") if way == "events" else world.sweep(verify=way == "sweep")
    assert (outcome.refusals, outcome.failed) == ({}, {})
    assert [world.values(zone_id) for zone_id in ZONES] == before
    assert len(before[0]) == 3
    for each in ("i-1", "i-2"):
        world.ec2.terminate(each)
    world.handle("i-1", "i-2")
    assert [world.values(zone_id) for zone_id in ZONES] == [{}, {}, {}]


def test_after_a_lost_ledger_records_stay_foreign_unless_they_are_to_be_adopted() -> None:
    world = forgetful(Adoption())
    before = [world.values(zone_id) for zone_id in ZONES]
    assert {refusal.owner for refusal in world.handle("i-1", "i-2").refusals} == {"i-1", "i-2"}
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert [world.values(zone_id) for zone_id in ZONES] == before


def test_names_are_adopted_by_a_pattern_whatever_they_say() -> None:
    world = World(adopt=Adoption(frozenset({"*.example.internal", "*.in-addr.arpa"})))
    for name in ("web.example.internal", "db.example.internal"):
        world.route53.put_foreign(PRIVATE, name, "A", ["192.0.2.1"])
    world.route53.put_foreign(REVERSE, "1.1.0.10.in-addr.arpa", "PTR", ["old.example.internal."])
    world.ec2.launch("i-1", {"ZONE": "example.internal", "HOSTNAME": "web"})
    world.handle("i-1")
    assert world.values(PRIVATE) == {
        ("web.example.internal", "A"): {"10.0.1.1"},
        ("db.example.internal", "A"): {"192.0.2.1"},
    }
    assert world.values(REVERSE) == {("1.1.0.10.in-addr.arpa", "PTR"): {"web.example.internal."}}
