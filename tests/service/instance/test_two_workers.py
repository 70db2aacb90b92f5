"""Two workers on the same instances, and no sweep afterwards: the events alone must be enough."""

from __future__ import annotations

import os
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddns.core.instance.events import Expected
from ddns.core.instance.items import NameState, OwnerState
from ddns.core.records import NameKey
from ddns.instance import reconciler as settling
from tests.service.instance.world import BUDGET, PRIVATE, PUBLIC, REVERSE, World
from tests.service.interleaving import interleave

INSTANCES = [f"i-{number}" for number in range(5)]
ALIAS = "www.example.internal"
TAGS = [
    {"ZONE": "example.internal", "CNAME": ALIAS},
    {"ZONE": "example.internal", "HOSTNAME": "app", "CNAME": ALIAS},
    {"ZONE": "example.internal", "HOSTNAME": "app"},
    {"ZONE": "example.com", "HOSTNAME": "app"},
    {"ZONE": "example.internal", "HOSTNAME": "b", "CNAME": "x.example.com"},
]
SOME = st.sets(st.sampled_from(INSTANCES))
MANY = settings(
    max_examples=int(os.environ.get("DDNS_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def world_of(tags: dict[str, dict[str, str]], chunk: int) -> World:
    world = World(chunk=chunk)
    for each in INSTANCES:
        world.ec2.launch(each, tags[each], public=f"198.51.100.1{each[2:]}")
    return world


def addresses(world: World) -> dict[tuple[str, str, str], set[str]]:
    return {
        (zone_id, name, kind): values
        for zone_id in (PRIVATE, REVERSE, PUBLIC)
        for (name, kind), values in world.values(zone_id).items()
        if kind != "CNAME"
    }


def claims(world: World) -> dict[NameKey, set[str]]:
    items = world.ledger.items.values()
    return {each.key: set(each.claims) for each in items if isinstance(each, NameState)}


def owned(world: World) -> dict[NameKey, set[str]]:
    found: dict[NameKey, set[str]] = {}
    for each in world.ledger.items.values():
        for key in each.names if isinstance(each, OwnerState) else ():
            found.setdefault(key, set()).add(each.owner)
    return found


@MANY
@given(
    first=st.fixed_dictionaries({each: st.sampled_from(TAGS) for each in INSTANCES}),
    second=st.none()
    | st.fixed_dictionaries({each: st.none() | st.sampled_from(TAGS) for each in INSTANCES}),
    batches=st.tuples(SOME, SOME),
    crash_at=st.none() | st.integers(3, 25),
    lost_answer=st.none() | st.booleans(),
    choices=st.lists(st.integers(0, 1), max_size=80),
    sizes=st.tuples(st.sampled_from([5, 8, 100]), st.sampled_from([2, 2000])),
)
def test_two_workers_end_where_one_alone_does(  # noqa: PLR0917 - what is drawn
    first: dict[str, dict[str, str]],
    second: dict[str, dict[str, str] | None] | None,
    batches: tuple[set[str], set[str]],
    crash_at: int | None,
    lost_answer: bool | None,  # noqa: FBT001 - drawn by name
    choices: list[int],
    sizes: tuple[int, int],
) -> None:
    world, alone = world_of(first, sizes[0]), world_of(first, 100)
    for each in (world, alone):
        if second is not None:
            each.handle(*INSTANCES)
            change(each, second)
    alone.handle(*INSTANCES)
    if lost_answer is not None:
        world.route53.fail_next(
            "change_resource_record_sets", "ReadTimeoutError", applied=lost_answer
        )
    with mock.patch.object(settling, "_STRIDE", sizes[1]):
        pending = run_two(world, batches, crash_at, choices)
        world.reset_failures()
        for _ in range(6):
            world.clock.time += 800
            pending = set(world.handle(*sorted(pending)).failed)
    assert pending == set()
    assert addresses(world) == addresses(alone)
    assert claims(world) == claims(alone)
    for key, owners in claims(world).items():
        assert owners <= owned(world).get(key, set())


def change(world: World, tags: dict[str, dict[str, str] | None]) -> None:
    for each, new in tags.items():
        if new is None:
            world.ec2.terminate(each)
        else:
            world.ec2.retag(each, **new)


def run_two(
    world: World, batches: tuple[set[str], set[str]], crash_at: int | None, choices: list[int]
) -> set[str]:
    """Run two workers; return whose messages come again: all that nobody acknowledged."""
    failed: tuple[set[str], set[str]] = (set(), set())

    def work(number: int) -> None:
        outcome = world.handle(*sorted(batches[number]), parts=world.worker())
        failed[number].update(outcome.failed)

    jobs = [(lambda: work(0), crash_at), (lambda: work(1), None)]
    crashed = interleave(world, jobs, iter(choices))
    done = batches[1] - failed[1]
    if not crashed[0]:
        done |= batches[0] - failed[0]
    return set(INSTANCES) - done


def test_a_look_that_is_older_than_anothers_writing_loses() -> None:
    world = World()
    world.ec2.launch("i-1", {"ZONE": "example.internal", "HOSTNAME": "old"})

    def retag_meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("describe", "after"):
            world.observe(None)
            world.ec2.retag("i-1", ZONE="example.internal", HOSTNAME="new")
            world.handle("i-1", parts=world.worker())

    world.observe(retag_meanwhile)
    world.handle("i-1")
    assert list(world.values(PRIVATE)) == [("new.example.internal", "A")]


def test_a_stop_and_start_seen_out_of_order_leaves_a_running_instance_its_name() -> None:
    world = World()
    world.ec2.launch("i-1", {"ZONE": "example.internal"})
    world.handle("i-1")
    world.ec2.set_state("i-1", "stopped")

    def start_meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("describe", "after"):
            world.observe(None)
            world.ec2.set_state("i-1", "running")
            world.handle("i-1", parts=world.worker())

    world.observe(start_meanwhile)
    world.handle("i-1")
    assert len(world.values(PRIVATE)) == 1


def test_an_instance_that_is_new_wants_nothing_and_has_nothing_is_looked_at_once_more() -> None:
    world = World()
    world.ec2.launch("i-1", {"ZONE": "example.internal"}, state="shutting-down")
    young = world.ec2.instances["i-1"]._replace(launched="2023-11-14T22:13:00+00:00")
    world.ec2.instances["i-1"] = young
    deadline = world.clock.now() + BUDGET
    first = world.service.handle({"i-1": Expected(first=True)}, deadline)
    assert "another worker may be about to write" in first.failed["i-1"]
    assert world.service.handle({"i-1": Expected()}, deadline).failed == {}
