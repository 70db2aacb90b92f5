"""What keeps a detection from being made: a problem is noted for each."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.arguments import check_kind, check_number

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from constructs import Construct

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._failover.endpoints import Endpoint
    from ddns_constructs._failover.probe import Probe

_MAX_THRESHOLD = 10
_MINUTE = 60
# A relay makes two tries one after the other, and a health checker takes what comes within 2 s.
RELAY_TIMEOUT = 700
"""How many milliseconds one try of a relay may take."""


class MissingData(enum.Enum):
    """What a health check says while its alarm has no data.

    A canary writes none while it does not run, and where it sees neither place: it may be cut off.
    """

    LAST_KNOWN = "LAST_KNOWN_STATUS"
    """What it said before: what does not know moves nothing, neither there nor back."""

    HEALTHY = "HEALTHY"
    """The primary counts as healthy, and answers again where the secondary did."""

    UNHEALTHY = "UNHEALTHY"
    """The primary counts as down: a canary that fails, or sees neither place, moves the name."""


@dataclass(frozen=True)
class Context:
    """What a detection is for."""

    scope: Construct
    primary: Endpoint
    secondary: Endpoint
    probe: Probe | None
    has_vpc: bool

    @property
    def is_private(self) -> bool:
        """Whether one of the places is known to be private."""
        return bool(self.primary.is_private or self.secondary.is_private)


def check_threshold(threshold: int, problems: Problems) -> None:
    """Note a threshold that Route 53 does not take."""
    check_number(
        "detection.threshold",
        threshold,
        minimum=1,
        maximum=_MAX_THRESHOLD,
        hint="Route 53 counts answers in a row, omit it to use 2",
        problems=problems,
    )


def check_missing_data(missing_data: MissingData, problems: Problems) -> None:
    """Note what is no choice for missing data."""
    keyword = "detection.missing_data"
    check_kind(keyword, missing_data, MissingData, "MissingData.LAST_KNOWN", problems)


def check_probe(context: Context, problems: Problems, what: str) -> None:
    """Note that a check is missing."""
    if context.probe is None:
        problems.add(
            f"'check' is needed by {what}: write e.g. check=Probe.tcp(5432) or "
            "check=Probe.http(path='/health')"
        )


def check_timeout(probe: Probe | None, problems: Problems) -> None:
    """Note a time-out that was asked for and that a relay cannot give; the default is shortened."""
    asked = getattr(probe, "timeout", None)
    if probe is not None and asked is not None and probe.timeout_millis > RELAY_TIMEOUT:
        problems.add(
            f"'check.timeout' must be at most {RELAY_TIMEOUT} milliseconds with "
            f"Detection.relay(...), got {probe.timeout_millis:,} milliseconds: two tries have to "
            "fit into the 2 seconds for which Route 53 waits; omit it, or use Detection.alarm(...)"
        )


def check_public(keyword: str, endpoint: Endpoint, problems: Problems) -> None:
    """Note a place that Route 53 cannot reach, or cannot check by one health check."""
    if endpoint.is_private:
        problems.add(
            f"'{keyword}' has a private address, got {', '.join(map(str, endpoint.targets))}, "
            "which Route 53's health checkers cannot reach, in a private zone either: use "
            "Detection.relay() or Detection.alarm() with 'vpc'"
        )
    elif any(len(values) > 1 for values in endpoint.values.values()):
        problems.add(
            f"'{keyword}' must have one address of each family with Detection.public(...), as one "
            "health check probes one address: name a load balancer by Endpoint.dns_name, or use "
            "Detection.from_alarm(...)"
        )


def refused_alarm(alarm: cloudwatch.IAlarm) -> str:
    """Return what Route 53 does not take of an alarm of this app; nothing for an imported one."""
    found = alarm.node.default_child
    if getattr(found, "cfn_resource_type", None) == "AWS::CloudWatch::CompositeAlarm":
        return "a composite alarm"
    if getattr(found, "metrics", None):
        return "an expression, or a metric of another account"
    if getattr(found, "extended_statistic", None):
        return f"the statistic {getattr(found, 'extended_statistic', None)}"
    period = getattr(found, "period", None)
    if isinstance(period, (int, float)) and not Token.is_unresolved(period) and period < _MINUTE:
        return f"a period of {int(period)} seconds"
    return ""
