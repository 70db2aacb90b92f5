"""HTTP on loopback, as old routers and new clients speak it."""

from __future__ import annotations

import contextlib
import errno
import http.client
import socket
import ssl
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from ddns_constructs.local.certificate import Certificate
from ddns_constructs.local.http import url_server
from ddns_constructs.local.http.url_event import LARGEST, HttpAnswer, HttpRequest
from ddns_constructs.local.http.url_server import UrlServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Service:
    """Remembers requests and answers each in the same way."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []
        self.answer = HttpAnswer(200, (("Content-Type", "text/plain"),), b"good 1.2.3.4")

    def respond(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request)
        return self.answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.write(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def server(service: Service, certificate: Certificate) -> Iterator[UrlServer]:
    running = UrlServer(service.respond, certificate)
    yield running
    running.close()


def endpoint(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def sent(server: UrlServer, *parts: bytes) -> bytes:
    """Send bytes, say that there are no more, and return everything that comes back."""
    with socket.create_connection(endpoint(server.urls()[0]), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_request_arrives_as_it_was_sent(server: UrlServer, service: Service) -> None:
    connection = http.client.HTTPConnection(*endpoint(server.urls()[0]), timeout=10)
    with contextlib.closing(connection):
        connection.request("POST", "//nic/update?a=%2C", b"x=1", {"X-Odd": "1"})
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"good 1.2.3.4")
        assert response.headers["Content-Length"] == "12"
        assert "Transfer-Encoding" not in response.headers
    (request,) = service.requests
    assert request[:3] == ("POST", "//nic/update?a=%2C", "HTTP/1.1")
    assert request.body == b"x=1"
    assert ("X-Odd", "1") in request.headers
    assert request.peer == "127.0.0.1"


def test_a_connection_serves_several_requests(server: UrlServer, service: Service) -> None:
    connection = http.client.HTTPConnection(*endpoint(server.urls()[0]), timeout=10)
    with contextlib.closing(connection):
        for body in (b"1", b"", b"3"):
            connection.request("PUT", "/", body)
            connection.getresponse().read()
    assert [request.body for request in service.requests] == [b"1", b"", b"3"]


def test_http_1_0_gets_an_answer_with_a_length_and_an_end(
    server: UrlServer, service: Service
) -> None:
    head, _, body = sent(server, b"GET /x HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Content-Length: 12" in head
    assert b"Connection: close" in head
    assert body == b"good 1.2.3.4"
    assert service.requests[0].version == "HTTP/1.0"


def test_the_peer_is_the_address_that_the_client_has_bound(
    server: UrlServer, service: Service
) -> None:
    try:
        connection = http.client.HTTPConnection(
            *endpoint(server.urls()[0]), timeout=10, source_address=("127.0.0.2", 0)
        )
        connection.request("GET", "/")
    except OSError:
        pytest.skip("this machine has one loopback address")
    with contextlib.closing(connection):
        connection.getresponse().read()
    assert service.requests[0].peer == "127.0.0.2"


def test_a_chunked_body_is_put_together(server: UrlServer, service: Service) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"3\r\nabc\r\n2;odd=1\r\nde\r\n0\r\nTrailer: 1\r\n\r\n"
    sent(server, head, body, b"GET /next HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert [(each.target, each.body) for each in service.requests] == [
        ("/", b"abcde"),
        ("/next", b""),
    ]


@pytest.mark.parametrize(
    "head", (b"Content-Length: many", b"Content-Length: 1\r\nTransfer-Encoding: chunked")
)
def test_a_body_of_unknown_length_is_a_bad_request(
    server: UrlServer, service: Service, head: bytes
) -> None:
    answer = sent(server, b"POST / HTTP/1.1\r\n" + head + b"\r\n\r\nxyz\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b'{"message": "Bad Request"}')
    assert not service.requests


@pytest.mark.parametrize("target", (b"[", b"http://[", b"*", b"nic/update"))
def test_a_target_that_is_no_path_is_a_bad_request(
    server: UrlServer, service: Service, target: bytes
) -> None:
    answer = sent(server, b"GET " + target + b" HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not service.requests


def test_what_is_no_http_gets_a_short_answer(server: UrlServer, service: Service) -> None:
    answer = sent(server, b"hello there you\r\n\r\n")
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert not service.requests


def test_six_megabytes_and_more_are_too_large_and_the_connection_goes_on(
    server: UrlServer, service: Service
) -> None:
    connection = http.client.HTTPConnection(*endpoint(server.urls()[0]), timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", "/", b"x" * (LARGEST + 1))
        response = connection.getresponse()
        assert (response.status, response.read()) == (
            413,
            b'{"message": "Request Entity Too Large"}',
        )
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
    assert len(service.requests) == 1


def test_what_goes_on_and_on_is_not_read_to_its_end(
    server: UrlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(url_server, "_MOST_DISCARDED", LARGEST + 1024)
    connection = http.client.HTTPConnection(*endpoint(server.urls()[0]), timeout=20)
    with contextlib.closing(connection):
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", str(LARGEST * 10))
        # As much as is read: what is sent to a closed connection would be an error of ours.
        connection.endheaders(b"x" * (LARGEST + 1025))
        response = connection.getresponse()
        assert response.status == 413
        assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("method", ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"))
def test_every_method_reaches_the_function(
    server: UrlServer, service: Service, method: str
) -> None:
    assert sent(server, f"{method} / HTTP/1.0\r\n\r\n".encode()).endswith(b"good 1.2.3.4")
    assert service.requests[0].method == method


def test_the_answer_to_head_has_a_length_and_no_body(server: UrlServer) -> None:
    answer = sent(server, b"HEAD / HTTP/1.0\r\n\r\n")
    assert b"Content-Length: 12" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_no_content_has_neither(server: UrlServer, service: Service) -> None:
    service.answer = HttpAnswer(204, (("Allow", "GET"),), b"")
    answer = sent(server, b"OPTIONS / HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert b"Content-Length" not in answer


@pytest.mark.parametrize("place", (1, 3))
def test_https_shows_a_certificate_for_the_address(
    server: UrlServer, certificate: Certificate, service: Service, place: int
) -> None:
    url = server.urls()[place]
    if not url:
        pytest.skip("this machine has no IPv6")
    trusting = ssl.create_default_context(cafile=str(certificate.certificate))
    host, port = endpoint(url)
    connection = http.client.HTTPSConnection(host, port, timeout=10, context=trusting)
    with contextlib.closing(connection):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"good 1.2.3.4"
    assert service.requests[0].peer == host


def test_a_client_that_does_not_trust_it_does_no_harm(
    server: UrlServer, service: Service, certificate: Certificate
) -> None:
    host, port = endpoint(server.urls()[1])
    strange = http.client.HTTPSConnection(
        host, port, timeout=10, context=ssl.create_default_context()
    )
    with contextlib.closing(strange), pytest.raises(ssl.SSLError):
        strange.request("GET", "/")
    with socket.create_connection((host, port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"good" not in plain.recv(1024)
    assert not service.requests
    trusting = ssl.create_default_context(cafile=str(certificate.certificate))
    good = http.client.HTTPSConnection(host, port, timeout=10, context=trusting)
    with contextlib.closing(good):
        good.request("GET", "/")
        assert good.getresponse().status == 200


def test_closing_ends_open_connections_and_their_threads(
    service: Service, certificate: Certificate
) -> None:
    before = set(threading.enumerate())
    server = UrlServer(service.respond, certificate)
    urls = [url for url in server.urls() if url]
    trusting = ssl.create_default_context(cafile=str(certificate.certificate))
    with contextlib.ExitStack() as stack:
        for url in urls:
            host, port = endpoint(url)
            idle = stack.enter_context(socket.create_connection((host, port), timeout=10))
            if url.startswith("https"):
                idle = stack.enter_context(trusting.wrap_socket(idle, server_hostname=host))
            idle.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert idle.recv(8)
        server.close()
    assert set(threading.enumerate()) <= before
    for url in urls:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(endpoint(url), timeout=1)


def test_a_machine_without_ipv6_has_ipv4(
    service: Service, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_server = socket.create_server

    def create(address: tuple[str, int], **options: object) -> socket.socket:
        if address[0] == "::1":
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        return create_server(address, **options)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(url_server.socket, "create_server", create)
    server = UrlServer(service.respond, certificate)
    try:
        assert server.urls()[2:] == ("", "")
        assert sent(server, b"GET / HTTP/1.0\r\n\r\n").endswith(b"good 1.2.3.4")
    finally:
        server.close()


def test_a_port_that_somebody_else_has_on_ipv6_is_not_used(
    service: Service, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_server = socket.create_server
    refused = []

    def create(address: tuple[str, int], **options: object) -> socket.socket:
        if address[0] == "::1" and not refused:
            refused.append(address)
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return create_server(address, **options)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(url_server.socket, "create_server", create)
    server = UrlServer(service.respond, certificate)
    try:
        assert refused[0][1] != endpoint(server.urls()[0])[1]
    finally:
        server.close()


def test_the_key_is_for_nobody_else(tmp_path: Path) -> None:
    assert Certificate.write(tmp_path).key.stat().st_mode & 0o077 == 0
