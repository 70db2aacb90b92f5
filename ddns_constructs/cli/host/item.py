"""The item of a host, read: what an administrator wrote, and what the function keeps beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ddns_constructs.cli.errors import CommandError, UsageError
from ddns_constructs.cli.host.validation import ARTICLE_SECRET, ARTICLE_TTL, problem_with
from ddns_constructs.cli.host.values import whole, whole_text
from ddns_constructs.cli.host_names import canonical_host

__all__ = ["Credentials", "HostItem", "Kept"]

_ZONE, _TYPE = "route_53_zone_id", "route_53_record_type"
_LATEST = 253_402_300_799_999  # the end of the year 9999, in milliseconds of the epoch


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

    Attributes:
        key: The key as it is stored.
        name: The host's name; the key of an item of the AWS blog sample may have a dot at
            its end, or capitals.
        article: Whether it is an item of the AWS blog sample.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.key: str = values["hostname"]
        self.name = _name(self.key)
        self.article = "data" in values
        self._data = _article(values["data"], self.name) if self.article else {}

    @property
    def problem(self) -> str:
        """Why the function cannot use the item, empty if it can."""
        found = problem_with(self._values, self.zone_id, self._data)
        if not found and _kept(self._values) is None:
            return "state is not as the function writes it"
        return found

    def check(self) -> None:
        """Refuse to go on with an item that the function cannot use.

        Raises:
            CommandError: It cannot.
        """
        if self.problem:
            raise CommandError(
                f"the item of {self.name} is unusable, {self.problem}: remove it and add it again"
            )

    @property
    def zone_id(self) -> str:
        """The id of its zone."""
        found = self._data.get(_ZONE, "") if self.article else self.text("zone_id")
        return found.rpartition("/")[2]

    @property
    def state_zone(self) -> str:
        """The id of the zone that holds what was set: another one, if the host has moved since."""
        return self.text("state_zone").rpartition("/")[2] or self.zone_id

    @property
    def ttl(self) -> int | None:
        """Its TTL in seconds, None for the deployment's default."""
        if self.article:
            return whole_text(self._data.get(ARTICLE_TTL, ""))
        return self.number("ttl")

    @property
    def types(self) -> list[str]:
        """Its record types; empty for the deployment's default."""
        if self.article:
            return [self._data.get(_TYPE, "A").upper()]
        return self.names("types")

    @property
    def credentials(self) -> Credentials:
        """What opens it; nothing to show to anybody."""
        own = self._data.get(ARTICLE_SECRET)
        # Of an item of the AWS blog sample with an empty secret the function takes no other one.
        secrets = _texts(self._values.get("secrets")) if own or not self.article else ()
        return Credentials(_texts(self._values.get("tokens")), _texts([own]) + secrets)

    @property
    def kept(self) -> dict[str, Kept]:
        """What the function has set: by kind, `A`, `AAAA`, `TXT`, with `*.` for the wildcard.

        Raises:
            CommandError: It cannot be read.
        """
        found = _kept(self._values)
        if found is None:
            raise CommandError(
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
        """Return an attribute that is a text, empty if it is none."""
        found = self._values.get(name)
        return found if isinstance(found, str) else ""

    def flag(self, name: str) -> bool:
        """Return an attribute that is true or missing."""
        return bool(self._values.get(name, False))

    def names(self, name: str) -> list[str]:
        """Return an attribute that is a set of texts, empty if it is none."""
        found = self._values.get(name)
        if not isinstance(found, set):
            return []
        return sorted(each for each in found if isinstance(each, str))

    def time(self, name: str) -> int:
        """Return an attribute in milliseconds of the epoch, 0 if it is no time."""
        found = self.number(name) or 0
        return found if 0 <= found <= _LATEST else 0

    def number(self, name: str) -> int | None:
        """Return an attribute that is a whole number, None if it is none."""
        return whole(self._values.get(name))

    def raw(self, name: str) -> Any:  # noqa: ANN401 - DynamoDB's own shapes
        """Return an attribute as it is, None if it is missing."""
        return self._values.get(name)

    def holds(self, values: Mapping[str, object]) -> bool:
        """Tell whether its attributes are these; None for one that must be missing."""
        return all(self._values.get(name) == value for name, value in values.items())


def _texts(found: object) -> tuple[str, ...]:
    """Return the texts of a list; an empty one opens nothing."""
    return tuple(x for x in found if isinstance(x, str) and x) if isinstance(found, list) else ()


def _name(key: str) -> str:
    """Return the host's name of a key, and the key itself if it is no host name."""
    try:
        return canonical_host(key)
    except UsageError:
        return key


def _article(data: object, name: str) -> Mapping[str, str]:
    """Return what the AWS blog sample's JSON says of a host, as texts, or has below its name."""
    try:
        found = json.loads(data)  # type: ignore[arg-type] # whatever is there
        inner = found.get(f"{name}.") or found.get(name) or found
        texts = {key: str(inner[key]) for key in (_ZONE, ARTICLE_TTL, _TYPE) if key in inner}
        secret = inner.get(ARTICLE_SECRET)
    except (AttributeError, RecursionError, TypeError, ValueError):
        return {}
    return {**texts, ARTICLE_SECRET: secret} if isinstance(secret, str) else texts


def _kept(values: Mapping[str, Any]) -> dict[str, Kept] | None:
    """Return what is kept, by kind, None if it cannot be read."""
    found = values.get("state", {})
    if not isinstance(found, dict):
        return None
    kept = {kind: _kept_kind(each) for kind, each in sorted(found.items())}
    if None in kept.values():
        return None
    return {kind: each for kind, each in kept.items() if each and each.value}


def _kept_kind(each: object) -> Kept | None:
    if not isinstance(each, dict):
        return None
    value, fresh = each.get("value"), each.get("fresh", False)
    ttl, stamp = whole(each.get("ttl")), whole(each.get("stamp"))
    if not isinstance(value, str) or ttl is None or stamp is None or not isinstance(fresh, bool):
        return None
    return Kept(value, ttl, stamp, fresh)
