"""What demonstrations share bears a slow machine, and a proxy in the environment."""

from __future__ import annotations

import io
import itertools
import json
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.query
import pytest
from rich.console import Console

from ddns_constructs.cli.local.demo import stage as _stage
from ddns_constructs.cli.local.demo.http_stage import HttpStage
from ddns_constructs.cli.local.demo.stage import Stage, StepFailedError
from ddns_constructs.cli.report import Report
from ddns_constructs.local.certificate import Certificate
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.dns.client import Dns, Response
from ddns_constructs.local.dns.server import DnsServer
from ddns_constructs.local.dns.zones import zone_from_record_sets
from ddns_constructs.local.http.url_event import HttpAnswer, HttpRequest
from ddns_constructs.local.http.url_server import UrlServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "a.example.com"
VALUES = [{"Value": "10.0.0.5"}]
RECORD = {"Name": f"{NAME}.", "Type": "A", "TTL": 60, "ResourceRecords": VALUES}


@pytest.fixture
def client() -> Iterator[Dns]:
    running = DnsServer(lambda: [zone_from_record_sets("example.com.", [RECORD], private=True)])
    yield Dns(running.port(View.PRIVATE), running.port(View.PUBLIC))
    running.close()


def stage(**aws: Any) -> Stage:  # noqa: ANN401 - parts of a local AWS
    report = Report(Console(file=io.StringIO()))
    return Stage(SimpleNamespace(**aws), {}, report)  # type: ignore[arg-type] # a stand-in


@pytest.fixture
def unanswered(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let as many questions as are said time out."""
    ask = dns.query.udp_with_fallback

    def drop(count: int) -> None:
        left = [dns.exception.Timeout] * count

        def asked(*arguments: Any, **more: Any) -> object:  # noqa: ANN401 - dnspython's
            if left:
                raise left.pop()
            return ask(*arguments, **more)

        monkeypatch.setattr(dns.query, "udp_with_fallback", asked)

    return drop


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds go by from one look at the clock to the next."""

    def ticking(seconds: float) -> None:
        clock = SimpleNamespace(monotonic=itertools.count(0.0, seconds).__next__, sleep=bool)
        monkeypatch.setattr(_stage, "time", clock)

    return ticking


def test_a_question_without_an_answer_is_asked_again(
    client: Dns, unanswered: Callable[[int], None]
) -> None:
    unanswered(2)
    assert client.wait_for(NAME).values == ("10.0.0.5",)
    unanswered(2)
    stage(dns=client).expect(NAME, "A", "10.0.0.5")


def test_no_answer_at_all_ends_with_the_patience(
    client: Dns, unanswered: Callable[[int], None], slow: Callable[[float], None]
) -> None:
    unanswered(9)
    slow(25.0)
    complaint = rf"within 60 s: in the VPC, {NAME} A: NXDOMAIN\nseen: .* A: no answer yet"
    with pytest.raises(StepFailedError, match=complaint):
        stage(dns=client).expect(NAME, "A", status="NXDOMAIN")


def test_a_question_that_is_asked_once_still_fails(
    client: Dns, unanswered: Callable[[int], None]
) -> None:
    unanswered(1)
    with pytest.raises(dns.exception.Timeout):
        client.ask(NAME)


def test_what_takes_most_of_a_minute_still_counts(slow: Callable[[float], None]) -> None:
    answers = iter([Response("NXDOMAIN", ()), Response("NXDOMAIN", ())])
    last = Response("NOERROR", ("10.0.0.5",))
    late = SimpleNamespace(ask_once=lambda *_: next(answers, last))
    slow(22.0)
    stage(dns=late).expect(NAME, "A", "10.0.0.5")


class OverHttp(HttpStage):
    base = ""


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def respond(_: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, (("Content-Type", "application/json"),), json.dumps("here").encode())

    for variable in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    for variable in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    certificate = Certificate.write(tmp_path)
    server = UrlServer(respond, certificate)
    parts: Any = SimpleNamespace(certificate=certificate.certificate)
    try:
        caller = OverHttp(parts, {}, Report(Console(file=io.StringIO())))
        url = next(each for each in server.urls() if each.startswith("https"))
        assert caller.curl("/", base=url.rstrip("/")).body == '"here"'
    finally:
        server.close()
