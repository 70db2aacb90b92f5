"""What the user sees of steps and errors."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from ddns_constructs.cli.report import Report


class FailedError(Exception):
    pass


def test_what_was_seen_in_a_step_stands_below_its_title() -> None:
    console = Console(record=True, file=io.StringIO(), width=200)
    report = Report(console)
    with report.working("a step"):
        report.seen("in the step")

    def fail() -> None:
        with report.working("another step"):
            report.seen("before it failed")
            raise FailedError

    with pytest.raises(FailedError):
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
