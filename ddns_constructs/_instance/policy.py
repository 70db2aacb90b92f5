"""What the function of `InstanceDdns` may do: docs/permissions.md says which code needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from ddns_constructs._common.route53_policy import RecordAction, change_conditions
from ddns_constructs._common.zones import depth
from ddns_constructs._instance import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_dynamodb as dynamodb
    from constructs import Construct

    from ddns_constructs._common.zones import Zone
    from ddns_constructs._instance.settings import InstanceSettings

# A change of an owned record is a DELETE of what was written plus a CREATE, never an UPSERT.
_ACTIONS = (RecordAction.CREATE, RecordAction.DELETE)
_FORWARD_TYPES = ("A", "AAAA", "CNAME")
_REVERSE_TYPES = ("PTR",)


def zone_statements(
    scope: Construct, settings: InstanceSettings, zones: Sequence[Zone]
) -> list[iam.PolicyStatement]:
    """Allow reading some of the listed zones and changing the records of allowed names."""
    arns = [zone.arn for zone in zones]
    statements = [
        iam.PolicyStatement(
            actions=["route53:GetHostedZone", "route53:ListResourceRecordSets"], resources=arns
        ),
        *_change_statements(settings, zones),
    ]
    if settings.associate_vpcs:
        statements.append(
            iam.PolicyStatement(
                actions=["route53:AssociateVPCWithHostedZone"],
                resources=arns,
                conditions=_vpc_conditions(scope),
            )
        )
    return statements


def _vpc_conditions(scope: Construct) -> dict[str, dict[str, str]]:
    """Return the conditions under which a request names VPCs of this Region, and nothing else.

    A public zone has none. AssociateVPCWithHostedZone and CreateHostedZone have the key:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
    """
    vpcs = "route53:VPCs"
    return {
        "ForAllValues:StringLike": {vpcs: f"VPCId=vpc-*,VPCRegion={Stack.of(scope).region}"},
        # ForAllValues is true where the key is absent, as for a public zone: ask for it too.
        "Null": {vpcs: "false"},
    }


def _change_statements(
    settings: InstanceSettings, zones: Sequence[Zone]
) -> list[iam.PolicyStatement]:
    """Return one statement for the zones of a kind.

    Route 53 takes no name into a zone that does not lie within it. So zones may share a statement
    where none lies within another, and the same types and names are refused in all of them.
    """
    kinds: dict[tuple[object, ...], list[Zone]] = {}
    for zone in zones:
        if not zone.is_classless:
            patterns = names.record_patterns(settings.allowed_names, zone)
            refused = names.hijacking_patterns(patterns, zone)
            kind = (depth(zone, settings.zones), *_types(zone), *refused)
            kinds.setdefault(kind, []).append(zone)
    return [_change_statement(each, settings.allowed_names) for each in kinds.values()]


def _change_statement(zones: Sequence[Zone], allowed_names: Sequence[str]) -> iam.PolicyStatement:
    patterns = [each for zone in zones for each in names.record_patterns(allowed_names, zone)]
    return iam.PolicyStatement(
        actions=["route53:ChangeResourceRecordSets"],
        resources=[zone.arn for zone in zones],
        conditions=change_conditions(
            actions=_ACTIONS,
            types=_types(zones[0]),
            patterns=patterns,
            except_names=[apex for zone in zones for apex in names.matched_apex(patterns, zone)],
            except_patterns=names.hijacking_patterns(
                names.record_patterns(allowed_names, zones[0]), zones[0]
            ),
        ),
    )


def _types(zone: Zone) -> tuple[str, ...]:
    """Return the types of a zone; one whose name is not known yet may be a reverse zone."""
    if not zone.is_named:
        return (*_FORWARD_TYPES, *_REVERSE_TYPES)
    return _REVERSE_TYPES if zone.is_reverse else _FORWARD_TYPES


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
            actions=["route53:CreateHostedZone"],
            resources=["*"],
            conditions=_vpc_conditions(scope),
        ),
        iam.PolicyStatement(actions=["route53:ListHostedZonesByName"], resources=["*"]),
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
