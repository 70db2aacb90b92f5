"""DynamoDB's attribute values: what is one, how large it is, and copies of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
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
    if not isinstance(value, dict) or len(value) != 1:
        raise Invalid("Supplied AttributeValue must contain exactly one of the supported datatypes")
    ((kind, inner),) = value.items()
    checked = _CHECKED.get(kind)
    found = None if checked is None else checked(inner)
    if found is None:
        raise Invalid(f"Invalid attribute value type: {kind}")
    return {kind: found[0]}, found[1]


def _text(inner: object) -> tuple[str, int] | None:
    if not isinstance(inner, str):
        return None
    return inner, len(inner) if inner.isascii() else len(inner.encode())


def _number(inner: object) -> tuple[str, int] | None:
    return (inner, _digits(inner) // 2 + 2) if isinstance(inner, str) else None


def _map(inner: object) -> tuple[dict[str, Any], int] | None:
    if not isinstance(inner, dict):
        return None
    copied = {}
    total = 3
    for name, each in inner.items():
        copied[name], size = _value(each)
        total += len(name) + 1 + size
    return copied, total


def _list(inner: object) -> tuple[list[Any], int] | None:
    if not isinstance(inner, (list, tuple)):
        return None
    elements = [_value(each) for each in inner]
    return [each for each, _ in elements], 3 + sum(size + 1 for _, size in elements)


def _set(kind: str, inner: object) -> tuple[list[Any], int] | None:
    if not isinstance(inner, (list, tuple, set, frozenset)):
        return None
    if not inner:
        raise Invalid("One or more parameter values were invalid: An string set may not be empty")
    if len({Decimal(each) if kind == "N" else each for each in inner}) < len(inner):
        raise Invalid(f"One or more parameter values were invalid: {inner} contains duplicates.")
    return list(inner), sum(_value({kind: each})[1] for each in inner)


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


_CHECKED: Final[dict[str, Callable[[Any], tuple[Any, int] | None]]] = {
    "S": _text,
    "N": _number,
    "M": _map,
    "L": _list,
    "SS": partial(_set, "S"),
    "NS": partial(_set, "N"),
    "BS": partial(_set, "B"),
    "B": lambda inner: (
        (bytes(inner), len(inner)) if isinstance(inner, (bytes, bytearray)) else None
    ),
    "BOOL": lambda inner: (inner, 1) if isinstance(inner, bool) else None,
    "NULL": lambda inner: (inner, 1) if inner is True else None,
}
