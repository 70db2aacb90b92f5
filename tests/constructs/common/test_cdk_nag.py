"""docs/cdk_nag.md lists what cdk-nag finds in each construct, and how to accept it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53

from ddns_constructs import (
    ApiGatewayDirectDdns,
    ClientDdns,
    ClientEndpoint,
    Detection,
    DirectAccess,
    Endpoint,
    EniFailover,
    InstanceDdns,
    NameFailover,
    OverlayIpFailover,
    Probe,
    ResolverForwarding,
    ReverseZones,
    ServiceIpFailover,
)
from tests.constructs.failover.bench import Bench as Addresses
from tests.constructs.nag import findings

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = (Path(__file__).resolve().parents[3] / "docs" / "cdk_nag.md").read_text()
_CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0"
_ACL = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/Web/0"


def _code() -> dict[str, Any]:
    (code,) = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "page", "exec"), names)  # noqa: S102 - the page's own code
    return names


def _instance(stack: cdk.Stack, **arguments: Any) -> InstanceDdns:  # noqa: ANN401 - any of it
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", availability_zones=["us-east-1a"], vpc_id="vpc-0123456789abcdef0"
    )
    zones = [
        route53.PrivateHostedZone(stack, "Private", zone_name="example.internal", vpc=vpc),
        _public(stack),
    ]
    return InstanceDdns(stack, "Ddns", hosted_zones=zones, **arguments)


def _client(stack: cdk.Stack, **arguments: Any) -> ClientDdns:  # noqa: ANN401 - any of it
    return ClientDdns(stack, "Ddns", hosted_zones=[_public(stack)], **arguments)


def _own_name(stack: cdk.Stack) -> ClientDdns:
    """Define a ClientDdns with all that adds to its policy."""
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", _CERTIFICATE)
    return _client(
        stack,
        allow_offline=True,
        encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
        endpoint=ClientEndpoint.custom_domain(
            domain_name="ddns.example.com", certificate=certificate
        ),
        record_types=[route53.RecordType.A, route53.RecordType.TXT],
    )


def _direct(stack: cdk.Stack, **arguments: Any) -> ApiGatewayDirectDdns:  # noqa: ANN401 - any of it
    return ApiGatewayDirectDdns(
        stack, "Ddns", hosted_zone=_public(stack), record_names=["home"], **arguments
    )


def _pool(stack: cdk.Stack, **arguments: Any) -> ApiGatewayDirectDdns:  # noqa: ANN401 - any of it
    arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_example"
    pool = cognito.UserPool.from_user_pool_arn(stack, "Pool", arn)
    access = DirectAccess.cognito(user_pools=[pool], subjects={"a-1": "home"})
    return _direct(stack, access=access, **arguments)


def _public(stack: cdk.Stack) -> route53.IHostedZone:
    return route53.PublicHostedZone(stack, "Zone", zone_name="example.com")


def _name(stack: cdk.Stack, *addresses: str, **arguments: Any) -> NameFailover:  # noqa: ANN401
    first, second = addresses
    return NameFailover(
        stack,
        "Ddns",
        check=Probe.tcp(443),
        hosted_zone=_public(stack),
        primary=Endpoint.ipv4(first),
        record_name="db",
        secondary=Endpoint.ipv4(second),
        **arguments,
    )


def _vpc(stack: cdk.Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        availability_zones=["us-east-1a", "us-east-1b"],
        isolated_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        isolated_subnet_route_table_ids=["rtb-1", "rtb-2"],
        vpc_id="vpc-0123456789abcdef0",
    )


def _forwarding(stack: cdk.Stack) -> ResolverForwarding:
    return ResolverForwarding(
        stack,
        "Ddns",
        inbound_from=["10.1.0.0/16"],
        outbound={"corp.example": ["10.1.0.53"]},
        share_with=["111122223333"],
        vpc=_vpc(stack),
    )


def _address(kind: type) -> Callable[[cdk.Stack], Any]:
    return lambda stack: Addresses(stack, id_="Ddns").define(kind)


class _Case(NamedTuple):
    define: Callable[[cdk.Stack], Any]
    accept: str
    found: set[str]


_VPCS = "arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:vpc/*"
_ZONES = "arn:<AWS::Partition>:route53:::hostedzone/*"
_DESCRIBE = {"IAM5[Resource::*] DescribePolicy", f"IAM5[Resource::{_VPCS}] DescribePolicy"}
_REVERSE = {"IAM5[Resource::*] ReverseZonePolicy", f"IAM5[Resource::{_ZONES}] ReverseZonePolicy"}
_INTERFACES = "arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*"
_ADDRESS = {f"IAM5[Resource::*] {part}" for part in ("DescribePolicy", "Prober1", "Prober2")}
_CASES = {
    "instance": _Case(_instance, "instance_ddns", _DESCRIBE),
    "instance, zones as needed": _Case(
        lambda stack: _instance(
            stack, associate_vpcs=True, reverse_zones=ReverseZones.CREATE_AS_NEEDED
        ),
        "instance_ddns",
        _DESCRIBE | _REVERSE,
    ),
    "client": _Case(_client, "client_ddns", {"APIG4 HttpApi"}),
    "client, a function URL": _Case(
        lambda stack: _client(stack, endpoint=ClientEndpoint.function_url()), "client_ddns", set()
    ),
    "client, a name of its own": _Case(_own_name, "client_ddns", {"APIG4 HttpApi"}),
    "client, without a log": _Case(
        lambda stack: _client(stack, endpoint=ClientEndpoint.http_api(access_log=False)),
        "client_ddns",
        {"APIG4 HttpApi", "APIG1 Stage"},
    ),
    "direct": _Case(_direct, "direct_ddns", {"APIG3 Api", "APIG4 Api", "COG4 Api"}),
    "direct, none": _Case(
        lambda stack: _direct(stack, access=DirectAccess.none()),
        "direct_ddns",
        {"APIG3 Api", "APIG4 Api", "COG4 Api"},
    ),
    "direct, iam": _Case(
        lambda stack: _direct(stack, access=DirectAccess.iam()),
        "direct_ddns",
        {"APIG3 Api", "COG4 Api"},
    ),
    "direct, cognito": _Case(_pool, "direct_ddns", {"APIG3 Api"}),
    "direct, cognito and a web ACL": _Case(
        lambda stack: _pool(stack, web_acl=_ACL), "direct_ddns", set()
    ),
    "direct, a web ACL": _Case(
        lambda stack: _direct(stack, web_acl=_ACL), "direct_ddns", {"APIG4 Api", "COG4 Api"}
    ),
    "direct, without a log": _Case(
        lambda stack: _direct(stack, access_log_retention=None),
        "direct_ddns",
        {"APIG1 Api", "APIG3 Api", "APIG4 Api", "APIG6 Api", "COG4 Api"},
    ),
    "name, a relay": _Case(
        lambda stack: _name(stack, "10.0.1.5", "10.0.2.5", vpc=_vpc(stack)),
        "name_failover",
        {"IAM5[Resource::*] Relay1", "IAM5[Resource::*] Relay2"},
    ),
    "name, a canary": _Case(
        lambda stack: _name(
            stack, "10.0.1.5", "10.0.2.5", detection=Detection.alarm(), vpc=_vpc(stack)
        ),
        "name_failover",
        {"IAM5[Resource::*] NetworkPolicy"},
    ),
    "name, public": _Case(
        lambda stack: _name(stack, "203.0.113.5", "198.51.100.5"), "name_failover", set()
    ),
    "overlay": _Case(_address(OverlayIpFailover), "overlay_ip_failover", _ADDRESS),
    "service": _Case(
        _address(ServiceIpFailover),
        "service_ip_failover",
        {*_ADDRESS, f"IAM5[Resource::{_INTERFACES}] InterfacePolicy"},
    ),
    "eni": _Case(_address(EniFailover), "eni_failover", _ADDRESS),
    "resolver": _Case(_forwarding, "resolver_forwarding", set()),
}


# The function of the page that is for several constructs.
_ONE_FOR = dict.fromkeys(
    ("overlay_ip_failover", "service_ip_failover", "eni_failover"), "address_failover"
)


def _found(app: cdk.App, *, has_pack: bool = False) -> set[str]:
    """Return the findings within the construct: the rule, and the part of the construct."""
    return {
        f"{rule.removeprefix('AwsSolutions-')} {path.split('/')[2]}"
        for rule, path in findings(app, has_pack=has_pack)
        if path.startswith("Stack/Ddns/")
    }


@pytest.mark.parametrize("case", _CASES)
def test_a_construct_has_these_findings_and_acknowledges_none_of_them(case: str) -> None:
    app = cdk.App()
    _CASES[case].define(cdk.Stack(app, "Stack"))
    assert _found(app) == _CASES[case].found


@pytest.mark.parametrize("case", _CASES)
def test_the_pages_code_accepts_them_all(case: str) -> None:
    app, code = cdk.App(), _code()
    code["check"](app)
    ddns = _CASES[case].define(cdk.Stack(app, "Stack"))
    name = _CASES[case].accept
    accept = code.get(f"accept_{_ONE_FOR.get(name, name)}")
    if accept is not None:
        accept(ddns)
    assert _found(app, has_pack=True) == set()


def test_it_does_so_in_a_stack_whose_environment_is_given() -> None:
    app, code = cdk.App(), _code()
    code["check"](app)
    env = cdk.Environment(account="111122223333", region="eu-west-1")
    code["accept_instance_ddns"](_instance(cdk.Stack(app, "Stack", env=env)))
    assert _found(app, has_pack=True) == set()


def test_the_page_lists_exactly_what_is_found() -> None:
    _, _, section = _PAGE.partition("\n## What is found\n")
    listed = set(re.findall(r"^\| `(\w+)` \| `AwsSolutions-([^`]+)`", section, re.MULTILINE))
    names = {
        "instance_ddns": "InstanceDdns",
        "client_ddns": "ClientDdns",
        "direct_ddns": "ApiGatewayDirectDdns",
        "name_failover": "NameFailover",
        "overlay_ip_failover": "OverlayIpFailover",
        "service_ip_failover": "ServiceIpFailover",
        "eni_failover": "EniFailover",
        "resolver_forwarding": "ResolverForwarding",
    }
    assert listed == {
        (names[case.accept], each.rpartition(" ")[0])
        for case in _CASES.values()
        for each in case.found
    }
