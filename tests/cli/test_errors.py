"""Trouble with AWS is one line, and a bug still has its traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from ddns_constructs.cli.hosts import session
from tests.cli.command import COMMAND, without
from tests.local.processes import PATIENCE, start_python

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator


def aws_error(code: str, message: str = "why") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetItem")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What every boto3 client raises as soon as it is asked for; the test puts it in."""
    errors: list[Exception] = []

    def client(_service: str) -> Any:  # noqa: ANN401 - never
        raise errors[0]

    monkeypatch.setattr(session, "aws_client", client)
    return errors


@pytest.mark.parametrize(
    ("error", "complaint"),
    (
        (
            aws_error("AccessDeniedException", "User x is not authorized to perform: a:b"),
            "User x is not authorized to perform: a:b: ask for `grant_manage_hosts`",
        ),
        (aws_error("ExpiredTokenException"), "AWS does not accept these credentials"),
        (
            aws_error("ResourceNotFoundException", "Requested resource\nnot found"),
            "AWS refused GetItem: ResourceNotFoundException: Requested resource not found",
        ),
        (
            NoCredentialsError(),
            "there are no credentials of AWS: say --profile, or set AWS_PROFILE",
        ),
        (
            EndpointConnectionError(endpoint_url="https://127.0.0.1:1"),
            'AWS cannot be asked: Could not connect to the endpoint URL: "https://127.0.0.1:1"',
        ),
    ),
)
def test_what_aws_says_is_one_line(
    admin: Administrator, failing: list[Exception], error: Exception, complaint: str
) -> None:
    failing.append(error)
    result = admin.run("host", "list")
    assert result.exit_code == 1
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_a_bug_is_not_hidden(admin: Administrator, failing: list[Exception]) -> None:
    failing.append(ZeroDivisionError("a bug"))
    assert isinstance(admin.run("host", "list").exception, ZeroDivisionError)


def test_a_region_that_nobody_named_is_reported(admin: Administrator) -> None:
    result = admin.run("host", "list", AWS_REGION=None, AWS_DEFAULT_REGION=None)
    assert result.exit_code == 1
    assert "no Region is named: say --region, or set AWS_REGION or AWS_PROFILE\n" in result.stderr


def test_aws_region_alone_is_enough_and_counts_more(admin: Administrator) -> None:
    """As it does for the AWS CLI; boto3 by itself does not read it."""
    host = admin.run("host", "list", AWS_REGION="us-east-1", AWS_DEFAULT_REGION=None)
    assert host.exit_code == 0, host.output
    complaint = admin.refused("list", stack="Nobody", AWS_REGION="eu-west-1")
    assert "there is no stack 'Nobody' in eu-west-1 of this account" in complaint
    assert "set AWS_REGION or AWS_PROFILE" in complaint


def test_an_endpoint_that_is_not_there_is_reported(admin: Administrator) -> None:
    environment = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}
    assert "AWS cannot be asked" in admin.refused("list", **environment)


def test_a_stack_and_a_table_that_are_not_there_are_reported(admin: Administrator) -> None:
    complaint = admin.refused("list", stack="Nobody")
    assert "there is no stack 'Nobody' in us-east-1 of this account: " in complaint
    for words in (["list"], ["show", "home.example.com"]):
        complaint = admin.refused(*words, "--table", "nobody", stack="")
        assert "there is no table nobody in us-east-1 of this account: " in complaint


def test_other_trouble_with_the_stack_is_not_taken_for_a_missing_one(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CloudFormation:
        def describe_stacks(self, **_: str) -> None:
            raise aws_error("Throttling", "Rate exceeded")

    monkeypatch.setattr("ddns_constructs.cli.deployment.aws_client", lambda _: CloudFormation())
    assert "AWS refused GetItem: Throttling: Rate exceeded" in admin.refused("list")


def test_who_may_not_ask_for_the_stack_can_name_its_parts(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CloudFormation:
        def describe_stacks(self, **_: str) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeStacks")

    monkeypatch.setattr("ddns_constructs.cli.deployment.aws_client", lambda _: CloudFormation())
    assert "AccessDenied: name --table, --url and --zone-id" in admin.refused("list")


@pytest.mark.parametrize("where", ("--table", "--stack"))
def test_without_boto3_it_says_what_to_install(where: str) -> None:
    hidden = without("boto3", "botocore")
    process = start_python(f"{hidden}{COMMAND}", "host", "list", where, "x")
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert error.strip() == ("ddns: this command needs boto3: pip install 'ddns-constructs[cli]'")
