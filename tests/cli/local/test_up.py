"""`ddns local up` deploys an app, shows how to use it, and ends in order."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from ddns_constructs.cli.app import app
from ddns_constructs.cli.local import up, usage
from ddns_constructs.local import LocalAwsError
from ddns_constructs.local.dns.answers import View
from tests.cli.local.no_aws import API, URL, NoAws

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def run(*arguments: str) -> Any:  # noqa: ANN401 - typer's result has no public name
    return CliRunner().invoke(app, arguments)


def test_an_error_of_the_local_aws_is_shown_without_a_traceback(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: NoAws, _app: Path, _progress: object) -> None:
        raise LocalAwsError("cdk synth failed: [why]")

    monkeypatch.setattr(no_aws, "deploy", fail)
    result = run("local", "up")
    assert result.exit_code == 1
    assert "cdk synth failed: [why]" in result.output
    assert "Traceback" not in result.output
    assert no_aws.stopped == 1


def test_up_deploys_the_example_shows_how_to_use_it_and_ends_on_ctrl_c(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(up.time, "sleep", interrupt)
    result = run("local", "up")
    assert result.exit_code == 0
    assert no_aws.stopped == 1
    assert "SubnetId = subnet-1" in result.output
    assert "export AWS_CA_BUNDLE='/a folder/c.pem'" in result.output
    assert "local ask web.in.example --port 10053" in result.output
    assert "--subnet-id subnet-1" in result.output
    assert f"port {NoAws.dns.port(View.PUBLIC)}" in result.output
    (deployed,) = no_aws.deployed
    assert str(deployed).endswith("instance_ddns")


def test_up_shows_where_function_urls_answer_and_how_to_use_hosts(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(up.time, "sleep", interrupt)
    result = run("local", "up", "--example", "client_ddns")
    assert result.exit_code == 0, result.output
    assert [each.name for each in no_aws.deployed] == ["client_ddns"]
    for shown in (
        "Function URL of function-1",
        URL.https,
        URL.http,
        URL.https_ipv6,
        "export DDNS_STACK=ClientDdns",
        f"ddns host add home.dyn.public.example --addresses any --secret --url {URL.https}",
        f"--interface 127.0.0.2 {URL.https}checkip",
        f"local ask home.dyn.public.example --port {NoAws.dns.port(View.PUBLIC)}",
    ):
        assert shown in result.output
    assert "run-instances" not in result.output


def test_up_shows_where_rest_apis_answer_and_how_to_use_keys(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(up.time, "sleep", interrupt)
    result = run("local", "up", "--example", "api_gateway_direct")
    assert result.exit_code == 0, result.output
    assert [each.name for each in no_aws.deployed] == ["api_gateway_direct"]
    call = "curl --cacert $AWS_CA_BUNDLE --header 'x-api-key: value of key-1'"
    for shown in (
        "REST API ApiGatewayDirect, stage ddns, on loopback",
        API.https,
        API.http,
        API.https_ipv6,
        "Try: the API key key-1, home.public.example",
        f"{call} {API.https}Z1",
        f"{call} --interface 127.0.0.2 {API.https}Z1",
        f"local ask home.public.example --port {NoAws.dns.port(View.PUBLIC)}",
    ):
        assert shown in result.output
    assert "run-instances" not in result.output
    assert "ddns host add" not in result.output


def test_up_deploys_another_app_if_asked(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "app.py").touch()
    monkeypatch.setattr(usage, "show_how_to_use", lambda *_: None)
    monkeypatch.setattr(up.time, "sleep", lambda _: sys.exit(143))
    assert run("local", "up", "--app", str(tmp_path)).exit_code == 143
    assert (no_aws.deployed, no_aws.stopped) == ((tmp_path,), 1)


def test_a_folder_without_an_app_is_reported_before_anything_starts(
    no_aws: type[NoAws], tmp_path: Path
) -> None:
    result = run("local", "up", "--app", str(tmp_path))
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert said == f"no CDK app in {tmp_path}: expected cdk.json, app.py or manifest.json"
    assert (no_aws.deployed, no_aws.stopped) == ((), 0)


def test_ctrl_c_while_it_deploys_says_interrupted(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_self: NoAws, _app: Path, progress: Callable[[str], None]) -> None:
        progress("stack [Own], 1 of 2")
        raise KeyboardInterrupt

    monkeypatch.setattr(no_aws, "deploy", interrupt)
    result = run("local", "up")
    assert result.exit_code == 130
    lines = [line.strip() for line in result.output.splitlines()]
    assert lines[-2].startswith("stack [Own], 1 of 2")
    assert lines[-1].startswith("interrupted: ")
    assert no_aws.stopped == 1
