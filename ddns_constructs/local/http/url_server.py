"""HTTP and HTTPS on loopback, as old routers and new clients speak them.

HTTP/1.0 and 1.1, bodies of any kind, answers with their length and never in chunks.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, cast

from ddns_constructs.local.http.url_event import (
    LARGEST,
    TOO_LARGE,
    HttpAnswer,
    HttpRequest,
    message,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ddns_constructs.local.certificate import Certificate

    _Respond = Callable[[HttpRequest], HttpAnswer]

__all__ = ["UrlServer"]

_IPV4, _IPV6 = "127.0.0.1", "::1"
_IDLE = 30.0  # seconds that a connection may be silent
_GOODBYE = 1.0  # seconds for the last word of TLS
_PORT_ATTEMPTS = 20
_MOST_DISCARDED = 16 * LARGEST
_CHUNK = 64 * 1024
_LONGEST_LINE = 1024
_BAD = message(400, "Bad Request")
_log = logging.getLogger(__name__)


class UrlServer:
    """Answers HTTP and HTTPS on free ports of 127.0.0.1, and of ::1 where this machine has it.

    Args:
        respond: Answers a request; called in threads of the server.
        certificate: What to show to clients that come by TLS.
    """

    def __init__(self, respond: _Respond, certificate: Certificate) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate.certificate, certificate.key)
        self._ports: list[dict[str, int]] = []
        self._listeners: list[_Listener] = []
        for context in (None, tls):
            sockets = _bound()
            self._ports.append({host: s.getsockname()[1] for host, s in sockets.items()})
            self._listeners += [_Listener(each, respond, context) for each in sockets.values()]

    def urls(self) -> tuple[str, str, str, str]:
        """Return the base URLs: HTTP and HTTPS on IPv4, then on IPv6, empty where there is none."""
        plain, tls = self._ports
        ipv4 = (f"http://{_IPV4}:{plain[_IPV4]}/", f"https://{_IPV4}:{tls[_IPV4]}/")
        if _IPV6 not in plain or _IPV6 not in tls:
            return *ipv4, "", ""
        return *ipv4, f"http://[{_IPV6}]:{plain[_IPV6]}/", f"https://[{_IPV6}]:{tls[_IPV6]}/"

    def close(self) -> None:
        """End it, with every connection that is open."""
        for listener in self._listeners:
            listener.close()


def _bound() -> dict[str, socket.socket]:
    """Bind one free port on both kinds of loopback."""
    for attempt in range(_PORT_ATTEMPTS):
        first = socket.create_server((_IPV4, 0), backlog=128)
        port = first.getsockname()[1]
        try:
            second = socket.create_server((_IPV6, port), family=socket.AF_INET6, backlog=128)
        except OSError as err:
            if err.errno != errno.EADDRINUSE:  # no IPv6 here
                return {_IPV4: first}
            first.close()
            if attempt == _PORT_ATTEMPTS - 1:
                raise
        else:
            return {_IPV4: first, _IPV6: second}
    raise AssertionError  # pragma: no cover - the last attempt returns or raises


class _Listener(TCPServer):
    """One listening socket; a thread for each connection, all of them ended by `close`."""

    def __init__(
        self, listening: socket.socket, respond: _Respond, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.respond = respond
        self.tls = tls
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._closing = False
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.05,), name="function-url", daemon=True
        )
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - theirs
        thread = threading.Thread(
            target=self._converse, args=(request, client_address), daemon=True
        )
        self._connections[thread] = request
        thread.start()

    def _converse(self, connection: socket.socket, client_address: Any) -> None:  # noqa: ANN401
        try:
            connection.settimeout(_IDLE)
            if self.tls is not None:
                connection = self.tls.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
                self._connections[threading.current_thread()] = connection
                connection.do_handshake()
            self.finish_request(connection, client_address)
            if isinstance(connection, ssl.SSLSocket):
                connection.settimeout(_GOODBYE)
                connection.unwrap()
        except OSError as err:  # TLS errors too: the client has gone, or speaks something else
            _log.debug("connection of %s ended: %s", client_address, err)
        finally:
            self.shutdown_request(connection)
            self._connections.pop(threading.current_thread(), None)

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
        for thread, connection in list(self._connections.items()):
            with contextlib.suppress(OSError):
                # Not SSLSocket's own, which takes the connection from under the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            thread.join(_IDLE)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # 0.9 has no status to say that a request is none
    error_content_type = "application/json"
    error_message_format = '{"message":"%(message)s"}'

    def _serve(self) -> None:
        # Not self.path, from which the standard library takes doubled slashes.
        target = self.requestline.split()[1]
        try:
            body = self._read()
        except ValueError:
            self.close_connection = True  # where the next request would begin is unknown
            self._send(_BAD)
            return
        if not target.startswith("/"):
            self._send(_BAD)
            return
        if body is None:
            self._send(TOO_LARGE)
            return
        self._send(
            cast("_Listener", self.server).respond(
                HttpRequest(
                    self.command,
                    target,
                    self.request_version,
                    tuple(self.headers.items()),
                    body,
                    self.client_address[0],
                )
            )
        )

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _serve  # noqa: N815 - theirs

    def _read(self) -> bytes | None:
        """Return the body, or None if it is longer than any event may be.

        Raises:
            ValueError: It says no length that can be read.
        """
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            parts = _chunks(self)
        else:
            parts = _pieces(self, int(self.headers.get("Content-Length", "0")))
        body, size = [], 0
        for part in parts:
            size += len(part)
            if size <= LARGEST:
                body.append(part)
            elif size > _MOST_DISCARDED:  # no longer worth reading to the end
                self.close_connection = True
                break
        return b"".join(body) if size <= LARGEST else None

    def _send(self, reply: HttpAnswer) -> None:
        self.send_response_only(reply.status)
        self.send_header("Date", self.date_time_string())
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status != 204:  # noqa: PLR2004 - No Content has no length: RFC 9110 section 8.6
            self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and reply.status != 204:  # noqa: PLR2004 - likewise
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        _log.debug(format, *args)


def _pieces(handler: _Handler, length: int) -> Iterable[bytes]:
    while length > 0 and (piece := handler.rfile.read1(min(length, _CHUNK))):
        length -= len(piece)
        yield piece


def _chunks(handler: _Handler) -> Iterable[bytes]:
    """Yield the data of a chunked body: RFC 9112 section 7.1."""
    while True:
        length = int(handler.rfile.readline(_LONGEST_LINE).partition(b";")[0], 16)
        if length <= 0:
            while handler.rfile.readline(_LONGEST_LINE).strip():
                pass  # trailers
            return
        yield from _pieces(handler, length)
        handler.rfile.readline(_LONGEST_LINE)
