"""How it is found out that the primary is down; made by the static methods of `Detection`."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack

from ddns_constructs._common.arguments import check_kind, check_number, check_seconds
from ddns_constructs._common.function_urls import is_without_function_urls
from ddns_constructs._failover.detection_checks import (
    Context,
    MissingData,
    check_missing_data,
    check_probe,
    check_public,
    check_threshold,
    check_timeout,
    refused_alarm,
)

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._failover.endpoints import Endpoint
    from ddns_constructs._failover.probe import Probe

# "Values that you specify when you create or update health checks": the interval is one of two.
_FAST, _SLOW = 10, 30
# How long a health checker waits for an answer once it is connected, for a connection by HTTP, and
# by TCP alone; and how long it takes until name servers answer by a health check: all but the last
# are documented.
_ANSWER, _CONNECTED, _CONNECTED_TCP, _EDGE = 2, 4, 10, 8
# The canary runs each minute, CloudWatch closes a period of a minute and evaluates it some seconds
# later, and the health check follows.
_MINUTE, _EVALUATION = 60, 10
_MAX_PERIODS = 5
_MAX_RESERVED = 1_000
# About 16 checkers ask twice every 10 seconds, and wait for 2 seconds while the primary is silent.
_LEAST_RESERVED = 10


class Detection(ABC):
    """How it is found out that the primary is down; made by one of its static methods."""

    @staticmethod
    def relay(*, threshold: int = 2, reserved_concurrency: int | None = None) -> Detection:
        """Probe from two zones of the VPC, as often as Route 53 asks: the fast way for a VPC.

        In each of two zones a function, which has a function URL and no permission, is asked by
        Route 53's health checkers every 10 seconds each, by two health checks: whether the primary
        is confirmed down from there (two tries, while the secondary is up), and whether it is seen
        up. A third check is reckoned from these: the name leaves its primary only while a zone
        confirms that it is down and no zone sees it up. A relay that has died, is throttled or is
        cut off says neither, and moves nothing by itself; nor does a link that is cut while the
        other zone reaches the primary. A zone that fails together with the primary still has the
        name moved, by the other zone. Where both relays are dead the primary is answered, also if
        the secondary was before: see `add_alarms`.

        Each try takes 0.7 seconds at the most, as both have to fit into the 2 seconds for which a
        health checker waits: a check with a longer time-out of its own is refused.

        Args:
            threshold: How many answers in a row a health checker takes before it changes its mind,
                from 1 to 10. Default: 2, for 40 seconds at worst with the default TTL.
            reserved_concurrency: How many executions each function has for itself, 10 or more, so
                that no other function of the account takes them. Default: none are reserved.
        """
        return Relay(threshold, reserved_concurrency)

    @staticmethod
    def alarm(
        *, missing_data: MissingData = MissingData.LAST_KNOWN, evaluation_periods: int = 1
    ) -> Detection:
        """Probe once a minute, with a canary whose metric an alarm watches: the cheap way.

        It takes 75 to 140 seconds: Route 53 takes no alarm on a metric of less than a minute.
        A canary in a VPC probes private addresses; without `vpc` it probes public ones.

        Args:
            missing_data: What the health check says while there is no data. Default:
                `MissingData.LAST_KNOWN`.
            evaluation_periods: For how many minutes in a row the primary has to be down, from 1 to
                5. Default: 1.
        """
        return Canary(missing_data, evaluation_periods)

    @staticmethod
    def public(
        *, threshold: int = 2, interval: Duration | None = None, check_secondary: bool = True
    ) -> Detection:
        """Let Route 53 probe a public address, or a name, from the internet.

        Route 53 has 4 seconds to connect and waits 2 for an answer; with `Probe.tcp(...)` it has 10
        to connect. The time-out of the check is not used. It takes 200 to 399 as answers. A name is
        probed by IPv4 only.

        Args:
            threshold: How many answers in a row a health checker takes before it changes its mind,
                from 1 to 10. Default: 2: while the primary is silent, 42 seconds at worst with the
                default TTL, and 48 with `Probe.tcp(...)`.
            interval: How often each health checker asks: 10 or 30 seconds. Default: 10 seconds,
                which Route 53 bills as an option.
            check_secondary: Whether the secondary has a health check of its own. With both
                unhealthy the primary answers: where a firewall keeps out the health checkers, both
                look down, and the name stays. It costs as much as that of the primary.
                Default: it has one.
        """
        return PublicCheck(threshold, interval or Duration.seconds(_FAST), check_secondary)

    @staticmethod
    def from_alarm(
        alarm: cloudwatch.IAlarm, *, missing_data: MissingData = MissingData.LAST_KNOWN
    ) -> Detection:
        """Take an alarm of your own: while it is on, the secondary answers.

        Route 53 reads the alarm's metric itself, in the Region of the alarm. It takes no metric of
        less than a minute, no percentile, no expression and no composite alarm.

        Args:
            alarm: The alarm, of this account.
            missing_data: What the health check says while there is no data. Default:
                `MissingData.LAST_KNOWN`.
        """
        return OwnAlarm(alarm, missing_data)

    @abstractmethod
    def check(self, context: Context, problems: Problems) -> None:
        """Note what keeps it from being made, or from working."""

    @abstractmethod
    def seconds(self, probe: Probe | None) -> int | None:
        """Return how long it takes at worst until Route 53 answers otherwise; None if unknown.

        Args:
            probe: How a place is checked; None for an alarm of the user's own.
        """


@dataclass(frozen=True)
class Relay(Detection):
    """A function in each of two zones, which health checks ask."""

    threshold: int
    reserved_concurrency: int | None

    def check(self, context: Context, problems: Problems) -> None:
        """Note numbers out of bounds, a VPC that is missing, and a Region without URLs."""
        check_threshold(self.threshold, problems)
        if self.reserved_concurrency is not None:
            check_number(
                "detection.reserved_concurrency",
                self.reserved_concurrency,
                minimum=_LEAST_RESERVED,
                maximum=_MAX_RESERVED,
                hint="Route 53 asks about three times a second, omit it to reserve none",
                problems=problems,
            )
        if not context.has_vpc:
            problems.add("'vpc' is needed by Detection.relay(...): pass the VPC of the places")
        region = Stack.of(context.scope).region
        if is_without_function_urls(region):
            problems.add(
                f"'detection' may not be Detection.relay(...) in {region}, which has no function "
                "URLs: use Detection.alarm(...)"
            )
        check_probe(context, problems, "Detection.relay(...)")
        check_timeout(context.probe, problems)

    def seconds(self, probe: Probe | None) -> int:
        """Return the sum of what health checkers take; all checks run side by side."""
        del probe  # two tries are within the answer
        return self.threshold * _FAST + _ANSWER + _EDGE


@dataclass(frozen=True)
class Canary(Detection):
    """A function each minute, whose metric an alarm watches."""

    missing_data: MissingData
    evaluation_periods: int

    def check(self, context: Context, problems: Problems) -> None:
        """Note numbers out of bounds, and private addresses without a VPC."""
        check_missing_data(self.missing_data, problems)
        check_number(
            "detection.evaluation_periods",
            self.evaluation_periods,
            minimum=1,
            maximum=_MAX_PERIODS,
            hint="each is a minute, omit it to use 1",
            problems=problems,
        )
        if context.is_private and not context.has_vpc:
            problems.add(
                "'vpc' is needed by Detection.alarm(...) for private addresses: "
                "pass the VPC of the places"
            )
        check_probe(context, problems, "Detection.alarm(...)")

    def seconds(self, probe: Probe | None) -> int:
        """Return a minute until the canary runs, the alarm's periods, and its evaluation."""
        del probe  # it is within the minute
        return _MINUTE + self.evaluation_periods * _MINUTE + _EVALUATION


@dataclass(frozen=True)
class PublicCheck(Detection):
    """Route 53's own checks of a public endpoint."""

    threshold: int
    interval: Duration
    check_secondary: bool

    def check(self, context: Context, problems: Problems) -> None:
        """Note what Route 53 cannot reach, or cannot ask."""
        check_threshold(self.threshold, problems)
        check_kind(
            "detection.check_secondary", self.check_secondary, bool, "True or False", problems
        )
        self._check_interval(problems)
        if context.has_vpc:
            problems.add(
                "'vpc' is for Detection.relay(...) and Detection.alarm(...), got it with "
                "Detection.public(...): leave it out"
            )
        check_probe(context, problems, "Detection.public(...)")
        check_public("primary", context.primary, problems)
        check_public("secondary", context.secondary, problems)
        if context.probe is not None and "statuses" in json.loads(context.probe.as_json()):
            problems.add(
                "'check.statuses' cannot be chosen with Detection.public(...), as Route 53 takes "
                "200 to 399: omit it"
            )

    def _check_interval(self, problems: Problems) -> None:
        seconds = check_seconds(
            "detection.interval",
            self.interval,
            minimum=_FAST,
            maximum=_SLOW,
            default="10 seconds",
            problems=problems,
        )
        if _FAST < seconds < _SLOW:
            problems.add(
                "'detection.interval' must be 10 or 30 seconds, as Route 53 knows no other, got "
                f"{seconds} seconds: omit it to use 10 seconds"
            )

    def seconds(self, probe: Probe | None) -> int:
        """Return the sum of what health checkers take where the primary is silent."""
        is_tcp = probe is not None and json.loads(probe.as_json())["kind"] == "tcp"
        connected = _CONNECTED_TCP if is_tcp else _CONNECTED
        return self.threshold * int(self.interval.to_seconds()) + connected + _EDGE


@dataclass(frozen=True)
class OwnAlarm(Detection):
    """An alarm that somebody else defined."""

    watched: cloudwatch.IAlarm
    missing_data: MissingData

    def check(self, context: Context, problems: Problems) -> None:
        """Note an alarm that Route 53 does not take, and what would not be used."""
        check_missing_data(self.missing_data, problems)
        if not hasattr(self.watched, "alarm_name"):
            problems.add(
                f"'detection.alarm' must be an alarm of CloudWatch, got {self.watched!r}: "
                "write Detection.from_alarm(alarm)"
            )
            return
        reason = refused_alarm(self.watched)
        if reason:
            problems.add(
                f"'detection.alarm' must watch one metric that Route 53 takes, got {reason}: "
                "use a statistic such as Maximum over periods of a minute or more"
            )
        for keyword, given in (("check", context.probe is not None), ("vpc", context.has_vpc)):
            if given:
                problems.add(
                    f"'{keyword}' is not used with Detection.from_alarm(...), which probes "
                    "nothing: leave it out"
                )

    def seconds(self, probe: Probe | None) -> int | None:
        """Return what its periods take after a minute; None for one that was imported."""
        del probe  # there is none
        found = self.watched.node.default_child
        period, periods = (getattr(found, each, None) for each in ("period", "evaluation_periods"))
        if not isinstance(period, (int, float)) or not isinstance(periods, (int, float)):
            return None
        return _MINUTE + int(period) * int(periods) + _EVALUATION


def chosen(
    detection: Detection | None, primary: Endpoint, secondary: Endpoint, problems: Problems
) -> Detection | None:
    """Return the detection, by default one that fits the places; note where nothing says which."""
    if detection is not None:
        example = "e.g. Detection.relay() or Detection.public()"
        return (
            detection if check_kind("detection", detection, Detection, example, problems) else None
        )
    known = {primary.is_private, secondary.is_private}
    if True in known:
        return Detection.relay()
    if known == {False}:
        return Detection.public()
    problems.add(
        "'detection' must be passed where addresses are known at deployment only, or places are "
        "names: write Detection.relay() with 'vpc' for what is reached within a VPC, or "
        "Detection.public() for what is reached from the internet"
    )
    return None
