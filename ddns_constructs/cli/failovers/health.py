"""What a health check of Route 53 says now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ddns_constructs.cli.aws import aws_client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Health", "look_at_health"]

# Developer Guide, "How Route 53 determines whether a health check is healthy": an endpoint is
# healthy while more than 18 percent of the checkers report so.
_SHARE = 0.18
_ALARM, _CALCULATED = "CLOUDWATCH_METRIC", "CALCULATED"


class Health(NamedTuple):
    """The state of a health check.

    Attributes:
        state: healthy, unhealthy, or unknown.
        why: How that is known, in words.
        remedy: What to do beside looking at the endpoint; empty for nothing.
    """

    state: str
    why: str
    remedy: str = ""


def look_at_health(
    route53: Any,  # noqa: ANN401 - a boto3 client
    health_check: str,
    of_child: Callable[[str], Health],
) -> Health:
    """Ask how a health check is.

    Of one of an endpoint each checker of Route 53 is asked. The state of one of an alarm follows
    from the alarm, that of a calculated one from its children. Of others Route 53 tells nothing by
    its API.

    Args:
        route53: A boto3 client of Route 53.
        health_check: Its id.
        of_child: Tells how a child of it is.
    """
    config = route53.get_health_check(HealthCheckId=health_check)["HealthCheck"]
    config = config["HealthCheckConfig"]
    if config.get("Disabled"):
        return _disabled(health_check, inverted=bool(config.get("Inverted")))
    if config["Type"] == _ALARM:
        return _by_alarm(config)
    if config["Type"] == _CALCULATED:
        return _by_children(config, [of_child(each) for each in config["ChildHealthChecks"]])
    if "FullyQualifiedDomainName" not in config and "IPAddress" not in config:
        return Health("unknown", f"Route 53 tells no state of a {config['Type']} health check")
    observed = route53.get_health_check_status(HealthCheckId=health_check)
    return _by_checkers(observed["HealthCheckObservations"], inverted=bool(config.get("Inverted")))


def _by_children(config: Mapping[str, Any], children: list[Health]) -> Health:
    """Count the healthy ones, as Route 53 does; unknown ones may matter or not."""
    states, needed = [each.state for each in children], config["HealthThreshold"]
    well, unknown = states.count("healthy"), states.count("unknown")
    why = f"{well} of its {len(states)} checks are healthy, of which it needs {needed}"
    if unknown:
        why += f", and {unknown} cannot be seen"
    if well < needed <= well + unknown:
        return Health("unknown", why)
    return Health(
        "healthy" if (well >= needed) != bool(config.get("Inverted")) else "unhealthy", why
    )


def _disabled(health_check: str, *, inverted: bool) -> Health:
    enable = f"`aws route53 update-health-check --no-disabled --health-check-id {health_check}`"
    state = "unhealthy" if inverted else "healthy"  # "considers it to always be healthy", inverted
    return Health(state, f"it is disabled, which counts as {state} whatever happens", enable)


def _by_checkers(observed: list[Mapping[str, Any]], *, inverted: bool) -> Health:
    states = [each.get("StatusReport", {}).get("Status", "") for each in observed]
    if not states:
        # API Reference, HealthCheckConfig: a new one counts as healthy until there is enough data.
        state = "unhealthy" if inverted else "healthy"
        return Health(state, f"no checker has reported yet, which counts as {state}")
    well = sum(state.startswith("Success") for state in states)
    answered = well > _SHARE * len(states)
    why = f"{well} of {len(states)} checkers got the answer that they ask for"
    if inverted:
        why += ", which here says that the primary is down"
    failed = next((state for state in states if not state.startswith("Success")), "")
    if failed and not inverted:
        why += f"; {failed}"
    return Health("healthy" if answered != inverted else "unhealthy", why)


def _by_alarm(config: Mapping[str, Any]) -> Health:
    alarm = config["AlarmIdentifier"]
    client = aws_client("cloudwatch", alarm["Region"])
    found = client.describe_alarms(AlarmNames=[alarm["Name"]])["MetricAlarms"]
    if not found:
        return Health(
            "unknown", f"its alarm {alarm['Name']} is gone from {alarm['Region']}", "deploy again"
        )
    state = found[0]["StateValue"]
    if state == "INSUFFICIENT_DATA":
        meant = config.get("InsufficientDataHealthStatus", "LastKnownStatus")
        known = {"Healthy": "healthy", "Unhealthy": "unhealthy"}.get(meant, "unknown")
        return Health(known, f"alarm {alarm['Name']} has no data, which counts as {meant}")
    alarmed = (state == "ALARM") != bool(config.get("Inverted"))
    return Health("unhealthy" if alarmed else "healthy", f"alarm {alarm['Name']} is {state}")
