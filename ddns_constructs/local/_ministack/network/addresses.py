# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Secondary private addresses, IPv4 and IPv6: MiniStack knows none of these actions.

An IPv4 address of another interface moves with `AllowReassignment` alone, and its Elastic IP
address with it; a primary address never moves. An IPv6 address has to be unassigned first. On AWS
a move takes some time; here it is done at once.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from ministack.services import ec2

from ddns_constructs.local._ministack.network.calls import (
    answers,
    canonical,
    flag,
    items,
    members,
    parameter,
    refuse,
    tag,
)
from ddns_constructs.local._ministack.network.interfaces import (
    Interface,
    in_subnet,
    interface,
    interfaces_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs.local._ministack.network.calls import Params

__all__ = ["apply"]


def apply() -> None:
    """Add the actions; let CreateSubnet keep an IPv6 block."""
    answers("AssignPrivateIpAddresses", _assign)
    answers("UnassignPrivateIpAddresses", _unassign)
    answers("AssignIpv6Addresses", _assign_ipv6)
    answers("UnassignIpv6Addresses", _unassign_ipv6)
    _keep_ipv6_blocks()


def _keep_ipv6_blocks() -> None:
    create = ec2._ACTION_MAP["CreateSubnet"]

    def create_with_ipv6(params: Params) -> object:
        before = set(ec2._subnets)
        response = create(params)
        if block := parameter(params, "Ipv6CidrBlock"):
            for made in set(ec2._subnets) - before:
                ec2._subnets[made]["Ipv6CidrBlock"] = str(ipaddress.ip_network(block))
        return response

    ec2._ACTION_MAP["CreateSubnet"] = create_with_ipv6


def _assign(params: Params) -> str:
    to = interface(parameter(params, "NetworkInterfaceId"))
    wanted = [canonical(each) for each in members(params, "PrivateIpAddress")]
    may_move = flag(params, "AllowReassignment")
    for address in wanted:
        in_subnet(to, address)
        _check_free(address, to, may_move=may_move)
    for address in wanted:
        _move(address, to)
    assigned = items("assignedPrivateIpAddressesSet", (tag("privateIpAddress", a) for a in wanted))
    return (
        tag("networkInterfaceId", to["NetworkInterfaceId"]) + assigned + tag("return", value=True)
    )


def _check_free(address: str, to: Interface, *, may_move: bool) -> None:
    for other in interfaces_of(to["SubnetId"]):
        if other["PrivateIpAddress"] == address:
            refuse("InvalidParameterValue", f"{address} is the primary address of an interface")
        if address in other["Secondary"] and other is not to and not may_move:
            refuse("InvalidParameterValue", f"{address} is assigned to another interface")


def _move(address: str, to: Interface) -> None:
    holders = [each for each in interfaces_of(to["SubnetId"]) if address in each["Secondary"]]
    for holder in holders:
        holder["Secondary"].remove(address)
        for elastic in _elastic_at(holder, address):
            elastic["NetworkInterfaceId"] = to["NetworkInterfaceId"]
    to["Secondary"].append(address)


def _elastic_at(found: Interface, address: str) -> list[dict[str, Any]]:
    place = found["NetworkInterfaceId"], address
    return [
        each
        for each in ec2._addresses.values()
        if (each["NetworkInterfaceId"], each["PrivateIpAddress"]) == place
    ]


def _unassign(params: Params) -> str:
    found = interface(parameter(params, "NetworkInterfaceId"))
    for address in _taken_from(found, "Secondary", members(params, "PrivateIpAddress")):
        for elastic in _elastic_at(found, address):
            elastic.update(AssociationId=None, NetworkInterfaceId=None, PrivateIpAddress=None)
    return tag("return", value=True)


def _assign_ipv6(params: Params) -> str:
    to = interface(parameter(params, "NetworkInterfaceId"))
    wanted = [canonical(each) for each in members(params, "Ipv6Addresses")]
    for address in wanted:
        in_subnet(to, address)
        for other in interfaces_of(to["SubnetId"]):
            if address in other["Ipv6"] and other is not to:
                refuse("InvalidParameterValue", f"{address} is assigned to another interface")
    to["Ipv6"] += [each for each in wanted if each not in to["Ipv6"]]
    shown = items("assignedIpv6Addresses", wanted)
    return tag("networkInterfaceId", to["NetworkInterfaceId"]) + shown


def _unassign_ipv6(params: Params) -> str:
    found = interface(parameter(params, "NetworkInterfaceId"))
    gone = _taken_from(found, "Ipv6", members(params, "Ipv6Addresses"))
    return tag("networkInterfaceId", found["NetworkInterfaceId"]) + items(
        "unassignedIpv6Addresses", gone
    )


def _taken_from(found: Interface, kind: str, addresses: Sequence[str]) -> list[str]:
    wanted = [canonical(each) for each in addresses]
    for each in wanted:
        if each not in found[kind]:
            refuse("InvalidParameterValue", f"{each} is not at {found['NetworkInterfaceId']}")
    found[kind] = [each for each in found[kind] if each not in wanted]
    return wanted
