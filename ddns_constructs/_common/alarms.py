"""What the functions count, and how the constructs' alarms look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions

from ddns_constructs._common.topics import allow_alarms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

_NAMESPACE = "DdnsConstructs"
_PERIOD = 300
_QUARTER = 900
_HOUR = 3_600
_DAY = 86_400
_WEEK = 7 * _DAY


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
    scope: Construct,
    id: str,
    metric: cloudwatch.Metric,
    description: str,
    *,
    threshold: int = 1,
    hold: int = 0,
) -> cloudwatch.Alarm:
    """Define an alarm for a metric that reaches a threshold; no data is no reason for it.

    Args:
        scope: Where to define it.
        id: Its id.
        metric: What it watches.
        description: What it means, and what to do.
        threshold: From which value on it goes off.
        hold: For how many seconds it stays on after that, as the next value comes so late.
            Default: until a period has ended in which it was not reached.
    """
    # CloudWatch looks back a day at the most, a week where periods are hours.
    period = _PERIOD if hold <= _DAY else _HOUR
    return cloudwatch.Alarm(
        scope,
        id,
        alarm_description=description,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapoints_to_alarm=1,
        evaluation_periods=max(1, -(-min(hold, _WEEK) // period)),
        metric=metric.with_(period=Duration.seconds(period)),
        threshold=threshold,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def define_errors_alarm(
    scope: Construct, function: lambda_.IFunction, visibility_timeout: int
) -> cloudwatch.Alarm:
    """Define `ErrorsAlarm`; a message whose function died comes again so many seconds later."""
    return define_alarm(
        scope,
        "ErrorsAlarm",
        function.metric_errors(statistic="Sum"),
        "The function fails as a whole: see its log",
        hold=visibility_timeout + _PERIOD,
    )


def define_dead_letters_alarm(
    scope: Construct, dead_letter_queue: sqs.IQueue, queue: sqs.IQueue
) -> cloudwatch.Alarm:
    """Define `DeadLettersAlarm`, whose description has the command that sends them back."""
    return define_alarm(
        scope,
        "DeadLettersAlarm",
        dead_letter_queue.metric_approximate_number_of_messages_visible(statistic="Maximum"),
        "Messages wait in the dead-letter queue: their attribute Reason, or the log, says why. "
        f"When mended: aws sqs start-message-move-task --source-arn {dead_letter_queue.queue_arn} "
        f"--destination-arn {queue.queue_arn}",
    )


def define_failing_alarm(scope: Construct, oldest_failed: cloudwatch.Metric) -> cloudwatch.Alarm:
    """Define `FailingAlarm`; what fails is tried every quarter of an hour, and counted then.

    SQS has no metric for it: ApproximateAgeOfOldestMessage leaves out what was received three
    times, which such a message was within a minute.
    """
    return define_alarm(
        scope,
        "FailingAlarm",
        oldest_failed,
        "Messages fail for a quarter of an hour now: the log says why after 'to be tried again'. "
        "They are tried for three days and are then dead letters",
        threshold=_QUARTER,
        hold=_QUARTER + _PERIOD,
    )


def notify(scope: Construct, topic: sns.ITopic, alarms: Iterable[cloudwatch.Alarm]) -> None:
    """Tell a topic when one of the alarms goes off, and when it is over."""
    allow_alarms(scope, topic)
    action = cloudwatch_actions.SnsAction(topic)
    for alarm in alarms:
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
