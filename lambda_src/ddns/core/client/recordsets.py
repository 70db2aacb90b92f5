"""Where the record sets of a host are, and what a zone holds there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address

from ddns.core.client.hosts import CHALLENGE, WILDCARD, Host, Kept
from ddns.core.errors import InvalidNameError
from ddns.core.names import record_name
from ddns.core.records import NameKey, Observed, RecordSet

Seen = Mapping[NameKey, Observed]
"""What zones hold, by name; a name that was looked at and has nothing is there, and empty."""


def name_at(name: str, kind: str) -> str:
    """Return the name of a record set of a host with some name."""
    if kind == "TXT":
        return CHALLENGE + name
    return WILDCARD + name if kind.startswith(WILDCARD) else name


def name_of(host: Host, kind: str) -> NameKey:
    """Return where a record set of a host is."""
    return NameKey(host.zone_id, name_at(host.name, kind))


def claim_name(host: Host, kind: str) -> NameKey | None:
    """Return where external-dns by default says that a record set is its own, None for nowhere."""
    if kind not in ("A", "AAAA"):
        return None
    try:
        return NameKey(host.zone_id, record_name(f"{kind.lower()}-{host.name}"))
    except InvalidNameError:  # too long, or of a wildcard
        return None


def type_of(kind: str) -> str:
    """Return the record type of a kind."""
    return kind.removeprefix(WILDCARD)


def as_record_set(kind: str, kept: Kept) -> RecordSet:
    """Return the record set of what is kept."""
    value = f'"{kept.value}"' if kind == "TXT" else kept.value
    return RecordSet(kept.ttl, (value,))


def holds(host: Host, kind: str, kept: Kept, stale: Collection[str], seen: Seen) -> bool:
    """Tell whether the zone holds what is to be kept, of an unseen name whether it should."""
    name = name_of(host, kind)
    if name not in seen:
        return kind not in stale
    record_set, wanted = seen[name].get(type_of(kind)), as_record_set(kind, kept)
    if record_set is None or record_set.ttl != wanted.ttl or len(record_set.values) != 1:
        return False
    return _same(record_set.values[0], wanted.values[0])


def _same(one: str, other: str) -> bool:
    """Compare values; an address may be spelled in several ways."""
    try:
        return ip_address(one) == ip_address(other)
    except ValueError:
        return one == other


def obstacle(observed: Observed, claim: Observed, rtype: str, *, adopt: bool) -> str:
    """Return why a record set may not be written at a name, empty where it may.

    Args:
        observed: what is at the name.
        claim: what is where external-dns would say that it is its own.
        rtype: the record type to write.
        adopt: whether what others made may be taken over.
    """
    if "CNAME" in observed:
        return "a CNAME is there"
    if adopt:
        return ""
    if rtype in observed:
        record_set = observed[rtype]
        if record_set is None:
            return "an alias or a routing policy is there"
        if len(record_set.values) > 1:
            return "a record set of several values is there"
    owners = [each for each in (observed.get("TXT"), claim.get("TXT")) if each]
    if rtype != "TXT" and any("heritage=" in value for each in owners for value in each.values):
        return "the record sets there belong to another tool, its TXT record set says"
    return ""
