"""The examples in apps as `cdk init` makes them: its feature flags change what CDK defines.

- flags/today.json is what the pinned CLI writes: lib/init-templates/.recommended-feature-flags.json
  of the npm package aws-cdk 2.1148.1.
- flags/early_2025.json is what it wrote from 2.180.0 on, when
  `@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy` came (aws/aws-cdk#33291), until 2.188.0
  turned that off again (aws/aws-cdk#34010): those of today's that FEATURE_FLAGS.md of aws-cdk-lib
  2.275.0 dates to 2.181.0 or before, and that one.
"""

from __future__ import annotations

import functools
import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from tests.constructs.conftest import EXAMPLE_NAMES, EXAMPLES, Example
from tests.constructs.quotas import exceeded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Examples = Callable[[str], Example]

_FLAGS = Path(__file__).resolve().parents[1] / "flags"
_INVOKERS = (
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Url",
    "AWS::Lambda::Permission",
    "Custom::InstanceDdnsSweep",
)
_WITHOUT_FUNCTION = ("api_gateway_direct", "resolver_forwarding")
_WITH_FUNCTION = [name for name in EXAMPLE_NAMES if not name.startswith(_WITHOUT_FUNCTION)]


@functools.cache
def _flagged(name: str, flags: str) -> dict[str, Any]:
    """Return the template of an example in an app with some flags."""
    context = json.loads((_FLAGS / f"{flags}.json").read_text())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cdk, "App", functools.partial(cdk.App, context=context))
        return Example(name, runpy.run_path(str(EXAMPLES / name / "app.py"))["app"]).template


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's own "one or many"
    return value if isinstance(value, list) else [value]


def _allowed(template: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return who may do what on what and when, however it is divided into statements."""
    return {
        (json.dumps(role), action, json.dumps(resource), json.dumps(statement.get("Condition")))
        for each in template["Resources"].values()
        if each["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        for role in each["Properties"].get("Roles", ())
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    }


def _awaited(template: dict[str, Any], id_: str) -> set[str]:
    """Return all that CloudFormation makes before a resource."""
    seen: set[str] = set()
    waiting = [id_]
    while waiting:
        for other in _named(template["Resources"][waiting.pop()]):
            if other in template["Resources"] and other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def _named(value: Any) -> Iterator[str]:  # noqa: ANN401 - CloudFormation's own shapes
    """Yield what a resource refers to, and what it depends on."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each)
    elif isinstance(value, dict):
        yield from _list(value.get("DependsOn", []))
        if "Ref" in value:
            yield value["Ref"]
        if "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        for each in value.values():
            yield from _named(each)


@pytest.mark.parametrize("flags", ("today", "early_2025"))
@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_with_the_flags_of_a_new_app_an_example_allows_the_same(
    example: Examples, name: str, flags: str
) -> None:
    template = _flagged(name, flags)
    assert _allowed(template) == _allowed(example(name).template)
    assert exceeded(template) == []


@pytest.mark.parametrize("flags", ("today", "early_2025"))
@pytest.mark.parametrize("name", _WITH_FUNCTION)
def test_what_invokes_a_function_waits_for_all_policies_of_its_role(name: str, flags: str) -> None:
    template = _flagged(name, flags)
    resources = template["Resources"]
    functions = {id_ for id_, each in resources.items() if each["Type"] == "AWS::Lambda::Function"}
    invokers = [id_ for id_, each in resources.items() if each["Type"] in _INVOKERS]
    assert invokers
    for id_ in invokers:
        awaited = _awaited(template, id_)
        invoked = awaited & functions
        policies = set().union(*(_policies(resources, each) for each in invoked))
        assert policies, id_
        assert policies <= awaited, id_


def _policies(resources: dict[str, Any], function: str) -> set[str]:
    """Return the policies of the role of a function."""
    role = resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
    return {
        id_
        for id_, each in resources.items()
        if each["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        and {"Ref": role} in each["Properties"].get("Roles", ())
    }


def test_the_flags_of_today_are_those_of_the_pinned_command_line() -> None:
    templates = _FLAGS.parents[2] / ".venv/cdk/node_modules/aws-cdk/lib/init-templates"
    written = templates / ".recommended-feature-flags.json"
    if not written.exists():
        pytest.skip("the CDK CLI is not installed")
    assert json.loads((_FLAGS / "today.json").read_text()) == json.loads(written.read_text())
