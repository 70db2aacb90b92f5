"""DynamoDB: the hosts of ClientDdns."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from ddns.adapters.aws import translated
from ddns.adapters.batch_get import batch_get
from ddns.core.client.hosts import Host
from ddns.core.client.items import KEY, Item, kept_attribute, parse_host, signed_attribute
from ddns.core.errors import BadItemError, ConflictError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ddns.core.client.hosts import HostState
    from ddns.ports import Clock


class DynamoDbHostStore:
    """Hosts in one table with the partition key ``hostname``.

    The administrator writes who may update a host and how; the function writes its state
    (``state``, ``state_zone``, ``revision``, ``writer``, ``pending``, ``ordered``, ``verified``,
    ``asked``, ``changed``, ``signed``) and nothing else.
    An item of the AWS blog sample (``data``) is a host too.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        clock: Clock,
        complain: Callable[[str, str], object],
        writer: Callable[[], str] = lambda: os.urandom(8).hex(),
    ) -> None:
        """Take a client, the table's name, a clock, and a function that reports a broken item."""
        self._client = client
        self._table = table
        self._clock = clock
        self._complain = complain
        self._writer = writer

    def get(self, key: str) -> Host | None:
        """Read a host consistently (GetItem)."""
        with translated():
            answer = self._client.get_item(
                TableName=self._table, Key={KEY: {"S": key}}, ConsistentRead=True
            )
        item = answer.get("Item")
        return self._host(item) if item else None

    def get_many(self, keys: Collection[str]) -> Mapping[str, Host]:
        """Read hosts consistently (BatchGetItem)."""
        items = batch_get(self._client, self._table, self._clock, keys, KEY)
        return {host.key: host for host in map(self._host, items)}

    def save(self, host: Host, state: HostState) -> bool:
        """Write the state of a host where it has the revision that was read (UpdateItem)."""
        now, writer = str(int(self._clock.now() * 1000)), self._writer()
        sets = [
            "#state = :state",
            "state_zone = :zone",
            "revision = :new",
            "writer = :writer",
            "verified = :verified",
        ]
        values: dict[str, Any] = {
            ":state": kept_attribute(state.kept),
            ":zone": {"S": host.zone_id},
            ":new": {"N": str(host.revision + 1)},
            ":writer": {"S": writer},
            ":verified": {"N": str(state.verified)},
        }
        if dict(state.kept) != dict(host.kept):
            sets.append("changed = :changed")
            values[":changed"] = {"N": now}
        if state.signed != host.signed:
            sets.append("signed = :signed")
            values[":signed"] = signed_attribute(state.signed)
        if state.asked != host.asked:
            sets.append("asked = :asked")
            values[":asked"] = {"N": str(state.asked)}
        if state.pending:
            sets.append("pending = :pending")
            values[":pending"] = {"BOOL": True}
        if state.ordered:
            sets.append("ordered = :ordered")
            values[":ordered"] = {"N": str(state.ordered)}
        condition = "attribute_exists(hostname) AND "
        if host.revision:
            condition += "revision = :old"
            values[":old"] = {"N": str(host.revision)}
        else:
            condition += "attribute_not_exists(revision)"
        gone = [name for name in ("pending", "ordered") if not getattr(state, name)]
        remove = f" REMOVE {', '.join(gone)}" if gone else ""
        try:
            with translated():
                self._client.update_item(
                    TableName=self._table,
                    Key={KEY: {"S": host.key}},
                    UpdateExpression="SET " + ", ".join(sets) + remove,
                    ConditionExpression=condition,
                    # A reserved word of DynamoDB.
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=values,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConflictError as err:
            # Its own: the answer to a first attempt was lost, and botocore tried again.
            there = cast("Any", err.__cause__).response.get("Item", {})
            return bool(there.get("writer") == {"S": writer})
        return True

    def _host(self, item: Item) -> Host:
        """Return the host of an item; one that cannot be used is there all the same, disabled."""
        try:
            return parse_host(item)
        except BadItemError as err:
            key = item[KEY]["S"]
            self._complain(key, str(err))
            return Host(key, key, "", disabled=True)
