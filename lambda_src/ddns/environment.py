"""Reading the environment that the constructs write for a function."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeVar

from ddns.core.errors import BadSettingsError
from ddns.core.names import canonical
from ddns.core.packing import unpacked, unpacked_zones
from ddns.core.records import ListedZone

_T = TypeVar("_T")
_DIGEST = re.compile("[0-9a-f]{64}")


class Reader:
    """Reads variables and keeps what is wrong with them until all were read."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._problems: list[str] = []

    def read(self, name: str, parse: Callable[[str], _T]) -> _T:
        """Return a parsed variable; the value is of no use where ``check`` raises."""
        text = self._environment.get(name, "")
        try:
            if not text:
                raise ValueError("it is missing")  # noqa: TRY301 - one of several reasons
            return parse(text)
        except (ValueError, KeyError, TypeError) as err:
            self._problems.append(f"{name}: {err}")
            return None  # type: ignore[return-value]  # check() raises before anybody sees it

    def check(self) -> None:
        """Raise if any variable was wrong."""
        if self._problems:
            raise BadSettingsError("; ".join(self._problems))


def flag(text: str) -> bool:
    """Return a truth value."""
    return {"true": True, "false": False}[text]


def names(text: str) -> frozenset[str]:
    """Return domain names in canonical form."""
    return frozenset(canonical(name) for name in json.loads(text))


def packed_names(text: str) -> frozenset[str]:
    """Return domain names in canonical form; a long list of them comes deflated, as base64."""
    return frozenset(canonical(name) for name in unpacked(text))


def texts(text: str) -> frozenset[str]:
    """Return a set of texts; a long one comes deflated, as base64."""
    return frozenset(unpacked(text))


def digests(text: str) -> tuple[str, ...]:
    """Return SHA-256 digests in hex."""
    found = tuple(str(each).lower() for each in json.loads(text))
    if not all(map(_DIGEST.fullmatch, found)):
        raise ValueError("it must hold SHA-256 digests in hex")
    return found


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return networks; a long list of them comes deflated, as base64."""
    return tuple(ip_network(each) for each in unpacked(text))


def zones(text: str) -> tuple[ListedZone, ...]:
    """Return the zones that may be written to; of many, the names come deflated."""
    return tuple(
        ListedZone(zone["id"], canonical(zone["name"]), zone.get("private"))
        for zone in unpacked_zones(text)
    )
