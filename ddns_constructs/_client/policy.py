"""What the function of `ClientDdns` may do: docs/permissions.md says which code needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from ddns_constructs._client import names
from ddns_constructs._common.route53_policy import (
    RecordAction,
    change_conditions,
    normalised_zone_name,
)
from ddns_constructs._common.zones import depth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aws_cdk import aws_dynamodb as dynamodb

    from ddns_constructs._client.endpoint import ClientEndpoint
    from ddns_constructs._client.settings import ClientSettings
    from ddns_constructs._common.zones import Zone

_TXT = "TXT"
# What the function writes of a host's item, and its key; the rest is the administrator's.
_WRITTEN = (
    "asked",
    "changed",
    "hostname",
    "ordered",
    "pending",
    "revision",
    "signed",
    "state",
    "state_zone",
    "verified",
    "writer",
)


def hosts_statements(table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    """Allow reading hosts and writing their state; making and removing them is not for clients.

    DynamoDB compares every attribute that an UpdateItem names, written or in a condition, the
    key's included: "Using IAM policy conditions for fine-grained access control" in its Developer
    Guide, whose example 2 has this action with this key and, as here, no Null guard.
    """
    return [
        iam.PolicyStatement(
            actions=["dynamodb:BatchGetItem", "dynamodb:GetItem"], resources=[table.table_arn]
        ),
        iam.PolicyStatement(
            actions=["dynamodb:UpdateItem"],
            resources=[table.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:Attributes": list(_WRITTEN)}},
        ),
    ]


def zone_statements(settings: ClientSettings, zones: Sequence[Zone]) -> list[iam.PolicyStatement]:
    """Allow reading some of the listed zones and writing the records of allowed names.

    TXT has a statement of its own, as it is written at other names: a request that holds both an
    address and a text matches neither, and is refused as a whole.
    """
    statements = [
        iam.PolicyStatement(
            actions=["route53:ListResourceRecordSets"], resources=[zone.arn for zone in zones]
        )
    ]
    actions = [RecordAction.UPSERT]
    if settings.allow_offline:
        actions.append(RecordAction.DELETE)
    addresses = [each for each in settings.record_types if each != _TXT]
    for kind in kinds_of(zones, settings):
        if addresses:
            patterns = _patterns(settings, kind, names.record_patterns)
            statements.append(change_statement(settings, kind, actions, addresses, patterns))
        if _TXT in settings.record_types:
            patterns = _patterns(settings, kind, names.challenge_patterns)
            statements.append(change_statement(settings, kind, actions, [_TXT], patterns))
    return statements


def kinds_of(zones: Sequence[Zone], settings: ClientSettings) -> list[list[Zone]]:
    """Return the zones in groups that may share a statement.

    Route 53 takes no name into a zone that does not lie within it: what is allowed in one zone
    opens no other, unless that lies within it.
    """
    kinds: dict[int, list[Zone]] = {}
    for zone in zones:
        kinds.setdefault(depth(zone, settings.zones), []).append(zone)
    return list(kinds.values())


def _patterns(
    settings: ClientSettings,
    zones: Sequence[Zone],
    patterns_of: Callable[[Sequence[str], Zone, Sequence[Zone]], list[str]],
) -> list[str]:
    allowed = settings.allowed_names
    return [each for zone in zones for each in patterns_of(allowed, zone, settings.zones)]


def change_statement(
    settings: ClientSettings,
    zones: Sequence[Zone],
    actions: Sequence[RecordAction],
    types: Sequence[str],
    patterns: Sequence[str],
) -> iam.PolicyStatement:
    """Return what allows changes of zones' record sets, but for what the endpoint is made of."""
    allowed = settings.allowed_names
    reserved = _reserved(settings.endpoint, actions, types)
    if allowed:  # which seldom reach so far: nothing to except then
        reserved = [each for each in reserved if names.matching_pattern(each, patterns)]
    refused = [each for zone in zones for each in names.below_zone(reserved, zone)]
    # Of zones whose names are known at deployment only, one may lie within another.
    apexes = [normalised_zone_name(zone.name) for zone in zones if not zone.is_named]
    if len(apexes) > 1 and not allowed:
        refused += apexes
    return iam.PolicyStatement(
        actions=["route53:ChangeResourceRecordSets"],
        resources=[zone.arn for zone in zones],
        conditions=change_conditions(
            actions=actions, types=types, patterns=patterns, except_names=refused
        ),
    )


def _reserved(
    endpoint: ClientEndpoint, actions: Sequence[RecordAction], types: Sequence[str]
) -> list[str]:
    """Return the names that no host may have, as it could take the endpoint over by them."""
    reserved = [] if set(types) == {_TXT} else endpoint.names
    if _TXT not in types:
        return reserved
    # Who proves a name above the endpoint's may get a certificate for what lies below it: by a
    # wildcard (RFC 8555, section 7.1.3), or as the domain's owner (RFC 9444). Taking such a proof
    # away proves nothing.
    writes = RecordAction.UPSERT in actions
    proofs = [*endpoint.names, *(endpoint.names_above if writes else ())]
    return [*reserved, *(names.CHALLENGE + each for each in proofs)]
