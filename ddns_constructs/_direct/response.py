"""What callers of `ApiGatewayDirectDdns` are answered."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import aws_apigateway as apigateway

from ddns_constructs._direct import templates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Refusal(enum.Enum):
    """Why nothing was changed."""

    BUSY = "busy"
    """Too many requests, of this caller or of the account: try again later."""

    DENIED = "denied"
    """The caller may not do this, and trying again is of no use."""

    FAILED = "failed"
    """Something is broken between API Gateway and Route 53."""

    NO_ADDRESS = "noaddress"
    """API Gateway names no address of the caller's: none at all, or one with a port."""

    NOT_FOUND = "notfound"
    """There is nothing at this path, or not by this method."""

    UNUSABLE = "unusable"
    """API Gateway takes no such request: its media type, its size, its form."""


class DirectResponse(ABC):
    """What callers are answered; made by one of its static methods."""

    @staticmethod
    def dyndns2() -> DirectResponse:
        """Answer in the words of dyndns2: `good 203.0.113.9`, `911`, `badauth`, `dnserr`."""
        return _DynDns2()

    @staticmethod
    def json() -> DirectResponse:
        """Answer in JSON: `{"result":"good","address":"203.0.113.9"}`, or a result alone."""
        return _Json()

    @staticmethod
    def empty() -> DirectResponse:
        """Answer with the status alone, as the last but one step of the AWS blog sample has it."""
        return _Empty()

    @staticmethod
    def raw() -> DirectResponse:
        """Answer with Route 53's own XML: the id of the change, and its errors word by word.

        An error may name the role, the zone and the account.
        """
        return _Raw()

    @property
    @abstractmethod
    def content_type(self) -> str:
        """The media type of every answer."""

    @property
    @abstractmethod
    def good(self) -> str:
        """The template of the answer to a change that Route 53 took."""

    @property
    @abstractmethod
    def failed(self) -> str:
        """The template of every other answer of Route 53; it makes the status 429 where busy."""

    def body(self, reason: Refusal) -> str:
        """Return the text, within a template, where Route 53 did not let the role do it."""
        return self.refusal(reason)

    @abstractmethod
    def refusal(self, reason: Refusal) -> str:
        """Return the text where API Gateway itself refuses; it is no template, but a text."""


@dataclass(frozen=True)
class _DynDns2(DirectResponse):
    @property
    def content_type(self) -> str:
        return "text/plain"

    @property
    def good(self) -> str:
        return templates.read("good_dyndns2")

    @property
    def failed(self) -> str:
        return templates.answer_of_failure(busy=self.refusal(Refusal.BUSY), failed="dnserr")

    def refusal(self, reason: Refusal) -> str:
        words = {
            Refusal.BUSY: "911",
            Refusal.DENIED: "badauth",
            Refusal.FAILED: "911",
            Refusal.NO_ADDRESS: "dnserr",
            Refusal.NOT_FOUND: "notfound",
            Refusal.UNUSABLE: "badrequest",
        }
        return words[reason]


@dataclass(frozen=True)
class _Json(DirectResponse):
    @property
    def content_type(self) -> str:
        return "application/json"

    @property
    def good(self) -> str:
        return templates.read("good_json")

    @property
    def failed(self) -> str:
        return templates.answer_of_failure(
            busy=self.refusal(Refusal.BUSY), failed=self.refusal(Refusal.FAILED)
        )

    def refusal(self, reason: Refusal) -> str:
        return f'{{"result":"{reason.value}"}}'


@dataclass(frozen=True)
class _Empty(DirectResponse):
    @property
    def content_type(self) -> str:
        return "text/plain"

    @property
    def good(self) -> str:
        return templates.read("nothing")

    @property
    def failed(self) -> str:
        return templates.answer_of_failure(busy="", failed="")

    def body(self, reason: Refusal) -> str:  # noqa: ARG002 - the status says it
        return ""

    def refusal(self, reason: Refusal) -> str:  # noqa: ARG002 - the status says it
        # A text of no length would be none, and API Gateway's own would stand in for it.
        return " "


@dataclass(frozen=True)
class _Raw(DirectResponse):
    @property
    def content_type(self) -> str:
        return "text/xml"

    @property
    def good(self) -> str:
        return templates.read("raw")

    @property
    def failed(self) -> str:
        body = templates.read("raw")
        return templates.answer_of_failure(busy=body, failed=body)

    def body(self, reason: Refusal) -> str:  # noqa: ARG002 - Route 53's own says it
        return templates.read("raw")

    def refusal(self, reason: Refusal) -> str:
        # The shape of Route 53's own errors, so that a caller has one to read.
        return f"<ErrorResponse><Error><Code>{reason.name}</Code></Error></ErrorResponse>"


# ---------------------------------------------------------------- as API Gateway has them

_STATUSES = ("200", "403", "404", "429", "502")


def method_responses() -> list[apigateway.MethodResponse]:
    """Return the statuses that a method may answer with, and the headers of each."""
    return [
        apigateway.MethodResponse(
            status_code=status,
            response_parameters={
                "method.response.header.Cache-Control": True,
                "method.response.header.Content-Type": True,
            },
        )
        for status in _STATUSES
    ]


def integration_responses(
    response: DirectResponse, denied: str, *, is_path: bool
) -> list[apigateway.IntegrationResponse]:
    """Return what becomes of Route 53's answers, by their status.

    Args:
        response: How callers are answered.
        denied: The template where IAM did not let the role do it.
        is_path: Whether the path says the name.
    """
    headers = {
        "method.response.header.Cache-Control": "'no-store'",
        "method.response.header.Content-Type": f"'{response.content_type}'",
    }
    cases = (
        ("200", r"2\d\d", response.good),
        # API Gateway has one answer for each status: what is none of a stranger's overrides it.
        ("404" if is_path else "403", "403", denied),
        ("502", None, response.failed),  # without pattern: every other status
    )
    return [
        apigateway.IntegrationResponse(
            status_code=status,
            selection_pattern=pattern,
            response_parameters=headers,
            # The one key stands for whatever Route 53 answers with; the header says the type.
            response_templates={"application/json": template},
        )
        for status, pattern, template in cases
    ]


def answer_of_denial(
    response: DirectResponse,
    known: Sequence[str],
    caller: str,
    *,
    is_path: bool,
    zone_id: str | None,
) -> str:
    """Return the template where IAM did not let the role change a name.

    A denial is final for clients of dyndns2, and a new role is not known everywhere at once: so
    a caller who has a name is answered as where anything else is broken, which is tried again.

    Args:
        response: How callers are answered.
        known: What callers with a name are known by.
        caller: The variable that holds it.
        is_path: Whether that is the path, so that a caller without a name has called nothing.
        zone_id: The zone that the path has to say; None where it says none.
    """
    unknown = Refusal.NOT_FOUND if is_path else Refusal.DENIED
    # What cannot be read in an answer's template is empty: never final for those who have a name.
    return templates.answer_of_denial(
        [*known, ""] if is_path else known,
        caller,
        zone_id=zone_id,
        unknown=response.body(unknown),
        failed=response.body(Refusal.FAILED),
        no_address=response.body(Refusal.NO_ADDRESS),
    )


_REFUSALS: Mapping[str, tuple[apigateway.ResponseType, Refusal]] = {
    "AccessDenied": (apigateway.ResponseType.ACCESS_DENIED, Refusal.DENIED),
    "BadApiKey": (apigateway.ResponseType.INVALID_API_KEY, Refusal.DENIED),
    "BadSignature": (apigateway.ResponseType.INVALID_SIGNATURE, Refusal.DENIED),
    "BadToken": (apigateway.ResponseType.UNAUTHORIZED, Refusal.DENIED),
    "BadMediaType": (apigateway.ResponseType.UNSUPPORTED_MEDIA_TYPE, Refusal.UNUSABLE),
    "ExpiredToken": (apigateway.ResponseType.EXPIRED_TOKEN, Refusal.DENIED),
    "Filtered": (apigateway.ResponseType.WAF_FILTERED, Refusal.DENIED),
    "NoSuchResource": (apigateway.ResponseType.RESOURCE_NOT_FOUND, Refusal.NOT_FOUND),
    "QuotaExceeded": (apigateway.ResponseType.QUOTA_EXCEEDED, Refusal.BUSY),
    "Throttled": (apigateway.ResponseType.THROTTLED, Refusal.BUSY),
    "OtherClientErrors": (apigateway.ResponseType.DEFAULT_4_XX, Refusal.UNUSABLE),
    "OtherServerErrors": (apigateway.ResponseType.DEFAULT_5_XX, Refusal.FAILED),
}


def add_gateway_responses(
    api: apigateway.RestApi, response: DirectResponse, *, signed: bool
) -> None:
    """Give API Gateway's own errors the look of the others.

    Args:
        api: The API.
        response: How callers are answered.
        signed: Whether requests carry a signature for AWS.
    """
    for id_, (type_, reason) in _REFUSALS.items():
        _add(api, id_, type_, response, reason)
    # What API Gateway calls a missing token is, where none is asked for, a path without method.
    missing = Refusal.DENIED if signed else Refusal.NOT_FOUND
    status = None if signed else "404"
    token = apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN
    _add(api, "NoSuchMethod", token, response, missing, status=status)


def _add(
    api: apigateway.RestApi,
    id_: str,
    type_: apigateway.ResponseType,
    response: DirectResponse,
    reason: Refusal,
    *,
    status: str | None = None,
) -> None:
    api.add_gateway_response(
        id_,
        type=type_,
        status_code=status,
        response_headers={
            "Cache-Control": "'no-store'",
            "Content-Type": f"'{response.content_type}'",
        },
        templates={"application/json": response.refusal(reason)},
    )
