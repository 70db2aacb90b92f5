"""The environment of a function: what is long is packed, and what does not fit is refused."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING

from aws_cdk import Token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.zones import Zone

# Lambda measures the variables as one JSON object, in which each quotation mark of a value has a
# backslash: the error that it answers with shows what it measured.
LIMIT = 4_096
# A list that is longer is deflated: of names that are alike five to ten times as many fit.
_PLAIN = 1_024
# What DynamoDB and SQS take for a name, and what stands in front of a queue's in its URL.
_TABLE_NAME = 255
_QUEUE_URL = 80 + len("https://sqs.ap-southeast-1.amazonaws.com.cn/111122223333/")
# What Route 53 takes for an id. A zone's name, as a parameter, may have 253: most have few.
_ZONE_ID = 32
_ZONE_NAME = 64


def packed(values: Sequence[object]) -> str:
    """Return a list as the function reads it: JSON, and a long one deflated, as base64."""
    text = json.dumps(values, separators=(",", ":"))
    return text if len(text) <= _PLAIN else _deflated(text)


def zones_text(zones: Sequence[Zone]) -> str:
    """Return zones as the function reads them: JSON, or where that is long, packed names and ids.

    Ids may be tokens, which cannot be deflated: they follow after commas. Names seldom are: with
    one that is, everything stays as it is.
    """
    names = [{"name": zone.name, "private": zone.private} for zone in zones]
    items = [{"id": zone.id, **name} for zone, name in zip(zones, names, strict=True)]
    text = json.dumps(items, separators=(",", ":"))
    if len(text) <= _PLAIN or not all(zone.is_named for zone in zones):
        return text
    return ",".join([_deflated(json.dumps(names)), *(zone.id for zone in zones)])


def check_environment(
    variables: Mapping[str, str],
    zones: Sequence[Zone],
    *,
    keywords: Sequence[str],
    advice: str,
    problems: Problems,
) -> None:
    """Note settings that do not fit into the environment of a function, counted as Lambda does.

    Args:
        variables: The settings. The names of the table and the queues are added here, at their
            longest.
        zones: The zones among them.
        keywords: The arguments that may be long.
        advice: What to do.
        problems: Where to note it.
    """
    resources = {
        "DDNS_TABLE": "x" * _TABLE_NAME,
        "DDNS_QUEUE_URL": "x" * _QUEUE_URL,
        "DDNS_DEAD_LETTER_QUEUE_URL": "x" * _QUEUE_URL,
    }
    settings = {name: _filled_in(text, zones) for name, text in variables.items()}
    size = len(json.dumps({**settings, **resources}, separators=(",", ":")))
    if size > LIMIT:
        *others, last = (f"'{each}'" for each in keywords)
        problems.add(
            f"{', '.join(others)} and {last} make an environment of {size:,} characters, and "
            f"Lambda takes {LIMIT:,}: {advice}"
        )


def _filled_in(text: str, zones: Sequence[Zone]) -> str:
    """Return a text with what is known of zones at deployment only as long as it may be."""
    for zone in zones:
        for value, length in ((zone.id, _ZONE_ID), (zone.name, _ZONE_NAME)):
            if Token.is_unresolved(value):
                text = text.replace(value, "x" * length)
    return text


def _deflated(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
