"""Hosts of ClientDdns: who may update a name, how, and what was set last."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.client.addresses import AddressPolicy
from ddns.core.names import is_below

WILDCARD = "*."
CHALLENGE = "_acme-challenge."
"""Where a TXT record is written: RFC 8555 section 8.4 looks for it there."""

KINDS = ("A", "AAAA", "*.A", "*.AAAA", "TXT")
"""The record sets of a host: a type, behind ``*.`` for the wildcard below the host."""

PREFIX = "PREFIX"
"""Key of the delegated prefix among what is kept of a host; no record set of its own."""


class Kept(NamedTuple):
    """What was set last.

    Attributes:
        value: an address or text; empty after it was removed.
        ttl: TTL in seconds that it was written with.
        stamp: when the request arrived (milliseconds of the epoch): the latest wins.
        unverified: whether the zone may hold somebody else's there: it is looked at before it
            is written.
    """

    value: str
    ttl: int
    stamp: int
    unverified: bool = False


class Host(NamedTuple):
    """The item of one host.

    Attributes:
        key: the partition key as it is stored; items of the AWS blog sample may end with a dot.
        name: the canonical name.
        zone_id: the hosted zone of the record sets.
        ttl: their TTL in seconds, None for the default.
        types: the record types that it may have, None for the service's but TXT.
        tokens: SHA-256 (hex) of its live tokens, two at most.
        secrets: its live shared secrets, two at most.
        policy: which addresses it may have, None for the default.
        disabled: whether every request for it is refused.
        adopt: whether record sets that others made may be taken over whatever they are.
        wildcard: whether every name below it follows too.
        behind: the host whose client states the prefix of this one.
        suffix: the bits of its IPv6 address behind that prefix.
        members: on that client's host, the hosts behind it.
        prefix_length: bits of the prefix that members share with an address of this host.
        kept: what was set last, by kind.
        revision: how often the state was written.
        pending: whether what is kept still has to be written into the zone.
        verified: when the zone was last seen to hold it (milliseconds of the epoch).
        signed: the time (seconds of the epoch) of the last signed request, and its nonces.
        asked: when Route 53 was last asked about it (milliseconds of the epoch).
        ordered: the number of an order that certainly waits in the queue for what is pending, 0
            where none is known.
    """

    key: str
    name: str
    zone_id: str
    ttl: int | None = None
    types: frozenset[str] | None = None
    tokens: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    policy: AddressPolicy | None = None
    disabled: bool = False
    adopt: bool = False
    wildcard: bool = False
    behind: str = ""
    suffix: IPv6Address | None = None
    members: frozenset[str] = frozenset()
    prefix_length: int = 64
    kept: Mapping[str, Kept] = MappingProxyType({})
    revision: int = 0
    pending: bool = False
    verified: int = 0
    signed: tuple[int, frozenset[str]] = (0, frozenset())
    asked: int = 0
    ordered: int = 0


class HostState(NamedTuple):
    """What to keep of a host; see `Host`."""

    kept: Mapping[str, Kept]
    pending: bool
    verified: int
    signed: tuple[int, frozenset[str]]
    asked: int
    ordered: int


def types_of(
    host: Host, types: frozenset[str], endpoint: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the record types of a host, of those that the service writes.

    TXT is only for hosts whose item says so: with it a client can get certificates.
    A wildcard has no TXT: its challenge would be the one of the name without ``*.``, and prove that
    name to a certificate authority, too. Nor has a host with the endpoint below it: a CA takes the
    proof of a name for all below it (Baseline Requirements 3.2.2.4.7).
    """
    types = types - {"TXT"} if host.types is None else types & host.types
    without = host.name.startswith(WILDCARD) or any(is_below(each, host.name) for each in endpoint)
    return types - {"TXT"} if without else types


def addresses(kept: Mapping[str, Kept]) -> tuple[str, ...]:
    """Return the addresses that a host has, IPv4 first."""
    return tuple(kept[kind].value for kind in ("A", "AAAA") if kind in kept and kept[kind].value)
