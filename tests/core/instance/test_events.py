"""Messages: which are understood, and the errors for the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ddns.core.errors import BadMessageError
from ddns.core.instance.events import (
    Expected,
    Look,
    Sweep,
    doubt,
    parse_instances,
    parse_message,
    parse_sweep,
)
from ddns.core.instance.instances import Instance

INSTANCE = "i-0123456789abcdef0"
TIME = "2023-11-14T22:13:20Z"
STATE_CHANGE = {
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "time": TIME,
    "detail": {"instance-id": INSTANCE, "state": "running"},
}
TAG_CHANGE = {
    "detail-type": "Tag Change on Resource",
    "source": "aws.tag",
    "time": TIME,
    "resources": [f"arn:aws:ec2:us-east-1:123456789012:instance/{INSTANCE}"],
    "detail": {"changed-tag-keys": ["ZONE"], "service": "ec2", "resource-type": "instance"},
}


@pytest.mark.parametrize(
    ("event", "expected"),
    (
        (STATE_CHANGE, Look(INSTANCE, running=True, time=1_700_000_000.0)),
        (
            {**STATE_CHANGE, "detail": {"instance-id": INSTANCE, "state": "stopped"}},
            Look(INSTANCE, running=False, time=1_700_000_000.0),
        ),
        (TAG_CHANGE, Look(INSTANCE, time=1_700_000_000.0)),
        ({**STATE_CHANGE, "time": "yesterday"}, Look(INSTANCE, running=True)),
        ({"action": "sweep"}, Sweep()),
        ({"action": "sweep", "verify": True}, Sweep(verify=True)),
        ({"action": "sweep", "sweep": "sweep-1", "step": 3}, Sweep(sweep="sweep-1", step=3)),
        ({"action": "look", "instance": INSTANCE}, Look(INSTANCE, keep=True)),
    ),
)
def test_events_and_orders_are_understood(event: dict[str, Any], expected: Look | Sweep) -> None:
    assert parse_message(json.dumps(event)) == expected


ADDRESS = {  # as CloudTrail logs calls of EC2: the API's names in camel case
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.ec2",
    "time": TIME,
    "detail": {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "AssociateAddress",
        "requestParameters": {"allocationId": "eipalloc-1", "instanceId": INSTANCE},
        "responseElements": {"_return": True, "associationId": "eipassoc-1"},
    },
}


def address_event(name: str, asked: object) -> str:
    detail = {**ADDRESS["detail"], "eventName": name, "requestParameters": asked}  # type: ignore[dict-item]
    return json.dumps({**ADDRESS, "detail": detail})


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    (
        (
            "AssociateAddress",
            {"publicIp": "198.51.100.7", "instanceId": INSTANCE},
            Look(INSTANCE, time=1_700_000_000.0, sweep=True),
        ),
        (
            "AssociateAddress",
            {"allocationId": "eipalloc-1", "instanceId": INSTANCE, "allowReassociation": True},
            Look(INSTANCE, time=1_700_000_000.0, sweep=True),
        ),
        (
            "AssociateAddress",
            {"allocationId": "eipalloc-1", "instanceId": INSTANCE, "allowReassociation": False},
            Look(INSTANCE, time=1_700_000_000.0),
        ),
        (
            "AssociateAddress",
            {"allocationId": "eipalloc-1", "networkInterfaceId": "eni-1"},
            Sweep(),
        ),
        ("AssociateAddress", {"instanceId": "../x"}, Sweep()),
        ("AssociateAddress", None, Sweep()),
        ("DisassociateAddress", {"associationId": "eipassoc-1"}, Sweep()),
        ("DisassociateAddress", {"publicIp": "198.51.100.7"}, Sweep()),
    ),
)
def test_an_address_that_moves_leads_to_who_gets_it_and_a_sweep_for_who_had_it(
    name: str, asked: object, expected: Look | Sweep
) -> None:
    assert parse_message(address_event(name, asked)) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    (
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("{}", "neither an event with a detail nor an order"),
        ('{"detail": "text"}', "neither an event with a detail nor an order"),
        ('{"detail": {}}', "no instance id: None"),
        ('{"detail": {"instance-id": 5}}', "no instance id: 5"),
        ('{"detail": {"instance-id": "i-../x"}}', "no instance id: 'i-../x'"),
        ('{"source": "aws.tag", "detail": {}}', "no instance id: ''"),
        ('{"source": "aws.tag", "detail": {}, "resources": ["arn:x/vol-1"]}', "no instance id"),
        ('{"action": "sweep", "dry_run": true}', "a dry run has no answer in a queue"),
        ('{"action": "sweep", "verify": "yes"}', "'verify' must be true or false, got 'yes'"),
        ('{"action": "sweep", "sweep": 1}', "'sweep' must be the id of a sweep"),
        ('{"action": "sweep", "step": true}', "'step' a number"),
        ('{"action": "look"}', "no instance id: None"),
        (
            '{"detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": "Stop"}}',
            "no call that moves an address: 'Stop'",
        ),
    ),
)
def test_any_other_message_is_refused_with_its_reason(body: str, reason: str) -> None:
    with pytest.raises(BadMessageError, match=reason):
        parse_message(body)


def test_a_dry_run_is_understood() -> None:
    assert parse_sweep({"dry_run": True, "verify": True}) == Sweep(verify=True, dry_run=True)


def test_instance_ids_are_understood() -> None:
    assert parse_instances([INSTANCE]) == [Look(INSTANCE)]


@pytest.mark.parametrize("ids", ([], "i-0123456789abcdef0", None, ["x"], [5]))
def test_what_is_no_list_of_instance_ids_is_refused(ids: object) -> None:
    with pytest.raises(BadMessageError):
        parse_instances(ids)


# -------------------------------------------------------------------- may EC2's answer be old?

NOW = 1000.0
JUST, LONG_AGO = NOW - 29, NOW - 30
CONTRADICTS = "an event says that it"
UNSEEN = "no event says so"


@pytest.mark.parametrize(
    ("running", "time", "again", "state", "registered", "expected"),
    (
        # What an event says and EC2 does not show yet.
        (True, JUST, False, "running", True, ""),
        (True, JUST, False, "pending", False, f"{CONTRADICTS} runs, EC2 still shows it pending"),
        (True, JUST, True, "stopped", True, f"{CONTRADICTS} runs"),
        (True, JUST, False, "gone", False, f"{CONTRADICTS} runs"),
        (False, JUST, False, "running", True, f"{CONTRADICTS} does not run, EC2 still shows it r"),
        # But none runs again that EC2 shows ending.
        (True, JUST, False, "shutting-down", True, ""),
        (True, JUST, False, "terminated", True, ""),
        (False, JUST, False, "stopped", True, ""),
        (False, JUST, False, "gone", True, ""),
        # An event that is old says nothing of now, but it did say that the instance goes.
        (True, LONG_AGO, False, "stopped", True, ""),
        (False, LONG_AGO, False, "running", True, ""),
        (False, LONG_AGO, False, "gone", True, ""),
        # One look that does not show an instance with records is not enough to delete them.
        (True, LONG_AGO, False, "gone", True, UNSEEN),
        (None, JUST, False, "gone", True, UNSEEN),
        (None, LONG_AGO, False, "pending", True, UNSEEN),
        (None, JUST, True, "gone", True, ""),
        (None, JUST, False, "gone", False, ""),
        (None, JUST, False, "stopped", True, ""),
        (None, JUST, False, "terminated", True, ""),
    ),
)
def test_what_ec2_says_counts_or_is_looked_at_again(
    *, running: bool | None, time: float, again: bool, state: str, registered: bool, expected: str
) -> None:
    said = Expected(running, time, again)
    reason = doubt(said, Instance(INSTANCE, state), NOW, registered=registered)
    assert bool(reason) is bool(expected)
    assert expected in reason
