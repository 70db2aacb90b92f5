"""EC2: a whole interface that is detached from one instance and attached to another."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ddns.adapters.aws import translated
from ddns.adapters.ec2_nodes import Nodes, describe_interfaces
from ddns.core.errors import PermanentError
from ddns.core.failover.places import Placement, ServiceAddress

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

FORCE_AFTER = 30.0
"""For how many seconds a detachment may go on before it is forced."""


class InterfaceMover:
    """One interface, which is the one place; each step is done by a call of its own.

    Args:
        client: of EC2.
        service: what moves.
        now: a time in seconds that only grows.
    """

    def __init__(
        self,
        client: EC2Client,
        service: ServiceAddress,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._interface = service.interface
        self._device_index = service.device_index
        self._nodes = Nodes(client, service)
        self._names = self._nodes.by_instance()
        self._now = now
        # Since when an attachment was seen to be detached; EC2 does not say it.
        self._since: tuple[str, float] = ("", 0.0)

    def read(self) -> Placement:
        """Return where the interface is attached (DescribeNetworkInterfaces).

        One that is being attached or detached is nowhere.
        """
        attachment = self._attachment()
        instance = str(attachment.get("InstanceId") or attachment.get("InstanceOwnerId", ""))
        if attachment.get("Status") != "attached":
            return Placement({self._interface: ""})
        return Placement({self._interface: self._names.get(instance, instance)})

    def send(self, node: str, may_send: Callable[[], bool]) -> None:
        """Do the next step: detach it, force that after ``FORCE_AFTER``, or attach it to a node."""
        instance = self._nodes.instance(node)
        attachment = self._attachment()
        if not attachment:
            self._attach(instance, may_send)
        elif attachment.get("Status") == "detaching":
            self._force(str(attachment["AttachmentId"]), may_send)
        elif attachment.get("InstanceId") != instance and attachment.get("Status") == "attached":
            self._detach(str(attachment["AttachmentId"]), may_send, force=False)

    def _attachment(self) -> Mapping[str, Any]:
        """Return where the interface is, empty where it is nowhere."""
        found = describe_interfaces(self._client, "network-interface-id", [self._interface])
        if not found:
            raise PermanentError(f"there is no interface {self._interface!r}")
        attachment: Mapping[str, Any] = found[0].get("Attachment", {})
        return {} if attachment.get("Status") == "detached" else attachment

    def _force(self, attachment: str, may_send: Callable[[], bool]) -> None:
        if self._since[0] != attachment:
            self._since = (attachment, self._now())
        if self._now() - self._since[1] >= FORCE_AFTER:
            self._detach(attachment, may_send, force=True)

    def _detach(self, attachment: str, may_send: Callable[[], bool], *, force: bool) -> None:
        if may_send():
            with translated():
                self._client.detach_network_interface(AttachmentId=attachment, Force=force)
            self._since = (attachment, self._now())

    def _attach(self, instance: str, may_send: Callable[[], bool]) -> None:
        if may_send():
            with translated():
                self._client.attach_network_interface(
                    NetworkInterfaceId=self._interface,
                    InstanceId=instance,
                    DeviceIndex=self._device_index,
                )
