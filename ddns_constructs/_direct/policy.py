"""What API Gateway may do in the name of `ApiGatewayDirectDdns`: docs/permissions.md lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from ddns_constructs._common.route53_policy import (
    RecordAction,
    change_conditions,
    normalise_record_name,
)

if TYPE_CHECKING:
    from constructs import Construct

    from ddns_constructs._direct.settings import DirectSettings

# CDK moves statements beyond 10,000 characters to managed policies, of 6,144 each (IAM's quota),
# and divides none: as many names as fit into one of those at 253 characters each.
_NAMES_OF_STATEMENT = 20


def define_role(scope: Construct, settings: DirectSettings) -> iam.Role:
    """Define what API Gateway acts as: it may write these names, and nothing else."""
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        description="Route 53 records of clients (ddns-constructs, ApiGatewayDirectDdns)",
    )
    names = sorted(normalise_record_name(name) for name in settings.names.values())
    for start in range(0, len(names), _NAMES_OF_STATEMENT):
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["route53:ChangeResourceRecordSets"],
                resources=[settings.hosted_zone.hosted_zone_arn],
                conditions=change_conditions(
                    actions=[RecordAction.UPSERT],
                    types=settings.record_types,
                    # A request has one name, so one of the statements allows it or none does.
                    names=names[start : start + _NAMES_OF_STATEMENT],
                ),
            )
        )
    return role
