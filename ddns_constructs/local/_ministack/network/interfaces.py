# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Network interfaces.

| AWS | MiniStack |
|---|---|
| the address lies in the subnet's range, the one asked for if it is free | 10.0.x.y, whatever is asked for |
| an interface in use cannot be attached or deleted, nor one of another zone, nor at a taken index | can |
| the interface at device index 0 cannot be detached | can |
| filters of DescribeNetworkInterfaces count; an unknown id or filter is an error | ignored |
| the source/destination check can be switched off | unknown action |
"""  # noqa: E501 - a table

from __future__ import annotations

import ipaddress
import itertools
import secrets
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id
from ministack.services import ec2

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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddns_constructs.local._ministack.network.calls import Params

__all__ = [
    "Interface",
    "addresses_of",
    "apply",
    "attach",
    "attached_to",
    "delete",
    "detach",
    "in_subnet",
    "interface",
    "interfaces_of",
    "make",
    "xml",
]

Interface = dict[str, Any]
_RESERVED_BY_AWS = 4  # the first four addresses of a subnet, and the last one
_LAST_DEVICE_INDEX = 14


def apply() -> None:
    """Replace the handlers of interfaces."""
    answers("CreateNetworkInterface", _create)
    answers("DeleteNetworkInterface", _delete)
    answers("DescribeNetworkInterfaces", _describe)
    answers("AttachNetworkInterface", _attach)
    answers("DetachNetworkInterface", _detach)
    answers("ModifyNetworkInterfaceAttribute", _modify)


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
        "Groups": [_group(each) for each in groups or [ec2._DEFAULT_SG_ID]],
        "Attachment": None,
        "DeleteOnTermination": False,
    }
    ec2._network_interfaces[made["NetworkInterfaceId"]] = made
    return made


def _group(group: str) -> Mapping[str, str]:
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


def _create(params: Params) -> str:
    address = parameter(params, "PrivateIpAddress")
    made = make(
        parameter(params, "SubnetId"),
        members(params, "SecurityGroupId"),
        canonical(address) if address else "",
        parameter(params, "Description"),
    )
    ec2._parse_tag_specs(params, "network-interface", made["NetworkInterfaceId"])
    return f"<networkInterface>{xml(made)}</networkInterface>"


def _delete(params: Params) -> str:
    found = interface(parameter(params, "NetworkInterfaceId"))
    if found["Attachment"]:
        message = f"Network interface '{found['NetworkInterfaceId']}' is currently in use."
        refuse("InvalidParameterValue", message)
    delete(found)
    return tag("return", value=True)


def _describe(params: Params) -> str:
    wanted = members(params, "NetworkInterfaceId")
    chosen: Iterator[Interface] = (
        map(interface, wanted) if wanted else iter(ec2._network_interfaces.values())
    )
    shown = [
        each for each in chosen if matches(each["NetworkInterfaceId"], _filtered_by(each), params)
    ]
    return items("networkInterfaceSet", map(xml, shown))


def _filtered_by(found: Interface) -> Mapping[str, Iterable[str]]:
    attachment = found["Attachment"] or {}
    attached = [str(attachment[key]) for key in ("InstanceId", "DeviceIndex") if attachment]
    return {
        "network-interface-id": [found["NetworkInterfaceId"]],
        "subnet-id": [found["SubnetId"]],
        "vpc-id": [found["VpcId"]],
        "availability-zone": [found["AvailabilityZone"]],
        "description": [found["Description"]],
        "status": [found["Status"]],
        "group-id": [each["GroupId"] for each in found["Groups"]],
        "private-ip-address": [found["PrivateIpAddress"]],
        "addresses.private-ip-address": addresses_of(found),
        "ipv6-addresses.ipv6-address": found["Ipv6"],
        "attachment.instance-id": attached[:1],
        "attachment.device-index": attached[1:],
        "attachment.attachment-id": [attachment["AttachmentId"]] if attachment else [],
    }


def _attach(params: Params) -> str:
    found = interface(parameter(params, "NetworkInterfaceId"))
    instance_id = parameter(params, "InstanceId")
    instance = find(ec2._instances, instance_id, "InvalidInstanceID.NotFound", "instance")
    index = int(parameter(params, "DeviceIndex") or "1")
    if found["Attachment"]:
        message = f"Interface: [{found['NetworkInterfaceId']}] in use."
        refuse("InvalidNetworkInterface.InUse", message)
    if instance["Placement"]["AvailabilityZone"] != found["AvailabilityZone"]:
        message = "You may not attach a network interface to an instance if they are not in the"
        refuse("InvalidParameterCombination", f"{message} same availability zone")
    if instance["State"]["Name"] not in {"running", "stopped"}:
        refuse("IncorrectState", f"Instance '{instance_id}' is neither running nor stopped.")
    taken = {int(each["Attachment"]["DeviceIndex"]) for each in attached_to(instance_id)}
    if index in taken or index > _LAST_DEVICE_INDEX:
        message = f"Instance '{instance_id}' already has an interface attached at device index"
        refuse("InvalidParameterValue", f"{message} '{index}'.")
    return tag("attachmentId", attach(found, instance_id, index)) + tag("networkCardIndex", 0)


def _detach(params: Params) -> str:
    wanted = parameter(params, "AttachmentId")
    for found in ec2._network_interfaces.values():
        if found["Attachment"] and found["Attachment"]["AttachmentId"] == wanted:
            if int(found["Attachment"]["DeviceIndex"]) == 0:
                message = "The network interface at device index 0 cannot be detached."
                refuse("OperationNotPermitted", message)
            detach(found)
            return tag("return", value=True)
    raise RefusedError("InvalidAttachmentID.NotFound", f"The attachment '{wanted}' does not exist")


def _modify(params: Params) -> str:
    found = interface(parameter(params, "NetworkInterfaceId"))
    found["SourceDestCheck"] = flag(
        params, "SourceDestCheck.Value", default=found["SourceDestCheck"]
    )
    if groups := members(params, "SecurityGroupId"):
        found["Groups"] = [_group(each) for each in groups]
    if description := parameter(params, "Description.Value"):
        found["Description"] = description
    return tag("return", value=True)
