"""Answers of API Gateway itself: gateway responses, whose templates only fill in variables."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ddns_constructs.local.http.url_event import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORBIDDEN", "Refusal", "gateway_answer"]

_VARIABLE = re.compile(r"\$(?:\{(context(?:\.\w+)+)\}|(context(?:\.[A-Za-z]\w*)+))")
_DEFAULT_STATUS = {"DEFAULT_4XX": 403, "DEFAULT_5XX": 500}
_HEADER = "gatewayresponse.header."
# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
_MESSAGES = {
    "API_CONFIGURATION_ERROR": "Internal server error",
    "DEFAULT_4XX": "The security token included in the request is invalid.",
    "INTEGRATION_FAILURE": "Internal server error",
    "INVALID_API_KEY": "Forbidden",
    "INVALID_SIGNATURE": "The request signature we calculated does not match the signature you "
    "provided.",
    "MISSING_AUTHENTICATION_TOKEN": "Missing Authentication Token",
    "UNAUTHORIZED": "Unauthorized",
    "UNSUPPORTED_MEDIA_TYPE": "Unsupported Media Type",
}

FORBIDDEN = HttpAnswer(
    403,
    (("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException")),
    b'{"message":"Forbidden"}',
)
"""The answer where there is no such stage: it has no gateway responses."""


class Refusal(Exception):  # noqa: N818 - it ends a request, not a program
    """API Gateway answers itself.

    Args:
        kind: The type of gateway response, such as `INVALID_API_KEY`.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def gateway_answer(
    kind: str, response: Mapping[str, Any], context: Mapping[str, str]
) -> HttpAnswer:
    """Return the answer of a refusal.

    Args:
        kind: The type of gateway response.
        response: How the API answers that.
        context: What templates may ask for, such as `context.requestId`.
    """
    message = _MESSAGES[kind]
    known = {
        **context,
        "context.error.message": message,
        "context.error.messageString": json.dumps(message),
        "context.error.responseType": kind,
    }
    template: str = response["responseTemplates"]["application/json"]
    # What is not known stays as it is written.
    body = _VARIABLE.sub(lambda found: known.get(found[1] or found[2], found[0]), template)
    headers = {"Content-Type": "application/json"}
    for target, source in response.get("responseParameters", {}).items():
        if target.startswith(_HEADER) and source[:1] == source[-1:] == "'":
            headers[target.removeprefix(_HEADER)] = source[1:-1]
    status = response.get("statusCode") or _DEFAULT_STATUS[kind]
    return HttpAnswer(int(status), tuple(headers.items()), body.encode())
