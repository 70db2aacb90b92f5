"""Arguments of ApiGatewayDirectDdns are checked first, and all problems reported at once."""

from __future__ import annotations

import json
import math
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2
from hypothesis import given
from hypothesis import strategies as st

from ddns_constructs import ApiGatewayDirectDdns, DirectAccess, DirectMethod
from ddns_constructs._common.arguments import Problems
from ddns_constructs._common.zones import Zone
from ddns_constructs._direct import templates
from ddns_constructs._direct.names import check_record_names
from tests.constructs.direct.bench import Direct

_TOKEN = cdk.Token.as_string({"Ref": "Parameter"})
_NUMBER = cdk.Token.as_number({"Ref": "Parameter"})


def _throttle(rate: float | None = 2, burst: float | None = 5) -> apigateway.ThrottleSettings:
    return apigateway.ThrottleSettings(rate_limit=rate, burst_limit=burst)


def _quota(
    *,
    limit: float = 1,
    offset: float | None = None,
    period: apigateway.Period = apigateway.Period.DAY,
) -> apigateway.QuotaSettings:
    return apigateway.QuotaSettings(limit=limit, offset=offset, period=period)


def _kind(value: object) -> str:
    """Name a case so that it is the same in each process."""
    return type(value).__name__


def _certificate() -> acm.ICertificate:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/0"
    return acm.Certificate.from_certificate_arn(cdk.Stack(cdk.App(), "Other"), "Cert", arn)


def _pool() -> cognito.IUserPool:
    arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_example"
    return cognito.UserPool.from_user_pool_arn(cdk.Stack(cdk.App(), "Other"), "Pool", arn)


def _problem(**arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller matches the text
        Direct(**arguments)
    return str(caught.value)


# ---------------------------------------------------------------- one value


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"access": "api_keys"},
            "'access' must be a DirectAccess, got 'api_keys': write e.g. DirectAccess.api_keys()",
        ),
        (
            {"response": "json"},
            "'response' must be a DirectResponse, got 'json': write e.g. DirectResponse.json()",
        ),
        (
            {"methods": ["GET"]},
            "'methods' must be a DirectMethod, got 'GET': write DirectMethod.GET",
        ),
        ({"dual_stack": "no"}, "'dual_stack' must be a bool, got 'no': write True or False"),
        ({"dual_stack": None}, "'dual_stack' must be a bool, got None: write True or False"),
        ({"dual_stack": _TOKEN}, "'dual_stack' must be a bool, got '${Token["),
        ({"zone_id_in_path": "false"}, "'zone_id_in_path' must be a bool, got 'false': write"),
        ({"zone_id_in_path": 0}, "'zone_id_in_path' must be a bool, got 0: write True or False"),
        (
            {"access_log_retention": 30},
            (
                "'access_log_retention' must be a RetentionDays, got 30: "
                "write e.g. RetentionDays.ONE_WEEK, or None for no log"
            ),
        ),
        ({"access_log_retention": "ONE_WEEK"}, "'access_log_retention' must be a RetentionDays"),
        (
            {"methods": []},
            "'methods' must name at least one, got none: omit it to use GET and POST",
        ),
        (
            {"stage_name": "a/b"},
            (
                "'stage_name' must be 1 to 128 letters, digits, hyphens and underscores, "
                "got 'a/b': omit it to use 'ddns'"
            ),
        ),
        (
            {"stage_name": None},
            "'stage_name' must be a str, got None: write e.g. stage_name='ddns'",
        ),
        ({"stage_name": 7}, "'stage_name' must be a str, got 7: write e.g."),
        ({"stage_name": object()}, "'stage_name' must be a str, got <object object at"),
        ({"stage_name": _TOKEN}, "'stage_name' must be known at synthesis, got a token"),
        (
            {"throttle": 2},
            (
                "'throttle' must be a ThrottleSettings, got 2: "
                "write e.g. ThrottleSettings(rate_limit=2, burst_limit=5)"
            ),
        ),
        (
            {"throttle": _throttle(rate=0)},
            (
                "'throttle.rate_limit' must be above 0 and at most 10,000 requests a second, "
                "got 0: omit 'throttle' to use 2"
            ),
        ),
        ({"throttle": _throttle(rate=None)}, "'throttle.rate_limit' must be above 0"),
        (
            {"throttle": _throttle(burst=0)},
            (
                "'throttle.burst_limit' must be a whole number from 1 to 10,000, got 0: "
                "omit 'throttle' to use 5"
            ),
        ),
        ({"throttle": _throttle(burst=None)}, "'throttle.burst_limit' must be a whole number"),
        ({"throttle": _throttle(burst=1.5)}, "'throttle.burst_limit' must be a whole number"),
        ({"throttle": _throttle(rate=_NUMBER)}, "'throttle' must be known at synthesis"),
        ({"throttle": _throttle(burst=_NUMBER)}, "'throttle' must be known at synthesis"),
        ({"throttle": _throttle(rate=math.nan)}, "'throttle.rate_limit' must be above 0"),
        ({"throttle": _throttle(rate=math.inf)}, "'throttle.rate_limit' must be above 0"),
        ({"throttle": _throttle(burst=math.nan)}, "'throttle.burst_limit' must be a whole number"),
        ({"throttle": _throttle(burst=math.inf)}, "'throttle.burst_limit' must be a whole number"),
        ({"quota": 100}, "'quota' must be a QuotaSettings, got 100: write e.g. QuotaSettings("),
        (
            {"quota": _quota(limit=0)},
            "'quota.limit' must be a whole number of requests, got 0: write 1 to 2,147,483,647",
        ),
        ({"quota": _quota(limit=1.5)}, "'quota.limit' must be a whole number of requests, got 1.5"),
        ({"quota": _quota(limit=2**31)}, "'quota.limit' must be a whole number of requests, got"),
        ({"quota": _quota(limit=math.inf)}, "'quota.limit' must be a whole number of requests"),
        ({"quota": _quota(limit=math.nan)}, "'quota.limit' must be a whole number of requests"),
        ({"quota": _quota(limit=_NUMBER)}, "'quota.limit' must be a whole number of requests"),
        (
            {"quota": _quota(offset=1)},
            "'quota.offset' must be 0 with Period.DAY, got 1: omit it to use 0",
        ),
        ({"quota": _quota(offset=-1)}, "'quota.offset' must be 0 with Period.DAY, got -1: omit"),
        (
            {"quota": _quota(offset=7, period=apigateway.Period.WEEK)},
            (
                "'quota.offset' must be a whole number from 0 to 6 with Period.WEEK, got 7: "
                "omit it to use 0"
            ),
        ),
        (
            {"quota": _quota(offset=-1, period=apigateway.Period.WEEK)},
            "'quota.offset' must be a whole number from 0 to 6 with Period.WEEK, got -1",
        ),
        (
            {"quota": _quota(offset=28, period=apigateway.Period.MONTH)},
            "'quota.offset' must be a whole number from 0 to 27 with Period.MONTH, got 28",
        ),
        (
            {"quota": _quota(offset=0.5, period=apigateway.Period.MONTH)},
            "'quota.offset' must be a whole number from 0 to 27 with Period.MONTH, got 0.5",
        ),
        (
            {"quota": _quota(offset=_NUMBER, period=apigateway.Period.WEEK)},
            "'quota.offset' must be a whole number from 0 to 6 with Period.WEEK, got",
        ),
        (
            {"quota": apigateway.QuotaSettings(limit=1)},
            "'quota.period' must say what 'quota.limit' counts by, got none: e.g. QuotaSettings(",
        ),
        (
            {
                "access": DirectAccess.iam(),
                "quota": apigateway.QuotaSettings(limit=1, period=apigateway.Period.DAY),
            },
            "'quota' counts by API key, got an access without: use api_keys()",
        ),
        (
            {"allowed_cidrs": []},
            "'allowed_cidrs' must hold at least one range, got none: omit it to allow all",
        ),
        (
            {"allowed_cidrs": ["203.0.113.9/24"]},
            (
                "'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got 203.0.113.9/24: "
                "203.0.113.9/24 has host bits set"
            ),
        ),
        (
            {"allowed_cidrs": ["fe80::1%eth0/128"]},
            (
                "'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got fe80::1%eth0/128: "
                "a scope ('%') means something on one machine only; leave it out"
            ),
        ),
        (
            {"allowed_cidrs": [3_405_803_785]},
            (
                "'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got 3405803785: "
                "it is no string"
            ),
        ),
        (
            {"access": DirectAccess.api_keys(generations=2)},  # type: ignore[arg-type]  # wrong
            "'access.generations' must be a Mapping, got 2: write e.g. {'home': 2}",
        ),
        (
            {"access": DirectAccess.api_keys(generations={"cabin": 2})},
            "'access.generations' must have names as 'record_names' has them, got 'cabin'",
        ),
        (
            {"access": DirectAccess.api_keys(generations={"home": 0})},
            (
                "'access.generations['home']' must be a whole number from 1 to 1,000,000, got 0: "
                "1 is the first key of a name"
            ),
        ),
        ({"allowed_cidrs": [_TOKEN]}, "'allowed_cidrs' must be known at synthesis, got a token"),
        (
            {"allowed_cidrs": ["2001:db8::/32"], "dual_stack": False},
            (
                "'allowed_cidrs' must hold IPv4 ranges with dual_stack=False, "
                "got '2001:db8::/32': nobody comes from there"
            ),
        ),
        (
            {"web_acl": "arn:aws:wafv2:us-east-1:1:global/webacl/Web/0"},
            "'web_acl' must be a CfnWebACL or the ARN of a regional web ACL, got 'arn:aws:wafv2:",
        ),
        (
            {"web_acl": 1},
            (
                "'web_acl' must be a CfnWebACL or the ARN of a regional web ACL, got 1: "
                "write e.g. web_acl=acl.attr_arn"
            ),
        ),
        ({"web_acl": ""}, "'web_acl' must be a CfnWebACL or the ARN of a regional web ACL, got ''"),
        ({"web_acl": object()}, "'web_acl' must be a CfnWebACL or the ARN of a regional web ACL"),
        (
            {"web_acl": b"arn:aws:wafv2:us-east-1:1:regional/webacl/Web/0"},
            "'web_acl' must be a CfnWebACL or the ARN of a regional web ACL, got b'arn:",
        ),
        ({"web_acl": "x:regional/webacl/"}, "'web_acl' must be a CfnWebACL or the ARN of"),
        (
            {"domain_name": "ddns.example.com"},
            "'domain_name' goes with 'certificate', got it alone: pass both or none",
        ),
        (
            {"certificate": _certificate()},
            "'certificate' goes with 'domain_name', got it alone: pass both or none",
        ),
        (
            {"certificate": "arn:aws:acm:x", "domain_name": "ddns.example.com"},
            (
                "'certificate' must be a certificate of ACM, got 'arn:aws:acm:x': "
                "write e.g. Certificate.from_certificate_arn("
            ),
        ),
        (
            {"certificate": _certificate(), "domain_name": 7},
            "'domain_name' must be a str, got 7: write e.g. 'ddns.example.com'",
        ),
        (
            {"certificate": _certificate(), "domain_name": "https://ddns.example.com/"},
            "'domain_name' must be a host name, got 'https://ddns.example.com/': the label",
        ),
        (
            {"certificate": _certificate(), "domain_name": _TOKEN},
            "'domain_name' must be known at synthesis, got a token: write it out",
        ),
        (
            {"certificate": _certificate(), "domain_name": "HOME.example.com"},
            (
                "'domain_name' must be a host name, got 'HOME.example.com': it is among "
                "'record_names', and its caller could take the API over"
            ),
        ),
    ),
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_wrong_value_is_refused_with_what_to_do(arguments: dict[str, Any], text: str) -> None:
    assert _problem(**arguments).startswith(text)


def test_a_certificate_of_another_region_is_refused() -> None:
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    stack = cdk.Stack(cdk.App(), "Stack", env=environment)
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
    with pytest.raises(ValueError, match="'certificate' must be one of eu-west-1, the stack's Reg"):
        ApiGatewayDirectDdns(
            stack,
            "Direct",
            hosted_zone=zone,
            record_names=["home"],
            domain_name="ddns.example.com",
            certificate=_certificate(),
        )


def test_a_web_acl_of_cloudfront_is_refused() -> None:
    acl = wafv2.CfnWebACL(
        cdk.Stack(cdk.App(), "Other"),
        "Acl",
        default_action=wafv2.CfnWebACL.DefaultActionProperty(
            allow=wafv2.CfnWebACL.AllowActionProperty()
        ),
        scope="CLOUDFRONT",
        visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name="Web", sampled_requests_enabled=True
        ),
    )
    assert _problem(web_acl=acl) == "'web_acl' must have the scope REGIONAL, got CLOUDFRONT"


def _ranges(count: int) -> list[str]:
    return [f"2001:db8:{number:x}::/48" for number in range(0x1000, 0x1000 + count)]


@pytest.mark.parametrize(
    ("access", "most"), ((DirectAccess.api_keys(), 184), (DirectAccess.iam(), 378))
)
def test_no_more_ranges_than_a_policy_holds(access: DirectAccess, most: int) -> None:
    direct = Direct(access=access, allowed_cidrs=_ranges(most))
    policy = direct.only("AWS::ApiGateway::RestApi")["Policy"]
    assert len(json.dumps(policy, separators=(",", ":"))) <= 8_192
    text = _problem(access=access, allowed_cidrs=_ranges(most + 1))
    assert text.startswith(
        "'allowed_cidrs' must fit into a policy of 8,192 characters, "
        f"got {most + 1} ranges, which take about 8,"
    )
    assert text.endswith("and pass that as 'web_acl'")


@pytest.mark.parametrize("keyword", ("record_names", "allowed_cidrs"))
@pytest.mark.parametrize(
    "value",
    (
        7,
        object(),
        b"home",
        {"home"},
        {"home": 1},
        (name for name in ["home"]),
    ),
    ids=_kind,
)
def test_what_is_no_list_is_refused_where_one_belongs(keyword: str, value: Any) -> None:  # noqa: ANN401 - anything
    kind = type(value).__name__
    with pytest.raises(
        TypeError, match=rf"'{keyword}' must be a list of \w+, got {kind}: write \["
    ):
        Direct(**{keyword: value})


def test_names_must_be_given() -> None:
    with pytest.raises(
        TypeError, match=r"'record_names' must be a list of names, got NoneType: write \['home'\]"
    ):
        Direct(record_names=None)


@pytest.mark.parametrize("value", (DirectMethod.GET, "GET", 0, {DirectMethod.GET}), ids=_kind)
def test_a_method_without_its_list_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"'methods' must be a list of DirectMethod, got .*POST\]"):
        Direct(methods=value)


@pytest.mark.parametrize("value", ("sth", 7, object(), b"home"), ids=_kind)
def test_what_is_no_range_is_refused(value: object) -> None:
    assert _problem(allowed_cidrs=[value]).startswith("'allowed_cidrs' must hold ranges such as")


@pytest.mark.parametrize("value", (None, object(), b"home", 7), ids=_kind)
def test_what_is_no_name_is_refused(value: object) -> None:
    assert _problem(record_names=[value]).endswith(": it is no string")


@pytest.mark.parametrize("keyword", ("record_names", "allowed_cidrs"))
def test_a_tuple_is_a_list(keyword: str) -> None:
    values: dict[str, Any] = {"record_names": ("home",), "allowed_cidrs": ("203.0.113.0/24",)}
    assert Direct(**{keyword: values[keyword]}).resources


@pytest.mark.parametrize(
    ("arguments", "error"),
    (
        ({"record_names": None}, TypeError),
        ({"methods": DirectMethod.GET}, TypeError),
        ({"allowed_cidrs": 7}, TypeError),
        ({"dual_stack": "no"}, ValueError),
        ({"zone_id_in_path": "no"}, ValueError),
        ({"stage_name": object()}, ValueError),
        ({"access_log_retention": 30}, ValueError),
        ({"certificate": "x", "domain_name": 7}, ValueError),
        ({"web_acl": object()}, ValueError),
        ({"quota": _quota(offset=-1)}, ValueError),
        ({"throttle": _throttle(rate=math.nan)}, ValueError),
    ),
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_of_a_wrong_kind_leaves_the_id_free(
    arguments: dict[str, Any], error: type[Exception]
) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
    (keyword, *_) = arguments
    with pytest.raises(error, match=keyword):
        ApiGatewayDirectDdns(
            stack, "Ddns", **{"hosted_zone": zone, "record_names": ["home"], **arguments}
        )
    ApiGatewayDirectDdns(stack, "Ddns", hosted_zone=zone, record_names=["home"])


@pytest.mark.parametrize("keyword", ("record_names", "allowed_cidrs"))
def test_one_string_is_refused_where_a_list_belongs(keyword: str) -> None:
    with pytest.raises(TypeError, match=rf"'{keyword}' must be a list .*\['home'\]"):
        Direct(**{keyword: "home"})


def test_what_is_no_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="'hosted_zone' must be a hosted zone, got list"):
        Direct(hosted_zone=[])


def test_a_zone_from_an_id_alone_is_refused_with_the_way_out() -> None:
    stack = cdk.Stack(cdk.App(), "Other")
    bare = route53.HostedZone.from_hosted_zone_id(stack, "Bare", "Z0000000000000000")
    assert _problem(hosted_zone=bare).endswith(
        "use HostedZone.from_hosted_zone_attributes or HostedZone.from_lookup"
    )


# ---------------------------------------------------------------- names


def _names(given: list[str], zone_name: str = "example.com") -> list[str]:
    problems = Problems()
    zone = Zone(None, zone_name)  # type: ignore[arg-type]  # only its name is looked at
    names = check_record_names(given, zone, problems)
    problems.raise_any("the names")
    return list(names.values())


@pytest.mark.parametrize(
    ("given", "full"),
    (
        ("home", "home.example.com"),
        ("Home", "home.example.com"),
        ("host.dyn", "host.dyn.example.com"),
        ("home.example.com", "home.example.com"),
        ("home.example.com.", "home.example.com"),
        ("@", "example.com"),
        ("example.com", "example.com"),
        ("badexample.com", "badexample.com.example.com"),
        ("xn--bcher-kva", "xn--bcher-kva.example.com"),
    ),
)
def test_a_name_is_relative_to_the_zone_or_full(given: str, full: str) -> None:
    assert _names([given]) == [full]


@pytest.mark.parametrize(
    ("name", "reason"),
    (
        ("", "it has an empty label"),
        ("a b", "the label 'a b' is not letters, digits and hyphens"),
        ("a'b", "the label 'a'b' is not letters, digits and hyphens"),
        ("$name", "is not letters, digits and hyphens"),
        ("</Name>", "is not letters, digits and hyphens"),
        ("a..b", "it has an empty label"),
        ("a" * 64, "is longer than 63 characters"),
        ("*.home", "a wildcard is no client's own name"),
        ("büro", "it has letters beyond ASCII; write Unicode labels as 'xn--...'"),
        ("home\u017f", "it has letters beyond ASCII"),  # a long s, which re takes for one
        ("\u212a", "it has letters beyond ASCII"),  # the Kelvin sign, which str.lower makes a k
        (".".join(["a" * 60] * 4), "it is longer than 253 characters"),
        ("home.example.org.", "it must end in '.example.com', or be the name of the zone itself"),
        pytest.param(_TOKEN, "it must be known at synthesis; write it out", id="token"),
        (5, "it is no string"),
    ),
)
def test_a_name_that_cannot_be_is_refused(name: str, reason: str) -> None:
    text = _problem(record_names=[name])
    assert text.startswith(f"'record_names' must hold names of the zone, got '{name}': ")
    assert reason in text


def test_a_name_may_be_as_long_as_dns_has_it() -> None:
    name = ".".join(["a" * 60] * 3 + ["a" * 58])
    assert len(*_names([name])) == 253
    with pytest.raises(ValueError, match="it is longer than 253 characters"):
        _names([f"{name}a"])


@pytest.mark.parametrize(
    ("name", "zone_name"),
    (
        ("denied", "invalid"),
        ("Denied.INVALID.", "invalid"),
        ("@", "denied.invalid"),
        pytest.param("denied.invalid", _TOKEN, id="token"),
    ),
)
def test_the_name_that_stands_for_refusal_is_no_clients(name: str, zone_name: str) -> None:
    with pytest.raises(ValueError, match="ask for this name where a caller is refused; choose"):
        _names([name], zone_name)


def test_a_name_below_that_one_is_as_good_as_any() -> None:
    assert _names(["home"], "denied.invalid") == ["home.denied.invalid"]
    assert _names(["denied.invalid"]) == ["denied.invalid.example.com"]


def test_a_name_is_listed_once() -> None:
    assert _problem(record_names=["home", "home.example.com"]) == (
        "'record_names' must hold names of the zone, got 'home.example.com': "
        "'home' is the same name; list it once"
    )


@pytest.mark.parametrize("count", (0, 51))
def test_one_to_fifty_names_make_an_api(count: int) -> None:
    text = _problem(record_names=[f"host-{number}" for number in range(count)])
    assert text == (
        f"'record_names' must hold 1 to 50 names, got {count}: "
        "divide them among several ApiGatewayDirectDdns"
    )


def test_in_a_zone_whose_name_is_a_token_names_are_full() -> None:
    assert _names(["home.example.org"], _TOKEN) == ["home.example.org"]
    for name in ("home", "@"):
        with pytest.raises(ValueError, match="the zone's name is not known at synthesis; write"):
            _names([name], _TOKEN)


@given(st.lists(st.text(max_size=30), max_size=4))
def test_no_text_makes_the_check_raise_anything(names: list[str]) -> None:
    zone = Zone(None, "example.com")  # type: ignore[arg-type]  # only its name is looked at
    for full in check_record_names(names, zone, Problems()).values():
        templates.change_of_name(full, ttl=60)


def test_a_template_takes_no_name_that_was_not_checked() -> None:
    with pytest.raises(ValueError, match=r"a template must not hold \"it's\""):
        templates.change_of_name("it's", ttl=60)


# ---------------------------------------------------------------- access


@pytest.mark.parametrize("access", (DirectAccess.iam(), DirectAccess.none()))
def test_one_path_cannot_tell_two_names_apart(access: DirectAccess) -> None:
    text = _problem(access=access, record_names=["home", "cabin"], zone_id_in_path=True)
    assert text.startswith("'zone_id_in_path' leaves one path, and with iam() or none() the path")
    assert text.endswith("got 2 names: use api_keys() or cognito(), or leave it out")


def test_every_name_needs_a_user_and_every_user_a_name() -> None:
    access = DirectAccess.cognito(user_pools=[], subjects={"it's": "home", _TOKEN: "shed"})
    text = _problem(access=access, record_names=["home", "cabin"])
    for part in (
        "'access.user_pools' must hold at least one user pool, got an empty list",
        "as its keys, got 'it's'",
        f"as its keys, got '{_TOKEN}'",
        f"got 'shed' for '{_TOKEN}'",
        "got none for 'cabin': nobody could update it",
    ):
        assert part in text


@pytest.mark.parametrize("access", (DirectAccess, DirectAccess.api_keys), ids=("class", "function"))
def test_an_access_is_one_and_not_the_way_to_it(access: object) -> None:
    assert _problem(access=access).startswith("'access' must be a DirectAccess, got <")


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"user_pools": None},
            (
                "'access.user_pools' must be a list of user pools, got NoneType: "
                "write e.g. user_pools=[pool]"
            ),
        ),
        ({"user_pools": "pool"}, "'access.user_pools' must be a list of user pools, got str: "),
        ({"user_pools": _pool()}, "'access.user_pools' must be a list of user pools, got "),
        (
            {"user_pools": ["us-east-1_example"]},
            (
                "'access.user_pools' must hold user pools, got 'us-east-1_example': "
                "write e.g. UserPool.from_user_pool_arn("
            ),
        ),
        ({"subjects": None}, "'access.subjects' must be a Mapping, got None: write e.g. {'"),
        ({"subjects": ["a"]}, "'access.subjects' must be a Mapping, got ['a']: write e.g. {'"),
        (
            {"subjects": {1: "home"}},
            (
                "'access.subjects' must have the `sub` of users, letters, digits and hyphens, "
                "as its keys, got '1'"
            ),
        ),
        (
            {"subjects": {"a": ["home"], "b": "home"}},
            (
                "'access.subjects' must lead to names as 'record_names' has them, "
                "got '['home']' for 'a'"
            ),
        ),
        (
            {"subjects": {"a": None, "b": "home"}},
            "'access.subjects' must lead to names as 'record_names' has them, got 'None' for 'a'",
        ),
    ),
)
def test_what_is_no_pool_and_no_subject_is_refused(arguments: dict[str, Any], text: str) -> None:
    given = {"user_pools": [_pool()], "subjects": {"a": "home"}, **arguments}
    assert _problem(access=DirectAccess.cognito(**given)).startswith(text)


def test_two_users_may_have_one_name() -> None:
    access = DirectAccess.cognito(user_pools=[_pool()], subjects={"a": "home", "b": "home"})
    assert not Direct(access=access).warnings()


# ---------------------------------------------------------------- together


def test_several_problems_are_reported_together() -> None:
    text = _problem(methods=[], record_names=["a b"], stage_name="", ttl=cdk.Duration.millis(1_500))
    first, *rest = text.split("\n- ")
    assert first == "ApiGatewayDirectDdns cannot be defined:"
    assert [problem.split()[0] for problem in rest] == [
        "'record_names'",
        "'stage_name'",
        "'ttl'",
        "'methods'",
    ]
