"""The alarms of `ClientDdns`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import jsii
from aws_cdk import Duration, IStableStringProducer, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ddns_constructs._client.names import matching_pattern
from ddns_constructs._common import arguments
from ddns_constructs._common.alarms import define_alarm, function_metric, notify
from ddns_constructs._common.environment import packed
from ddns_constructs._common.zones import canonical, is_within

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs

    from ddns_constructs._client.settings import ClientSettings

_PERIOD = 5 * 60
_HOUR = 3_600
_DAY = 86_400
_WEEK = 7 * _DAY


class ClientDdnsAlarms(NamedTuple):
    """The alarms that `ClientDdns.add_alarms` added."""

    errors: cloudwatch.Alarm
    """The function failed as a whole: a bug or a broken dependency."""

    throttles: cloudwatch.Alarm
    """Requests were turned away: a flood, or too little reserved concurrency."""

    dead_letters: cloudwatch.Alarm
    """An accepted change could not be made and waits in the dead-letter queue."""

    silent_hosts: Mapping[str, cloudwatch.Alarm]
    """By host name: its client has not been heard of for too long."""


@jsii.implements(IStableStringProducer)
class WatchedHosts:
    """The hosts that are counted one by one; written when the app is synthesised."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def produce(self) -> str:
        """Return them as the function reads them from its environment."""
        return packed(sorted(self.names))


def define_alarms(
    scope: Construct,
    topic: sns.ITopic,
    *,
    dead_letter_queue: sqs.IQueue,
    function: lambda_.IFunction,
    silent_hosts: Mapping[str, int],
) -> ClientDdnsAlarms:
    """Define the alarms in a scope, with the topic as their action."""
    period = Duration.seconds(_PERIOD)
    alarms = ClientDdnsAlarms(
        errors=define_alarm(
            scope,
            "ErrorsAlarm",
            function.metric_errors(period=period, statistic="Sum"),
            "The function fails as a whole: see its log",
        ),
        throttles=define_alarm(
            scope,
            "ThrottlesAlarm",
            function.metric_throttles(period=period, statistic="Sum"),
            "Requests are turned away: a flood, or too little reserved concurrency",
        ),
        dead_letters=define_alarm(
            scope,
            "DeadLettersAlarm",
            dead_letter_queue.metric_approximate_number_of_messages_visible(
                period=period, statistic="Maximum"
            ),
            "Messages wait in the dead-letter queue: each says why, redrive it when mended",
        ),
        silent_hosts=_define_silent_hosts(scope, function, silent_hosts),
    )
    notify(topic, [*alarms[:-1], *alarms.silent_hosts.values()])
    return alarms


def _define_silent_hosts(
    scope: Construct, function: lambda_.IFunction, hosts: Mapping[str, int]
) -> dict[str, cloudwatch.Alarm]:
    if not hosts:
        return {}
    # A scope of its own: what a host is called is then part of no other id.
    part = Construct(scope, "SilentHosts")
    return {host: _define_silent_host(part, host, function, hosts[host]) for host in hosts}


def _define_silent_host(
    scope: Construct, host: str, function: lambda_.IFunction, seconds: int
) -> cloudwatch.Alarm:
    # CloudWatch looks back a day at the most, a week where periods are hours.
    period = _PERIOD if seconds <= _DAY else _HOUR
    return cloudwatch.Alarm(
        scope,
        host,
        alarm_description=f"{host} has not been heard of for {arguments.amount(seconds)}",
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=seconds // period,
        metric=function_metric(
            function, "HostSeen", dimensions={"Host": host}, period=Duration.seconds(period)
        ),
        threshold=1,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )


def check_silent_hosts(
    hosts: Mapping[str, Duration] | Sequence[str] | None,
    silent_after: Duration | None,
    settings: ClientSettings,
    problems: arguments.Problems,
) -> dict[str, int]:
    """Return the seconds of silence that are too long, by host; note what makes one unusable."""
    if isinstance(hosts, str):
        raise TypeError(f"'silent_hosts' must be a list of host names, got a string: ['{hosts}']")
    if hosts is None:
        return {}
    default = Duration.hours(6) if silent_after is None else silent_after
    given = hosts if isinstance(hosts, Mapping) else dict.fromkeys(hosts, default)
    found: dict[str, int] = {}
    for name, duration in given.items():
        keyword = f"silent_hosts['{name}']" if isinstance(hosts, Mapping) else "silent_after"
        seconds = _check_silence(keyword, duration, problems)
        found[check_host("silent_hosts", name, settings, problems)] = seconds
    return found


def check_host(
    keyword: str, name: str, settings: ClientSettings, problems: arguments.Problems
) -> str:
    """Return a host name in canonical form; note one that no host can have."""
    if Token.is_unresolved(name):
        problems.add(f"'{keyword}' must be known at synthesis, got a token: write the name out")
        return name
    host = canonical(name)
    reason = arguments.host_name_problem(host.removeprefix("*."))
    if reason is None and not _may_exist(host, settings):
        reason = "no allowed name of a listed zone is that"
    if reason is not None:
        problems.add(f"'{keyword}' must name hosts, got '{name}': {reason}")
    return host


def _may_exist(host: str, settings: ClientSettings) -> bool:
    if settings.allowed_names:
        return matching_pattern(host, settings.allowed_names) is not None
    return any(
        not zone.is_named or (host != zone.name and is_within(host, zone.name))
        for zone in settings.zones
    )


def _check_silence(keyword: str, duration: Duration, problems: arguments.Problems) -> int:
    seconds = arguments.check_seconds(
        keyword, duration, minimum=_PERIOD, maximum=_WEEK, default="6 hours", problems=problems
    )
    step = _PERIOD if seconds <= _DAY else _HOUR
    if seconds % step:
        problems.add(
            f"'{keyword}' must be a multiple of {arguments.amount(step)}, "
            f"got {duration.to_human_string()}: omit it to use 6 hours"
        )
    return seconds
