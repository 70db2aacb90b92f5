"""The real ddclient, inadyn and curl read answers as their rules say, and as the page does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import pytest

from ddns_constructs.cli.router_settings import settings_of
from ddns_constructs.local.certificate import Certificate
from ddns_constructs.local.http.url_event import HttpAnswer, HttpRequest
from ddns_constructs.local.http.url_server import UrlServer
from tests.clients.answers import BROKEN_OFF, HOST, IPV4, IPV6, THROTTLED, TOKEN, Answer
from tests.clients.conftest import Host, Programs, needs
from tests.clients.readers import CLIENTS, Reading
from tests.clients.test_ddclient import Ddclient
from tests.clients.test_inadyn import Inadyn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWERS = [
    Answer(200, f"good {IPV4}"),
    Answer(200, f"good {IPV4},{IPV6}"),
    Answer(200, f"nochg {IPV4}"),
    Answer(401, "badauth"),
    Answer(403, "abuse"),
    Answer(403, "nohost"),
    Answer(503, "dnserr"),
    Answer(503, "911"),
    *THROTTLED.values(),
    BROKEN_OFF,
]


class Answering(NamedTuple):
    """A server that gives one answer after the other, the last one for ever."""

    programs: Programs
    answers: list[Answer]
    paths: list[str]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.write(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(certificate: Certificate) -> Iterator[Answering]:
    answers: list[Answer] = []
    paths: list[str] = []

    def respond(request: HttpRequest) -> HttpAnswer:
        paths.append(request.target)
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        if not status:
            raise ConnectionResetError  # it ends the connection, and no more is said
        return HttpAnswer(status, (("Content-Type", "text/plain"),), body.encode())

    served = UrlServer(respond, certificate)
    yield Answering(Programs(served.urls()[1], certificate.certificate), answers, paths)
    served.close()


def rule(name: str, answer: Answer) -> Reading:
    settings = settings_of(name, url="https://127.0.0.1/", host=HOST, token=TOKEN)
    return CLIENTS[name].reads(settings, IPV4, answer)


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_ddclient(server: Answering, tmp_path: Path, answer: Answer) -> None:
    ddclient = Ddclient(server.programs, Host(HOST, TOKEN, ""), tmp_path)
    ddclient.states(IPV4)
    server.answers.append(answer)
    first = ddclient.run()
    assert len(server.paths) == 1
    if rule("ddclient", answer) is Reading.SUCCESS:
        assert re.search(f"updating {HOST}: (good|nochg): ", first)
        assert not ddclient.run(forget=False), "it knows that nothing has changed"
    else:
        assert not re.search("SUCCESS|good|nochg", first)
        again = ddclient.run(forget=False)
        assert re.search("last attempt .* failed", again)
        assert "Wait at least 5 minutes between update attempts" in again


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
@pytest.mark.parametrize("options", (("--continue-on-error",), ()), ids=("printed", "unifi"))
def test_inadyn(
    server: Answering, tmp_path: Path, answer: Answer, options: tuple[str, ...]
) -> None:
    inadyn = Inadyn(server.programs, Host(HOST, TOKEN, ""), tmp_path)
    server.answers.append(answer)
    said, goes_on = inadyn.start(IPV4, *options)
    if "Successful alias table update" in said:
        reading = Reading.SUCCESS
    else:
        reading = Reading.AGAIN if goes_on else Reading.ENDS
    assert reading is rule("inadyn" if options else "unifi", answer), said


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_curl(server: Answering, tmp_path: Path, answer: Answer) -> None:
    needs("curl")
    server.answers.append(answer)
    done = _curl(server.programs, tmp_path, "--retry", "0")
    assert (done == 0) is (rule("curl", answer) is Reading.SUCCESS)


def test_curl_tries_again_while_trouble_passes_and_not_after_a_refusal(
    server: Answering, tmp_path: Path
) -> None:
    needs("curl")
    throttled = THROTTLED["throttled by Lambda"]
    server.answers.extend((Answer(503, "911"), throttled, Answer(200, f"good {IPV4}")))
    assert _curl(server.programs, tmp_path, "--retry-delay", "1") == 0
    assert len(server.paths) == 3
    server.answers[:] = [Answer(403, "abuse")]
    assert _curl(server.programs, tmp_path) != 0
    assert len(server.paths) == 4


def test_a_name_with_a_star_is_sent_as_it_is(server: Answering, tmp_path: Path) -> None:
    star = Host("*.home.example.com", TOKEN, "")
    server.answers.append(Answer(200, f"good {IPV4}"))
    ddclient = Ddclient(server.programs, star, tmp_path)
    ddclient.states(IPV4)
    assert f"updating {star.name}: good: " in ddclient.run()
    inadyn = Inadyn(server.programs, star, tmp_path)
    assert f"update for {star.name} => " in inadyn.start(IPV4, "--continue-on-error")[0]
    assert _curl(server.programs, tmp_path, host=star.name) == 0
    assert [unquote(path).count(f"={star.name}") for path in server.paths] == [1, 1, 1]


def test_ddclient_makes_another_request_for_hosts_with_another_login(
    server: Answering, tmp_path: Path
) -> None:
    ddclient = Ddclient(server.programs, Host(HOST, TOKEN, ""), tmp_path)
    ddclient.states(IPV4)
    ddclient.settings += "www.example.com\nlogin=more\nnas.example.com\n"
    server.answers.append(Answer(200, f"good {IPV4}\ngood {IPV4}"))
    ddclient.run()
    sent = [re.findall(r"hostname=([^&]*)", path)[0].split(",") for path in server.paths]
    assert sorted(sent) == [["home.example.com", "www.example.com"], ["nas.example.com"]]


def _curl(programs: Programs, folder: Path, *options: str, host: str = HOST) -> int:
    """Do what is printed, and return the status of the last line."""
    text = settings_of("curl", url=programs.https, host=host, token=TOKEN)
    (keep,) = re.findall(r"^\(umask.*$", text, re.MULTILINE)
    (line,) = re.findall(r"^curl .*$", text, re.MULTILINE)
    typed = "\n".join(re.findall(r"^\w+ = .*$", text, re.MULTILINE))
    programs.run("sh", "-c", keep, folder=folder, typed=typed)
    return programs.run("sh", "-c", " ".join((line, *options)), folder=folder).returncode
