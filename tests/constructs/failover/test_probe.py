"""What a probe asks, as the functions read it; and what cannot be asked."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest

from ddns_constructs._common.arguments import Problems
from ddns_constructs._failover.probe import Probe, check_probe

_SECOND = cdk.Duration.seconds(1)


@pytest.mark.parametrize(
    ("probe", "read"),
    (
        (Probe.tcp(5432), {"kind": "tcp", "port": 5432, "timeout": 1.0}),
        (
            Probe.tcp(22, timeout=cdk.Duration.millis(250)),
            {"kind": "tcp", "port": 22, "timeout": 0.25},
        ),
        (
            Probe.http(),
            {"kind": "http", "port": 80, "path": "/", "tls": False, "timeout": 1.0},
        ),
        (
            Probe.http(tls=True),
            {"kind": "http", "port": 443, "path": "/", "tls": True, "timeout": 1.0},
        ),
        (
            Probe.http(
                path="/health?deep=1",
                port=8080,
                statuses=[204, 200, 200],
                text="bereit für alles",
                timeout=cdk.Duration.seconds(2),
            ),
            {
                "kind": "http",
                "port": 8080,
                "path": "/health?deep=1",
                "statuses": [200, 204],
                "text": "bereit für alles",
                "tls": False,
                "timeout": 2.0,
            },
        ),
    ),
)
def test_a_probe_is_read_as_it_was_written(probe: Probe, read: dict[str, Any]) -> None:
    problems = Problems()
    check_probe("check", probe, problems)
    problems.raise_any("Any")
    assert json.loads(probe.as_json()) == read
    assert probe.port == read["port"]
    assert probe.timeout_millis == read["timeout"] * 1_000


@pytest.mark.parametrize(
    ("probe", "text"),
    (
        (
            Probe.tcp(0),
            "'check.port' must be a whole number from 1 to 65,535, got 0: e.g. Probe.tcp(5432)",
        ),
        (
            Probe.tcp(int(cdk.Token.as_number({"Ref": "Port"}))),
            "'check.port' must be known at synthesis, got a token: use a number",
        ),
        (
            Probe.tcp(22, timeout=cdk.Duration.millis(50)),
            (
                "'check.timeout' must be from 100 milliseconds to 2 seconds, got 50 millis: "
                "omit it to use 1 second"
            ),
        ),
        (
            Probe.tcp(22, timeout=cdk.Duration.seconds(3)),
            (
                "'check.timeout' must be from 100 milliseconds to 2 seconds, got 3 seconds: "
                "omit it to use 1 second"
            ),
        ),
        (
            Probe.tcp(22, timeout=cdk.Duration.seconds(cdk.Token.as_number("x"))),
            "'check.timeout' must be known at synthesis, got a token: use a number",
        ),
        (
            Probe.tcp(22, timeout=2),  # type: ignore[arg-type]
            "'check.timeout' must be a Duration, got 2: write e.g. Duration.millis(500)",
        ),
        (
            Probe.http(port=70_000),
            (
                "'check.port' must be a whole number from 1 to 65,535, got 70000: omit it to "
                "use 80, or 443 with 'tls'"
            ),
        ),
        (
            Probe.http(path="health"),
            (
                "'check.path' must begin with a slash and be visible ASCII characters without "
                "'#', 255 at most, got 'health': write e.g. '/health'"
            ),
        ),
        (
            Probe.http(path="/a b"),
            (
                "'check.path' must begin with a slash and be visible ASCII characters without "
                "'#', 255 at most, got '/a b': write e.g. '/health'"
            ),
        ),
        (
            Probe.http(path=cdk.Token.as_string({"Ref": "Path"})),
            "'check.path' must be known at synthesis, got a token: write the path out",
        ),
        (
            Probe.http(statuses=[]),
            "'check.statuses' must have one at least: omit it to take all of 200 to 399",
        ),
        (
            Probe.http(statuses=[200, 20]),
            (
                "'check.statuses[1]' must be a whole number from 100 to 599, got 20: omit "
                "'statuses' to take all of 200 to 399"
            ),
        ),
        (
            Probe.http(text=""),
            (
                "'check.text' must be a text of 1 to 255 characters, got '': omit it to leave "
                "the body unread"
            ),
        ),
        (
            Probe.http(text=cdk.Token.as_string({"Ref": "Text"})),
            "'check.text' must be known at synthesis, got a token: write the text out",
        ),
        (
            Probe.http(tls="yes"),  # type: ignore[arg-type]
            "'check.tls' must be a bool, got 'yes': write True or False",
        ),
        (
            5432,
            "'check' must be a Probe, got 5432: write e.g. Probe.tcp(5432) or Probe.http(path='/')",
        ),
    ),
)
def test_what_cannot_be_asked_is_refused(probe: object, text: str) -> None:
    problems = Problems()
    check_probe("check", probe, problems)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        problems.raise_any("Any")
    assert str(caught.value) == text


def test_a_single_status_is_no_list() -> None:
    with pytest.raises(TypeError, match=r"write check.statuses=\[200\]"):
        check_probe("check", Probe.http(statuses=200), Problems())  # type: ignore[arg-type]


def test_everything_that_is_wrong_is_listed_at_once() -> None:
    problems = Problems()
    check_probe("check", Probe.http(path="x", port=0, text="", tls=True), problems)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        problems.raise_any("NameFailover")
    assert str(caught.value).count("\n- ") == 3
