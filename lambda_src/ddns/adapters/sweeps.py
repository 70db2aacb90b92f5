"""DynamoDB: how far a sweep is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ddns.adapters.aws import translated
from ddns.adapters.batch_get import batch_get
from ddns.core.errors import ConflictError
from ddns.core.instance.walk import Note, Progress

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ddns.ports import Clock

_SWEEP = "SWEEP"


class DynamoDbSweepStore:
    """The sweep that is under way in one item of the ledger's table, and its notes in others.

    ``SWEEP`` holds the progress and whether another sweep was ordered; ``SWEEP#<number>`` a note,
    ``PLAN#<number>`` one of a dry run. Notes are replaced by those of the next sweep.
    """

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        """Take a client, the table's name and a clock."""
        self._client = client
        self._table = table
        self._clock = clock

    def begin(self, progress: Progress, stale: int) -> Progress | None:
        """Put the item unless there is one with progress; then note the order in it."""
        try:
            with translated():
                self._client.put_item(
                    TableName=self._table,
                    Item=_item(progress),
                    ConditionExpression="attribute_not_exists(pk) OR touched < :stale",
                    ExpressionAttributeValues={":stale": {"N": str(stale)}},
                )
        except ConflictError:
            if self.progress() == progress:
                return progress  # the answer was lost, and botocore has asked again
            return None if self._order() else self.begin(progress, stale)
        return progress

    def _order(self) -> bool:
        """Note an order in the item; False where it is gone meanwhile."""
        try:
            with translated():
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(_SWEEP),
                    UpdateExpression="SET ordered = :yes",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeValues={":yes": {"BOOL": True}},
                )
        except ConflictError:
            return False
        return True

    def progress(self) -> Progress | None:
        """Read the item consistently (GetItem)."""
        item = self._read()
        return _progress(item) if item else None

    def _read(self) -> Mapping[str, Any]:
        with translated():
            answer = self._client.get_item(
                TableName=self._table, Key=_key(_SWEEP), ConsistentRead=True
            )
        return answer.get("Item", {})

    def advance(self, before: Progress, after: Progress) -> bool:
        """Write the progress, on condition that it is as it was before the step (UpdateItem)."""
        item = _item(after)
        values = {f":{name}": item[name] for name in ("step", "touched", "document", "seen")}
        try:
            with translated():
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(_SWEEP),
                    UpdateExpression=(
                        "SET step = :step, touched = :touched, document = :document, seen = :seen"
                    ),
                    ConditionExpression="sweep = :sweep AND step = :before",
                    ExpressionAttributeValues={
                        **values,
                        ":sweep": {"S": before.sweep},
                        ":before": {"N": str(before.step)},
                    },
                )
        except ConflictError:
            return self.progress() == after  # as above
        return True

    def end(self, progress: Progress) -> bool:
        """Delete the item (GetItem, DeleteItem); return whether another was ordered meanwhile.

        It is read before, as the answer that tells what was deleted may be lost.
        """
        before = self._read()
        if before.get("sweep") != {"S": progress.sweep}:
            return False
        try:
            with translated():
                answer = self._client.delete_item(
                    TableName=self._table,
                    Key=_key(_SWEEP),
                    ConditionExpression="sweep = :sweep",
                    ExpressionAttributeValues={":sweep": {"S": progress.sweep}},
                    ReturnValues="ALL_OLD",
                )
        except ConflictError:
            return _ordered(before)  # as above
        return _ordered(answer.get("Attributes", {}))

    def put_note(self, progress: Progress, note: Note) -> None:
        """Keep a note (PutItem)."""
        item: dict[str, Any] = {
            **_key(_note_pk(progress, progress.notes)),
            "sweep": {"S": progress.sweep},
            "running": {"B": note.running},
            "owned": {"B": note.owned},
            "to_delete": {"S": " ".join(note.to_delete)},
        }
        with translated():
            self._client.put_item(TableName=self._table, Item=item)

    def notes(self, progress: Progress) -> list[Note]:
        """Read notes consistently, in order (BatchGetItem)."""
        keys = [_note_pk(progress, number) for number in range(progress.notes)]
        found = {
            item["pk"]["S"]: _note(item)
            for item in batch_get(self._client, self._table, self._clock, keys)
            if item["sweep"]["S"] == progress.sweep
        }
        return [found[key] for key in keys if key in found]


def _note_pk(progress: Progress, number: int) -> str:
    return f"{'PLAN' if progress.dry_run else 'SWEEP'}#{number}"


def _key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}}


def _item(progress: Progress) -> dict[str, Any]:
    document = progress._replace(seen=b"")._asdict()
    del document["seen"]
    return {
        **_key(_SWEEP),
        "sweep": {"S": progress.sweep},
        "step": {"N": str(progress.step)},
        "touched": {"N": str(progress.touched)},
        "document": {"S": json.dumps(document, separators=(",", ":"))},
        "seen": {"B": progress.seen},
    }


def _progress(item: Mapping[str, Any]) -> Progress:
    document = json.loads(item["document"]["S"])
    document["skipped"] = tuple(document["skipped"])
    return Progress(**document, seen=_bytes(item["seen"]))


def _ordered(item: Mapping[str, Any]) -> bool:
    return bool(item.get("ordered", {}).get("BOOL"))


def _note(item: Mapping[str, Any]) -> Note:
    to_delete = tuple(item["to_delete"]["S"].split())
    return Note(_bytes(item["running"]), _bytes(item["owned"]), to_delete)


def _bytes(value: Mapping[str, Any]) -> bytes:
    return bytes(value["B"])
