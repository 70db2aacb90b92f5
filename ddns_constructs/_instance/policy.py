"""What the function of `InstanceDdns` may do: docs/permissions.md says which code needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from ddns_constructs._common.route53_policy import RecordAction, below_apex, change_conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_dynamodb as dynamodb
    from constructs import Construct

    from ddns_constructs._common.zones import Zone

# A change of an owned record is a DELETE of what was written plus a CREATE, never an UPSERT.
_ACTIONS = (RecordAction.CREATE, RecordAction.DELETE)
_FORWARD_TYPES = ("A", "AAAA", "CNAME")
_REVERSE_TYPES = ("PTR",)


def zone_statements(zones: Sequence[Zone], *, associate_vpcs: bool) -> list[iam.PolicyStatement]:
    """Allow reading the listed zones and changing the records below their apex."""
    arns = [zone.hosted_zone.hosted_zone_arn for zone in zones]
    statements = [
        iam.PolicyStatement(
            actions=["route53:GetHostedZone", "route53:ListResourceRecordSets"], resources=arns
        ),
        *(_change_statement(zone) for zone in zones if not zone.is_classless),
    ]
    if associate_vpcs:
        statements.append(
            iam.PolicyStatement(actions=["route53:AssociateVPCWithHostedZone"], resources=arns)
        )
    return statements


def _change_statement(zone: Zone) -> iam.PolicyStatement:
    types: list[str] = []
    if not zone.is_named or not zone.is_reverse:
        types += _FORWARD_TYPES
    if not zone.is_named or zone.is_reverse:
        types += _REVERSE_TYPES
    return iam.PolicyStatement(
        actions=["route53:ChangeResourceRecordSets"],
        resources=[zone.hosted_zone.hosted_zone_arn],
        conditions=change_conditions(
            actions=_ACTIONS,
            types=types,
            patterns=below_apex(zone.name),
        ),
    )


def ledger_statement(table: dynamodb.ITable) -> iam.PolicyStatement:
    """Allow reading and writing the items of the ledger."""
    return iam.PolicyStatement(
        actions=[
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
        resources=[table.table_arn],
    )


def describe_statements(
    scope: Construct, *, vpcs: bool, dhcp_options: bool, subnets: bool
) -> list[iam.PolicyStatement]:
    """Allow the EC2 reads, in this Region only: most of them have no resource level."""
    stack = Stack.of(scope)
    optional = {
        "ec2:DescribeDhcpOptions": dhcp_options,
        "ec2:DescribeSubnets": subnets,
        "ec2:DescribeVpcs": vpcs,
    }
    wanted = [action for action, is_wanted in optional.items() if is_wanted]
    return [
        iam.PolicyStatement(
            actions=sorted(["ec2:DescribeInstances", *wanted]),
            resources=["*"],
            conditions={"StringEquals": {"ec2:Region": stack.region}},
        ),
        iam.PolicyStatement(
            actions=["ec2:DescribeVpcAttribute"],
            resources=[stack.format_arn(service="ec2", resource="vpc", resource_name="*")],
        ),
    ]


def reverse_zone_statements(scope: Construct) -> list[iam.PolicyStatement]:
    """Allow making reverse zones, whose ids nobody knows yet, and PTR records in them."""
    any_zone = Stack.of(scope).format_arn(
        service="route53", region="", account="", resource="hostedzone", resource_name="*"
    )
    return [
        iam.PolicyStatement(
            actions=["route53:CreateHostedZone", "route53:ListHostedZonesByName"],
            resources=["*"],
        ),
        iam.PolicyStatement(
            actions=["route53:ListResourceRecordSets"],
            resources=[any_zone],
        ),
        iam.PolicyStatement(
            actions=["route53:ChangeResourceRecordSets"],
            resources=[any_zone],
            conditions=change_conditions(
                actions=_ACTIONS,
                types=_REVERSE_TYPES,
                patterns=["*.in-addr.arpa"],
            ),
        ),
    ]
