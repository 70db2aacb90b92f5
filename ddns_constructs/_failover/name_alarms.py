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

    primary_down: cloudwatch.Alarm | None
    """The primary is down: by what the function sees; None without a function."""

    monitor_silent: cloudwatch.Alarm | None
    """The function has not run for minutes, so nothing would move; None without a function."""

    errors: cloudwatch.Alarm | None
    """The function fails; None without a function."""

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
    function = watch.function
    found = NameFailoverAlarms(
        primary_down=_primary_down(scope, watch),
        monitor_silent=None if function is None else _monitor_silent(scope, function),
        errors=None if function is None else _errors(scope, function),
        health_check=_health_check(scope, watch) if has_metrics else None,
    )
    notify(scope, topic, [alarm for alarm in found if alarm is not None])
    return found


def _primary_down(scope: Construct, watch: Watch) -> cloudwatch.Alarm | None:
    """Return the alarm of a canary, which is there, or define that of a relay."""
    if watch.alarm is not None or watch.function is None:
        return watch.alarm
    return define_alarm(
        scope,
        "PrimaryDownAlarm",
        primary_down(watch.function),
        "The primary of a name is down by what the relay sees: Route 53 answers with the secondary",
    )


def _monitor_silent(scope: Construct, function: lambda_.IFunction) -> cloudwatch.Alarm:
    """Define the alarm of a monitor that is not asked any more: no data is what it waits for."""
    return cloudwatch.Alarm(
        scope,
        "MonitorSilentAlarm",
        alarm_description=(
            "What looks at the places of a name has not run for minutes: nothing would move. Look "
            "at the health check, the function URL and the rule"
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
        "What looks at the places of a name fails: nothing would move. See its log",
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
