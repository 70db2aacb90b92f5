"""What the messages of the queue, and direct invocations, ask for."""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ddns.core.errors import BadMessageError

_INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}")


class Look(NamedTuple):
    """Look at an instance.

    Attributes:
        instance_id: which one.
        running: whether the event says that it runs now; None where it speaks of something else.
        time: when that was, in seconds of the epoch; None where nobody said.
    """

    instance_id: str
    running: bool | None = None
    time: float | None = None


class Sweep(NamedTuple):
    """Look at all instances; with ``verify`` at the zones too; with ``dry_run`` write nothing."""

    verify: bool = False
    dry_run: bool = False


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
    detail = event.get("detail")
    if not isinstance(detail, dict):
        raise BadMessageError("neither an event with a detail nor an order to sweep")
    if event.get("source") == "aws.tag":
        resources = event.get("resources")
        arn = resources[0] if isinstance(resources, list) and resources else ""
        return Look(_instance_id(str(arn).rpartition("/")[2]), time=_time(event))
    running = detail.get("state") == "running"
    return Look(_instance_id(detail.get("instance-id")), running, _time(event))


def parse_sweep(event: Mapping[str, Any]) -> Sweep:
    """Parse an order to sweep.

    Raises:
        BadMessageError: an option is not true or false.
    """
    options = {key: event.get(key, False) for key in ("verify", "dry_run")}
    for key, value in options.items():
        if not isinstance(value, bool):
            raise BadMessageError(f"{key!r} must be true or false, got {reprlib.repr(value)}")
    return Sweep(**options)


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


def _instance_id(value: object) -> str:
    if not isinstance(value, str) or not _INSTANCE_ID.fullmatch(value):
        raise BadMessageError(f"no instance id: {reprlib.repr(value)}")
    return value


def _time(event: Mapping[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(str(event.get("time")).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
