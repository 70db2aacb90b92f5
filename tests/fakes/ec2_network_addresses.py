"""Private and Elastic IP addresses in `FakeEc2Network`."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.ec2_network_calls import (
    chosen,
    filtered,
    operation,
    refuse,
    themselves,
)
from tests.fakes.ec2_network_state import (
    NOWHERE,
    Elastic,
    address,
    at,
    within,
)
from tests.fakes.ec2_network_world import World


class Addresses(World):
    """Addresses that are at interfaces, and what is asked of them."""

    @operation
    def assign_private_ip_addresses(
        self,
        *,
        NetworkInterfaceId: str,
        PrivateIpAddresses: Sequence[str],
        AllowReassignment: bool = False,
    ) -> dict[str, Any]:
        for private in PrivateIpAddresses:
            self._check_in_subnet(NetworkInterfaceId, private)
            holder = self._latest_holder(private)
            if holder and holder != NetworkInterfaceId and not AllowReassignment:
                refuse("InvalidParameterValue", f"{private} is assigned to another interface")
            delay = self.assign_delay if holder != NetworkInterfaceId else 0.0
            self._move(private, NetworkInterfaceId, delay)
        assigned = [{"PrivateIpAddress": each} for each in PrivateIpAddresses]
        return {
            "NetworkInterfaceId": NetworkInterfaceId,
            "AssignedPrivateIpAddresses": assigned,
        }

    @operation
    def unassign_private_ip_addresses(
        self, *, NetworkInterfaceId: str, PrivateIpAddresses: Sequence[str]
    ) -> dict[str, Any]:
        self._unassign(NetworkInterfaceId, PrivateIpAddresses)
        return {}

    @operation
    def assign_ipv6_addresses(
        self, *, NetworkInterfaceId: str, Ipv6Addresses: Sequence[str]
    ) -> dict[str, Any]:
        for each in Ipv6Addresses:
            self._check_in_subnet(NetworkInterfaceId, each)
            holder = self._latest_holder(each)
            if holder and holder != NetworkInterfaceId:
                refuse("InvalidParameterValue", f"{each} is assigned to another interface")
            self._move(each, NetworkInterfaceId, self.assign_delay)
        return {
            "NetworkInterfaceId": NetworkInterfaceId,
            "AssignedIpv6Addresses": list(Ipv6Addresses),
        }

    @operation
    def unassign_ipv6_addresses(
        self, *, NetworkInterfaceId: str, Ipv6Addresses: Sequence[str]
    ) -> dict[str, Any]:
        self._unassign(NetworkInterfaceId, Ipv6Addresses)
        return {
            "NetworkInterfaceId": NetworkInterfaceId,
            "UnassignedIpv6Addresses": list(Ipv6Addresses),
        }

    @operation
    def associate_address(
        self,
        *,
        AllocationId: str,
        NetworkInterfaceId: str,
        PrivateIpAddress: str = "",
        AllowReassociation: bool = True,
    ) -> dict[str, Any]:
        if AllocationId not in self.state.elastic:
            refuse("InvalidAllocationID.NotFound", f"'{AllocationId}' does not exist")
        found = self._interface(NetworkInterfaceId)
        private = address(PrivateIpAddress or found.address)
        if private != found.address and self.holder(private) != NetworkInterfaceId:
            refuse("InvalidParameterValue", f"{private} is not at {NetworkInterfaceId}")
        to, before = Elastic(NetworkInterfaceId, private), self.elastic_ip(AllocationId)
        if before not in (NOWHERE, to) and not AllowReassociation:
            refuse("Resource.AlreadyAssociated", f"{AllocationId} is associated already")
        for other in self.state.elastic:
            if self.elastic_ip(other) == to:
                self._put(self.state.elastic, other, NOWHERE)
        self._put(self.state.elastic, AllocationId, to)
        return {"AssociationId": f"eipassoc-{AllocationId.removeprefix('eipalloc-')}"}

    @operation
    def describe_addresses(
        self,
        *,
        AllocationIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        found = chosen(self.state.elastic, AllocationIds, "InvalidAllocationID.NotFound")
        found = filtered(found, Filters, {"allocation-id": themselves(found)})
        return {"Addresses": [self._shown_elastic(each) for each in sorted(found)]}

    def _shown_elastic(self, allocation: str) -> dict[str, Any]:
        shown: dict[str, Any] = {"AllocationId": allocation, "Domain": "vpc"}
        seen = at(self.state.elastic[allocation], self._seen)
        if seen == NOWHERE:
            return shown
        return {
            **shown,
            "AssociationId": f"eipassoc-{allocation.removeprefix('eipalloc-')}",
            "NetworkInterfaceId": seen.interface,
            "PrivateIpAddress": seen.private,
        }

    def _check_in_subnet(self, interface: str, private: str) -> None:
        subnet = self.state.subnets[self._interface(interface).subnet]
        block = subnet.ipv6 if ":" in private else subnet.cidr
        if not block or not within(address(private), block):
            refuse("InvalidParameterValue", f"{private} is not in the subnet {block}")
        primaries = {each.address for each in self.state.interfaces.values()}
        if address(private) in primaries:
            refuse("InvalidParameterValue", f"{private} is the primary address of an interface")

    def _move(self, private: str, interface: str, delay: float) -> None:
        private = address(private)
        self.state.holders.setdefault(private, ((0.0, ""),))
        if self._latest_holder(private) != interface:
            self._put(self.state.holders, private, interface, delay)
        for allocation in self.state.elastic:
            if (now := self.elastic_ip(allocation)).private == private and now.interface:
                self._put(self.state.elastic, allocation, Elastic(interface, private), delay)

    def _unassign(self, interface: str, addresses: Sequence[str]) -> None:
        self._interface(interface)
        for each in addresses:
            if self._latest_holder(each) != interface:
                refuse("InvalidParameterValue", f"{each} is not at {interface}")
            self._put(self.state.holders, address(each), "")
            for allocation in self.state.elastic:
                if self.elastic_ip(allocation) == Elastic(interface, address(each)):
                    self._put(self.state.elastic, allocation, NOWHERE)
