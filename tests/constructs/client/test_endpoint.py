"""Names of one's own in front of ClientDdns: an HTTP API, its stage, and alias records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53

from ddns_constructs import ClientDdns, ClientEndpoint
from tests.constructs.conftest import Bench

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = cdk.Token.as_string({"Ref": "Parameter"})
_NAMES = {
    "domain_name": "ddns.example.com",
    "ipv4_domain_name": "DDNS4.Example.com.",
    "ipv6_domain_name": "ddns6.example.com",
}


def _certificate(bench: Bench) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(
        bench.stack, "Certificate", "arn:aws:acm:us-east-1:111122223333:certificate/0"
    )


def _define(bench: Bench, *, endpoint: Mapping[str, Any], **arguments: Any) -> ClientDdns:  # noqa: ANN401
    custom = ClientEndpoint.custom_domain(certificate=_certificate(bench), **endpoint)
    return bench.client(endpoint=custom, **arguments)


def _problem(bench: Bench, **arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller matches the text
        _define(bench, **arguments)
    return str(caught.value)


@pytest.fixture(scope="module")
def custom() -> Bench:
    """ClientDdns with three names of one's own; for reading only."""
    stack = cdk.Stack(cdk.App(), "Stack")
    bench = Bench(stack, [route53.PublicHostedZone(stack, "Public", zone_name="example.com")])
    _define(bench, endpoint=_NAMES)
    return bench


def _records(bench: Bench) -> dict[tuple[str, str], dict[str, Any]]:
    found = bench.template.find_resources("AWS::Route53::RecordSet").values()
    properties = [each["Properties"] for each in found]
    return {(each["Name"], each["Type"]): each for each in properties}


# ---------------------------------------------------------------- the API


def test_there_is_no_function_url_beside_it(custom: Bench) -> None:
    custom.template.resource_count_is("AWS::Lambda::Url", 0)
    (permission,) = custom.template.find_resources("AWS::Lambda::Permission").values()
    assert permission["Properties"]["Principal"] == "apigateway.amazonaws.com"


def test_only_this_api_may_invoke_the_function(custom: Bench) -> None:
    (api,) = custom.template.find_resources("AWS::ApiGatewayV2::Api")
    (permission,) = custom.template.find_resources("AWS::Lambda::Permission").values()
    assert {"Ref": api} in permission["Properties"]["SourceArn"]["Fn::Join"][1]


def test_the_api_is_dual_stack_and_reached_by_its_names_only(custom: Bench) -> None:
    custom.template.has_resource_properties(
        "AWS::ApiGatewayV2::Api",
        {"DisableExecuteApiEndpoint": True, "IpAddressType": "dualstack", "ProtocolType": "HTTP"},
    )


def test_every_request_goes_to_the_function_in_the_format_of_function_urls(custom: Bench) -> None:
    custom.template.has_resource_properties(
        "AWS::ApiGatewayV2::Integration",
        {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"},
    )
    assert custom.only("AWS::ApiGatewayV2::Route")["RouteKey"] == "$default"


def test_the_stage_throttles_and_has_no_name_in_the_path(custom: Bench) -> None:
    stage = custom.only("AWS::ApiGatewayV2::Stage")
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": 20,
        "ThrottlingRateLimit": 100,
    }


# What a caller writes, or can: https://docs.aws.amazon.com/apigateway/latest/developerguide/
# http-api-logging-variables.html. Nothing escapes it on its way into the line.
_OF_CALLERS = (
    "authorizer",
    "httpMethod",
    "identity.userAgent",
    "integrationErrorMessage",  # of whatever the function failed at
    "path",
    "protocol",
    "query",
)


def test_the_access_log_holds_nothing_that_a_caller_could_forge_a_field_by(custom: Bench) -> None:
    settings = custom.only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    fields = json.loads(settings["Format"])
    assert fields["sourceIp"] == "$context.identity.sourceIp"
    assert {each.partition(".")[0] for each in fields.values()} == {"$context"}
    variables = [each.partition(".")[2] for each in fields.values()]
    assert not [each for each in variables if each.startswith(_OF_CALLERS)]
    assert settings["DestinationArn"]["Fn::GetAtt"][0].startswith("DdnsAccessLogs")


def test_the_access_log_needs_no_entry_of_its_own_in_the_account_s_log_policy(
    client_bench: Bench,
) -> None:
    endpoint, retention = ClientEndpoint.http_api(), logs.RetentionDays.ONE_WEEK
    client_bench.client(endpoint=endpoint, log_retention=retention)
    other = {"hosted_zones": client_bench.zones, "endpoint": endpoint, "log_retention": retention}
    ClientDdns(client_bench.stack, "Other", **other)  # type: ignore[arg-type]  # a mapping
    found = client_bench.template.find_resources("AWS::Logs::LogGroup").values()
    names = [each["Properties"].get("LogGroupName") for each in found]
    joined = [each["Fn::Join"][1] for each in names if each]
    assert [parts[:2] for parts in joined] == [["/aws/vendedlogs/", {"Ref": "AWS::StackName"}]] * 2
    assert len({parts[2] for parts in joined}) == 2
    assert {each["Properties"]["RetentionInDays"] for each in found} == {7}


def test_the_throttle_is_the_users(client_bench: Bench) -> None:
    throttle = apigatewayv2.ThrottleSettings(rate_limit=10, burst_limit=20)
    endpoint = {"domain_name": "ddns.example.com", "throttle": throttle}
    _define(client_bench, endpoint=endpoint)
    assert client_bench.only("AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": 20,
        "ThrottlingRateLimit": 10,
    }


def test_an_access_log_may_be_left_out(client_bench: Bench) -> None:
    _define(client_bench, endpoint={"domain_name": "ddns.example.com", "access_log": False})
    assert "AccessLogSettings" not in client_bench.only("AWS::ApiGatewayV2::Stage")
    client_bench.template.resource_count_is("AWS::Logs::LogGroup", 1)  # the function's


# ---------------------------------------------------------------- an API by its own name


def test_an_api_by_its_own_name_needs_neither_certificate_nor_record(client_bench: Bench) -> None:
    throttle = apigatewayv2.ThrottleSettings(rate_limit=10, burst_limit=20)
    endpoint = ClientEndpoint.http_api(throttle=throttle)
    ddns = client_bench.client(endpoint=endpoint, reserved_concurrency=None)
    ddns.add_outputs()
    api = client_bench.only("AWS::ApiGatewayV2::Api")
    assert (api["DisableExecuteApiEndpoint"], api["IpAddressType"]) == (False, "dualstack")
    stage = client_bench.only("AWS::ApiGatewayV2::Stage")
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 10
    for kind in ("AWS::Lambda::Url", "AWS::ApiGatewayV2::DomainName", "AWS::Route53::RecordSet"):
        client_bench.template.resource_count_is(kind, 0)
    outputs = client_bench.template.to_json()["Outputs"]
    parts = outputs["Url"]["Value"]["Fn::Join"][1]
    assert (parts[0], parts[2], parts[-1]) == ("https://", ".execute-api.", "/")
    assert "EndpointNames" not in outputs
    assert ddns.http_api is not None


# ---------------------------------------------------------------- names


def test_the_names_are_an_output(client_bench: Bench) -> None:
    _define(client_bench, endpoint=_NAMES).add_outputs(prefix="Home")
    outputs = client_bench.template.to_json()["Outputs"]
    assert outputs["HomeEndpointNames"]["Value"] == (
        "ddns.example.com,ddns4.example.com,ddns6.example.com"
    )


def test_each_name_has_the_certificate_and_the_families_that_it_says(custom: Bench) -> None:
    found = custom.template.find_resources("AWS::ApiGatewayV2::DomainName").values()
    domains = {each["Properties"]["DomainName"]: each["Properties"] for each in found}
    families = {}
    for name, domain in domains.items():
        (configuration,) = domain["DomainNameConfigurations"]
        assert configuration["CertificateArn"].endswith(":certificate/0")
        assert configuration["EndpointType"] == "REGIONAL"
        assert configuration["SecurityPolicy"] == "TLS_1_2"
        families[name] = configuration["IpAddressType"]
    assert families == {
        "ddns.example.com": "dualstack",
        "ddns4.example.com": "ipv4",
        "ddns6.example.com": "dualstack",
    }


def test_every_name_leads_to_the_stage(custom: Bench) -> None:
    found = custom.template.find_resources("AWS::ApiGatewayV2::ApiMapping").values()
    mappings = [each["Properties"] for each in found]
    domains = custom.template.find_resources("AWS::ApiGatewayV2::DomainName")
    assert {each["DomainName"]["Ref"] for each in mappings} == set(domains)
    assert {each["Stage"] for each in mappings} == {"$default"}


def test_a_name_is_resolved_for_its_families_only(custom: Bench) -> None:
    assert set(_records(custom)) == {
        ("ddns.example.com.", "A"),
        ("ddns.example.com.", "AAAA"),
        ("ddns4.example.com.", "A"),
        ("ddns6.example.com.", "AAAA"),
    }


def test_each_record_is_an_alias_of_its_own_domain_name(custom: Bench) -> None:
    domains = custom.template.find_resources("AWS::ApiGatewayV2::DomainName")
    for (name, _), record in _records(custom).items():
        target, attribute = record["AliasTarget"]["DNSName"]["Fn::GetAtt"]
        assert attribute == "RegionalDomainName"
        assert domains[target]["Properties"]["DomainName"] == name.rstrip(".")
        assert "TTL" not in record


def test_the_urls_are_known_when_synthesising(client_bench: Bench) -> None:
    ddns = _define(client_bench, endpoint=_NAMES)
    assert ddns.url == "https://ddns.example.com/"
    assert ddns.ipv4_url == "https://ddns4.example.com/"
    assert ddns.ipv6_url == "https://ddns6.example.com/"
    assert ddns.http_api is not None
    assert ddns.http_api.node.path == "Stack/Ddns/HttpApi"


def test_one_name_is_enough(client_bench: Bench) -> None:
    ddns = _define(client_bench, endpoint={"domain_name": "ddns.example.com"})
    assert (ddns.ipv4_url, ddns.ipv6_url) == (None, None)
    client_bench.template.resource_count_is("AWS::ApiGatewayV2::DomainName", 1)


# ---------------------------------------------------------------- zones of the records


def test_of_nested_zones_the_inner_one_has_the_record(client_bench: Bench) -> None:
    inner = client_bench.zone("in.example.com", "ZINNER")
    _define(
        client_bench,
        endpoint={"domain_name": "ddns.in.example.com"},
        hosted_zones=[*client_bench.zones, inner],
    )
    assert {each["HostedZoneId"] for each in _records(client_bench).values()} == {"ZINNER"}


def test_another_zone_may_have_the_records(client_bench: Bench) -> None:
    other = client_bench.zone("example.org", "ZOTHER")
    _define(client_bench, endpoint={"domain_name": "ddns.example.org", "hosted_zone": other})
    assert {each["HostedZoneId"] for each in _records(client_bench).values()} == {"ZOTHER"}


def test_a_zone_whose_name_is_a_token_may_have_the_records(client_bench: Bench) -> None:
    later = client_bench.zone(_TOKEN, "ZLATER")
    _define(client_bench, endpoint={"domain_name": "ddns.example.org", "hosted_zone": later})
    assert {name for name, _ in _records(client_bench)} == {"ddns.example.org."}


def test_a_private_zone_is_not_taken_for_them(client_bench: Bench) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        client_bench.stack, "Vpc", availability_zones=["us-east-1a"], vpc_id="vpc-1"
    )
    private = route53.PrivateHostedZone(
        client_bench.stack, "Private", zone_name="example.internal", vpc=vpc
    )
    text = _problem(
        client_bench,
        endpoint={"domain_name": "ddns.example.internal"},
        hosted_zones=[private],
    )
    assert "none of 'hosted_zones' is known to cover it; pass 'hosted_zone'" in text


# ---------------------------------------------------------------- problems


@pytest.mark.parametrize(
    ("endpoint", "text"),
    (
        (
            {"domain_name": "ddns.example.org"},
            (
                "'endpoint.domain_name' must be a host name, got 'ddns.example.org': "
                "none of 'hosted_zones' is known to cover it; pass 'hosted_zone'"
            ),
        ),
        (
            {"domain_name": "https://ddns.example.com/"},
            "'endpoint.domain_name' must be a host name, got 'https://ddns.example.com/': the l",
        ),
        (
            {"domain_name": _TOKEN},
            "it must be known at synthesis; write it out",
        ),
        (
            {**_NAMES, "ipv6_domain_name": "ddns4.example.com"},
            (
                "'endpoint.ipv6_domain_name' must be a host name, got 'ddns4.example.com': "
                "it is that of 'ipv4_domain_name'; each needs a name of its own"
            ),
        ),
    ),
)
def test_a_name_that_cannot_be_is_refused_with_what_to_do(
    client_bench: Bench, endpoint: dict[str, Any], text: str
) -> None:
    assert text in _problem(client_bench, endpoint=endpoint)


def test_a_zone_that_does_not_cover_the_name_is_refused(client_bench: Bench) -> None:
    other = client_bench.zone("example.org")
    text = _problem(
        client_bench, endpoint={"domain_name": "ddns.example.com", "hosted_zone": other}
    )
    assert text.endswith("its 'hosted_zone' is 'example.org', which does not cover it")


def test_a_zone_from_an_id_alone_is_refused_with_the_way_out(client_bench: Bench) -> None:
    bare = route53.HostedZone.from_hosted_zone_id(client_bench.stack, "Bare", "Z0000000000000000")
    text = _problem(client_bench, endpoint={"domain_name": "ddns.example.com", "hosted_zone": bare})
    assert text.endswith("use HostedZone.from_hosted_zone_attributes or HostedZone.from_lookup")


def test_two_problems_of_an_endpoint_are_reported_together(client_bench: Bench) -> None:
    text = _problem(
        client_bench, endpoint={"domain_name": "-", "ipv4_domain_name": "ddns4.example.org"}
    )
    assert "'endpoint.domain_name'" in text
    assert "'endpoint.ipv4_domain_name'" in text


# ---------------------------------------------------------------- certificate


@pytest.mark.parametrize("certificate", (None, "arn:aws:acm:us-east-1:111122223333:certificate/0"))
def test_what_is_no_certificate_is_refused(client_bench: Bench, certificate: Any) -> None:  # noqa: ANN401
    custom = ClientEndpoint.custom_domain(domain_name="ddns.example.com", certificate=certificate)
    with pytest.raises(ValueError, match=r"^'endpoint\.certificate' must be a certificate of ACM"):
        client_bench.client(endpoint=custom)


def test_a_certificate_of_another_region_is_refused() -> None:
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    stack = cdk.Stack(cdk.App(), "Stack", env=environment)
    bench = Bench(stack, [route53.PublicHostedZone(stack, "Public", zone_name="example.com")])
    assert _problem(bench, endpoint={"domain_name": "ddns.example.com"}).startswith(
        "'endpoint.certificate' must be one of eu-west-1, the stack's Region, got 'arn:aws:acm:us-"
    )
