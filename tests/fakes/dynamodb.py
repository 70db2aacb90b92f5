"""`FakeDynamoDb`: the strict stand-in for `boto3.client("dynamodb")` that every test shares."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import ClientError
from sortedcontainers import SortedList

from tests.fakes.dynamodb_expressions import (
    Bound,
    ExpressionError,
    check_used,
    condition,
    projection,
    update,
)
from tests.fakes.dynamodb_items import Invalid, Item, measured, thawed
from tests.fakes.paginator import Paginator

_AT_ONCE: Final = 100
_MAX_TRANSACTION: Final = 4 * 1024 * 1024
_MAX_BATCH: Final = 16 * 1024 * 1024
_MAX_PAGE: Final = 1024 * 1024
_EMPTY: Final[Mapping[str, Any]] = {}
_OPTIONS: Final = (
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
)
_NO_REASON: Final = {"Code": "None"}
_CONFLICT: Final = {
    "Code": "TransactionConflict",
    "Message": "Transaction is ongoing for the item",
}
_MODEL_ERRORS: Final = {
    "ConditionalCheckFailedException": "The conditional request failed",
    "ResourceNotFoundException": "Requested resource not found",
    "TransactionConflictException": "Transaction is ongoing for the item",
}


class _Table:
    """The items of one table, in the order of a scan: by a hash of their key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.items: dict[str, tuple[Item, int]] = {}
        self.order = SortedList()

    def copy(self) -> _Table:
        twin = _Table(self.key)
        twin.items = dict(self.items)
        twin.order = SortedList(self.order)
        return twin

    def of(self, key: Mapping[str, Any]) -> str:
        """Return the text of a key; refuse what is no key of this table."""
        if key.keys() != {self.key}:
            raise Invalid("The provided key element does not match the schema")
        return self.text(key[self.key])

    def text(self, value: object) -> str:
        if not isinstance(value, Mapping) or value.keys() != {"S"}:
            raise Invalid("One or more parameter values were invalid: Type mismatch for key")
        text = value["S"]
        if not isinstance(text, str) or not text:
            raise Invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute"
                f" cannot contain an empty string value. Key: {self.key}"
            )
        return text

    def put(self, item: Item, size: int) -> None:
        text = item[self.key]["S"]
        if text not in self.items:
            self.order.add(_place(text))
        self.items[text] = item, size

    def drop(self, text: str) -> None:
        if self.items.pop(text, None) is not None:
            self.order.remove(_place(text))

    def get(self, text: str) -> Item:
        return self.items.get(text, ({}, 0))[0]


class _Refused(Exception):  # noqa: N818 - the service refuses; nothing went wrong here
    """A request that is answered with an error of the service's model; its text is the code."""


class _Cancelled(Exception):  # noqa: N818 - the service cancels; nothing went wrong here
    def __init__(self, reasons: list[dict[str, Any]]) -> None:
        super().__init__("cancelled")
        self.reasons = reasons


class FakeDynamoDb:
    """DynamoDB as a boto3 client sees it, in memory: what the service refuses is refused.

    From the API Reference and "Service, account, and table quotas":

    * BatchGetItem: 100 keys, none twice, 16 MB, the rest in UnprocessedKeys; in no order.
    * TransactWriteItems, TransactGetItems: 100 actions, no item twice, 4 MB together; all or
      nothing, with a CancellationReason for each action.
    * Scan: 1 MB or Limit items a page, counted before the filter; a page that ends with the last
      item has a LastEvaluatedKey all the same.
    * Items of 400 KB; sets neither empty nor with doubles; no placeholder without use; reserved
      words refused in expressions.

    * An item that a transaction is at work on refuses other transactions, reads included, and
      other writes: TransactionConflict.

    Reads are consistent: a test of what is not needs a fake that remembers.

    Args:
        tables: The partition key by the name of the table; there are no sort keys.
        busy: Tells whether a transaction is at work on the item of a key. Default: none ever is,
            since a request of the fake takes no time.
        on_call: Called with (operation, "before" | "after") around every request; may raise.
    """

    def __init__(
        self,
        tables: Mapping[str, str],
        *,
        busy: Callable[[str], bool] = lambda _: False,
        on_call: Callable[[str, str], None] | None = None,
    ) -> None:
        self.requests: Counter[str] = Counter()
        self.on_call = on_call
        self.busy = busy
        self._tables = {name: _Table(key) for name, key in tables.items()}

    # ------------------------------------------------------------ for tests, outside the rules

    def snapshot(self) -> dict[str, _Table]:
        """Return the tables as they are, for `restore`; items are shared, never changed."""
        return {name: table.copy() for name, table in self._tables.items()}

    def restore(self, snapshot: Mapping[str, _Table]) -> None:
        """Go back to a snapshot, which stays good for another time."""
        self._tables = {name: table.copy() for name, table in snapshot.items()}

    def items(self, table: str) -> dict[str, Item]:
        """Return every item by its key."""
        return {key: thawed(item) for key, (item, _) in self._tables[table].items.items()}

    # ------------------------------------------------------------ the client's operations

    def get_paginator(self, operation: str) -> Paginator:
        """Return the paginator of Scan."""
        assert operation == "scan"
        return Paginator(self.scan, "ExclusiveStartKey", "LastEvaluatedKey", "Limit")

    def get_item(
        self,
        *,
        TableName: str,
        Key: Mapping[str, Any],
        ConsistentRead: bool = False,
        ProjectionExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] = _EMPTY,
    ) -> dict[str, Any]:
        """GetItem."""
        del ConsistentRead
        with self._request("get_item", "GetItem"):
            table = self._table(TableName)
            bound = Bound(ExpressionAttributeNames, {})
            check_used(bound, ProjectionExpression)
            item = _projected(table.get(table.of(Key)), ProjectionExpression, bound)
            answer = {"Item": thawed(item)} if item else {}
        return _ok(answer)

    def put_item(
        self,
        *,
        TableName: str,
        Item: Mapping[str, Any],
        ReturnValues: str = "NONE",
        **options: Any,  # noqa: ANN401 - the condition and its placeholders
    ) -> dict[str, Any]:
        """PutItem."""
        with self._request("put_item", "PutItem"):
            old = self._alone({"Put": {"TableName": TableName, "Item": Item, **options}})
            answer = {"Attributes": thawed(old)} if old and ReturnValues == "ALL_OLD" else {}
        return _ok(answer)

    def delete_item(
        self,
        *,
        TableName: str,
        Key: Mapping[str, Any],
        ReturnValues: str = "NONE",
        **options: Any,  # noqa: ANN401 - the condition and its placeholders
    ) -> dict[str, Any]:
        """DeleteItem."""
        with self._request("delete_item", "DeleteItem"):
            old = self._alone({"Delete": {"TableName": TableName, "Key": Key, **options}})
            answer = {"Attributes": thawed(old)} if old and ReturnValues == "ALL_OLD" else {}
        return _ok(answer)

    def update_item(
        self,
        *,
        TableName: str,
        Key: Mapping[str, Any],
        UpdateExpression: str | None = None,
        ReturnValues: str = "NONE",
        **options: Any,  # noqa: ANN401 - the condition and its placeholders
    ) -> dict[str, Any]:
        """UpdateItem."""
        with self._request("update_item", "UpdateItem"):
            action = {"TableName": TableName, "Key": Key, **options}
            if UpdateExpression is not None:
                action["UpdateExpression"] = UpdateExpression
            old = self._alone({"Update": action})
            table = self._table(TableName)
            kept = {"ALL_OLD": old, "ALL_NEW": table.get(table.of(Key)), "NONE": {}}[ReturnValues]
            answer = {"Attributes": thawed(kept)} if kept else {}
        return _ok(answer)

    def batch_get_item(self, *, RequestItems: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """BatchGetItem."""
        with self._request("batch_get_item", "BatchGetItem"):
            count = sum(len(each["Keys"]) for each in RequestItems.values())
            if not 1 <= count <= _AT_ONCE:
                raise Invalid("Too many items requested for the BatchGetItem call")
            responses: dict[str, list[Item]] = {}
            unprocessed: dict[str, Any] = {}
            room = _MAX_BATCH
            for name, asked in RequestItems.items():
                table = self._table(name)
                _check_known(asked, "Keys", "ConsistentRead", *_READ)
                bound = Bound(asked.get("ExpressionAttributeNames", {}), {})
                check_used(bound, asked.get("ProjectionExpression"))
                texts = [table.of(key) for key in asked["Keys"]]
                if len(set(texts)) < len(texts):
                    raise Invalid("Provided list of item keys contains duplicates")
                responses[name] = []
                for text, key in zip(reversed(texts), reversed(asked["Keys"]), strict=True):
                    item, size = table.items.get(text, ({}, 0))
                    room -= size
                    if room < 0:
                        left = unprocessed.setdefault(name, {**asked, "Keys": []})
                        left["Keys"].append(dict(key))
                    elif item:
                        item = _projected(item, asked.get("ProjectionExpression"), bound)
                        responses[name].append(thawed(item))
        return _ok({"Responses": responses, "UnprocessedKeys": unprocessed})

    def transact_get_items(self, *, TransactItems: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """TransactGetItems."""
        with self._request("transact_get_items", "TransactGetItems"):
            _check_count(TransactItems)
            seen: set[tuple[str, str]] = set()
            responses: list[dict[str, Any]] = []
            reasons: list[dict[str, Any]] = []
            total = 0
            for each in TransactItems:
                _check_known(each, "Get")
                get = each["Get"]
                _check_known(get, "TableName", "Key", *_READ)
                table = self._table(get["TableName"])
                text = table.of(get["Key"])
                _check_once(seen, get["TableName"], text)
                item, size = table.items.get(text, ({}, 0))
                total += size
                bound = Bound(get.get("ExpressionAttributeNames", {}), {})
                check_used(bound, get.get("ProjectionExpression"))
                item = _projected(item, get.get("ProjectionExpression"), bound)
                responses.append({"Item": thawed(item)} if item else {})
                reasons.append(_CONFLICT if self.busy(text) else _NO_REASON)
            if _CONFLICT in reasons:
                raise _Cancelled(reasons)
            if total > _MAX_TRANSACTION:
                raise _Cancelled([{"Code": "ValidationError"}] * len(TransactItems))
        return _ok({"Responses": responses})

    def transact_write_items(
        self,
        *,
        TransactItems: Sequence[Mapping[str, Any]],
        ClientRequestToken: str = "",
    ) -> dict[str, Any]:
        """TransactWriteItems."""
        del ClientRequestToken
        with self._request("transact_write_items", "TransactWriteItems"):
            _check_count(TransactItems)
            seen: set[tuple[str, str]] = set()
            writes: list[tuple[_Table, str, Item | None, int]] = []
            reasons: list[dict[str, Any]] = []
            total = 0
            for each in TransactItems:
                table, text, options, make = self._action(each)
                _check_once(seen, options["TableName"], text)
                old = table.get(text)
                if self.busy(text):
                    reasons.append(_CONFLICT)
                elif self._meets(old, options):
                    item, size = make(old)
                    total += size
                    writes.append((table, text, item, size))
                    reasons.append(_NO_REASON)
                else:
                    reasons.append(_reason(old, options))
            if any(reason is not _NO_REASON for reason in reasons):
                raise _Cancelled(reasons)
            if total > _MAX_TRANSACTION:
                raise Invalid("Collective size of items in the transaction exceeds 4 MB")
            for table, text, item, size in writes:
                _store(table, text, item, size)
        return _ok({})

    def scan(
        self,
        *,
        TableName: str,
        ConsistentRead: bool = False,
        Limit: int | None = None,
        ExclusiveStartKey: Mapping[str, Any] | None = None,
        FilterExpression: str | None = None,
        ProjectionExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] = _EMPTY,
        ExpressionAttributeValues: Mapping[str, Any] = _EMPTY,
    ) -> dict[str, Any]:
        """Scan."""
        del ConsistentRead
        with self._request("scan", "Scan"):
            table = self._table(TableName)
            if Limit is not None and Limit < 1:
                raise Invalid("1 validation error detected: Limit must be at least 1")
            bound = Bound(ExpressionAttributeNames, ExpressionAttributeValues)
            check_used(bound, FilterExpression, ProjectionExpression)
            start = None if ExclusiveStartKey is None else _place(table.of(ExclusiveStartKey))
            found: list[Item] = []
            scanned = total = 0
            last = None
            for _, text in table.order.irange(start, inclusive=(False, True)):
                item, size = table.items[text]
                if scanned and total + size > _MAX_PAGE:
                    break
                scanned, total, last = scanned + 1, total + size, text
                if FilterExpression is None or condition(FilterExpression)(item, bound):
                    found.append(thawed(_projected(item, ProjectionExpression, bound)))
                if scanned == Limit:
                    break
            else:
                last = None
            answer: dict[str, Any] = {"Items": found, "Count": len(found), "ScannedCount": scanned}
            if last is not None:
                answer["LastEvaluatedKey"] = {table.key: {"S": last}}
        return _ok(answer)

    # ------------------------------------------------------------ inside

    @contextmanager
    def _request(self, method: str, operation: str) -> Iterator[None]:
        if self.on_call is not None:
            self.on_call(method, "before")
        self.requests[method] += 1
        error: ClientError | None = None
        try:
            yield
        except (Invalid, ExpressionError) as err:
            error = _error(operation, "ValidationException", str(err))
        except _Refused as err:
            error = _error(operation, str(err), _MODEL_ERRORS[str(err)])
        except _Cancelled as err:
            error = _cancelled(operation, err.reasons)
        if self.on_call is not None:
            self.on_call(method, "after")
        if error is not None:
            raise error

    def _table(self, name: str) -> _Table:
        if name not in self._tables:
            raise _Refused("ResourceNotFoundException")
        return self._tables[name]

    def _alone(self, action: Mapping[str, Any]) -> Item:
        """Do one write; return the item as it was."""
        table, text, options, make = self._action(action)
        old = table.get(text)
        if self.busy(text):
            raise _Refused("TransactionConflictException")
        if not self._meets(old, options):
            raise _Refused("ConditionalCheckFailedException")
        _store(table, text, *make(old))
        return old

    def _action(
        self, action: Mapping[str, Any]
    ) -> tuple[_Table, str, Mapping[str, Any], Callable[[Item], tuple[Item | None, int]]]:
        """Return table, key, options, and what makes the new item of the old one."""
        ((kind, options),) = action.items()
        table = self._table(options["TableName"])
        texts = [options.get("ConditionExpression"), options.get("UpdateExpression")]
        check_used(_bound(options), *texts)
        if kind == "Put":
            _check_known(options, "TableName", "Item", *_OPTIONS)
            text = table.text(options["Item"].get(table.key))
            return table, text, options, lambda _: measured(options["Item"])
        if kind == "Update":
            _check_known(options, "TableName", "Key", "UpdateExpression", *_OPTIONS)
            return table, table.of(options["Key"]), options, _updating(options)
        if kind == "Delete":
            _check_known(options, "TableName", "Key", *_OPTIONS)
            return table, table.of(options["Key"]), options, lambda _: (None, 0)
        if kind != "ConditionCheck" or "ConditionExpression" not in options:
            raise Invalid(
                f"TransactItems can only contain one of Check, Put, Update or Delete: {kind}"
            )
        _check_known(options, "TableName", "Key", *_OPTIONS)
        return table, table.of(options["Key"]), options, lambda old: (old or None, 0)

    @staticmethod
    def _meets(old: Item, options: Mapping[str, Any]) -> bool:
        text = options.get("ConditionExpression")
        return text is None or condition(text)(old, _bound(options))


_READ: Final = ("ProjectionExpression", "ExpressionAttributeNames")


def _place(text: str) -> tuple[bytes, str]:
    """Return where a scan comes to a key: a hash, as of the service's partitions."""
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()[:6], text


def _bound(options: Mapping[str, Any]) -> Bound:
    return Bound(
        options.get("ExpressionAttributeNames", _EMPTY),
        options.get("ExpressionAttributeValues", _EMPTY),
    )


def _updating(options: Mapping[str, Any]) -> Callable[[Item], tuple[Item | None, int]]:
    text = options.get("UpdateExpression")

    def make(old: Item) -> tuple[Item | None, int]:
        base = old or dict(options["Key"])
        changed = base if text is None else update(text)(base, _bound(options))
        if any(changed.get(name) != value for name, value in options["Key"].items()):
            raise Invalid("Cannot update attribute: this attribute is part of the key")
        return measured(changed)

    return make


def _store(table: _Table, text: str, item: Item | None, size: int) -> None:
    if item is None:
        table.drop(text)
    elif size:  # a condition check writes nothing
        table.put(item, size)


def _projected(item: Item, text: str | None, bound: Bound) -> Item:
    return item if text is None or not item else projection(text)(item, bound)


def _reason(old: Item, options: Mapping[str, Any]) -> dict[str, Any]:
    reason: dict[str, Any] = {
        "Code": "ConditionalCheckFailed",
        "Message": "The conditional request failed",
    }
    if options.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and old:
        reason["Item"] = thawed(old)
    return reason


def _check_count(actions: Sequence[object]) -> None:
    if not 1 <= len(actions) <= _AT_ONCE:
        raise Invalid("Member must have length less than or equal to 100, and at least 1")


def _check_once(seen: set[tuple[str, str]], table: str, text: str) -> None:
    if (table, text) in seen:
        raise Invalid("Transaction request cannot include multiple operations on one item")
    seen.add((table, text))


def _check_known(given: Mapping[str, Any], *known: str) -> None:
    unknown = given.keys() - set(known)
    if unknown:
        raise Invalid(f"Unknown parameter in input: {sorted(unknown)}")


def _ok(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}


def _error(operation: str, code: str, message: str, **more: object) -> ClientError:
    error: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400, "RetryAttempts": 0},
        **more,
    }
    return ClientError(error, operation)


def _cancelled(operation: str, reasons: list[dict[str, Any]]) -> ClientError:
    codes = ", ".join(reason["Code"] for reason in reasons)
    text = (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    )
    return _error(
        operation, "TransactionCanceledException", text, CancellationReasons=reasons, Message=text
    )
