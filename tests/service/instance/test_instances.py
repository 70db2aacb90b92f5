"""Events about instances, to the record sets left in the zones."""

from __future__ import annotations

import pytest

from ddns.core.instance.adoption import Adoption
from ddns.core.instance.events import Expected
from ddns.core.instance.items import LEASE, NameState
from ddns.core.instance.policy import upsert_only
from ddns.core.records import NameKey
from tests.service.instance.world import BUDGET, PRIVATE, PUBLIC, REVERSE, World
from tests.service.interleaving import interleave

IN_ZONE = {"ZONE": "example.internal"}
HOST = "ip-10-0-1-1.example.internal"


def named(label: str, **tags: str) -> dict[str, str]:
    return {**IN_ZONE, "HOSTNAME": label, **tags}


def names_of(world: World) -> list[NameState]:
    return [item for item in world.ledger.items.values() if isinstance(item, NameState)]


def test_a_launch_is_two_requests_to_route_53_and_six_to_everybody() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}
    assert world.values(REVERSE) == {("1.1.0.10.in-addr.arpa", "PTR"): {HOST + "."}}
    assert world.route53.total_requests == 2
    assert world.ledger.requests == {"open": 1, "write": 2}
    assert world.ec2.requests == {"describe": 1}


def test_a_stop_takes_everything_away_and_leaves_the_ledger_empty() -> None:
    world = World()
    world.ec2.launch("i-1", {**IN_ZONE, "CNAME": "www.example.internal"})
    world.handle("i-1")
    world.ec2.set_state("i-1", "stopped")
    outcome = world.handle("i-1")
    assert (world.values(PRIVATE), world.values(REVERSE), world.ledger.items) == ({}, {}, {})
    assert outcome.removed == 3


def test_the_names_of_an_instance_that_is_gone_altogether_go() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert (world.values(PRIVATE), world.ledger.items) == ({}, {})


def test_an_event_about_an_unknown_instance_writes_nothing() -> None:
    world = World()
    assert world.handle("i-9").changes == []
    assert world.route53.total_requests == 0
    assert world.ledger.items == {}


def test_a_repeated_event_asks_nothing_of_route_53() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    requests = world.route53.total_requests
    world.handle("i-1")
    assert world.route53.total_requests == requests
    # Only the head: who looked before can write no more.
    assert world.ledger.requests["write"] == 3


def test_a_zone_tag_added_late_gives_the_name() -> None:
    world = World()
    world.ec2.launch("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE) == {}
    world.ec2.retag("i-1", **IN_ZONE)
    world.handle("i-1")
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}


def test_another_tag_moves_the_name() -> None:
    world = World()
    world.ec2.launch("i-1", named("old"))
    world.handle("i-1")
    world.ec2.retag("i-1", **named("new"))
    world.handle("i-1")
    assert list(world.values(PRIVATE)) == [("new.example.internal", "A")]
    assert world.values(REVERSE)["1.1.0.10.in-addr.arpa", "PTR"] == {"new.example.internal."}


def test_a_new_public_address_follows_a_restart() -> None:
    world = World()
    world.ec2.launch("i-1", {"ZONE": "example.com", "HOSTNAME": "web"}, public="198.51.100.1")
    world.handle("i-1")
    world.ec2.launch("i-1", {"ZONE": "example.com", "HOSTNAME": "web"}, public="198.51.100.2")
    world.handle("i-1")
    assert world.values(PUBLIC) == {("web.example.com", "A"): {"198.51.100.2"}}


def test_two_instances_of_one_name_share_it_and_leave_one_by_one() -> None:
    world = World()
    world.ec2.launch("i-1", named("app"))
    world.ec2.launch("i-2", named("app"))
    world.handle("i-1", "i-2")
    assert world.values(PRIVATE) == {("app.example.internal", "A"): {"10.0.1.1", "10.0.1.2"}}
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE) == {("app.example.internal", "A"): {"10.0.1.2"}}


def test_the_next_in_line_takes_a_cname_over() -> None:
    world = World()
    alias = {**IN_ZONE, "CNAME": "www.example.internal"}
    world.ec2.launch("i-1", alias)
    world.ec2.launch("i-2", alias)
    world.handle("i-1", "i-2")
    www = ("www.example.internal", "CNAME")
    assert world.values(PRIVATE)[www] == {"ip-10-0-1-1.example.internal."}
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE)[www] == {"ip-10-0-1-2.example.internal."}


# -------------------------------------------------------------------- others' record sets


@pytest.mark.parametrize("theirs", ("192.0.2.1", "10.0.1.1"))
def test_a_record_that_someone_else_made_is_left_alone(theirs: str) -> None:
    world = World()
    world.route53.put_foreign(PRIVATE, "app.example.internal", "A", [theirs], ttl=60)
    world.ec2.launch("i-1", named("app"))
    outcome = world.handle("i-1")
    assert world.values(PRIVATE) == {("app.example.internal", "A"): {theirs}}
    assert [refusal.name for refusal in outcome.refusals] == ["app.example.internal"]
    assert outcome.failed == {}
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE) == {("app.example.internal", "A"): {theirs}}
    assert (world.values(REVERSE), world.ledger.items) == ({}, {})


def test_one_foreign_record_among_many_stops_none_of_the_others() -> None:
    world = World()
    world.route53.put_foreign(PRIVATE, "host-7.example.internal", "A", ["192.0.2.1"])
    for number in range(100):
        world.ec2.launch(f"i-{number}", named(f"host-{number}"))
    outcome = world.handle(*world.ec2.instances)
    found = world.values(PRIVATE)
    assert len(found) == 100
    assert found["host-7.example.internal", "A"] == {"192.0.2.1"}
    assert len(outcome.refusals) == 1
    assert len(world.values(REVERSE)) == 99


def test_a_name_to_be_adopted_is_taken_over_and_given_back_when_the_instance_goes() -> None:
    world = World(adopt=Adoption(frozenset({"app.example.internal"})))
    world.route53.put_foreign(PRIVATE, "app.example.internal", "A", ["192.0.2.1"])
    world.ec2.launch("i-1", named("app"))
    world.handle("i-1")
    assert world.values(PRIVATE) == {("app.example.internal", "A"): {"10.0.1.1"}}
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE) == {}


def test_a_protected_record_set_is_refused_with_route_53s_reason_and_the_rest_is_written() -> None:
    world = World()
    world.route53.protect(PRIVATE, "app.example.internal", "A")
    world.ec2.launch("i-1", named("app"))
    world.ec2.launch("i-2", IN_ZONE)
    outcome = world.handle("i-1", "i-2")
    assert list(outcome.rejected) == ["i-1"]
    assert "InvalidChangeBatch" in outcome.rejected["i-1"]
    assert world.values(PRIVATE) == {("ip-10-0-1-2.example.internal", "A"): {"10.0.1.2"}}
    assert world.values(REVERSE) == {
        ("2.1.0.10.in-addr.arpa", "PTR"): {"ip-10-0-1-2.example.internal."}
    }
    assert {key for key in world.ledger.items if isinstance(key, str)} == {"i-2"}


# -------------------------------------------------------------------- when services fail


@pytest.mark.parametrize("code", ("Throttling", "PriorRequestNotComplete"))
def test_throttling_is_waited_out_with_jitter(code: str) -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.route53.fail_next("change_resource_record_sets", code, times=4)
    outcome = world.handle("i-1")
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}
    assert outcome.throttles == 4
    assert len(set(world.clock.slept)) == len(world.clock.slept) == 4


def test_throttling_beyond_the_budget_fails_the_message_and_leaves_nothing_behind() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.route53.fail_next("change_resource_record_sets", "Throttling", times=1000)
    outcome = world.handle("i-1")
    assert "throttled" in outcome.failed["i-1"]
    assert world.ledger.items == {}
    assert sum(world.clock.slept) <= BUDGET


@pytest.mark.parametrize("applied", (True, False))
@pytest.mark.parametrize("code", ("ReadTimeoutError", "InternalFailure"))
def test_after_a_lost_answer_the_zone_shows_what_was_done(code: str, *, applied: bool) -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.route53.fail_next("change_resource_record_sets", code, applied=applied)
    outcome = world.handle("i-1")
    assert (outcome.failed, outcome.refusals) == ({}, {})
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}
    state = world.ledger.items[NameKey(PRIVATE, HOST)]
    assert isinstance(state, NameState)
    assert state.intent is None


@pytest.mark.parametrize("applied", (True, False))
def test_a_stop_whose_outcome_nobody_knows_is_resolved_by_the_message_that_comes_again(
    *, applied: bool
) -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.ec2.terminate("i-1")
    world.route53.fail_next("change_resource_record_sets", "ReadTimeoutError", applied=applied)
    world.route53.fail_next("change_resource_record_sets", "ReadTimeoutError", times=1000)
    outcome = world.handle("i-1")
    assert "nobody knows" in outcome.failed["i-1"]
    assert "i-1" in world.ledger.items
    world.reset_failures()
    world.clock.time += 800
    assert world.handle("i-1").failed == {}
    assert (world.values(PRIVATE), world.values(REVERSE), world.ledger.items) == ({}, {}, {})


def test_access_denied_fails_the_message_and_writes_nothing_into_the_ledger() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.route53.fail_next("change_resource_record_sets", "AccessDenied", status=403)
    assert "AccessDenied" in world.handle("i-1").failed["i-1"]
    assert world.ledger.items == {}


def test_an_instance_that_ec2_does_not_show_yet_is_to_be_tried_again() -> None:
    world = World()
    world.ec2.launch("i-2", IN_ZONE, state="pending")
    expected = Expected(running=True, time=world.clock.now())
    assert world.handle("i-1", "i-2", expected=expected).failed == {
        "i-1": "an event says that it runs, EC2 still shows it gone",
        "i-2": "an event says that it runs, EC2 still shows it pending",
    }
    world.ec2.set_state("i-2", "running")
    assert world.handle("i-2", expected=expected).failed == {}
    world.clock.time += 31
    assert world.handle("i-1", expected=expected).failed == {}


@pytest.mark.parametrize("state", ("pending", "gone"))
def test_one_look_that_does_not_show_an_instance_takes_no_name_away(state: str) -> None:
    world = World()
    made = world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    before = world.values(PRIVATE), world.values(REVERSE)
    world.ec2.set_state("i-1", state) if state == "pending" else world.ec2.terminate("i-1")
    assert "looked at again" in world.handle("i-1", expected=Expected()).failed["i-1"]
    assert (world.values(PRIVATE), world.values(REVERSE)) == before
    world.ec2.instances["i-1"] = made
    assert world.handle("i-1").failed == {}
    assert (world.values(PRIVATE), world.values(REVERSE)) == before


def test_a_stop_that_ec2_does_not_show_yet_is_looked_at_again() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    expected = Expected(running=False, time=world.clock.now())
    assert "does not run" in world.handle("i-1", expected=expected).failed["i-1"]
    world.ec2.set_state("i-1", "stopping")
    world.handle("i-1", expected=expected)
    assert world.values(PRIVATE) == {}


def test_a_refused_cname_takes_over_as_soon_as_the_address_leaves() -> None:
    world = World()
    world.ec2.launch("i-1", named("www"))
    world.ec2.launch("i-2", {**IN_ZONE, "CNAME": "www.example.internal"})
    world.handle("i-1")
    assert [r.type for r in world.handle("i-2").refusals] == ["CNAME"]
    world.ec2.terminate("i-1")
    outcome = world.handle("i-1")
    assert outcome.freed == {"i-2"}
    world.handle(*outcome.freed, expected=Expected(keep=True))
    www = world.values(PRIVATE)["www.example.internal", "CNAME"]
    assert www == {"ip-10-0-1-2.example.internal."}
    world.ec2.terminate("i-2")
    world.handle("i-2")
    assert (world.values(PRIVATE), world.ledger.items) == ({}, {})


# -------------------------------------------------------------------- crashes, other writers


def test_a_crash_between_intent_and_change_is_picked_up() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    for step in range(1, 30):
        (crashed,) = interleave(world, [(lambda: world.handle("i-1"), step)], iter(()))
        world.clock.time += 800
        if not crashed:
            break
    assert not crashed
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}


def test_nothing_is_written_while_another_worker_has_the_head() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    intended = 6  # open, describe, write: before and after each
    interleave(world, [(lambda: world.handle("i-1"), intended)], iter(()))
    before = names_of(world)
    assert "another worker" in world.handle("i-1").failed["i-1"]
    assert (names_of(world), world.values(PRIVATE)) == (before, {})
    world.clock.time += LEASE
    assert world.handle("i-1").failed == {}
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}


def test_a_zone_that_is_no_longer_listed_is_left_as_it_is() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.reconfigure(zones=world.settings.zones[1:])
    world.ec2.terminate("i-1")
    outcome = world.handle("i-1")
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}
    assert any("no longer in hosted_zones" in warning for warning in outcome.warnings)
    assert world.ledger.items == {}


def test_upsert_only_leaves_the_last_record_set() -> None:
    world = World(record_policy=upsert_only)
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}


def test_a_thousand_launches_are_two_change_batches() -> None:
    world = World()
    for number in range(1000):
        private = f"10.0.{number // 250}.{number % 250}"
        world.ec2.launch(f"i-{number:04}", IN_ZONE, private=private)
    outcome = world.handle(*world.ec2.instances)
    assert (outcome.failed, outcome.refusals) == ({}, {})
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 1000
    assert world.route53.total_requests <= 3
