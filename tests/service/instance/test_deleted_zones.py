"""Hosted zones that somebody deletes by hand: their items are forgotten, all others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns.core.instance.items import NameState
from ddns.core.records import ListedZone
from tests.service.instance.world import PRIVATE, PUBLIC, REVERSE, World

if TYPE_CHECKING:
    from ddns.instance.outcome import Outcome

BOTH = {"ZONE": "example.internal", "CNAME": "www.example.com"}
FORWARD_ONLY = (ListedZone(PRIVATE, "example.internal", private=True),)
HOST = "ip-10-0-1-1.example.internal"


def lines_about_gone(outcome: Outcome) -> list[str]:
    return [each for each in outcome.warnings if "gone" in each]


def zones_of_names(world: World) -> set[str]:
    items = world.ledger.items.values()
    return {item.key.zone_id for item in items if isinstance(item, NameState)}


def running(world: World, count: int = 3) -> list[str]:
    ids = [f"i-{number}" for number in range(1, count + 1)]
    for each in ids:
        world.ec2.launch(each, {"ZONE": "example.internal"})
    return ids


@pytest.mark.parametrize("seen_by", ("an event", "a sweep", "an event in another environment"))
def test_a_listed_zone_that_is_deleted_stops_no_other_and_its_items_are_forgotten(
    seen_by: str,
) -> None:
    world = World()
    ids = running(world)
    world.handle(*ids)
    world.route53.remove_zone(REVERSE)
    world.ec2.launch("i-9", {"ZONE": "example.internal"})
    parts = world.worker() if "another" in seen_by else None
    if seen_by == "a sweep":
        outcome = world.sweep()
    else:
        for each in ids:
            world.ec2.retag(each, ZONE="example.internal", HOSTNAME=each)
        outcome = world.handle(*ids, "i-9", parts=parts)
    assert (outcome.failed, outcome.refusals) == ({}, {})
    (line,) = lines_about_gone(outcome)
    assert line.startswith("10.in-addr.arpa of hosted_zones is gone: ")
    assert outcome.gone == {REVERSE: "10.in-addr.arpa"}
    assert len(world.values(PRIVATE)) == 4
    world.sweep(parts=parts)
    assert zones_of_names(world) == {PRIVATE}


def test_events_after_that_ask_route_53_for_it_no_more_and_each_sweep_says_it_once() -> None:
    world = World()
    ids = running(world)
    world.handle(*ids)
    world.route53.remove_zone(REVERSE)
    world.sweep()
    before = world.route53.total_requests
    world.ec2.launch("i-9", {"ZONE": "example.internal"})
    outcome = world.handle("i-9")
    assert (world.route53.total_requests - before, lines_about_gone(outcome)) == (1, [])
    for _ in range(2):
        swept = world.sweep()
        assert len(lines_about_gone(swept)) == len(swept.warnings) == 1
        assert (swept.failed, swept.refusals, swept.changes) == ({}, {}, [])
    world.clock.time += 10_000
    assert len(lines_about_gone(world.sweep())) == 1


def test_names_of_a_deleted_zone_do_not_move_into_the_zone_around_it() -> None:
    world = World()
    inner = world.route53.add_zone("dev.example.internal", private=True, vpcs=("vpc-1",))
    listed = ListedZone(inner, "dev.example.internal", private=True)
    world.reconfigure(zones=(*world.settings.zones, listed))
    world.ec2.launch("i-1", {"HOSTNAME": "web.dev.example.internal"})
    world.handle("i-1")
    assert world.values(inner).keys() == {("web.dev.example.internal", "A")}
    world.route53.remove_zone(inner)
    world.sweep()
    world.sweep()
    assert world.values(PRIVATE) == {}
    # Nobody asks for the PTR record by a name that does not exist.
    assert world.values(REVERSE) == {}


def test_the_records_come_into_a_new_zone_of_that_name_beside_the_old_entry_or_instead() -> None:
    world = World()
    ids = running(world)
    world.handle(*ids)
    world.route53.remove_zone(PRIVATE)
    world.sweep()
    again = world.route53.add_zone("example.internal", private=True, vpcs=("vpc-1",))
    new = ListedZone(again, "example.internal", private=True)
    world.reconfigure(zones=(*world.settings.zones, new))
    for _ in range(2):
        world.sweep()
    assert len(world.values(again)) == 3
    world.reconfigure(zones=(world.settings.zones[1], new))
    assert world.sweep().changes == []
    assert len(world.values(again)) == len(world.values(REVERSE)) == 3


def test_a_listed_zone_that_answers_when_it_is_asked_for_itself_is_not_forgotten() -> None:
    world = World()
    world.ec2.launch("i-1", {"ZONE": "example.internal"})
    world.handle("i-1")
    world.route53.fail_next("list_resource_record_sets", "NoSuchHostedZone")
    outcome = world.sweep()
    assert outcome.gone == {}
    assert any("could not be verified" in each for each in outcome.warnings)
    world.route53.fail_next("change_resource_record_sets", "NoSuchHostedZone", times=9)
    world.ec2.retag("i-1", ZONE="example.internal", HOSTNAME="web")
    assert "i-1" in world.handle("i-1").failed
    world.reset_failures()
    world.handle("i-1")
    assert world.values(PRIVATE) == {("web.example.internal", "A"): {"10.0.1.1"}}
    assert zones_of_names(world) == {PRIVATE, REVERSE}


@pytest.mark.parametrize("seen_by", ("events", "sweeps", "events in another environment"))
def test_a_made_zone_that_is_deleted_is_made_again_and_gets_its_records(seen_by: str) -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    ids = running(world)
    world.handle(*ids)
    (made,) = world.ledger.zones()
    for _ in range(2):  # its second caller reference is used up as well as the first
        world.route53.remove_zone(made.id)
        world.ec2.launch(f"i-9{_}", {"ZONE": "example.internal"})
        parts = world.worker() if "another" in seen_by else None
        if seen_by == "sweeps":
            outcome = world.sweep()
        else:
            outcome = world.handle(*ids, f"i-9{_}", parts=parts)
            world.handle(*outcome.failed, parts=parts)
        assert made.name in {*outcome.gone.values()}
        world.sweep(parts=parts)
        (made,) = (zone for zone in world.ledger.zones() if not zone.gone)
        assert len(world.values(made.id)) == 4 + _
        assert zones_of_names(world) == {PRIVATE, made.id}
        assert lines_about_gone(world.sweep(parts=parts)) == []


def test_a_made_zone_that_was_taken_for_gone_is_found_again_by_its_reference() -> None:
    world = World(reverse_zones_created=True, zones=FORWARD_ONLY)
    world.ec2.launch("i-1", {"ZONE": "example.internal"})
    # It was created a moment ago, and Route 53 does not know it everywhere yet.
    world.observe(
        lambda operation, when: (
            operation == "remember_zone"
            and when == "after"
            and not world.route53.requests["change_resource_record_sets"]
            and world.route53.fail_next("change_resource_record_sets", "NoSuchHostedZone", 2)
        )
    )
    world.handle("i-1")
    world.observe(None)
    world.reset_failures()
    world.sweep()
    (zone,) = world.ledger.zones()
    assert not zone.gone
    assert world.values(zone.id) == {("1.1.0.10.in-addr.arpa", "PTR"): {HOST + "."}}


@pytest.mark.parametrize("made", (True, False))
def test_a_crash_at_any_request_while_a_zone_is_forgotten_leaves_what_the_next_sweeps_mend(
    made: bool,  # noqa: FBT001 - a parameter
) -> None:
    class CrashError(BaseException):
        pass

    for crash_at in range(1, 60):
        settings = {"reverse_zones_created": True, "zones": FORWARD_ONLY} if made else {}
        world = World(**settings)
        ids = running(world)
        world.handle(*ids)
        world.route53.remove_zone(world.ledger.zones()[0].id if made else REVERSE)
        world.ec2.terminate("i-3")
        world.ec2.launch("i-4", {"ZONE": "example.internal"})
        calls = 0

        def hook(_operation: str, _when: str) -> None:
            nonlocal calls
            calls += 1
            if calls == crash_at:  # noqa: B023 - it is called within the turn
                raise CrashError

        world.observe(hook)
        with pytest.MonkeyPatch.context():
            try:
                world.handle(*ids, "i-4")
            except CrashError:
                pass
            else:
                assert calls < crash_at
                return
            finally:
                world.observe(None)
        world.clock.time += 1000
        world.parts = world.worker()
        world.sweep()
        world.sweep()
        assert len(world.values(PRIVATE)) == 3
        live = {zone.id for zone in world.ledger.zones() if not zone.gone}
        assert zones_of_names(world) == {PRIVATE} | live
        for zone_id in live:
            assert len(world.values(zone_id)) == 3
    raise AssertionError("it does not end")


def test_a_public_zone_that_is_deleted_takes_no_alias_elsewhere_with_it() -> None:
    world = World()
    world.ec2.launch("i-1", BOTH, public="198.51.100.7")
    world.handle("i-1")
    assert len(world.values(PUBLIC)) == 1
    world.route53.remove_zone(PUBLIC)
    assert world.sweep().gone == {PUBLIC: "example.com"}
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 1
