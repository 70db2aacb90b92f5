"""Lists that a function's environment would be too small for: deflated, as base64."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any


def unpacked(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return a list, which comes as JSON, or deflated where it is long.

    Raises:
        ValueError: It is neither.
    """
    if not text.startswith("["):
        try:
            text = zlib.decompress(base64.b64decode(text, validate=True)).decode()
        except zlib.error as err:
            raise ValueError("it is no list, nor a deflated one") from err
    return json.loads(text)


def unpacked_zones(text: str) -> list[dict[str, Any]]:
    """Return zones, each with its id, its name, and whether it is private.

    Of many, the names come deflated, and the ids after commas in the same order.

    Raises:
        ValueError: It is no list of zones.
    """
    if text.startswith("["):
        return list(unpacked(text))
    packed, *ids = text.split(",")
    return [{**zone, "id": id_} for id_, zone in zip(ids, unpacked(packed), strict=True)]
