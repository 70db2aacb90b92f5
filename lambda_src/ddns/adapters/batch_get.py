"""DynamoDB: many items at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from ddns.adapters.aws import translated
from ddns.core.errors import ThrottledError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ddns.ports import Clock

# Most keys of one request.
_AT_ONCE = 100
_ATTEMPTS = 6


def batch_get(
    client: DynamoDBClient, table: str, clock: Clock, keys: Collection[str], attribute: str = "pk"
) -> Iterator[Mapping[str, Any]]:
    """Yield the items of keys, read consistently (BatchGetItem); what is not there is missing.

    Raises:
        ThrottledError: DynamoDB left keys unprocessed again and again.
    """
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), _AT_ONCE):
        left: list[Any] = [{attribute: {"S": key}} for key in ordered[start : start + _AT_ONCE]]
        attempt = 0
        while left:
            with translated():
                answer = client.batch_get_item(
                    RequestItems={table: {"Keys": left, "ConsistentRead": True}}
                )
            got = answer["Responses"].get(table, ())
            yield from got
            unprocessed = cast("Any", answer.get("UnprocessedKeys", {}))
            left = unprocessed.get(table, {}).get("Keys", [])
            # An answer that was full is no reason to wait.
            if left and not got:
                attempt += 1
                if attempt == _ATTEMPTS:
                    raise ThrottledError("DynamoDB left keys unprocessed")
                clock.sleep(0.02 * 2**attempt * (0.5 + clock.random()))
