"""DynamoDB's attribute values: what is one, how large it is, and copies of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Item = dict[str, Any]
MAX_ITEM: Final = 400 * 1024
_MAX_DIGITS: Final = 38


class Invalid(ValueError):  # noqa: N818 - named after the answer
    """What the service answers with a ValidationException."""


def measured(item: Mapping[str, Any]) -> tuple[Item, int]:
    """Return a copy of an item and its size; refuse what is no item.

    Sizes: Developer Guide, "DynamoDB item sizes and formats".

    Raises:
        Invalid: a value has no type or another's, a set is empty or has doubles, or all is too
            large.
    """
    copied: Item = {}
    total = 0
    for name, value in item.items():
        copied[name], size = _value(value)
        total += len(name) + size
    if total > MAX_ITEM:
        raise Invalid("Item size has exceeded the maximum allowed size")
    return copied, total


def thawed(item: Mapping[str, Any]) -> Item:
    """Return a copy that its reader may change."""
    return {name: _copied(value) for name, value in item.items()}


def _copied(value: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, inner),) = value.items()
    if kind == "M":
        return {"M": {name: _copied(each) for name, each in inner.items()}}
    if kind == "L":
        return {"L": [_copied(each) for each in inner]}
    return {kind: list(inner) if isinstance(inner, list) else inner}


def _value(value: object) -> tuple[dict[str, Any], int]:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise Invalid("Supplied AttributeValue must contain exactly one of the supported datatypes")
    ((kind, inner),) = value.items()
    if kind == "S" and isinstance(inner, str):
        return {"S": inner}, len(inner) if inner.isascii() else len(inner.encode())
    if kind == "N" and isinstance(inner, str):
        return {"N": inner}, _digits(inner) // 2 + 2
    if kind == "M" and isinstance(inner, Mapping):
        found = {name: _value(each) for name, each in inner.items()}
        size = 3 + sum(len(name) + 1 + size for name, (_, size) in found.items())
        return {"M": {name: each for name, (each, _) in found.items()}}, size
    if kind in {"SS", "NS", "BS"} and isinstance(inner, (list, tuple, set, frozenset)):
        return _set(kind, list(inner))
    if kind == "L" and isinstance(inner, (list, tuple)):
        elements = [_value(each) for each in inner]
        return {"L": [each for each, _ in elements]}, 3 + sum(size + 1 for _, size in elements)
    if kind == "B" and isinstance(inner, (bytes, bytearray)):
        return {"B": bytes(inner)}, len(inner)
    if (kind == "BOOL" and isinstance(inner, bool)) or (kind == "NULL" and inner is True):
        return {kind: inner}, 1
    raise Invalid(f"Invalid attribute value type: {kind}")


def _set(kind: str, inner: list[Any]) -> tuple[dict[str, Any], int]:
    if not inner:
        raise Invalid("One or more parameter values were invalid: An string set may not be empty")
    if len({Decimal(each) if kind == "NS" else each for each in inner}) < len(inner):
        raise Invalid(f"One or more parameter values were invalid: {inner} contains duplicates.")
    sizes = [_value({kind[0]: each})[1] for each in inner]
    return {kind: inner}, sum(sizes)


def _digits(text: str) -> int:
    if len(text) <= _MAX_DIGITS and text.isascii() and text.isdigit():
        return len(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Invalid(f"A value provided cannot be converted into a number: {text}") from None
    digits = len(number.as_tuple().digits)
    if not number.is_finite() or digits > _MAX_DIGITS:
        raise Invalid("Attempting to store more than 38 significant digits in a Number")
    return digits
