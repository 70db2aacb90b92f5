"""Probes against real servers on loopback."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters import sockets
from ddns.adapters.sockets import probe, probe_all
from ddns.core.failover.checks import HTTP, TCP, Check
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer
from ddns_constructs.local.certificate import Certificate
from tests.adapters.servers import (
    Peer,
    Server,
    answering,
    closed_port,
    dripping,
    endless,
    full_port,
    resetting,
    silent,
)

if TYPE_CHECKING:
    from pathlib import Path

HERE = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
SHORT = 0.3
# A probe is over within its time-out and this, on a machine that has other things to do, too.
SLACK = 4.0


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a probe that a busy machine makes late: what it says is under test."""
    monkeypatch.setattr(sockets, "_GRACE", 30.0)


def tcp(port: int, timeout: float = 2.0) -> Check:
    return Check(TCP, port, timeout)


def http(port: int, timeout: float = 2.0, **more: Any) -> Check:  # noqa: ANN401 - fields
    return Check(HTTP, port, timeout, **more)


def seen(answer: Answer) -> tuple[str, str]:
    return answer.seen, answer.why


class TestTcp:
    def test_an_open_port_is_up_without_a_word(self) -> None:
        with Server(silent) as server:
            assert seen(probe(tcp(server.port), HERE)) == (UP, "connected")

    def test_ipv6_is_as_good(self) -> None:
        with Server(silent, "::1") as server:
            assert probe(tcp(server.port), "::1").seen == UP

    def test_a_closed_port_is_down(self) -> None:
        with closed_port() as port:
            assert seen(probe(tcp(port), HERE)) == (DOWN, "connection refused")

    def test_a_host_that_does_not_answer_is_down_when_the_time_is_over(self) -> None:
        begin = time.monotonic()
        with full_port() as port:
            answer = probe(tcp(port, SHORT), HERE)
        assert seen(answer) == (DOWN, "no answer within 0.3 s")
        assert SHORT <= time.monotonic() - begin < SHORT + SLACK
        assert answer.ms >= SHORT * 1000


class TestHttp:
    def test_a_good_status_is_up(self) -> None:
        with Server(answering(OK, b"ok")) as server:
            found = probe(http(server.port, path="/health?a=b"), HERE)
        assert seen(found) == (UP, "status 200")
        request = server.requests[0].decode()
        assert request.startswith("GET /health?a=b HTTP/1.1\r\n")
        assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in request

    def test_an_ipv6_address_is_written_in_brackets(self) -> None:
        with Server(answering(OK, b"ok"), "::1") as server:
            assert probe(http(server.port), "::1").seen == UP
        assert f"Host: [::1]:{server.port}\r\n" in server.requests[0].decode()

    def test_a_wrong_status_is_down(self) -> None:
        with Server(answering(b"HTTP/1.1 503 Busy\r\n\r\n")) as server:
            assert seen(probe(http(server.port), HERE)) == (DOWN, "status 503")

    def test_a_redirect_is_not_followed(self) -> None:
        moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
        with Server(answering(moved)) as server:
            assert seen(probe(http(server.port), HERE)) == (UP, "status 302")
        assert len(server.requests) == 1

    def test_the_text_may_come_in_parts(self) -> None:
        with Server(answering(OK, b"o", b"k")) as server:
            assert seen(probe(http(server.port, text="ok"), HERE)) == (UP, "the text was there")

    def test_a_missing_text_is_down(self) -> None:
        with Server(answering(OK, b"no")) as server:
            found = probe(http(server.port, text="ok"), HERE)
        assert seen(found) == (DOWN, "the text is missing")

    def test_a_port_that_takes_connections_and_says_nothing_is_down(self) -> None:
        begin = time.monotonic()
        with Server(silent) as server:
            found = probe(http(server.port, SHORT), HERE)
        assert seen(found) == (DOWN, "no answer within 0.3 s")
        assert time.monotonic() - begin < SHORT + SLACK

    def test_bytes_that_keep_coming_do_not_make_the_time_longer(self) -> None:
        begin = time.monotonic()
        with Server(dripping(b"HTTP/1.1 200")) as server:
            found = probe(http(server.port, SHORT), HERE)
        assert seen(found) == (DOWN, "no answer within 0.3 s")
        assert time.monotonic() - begin < SHORT + SLACK

    @pytest.mark.parametrize("beginning", (b"", OK, OK[:-2] + b"X-Endless: "))
    def test_an_answer_without_end_is_read_up_to_a_bound(self, beginning: bytes) -> None:
        with Server(endless(beginning)) as server:
            found = probe(http(server.port, text="ok"), HERE)
        assert found.seen == DOWN
        assert found.why in {"the text is missing", "no answer within 16384 bytes"}

    def test_chunks_without_end_are_read_up_to_a_bound(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"
        with Server(endless(head)) as server:
            found = probe(http(server.port, text="ok"), HERE)
        assert seen(found) == (DOWN, "the text is missing")

    def test_a_reset_is_down(self) -> None:
        with Server(resetting) as server:
            assert seen(probe(http(server.port), HERE)) == (DOWN, "connection reset")

    def test_a_connection_that_is_closed_without_a_word_is_down(self) -> None:
        with Server(answering()) as server:
            found = probe(http(server.port), HERE)
        assert seen(found) == (DOWN, "closed before an answer was complete")

    def test_what_speaks_something_else_is_down(self) -> None:
        with Server(answering(b"220 mail.example.com ESMTP\r\n")) as server:
            assert seen(probe(http(server.port), HERE)) == (DOWN, "no HTTP answer")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder: Path = tmp_path_factory.mktemp("tls")
    made = Certificate.write(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    return context


class TestTls:
    def test_a_certificate_that_nobody_vouches_for_is_good_enough(
        self, tls: ssl.SSLContext
    ) -> None:
        with Server(answering(OK, b"ok"), context=tls) as server:
            assert seen(probe(http(server.port, tls=True, text="ok"), HERE)) == (
                UP,
                "the text was there",
            )

    def test_a_port_without_tls_is_down(self) -> None:
        with Server(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
            found = probe(http(server.port, SHORT, tls=True), HERE)
        assert found.seen == DOWN

    def test_a_port_that_answers_something_else_to_tls_is_down(self) -> None:
        def behave(peer: Peer) -> None:
            peer.connection.recv(4096)
            peer.send(b"220 mail.example.com ESMTP\r\n")

        with Server(behave) as server:
            found = probe(http(server.port, tls=True), HERE)
        assert found.seen == DOWN
        assert found.why.startswith("no TLS: ")

    def test_a_handshake_that_never_ends_is_down_when_the_time_is_over(self) -> None:
        begin = time.monotonic()
        with Server(silent) as server:
            found = probe(http(server.port, SHORT, tls=True), HERE)
        assert seen(found) == (DOWN, "no answer within 0.3 s")
        assert time.monotonic() - begin < SHORT + SLACK


class Broken:
    """A socket module whose connections end with an error, as the machine may give it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def connecting(self, error: Exception) -> None:
        def fail(_connection: socket.socket, _address: object) -> None:
            raise error

        made = type("Failing", (socket.socket,), {"connect": fail})
        self._patch.setattr(socket, "socket", made)

    def opening(self, error: Exception) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        self._patch.setattr(socket, "socket", fail)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Broken:
    return Broken(monkeypatch)


class TestTroubleOfThisMachine:
    @pytest.mark.parametrize(
        "code", (errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM)
    )
    def test_no_way_from_here_is_unknown(self, broken: Broken, code: int) -> None:
        broken.connecting(OSError(code, "no way"))
        found = probe(tcp(80), HERE)
        assert found.seen == UNKNOWN
        assert "no way" in found.why

    @pytest.mark.parametrize("code", (errno.EHOSTUNREACH, errno.EHOSTDOWN))
    def test_a_host_that_does_not_answer_its_neighbours_is_down(
        self, broken: Broken, code: int
    ) -> None:
        broken.connecting(OSError(code, "host"))
        assert probe(tcp(80), HERE).seen == DOWN

    @pytest.mark.parametrize(
        "error",
        (
            OSError(errno.EMFILE, "Too many open files"),
            OSError(errno.ENOBUFS, "No buffer space available"),
            MemoryError(),
        ),
    )
    def test_want_of_resources_is_unknown(self, broken: Broken, error: Exception) -> None:
        broken.opening(error)
        assert probe(tcp(80), HERE).seen == UNKNOWN


class TestNames:
    @pytest.mark.parametrize("addresses", (("::1", HERE), (HERE, "::1")))
    def test_a_name_is_up_if_one_of_its_addresses_is(
        self, monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
    ) -> None:
        with Server(answering(OK, b"ok")) as server:
            resolve(monkeypatch, *addresses)
            found = probe(http(server.port), "node.internal")
        assert found.seen == UP
        assert f"Host: node.internal:{server.port}\r\n" in server.requests[0].decode()

    def test_a_name_all_of_whose_addresses_are_down_is_down(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolve(monkeypatch, HERE, "::1", HERE)
        with closed_port() as port:
            assert seen(probe(tcp(port), "node.internal")) == (DOWN, "connection refused")

    def test_an_address_that_is_silent_leaves_time_for_the_next(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with full_port() as port, Server(silent, "::1", port=port):
            resolve(monkeypatch, HERE, "::1")
            assert probe(tcp(port, 1.2), "node.internal").seen == UP

    def test_a_name_that_nobody_knows_is_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        found = probe(tcp(80), "node.internal")
        assert (found.seen, "Name or service not known" in found.why) == (UNKNOWN, True)

    def test_a_name_without_an_address_is_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolve(monkeypatch)
        assert seen(probe(tcp(80), "node.internal")) == (UNKNOWN, "node.internal has no address")

    def test_a_resolver_that_hangs_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sockets, "_GRACE", 0.2)
        over = threading.Event()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(60) and [])
        begin = time.monotonic()
        found = probe_all(tcp(80, SHORT), {"a": "node.internal"})
        over.set()
        assert seen(found["a"]) == (UNKNOWN, "the probe did not end in time")
        assert time.monotonic() - begin < SHORT + SLACK


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Have every name lead to these addresses."""
    found = [(0, socket.SOCK_STREAM, 6, "", (each, 0)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


class TestSeveral:
    def test_each_node_has_its_own_answer_and_none_waits_for_another(self) -> None:
        begin = time.monotonic()
        with Server(silent) as server:
            nodes = {f"n{index}": HERE for index in range(6)}
            found = probe_all(http(server.port, SHORT), nodes)
        assert {name: each.seen for name, each in found.items()} == dict.fromkeys(nodes, DOWN)
        assert time.monotonic() - begin < SHORT + SLACK

    def test_one_that_is_down_does_not_take_another_with_it(self) -> None:
        with Server(silent) as server:
            found = probe_all(tcp(server.port), {"a": HERE, "b": "::1", "c": HERE})
        assert {name: each.seen for name, each in found.items()} == {"a": UP, "b": DOWN, "c": UP}

    def test_without_threads_nothing_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        found = probe_all(tcp(80), {"a": HERE, "b": HERE})
        assert {each.seen for each in found.values()} == {UNKNOWN}
        assert "thread" in found["a"].why

    def test_a_probe_that_goes_wrong_is_unknown(self, broken: Broken) -> None:
        broken.opening(KeyError("odd"))
        assert seen(probe_all(tcp(80), {"a": HERE})["a"]) == (UNKNOWN, "KeyError: 'odd'")
