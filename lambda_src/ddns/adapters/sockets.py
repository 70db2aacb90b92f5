"""Probes over TCP and HTTP: one connection each, one time-out for all of it."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from threading import Thread

from ddns.core.failover.checks import MAX_ANSWER, TCP, Check, read_answer
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer

_READ = 16 * 1024
# What the node, or the host that it is on, has to do with; anything else may be this machine's.
_DOWN: Mapping[int | None, str] = {
    errno.EHOSTUNREACH: "no route to host",
    errno.EHOSTDOWN: "host is down",
}
# How many seconds a probe may take beyond its time-out before nobody waits for it any more.
_GRACE = 0.2
_LATE = Answer(UNKNOWN, "the probe did not end in time")


def probe_all(check: Check, nodes: Mapping[str, str]) -> dict[str, Answer]:
    """Probe nodes, all at once: it takes hardly longer than the time-out of the check.

    Args:
        check: what to ask of each.
        nodes: their addresses, or host names, by what they are called.

    Returns:
        What was seen of each; a probe that this machine cannot make has seen nothing.
    """
    end = time.monotonic() + check.timeout + _GRACE
    found: dict[str, Answer] = {}
    threads = [_started(check, node, nodes[node], found) for node in nodes]
    for thread in filter(None, threads):
        # What hangs, such as the resolver of names, is left behind.
        thread.join(max(0.0, end - time.monotonic()))
    return {node: found.get(node, _LATE) for node in nodes}


def _started(check: Check, node: str, address: str, found: dict[str, Answer]) -> Thread | None:
    """Start a probe in a thread of its own, which puts what it sees into ``found``."""

    def run() -> None:
        try:
            found[node] = probe(check, address)
        except Exception as err:  # noqa: BLE001 - whatever it is, it says nothing of the node
            found[node] = Answer(UNKNOWN, _short(err))

    thread = Thread(target=run, daemon=True)
    try:
        thread.start()
    except (RuntimeError, MemoryError) as err:  # no more threads
        found[node] = Answer(UNKNOWN, _short(err))
        return None
    return thread


def probe(check: Check, address: str) -> Answer:
    """Probe a node.

    Args:
        check: what to ask of it.
        address: its IPv4 or IPv6 address, or a host name: one of its addresses has to be up.

    Returns:
        Up; or down: refused, reset, too late, or a wrong answer; or unknown where the reason may
        be this machine's own, such as no route from here, or no more file descriptors.
    """
    begin = time.monotonic()
    seen, why = _seen(check, address, begin + check.timeout)
    return Answer(seen, why, round((time.monotonic() - begin) * 1000))


def _seen(check: Check, host: str, deadline: float) -> tuple[str, str]:
    try:
        addresses = _addresses(host, check.port)
    except OSError as err:
        return UNKNOWN, _short(err)
    seen, why = UNKNOWN, f"{host} has no address"
    for count, address in enumerate(addresses):
        now = time.monotonic()
        end = now + (deadline - now) / (len(addresses) - count)
        seen, why = _seen_at(check, host, address, end)
        if seen == UP:
            break
    return seen, why


def _addresses(host: str, port: int) -> list[str]:
    try:
        ip_address(host)
    except ValueError:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(each[4][0]) for each in found))
    return [host]


def _seen_at(check: Check, host: str, address: str, deadline: float) -> tuple[str, str]:
    try:
        return _asked(check, host, address, deadline)
    except TimeoutError:
        return DOWN, f"no answer within {check.timeout:g} s"
    except (OSError, MemoryError, ValueError) as err:
        return _trouble(err)


def _trouble(err: Exception) -> tuple[str, str]:
    """Say whether the node or its host has said no, or nobody knows who has."""
    if isinstance(err, ConnectionError):
        refused = isinstance(err, ConnectionRefusedError)
        return DOWN, "connection refused" if refused else "connection reset"
    if isinstance(err, ssl.SSLError):
        return DOWN, f"no TLS: {err.reason or 'closed'}"
    code = err.errno if isinstance(err, OSError) else None
    return (DOWN, _DOWN[code]) if code in _DOWN else (UNKNOWN, _short(err))


def _asked(check: Check, host: str, address: str, deadline: float) -> tuple[str, str]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as plain:
        plain.settimeout(_left(deadline))
        plain.connect((address, check.port))
        if check.kind == TCP:
            return UP, "connected"
        if not check.tls:
            return _answered(check, host, plain, deadline)
        plain.settimeout(_left(deadline))
        name = None if host == address else host
        with _context().wrap_socket(plain, server_hostname=name) as secure:
            return _answered(check, host, secure, deadline)


def _answered(
    check: Check, host: str, connection: socket.socket, deadline: float
) -> tuple[str, str]:
    connection.settimeout(_left(deadline))
    connection.sendall(check.request(host))
    answer = b""
    while True:
        connection.settimeout(_left(deadline))
        part = connection.recv(_READ)
        answer += part
        ended = not part or len(answer) >= MAX_ANSWER
        found = read_answer(check, answer, ended=ended)
        if found:
            return found


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@cache
def _context() -> ssl.SSLContext:
    """Return what takes any certificate: a probe is about who answers, as Route 53's are."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _short(err: BaseException) -> str:
    return f"{type(err).__name__}: {err}"[:100]
