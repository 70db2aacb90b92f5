# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Elastic IP addresses at private ones.

| AWS | MiniStack |
|---|---|
| one is associated with a private address of an interface, which has to be there | with an instance only |
| one that is associated elsewhere is refused without `AllowReassociation` | taken |
| a private address has one at most | any number |
| DescribeAddresses tells interface and private address; an unknown id is an error | tells neither; nothing |

New ones are of the ranges reserved for documentation (RFC 5737), like all public addresses here.
"""  # noqa: E501 - a table

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ministack.services import ec2

from ddns_constructs.local._ministack.ec2 import new_public_address
from ddns_constructs.local._ministack.network.calls import (
    RefusedError,
    answers,
    canonical,
    find,
    flag,
    items,
    matches,
    members,
    parameter,
    refuse,
    tag,
)
from ddns_constructs.local._ministack.network.interfaces import (
    Interface,
    addresses_of,
    attached_to,
    interface,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.local._ministack.network.calls import Params

__all__ = ["apply"]

_NOWHERE = {
    "AssociationId": None,
    "InstanceId": None,
    "NetworkInterfaceId": None,
    "PrivateIpAddress": None,
}


def apply() -> None:
    """Replace the handlers of Elastic IP addresses."""
    answers("AssociateAddress", _associate)
    answers("DisassociateAddress", _disassociate)
    answers("DescribeAddresses", _describe)
    _take_documented_ranges()


def _take_documented_ranges() -> None:
    allocate = ec2._ACTION_MAP["AllocateAddress"]

    def allocate_documented(params: Params) -> object:
        before = set(ec2._addresses)
        status, headers, body = allocate(params)
        for made in set(ec2._addresses) - before:
            old, new = ec2._addresses[made]["PublicIp"], new_public_address()
            ec2._addresses[made]["PublicIp"] = new
            body = body.replace(f"<publicIp>{old}<".encode(), f"<publicIp>{new}<".encode())
        return status, headers, body

    ec2._ACTION_MAP["AllocateAddress"] = allocate_documented


def _associate(params: Params) -> str:
    found = _allocated(parameter(params, "AllocationId"))
    to = _target(params)
    given = parameter(params, "PrivateIpAddress")
    private = canonical(given) if given else to["PrivateIpAddress"]
    if private not in addresses_of(to):
        refuse("InvalidParameterValue", f"{private} is not at {to['NetworkInterfaceId']}")
    place = {"NetworkInterfaceId": to["NetworkInterfaceId"], "PrivateIpAddress": private}
    is_there = all(found[key] == value for key, value in place.items())
    if found["AssociationId"] and not is_there:
        if not flag(params, "AllowReassociation", default=True):
            message = f"resource {found['AllocationId']} is already associated"
            refuse("Resource.AlreadyAssociated", message)
        found["AssociationId"] = None
    for other in ec2._addresses.values():
        if other is not found and all(other[key] == value for key, value in place.items()):
            other.update(_NOWHERE)
    association = found["AssociationId"] or f"eipassoc-{secrets.token_hex(9)[:17]}"
    found.update(place, AssociationId=association)
    return tag("return", value=True) + tag("associationId", association)


def _target(params: Params) -> Interface:
    if wanted := parameter(params, "NetworkInterfaceId"):
        return interface(wanted)
    instance = parameter(params, "InstanceId")
    find(ec2._instances, instance, "InvalidInstanceID.NotFound", "instance")
    return attached_to(instance)[0]


def _disassociate(params: Params) -> str:
    wanted = parameter(params, "AssociationId")
    for found in ec2._addresses.values():
        if found["AssociationId"] == wanted:
            found.update(_NOWHERE)
            return tag("return", value=True)
    raise RefusedError(
        "InvalidAssociationID.NotFound", f"The association ID '{wanted}' does not exist"
    )


def _allocated(wanted: str) -> dict[str, Any]:
    code = "InvalidAllocationID.NotFound"
    found: dict[str, Any] = find(ec2._addresses, wanted, code, "allocation")
    return found


def _describe(params: Params) -> str:
    wanted = members(params, "AllocationId")
    chosen = map(_allocated, wanted) if wanted else ec2._addresses.values()
    shown = [each for each in chosen if matches(each["AllocationId"], _filtered_by(each), params)]
    return items("addressesSet", map(_xml, shown))


def _filtered_by(found: Mapping[str, Any]) -> Mapping[str, list[str]]:
    names = {
        "allocation-id": "AllocationId",
        "public-ip": "PublicIp",
        "association-id": "AssociationId",
        "network-interface-id": "NetworkInterfaceId",
        "private-ip-address": "PrivateIpAddress",
    }
    return {name: [found[key]] if found[key] else [] for name, key in names.items()}


def _xml(found: Mapping[str, Any]) -> str:
    names = ("AllocationId", "PublicIp", "Domain", "AssociationId")
    parts = {each: found[each] for each in (*names, "NetworkInterfaceId", "PrivateIpAddress")}
    at = ec2._network_interfaces.get(found["NetworkInterfaceId"])
    if at and at["Attachment"]:
        parts["InstanceId"] = at["Attachment"]["InstanceId"]
    written = (tag(name[0].lower() + name[1:], value) for name, value in parts.items() if value)
    return "".join((*written, ec2._tag_set_xml(found["AllocationId"])))
