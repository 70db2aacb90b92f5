"""What `grant_manage_hosts` allows, in policies that IAM takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from aws_cdk import aws_iam as iam
from constructs import Construct

from ddns_constructs._client import names
from ddns_constructs._client.policy import change_statement, kinds_of
from ddns_constructs._common.role_policies import INLINE_LIMIT, MANAGED_LIMIT, characters
from ddns_constructs._common.route53_policy import RecordAction
from ddns_constructs._common.service_policy import KEY_ACTIONS, key_conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk import aws_dynamodb as dynamodb

    from ddns_constructs._client.settings import ClientSettings
    from ddns_constructs._common.zones import Zone

# A host may have got one under other settings.
_TYPES = ("A", "AAAA", "TXT")

# CDK moves what is too long for a role to managed policies, and does nothing of the kind for a
# user, whose inline policies may have 2,048 characters together, or for a group, with 5,120: "IAM
# and AWS STS quotas". And it divides no statement.
_STATEMENT = 4_096


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
        resources=[zone.arn for zone in settings.zones],
    )
    for kind in kinds_of(settings.zones, settings):
        for zones, patterns in _shares(scope, settings, kind):
            yield change_statement(settings, zones, [RecordAction.DELETE], _TYPES, patterns)
    if table.encryption_key is not None:
        yield iam.PolicyStatement(
            actions=list(KEY_ACTIONS),
            resources=[table.encryption_key.key_arn],
            conditions=key_conditions(scope, "dynamodb"),
        )


def _shares(
    scope: Construct, settings: ClientSettings, kind: Sequence[Zone]
) -> Iterator[tuple[list[Zone], list[str]]]:
    """Yield zones and the patterns of their records, as many as a statement has room for.

    `ddns host` deletes one record set with each request, so one of the statements allows it or
    none does.
    """
    zones: list[Zone] = []
    patterns: list[str] = []
    for zone in kind:
        for own in names.in_zone(settings.allowed_names, zone, settings.zones) or [""]:
            allowed = [own] if own else []
            more = names.managed_patterns(allowed, zone, settings.zones)
            with_it = change_statement(
                settings,
                [*zones, zone],
                [RecordAction.DELETE],
                _TYPES,
                [*patterns, *more],
            )
            if patterns and characters(scope, [with_it]) > _STATEMENT:
                yield zones, patterns
                zones, patterns = [], []
            zones = zones if zone in zones else [*zones, zone]
            patterns = [*patterns, *more]
    yield zones, patterns


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
        if part and characters(scope, [*part, each]) > MANAGED_LIMIT:
            yield part
            part = []
        part.append(each)
    yield part


def _check_room(
    scope: Construct, grantee: iam.IGrantable, statements: Sequence[iam.PolicyStatement]
) -> None:
    """Raise where a grantee has no room for the statements, and CDK makes none."""
    if isinstance(grantee, iam.ManagedPolicy):
        most, what = MANAGED_LIMIT, "a managed policy"
    elif isinstance(grantee.grant_principal, iam.Role):
        return
    elif hasattr(grantee.grant_principal, "role_name") or isinstance(grantee, iam.Policy):
        most, what = INLINE_LIMIT, "the inline policies of a role together"
    else:
        return
    length = characters(scope, statements)
    if length > most:
        raise ValueError(
            f"'grantee' has no room: to manage these hosts takes up to {length:,} characters, and "
            f"IAM takes {most:,} of {what}: pass an iam.User, iam.Group or iam.Role, or write "
            "'allowed_names' with fewer patterns"
        )
