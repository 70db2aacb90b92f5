"""ApiGatewayDirectDdns under a name of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from ddns_constructs import DirectAccess
from tests.constructs.direct.bench import ZONE_ID, Direct

if TYPE_CHECKING:
    from collections.abc import Callable

_ARN = "arn:aws:acm:us-east-1:111122223333:certificate/0"


def _certificate() -> acm.ICertificate:
    stack = cdk.Stack(cdk.App(), "Certificates")
    return acm.Certificate.from_certificate_arn(stack, "Certificate", _ARN)


def _direct(name: str = "ddns.example.com", **arguments: Any) -> Direct:  # noqa: ANN401
    return Direct(domain_name=name, certificate=_certificate(), **arguments)


def _records(direct: Direct) -> dict[str, dict[str, Any]]:
    return {each["Type"]: each for each in direct.find("AWS::Route53::RecordSet").values()}


def test_the_name_leads_to_the_stage_and_is_the_only_one() -> None:
    direct = _direct()
    domain = direct.only("AWS::ApiGateway::DomainName")
    assert domain["DomainName"] == "ddns.example.com"
    assert domain["RegionalCertificateArn"] == _ARN
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert domain["EndpointConfiguration"] == {"IpAddressType": "dualstack", "Types": ["REGIONAL"]}
    assert direct.only("AWS::ApiGateway::RestApi")["DisableExecuteApiEndpoint"] is True
    direct.only("AWS::ApiGateway::BasePathMapping")


def test_the_urls_are_known_when_synthesising() -> None:
    ddns = _direct("DDNS.example.com.").ddns
    assert ddns.url == "https://ddns.example.com/"
    assert ddns.update_urls == {"home": "https://ddns.example.com/update"}
    direct = _direct(access=DirectAccess.none())
    assert direct.ddns.update_urls == {"home": "https://ddns.example.com/home.example.com"}


def test_it_gets_alias_records_in_the_zone() -> None:
    direct = _direct()
    (domain,) = direct.find("AWS::ApiGateway::DomainName")
    records = _records(direct)
    assert set(records) == {"A", "AAAA"}
    for record in records.values():
        assert (record["Name"], record["HostedZoneId"]) == ("ddns.example.com.", ZONE_ID)
        assert record["AliasTarget"]["DNSName"] == f"{domain}.RegionalDomainName"


def test_by_ipv4_alone_there_is_one() -> None:
    direct = _direct(dual_stack=False)
    assert set(_records(direct)) == {"A"}
    domain = direct.only("AWS::ApiGateway::DomainName")
    assert domain["EndpointConfiguration"]["IpAddressType"] == "ipv4"


def test_callers_cannot_write_the_name() -> None:
    names = _direct().statement()["Condition"]["ForAllValues:StringEquals"]
    assert "ddns.example.com" not in str(names)


def _private(stack: cdk.Stack) -> route53.IHostedZone:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", availability_zones=["us-east-1a"], vpc_id="vpc-1"
    )
    return route53.PrivateHostedZone(stack, "Private", zone_name="example.com", vpc=vpc)


def _elsewhere(stack: cdk.Stack) -> route53.IHostedZone:
    return route53.PublicHostedZone(stack, "Elsewhere", zone_name="example.org")


def _unknown(stack: cdk.Stack) -> route53.IHostedZone:
    name = cdk.Token.as_string({"Ref": "Parameter"})
    return route53.HostedZone.from_hosted_zone_attributes(
        stack, "Unknown", hosted_zone_id="Z1", zone_name=name
    )


@pytest.mark.parametrize("zone", (_private, _elsewhere, _unknown))
def test_where_the_zone_is_not_the_place_for_records_there_are_none(
    zone: Callable[[cdk.Stack], route53.IHostedZone],
) -> None:
    assert not _records(_direct(zone=zone, record_names=["home.example"]))
