"""The name follows from the path: deployed, with the emulator's own IAM and Route 53."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from ddns_constructs import ApiGatewayDirectDdns, DirectAccess

if TYPE_CHECKING:
    from ddns_constructs.local import LocalAws


@pytest.fixture(scope="module")
def url(aws: LocalAws) -> str:
    """An API of two names that anybody may call; everything by the name is in a stack `Paths`."""
    stack = cdk.Stack(cdk.App(), "Paths")
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="paths.test")
    ApiGatewayDirectDdns(
        stack,
        "Ddns",
        hosted_zone=zone,
        record_names=["home", "cabin"],
        access=DirectAccess.none(),
    )
    template = cdk.assertions.Template.from_stack(stack).to_json()
    del template["Parameters"], template["Rules"]
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName="Paths",
        TemplateBody=json.dumps(template, separators=(",", ":")),
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="Paths", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    (api,) = aws.rest_apis()
    return api.http


def _call(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as response:  # noqa: S310 - loopback
            return response.status, response.read().decode()
    except urllib.error.HTTPError as err:
        with err:
            return err.code, err.read().decode()


def _records(aws: LocalAws) -> dict[str, list[str]]:
    client = aws.client("route53")
    (zone,) = client.list_hosted_zones()["HostedZones"]
    found = client.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return {
        each["Name"]: [value["Value"] for value in each["ResourceRecords"]]
        for each in found
        if each["Type"] == "A"
    }


def test_a_path_moves_its_own_name_and_no_other(aws: LocalAws, url: str) -> None:
    before = _records(aws)
    assert _call(f"{url}home.paths.test") == (200, "good 127.0.0.1")
    assert _records(aws) == {**before, "home.paths.test.": ["127.0.0.1"]}


@pytest.mark.parametrize(
    "path",
    (
        "www.paths.test",
        "home",
        "HOME.paths.test",
        "denied.invalid",
        "*.paths.test",
        "home.paths.test'%7D",
        "www.paths.test?record_name=cabin.paths.test",
    ),
)
def test_a_path_that_is_no_name_is_not_found_and_changes_nothing(
    aws: LocalAws, url: str, path: str
) -> None:
    before = _records(aws)
    assert _call(f"{url}{path}") == (404, "notfound")
    assert _records(aws) == before


def test_a_name_in_percent_codes_is_the_same_name(aws: LocalAws, url: str) -> None:
    assert _call(f"{url}%63abin.paths.test")[0] == 200
    assert _records(aws)["cabin.paths.test."] == ["127.0.0.1"]
