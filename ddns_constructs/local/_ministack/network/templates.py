# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Instances, interfaces and Elastic IP addresses that CloudFormation makes.

MiniStack has none of `AWS::EC2::Instance`, `NetworkInterface`, `NetworkInterfaceAttachment`, `EIP`,
`EIPAssociation`, `SecurityGroupIngress` and `SecurityGroupEgress`: a template with one is not
deployed. Of an instance's properties those count
that say where it is, what it is called and what checks it: the image is not looked at.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from ddns_constructs.local._ministack.network.interfaces import (
    attach,
    attached_to,
    delete,
    detach,
    interface,
    make,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    _Props = Mapping[str, Any]
    _Made = tuple[str, dict[str, Any]]
    _Create = Callable[[str, _Props, str], _Made]
    _Delete = Callable[[str, _Props], None]

__all__ = ["apply"]

_PERMISSIONS = {"Ingress": "IpPermissions", "Egress": "IpPermissionsEgress"}
_IN_PLACE = {"Tags", "SourceDestCheck", "Description", "GroupSet", "SecurityGroupIds"}


def apply() -> None:
    """Give CloudFormation the types."""
    _type("Instance", _create_instance, _delete_instance)
    _type("NetworkInterface", _create_interface, _delete_interface)
    _type("NetworkInterfaceAttachment", _create_attachment, _delete_attachment)
    _type("EIP", _create_address, _delete_address)
    _type("EIPAssociation", _create_association, _delete_association)
    for direction, permissions in _PERMISSIONS.items():
        _rule_type(direction, permissions)


def _rule_type(direction: str, permissions: str) -> None:
    """Give CloudFormation rules of security groups that stand by themselves."""

    def create(logical_id: str, props: _Props, stack_name: str) -> _Made:  # noqa: ARG001 - theirs
        group = ec2._security_groups[props["GroupId"]]
        group[permissions] = [*group[permissions], *provisioners._ec2_sg_permissions([props])]
        made = f"sgr-{secrets.token_hex(9)[:17]}"
        return made, {"Id": made}

    def remove(physical_id: str, props: _Props) -> None:  # noqa: ARG001 - theirs
        group = ec2._security_groups.get(props["GroupId"])
        if group:
            gone = provisioners._ec2_sg_permissions([props])
            group[permissions] = [each for each in group[permissions] if each not in gone]

    _type(f"SecurityGroup{direction}", create, remove)


def _type(name: str, create: _Create, remove: _Delete) -> None:
    def update(physical_id: str, old: _Props, new: _Props, stack: str) -> _Made:
        changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
        if changed <= _IN_PLACE and name in {"Instance", "NetworkInterface"}:
            return _changed_in_place(physical_id, new)
        return create(physical_id, new, stack)  # CloudFormation deletes the old one

    provisioners._RESOURCE_HANDLERS[f"AWS::EC2::{name}"] = {
        "create": create,
        "update": update,
        "delete": remove,
    }


def _changed_in_place(physical_id: str, props: _Props) -> _Made:
    is_instance = physical_id.startswith("i-")
    found = attached_to(physical_id)[0] if is_instance else interface(physical_id)
    found["SourceDestCheck"] = _truth(props.get("SourceDestCheck", True))
    _tag(physical_id, props)
    return physical_id, _instance(physical_id) if is_instance else _attributes(found)


def _truth(value: object) -> bool:
    return str(value).lower() == "true"


def _tag(resource: str, props: _Props) -> None:
    ec2._tags[resource] = [
        {"Key": each["Key"], "Value": str(each["Value"])} for each in props.get("Tags") or []
    ]


def _create_instance(logical_id: str, props: _Props, stack_name: str) -> _Made:  # noqa: ARG001 - theirs
    ec2._ensure_defaults_initialized()
    primary: _Props = next(
        (each for each in props.get("NetworkInterfaces") or [] if str(each["DeviceIndex"]) == "0"),
        {},
    )
    wanted = {**props, **primary}
    given = wanted.get("NetworkInterfaceId")
    placed = interface(given) if given else None
    (made,) = ec2._launch_instances_internal(
        image_id=props.get("ImageId", "ami-00000000"),
        instance_type=props.get("InstanceType", "t3.micro"),
        subnet_id=(placed or wanted).get("SubnetId") or ec2._DEFAULT_SUBNET_ID,
        count=1,
        sg_ids=primary.get("GroupSet") or props.get("SecurityGroupIds"),
        requested_private_ip=(placed or wanted).get("PrivateIpAddress"),
    )
    instance = str(made["InstanceId"])
    if placed:
        delete(attached_to(instance)[0])
        attach(placed, instance, 0)
    if "SourceDestCheck" in props:
        attached_to(instance)[0]["SourceDestCheck"] = _truth(props["SourceDestCheck"])
    _tag(instance, props)
    return instance, _instance(instance)


def _instance(instance: str) -> dict[str, Any]:
    found = ec2._instances[instance]
    return {
        "InstanceId": instance,
        "AvailabilityZone": found["Placement"]["AvailabilityZone"],
        "PrivateIp": found["PrivateIpAddress"],
        "PrivateDnsName": found["PrivateDnsName"],
        "PublicIp": found["PublicIpAddress"],
        "PublicDnsName": found["PublicDnsName"],
        "VpcId": found["VpcId"],
    }


def _delete_instance(physical_id: str, props: _Props) -> None:  # noqa: ARG001 - theirs
    if physical_id in ec2._instances:
        ec2._ACTION_MAP["TerminateInstances"]({"InstanceId.1": [physical_id]})


def _create_interface(logical_id: str, props: _Props, stack_name: str) -> _Made:  # noqa: ARG001 - theirs
    listed = props.get("PrivateIpAddresses") or []
    primary: _Props = next((each for each in listed if _truth(each["Primary"])), {})
    made = make(
        props["SubnetId"],
        props.get("GroupSet") or (),
        props.get("PrivateIpAddress") or primary.get("PrivateIpAddress", ""),
        props.get("Description", ""),
    )
    made["Secondary"] = [e["PrivateIpAddress"] for e in listed if not _truth(e["Primary"])]
    made["SourceDestCheck"] = _truth(props.get("SourceDestCheck", True))
    _tag(made["NetworkInterfaceId"], props)
    return made["NetworkInterfaceId"], _attributes(made)


def _attributes(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Id": found["NetworkInterfaceId"],
        "PrimaryPrivateIpAddress": found["PrivateIpAddress"],
        "SecondaryPrivateIpAddresses": list(found["Secondary"]),
        "VpcId": found["VpcId"],
    }


def _delete_interface(physical_id: str, props: _Props) -> None:  # noqa: ARG001 - theirs
    if physical_id in ec2._network_interfaces:
        delete(interface(physical_id))


def _create_attachment(logical_id: str, props: _Props, stack_name: str) -> _Made:  # noqa: ARG001 - theirs
    found = interface(props["NetworkInterfaceId"])
    found["DeleteOnTermination"] = _truth(props.get("DeleteOnTermination", True))
    made = attach(found, props["InstanceId"], int(props["DeviceIndex"]))
    return made, {"AttachmentId": made}


def _delete_attachment(physical_id: str, props: _Props) -> None:
    found = ec2._network_interfaces.get(props["NetworkInterfaceId"])
    if found and found["Attachment"] and found["Attachment"]["AttachmentId"] == physical_id:
        detach(found)


def _create_address(logical_id: str, props: _Props, stack_name: str) -> _Made:  # noqa: ARG001 - theirs
    before = set(ec2._addresses)
    ec2._ACTION_MAP["AllocateAddress"]({"Domain": ["vpc"]})
    (allocation,) = set(ec2._addresses) - before
    _tag(allocation, props)
    if instance := props.get("InstanceId"):
        _associate(AllocationId=allocation, InstanceId=instance)
    public = str(ec2._addresses[allocation]["PublicIp"])
    return public, {"AllocationId": allocation, "PublicIp": public}


def _delete_address(physical_id: str, props: _Props) -> None:  # noqa: ARG001 - theirs
    for allocation, found in list(ec2._addresses.items()):
        if found["PublicIp"] == physical_id:
            del ec2._addresses[allocation]


def _create_association(logical_id: str, props: _Props, stack_name: str) -> _Made:  # noqa: ARG001 - theirs
    names = ("AllocationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress")
    _associate(**{name: props[name] for name in names if name in props})
    made = str(ec2._addresses[props["AllocationId"]]["AssociationId"])
    return made, {"Id": made}


def _delete_association(physical_id: str, props: _Props) -> None:  # noqa: ARG001 - theirs
    ec2._ACTION_MAP["DisassociateAddress"]({"AssociationId": [physical_id]})


def _associate(**params: str) -> None:
    status, _, body = ec2._ACTION_MAP["AssociateAddress"]({k: [v] for k, v in params.items()})
    if status >= 400:  # noqa: PLR2004 - the first status of an error
        raise ValueError(f"AssociateAddress failed: {body!r}")
