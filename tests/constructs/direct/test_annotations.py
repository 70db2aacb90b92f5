"""Warnings of what is legal and rarely meant, by the ids that users acknowledge; and silence."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_apigateway as apigateway

from ddns_constructs import DirectAccess
from tests.constructs.direct.bench import Direct


def _throttle(rate: float, burst: int) -> apigateway.ThrottleSettings:
    return apigateway.ThrottleSettings(rate_limit=rate, burst_limit=burst)


def _names(count: int) -> list[str]:
    return [f"host-{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("arguments", "id"),
    (
        ({"access": DirectAccess.none()}, "openEndpoint"),
        ({"throttle": _throttle(5.1, 5)}, "highThrottle"),
        ({"throttle": _throttle(2, 26)}, "highThrottle"),
        ({"allowed_cidrs": ["203.0.113.0/24"]}, "oneAddressFamily"),
        ({"allowed_cidrs": ["2001:db8::/32"]}, "oneAddressFamily"),
        ({"record_names": ["home.example.org", "a.b", "home"]}, "relativeName"),
    ),
)
def test_a_risky_argument_is_warned_of_once(arguments: dict[str, Any], id: str) -> None:
    (warning,) = Direct(**arguments).warnings()
    assert f"[ack: ddns-constructs:{id}]" in warning


@pytest.mark.parametrize(
    "arguments",
    (
        {"access": DirectAccess.iam()},
        {"throttle": _throttle(5, 25)},
        {"record_names": _names(50)},
        {"access": DirectAccess.iam(), "record_names": _names(50)},
        {"allowed_cidrs": ["203.0.113.0/24", "2001:db8::/32"]},
        {"allowed_cidrs": ["203.0.113.0/24"], "dual_stack": False},
        {"zone_id_in_path": True},
        {"access_log_retention": None},
        {"record_names": ["home", "@", "Host.Dyn.Example.com", "cabin.example.com."]},
    ),
)
def test_what_is_just_within_bounds_is_not_warned_of(arguments: dict[str, Any]) -> None:
    assert not Direct(**arguments).warnings()


def test_what_passes_in_all_is_said() -> None:
    (warning,) = Direct(throttle=_throttle(6, 30)).warnings()
    assert (
        "'throttle' lets 6 requests a second pass, 32 at once: each is a request to Route 53, "
        "which takes 10 and 50 of a whole account, its deployments included"
    ) in warning


@pytest.mark.parametrize("burst", (1, 5, 24, 25))
@pytest.mark.parametrize("access", (DirectAccess.api_keys(), DirectAccess.iam()))
def test_without_a_warning_less_passes_than_route53_takes_at_once(
    access: DirectAccess, burst: int
) -> None:
    direct = Direct(access=access, record_names=_names(50), throttle=_throttle(2, burst))
    (settings,) = direct.only("AWS::ApiGateway::Stage")["MethodSettings"]
    at_once = len(direct.methods()) * settings["ThrottlingBurstLimit"]
    assert not direct.warnings()
    assert at_once < 50


def test_a_name_that_was_taken_to_be_relative_is_told_in_full() -> None:
    (warning,) = Direct(record_names=["home.example.org", "a.b", "home"]).warnings()
    assert (
        "'home.example.org' is 'home.example.org.example.com', 'a.b' is 'a.b.example.com'; "
        "write a name in full, or end it with a dot if it is full already"
    ) in warning


def test_the_way_out_of_one_family_is_named_where_there_is_one() -> None:
    (ipv4,) = Direct(allowed_cidrs=["203.0.113.0/24"]).warnings()
    (ipv6,) = Direct(allowed_cidrs=["2001:db8::/32"]).warnings()
    assert "or pass dual_stack=False" in ipv4
    assert "dual_stack" not in ipv6
