"""Checks of the address that moves: aware of tokens, every problem noted."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from ddns_constructs._failover import references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs._common.arguments import Problems

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The first four addresses of a subnet and its last one are AWS's own: VPC guide, "Subnet sizing".
_RESERVED_FIRST = 4
# What CDK says of a VPC, and of each subnet, until `Vpc.from_lookup` has looked it up: an app that
# is refused then is never looked up.
_NOT_LOOKED_UP = "1.2.3.4/5"
_TO_DEVICES = ("is_loopback", "is_link_local", "is_multicast", "is_unspecified")


def check_address(address: object, example: str, problems: Problems) -> Address | None:
    """Return an address that can move; note what is none."""
    if Token.is_unresolved(address):
        problems.add("'address' must be known at synthesis, got a token: write the address out")
        return None
    try:
        found = ipaddress.ip_address(address if isinstance(address, str) else "")
    except ValueError:
        problems.add(
            f"'address' must be an IPv4 or IPv6 address, got {address!r}: write e.g. '{example}'"
        )
        return None
    if found.version == 6 and found.scope_id is not None:  # noqa: PLR2004 - IPv6
        problems.add(f"'address' must have no scope, got '{address}': leave '%' and what follows")
        return None
    if is_no_host(found):
        problems.add(
            f"'address' must be one that is routed, got '{address}', which is loopback, "
            f"link-local, multicast or nothing: write e.g. '{example}'"
        )
        return None
    return found


def is_no_host(address: Address) -> bool:
    """Tell whether an address is loopback, link-local, multicast or nothing."""
    return any(getattr(address, each) for each in _TO_DEVICES)


def check_outside(address: Address | None, vpc: ec2.IVpc, problems: Problems) -> None:
    """Note an address that lies within the VPC, where the VPC's own routes win over any other."""
    if address is None:
        return
    for block in blocks_of(vpc):
        if address in block:
            problems.add(
                f"'address' must lie outside of the VPC's range {block}, got '{address}': within "
                "it only the VPC's local route counts; take one that nobody has, such as "
                "'192.168.100.10', or use ServiceIpFailover"
            )


def check_inside(address: Address | None, subnet: ec2.ISubnet, problems: Problems) -> None:
    """Note an address that the subnet does not have, or that AWS keeps for itself."""
    block = block_of(subnet)
    if address is None or block is None or address.version != block.version:
        return
    if address not in block:
        problems.add(
            f"'address' must lie within the subnet's range {block}, got '{address}': take one of "
            "it that nobody has, or use OverlayIpFailover, whose address moves between subnets"
        )
        return
    position = int(address) - int(block.network_address)
    if position < _RESERVED_FIRST or address == block.broadcast_address:
        problems.add(
            f"'address' must be none of the first four addresses or the last one of {block}, got "
            f"'{address}': AWS keeps these in every subnet"
        )


def block_of(subnet: ec2.ISubnet) -> Network | None:
    """Return the range of a subnet, None where it is not known."""
    try:
        return _network(subnet.ipv4_cidr_block)
    except RuntimeError:  # how CDK's own errors reach Python: an imported subnet may not know it
        return None


def blocks_of(vpc: ec2.IVpc) -> Iterator[Network]:
    """Yield the ranges of a VPC that are known."""
    for text in _texts(vpc):
        block = _network(text)
        if block is not None:
            yield block


def _texts(vpc: ec2.IVpc) -> Iterator[object]:
    defined = references.target_of(getattr(vpc, "vpc_id", None), ec2.CfnVPC)
    if defined is not None:
        yield defined.cidr_block
        for each in vpc.node.find_all():
            if isinstance(each, ec2.CfnVPCCidrBlock):
                yield each.cidr_block
                yield each.ipv6_cidr_block
        return
    try:
        yield getattr(vpc, "vpc_cidr_block", None)
    except RuntimeError:  # how CDK's own errors reach Python: an imported VPC may not know it
        return


def _network(text: object) -> Network | None:
    if not isinstance(text, str) or Token.is_unresolved(text) or text == _NOT_LOOKED_UP:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
