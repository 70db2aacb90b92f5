"""EC2: a secondary private address of one subnet, and its Elastic IP address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ddns.adapters.aws import translated
from ddns.adapters.ec2_nodes import Nodes, describe_interfaces, pages
from ddns.adapters.threads import AtOnce, returned, side_by_side
from ddns.core.errors import DdnsError
from ddns.core.failover.places import Placement, ServiceAddress

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_IPV4 = 4
_FILTERS = {_IPV4: "addresses.private-ip-address", 6: "ipv6-addresses.ipv6-address"}


class SecondaryMover:
    """One address; its subnet is a place, and so is the allocation of its Elastic IP address."""

    def __init__(
        self, client: EC2Client, service: ServiceAddress, at_once: AtOnce = side_by_side
    ) -> None:
        """Take a client, what moves, and what does things at once."""
        self._client = client
        self._subnet = service.subnet
        self._allocation = service.allocation
        self._address = str(ip_address(service.address))
        self._version = ip_address(service.address).version
        self._nodes = Nodes(client, service)
        self._at_once = at_once

    def read(self) -> Placement:
        """Return who has the address.

        It takes DescribeNetworkInterfaces, DescribeInstances, and for an Elastic IP address
        DescribeAddresses. One that is at another address of a node points nowhere.
        """
        jobs: list[Callable[[], Any]] = [self._holder, self._elastic, self._nodes.by_interface]
        holder, elastic, nodes = returned(self._at_once(jobs))
        places = {self._subnet: nodes.get(holder, holder)}
        if self._allocation:
            places[self._allocation] = self._pointed(elastic, nodes)
        return Placement(places)

    def send(self, node: str, may_send: Callable[[], bool]) -> None:
        """Have the address assigned to the interface of a node, and then the Elastic IP address.

        What EC2 shows may be old: the address is assigned also where it seems to be there.
        """
        interface = self._nodes.interface(node)
        holder = self._holder()
        if self._version == _IPV4:
            self._assign(interface, may_send)
        else:
            self._assign_ipv6(interface, holder, may_send)
        # An Elastic IP address goes with the private one, and has to be brought to it only once.
        if self._allocation and holder == interface and not self._is_associated(interface):
            self._associate(interface, may_send)

    def _holder(self) -> str:
        """Return the id of the interface that has the address; nothing where two seem to."""
        by, subnet = _FILTERS[self._version], self._subnet
        found = describe_interfaces(self._client, by, [self._address])
        holders = [each["NetworkInterfaceId"] for each in found if each["SubnetId"] == subnet]
        return str(holders[0]) if len(holders) == 1 else ""

    def _elastic(self) -> Mapping[str, Any]:
        if not self._allocation:
            return {}
        by: Any = [{"Name": "allocation-id", "Values": [self._allocation]}]
        found = pages(self._client.describe_addresses, Filters=by)
        return next((each for page in found for each in page["Addresses"]), {})

    def _is_associated(self, interface: str) -> bool:
        found = self._elastic()
        there = found.get("NetworkInterfaceId"), found.get("PrivateIpAddress")
        return there == (interface, self._address)

    def _pointed(self, elastic: Mapping[str, Any], nodes: Mapping[str, str]) -> str:
        interface = str(elastic.get("NetworkInterfaceId", ""))
        if interface in nodes and elastic.get("PrivateIpAddress") != self._address:
            return ""
        return nodes.get(interface, interface)

    def _assign(self, interface: str, may_send: Callable[[], bool]) -> None:
        if may_send():
            with translated():
                self._client.assign_private_ip_addresses(
                    NetworkInterfaceId=interface,
                    PrivateIpAddresses=[self._address],
                    AllowReassignment=True,
                )

    def _assign_ipv6(self, interface: str, holder: str, may_send: Callable[[], bool]) -> None:
        """Take the address away from where it is, and assign it: there is no way in one."""
        error: DdnsError | None = None
        if holder not in ("", interface) and may_send():
            try:
                with translated():
                    self._client.unassign_ipv6_addresses(
                        NetworkInterfaceId=holder, Ipv6Addresses=[self._address]
                    )
            except DdnsError as err:  # it may be gone from there already
                error = err
        if may_send():
            try:
                with translated():
                    self._client.assign_ipv6_addresses(
                        NetworkInterfaceId=interface, Ipv6Addresses=[self._address]
                    )
            except DdnsError as err:
                raise (error or err) from err

    def _associate(self, interface: str, may_send: Callable[[], bool]) -> None:
        if may_send():
            with translated():
                self._client.associate_address(
                    AllocationId=self._allocation,
                    NetworkInterfaceId=interface,
                    PrivateIpAddress=self._address,
                    AllowReassociation=True,
                )
