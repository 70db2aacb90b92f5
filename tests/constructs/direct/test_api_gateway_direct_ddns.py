"""What ApiGatewayDirectDdns defines, one promise a test."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2

from ddns_constructs import ApiGatewayDirectDdns, DirectAccess, DirectMethod, DirectResponse
from tests.constructs.direct.bench import ZONE_ID, Direct, resolve

_ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/Web/0"


@pytest.fixture(scope="module")
def default() -> Direct:
    """The construct with a zone and a name; for reading only."""
    return Direct()


@pytest.fixture(scope="module")
def two() -> Direct:
    """The construct with two names; for reading only."""
    return Direct(record_names=["home", "cabin.example.com"])


# ---------------------------------------------------------------- the API


def test_it_is_one_regional_api_by_ipv4_and_ipv6(default: Direct) -> None:
    api = default.only("AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"] == {"IpAddressType": "dualstack", "Types": ["REGIONAL"]}
    assert api["DisableExecuteApiEndpoint"] is False
    assert "Policy" not in api


def test_ipv4_alone_is_possible() -> None:
    api = Direct(dual_stack=False).only("AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"] == {"IpAddressType": "ipv4", "Types": ["REGIONAL"]}


def test_its_name_is_its_own_as_metrics_know_it_by_that() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    zone = cdk.aws_route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
    made = [
        ApiGatewayDirectDdns(stack, id_, hosted_zone=zone, record_names=[id_.lower()])
        for id_ in ("First", "Second")
    ]
    assert len({each.metric_count().dimensions["ApiName"] for each in made}) == 2  # type: ignore[index]


def test_there_is_no_function_no_table_and_no_output(default: Direct) -> None:
    kinds = {each["Type"] for each in default.resources.values()}
    assert kinds == {
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGateway::UsagePlanKey",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
    }
    template = cdk.assertions.Template.from_stack(default.stack).to_json()
    assert "Outputs" not in template


def test_no_key_is_in_the_template(default: Direct) -> None:
    for key in default.find("AWS::ApiGateway::ApiKey").values():
        assert not {"Value", "Name"} & key.keys()


def test_every_change_of_a_template_is_deployed() -> None:
    def deployment(**arguments: Any) -> str:  # noqa: ANN401 - any argument of it
        (id_,) = Direct(**arguments).find("AWS::ApiGateway::Deployment")
        return id_

    ids = [
        deployment(),
        deployment(ttl=cdk.Duration.minutes(2)),
        deployment(record_names=["cabin"]),
        deployment(record_names=["home", "cabin"]),
        deployment(response=DirectResponse.json()),
        deployment(allowed_cidrs=["203.0.113.0/24", "2001:db8::/32"]),
        deployment(dual_stack=False),
    ]
    assert len(set(ids)) == len(ids)
    assert deployment() == ids[0]


def _deployment_with_pools(*names: str) -> str:
    stack = cdk.Stack(cdk.App(), "Pools")
    arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_"
    pools = [
        cdk.aws_cognito.UserPool.from_user_pool_arn(stack, name, f"{arn}{name}") for name in names
    ]
    access = DirectAccess.cognito(user_pools=pools, subjects={"a-1": "home"})
    (id_,) = Direct(access=access).find("AWS::ApiGateway::Deployment")
    return id_


def test_another_user_pool_alone_is_deployed() -> None:
    ids = [
        _deployment_with_pools("old"),
        _deployment_with_pools("new"),
        _deployment_with_pools("old", "new"),
    ]
    assert len(set(ids)) == len(ids)
    assert _deployment_with_pools("old") == ids[0]


def test_a_pool_of_the_same_stack_is_deployed_too() -> None:
    def deployment(pool_id: str) -> str:
        stack = cdk.Stack(cdk.App(), "Stack")
        zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        pool = cdk.aws_cognito.UserPool(stack, pool_id)
        access = DirectAccess.cognito(user_pools=[pool], subjects={"a-1": "home"})
        ApiGatewayDirectDdns(stack, "Ddns", hosted_zone=zone, record_names=["home"], access=access)
        template = cdk.assertions.Template.from_stack(stack)
        (id_,) = template.find_resources("AWS::ApiGateway::Deployment")
        return str(id_)

    assert deployment("Old") != deployment("New")
    assert deployment("Old") == deployment("Old")


# ---------------------------------------------------------------- the zone


@pytest.mark.parametrize("prefix", ("/hostedzone/", "hostedzone/"))
@pytest.mark.parametrize("arguments", ({}, {"zone_id_in_path": True}))
def test_an_id_with_its_prefix_is_the_same_zone(prefix: str, arguments: dict[str, Any]) -> None:
    direct = Direct(
        zone=lambda stack: route53.HostedZone.from_hosted_zone_attributes(
            stack, "Zone", hosted_zone_id=f"{prefix}{ZONE_ID}", zone_name="example.com"
        ),
        **arguments,
    )
    plain = Direct(**arguments)
    assert direct.statement()["Resource"] == f"arn:aws:route53:::hostedzone/{ZONE_ID}"
    assert [each.integration["Uri"] for each in direct.methods()] == [
        each.integration["Uri"] for each in plain.methods()
    ]
    urls = [resolve(each.stack.resolve(each.ddns.update_urls["home"])) for each in (direct, plain)]
    assert urls[0] == urls[1]
    assert direct.resources == plain.resources


# ---------------------------------------------------------------- methods


def test_both_methods_stand_at_both_paths(two: Direct) -> None:
    assert {(each.path, each.verb) for each in two.methods()} == {
        ("/", "GET"),
        ("/", "POST"),
        ("/update", "GET"),
        ("/update", "POST"),
    }


@pytest.mark.parametrize("access", (DirectAccess.iam(), DirectAccess.none()))
def test_without_keys_the_name_follows_from_the_path(access: DirectAccess) -> None:
    direct = Direct(access=access, methods=[DirectMethod.POST], record_names=["home", "@"])
    (method,) = direct.methods()
    assert (method.path, method.verb) == ("/{record_name}", "POST")
    assert (
        "#set($names = {'home.example.com':'home.example.com','example.com':'example.com'})##\n"
    ) in method.request_template
    assert "$names.get($input.params('record_name'))" in method.request_template


@pytest.mark.parametrize(
    "access", (DirectAccess.api_keys(), DirectAccess.iam(), DirectAccess.none())
)
def test_fifty_names_are_as_many_methods_as_one(access: DirectAccess) -> None:
    # API Gateway's control plane takes 10 requests a second, and a method is several.
    names = [f"host-{number}" for number in range(50)]
    direct = Direct(access=access, record_names=names)
    assert len(direct.methods()) == len(Direct(access=access).methods()) <= 4
    assert len(direct.find("AWS::ApiGateway::Resource")) == 1


@pytest.mark.parametrize("access", (DirectAccess.api_keys(), DirectAccess.iam()))
def test_several_apis_of_fifty_names_fit_into_a_template(access: DirectAccess) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="dyn.example.com")
    for site in ("berlin", "oslo", "rome"):
        names = [f"host-{number}.{site}" for number in range(50)]
        ApiGatewayDirectDdns(stack, site, hosted_zone=zone, record_names=names, access=access)
    template = cdk.assertions.Template.from_stack(stack).to_json()
    assert len(json.dumps(template, indent=1)) < 1_000_000  # CDK's form, CloudFormation's limit
    assert len(template["Resources"]) <= 500


def test_the_zone_may_be_in_the_path_as_the_blog_post_has_it() -> None:
    direct = Direct(zone_id_in_path=True, methods=[DirectMethod.GET])
    (method,) = direct.methods()
    assert (method.path, method.verb) == ("/{zone_id}", "GET")
    assert method.properties["RequestParameters"] == {"method.request.path.zone_id": True}
    assert method.integration["RequestParameters"] == {
        "integration.request.header.Content-Type": "'application/xml'",
        "integration.request.path.hosted_zone_id": "method.request.path.zone_id",
    }
    assert method.integration["Uri"].endswith(
        ":route53:path/2013-04-01/hostedzone/{hosted_zone_id}/rrset/"
    )


def test_a_request_goes_to_the_zone_and_nowhere_else(two: Direct) -> None:
    for method in two.methods():
        assert method.integration["Uri"] == (
            f"arn:aws:apigateway:us-east-1:route53:path/2013-04-01/hostedzone/{ZONE_ID}/rrset/"
        )
        assert (method.integration["Type"], method.integration["IntegrationHttpMethod"]) == (
            "AWS",
            "POST",
        )
        (role,) = two.find("AWS::IAM::Role")
        assert method.integration["Credentials"] == f"{role}.Arn"


def test_nothing_that_a_caller_sends_passes_through(two: Direct) -> None:
    for method in two.methods():
        assert method.integration["PassthroughBehavior"] == "NEVER"
        assert set(method.integration["RequestTemplates"]) == {
            "application/json",
            "application/x-www-form-urlencoded",
            "text/plain",
        }
        assert method.integration["RequestParameters"] == {
            "integration.request.header.Content-Type": "'application/xml'"
        }
        assert "RequestParameters" not in method.properties


def test_every_method_is_validated(two: Direct) -> None:
    (validator,) = two.find("AWS::ApiGateway::RequestValidator")
    assert {each.properties["RequestValidatorId"] for each in two.methods()} == {validator}


def test_the_ttl_is_in_the_template() -> None:
    assert "<TTL>60</TTL>" in Direct().method("/").request_template
    direct = Direct(ttl=cdk.Duration.minutes(5))
    assert "<TTL>300</TTL>" in direct.method("/").request_template


# ---------------------------------------------------------------- access


def test_each_name_has_a_key_of_its_own_in_one_plan(two: Direct) -> None:
    keys = two.keys()
    assert set(keys) == {"home.example.com", "cabin.example.com"}
    (plan,) = two.find("AWS::ApiGateway::UsagePlan")
    found = two.find("AWS::ApiGateway::UsagePlanKey").values()
    assert {(each["KeyId"], each["UsagePlanId"]) for each in found} == {
        (key, plan) for key in keys.values()
    }
    assert {each.properties["ApiKeyRequired"] for each in two.methods()} == {True}


def test_keys_are_found_by_the_name_as_it_was_given(two: Direct) -> None:
    assert set(two.ddns.api_keys) == {"home", "cabin.example.com"}
    assert two.stack.resolve(two.ddns.api_keys["home"].key_id) == {
        "Ref": two.keys()["home.example.com"]
    }


@pytest.mark.parametrize(
    ("spelling", "given"),
    (
        ("home", "home"),
        ("HOME", "home"),
        ("home.example.com", "home"),
        ("Home.Example.com.", "home"),
        ("cabin", "cabin.example.com"),
        ("cabin.example.com", "cabin.example.com"),
        ("cabin.example.com.", "cabin.example.com"),
        ("CABIN.EXAMPLE.COM", "cabin.example.com"),
    ),
)
def test_a_name_is_known_in_each_of_its_spellings(two: Direct, spelling: str, given: str) -> None:
    assert two.ddns.api_keys[spelling] is two.ddns.api_keys[given]
    assert two.ddns.update_urls[spelling] == two.ddns.update_urls[given]
    assert spelling in two.ddns.api_keys


def test_the_zones_own_name_is_known_in_each_of_its_spellings() -> None:
    keys = Direct(record_names=["@"]).ddns.api_keys
    assert keys["@"] is keys["example.com"] is keys["Example.com."]


@pytest.mark.parametrize("name", ("office", "home.example.org", "home.", "", "@", 1))
def test_a_name_that_is_none_is_answered_with_the_list(two: Direct, name: Any) -> None:  # noqa: ANN401
    with pytest.raises(KeyError) as caught:
        two.ddns.api_keys[name]
    assert caught.value.args == (
        f"'{name}' is no name of 'record_names' here: write one of 'home', 'cabin.example.com'",
    )
    assert two.ddns.api_keys.get(name) is None


def test_without_keys_the_error_says_so() -> None:
    with pytest.raises(KeyError, match="write one of none, without API keys"):
        Direct(access=DirectAccess.iam()).ddns.api_keys["home"]


def test_another_generation_is_another_key_of_that_name_alone(two: Direct) -> None:
    first = two.keys()
    second = Direct(
        record_names=["home", "cabin.example.com"],
        access=DirectAccess.api_keys(generations={"home": 2, "cabin.example.com": 1}),
    )
    keys = second.keys()
    assert keys["cabin.example.com"] == first["cabin.example.com"]
    assert keys["home.example.com"] != first["home.example.com"]
    # Of the old one nothing is left: not in the plan, not in a template, and that is deployed.
    assert first["home.example.com"] not in json.dumps(second.resources)
    for kind in ("AWS::ApiGateway::UsagePlanKey", "AWS::ApiGateway::Deployment"):
        assert set(second.find(kind)) != set(two.find(kind))


def test_the_name_follows_from_the_key(two: Direct) -> None:
    keys = two.keys()
    line = (
        f"#set($names = {{'{keys['home.example.com']}':'home.example.com',"
        f"'{keys['cabin.example.com']}':'cabin.example.com'}})##\n"
    )
    for method in two.methods():
        assert line in method.request_template
        assert "$names.get($context.identity.apiKeyId)" in method.request_template


@pytest.mark.parametrize(
    ("access", "authorization"),
    ((DirectAccess.iam(), "AWS_IAM"), (DirectAccess.none(), "NONE")),
)
def test_without_keys_there_are_none(access: DirectAccess, authorization: str) -> None:
    direct = Direct(access=access)
    assert direct.ddns.api_keys == {}
    assert not direct.find("AWS::ApiGateway::UsagePlan")
    for method in direct.methods():
        assert method.properties["AuthorizationType"] == authorization
        assert method.properties["ApiKeyRequired"] is False


def test_users_of_a_pool_are_told_by_their_subject() -> None:
    pool = cdk.aws_cognito.UserPool.from_user_pool_arn(
        cdk.Stack(cdk.App(), "Pools"),
        "Pool",
        "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_example",
    )
    direct = Direct(access=DirectAccess.cognito(user_pools=[pool], subjects={"a-1": "home"}))
    (authorizer,) = direct.find("AWS::ApiGateway::Authorizer")
    assert direct.only("AWS::ApiGateway::Authorizer")["Type"] == "COGNITO_USER_POOLS"
    for method in direct.methods():
        assert method.properties["AuthorizationType"] == "COGNITO_USER_POOLS"
        assert method.properties["AuthorizerId"] == authorizer
        assert "#set($names = {'a-1':'home.example.com'})##" in method.request_template
        assert "$names.get($context.authorizer.claims.sub)" in method.request_template


# ---------------------------------------------------------------- keys, one after the other


def _waves(resources: dict[str, Any], kind: str) -> list[set[str]]:
    """Return what CloudFormation would make at once of a type, wave by wave."""
    left = {id_ for id_, each in resources.items() if each["Type"] == kind}
    waves: list[set[str]] = []
    while left:
        wave = {id_ for id_ in left if not left & set(resources[id_].get("DependsOn", []))}
        waves.append(wave)
        left -= wave
    return waves


def _two_apis(stack: cdk.Stack) -> cdk.Stack:
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
    for site in ("berlin", "oslo"):
        names = [f"host-{number}.{site}" for number in range(8)]
        ApiGatewayDirectDdns(stack, site, hosted_zone=zone, record_names=names)
    return stack


@pytest.fixture(scope="module")
def two_apis() -> dict[str, Any]:
    """The resources of a stack with two APIs of eight keys each; for reading only."""
    template = cdk.assertions.Template.from_stack(_two_apis(cdk.Stack(cdk.App(), "Stack")))
    found: dict[str, Any] = template.to_json()["Resources"]
    return found


def test_one_key_at_a_time_enters_a_plan_in_the_whole_stack(two_apis: dict[str, Any]) -> None:
    waves = _waves(two_apis, "AWS::ApiGateway::UsagePlanKey")
    assert [len(wave) for wave in waves] == [1] * 16


def test_five_keys_at_a_time_are_made_in_the_whole_stack(two_apis: dict[str, Any]) -> None:
    waves = _waves(two_apis, "AWS::ApiGateway::ApiKey")
    assert [len(wave) for wave in waves] == [5, 5, 5, 1]


def test_a_key_waits_for_none_of_another_stack() -> None:
    app = cdk.App()
    _two_apis(cdk.Stack(app, "First"))
    second = _two_apis(cdk.Stack(app, "Second"))
    resources = cdk.assertions.Template.from_stack(second).to_json()["Resources"]
    assert not second.dependencies
    needed = {need for each in resources.values() for need in each.get("DependsOn", [])}
    assert needed <= set(resources)


def test_an_api_that_moves_into_a_stage_is_the_same() -> None:
    app = cdk.App()
    stage = cdk.Stage(app, "Production")
    env = cdk.Environment(account="123456789012", region="us-east-1")
    alone, staged = (_two_apis(cdk.Stack(scope, "Stack", env=env)) for scope in (app, stage))
    # Another id is another resource, which CloudFormation makes before it deletes the old one; and
    # a plan takes a key once.
    ids = [
        {id_ for id_, each in template["Resources"].items() if "Key" in each["Type"]}
        for template in (
            app.synth().get_stack_by_name(alone.stack_name).template,
            stage.synth().get_stack_by_name(staged.stack_name).template,
        )
    ]
    assert len(ids[0]) == 32
    assert ids[0] == ids[1]


# ---------------------------------------------------------------- throttle and quota


def _throttles(direct: Direct) -> tuple[tuple[float, int], tuple[float, int] | None]:
    (settings,) = direct.only("AWS::ApiGateway::Stage")["MethodSettings"]
    plans = [each["Throttle"] for each in direct.find("AWS::ApiGateway::UsagePlan").values()]
    plan = (plans[0]["RateLimit"], plans[0]["BurstLimit"]) if plans else None
    return (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]), plan


def test_two_requests_a_second_pass_divided_among_the_methods() -> None:
    assert _throttles(Direct()) == ((0.5, 2), (2, 5))


def test_of_several_keys_one_may_use_half_of_a_methods_share(two: Direct) -> None:
    assert _throttles(two) == ((0.5, 2), (0.25, 2))


def test_a_throttle_is_the_users() -> None:
    throttle = apigateway.ThrottleSettings(rate_limit=4, burst_limit=1)
    direct = Direct(throttle=throttle, methods=[DirectMethod.GET], zone_id_in_path=True)
    assert _throttles(direct) == ((4, 1), (4, 1))


def test_many_names_share_the_throttle() -> None:
    names = [f"host-{number}" for number in range(50)]
    direct = Direct(access=DirectAccess.iam(), record_names=names)
    assert _throttles(direct) == ((1, 3), None)


def test_a_quota_counts_by_key() -> None:
    quota = apigateway.QuotaSettings(limit=100, period=apigateway.Period.DAY)
    plan = Direct(quota=quota).only("AWS::ApiGateway::UsagePlan")
    assert plan["Quota"] == {"Limit": 100, "Period": "DAY"}


@pytest.mark.parametrize(
    ("period", "offset"),
    (
        (apigateway.Period.DAY, 0),
        (apigateway.Period.WEEK, 6),
        (apigateway.Period.MONTH, 27),
    ),
)
def test_the_last_offset_of_a_period_is_taken(period: apigateway.Period, offset: int) -> None:
    quota = apigateway.QuotaSettings(limit=2_147_483_647, offset=offset, period=period)
    plan = Direct(quota=quota).only("AWS::ApiGateway::UsagePlan")
    assert (plan["Quota"]["Offset"], plan["Quota"]["Limit"]) == (offset, 2_147_483_647)


# ---------------------------------------------------------------- logs


def test_the_access_log_holds_no_key_and_nothing_of_the_request(default: Direct) -> None:
    stage = default.only("AWS::ApiGateway::Stage")
    log, _ = default.log("AccessLog")
    assert stage["AccessLogSetting"]["DestinationArn"] == f"{log}.Arn"
    fields = set(json.loads(stage["AccessLogSetting"]["Format"]).values())
    assert {"$context.requestId", "$context.identity.apiKeyId", "$context.status"} < fields
    for forbidden in ("identity.apiKey", "path", "identity.userAgent", "requestOverride"):
        assert f"$context.{forbidden}" not in fields


def test_bodies_are_not_traced_and_errors_are_logged(default: Direct) -> None:
    (settings,) = default.only("AWS::ApiGateway::Stage")["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert settings["DataTraceEnabled"] is False
    assert settings["LoggingLevel"] == "ERROR"


def test_no_metric_of_each_method_is_made_as_each_is_billed(default: Direct) -> None:
    (settings,) = default.only("AWS::ApiGateway::Stage")["MethodSettings"]
    assert settings["MetricsEnabled"] is False


def test_the_accounts_own_role_is_left_alone(default: Direct) -> None:
    assert not default.find("AWS::ApiGateway::Account")


def test_logs_are_kept_for_a_month_or_as_long_as_asked(default: Direct) -> None:
    week = Direct(access_log_retention=logs.RetentionDays.ONE_WEEK)
    for name in ("AccessLog", "ExecutionLog"):
        assert default.log(name)[1]["RetentionInDays"] == 30
        assert week.log(name)[1]["RetentionInDays"] == 7
    assert week.ddns.access_log is not None
    assert week.ddns.execution_log is not None


def test_no_log_is_left_behind(default: Direct) -> None:
    for id_ in default.find("AWS::Logs::LogGroup"):
        assert default.resources[id_]["DeletionPolicy"] == "Delete"


def test_api_gateways_own_log_is_there_before_it_would_make_one(default: Direct) -> None:
    id_, log = default.log("ExecutionLog")
    (api,) = default.find("AWS::ApiGateway::RestApi")
    (stage,) = default.find("AWS::ApiGateway::Stage")
    name = default.only("AWS::ApiGateway::Stage")["StageName"]
    assert log["LogGroupName"] == f"API-Gateway-Execution-Logs_{api}/{name}"
    assert id_ in default.resources[stage]["DependsOn"]


def test_without_a_log_nothing_needs_the_accounts_role() -> None:
    direct = Direct(access_log_retention=None)
    stage = direct.only("AWS::ApiGateway::Stage")
    assert "AccessLogSetting" not in stage
    assert stage["MethodSettings"][0]["LoggingLevel"] == "OFF"
    assert direct.ddns.access_log is None
    assert direct.ddns.execution_log is None
    assert not direct.find("AWS::Logs::LogGroup")


# ---------------------------------------------------------------- URLs


def test_urls_start_with_the_stage(two: Direct) -> None:
    (api,) = two.find("AWS::ApiGateway::RestApi")
    (stage,) = two.find("AWS::ApiGateway::Stage")
    base = f"https://{api}.execute-api.us-east-1.amazonaws.com/{stage}/"
    assert resolve(two.stack.resolve(two.ddns.url)) == base
    urls = {name: resolve(two.stack.resolve(url)) for name, url in two.ddns.update_urls.items()}
    assert urls == {"home": f"{base}update", "cabin.example.com": f"{base}update"}


def test_the_stage_is_named_as_asked() -> None:
    assert Direct().only("AWS::ApiGateway::Stage")["StageName"] == "ddns"
    assert Direct(stage_name="v-1").only("AWS::ApiGateway::Stage")["StageName"] == "v-1"


@pytest.mark.parametrize(
    ("arguments", "path"),
    (
        ({"access": DirectAccess.none()}, "home.example.com"),
        ({"zone_id_in_path": True}, ZONE_ID),
        ({"access": DirectAccess.iam(), "zone_id_in_path": True}, ZONE_ID),
    ),
)
def test_the_url_of_a_name_ends_in_it_or_in_the_zone(arguments: dict[str, Any], path: str) -> None:
    direct = Direct(**arguments)
    base = resolve(direct.stack.resolve(direct.ddns.url))
    assert resolve(direct.stack.resolve(direct.ddns.update_urls["home"])) == f"{base}{path}"


# ---------------------------------------------------------------- who may come


def _policy(**arguments: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any argument of it
    direct = Direct(allowed_cidrs=["203.0.113.0/24", "2001:db8::/32"], **arguments)
    policy = direct.only("AWS::ApiGateway::RestApi")["Policy"]
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def test_others_than_the_allowed_ranges_are_denied() -> None:
    ranges = {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}
    allow, deny = _policy()
    assert (allow["Effect"], allow["Condition"]) == ("Allow", {"IpAddress": ranges})
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"NotIpAddress": ranges})
    for statement in (allow, deny):
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Action"] == "execute-api:Invoke"


def test_a_range_opens_nothing_to_principals_that_were_not_granted_it() -> None:
    (deny,) = _policy(access=DirectAccess.iam())
    assert deny["Effect"] == "Deny"


@pytest.mark.parametrize("as_construct", (True, False))
def test_a_web_acl_stands_in_front_of_the_stage(
    as_construct: bool,  # noqa: FBT001 - the two ways to name one
) -> None:
    stack = cdk.Stack(cdk.App(), "Other")
    acl = wafv2.CfnWebACL(
        stack,
        "Acl",
        default_action=wafv2.CfnWebACL.DefaultActionProperty(
            allow=wafv2.CfnWebACL.AllowActionProperty()
        ),
        scope="REGIONAL",
        visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name="Web", sampled_requests_enabled=True
        ),
    )
    if as_construct:
        zone = cdk.aws_route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        ApiGatewayDirectDdns(stack, "Ddns", hosted_zone=zone, record_names=["home"], web_acl=acl)
        template = cdk.assertions.Template.from_stack(stack)
        template.has_resource_properties(
            "AWS::WAFv2::WebACLAssociation", {"WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}}
        )
    else:
        direct = Direct(web_acl=_ARN)
        association = direct.only("AWS::WAFv2::WebACLAssociation")
        (stage,) = direct.find("AWS::ApiGateway::Stage")
        assert association["WebACLArn"] == _ARN
        assert association["ResourceArn"].endswith(f"/stages/{stage}")


# ---------------------------------------------------------------- grants


def test_a_principal_is_granted_one_name_by_both_methods() -> None:
    direct = Direct(access=DirectAccess.iam(), record_names=["home", "cabin"])
    role = iam.Role(direct.stack, "Router", assumed_by=iam.AccountRootPrincipal())
    direct.ddns.grant_update(role, "Cabin.example.com.").assert_success()
    policies = direct.find("AWS::IAM::Policy")
    (policy,) = [each for id_, each in policies.items() if id_.startswith("Router")]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    api = next(iter(direct.find("AWS::ApiGateway::RestApi")))
    assert statement["Resource"] == [
        f"arn:aws:execute-api:us-east-1:123456789012:{api}/ddns/{method}/cabin.example.com"
        for method in ("GET", "POST")
    ]


def test_nothing_is_granted_where_nothing_is_signed() -> None:
    direct = Direct()
    role = iam.Role(direct.stack, "Router", assumed_by=iam.AccountRootPrincipal())
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        direct.ddns.grant_update(role, "cabin")
    assert str(caught.value) == (
        "the grant cannot be defined:\n"
        "- 'grant_update' is for DirectAccess.iam(): nothing is signed here\n"
        "- 'record_name' must be one of 'home', got 'cabin'"
    )


def test_what_it_made_can_be_used(default: Direct) -> None:
    assert default.ddns.api.deployment_stage.stage_name
    assert default.ddns.role.role_arn
    assert default.ddns.access_log is not None
    assert default.ddns.execution_log is not None
