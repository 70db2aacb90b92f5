"""What it takes to move a name by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from ddns_constructs._common.route53_policy import (
    RecordAction,
    change_conditions,
    normalise_record_name,
    normalised_zone_name,
)
from ddns_constructs._failover.detection import OwnAlarm

if TYPE_CHECKING:
    from constructs import Construct

    from ddns_constructs._failover.health_checks import Watch
    from ddns_constructs._failover.name_settings import NameSettings


def grant_switch(
    scope: Construct, grantee: iam.IGrantable, settings: NameSettings, watch: Watch
) -> iam.Grant:
    """Let a principal write the records of a name, and see what became of that."""
    stack = Stack.of(scope)
    writing = iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["route53:ChangeResourceRecordSets"],
        resource_arns=[settings.zone.arn],
        conditions=change_conditions(
            actions=[RecordAction.UPSERT],
            types=list(settings.types),
            names=[_normalised(settings)],
        ),
    )
    grants = [
        _allow(grantee, ["route53:ListResourceRecordSets"], [settings.zone.arn]),
        _allow(grantee, ["route53:GetChange"], [_arn(stack, "change", "*")]),
        _allow(
            grantee,
            ["route53:GetHealthCheck", "route53:GetHealthCheckStatus"],
            [_arn(stack, "healthcheck", each.health_check_id) for each in watch.checks],
        ),
        *_alarm_grants(grantee, settings, watch),
    ]
    for each in grants:
        writing = writing.combine(each)
    return writing


def _alarm_grants(grantee: iam.IGrantable, settings: NameSettings, watch: Watch) -> list[iam.Grant]:
    """Let a principal see the alarm that the health check follows, where it follows one."""
    own = settings.detection.watched if isinstance(settings.detection, OwnAlarm) else watch.alarm
    return [] if own is None else [_allow(grantee, ["cloudwatch:DescribeAlarms"], [own.alarm_arn])]


def _allow(grantee: iam.IGrantable, actions: list[str], arns: list[str]) -> iam.Grant:
    return iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=arns)


def _arn(stack: Stack, kind: str, name: str) -> str:
    """Return the ARN of what Route 53 keeps, which has neither Region nor account."""
    return stack.format_arn(
        service="route53", region="", account="", resource=kind, resource_name=name
    )


def _normalised(settings: NameSettings) -> str:
    """Return the name as Route 53's condition key spells it, also below a zone's name by token."""
    zone = settings.zone
    if zone.is_named:
        return normalise_record_name(settings.record_name)
    apex = normalised_zone_name(zone.name)
    if settings.record_name == zone.name:
        return apex
    return f"{normalise_record_name(settings.record_name.removesuffix(f'.{zone.name}'))}.{apex}"
