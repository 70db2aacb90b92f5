"""The health check of a primary, and what it watches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aws_cdk import Duration, Fn, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53

from ddns_constructs._common.alarms import function_metric
from ddns_constructs._failover import monitor
from ddns_constructs._failover.detection import (
    Canary,
    Detection,
    OwnAlarm,
    PublicCheck,
    Relay,
)
from ddns_constructs._failover.detection_checks import MissingData

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from ddns_constructs._failover.endpoints import Endpoint
    from ddns_constructs._failover.name_settings import NameSettings

_HTTPS = 443
_FAST = Duration.seconds(10)
_MINUTE = Duration.minutes(1)
# What the alarm makes of a minute without data, so that it and the health check say the same.
_TREATED = {
    MissingData.LAST_KNOWN: cloudwatch.TreatMissingData.IGNORE,
    MissingData.HEALTHY: cloudwatch.TreatMissingData.NOT_BREACHING,
    MissingData.UNHEALTHY: cloudwatch.TreatMissingData.BREACHING,
}


class ZoneWatch(NamedTuple):
    """What looks at a primary from one zone."""

    relay: monitor.ZoneRelay
    down: route53.IHealthCheck
    """Unhealthy while the primary is confirmed down from there."""

    up: route53.IHealthCheck
    """Healthy while it is seen up from there."""


class Watch(NamedTuple):
    """What watches a primary."""

    health_check: route53.IHealthCheck
    """The health check of the primary."""

    secondary_check: route53.IHealthCheck | None = None
    """That of the secondary, where it has one."""

    canary: lambda_.Function | None = None
    """The function that probes once a minute, where there is one."""

    alarm: cloudwatch.Alarm | None = None
    """The alarm that the health check follows, where it is defined here."""

    zones: tuple[ZoneWatch, ...] = ()
    """What looks from each zone, where something does."""

    @property
    def functions(self) -> list[lambda_.Function]:
        """All functions that probe."""
        own = [] if self.canary is None else [self.canary]
        return [*own, *(each.relay.function for each in self.zones)]

    @property
    def checks(self) -> list[route53.IHealthCheck]:
        """All health checks."""
        of_zones = [check for each in self.zones for check in (each.down, each.up)]
        found = [self.health_check, *of_zones]
        return found if self.secondary_check is None else [*found, self.secondary_check]


def define_watch(scope: Construct, settings: NameSettings) -> Watch:
    """Define what a detection is made of."""
    detection: Detection = settings.detection
    if isinstance(detection, Relay):
        return _relay(scope, settings, detection)
    if isinstance(detection, Canary):
        return _canary(scope, settings, detection)
    if isinstance(detection, PublicCheck):
        return _public(scope, settings, detection)
    assert isinstance(detection, OwnAlarm)  # noqa: S101 - there is no other
    return Watch(_of_alarm(scope, detection.watched, detection.missing_data))


def primary_up(function: lambda_.IFunction, *, period: Duration | None = None) -> cloudwatch.Metric:
    """Return what a canary counts: 1 for a primary that is up, 0 for one that is down."""
    return function_metric(function, "PrimaryUp", period=period, statistic="Minimum")


def _relay(scope: Construct, settings: NameSettings, detection: Relay) -> Watch:
    """Define relays, the checks that ask them, and the one that sums up what they say.

    Route 53 has no calculated check of calculated checks, so one sum has to do:

    | a zone | `DownCheck`, inverted | `UpCheck` | counts |
    |---|---|---|---|
    | sees the primary up | healthy | healthy | 2 |
    | says nothing | healthy | unhealthy | 1 |
    | confirms that it is down | unhealthy | unhealthy | 0 |

    Two zones reach 2 unless one of them confirms that the primary is down and the other one does
    not see it up.
    """
    relays = monitor.define_relays(
        scope, settings, reserved_concurrency=detection.reserved_concurrency
    )
    zones = [_zone(scope, each, detection) for each in relays]
    check = route53.HealthCheck(
        scope,
        "HealthCheck",
        type=route53.HealthCheckType.CALCULATED,
        child_health_checks=[check for each in zones for check in (each.down, each.up)],
        health_threshold=monitor.RELAYS,
    )
    return Watch(check, zones=tuple(zones))


def _zone(scope: Construct, relay: monitor.ZoneRelay, detection: Relay) -> ZoneWatch:
    """Define the two checks of a zone; that of "down" takes a 200 for unhealthy."""
    down, up = monitor.paths_of(scope)
    return ZoneWatch(
        relay,
        _asking(relay, "DownCheck", detection, path=down, inverted=True),
        _asking(relay, "UpCheck", detection, path=up, inverted=False),
    )


def _asking(
    relay: monitor.ZoneRelay, id: str, detection: Relay, *, path: str, inverted: bool
) -> route53.HealthCheck:
    # https://HOST/ : what stands between the second and the third slash.
    host = Fn.select(2, Fn.split("/", relay.url.url))
    return route53.HealthCheck(
        relay.scope,
        id,
        type=route53.HealthCheckType.HTTPS,
        failure_threshold=detection.threshold,
        fqdn=host,
        inverted=inverted,
        port=_HTTPS,
        request_interval=_FAST,
        resource_path=path,
    )


def _canary(scope: Construct, settings: NameSettings, detection: Canary) -> Watch:
    function = monitor.define_canary(scope, settings)
    alarm = cloudwatch.Alarm(
        scope,
        "PrimaryAlarm",
        alarm_description="The primary of a name is down: Route 53 answers with the secondary",
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=detection.evaluation_periods,
        metric=primary_up(function, period=_MINUTE),
        threshold=1,
        treat_missing_data=_TREATED[detection.missing_data],
    )
    check = _of_alarm(scope, alarm, detection.missing_data)
    return Watch(check, canary=function, alarm=alarm)


def _of_alarm(
    scope: Construct, alarm: cloudwatch.IAlarm, missing_data: MissingData
) -> route53.HealthCheck:
    return route53.HealthCheck(
        scope,
        "HealthCheck",
        type=route53.HealthCheckType.CLOUDWATCH_METRIC,
        alarm_identifier=route53.AlarmIdentifier(
            name=alarm.alarm_name, region=Stack.of(alarm).region
        ),
        insufficient_data_health_status=route53.InsufficientDataHealthStatusEnum[
            missing_data.value
        ],
    )


def _public(scope: Construct, settings: NameSettings, detection: PublicCheck) -> Watch:
    """Define the check of the primary, and that of the secondary where it is asked for."""
    first = _public_check(scope, "HealthCheck", settings, detection, settings.primary)
    if not detection.check_secondary:
        return Watch(first)
    second = _public_check(scope, "SecondaryCheck", settings, detection, settings.secondary)
    return Watch(first, secondary_check=second)


def _public_check(
    scope: Construct, id: str, settings: NameSettings, detection: PublicCheck, place: Endpoint
) -> route53.HealthCheck:
    """Define a check from the internet; names are probed by IPv4, of two families it is that, too.

    The host that it names to the service is the name that clients use.
    """
    probe = settings.probe
    assert probe is not None  # noqa: S101 - the detection has asked for it
    is_name = "CNAME" in place.types
    target = place.targets[0]
    return route53.HealthCheck(
        scope,
        id,
        failure_threshold=detection.threshold,
        ip_address=None if is_name else target,
        port=probe.port,
        request_interval=detection.interval,
        **_asked(json.loads(probe.as_json()), target if is_name else None, settings.record_name),
    )


def _asked(check: dict[str, Any], name: str | None, record_name: str) -> dict[str, Any]:
    """Return what is asked, of a check as the functions read it."""
    kinds = route53.HealthCheckType
    if check["kind"] == "tcp":
        return {"type": kinds.TCP, "fqdn": name}
    asked = {"fqdn": name or record_name, "resource_path": check["path"]}
    text = check.get("text")
    if text is None:
        return {**asked, "type": kinds.HTTPS if check["tls"] else kinds.HTTP}
    found = kinds.HTTPS_STR_MATCH if check["tls"] else kinds.HTTP_STR_MATCH
    return {**asked, "type": found, "search_string": text}
