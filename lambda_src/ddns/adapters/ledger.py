"""DynamoDB: the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from ddns.adapters.aws import translated
from ddns.core.errors import ThrottledError
from ddns.core.records import (
    Claim,
    NameKey,
    NameState,
    OwnerState,
    Recall,
    RecordSet,
    RecordSets,
    Write,
    Zone,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ddns.ports import Clock

_Item = Mapping[str, Any]
# Most items in one BatchGetItem, and in one TransactWriteItems.
_AT_ONCE = 100
# An owner's item and this many names less one stay together.
_ROOM = 10
_NAME, _OWNER, _ZONE = "NAME#", "INSTANCE#", "ZONE#"
_ATTEMPTS = 6
# What a transaction is cancelled for that passes by itself.
_PASSING = {
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
    "TransactionConflict",
}


class DynamoDbLedger:
    """The ledger in one table with the partition key ``pk``.

    ``NAME#<zone id>#<name>`` holds claims, record sets as written, and an intent;
    ``INSTANCE#<id>`` the names that an instance may claim; ``ZONE#<id>`` a reverse zone that was
    created. Every write is on condition that the item still has the revision that was read.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        clock: Clock,
        revision: Callable[[], str] = lambda: os.urandom(8).hex(),
    ) -> None:
        """Take a client, the table's name, a clock, and what makes revisions."""
        self._client = client
        self._table = table
        self._clock = clock
        self._revision = revision

    def recall(self, owners: Collection[str], names: Collection[NameKey]) -> Recall:
        """Read items consistently (BatchGetItem)."""
        keys = [_OWNER + owner for owner in owners] + [_name_pk(key) for key in names]
        return _recall(self._get(sorted(keys)))

    def scan(self) -> Recall:
        """Read every item consistently (Scan)."""
        return _recall(self._scan())

    def zones(self) -> Sequence[Zone]:
        """Return the reverse zones that were created (Scan)."""
        return [_zone(item) for item in self._scan() if item["pk"]["S"].startswith(_ZONE)]

    def remember_zone(self, zone: Zone) -> None:
        """Remember a reverse zone (PutItem)."""
        item: dict[str, Any] = {
            "pk": {"S": _ZONE + zone.id},
            "name": {"S": zone.name},
            "vpcs": {"SS": sorted(zone.vpcs or ())},
        }
        with translated():
            self._client.put_item(TableName=self._table, Item=item)

    def _scan(self) -> Iterator[_Item]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, ConsistentRead=True
        )
        with translated():
            for page in pages:
                yield from page["Items"]

    def _get(self, keys: Sequence[str]) -> Iterator[_Item]:
        for start in range(0, len(keys), _AT_ONCE):
            left: list[Any] = [{"pk": {"S": key}} for key in keys[start : start + _AT_ONCE]]
            for attempt in range(1, _ATTEMPTS):
                with translated():
                    answer = self._client.batch_get_item(
                        RequestItems={self._table: {"Keys": left, "ConsistentRead": True}}
                    )
                yield from answer["Responses"].get(self._table, ())
                unprocessed = cast("Any", answer.get("UnprocessedKeys", {}))
                left = unprocessed.get(self._table, {}).get("Keys", [])
                if not left:
                    break
                self._pause(attempt)
            else:
                raise ThrottledError("DynamoDB left keys unprocessed")

    def write(self, writes: Sequence[Write]) -> Mapping[NameKey | str, str]:
        """Write items, each on condition of its revision (TransactWriteItems, 100 at a time).

        What fails its condition is left out, and the rest of its hundred is sent again.
        """
        revisions: dict[NameKey | str, str] = {_key(w.item): "" for w in writes if _is_void(w)}
        writes = [write for write in writes if not _is_void(write)]
        lost: set[str] = set()
        for transaction in _transactions(writes):
            some, attempt = transaction, 0
            while some := [write for write in some if not write.needs & lost]:
                prepared = [(write, self._revision()) for write in some]
                failed = self._transact(prepared)
                if not failed:
                    revisions.update((_key(w.item), "" if w.item.empty else r) for w, r in prepared)
                    break
                attempt += 1
                if attempt < _ATTEMPTS and not set(failed.values()) - _PASSING:
                    self._pause(attempt)
                    continue
                if set(failed.values()) & (_PASSING - {"TransactionConflict"}):
                    raise ThrottledError(f"DynamoDB cancelled a transaction: {failed}")
                gone = [some[index].item for index in failed]
                lost |= {item.owner for item in gone if isinstance(item, OwnerState)}
                some = [write for index, write in enumerate(some) if index not in failed]
        return revisions

    def _pause(self, attempt: int) -> None:
        self._clock.sleep(0.02 * 2**attempt * (0.5 + self._clock.random()))

    def _transact(self, prepared: Iterable[tuple[Write, str]]) -> dict[int, str]:
        """Send one transaction; return what it was cancelled for, by position."""
        actions = [self._action(write, revision) for write, revision in prepared]
        with translated():
            try:
                self._client.transact_write_items(TransactItems=cast("Any", actions))
            except ClientError as err:
                answer = cast("Any", err.response)
                reasons = answer.get("CancellationReasons", ())
                codes = {i: r["Code"] for i, r in enumerate(reasons) if r["Code"] != "None"}
                if not codes:
                    raise
                if set(codes.values()) - _PASSING - {"ConditionalCheckFailed"}:
                    raise
                return codes
        return {}

    def _action(self, write: Write, revision: str) -> _Item:
        """Return the Put or Delete of one item, on condition of the revision that it carries."""
        item = write.item
        if item.revision:
            condition: dict[str, Any] = {
                "ConditionExpression": "revision = :old",
                "ExpressionAttributeValues": {":old": {"S": item.revision}},
            }
        else:
            condition = {"ConditionExpression": "attribute_not_exists(pk)"}
        pk = {"pk": {"S": _pk(item)}}
        if item.empty:
            return {"Delete": {"TableName": self._table, "Key": pk, **condition}}
        body = {**pk, "revision": {"S": revision}, **_attributes(item)}
        return {"Put": {"TableName": self._table, "Item": body, **condition}}


def _transactions(writes: Iterable[Write]) -> Iterator[list[Write]]:
    """Yield runs of a hundred at most that do not part an owner's item from names behind it."""
    some: list[Write] = []
    for write in writes:
        near_end = isinstance(write.item, OwnerState) and len(some) > _AT_ONCE - _ROOM
        if near_end or len(some) == _AT_ONCE:
            yield some
            some = []
        some.append(write)
    if some:
        yield some


def _is_void(write: Write) -> bool:
    """Tell whether there is nothing to write: no item, and none wanted."""
    return write.item.empty and not write.item.revision


def _key(item: NameState | OwnerState) -> NameKey | str:
    return item.key if isinstance(item, NameState) else item.owner


def _pk(item: NameState | OwnerState) -> str:
    return _name_pk(item.key) if isinstance(item, NameState) else _OWNER + item.owner


def _name_pk(key: NameKey) -> str:
    return f"{_NAME}{key.zone_id}#{key.name}"


def _name_key(text: str) -> NameKey:
    zone_id, _, name = text.partition("#")
    return NameKey(zone_id, name)


def _attributes(item: NameState | OwnerState) -> dict[str, Any]:
    if isinstance(item, OwnerState):
        return {"names": {"SS": sorted(f"{key.zone_id}#{key.name}" for key in item.names)}}
    found: dict[str, Any] = {
        "claims": {"M": {owner: _claim_item(claim) for owner, claim in item.claims.items()}},
        "written": _record_sets_item(item.written),
    }
    if item.intent is not None:
        found["intent"] = _record_sets_item(item.intent)
        found["lease"] = {"N": str(item.lease)}
    return found


def _claim_item(claim: Claim) -> _Item:
    values = {kind: {"SS": list(each)} for kind, each in claim.values.items()}
    times = {"since": {"N": str(claim.since)}, "launched": {"S": claim.launched}}
    return {"M": {**times, "values": {"M": values}}}


def _record_sets_item(record_sets: RecordSets) -> _Item:
    return {
        "M": {
            kind: {"M": {"ttl": {"N": str(each.ttl)}, "values": {"SS": list(each.values)}}}
            for kind, each in record_sets.items()
        }
    }


def _recall(items: Iterable[_Item]) -> Recall:
    recall = Recall()
    for item in items:
        pk, revision = item["pk"]["S"], item.get("revision", {}).get("S", "")
        if pk.startswith(_OWNER):
            owner = pk.removeprefix(_OWNER)
            names = frozenset(map(_name_key, item["names"]["SS"]))
            recall.owners[owner] = OwnerState(owner, revision, names)
        elif pk.startswith(_NAME):
            key = _name_key(pk.removeprefix(_NAME))
            recall.names[key] = _name_state(key, revision, item)
    return recall


def _name_state(key: NameKey, revision: str, item: _Item) -> NameState:
    return NameState(
        key,
        revision,
        {owner: _claim(each["M"]) for owner, each in item["claims"]["M"].items()},
        _record_sets(item["written"]),
        _record_sets(item["intent"]) if "intent" in item else None,
        int(item["lease"]["N"]) if "lease" in item else 0,
    )


def _claim(item: _Item) -> Claim:
    values = {kind: tuple(sorted(each["SS"])) for kind, each in item["values"]["M"].items()}
    return Claim(values, int(item["since"]["N"]), item["launched"]["S"])


def _record_sets(item: _Item) -> dict[str, RecordSet]:
    return {
        kind: RecordSet(int(each["M"]["ttl"]["N"]), tuple(sorted(each["M"]["values"]["SS"])))
        for kind, each in item["M"].items()
    }


def _zone(item: _Item) -> Zone:
    vpcs = frozenset(item["vpcs"]["SS"])
    zone_id, name = item["pk"]["S"].removeprefix(_ZONE), item["name"]["S"]
    return Zone(zone_id, name, private=True, vpcs=vpcs, created=True)
