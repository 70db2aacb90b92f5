"""A demonstration ends with 1 if a step does not hold, and says what was seen instead."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ddns_constructs.cli.app import app
from ddns_constructs.cli.local.demo import (
    client_steps,
    direct_steps,
    failover_steps,
    http_stage,
    instance_steps,
)
from ddns_constructs.cli.local.demo.stage import StepFailedError
from ddns_constructs.cli.report import Report
from ddns_constructs.local import examples
from tests.cli.local.no_aws import NoAws

_STACKS = ("InstanceDdns", "ClientDdns", "ApiGatewayDirect", "Failover")


def run(*arguments: str) -> Any:  # noqa: ANN401 - typer's result has no public name
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("held", (True, False))
@pytest.mark.parametrize(
    ("name", "example", "steps"),
    (
        ("instance", "instance_ddns", instance_steps),
        ("client", "client_ddns", client_steps),
        ("direct", "api_gateway_direct", direct_steps),
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


@pytest.mark.parametrize("held", (True, False))
def test_all_of_them_are_played_and_summed_up_at_the_end(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch, *, held: bool
) -> None:
    monkeypatch.setattr(no_aws, "deploy", lambda *_: {key: {} for key in _STACKS})
    for steps in (instance_steps, client_steps, direct_steps, failover_steps):
        monkeypatch.setattr(steps, "play", lambda *_, ok=steps is not client_steps or held: ok)
    result = run("local", "demo", "all")
    lines = [line.strip() for line in result.output.splitlines()]
    (total,) = [number for number, line in enumerate(lines) if line.startswith("everything")]
    summary = [line.split()[:2] for line in lines[total - len(_STACKS) : total]]
    marks = ["✓", "✓" if held else "✗", "✓", "✓"]
    assert summary == [list(each) for each in zip(marks, _STACKS, strict=True)]
    ups = [line.partition(" local ")[2] for line in lines[total + 1 :] if line]
    options = ("", " --example client_ddns", " --example api_gateway_direct")
    assert ups == ([f"up{each}" for each in options] if held else [])
    assert (result.exit_code, no_aws.stopped) == (int(not held), len(_STACKS))


@pytest.mark.parametrize("held", (True, False))
def test_the_demo_of_failover_has_an_app_of_its_own(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch, *, held: bool
) -> None:
    monkeypatch.setattr(no_aws, "deploy", lambda _, app, *__: {"Failover": {"App": app.name}})
    monkeypatch.setattr(
        failover_steps, "play", lambda _, outputs, *__: held and outputs["App"] == "failover_app"
    )
    result = run("local", "demo", "failover")
    assert (result.exit_code, no_aws.stopped) == (int(not held), 1)
    assert "next:" not in result.output


@pytest.mark.parametrize("name", ("client", "direct"))
def test_a_demo_without_curl_says_so(
    no_aws: type[NoAws], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(http_stage.shutil, "which", lambda _: None)
    result = run("local", "demo", name)
    assert result.exit_code == 1
    assert "needs curl" in result.output
    assert no_aws.stopped == 1


def test_a_failing_step_ends_the_demo_and_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played = []

    def fail(_: object) -> None:
        played.append("fails")
        raise StepFailedError("expected: [this]\nseen: that")

    steps = {"first": lambda _: played.append("first"), "fails": fail, "never": fail}
    monkeypatch.setattr(instance_steps, "STEPS", steps)
    complaints = ['{"level":"ERROR","message":"to be tried again"}']
    report = Report(Console(width=200))
    stage = SimpleNamespace(complaints=lambda: complaints, report=report)
    monkeypatch.setattr(instance_steps, "InstanceStage", lambda *_: stage)
    assert not instance_steps.play(NoAws(), {}, report)  # type: ignore[arg-type] # a stand-in
    assert played == ["first", "fails"]
    output = capsys.readouterr().out
    assert "✓ first" in output
    assert "✗ fails" in output
    assert "expected: [this]\nseen: that\n" + complaints[0] in output
