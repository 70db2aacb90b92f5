"""What `NameFailover` counts, and its alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch

from ddns_constructs._common.alarms import define_alarm, function_metric, notify

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_route53 as route53
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from ddns_constructs._failover.health_checks import Watch

# "Monitoring health checks using CloudWatch": the metrics of Route 53 are in this Region only.
METRICS_REGION = "us-east-1"
_MINUTE = Duration.minutes(1)
_SILENT_MINUTES = 3


class NameFailoverAlarms(NamedTuple):
    """The alarms of a `NameFailover`, as `add_alarms` added them."""

    primary_down: list[cloudwatch.Alarm]
    """The primary is down: by what each function sees; none without a function."""

    monitor_silent: list[cloudwatch.Alarm]
    """A function has not run for minutes, for each; none without a function."""

    errors: list[cloudwatch.Alarm]
    """A function fails, for each; none without a function."""

    health_check: cloudwatch.Alarm | None
    """The health check is unhealthy; None in a stack that is not known to be of us-east-1."""


def primary_down(
    function: lambda_.IFunction, *, period: Duration | None = None
) -> cloudwatch.Metric:
    """Return how often a relay said that the primary is down."""
    return function_metric(function, "PrimaryDown", period=period)


def health_check_metric(
    check: route53.IHealthCheck, metric_name: str, *, period: Duration | None = None
) -> cloudwatch.Metric:
    """Return a metric of a health check, which is in one Region whatever the stack's is."""
    return cloudwatch.Metric(
        namespace="AWS/Route53",
        metric_name=metric_name,
        dimensions_map={"HealthCheckId": check.health_check_id},
        period=period or _MINUTE,
        region=METRICS_REGION,
        statistic="Minimum",
    )


def define_alarms(scope: Construct, topic: sns.ITopic, watch: Watch) -> NameFailoverAlarms:
    """Define what alarms there can be in the Region of a stack, and let them notify a topic."""
    has_metrics = Stack.of(scope).region == METRICS_REGION
    places = [scope] if watch.canary else [each.relay.scope for each in watch.zones]
    monitors = list(zip(places, watch.functions, strict=True)) if watch.functions else []
    found = NameFailoverAlarms(
        primary_down=_primary_down(watch),
        monitor_silent=[_monitor_silent(*each) for each in monitors],
        errors=[_errors(*each) for each in monitors],
        health_check=_health_check(scope, watch) if has_metrics else None,
    )
    last = [] if found.health_check is None else [found.health_check]
    notify(scope, topic, [*found.primary_down, *found.monitor_silent, *found.errors, *last])
    return found


def _primary_down(watch: Watch) -> list[cloudwatch.Alarm]:
    """Return the alarm of a canary, which is there, or define those of relays."""
    if watch.alarm is not None:
        return [watch.alarm]
    return [
        define_alarm(
            each.relay.scope,
            "PrimaryDownAlarm",
            primary_down(each.relay.function),
            "A zone does not reach the primary of a name, and reaches the secondary: where the "
            "other zone does not see the primary up either, Route 53 answers with the secondary",
        )
        for each in watch.zones
    ]


def _monitor_silent(scope: Construct, function: lambda_.IFunction) -> cloudwatch.Alarm:
    """Define the alarm of a monitor that is not asked any more: no data is what it waits for."""
    return cloudwatch.Alarm(
        scope,
        "MonitorSilentAlarm",
        alarm_description=(
            "What looks at the places of a name has not run for minutes: less is seen, or nothing "
            "would move. Look at the health check, the function URL and the rule"
        ),
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=_SILENT_MINUTES,
        metric=function.metric_invocations(period=_MINUTE, statistic="Sum"),
        threshold=1,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )


def _errors(scope: Construct, function: lambda_.IFunction) -> cloudwatch.Alarm:
    """Define the alarm of a monitor that runs and does not get through."""
    return define_alarm(
        scope,
        "MonitorErrorsAlarm",
        function.metric_errors(statistic="Sum"),
        "What looks at the places of a name fails: less is seen, or nothing would move. See its "
        "log",
    )


def _health_check(scope: Construct, watch: Watch) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        "HealthCheckAlarm",
        alarm_description="The health check of a primary is unhealthy: the secondary is answered",
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=1,
        metric=health_check_metric(watch.health_check, "HealthCheckStatus"),
        threshold=1,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
    )
