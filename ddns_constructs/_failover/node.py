"""What may have a service address: an instance, or a network interface."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from ddns_constructs._failover import references
from ddns_constructs._failover.addresses import is_no_host

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_ec2 import IInstanceRef, INetworkInterfaceRef

    from ddns_constructs._common.arguments import Problems

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?\Z", re.ASCII)


@dataclass(frozen=True)
class Node:
    """An instance or a network interface that may have the address; made by a static method."""

    _resource: Any
    _kind: str
    _probe_address: str | None
    _name: str | None

    @staticmethod
    def instance(
        instance: ec2.IInstance | IInstanceRef,
        *,
        probe_address: str | None = None,
        name: str | None = None,
    ) -> Node:
        """Take an instance; the address goes to its primary interface, looked up at each move.

        So it may be stopped and started, and have its interfaces replaced.

        Args:
            instance: An `Instance`, or one that is there already by
                `CfnInstance.from_instance_id(self, 'A', 'i-...')`.
            probe_address: The node's own private address, which is probed: never the address that
                moves. Default: the instance's private address, which has to be known.
            name: What the node is called in the journal and by `ddns failover`: letters, digits,
                dots, hyphens and underscores, 64 at most. Default: the id of the construct.
        """
        return Node(instance, "instance", probe_address, name)

    @staticmethod
    def network_interface(
        network_interface: INetworkInterfaceRef,
        *,
        probe_address: str | None = None,
        name: str | None = None,
    ) -> Node:
        """Take a network interface, whatever it is attached to.

        Args:
            network_interface: A `CfnNetworkInterface`, or one that is there already by
                `CfnNetworkInterface.from_network_interface_id(self, 'A', 'eni-...')`.
            probe_address: The node's own private address, which is probed: never the address that
                moves. Default: the interface's primary private address, which has to be known.
            name: What the node is called in the journal and by `ddns failover`: letters, digits,
                dots, hyphens and underscores, 64 at most. Default: the id of the construct.
        """
        return Node(network_interface, "interface", probe_address, name)

    # ------------------------------------------------------------ for the constructs

    @property
    def is_instance(self) -> bool:
        """Whether it is an instance."""
        return self._kind == "instance"

    @property
    def name(self) -> str:
        """What it is called."""
        return self._resource.node.id if self._name is None else self._name

    @property
    def resource_id(self) -> str:
        """The id of the instance, or of the interface."""
        if self.is_instance:
            return str(self._resource.instance_ref.instance_id)
        return str(self._resource.network_interface_ref.network_interface_id)

    @property
    def probe_address(self) -> str:
        """The address that is probed."""
        return self._own_address() or "" if self._probe_address is None else self._probe_address

    @property
    def declared_address(self) -> str | None:
        """The private address that the app has written into its definition, if any."""
        found = self._defined()
        return None if found is None else found.private_ip_address

    @property
    def security_groups(self) -> list[ec2.ISecurityGroup]:
        """The security groups of the instance that the app knows."""
        connections = getattr(self._resource, "connections", None)
        return [] if connections is None else connections.security_groups

    @property
    def subnet_id(self) -> object:
        """The id of its subnet, None where the app does not know it."""
        found = self._defined()
        return None if found is None else found.subnet_id

    @property
    def vpc(self) -> str | None:
        """What tells its VPC apart, None where the app does not know it."""
        return references.vpc_of_subnet(self.subnet_id)

    @property
    def checks_destinations(self) -> bool:
        """Whether it is seen that EC2 drops what is sent to other addresses than its own."""
        found = self._defined()
        if found is None:
            return False
        if isinstance(found, ec2.CfnInstance) and found.network_interfaces is not None:
            return False  # then it is a property of each interface
        return found.source_dest_check in (None, True)

    def check(self, keyword: str, problems: Problems) -> Node | None:
        """Return the node, named and addressed; note what keeps it from being one."""
        if not hasattr(self._resource, f"{_REFS[self._kind]}_ref"):
            problems.add(f"'{keyword}' must be {_WANTED[self._kind]}, got {self._resource!r}")
            return None
        _check_name(keyword, self.name, problems)
        _check_address(keyword, self.probe_address, problems)
        return replace(self, _name=self.name)

    def _defined(self) -> ec2.CfnInstance | ec2.CfnNetworkInterface | None:
        """Return what of the app makes it."""
        if self.is_instance:
            return references.target_of(self.resource_id, ec2.CfnInstance)
        return references.target_of(self.resource_id, ec2.CfnNetworkInterface)

    def _own_address(self) -> str | None:
        found = self._defined()
        if isinstance(found, ec2.CfnInstance):
            return found.attr_private_ip
        if isinstance(found, ec2.CfnNetworkInterface):
            return found.attr_primary_private_ip_address
        return None


_REFS = {"instance": "instance", "interface": "network_interface"}
_WANTED = {
    "instance": "an instance, such as ec2.Instance(...) or "
    "CfnInstance.from_instance_id(self, 'A', 'i-...')",
    "interface": "a network interface, such as CfnNetworkInterface(...) or "
    "CfnNetworkInterface.from_network_interface_id(self, 'A', 'eni-...')",
}


def _check_name(keyword: str, name: object, problems: Problems) -> None:
    if Token.is_unresolved(name):
        problems.add(f"'{keyword}.name' must be known at synthesis, got a token: write it out")
    elif not isinstance(name, str) or not _NAME.match(name):
        problems.add(
            f"'{keyword}.name' must be 1 to 64 letters, digits, dots, hyphens and underscores, with"
            f" a letter or digit at both ends, got {name!r}: pass name='a', say"
        )


def _check_address(keyword: str, address: object, problems: Problems) -> None:
    if address == "":
        problems.add(
            f"'{keyword}.probe_address' is needed, as the app does not know the address of what it "
            "did not define: pass probe_address='10.0.1.5', say, the node's own private address"
        )
        return
    if Token.is_unresolved(address):
        return
    try:
        found = ipaddress.ip_address(address if isinstance(address, str) else "")
    except ValueError:
        found = None
    if found is not None and is_no_host(found):
        problems.add(
            f"'{keyword}.probe_address' must be the node's own address in the VPC, got "
            f"'{address}', which is loopback, link-local, multicast or nothing: "
            "write e.g. '10.0.1.5'"
        )
    elif found is None or found.version != 4:  # noqa: PLR2004 - IPv4
        problems.add(
            f"'{keyword}.probe_address' must be an IPv4 address, got {address!r}: "
            "write e.g. '10.0.1.5'"
        )
