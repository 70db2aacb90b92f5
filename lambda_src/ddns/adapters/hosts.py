"""DynamoDB: the hosts of ClientDdns."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from ddns.adapters.aws import translated
from ddns.core.client.addresses import LONGEST_PREFIX, SHORTEST_PREFIX, AddressPolicy
from ddns.core.client.hosts import WILDCARD, Host, HostState, Kept
from ddns.core.errors import InvalidNameError, PermanentError, ThrottledError
from ddns.core.names import record_name

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ddns.ports import Clock

_Item = Mapping[str, Any]
_KEY = "hostname"
# Most items in one BatchGetItem.
_AT_ONCE = 100
# What an item that an administrator wrote by hand can lead to.
_BROKEN = (AttributeError, InvalidNameError, KeyError, RecursionError, TypeError, ValueError)
_ATTEMPTS = 6
_MAX_TTL = 2**31 - 1


class DynamoDbHostStore:
    """Hosts in one table with the partition key ``hostname``.

    The administrator writes who may update a host and how; the function writes its state
    (``state``, ``state_zone``, ``revision``, ``writer``, ``pending``, ``verified``, ``changed``,
    ``signed``) and nothing else.
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
        """Take a client, the table's name, a clock, whom to tell of a broken item and why."""
        self._client = client
        self._table = table
        self._clock = clock
        self._complain = complain
        self._writer = writer

    def get(self, key: str) -> Host | None:
        """Read a host consistently (GetItem)."""
        with translated():
            answer = self._client.get_item(
                TableName=self._table, Key={_KEY: {"S": key}}, ConsistentRead=True
            )
        item = answer.get("Item")
        return self._host(item) if item else None

    def get_many(self, keys: Collection[str]) -> Mapping[str, Host]:
        """Read hosts consistently (BatchGetItem)."""
        wanted = sorted(set(keys))
        found: dict[str, Host] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            left: list[Any] = [{_KEY: {"S": key}} for key in wanted[start : start + _AT_ONCE]]
            for attempt in range(1, _ATTEMPTS):
                with translated():
                    answer = self._client.batch_get_item(
                        RequestItems={self._table: {"Keys": left, "ConsistentRead": True}}
                    )
                for item in answer["Responses"].get(self._table, ()):
                    host = self._host(item)
                    if host:
                        found[host.key] = host
                unprocessed = cast("Any", answer.get("UnprocessedKeys", {}))
                left = unprocessed.get(self._table, {}).get("Keys", [])
                if not left:
                    break
                self._clock.sleep(0.02 * 2**attempt * (0.5 + self._clock.random()))
            else:
                raise ThrottledError("DynamoDB left keys unprocessed")
        return found

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
            ":state": {"M": {kind: _kept_item(kept) for kind, kept in state.kept.items()}},
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
            time, nonces = state.signed
            signed = {"time": {"N": str(time)}, "nonces": {"SS": sorted(nonces)}}
            values[":signed"] = {"M": signed}
        if state.pending:
            sets.append("pending = :pending")
            values[":pending"] = {"BOOL": True}
        condition = "attribute_exists(hostname) AND "
        if host.revision:
            condition += "revision = :old"
            values[":old"] = {"N": str(host.revision)}
        else:
            condition += "attribute_not_exists(revision)"
        remove = "" if state.pending else " REMOVE pending"
        try:
            with translated():
                self._client.update_item(
                    TableName=self._table,
                    Key={_KEY: {"S": host.key}},
                    UpdateExpression="SET " + ", ".join(sets) + remove,
                    ConditionExpression=condition,
                    # A reserved word of DynamoDB.
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=values,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except PermanentError as err:
            cause = err.__cause__
            if isinstance(cause, ClientError) and _code(cause) == "ConditionalCheckFailedException":
                # Its own: the answer to a first attempt was lost, and botocore tried again.
                there = cast("Any", cause.response).get("Item", {})
                return bool(there.get("writer") == {"S": writer})
            raise
        return True

    def _host(self, item: _Item) -> Host | None:
        try:
            return _host(item)
        except _BROKEN as err:
            self._complain(item[_KEY]["S"], f"{type(err).__name__} in its item")
            return None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _host(item: _Item) -> Host:
    key = item[_KEY]["S"]
    name = record_name(key)
    state = item.get("state", _NO_MAP)["M"]
    signed = item.get("signed", _NO_MAP)["M"]
    common: dict[str, Any] = {
        "disabled": item.get("disabled", _FALSE)["BOOL"],
        "adopt": item.get("adopt", _FALSE)["BOOL"],
        "wildcard": item.get("wildcard", _FALSE)["BOOL"] and not name.startswith(WILDCARD),
        "policy": AddressPolicy(item["address_policy"]["S"]) if "address_policy" in item else None,
        "kept": {kind: _kept(each["M"]) for kind, each in state.items()} if state else {},
        "revision": int(item["revision"]["N"]) if "revision" in item else 0,
        "pending": item.get("pending", _FALSE)["BOOL"],
        "verified": int(item["verified"]["N"]) if "verified" in item else 0,
    }
    if signed:
        common["signed"] = int(signed["time"]["N"]), frozenset(signed["nonces"]["SS"])
    if "data" in item:
        return _moved(_host_of_the_sample(item, key, name, common), item)
    host = Host(
        key,
        name,
        item["zone_id"]["S"].rpartition("/")[2],
        _ttl(item["ttl"]["N"]) if "ttl" in item else None,
        frozenset(item["types"]["SS"]) if "types" in item else None,
        _texts(item, "tokens"),
        _texts(item, "secrets"),
        behind=item.get("behind", _EMPTY)["S"],
        suffix=IPv6Address(item["suffix"]["S"]) if "suffix" in item else None,
        members=frozenset(item["members"]["SS"]) if "members" in item else frozenset(),
        prefix_length=_prefix_length(item),
        **common,
    )
    return _moved(host, item)


def _moved(host: Host, item: _Item) -> Host:
    """Forget what was set in another zone than the host has now."""
    if item.get("state_zone", {"S": host.zone_id})["S"] == host.zone_id:
        return host
    return host._replace(kept={}, pending=False, verified=0)


def _ttl(text: object) -> int:
    ttl = int(str(text))
    if not 0 <= ttl <= _MAX_TTL:
        raise ValueError("ttl")
    return ttl


def _prefix_length(item: _Item) -> int:
    length = int(item["prefix_length"]["N"]) if "prefix_length" in item else 64
    if not SHORTEST_PREFIX <= length <= LONGEST_PREFIX:
        raise ValueError("prefix_length")
    return length


_NO_MAP: _Item = {"M": {}}
_FALSE: _Item = {"BOOL": False}
_EMPTY: _Item = {"S": ""}


def _texts(item: _Item, name: str) -> tuple[str, ...]:
    """Return credentials; an empty one would be everybody's."""
    return tuple(each["S"] for each in item[name]["L"] if each["S"]) if name in item else ()


def _host_of_the_sample(item: _Item, key: str, name: str, common: Mapping[str, Any]) -> Host:
    """Return a host whose item is the AWS blog sample's: JSON, perhaps below the host's name."""
    data = json.loads(item["data"]["S"])
    data = data.get(name + ".") or data.get(name) or data
    secret = data["shared_secret"]
    if not isinstance(secret, str):
        raise TypeError("shared_secret")
    secret.encode()  # JSON can hold half a character
    return Host(
        key,
        name,
        str(data["route_53_zone_id"]).rpartition("/")[2],
        _ttl(data["route_53_record_ttl"]),
        frozenset({str(data.get("route_53_record_type", "A")).upper()}),
        _texts(item, "tokens"),
        (secret, *_texts(item, "secrets")) if secret else (),
        **common,
    )


def _kept(item: _Item) -> Kept:
    unverified = item.get("fresh", _FALSE)["BOOL"]
    return Kept(item["value"]["S"], int(item["ttl"]["N"]), int(item["stamp"]["N"]), unverified)


def _kept_item(kept: Kept) -> _Item:
    item: dict[str, Any] = {
        "value": {"S": kept.value},
        "ttl": {"N": str(kept.ttl)},
        "stamp": {"N": str(kept.stamp)},
    }
    if kept.unverified:
        item["fresh"] = {"BOOL": True}
    return {"M": item}
