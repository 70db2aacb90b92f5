"""ClientDdns as its handler runs it: real adapters, on stand-ins for the clients."""

from __future__ import annotations

import importlib
import json
import os
from collections import Counter
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import botocore.session
from botocore.exceptions import ClientError

from ddns.client.composition import client_parts
from ddns.client.settings import ClientSettings
from tests.fakes.clock import FakeClock
from tests.fakes.logged_route53 import LoggedRoute53
from tests.fakes.sqs import DEAD_LETTERS, QUEUE, FakeSqs
from tests.handlers.account import botocore_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TABLE = "hosts-of-this-deployment"
ZONES = {"Z1EXAMPLE": "example.com", "Z2EXAMPLE": "example.net", "Z3UNLISTED": "example.org"}
LISTED = ("Z1EXAMPLE", "Z2EXAMPLE")
BUDGET = 20.0
SETTINGS = {
    "AWS_LAMBDA_FUNCTION_NAME": "ddns",
    "DDNS_TABLE": TABLE,
    "DDNS_QUEUE_URL": QUEUE,
    "DDNS_DEAD_LETTER_QUEUE_URL": DEAD_LETTERS,
    "DDNS_ZONES": json.dumps([{"id": each, "name": ZONES[each]} for each in LISTED]),
    "DDNS_TTL": "60",
    "DDNS_RECORD_TYPES": '["A", "AAAA"]',
    "DDNS_ALLOWED_NAMES": "[]",
    "DDNS_VERIFY_INTERVAL": "3600",
    "DDNS_PROTOCOLS": '["seed", "dyndns2", "checkip", "signed"]',
    "DDNS_BAD_AUTH_STATUS": "401",
    "DDNS_TROUBLE_STATUS": "200",
    "DDNS_REFUSAL_STATUS": "200",
    "DDNS_CHANGE_INTERVAL": "0",
    "DDNS_ALLOWED_CIDRS": "[]",
    "DDNS_ORIGIN_DIGESTS": "[]",
    "DDNS_ENDPOINT_NAMES": "[]",
    "DDNS_ADDRESS_POLICY": "source",
    "DDNS_OFFLINE": "false",
    "DDNS_WATCHED_HOSTS": "[]",
}


@lru_cache
def handler_module() -> Any:  # noqa: ANN401 - a module
    """Import the handler as a cold start does; it makes its clients then, and only then."""
    session = botocore_session()
    with (
        mock.patch.dict(os.environ, SETTINGS),
        mock.patch.object(botocore.session, "get_session", return_value=session),
    ):
        return importlib.import_module("ddns.handlers.client")


class Table:
    """A client of DynamoDB that counts its calls, and fails where a test says so.

    Args:
        client: who answers the rest.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - a client or a stand-in
        self.requests: Counter[str] = Counter()
        self.failing: dict[str, str] = {}
        self._client = client

    def get_item(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        return self._send("get_item", parameters)

    def batch_get_item(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        return self._send("batch_get_item", parameters)

    def update_item(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        return self._send("update_item", parameters)

    def _send(self, operation: str, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401 - boto3's
        self.requests[operation] += 1
        if operation in self.failing:
            code = self.failing[operation]
            arn = f"arn:aws:dynamodb:us-east-1:123456789012:table/{TABLE}"
            error: Any = {
                "Error": {"Code": code, "Message": f"no {operation} on resource: {arn}"},
                "ResponseMetadata": {"HTTPStatusCode": 500 if code.startswith("Int") else 400},
            }
            raise ClientError(error, operation)
        return getattr(self._client, operation)(**parameters)


class Items:
    """A table that is only read: a client of DynamoDB over items in memory."""

    def __init__(self, *items: Mapping[str, Any]) -> None:
        self._items = {item["hostname"]["S"]: item for item in items}

    def get_item(self, *, TableName: str, Key: Any, ConsistentRead: bool) -> Any:  # noqa: ANN401, N803 - boto3's
        assert TableName == TABLE
        assert ConsistentRead
        found = self._items.get(Key["hostname"]["S"])
        return {"Item": found} if found else {}

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: ANN401, N803 - boto3's
        assert RequestItems.keys() == {TABLE}
        assert RequestItems[TABLE]["ConsistentRead"]
        keys = [key["hostname"]["S"] for key in RequestItems[TABLE]["Keys"]]
        assert len(set(keys)) == len(keys) <= 100
        found = [self._items[key] for key in keys if key in self._items]
        return {"Responses": {TABLE: found}, "UnprocessedKeys": {}}

    def update_item(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        raise AssertionError(f"it was written to: {parameters}")


class ClientFunction:
    """The function, warm, at a standing clock.

    Args:
        table: a client of DynamoDB.
        settings: variables that differ from the defaults.
    """

    def __init__(self, table: Any, **settings: str) -> None:  # noqa: ANN401 - a client
        self.clock = FakeClock()
        self.table = Table(table)
        self.route53 = LoggedRoute53()
        self.sqs = FakeSqs()
        for zone_id, name in ZONES.items():
            self.route53.add_zone(name, zone_id=zone_id)
        self._module = handler_module()
        clients: Any = SimpleNamespace(
            dynamodb=self.table,
            patient_route53=self.route53,
            route53=self.route53,
            sqs=self.sqs,
        )
        read = ClientSettings.from_environment({**SETTINGS, **settings})
        with mock.patch("ddns.client.composition.SystemClock", return_value=self.clock):
            self.parts = client_parts(read, clients)

    def __call__(self, event: Any) -> Any:  # noqa: ANN401 - JSON
        """Handle one invocation; what comes and goes is JSON, as between Lambda and the handler."""
        return json.loads(json.dumps(self.respond(json.loads(json.dumps(event)))))

    def respond(self, event: Any) -> Any:  # noqa: ANN401 - JSON
        """Handle one invocation, and nothing else."""
        return self._module.respond(self.parts, event, self.clock.now() + BUDGET)

    @property
    def requests(self) -> int:
        """All requests to AWS so far."""
        return self.table.requests.total() + self.route53.total_requests + self.sqs.requests

    def fail(self, what: str) -> None:
        """Let calls fail: ``service operation code``, with a number of times or for ever."""
        service, operation, code, *times = what.split(" ")
        if service == "route53":
            self.route53.fail_next(operation, code, times=int(times[0]) if times else 1000)
        elif service == "dynamodb":
            self.table.failing[operation] = code
        else:
            self.sqs.failing = code

    def records(self) -> dict[str, str]:
        """Return what the zones hold: TTL and values by name and type."""
        found = {}
        for zone_id in ZONES:
            for (name, kind), (ttl, values) in self.route53.records(zone_id).items():
                found[f"{name} {kind}"] = " ".join((str(ttl), *sorted(values)))
        return found

    def orders(self) -> list[Any]:
        """Return the messages in the queue."""
        return [json.loads(each["MessageBody"]) for each in self.sqs.sent[QUEUE]]


def put_records(route53: LoggedRoute53, records: Mapping[str, Any]) -> None:
    """Put record sets by hand: name and type to TTL and values, or to boto3's fields."""
    for where, what in records.items():
        name, kind = where.split(" ")
        zone_id = next(each for each in ZONES if name.endswith(f".{ZONES[each]}."))
        if isinstance(what, str):
            ttl, *values = _words(kind, what)
            route53.put_foreign(zone_id, name, kind, values, ttl=int(ttl))
        else:
            fields = dict(what)
            listed = fields.pop("ResourceRecords", [])
            values = [each["Value"] for each in listed]
            route53.put_foreign(zone_id, name, kind, values, **fields)


def _words(kind: str, text: str) -> Iterable[str]:
    return text.split(" ", 1) if kind in ("TXT", "MX") else text.split(" ")
