"""Every example synthesises with no account, and passes the checkers that its readers use."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from cfnlint.api import lint_all

from tests.constructs.conftest import EXAMPLE_NAMES, EXAMPLES, Example
from tests.constructs.nag import findings

if TYPE_CHECKING:
    from collections.abc import Callable

    Examples = Callable[[str], Example]

_HEADINGS = ("Cost", "Deploy", "Try", "Destroy")
# What cfn-lint may say of the templates, and why.
_EXPECTED = (
    r"^\[W3005: ",  # CDK itself writes a dependency on the role beside the reference to it
    # Regions without function URLs: the construct refuses those that are known.
    r"^\[E3006: .*'AWS::Lambda::Url' does not exist in ",
)


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_it_needs_no_account_and_no_look_up(example: Examples, name: str) -> None:
    manifest = json.loads((Path(example(name).app.outdir) / "manifest.json").read_text())
    assert not manifest.get("missing")
    assert manifest["artifacts"][example(name).stack.artifact_id]["environment"] == (
        "aws://unknown-account/unknown-region"
    )


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_it_warns_of_nothing(example: Examples, name: str) -> None:
    found = cdk.assertions.Annotations.from_stack(example(name).stack).find_warning(
        "*", cdk.assertions.Match.any_value()
    )
    assert not [each.entry.data for each in found]


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_cfn_lint_finds_nothing(example: Examples, name: str) -> None:
    found = lint_all(json.dumps(example(name).template))
    serious = [str(each) for each in found if each.rule.severity != "informational"]
    assert not [each for each in serious if not re.search("|".join(_EXPECTED), each)]


@pytest.mark.parametrize("name", ("client_ddns", "home_router"))
def test_without_allowed_names_it_has_no_empty_output(name: str) -> None:
    source = (EXAMPLES / name / "app.py").read_text()
    source, found = re.subn(r"\n +allowed_names=\[.*\],", "", source)
    assert found == 1
    names: dict[str, Any] = {"__name__": name}
    exec(compile(source, name, "exec"), names)  # noqa: S102 - the example's own code
    stack = Example(name, names["app"]).stack
    assert "AllowedNames" not in cdk.assertions.Template.from_stack(stack).to_json()["Outputs"]


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_its_stack_is_short(name: str) -> None:
    tree = ast.parse((EXAMPLES / name / "app.py").read_text())
    (stack,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert stack.end_lineno is not None
    assert stack.end_lineno - stack.lineno < 40


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_its_page_says_what_it_costs_and_how_to_try_and_destroy_it(name: str) -> None:
    page = (EXAMPLES / name / "README.md").read_text()
    for heading in _HEADINGS:
        assert f"\n## {heading}\n" in page


# ---------------------------------------------------------------- cdk-nag


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(
    example: Examples, name: str
) -> None:
    assert not findings(example(name).app)
