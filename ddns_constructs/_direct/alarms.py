"""What `ApiGatewayDirectDdns` counts, and its alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs

from ddns_constructs._common.alarms import define_alarm, notify

if TYPE_CHECKING:
    from aws_cdk import aws_apigateway as apigateway
    from aws_cdk import aws_sns as sns
    from constructs import Construct

_NAMESPACE = "DdnsConstructs"
_THROTTLED = "Throttled"


class DirectDdnsAlarms(NamedTuple):
    """The alarms that `ApiGatewayDirectDdns.add_alarms` added."""

    server_errors: cloudwatch.Alarm
    """Updates failed between API Gateway and Route 53: the role, the zone, or Route 53 itself."""

    client_errors: cloudwatch.Alarm
    """Many requests were refused: a wrong key, a wrong path, or somebody who tries."""

    throttled: cloudwatch.Alarm | None
    """Many requests were put off: clients that poll; None without an access log."""


def define_throttled_filter(scope: Construct, log: logs.ILogGroup) -> None:
    """Count in the access log what was put off; API Gateway has no metric for it."""
    if scope.node.try_find_child(_THROTTLED) is not None:
        return
    logs.MetricFilter(
        scope,
        _THROTTLED,
        dimensions={"Api": "$.apiId"},
        filter_pattern=logs.FilterPattern.string_value("$.status", "=", "429"),
        log_group=log,
        metric_name=_THROTTLED,
        metric_namespace=_NAMESPACE,
        metric_value="1",
    )


def throttled_metric(
    api: apigateway.IRestApi, *, period: Duration | None = None
) -> cloudwatch.Metric:
    """Return the metric of that filter."""
    return cloudwatch.Metric(
        namespace=_NAMESPACE,
        metric_name=_THROTTLED,
        dimensions_map={"Api": api.rest_api_id},
        period=period,
        statistic="Sum",
    )


def define_alarms(
    scope: Construct,
    topic: sns.ITopic,
    *,
    server_errors: cloudwatch.Metric,
    client_errors: tuple[cloudwatch.Metric, int],
    throttled: tuple[cloudwatch.Metric, int] | None,
) -> DirectDdnsAlarms:
    """Define the alarms in a scope, each metric with its threshold, and the topic as action."""
    alarms = DirectDdnsAlarms(
        server_errors=define_alarm(
            scope,
            "ServerErrorsAlarm",
            server_errors,
            "Updates fail between API Gateway and Route 53: see the access log",
        ),
        client_errors=define_alarm(
            scope,
            "ClientErrorsAlarm",
            client_errors[0],
            "Many requests are refused: a wrong key or path, or somebody who tries",
            threshold=client_errors[1],
        ),
        throttled=None
        if throttled is None
        else define_alarm(
            scope,
            "ThrottledAlarm",
            throttled[0],
            "Many requests are put off: clients should call when their address has changed",
            threshold=throttled[1],
        ),
    )
    notify(scope, topic, [alarm for alarm in alarms if alarm is not None])
    return alarms
