"""Interfaces and instances in `FakeEc2Network`."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.fakes.ec2_network_calls import (
    Refused,
    by,
    chosen,
    filtered,
    operation,
    refuse,
    themselves,
)
from tests.fakes.ec2_network_state import (
    Attachment,
    Interface,
    at,
)
from tests.fakes.ec2_network_world import World

_DEAD: Final = ("shutting-down", "terminated")
_CODES: Final = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}


class Interfaces(World):
    """Interfaces and the instances that they are at, and what is asked of them."""

    @operation
    def attach_network_interface(
        self, *, NetworkInterfaceId: str, InstanceId: str, DeviceIndex: int
    ) -> dict[str, Any]:
        found = self._interface(NetworkInterfaceId)
        if InstanceId not in self.state.instances:
            refuse("InvalidInstanceID.NotFound", f"The instance ID '{InstanceId}' does not exist")
        if self.attachment(NetworkInterfaceId):
            refuse("InvalidNetworkInterface.InUse", f"{NetworkInterfaceId} is currently in use.")
        subnets = self.state.subnets
        zone = subnets[self.state.instance_subnets[InstanceId]].zone
        if subnets[found.subnet].zone != zone:
            message = "You may not attach a network interface to an instance if they are not in"
            refuse("InvalidParameterCombination", f"{message} the same availability zone")
        if self._instance_state(InstanceId) not in ("running", "stopped"):
            refuse("IncorrectState", f"Instance '{InstanceId}' is neither running nor stopped.")
        if DeviceIndex in self._device_indexes(InstanceId):
            message = f"Instance '{InstanceId}' already has an interface attached at device index"
            refuse("InvalidParameterValue", f"{message} '{DeviceIndex}'.")
        made = Attachment(self._attachment_id(), InstanceId, DeviceIndex, "attaching")
        self._put(self.state.attachments, NetworkInterfaceId, made)
        self._follow(
            self.state.attachments,
            NetworkInterfaceId,
            made._replace(status="attached"),
            self.attach_time,
        )
        return {"AttachmentId": made.id, "NetworkCardIndex": 0}

    @operation
    def detach_network_interface(self, *, AttachmentId: str, Force: bool = False) -> dict[str, Any]:
        interface, found = self._attachment_by_id(AttachmentId)
        if found.device_index == 0:
            message = "The network interface at device index 0 cannot be detached."
            refuse("OperationNotPermitted", message)
        if found.status != "attached" and not Force:
            refuse("IncorrectState", f"{AttachmentId} is {found.status}")
        self._put(self.state.attachments, interface, found._replace(status="detaching"))
        if Force or interface not in self.stuck:
            time = self.force_time if Force else self.detach_time
            self._follow(self.state.attachments, interface, None, time)
        return {}

    @operation
    def describe_network_interfaces(
        self,
        *,
        NetworkInterfaceIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        found = chosen(
            self.state.interfaces, NetworkInterfaceIds, "InvalidNetworkInterfaceID.NotFound"
        )
        shown = {each: self._shown_interface(each) for each in found}
        found = filtered(
            found,
            Filters,
            {
                "network-interface-id": themselves(found),
                "subnet-id": by(shown, lambda each: [each["SubnetId"]]),
                "addresses.private-ip-address": by(shown, _private_addresses),
                "ipv6-addresses.ipv6-address": by(
                    shown, lambda each: [a["Ipv6Address"] for a in each["Ipv6Addresses"]]
                ),
            },
        )
        return {"NetworkInterfaces": [shown[each] for each in sorted(found)]}

    def _shown_interface(self, interface: str) -> dict[str, Any]:
        seen, found = self._seen, self.state.interfaces[interface]
        attachment = self._attachment_at(interface, seen)
        held = [each for each, past in self.state.holders.items() if at(past, seen) == interface]
        addresses = [{"PrivateIpAddress": found.address, "Primary": True}]
        addresses += [{"PrivateIpAddress": e, "Primary": False} for e in held if ":" not in e]
        shown: dict[str, Any] = {
            "NetworkInterfaceId": interface,
            "SubnetId": found.subnet,
            "VpcId": self.state.subnets[found.subnet].vpc,
            "AvailabilityZone": self.state.subnets[found.subnet].zone,
            "PrivateIpAddress": found.address,
            "PrivateIpAddresses": addresses,
            "Ipv6Addresses": [{"Ipv6Address": each} for each in held if ":" in each],
            "SourceDestCheck": found.source_dest_check,
            "Status": _status(attachment),
        }
        if attachment:
            shown["Attachment"] = _shown_attachment(attachment, found)
        return shown

    def _attachment_by_id(self, attachment_id: str) -> tuple[str, Attachment]:
        every = ((each, self.attachment(each)) for each in self.state.attachments)
        for interface, found in every:
            if found and found.id == attachment_id:
                return interface, found
        raise Refused("InvalidAttachmentID.NotFound", f"'{attachment_id}' does not exist")

    def _device_indexes(self, instance: str) -> set[int]:
        found = map(self.attachment, self.state.attachments)
        return {each.device_index for each in found if each and each.instance == instance}

    # ------------------------------------------------------------ instances

    @operation
    def describe_instances(
        self,
        *,
        InstanceIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
        MaxResults: int = 1000,
    ) -> dict[str, Any]:
        assert MaxResults
        found = chosen(self.state.instances, InstanceIds, "InvalidInstanceID.NotFound")
        found = filtered(found, Filters, {"instance-id": themselves(found)})
        shown = [self._shown_instance(each) for each in sorted(found)]
        return {"Reservations": [{"Instances": [each]} for each in shown]}

    @operation
    def stop_instances(self, *, InstanceIds: Sequence[str], Force: bool = False) -> dict[str, Any]:
        assert Force in (True, False)
        chosen(self.state.instances, InstanceIds, "InvalidInstanceID.NotFound")
        before = {each: self._instance_state(each) for each in InstanceIds}
        for instance, state in before.items():
            if state in (*_DEAD, "pending"):
                message = f"The instance '{instance}' is not in a state from which it can be"
                refuse("IncorrectInstanceState", f"{message} stopped.")
        for instance, state in before.items():
            if state == "running":
                self._put(self.state.instances, instance, "stopping")
                self._follow(self.state.instances, instance, "stopped", self.stop_time)
        return {
            "StoppingInstances": [
                {
                    "InstanceId": each,
                    "PreviousState": {"Name": before[each]},
                    "CurrentState": {"Name": self._instance_state(each)},
                }
                for each in InstanceIds
            ]
        }

    def _shown_instance(self, instance: str) -> dict[str, Any]:
        seen = self._seen
        state = at(self.state.instances[instance], seen)
        shown: dict[str, Any] = {
            "InstanceId": instance,
            "State": {"Name": state, "Code": _CODES[state]},
            "NetworkInterfaces": [],
        }
        for interface in self.state.interfaces if state != "terminated" else ():
            attachment = self._attachment_at(interface, seen)
            if attachment and attachment.instance == instance:
                found = self._shown_interface(interface)
                # What stands in an instance says neither its zone nor its instance again.
                del found["AvailabilityZone"], found["Attachment"]["InstanceId"]
                shown["NetworkInterfaces"].append(found)
        return shown


def _private_addresses(shown: Mapping[str, Any]) -> list[str]:
    return [each["PrivateIpAddress"] for each in shown["PrivateIpAddresses"]]


def _status(attachment: Attachment | None) -> str:
    if not attachment:
        return "available"
    return "in-use" if attachment.status == "attached" else attachment.status


def _shown_attachment(attachment: Attachment, interface: Interface) -> dict[str, Any]:
    return {
        "AttachmentId": attachment.id,
        "InstanceId": attachment.instance,
        "DeviceIndex": attachment.device_index,
        "Status": attachment.status,
        "DeleteOnTermination": interface.delete_on_termination,
    }
