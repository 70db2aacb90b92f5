"""From the options of `ddns host add` and `ddns host set` to the item of a host."""

from __future__ import annotations

import datetime as dt
import ipaddress
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.client.addresses import LONGEST_PREFIX, SHORTEST_PREFIX
from ddns.core.client.items import MAX_TTL
from ddns_constructs.cli.deployment import UNKNOWN, Defaults
from ddns_constructs.cli.errors import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ddns.core.client.addresses import AddressPolicy
    from ddns.core.client.items import Credentials
    from ddns_constructs.cli.hosts.item import HostItem

__all__ = ["Default", "NewHost", "Terms", "changed_values", "item_values"]

_TYPES = ("A", "AAAA", "TXT")
_IPV6_BITS = 128


class Default(str, Enum):
    """What a host may leave to its deployment."""

    TTL = "ttl"
    TYPES = "types"
    ADDRESSES = "addresses"

    @property
    def attribute(self) -> str:
        """Where the item has it."""
        return "address_policy" if self is Default.ADDRESSES else self.value


class Terms(NamedTuple):
    """How a host is kept; None and the empty text stand for what was not said."""

    ttl: int | None
    types: str
    addresses: AddressPolicy | None
    adopt: bool | None
    wildcard: bool | None


class NewHost(NamedTuple):
    """What was asked for; see the options of `ddns host add`."""

    name: str
    zone_id: str
    terms: Terms
    suffix: str
    prefix_length: int | None
    note: str


def item_values(
    new: NewHost,
    credentials: Credentials,
    parent: HostItem | None,
    now: dt.datetime,
    known: Defaults = UNKNOWN,
) -> dict[str, object]:
    """Return the attributes of the item.

    Args:
        new: What was asked for.
        credentials: What is to open the host.
        parent: The host that it is behind.
        now: The time, in UTC.
        known: What is known of the deployment.

    Raises:
        UsageError: Options do not fit together, or a value is none.
    """
    values: dict[str, object] = {
        "hostname": new.name,
        "zone_id": new.zone_id,
        "tokens": list(credentials.tokens),
        "secrets": list(credentials.secrets),
        "created": now.isoformat(timespec="seconds"),
    }
    terms = _values(new.name, new.terms, known)
    values |= {name: value for name, value in terms.items() if value is not False}
    if new.prefix_length is not None:
        if not SHORTEST_PREFIX <= new.prefix_length <= LONGEST_PREFIX:
            raise UsageError(
                f"--prefix-length must be {SHORTEST_PREFIX} to {LONGEST_PREFIX}, "
                f"got {new.prefix_length}"
            )
        values["prefix_length"] = new.prefix_length
    if new.note:
        values["note"] = new.note
    return values | _behind(new.suffix, parent)


def changed_values(
    name: str, terms: Terms, defaults: Collection[Default], known: Defaults = UNKNOWN
) -> tuple[Mapping[str, Any], list[str]]:
    """Return the attributes to set, and those to remove.

    Args:
        name: The host.
        terms: What is to change.
        defaults: What is to be left to the deployment.
        known: What is known of the deployment.

    Raises:
        UsageError: Nothing is to change, options contradict each other, or a value is none.
    """
    values = _values(name, terms, known)
    sets = {each: value for each, value in values.items() if value is not False}
    removes = [each for each, value in values.items() if value is False]
    for default in defaults:
        if default.attribute in sets:
            raise UsageError(f"--{default.value} and --default {default.value} contradict")
        removes.append(default.attribute)
    if not sets and not removes:
        raise UsageError(
            "say what to change: --ttl, --types, --addresses, --adopt, --wildcard, --default"
        )
    return sets, list(dict.fromkeys(removes))


def _values(name: str, terms: Terms, known: Defaults) -> dict[str, Any]:
    """Return the attributes of what was said, checked."""
    values: dict[str, Any] = {}
    if terms.ttl is not None:
        if not 1 <= terms.ttl <= MAX_TTL:
            default = "" if known.ttl is None else f", which is {known.ttl}"
            raise UsageError(
                f"--ttl must be 1 to {MAX_TTL} seconds, got {terms.ttl}: leave it out for that of "
                f"the deployment{default}"
            )
        values["ttl"] = terms.ttl
    if terms.types:
        values["types"] = _types(name, terms.types, known)
    if terms.addresses:
        values["address_policy"] = terms.addresses.value
    if terms.wildcard and name.startswith("*."):
        raise UsageError(f"{name} is a wildcard itself: leave --wildcard out")
    asked = {"adopt": terms.adopt, "wildcard": terms.wildcard}
    return values | {each: value for each, value in asked.items() if value is not None}


def _types(name: str, text: str, known: Defaults) -> set[str]:
    types = set(text.upper().replace(",", " ").split())
    if not types or not types <= set(_TYPES):
        raise UsageError(f"--types must be some of {', '.join(_TYPES)}, got {text!r}")
    if known.types and not types <= set(known.types):
        more = ", ".join(sorted(types - set(known.types)))
        raise UsageError(
            f"this deployment writes {', '.join(known.types)} only: leave {more} out of --types, "
            "or add it to `record_types` of the construct first"
        )
    if "TXT" in types and name.startswith("*."):
        base = name.removeprefix("*.")
        raise UsageError(
            f"{name} gets no TXT record, which would prove {base} to a certificate authority "
            f"too: leave TXT out, or give {base} the option --wildcard instead"
        )
    return types


def _behind(suffix: str, parent: HostItem | None) -> dict[str, object]:
    if parent is None:
        if suffix:
            raise UsageError("--suffix is for a host behind another one: add --behind HOST")
        return {}
    if parent.from_sample or parent.text("behind"):
        why = "behind another host itself"
        if parent.from_sample:
            why = "an item of the AWS blog sample"
        raise CommandError(f"nothing can be behind {parent.name}: it is {why}")
    length = parent.host.prefix_length
    try:
        address = ipaddress.IPv6Address(suffix)
    except ValueError:
        raise UsageError(
            "--behind needs --suffix, the interface's part of its IPv6 address such as "
            f"::211:32ff:fe01:2, got {suffix!r}"
        ) from None
    if not int(address) or int(address) >> (_IPV6_BITS - length):
        raise UsageError(
            f"--suffix must have its bits behind the first {length}, which {parent.name} has, "
            f"such as ::211:32ff:fe01:2, got {suffix!r}"
        )
    return {"behind": parent.name, "suffix": str(address)}
