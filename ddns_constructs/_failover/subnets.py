"""Checks of the subnet that an address stays in, and of the Elastic IP address that goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2

from ddns_constructs._failover import references

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._failover.addresses import Address
    from ddns_constructs._failover.node import Node


def check_subnet(vpc: ec2.IVpc, subnet: object, problems: Problems) -> str:
    """Return the id of a subnet of the VPC, "" where it is none; note that."""
    subnet_id = getattr(subnet, "subnet_id", None)
    if not isinstance(subnet_id, str):
        problems.add(
            f"'subnet' must be a subnet, got {subnet!r}: write e.g. subnet=vpc.private_subnets[0]"
        )
        return ""
    own = references.vpc_key(getattr(vpc, "vpc_id", None))
    if references.differ(references.vpc_of_subnet(subnet_id), own):
        problems.add(
            "'subnet' must be of 'vpc', got one of another VPC: write e.g. "
            "subnet=vpc.private_subnets[0]"
        )
    return subnet_id


def check_nodes_in(subnet_id: str, nodes: Sequence[Node], problems: Problems) -> None:
    """Note nodes of another subnet, where the address cannot be assigned."""
    own = references.subnet_key(subnet_id)
    for node in nodes:
        if references.differ(references.subnet_key(node.subnet_id), own):
            problems.add(
                f"'nodes' must be in 'subnet', and node '{node.name}' is in another one: its "
                "address does not leave it, use OverlayIpFailover for nodes of several zones"
            )


def check_elastic_ip(elastic_ip: object, address: Address | None, problems: Problems) -> str | None:
    """Return the allocation of an Elastic IP address, None without one; note what is wrong."""
    if elastic_ip is None:
        return None
    reference = getattr(elastic_ip, "eip_ref", None)
    if reference is None:
        problems.add(
            f"'elastic_ip' must be an Elastic IP address, got {elastic_ip!r}: use "
            "ec2.CfnEIP(self, 'Ip')"
        )
        return None
    if address is not None and address.version != 4:  # noqa: PLR2004 - IPv4
        problems.add("'elastic_ip' goes with an IPv4 address only: omit it")
    if isinstance(elastic_ip, ec2.CfnEIP) and elastic_ip.instance_id is not None:
        problems.add(
            "'elastic_ip' must be associated by nothing else, and has an instance_id, to which "
            "CloudFormation would take it back: define it without"
        )
    return str(reference.allocation_id)
