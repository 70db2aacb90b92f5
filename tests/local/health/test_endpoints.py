"""A look at an endpoint, over real sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local.certificate import Certificate
from ddns_constructs.local.health import endpoints
from ddns_constructs.local.health.endpoints import Endpoint, Look, look_at
from ddns_constructs.local.health.status import Check
from ddns_constructs.local.http.url_event import HttpAnswer, HttpRequest
from ddns_constructs.local.http.url_server import UrlServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Final

HOST: Final = "127.0.0.1"


class Site:
    """An HTTP and HTTPS server that answers as a test says, and remembers what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.answer = HttpAnswer(200, (), b"ok")
        self.asked: list[HttpRequest] = []
        self._server = UrlServer(self._respond, Certificate.write(folder))
        self.ports = {
            url.partition(":")[0].upper(): int(url.rstrip("/").rpartition(":")[2])
            for url in self._server.urls()[:2]
        }

    def _respond(self, request: HttpRequest) -> HttpAnswer:
        self.asked.append(request)
        return self.answer

    def close(self) -> None:
        self._server.close()

    def look(self, kind: str = "HTTP", **settings: object) -> Look:
        port = self.ports[kind.partition("_")[0]]
        check = Check("id", kind, port=port, **settings)  # type: ignore[arg-type] # a test's choice
        return look_at(check, Endpoint(HOST, port))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    running = Site(tmp_path)
    yield running
    running.close()


@contextlib.contextmanager
def speaking(words: bytes, *, hold: bool = False) -> Iterator[int]:
    """A server that says these words to one client, whatever it asks; yields the port."""
    with socket.create_server((HOST, 0)) as listening:
        leave = threading.Event()

        def serve() -> None:
            client, _ = listening.accept()
            with client:
                client.sendall(words)
                if hold:
                    leave.wait(30)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            leave.set()
            thread.join()


def closed_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


def test_an_open_tcp_port_passes_and_a_closed_one_does_not() -> None:
    check = Check("id", "TCP")
    with speaking(b"") as port:
        assert look_at(check, Endpoint(HOST, port)).passed
    seen = look_at(check, Endpoint(HOST, closed_port()))
    assert not seen.passed
    assert seen.why.startswith("Failure: ")
    assert "refused" in seen.why


@pytest.mark.parametrize("kind", ("HTTP", "HTTPS"))
@pytest.mark.parametrize(
    ("status", "passed"), ((200, True), (204, True), (302, True), (400, False), (503, False))
)
def test_2xx_and_3xx_pass(site: Site, kind: str, status: int, passed: bool) -> None:  # noqa: FBT001 - a row
    site.answer = HttpAnswer(status, (), b"")
    seen = site.look(kind)
    assert seen.passed is passed
    assert f"HTTP Status Code {status}" in seen.why


def test_the_request_is_that_of_a_checker(site: Site) -> None:
    site.look(host="db.example.com", path="/db?deep=1")
    (request,) = site.asked
    assert (request.method, request.target) == ("GET", "/db?deep=1")
    headers = {name.lower(): value for name, value in request.headers}
    assert headers["host"] == f"db.example.com:{site.ports['HTTP']}"
    assert headers["user-agent"].startswith("Amazon-Route53-Health-Check-Service")


@pytest.mark.parametrize(
    ("body", "passed"),
    (
        (b"all is up", True),
        (b"all is down", False),
        (b"." * 5118 + b"up", True),
        (b"." * 5119 + b"up", False),
    ),
)
def test_a_text_has_to_be_in_the_first_5120_bytes(site: Site, body: bytes, passed: bool) -> None:  # noqa: FBT001 - a row
    site.answer = HttpAnswer(200, (), body)
    assert site.look("HTTP_STR_MATCH", text="up").passed is passed


def test_an_endpoint_that_says_nothing_fails_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "_HTTP_ANSWERED", 0.05)
    with speaking(b"", hold=True) as port:
        seen = look_at(Check("id", "HTTP", port=port), Endpoint(HOST, port))
    assert seen == Look(passed=False, why="Failure: timed out")


@pytest.mark.parametrize("words", (b"", b"not http\r\n\r\n", b"HTTP/1.1\r\n"))
def test_what_does_not_speak_http_fails(words: bytes) -> None:
    with speaking(words) as port:
        assert not look_at(Check("id", "HTTP", port=port), Endpoint(HOST, port)).passed


def test_what_does_not_speak_tls_fails_and_leaves_no_connection() -> None:
    with speaking(b"HTTP/1.1 200 OK\r\n\r\n") as port:
        assert not look_at(Check("id", "HTTPS", port=port), Endpoint(HOST, port)).passed
