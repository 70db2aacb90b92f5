"""What a function URL, or an HTTP API, makes of an HTTP request, and of what the function returns.

Payload format 2.0, as AWS describes it:
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

__all__ = ["LARGEST", "TOO_LARGE", "HttpAnswer", "HttpRequest", "answer", "event", "message"]

LARGEST = 6 * 1024 * 1024
"""Bytes of the longest event, and of the longest response."""

_TEXT = ("application/json", "application/javascript", "application/xml")
_NOT_THE_FUNCTION_S = frozenset(
    {"connection", "content-length", "date", "keep-alive", "transfer-encoding"}
)
_SUCCESS, _NO_CONTENT, _LAST = 200, 204, 599


class HttpRequest(NamedTuple):
    """A request as it came over the wire.

    Attributes:
        method: Such as `GET`.
        target: Path and query as sent.
        version: Such as `HTTP/1.1`.
        headers: Names and values, in order.
        body: Without transfer encoding.
        peer: Address at the other end of the TCP connection.
    """

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer: str


class HttpAnswer(NamedTuple):
    """What goes back; its length and its end are the server's business."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def message(status: int, text: str) -> HttpAnswer:
    """Return an answer of the service itself, not of the function."""
    body = json.dumps({"message": text}).encode()
    return HttpAnswer(status, (("Content-Type", "application/json"),), body)


TOO_LARGE = message(413, "Request Entity Too Large")
_FAILED = HttpAnswer(502, (("Content-Type", "application/json"),), b"Internal Server Error")


def event(
    request: HttpRequest, domain: str, request_id: str, now: dt.datetime
) -> dict[str, object]:
    """Return what the function is invoked with.

    Args:
        request: What arrived.
        domain: Host name of the function URL on AWS.
        request_id: Id of the invocation.
        now: When it arrived, in UTC.
    """
    target = urlsplit(f"https://{domain}{request.target}")
    headers = _headers(request, domain)
    made: dict[str, object] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": target.path or "/",
        "rawQueryString": target.query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": domain.partition(".")[0],
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": request.method,
                "path": target.path or "/",
                "protocol": request.version,
                "sourceIp": request.peer,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        **_body(request.body, headers.get("content-type", "")),
    }
    if cookies := _cookies(request):
        made["cookies"] = cookies
    if query := _joined(parse_qsl(target.query, keep_blank_values=True)):
        made["queryStringParameters"] = query
    return made


def _headers(request: HttpRequest, domain: str) -> dict[str, str]:
    sent = [(name.lower(), value) for name, value in request.headers]
    headers = _joined([(name, value) for name, value in sent if name != "cookie"])
    forwarded = headers.get("x-forwarded-for")
    return {
        **headers,
        "host": domain,
        # Whatever the client says comes first: nothing to rely on.
        "x-forwarded-for": f"{forwarded}, {request.peer}" if forwarded else request.peer,
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _cookies(request: HttpRequest) -> list[str]:
    jar = [value for name, value in request.headers if name.lower() == "cookie"]
    try:
        return [f"{name}={each.coded_value}" for name, each in SimpleCookie("; ".join(jar)).items()]
    except CookieError:
        return jar


def _body(body: bytes, content_type: str) -> dict[str, object]:
    if not body:
        return {"isBase64Encoded": False}
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXT:
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass  # what is no text cannot be one in JSON
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def answer(payload: bytes, *, renames: bool = True) -> HttpAnswer:
    """Return the HTTP answer that a function's return value stands for.

    Args:
        payload: JSON, as Lambda has it from the function.
        renames: Whether `WWW-Authenticate` gets another name, as behind a function URL; behind an
            HTTP API it does not.
    """
    try:
        returned = json.loads(payload)
    except ValueError:
        return _FAILED
    if not isinstance(returned, Mapping) or "statusCode" not in returned:
        made = HttpAnswer(_SUCCESS, (("Content-Type", "application/json"),), payload)
    else:
        try:
            made = _translated(returned, renames=renames)
        except (TypeError, ValueError, binascii.Error):
            return _FAILED
    return made if len(made.body) <= LARGEST else _FAILED


def _translated(returned: Mapping[str, Any], *, renames: bool) -> HttpAnswer:
    status = int(returned["statusCode"])
    if not _SUCCESS <= status <= _LAST:
        raise ValueError(status)
    headers = {"content-type": ("Content-Type", "application/json")}
    for name, value in dict(returned.get("headers") or {}).items():
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html says nothing of it;
        # function URLs rename it as REST APIs do, so that no browser asks for a password.
        hidden = renames and name.lower() == "www-authenticate"
        shown = "x-amzn-Remapped-WWW-Authenticate" if hidden else name
        if name.lower() not in _NOT_THE_FUNCTION_S:
            headers[name.lower()] = (shown, _one_line(str(value)))
    body = returned.get("body") or ""
    if not isinstance(body, str):
        raise TypeError(body)
    encoded = returned.get("isBase64Encoded")
    content = base64.b64decode(body, validate=True) if encoded else body.encode()
    cookies = [("Set-Cookie", _one_line(str(each))) for each in returned.get("cookies") or []]
    if status == _NO_CONTENT:
        del headers["content-type"]
    return HttpAnswer(status, (*headers.values(), *cookies), content)


def _one_line(value: str) -> str:
    if "\r" in value or "\n" in value:
        raise ValueError(value)
    return value
