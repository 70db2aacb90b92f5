"""The model itself: what it promises to do as AWS does."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.simulation import scenarios
from benchmarks.simulation.clock import Scheduler
from benchmarks.simulation.parameters import AS_IT_COMES, AT_ONCE, QUIET, Parameters
from benchmarks.simulation.poller import Handle, Poller
from benchmarks.simulation.queue import Queue
from benchmarks.simulation.route53 import TimedRoute53
from benchmarks.simulation.world import FORWARD, TTL, World, Wrong, empty
from tests.fakes.route53 import FakeRoute53

CERTAIN = dataclasses.replace(Parameters(), twice=0.0)


def polled(
    handle: Handle, *bodies: str, parameters: Parameters = CERTAIN
) -> tuple[Scheduler, Queue, Poller]:
    scheduler = Scheduler(0.0, seed=1)
    queue = Queue(scheduler, parameters, is_sweep=lambda _: False)
    poller = Poller(scheduler, parameters, queue, lambda: handle)
    for body in bodies:
        queue.send(body)
    scheduler.run(400_000, lambda: not queue.messages)
    scheduler.close()
    return scheduler, queue, poller


def handled(event: Any, _left: float) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    del event
    return {"batchItemFailures": []}


def test_messages_of_one_window_come_in_one_batch() -> None:
    scheduler, queue, poller = polled(handled, "a", "b")
    assert [each.messages for each in poller.invocations] == [2]
    assert (queue.messages, queue.dead) == ({}, [])
    assert scheduler.now == CERTAIN.window + CERTAIN.cold_start


def test_where_little_happens_lambda_takes_as_long_as_it_may() -> None:
    scheduler, _, poller = polled(handled, "a", "b", parameters=QUIET)
    assert [each.messages for each in poller.invocations] == [2]
    assert scheduler.now == QUIET.quiet + QUIET.cold_start


def test_where_much_comes_lambda_keeps_to_the_window_and_without_one_it_never_waits() -> None:
    scheduler, _, poller = polled(handled, *map(str, range(1_200)), parameters=QUIET)
    assert poller.invocations[0].messages == 1_000
    assert scheduler.now < 2 * QUIET.window + QUIET.cold_start
    scheduler, _, poller = polled(handled, "a", parameters=AS_IT_COMES)
    assert scheduler.now == AS_IT_COMES.cold_start


def test_a_message_that_is_never_answered_is_a_dead_letter_after_its_receipts() -> None:
    def refuse(event: Any, _left: float) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
        failed = [{"itemIdentifier": each["messageId"]} for each in event["Records"]]
        return {"batchItemFailures": failed}

    _, queue, poller = polled(refuse, "a")
    assert (queue.dead, len(poller.invocations)) == (["a"], CERTAIN.max_receives)


def test_a_worker_beyond_its_time_limit_is_ended_and_its_messages_come_again() -> None:
    scheduler = Scheduler(0.0, seed=1)
    queue = Queue(scheduler, CERTAIN, is_sweep=lambda _: False)
    seconds = [500.0, 1.0]

    def work(event: Any, left: float) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
        scheduler.sleep(seconds.pop(0))
        return handled(event, left)

    poller = Poller(scheduler, CERTAIN, queue, lambda: work)
    queue.send("a")
    assert scheduler.run(10_000, lambda: not queue.messages)
    scheduler.close()
    first, second = poller.invocations
    assert (first.killed, first.end - first.start) == (True, CERTAIN.timeout)
    assert not second.killed
    assert second.start > CERTAIN.visibility


def test_a_zone_takes_no_change_while_another_is_in_process() -> None:
    scheduler = Scheduler(0.0, seed=1)
    fake = FakeRoute53()
    zone = fake.add_zone("example.com", vpcs=["vpc-1"])
    client = TimedRoute53(scheduler, CERTAIN, fake, lambda *_: None, zone)
    answers: list[str] = []

    def change(name: str) -> None:
        record_set = {
            "Name": name,
            "Type": "A",
            "TTL": 60,
            "ResourceRecords": [{"Value": "192.0.2.1"}],
        }
        changes = [{"Action": "CREATE", "ResourceRecordSet": record_set}]
        try:
            client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        except ClientError as err:
            answers.append(err.response["Error"]["Code"])
        else:
            answers.append(name)

    scheduler.spawn(lambda: [change("a.example.com"), change("b.example.com")])  # type: ignore[arg-type,func-returns-value]  # one after the other
    scheduler.spawn(lambda: change("c.example.com"))
    scheduler.run(10)
    scheduler.close()
    assert answers == ["PriorRequestNotComplete", "a.example.com", "b.example.com"]


def test_what_differs_from_ec2_is_counted() -> None:
    world = World(AT_ONCE, 1, empty(20))
    first, second = world.region.running[:2]
    world.zones.put_foreign(FORWARD, first.name, "A", [first.address], TTL)
    world.zones.put_foreign(FORWARD, "old.corp.example.com", "A", ["10.9.9.9"], TTL)
    world.zones.put_foreign(FORWARD, "www.corp.example.com", "A", ["10.9.9.9"], TTL)
    world.zones.put_foreign(FORWARD, second.name, "A", [second.address], TTL + 1)
    assert world.wrong() == Wrong(missing=2 * 19 - 1, left_behind=1, stolen=1)


@pytest.mark.parametrize("scenario", (scenarios.first, scenarios.events))
def test_the_same_seed_gives_the_same_figures(scenario: Any) -> None:  # noqa: ANN401 - a function
    once, again = scenario(30, 3), scenario(30, 3)
    assert once.figures == again.figures
    wrong = {each.what: each.found for each in once.figures}
    assert (wrong["missing"], wrong["left behind"], wrong["stolen"]) == (0, 0, 0)


@pytest.mark.parametrize("held", (100.0, 20.0))
def test_a_fleet_gets_through_a_bucket_of_changes_that_is_smaller_than_a_full_batch(
    held: float,
) -> None:
    found = scenarios.changes_a_second(50.0, held)(300, 1)
    figures = {each.what: each.found for each in found.figures}
    assert figures["time"] < 300  # 600 changes, 50 a second
    assert [figures[each] for each in ("missing", "left behind", "stolen", "dead letters")] == [
        0,
        0,
        0,
        0,
    ]
    assert figures["of them refused"] > 0
