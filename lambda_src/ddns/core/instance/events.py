"""What the messages of the queue, and direct invocations, ask for."""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ddns.core.errors import BadMessageError
from ddns.core.instance.instances import Instance

_STOPPED = ("stopping", "stopped", "shutting-down", "terminated")
_RUNNING = {"running": True, **dict.fromkeys(_STOPPED, False)}
_API_CALL = "AWS API Call via CloudTrail"
_INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}")


class Look(NamedTuple):
    """Look at an instance.

    Attributes:
        instance_id: which one.
        running: whether the event says that it runs now; None where it speaks of something else.
        time: when that was, in seconds of the epoch; None where nobody said.
        keep: whether no record set may go, as a sweep counts these first.
        sweep: whether another instance may have to do with it, which only a sweep finds.
    """

    instance_id: str
    running: bool | None = None
    time: float | None = None
    keep: bool = False
    sweep: bool = False


class Sweep(NamedTuple):
    """Look at all instances.

    Attributes:
        verify: whether to look at the zones, too.
        dry_run: whether to write nothing.
        sweep: the sweep that is to go on; empty for a new one.
        step: with which of its steps.
    """

    verify: bool = False
    dry_run: bool = False
    sweep: str = ""
    step: int = 0


class Expected(NamedTuple):
    """What the messages say of an instance.

    Attributes:
        running: whether its latest event says that it runs; None where none speaks of its state.
        time: when that was, in seconds of the epoch.
        again: whether the message was delivered before.
        keep: whether no record set may go.
    """

    running: bool | None = None
    time: float = 0.0
    again: bool = False
    keep: bool = False


# For so long after an event EC2 may answer as if it had not happened.
_CONSISTENT_AFTER = 30.0


def doubt(expected: Expected, instance: Instance, now: float, *, registered: bool) -> str:
    """Return why what EC2 says of an instance may be old, empty where it counts.

    EC2 is eventually consistent. Where it contradicts an event that just happened, the message
    comes again and a younger look decides. Nothing is deleted because one look did not show an
    instance: it takes an event that says so, or a second look.
    """
    if instance.state in ("shutting-down", "terminated"):
        return ""  # it never runs again: no event of its running is younger
    recent = now - expected.time < _CONSISTENT_AFTER
    if expected.running is not None and recent and expected.running != instance.running:
        event = "runs" if expected.running else "does not run"
        return f"an event says that it {event}, EC2 still shows it {instance.state}"
    unseen = instance.state in ("gone", "pending")
    if unseen and registered and expected.running is not False and not expected.again:
        return f"EC2 shows it {instance.state}, and no event says so: it is looked at again"
    return ""


def parse_message(body: str) -> Look | Sweep:
    """Parse the body of a queue message: an EventBridge event, or an order to sweep.

    Raises:
        BadMessageError: it is neither; the message says why.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as err:
        raise BadMessageError(f"not JSON: {err}") from err
    if not isinstance(event, dict):
        raise BadMessageError("not a JSON object")
    if event.get("action") == "sweep":
        order = parse_sweep(event)
        if order.dry_run:
            raise BadMessageError("a dry run has no answer in a queue: invoke the function with it")
        return order
    if event.get("action") == "look":
        return Look(_instance_id(event.get("instance")), keep=True)
    detail = event.get("detail")
    if not isinstance(detail, dict):
        raise BadMessageError("neither an event with a detail nor an order to look or to sweep")
    if event.get("detail-type") == _API_CALL:
        return _address_order(event, detail)
    if event.get("source") == "aws.tag":
        resources = event.get("resources")
        arn = resources[0] if isinstance(resources, list) and resources else ""
        return Look(_instance_id(str(arn).rpartition("/")[2]), time=_time(event))
    running = _RUNNING.get(str(detail.get("state")))
    return Look(_instance_id(detail.get("instance-id")), running, _time(event))


def _address_order(event: Mapping[str, Any], detail: Mapping[str, Any]) -> Look | Sweep:
    """Return what an Elastic IP address leads to that was associated or disassociated.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html and
    API_DisassociateAddress.html: the first names an instance or a network interface, and takes the
    address from whoever has it unless AllowReassociation is false; the second names an association
    or an address, which nobody has by now. Whose it was, only a sweep finds.
    """
    name = detail.get("eventName")
    if name not in ("AssociateAddress", "DisassociateAddress"):
        raise BadMessageError(f"no call that moves an address: {reprlib.repr(name)}")
    asked = detail.get("requestParameters")
    asked = asked if isinstance(asked, dict) else {}
    instance = asked.get("instanceId")
    if name == "AssociateAddress" and isinstance(instance, str) and is_instance_id(instance):
        moves = asked.get("allowReassociation") is not False
        return Look(instance, time=_time(event), sweep=moves)
    return Sweep()


def parse_sweep(event: Mapping[str, Any]) -> Sweep:
    """Parse an order to sweep.

    Raises:
        BadMessageError: an option is not true or false.
    """
    options = {key: event.get(key, False) for key in ("verify", "dry_run")}
    for key, value in options.items():
        if not isinstance(value, bool):
            raise BadMessageError(f"{key!r} must be true or false, got {reprlib.repr(value)}")
    sweep, step = event.get("sweep", ""), event.get("step", 0)
    if not isinstance(sweep, str) or type(step) is not int:
        raise BadMessageError("'sweep' must be the id of a sweep, and 'step' a number")
    return Sweep(**options, sweep=sweep, step=step)


def parse_instances(ids: object) -> list[Look]:
    """Parse the instance ids of a direct invocation.

    Raises:
        BadMessageError: it is no list of instance ids.
    """
    if not isinstance(ids, list) or not ids:
        raise BadMessageError(
            f"'instances' must be a list of instance ids, got {reprlib.repr(ids)}"
        )
    return [Look(_instance_id(each)) for each in ids]


def is_instance_id(text: str) -> bool:
    """Tell whether a text is an instance id."""
    return _INSTANCE_ID.fullmatch(text) is not None


def _instance_id(value: object) -> str:
    if not isinstance(value, str) or not is_instance_id(value):
        raise BadMessageError(f"no instance id: {reprlib.repr(value)}")
    return value


def _time(event: Mapping[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(str(event.get("time")).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
