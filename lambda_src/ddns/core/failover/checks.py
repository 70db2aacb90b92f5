"""One check of one node: what is asked for, and what an HTTP answer says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ddns.core.failover.verdicts import DOWN, UP

TCP, HTTP = "tcp", "http"
"""The kinds of checks: a connection is taken; a GET request is answered."""

MAX_HEAD = 16 * 1024
"""How many bytes of status line and headers are read."""

MAX_BODY = 5 * 1024
"""In how many bytes at the beginning of the body the text has to be (as Route 53 has it)."""

MAX_ANSWER = 4 * (MAX_HEAD + MAX_BODY)
"""How many bytes of an answer are read: chunks and what comes before the head may add to it."""

_LEAST_TIMEOUT, _GREATEST_TIMEOUT = 0.1, 2.0
_MAX_PORT = 65535
_MAX_TEXT = 255
_STATUSES = range(100, 600)
# Such as 103 Early Hints: another status follows.
_INTERIM = range(100, 200)
_GOOD = frozenset(range(200, 400))
_PATH = re.compile(r"/[!-~]*")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: [^\n]*)?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNKED = re.compile(rb"\ntransfer-encoding:[^\n]*\bchunked\b", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[^\n]*\n")


class Check(NamedTuple):
    """What is asked of a node.

    Attributes:
        kind: ``TCP`` or ``HTTP``.
        port: the port.
        timeout: seconds for all of it, from 0.1 to 2.
        path: what is asked for by HTTP.
        statuses: the status codes that mean up.
        text: what the beginning of the body has to hold; empty where it may be anything.
        tls: whether HTTP goes over TLS; the certificate is not verified.
    """

    kind: str
    port: int
    timeout: float = 1.0
    path: str = "/"
    statuses: frozenset[int] = _GOOD
    text: str = ""
    tls: bool = False

    def request(self, host: str) -> bytes:
        """Return the HTTP request for an IPv4 or IPv6 address, or a name."""
        host = f"[{host}]" if ":" in host else host
        lines = (
            f"GET {self.path} HTTP/1.1",
            f"Host: {host}:{self.port}",
            "User-Agent: ddns-constructs",
            "Accept: */*",
            "Connection: close",
        )
        return "\r\n".join((*lines, "", "")).encode("ascii")


def parse_check(value: object) -> Check:
    """Return the check of a JSON text, or of what such a text holds.

    Raises:
        ValueError: it is none; the text says which of its fields is wrong.
    """
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise ValueError("a check must be a JSON object")  # noqa: TRY004 - one for all
    kind = found.get("kind")
    if not isinstance(kind, str) or kind not in _FIELDS:
        raise ValueError(f"'kind' must be one of {sorted(_FIELDS)}, got {kind!r}")
    unknown = sorted(map(str, found.keys() - _FIELDS[kind]))
    if unknown:
        raise ValueError(f"a check of kind {kind!r} has no {unknown}")
    if "port" not in found:
        raise ValueError("'port' is missing")
    return Check(kind, **{name: _field(found, name) for name in found if name != "kind"})


def read_answer(check: Check, answer: bytes, *, ended: bool) -> tuple[str, str] | None:
    """Return what the beginning of an HTTP answer says, None while more of it is needed.

    Args:
        check: what was asked for.
        answer: what has come so far.
        ended: whether no more will come.

    Returns:
        ``UP`` or ``DOWN``, and why: a short text.
    """
    begin = 0
    while line := _STATUS_LINE.match(answer, begin):
        head = _HEAD_END.search(answer, line.end() - 2)
        if int(line[1]) not in _INTERIM:
            said = answer[begin : head.end()] if head else None
            rest = answer[head.end() :] if head else answer[begin:]
            return _read(check, int(line[1]), said, rest, ended=ended)
        if head is None:
            break
        begin = head.end()
    if line is None and b"\n" in answer[begin:]:
        return DOWN, "no HTTP answer"
    return _wait(answer[begin:], ended=ended)


def _read(
    check: Check, status: int, head: bytes | None, rest: bytes, *, ended: bool
) -> tuple[str, str] | None:
    if status not in check.statuses:
        return DOWN, f"status {status}"
    if not check.text:
        return UP, f"status {status}"
    if head is None:
        return _wait(rest, ended=ended)
    return _read_body(check.text, head, rest, ended=ended)


def _wait(head: bytes, *, ended: bool) -> tuple[str, str] | None:
    """Return None where more of a head may come."""
    if ended:
        return DOWN, "closed before an answer was complete"
    if len(head) > MAX_HEAD:
        return DOWN, f"no answer within {MAX_HEAD} bytes"
    return None


def _read_body(text: str, head: bytes, body: bytes, *, ended: bool) -> tuple[str, str] | None:
    if _CHUNKED.search(head):
        body, last = _joined(body)
        ended = ended or last
    if text.encode() in body[:MAX_BODY]:
        return UP, "the text was there"
    if ended or len(body) >= MAX_BODY:
        return DOWN, "the text is missing"
    return None


def _joined(body: bytes) -> tuple[bytes, bool]:
    """Return what has come of the chunks of a body, and whether no more will."""
    found, begin = b"", 0
    while chunk := _CHUNK.match(body, begin):
        size = int(chunk[1], 16)
        if not size:
            return found, True
        found += body[chunk.end() : chunk.end() + size]
        begin = chunk.end() + size
        begin += 2 if body[begin : begin + 1] == b"\r" else 1
    # What stands where a chunk's size should be and is none ends it, too.
    return found, b"\n" in body[begin:]


def _port(value: Any) -> int:  # noqa: ANN401 - JSON
    if type(value) is not int or not 1 <= value <= _MAX_PORT:
        raise ValueError(f"must be a number from 1 to {_MAX_PORT}")
    return value


def _timeout(value: Any) -> float:  # noqa: ANN401 - JSON
    if type(value) not in (int, float) or not _LEAST_TIMEOUT <= value <= _GREATEST_TIMEOUT:
        raise ValueError(f"must be seconds from {_LEAST_TIMEOUT} to {_GREATEST_TIMEOUT}")
    return float(value)


def _path(value: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, str) or not _PATH.fullmatch(value):
        raise ValueError("must begin with a slash and be visible ASCII characters")
    return value


def _statuses(value: Any) -> frozenset[int]:  # noqa: ANN401 - JSON
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list of HTTP status codes")
    if any(type(each) is not int or each not in _STATUSES for each in value):
        raise ValueError(f"must hold codes from {_STATUSES[0]} to {_STATUSES[-1]}")
    return frozenset(value)


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise ValueError(f"must be a text of {_MAX_TEXT} characters at most")
    return value


def _flag(value: Any) -> bool:  # noqa: ANN401 - JSON
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 - as all others here
    return value


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "port": _port,
    "timeout": _timeout,
    "path": _path,
    "statuses": _statuses,
    "text": _text,
    "tls": _flag,
}
_FIELDS: Mapping[str, frozenset[str]] = {
    TCP: frozenset({"kind", "port", "timeout"}),
    HTTP: frozenset({"kind", *_PARSERS}),
}


def _field(found: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - as the parser returns it
    try:
        return _PARSERS[name](found[name])
    except ValueError as err:
        raise ValueError(f"'{name}' {err}, got {found[name]!r}") from None
