"""The sweep: what it heals, what it leaves alone, and when it refuses."""

from __future__ import annotations

from ddns.core.instance.desired import Rules
from tests.service.instance.world import PRIVATE, REVERSE, World

IN_ZONE = {"ZONE": "example.internal"}
HOST = "ip-10-0-1-1.example.internal"


def changes_requested(world: World) -> int:
    return world.route53.requests["change_resource_record_sets"]


def test_instances_that_ran_before_the_deployment_get_their_names() -> None:
    world = World()
    for number in range(3):
        world.ec2.launch(f"i-{number}", IN_ZONE)
    world.sweep()
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 3


def test_a_lost_termination_is_made_up_for() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.ec2.terminate("i-1")
    world.sweep(verify=False)
    assert (world.values(PRIVATE), world.values(REVERSE), world.ledger.items) == ({}, {}, {})


def test_a_sweep_of_what_is_right_writes_nothing() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.sweep()
    before = changes_requested(world), world.ledger.requests["write"]
    world.sweep()
    assert (changes_requested(world), world.ledger.requests["write"]) == before


def test_with_verify_what_somebody_deleted_or_changed_is_put_right() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    right = world.values(PRIVATE), world.values(REVERSE)
    world.route53.remove_foreign(PRIVATE, HOST, "A")
    world.route53.put_foreign(REVERSE, "1.1.0.10.in-addr.arpa", "PTR", ["wrong.test."])
    world.sweep(verify=False)
    assert (world.values(PRIVATE), world.values(REVERSE)) != right
    world.sweep(verify=True)
    assert (world.values(PRIVATE), world.values(REVERSE)) == right


def test_with_verify_a_foreign_record_is_refused_without_a_try() -> None:
    world = World()
    world.route53.put_foreign(PRIVATE, HOST, "A", ["192.0.2.1"])
    world.ec2.launch("i-1", IN_ZONE)
    outcome = world.sweep()
    assert [refusal.name for refusal in outcome.refusals] == [HOST]
    assert changes_requested(world) == 0
    assert world.ledger.requests["write"] == 0


def test_when_a_foreign_record_goes_the_next_sweep_writes_ours() -> None:
    world = World()
    world.route53.put_foreign(PRIVATE, HOST, "A", ["192.0.2.1"])
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.route53.remove_foreign(PRIVATE, HOST, "A")
    world.sweep()
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}
    assert len(world.values(REVERSE)) == 1


def test_more_deletes_than_allowed_are_all_withheld_and_reported_and_the_rest_is_done() -> None:
    world = World(max_deletes=3)
    for number in range(2):
        world.ec2.launch(f"i-{number}", IN_ZONE)
    world.sweep()
    world.ec2.instances.clear()
    world.ec2.launch("i-9", {**IN_ZONE, "HOSTNAME": "new"})
    outcome = world.sweep()
    assert outcome.withheld == 4
    assert outcome.removed == 0
    assert ("new.example.internal", "A") in world.values(PRIVATE)
    assert len(world.values(PRIVATE)) == 3
    world.reconfigure(max_deletes=4)
    assert world.sweep().removed == 4


def test_events_are_not_bound_by_the_safety_valve() -> None:
    world = World(max_deletes=0)
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert world.values(PRIVATE) == {}


def test_an_instance_that_a_listing_misses_is_asked_for_by_its_id() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.ec2.running = list  # type: ignore[method-assign]  # an incomplete answer
    world.sweep()
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}


def test_a_dry_run_returns_the_plan_and_writes_nothing() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    outcome = world.sweep(dry_run=True)
    assert outcome.plan is not None
    assert [change.key.name for change in outcome.plan.names] == [HOST, "1.1.0.10.in-addr.arpa"]
    assert world.values(PRIVATE) == {}
    assert world.ledger.requests["write"] == 0
    assert changes_requested(world) == 0


def test_another_ttl_or_template_reaches_every_record_at_the_next_sweep() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.sweep()
    world.reconfigure(ttl=300, rules=world.settings.rules._replace(template="{instance_id}"))
    world.sweep()
    assert world.route53.records(PRIVATE) == {
        ("i-1.example.internal.", "A"): (300, frozenset({"10.0.1.1"}))
    }


def test_a_crashed_writers_intent_is_settled_by_the_sweep_alone() -> None:
    world = World(rules=Rules(region="us-east-1"))
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.ec2.terminate("i-1")
    world.route53.fail_next("change_resource_record_sets", "ReadTimeoutError", times=1000)
    world.handle("i-1")
    world.reset_failures()
    world.clock.time += 800
    world.sweep(verify=False)
    assert (world.values(PRIVATE), world.values(REVERSE), world.ledger.items) == ({}, {}, {})


def test_ten_thousand_instances_are_swept_in_few_requests() -> None:
    world = World(max_deletes=100)
    for zone_id in (PRIVATE, REVERSE):
        world.route53.set_quota(zone_id, 10_002)
    for number in range(10_000):
        private = f"10.{number // 40_000}.{number // 250}.{number % 250}"
        world.ec2.launch(f"i-{number:05}", {**IN_ZONE, "HOSTNAME": f"h{number}"}, private=private)
    outcome = world.sweep()
    assert outcome.failed == {}
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 10_000
    assert changes_requested(world) <= 24


def test_a_sweep_that_runs_out_of_time_keeps_what_it_did_and_reports_the_rest() -> None:
    world = World()
    for number in range(3000):
        private = f"10.0.{number // 250}.{number % 250}"
        world.ec2.launch(f"i-{number:04}", {**IN_ZONE, "HOSTNAME": f"h{number}"}, private=private)

    def slow(operation: str, moment: str) -> None:
        if (operation, moment) == ("change_resource_record_sets", "after"):
            world.clock.time += 30

    world.observe(slow)
    first = world.sweep()
    done = len(world.values(PRIVATE)) + len(world.values(REVERSE))
    assert 0 < done < 6000
    assert all("time is up" in reason for reason in first.failed.values())
    assert first.failed
    for _ in range(4):
        world.sweep()
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 3000
