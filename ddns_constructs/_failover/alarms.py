"""The alarms of the constructs whose address moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from ddns_constructs._common.alarms import define_alarm, function_metric, notify

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from ddns_constructs._failover.places import Places
    from ddns_constructs._failover.timing import Timing

_PERIOD = 300
_HOUR = 3_600


class FailoverAlarms(NamedTuple):
    """The alarms that `add_alarms` of a construct with an address added."""

    moved: cloudwatch.Alarm
    """The address has moved."""

    move_failed: cloudwatch.Alarm
    """A move did not get to its end in time; it is driven on."""

    split: cloudwatch.Alarm
    """Places point at different nodes, or at another one than the journal says."""

    slow: cloudwatch.Alarm
    """A move took longer than its kind should take."""

    unknown: cloudwatch.Alarm
    """For minutes probers or EC2 did not say how things are: nothing would move."""

    all_down: cloudwatch.Alarm
    """No node is up, as probers see it: the address stays."""

    degraded: cloudwatch.Alarm
    """For minutes only the active node was up, or a prober saw none: what fails next may stay."""

    budget_spent: cloudwatch.Alarm
    """There were as many moves in an hour as are allowed: it is held until somebody releases it."""

    foreign: cloudwatch.Alarm
    """The address points at something that is no node: nothing is moved until that is over."""

    errors: cloudwatch.Alarm
    """The controller fails as a whole: a bug or a broken dependency."""

    silent: cloudwatch.Alarm
    """No round of the controller comes to an end: the address stays, whatever happens."""


def define_alarms(
    scope: Construct,
    topic: sns.ITopic,
    *,
    function: lambda_.IFunction,
    places: Places,
    timing: Timing,
) -> FailoverAlarms:
    """Define the alarms in a scope, with the topic as their action."""

    def counted(
        id_: str, metric: str, text: str, *, threshold: int = 1, hold: int = 0
    ) -> cloudwatch.Alarm:
        found = function_metric(function, metric)
        return define_alarm(scope, f"{id_}Alarm", found, text, threshold=threshold, hold=hold)

    alarms = FailoverAlarms(
        moved=counted("Moved", "Moved", "The address has moved: ddns failover status says why"),
        move_failed=counted(
            "MoveFailed",
            "MoveFailed",
            "A move is not at its end in time and is driven on: see the controller's log",
        ),
        split=counted(
            "Split",
            "SplitPlaces",
            "Places point at different nodes, or not where the journal says; it is being repaired. "
            "If it stays: the log says what EC2 refuses",
        ),
        slow=define_alarm(
            scope,
            "SlowAlarm",
            function_metric(function, "MoveTime", statistic="Maximum"),
            f"A move took {places.slow_seconds} seconds or more: see the controller's log",
            threshold=places.slow_seconds * 1_000,
        ),
        # Two controllers run at once: half of all their rounds.
        unknown=counted(
            "Unknown",
            "Unknown",
            "Probers or EC2 do not answer, so nothing would move: see the log of the controller, "
            "then those of the probers",
            threshold=_PERIOD // timing.interval,
        ),
        all_down=counted(
            "AllDown",
            "AllDown",
            "No prober sees a node up, so the address stays: mend one, it is taken then, and look "
            "whether security groups let the probers reach the nodes",
        ),
        degraded=counted(
            "Degraded",
            "Degraded",
            "Only the active node is up, or a prober sees no node that another sees: if more "
            "fails, the address may stay where it is. See ddns failover status",
            threshold=_PERIOD // timing.interval,
        ),
        budget_spent=counted(
            "BudgetSpent",
            "BudgetSpent",
            f"{timing.max_moves_per_hour} moves in an hour are as many as are allowed: find out "
            "why it flaps, then ddns failover release",
            # It is counted once, when the address begins to be held.
            hold=_HOUR,
        ),
        foreign=counted(
            "Foreign",
            "Foreign",
            "The address points at something that is no node, and is not touched: see the log, and "
            "take that away, or make it a node",
        ),
        errors=define_alarm(
            scope,
            "ErrorsAlarm",
            function.metric_errors(statistic="Sum"),
            "The controller fails as a whole: see its log",
        ),
        silent=_define_silent(scope, function),
    )
    notify(scope, topic, alarms)
    return alarms


def _define_silent(scope: Construct, function: lambda_.IFunction) -> cloudwatch.Alarm:
    """Define the one alarm for which no data is the reason."""
    return cloudwatch.Alarm(
        scope,
        "SilentAlarm",
        alarm_description="The controller does not run, or none of its rounds comes to an end, so "
        "nothing would move: is its schedule on, is there concurrency left for it, and can it read "
        "its journal? See its log",
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        datapoints_to_alarm=1,
        evaluation_periods=1,
        metric=function_metric(function, "Round", period=Duration.seconds(_PERIOD)),
        threshold=1,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )
