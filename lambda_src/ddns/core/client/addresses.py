"""Addresses as clients state them, and which of them a host may have."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Interface, IPv6Network, ip_address

from ddns.core.errors import BadRequestError
from ddns.core.names import Address

Network = IPv4Network | IPv6Network

# A shorter prefix is no customer's: RFC 6177 speaks of /48 to /64, registries allocate /32.
SHORTEST_PREFIX = 32
LONGEST_PREFIX = 127
# RFC 6177: a site gets a /48 at most.
_SITE_PREFIX = 48
# Site-local (RFC 3879) and documentation (RFC 9637), which not every Python knows to be so.
_NOT_PUBLIC = (IPv6Network("fec0::/10"), IPv6Network("3fff::/20"))


class AddressPolicy(Enum):
    """Which addresses a host may have."""

    SOURCE = "source"
    """The address that the request came from, if it is global."""

    PUBLIC = "public"
    """Any global address that the client states."""

    ANY = "any"
    """Any unicast address that the client states, private and loopback ones included."""


def kind(address: Address) -> str:
    """Return the type of the record set that holds an address."""
    return "A" if isinstance(address, IPv4Address) else "AAAA"


# A client states the address that it comes from, and the same one at each poll.
@lru_cache(maxsize=256)
def parse_address(text: str) -> Address:
    """Return an address; ``/24`` and the like behind it is dropped, as some routers send it.

    An IPv4-mapped IPv6 address is the IPv4 address.

    Raises:
        BadRequestError: it is no address, or has a scope such as ``%eth0``.
    """
    try:
        address = ip_address(text.strip().partition("/")[0])
    except ValueError:
        raise BadRequestError("an address cannot be read") from None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            raise BadRequestError("an address must have no scope")
        return address.ipv4_mapped or address
    return address


def as_prefix(text: str) -> IPv6Network | None:
    """Return the prefix that is stated as an address: with a length, and without host bits.

    None where it is an address. ``2001:db8:1:2::/64`` taken for an address would be that of nobody.

    Raises:
        BadRequestError: its length cannot be read, or is none of a delegated prefix.
    """
    if "/" not in text or ":" not in text:
        return None
    try:
        stated = IPv6Interface(text.strip())
    except ValueError:
        raise BadRequestError("an address or its length cannot be read") from None
    network = stated.network
    if stated.ip != network.network_address or network.prefixlen > LONGEST_PREFIX:
        return None
    return parse_prefix(text)


def parse_prefix(text: str) -> IPv6Network:
    """Return a delegated prefix such as ``2001:db8:1:2::/64``; host bits are dropped.

    Raises:
        BadRequestError: it is no IPv6 prefix of 32 to 127 bits.
    """
    try:
        prefix = IPv6Network(text.strip(), strict=False)
    except ValueError:
        raise BadRequestError("the prefix cannot be read") from None
    if not SHORTEST_PREFIX <= prefix.prefixlen <= LONGEST_PREFIX:
        raise BadRequestError(f"the prefix must have {SHORTEST_PREFIX} to {LONGEST_PREFIX} bits")
    return prefix


def prefix_of(address: IPv6Address, length: int) -> IPv6Network:
    """Return the prefix of some length that an address is in."""
    return IPv6Network((int(address), length), strict=False)


def with_suffix(prefix: IPv6Network, suffix: IPv6Address) -> IPv6Address:
    """Return the address in a prefix whose other bits are the suffix's."""
    return IPv6Address(int(prefix.network_address) | int(suffix) & int(prefix.hostmask))


def objection(address: Address, policy: AddressPolicy, source: Address) -> str:
    """Return why a host may not have an address, empty where it may.

    Args:
        address: the address that is asked for.
        policy: the host's policy.
        source: where the request came from.
    """
    odd = address.is_multicast or address.is_unspecified or address.is_link_local
    if odd or (address.is_reserved and not address.is_loopback):
        return "it is not a unicast address that a name can have"
    if policy is AddressPolicy.ANY:
        return ""
    if not _public(address):
        return "it is not a public address"
    if policy is AddressPolicy.SOURCE and address != source:
        return "it is not the address that the request came from"
    return ""


def _public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if any(address in each for each in _NOT_PUBLIC):
            return False
        # Of 6to4 the address inside counts (RFC 3964 section 4.2), whatever Python says of it.
        if address.sixtofour is not None:
            return _public(address.sixtofour)
    return address.is_global and not address.is_multicast


def prefix_objection(prefix: IPv6Network, policy: AddressPolicy, source: Address) -> str:
    """Return why a client may not say that it has a prefix, empty where it may."""
    if policy is AddressPolicy.SOURCE:
        if source not in prefix:
            return "the request did not come from that prefix"
        if prefix.prefixlen < _SITE_PREFIX:
            return f"a prefix of less than {_SITE_PREFIX} bits is not one site's"
    return ""
