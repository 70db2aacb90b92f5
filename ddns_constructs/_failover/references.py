"""What the app knows of resources: references are followed to what the same app defines.

A value of CloudFormation, such as the id of a subnet, says nothing at synthesis. The construct
that it refers to may: then mistakes show before anything is deployed. What cannot be followed, as
it was imported or is known at deployment only, is None, and nothing is said of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from aws_cdk import Reference, Stack, Token, Tokenization
from aws_cdk import aws_ec2 as ec2

if TYPE_CHECKING:
    from constructs import IConstruct

_T = TypeVar("_T")


def target_of(value: object, kind: type[_T]) -> _T | None:
    """Return the construct of a kind that a text refers to, if it is nothing but that reference."""
    if not isinstance(value, str) or not Token.is_unresolved(value):
        return None
    parts = Tokenization.reverse_string(value)
    token = parts.first_token
    if parts.length != 1 or not isinstance(token, Reference):
        return None
    return token.target if isinstance(token.target, kind) else None


def vpc_key(value: object) -> str | None:
    """Return what tells VPCs apart: an id, or the path of one of this app; None is unknown."""
    if not isinstance(value, str):
        return None
    if not Token.is_unresolved(value):
        return value
    vpc = target_of(value, ec2.CfnVPC)
    return vpc.node.path if vpc is not None else None


def vpc_of_subnet(subnet_id: object) -> str | None:
    """Return the key of a subnet's VPC, None where the subnet is not of this app."""
    subnet = target_of(subnet_id, ec2.CfnSubnet)
    return vpc_key(subnet.vpc_id) if subnet is not None else None


def vpc_of_table(table_id: object) -> str | None:
    """Return the key of a route table's VPC, None where the table is not of this app."""
    table = target_of(table_id, ec2.CfnRouteTable)
    return vpc_key(table.vpc_id) if table is not None else None


def differ(one: str | None, other: str | None) -> bool:
    """Tell whether two VPCs are certainly not the same: both are ids, or both are of this app."""
    if one is None or other is None:
        return False
    return one != other and ("/" in one) == ("/" in other)


def subnet_key(value: object) -> str | None:
    """Return what tells subnets apart: an id, or the path of one of this app."""
    if not isinstance(value, str):
        return None
    if not Token.is_unresolved(value):
        return value
    subnet = target_of(value, ec2.CfnSubnet)
    return subnet.node.path if subnet is not None else None


def zone_of_subnet(subnet_id: object) -> str | None:
    """Return the zone of a subnet of this app, as text that tells zones apart."""
    subnet = target_of(subnet_id, ec2.CfnSubnet)
    if subnet is None or subnet.availability_zone is None:
        return None
    return zone_text(subnet, subnet.availability_zone)


def zone_text(scope: IConstruct, zone: str) -> str:
    """Return a zone as text: its name, or how CloudFormation finds it."""
    return json.dumps(Stack.of(scope).resolve(zone))
