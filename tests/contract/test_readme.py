"""The README's code works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

_README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize(
    ("number", "resources"),
    (
        (0, {"Custom::InstanceDdnsSweep": 1, "AWS::Route53::HostedZone": 2}),
        (1, {"AWS::ApiGatewayV2::Api": 1, "AWS::Route53::HostedZone": 1}),
        (2, {"AWS::ApiGateway::ApiKey": 2, "AWS::Lambda::Function": 0}),
        (3, {"AWS::Route53::RecordSet": 2, "AWS::Route53::HostedZone": 1}),
    ),
)
def test_the_apps_synthesise(number: int, resources: dict[str, int]) -> None:
    block = re.findall(r"```python\n(.*?)```", _README.read_text(), re.DOTALL)[number]
    names: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - it is the README's example
    assert isinstance(names["app"], App)
    template = Template.from_stack(names["stack"])
    for kind, count in resources.items():
        template.resource_count_is(kind, count)


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", _README.read_text())
    assert links
    assert [link for link in links if not (_README.parent / link).exists()] == []
