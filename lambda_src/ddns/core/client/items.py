"""Items of the table of hosts: DynamoDB's attribute values to hosts, and their state back.

An administrator writes most of an item, with ``ddns host`` or by hand. So each attribute is
checked, and what cannot be used says why, without what it holds: that may be a credential.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address
from typing import Any, NamedTuple

from ddns.core.client.addresses import LONGEST_PREFIX, SHORTEST_PREFIX, AddressPolicy
from ddns.core.client.hosts import WILDCARD, Host, Kept
from ddns.core.errors import BadItemError, InvalidNameError
from ddns.core.names import record_name

Item = Mapping[str, Any]
"""Attribute values by name, as DynamoDB's API has them: ``{"ttl": {"N": "60"}}``."""

KEY = "hostname"
MAX_TTL = 2**31 - 1
DEFAULT_PREFIX_LENGTH = 64

_SECRET, _TTL, _ZONE = "shared_secret", "route_53_record_ttl", "route_53_zone_id"
_TYPE = "route_53_record_type"
# What reading a value of another shape than expected can lead to.
_BROKEN = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
_NOBODY: frozenset[str] = frozenset()
_NEVER: tuple[int, frozenset[str]] = (0, _NOBODY)
_NO_TTL = f"is no whole number from 0 to {MAX_TTL}"


class Credentials(NamedTuple):
    """What opens a host: digests of tokens, and secrets in clear; the newest first."""

    tokens: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


def parse_host(item: Item) -> Host:
    """Return the host of an item, or of an item of the AWS blog sample (``data``).

    Raises:
        BadItemError: it cannot be used.
    """
    name = _name(item)
    names = _FIELDS - _OF_OURS if "data" in item else _FIELDS
    fields = {each: _attribute(item, each) for each in names & item.keys()}
    fields["policy"] = fields.pop("address_policy", None)
    fields |= parse_credentials(item)._asdict()
    if "data" in item:
        fields |= _of_the_sample(item, name)
    if name.startswith(WILDCARD):
        fields["wildcard"] = False
    kept = parse_kept(item)
    host = Host(item[KEY]["S"], name, fields.pop("zone_id", ""), **fields)
    if not host.zone_id:
        raise BadItemError("it names no zone")
    if state_zone(item, host.zone_id) != host.zone_id:
        # What was set in another zone than the host has now is forgotten.
        return host._replace(pending=False, verified=0)
    return host._replace(kept=kept)


def parse_credentials(item: Item) -> Credentials:
    """Return what opens the host of an item; an empty credential would be everybody's.

    Raises:
        BadItemError: they cannot be used.
    """
    tokens, secrets = _attribute(item, "tokens", ()), _attribute(item, "secrets", ())
    if "data" not in item:
        return Credentials(tokens, secrets)
    secret = _sample(item, _name(item)).get(_SECRET)
    if not isinstance(secret, str):
        raise BadItemError("its data has no shared secret")
    try:
        secret.encode()
    except UnicodeEncodeError:
        raise BadItemError("the shared secret of its data holds half a character") from None
    return Credentials(tokens, (secret, *secrets) if secret else ())


def parse_kept(item: Item) -> dict[str, Kept]:
    """Return what was set last of a host, by kind, in whatever zone.

    Raises:
        BadItemError: it cannot be read.
    """
    found: dict[str, Kept] = _attribute(item, "state", {})
    return found


def state_zone(item: Item, default: str) -> str:
    """Return the id of the zone that holds what was set."""
    return _attribute(item, "state_zone", "") or default


def kept_attribute(kept: Mapping[str, Kept]) -> Item:
    """Return the attribute value of what is kept of a host."""
    return {"M": {kind: _kept_attribute(each) for kind, each in kept.items()}}


def signed_attribute(signed: tuple[int, frozenset[str]]) -> Item:
    """Return the attribute value of the last signed requests of a host."""
    time, nonces = signed
    return {"M": {"time": {"N": str(time)}, "nonces": {"SS": sorted(nonces)}}}


# ---------------------------------------------------------------- the two formats


def _of_the_sample(item: Item, name: str) -> dict[str, Any]:
    data = _sample(item, name)
    if _TTL not in data:
        raise BadItemError(f"its data has no {_TTL}")
    try:
        ttl = _ttl({"N": str(data[_TTL])})
    except ValueError:
        raise BadItemError(f"{_TTL} of its data {_NO_TTL}") from None
    return {
        "zone_id": _zone_id({"S": data.get(_ZONE, "")}),
        "types": frozenset({str(data.get(_TYPE, "A")).upper()}),
        "ttl": ttl,
    }


def _sample(item: Item, name: str) -> Mapping[str, Any]:
    """Return what the JSON of the AWS blog sample says of a host, perhaps below its name."""
    text = _attribute(item, "data", "")
    try:
        data = json.loads(text)
        data = data.get(f"{name}.") or data.get(name) or data
    except _BROKEN:
        data = None
    if not isinstance(data, dict):
        raise BadItemError("its data is no JSON object")
    return data


def _name(item: Item) -> str:
    try:
        return record_name(item[KEY]["S"])
    except InvalidNameError:
        raise BadItemError("its key is no host name: delete it in DynamoDB") from None


# ---------------------------------------------------------------- values


def _attribute(item: Item, name: str, default: Any = None) -> Any:  # noqa: ANN401 - whatever it is
    """Return the value of an attribute, or the default where it is missing."""
    if name not in item:
        return default
    parse, complaint = _ATTRIBUTES[name]
    try:
        return parse(item[name])
    except _BROKEN:
        raise BadItemError(f"{name} {complaint}") from None


def _flag(value: Item) -> bool:
    return bool(value["BOOL"])


def _texts(value: Item) -> tuple[str, ...]:
    return tuple(each["S"] for each in value["L"] if each["S"])


def _text(value: Item) -> str:
    return str(value["S"])


def _whole(value: Item) -> int:
    return int(value["N"])


def _set(value: Item) -> frozenset[str]:
    return frozenset(value["SS"])


def _policy(value: Item) -> AddressPolicy | None:
    return AddressPolicy(value["S"])


def _ipv6(value: Item) -> IPv6Address:
    return IPv6Address(_text(value))


def _zone_id(value: Item) -> str:
    return _text(value).rpartition("/")[2]


def _ttl(value: Item) -> int:
    ttl = _whole(value)
    if not 0 <= ttl <= MAX_TTL:
        raise ValueError(ttl)
    return ttl


def _prefix_length(value: Item) -> int:
    length = _whole(value)
    if not SHORTEST_PREFIX <= length <= LONGEST_PREFIX:
        raise ValueError(length)
    return length


def _signed(value: Item) -> tuple[int, frozenset[str]]:
    signed = value["M"]
    return (_whole(signed["time"]), _set(signed["nonces"])) if signed else _NEVER


def _state(value: Item) -> dict[str, Kept]:
    return {kind: _kept(each["M"]) for kind, each in value["M"].items()}


def _kept(item: Item) -> Kept:
    unverified = item.get("unverified", {"BOOL": False})["BOOL"]
    return Kept(_text(item["value"]), _whole(item["ttl"]), _whole(item["stamp"]), unverified)


def _kept_attribute(kept: Kept) -> Item:
    item: dict[str, Item] = {
        "value": {"S": kept.value},
        "ttl": {"N": str(kept.ttl)},
        "stamp": {"N": str(kept.stamp)},
    }
    if kept.unverified:
        item["unverified"] = {"BOOL": True}
    return {"M": item}


# ---------------------------------------------------------------- attributes

_NO_BOOLEAN = "is no boolean"
_NO_TEXT = "is no text"
_NO_TEXTS = "is no list of texts"
_NO_WHOLE = "is no whole number"
_NO_SET = "is no set of texts"
_NO_LENGTH = f"is no whole number from {SHORTEST_PREFIX} to {LONGEST_PREFIX}"
_NO_POLICY = f"is none of {', '.join(each.value for each in AddressPolicy)}"
_NOT_OURS = "is not as the function writes it"

# How each attribute is read, and what is said of one that cannot be.
_ATTRIBUTES: Mapping[str, tuple[Callable[[Item], Any], str]] = {
    "address_policy": (_policy, _NO_POLICY),
    "adopt": (_flag, _NO_BOOLEAN),
    "asked": (_whole, _NO_WHOLE),
    "behind": (_text, _NO_TEXT),
    "data": (_text, _NO_TEXT),
    "disabled": (_flag, _NO_BOOLEAN),
    "members": (_set, _NO_SET),
    "ordered": (_whole, _NO_WHOLE),
    "pending": (_flag, _NO_BOOLEAN),
    "prefix_length": (_prefix_length, _NO_LENGTH),
    "revision": (_whole, _NO_WHOLE),
    "secrets": (_texts, _NO_TEXTS),
    "signed": (_signed, _NOT_OURS),
    "state": (_state, _NOT_OURS),
    "state_zone": (_zone_id, _NO_TEXT),
    "suffix": (_ipv6, "is no IPv6 address"),
    "tokens": (_texts, _NO_TEXTS),
    "ttl": (_ttl, _NO_TTL),
    "types": (_set, _NO_SET),
    "verified": (_whole, _NO_WHOLE),
    "wildcard": (_flag, _NO_BOOLEAN),
    "zone_id": (_zone_id, _NO_TEXT),
}
# The AWS blog sample keeps these in its JSON, or knows nothing of them.
_OF_OURS = {"behind", "members", "prefix_length", "suffix", "ttl", "types", "zone_id"}
_FIELDS = _ATTRIBUTES.keys() - {"data", "secrets", "state", "state_zone", "tokens"}
