"""Keys of a usage plan are made one at a time, or the stack is rolled back as on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53
from botocore.exceptions import ClientError, WaiterError

from ddns_constructs import ApiGatewayDirectDdns, DirectMethod

if TYPE_CHECKING:
    from ddns_constructs.local import LocalAws

_KEY = "AWS::ApiGateway::UsagePlanKey"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """Of a stack with two APIs of several keys each."""
    stack = cdk.Stack(cdk.App(), "Direct")
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="dyn.test")
    for office in ("berlin", "oslo"):
        names = [f"{host}.{office}.dyn.test." for host in ("a", "b", "c")]
        ApiGatewayDirectDdns(
            stack,
            office,
            hosted_zone=zone,
            record_names=names,
            methods=[DirectMethod.POST],  # as short as can be: it is sent in the request
            zone_id_in_path=True,
        )
    found: dict[str, Any] = cdk.assertions.Template.from_stack(stack).to_json()
    del found["Parameters"], found["Rules"]  # of bootstrapping, which nothing here needs
    return found


def _deploy(aws: LocalAws, template: dict[str, Any], name: str) -> str:
    """Return why the stack was rolled back; nothing where it was not."""
    cloudformation = aws.client("cloudformation")
    body = json.dumps(template, separators=(",", ":"))
    cloudformation.create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    waiter = cloudformation.get_waiter("stack_create_complete")
    try:
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    except WaiterError:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return "\n".join(
            each["ResourceStatusReason"]
            for each in events
            if each["ResourceStatus"] == "CREATE_FAILED" and each["ResourceType"] == _KEY
        )
    return ""


def test_several_apis_with_several_keys_are_deployed(
    aws: LocalAws, template: dict[str, Any]
) -> None:
    assert _deploy(aws, template, "in-turn") == ""


def test_a_stack_with_keys_is_updated(aws: LocalAws, template: dict[str, Any]) -> None:
    kept = json.loads(json.dumps(template))
    assert _deploy(aws, kept, "updated") == ""
    (api, *_) = [each for each in kept["Resources"].values() if "RestApi" in each["Type"]]
    api["Properties"]["Description"] = "Another"
    cloudformation = aws.client("cloudformation")
    body = json.dumps(kept, separators=(",", ":"))
    cloudformation.update_stack(
        StackName="updated", TemplateBody=body, Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName="updated", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def test_without_the_chain_the_stack_is_rolled_back(
    aws: LocalAws, template: dict[str, Any]
) -> None:
    loose = {
        id_: {key: value for key, value in each.items() if key != "DependsOn"}
        if each["Type"] == _KEY
        else each
        for id_, each in template["Resources"].items()
    }
    assert "ConflictException (409)" in _deploy(aws, {**template, "Resources": loose}, "at-once")


def test_a_chain_for_each_api_of_a_stack_is_not_enough(
    aws: LocalAws, template: dict[str, Any]
) -> None:
    resources = json.loads(json.dumps(template["Resources"]))
    for id_, each in resources.items():
        if each["Type"] == _KEY and id_.startswith("oslo"):
            each["DependsOn"] = [one for one in each["DependsOn"] if one.startswith("oslo")]
    assert "ConflictException (409)" in _deploy(
        aws, {**template, "Resources": resources}, "two-chains"
    )


def test_a_plan_takes_a_key_once(aws: LocalAws) -> None:
    api_gateway = aws.client("apigateway")
    plan = api_gateway.create_usage_plan(name="plan")["id"]
    key = api_gateway.create_api_key(name="key")["id"]
    request = {"usagePlanId": plan, "keyId": key, "keyType": "API_KEY"}
    api_gateway.create_usage_plan_key(**request)
    with pytest.raises(ClientError, match="ConflictException"):
        api_gateway.create_usage_plan_key(**request)
