"""Warnings of what is legal and rarely meant, by the ids that users acknowledge; and silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2

from ddns_constructs import AddressPolicy, ClientEndpoint, ClientProtocol

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_DYNDNS2 = ClientProtocol.DYNDNS2


@pytest.mark.parametrize(
    ("arguments", "id"),
    (
        ({"ttl": cdk.Duration.seconds(241)}, "longTtl"),
        ({"verify_interval": cdk.Duration.seconds(59)}, "shortVerifyInterval"),
        ({"bad_auth_status": 200}, "badAuthStatus"),
        ({"protocols": [_DYNDNS2, ClientProtocol.QUERY_CREDENTIALS]}, "queryCredentials"),
        ({"address_policy": AddressPolicy.ANY}, "anyAddress"),
        ({"endpoint": ClientEndpoint.function_url()}, "unreservedConcurrency"),
        (
            {
                "endpoint": ClientEndpoint.http_api(
                    throttle=apigatewayv2.ThrottleSettings(rate_limit=100, burst_limit=21)
                ),
                "reserved_concurrency": 20,
            },
            "burstAboveConcurrency",
        ),
        ({"change_interval": cdk.Duration.seconds(0)}, "noChangeInterval"),
        ({"refusal_status": 200}, "refusalStatus"),
        ({"trouble_status": 200}, "troubleStatus"),
        ({"allowed_cidrs": ["0.0.0.0/0", "2001:db8::/32"]}, "openCidr"),
    ),
)
def test_a_risky_argument_is_warned_of_once(
    client_bench: Bench, arguments: dict[str, Any], id: str
) -> None:
    client_bench.client(**arguments)
    (warning,) = client_bench.warnings()
    assert f"[ack: ddns-constructs:{id}]" in warning


@pytest.mark.parametrize(
    "arguments",
    (
        {"ttl": cdk.Duration.minutes(4)},
        {"verify_interval": cdk.Duration.minutes(1)},
        {"address_policy": AddressPolicy.PUBLIC},
        {"protocols": [_DYNDNS2]},
        {"allow_offline": True},
        {"change_interval": cdk.Duration.seconds(1)},
        {"allowed_cidrs": ["0.0.0.0/1"]},
        {"reserved_concurrency": 20, "endpoint": ClientEndpoint.function_url()},
        {
            "endpoint": ClientEndpoint.http_api(
                throttle=apigatewayv2.ThrottleSettings(rate_limit=100, burst_limit=20)
            ),
            "reserved_concurrency": 20,
        },
    ),
)
def test_what_is_just_within_bounds_is_not_warned_of(
    client_bench: Bench, arguments: dict[str, Any]
) -> None:
    client_bench.client(**arguments)
    assert not client_bench.warnings()
