"""What API Gateway may do: nothing more than docs/permissions.md says, and nothing less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import aws_iam as iam

from ddns_constructs import DirectAccess
from tests.constructs.direct import ZONE_ID, Direct

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
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
