"""A delegated IPv6 prefix: one request moves every host behind a client, or the next one does."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Any

import pytest

from ddns.core.errors import UnavailableError
from tests.service.client.world import VERIFY, ZONE, World, host
from tests.service.interleaving import interleave

ROUTER, DOOR, TV = "router.example.com", "door.example.com", "tv.example.com"
OLD, NEW = "2600:1f14:9:9", "2600:1f14:1:2"
SUFFIX = {DOOR: "211:32ff:fe01:2", TV: "211:32ff:fe01:3"}


def home() -> World:
    """A router and two hosts behind it, all set to the old prefix."""
    world = World(
        host(ROUTER, members=frozenset(SUFFIX)),
        *(
            host(name, behind=ROUTER, suffix=IPv6Address(f"::{suffix}"), tokens=(), secrets=())
            for name, suffix in SUFFIX.items()
        ),
    )
    assert move(world, OLD) == f"good {OLD}::1"
    assert moved(world, OLD)
    return world


def move(world: World, prefix: str, **more: Any) -> str:  # noqa: ANN401 - of update
    return world.update(f"{prefix}::1", name=ROUTER, **more)


def moved(world: World, prefix: str) -> bool:
    """Tell whether zone and table have every host in a prefix."""
    expected = {ROUTER: f"{prefix}::1", **{n: f"{prefix}:{s}" for n, s in SUFFIX.items()}}
    return all(
        world.values(name).get("AAAA") == world.kept(name)["AAAA"] == address
        for name, address in expected.items()
    )


def test_one_request_moves_them_all_and_a_second_asks_for_nothing_more() -> None:
    world = home()
    assert move(world, NEW) == f"good {NEW}::1"
    assert moved(world, NEW)
    requests, asked = world.hosts.requests.copy(), world.route53.total_requests
    assert move(world, NEW) == f"nochg {NEW}::1"
    assert world.hosts.requests - requests == {"get": 1}
    assert world.route53.total_requests == asked


@pytest.mark.parametrize("operation", ("get_many", "save"))
def test_where_dynamodb_fails_the_next_request_makes_it_good(operation: str) -> None:
    world = home()
    world.hosts.fail_next(operation, UnavailableError("no answer"))
    assert move(world, NEW) == "911"
    assert move(world, NEW).endswith(f" {NEW}::1")
    assert moved(world, NEW)


def test_what_route53_does_not_take_is_left_to_the_queue() -> None:
    world = home()
    world.route53.fail_next("change_resource_record_sets", "Throttling", times=1000)
    assert move(world, NEW) == f"good {NEW}::1"
    world.route53._failures.clear()
    world.clock.time += 30
    world.drain()
    assert moved(world, NEW)


def test_after_a_crash_between_any_two_calls_the_next_request_makes_it_good() -> None:
    for point in range(1, 12):
        world = home()
        worker = world.worker()
        job = (lambda w=world, parts=worker: move(w, NEW, parts=parts), point)
        interleave(world, [job], iter(()))  # type: ignore[arg-type, list-item]  # it can observe
        world.clock.time += 60
        move(world, NEW)
        assert moved(world, NEW), point


def test_drift_of_a_host_behind_is_healed_at_verify_interval() -> None:
    world = home()
    world.route53.remove_foreign(ZONE, DOOR, "AAAA")
    assert move(world, OLD) == f"nochg {OLD}::1"
    assert world.values(DOOR) == {}
    world.clock.time += VERIFY
    move(world, OLD)
    assert moved(world, OLD)


def test_a_host_that_is_new_behind_it_is_set_at_verify_interval_at_the_latest() -> None:
    world = home()
    new = host("new.example.com", behind=ROUTER, suffix=IPv6Address("::5"), tokens=(), secrets=())
    world.hosts.add(new)
    world.hosts.edit(ROUTER, members=frozenset({*SUFFIX, new.name}))
    world.clock.time += VERIFY
    move(world, OLD)
    assert world.values(new.name) == {"AAAA": f"{OLD}::5"}


@pytest.mark.parametrize(
    "fields",
    (
        {"behind": "other.example.com"},
        {"behind": ""},
        {"suffix": None},
        {"disabled": True},
        {"types": frozenset({"A"})},
        {"zone_id": "Z3UNLISTED"},
    ),
)
def test_a_host_that_is_not_to_follow_stays(fields: dict[str, Any]) -> None:
    world = home()
    world.hosts.edit(DOOR, **fields)
    assert move(world, NEW) == f"good {NEW}::1"
    assert world.values(DOOR) == {"AAAA": f"{OLD}:{SUFFIX[DOOR]}"}
    assert world.values(TV) == {"AAAA": f"{NEW}:{SUFFIX[TV]}"}


def test_a_foreign_record_set_of_one_does_not_keep_the_others() -> None:
    world = home()
    world.route53.protect(ZONE, DOOR, "AAAA")
    move(world, NEW)
    assert world.values(TV) == {"AAAA": f"{NEW}:{SUFFIX[TV]}"}
    assert world.values(ROUTER) == {"AAAA": f"{NEW}::1"}
    assert any(DOOR in str(line.get("host")) for line in world.lines())


def test_a_host_with_a_suffix_of_its_own_takes_it_from_the_prefix() -> None:
    world = World(host(DOOR, suffix=IPv6Address("::9")))
    assert world.update("preserve", name=DOOR, more=f"&prefix={NEW}::/64") == f"good {NEW}::9"
    assert world.values(DOOR) == {"AAAA": f"{NEW}::9"}
