"""What API Gateway may do: nothing more than docs/permissions.md says, and nothing less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53

from ddns_constructs import DirectAccess
from tests.constructs.direct.bench import ZONE_ID, Direct

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"
_PREFIX = "route53:ChangeResourceRecordSets"


def _conditions(**arguments: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - any argument of it
    found: dict[str, dict[str, Any]] = Direct(**arguments).statement()["Condition"]
    return found


def test_the_role_may_write_these_names_and_nothing_else() -> None:
    direct = Direct(record_names=["Home", "@", "xn--bcher-kva"])
    assert direct.statement() == {
        "Action": _PREFIX,
        "Condition": {
            "ForAllValues:StringEquals": {
                f"{_PREFIX}Actions": ["UPSERT"],
                f"{_PREFIX}NormalizedRecordNames": [
                    "example.com",
                    "home.example.com",
                    "xn--bcher-kva.example.com",
                ],
                f"{_PREFIX}RecordTypes": ["A", "AAAA"],
            },
            "Null": {
                f"{_PREFIX}Actions": "false",
                f"{_PREFIX}NormalizedRecordNames": "false",
                f"{_PREFIX}RecordTypes": "false",
            },
        },
        "Effect": "Allow",
        "Resource": f"arn:aws:route53:::hostedzone/{ZONE_ID}",
    }


def test_every_access_and_path_has_the_same_statement() -> None:
    for arguments in (
        {"access": DirectAccess.iam()},
        {"access": DirectAccess.none()},
        {"zone_id_in_path": True},
    ):
        assert _conditions(**arguments) == _conditions()


def test_by_ipv4_alone_there_is_one_type() -> None:
    equal = _conditions(dual_stack=False)["ForAllValues:StringEquals"]
    assert equal[f"{_PREFIX}RecordTypes"] == ["A"]


def _longest(count: int) -> list[str]:
    """As many names as asked, each of the 253 characters that DNS takes."""
    rest = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 45, "example.com"])
    names = [f"h{number:02}.{rest}" for number in range(count)]
    assert {len(name) for name in names} == {253}
    return names


def _created(stack: cdk.Stack) -> route53.IHostedZone:
    return route53.PublicHostedZone(stack, "Zone", zone_name="example.com")


def _length(document: dict[str, Any]) -> int:
    return len(json.dumps(document, separators=(",", ":")))


@pytest.mark.parametrize("zone", ({}, {"zone": _created}), ids=("imported", "created"))
@pytest.mark.parametrize("count", (20, 21, 40, 41, 50))
def test_the_longest_names_fit_into_policies_that_iam_takes(
    count: int, zone: dict[str, Any]
) -> None:
    direct = Direct(record_names=_longest(count), **zone)
    inline = direct.policies("AWS::IAM::Policy")
    assert sum(map(_length, inline)) <= 10_240  # all inline policies of a role together
    managed = direct.policies("AWS::IAM::ManagedPolicy")
    assert all(_length(each) <= 6_144 for each in managed)
    assert len(managed) <= 10  # as many as a role takes
    named = [
        name
        for each in direct.statements()
        for name in each["Condition"]["ForAllValues:StringEquals"][
            f"{_PREFIX}NormalizedRecordNames"
        ]
    ]
    assert sorted(named) == _longest(count)


def test_every_statement_has_the_same_conditions_but_for_the_names() -> None:
    direct = Direct(record_names=[f"host-{number:02}" for number in range(50)])
    statements = direct.statements()
    assert len(statements) == 3
    for statement in statements:
        equal = statement["Condition"]["ForAllValues:StringEquals"]
        assert 1 <= len(equal.pop(f"{_PREFIX}NormalizedRecordNames")) <= 20
    assert statements[0] == statements[1] == statements[2]


def test_twenty_names_are_one_statement() -> None:
    assert Direct(record_names=[f"host-{number}" for number in range(20)]).statement()


def test_only_api_gateway_has_the_role() -> None:
    (statement,) = Direct().only("AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}


def test_no_managed_policy_is_attached() -> None:
    assert "ManagedPolicyArns" not in Direct().only("AWS::IAM::Role")


def test_nothing_is_a_wildcard() -> None:
    direct = Direct(access=DirectAccess.iam())
    role = iam.Role(direct.stack, "Router", assumed_by=iam.AccountRootPrincipal())
    direct.ddns.grant_update(role, "home")
    for policy in direct.find("AWS::IAM::Policy").values():
        assert "*" not in str(policy["PolicyDocument"])


# ---------------------------------------------------------------- the page


def _rows() -> list[list[str]]:
    _, _, section = _PAGE.read_text().partition("\n## ApiGatewayDirectDdns\n")
    assert section
    section, _, _ = section.partition("\n## ")
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


def test_the_page_lists_exactly_what_the_template_allows() -> None:
    direct = Direct(access=DirectAccess.iam())
    role = iam.Role(direct.stack, "Router", assumed_by=iam.AccountRootPrincipal())
    direct.ddns.grant_update(role, "home")
    allowed = {
        statement["Action"]
        for policy in direct.find("AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
    }
    assert {row[0].strip("`") for row in _rows() if len(row) == 4} == allowed


def test_the_page_names_every_access() -> None:
    page = {row[0].strip("`").partition("(")[0] for row in _rows() if len(row) == 3}
    public = {
        name for name in vars(DirectAccess) if isinstance(vars(DirectAccess)[name], staticmethod)
    }
    assert public <= page
