"""The `ddns` command as a shell sees it."""

from __future__ import annotations

import importlib.metadata
import signal
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ddns_constructs.cli import _commands, _instance_demo, _local, main
from ddns_constructs.cli._app import app
from ddns_constructs.cli._report import Report
from ddns_constructs.local import LocalAwsError, local_aws
from ddns_constructs.local.dns_answers import View
from ddns_constructs.local.dns_client import Dns
from tests.local.processes import start_python

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
    assert "local" in run("--help").output
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
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error.strip()) == (1, told)


def test_another_missing_module_is_not_mistaken_for_an_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "ddns_constructs.cli._app")
    monkeypatch.setitem(sys.modules, "ddns_constructs.cli._local", None)
    with pytest.raises(ModuleNotFoundError, match=r"ddns_constructs\.cli\._local"):
        main()


# ------------------------------------------------------- with a local AWS that is none


class Route53:
    def list_hosted_zones(self) -> dict[str, Any]:
        zones = (("0.10.in-addr.arpa.", True), ("public.example.", False), ("in.example.", True))
        return {
            "HostedZones": [{"Name": name, "Config": {"PrivateZone": is_}} for name, is_ in zones]
        }


class NoAws:
    """Says what a local AWS says, and starts nothing."""

    stopped = 0
    deployed: tuple[object, ...] = ()
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
        return {"InstanceDdns": {"SubnetId": "subnet-1", "VpcId": "vpc-1"}}

    def exports(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": "https://127.0.0.1:4566", "AWS_CA_BUNDLE": "/a folder/c.pem"}

    def client(self, _service: str) -> Route53:
        return Route53()


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch) -> type[NoAws]:
    monkeypatch.setattr(local_aws, "LocalAws", NoAws)
    monkeypatch.setattr(_local, "_end_on_signals", lambda: None)
    monkeypatch.setattr(NoAws, "stopped", 0)
    monkeypatch.setattr(NoAws, "deployed", ())
    return NoAws


@pytest.mark.parametrize(("held", "code"), ((True, 0), (False, 1)))
def test_the_demo_s_exit_code_tells_whether_every_step_held(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch, held: object, code: int
) -> None:
    monkeypatch.setattr(_instance_demo, "play", lambda *_: held)
    assert run("local", "demo", "instance").exit_code == code
    assert no_aws.stopped == 1


def test_a_failing_step_ends_the_demo_and_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played = []

    def fail(_stage: object) -> None:
        played.append("fails")
        raise _instance_demo.StepFailedError("expected: [this]\nseen: that")

    steps = {"first": lambda _: played.append("first"), "fails": fail, "never": fail}
    monkeypatch.setattr(_instance_demo, "STEPS", steps)
    complaints = ['{"level":"ERROR","message":"to be tried again"}']
    stage = SimpleNamespace(complaints=lambda: complaints)
    monkeypatch.setattr(_instance_demo, "Stage", lambda *_: stage)
    report = Report(Console(width=200))
    assert not _instance_demo.play(NoAws(), {}, report)  # type: ignore[arg-type] # a stand-in
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
        "try:\n    print('ready', flush=True); time.sleep(60)\n"
        "finally:\n    print('ended in order', flush=True)"
    )
    process = start_python(f"exec({code!r})")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(told)
    output, _ = process.communicate(timeout=10)
    assert (output, process.returncode) == ("ended in order\n", 128 + told)
