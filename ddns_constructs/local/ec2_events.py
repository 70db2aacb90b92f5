"""EC2's events, which the emulator does not send: seen by asking, put on the event bus.

The states are read with `DescribeInstances`, as anybody can, about ten times a second. What changed
between two readings becomes the events that AWS sends for it:

- `EC2 Instance State-change Notification` from `aws.ec2`, the states on the way included;
- `Tag Change on Resource` from `aws.tag`, with the keys that changed and all tags as they are now.

A state that lasts shorter than a reading is not seen. AWS may drop events as well: see `drop_next`.
"""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ddns_constructs.local.emulator import ACCOUNT, REGION
from ddns_constructs.local.errors import LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Ec2Events", "Event", "Instance", "events_between"]

_INTERVAL = 0.1
_MOST_ENTRIES = 10  # of one PutEvents request
_PATIENCE = 60.0
_ON_THE_WAY = {"running": "pending", "stopped": "stopping", "terminated": "shutting-down"}


@dataclass(frozen=True, slots=True)
class Instance:
    """What a reading says of one instance.

    Args:
        id: Such as `i-0123456789abcdef0`.
        state: EC2's word: `running`, `stopped`, `terminated`, ...
        tags: All tags, by key.
    """

    id: str
    state: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One event, before EventBridge gives it an id and a time."""

    source: str
    detail_type: str
    instance_id: str
    detail: Mapping[str, object]

    @property
    def resource(self) -> str:
        """The ARN of the instance that the event is about."""
        return f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{self.instance_id}"

    def entry(self) -> dict[str, object]:
        """Return the event as an entry of a PutEvents request."""
        return {
            "Source": self.source,
            "DetailType": self.detail_type,
            "Resources": [self.resource],
            "Detail": json.dumps(self.detail),
        }


def events_between(
    before: Mapping[str, Instance], after: Mapping[str, Instance], tag_version: int
) -> Iterator[Event]:
    """Yield the events that AWS sends when `before` has become `after`.

    Args:
        before: The earlier reading, by instance id.
        after: The later reading. An instance that has left it is taken to be terminated.
        tag_version: Put into tag events; grows from reading to reading.
    """
    for instance in after.values():
        earlier = before.get(instance.id)
        if earlier is None or earlier.state != instance.state:
            yield from _state_events(instance)
        tags_before = earlier.tags if earlier else {}
        if tags_before != instance.tags:
            yield _tag_event(instance, tags_before, tag_version)


def _state_events(instance: Instance) -> Iterator[Event]:
    on_the_way = _ON_THE_WAY.get(instance.state)
    for state in (on_the_way, instance.state) if on_the_way else (instance.state,):
        yield Event(
            source="aws.ec2",
            detail_type="EC2 Instance State-change Notification",
            instance_id=instance.id,
            detail={"instance-id": instance.id, "state": state},
        )


def _tag_event(instance: Instance, before: Mapping[str, str], version: int) -> Event:
    keys = {*before, *instance.tags}
    return Event(
        source="aws.tag",
        detail_type="Tag Change on Resource",
        instance_id=instance.id,
        detail={
            "changed-tag-keys": sorted(k for k in keys if before.get(k) != instance.tags.get(k)),
            "service": "ec2",
            "resource-type": "instance",
            "version": version,
            "tags": dict(instance.tags),
        },
    )


class Ec2Events:
    """A thread that reads instances and puts events until it is closed.

    Args:
        ec2: A boto3 client of EC2.
        events: A boto3 client of EventBridge whose caller is the account's root.
    """

    def __init__(self, ec2: Any, events: Any) -> None:  # noqa: ANN401 - boto3 makes the methods at run time
        self._ec2 = ec2
        self._events = events
        self._closing = threading.Event()
        self._turn = threading.Condition()
        self._readings = 0
        self._to_drop = 0
        self._dropped: list[str] = []
        self._seen = self._read()  # what ran before is no news
        self._thread = threading.Thread(target=self._run, name="ec2-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading; events that were seen have been put."""
        self._closing.set()
        self._thread.join()

    def drop_next(self, count: int = 1) -> None:
        """Drop every event of the next `count` instances that change.

        Args:
            count: How many changes, each of one instance at one reading, nobody hears of.
        """
        with self._turn:
            self._to_drop += count

    @property
    def dropped(self) -> Sequence[str]:
        """Ids of the instances whose changes were lost on purpose, oldest first."""
        with self._turn:
            return tuple(self._dropped)

    def flush(self, timeout: float = _PATIENCE) -> None:
        """Wait until everything that has happened so far has been put on the bus.

        Args:
            timeout: Seconds.

        Raises:
            LocalAwsError: The thread did not get that far in time.
        """
        with self._turn:
            # The reading under way may have begun too early: wait for the one after it.
            target = self._readings + 2
            if not self._turn.wait_for(lambda: self._readings >= target, timeout):
                raise LocalAwsError(f"EC2 was not read twice within {timeout:g} seconds")

    def _run(self) -> None:
        while not self._closing.wait(_INTERVAL):
            # The emulator may be busy or ending. Nothing is lost by an error: the next reading is
            # compared with the last one that was reported.
            with contextlib.suppress(BotoCoreError, ClientError):
                self._turn_once()

    def _turn_once(self) -> None:
        now = self._read()
        news = list(events_between(self._seen, now, tag_version=self._readings + 1))
        self._put(self._not_dropped(news))
        self._seen = now
        with self._turn:
            self._readings += 1
            self._turn.notify_all()

    def _read(self) -> dict[str, Instance]:
        pages = self._ec2.get_paginator("describe_instances").paginate()
        return {
            found["InstanceId"]: Instance(
                id=found["InstanceId"],
                state=found["State"]["Name"],
                tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
            )
            for page in pages
            for reservation in page["Reservations"]
            for found in reservation["Instances"]
        }

    def _not_dropped(self, news: Iterable[Event]) -> list[Event]:
        kept: list[Event] = []
        dropping: set[str] = set()
        with self._turn:
            for event in news:
                if event.instance_id not in dropping and self._to_drop:
                    self._to_drop -= 1
                    dropping.add(event.instance_id)
                    self._dropped.append(event.instance_id)
                if event.instance_id not in dropping:
                    kept.append(event)
        return kept

    def _put(self, events: Sequence[Event]) -> None:
        for start in range(0, len(events), _MOST_ENTRIES):
            entries = [event.entry() for event in events[start : start + _MOST_ENTRIES]]
            self._events.put_events(Entries=entries)
