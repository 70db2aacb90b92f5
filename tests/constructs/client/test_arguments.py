"""Arguments of ClientDdns are checked before anything is defined, and problems reported at once."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_route53 as route53
from hypothesis import given
from hypothesis import strategies as st

from ddns_constructs import ClientEndpoint, ClientProtocol
from ddns_constructs._client.names import check_allowed_names
from ddns_constructs._common.arguments import Problems

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_TOKEN = cdk.Token.as_string({"Ref": "Parameter"})


def _problem(bench: Bench, **arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller matches the text
        bench.client(**arguments)
    return str(caught.value)


# ---------------------------------------------------------------- one value


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"verify_interval": cdk.Duration.days(32)},
            "'verify_interval' must be at most 31 days, got 32 days: omit it to use 1 hour",
        ),
        (
            {"reserved_concurrency": 2},
            (
                "'reserved_concurrency' must be a whole number from 3 to 1,000, got 2: "
                "omit it to reserve nothing"
            ),
        ),
        (
            {"bad_auth_status": 403},
            "'bad_auth_status' must be 401 or 200, got 403: omit it to use 401",
        ),
        (
            {"bad_auth_status": "401"},
            "'bad_auth_status' must be 401 or 200, got '401': omit it to use 401",
        ),
        (
            {"refusal_status": 401},
            "'refusal_status' must be 403 or 200, got 401: omit it to use 403",
        ),
        (
            {"trouble_status": 500},
            "'trouble_status' must be 503 or 200, got 500: omit it to use 503",
        ),
        (
            {"change_interval": cdk.Duration.minutes(16)},
            "'change_interval' must be at most 15 minutes, got 16 minutes: omit it to use 5 sec",
        ),
        (
            {"change_interval": cdk.Duration.millis(500)},
            "'change_interval' must be whole seconds, got 500 millis: omit it to use 5 seconds",
        ),
        (
            {"allowed_cidrs": ["203.0.113.9/24"]},
            (
                "'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got 203.0.113.9/24: "
                "203.0.113.9/24 has host bits set; write 203.0.113.0/24"
            ),
        ),
        (
            {"allowed_cidrs": ["2001:db8::1/32"]},
            (
                "'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got 2001:db8::1/32: "
                "2001:db8::1/32 has host bits set; write 2001:db8::/32"
            ),
        ),
        (
            {"allowed_cidrs": ["home.example.com"]},
            "'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got home.example.com: ",
        ),
        (
            {"allowed_cidrs": [_TOKEN]},
            "'allowed_cidrs' must be known at synthesis, got a token: write it out",
        ),
        (
            {"origin_digests": ["hunter2"]},
            (
                "'origin_digests' must hold SHA-256 digests in hex, got something else, which is "
                "not shown as it may be the secret itself: make one of a secret by: "
                'printf %s "$SECRET" | sha256sum'
            ),
        ),
        (
            {"origin_digests": [f"{'0' * 64}  -"]},
            "'origin_digests' must hold SHA-256 digests in hex, got something else",
        ),
        (
            {"origin_digests": [sha256().hexdigest()]},
            "'origin_digests' must hold SHA-256 digests in hex, got that of an empty text: ",
        ),
        (
            {"origin_digests": [f"{n:064x}" for n in range(5)]},
            "'origin_digests' may hold 4 at most, got 5: leave out those of secrets that nobody",
        ),
        (
            {"max_read_request_units": 0},
            (
                "'max_read_request_units' must be a whole number from 1 to 40,000, got 0: "
                "omit it to use 400, or pass None for no maximum"
            ),
        ),
        (
            {"max_write_request_units": 40_001},
            "'max_write_request_units' must be a whole number from 1 to 40,000, got 40001",
        ),
        (
            {"endpoint": ClientEndpoint.http_api(throttle=100)},  # type: ignore[arg-type]
            "'endpoint.throttle' must be a ThrottleSettings, got 100: write e.g. ThrottleSettings(",
        ),
        (
            {
                "endpoint": ClientEndpoint.http_api(
                    throttle=apigatewayv2.ThrottleSettings(rate_limit=0, burst_limit=1)
                )
            },
            (
                "'endpoint.throttle.rate_limit' must be a whole number from 1 to 10,000, got 0: "
                "omit 'throttle' to use 100"
            ),
        ),
        (
            {
                "endpoint": ClientEndpoint.http_api(
                    throttle=apigatewayv2.ThrottleSettings(rate_limit=1)
                )
            },
            "'endpoint.throttle.burst_limit' must be a whole number from 1 to 10,000, got None",
        ),
        (
            {"record_types": []},
            "'record_types' must name at least one, got none: omit it to use A and AAAA",
        ),
        (
            {"record_types": [route53.RecordType.A, "MX"]},
            (
                "'record_types' may hold RecordType.A, AAAA and TXT, got 'MX': "
                "omit it to use A and AAAA"
            ),
        ),
        (
            {"record_types": [route53.RecordType.CNAME]},
            "'record_types' may hold RecordType.A, AAAA and TXT, got <RecordType.CNAME: 'CNAME'>",
        ),
        (
            {"protocols": []},
            (
                "'protocols' must hold SEED, DYNDNS2 or SIGNED, got none: "
                "clients could not update anything"
            ),
        ),
        (
            {"protocols": [ClientProtocol.CHECKIP]},
            "'protocols' must hold SEED, DYNDNS2 or SIGNED, got CHECKIP",
        ),
        (
            {"protocols": ["dyndns2"]},
            (
                "'protocols' must be a ClientProtocol, got 'dyndns2': "
                "write e.g. [ClientProtocol.DYNDNS2]"
            ),
        ),
        (
            {"protocols": [ClientProtocol.SEED, ClientProtocol.QUERY_CREDENTIALS]},
            "'protocols' must hold DYNDNS2 beside QUERY_CREDENTIALS, got it alone",
        ),
        (
            {"address_policy": "any"},
            "'address_policy' must be an AddressPolicy, got 'any': write e.g. AddressPolicy.SOURCE",
        ),
        (
            {"endpoint": "ddns.example.com"},
            (
                "'endpoint' must be a ClientEndpoint, got 'ddns.example.com': "
                "write e.g. ClientEndpoint.http_api()"
            ),
        ),
        (
            {"allow_offline": "false"},
            "'allow_offline' must be a bool, got 'false': write True or False",
        ),
        (
            {"reserved_concurrency": cdk.Token.as_number({"Ref": "Parameter"})},
            "'reserved_concurrency' must be known at synthesis, got a token: use a number",
        ),
    ),
)
def test_a_wrong_value_is_refused_with_what_to_do(
    client_bench: Bench, arguments: dict[str, Any], text: str
) -> None:
    assert _problem(client_bench, **arguments).startswith(text)


# ---------------------------------------------------------------- allowed names


@pytest.mark.parametrize(
    ("pattern", "reason"),
    (
        ("", "write letters, digits, hyphens and dots"),
        ("büro.example.com", "and Unicode labels as 'xn--...'"),
        ("${aws:username}.example.com", "write letters, digits, hyphens and dots"),
        ("a b.example.com", "write letters, digits, hyphens and dots"),
        (".example.com", "it has an empty label"),
        ("a..example.com", "it has an empty label"),
        ("*", "it must end in '.example.com'"),
        ("*.example.org", "it must end in '.example.com'"),
        ("badexample.com", "it must end in '.example.com', or be the name of the zone itself"),
        ("*example.com", "it must end in '.example.com'"),
        ("home.*", "it must end in '.example.com'"),
    ),
)
def test_a_pattern_that_reaches_beyond_the_zones_is_refused(
    client_bench: Bench, pattern: str, reason: str
) -> None:
    text = _problem(client_bench, allowed_names=[pattern])
    assert text.startswith(f"'allowed_names' must hold patterns of host names, got '{pattern}': ")
    assert reason in text


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        ({"allowed_cidrs": "203.0.113.0/24"}, r"allowed_cidrs=\['203\.0\.113\.0/24'\]"),
        ({"origin_digests": "0" * 64}, "'origin_digests' must be a list of texts, got str"),
        ({"allowed_cidrs": 7}, "'allowed_cidrs' must be a list of texts, got int"),
    ),
)
def test_what_is_no_list_is_refused(
    client_bench: Bench, arguments: dict[str, Any], text: str
) -> None:
    with pytest.raises(TypeError, match=text):
        client_bench.client(**arguments)


def test_the_maxima_are_for_the_table_of_the_construct(client_bench: Bench) -> None:
    own = dynamodb.Table.from_table_name(client_bench.stack, "Own", "hosts")
    assert _problem(client_bench, table=own, max_read_request_units=50) == (
        "'max_read_request_units' is for the table that the construct defines, got 'table' too: "
        "set it on your table"
    )


def test_one_string_is_refused(client_bench: Bench) -> None:
    with pytest.raises(TypeError, match=r"\['\*\.dyn\.example\.com'\]"):
        client_bench.client(allowed_names="*.dyn.example.com")


def test_a_pattern_that_is_a_token_is_refused(client_bench: Bench) -> None:
    text = _problem(client_bench, allowed_names=[_TOKEN])
    assert text.endswith("it must be known at synthesis; write it out")


def test_a_zone_that_no_pattern_is_for_is_refused(client_bench: Bench) -> None:
    zones = [*client_bench.zones, client_bench.zone("example.org")]
    assert _problem(client_bench, hosted_zones=zones, allowed_names=["*.example.com"]) == (
        "'allowed_names' leaves nothing to write in the listed zone 'example.org': "
        "add a pattern such as '*.example.org', or do not list the zone"
    )


def test_a_pattern_for_the_outer_zone_does_not_reach_into_the_inner_one(
    client_bench: Bench,
) -> None:
    zones = [*client_bench.zones, client_bench.zone("dyn.example.com")]
    text = _problem(client_bench, hosted_zones=zones, allowed_names=["*.example.com"])
    assert "leaves nothing to write in the listed zone 'dyn.example.com'" in text


def test_the_name_of_a_zone_may_be_a_token(client_bench: Bench) -> None:
    client_bench.client(hosted_zones=[client_bench.zone(_TOKEN)], allowed_names=["*.example.org"])
    assert not client_bench.warnings()


@given(st.lists(st.text(max_size=40), max_size=4))
def test_no_text_makes_the_check_raise_anything(names: list[str]) -> None:
    check_allowed_names(names, [], Problems())


# ---------------------------------------------------------------- together


def test_settings_that_overflow_the_environment_are_refused(client_bench: Bench) -> None:
    zones = [client_bench.zone(f"team-{n}.example.com", f"Z{n:020}") for n in range(200)]
    assert re.fullmatch(
        "'hosted_zones', 'allowed_names', 'allowed_cidrs' and 'silent_hosts' make an environment "
        r"of \d,\d\d\d characters, and Lambda takes 4,096: divide them among several ClientDdns",
        _problem(client_bench, hosted_zones=zones),
    )


def test_more_allowed_names_than_a_policy_holds_are_refused(client_bench: Bench) -> None:
    names = [f"host-{n}.dyn.example.com" for n in range(200)]
    text = _problem(client_bench, allowed_names=names)
    assert "characters for one zone, and IAM takes 6,144: allow names by fewer patterns" in text


def test_ranges_and_digests_count_in_the_environment(client_bench: Bench) -> None:
    cidrs = [f"2001:db8:{n * 40_503 % 65_536:x}:{n * 7_919 % 65_536:x}::/64" for n in range(320)]
    digests = [f"{n:064x}" for n in range(4)]
    text = _problem(client_bench, allowed_cidrs=cidrs, origin_digests=digests)
    assert "make an environment of" in text
    client_bench.client(allowed_cidrs=cidrs[:200])


def test_several_problems_are_reported_together(client_bench: Bench) -> None:
    text = _problem(client_bench, allowed_names=["*"], bad_auth_status=500, record_types=[])
    first, *rest = text.split("\n- ")
    assert first == "ClientDdns cannot be defined:"
    assert [problem.split()[0] for problem in rest] == [
        "'allowed_names'",
        "'bad_auth_status'",
        "'record_types'",
    ]
