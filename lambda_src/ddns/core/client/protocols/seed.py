"""The protocol of the AWS blog sample "Building a serverless dynamic DNS system with AWS".

It is JSON over POST, with a digest of address, host name and secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ddns.core.client.addresses import kind
from ddns.core.client.credentials import Digest
from ddns.core.client.http import Request, Response, json_object, text_field
from ddns.core.client.requests import Answer, Result, UpdateRequest, targets
from ddns.core.errors import BadRequestError
from ddns.core.names import fully_qualified

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNCHANGED = "Your IP address matches the current Route53 DNS record."
_UNAUTHORISED = "The request is not authorized."
_FAILURES = {
    Result.FORBIDDEN: 400,
    Result.NO_HOST: 500,
    Result.REFUSED: 500,
    Result.TROUBLE: 503,
}


def matches(request: Request) -> bool:
    """Tell whether a request is one of this protocol, unless another has its path."""
    return request.method == "POST" and (request.json or request.path in ("/", "/checkip"))


def parse(request: Request) -> UpdateRequest | Response:
    """Return what a client asks for, or the answer where nothing is to be updated.

    Raises:
        BadRequestError: the body is not what the protocol says.
    """
    fields = json_object(request.body)
    mode = fields.get("execution_mode")
    if mode == "get":
        return _message(200, str(request.source))
    if mode != "set":
        raise BadRequestError("execution_mode must be get or set")
    return _set(fields, request)


def _set(fields: Mapping[str, Any], request: Request) -> UpdateRequest:
    text = text_field(fields, "ddns_hostname")
    digest = text_field(fields, "validation_hash").lower()
    if not _DIGEST.fullmatch(digest):
        raise BadRequestError("validation_hash must be a SHA-256 digest: 64 hex digits")
    (target,) = targets([text])
    if not target.name:
        raise BadRequestError("ddns_hostname is no full host name")
    # As it was sent: that is what the client has hashed.
    proof = Digest(f"{request.source}{text}", digest)
    wanted = {kind(request.source): request.source}
    return UpdateRequest((target,), proof, wanted, request.source, request.stamp)


def format_answer(update: UpdateRequest, answer: Answer) -> Response:
    """Return the answer in the words of the AWS blog sample."""
    if not answer.results:
        return _message(401, _UNAUTHORISED)
    (done,) = answer.results
    if done.result is Result.UNCHANGED:
        return _message(200, _UNCHANGED)._replace(reason=done.reason)
    if done.result.success:
        name = fully_qualified(done.target.name)
        text = f"Your hostname record {name} has been set to {update.source}"
        return _message(201, text)._replace(reason=done.reason)
    return _message(_FAILURES[done.result], done.reason or "Try again later.")


def refuse(status: int, reason: str) -> Response:
    """Return the answer to a request that is not what the protocol says, or is not to be read."""
    return _message(status, reason)._replace(reason=reason)


def _message(status: int, text: str) -> Response:
    outcome = "success" if status < 400 else "fail"  # noqa: PLR2004 - HTTP
    body = json.dumps({"return_message": text, "return_status": outcome})
    return Response(status, body, "application/json")
