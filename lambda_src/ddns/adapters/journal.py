"""DynamoDB: the journal of a failover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ddns.adapters.aws import translated
from ddns.adapters.heads import head_of, moved
from ddns.core.errors import BadItemError
from ddns.core.failover.journal import Move, Seen, State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STATE, SEEN, MOVE = "STATE", "SEEN#", "MOVE#"
"""The partition keys: of the state, and what those of the others begin with."""

_KEPT = 90 * 24 * 3600


class DynamoDbJournal:
    """The journal in one table with the partition key ``pk``.

    ``STATE`` is the one item that decides, and has the head; ``SEEN#0`` and ``SEEN#1`` say what the
    two controllers saw last; ``MOVE#<epoch>`` are the moves of the last 90 days.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Take a client and the table's name."""
        self._client = client
        self._table = table

    def read(self) -> State:
        """Read the state consistently (GetItem).

        Raises:
            BadItemError: somebody has changed the item by hand, and it cannot be read.
        """
        with translated():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": {"S": STATE}}, ConsistentRead=True
            )
        try:
            return state_of(answer.get("Item", {}))
        except (AttributeError, KeyError, TypeError, ValueError) as err:
            raise BadItemError(
                f"item {STATE!r} of {self._table!r} is not readable ({err!r}): put it right, or "
                "delete it, and the address is taken to be where EC2 says"
            ) from err

    def write(self, before: State, after: State) -> State:
        """Write the state on condition of the version before (UpdateItem).

        Raises:
            ConflictError: somebody has written since; nothing was written.
        """
        request = moved(self._table, STATE, before.head, after.head, _attributes(after))
        with translated():
            self._client.update_item(**request)
        return after

    def note_seen(self, seen: Seen) -> None:
        """Keep what a controller saw (PutItem)."""
        nodes = {
            name: {"M": {"seen": {"S": n.seen}, "why": {"S": n.why}, "streak": _number(n.streak)}}
            for name, n in seen.nodes.items()
        }
        self._put(
            f"{SEEN}{seen.slot}",
            {
                "at": _number(seen.at),
                "nodes": {"M": nodes},
                "places": {"M": {place: {"S": at} for place, at in seen.places.items()}},
                "answered": _number(seen.answered),
                "probers": _number(seen.asked),
            },
        )

    def note_move(self, move: Move) -> None:
        """Keep a move for 90 days (PutItem)."""
        self._put(
            f"{MOVE}{move.epoch:010}",
            {
                "from": {"S": move.source},
                "to": {"S": move.target},
                "by": {"S": move.by},
                "reason": {"S": move.reason},
                "started": _number(move.started),
                "done": _number(move.done),
                "probes": {"S": move.probes},
                "expires": _number(move.started // 1000 + _KEPT),
            },
        )

    def _put(self, pk: str, attributes: Mapping[str, Any]) -> None:
        with translated():
            self._client.put_item(TableName=self._table, Item={"pk": {"S": pk}, **attributes})


def state_of(item: Mapping[str, Any]) -> State:
    """Return the state; a table without one has the first."""
    return State(
        head_of(item),
        _text(item, "target"),
        _whole(item, "epoch"),
        bool(item.get("moving", {}).get("BOOL")),
        _text(item, "from"),
        _text(item, "by"),
        _text(item, "reason"),
        _whole(item, "since"),
        tuple(int(each["N"]) for each in item.get("moves", {}).get("L", ())),
        _whole(item, "recovered"),
        _text(item, "hold"),
        _whole(item, "hold_since"),
    )


def _attributes(state: State) -> dict[str, Any]:
    return {
        "target": {"S": state.target},
        "epoch": _number(state.epoch),
        "moving": {"BOOL": state.moving},
        "from": {"S": state.source},
        "by": {"S": state.by},
        "reason": {"S": state.reason},
        "since": _number(state.since),
        "moves": {"L": [_number(each) for each in state.moves]},
        "recovered": _number(state.recovered),
        "hold": {"S": state.hold},
        "hold_since": _number(state.hold_since),
    }


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _text(item: Mapping[str, Any], name: str) -> str:
    return str(item.get(name, {}).get("S", ""))


def _whole(item: Mapping[str, Any], name: str) -> int:
    return int(item.get(name, {}).get("N", 0))
