"""The addresses and the prefix that the parameters of dyndns2 state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv6Network
from typing import NamedTuple

from ddns.core.client.addresses import as_prefix, kind, parse_address, parse_prefix
from ddns.core.client.http import Parameters, printable
from ddns.core.client.protocols.login import NAMES, PASSWORDS, first
from ddns.core.errors import BadRequestError
from ddns.core.names import Address

MAX_ADDRESSES = 4
"""Most addresses of a request, all parameters together."""

_FAMILIES = {
    "myip": "A",
    "ip": "A",
    "myipv4": "A",
    "ipv4": "A",
    "myipv6": "AAAA",
    "myip6": "AAAA",
    "ipv6": "AAAA",
    "ip6": "AAAA",
}
"""The parameters of addresses, and which family goes where they say ``no``."""

_PREFIXES = ("ip6lanprefix", "prefix")
_IGNORED = frozenset({"wildcard", "mx", "backmx", "system", "url"})
UPDATES = frozenset({"hostname", "txt", "offline", *_FAMILIES, *_PREFIXES})
"""The parameters that make a request an update."""

_KNOWN = UPDATES | _IGNORED | {*NAMES, *PASSWORDS}
# The longest address in text has 45 characters, and a length behind it four.
_LONGEST = 49
_V4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,3})?")
_V6 = re.compile(r"[0-9A-Fa-f:]{2,39}(?:\.[0-9.]{1,12})?(?:/[0-9]{1,3})?")
_GROUPS = 8


class Stated(NamedTuple):
    """What a client states.

    Attributes:
        addresses: by record type.
        prefix: the delegated prefix.
        cleared: the record types of the families that it says it has no address of.
    """

    addresses: Mapping[str, Address]
    prefix: IPv6Network | None
    cleared: frozenset[str]


def stated(given: Parameters, source: Address) -> Stated:
    """Return what parameters state; without any word about addresses it is the source address.

    Raises:
        BadRequestError: something cannot be read, contradicts another, or is in a parameter that
            would not be looked at.
    """
    _refuse_strays(given)
    said = {name: given[name].strip() for name in _FAMILIES if name in given}
    cleared = frozenset(_FAMILIES[name] for name, text in said.items() if text.lower() == "no")
    texts = _split(text for text in said.values() if text.lower() != "no")
    prefixes = {text: as_prefix(text) for text in texts}
    texts = [text for text in texts if not prefixes[text]]
    prefix = _prefix(given, prefixes.values())
    says_more = kind(source) in cleared or prefix or given.get("txt")
    found = _addresses(texts if texts or says_more else ["auto"], source)
    if cleared & found.keys():
        raise BadRequestError("there is an address of a family that is to have none")
    return Stated(found, prefix, cleared)


def _split(values: Iterable[str]) -> list[str]:
    texts: list[str] = []
    for value in values:
        parts = value.split(",", MAX_ADDRESSES)
        texts += [text for part in parts if (text := part.strip())]
        if len(texts) > MAX_ADDRESSES:
            raise BadRequestError(f"there are more than {MAX_ADDRESSES} addresses")
    return texts


def _prefix(given: Parameters, among: Iterable[IPv6Network | None]) -> IPv6Network | None:
    """Return the one prefix that is stated, in its own parameter or among the addresses."""
    found = {each for each in among if each}
    in_parameter = first(given, _PREFIXES)
    if in_parameter:
        found.add(parse_prefix(in_parameter))
    if len(found) > 1:
        raise BadRequestError("there are two prefixes")
    return next(iter(found), None)


def _addresses(texts: list[str], source: Address) -> dict[str, Address]:
    found: dict[str, Address] = {}
    for text in texts:
        if text.lower() == "preserve":
            continue
        address = source if text.lower() == "auto" else parse_address(text)
        if found.setdefault(kind(address), address) != address:
            raise BadRequestError("there are two addresses of one family")
    return found


def _refuse_strays(given: Parameters) -> None:
    """Refuse an address under a name that nobody knows: another would be published instead."""
    for name, value in given.items():
        if name not in _KNOWN and _is_address(value.partition(",")[0].strip()):
            raise BadRequestError(f"{printable(name, 20)} has an address: name it myip")


def _is_address(text: str) -> bool:
    """Tell whether a text looks like an address: neither a time of day nor a MAC address does."""
    if len(text) > _LONGEST:
        return False
    if "::" in text or text.count(":") >= _GROUPS - 1:
        return _V6.fullmatch(text) is not None
    return _V4.fullmatch(text) is not None
