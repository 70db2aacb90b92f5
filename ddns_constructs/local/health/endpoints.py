"""One look at one endpoint, as Route 53's checkers look: on loopback, and nowhere else.

TCP has ten seconds to connect. HTTP has four seconds to connect and two more to answer 2xx or 3xx;
redirects are not followed, certificates not verified. A text has to be within the first 5,120 bytes
of the body.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ddns_constructs.local.health.status import Check

__all__ = ["Endpoint", "Look", "look_at"]

_TCP_CONNECTED = 10.0
_HTTP_CONNECTED = 4.0
_HTTP_ANSWERED = 2.0
_READ = 5120
_PASSED = range(200, 400)
_DEFAULT_PORTS = (80, 443)


class Endpoint(NamedTuple):
    """Where an endpoint is on this machine.

    Attributes:
        address: On loopback.
        port: TCP.
    """

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has seen.

    Args:
        passed: Whether the endpoint is healthy.
        why: As GetHealthCheckStatus says it: `Success: ...` or `Failure: ...`.
    """

    passed: bool
    why: str


def look_at(check: Check, endpoint: Endpoint) -> Look:
    """Look once; whatever goes wrong is part of what is seen.

    Args:
        check: Says what has to be there.
        endpoint: Where it is.
    """
    try:
        return _tcp(endpoint) if check.kind == "TCP" else _http(check, endpoint)
    except (OSError, http.client.HTTPException) as err:
        return Look(passed=False, why=f"Failure: {str(err) or type(err).__name__}")


def _tcp(endpoint: Endpoint) -> Look:
    socket.create_connection(endpoint, timeout=_TCP_CONNECTED).close()
    return Look(passed=True, why="Success: TCP connection established")


def _http(check: Check, endpoint: Endpoint) -> Look:
    with _connected(check, endpoint) as stream:
        begun = time.monotonic()
        stream.settimeout(_HTTP_ANSWERED)
        stream.sendall(_request(check))
        response = http.client.HTTPResponse(stream, method="GET")
        response.begin()
        body = response.read(_READ).decode(errors="replace") if check.text else ""
        if time.monotonic() - begun > _HTTP_ANSWERED:
            return Look(passed=False, why="Failure: no answer within two seconds")
    status = f"HTTP Status Code {response.status}, {response.reason}"
    if response.status not in _PASSED:
        return Look(passed=False, why=f"Failure: {status}")
    if check.text not in body:
        return Look(passed=False, why=f"Failure: {status}. The text is not in the response body")
    return Look(passed=True, why=f"Success: {status}")


def _connected(check: Check, endpoint: Endpoint) -> socket.socket:
    plain = socket.create_connection(endpoint, timeout=_HTTP_CONNECTED)
    if not check.kind.startswith("HTTPS"):
        return plain
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_NONE  # as Route 53 documents it: a check is about health only
    try:
        named = check.host if check.names_host and check.host else None
        return tls.wrap_socket(plain, server_hostname=named)
    except BaseException:
        plain.close()
        raise


def _request(check: Check) -> bytes:
    host = check.host or check.address
    if check.port not in _DEFAULT_PORTS:
        host = f"{host}:{check.port}"
    lines = (
        f"GET {check.path} HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: Amazon-Route53-Health-Check-Service (ref {check.id})",
        "Accept: */*",
        "Connection: close",
        "",
        "",
    )
    return "\r\n".join(lines).encode()
