"""What NameFailover writes into the environment is what its relay and its canary read from it."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from ddns.core.failover.checks import HTTP, TCP
from ddns.failover.primary import PrimarySettings
from ddns.failover.relay import MOST_SECONDS
from ddns_constructs import Detection, Endpoint, Probe
from tests.constructs.failover.naming import Named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "Db"}
_DETECTIONS = (Detection.relay(), Detection.alarm())
_BOTH = {
    "primary": Endpoint.addresses(ipv4=["10.0.1.5", "10.0.1.6"], ipv6=["2001:db8:1::5"]),
    "secondary": Endpoint.addresses(ipv4=["10.0.2.5"], ipv6=["2001:db8:2::5"]),
}
_NAMES = {
    "primary": Endpoint.dns_name("one.example.com"),
    "secondary": Endpoint.dns_name("two.example.com"),
}


def _read(named: Named) -> PrimarySettings:
    return PrimarySettings.from_environment({**named.variables(), **_LAMBDA})


@pytest.mark.parametrize("detection", _DETECTIONS)
def test_the_places_are_those_that_are_probed(detection: Detection) -> None:
    endpoints = _read(Named.relayed(detection=detection, **_BOTH)).endpoints
    assert endpoints.primary == ("10.0.1.5", "10.0.1.6", "2001:db8:1::5")
    assert endpoints.others == ("10.0.2.5", "2001:db8:2::5")


@pytest.mark.parametrize("detection", _DETECTIONS)
def test_names_are_probed_as_names(detection: Detection) -> None:
    endpoints = _read(Named.relayed(detection=detection, **_NAMES)).endpoints
    assert (endpoints.primary, endpoints.others) == (("one.example.com",), ("two.example.com",))


@pytest.mark.parametrize("detection", _DETECTIONS)
@pytest.mark.parametrize(
    ("probe", "expected"),
    (
        (Probe.tcp(5432), {"kind": TCP, "port": 5432}),
        (Probe.http(path="/up?deep=1"), {"kind": HTTP, "port": 80, "path": "/up?deep=1"}),
        (Probe.http(tls=True), {"kind": HTTP, "port": 443, "tls": True}),
        (Probe.http(text="ok", statuses=[200, 204]), {"text": "ok"}),
    ),
)
def test_the_check_is_understood(
    detection: Detection, probe: Probe, expected: dict[str, Any]
) -> None:
    check = _read(Named.relayed(detection=detection, check=probe)).check
    assert {name: getattr(check, name) for name in expected} == expected


def test_two_tries_of_a_relay_fit_and_a_canary_has_the_time_that_was_asked_for() -> None:
    relay, canary = (_read(Named.relayed(detection=each)).check for each in _DETECTIONS)
    assert relay.timeout == MOST_SECONDS
    assert canary.timeout == 1.0


@pytest.mark.parametrize("detection", _DETECTIONS)
def test_a_canary_of_the_longest_check_ends_before_its_function_does(detection: Detection) -> None:
    timeout = None if detection is _DETECTIONS[0] else cdk.Duration.seconds(2)
    named = Named.relayed(detection=detection, check=Probe.tcp(5432, timeout=timeout))
    tries = 2 * (_read(named).check.timeout + 0.3) + 0.1
    assert tries < named.function()["Timeout"]


def _load(named: Named, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import the handler that the function names, in its environment."""
    module, _, entry = named.function()["Handler"].rpartition(".")
    assert entry == "handler"
    for name, value in {**named.variables(), **_LAMBDA}.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module(module))


def _ask(module: ModuleType, path: str) -> Mapping[str, Any]:
    request = {"rawPath": path, "requestContext": {"http": {"method": "GET", "path": path}}}
    answer: Mapping[str, Any] = module.handler(request, None)
    return answer


def test_the_relay_answers_at_the_paths_that_the_health_checks_ask_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = Named.relayed()
    relay = _load(named, monkeypatch)
    asked: list[Any] = []
    monkeypatch.setattr(relay._made, "_look", lambda: asked.append(1))
    paths = {named.check(f"Relay{each}")["ResourcePath"] for each in ("1Down", "1Up")}
    assert paths == {named.check(f"Relay{each}")["ResourcePath"] for each in ("2Down", "2Up")}
    assert [_ask(relay, each)["statusCode"] for each in paths] == [503, 503]
    assert asked == [1, 1]
    assert _ask(relay, "/")["statusCode"] == 404
    assert asked == [1, 1]


@pytest.mark.parametrize(("seen", "values"), (("up", [1]), ("down", [0]), ("unknown", None)))
def test_the_canary_counts_what_the_alarm_watches(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seen: str,
    values: list[int] | None,
) -> None:
    named = Named.relayed(detection=Detection.alarm())
    canary = _load(named, monkeypatch)
    monkeypatch.setattr(canary._primary, "look", lambda: (seen, "why"))
    canary.handler({}, None)
    alarm = named.only("AWS::CloudWatch::Alarm")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [line for line in lines if "_aws" in line]
    assert [line[alarm["MetricName"]] for line in counted] == ([] if values is None else [values])
    for line in counted:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == alarm["Namespace"]
        assert directive["Dimensions"] == [[each["Name"] for each in alarm["Dimensions"]]]
