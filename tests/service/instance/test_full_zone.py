"""A hosted zone that takes no more record sets."""

from __future__ import annotations

from tests.service.instance.world import PRIVATE, PUBLIC, REVERSE, World

IN_ZONE = {"ZONE": "example.internal"}
APEX = 2
ROOM = 95
CHANGE = "change_resource_record_sets"


def launched(world: World, count: int, first: int = 0, zone: str = "example.internal") -> list[str]:
    """Launch instances with a name each; return their ids."""
    ids = [f"i-{number:08x}" for number in range(first, first + count)]
    for number, instance in enumerate(ids, start=first):
        address = f"10.0.{number // 200}.{number % 200}"
        tags = {"ZONE": zone, "HOSTNAME": f"h{number}"}
        world.ec2.launch(instance, tags, private=address, public="192.0.2.1")
    return ids


def full_world() -> tuple[World, list[str]]:
    """Return a world with room for 95 names, and 400 instances."""
    world = World()
    world.route53.set_quota(PRIVATE, APEX + ROOM)
    return world, launched(world, 400)


def test_as_many_names_are_written_as_there_is_room_for_in_few_requests() -> None:
    world, ids = full_world()
    outcome = world.handle(*ids)
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == ROOM
    # Halving finds the last name for which there is room; a request for each would be a storm.
    assert world.route53.requests[CHANGE] <= 24
    assert outcome.throttles == 0


def test_the_others_are_refused_with_the_reason_and_are_no_dead_letters() -> None:
    world, ids = full_world()
    outcome = world.handle(*ids)
    assert outcome.failed == outcome.rejected == {}
    refused = [refusal for refusal in outcome.refusals if refusal.name.endswith("example.internal")]
    assert len({refusal.owner for refusal in refused}) == 400 - ROOM
    assert all("full" in r.reason or "MAX_RRSETS_BY_ZONE" in r.reason for r in refused)
    assert sum("full" in refusal.reason for refusal in refused) > 400 - ROOM - 10


def test_another_zone_gets_its_names_all_the_same() -> None:
    world, ids = full_world()
    elsewhere = launched(world, 50, first=400, zone="example.com")
    world.handle(*ids, *elsewhere)
    assert len(world.values(PUBLIC)) == 50


def test_when_there_is_room_again_the_next_sweep_writes_the_others() -> None:
    world, ids = full_world()
    world.handle(*ids)
    world.route53.set_quota(PRIVATE, APEX + 400)
    outcome = world.sweep()
    assert (outcome.failed, outcome.refusals) == ({}, {})
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 400


def test_an_instance_that_stops_leaves_a_full_zone() -> None:
    world, ids = full_world()
    world.handle(*ids)
    names = {name for name, _ in world.values(PRIVATE)}
    number = min(int(name.partition(".")[0][1:]) for name in names)
    world.ec2.terminate(ids[number])
    assert world.handle(ids[number]).failed == {}
    assert len(world.values(PRIVATE)) == ROOM - 1
