"""A zone's id as the AWS CLI prints it is read as the id that it is, in everything that is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from aws_cdk import aws_certificatemanager as acm

from ddns_constructs import ClientEndpoint
from tests.constructs.common.kinds import ALL, new_bench

if TYPE_CHECKING:
    from tests.constructs.common.kinds import Kind


@pytest.mark.parametrize("kind", ALL, ids=str)
@pytest.mark.parametrize("prefix", ("/hostedzone/", "hostedzone/"))
def test_nothing_that_is_made_has_the_prefix_of_an_id_in_it(kind: Kind, prefix: str) -> None:
    bench = new_bench()
    bench.zones[:] = [bench.zone("example.org", f"{prefix}Z1")]
    kind.define(bench)
    text = json.dumps(bench.template.to_json())
    assert ":route53:::hostedzone/Z1" in text
    assert text.count("hostedzone/Z1") == text.count("::hostedzone/Z1") + text.count("04-01/hosted")


def test_outputs_and_records_of_the_endpoint_have_the_plain_id() -> None:
    bench = new_bench()
    certificate = acm.Certificate.from_certificate_arn(
        bench.stack, "Certificate", "arn:aws:acm:us-east-1:111122223333:certificate/0"
    )
    endpoint = ClientEndpoint.custom_domain(domain_name="ddns.example.org", certificate=certificate)
    zone = bench.zone("example.org", "/hostedzone/Z1")
    bench.client(hosted_zones=[zone], endpoint=endpoint).add_outputs()
    template = bench.template.to_json()
    assert template["Outputs"]["HostedZoneIds"]["Value"] == "Z1"
    records = bench.template.find_resources("AWS::Route53::RecordSet").values()
    assert {each["Properties"]["HostedZoneId"] for each in records} == {"Z1"}


def test_a_zone_that_is_listed_by_both_forms_of_its_id_is_listed_twice() -> None:
    bench = new_bench()
    zones = [bench.zone("example.org", each) for each in ("Z1", "/hostedzone/Z1")]
    with pytest.raises(ValueError, match="is listed twice, got 'example"):
        bench.ddns(hosted_zones=zones)
