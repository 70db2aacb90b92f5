"""Routes in `FakeEc2Network`."""

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
    at,
    network,
    within,
)
from tests.fakes.ec2_network_world import World


class Routes(World):
    """Route tables, and what is asked of them."""

    @operation
    def create_route(
        self,
        *,
        RouteTableId: str,
        NetworkInterfaceId: str,
        DestinationCidrBlock: str = "",
        DestinationIpv6CidrBlock: str = "",
    ) -> dict[str, Any]:
        key, past = self._route(
            RouteTableId, NetworkInterfaceId, DestinationCidrBlock, DestinationIpv6CidrBlock
        )
        if past and at(past, self.clock.now()):
            refuse("RouteAlreadyExists", f"The route identified by {key[1]} already exists.")
        self._check_own_range(RouteTableId, key[1])
        self.state.routes.setdefault(key, ((0.0, ""),))
        self._put(self.state.routes, key, NetworkInterfaceId)
        return {"Return": True}

    @operation
    def replace_route(
        self,
        *,
        RouteTableId: str,
        NetworkInterfaceId: str,
        DestinationCidrBlock: str = "",
        DestinationIpv6CidrBlock: str = "",
    ) -> dict[str, Any]:
        key, past = self._route(
            RouteTableId, NetworkInterfaceId, DestinationCidrBlock, DestinationIpv6CidrBlock
        )
        if not past or not at(past, self.clock.now()):
            message = f"There is no route defined for '{key[1]}' in the route table."
            refuse(self.missing_route, f"{message} Use CreateRoute instead.")
        self._put(self.state.routes, key, NetworkInterfaceId)
        return {}

    @operation
    def describe_route_tables(
        self,
        *,
        RouteTableIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        tables = chosen(self.state.tables, RouteTableIds, "InvalidRouteTableID.NotFound")
        tables = filtered(tables, Filters, {"route-table-id": themselves(tables)})
        return {"RouteTables": [self._table(each) for each in sorted(tables)]}

    def _route(
        self, table: str, interface: str, ipv4: str, ipv6: str
    ) -> tuple[tuple[str, str], Any]:
        if bool(ipv4) == bool(ipv6):
            refuse("MissingParameter", "exactly one destination is needed")
        block = network(ipv4 or ipv6)
        if (":" in block) != bool(ipv6):
            refuse("InvalidParameterValue", f"Invalid CIDR block: {block}")
        if table not in self.state.tables:
            refuse("InvalidRouteTableID.NotFound", f"The routeTable ID '{table}' does not exist")
        vpc = self.state.subnets[self._interface(interface).subnet].vpc
        if vpc != self.state.tables[table]:
            message = f"route table {table} and interface {interface} belong to different networks"
            refuse("InvalidParameterValue", message)
        return (table, block), self.state.routes.get((table, block))

    def _check_own_range(self, table: str, block: str) -> None:
        vpc = self.state.tables[table]
        own = [each for each in self.state.subnets.values() if each.vpc == vpc]
        ranges = {*self.state.vpcs[vpc], *(each.ipv6 for each in own if each.ipv6)}
        if any(within(block, each) for each in ranges):
            blocks = {each.cidr for each in own} | {each.ipv6 for each in own}
            if block not in blocks:
                message = f"The destination CIDR block {block} is equal to or more specific than"
                message += " one of this VPC's CIDR blocks; it must match a subnet's"
                refuse("InvalidParameterValue", message)

    def _table(self, table: str) -> dict[str, Any]:
        seen, vpc = self._seen, self.state.tables[table]
        routes: list[dict[str, Any]] = [
            {
                "DestinationCidrBlock": each,
                "GatewayId": "local",
                "Origin": "CreateRouteTable",
                "State": "active",
            }
            for each in self.state.vpcs[vpc]
        ]
        for (owner, block), past in self.state.routes.items():
            if owner == table and (target := at(past, seen)):
                routes.append(self._shown_route(block, target, seen))
        return {"RouteTableId": table, "VpcId": vpc, "Routes": routes}

    def _shown_route(self, block: str, target: str, seen: float) -> dict[str, Any]:
        kind = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
        shown = {kind: block, "Origin": "CreateRoute", "State": "active"}
        if not target.startswith("eni-"):
            return {**shown, "TransitGatewayId": target}
        if self._blackhole(target, seen):
            shown["State"] = "blackhole"
        attachment = self._attachment_at(target, seen)
        if attachment:
            shown["InstanceId"] = attachment.instance
        return {**shown, "NetworkInterfaceId": target}
