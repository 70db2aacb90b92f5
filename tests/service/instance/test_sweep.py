"""The sweep: what it heals, what it leaves alone, and when it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns.core.errors import PermanentError, UnavailableError
from ddns.core.instance.events import Expected
from ddns.core.instance.placement import Rules
from ddns.core.instance.policy import sync, upsert_only
from ddns.instance.outcome import Outcome
from tests.service.instance.world import BUDGET, PRIVATE, REVERSE, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns.core.instance.instances import Instance

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
    before = (
        changes_requested(world),
        world.ledger.requests["write"],
        world.ledger.requests["names"],
    )
    world.sweep()
    # Not even an item of a name is read: the marks of a page agree with those of a zone.
    after = changes_requested(world), world.ledger.requests["write"], world.ledger.requests["names"]
    assert after == before


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


def test_a_foreign_record_is_refused_and_left_as_it_is() -> None:
    world = World()
    world.route53.put_foreign(PRIVATE, HOST, "A", ["192.0.2.1"])
    world.ec2.launch("i-1", IN_ZONE)
    outcome = world.sweep()
    assert [refusal.name for refusal in outcome.refusals] == [HOST]
    assert world.values(PRIVATE) == {(HOST, "A"): {"192.0.2.1"}}
    assert outcome.changes == []


def test_when_a_foreign_record_goes_the_next_sweep_writes_ours() -> None:
    world = World()
    world.route53.put_foreign(PRIVATE, HOST, "A", ["192.0.2.1"])
    world.ec2.launch("i-1", IN_ZONE)
    world.handle("i-1")
    world.route53.remove_foreign(PRIVATE, HOST, "A")
    world.sweep()
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}
    assert len(world.values(REVERSE)) == 1


@pytest.mark.parametrize("seen_by", ("a sweep", "an event of another instance"))
def test_a_record_that_a_foreign_one_displaced_comes_back_when_that_goes(seen_by: str) -> None:
    world = World()
    world.ec2.launch("i-1", {**IN_ZONE, "HOSTNAME": "web"})
    world.sweep()
    world.route53.remove_foreign(PRIVATE, "web.example.internal", "A")
    world.route53.put_foreign(PRIVATE, "web.example.internal", "CNAME", ["wrong.test."])
    if seen_by == "a sweep":
        assert [refusal.owner for refusal in world.sweep().refusals] == ["i-1"]
    else:
        world.ec2.launch("i-2", {**IN_ZONE, "HOSTNAME": "web"})
        world.handle("i-2")
        world.ec2.terminate("i-2")
        world.handle("i-2")
    world.route53.remove_foreign(PRIVATE, "web.example.internal", "CNAME")
    world.sweep()
    assert world.values(PRIVATE) == {("web.example.internal", "A"): {"10.0.1.1"}}


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


def test_what_an_earlier_policy_left_behind_does_not_count_against_max_deletes() -> None:
    world = World(max_deletes=3, record_policy=upsert_only)
    for number in range(3):
        world.ec2.launch(f"i-{number}", IN_ZONE)
    world.sweep()
    world.ec2.instances.clear()
    world.sweep()
    left = len(world.values(PRIVATE))
    world.reconfigure(record_policy=sync)
    world.ec2.launch("i-9", IN_ZONE)
    world.sweep()
    world.ec2.terminate("i-9")
    outcome = world.sweep()
    assert (outcome.withheld, outcome.removed) == (0, 2)
    assert len(world.values(PRIVATE)) == left == 3


def test_instances_launched_while_a_sweep_goes_on_do_not_count_against_max_deletes() -> None:
    world = World(max_deletes=3)
    world.ec2.launch("i-1", IN_ZONE)
    world.sweep()
    world.ec2.terminate("i-1")
    outcome = Outcome()
    world.parts.sweeper.begin(verify=False)
    world.parts.sweeper.go_on(*world.queue.steps.pop(), outcome, world.clock.now() + BUDGET)
    for number in range(2, 5):
        world.ec2.launch(f"i-{number}", IN_ZONE)
        world.handle(f"i-{number}")
    while world.queue.steps:
        world.parts.sweeper.go_on(*world.queue.steps.pop(), outcome, world.clock.now() + BUDGET)
    assert (outcome.withheld, outcome.removed) == (0, 2)


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
    world.ec2.running = lambda _: ([], "")  # type: ignore[method-assign]  # an incomplete answer
    world.sweep()
    assert world.values(PRIVATE) == {(HOST, "A"): {"10.0.1.1"}}


def test_a_dry_run_returns_the_plan_and_writes_nothing() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    outcome = world.plan()
    assert [each.key.name for each in outcome.planned] == [HOST, "1.1.0.10.in-addr.arpa"]
    assert world.values(PRIVATE) == {}
    assert world.ledger.requests["write"] == 0
    assert changes_requested(world) == 0


def test_a_dry_run_tells_each_delete_once_however_many_pages_the_ledger_has() -> None:
    world = World()
    world.ledger.page_size = 1
    world.ec2.launch("i-1", IN_ZONE)
    world.sweep()
    world.ec2.terminate("i-1")
    assert sum(each.deletes for each in world.plan().planned) == 2
    assert world.sweep().removed == 2


def test_another_ttl_or_template_reaches_every_record_at_the_next_sweep() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.sweep()
    world.reconfigure(ttl=300, rules=world.settings.rules._replace(template="{instance_id}"))
    world.sweep()
    assert world.route53.records(PRIVATE) == {
        ("i-1.example.internal.", "A"): (300, frozenset({"10.0.1.1"}))
    }


def test_what_a_worker_left_undone_the_sweep_alone_ends() -> None:
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


def test_thousands_of_instances_are_swept_in_few_requests() -> None:
    world = World(max_deletes=100)
    for number in range(4_000):
        private = f"10.0.{number // 250}.{number % 250}"
        world.ec2.launch(f"i-{number:05}", {**IN_ZONE, "HOSTNAME": f"h{number}"}, private=private)
    outcome = world.sweep()
    assert outcome.failed == {}
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 4_000
    assert changes_requested(world) <= 16


def test_a_page_that_takes_too_long_is_gone_on_with_in_the_next_step() -> None:
    world = World()
    for number in range(1500):
        private = f"10.0.{number // 250}.{number % 250}"
        name = f"i-{number:08x}"
        world.ec2.launch(name, {**IN_ZONE, "HOSTNAME": f"h{number}"}, private=private)

    def slow(operation: str, moment: str) -> None:
        if (operation, moment) == ("change_resource_record_sets", "after"):
            world.clock.time += 30

    world.observe(slow)
    outcome = world.sweep(verify=False)
    assert len(world.values(PRIVATE)) == len(world.values(REVERSE)) == 1500
    assert (outcome.failed, world.queue.looks) == ({}, [])


def test_what_a_step_cannot_do_becomes_messages_that_delete_nothing() -> None:
    world = World(max_deletes=0)
    world.ec2.launch("i-00000001", {**IN_ZONE, "HOSTNAME": "old"})
    world.sweep()
    world.ec2.retag("i-00000001", **IN_ZONE, HOSTNAME="new")
    world.route53.fail_next("change_resource_record_sets", "Throttling", times=1000)
    assert world.sweep().failed.keys() == {"i-00000001"}
    world.reset_failures()
    assert set(world.queue.looks) == {"i-00000001"}
    world.clock.time += 60
    outcome = world.handle("i-00000001", expected=Expected(keep=True))
    assert (outcome.failed, outcome.withheld) == ({}, 0)
    assert {name for name, _ in world.values(PRIVATE)} == {
        "old.example.internal",
        "new.example.internal",
    }
    assert world.sweep().withheld == 1


def test_who_waited_for_a_name_that_a_sweep_took_away_is_looked_at() -> None:
    world = World()
    world.ec2.launch("i-00000001", {**IN_ZONE, "CNAME": "web.example.internal"})
    world.ec2.launch("i-00000002", {**IN_ZONE, "HOSTNAME": "web"})
    world.handle("i-00000001")
    world.handle("i-00000002")
    world.ec2.terminate("i-00000001")
    world.parts.sweeper.begin(verify=False)
    while world.queue.steps:
        world.parts.sweeper.go_on(*world.queue.steps.pop(), Outcome(), world.clock.now() + BUDGET)
    assert world.queue.looks == ["i-00000002"]
    world.handle("i-00000002", expected=Expected(keep=True))
    assert world.values(PRIVATE) == {("web.example.internal", "A"): {"10.0.1.2"}}


def test_steps_end_in_time_and_a_second_order_follows_the_first() -> None:
    world = World()
    world.ec2.page_size = world.ledger.page_size = 2
    for number in range(5):
        world.ec2.launch(f"i-{number}", {**IN_ZONE, "HOSTNAME": f"h{number}"})

    def slow(_operation: str, moment: str) -> None:
        world.clock.time += (moment == "before") * 3

    world.observe(slow)
    assert world.parts.sweeper.begin(verify=True)
    assert not world.parts.sweeper.begin(verify=True)
    taken = []
    while world.queue.steps:
        outcome, begun = Outcome(), world.clock.now()
        world.parts.sweeper.go_on(*world.queue.steps.pop(0), outcome, begun + 100)
        taken.append(world.clock.now() - begun)
    assert len(world.values(PRIVATE)) == 5
    assert len(taken) > 10
    assert world.sweeps.current is None
    assert len({sweep for sweep, _ in world.sweeps.kept}) == 2


def test_a_step_that_comes_twice_is_done_once() -> None:
    world = World()
    world.parts.sweeper.begin(verify=False)
    first = world.queue.steps[0]
    deadline = world.clock.now() + 60
    world.parts.sweeper.go_on(*first, Outcome(), deadline)
    requests = world.ec2.requests.total()
    world.parts.sweeper.go_on(*first, Outcome(), deadline)
    assert world.ec2.requests.total() == requests
    assert world.queue.steps[1:] == [(first[0], 1)]
    # It comes again where its worker could not order the next step.
    world.parts.sweeper.go_on(*first, Outcome(), deadline, again=True)
    assert world.queue.steps[1:] == [(first[0], 1)] * 2


def test_a_sweep_that_follows_another_begins_where_its_message_was_not_taken_at_first() -> None:
    world = World()
    world.parts.sweeper.begin(verify=False)
    world.parts.sweeper.begin(verify=False)  # noted
    deadline = world.clock.now() + BUDGET
    continue_sweep = world.queue.continue_sweep

    def refused(sweep: str, step: int) -> None:
        raise UnavailableError(f"{sweep} {step}")

    def refuse(operation: str, moment: str) -> None:
        if (operation, moment) == ("end", "after"):
            world.queue.continue_sweep = refused  # type: ignore[method-assign]  # for once
            world.clock.time += 1

    world.observe(refuse)
    with pytest.raises(UnavailableError):  # noqa: PT012 - the last step is not known before
        while world.queue.steps:
            last = world.queue.steps.pop()
            world.parts.sweeper.go_on(*last, Outcome(), deadline)
    world.queue.continue_sweep = continue_sweep  # type: ignore[method-assign]  # it does again
    world.parts.sweeper.go_on(*last, Outcome(), deadline, again=True)
    assert world.sweeps.current is not None
    assert world.queue.steps[-1] == (world.sweeps.current.sweep, 0)


def test_a_sweep_that_takes_more_steps_than_its_fleet_explains_is_ended() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    instance = world.ec2.instances["i-1"]
    world.ec2.running = lambda _: ([instance], "again")  # type: ignore[method-assign]  # for ever

    def slow(operation: str, _moment: str) -> None:
        world.clock.time += (operation == "put_note") * 10

    world.observe(slow)
    assert world.sweep().abandoned == 1
    assert world.sweeps.current is None


def test_a_sweep_whose_place_in_ec2_is_no_longer_known_begins_its_walk_again() -> None:
    world = World(max_deletes=1)
    world.ec2.page_size = 1
    for number in range(3):
        world.ec2.launch(f"i-{number}", {**IN_ZONE, "HOSTNAME": f"h{number}"})
    running = world.ec2.running

    def expiring(start: str) -> tuple[Sequence[Instance], str]:
        if start == "2":
            world.ec2.running = running  # type: ignore[method-assign]  # for once
            raise PermanentError("InvalidNextToken")
        return running(start)

    world.ec2.running = expiring  # type: ignore[method-assign]  # for once
    outcome = world.sweep()
    assert outcome.failed == {}
    assert len(world.values(PRIVATE)) == 3


def test_a_sweep_whose_message_is_lost_goes_on_with_the_next_order() -> None:
    world = World()
    world.parts.sweeper.begin(verify=True)
    world.parts.sweeper.go_on(*world.queue.steps.pop(), Outcome(), world.clock.now() + BUDGET)
    world.queue.steps.clear()
    world.sweep()
    assert world.sweeps.current is not None  # it may still be on its way
    world.clock.time += 301
    world.sweep()
    assert world.sweeps.current is None


def test_a_sweep_that_stands_still_for_an_hour_gives_way_to_another() -> None:
    world = World()
    world.parts.sweeper.begin(verify=True)
    world.queue.steps.clear()
    world.clock.time += 3601
    assert world.parts.sweeper.begin(verify=True)


def test_in_a_zone_that_cannot_be_read_nothing_is_deleted() -> None:
    world = World()
    world.ec2.launch("i-1", IN_ZONE)
    world.sweep()
    before = world.values(PRIVATE), world.values(REVERSE), dict(world.ledger.items)
    world.route53.fail_next("list_resource_record_sets", "AccessDenied", times=2)
    outcome = world.sweep()
    assert sum("could not be verified" in warning for warning in outcome.warnings) == 2
    assert (world.values(PRIVATE), world.values(REVERSE), world.ledger.items) == before
