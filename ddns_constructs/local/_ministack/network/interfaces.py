# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Network interfaces: what one is, who has it, how it is shown.

They are MiniStack's own records, with a primary address in the subnet's range, secondary addresses
and IPv6 addresses besides.
"""

from __future__ import annotations

import ipaddress
import itertools
import secrets
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id
from ministack.services import ec2

from ddns_constructs.local._ministack.network.calls import (
    RefusedError,
    find,
    items,
    refuse,
    tag,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


__all__ = [
    "Interface",
    "addresses_of",
    "attach",
    "attached_to",
    "delete",
    "detach",
    "group_of",
    "in_subnet",
    "interface",
    "interfaces_of",
    "make",
    "xml",
]

Interface = dict[str, Any]
_RESERVED_BY_AWS = 4  # the first four addresses of a subnet, and the last one


def interface(wanted: str) -> Interface:
    """Return an interface by its id, or refuse."""
    code = "InvalidNetworkInterfaceID.NotFound"
    return find(ec2._network_interfaces, wanted, code, "networkInterface")


def addresses_of(found: Interface) -> list[str]:
    """Return the private IPv4 addresses of an interface, the primary one first."""
    return [found["PrivateIpAddress"], *found["Secondary"]]


def interfaces_of(subnet: str) -> list[Interface]:
    """Return the interfaces of a subnet."""
    return [each for each in ec2._network_interfaces.values() if each["SubnetId"] == subnet]


def _in_use(subnet: str) -> set[str]:
    return set(itertools.chain(*map(addresses_of, interfaces_of(subnet))))


def attached_to(instance: str) -> list[Interface]:
    """Return the interfaces of an instance, in the order of the device index."""
    found = [
        each
        for each in ec2._network_interfaces.values()
        if each["Attachment"] and each["Attachment"]["InstanceId"] == instance
    ]
    return sorted(found, key=lambda each: int(each["Attachment"]["DeviceIndex"]))


def in_subnet(found: Interface, address: str) -> None:
    """Refuse an address outside of the subnet of an interface."""
    _check_within(ec2._subnets[found["SubnetId"]], address)


def make(
    subnet_id: str, groups: Iterable[str] = (), address: str = "", description: str = ""
) -> Interface:
    """Make an interface at no instance.

    Args:
        subnet_id: Its subnet.
        groups: Ids of its security groups. Default: the default one.
        address: Its primary address. Default: a free one of the subnet.
        description: Its description.
    """
    subnet = find(ec2._subnets, subnet_id, "InvalidSubnetID.NotFound", "subnet")
    if address:
        _check_within(subnet, address)
        if address in _in_use(subnet_id):
            refuse("InvalidIPAddress.InUse", f"Address {address} is in use.")
    made = {
        "NetworkInterfaceId": f"eni-{secrets.token_hex(9)[:17]}",
        "SubnetId": subnet_id,
        "VpcId": subnet["VpcId"],
        "AvailabilityZone": subnet["AvailabilityZone"],
        "Description": description,
        "OwnerId": get_account_id(),
        "Status": "available",
        "PrivateIpAddress": address or _free(subnet),
        "Secondary": [],
        "Ipv6": [],
        "InterfaceType": "interface",
        "SourceDestCheck": True,
        "MacAddress": "02:" + ":".join(f"{each:02x}" for each in secrets.token_bytes(5)),
        "Groups": [group_of(each) for each in groups or [ec2._DEFAULT_SG_ID]],
        "Attachment": None,
        "DeleteOnTermination": False,
    }
    ec2._network_interfaces[made["NetworkInterfaceId"]] = made
    return made


def group_of(group: str) -> Mapping[str, str]:
    """Return a security group as an interface has it."""
    named = ec2._security_groups.get(group, {}).get("GroupName", group)
    return {"GroupId": group, "GroupName": named}


def _check_within(subnet: Mapping[str, Any], address: str) -> None:
    block = subnet.get("Ipv6CidrBlock" if ":" in address else "CidrBlock")
    if not block or ipaddress.ip_address(address) not in ipaddress.ip_network(block):
        refuse("InvalidParameterValue", f"{address} does not lie within the subnet {block}")


def _free(subnet: Mapping[str, Any]) -> str:
    network, taken = ipaddress.ip_network(subnet["CidrBlock"]), _in_use(subnet["SubnetId"])
    for position in range(_RESERVED_BY_AWS, network.num_addresses - 1):
        if (address := str(network[position])) not in taken:
            return address
    raise RefusedError("InsufficientFreeAddressesInSubnet", f"no free address in {network}")


def attach(found: Interface, instance: str, index: int) -> str:
    """Attach an interface to an instance, and return the attachment's id."""
    made = f"eni-attach-{secrets.token_hex(9)[:17]}"
    found["Status"] = "in-use"
    found["Attachment"] = {
        "AttachmentId": made,
        "InstanceId": instance,
        "DeviceIndex": index,
        "Status": "attached",
        "AttachTime": ec2._now_ts(),
    }
    return made


def detach(found: Interface) -> None:
    """Have an interface at no instance."""
    found["Status"], found["Attachment"] = "available", None


def delete(found: Interface) -> None:
    """Delete an interface; an Elastic IP address of it points nowhere then."""
    del ec2._network_interfaces[found["NetworkInterfaceId"]]
    for each in ec2._addresses.values():
        if each["NetworkInterfaceId"] == found["NetworkInterfaceId"]:
            each.update(AssociationId=None, NetworkInterfaceId=None, PrivateIpAddress=None)


def xml(found: Interface) -> str:
    """Return an interface as the Describe operations show it."""
    attachment = found["Attachment"]
    plain = {
        "networkInterfaceId": found["NetworkInterfaceId"],
        "subnetId": found["SubnetId"],
        "vpcId": found["VpcId"],
        "availabilityZone": found["AvailabilityZone"],
        "description": found["Description"],
        "ownerId": found["OwnerId"],
        "status": found["Status"],
        "privateIpAddress": found["PrivateIpAddress"],
        "sourceDestCheck": found["SourceDestCheck"],
        "interfaceType": found["InterfaceType"],
        "macAddress": found["MacAddress"],
    }
    groups = (
        tag("groupId", each["GroupId"]) + tag("groupName", each["GroupName"])
        for each in found["Groups"]
    )
    private = (
        tag("privateIpAddress", each) + tag("primary", each == found["PrivateIpAddress"])
        for each in addresses_of(found)
    )
    return "".join(
        (
            *(tag(name, value) for name, value in plain.items()),
            items("groupSet", groups),
            items("privateIpAddressesSet", private),
            items("ipv6AddressesSet", (tag("ipv6Address", each) for each in found["Ipv6"])),
            _attachment_xml(found, attachment) if attachment else "",
            ec2._tag_set_xml(found["NetworkInterfaceId"]),
        )
    )


def _attachment_xml(found: Interface, attachment: Mapping[str, Any]) -> str:
    parts = {
        "attachmentId": attachment["AttachmentId"],
        "instanceId": attachment["InstanceId"],
        "instanceOwnerId": found["OwnerId"],
        "deviceIndex": attachment["DeviceIndex"],
        "status": attachment["Status"],
        "attachTime": attachment["AttachTime"],
        "deleteOnTermination": found["DeleteOnTermination"],
    }
    inner = "".join(tag(name, value) for name, value in parts.items())
    return f"<attachment>{inner}</attachment>"
