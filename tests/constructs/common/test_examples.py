"""Every example synthesises with no account, and passes the checkers that its readers use."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint_all

from ddns_constructs import ClientDdns, ClientEndpoint, ReverseZones
from tests.constructs.conftest import EXAMPLE_NAMES, EXAMPLES, Example

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.constructs.conftest import Bench

    Examples = Callable[[str], Example]

_HEADINGS = ("Cost", "Deploy", "Try", "Destroy")
# What cfn-lint may say of the templates, and why.
_EXPECTED = (
    r"^\[W3005: ",  # CDK itself writes a dependency on the role beside the reference to it
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


def _findings(app: cdk.App) -> set[tuple[str, str]]:
    """Return rule and construct of every finding of the AwsSolutions pack."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    folder = Path(app.outdir)
    try:
        app.synth(force=True, error_on_duplicate_synth=False)
    except RuntimeError as err:
        if "ValidationFailed" not in str(err):
            raise
    report: dict[str, Any] = json.loads((folder / "validation-report.json").read_text())
    return {
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(
    example: Examples, name: str
) -> None:
    assert not _findings(example(name).app)


def test_the_construct_acknowledges_nothing_by_itself(bench: Bench) -> None:
    bench.ddns(reverse_zones=ReverseZones.CREATE_AS_NEEDED)
    found = {
        finding
        for finding in _findings(bench.stack.node.root)  # type: ignore[arg-type]  # the root is the app
        if finding[1].startswith("Stack/Ddns/")
    }
    vpcs = "arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:vpc/*"
    zones = "arn:<AWS::Partition>:route53:::hostedzone/*"
    assert found == {
        ("AwsSolutions-IAM5[Resource::*]", "Stack/Ddns/DescribePolicy/Resource"),
        (f"AwsSolutions-IAM5[Resource::{vpcs}]", "Stack/Ddns/DescribePolicy/Resource"),
        ("AwsSolutions-IAM5[Resource::*]", "Stack/Ddns/ReverseZonePolicy/Resource"),
        (f"AwsSolutions-IAM5[Resource::{zones}]", "Stack/Ddns/ReverseZonePolicy/Resource"),
    }


def test_client_ddns_has_one_finding_and_none_with_a_function_url(client_bench: Bench) -> None:
    certificate = acm.Certificate.from_certificate_arn(
        client_bench.stack, "Certificate", "arn:aws:acm:us-east-1:111122223333:certificate/0"
    )
    client_bench.client(
        allow_offline=True,
        encryption_key=kms.Key(client_bench.stack, "Key", enable_key_rotation=True),
        endpoint=ClientEndpoint.custom_domain(
            domain_name="ddns.example.com", certificate=certificate
        ),
        record_types=[route53.RecordType.A, route53.RecordType.TXT],
    )
    ClientDdns(
        client_bench.stack,
        "Other",
        hosted_zones=client_bench.zones,
        endpoint=ClientEndpoint.function_url(),
    )
    found = _findings(client_bench.stack.node.root)  # type: ignore[arg-type]  # the root is the app
    assert {finding for finding in found if not finding[1].startswith("Stack/Public")} == {
        ("AwsSolutions-APIG4", "Stack/Ddns/HttpApi/DefaultRoute/Resource")
    }
