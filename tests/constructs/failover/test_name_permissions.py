"""docs/permissions.md has what a name's function, and who may switch it, are allowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_iam as iam

from ddns_constructs import Detection
from tests.constructs.failover.naming import Named

_PAGE = (Path(__file__).resolve().parents[3] / "docs" / "permissions.md").read_text()
_SECTION = _PAGE.partition("\n## Failover of a name\n")[2].partition("\n## ")[0]


def _listed(heading: str) -> set[str]:
    """Return the actions of all tables below a heading."""
    part = _SECTION.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]
    return set(re.findall(r"^\| `([a-z0-9]+:\w+)` \|", part, re.MULTILINE))


def _statements(named: Named, role: str) -> list[dict[str, Any]]:
    return [
        statement
        for id_, policy in named.template.find_resources("AWS::IAM::Policy").items()
        if id_.startswith(role)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def _actions(statements: list[dict[str, Any]], effect: str = "Allow") -> set[str]:
    chosen = [each["Action"] for each in statements if each["Effect"] == effect]
    return {one for each in chosen for one in ([each] if isinstance(each, str) else each)}


@pytest.mark.parametrize("detection", (Detection.relay(), Detection.alarm()))
def test_the_page_lists_what_the_function_may(detection: Detection) -> None:
    statements = _statements(Named.relayed(detection=detection), "Db")
    assert _actions(statements) == _listed("The function of a name")
    denied = _actions(statements, "Deny")
    network = {each for each in _actions(statements) if each.startswith("ec2:")}
    assert denied == network | {"ec2:DetachNetworkInterface"}


def test_a_function_outside_of_a_vpc_may_write_its_log() -> None:
    statements = _statements(Named.public(detection=Detection.alarm()), "Db")
    assert _actions(statements) == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_the_page_lists_what_it_takes_to_switch() -> None:
    named = Named.relayed(detection=Detection.alarm())
    named.name.grant_switch(iam.Role(named.stack, "Who", assumed_by=iam.AccountRootPrincipal()))
    assert _actions(_statements(named, "Who")) == _listed("Who may switch a name")


def test_names_without_a_function_have_no_role() -> None:
    assert Named.public().all("AWS::IAM::Role") == []
