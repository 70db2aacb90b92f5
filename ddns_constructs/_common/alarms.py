"""What the functions count, and how the constructs' alarms look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_cdk import Duration
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from constructs import Construct

_NAMESPACE = "DdnsConstructs"


def function_metric(
    function: lambda_.IFunction,
    metric_name: str,
    *,
    dimensions: Mapping[str, str] | None = None,
    label: str | None = None,
    period: Duration | None = None,
    statistic: str = "Sum",
) -> cloudwatch.Metric:
    """Return a metric that a function counts, by its name and further dimensions."""
    return cloudwatch.Metric(
        namespace=_NAMESPACE,
        metric_name=metric_name,
        dimensions_map={"Function": function.function_name, **(dimensions or {})},
        statistic=statistic,
        period=period,
        label=label,
    )


def check_metric(construct: object, metric_name: str) -> None:
    """Raise a ValueError for a name that a construct counts nothing by; each has a method."""
    methods = [name for name in dir(type(construct)) if name.startswith("metric_")]
    names = ["".join(word[:1].upper() + word[1:] for word in m.split("_")[1:]) for m in methods]
    if metric_name not in names:
        raise ValueError(
            f"'metric_name' must be one that is counted, got {metric_name!r}: "
            f"write {', '.join(names[:-1])} or {names[-1]}"
        )


def define_alarm(
    scope: Construct, id: str, metric: cloudwatch.IMetric, description: str, *, threshold: int = 1
) -> cloudwatch.Alarm:
    """Define an alarm for a metric that reaches a threshold; no data is no reason for it."""
    return cloudwatch.Alarm(
        scope,
        id,
        alarm_description=description,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=1,
        metric=metric,
        threshold=threshold,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def notify(topic: sns.ITopic, alarms: Iterable[cloudwatch.Alarm]) -> None:
    """Tell a topic when one of the alarms goes off, and when it is over."""
    action = cloudwatch_actions.SnsAction(topic)
    for alarm in alarms:
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
