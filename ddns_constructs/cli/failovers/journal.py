"""The journal of an address failover, as an operator reads it, and the one item to write."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.hosts.values import read_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Journal", "MovedError", "NodeSeen", "PastMove", "Seen", "State"]

_STATE = "STATE"
_SLOTS = ("SEEN#0", "SEEN#1")  # two controllers overlap, each has its own
_HOUR = 3600


class MovedError(CommandError):
    """The journal is not any more as it was read, or a controller has it."""


class State(NamedTuple):
    """The item `STATE`: who has the head, and where the address shall be.

    Times are milliseconds of the epoch, 0 for never.

    Attributes:
        version: How often it was written.
        held_until: Until when a controller has the head.
        target: The node that shall have the address; empty before the first round.
        epoch: How many targets were set.
        moving: Whether the target was set and is not yet verified.
        origin: The node that had the address before.
        by: start, failure, failback, operator or repair.
        reason: Why, in words.
        since: When the target was set.
        moves: When there were automatic moves in the last hour.
        recovered: Since when the preferred node is healthy.
        hold: Why nothing is moved; empty where it may be.
        hold_since: Since when.
    """

    version: int = 0
    held_until: int = 0
    target: str = ""
    epoch: int = 0
    moving: bool = False
    origin: str = ""
    by: str = ""
    reason: str = ""
    since: int = 0
    moves: tuple[int, ...] = ()
    recovered: int = 0
    hold: str = ""
    hold_since: int = 0

    def held(self, seconds: float) -> bool:
        """Tell whether a controller has the head, at a time in seconds of the epoch."""
        return self.held_until > seconds * 1000

    def recent_moves(self, seconds: float) -> int:
        """Return how many automatic moves there were in the hour before a time."""
        return sum(each > (seconds - _HOUR) * 1000 for each in self.moves)


class NodeSeen(NamedTuple):
    """What a controller saw of a node: up, down or unknown, why, for how many rounds."""

    seen: str
    why: str
    streak: int


class Seen(NamedTuple):
    """What a controller saw last.

    Attributes:
        at: When, in milliseconds of the epoch.
        nodes: The nodes by their names.
        places: The node that each place points to, or another's id, or nothing.
        probers: How many probers there are.
        answered: How many of them answered.
    """

    at: int
    nodes: Mapping[str, NodeSeen]
    places: Mapping[str, str]
    probers: int
    answered: int


class PastMove(NamedTuple):
    """A move that is over; times are milliseconds of the epoch."""

    epoch: int
    origin: str
    target: str
    by: str
    reason: str
    started: int
    done: int
    probes: str


class Journal:
    """The journal of one address failover.

    Args:
        client: A boto3 client of DynamoDB.
        table: The table's name.
    """

    def __init__(self, client: Any, table: str) -> None:  # noqa: ANN401 - boto3's
        from boto3.dynamodb.types import TypeSerializer  # noqa: PLC0415 - extra `cli`

        self._client = client
        self._table = table
        self._write = TypeSerializer().serialize

    def state(self) -> State:
        """Return the state as it is now.

        Raises:
            CommandError: There is no such table, or no controller has written to it.
        """
        found = self._get(_STATE)
        if found is None:
            raise CommandError(
                f"the journal in table {self._table} is empty: a controller's first round writes "
                "it, a minute after the deployment at most; if it does not, the function's log "
                "says why"
            )
        return _state(found)

    def seen(self) -> Seen | None:
        """Return what a controller saw last; None if none has looked yet."""
        items = [item for slot in _SLOTS if (item := self._get(slot)) is not None]
        return max(map(_seen, items), key=lambda each: each.at, default=None)

    def moves(self, epoch: int, limit: int) -> Iterator[PastMove]:
        """Yield the moves that are over, the last one first.

        Args:
            epoch: The number of the last target.
            limit: How many targets to look back.
        """
        for number in range(epoch, max(epoch - limit, 0), -1):
            item = self._get(f"MOVE#{number:010d}")
            if item is not None:  # one that another order overtook, or that has expired
                yield _past(number, item)

    def write(self, before: State, changes: Mapping[str, object]) -> State:
        """Change the state, if nobody else did since it was read and no controller has it.

        Args:
            before: The state as it was read.
            changes: Attributes of the item by their names.

        Raises:
            MovedError: It is another by now; nothing was written.
        """
        written = {**changes, "version": before.version + 1}
        values = {f":{name}": self._write(value) for name, value in written.items()}
        values |= {":read": self._write(before.version)}
        values |= {":now": self._write(max(before.held_until, 0))}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": _STATE}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in written),
                ConditionExpression="#version = :read AND #held_until <= :now",
                ExpressionAttributeNames={f"#{name}": name for name in (*written, "held_until")},
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._own(written)
        return _state(_values(answer["Attributes"]))

    def _own(self, written: Mapping[str, object]) -> State:
        """Return the state that was written, if the answer to a first attempt was lost."""
        item = self._get(_STATE) or {}
        if any(item.get(name) != value for name, value in written.items()):
            raise MovedError("the journal has changed since it was read") from None
        return _state(item)

    def _get(self, key: str) -> Mapping[str, Any] | None:
        with self._table_is_there():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True
            )
        return _values(answer["Item"]) if "Item" in answer else None

    @contextlib.contextmanager
    def _table_is_there(self) -> Iterator[None]:
        try:
            yield
        except self._client.exceptions.ResourceNotFoundException:
            raise CommandError(
                f"there is no table {self._table} in {self._client.meta.region_name} of this "
                "account: set AWS_REGION or AWS_PROFILE, or name another --table"
            ) from None
