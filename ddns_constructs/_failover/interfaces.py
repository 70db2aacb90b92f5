"""Checks of the interface that moves as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import aws_ec2 as ec2

from ddns_constructs._failover import references

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._failover.node import Node


class Interface(NamedTuple):
    """The interface that moves."""

    id: str
    address: str
    """Its primary private address, "" where the app does not know it."""


def check_interface(
    interface: object, vpc: ec2.IVpc, nodes: Sequence[Node], problems: Problems
) -> Interface:
    """Return the interface; note what is none, and nodes that it cannot be attached to."""
    for node in nodes:
        if not node.is_instance:
            problems.add(
                f"'nodes' must be instances, and node '{node.name}' is an interface: an interface "
                "is attached to an instance, use Node.instance(...)"
            )
    reference = getattr(interface, "network_interface_ref", None)
    if reference is None:
        problems.add(
            f"'interface' must be a network interface, got {interface!r}: use "
            "CfnNetworkInterface(...) or "
            "CfnNetworkInterface.from_network_interface_id(self, 'Service', 'eni-...')"
        )
        return Interface("", "")
    found = str(reference.network_interface_id)
    defined = references.target_of(found, ec2.CfnNetworkInterface)
    if defined is None:
        return Interface(found, "")
    _check_place(defined.subnet_id, vpc, nodes, problems)
    return Interface(found, defined.attr_primary_private_ip_address)


def _check_place(subnet_id: str, vpc: ec2.IVpc, nodes: Sequence[Node], problems: Problems) -> None:
    own = references.vpc_key(getattr(vpc, "vpc_id", None))
    if references.differ(references.vpc_of_subnet(subnet_id), own):
        problems.add("'interface' must be in 'vpc', got one in another VPC")
    zone = references.zone_of_subnet(subnet_id)
    for node in nodes:
        other = references.zone_of_subnet(node.subnet_id)
        if zone is not None and other is not None and zone != other:
            problems.add(
                f"'nodes' must be in the zone of 'interface', and node '{node.name}' is in another "
                "one: an interface does not leave its zone, use OverlayIpFailover"
            )
