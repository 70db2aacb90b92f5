"""Names that are allowed no more: the role denies their deletion, so nothing tries it."""

from __future__ import annotations

from ddns.core.instance.allowed import AllowedNames
from ddns.core.instance.placement import Rules
from tests.service.instance.world import PRIVATE, REVERSE, World

WEB = ("web.example.internal", "A")
IN_ZONE = {"ZONE": "example.internal"}
REASON = "no pattern of allowed_names matches it"


def allowing(*patterns: str) -> Rules:
    return Rules(region="us-east-1", allowed=AllowedNames(frozenset(patterns)))


def narrowed() -> World:
    """Return a world with two instances, one of which has a name that is allowed no more."""
    world = World()
    world.ec2.launch("i-1", {**IN_ZONE, "HOSTNAME": "web", "CNAME": "www.example.internal"})
    world.ec2.launch("i-2", IN_ZONE)
    world.handle("i-1", "i-2")
    assert world.values(PRIVATE)[WEB] == {"10.0.1.1"}
    world.reconfigure(rules=allowing("ip-*.example.internal", "www.example.internal"))
    return world


def test_its_record_stays_with_a_warning_at_each_look_and_nothing_fails() -> None:
    world = narrowed()
    # What the role denies, the zone of this fake denies.
    world.route53.protect(PRIVATE, *WEB)
    for look in (world.sweep, lambda: world.handle("i-1"), world.sweep, world.sweep):
        outcome = look()
        assert world.values(PRIVATE)[WEB] == {"10.0.1.1"}
        assert any(WEB[0] in warning and warning.endswith(REASON) for warning in outcome.warnings)
        assert (outcome.failed, outcome.rejected) == ({}, {})
        assert {refusal.name for refusal in outcome.refusals} == {"web.example.internal"}
    assert (world.queue.looks, world.queue.steps) == ([], [])


def test_all_else_goes_on_its_pointer_goes_and_its_alias_points_elsewhere() -> None:
    world = narrowed()
    world.sweep()
    assert world.values(PRIVATE)["www.example.internal", "CNAME"] == {"ip-10-0-1-1.ec2.internal."}
    assert set(world.values(REVERSE)) == {("2.1.0.10.in-addr.arpa", "PTR")}
    world.ec2.terminate("i-2")
    assert not world.handle("i-2").failed
    assert set(world.values(PRIVATE)) == {WEB, ("www.example.internal", "CNAME")}


def test_when_the_instance_is_gone_the_ledger_forgets_it_and_the_record_stays() -> None:
    world = narrowed()
    world.sweep()
    world.ec2.terminate("i-1")
    outcome = world.sweep()
    assert (outcome.failed, outcome.withheld) == ({}, 0)
    assert set(world.values(PRIVATE)) == {WEB, ("ip-10-0-1-2.example.internal", "A")}
    assert [owner for owner in world.ledger.items if isinstance(owner, str)] == ["i-2"]


def test_a_dry_run_plans_no_delete_of_it() -> None:
    world = narrowed()
    planned = world.plan().planned
    assert "web.example.internal" not in {each.key.name for each in planned}


def test_it_is_owned_again_as_soon_as_it_is_allowed_again() -> None:
    world = narrowed()
    world.sweep()
    world.reconfigure(rules=allowing("*.example.internal"))
    world.ec2.retag("i-1", **IN_ZONE, HOSTNAME="db")
    world.sweep()
    assert WEB not in world.values(PRIVATE)
    assert ("db.example.internal", "A") in world.values(PRIVATE)
