"""Attributes as DynamoDB has them, as Python values, and numbers as the function reads them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

__all__ = ["is_texts", "read_value", "whole", "whole_text"]


def read_value(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the item has
    """Return an attribute as a Python value.

    boto3's own reader raises for a number of more than 38 digits, which DynamoDB can send.
    """
    ((kind, inner),) = value.items()
    if kind == "M":
        return {name: read_value(each) for name, each in inner.items()}
    if kind == "L":
        return [read_value(each) for each in inner]
    if kind == "N":
        return Decimal(inner)
    if kind == "NS":
        return {Decimal(each) for each in inner}
    if kind in ("SS", "BS"):
        return set(inner)
    return None if kind == "NULL" else inner


def whole(value: object) -> int | None:
    """Return a number if it is a whole one, and written as such."""
    return whole_text(str(value)) if isinstance(value, Decimal) else None


def whole_text(text: str) -> int | None:
    """Return the whole number that a text is, None if it is none."""
    try:
        return int(text)
    except ValueError:
        return None


def is_texts(value: object, kind: type[list[Any] | set[Any]]) -> bool:
    """Tell whether a value is a list, or a set, of texts."""
    return isinstance(value, kind) and all(isinstance(each, str) for each in value)
