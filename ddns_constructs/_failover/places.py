"""Where each kind of address can point, and what it takes to move it there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from ddns_constructs._failover.node import Node

_V6 = ":"


class Places(ABC):
    """Where an address can point: route tables, a subnet's interfaces, or instances."""

    kind: str
    """What the controller calls it."""

    slow_seconds: int
    """After how long a move is slow, for the alarm."""

    spans_zones = False
    """Whether it moves between zones."""

    @abstractmethod
    def settings(self) -> dict[str, object]:
        """Return them as the controller reads them."""

    @abstractmethod
    def describe_actions(self, nodes: Sequence[Node]) -> set[str]:
        """Return the EC2 reads, which have no resource level."""

    @abstractmethod
    def statements(
        self, scope: Construct, nodes: Sequence[Node], address: str
    ) -> list[iam.PolicyStatement]:
        """Allow what moves the address, on these resources and no others."""

    def wide_statements(
        self,
        scope: Construct,  # noqa: ARG002 - most need none
        nodes: Sequence[Node],  # noqa: ARG002 - likewise
        address: str,  # noqa: ARG002 - likewise
    ) -> list[iam.PolicyStatement]:
        """Allow what has no resource that is known before the move; conditions limit it."""
        return []

    @abstractmethod
    def ids(self) -> list[str]:
        """Return the ids of AWS's that the settings hold, which may be tokens."""

    def claims(self, address: str) -> dict[str, str]:
        """Return what one failover alone may move, as an error calls it, by what tells it apart."""
        return {f"{address} {each}": f"'address' '{address}'" for each in self.ids()}


@dataclass(frozen=True)
class RouteTables(Places):
    """Routes of several tables."""

    table_ids: Sequence[str]
    kind = "routes"
    slow_seconds = 30
    spans_zones = True

    def settings(self) -> dict[str, object]:
        return {"tables": list(self.table_ids)}

    def ids(self) -> list[str]:
        return list(self.table_ids)

    def describe_actions(self, nodes: Sequence[Node]) -> set[str]:
        return {"ec2:DescribeRouteTables", *_of_nodes(nodes)}

    def statements(
        self,
        scope: Construct,
        nodes: Sequence[Node],  # noqa: ARG002 - a route has no resource but its table
        address: str,  # noqa: ARG002 - likewise
    ) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                actions=["ec2:CreateRoute", "ec2:ReplaceRoute"],
                resources=[_arn(scope, "route-table", each) for each in self.table_ids],
            )
        ]


@dataclass(frozen=True)
class SecondaryAddress(Places):
    """Interfaces of one subnet, and an Elastic IP address that goes with the private one."""

    subnet_id: str
    allocation_id: str | None
    kind = "secondary"
    slow_seconds = 30

    def settings(self) -> dict[str, object]:
        found: dict[str, object] = {"subnet": self.subnet_id}
        if self.allocation_id is not None:
            found["allocation"] = self.allocation_id
        return found

    def ids(self) -> list[str]:
        return [self.subnet_id, *([self.allocation_id] if self.allocation_id else [])]

    def claims(self, address: str) -> dict[str, str]:
        elastic = {self.allocation_id: "'elastic_ip'"} if self.allocation_id else {}
        return {f"{address} {self.subnet_id}": f"'address' '{address}'", **elastic}

    def describe_actions(self, nodes: Sequence[Node]) -> set[str]:
        address = {"ec2:DescribeAddresses"} if self.allocation_id is not None else set()
        return {"ec2:DescribeNetworkInterfaces", *address, *_of_nodes(nodes)}

    def statements(
        self, scope: Construct, nodes: Sequence[Node], address: str
    ) -> list[iam.PolicyStatement]:
        known = [each.resource_id for each in nodes if not each.is_instance]
        found = []
        if known:
            resources = [_arn(scope, "network-interface", each) for each in known]
            found.append(iam.PolicyStatement(actions=self._actions(address), resources=resources))
        if self.allocation_id is not None:
            elastic = _arn(scope, "elastic-ip", self.allocation_id)
            found.append(iam.PolicyStatement(actions=["ec2:AssociateAddress"], resources=[elastic]))
        return found

    def wide_statements(
        self, scope: Construct, nodes: Sequence[Node], address: str
    ) -> list[iam.PolicyStatement]:
        """Allow it on the subnet's interfaces: which one an instance has is known at the move."""
        if not any(each.is_instance for each in nodes):
            return []
        subnet = _arn(scope, "subnet", self.subnet_id)
        return [
            iam.PolicyStatement(
                actions=self._actions(address),
                resources=[_arn(scope, "network-interface", "*")],
                conditions={"ArnEquals": {"ec2:Subnet": subnet}},
            )
        ]

    def _actions(self, address: str) -> list[str]:
        if _V6 in address:
            return ["ec2:AssignIpv6Addresses", "ec2:UnassignIpv6Addresses"]
        elastic = [] if self.allocation_id is None else ["ec2:AssociateAddress"]
        return ["ec2:AssignPrivateIpAddresses", *elastic]


@dataclass(frozen=True)
class WholeInterface(Places):
    """Instances of one zone that an interface is attached to."""

    interface_id: str
    device_index: int
    kind = "interface"
    slow_seconds = 180

    def settings(self) -> dict[str, object]:
        return {"interface": self.interface_id, "device_index": self.device_index}

    def ids(self) -> list[str]:
        return [self.interface_id]

    def claims(self, address: str) -> dict[str, str]:  # noqa: ARG002 - the interface has it
        return {self.interface_id: "'interface'"}

    def describe_actions(self, nodes: Sequence[Node]) -> set[str]:
        return {"ec2:DescribeNetworkInterfaces", *_of_nodes(nodes)}

    def statements(
        self,
        scope: Construct,
        nodes: Sequence[Node],
        address: str,  # noqa: ARG002 - the interface has it
    ) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                actions=["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"],
                resources=[
                    _arn(scope, "network-interface", self.interface_id),
                    *(_arn(scope, "instance", each.resource_id) for each in nodes),
                ],
            )
        ]


def stop_statement(scope: Construct, nodes: Sequence[Node]) -> iam.PolicyStatement:
    """Allow the fence to have these instances stopped."""
    return iam.PolicyStatement(
        actions=["ec2:StopInstances"],
        resources=[_arn(scope, "instance", each.resource_id) for each in nodes],
    )


def _of_nodes(nodes: Sequence[Node]) -> set[str]:
    """Return what it takes to find the interfaces of instances, and the instances of interfaces."""
    found = {"ec2:DescribeInstances"}
    if not all(each.is_instance for each in nodes):
        found.add("ec2:DescribeNetworkInterfaces")
    return found


def _arn(scope: Construct, resource: str, name: str) -> str:
    return Stack.of(scope).format_arn(service="ec2", resource=resource, resource_name=name)
