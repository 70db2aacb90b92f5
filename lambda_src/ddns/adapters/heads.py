"""The head in DynamoDB: the one condition that every write of it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddns.core.head import Head


def head_of(item: Mapping[str, Any]) -> Head:
    """Return the head that an item is or has; a table without that item has the first."""
    if not item:
        return Head()
    draining = bool(item.get("draining", {}).get("BOOL"))
    return Head(int(item["version"]["N"]), int(item["held_until"]["N"]), draining)


def moved(
    table: str, pk: str, before: Head, after: Head, also: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what moves a head: parameters of UpdateItem, or of an Update in a transaction.

    Args:
        table: the table's name.
        pk: the partition key of the item.
        before: the head as it was read or last written: the condition.
        after: the head as it is to be.
        also: other attributes of the item, as they are to be.
    """
    names = {f"#n{n}": name for n, name in enumerate(also or ())}
    values: dict[str, Any] = {f":n{n}": value for n, value in enumerate((also or {}).values())}
    values |= {":after": {"N": str(after.version)}, ":until": {"N": str(after.until)}}
    condition = "attribute_not_exists(pk)"
    if before.version:
        values[":before"] = {"N": str(before.version)}
        condition = "version = :before"
    sets = "".join(f", #n{n} = :n{n}" for n in range(len(names)))
    return {
        "TableName": table,
        "Key": {"pk": {"S": pk}},
        "UpdateExpression": f"SET version = :after, held_until = :until{sets}",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        **({"ExpressionAttributeNames": names} if names else {}),
    }
