"""What EC2 says of an instance and its VPC."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import NamedTuple

from ddns.core.names import Address


class Instance(NamedTuple):
    """One EC2 instance as DescribeInstances shows it; None or empty where it has no such thing."""

    id: str
    state: str
    launched: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    availability_zone: str = ""
    private_address: IPv4Address | None = None
    public_address: IPv4Address | None = None
    ipv6_address: IPv6Address | None = None
    private_dns: str = ""
    public_dns: str = ""
    tags: Mapping[str, str] | None = None

    @property
    def running(self) -> bool:
        """Whether it should have records: any other state than running has none."""
        return self.state == "running"

    @property
    def gone(self) -> bool:
        """Whether it never runs again; an instance that EC2 does not show has the state "gone"."""
        return self.state in ("shutting-down", "terminated", "gone")


class Vpc(NamedTuple):
    """What matters of a VPC.

    Attributes:
        id: its id.
        domain_names: the domain names of its DHCP option set, canonical; empty if nobody asked.
        dns_support: whether its resolver answers at all.
        dns_hostnames: whether its instances get DNS host names.
        cidr_blocks: its IPv4 CIDR blocks; empty if nobody asked.
    """

    id: str
    domain_names: tuple[str, ...] = ()
    dns_support: bool = True
    dns_hostnames: bool = True
    cidr_blocks: tuple[IPv4Network, ...] = ()

    def block_of(self, address: Address | None) -> IPv4Network | None:
        """Return the CIDR block that an address lies in, None where that is not known."""
        return next((block for block in self.cidr_blocks if address and address in block), None)


class Subnet(NamedTuple):
    """What matters of a subnet: the CIDR block that names a reverse zone."""

    id: str
    cidr_block: IPv4Network
