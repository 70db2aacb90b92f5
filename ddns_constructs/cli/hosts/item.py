"""The item of a host, as the function reads it, and what it holds for people besides."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ddns.core.client.hosts import PREFIX, WILDCARD
from ddns.core.client.items import (
    KEY,
    Credentials,
    parse_credentials,
    parse_host,
    parse_kept,
    state_zone,
)
from ddns.core.errors import BadItemError, InvalidNameError
from ddns.core.names import record_name
from ddns_constructs.cli.errors import CommandError, HostError
from ddns_constructs.cli.hosts.credentials import digest
from ddns_constructs.cli.hosts.values import read_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns.core.client.addresses import AddressPolicy
    from ddns.core.client.hosts import Host, Kept

__all__ = ["HostItem"]

_LATEST = 253_402_300_799_999  # the end of the year 9999, in milliseconds of the epoch


class HostItem:
    """One item.

    Args:
        attributes: Its attribute values, as DynamoDB's API has them.

    Attributes:
        key: The key as it is stored.
        name: The host's name; the key of an item of the AWS blog sample may have a dot at
            its end, or capitals.
        from_sample: Whether it is an item of the AWS blog sample.
        problem: Why the function cannot use it, empty if it can.
    """

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self._attributes = attributes
        self.key: str = attributes[KEY]["S"]
        self.name = _name(self.key)
        self.from_sample = "data" in attributes
        self.problem = ""
        self._host: Host | None = None
        try:
            self._host = parse_host(attributes)
        except BadItemError as err:
            self.problem = str(err)

    @property
    def host(self) -> Host:
        """The host, as the function reads it.

        Raises:
            CommandError: The function cannot use the item.
        """
        if self._host is None:
            raise CommandError(
                f"the item of {self.name} is unusable, {self.problem}: remove it and add it again"
            )
        return self._host

    @property
    def state_zone(self) -> str:
        """The id of the zone that holds what was set: another one, if the host has moved since."""
        zone_id = self._host.zone_id if self._host else self.text("zone_id")
        try:
            return state_zone(self._attributes, zone_id)
        except BadItemError:
            return zone_id

    @property
    def policy(self) -> AddressPolicy | None:
        """Which addresses it may have; None for the deployment's default."""
        return self._host.policy if self._host else None

    @property
    def types(self) -> list[str]:
        """Its record types; empty for the deployment's default, which has no TXT."""
        return sorted(self.host.types or ())

    @property
    def may_have_txt(self) -> bool:
        """Whether its types name TXT, also while the function cannot use it.

        A wildcard has none whatever they name; no other host is below it.
        """
        types = self.names("types") if self.problem else self.types
        return "TXT" in types

    @property
    def credentials(self) -> Credentials:
        """What opens it; nothing to show to anybody. An empty token opens nothing."""
        try:
            tokens, secrets = parse_credentials(self._attributes)
        except BadItemError:
            return Credentials()
        return Credentials(tuple(each for each in tokens if each != digest("")), secrets)

    @cached_property
    def kept(self) -> dict[str, Kept]:
        """What the function has set: by kind, `A`, `AAAA`, `TXT`, with `*.` for the wildcard.

        Raises:
            CommandError: It cannot be read.
        """
        try:
            kept = parse_kept(self._attributes)
        except BadItemError:
            raise HostError(
                f"the item of {self.name} does not tell what was set: look at the zone, and pass "
                "--keep-record to remove the host alone"
            ) from None
        return {kind: each for kind, each in sorted(kept.items()) if each.value}

    @property
    def unwanted(self) -> list[str]:
        """Which of what is kept is a record set that the host, as it is now, would not get."""
        return [
            kind
            for kind in self.kept
            if kind != PREFIX
            and (
                not self.gets(kind.removeprefix(WILDCARD))
                or (kind.startswith(WILDCARD) and not self.flag("wildcard"))
            )
        ]

    def gets(self, rtype: str) -> bool:
        """Tell whether it may have records of a type: TXT only if it is named."""
        return rtype in self.types if self.types else rtype != "TXT"

    def text(self, name: str) -> str:
        """Return an attribute that is a text, empty if it is none."""
        return str(self._attributes.get(name, {}).get("S", ""))

    def flag(self, name: str) -> bool:
        """Return an attribute that is true or missing."""
        return bool(self.value(name))

    def names(self, name: str) -> list[str]:
        """Return an attribute that is a set of texts, empty if it is none."""
        return sorted(self._attributes.get(name, {}).get("SS", ()))

    def time(self, name: str) -> int:
        """Return an attribute in milliseconds of the epoch, 0 if it is no time."""
        time = self.number(name) or 0
        return time if 0 <= time <= _LATEST else 0

    def number(self, name: str) -> int | None:
        """Return an attribute that is a whole number, None if it is none."""
        try:
            return int(self._attributes[name]["N"])
        except (KeyError, ValueError):
            return None

    def value(self, name: str) -> Any:  # noqa: ANN401 - whatever the item has
        """Return an attribute as a Python value, None if it is missing."""
        return read_value(self._attributes[name]) if name in self._attributes else None

    def holds(self, values: Mapping[str, object]) -> bool:
        """Tell whether its attributes are these; None for one that must be missing."""
        return all(self.value(name) == value for name, value in values.items())


def _name(key: str) -> str:
    """Return the host's name of a key, and the key itself if it is no host name."""
    try:
        return record_name(key)
    except InvalidNameError:
        return key
