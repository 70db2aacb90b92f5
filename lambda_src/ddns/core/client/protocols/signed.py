"""The signed protocol: HMAC-SHA-256 over a canonical text, once only.

The text has these lines, joined by a newline, with none at the end: ``ddns1``, ``POST``, the path
as it was sent, the host and the addresses (joined by a comma) as they are in the body, the time,
the nonce, and the SHA-256 of the body in hex.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ddns.core.client.addresses import as_prefix, kind, parse_address, parse_prefix
from ddns.core.client.credentials import SKEW, Signature
from ddns.core.client.http import Request, Response, json_object, text_field
from ddns.core.client.protocols.challenge import parse_challenge
from ddns.core.client.requests import ADDRESSES, Answer, Result, UpdateRequest, targets
from ddns.core.errors import BadRequestError
from ddns.core.names import Address

PATH = "/v1/update"

_TIME = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SIGNATURE = re.compile(r"v1=([0-9A-Fa-f]{64})")
_MOST_ADDRESSES = 4
_FAILURES = {
    Result.FORBIDDEN: (403, "forbidden"),
    Result.NO_HOST: (409, "conflict"),
    Result.REFUSED: (409, "conflict"),
    Result.TROUBLE: (503, "try again later"),
}
_TITLES = {400: "bad request", 403: "forbidden"}


def matches(request: Request) -> bool:
    """Tell whether a request is one of this protocol."""
    return request.path == PATH


def parse(request: Request) -> UpdateRequest | Response:
    """Return what a client asks for, or the answer to another method or to a wrong clock.

    Raises:
        BadRequestError: headers or body are not what the protocol says.
    """
    if request.method != "POST":
        return _bad_method()
    time = _header(request, "x-ddns-time", _TIME)
    nonce = _header(request, "x-ddns-nonce", _NONCE)
    signature = _header(request, "x-ddns-signature", _SIGNATURE)
    fields = json_object(request.body)
    host = text_field(fields, "host")
    (target,) = targets([host])
    if not target.name:
        raise BadRequestError("host is no full host name")
    stated = _stated(fields)
    wanted = _addresses(stated, request.source)
    update = UpdateRequest(
        (target,),
        Signature(
            _text(request, host, stated, time, nonce),
            signature.removeprefix("v1=").lower(),
            int(time),
            nonce,
        ),
        wanted,
        request.source,
        request.stamp,
        parse_prefix(text_field(fields, "prefix")) if "prefix" in fields else None,
        ADDRESSES if _flag(fields, "offline") else frozenset(),
        parse_challenge(text_field(fields, "txt")) if "txt" in fields else None,
    )
    if abs(int(time) - request.stamp // 1000) > SKEW:
        return unauthorised()._replace(metric="BadAuth", hosts=(host,))
    return update


def _header(request: Request, name: str, pattern: re.Pattern[str]) -> str:
    value = request.header(name)
    if not pattern.fullmatch(value):
        raise BadRequestError(f"the header {name} is missing or malformed")
    return value


def _stated(fields: Mapping[str, Any]) -> list[str]:
    stated = fields.get("addresses", ["auto"])
    if not isinstance(stated, list) or not all(isinstance(each, str) for each in stated):
        raise BadRequestError("addresses must be a list of texts")
    if len(stated) > _MOST_ADDRESSES:
        raise BadRequestError(f"addresses must be {_MOST_ADDRESSES} at most")
    return stated


def _addresses(stated: list[str], source: Address) -> dict[str, Address]:
    found: dict[str, Address] = {}
    for text in stated:
        if text == "preserve":
            continue
        if as_prefix(text):
            raise BadRequestError("addresses holds a prefix: name it prefix")
        address = source if text == "auto" else parse_address(text)
        if found.setdefault(kind(address), address) != address:
            raise BadRequestError("addresses must hold one of each family at most")
    return found


def _flag(fields: Mapping[str, Any], name: str) -> bool:
    found = fields.get(name, False)
    if not isinstance(found, bool):
        raise BadRequestError(f"{name} must be true or false")
    return found


def _text(request: Request, host: str, stated: list[str], time: str, nonce: str) -> bytes:
    lines = (
        "ddns1",
        request.method,
        request.raw_path,
        host,
        ",".join(stated),
        time,
        nonce,
        sha256(request.body).hexdigest(),
    )
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def format_answer(_update: UpdateRequest, answer: Answer) -> Response:
    """Return what became of the host."""
    if not answer.results:
        return unauthorised()
    (done,) = answer.results
    if not done.result.success:
        status, title = _FAILURES[done.result]
        return _problem(status, title, done.reason)
    body: dict[str, Any] = {
        "host": done.target.name,
        "result": done.result.value,
        "addresses": list(done.addresses),
    }
    if done.reason:
        body["note"] = done.reason
    return Response(200, json.dumps(body), "application/json", done.reason)


def unauthorised() -> Response:
    """Return the one answer to whatever is wrong with host, signature, time or nonce."""
    detail = f"unknown host, wrong signature, clock off by more than {SKEW} s, or sent before"
    return _problem(401, "unauthorized", detail)


def refuse(status: int, reason: str) -> Response:
    """Return the answer to a request that is not what the protocol says, or is not to be read."""
    return _problem(status, _TITLES[status], reason)._replace(reason=reason)


def _bad_method() -> Response:
    """Return the answer to a request that is no POST."""
    return _problem(405, "method not allowed", "send it with POST")._replace(
        headers={"Allow": "POST"}, metric="BadRequest"
    )


def _problem(status: int, title: str, detail: str) -> Response:
    """Return problem details (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(status, json.dumps(body), "application/problem+json")
