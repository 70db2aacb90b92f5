"""Probes over TCP and HTTP: one connection each, one time-out for all of it."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from ipaddress import ip_address

from ddns.adapters.threads import side_by_side
from ddns.core.failover.checks import MAX_ANSWER, TCP, Check, read_answer
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer

_READ = 16 * 1024
# What the node, or the host that it is on, has to do with; anything else may be this machine's.
_DOWN: Mapping[int | None, str] = {
    errno.EHOSTUNREACH: "no route to host",
    errno.EHOSTDOWN: "host is down",
}

Jobs = Callable[[Sequence[Callable[[], Answer]]], list[Answer | Exception]]
"""What does the probes of several nodes at once."""


def probe_all(
    check: Check, nodes: Mapping[str, str], jobs: Jobs = side_by_side
) -> dict[str, Answer]:
    """Probe nodes, all at once: it takes hardly longer than the time-out of the check.

    Args:
        check: what to ask of each.
        nodes: their addresses by name.
        jobs: what does the probes at once.

    Returns:
        What was seen, by name; a probe that this machine cannot make has seen nothing.
    """
    probes = [partial(probe, check, address) for address in nodes.values()]
    try:
        found = jobs(probes)
    except (RuntimeError, OSError, MemoryError) as err:  # no thread could be started
        found = [Answer(UNKNOWN, _short(err))] * len(probes)
    return {
        name: each if isinstance(each, Answer) else Answer(UNKNOWN, _short(each))
        for name, each in zip(nodes, found, strict=True)
    }


def probe(check: Check, address: str) -> Answer:
    """Probe a node.

    Args:
        check: what to ask of it.
        address: its IPv4 or IPv6 address.

    Returns:
        Up; or down: refused, reset, too late, or a wrong answer; or unknown where the reason may
        be this machine's own, such as no route from here, or no more file descriptors.
    """
    begin = time.monotonic()
    seen, why = _seen(check, address, begin + check.timeout)
    return Answer(seen, why, round((time.monotonic() - begin) * 1000))


def _seen(check: Check, address: str, deadline: float) -> tuple[str, str]:
    try:
        return _asked(check, address, deadline)
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
    if code in _DOWN:
        return DOWN, _DOWN[code]
    return UNKNOWN, _short(err)


def _asked(check: Check, address: str, deadline: float) -> tuple[str, str]:
    version = ip_address(address).version
    with socket.socket({4: socket.AF_INET, 6: socket.AF_INET6}[version]) as plain:
        plain.settimeout(_left(deadline))
        plain.connect((address, check.port))
        if check.kind == TCP:
            return UP, "connected"
        if not check.tls:
            return _answered(check, address, plain, deadline)
        plain.settimeout(_left(deadline))
        with _context().wrap_socket(plain) as secure:
            return _answered(check, address, secure, deadline)


def _answered(
    check: Check, address: str, connection: socket.socket, deadline: float
) -> tuple[str, str]:
    connection.settimeout(_left(deadline))
    connection.sendall(check.request(address))
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
