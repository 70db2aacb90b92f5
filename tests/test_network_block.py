"""The guard in conftest.py."""

from __future__ import annotations

import socket

import pytest


def test_a_connection_off_the_machine_is_refused() -> None:
    with (
        socket.socket() as sock,
        pytest.raises(RuntimeError, match=r"loopback only.*192\.0\.2\.1"),
    ):
        sock.connect(("192.0.2.1", 443))


def test_a_datagram_off_the_machine_is_refused() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as sock,
        pytest.raises(RuntimeError, match="loopback only"),
    ):
        sock.sendto(b"x", ("192.0.2.1", 53))


def test_a_look_up_of_another_host_is_refused() -> None:
    with pytest.raises(RuntimeError, match="loopback only"):
        socket.getaddrinfo("route53.amazonaws.com", 443)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
