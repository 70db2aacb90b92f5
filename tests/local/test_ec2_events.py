"""What becomes an event, and in which shape."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ddns_constructs.local import LocalAwsError
from ddns_constructs.local.ec2_events import Ec2Events, Event, Instance, events_between

if TYPE_CHECKING:
    from collections.abc import Iterator

ID = "i-0123456789abcdef0"


def reading(state: str = "running", **tags: str) -> dict[str, Instance]:
    return {ID: Instance(ID, state, tags)}


def events(before: dict[str, Instance], after: dict[str, Instance]) -> list[Event]:
    return list(events_between(before, after, tag_version=7))


def states(before: dict[str, Instance], after: dict[str, Instance]) -> list[object]:
    return [event.detail["state"] for event in events(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    (
        ({}, reading("running"), ["pending", "running"]),
        (reading("running"), reading("stopped"), ["stopping", "stopped"]),
        (reading("stopped"), reading("running"), ["pending", "running"]),
        (reading("running"), reading("terminated"), ["shutting-down", "terminated"]),
        (reading("running"), reading("stopping"), ["stopping"]),
        (reading("running"), reading("running"), []),
        (reading("terminated"), {}, []),
    ),
)
def test_a_change_of_state_is_reported_with_the_states_on_the_way(
    before: dict[str, Instance], after: dict[str, Instance], expected: list[str]
) -> None:
    assert states(before, after) == expected


def test_a_state_change_has_the_shape_that_ec2_sends() -> None:
    entry = events({}, reading())[-1].entry()
    assert {**entry, "Detail": json.loads(str(entry["Detail"]))} == {
        "Source": "aws.ec2",
        "DetailType": "EC2 Instance State-change Notification",
        "Resources": [f"arn:aws:ec2:us-east-1:000000000000:instance/{ID}"],
        "Detail": {"instance-id": ID, "state": "running"},
    }


def test_a_tag_change_has_the_shape_that_tagging_sends() -> None:
    before = reading(ZONE="old", Name="web", Gone="x")
    entry = events(before, reading(ZONE="new", Name="web", CNAME="c"))[0].entry()
    assert {**entry, "Detail": json.loads(str(entry["Detail"]))} == {
        "Source": "aws.tag",
        "DetailType": "Tag Change on Resource",
        "Resources": [f"arn:aws:ec2:us-east-1:000000000000:instance/{ID}"],
        "Detail": {
            "changed-tag-keys": ["CNAME", "Gone", "ZONE"],
            "service": "ec2",
            "resource-type": "instance",
            "version": 7,
            "tags": {"CNAME": "c", "Name": "web", "ZONE": "new"},
        },
    }


def test_tags_at_launch_are_a_tag_change_too() -> None:
    assert [event.source for event in events({}, reading(ZONE="z"))] == [
        "aws.ec2",
        "aws.ec2",
        "aws.tag",
    ]


class FakeAws:
    """EC2 with one reading to show, and an event bus that keeps what it gets."""

    def __init__(self) -> None:
        self.instances: dict[str, Instance] = {}
        self.requests: list[list[dict[str, Any]]] = []
        self.failures: list[Exception] = []
        self.read_once = threading.Event()

    def get_paginator(self, _operation: str) -> FakeAws:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        self.read_once.set()
        if self.failures:
            raise self.failures.pop()
        shown = [
            {
                "InstanceId": instance.id,
                "State": {"Name": instance.state},
                "Tags": [{"Key": k, "Value": v} for k, v in instance.tags.items()],
            }
            for instance in self.instances.values()
        ]
        return [{"Reservations": [{"Instances": shown}]}]

    def put_events(self, *, Entries: list[dict[str, Any]]) -> None:  # noqa: N803 - boto3's spelling
        self.requests.append(Entries)

    def run(self, count: int) -> list[str]:
        ids = [f"i-{len(self.instances) + n:017x}" for n in range(count)]
        self.instances = {**self.instances, **{id_: Instance(id_, "running", {}) for id_ in ids}}
        return ids

    def reported(self) -> set[str]:
        return {json.loads(e["Detail"])["instance-id"] for r in self.requests for e in r}


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


@pytest.fixture
def bridge(aws: FakeAws) -> Iterator[Ec2Events]:
    aws.run(1)
    running = Ec2Events(aws, aws)
    yield running
    running.close()


def test_what_ran_before_is_no_news(aws: FakeAws, bridge: Ec2Events) -> None:
    bridge.flush()
    assert aws.requests == []


def test_events_are_put_at_most_ten_at_a_time(aws: FakeAws, bridge: Ec2Events) -> None:
    ids = aws.run(12)
    bridge.flush()
    assert aws.reported() == set(ids)
    assert [len(request) for request in aws.requests] == [10, 10, 4]


def test_dropped_changes_are_never_reported(aws: FakeAws, bridge: Ec2Events) -> None:
    bridge.drop_next(2)
    lost = aws.run(2)
    bridge.flush()
    seen = aws.run(1)
    bridge.flush()
    assert (list(bridge.dropped), aws.reported()) == (lost, set(seen))


def test_an_error_of_the_emulator_loses_nothing(aws: FakeAws, bridge: Ec2Events) -> None:
    aws.failures = [
        EndpointConnectionError(endpoint_url="https://127.0.0.1"),
        ClientError({"Error": {"Code": "InternalError"}}, "DescribeInstances"),
    ]
    ids = aws.run(1)
    bridge.flush()
    assert aws.reported() == set(ids)


def test_two_readings_may_take_most_of_a_minute(aws: FakeAws) -> None:
    class Slow(threading.Condition):
        def wait_for(self, predicate: Any, timeout: float | None = None) -> bool:  # noqa: ANN401 - threading's
            return super().wait_for(predicate, 0) or (timeout or 0) > 45

    bridge = Ec2Events(aws, aws)
    bridge.close()
    bridge._turn = Slow()
    bridge.flush()


def test_waiting_for_a_closed_bridge_ends(aws: FakeAws) -> None:
    bridge = Ec2Events(aws, aws)
    bridge.close()
    with pytest.raises(LocalAwsError, match="EC2 was not read twice within 0"):
        bridge.flush(timeout=0.2)
