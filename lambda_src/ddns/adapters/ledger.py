"""DynamoDB: the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from ddns.adapters import ledger_items as items
from ddns.adapters.aws import PASSING, translated
from ddns.adapters.batch_get import batch_get
from ddns.adapters.heads import head_of, moved
from ddns.core.errors import ConflictError, ThrottledError
from ddns.core.head import Head
from ddns.core.instance.items import LEASE, ExistsError, Item, NameState, OwnerState, Write
from ddns.core.records import NameKey, Zone

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ddns.ports import Clock

# Most items of one request; a transaction holds the head beside the others.
_AT_ONCE = 100
# A transaction takes 4 MB; what an item takes is reckoned from above.
_BYTES = 3_500_000
_ATTEMPTS = 6
_FAILED = "ConditionalCheckFailed"


class _Exists(Exception):  # noqa: N818 - no error of its own: `write` says which head it left
    """An item that was to be new exists."""


class DynamoDbLedger:
    """The ledger in one table with the partition key ``pk``.

    ``HEAD`` says who may write; ``NAME#<zone id>#<name>`` holds claims, record sets as written, and
    an intent; ``INSTANCE#<id>`` the names that an instance may claim; ``ZONES`` the reverse zones
    that were created.
    """

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        """Take a client, the table's name and a clock."""
        self._client = client
        self._table = table
        self._clock = clock

    # ------------------------------------------------------------ reading

    def head(self) -> Head:
        """Read the head consistently (GetItem)."""
        return head_of(self._get_item(items.HEAD))

    def open(self, owners: Collection[str]) -> tuple[Head, dict[str, OwnerState]]:
        """Read the head and items of owners (TransactGetItems, then BatchGetItem).

        A batch is no snapshot: its parts may be read at different times. So the head and the first
        owners come in a transaction, and what does not fit in there is read after it.
        """
        keys = [items.owner_pk(owner) for owner in sorted(owners)]
        first, rest = [items.HEAD, *keys[: _AT_ONCE - 1]], keys[_AT_ONCE - 1 :]
        read = self._transact_get(first)
        states = [items.owner(item) for item in (*read[1:], *self._get(rest)) if item]
        return head_of(read[0]), {state.owner: state for state in states}

    def _transact_get(self, keys: Sequence[str]) -> list[Mapping[str, Any]]:
        gets = [{"Get": {"TableName": self._table, "Key": {"pk": {"S": key}}}} for key in keys]
        for attempt in range(1, _ATTEMPTS):
            try:
                with translated():
                    answer = self._client.transact_get_items(TransactItems=cast("Any", gets))
            except ThrottledError:
                # A write of one of these items is in progress.
                self._pause(attempt)
            else:
                return [each.get("Item", {}) for each in answer["Responses"]]
        raise ThrottledError("DynamoDB is busy with the items of this batch")

    def owners(self, owners: Collection[str]) -> dict[str, OwnerState]:
        """Read items of owners consistently (BatchGetItem)."""
        states = map(items.owner, self._get([items.owner_pk(owner) for owner in owners]))
        return {state.owner: state for state in states}

    def names(self, keys: Collection[NameKey]) -> dict[NameKey, NameState]:
        """Read items of names consistently (BatchGetItem)."""
        states = map(items.name, self._get([items.name_pk(key) for key in keys]))
        return {state.key: state for state in states}

    def page(self, start: str) -> tuple[list[Item], str]:
        """Read a page of all items consistently (Scan)."""
        following: dict[str, Any] = {"ExclusiveStartKey": {"pk": {"S": start}}} if start else {}
        with translated():
            answer = self._client.scan(TableName=self._table, ConsistentRead=True, **following)
        states = [state for item in answer["Items"] if (state := items.state(item))]
        return states, answer.get("LastEvaluatedKey", {}).get("pk", {}).get("S", "")

    def _get_item(self, key: str) -> Mapping[str, Any]:
        with translated():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True
            )
        return answer.get("Item", {})

    def _get(self, keys: Collection[str]) -> Iterator[Mapping[str, Any]]:
        return batch_get(self._client, self._table, self._clock, keys)

    # ------------------------------------------------------------ writing

    def write(self, head: Head, writes: Sequence[Write], *, release: bool) -> Head:
        """Write items and the head, each transaction on condition of the head (TransactWriteItems).

        Raises:
            ConflictError: the head has moved: nothing of that transaction was written.
            ExistsError: an item that was to be new exists: nothing of that transaction was written.
        """
        parts = list(_transactions(writes)) or [[]]
        for number, part in enumerate(parts, start=1):
            last = release and number == len(parts)
            after = head.following(0 if last else self._clock.now() + LEASE)
            move = {"Update": moved(self._table, items.HEAD, head, after)}
            try:
                self._transact([move, *map(self._action, part)])
            except _Exists:
                raise ExistsError(head) from None
            head = after
        return head

    def _transact(self, actions: Sequence[Mapping[str, Any]]) -> None:
        codes: list[str] = []
        for attempt in range(1, _ATTEMPTS):
            codes = self._cancelled(actions)
            if not codes:
                return
            if codes[0] == _FAILED:
                raise ConflictError("another worker has written since the ledger was read")
            if not set(codes) - {"None", _FAILED}:
                raise _Exists
            self._pause(attempt)
        raise ThrottledError(f"DynamoDB cancelled a transaction: {codes}")

    def _cancelled(self, actions: Sequence[Mapping[str, Any]]) -> list[str]:
        """Send one transaction; return the code for each action if it was cancelled."""
        with translated():
            try:
                self._client.transact_write_items(TransactItems=cast("Any", actions))
            except ClientError as err:
                reasons = cast("Any", err.response).get("CancellationReasons", ())
                codes = [str(reason.get("Code", "None")) for reason in reasons]
                if not set(codes) & (PASSING | {_FAILED}):
                    raise
                return codes
        return []

    def _action(self, write: Write) -> Mapping[str, Any]:
        key = {"pk": {"S": items.pk(write.item)}}
        if write.item.empty:
            return {"Delete": {"TableName": self._table, "Key": key}}
        put: dict[str, Any] = {"TableName": self._table, "Item": items.attributes(write.item)}
        if write.new:
            put["ConditionExpression"] = "attribute_not_exists(pk)"
        return {"Put": put}

    def fence(self) -> Head | None:
        """Move the version of a head that nobody has (UpdateItem); None where somebody has it."""
        return self._fence("", {})

    def set_draining(self, draining: bool) -> Head | None:  # noqa: FBT001 - a value
        """Say whether all is to go, in the head, as the fence moves it (UpdateItem)."""
        return self._fence(", draining = :draining", {":draining": {"BOOL": draining}})

    def _fence(self, also: str, values: Mapping[str, Any]) -> Head | None:
        try:
            with translated():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key={"pk": {"S": items.HEAD}},
                    UpdateExpression=f"SET held_until = :none{also} ADD version :one",
                    ConditionExpression="attribute_not_exists(pk) OR held_until <= :now",
                    ExpressionAttributeValues={
                        ":none": {"N": "0"},
                        ":one": {"N": "1"},
                        ":now": {"N": str(int(self._clock.now() * 1000))},
                        **values,
                    },
                    ReturnValues="ALL_NEW",
                )
        except ConflictError:
            return None
        return head_of(answer["Attributes"])

    def _pause(self, attempt: int) -> None:
        self._clock.sleep(0.02 * 2**attempt * (0.5 + self._clock.random()))

    # ------------------------------------------------------------ created zones

    def zones(self) -> Sequence[Zone]:
        """Return the reverse zones that were created, gone ones included (GetItem)."""
        return items.zones(self._get_item(items.ZONES))

    def remember_zone(self, zone: Zone) -> None:
        """Remember a reverse zone, or that it is gone (UpdateItem)."""
        key = {"pk": {"S": items.ZONES}}
        with translated():
            self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression="SET #zone = :zone",
                ExpressionAttributeNames={"#zone": zone.id},
                ExpressionAttributeValues={":zone": items.zone(zone)},
            )


def _transactions(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """Yield runs that a transaction takes beside the head, by count and by size."""
    some: list[Write] = []
    size = 0
    for write in writes:
        more = items.size(write.item)
        if some and (len(some) == _AT_ONCE - 1 or size + more > _BYTES):
            yield some
            some, size = [], 0
        some.append(write)
        size += more
    if some:
        yield some
