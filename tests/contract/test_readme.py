"""The README's code works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk.assertions import Template

_README = Path(__file__).parents[2] / "README.md"


def test_the_app_at_the_top_synthesises() -> None:
    block = re.findall(r"```python\n(.*?)```", _README.read_text(), re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - it is the README's example
    assert isinstance(names["app"], App)
    template = Template.from_stack(names["stack"])
    template.resource_count_is("Custom::InstanceDdnsSweep", 1)
    template.resource_count_is("AWS::Route53::HostedZone", 2)


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", _README.read_text())
    assert links
    assert [link for link in links if not (_README.parent / link).exists()] == []
