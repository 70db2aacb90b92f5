"""What Route 53 does not take at once: durable, answered with success, applied in batches."""

from __future__ import annotations

import json

import pytest

from ddns.core.errors import UnavailableError
from tests.fakes.sqs import QUEUE
from tests.service.client.world import HOME, ZONE, World, host

OLD, NEW, NEWER = "54.239.17.6", "176.32.100.36", "52.95.110.1"
CHANGE = "change_resource_record_sets"


def names(count: int) -> list[str]:
    return [f"h{number:04}.example.com" for number in range(count)]


def address(number: int) -> str:
    return f"52.{95 + number // 65536}.{number // 256 % 256}.{number % 256}"


def throttle(world: World, times: int = 100_000) -> None:
    world.route53.fail_next(CHANGE, "Throttling", times=times)


def recover(world: World) -> None:
    """Let Route 53 answer again, and some time pass."""
    world.route53._failures.clear()
    world.clock.time += 30


def order(name: str, number: int) -> str:
    return json.dumps({"action": "apply", "hostname": name, "order": number})


def test_a_throttled_change_is_written_down_then_ordered_then_answered() -> None:
    world = World(host())
    world.update(OLD)
    throttle(world)
    seen: list[str] = []
    world.observe(lambda operation, _: seen.append(operation))
    assert world.update(NEW) == f"good {NEW}"
    world.observe(None)
    assert seen[0] == "get"
    assert set(seen[1:-2]) == {CHANGE}
    assert seen[-2:] == ["save", "send_message_batch"]
    assert world.hosts.items[HOME].pending
    assert world.values() == {"A": OLD}
    assert world.orders() == [order(HOME, 2)]


def test_a_client_waits_for_seconds_only_and_the_next_one_not_at_all() -> None:
    world = World(host(), host("b.example.com"))
    world.update(OLD)
    throttle(world)
    before = world.clock.now()
    world.update(NEW)
    assert world.clock.now() - before < 3
    asked = world.route53.requests[CHANGE]
    assert world.update(NEW, name="b.example.com") == f"good {NEW}"
    assert world.route53.requests[CHANGE] == asked
    assert sorted(world.orders()) == [order("b.example.com", 1), order(HOME, 2)]


def test_the_queue_writes_what_was_left_to_it() -> None:
    world = World(host())
    world.update(OLD)
    throttle(world)
    world.update(NEW)
    recover(world)
    assert world.deliver(world.orders()) == []
    assert world.values() == world.kept() == {"A": NEW}
    assert not world.hosts.items[HOME].pending
    requests = world.hosts.requests.copy()
    asked = world.route53.total_requests
    assert world.update(NEW) == f"nochg {NEW}"
    assert world.hosts.requests - requests == {"get": 1}
    assert world.route53.total_requests == asked


def test_the_latest_address_is_written_however_many_orders_there_are() -> None:
    world = World(host())
    world.update(OLD)
    throttle(world)
    for value in (NEW, NEWER, NEW, NEWER):
        assert world.update(value) == f"good {value}"
        world.clock.time += 5
    orders = world.orders()
    recover(world)
    assert world.deliver(orders + orders) == []
    assert world.values() == world.kept() == {"A": NEWER}


def test_the_same_address_again_while_it_is_pending_is_a_success() -> None:
    world = World(host())
    world.update(OLD)
    throttle(world)
    world.update(NEW)
    assert world.update(NEW).endswith(NEW)
    assert world.kept() == {"A": NEW}
    recover(world)
    world.drain()
    assert world.values() == {"A": NEW}


def test_a_pending_host_is_written_by_its_clients_next_request_too() -> None:
    world = World(host())
    world.update(OLD)
    throttle(world)
    world.update(NEW)
    recover(world)
    assert world.update(NEW).endswith(NEW)
    assert world.values() == {"A": NEW}
    assert not world.hosts.items[HOME].pending


def test_a_new_host_that_was_throttled_is_looked_at_before_it_is_written() -> None:
    world = World(host())
    throttle(world)
    assert world.update(NEW) == f"good {NEW}"
    recover(world)
    world.route53.put_foreign(ZONE, HOME, "A", [OLD, NEWER])
    assert world.deliver(world.orders()) == []
    assert world.values() == {"A": f"{NEWER} {OLD}"}
    ((name, reason),) = world.dead_letters()
    assert name == HOME
    assert reason


def test_a_look_that_is_throttled_is_left_to_the_queue_as_well() -> None:
    world = World(host())
    world.route53.fail_next("list_resource_record_sets", "Throttling", times=1000)
    assert world.update(NEW) == f"good {NEW}"
    recover(world)
    world.drain()
    assert world.values() == world.kept() == {"A": NEW}


def test_a_thousand_names_are_applied_in_few_change_batches() -> None:
    world = World(*map(host, names(1000)))
    throttle(world)
    world.route53.fail_next("list_resource_record_sets", "Throttling", times=100_000)
    for number, name in enumerate(names(1000)):
        assert world.update(address(number), name=name) == f"good {address(number)}"
    recover(world)
    world.route53.requests.clear()
    bodies = world.orders()
    assert len(bodies) == 1000
    assert world.deliver(bodies) == []
    for number, name in enumerate(names(1000)):
        assert world.values(name) == world.kept(name) == {"A": address(number)}
    # A batch holds 1,000 values, and an UPSERT counts twice.
    assert world.route53.requests[CHANGE] <= 4
    assert world.route53.requests["list_resource_record_sets"] <= 6


def test_names_of_two_zones_go_each_to_its_own() -> None:
    world = World(host(), host("home.example.net", zone_id="Z2EXAMPLE"))
    throttle(world)
    world.update(NEW)
    world.update(NEWER, name="home.example.net")
    recover(world)
    world.drain()
    assert world.values() == {"A": NEW}
    found = world.route53.records("Z2EXAMPLE")
    assert found == {("home.example.net.", "A"): (60, frozenset({NEWER}))}


# ---------------------------------------------------------------- what cannot be applied


@pytest.mark.parametrize(
    ("poison", "why"), (("protected", "protect"), ("foreign", "CNAME"), ("unlisted", "zone"))
)
def test_a_poisoned_name_goes_to_the_dead_letters_with_its_reason_and_blocks_nobody(
    poison: str, why: str
) -> None:
    every = names(50)
    bad = every[17]
    world = World(*map(host, every))
    for name in every:
        world.update(OLD, name=name)
    throttle(world)
    for name in every:
        world.update(NEW, name=name)
    recover(world)
    if poison == "protected":
        world.route53.protect(ZONE, bad, "A")
    elif poison == "foreign":
        world.route53.remove_foreign(ZONE, bad, "A")
        world.route53.put_foreign(ZONE, bad, "CNAME", ["elsewhere.example.net."])
    else:
        world.hosts.edit(bad, zone_id="Z3UNLISTED")
    assert world.deliver(world.orders()) == []
    for name in every:
        if name != bad:
            assert world.values(name) == {"A": NEW}
            assert not world.hosts.items[name].pending
    ((name, reason),) = world.dead_letters()
    assert name == bad
    assert reason.startswith(bad)
    assert why in reason
    assert "A" not in world.values(bad) or world.values(bad) == {"A": OLD}


@pytest.mark.parametrize(
    "body",
    (
        "{",
        "[]",
        "null",
        "3",
        "{}",
        '{"action": "apply"}',
        '{"action": "apply", "hostname": ""}',
        '{"action": "apply", "hostname": 3}',
        '{"action": "apply", "hostname": ["a"]}',
        '{"action": "sweep", "hostname": "home.example.com"}',
        "[" * 100_000,
        '{"action": "apply", "hostname": "' + "x" * 100_000 + '"}',
        '{"action": "apply", "hostname": "\\ud800.example.com"}',
    ),
    ids=lambda body: ascii(body[:40]),
)
def test_what_is_no_order_does_not_hold_up_the_batch(body: str) -> None:
    world = World(host())
    throttle(world)
    world.update(NEW)
    recover(world)
    failed = world.deliver([body, *world.orders()])
    assert failed == []
    assert world.values() == {"A": NEW}
    assert len(world.sqs.sent[QUEUE]) == 0


def test_an_order_for_a_host_that_is_gone_disabled_or_done_is_done() -> None:
    world = World(host(), host("off.example.com"), host("gone.example.com"))
    throttle(world)
    for name in world.hosts.items:
        world.update(NEW, name=name)
    recover(world)
    world.hosts.remove("gone.example.com")
    world.hosts.edit("off.example.com", disabled=True)
    orders = world.orders()
    assert world.deliver(orders) == []
    assert world.deliver(orders) == []
    assert world.values("off.example.com") == world.values("gone.example.com") == {}
    assert not world.dead_letters()


def test_what_is_still_throttled_comes_again_later_each_time() -> None:
    world = World(host())
    throttle(world)
    world.update(NEW)
    orders = world.orders()
    world.clock.time += 30
    assert world.deliver(orders) == orders
    assert world.sqs.shown_after
    assert not world.dead_letters()
    recover(world)
    assert world.deliver(orders) == []
    assert world.values() == {"A": NEW}


def test_where_dynamodb_does_not_answer_the_messages_come_again() -> None:
    world = World(host())
    throttle(world)
    world.update(NEW)
    recover(world)
    orders = world.orders()
    world.hosts.fail_next("get_many", UnavailableError("no answer"))
    assert world.deliver(orders) == orders
    world.hosts.fail_next("save", UnavailableError("no answer"))
    assert world.deliver(orders) == orders
    assert world.deliver(orders) == []
    assert world.values() == world.kept() == {"A": NEW}


def test_a_queue_that_takes_nothing_is_told_and_the_next_request_makes_it_good() -> None:
    world = World(host())
    world.update(OLD)
    throttle(world)
    world.sqs.failing = "AccessDenied"
    assert world.update(NEW) == "911"
    recover(world)
    world.sqs.failing = ""
    assert world.update(NEW).endswith(NEW)
    assert world.values() == world.kept() == {"A": NEW}


def test_what_became_of_a_batch_is_counted() -> None:
    world = World(host())
    throttle(world)
    world.update(NEW)
    recover(world)
    world.deliver([*world.orders(), "{"])
    counted = [line for line in world.lines() if "MessagesFailed" in line]
    assert [line["MessagesFailed"] for line in counted] == [1]
    assert [line["Changed"] for line in counted] == [1]
    assert any(line.get("Deferred") == 1 for line in world.lines())
    assert any(line.get("Route53Throttles", 0) > 0 for line in world.lines())


def test_a_number_beyond_all_numbers_is_a_bad_message_and_keeps_no_other() -> None:
    world = World(host())
    world.update(OLD)
    throttle(world)
    world.update(NEW)
    (body,) = world.orders()
    recover(world)
    bad = json.dumps({"action": "apply", "hostname": HOME, "order": float("inf")})
    assert world.deliver([bad, body]) == []
    assert world.values() == {"A": NEW}
    assert [name for name, _ in world.dead_letters()] == [HOME]


def test_a_message_that_gets_no_clear_answer_makes_no_second_one() -> None:
    world = World(host())
    world.update(OLD)
    world.route53.fail_next(CHANGE, "InternalFailure", times=1000)
    assert world.update(NEW) == f"good {NEW}"
    (body,) = world.orders()
    for _ in range(3):
        world.clock.time += 30
        assert world.deliver([body]) == [body]
        assert world.orders() == []
    recover(world)
    assert world.deliver([body]) == []
    assert world.values() == {"A": NEW}
