"""Servers on loopback that behave as a node may: silent, slow, wrong, endless, and worse."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Behaviour = Callable[["Peer"], None]


class Peer:
    """One connection that a server has taken."""

    def __init__(self, connection: socket.socket, over: threading.Event) -> None:
        self.connection = connection
        self.request = b""
        self._over = over

    def read(self) -> None:
        """Read the request up to the end of its head."""
        while b"\r\n\r\n" not in self.request:
            part = self.connection.recv(4096)
            if not part:
                return
            self.request += part

    def send(self, text: bytes) -> None:
        self.connection.sendall(text)

    def wait(self, seconds: float = 60) -> bool:
        """Do nothing until the test is over; return whether it is."""
        return self._over.wait(seconds)

    def reset(self) -> None:
        """Have the connection end with a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Server:
    """A server that does the same for each connection; use it in a ``with`` statement.

    Args:
        behaviour: what it does with a connection; the connection is closed then.
        host: a loopback address.
        context: of TLS. Default: it speaks none.
        port: Default: a free one.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        host: str = "127.0.0.1",
        context: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.requests: list[bytes] = []
        self._behaviour = behaviour
        self._context = context
        self._over = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Server:  # noqa: PYI034 - Python 3.10 has no Self
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            peer = Peer(connection, self._over)
            try:
                self._behaviour(peer)
            finally:
                self.requests.append(peer.request)
                connection.close()


def answering(*parts: bytes) -> Behaviour:
    """Read the request, and send an answer in parts."""

    def behave(peer: Peer) -> None:
        peer.read()
        for part in parts:
            peer.send(part)

    return behave


def silent(peer: Peer) -> None:
    """Say nothing."""
    peer.wait()


def dripping(beginning: bytes) -> Behaviour:
    """Send a beginning, then a byte every hundredth of a second for ever."""

    def behave(peer: Peer) -> None:
        peer.read()
        peer.send(beginning)
        while not peer.wait(0.01):
            peer.send(b"x")

    return behave


def endless(beginning: bytes) -> Behaviour:
    """Send a beginning, then as much as the other side takes."""

    def behave(peer: Peer) -> None:
        peer.read()
        peer.send(beginning)
        while not peer.wait(0):
            peer.send(b"x" * 65536)

    return behave


def resetting(peer: Peer) -> None:
    """Read the request, and reset the connection."""
    peer.read()
    peer.reset()


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Give a port that nobody listens on, and that nobody else gets."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextlib.contextmanager
def full_port() -> Iterator[int]:
    """Give a port whose queue of connections is full: the next one gets no answer at all."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - the standard library's
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
