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

    @property
    def families(self) -> frozenset[str]:
        """The types of the addresses that the client states and the host may have."""
        return ADDRESSES & self.values.keys()


AS_IT_IS = Desired({}, 0)
"""Nothing new: what the table says."""


def desired_state(host: Host, request: UpdateRequest, rules: ClientRules) -> Desired | Outcome:
    """Return what a request wants of a host that accepts its credential, or why it may not.

    What may not be is left out, and a note says so, where something else of it may be.
    """
    has = frozenset(kind for kind, kept in host.kept.items() if kept.value)
    remove = request.remove if request.remove == ADDRESSES else request.remove & has
    if not writable(host, rules):
        return Outcome(Result.NO_HOST, NOT_WRITABLE)
    if remove and not rules.offline:
        return Outcome(Result.FORBIDDEN, "removal is off")
    no_challenge = _no_challenge(host, rules) if request.txt is not None else ""
    if no_challenge:
        return Outcome(Result.FORBIDDEN, no_challenge)
    values, refused = _stated(host, request, rules)
    types = types_of(host, rules.types)
    missing = sorted(values.keys() & ADDRESSES - types)
    addresses = values.keys() & ADDRESSES & types
    if missing and not addresses:
        refused += [LeftOut(values[kind], _without(kind, rules)) for kind in missing]
    if refused and not addresses and (missing or PREFIX not in values):
        return Outcome(Result.FORBIDDEN, refused[0].reason)
    wanted = {kind: value for kind, value in values.items() if kind not in missing}
    if request.txt is not None:
        wanted["TXT"] = request.txt
    return Desired(wanted, request.stamp, remove, "; ".join(map(str, refused)))


class LeftOut(NamedTuple):
    """An address or prefix that a host may not have, and why."""

    value: str
    reason: str

    def __str__(self) -> str:
        """Return it as a sentence."""
        return f"{self.value} is left out: {self.reason}"


def _stated(
    host: Host, request: UpdateRequest, rules: ClientRules
) -> tuple[dict[str, str], list[LeftOut]]:
    """Return the addresses and the prefix that a host is to have, and what it may not have.

    Families that it has no record of matter only where the hosts behind it follow from them.
    """
    types, policy = types_of(host, rules.types), host.policy or rules.policy
    stated = {k: each for k, each in request.addresses.items() if k not in request.remove}
    values: dict[str, str] = {}
    refused: list[LeftOut] = []
    prefix = _prefix(host, request, rules)
    if request.prefix and isinstance(prefix, str):
        refused.append(LeftOut(str(request.prefix), prefix))
    if request.prefix and host.suffix and "AAAA" not in request.remove:
        stated.pop("AAAA", None)
        own = with_suffix(request.prefix, host.suffix)
        reason = objection(own, _derived(policy), request.source)
        if reason:
            refused.append(LeftOut(str(own), reason))
        elif not isinstance(prefix, str):
            values["AAAA"] = str(own)
    for kind, address in stated.items():
        matters = kind in types or (kind == "AAAA" and host.members)
        reason = objection(address, policy, request.source) if matters else ""
        if reason:
            refused.append(LeftOut(str(address), reason))
        else:
            values[kind] = str(address)
    if host.members and isinstance(prefix, IPv6Network):
        values[PREFIX] = str(prefix)
    return values, refused


def _no_challenge(host: Host, rules: ClientRules) -> str:
    """Return why a host may not have the TXT record of a challenge, empty where it may."""
    if any(is_below(name, host.name) for name in rules.endpoint):
        return "with it a certificate could be had for this endpoint"
    return "" if "TXT" in types_of(host, rules.types) else _without("TXT", rules)


def desired_behind(
    member: Host, host: Host, request: UpdateRequest, rules: ClientRules
) -> Desired | None:
    """Return what a request for a host wants of one behind it; None where that does not follow."""
    prefix = _prefix(host, request, rules)
    if member.disabled or member.behind != host.name or not member.suffix:
        return None
    if not isinstance(prefix, IPv6Network):
        return None
    if "AAAA" not in types_of(member, rules.types) or not writable(member, rules):
        return None
    address = with_suffix(prefix, member.suffix)
    if objection(address, _derived(host.policy or rules.policy), request.source):
        return None
    return Desired({"AAAA": str(address)}, request.stamp)


def _prefix(host: Host, request: UpdateRequest, rules: ClientRules) -> IPv6Network | str | None:
    """Return the prefix of a host and of those behind it, or why it may not be.

    None where none is stated; of an address it follows for the hosts behind one only.
    """
    policy = host.policy or rules.policy
    if request.prefix:
        if not (host.members or host.suffix):
            return "it has no suffix, and no host is behind it"
        reason = prefix_objection(request.prefix, policy, request.source)
        if not reason and host.members:
            # One address stands for all: what is not public is so as a whole.
            one = request.prefix[1]
            why = objection(one, _derived(policy), request.source)
            reason = why and f"no host behind it may have an address in that prefix: {why}"
        return reason or request.prefix
    address = None if "AAAA" in request.remove else request.addresses.get("AAAA")
    if not (host.members and isinstance(address, IPv6Address)):
        return None
    return objection(address, policy, request.source) or prefix_of(address, host.prefix_length)


def writable(host: Host, rules: ClientRules) -> bool:
    """Tell whether a host's name may be written, as IAM will say too; the endpoint's may not."""
    name = host.name
    if name in rules.endpoint:
        return False
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
        return f"{kind} is none of the host's types"
    return f"this service writes no {kind} records"


def _derived(policy: AddressPolicy) -> AddressPolicy:
    """Return the policy for an address in a prefix that the source was seen to have."""
    return AddressPolicy.PUBLIC if policy is AddressPolicy.SOURCE else policy
