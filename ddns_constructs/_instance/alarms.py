"""The alarms of `InstanceDdns`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddns_constructs._common.alarms import (
    define_alarm,
    define_dead_letters_alarm,
    define_errors_alarm,
    define_failing_alarm,
    notify,
)

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

_BACKLOG_SECONDS = 15 * 60
# The simulation's largest fleet, 100,000 instances, takes a quarter of an hour.
_LONGEST_SWEEP = 30 * 60


class InstanceDdnsAlarms(NamedTuple):
    """The alarms that `InstanceDdns.add_alarms` added."""

    dead_letters: cloudwatch.Alarm
    """Something could not be done and waits in the dead-letter queue."""

    errors: cloudwatch.Alarm
    """The function failed as a whole: a bug or a broken dependency."""

    backlog: cloudwatch.Alarm
    """Messages wait for a quarter of an hour, and no function takes them."""

    failing: cloudwatch.Alarm
    """Messages fail again and again, for a quarter of an hour."""

    deletes_withheld: cloudwatch.Alarm
    """More record sets were to be deleted at once than `max_deletes`, so none was."""

    sweeps_abandoned: cloudwatch.Alarm
    """A sweep took too many steps and was ended: some records may not have been compared."""


def define_alarms(
    scope: Construct,
    topic: sns.ITopic,
    *,
    dead_letter_queue: sqs.IQueue,
    deletes_withheld: cloudwatch.Metric,
    function: lambda_.IFunction,
    oldest_failed: cloudwatch.Metric,
    queue: sqs.IQueue,
    sweep_interval: int,
    sweeps_abandoned: cloudwatch.Metric,
    visibility_timeout: int,
) -> InstanceDdnsAlarms:
    """Define the alarms in a scope, with the topic as their action."""
    # The next sweep counts again, or does not: until then nothing is known to be mended.
    next_sweep = sweep_interval + _LONGEST_SWEEP
    alarms = InstanceDdnsAlarms(
        dead_letters=define_dead_letters_alarm(scope, dead_letter_queue, queue),
        errors=define_errors_alarm(scope, function, visibility_timeout),
        backlog=define_alarm(
            scope,
            "BacklogAlarm",
            queue.metric_approximate_age_of_oldest_message(statistic="Maximum"),
            "Messages wait and no function takes them: Lambda throttles it, or the event source "
            "is off",
            threshold=_BACKLOG_SECONDS,
            # SQS leaves out of it what was received three times. Each sweep's order counts anew.
            hold=next_sweep,
        ),
        failing=define_failing_alarm(scope, oldest_failed),
        deletes_withheld=define_alarm(
            scope,
            "DeletesWithheldAlarm",
            deletes_withheld,
            "More records than max_deletes were to go at once, so none did: look at the plan. "
            "It is over when a sweep withheld none",
            hold=next_sweep,
        ),
        sweeps_abandoned=define_alarm(
            scope,
            "SweepsAbandonedAlarm",
            sweeps_abandoned,
            "A sweep took more steps than its fleet explains and was ended: see the log",
            hold=next_sweep,
        ),
    )
    notify(scope, topic, alarms)
    return alarms
