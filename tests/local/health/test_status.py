"""When a health check is healthy: each row of the table."""

from __future__ import annotations

import pytest

from ddns_constructs.local.health.status import (
    Check,
    Streak,
    alarm_says,
    enough_children,
    parse_check,
)


def after(looks: str, threshold: int) -> bool:
    """Return the status after looks: `+` passed, `-` failed."""
    streak = Streak()
    for look in looks:
        streak = streak.after(passed=look == "+", threshold=threshold)
    return streak.healthy


@pytest.mark.parametrize(
    ("looks", "threshold", "healthy"),
    (
        ("", 3, True),
        ("-", 1, False),
        ("--", 3, True),
        ("---", 3, False),
        ("--+--", 3, True),
        ("---++", 3, False),
        ("---++-++", 3, False),
        ("---+++", 3, True),
        ("-+", 1, True),
    ),
)
def test_as_many_looks_in_a_row_as_the_threshold_change_the_status(
    looks: str,
    threshold: int,
    healthy: bool,  # noqa: FBT001 - a row
) -> None:
    assert after(looks, threshold) is healthy


@pytest.mark.parametrize("before", (True, False))
@pytest.mark.parametrize(
    ("state", "without_data", "healthy"),
    (
        ("OK", "Unhealthy", True),
        ("ALARM", "Healthy", False),
        ("INSUFFICIENT_DATA", "Healthy", True),
        ("INSUFFICIENT_DATA", "Unhealthy", False),
        ("INSUFFICIENT_DATA", "LastKnownStatus", None),
    ),
)
def test_an_alarm_is_healthy_in_ok_and_without_data_as_its_settings_say(
    state: str,
    without_data: str,
    healthy: bool | None,  # noqa: FBT001 - a row
    before: bool,  # noqa: FBT001 - a row
) -> None:
    check = Check("id", "CLOUDWATCH_METRIC", without_data=without_data)
    assert alarm_says(check, state, before=before) is (before if healthy is None else healthy)


@pytest.mark.parametrize(("threshold", "healthy"), ((0, True), (1, True), (2, False), (3, False)))
def test_a_check_of_checks_needs_as_many_as_its_threshold(threshold: int, healthy: bool) -> None:  # noqa: FBT001 - a row
    check = Check("id", "CALCULATED", threshold=threshold, children=("well", "sick"))
    assert enough_children(check, lambda child: child == "well") is healthy


def test_the_threshold_of_a_check_of_checks_is_another_setting() -> None:
    config = {"Type": "CALCULATED", "HealthThreshold": 2, "FailureThreshold": 5}
    assert parse_check({"Id": "id", "HealthCheckConfig": config}).threshold == 2


def test_an_empty_path_is_the_root() -> None:
    config = {"Type": "HTTPS", "ResourcePath": "", "FullyQualifiedDomainName": "h"}
    assert parse_check({"Id": "id", "HealthCheckConfig": config}).path == "/"
