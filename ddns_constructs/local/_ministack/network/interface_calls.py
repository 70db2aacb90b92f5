# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""What is asked of network interfaces.

| AWS | MiniStack |
|---|---|
| the address lies in the subnet's range, the one asked for if it is free | 10.0.x.y, whatever is asked for |
| an interface in use cannot be attached or deleted, nor one of another zone, nor at a taken index | can |
| the interface at device index 0 cannot be detached | can |
| filters of DescribeNetworkInterfaces count; an unknown id or filter is an error | ignored |
| the source/destination check can be switched off | unknown action |
"""  # noqa: E501 - a table

from __future__ import annotations

from typing import TYPE_CHECKING

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
from ddns_constructs.local._ministack.network.interfaces import (
    Interface,
    addresses_of,
    attach,
    attached_to,
    delete,
    detach,
    group_of,
    interface,
    make,
    xml,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddns_constructs.local._ministack.network.calls import Params

__all__ = ["apply"]

_LAST_DEVICE_INDEX = 14


def apply() -> None:
    """Replace the handlers of interfaces."""
    answers("CreateNetworkInterface", _create)
    answers("DeleteNetworkInterface", _delete)
    answers("DescribeNetworkInterfaces", _describe)
    answers("AttachNetworkInterface", _attach)
    answers("DetachNetworkInterface", _detach)
    answers("ModifyNetworkInterfaceAttribute", _modify)


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
        found["Groups"] = [group_of(each) for each in groups]
    if description := parameter(params, "Description.Value"):
        found["Description"] = description
    return tag("return", value=True)
