"""The function as Lambda runs it, and the events that it gets."""

from __future__ import annotations

import importlib
import json
import sys
import time
from copy import deepcopy
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session

from tests.handlers.account import botocore_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

    from tests.handlers.account import Account

HANDLER = "ddns.handlers.instance"
_EVENTS = Path(__file__).resolve().parents[2] / "events"


class Context:
    """Lambda's context object, as far as the handler looks at it."""

    def __init__(self, seconds: float) -> None:
        self._milliseconds = int(seconds * 1000)

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


class Function:
    """The handler, imported with an environment; every call is one invocation."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        # The handler makes its own session: here the one that reads the service models once.
        session = botocore_session()
        monkeypatch.setattr(botocore.session, "get_session", lambda: session)
        self.start()

    def start(self) -> None:
        """Start cold: a new environment remembers nothing."""
        unload()
        self._module = importlib.import_module(HANDLER)

    def __call__(self, event: Any, *, seconds: float = 110) -> Any:  # noqa: ANN401 - JSON
        return self._module.handler(deepcopy(event), Context(seconds))

    def batch(self, *records: Mapping[str, Any], seconds: float = 110) -> list[str]:
        """Handle a batch of queue messages; return the ids of those that failed."""
        answer = self({"Records": list(records)}, seconds=seconds)
        assert answer.keys() == {"batchItemFailures"}
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def deliver(account: Account, function: Function) -> list[str]:
    """Deliver what is in the queue, and what comes in meanwhile, until nothing is visible.

    Returns:
        The bodies of the messages that failed: they come again later.
    """
    failed: list[str] = []
    while messages := account.receive():
        ids = function.batch(*received(messages))
        failed += [each["Body"] for each in messages if each["MessageId"] in ids]
        for each in messages:
            if each["MessageId"] not in ids:
                account.delete(each)
    return failed


def sweep(account: Account, function: Function) -> None:
    """Order a sweep as the schedule does, and do all of it."""
    account.send([json.dumps(event("schedule_order"))])
    assert deliver(account, function) == []


def unload() -> None:
    """Forget the handler module: its import is the cold start."""
    sys.modules.pop(HANDLER, None)


@lru_cache
def _text(name: str) -> str:
    return (_EVENTS / f"{name}.json").read_text()


def event(name: str) -> dict[str, Any]:
    """Return an event of tests/events."""
    found: dict[str, Any] = json.loads(_text(name))
    return found


def state_change(instance_id: str, state: str = "running", *, age: float = 0) -> str:
    """Return the body of an EC2 state change, so many seconds old."""
    found = event("ec2_" + state.replace("-", "_"))
    found["detail"]["instance-id"] = instance_id
    return _about(found, instance_id, age)


def tag_change(instance_id: str, *, age: float = 0) -> str:
    """Return the body of a tag change, so many seconds old."""
    return _about(event("tag_change"), instance_id, age)


def _about(found: dict[str, Any], instance_id: str, age: float) -> str:
    when = datetime.fromtimestamp(datetime.now(timezone.utc).timestamp() - age, timezone.utc)
    found["time"] = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    found["resources"] = [f"{found['resources'][0].rpartition('/')[0]}/{instance_id}"]
    return json.dumps(found)


def record(
    body: str, *, message_id: str = "m-1", receives: int = 1, sent: float = 0, **fields: str
) -> Any:  # noqa: ANN401 - JSON
    """Return a message as the event source hands it over; it was sent now unless said otherwise."""
    found = event("sqs_record")
    found |= {"messageId": message_id, "receiptHandle": f"receipt-{message_id}", "body": body}
    found["attributes"]["ApproximateReceiveCount"] = str(receives)
    found["attributes"]["SentTimestamp"] = str(int((sent or time.time()) * 1000))
    return found | fields


def records(bodies: Iterable[str]) -> list[Any]:
    """Return messages with the ids m-0, m-1 and so on."""
    return [record(body, message_id=f"m-{number}") for number, body in enumerate(bodies)]


def received(messages: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Return messages that really came out of the queue."""
    return [
        record(
            each["Body"],
            message_id=each["MessageId"],
            receives=int(each["Attributes"]["ApproximateReceiveCount"]),
            receiptHandle=each["ReceiptHandle"],
        )
        for each in messages
    ]
