# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Routes.

| AWS | MiniStack |
|---|---|
| ReplaceRoute to an interface or an instance is stored as such | as gateway `local` |
| ReplaceRoute and DeleteRoute of a missing route are refused | succeed |
| a second CreateRoute for a block is refused: RouteAlreadyExists | a second route |
| an interface of another VPC, or one that does not exist, is refused | taken |
| a part of the VPC's own range has to be a whole subnet | taken |
| IPv6 blocks | stored as an empty IPv4 block |
| a route is a blackhole while its interface is at no running instance, or gone | always active |
| filters of DescribeRouteTables count; an unknown table or filter is an error | some filters, and nothing |

A missing route is answered with the code that AWS answers today, InvalidParameterValue (tried by
getmoto/moto, pull request 6425); documented is InvalidRoute.NotFound. That an instance that is
stopped makes a blackhole is not documented either, which speaks of terminated ones.
"""  # noqa: E501 - a table

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from ministack.services import ec2

from ddns_constructs.local._ministack.network.calls import (
    answers,
    find,
    matches,
    members,
    parameter,
    refuse,
    tag,
)
from ddns_constructs.local._ministack.network.interfaces import attached_to, interface

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.local._ministack.network.calls import Params

__all__ = ["apply"]

_Route = dict[str, Any]
_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "VpcEndpointId",
    "NetworkInterfaceId",
)
_KINDS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")


def apply() -> None:
    """Replace the handlers of routes, and how they are shown."""
    answers("CreateRoute", _create)
    answers("ReplaceRoute", _replace)
    answers("DeleteRoute", _delete)
    answers("DescribeRouteTables", _describe)
    _correct_description()


def _create(params: Params) -> str:
    table, kind, block = _place(params)
    target = _target(params, table)
    if _found(table, kind, block):
        refuse("RouteAlreadyExists", f"The route identified by {block} already exists.")
    _check_own_range(table, block)
    made = {kind: block, "State": "active", "Origin": "CreateRoute", **target}
    table["Routes"].append(made)
    return tag("return", value=True)


def _replace(params: Params) -> str:
    table, kind, block = _place(params)
    target = _target(params, table)
    route = _existing(table, kind, block)
    for name in (*_TARGETS, "InstanceId"):
        route.pop(name, None)
    route.update(target)
    return tag("return", value=True)


def _delete(params: Params) -> str:
    table, kind, block = _place(params)
    table["Routes"].remove(_existing(table, kind, block))
    return tag("return", value=True)


def _place(params: Params) -> tuple[dict[str, Any], str, str]:
    given = [(kind, parameter(params, kind)) for kind in _KINDS if parameter(params, kind)]
    if len(given) != 1:
        refuse("MissingParameter", "exactly one destination is needed")
    ((kind, text),) = given
    try:
        block = str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        refuse("InvalidParameterValue", f"Invalid CIDR block: {text}")
    if (":" in block) != (kind == _KINDS[1]):
        refuse("InvalidParameterValue", f"Invalid CIDR block: {text}")
    return _table(parameter(params, "RouteTableId")), kind, block


def _target(params: Params, table: Mapping[str, Any]) -> _Route:
    given = {name: parameter(params, name) for name in _TARGETS if parameter(params, name)}
    if instance := parameter(params, "InstanceId"):
        find(ec2._instances, instance, "InvalidInstanceID.NotFound", "instance")
        given["NetworkInterfaceId"] = attached_to(instance)[0]["NetworkInterfaceId"]
    if len(given) != 1:
        refuse("MissingParameter", "exactly one target is needed")
    wanted = given.get("NetworkInterfaceId")
    if wanted and interface(wanted)["VpcId"] != table["VpcId"]:
        message = f"route table {table['RouteTableId']} and interface {wanted} belong to"
        refuse("InvalidParameterValue", f"{message} different networks")
    return dict(given)


def _found(table: Mapping[str, Any], kind: str, block: str) -> _Route | None:
    return next((each for each in table["Routes"] if each.get(kind) == block), None)


def _existing(table: Mapping[str, Any], kind: str, block: str) -> _Route:
    route = _found(table, kind, block)
    if route is None:
        message = f"There is no route defined for '{block}' in the route table."
        refuse("InvalidParameterValue", f"{message} Use CreateRoute instead.")
    return route


def _check_own_range(table: Mapping[str, Any], block: str) -> None:
    wanted = ipaddress.ip_network(block)
    subnets = [each for each in ec2._subnets.values() if each["VpcId"] == table["VpcId"]]
    whole = {each[key] for each in subnets for key in ("CidrBlock", "Ipv6CidrBlock") if key in each}
    ranges = {ec2._vpcs[table["VpcId"]]["CidrBlock"]}
    ranges |= {each["Ipv6CidrBlock"] for each in subnets if "Ipv6CidrBlock" in each}
    own = map(ipaddress.ip_network, ranges)
    is_part = any(
        wanted.version == each.version and wanted.subnet_of(each)  # type: ignore[arg-type] # versions
        for each in own
    )
    if is_part and block not in whole:
        message = f"The destination CIDR block {block} is equal to or more specific than one of"
        refuse(
            "InvalidParameterValue", f"{message} this VPC's CIDR blocks; it must match a subnet's"
        )


def _correct_description() -> None:
    to_xml = ec2._rtb_fields_xml

    def with_states(table: Mapping[str, Any], tag: str = "item") -> str:
        shown = {**table, "Routes": list(map(_shown, table["Routes"]))}
        written: str = to_xml(shown, tag=tag)
        return written

    ec2._rtb_fields_xml = with_states


def _describe(params: Params) -> str:
    wanted = members(params, "RouteTableId")
    chosen = map(_table, wanted) if wanted else iter(ec2._route_tables.values())
    shown = [each for each in chosen if matches(each["RouteTableId"], _filtered_by(each), params)]
    return f"<routeTableSet>{''.join(map(ec2._rtb_fields_xml, shown))}</routeTableSet>"


def _table(wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = find(
        ec2._route_tables, wanted, "InvalidRouteTableID.NotFound", "routeTable"
    )
    return found


def _filtered_by(table: Mapping[str, Any]) -> Mapping[str, list[str]]:
    associations, routes = table["Associations"], table["Routes"]
    return {
        "route-table-id": [table["RouteTableId"]],
        "vpc-id": [table["VpcId"]],
        "association.main": [str(bool(each.get("Main"))).lower() for each in associations],
        "association.subnet-id": [each.get("SubnetId", "") for each in associations],
        "association.route-table-association-id": [
            each["RouteTableAssociationId"] for each in associations
        ],
        "route.destination-cidr-block": [each.get(_KINDS[0], "") for each in routes],
        "route.destination-ipv6-cidr-block": [each.get(_KINDS[1], "") for each in routes],
        "route.state": [str(_shown(each)["State"]) for each in routes],
    }


def _shown(route: _Route) -> _Route:
    wanted = route.get("NetworkInterfaceId")
    if not wanted:
        return route
    found = ec2._network_interfaces.get(wanted)
    attachment = found["Attachment"] if found else None
    if not attachment:
        return {**route, "State": "blackhole"}
    instance = attachment["InstanceId"]
    runs = ec2._instances[instance]["State"]["Name"] == "running"
    return {**route, "InstanceId": instance, "State": "active" if runs else "blackhole"}
