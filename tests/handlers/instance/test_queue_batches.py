"""Batches of the queue, end to end: what is left in zones, ledger and queues."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ReadTimeoutError
from moto.core.utils import unix_time_millis
from moto.ec2.models import ec2_backends
from moto.sqs.models import sqs_backends

from tests.handlers.account import ACCOUNT, REGION
from tests.handlers.instance.function import (
    deliver,
    event,
    received,
    record,
    records,
    state_change,
    sweep,
    tag_change,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.account import Account, Wire
    from tests.handlers.conftest import SkippingClock
    from tests.handlers.instance.function import Function

HOST = "ip-10-0-1-5.example.internal"
POINTER = "5.1.0.10.in-addr.arpa"
GONE = "i-0123456789abcdef0"
IN_ZONE = {"ZONE": "example.internal"}
SWEEP = json.dumps(event("schedule_order"))


def reason(message: dict[str, dict[str, dict[str, str]]]) -> str:
    return message["MessageAttributes"]["Reason"]["StringValue"]


# ---------------------------------------------------------------- events of instances


def test_an_instance_that_runs_gets_its_names(account: Account, function: Function) -> None:
    instance = account.launch(ZONE="example.internal", CNAME="web.example.internal")
    assert function.batch(record(state_change(instance))) == []
    assert account.records(account.private) == {
        (HOST, "A"): {"10.0.1.5"},
        ("web.example.internal", "CNAME"): {HOST + "."},
    }
    assert account.records(account.reverse) == {(POINTER, "PTR"): {HOST + "."}}
    assert account.records(account.public) == {}


def test_a_public_zone_gets_the_public_address(account: Account, function: Function) -> None:
    instance = account.launch(ZONE="Example.COM.", HOSTNAME="web")
    function.batch(record(state_change(instance)))
    assert account.records(account.public) == {
        ("web.example.com", "A"): {account.public_address(instance)}
    }
    assert account.records(account.private) == account.records(account.reverse) == {}


@pytest.mark.parametrize("state", ("stopping", "stopped", "shutting-down", "terminated"))
def test_an_instance_that_no_longer_runs_loses_its_names_and_the_ledger_forgets_it(
    account: Account, function: Function, state: str
) -> None:
    instance = account.launch(ZONE="example.internal", CNAME="web.example.internal")
    function.batch(record(state_change(instance)))
    (account.stop if state.startswith("stop") else account.terminate)(instance)
    assert function.batch(record(state_change(instance, state))) == []
    assert account.records(account.private) == account.records(account.reverse) == {}
    assert account.ledger() == {}


@pytest.mark.parametrize("state", ("pending", "stopping", "stopped", "shutting-down", "terminated"))
def test_what_ec2_says_now_counts_and_not_the_word_of_an_old_event(
    account: Account, function: Function, state: str
) -> None:
    instance = account.launch(**IN_ZONE)
    assert function.batch(record(state_change(instance, state, age=61))) == []
    assert (HOST, "A") in account.records(account.private)


def test_a_tag_that_comes_late_leads_to_names_and_one_that_changes_to_others(
    account: Account, function: Function
) -> None:
    instance = account.launch()
    function.batch(record(state_change(instance)))
    assert account.records(account.private) == {}
    account.tag(instance, ZONE="example.internal")
    function.batch(record(tag_change(instance)))
    assert account.records(account.private).keys() == {(HOST, "A")}
    account.tag(instance, HOSTNAME="db")
    function.batch(record(tag_change(instance)))
    assert account.records(account.private) == {("db.example.internal", "A"): {"10.0.1.5"}}
    assert account.records(account.reverse) == {(POINTER, "PTR"): {"db.example.internal."}}


def test_a_batch_is_handled_as_one(account: Account, function: Function, wire: Wire) -> None:
    stopped = account.launch("10.0.1.5", **IN_ZONE)
    function.batch(record(state_change(stopped)))
    account.stop(stopped)
    started = [account.launch(f"10.0.1.{n}", **IN_ZONE) for n in range(10, 20)]
    bodies = [state_change(stopped, "stopped"), *map(state_change, started)]
    wire.reset()
    assert function.batch(*records(bodies)) == []
    assert account.records(account.private) == {
        (f"ip-10-0-1-{n}.example.internal", "A"): {f"10.0.1.{n}"} for n in range(10, 20)
    }
    assert wire.count()["DescribeInstances"] == 1
    # One for each zone, and one more where deletes of PTR records come before all.
    assert wire.count()["ChangeResourceRecordSets"] <= 3


@pytest.mark.parametrize("order", (1, -1))
def test_two_events_of_one_instance_in_one_batch_are_one_look(
    account: Account, function: Function, order: int
) -> None:
    instance = account.launch(**IN_ZONE)
    function.batch(record(state_change(instance)))
    account.terminate(instance)
    bodies = [state_change(instance, age=5), state_change(instance, "terminated", age=1)]
    assert function.batch(*records(bodies[::order])) == []
    assert account.records(account.private) == account.records(account.reverse) == {}


def test_of_two_events_of_an_instance_that_is_not_there_the_younger_one_counts(
    account: Account, function: Function
) -> None:
    bodies = [state_change(GONE, age=9), state_change(GONE, "terminated", age=1)]
    assert function.batch(*records(bodies)) == []
    assert function.batch(*records([state_change(GONE), *bodies])) == ["m-0", "m-1", "m-2"]
    assert account.ledger() == {}


def test_the_same_events_again_change_nothing(
    account: Account, function: Function, wire: Wire
) -> None:
    instance = account.launch(ZONE="example.internal", CNAME="web.example.internal")
    body = state_change(instance)
    function.batch(record(body))
    ledger = account.ledger()
    wire.reset()
    assert function.batch(*records([body, body])) == []
    assert not wire.count("route53")
    assert account.ledger() == ledger


def test_instances_that_share_a_name_share_a_record_set_and_leave_it_one_by_one(
    account: Account, function: Function
) -> None:
    both = [account.launch(f"10.0.1.{n}", HOSTNAME="web", **IN_ZONE) for n in (5, 6)]
    function.batch(*records(map(state_change, both)))
    name = ("web.example.internal", "A")
    assert account.records(account.private) == {name: {"10.0.1.5", "10.0.1.6"}}
    account.terminate(both[0])
    function.batch(record(state_change(both[0], "terminated")))
    assert account.records(account.private) == {name: {"10.0.1.6"}}


# ---------------------------------------------------------------- what EC2 does not show yet


def test_an_instance_that_ec2_does_not_show_yet_comes_again(
    account: Account, function: Function
) -> None:
    assert function.batch(record(state_change(GONE), message_id="m-7")) == ["m-7"]
    assert account.ledger() == {}
    assert account.dead_letters() == []


def test_one_that_is_not_there_after_five_minutes_is_gone(function: Function) -> None:
    assert function.batch(record(state_change(GONE, age=301))) == []


def test_an_event_without_a_time_never_waits(function: Function) -> None:
    body = state_change(GONE).replace('"time"', '"when"')
    assert function.batch(record(body)) == []


def test_it_does_not_hold_up_the_rest_of_its_batch(account: Account, function: Function) -> None:
    instance = account.launch(**IN_ZONE)
    assert function.batch(*records([state_change(GONE), state_change(instance)])) == ["m-0"]
    assert (HOST, "A") in account.records(account.private)


@pytest.mark.parametrize(
    ("receives", "least", "most"), ((1, 3, 4), (4, 24, 32), (9, 675, 900), (300, 675, 900))
)
def test_a_failed_message_comes_again_soon_and_later_each_time(
    function: Function, wire: Wire, receives: int, least: int, most: int
) -> None:
    function.batch(
        *(record(state_change(GONE), message_id=f"m-{n}", receives=receives) for n in range(12))
    )
    calls = [c for c in wire.calls if c.operation == "ChangeMessageVisibilityBatch"]
    assert [len(call.parameters["Entries"]) for call in calls] == [10, 2]
    delays = [e["VisibilityTimeout"] for call in calls for e in call.parameters["Entries"]]
    assert all(least <= delay <= most for delay in delays)
    assert len(set(delays)) > 1 or most - least < 3  # not all at once


def test_the_queue_shows_it_again_after_seconds_and_not_after_the_visibility_timeout(
    account: Account, function: Function
) -> None:
    account.send([state_change(GONE)])
    (message,) = received(account.receive())
    before = unix_time_millis()
    assert function.batch(message) == [message["messageId"]]
    after = unix_time_millis()
    (stored,) = sqs_backends[ACCOUNT][REGION].queues["queue"]._messages
    assert before + 2000 <= stored.visible_at <= after + 4000


def test_where_sqs_does_not_answer_the_message_only_comes_later(
    function: Function, wire: Wire, logs: Callable[[], list[dict[str, str]]]
) -> None:
    wire.fail_next("ChangeMessageVisibilityBatch", "AccessDenied", 403)
    assert function.batch(record(state_change(GONE))) == ["m-1"]
    assert "failed messages come again late" in [line.get("message") for line in logs()]


def test_nothing_is_said_to_sqs_where_nothing_failed(
    account: Account, function: Function, wire: Wire
) -> None:
    function.batch(record(state_change(account.launch(**IN_ZONE))))
    assert not wire.count("sqs")


# ---------------------------------------------------------------- what EC2 may not show yet


def test_an_event_that_ec2_contradicts_comes_again_until_a_minute_has_gone(
    account: Account, function: Function
) -> None:
    instance = account.launch(**IN_ZONE)
    function.batch(record(state_change(instance)))
    assert function.batch(record(state_change(instance, "terminated"))) == ["m-1"]
    assert (HOST, "A") in account.records(account.private)
    account.terminate(instance)
    assert function.batch(record(state_change(instance, "terminated"), receives=2)) == []
    assert account.records(account.private) == account.ledger() == {}


def test_that_an_instance_is_not_shown_deletes_nothing_at_the_first_look(
    account: Account, function: Function
) -> None:
    instance = account.launch(**IN_ZONE)
    function.batch(record(state_change(instance)))
    account.terminate(instance)
    ec2_backends[ACCOUNT][REGION].reservations.clear()
    news = tag_change(instance)
    assert function.batch(record(news)) == ["m-1"]
    assert (HOST, "A") in account.records(account.private)
    assert function.batch(record(news, receives=2)) == []
    assert account.records(account.private) == account.ledger() == {}


# ---------------------------------------------------------------- sweeps


def test_the_order_of_the_schedule_makes_up_for_lost_events(
    account: Account, function: Function
) -> None:
    lost = account.launch("10.0.1.5", **IN_ZONE)
    function.batch(record(state_change(lost)))
    account.terminate(lost)
    account.launch("10.0.1.6", **IN_ZONE)
    sweep(account, function)
    assert account.records(account.private) == {("ip-10-0-1-6.example.internal", "A"): {"10.0.1.6"}}
    assert account.receive() == account.dead_letters() == []


def test_a_sweep_puts_back_what_somebody_deleted_in_the_zone(
    account: Account, function: Function
) -> None:
    function.batch(record(state_change(account.launch(**IN_ZONE))))
    account.remove(account.private, HOST, "A", "10.0.1.5")
    sweep(account, function)
    assert account.records(account.private) == {(HOST, "A"): {"10.0.1.5"}}


def test_a_record_that_somebody_else_made_is_left_alone(
    account: Account, function: Function, wire: Wire
) -> None:
    account.put_foreign(account.private, HOST, "A", "192.0.2.1")
    account.launch(**IN_ZONE)
    # moto would overwrite it: the service refuses, in these words.
    wire.fail_next("ChangeResourceRecordSets", "InvalidChangeBatch", message="it already exists")
    sweep(account, function)
    assert account.records(account.private) == {(HOST, "A"): {"192.0.2.1"}}
    assert account.records(account.reverse) == {}


def test_a_message_does_one_step_and_sends_the_next(account: Account, function: Function) -> None:
    account.launch(**IN_ZONE)
    assert function.batch(record(SWEEP)) == []
    assert account.records(account.private) == {}
    steps = []
    while messages := account.receive():
        (message,) = messages
        steps.append(json.loads(message["Body"]))
        assert function.batch(*received(messages)) == []
        account.delete(message)
    assert (HOST, "A") in account.records(account.private)
    assert {each["action"] for each in steps} == {"sweep"}
    assert len({each["sweep"] for each in steps}) == 1
    assert [each["step"] for each in steps] == list(range(len(steps)))
    assert len(steps) >= 3


def test_a_step_that_comes_twice_is_done_once(
    account: Account, function: Function, wire: Wire
) -> None:
    account.launch(**IN_ZONE)
    function.batch(record(SWEEP))
    (message,) = received(account.receive())
    assert function.batch(message) == []
    zone = account.records(account.private)
    wire.reset()
    assert function.batch(message) == []
    assert not wire.count().keys() & {"DescribeInstances", "ChangeResourceRecordSets", "Scan"}
    assert account.records(account.private) == zone
    assert deliver(account, function) == []


def test_several_orders_are_one_sweep_and_events_beside_them_are_handled(
    account: Account, function: Function
) -> None:
    instance = account.launch(**IN_ZONE)
    assert function.batch(*records([SWEEP, state_change(instance), SWEEP])) == []
    assert (HOST, "A") in account.records(account.private)
    assert len(account.receive()) == 1


def test_an_order_while_a_sweep_is_under_way_is_done_after_it(
    account: Account, function: Function
) -> None:
    account.send([SWEEP])
    first = received(account.receive())
    function.batch(*first)
    step = received(account.receive())
    function.batch(*step)
    assert function.batch(record(SWEEP), record(SWEEP, message_id="m-2")) == []
    sweeps = []
    while messages := account.receive():
        assert function.batch(*received(messages)) == []
        sweeps += [json.loads(each["Body"])["sweep"] for each in messages]
        for each in messages:
            account.delete(each)
    assert len(dict.fromkeys(sweeps)) == 2


def test_events_are_handled_before_a_step_and_those_that_failed_come_again_before_it_ends(
    account: Account, function: Function, wire: Wire
) -> None:
    instance = account.launch(**IN_ZONE)
    function.batch(record(SWEEP))
    (step,) = received(account.receive())
    wire.reset()
    assert function.batch(step, *records([state_change(GONE), state_change(instance)])) == ["m-0"]
    operations = [call.operation for call in wire.calls]
    assert operations.index("ChangeResourceRecordSets") < operations.index("GetItem")
    delayed = operations.index("ChangeMessageVisibilityBatch")
    assert delayed < len(operations) - 1 - operations[::-1].index("DescribeInstances")


def test_a_step_that_cannot_be_done_comes_again_and_the_rest_does_not(
    account: Account, function: Function, wire: Wire
) -> None:
    instance = account.launch(**IN_ZONE)
    function.batch(record(SWEEP))
    (step,) = received(account.receive())
    wire.fail_next("UpdateItem", "AccessDeniedException", 403)
    assert function.batch(step, record(state_change(instance))) == [step["messageId"]]
    assert (HOST, "A") in account.records(account.private)
    assert function.batch(step) == []
    assert deliver(account, function) == []


def test_a_sweep_whose_first_message_was_not_taken_begins_when_its_order_comes_again(
    account: Account, function: Function, wire: Wire
) -> None:
    account.launch(**IN_ZONE)
    wire.fail_next("SendMessage", "AccessDenied", 403)
    assert function.batch(record(SWEEP)) == ["m-1"]
    assert function.batch(record(SWEEP, receives=2)) == []
    assert deliver(account, function) == []
    assert (HOST, "A") in account.records(account.private)


def test_a_step_whose_next_message_was_not_taken_comes_again_and_sends_it(
    account: Account, function: Function, wire: Wire
) -> None:
    account.launch(**IN_ZONE)
    function.batch(record(SWEEP))
    (step,) = received(account.receive())
    wire.fail_next("SendMessage", "AccessDenied", 403)
    assert function.batch(step) == [step["messageId"]]
    attributes = {**step["attributes"], "ApproximateReceiveCount": "2"}
    assert function.batch({**step, "attributes": attributes}) == []
    (following,) = account.receive()
    assert json.loads(following["Body"])["step"] == 1


def test_more_deletes_than_max_deletes_are_withheld_by_a_sweep(
    account: Account, deploy: Callable[..., Function], logs: Callable[[], list[dict[str, int]]]
) -> None:
    function = deploy(DDNS_MAX_DELETES="1")
    instance = account.launch(**IN_ZONE)
    function.batch(record(state_change(instance)))
    account.terminate(instance)
    logs()
    sweep(account, function)
    assert (HOST, "A") in account.records(account.private)
    assert sum(line.get("DeletesWithheld", 0) for line in logs() if "_aws" in line) == 2


# ---------------------------------------------------------------- what can never be done


@pytest.mark.parametrize(
    ("body", "why"),
    (
        ("{", "bad message: not JSON"),
        ("[" * 100_000, "bad message: not JSON"),
        ("[]", "bad message: not a JSON object"),
        ("{}", "bad message: neither an event with a detail nor an order to look or to sweep"),
        ('{"action": "burn"}', "bad message: neither an event"),
        ('{"action": "sweep", "dry_run": true}', "bad message: a dry run has no answer"),
        ('{"action": "sweep", "verify": "yes"}', "bad message: 'verify' must be true or false"),
        ('{"detail": {"instance-id": "web"}}', "bad message: no instance id: 'web'"),
        ('{"detail": {"instance-id": ["i-0123456789abcdef0"]}}', "bad message: no instance id"),
        ('{"source": "aws.tag", "detail": {}}', "bad message: no instance id: ''"),
        ('{"source": "aws.tag", "detail": {}, "resources": "x"}', "bad message: no instance id"),
    ),
)
def test_what_is_no_event_goes_to_the_dead_letter_queue_with_its_reason(
    account: Account, function: Function, body: str, why: str
) -> None:
    assert function.batch(record(body)) == []
    (message,) = account.dead_letters()
    assert message["Body"] == body
    assert reason(message).startswith(why)


def test_a_thousand_messages_of_garbage_do_not_hold_up_an_event(
    account: Account, function: Function, wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = account.launch(**IN_ZONE)
    wire.swallow("SendMessage")  # moto takes the longer the more messages a queue has
    garbage = [f'{{"detail": {{"instance-id": "{"x" * 100 * n}"}}}}' for n in range(999)]
    bodies = [*garbage[:500], state_change(instance), *garbage[500:], "[" * 200_000]
    assert function.batch(*records(bodies)) == []
    assert (HOST, "A") in account.records(account.private)
    dead_letters = [c.parameters for c in wire.calls if c.operation == "SendMessage"]
    assert [each["MessageBody"] for each in dead_letters] == [*garbage, bodies[-1]]
    assert {each["QueueUrl"] for each in dead_letters} == {account.dead_letter_queue_url}
    reasons = [each["MessageAttributes"]["Reason"]["StringValue"] for each in dead_letters]
    assert all(1 <= len(each) <= 1024 for each in reasons)
    longest = max(map(len, capsys.readouterr().out.splitlines()))
    assert longest < 2_000, "a line that quotes a whole message"


def test_a_message_that_the_dead_letter_queue_does_not_take_comes_again(
    account: Account, function: Function, wire: Wire
) -> None:
    wire.fail_next("SendMessage", "AccessDenied", 403)
    assert function.batch(*records(["{", "}"])) == ["m-0"]
    assert [message["Body"] for message in account.dead_letters()] == ["}"]


def test_a_name_that_route53_never_takes_sends_its_message_to_the_dead_letter_queue(
    account: Account, function: Function, wire: Wire
) -> None:
    bad = account.launch("10.0.1.5", **IN_ZONE)
    body = state_change(bad)
    wire.fail_next("ChangeResourceRecordSets", "InvalidChangeBatch", message="is protected")
    assert function.batch(record(body)) == []
    (message,) = account.dead_letters()
    assert message["Body"] == body
    assert "is protected" in reason(message)
    assert account.records(account.private) == account.records(account.reverse) == {}


# ---------------------------------------------------------------- what cannot be done now


def test_a_name_that_somebody_else_has_is_refused_and_the_message_is_done(
    account: Account, function: Function, wire: Wire, logs: Callable[[], list[dict[str, str]]]
) -> None:
    account.put_foreign(account.private, HOST, "A", "192.0.2.1")
    instance = account.launch(**IN_ZONE)
    # moto would overwrite it: the service refuses, in these words.
    wire.fail_next("ChangeResourceRecordSets", "InvalidChangeBatch", message="it already exists")
    assert function.batch(record(state_change(instance))) == []
    assert account.records(account.private) == {(HOST, "A"): {"192.0.2.1"}}
    refusals = [line for line in logs() if line.get("message") == "refused"]
    assert [(each["owner"], each["name"], each["type"]) for each in refusals] == [
        (instance, HOST, "A")
    ]
    assert "not written by this deployment" in refusals[0]["reason"]


def test_throttling_is_waited_out_and_counted(
    account: Account, function: Function, wire: Wire, logs: Callable[[], list[dict[str, int]]]
) -> None:
    wire.fail_next("ChangeResourceRecordSets", "Throttling", message="Rate exceeded")
    assert function.batch(record(state_change(account.launch(**IN_ZONE)))) == []
    assert (HOST, "A") in account.records(account.private)
    assert [line["Route53Throttles"] for line in logs() if "Route53Throttles" in line] == [1]


@pytest.mark.parametrize("code", ("Throttling", "PriorRequestNotComplete"))
def test_when_the_time_is_up_the_message_comes_again_and_then_succeeds(
    account: Account, function: Function, wire: Wire, code: str
) -> None:
    body = state_change(account.launch(**IN_ZONE))
    wire.fail_next("ChangeResourceRecordSets", code, times=1000)
    assert function.batch(record(body)) == ["m-1"]
    assert account.records(account.private) == {}
    assert 10 < wire.count()["ChangeResourceRecordSets"] < 60
    wire.reset()
    assert function.batch(record(body)) == []
    assert (HOST, "A") in account.records(account.private)
    assert (POINTER, "PTR") in account.records(account.reverse)


def test_a_change_whose_answer_was_lost_is_found_to_be_done_once_it_can_no_longer_come(
    account: Account, function: Function, wire: Wire, clock: SkippingClock
) -> None:
    instance = account.launch(**IN_ZONE)
    body = state_change(instance)
    lost = ReadTimeoutError(endpoint_url="https://route53.amazonaws.com")
    wire.lose_next("ChangeResourceRecordSets", lost, times=1000)
    assert function.batch(record(body)) == ["m-1"]
    wire.reset_failures()
    assert account.records(account.private) == {(HOST, "A"): {"10.0.1.5"}}
    wire.reset()
    assert function.batch(record(body)) == ["m-1"]
    assert not wire.count("route53")
    clock.sleep(120)
    assert function.batch(record(body)) == []
    assert account.records(account.private) == {(HOST, "A"): {"10.0.1.5"}}
    assert account.records(account.reverse) == {(POINTER, "PTR"): {HOST + "."}}
    account.terminate(instance)
    assert function.batch(record(state_change(instance, "terminated"))) == []
    assert account.records(account.private) == account.records(account.reverse) == {}


def test_a_vpc_that_another_account_shares_holds_up_nobody(
    account: Account, function: Function, wire: Wire
) -> None:
    instance = account.launch(**IN_ZONE)
    wire.fail_next("DescribeVpcAttribute", "UnauthorizedOperation", 403, times=2)
    assert function.batch(record(state_change(instance))) == []
    assert (HOST, "A") in account.records(account.private)


@pytest.mark.parametrize(
    ("operation", "code"),
    (
        ("DescribeInstances", "UnauthorizedOperation"),
        ("TransactGetItems", "AccessDeniedException"),
        ("TransactWriteItems", "AccessDeniedException"),
        ("ChangeResourceRecordSets", "AccessDenied"),
    ),
)
def test_a_denied_call_fails_the_messages_and_once_mended_they_succeed(
    account: Account, function: Function, wire: Wire, operation: str, code: str
) -> None:
    body = state_change(account.launch(**IN_ZONE))
    wire.fail_next(operation, code, 403)
    assert function.batch(record(body)) == ["m-1"]
    assert account.records(account.private) == {}
    assert account.dead_letters() == []
    assert function.batch(record(body)) == []
    assert account.records(account.private) == {(HOST, "A"): {"10.0.1.5"}}
