"""The journal of an address failover, as an operator reads it, and the one item to write."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.failovers import clock
from ddns_constructs.cli.failovers.items import (
    STATE,
    changed,
    move_key,
    read_move,
    read_seen,
    read_state,
    seen_keys,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ddns.core.failover.journal import Move, Seen, State

__all__ = ["Journal"]

_PATIENCE = 15.0  # a controller has the head for ten seconds after each of its writes
_PAUSE = 0.5


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
        item = self._get(STATE)
        if item is None:
            raise CommandError(
                f"the journal in table {self._table} is empty: the first round of a controller "
                "writes it, about a minute after the deployment; if it stays empty, the "
                "function's log says why"
            )
        with self._as_controllers_write_it(STATE):
            return read_state(item)

    def seen(self) -> Seen | None:
        """Return what a controller saw last; None if none has looked yet."""
        found = []
        for slot, key in enumerate(seen_keys()):
            item = self._get(key)
            if item is not None:
                with self._as_controllers_write_it(key):
                    found.append(read_seen(slot, item))
        return max(found, key=lambda each: each.at, default=None)

    def moves(self, epoch: int, limit: int) -> Iterator[Move]:
        """Yield the moves that are noted, the last one first.

        Args:
            epoch: The number of the last target.
            limit: How many targets to look back.
        """
        for number in range(epoch, max(epoch - limit, 0), -1):
            found = self.move(number)
            if found is not None:  # it may have expired, or another order overtook it
                yield found

    def move(self, epoch: int) -> Move | None:
        """Return the move of an epoch; None if none is noted."""
        item = self._get(move_key(epoch))
        if item is None:
            return None
        with self._as_controllers_write_it(move_key(epoch)):
            return read_move(epoch, item)

    def change(self, order: Callable[[State], State | None]) -> tuple[State, State | None]:
        """Write a state that follows from the one that is there, against whoever writes too.

        While a controller has the head, and where somebody else was faster, the state is read
        again and the order asked again, for a quarter of a minute.

        Args:
            order: Returns what is to be there after a state, None if there is nothing to write;
                whatever it raises ends the attempts.

        Returns:
            The state before, and what was written.

        Raises:
            CommandError: Others keep the journal busy; nothing was written.
        """
        until = clock.seconds() + _PATIENCE
        while True:
            before = self.state()
            after = order(before)
            if after is None:
                return before, None
            held = before.head.held(clock.seconds())
            if not held and self._write_if_unchanged(before, after):
                return before, after
            if clock.seconds() >= until:
                raise CommandError(_busy(before, held=held))
            clock.sleep(_PAUSE)

    def _write_if_unchanged(self, before: State, after: State) -> bool:
        """Write what differs, if nobody else wrote since and no controller has the head."""
        sets = changed(before, after)
        values = {f":{name}": self._write(value) for name, value in sets.items()}
        values[":read"] = self._write(before.head.version)
        values[":now"] = self._write(int(clock.seconds() * 1000))
        from botocore.exceptions import ClientError  # noqa: PLC0415 - extra `cli`

        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": STATE}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in sets),
                ConditionExpression="#version = :read AND #held_until <= :now",
                ExpressionAttributeNames={f"#{name}": name for name in (*sets, "held_until")},
                ExpressionAttributeValues=values,
            )
        except ClientError as err:
            if _code(err) != "ConditionalCheckFailedException":
                raise
            # Its own, if the answer to a first attempt was lost, and botocore tried again.
            return not changed(self.state(), after)
        return True

    def _get(self, key: str) -> Mapping[str, Any] | None:
        with self._table_is_there():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True
            )
        item: Mapping[str, Any] | None = answer.get("Item")
        return item

    @contextlib.contextmanager
    def _as_controllers_write_it(self, key: str) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, AttributeError, ArithmeticError) as err:
            raise CommandError(
                f"the item {key} of table {self._table} is not as controllers write it ({err}): "
                "somebody else has; restore the table, or delete the item, and the next "
                "round begins with what EC2 says"
            ) from None

    @contextlib.contextmanager
    def _table_is_there(self) -> Iterator[None]:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - extra `cli`

        try:
            yield
        except ClientError as err:
            if _code(err) != "ResourceNotFoundException":
                raise
            raise CommandError(
                f"there is no table {self._table} in this account and Region: "
                "set AWS_REGION or AWS_PROFILE, or name another --table"
            ) from None


def _code(err: Any) -> str:  # noqa: ANN401 - botocore's
    return str(err.response.get("Error", {}).get("Code", ""))


def _busy(state: State, *, held: bool) -> str:
    if held:
        doing = f"a move to {state.target} is under way" if state.moving else "a round is under way"
        return (
            f"{doing}, and has held the journal for {_PATIENCE:.0f} seconds: nothing was written; "
            "`ddns failover status` shows when it is over, run it again then"
        )
    return (
        f"others have changed the journal each time for {_PATIENCE:.0f} seconds: nothing was "
        "written; run it again"
    )
