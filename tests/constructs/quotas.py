"""What IAM and Lambda take at the most, asked of a whole template, as strictly as they ask.

Every reference is as long as what CloudFormation may put there.

- "IAM and AWS STS quotas": all inline policies of a role together 10,240 characters, a managed
  policy 6,144, ten managed policies to a role; white space is not counted.
- "Lambda quotas": the environment variables of a function 4 KB; the error shows what is measured,
  which is one JSON object: github-aws-runners/terraform-aws-github-runner#3594.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

_PSEUDO = {
    "AWS::AccountId": "1" * 12,
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-1",
    "AWS::URLSuffix": "amazonaws.com.cn",
}
# The longest names that the services take: https://docs.aws.amazon.com/general/latest/gr/.
_LONGEST = {
    "AWS::DynamoDB::Table": 255,
    "AWS::EC2::EIP": 26,
    "AWS::EC2::Instance": 19,
    "AWS::EC2::NetworkInterface": 21,
    "AWS::EC2::RouteTable": 21,
    "AWS::EC2::Subnet": 24,
    "AWS::KMS::Key": 36,
    "AWS::Lambda::Function": 64,
    "AWS::Logs::LogGroup": 512,
    "AWS::Route53::HostedZone": 32,
    "AWS::SQS::Queue": 80,
}
_ARN = "arn:aws-us-gov:dynamodb:ap-southeast-1:111122223333:table/"
_PARAMETER = 64


def exceeded(template: dict[str, Any]) -> list[str]:
    """Return what a deployment of a template would be refused for."""
    return [*_policies(template), *_environments(template)]


def inline_sizes(template: dict[str, Any]) -> dict[str, int]:
    """Return the characters of all inline policies of each role together."""
    return {role: sum(sizes) for role, sizes in _sizes(template, "AWS::IAM::Policy").items()}


def _policies(template: dict[str, Any]) -> list[str]:
    inline = inline_sizes(template)
    found = [f"{role}: inline {size}" for role, size in inline.items() if size > 10_240]
    for role, sizes in _sizes(template, "AWS::IAM::ManagedPolicy").items():
        found += [f"{role}: managed {size}" for size in sizes if size > 6_144]
        found += [f"{role}: {len(sizes)} managed policies"] if len(sizes) > 10 else []
    return found


def _sizes(template: dict[str, Any], kind: str) -> dict[str, list[int]]:
    """Return the sizes of the policies of a kind, by the role that has them."""
    found: dict[str, list[int]] = defaultdict(list)
    for resource in template["Resources"].values():
        if resource["Type"] == kind:
            size = _size(resource["Properties"]["PolicyDocument"], template)
            for role in resource["Properties"].get("Roles", ()):
                found[role["Ref"]].append(size)
    return found


def _environments(template: dict[str, Any]) -> list[str]:
    return [
        f"{id_}: environment {size}"
        for id_, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
        for size in [
            _size(resource["Properties"].get("Environment", {}).get("Variables", {}), template)
        ]
        if size > 4_096
    ]


def _size(value: Any, template: dict[str, Any]) -> int:  # noqa: ANN401 - CloudFormation's shapes
    return len(json.dumps(_resolved(value, template), separators=(",", ":")))


def _resolved(value: Any, template: dict[str, Any]) -> Any:  # noqa: ANN401 - CloudFormation's shapes
    if isinstance(value, list):
        return [_resolved(each, template) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return separator.join(_resolved(parts, template))
    if value.keys() & {"Fn::GetAtt", "Fn::Select", "Ref"}:
        return _reference(value, template)
    return {key: _resolved(each, template) for key, each in value.items()}


def _reference(value: dict[str, Any], template: dict[str, Any]) -> str:
    ((function, argument),) = value.items()
    if function == "Fn::GetAtt":
        return _ARN + _name(argument[0], template)
    if function == "Ref":
        return _PSEUDO.get(argument) or _name(argument, template)
    return "x" * _PARAMETER


def _name(id_: str, template: dict[str, Any]) -> str:
    if id_ not in template["Resources"]:
        return "x" * _PARAMETER
    resource = template["Resources"][id_]["Type"]
    in_front = "https://sqs.ap-southeast-1.amazonaws.com.cn/111122223333/"
    return (in_front if resource == "AWS::SQS::Queue" else "") + "x" * _LONGEST[resource]
