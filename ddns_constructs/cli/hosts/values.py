"""Attributes as DynamoDB has them, as Python values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

__all__ = ["read_value"]


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
