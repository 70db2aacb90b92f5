"""HTTP as a function URL and an HTTP API hand it over (payload format 2.0), checked."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from ddns.core.client.admission import EVERYBODY, Admission
from ddns.core.errors import BadRequestError
from ddns.core.names import Address

# Whatever a stranger sends is read within these, and in a time that grows with its length only.
MAX_BODY = 3 * 1024
MAX_QUERY = 3 * 1024
MAX_PATH = 1024
# Of query and form together. An escape, such as %2C, takes as long as twenty other characters.
MAX_PARAMETERS = 24
MAX_ESCAPES = 128

Parameters = Mapping[str, str]
"""Parameters by name; those that came several times are joined by a comma."""


class Request(NamedTuple):
    """A request.

    Attributes:
        method: in upper case.
        raw_path: the path as it was sent.
        path: the path without doubled and trailing slashes.
        query: the raw query string.
        headers: by name in lower case.
        body: decoded.
        source: the address of the client: of the TCP peer, or what the proxy in front says.
        stamp: when it arrived, in milliseconds of the epoch.
    """

    method: str
    raw_path: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    source: Address
    stamp: int

    @property
    def json(self) -> bool:
        """Whether the body looks like a JSON object."""
        return self.body.lstrip()[:1] == b"{"

    def header(self, name: str) -> str:
        """Return a header, empty where it is missing."""
        return self.headers.get(name, "")


class Response(NamedTuple):
    """An answer.

    Attributes:
        status: the HTTP status.
        body: a text.
        content_type: of the body.
        reason: why, for people: it goes into a header.
        headers: further headers.
        metric: which metric counts it as a refusal, empty where it is none; it is not sent.
        hosts: the hosts that a refused request named, for the log; they are not sent.
    """

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    reason: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    metric: str = ""
    hosts: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        """Return the answer as a function URL takes it."""
        headers = {
            "Content-Type": self.content_type,
            "Cache-Control": "no-store",
            **self.headers,
        }
        if self.reason:
            headers["X-Ddns-Reason"] = self.reason
        return {"statusCode": self.status, "headers": headers, "body": self.body}


def parse_event(event: Mapping[str, Any], now: float, admission: Admission = EVERYBODY) -> Request:
    """Return the request of an event.

    Args:
        event: payload format 2.0.
        now: seconds of the epoch, for an event that does not say when it arrived.
        admission: where requests may come from; nothing is read of others.

    Raises:
        BlockedError: it comes from elsewhere.
        BadRequestError: it is no such event, or a part of it is too long or cannot be decoded.
    """
    context = _expect(_expect(event, dict).get("requestContext"), dict)
    http = _expect(context.get("http"), dict)
    headers = _expect(event.get("headers", {}), dict)
    if not all(isinstance(value, str) for value in headers.values()):
        raise BadRequestError("the request cannot be read")
    source = admission.source(headers, _expect(http.get("sourceIp"), str))
    raw_path = _short(_expect(event.get("rawPath", "/"), str), "path", MAX_PATH)
    query = _short(_expect(event.get("rawQueryString", ""), str), "query", MAX_QUERY)
    stamp = context.get("timeEpoch")
    return Request(
        _expect(http.get("method"), str).upper(),
        raw_path,
        _normal(raw_path),
        query,
        headers,
        _body(event),
        source,
        stamp if type(stamp) is int else int(now * 1000),
    )


def _short(text: str, what: str, most: int) -> str:
    if len(text) > most:
        raise BadRequestError(f"the {what} is longer than {most} characters")
    return text


def _normal(path: str) -> str:
    return (
        "/" + "/".join(part for part in path.split("/") if part) if "/" in path[1:] else path or "/"
    )


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body")
    if not text:
        return b""
    text = _expect(text, str)
    encoded = _expect(event.get("isBase64Encoded", False), bool)
    # Four characters of base64 are three bytes.
    if len(text) > (MAX_BODY * 4 // 3 + 4 if encoded else MAX_BODY):
        raise BadRequestError(f"the body is longer than {MAX_BODY // 1024} KB")
    try:
        body = base64.b64decode(text, validate=True) if encoded else text.encode()
    except (binascii.Error, ValueError):
        raise BadRequestError("the body cannot be decoded") from None
    if len(body) > MAX_BODY:
        raise BadRequestError(f"the body is longer than {MAX_BODY // 1024} KB")
    return body


def parameters(*texts: str) -> Parameters:
    """Return the parameters of query strings and form bodies; the last text with a name has it.

    Raises:
        BadRequestError: there are too many of them, or of characters that are escaped in them, or
            together they are longer than one of them may be.
    """
    texts = tuple(filter(None, texts))
    if sum(text.count("&") + 1 for text in texts) > MAX_PARAMETERS:
        raise BadRequestError(f"there are more than {MAX_PARAMETERS} parameters")
    if sum(text.count("%") for text in texts) > MAX_ESCAPES:
        raise BadRequestError(f"more than {MAX_ESCAPES} characters are escaped")
    if sum(map(len, texts)) > MAX_QUERY:
        raise BadRequestError(f"the parameters are longer than {MAX_QUERY} characters")
    found: dict[str, str] = {}
    for text in texts:
        given: dict[str, str] = {}
        for name, value in parse_qsl(text, keep_blank_values=True):
            given[name] = f"{given[name]},{value}" if name in given else value
        found.update(given)
    return found


def printable(text: str, most: int) -> str:
    """Return the beginning of a text that a stranger sent, for a log line or a header.

    Whatever JSON would write as six characters or more is a question mark: so the length holds.
    """
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text[:most])


def json_object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object that a body is.

    Raises:
        BadRequestError: it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise BadRequestError("the body is not a JSON object")
    return found


def text_field(fields: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Return a field of a JSON object that is a text.

    Raises:
        BadRequestError: it is missing and has no default, or is no text.
    """
    found = fields.get(name, default)
    if not isinstance(found, str):
        raise BadRequestError(f"{name} must be a text")
    return found


def _expect(value: Any, kind: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, kind):
        raise BadRequestError("the request cannot be read")
    return value
