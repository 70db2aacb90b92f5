"""Who asks AWS: one session for a command, and what is said where its credentials have ended."""

from __future__ import annotations

import getpass
import json
import shlex
import sys
from typing import TYPE_CHECKING, Any

import botocore.credentials
import pytest

from ddns_constructs.cli.hosts import session

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Administrator

# Asks CloudFormation, Route 53 and DynamoDB.
ADD = ("host", "add", "home.dyn.example.com")
SSO = "sso_start_url = https://x\nsso_region = us-east-1\n"
SSO_ROLE = "sso_account_id = 1\nsso_role_name = a\n"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


class Profiles:
    """A home with profiles, and nothing in the environment that counts more."""

    def __init__(self, admin: Administrator, home: Path) -> None:
        self._admin = admin
        self.aws = admin.aws
        self.home = home
        self.config = home / "config"

    def write(self, text: str) -> None:
        self.config.write_text(text)

    def run(self, *words: str, **more: str | None) -> Any:  # noqa: ANN401 - typer's
        environment = {
            "HOME": str(self.home),
            "AWS_CONFIG_FILE": str(self.config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "credentials"),
            "AWS_ACCESS_KEY_ID": None,
            "AWS_SECRET_ACCESS_KEY": None,
            "AWS_PROFILE": None,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return self._admin.run(*words, **{**environment, **more})


@pytest.fixture
def profiles(admin: Administrator, tmp_path: Path) -> Profiles:
    return Profiles(admin, tmp_path)


def test_a_command_runs_a_credential_process_once(profiles: Profiles) -> None:
    calls, program = profiles.home / "calls", profiles.home / "program.py"
    key = {"Version": 1, "AccessKeyId": "test", "SecretAccessKey": "test"}
    program.write_text(f"open({str(calls)!r}, 'a').write('x'); print({json.dumps(key)!r})\n")
    line = shlex.join([sys.executable, str(program)])
    profiles.write(f"[profile work]\ncredential_process = {line}\n")
    result = profiles.run(*ADD, "--profile", "work")
    assert result.exit_code == 0, result.output
    assert calls.read_text() == "x"


def test_a_code_of_mfa_is_asked_for_once_and_not_again_by_the_next_command(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def code(prompt: str) -> str:
        asked.append(prompt)
        return "123456"

    iam = profiles.aws.client("iam")
    role = iam.create_role(RoleName="Administrator", AssumeRolePolicyDocument=json.dumps(TRUST))[
        "Role"
    ]["Arn"]
    allow = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(
        RoleName="Administrator", PolicyName="All", PolicyDocument=json.dumps(TRUST | allow)
    )
    made = botocore.credentials.AssumeRoleProvider.__init__
    defaults = [code if each is getpass.getpass else each for each in made.__defaults__ or ()]
    monkeypatch.setattr(made, "__defaults__", tuple(defaults))
    profiles.write(
        "[profile base]\naws_access_key_id = test\naws_secret_access_key = test\n"
        f"[profile work]\nrole_arn = {role}\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::000000000000:mfa/me\n"
    )
    first = profiles.run(*ADD, "--profile", "work")
    assert first.exit_code == 0, first.output
    assert len(asked) == 1
    assert list((profiles.home / ".aws" / "cli" / "cache").iterdir())
    nowhere = "http://127.0.0.1:1"
    second = profiles.run("host", "list", AWS_PROFILE="work", AWS_ENDPOINT_URL_STS=nowhere)
    assert second.exit_code == 0, second.output
    assert len(asked) == 1


def test_the_region_may_be_said(admin: Administrator) -> None:
    result = admin.run("host", "list", "--region", "eu-west-1", stack="Nobody")
    assert "there is no stack 'Nobody' in eu-west-1 of this account" in result.stderr


@pytest.mark.parametrize(
    ("settings", "complaint"),
    (
        (
            f"sso_session = corp\n{SSO_ROLE}[sso-session corp]\n{SSO}",
            "`aws sso login --profile work`",
        ),
        (
            f"{SSO}{SSO_ROLE}",
            "`aws sso login --profile work`",
        ),
        (
            "login_session = arn:aws:sts::000000000000:assumed-role/a/b\n",
            "pip install 'botocore[crt]'",
        ),
    ),
)
def test_a_session_that_has_ended_has_its_remedy_in_one_line(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch, settings: str, complaint: str
) -> None:
    monkeypatch.setattr(botocore.credentials, "EC", None)
    profiles.write(f"[profile work]\n{settings}")
    result = profiles.run("host", "list", "--profile", "work")
    assert result.exit_code == 1
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_a_session_of_aws_login_that_has_ended_has_its_remedy(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(botocore.credentials, "EC", object())  # as with the extra
    profiles.write("[profile 'a b']\nlogin_session = arn:aws:sts::000000000000:assumed-role/a/b\n")
    result = profiles.run("host", "list", "--profile", "a b")
    assert "`aws login --profile 'a b'`\n" in result.stderr


def test_a_profile_that_is_not_there_is_named(profiles: Profiles) -> None:
    profiles.write("")
    result = profiles.run("host", "list", AWS_PROFILE="nobody")
    assert "there is no profile 'nobody': `aws configure list-profiles`" in result.stderr
    assert result.exit_code == 1


def test_ctrl_c_says_that_it_interrupted(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_service: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "aws_client", interrupted)
    result = admin.run("host", "list")
    assert (result.exit_code, result.stderr) == (130, "\nddns: interrupted\n")
