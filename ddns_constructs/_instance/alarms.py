"""The alarms of `InstanceDdns`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Duration

from ddns_constructs._common.alarms import define_alarm, notify

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

_BACKLOG_SECONDS = 30 * 60


class InstanceDdnsAlarms(NamedTuple):
    """The alarms that `InstanceDdns.add_alarms` added."""

    dead_letters: cloudwatch.Alarm
    """Something could not be done and waits in the dead-letter queue."""

    errors: cloudwatch.Alarm
    """The function failed as a whole: a bug or a broken dependency."""

    backlog: cloudwatch.Alarm
    """A message has waited for more than half an hour."""

    deletes_withheld: cloudwatch.Alarm
    """More record sets were to be deleted at once than `max_deletes`, so none was."""

    sweeps_abandoned: cloudwatch.Alarm
    """A sweep took too many steps and was ended: some records may not have been compared."""


def define_alarms(
    scope: Construct,
    topic: sns.ITopic,
    *,
    dead_letter_queue: sqs.IQueue,
    deletes_withheld: cloudwatch.IMetric,
    function: lambda_.IFunction,
    queue: sqs.IQueue,
    sweeps_abandoned: cloudwatch.IMetric,
) -> InstanceDdnsAlarms:
    """Define the alarms in a scope, with the topic as their action."""
    period = Duration.minutes(5)
    alarms = InstanceDdnsAlarms(
        dead_letters=define_alarm(
            scope,
            "DeadLettersAlarm",
            dead_letter_queue.metric_approximate_number_of_messages_visible(
                period=period, statistic="Maximum"
            ),
            "Messages wait in the dead-letter queue: each says why, redrive it when mended",
        ),
        errors=define_alarm(
            scope,
            "ErrorsAlarm",
            function.metric_errors(period=period, statistic="Sum"),
            "The function fails as a whole: see its log",
        ),
        backlog=define_alarm(
            scope,
            "BacklogAlarm",
            queue.metric_approximate_age_of_oldest_message(period=period, statistic="Maximum"),
            "A message has waited for half an hour: the function fails or Route 53 throttles",
            threshold=_BACKLOG_SECONDS,
        ),
        deletes_withheld=define_alarm(
            scope,
            "DeletesWithheldAlarm",
            deletes_withheld,
            "More records than max_deletes were to go at once, so none did: look at the plan",
        ),
        sweeps_abandoned=define_alarm(
            scope,
            "SweepsAbandonedAlarm",
            sweeps_abandoned,
            "A sweep took more steps than its fleet explains and was ended: see the log",
        ),
    )
    notify(topic, alarms)
    return alarms
