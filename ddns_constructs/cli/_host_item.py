"""The item of a host, read: what an administrator wrote, and what the function keeps beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ddns_constructs.cli._told import ToldError

__all__ = ["Credentials", "HostItem", "Kept"]

# What the function takes an attribute for; with any other type it ignores the whole item.
_SHAPES: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(
        ("zone_id", "state_zone", "address_policy", "behind", "suffix", "data"), (str, "text")
    ),
    **dict.fromkeys(
        ("ttl", "prefix_length", "revision", "verified", "changed"), (Decimal, "number")
    ),
    **dict.fromkeys(("types", "members"), (set, "set of texts")),
    **dict.fromkeys(("tokens", "secrets"), (list, "list")),
    **dict.fromkeys(("disabled", "adopt", "wildcard", "pending"), (bool, "boolean")),
    "state": (dict, "map"),
}


class Kept(NamedTuple):
    """What the function has set last.

    Attributes:
        value: An address, a text or a prefix.
        ttl: The TTL in seconds that it has.
        stamp: When it was asked for, in milliseconds of the epoch.
        fresh: Whether nobody has looked yet at what the zone had there before.
    """

    value: str
    ttl: int
    stamp: int
    fresh: bool = False


class Credentials(NamedTuple):
    """What opens a host: digests of tokens, and secrets in clear; the newest first."""

    tokens: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


class HostItem:
    """One item, read.

    Args:
        values: Its attributes as Python values.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.key: str = values["hostname"]
        self.article = "data" in values
        self._data = _article(values["data"], self.key) if self.article else {}

    @property
    def name(self) -> str:
        """The host's name; items of the article may have a dot at its end."""
        return self.key.rstrip(".")

    @property
    def fault(self) -> str:
        """Why the function cannot use the item, empty if it can."""
        for name, (shape, title) in _SHAPES.items():
            if name in self._values and not isinstance(self._values[name], shape):
                return f"{name} is no {title}"
        if not self.zone_id:
            return "it names no zone"
        if self.article:
            if not isinstance(self._data.get("shared_secret"), str):
                return "its data has no shared_secret"
            if not str(self._data.get("route_53_record_ttl", "")).isdecimal():
                return "its data has no route_53_record_ttl"
        return "" if _kept(self._values) is not None else "state is not as the function writes it"

    def check(self) -> None:
        """Refuse to go on with an item that the function cannot use.

        Raises:
            ToldError: It cannot.
        """
        if self.fault:
            raise ToldError(
                f"the item of {self.name} is unusable, {self.fault}: remove it and add it again"
            )

    @property
    def zone_id(self) -> str:
        """The id of its zone."""
        found = self._data.get("route_53_zone_id", self._values.get("zone_id", ""))
        return str(found).rpartition("/")[2]

    @property
    def state_zone(self) -> str:
        """The id of the zone that holds what was set: another one, if the host has moved since."""
        return self.text("state_zone").rpartition("/")[2] or self.zone_id

    @property
    def ttl(self) -> int | None:
        """Its TTL in seconds, None for the deployment's default."""
        found = self._data.get("route_53_record_ttl", self._values.get("ttl"))
        return None if found is None else int(found)

    @property
    def types(self) -> list[str]:
        """Its record types; empty for the deployment's default."""
        if self.article:
            return [str(self._data.get("route_53_record_type", "A")).upper()]
        return sorted(self._values.get("types", ()))

    @property
    def credentials(self) -> Credentials:
        """What opens it; nothing to show to anybody."""
        own = self._data.get("shared_secret")
        return Credentials(
            _texts(self._values.get("tokens")), _texts([own]) + _texts(self._values.get("secrets"))
        )

    @property
    def kept(self) -> dict[str, Kept]:
        """What the function has set: by kind, `A`, `AAAA`, `TXT`, with `*.` for the wildcard.

        Raises:
            ToldError: It cannot be read.
        """
        found = _kept(self._values)
        if found is None:
            raise ToldError(
                f"the item of {self.name} does not tell what was set: look at the zone, and pass "
                "--keep-record to remove the host alone"
            )
        return found

    @property
    def unwanted(self) -> list[str]:
        """Which of what is kept is a record set that the host, as it is now, would not get."""
        return [
            kind
            for kind in self.kept
            if kind != "PREFIX"
            and (
                (self.types and kind.removeprefix("*.") not in self.types)
                or (kind.startswith("*.") and not self.flag("wildcard"))
            )
        ]

    def text(self, name: str) -> str:
        """Return an attribute that is a text, empty if it is missing."""
        return str(self._values.get(name, ""))

    def flag(self, name: str) -> bool:
        """Return an attribute that is true or missing."""
        return bool(self._values.get(name, False))

    def names(self, name: str) -> list[str]:
        """Return an attribute that is a set of texts, empty if it is none."""
        found = self._values.get(name)
        return sorted(found) if isinstance(found, set) else []

    def time(self, name: str) -> int:
        """Return an attribute in milliseconds of the epoch, 0 if it is missing."""
        return int(self._values.get(name, 0))

    def number(self, name: str) -> int | None:
        """Return an attribute that is a number, None if it is missing."""
        return int(self._values[name]) if name in self._values else None

    def raw(self, name: str) -> Any:  # noqa: ANN401 - DynamoDB's own shapes
        """Return an attribute as it is, None if it is missing."""
        return self._values.get(name)

    def holds(self, values: Mapping[str, object]) -> bool:
        """Tell whether its attributes are these; None for one that must be missing."""
        return all(self._values.get(name) == value for name, value in values.items())


def _texts(found: object) -> tuple[str, ...]:
    """Return the texts of a list; an empty one opens nothing."""
    return tuple(x for x in found if isinstance(x, str) and x) if isinstance(found, list) else ()


def _article(data: object, key: str) -> Mapping[str, Any]:
    """Return what the article's JSON says of a host, perhaps below the host's name."""
    try:
        found = json.loads(data)  # type: ignore[arg-type] # whatever is there
        inner = found.get(f"{key.rstrip('.')}.") or found.get(key.rstrip(".")) or found
    except (AttributeError, TypeError, ValueError):
        return {}
    return inner if isinstance(inner, dict) else {}


def _kept(values: Mapping[str, Any]) -> dict[str, Kept] | None:
    """Return what is kept, by kind, None if it cannot be read."""
    try:
        return {
            kind: Kept(
                str(each["value"]), int(each["ttl"]), int(each["stamp"]), bool(each.get("fresh"))
            )
            for kind, each in sorted(values.get("state", {}).items())
            if each["value"]
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
