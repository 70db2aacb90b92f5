"""The `ddns` command as a shell sees it."""

from __future__ import annotations

import importlib.metadata
import io
import re
import signal
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ddns_constructs.cli import _commands, _local, main
from ddns_constructs.cli._app import app
from ddns_constructs.cli._report import Report
from ddns_constructs.cli.demo import client, direct, http_stage, instance
from ddns_constructs.cli.demo.stage import StepFailedError
from ddns_constructs.local import LocalAwsError, examples, local_aws
from ddns_constructs.local.dns_answers import View
from ddns_constructs.local.dns_client import Dns
from ddns_constructs.local.function_urls import FunctionUrl
from ddns_constructs.local.rest_api import RestApiUrl
from tests.local.processes import PATIENCE, start_python

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

COMMAND = "from ddns_constructs.cli import main; sys.argv[0] = 'ddns'; main()"


def run(*arguments: str) -> Any:  # noqa: ANN401 - typer's result has no public name
    return CliRunner().invoke(app, arguments)


def without(*modules: str) -> str:
    """Return code that makes modules look as if they were not installed."""
    hide = "import importlib.util, importlib.abc\n"
    hide += f"hidden = {modules!r}\n"
    hide += "class Hide(importlib.abc.MetaPathFinder):\n"
    hide += "    def find_spec(self, name, path, target=None):\n"
    hide += "        if name.partition('.')[0] in hidden:\n"
    hide += "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
    hide += "sys.meta_path.insert(0, Hide())\n"
    hide += "real = importlib.util.find_spec\n"
    hide += "importlib.util.find_spec = lambda n, p=None: None if n in hidden else real(n, p)\n"
    return f"exec({hide!r}); "


def test_help_lists_the_commands() -> None:
    assert {"host", "local", "router"} <= set(run("--help").output.split())
    assert {"up", "demo"} <= set(run("local", "--help").output.split())


def test_the_version_is_the_distribution_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "1.2.3")
    assert run("--version").output == "ddns-constructs 1.2.3\n"


def test_a_checkout_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert run("--version").output == "ddns-constructs not installed\n"


@pytest.mark.parametrize(
    ("hidden", "arguments", "told"),
    (
        ("typer", [], "the ddns command needs typer: pip install 'ddns-constructs[cli]'"),
        ("rich", [], "the ddns command needs rich: pip install 'ddns-constructs[cli]'"),
        (
            "ministack",
            ["local", "up"],
            "the local AWS needs ministack: pip install 'ddns-constructs[local]'",
        ),
        (
            "boto3",
            ["local", "demo", "instance"],
            "the local AWS needs boto3: pip install 'ddns-constructs[local]'",
        ),
    ),
)
def test_a_missing_extra_says_what_to_install(hidden: str, arguments: list[str], told: str) -> None:
    process = start_python(f"{without(hidden)}{COMMAND}", *arguments)
    _, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error.strip()) == (1, told)


def test_another_missing_module_is_not_mistaken_for_an_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "ddns_constructs.cli._app")
    monkeypatch.setitem(sys.modules, "ddns_constructs.cli._local", None)
    with pytest.raises(ModuleNotFoundError, match=r"ddns_constructs\.cli\._local"):
        main()


# ------------------------------------------------------- with a local AWS that is none


URL = FunctionUrl(
    "function-1",
    "https://0123.lambda-url.us-east-1.on.aws/",
    "http://127.0.0.1:8080/",
    "https://127.0.0.1:8443/",
    "",
    "https://[::1]:8443/",
)


API = RestApiUrl(
    "api1",
    "ApiGatewayDirect",
    "ddns",
    "http://127.0.0.1:8081/ddns/",
    "https://127.0.0.1:8444/ddns/",
    "",
    "https://[::1]:8444/ddns/",
)


class Services:
    """What is asked of Route 53, Lambda and API Gateway about an example."""

    def __init__(self, example: str) -> None:
        self._example = example

    def get_domain_names(self) -> dict[str, Any]:
        return {}

    def get_usage_plans(self) -> dict[str, Any]:
        stages = [{"apiId": "api2"}], [{"apiId": API.api_id}]
        return {"items": [{"id": f"plan-{i}", "apiStages": s} for i, s in enumerate(stages)]}

    def get_usage_plan_keys(self, usagePlanId: str) -> dict[str, Any]:  # noqa: N803 - theirs
        assert usagePlanId == "plan-1"
        return {"items": [{"id": "key-1"}, {"id": "key-2"}]}

    def get_api_key(self, apiKey: str, *, includeValue: bool) -> dict[str, str]:  # noqa: N803 - theirs
        assert includeValue
        key = {"id": apiKey, "value": f"value of {apiKey}"}
        described = {"description": "Dynamic DNS of home.public.example"}
        return {**key, **described} if apiKey == "key-1" else key

    def get_resources(self, restApiId: str, embed: list[str]) -> dict[str, Any]:  # noqa: N803 - theirs
        assert (restApiId, embed) == (API.api_id, ["methods"])
        method = {"authorizationType": "NONE", "apiKeyRequired": True}
        paths = ({}, {"/{zone_id}": {"GET": method}}, {"/closed": {}})
        items = [{"path": path, "resourceMethods": m} for each in paths for path, m in each.items()]
        return {"items": [{"path": "/"}, *items]}

    def get_paginator(self, operation: str) -> Services:
        assert operation == "list_functions"
        return self

    def paginate(self) -> list[dict[str, Any]]:
        variables = {
            "DDNS_TABLE": "table-1",
            "DDNS_ZONES": '[{"id": "Z1", "name": "public.example"}]',
            "DDNS_ALLOWED_NAMES": '["*.dyn.public.example"]',
        }
        client = {
            "FunctionName": URL.function_name,
            "Handler": "ddns.handlers.client.handler",
            "Environment": {"Variables": variables},
        }
        functions = [client] if self._example == "client_ddns" else []
        return [{"Functions": [{"FunctionName": "other", "Handler": "x"}, *functions]}]

    def list_hosted_zones(self) -> dict[str, Any]:
        zones = (
            ("Z0", "0.10.in-addr.arpa.", True),
            ("Z1", "public.example.", False),
            ("Z2", "in.example.", True),
        )
        return {
            "HostedZones": [
                {"Id": f"/hostedzone/{id_}", "Name": name, "Config": {"PrivateZone": is_}}
                for id_, name, is_ in zones
            ]
        }


class NoAws:
    """Says what a local AWS says, and starts nothing."""

    stopped = 0
    deployed: tuple[Path, ...] = ()
    dns = Dns(10053, 10054)

    @classmethod
    def start(cls) -> NoAws:
        return cls()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        type(self).stopped += 1

    def deploy(self, app: Path) -> dict[str, dict[str, str]]:
        type(self).deployed = (*self.deployed, app)
        if app.name == "client_ddns":
            found = {"TableName": "table-1", "Url": URL.url, "HostedZoneIds": "Z1"}
            return {"ClientDdns": found}
        if app.name == "api_gateway_direct":
            return {"ApiGatewayDirect": {"Url": "https://api1.example/ddns/"}}
        return {"InstanceDdns": {"SubnetId": "subnet-1", "VpcId": "vpc-1"}}

    def exports(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": "https://127.0.0.1:4566", "AWS_CA_BUNDLE": "/a folder/c.pem"}

    def client(self, _service: str) -> Services:
        return Services(self.deployed[-1].name)

    def function_urls(self) -> tuple[FunctionUrl, ...]:
        return (URL,)

    def rest_apis(self) -> tuple[RestApiUrl, ...]:
        return (API,) if self.deployed[-1].name == "api_gateway_direct" else ()


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch) -> type[NoAws]:
    monkeypatch.setattr(local_aws, "LocalAws", NoAws)
    monkeypatch.setattr(_local, "_end_on_signals", lambda: None)
    monkeypatch.setattr(NoAws, "stopped", 0)
    monkeypatch.setattr(NoAws, "deployed", ())
    return NoAws


@pytest.mark.parametrize("held", (True, False))
@pytest.mark.parametrize(
    ("name", "example", "steps"),
    (
        ("instance", "instance_ddns", instance),
        ("client", "client_ddns", client),
        ("direct", "api_gateway_direct", direct),
    ),
)
def test_the_demo_s_exit_code_tells_whether_every_step_held(
    no_aws: type[NoAws],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    example: str,
    steps: ModuleType,
    *,
    held: object,
) -> None:
    monkeypatch.setattr(steps, "play", lambda *_: held)
    result = run("local", "demo", name)
    assert result.exit_code == int(not held)
    chosen = "" if example == "instance_ddns" else f" --example {example}"
    ending = f"next: {examples.command()} local up{chosen}"
    assert (result.output.splitlines()[-1].strip() == ending) is held
    assert no_aws.stopped == 1
    assert [str(each.name) for each in no_aws.deployed] == [example]


@pytest.mark.parametrize("name", ("client", "direct"))
def test_a_demo_without_curl_says_so(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(http_stage.shutil, "which", lambda _: None)
    result = run("local", "demo", name)
    assert result.exit_code == 1
    assert "needs curl" in result.output
    assert no_aws.stopped == 1


@pytest.mark.parametrize(
    ("prefix", "active", "files", "called"),
    (
        ("checkout/.venv", "", ["Makefile"], ".venv/bin/ddns"),
        ("checkout/.venv", "checkout/.venv", ["Makefile"], "ddns"),
        ("venv", "", ["Makefile"], "ddns"),
        ("checkout/.venv", "", [], "ddns"),
    ),
)
def test_the_command_is_called_as_it_can_be_called(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    prefix: str,
    active: str,
    files: list[str],
    called: str,
) -> None:
    (tmp_path / "checkout").mkdir()
    for name in files:
        (tmp_path / "checkout" / name).touch()
    monkeypatch.setattr(examples, "_PACKAGE", tmp_path / "checkout" / "ddns_constructs")
    monkeypatch.setattr(examples.sys, "prefix", str(tmp_path / prefix))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / active))
    assert examples.command() == called


def test_what_was_seen_in_a_step_stands_below_its_title() -> None:
    console = Console(record=True, file=io.StringIO(), width=200)
    report = Report(console)
    with report.working("a step"):
        report.seen("in the step")

    def fail() -> None:
        with report.working("another step"):
            report.seen("before it failed")
            raise StepFailedError

    with pytest.raises(StepFailedError):
        fail()
    report.seen("afterwards")
    lines = [
        line.split("  ")[0] for line in re.sub(r"(?m)^ +", "", console.export_text()).split("\n")
    ]
    expected = ["✓ a step", "in the step", "✗ another step", "before it failed", "afterwards"]
    assert lines == [*expected, ""]


def test_a_long_error_is_not_broken() -> None:
    console = Console(record=True, file=io.StringIO(), width=40)
    text = f"no CDK app in /{'long/' * 20}app.py: expected cdk.json"
    Report(console).error(text)
    assert console.export_text() == f"{text}\n"


def test_a_failing_step_ends_the_demo_and_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played = []

    def fail(_: object) -> None:
        played.append("fails")
        raise StepFailedError("expected: [this]\nseen: that")

    steps = {"first": lambda _: played.append("first"), "fails": fail, "never": fail}
    monkeypatch.setattr(instance, "STEPS", steps)
    complaints = ['{"level":"ERROR","message":"to be tried again"}']
    report = Report(Console(width=200))
    stage = SimpleNamespace(complaints=lambda: complaints, report=report)
    monkeypatch.setattr(instance, "InstanceStage", lambda *_: stage)
    assert not instance.play(NoAws(), {}, report)  # type: ignore[arg-type] # a stand-in
    assert played == ["first", "fails"]
    output = capsys.readouterr().out
    assert "✓ first" in output
    assert "✗ fails" in output
    assert "expected: [this]\nseen: that\n" + complaints[0] in output


def test_an_error_of_the_local_aws_is_shown_without_a_traceback(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: NoAws, _app: Path) -> None:
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

    monkeypatch.setattr(_local.time, "sleep", interrupt)
    result = run("local", "up")
    assert result.exit_code == 0
    assert no_aws.stopped == 1
    assert "SubnetId = subnet-1" in result.output
    assert "export AWS_CA_BUNDLE='/a folder/c.pem'" in result.output
    assert "dig +norecurse @127.0.0.1 -p 10053 web.in.example" in result.output
    assert "--subnet-id subnet-1" in result.output
    assert f"port {NoAws.dns.port(View.PUBLIC)}" in result.output
    (deployed,) = no_aws.deployed
    assert str(deployed).endswith("instance_ddns")


def test_up_shows_where_function_urls_answer_and_how_to_use_hosts(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_local.time, "sleep", interrupt)
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
        f"@127.0.0.1 -p {NoAws.dns.port(View.PUBLIC)} home.dyn.public.example",
    ):
        assert shown in result.output
    assert "run-instances" not in result.output


def test_up_shows_where_rest_apis_answer_and_how_to_use_keys(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_local.time, "sleep", interrupt)
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
        f"@127.0.0.1 -p {NoAws.dns.port(View.PUBLIC)} home.public.example",
    ):
        assert shown in result.output
    assert "run-instances" not in result.output
    assert "ddns host add" not in result.output


def test_up_deploys_another_app_if_told(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_commands, "show_how_to_use", lambda *_: None)
    monkeypatch.setattr(_local.time, "sleep", lambda _: sys.exit(143))
    assert run("local", "up", "--app", str(tmp_path)).exit_code == 143
    assert (no_aws.deployed, no_aws.stopped) == ((tmp_path,), 1)


@pytest.mark.parametrize("told", (signal.SIGTERM, signal.SIGHUP))
def test_a_signal_ends_it_in_order(told: signal.Signals) -> None:
    code = (
        "import time; from ddns_constructs.cli import _local; _local._end_on_signals();\n"
        "try:\n    print('ready', flush=True); time.sleep(600)\n"
        "finally:\n    print('ended in order', flush=True)"
    )
    process = start_python(f"exec({code!r})")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(told)
    output, _ = process.communicate(timeout=PATIENCE)
    assert (output, process.returncode) == ("ended in order\n", 128 + told)
