"""`ddns local demo failover`: every step on a local AWS, and each step that fails where it must."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ddns_constructs.cli.local.demo import failover_steps
from ddns_constructs.cli.local.demo import stage as _stage
from ddns_constructs.cli.local.demo.demonstration import FAILOVER
from ddns_constructs.cli.local.demo.failover_stage import ADDRESSES, NAME, FailoverStage
from ddns_constructs.cli.local.demo.http_stage import can_bind
from ddns_constructs.cli.local.demo.stage import StepFailedError
from ddns_constructs.cli.report import Report
from ddns_constructs.local.examples import example_folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddns_constructs.local import LocalAws

needs_addresses = pytest.mark.skipif(
    not all(map(can_bind, ADDRESSES.values())), reason="this machine has one loopback address"
)


@pytest.fixture(scope="module")
def outputs(aws: LocalAws) -> Mapping[str, str]:
    return aws.deploy(FAILOVER.app())["Failover"]


@pytest.fixture
def report() -> Report:
    return Report(Console(record=True, file=io.StringIO(), width=300))


@pytest.fixture
def stage(
    aws: LocalAws, outputs: Mapping[str, str], report: Report, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FailoverStage]:
    """The stage on which every step has been played; its patience is short from now on."""
    monkeypatch.setattr(_stage, "_PATIENCE", 0.2)
    made = FailoverStage(aws, outputs, report)
    yield made
    made.end()


@pytest.fixture(scope="module")
def played(aws: LocalAws, outputs: Mapping[str, str]) -> str:
    """Play every step once; return what was shown."""
    report = Report(Console(record=True, file=io.StringIO(), width=300))
    assert failover_steps.play(aws, outputs, report), report.console.export_text()
    return report.console.export_text()


@needs_addresses
def test_every_step_holds_and_shows_what_moved(played: str) -> None:
    titles = [line[2:].rstrip() for line in played.splitlines() if line.startswith("✓")]
    assert [re.sub(r" +[\d.]+ s$", "", each) for each in titles] == list(failover_steps.STEPS)
    seen = [re.sub(r" {2,}.*", "", line.strip()) for line in played.splitlines()]
    at_a, at_b = (f"in the VPC, {NAME} A: {each}" for each in ADDRESSES.values())
    assert [each for each in seen if each.startswith("in the VPC")] == [at_a, at_b, at_a, at_a]
    moves = re.findall(r"32 leads to (.) in 2 of 2 route tables", played)
    assert moves == ["A", "B", "A"]
    assert re.search(r"A -> B +failure: 'A' was down in 3 rounds", played)
    assert "HTTP Status Code 429" in played
    assert "3 rounds without an answer of a prober" in played


@needs_addresses
@pytest.mark.usefixtures("played")
def test_no_service_is_left_when_the_steps_are_over(stage: FailoverStage) -> None:
    with pytest.raises(StepFailedError, match=rf"a client of {NAME} reaches A\nseen: .* is 127"):
        stage.reaches("A")


@needs_addresses
@pytest.mark.usefixtures("played")
def test_what_is_not_so_is_not_shown(stage: FailoverStage) -> None:
    with pytest.raises(StepFailedError, match="all routes lead to B"):
        stage.routed_to("B")
    with pytest.raises(StepFailedError, match="all routes still lead to B"):
        stage.stays_routed_to("B")
    with pytest.raises(StepFailedError, match="Nobody"):
        stage.ddns("failover", "history", "Nobody")
    assert "leads to" not in stage.report.console.export_text()


@needs_addresses
@pytest.mark.usefixtures("played")
def test_rounds_with_an_answer_are_not_counted(stage: FailoverStage) -> None:
    prober, _ = stage.outputs["Probers"].split(",")
    stage.aws.client("lambda").delete_function_concurrency(FunctionName=prober)
    stage.start("A")
    with pytest.raises(StepFailedError, match=r"1 rounds without .*\nseen: 0 of them"):
        stage.rounds_without_probers(1)


@needs_addresses
def test_a_port_that_is_taken_fails_the_step(stage: FailoverStage) -> None:
    stage.start("A")
    other = FailoverStage(stage.aws, stage.outputs, stage.report)
    with pytest.raises(StepFailedError, match=r"127\.0\.0\.2:\d+ could not be listened on"):
        other.start("A")
    other.end()


def test_a_machine_without_the_addresses_plays_nothing_and_says_so(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failover_steps, "can_bind", lambda address: address == "127.0.0.2")
    nothing: LocalAws = object()  # type: ignore[assignment] # it is not touched
    assert failover_steps.play(nothing, {}, report)
    assert "not played: this machine has no 127.0.0.2 and 127.0.0.3" in (
        report.console.export_text()
    )


def test_its_app_is_no_example() -> None:
    assert (FAILOVER.app() / "app.py").is_file()
    assert FAILOVER.app() not in example_folders()
