"""Lines and metrics of a request, as Lambda sends them on at each application log level."""

from __future__ import annotations

import io
from typing import Any

import pytest

from ddns.reporting import Report
from tests.fakes.clock import FakeClock
from tests.fakes.lambda_logs import LEVELS, kept

HOST = "home.example.com"


def written(log_level: str) -> list[dict[str, Any]]:
    """Write a good request, a bad one, and an error; return what Lambda keeps of them."""
    stream = io.StringIO()
    report = Report("ddns", FakeClock(), stream, log_level=log_level)
    report.request("INFO", {"Unchanged": 1, "Changed": 0}, [HOST], source="192.0.2.1")
    report.request("WARN", {"BadAuth": 1}, source="192.0.2.2")
    report.line("ERROR", "hosts cannot be read", reason="no answer")
    return kept(stream.getvalue(), log_level)


@pytest.mark.parametrize("log_level", LEVELS)
def test_no_log_level_loses_a_metric_or_an_error(log_level: str) -> None:
    lines = written(log_level)
    counted = [
        (name["Name"], line[name["Name"]], [line[each] for each in directive["Dimensions"][0]])
        for line in lines
        if "_aws" in line
        for directive in line["_aws"]["CloudWatchMetrics"]
        for name in directive["Metrics"]
    ]
    assert counted == [
        ("Unchanged", 1, ["ddns"]),
        ("HostSeen", 1, ["ddns", HOST]),
        ("BadAuth", 1, ["ddns"]),
    ]
    assert [line["reason"] for line in lines if "reason" in line] == ["no answer"]


@pytest.mark.parametrize(
    ("log_level", "sources"),
    (
        ("DEBUG", ["192.0.2.1", "192.0.2.2"]),
        ("INFO", ["192.0.2.1", "192.0.2.2"]),
        ("WARN", ["192.0.2.2"]),
        ("ERROR", []),
    ),
)
def test_of_a_request_below_the_log_level_the_metrics_are_all_that_is_written(
    log_level: str, sources: list[str]
) -> None:
    assert [line["source"] for line in written(log_level) if "source" in line] == sources


def test_a_line_without_a_level_or_without_its_time_would_be_lost() -> None:
    when = '"timestamp": "2026-11-28T12:00:00.000+00:00"'
    assert kept(f'{{"level": "ERROR", {when}}}', "WARN")
    assert not kept('{"level": "ERROR"}', "WARN")
    assert not kept('{"level": "ERROR", "timestamp": "2026-11-28 12:00:00"}', "WARN")
    assert not kept(f"{{{when}}}", "WARN")


def test_a_text_log_has_no_level_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_LOG_LEVEL", raising=False)
    stream = io.StringIO()
    Report("ddns", FakeClock(), stream).line("INFO", "all is well")
    assert "all is well" in stream.getvalue()
