"""What a name server answers from hosted zones: a pure function.

| the question's name | type there | answer |
|---|---|---|
| in no zone that the view sees | | REFUSED |
| owns the type asked for | | its records |
| owns a CNAME | not asked for | the CNAME, then the same question at its target |
| exists, or has names below it | another | no data: NOERROR with the zone's SOA |
| does not exist, but `*` at its closest existing ancestor does | | the same rows for the wildcard |
| does not exist | | NXDOMAIN with the zone's SOA |

The zone is the one with the longest matching name. The private view is that of a resolver in a VPC:
of two zones of one name the private one answers, alone. The public view sees public zones only. The
SOA carries the time for which the absence may be remembered: the lesser of its TTL and its minimum
(RFC 2308). A chain of CNAMEs that ends outside the zones is answered as far as it goes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddns_constructs.local.dns.zones import Zone

    _Types = Mapping[dns.rdatatype.RdataType, dns.rrset.RRset]

__all__ = ["Answer", "View", "answer"]

_LONGEST_CHAIN = 16
_WILDCARD = b"*"


class View(enum.Enum):
    """Who is asking."""

    PRIVATE = "private"
    """A machine in a VPC with which every private zone is associated."""
    PUBLIC = "public"
    """Anybody on the internet."""


@dataclass(slots=True)
class Answer:
    """A response's code and sections."""

    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    records: list[dns.rrset.RRset] = field(default_factory=list)
    authority: list[dns.rrset.RRset] = field(default_factory=list)


def answer(
    zones: Iterable[Zone], view: View, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> Answer:
    """Answer one question.

    Args:
        zones: Every hosted zone.
        view: Which of them the asker sees.
        name: The name asked for; its spelling returns in the answer.
        rdtype: The type asked for, or ANY.
    """
    seen = _visible(zones, view)
    reply = Answer()
    owner = name
    visited: set[dns.name.Name] = set()
    while len(visited) < _LONGEST_CHAIN and owner.canonicalize() not in visited:
        visited.add(owner.canonicalize())
        zone = _closest(seen, owner)
        if zone is None:
            if not reply.records:
                reply.rcode = dns.rcode.REFUSED
            return reply
        types = _types_at(zone, owner)
        if not types:
            if types is None:
                reply.rcode = dns.rcode.NXDOMAIN
            reply.authority = [*_soa(zone)]
            return reply
        alias = types.get(dns.rdatatype.CNAME)
        if alias is None or rdtype in {dns.rdatatype.CNAME, dns.rdatatype.ANY}:
            found = [_at(owner, rrset) for rrset in _asked(types, rdtype)]
            reply.records += found
            reply.authority = [] if found else [*_soa(zone)]
            return reply
        reply.records.append(_at(owner, alias))
        owner = alias[0].target
    return reply


def _visible(zones: Iterable[Zone], view: View) -> Mapping[dns.name.Name, Zone]:
    seen: dict[dns.name.Name, Zone] = {}
    for zone in zones:
        if zone.private and view is View.PUBLIC:
            continue
        if zone.private or zone.origin not in seen:
            seen[zone.origin] = zone
    return seen


def _closest(zones: Mapping[dns.name.Name, Zone], name: dns.name.Name) -> Zone | None:
    wanted = name.canonicalize()
    while True:
        if wanted in zones:
            return zones[wanted]
        if wanted == dns.name.root:
            return None
        wanted = wanted.parent()


def _types_at(zone: Zone, owner: dns.name.Name) -> _Types | None:
    """Return what `owner` owns, nothing if it only has names below it, None if it is absent."""
    name = owner.canonicalize()
    existing = {ancestor for known in zone.record_sets for ancestor in _ancestors(known, zone)}
    if name in existing:
        return zone.record_sets.get(name, {})
    while name not in existing and name != zone.origin:
        name = name.parent()
    # RFC 4592: only the wildcard right below the closest name that exists.
    try:
        wildcard = dns.name.Name((_WILDCARD, *name.labels))
    except dns.name.NameTooLong:
        return None
    return zone.record_sets.get(wildcard)


def _ancestors(name: dns.name.Name, zone: Zone) -> Iterator[dns.name.Name]:
    while name not in {zone.origin, dns.name.root}:
        yield name
        name = name.parent()
    yield zone.origin


def _asked(types: _Types, rdtype: dns.rdatatype.RdataType) -> Iterable[dns.rrset.RRset]:
    if rdtype == dns.rdatatype.ANY:
        return types.values()
    return [types[rdtype]] if rdtype in types else []


def _at(owner: dns.name.Name, rrset: dns.rrset.RRset) -> dns.rrset.RRset:
    return dns.rrset.from_rdata_list(owner, rrset.ttl, list(rrset))


def _soa(zone: Zone) -> Iterator[dns.rrset.RRset]:
    soa = zone.record_sets.get(zone.origin, {}).get(dns.rdatatype.SOA)
    if soa is not None:
        yield dns.rrset.from_rdata_list(zone.origin, min(soa.ttl, soa[0].minimum), list(soa))
