"""What `grant_manage_hosts` allows, in policies that IAM takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ddns_constructs._client import names
from ddns_constructs._client.policy import change_statement
from ddns_constructs._common.route53_policy import RecordAction
from ddns_constructs._common.service_policy import KEY_ACTIONS, key_conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk import aws_dynamodb as dynamodb

    from ddns_constructs._client.settings import ClientSettings
    from ddns_constructs._common.zones import Zone

# A host may have got one under other settings.
_TYPES = ("A", "AAAA", "TXT")

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. White space does not
# count. CDK moves what is too long for a role to managed policies, and does nothing of the kind
# for a user, whose inline policies may have 2,048 together, or for a group, with 5,120.
_MANAGED_POLICY = 6_144
_INLINE_OF_ROLE = 10_240
# How much of a statement its patterns may take: the rest of one has room beside it.
_PATTERNS_OF_STATEMENT = 3_000

# The longest of each that there is, for what is known when it is deployed.
_LONGEST = {
    "AWS::Partition": len("aws-us-gov"),
    "AWS::Region": len("ap-southeast-2"),
    "AWS::AccountId": 12,
    "AWS::URLSuffix": len("amazonaws.com.cn"),
}
_LONGEST_ID = 32  # of a hosted zone
_LONGEST_ARN = 320  # of a table, whose name may have 255


def manage_hosts(
    scope: Construct,
    grantee: iam.IGrantable,
    settings: ClientSettings,
    table: dynamodb.ITable,
) -> iam.Grant:
    """Let a principal manage hosts: users and groups by managed policies, others as CDK does it.

    Raises:
        ValueError: It is more than IAM takes of a grantee that is a policy, or an imported role.
    """
    statements = list(_statements(scope, settings, table))
    principal = grantee.grant_principal
    if not (hasattr(principal, "user_name") or hasattr(principal, "group_name")):
        _check_room(scope, grantee, statements)
        return _granted(grantee, statements)
    owner = cast("Any", principal)  # a user or a group, perhaps an imported one
    where = owner if isinstance(owner, Construct) else scope
    grants = []
    for number, part in enumerate(_parts(scope, statements)):
        id_ = f"ManageHosts{scope.node.addr[-8:]}{owner.node.addr[-8:]}{number}"
        policy = where.node.try_find_child(id_) or iam.ManagedPolicy(
            where,
            id_,
            description="Manage the hosts of dynamic DNS (ddns-constructs, ClientDdns)",
            groups=[owner] if hasattr(owner, "group_name") else None,
            users=[owner] if hasattr(owner, "user_name") else None,
        )
        grants.append(_granted(cast("iam.ManagedPolicy", policy), part))
    return _combined(grants)


# ---------------------------------------------------------------- what is allowed


def _statements(
    scope: Construct, settings: ClientSettings, table: dynamodb.ITable
) -> Iterator[iam.PolicyStatement]:
    """Yield what it takes to make, show, change and remove hosts, and what they have in zones."""
    yield iam.PolicyStatement(
        actions=[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
        resources=[table.table_arn],
    )
    yield iam.PolicyStatement(
        actions=["route53:GetHostedZone", "route53:ListResourceRecordSets"],
        resources=[zone.hosted_zone.hosted_zone_arn for zone in settings.zones],
    )
    for zone in settings.zones:
        for patterns in _patterns(settings, zone):
            yield change_statement(settings, zone, [RecordAction.DELETE], _TYPES, patterns)
    if table.encryption_key is not None:
        yield iam.PolicyStatement(
            actions=list(KEY_ACTIONS),
            resources=[table.encryption_key.key_arn],
            conditions=key_conditions(scope, "dynamodb"),
        )


def _patterns(settings: ClientSettings, zone: Zone) -> Iterator[list[str]]:
    """Yield the patterns of a zone's records, as many at once as a statement has room for.

    `ddns host` deletes one record set with each request, so one of the statements allows it or
    none does.
    """
    if not settings.allowed_names:
        yield names.record_patterns((), zone, settings.zones)
        return
    patterns: list[str] = []
    for own in names.in_zone(settings.allowed_names, zone, settings.zones):
        more = [
            *names.record_patterns([own], zone, settings.zones),
            *names.challenge_patterns([own], zone, settings.zones),
        ]
        if patterns and len(_compact([*patterns, *more])) > _PATTERNS_OF_STATEMENT:
            yield patterns
            patterns = []
        patterns += more
    yield patterns


def _granted(grantee: iam.IGrantable, statements: Sequence[iam.PolicyStatement]) -> iam.Grant:
    return _combined(
        [
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=each.actions,
                resource_arns=each.resources,
                conditions=each.conditions,
            )
            for each in statements
        ]
    )


def _combined(grants: Sequence[iam.Grant]) -> iam.Grant:
    grant, *others = grants
    for other in others:
        grant = grant.combine(other)
    return grant


# ---------------------------------------------------------------- how much of it there is


def _parts(
    scope: Construct, statements: Sequence[iam.PolicyStatement]
) -> Iterator[list[iam.PolicyStatement]]:
    """Yield statements, as many at once as a managed policy has room for."""
    part: list[iam.PolicyStatement] = []
    for each in statements:
        if part and _length(scope, [*part, each]) > _MANAGED_POLICY:
            yield part
            part = []
        part.append(each)
    yield part


def _check_room(
    scope: Construct, grantee: iam.IGrantable, statements: Sequence[iam.PolicyStatement]
) -> None:
    """Raise where a grantee has no room for the statements, and CDK makes none."""
    if isinstance(grantee, iam.ManagedPolicy):
        most, what = _MANAGED_POLICY, "a managed policy"
    elif isinstance(grantee.grant_principal, iam.Role):
        return
    elif hasattr(grantee.grant_principal, "role_name") or isinstance(grantee, iam.Policy):
        most, what = _INLINE_OF_ROLE, "the inline policies of a role together"
    else:
        return
    length = _length(scope, statements)
    if length > most:
        raise ValueError(
            f"'grantee' has no room: to manage these hosts takes up to {length:,} characters, and "
            f"IAM takes {most:,} of {what}: pass an iam.User, iam.Group or iam.Role, or write "
            "'allowed_names' with fewer patterns"
        )


def _length(scope: Construct, statements: Sequence[iam.PolicyStatement]) -> int:
    """Return how long a policy of these statements may become, as IAM counts it."""
    document = iam.PolicyDocument(statements=[each.copy() for each in statements])
    return len(_compact(_written_out(Stack.of(scope).resolve(document.to_json()))))


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _written_out(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a part of a template with a text of the greatest length for what is not known yet."""
    if isinstance(value, list):
        return [_written_out(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" in value:
        delimiter, parts = value["Fn::Join"]
        return str(delimiter).join(_written_out(part) for part in parts)
    if "Ref" in value:
        return "x" * _LONGEST.get(value["Ref"], _LONGEST_ID)
    if len(value) == 1 and next(iter(value)).startswith("Fn::"):
        return "x" * _LONGEST_ARN
    return {key: _written_out(each) for key, each in value.items()}
