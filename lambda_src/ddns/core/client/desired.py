"""From a request to what is wanted of each host: the rules of ClientDdns."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network
from typing import NamedTuple

from ddns.core.client.addresses import (
    AddressPolicy,
    objection,
    prefix_objection,
    prefix_of,
    with_suffix,
)
from ddns.core.client.hosts import PREFIX, Host, types_of
from ddns.core.client.requests import ADDRESSES, Outcome, Result, UpdateRequest
from ddns.core.names import is_below, matches
from ddns.core.records import ListedZone

NOT_WRITABLE = "its zone or its name is not one that this service writes"


class ClientRules(NamedTuple):
    """What ClientDdns was asked for; see the construct's arguments for their meaning.

    Attributes:
        zones: the hosted zones that may be written to.
        names: patterns of the names that hosts may have; empty for all below the zones' apexes.
        types: the record types that hosts may have.
        policy: the address policy of hosts that have none.
        offline: whether clients may remove their record sets.
        endpoint: names of the endpoint itself, if it has names of its own.
    """

    zones: tuple[ListedZone, ...]
    names: tuple[str, ...]
    types: frozenset[str]
    policy: AddressPolicy
    offline: bool
    endpoint: frozenset[str] = frozenset()


class Desired(NamedTuple):
    """What a client wants of a host.

    Attributes:
        values: by kind (``A``, ``AAAA``, ``TXT``, ``PREFIX``); a kind that is missing is kept.
        stamp: when the request arrived, in milliseconds of the epoch.
        remove: the types of the address record sets that are to go instead.
        note: why a part of what was asked for is left out, for the client.
    """

    values: Mapping[str, str]
    stamp: int
    remove: frozenset[str] = frozenset()
    note: str = ""


AS_IT_IS = Desired({}, 0)
"""Nothing new: what the table says."""


def desired_state(host: Host, request: UpdateRequest, rules: ClientRules) -> Desired | Outcome:
    """Return what a request wants of a host that accepts its credential, or why it may not."""
    has = frozenset(kind for kind, kept in host.kept.items() if kept.value)
    remove = request.remove if request.remove == ADDRESSES else request.remove & has
    if not writable(host, rules):
        return Outcome(Result.NO_HOST, NOT_WRITABLE)
    if remove and not rules.offline:
        return Outcome(Result.FORBIDDEN, "removal is off")
    stated, reasons = _stated(host, request, rules)
    types = types_of(host, rules.types)
    values = {kind: value for kind, value in stated.items() if kind in types}
    if request.txt is not None and "TXT" not in types:
        reasons.append(_without("TXT", rules))
    if stated and not values:
        reasons += [_without(kind, rules) for kind in sorted(stated)]
    reason = next(filter(None, reasons), "")
    if reason:
        return Outcome(Result.FORBIDDEN, reason)
    prefix = prefix_stated(host, request)
    if prefix:
        values[PREFIX] = str(prefix)
    return Desired(values, request.stamp, remove)


def _stated(
    host: Host, request: UpdateRequest, rules: ClientRules
) -> tuple[dict[str, str], list[str]]:
    """Return the values that a request states for a host, and objections, empty ones included."""
    types, policy = types_of(host, rules.types), host.policy or rules.policy
    stated = {k: each for k, each in request.addresses.items() if k not in request.remove}
    values: dict[str, str] = {}
    reasons = []
    if request.prefix:
        reasons.append(prefix_objection(request.prefix, policy, request.source))
        if host.suffix and "AAAA" not in request.remove:
            own = with_suffix(request.prefix, host.suffix)
            reasons.append(objection(own, _derived(policy), request.source))
            stated.pop("AAAA", None)
            values["AAAA"] = str(own)
    for kind, address in stated.items():
        if kind in types or (kind == "AAAA" and host.members):
            reasons.append(objection(address, policy, request.source))
        values[kind] = str(address)
    if request.txt is not None:
        values["TXT"] = request.txt
    return values, reasons


def desired_behind(
    member: Host, host: Host, request: UpdateRequest, rules: ClientRules
) -> Desired | None:
    """Return what a request for a host wants of one behind it; None where that does not follow."""
    prefix = prefix_stated(host, request)
    if member.disabled or member.behind != host.name or not (member.suffix and prefix):
        return None
    if "AAAA" not in types_of(member, rules.types) or not writable(member, rules):
        return None
    address = with_suffix(prefix, member.suffix)
    if objection(address, _derived(host.policy or rules.policy), request.source):
        return None
    return Desired({"AAAA": str(address)}, request.stamp)


def prefix_stated(host: Host, request: UpdateRequest) -> IPv6Network | None:
    """Return the prefix of the hosts behind a host, None where it has none or states none."""
    if not host.members:
        return None
    if request.prefix:
        return request.prefix
    address = None if "AAAA" in request.remove else request.addresses.get("AAAA")
    return prefix_of(address, host.prefix_length) if isinstance(address, IPv6Address) else None


def writable(host: Host, rules: ClientRules) -> bool:
    """Tell whether a host's name may be written, as IAM will say too."""
    name = host.name
    around = [zone for zone in rules.zones if name == zone.name or is_below(name, zone.name)]
    longest = max((len(zone.name) for zone in around), default=0)
    if host.zone_id not in [zone.id for zone in around if len(zone.name) == longest]:
        return False
    if not rules.names:
        return longest < len(name)
    return any(matches(name, pattern) for pattern in rules.names)


def _without(kind: str, rules: ClientRules) -> str:
    """Return why there is no record set of a type."""
    if kind in rules.types:
        return f"the host has no {kind} record"
    return f"this service writes no {kind} records"


def _derived(policy: AddressPolicy) -> AddressPolicy:
    """Return the policy for an address in a prefix that the source was seen to have."""
    return AddressPolicy.PUBLIC if policy is AddressPolicy.SOURCE else policy
