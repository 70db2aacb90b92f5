"""What a person gets who invokes the function by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ddns.core.errors import BadMessageError, PermanentError
from tests.handlers.instance.function import deliver, received, record, state_change

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.account import Account, Wire
    from tests.handlers.instance.function import Function

HOST = "ip-10-0-1-5.example.internal"
POINTER = "5.1.0.10.in-addr.arpa"
IN_ZONE = {"ZONE": "example.internal"}
# A dry run keeps notes of its own, and nothing else.
WRITES = {"ChangeResourceRecordSets", "TransactWriteItems", "SendMessage", "SendMessageBatch"}
WRITES |= {"AssociateVPCWithHostedZone", "CreateHostedZone", "ChangeMessageVisibilityBatch"}
WRITES |= {"UpdateItem", "DeleteItem"}


def planned(function: Function, event: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answers of a dry run, page after page."""
    answers = [function(event)]
    while answers[-1]["next"] is not None:
        assert len(answers) < 20
        answers.append(function({**event, "next": answers[-1]["next"]}))
    return answers


@pytest.mark.parametrize(
    "event", ({"action": "sweep"}, {"action": "sweep", "verify": True}, {"verify": True})
)
def test_a_sweep_begins_at_once_and_goes_on_through_the_queue(
    account: Account, function: Function, event: dict[str, Any]
) -> None:
    account.launch(**IN_ZONE)
    assert function(event) == {"sweep": "begun"}
    assert deliver(account, function) == []
    assert account.records(account.private) == {(HOST, "A"): {"10.0.1.5"}}


def test_a_sweep_beside_one_that_is_under_way_follows_it(
    account: Account, function: Function
) -> None:
    function({"action": "sweep"})
    (first,) = account.receive()
    assert function.batch(*received([first])) == []
    assert function({"action": "sweep"}) == {"sweep": "noted: it follows the one that is under way"}
    assert deliver(account, function) == []
    assert function({"action": "sweep"}) == {"sweep": "begun"}


@pytest.mark.parametrize(
    "event", ({"dry_run": True}, {"action": "sweep", "dry_run": True, "verify": True})
)
def test_a_dry_run_returns_the_plan_and_writes_nothing(
    account: Account, function: Function, wire: Wire, event: dict[str, Any]
) -> None:
    leaving = account.launch("10.0.1.6", **IN_ZONE)
    function.batch(record(state_change(leaving)))
    account.terminate(leaving)
    account.launch("10.0.1.5", CNAME="nowhere.example.org", **IN_ZONE)
    before = account.records(account.private), account.records(account.reverse)
    ledger = account.ledger()
    wire.reset()
    answers = planned(function, event)
    assert not wire.count().keys() & WRITES
    assert (account.records(account.private), account.records(account.reverse)) == before
    assert account.ledger() == ledger
    assert {answer["done"] for answer in answers} == {False}
    assert json.loads(json.dumps(answers)) == answers
    changes = [each for answer in answers for each in answer["changes"]]
    assert {
        "action": "CREATE",
        "zone": account.private,
        "name": HOST,
        "type": "A",
        "ttl": 60,
        "values": ["10.0.1.5"],
    } in changes
    assert sorted((each["action"], each["name"]) for each in changes) == [
        ("CREATE", POINTER),
        ("CREATE", HOST),
        ("DELETE", "6.1.0.10.in-addr.arpa"),
        ("DELETE", "ip-10-0-1-6.example.internal"),
    ]
    assert sum(answer["counts"]["deletes"] for answer in answers) == 2
    refusals = [each for answer in answers for each in answer["refusals"]]
    assert {each["type"] for each in refusals} == {"CNAME"}
    function({"action": "sweep"})
    assert deliver(account, function) == []
    assert account.records(account.private) == {(HOST, "A"): {"10.0.1.5"}}


def test_a_dry_run_neither_associates_nor_creates_zones(
    account: Account, deploy: Callable[..., Function], wire: Wire
) -> None:
    function = deploy(DDNS_ASSOCIATE_VPCS="true", DDNS_REVERSE_ZONES="create")
    _, subnet = account.add_vpc("172.16.0.0/16", "172.16.1.0/24")
    account.launch("172.16.1.5", subnet_id=subnet, **IN_ZONE)
    wire.reset()
    assert len(planned(function, {"dry_run": True})) >= 3
    assert not wire.count().keys() & WRITES


def test_some_instances_can_be_looked_at_by_id(account: Account, function: Function) -> None:
    instance = account.launch("10.0.1.5", **IN_ZONE)
    account.launch("10.0.1.6", **IN_ZONE)
    answer = function({"instances": [instance, "i-0123456789abcdef0"]})
    assert answer["done"]
    assert account.records(account.private).keys() == {(HOST, "A")}


def test_a_dry_run_of_some_instances_does_not_write_either(
    account: Account, function: Function, wire: Wire
) -> None:
    instance = account.launch(**IN_ZONE)
    wire.reset()
    with pytest.raises(BadMessageError, match="dry_run"):
        function({"instances": [instance], "dry_run": True})
    assert not wire.count().keys() & WRITES
    assert account.records(account.private) == {}


def token(**fields: object) -> str:
    return json.dumps({"sweep": "plan-1", "dry_run": True, "seen": "", "skipped": [], **fields})


@pytest.mark.parametrize(
    ("event", "message"),
    (
        ({}, "expected"),
        ({"action": "burn"}, r"expected .*got the keys \['action'\]"),
        ({"action": "burn", "dry_run": True}, "expected"),
        ({"action": ["sweep"]}, "expected"),
        ({"dry_run": "yes"}, "'dry_run' must be true or false, got 'yes'"),
        ({"action": "sweep", "verify": 1}, "'verify' must be true or false, got 1"),
        ({"dry_run": True, "next": "page 2"}, "'next' must be what the answer before gave"),
        ({"dry_run": True, "next": 7}, "'next' must be what the answer before gave"),
        ({"dry_run": True, "next": token(phase="burn")}, "'next' must be what the answer before"),
        ({"dry_run": True, "next": token(notes="9")}, "'next' must be what the answer before"),
        ({"dry_run": True, "next": token(start=5)}, "'next' must be what the answer before"),
        ({"dry_run": True, "next": token(dry_run=False)}, "'next' is not of a dry run"),
        ({"instances": []}, "'instances' must be a list of instance ids"),
        ({"instances": "i-0123456789abcdef0"}, "'instances' must be a list of instance ids"),
        ({"instances": ["web"]}, "no instance id: 'web'"),
        ({"password": "hunter2"}, r"got the keys \['password'\]"),
        ([], "expected"),
        (["sweep"], "expected"),
        ("sweep", "expected"),
        (None, "expected"),
        (7, "expected"),
    ),
)
def test_nonsense_is_refused_with_what_would_make_sense(
    function: Function,
    wire: Wire,
    event: Any,  # noqa: ANN401 - any JSON
    message: str,
) -> None:
    wire.reset()
    with pytest.raises(BadMessageError, match=message) as caught:
        function(event)
    assert "hunter2" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert wire.calls == []


def test_a_dry_run_does_not_disturb_a_sweep_that_is_under_way(
    account: Account, function: Function
) -> None:
    account.launch(**IN_ZONE)
    function({"action": "sweep"})
    first = function({"dry_run": True})
    (step,) = account.receive()
    assert function.batch(*received([step])) == []
    assert function({"dry_run": True, "next": first["next"]})["next"]
    assert deliver(account, function) == []
    assert (HOST, "A") in account.records(account.private)


def test_what_one_instance_may_lose_is_not_bound_by_max_deletes(
    account: Account, deploy: Callable[..., Function]
) -> None:
    function = deploy(DDNS_MAX_DELETES="1")
    instance = account.launch(**IN_ZONE)
    function.batch(record(state_change(instance)))
    account.terminate(instance)
    assert function({"instances": [instance]})["counts"]["deletes"] == 2
    assert account.records(account.private) == {}


def test_a_sweep_that_cannot_begin_raises_the_reason(function: Function, wire: Wire) -> None:
    wire.fail_next("PutItem", "AccessDeniedException", 403, message="not authorized")
    with pytest.raises(PermanentError, match="not authorized"):
        function({"action": "sweep"})


def test_a_dry_run_that_cannot_go_on_raises_the_reason(function: Function, wire: Wire) -> None:
    wire.fail_next("DescribeInstances", "UnauthorizedOperation", 403, message="not authorized")
    with pytest.raises(PermanentError, match="not authorized"):
        function({"dry_run": True})


def test_a_drain_removes_all_records_and_writes_none_until_it_is_ended(
    account: Account, function: Function
) -> None:
    instance = account.launch(ZONE="example.internal")
    function({"instances": [instance]})
    assert len(account.records(account.private)) == 1
    answer = function({"drain": True})
    assert (answer["draining"], answer["drained"], answer["counts"]["deletes"]) == (True, True, 2)
    assert function({"instances": [instance]})["changes"] == []
    assert (account.records(account.private), account.records(account.reverse)) == ({}, {})
    assert function({"drain": False}) == {"draining": False, "sweep": "ordered"}
    assert deliver(account, function) == []
    assert len(account.records(account.private)) == 1
