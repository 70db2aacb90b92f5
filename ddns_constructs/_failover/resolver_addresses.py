"""Addresses of endpoints of the Resolver, and of those who ask them."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.arguments import network_of
from ddns_constructs._failover.addresses import block_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_ec2 as ec2

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._failover.resolver_targets import NameServer

# "Subnet CIDR blocks": the first four addresses of a subnet and its last one are AWS's.
_FIRST_FREE = 4


def check_sources(sources: Sequence[object], versions: set[int], problems: Problems) -> None:
    """Note what are no ranges of other networks."""
    for source in sources:
        if Token.is_unresolved(source):
            continue
        network = network_of(source)
        if isinstance(network, str):
            problems.add(f"'inbound_from' must have ranges of addresses, got {source!r}: {network}")
        elif network.prefixlen == 0:
            problems.add(
                f"'inbound_from' must have the ranges of your networks, got '{source}', which is "
                "everything: state those that have resolvers"
            )
        elif network.version not in versions:
            problems.add(
                f"'inbound_from' must have ranges of the family that 'endpoint_type' says, got "
                f"'{source}': use EndpointType.DUALSTACK for both families"
            )


def check_addresses(
    addresses: Sequence[object],
    versions: set[int],
    subnets: Sequence[ec2.ISubnet],
    problems: Problems,
) -> None:
    """Note addresses that interfaces cannot have: one for each subnet, in their order."""
    if len(versions) > 1:
        problems.add(
            "'inbound_addresses' must be left out with EndpointType.DUALSTACK, where each "
            "interface has an address of both families: AWS chooses them"
        )
        return
    if len(addresses) != len(subnets):
        problems.add(
            f"'inbound_addresses' must have one address for each of the {len(subnets)} subnets, in "
            f"their order, got {len(addresses)}"
        )
        return
    for address, subnet in zip(addresses, subnets, strict=True):
        reason = _address_reason(address, subnet, versions)
        if reason:
            problems.add(f"'inbound_addresses' must have addresses of the subnets, {reason}")


def _address_reason(address: object, subnet: ec2.ISubnet, versions: set[int]) -> str:
    """Return why an interface cannot have an address; nothing where it may."""
    if Token.is_unresolved(address):
        return ""
    try:
        found = ipaddress.ip_address(str(address))
    except ValueError:
        return f"got {address!r}: write one address each"
    if found.version not in versions:
        return f"got '{address}': that is IPv{found.version}, and 'endpoint_type' says otherwise"
    network = block_of(subnet)
    if not isinstance(network, ipaddress.IPv4Network) or not isinstance(
        found, ipaddress.IPv4Address
    ):
        return ""
    return _place_reason(found, network)


def _place_reason(address: ipaddress.IPv4Address, network: ipaddress.IPv4Network) -> str:
    if address not in network:
        return f"got '{address}' for the subnet {network}: choose one within it"
    place = int(address) - int(network.network_address)
    if place < _FIRST_FREE or address == network.broadcast_address:
        return f"got '{address}', which AWS keeps for itself in {network}: choose another"
    return ""


def check_loop(
    addresses: Sequence[str], domains: Mapping[str, Sequence[NameServer]], problems: Problems
) -> None:
    """Note rules that lead to the own inbound endpoint: each query would go round for ever."""
    for domain, servers in domains.items():
        own = [server.address for server in servers if server.address in map(plain, addresses)]
        if own:
            problems.add(
                f"'outbound' leads '{domain}' to the inbound endpoint itself, got "
                f"{', '.join(own)}: name your own name servers"
            )


def plain(value: str) -> str:
    """Return an address, or a range, in its one spelling: in lower case; a token as it is."""
    return value if Token.is_unresolved(value) else value.lower()
