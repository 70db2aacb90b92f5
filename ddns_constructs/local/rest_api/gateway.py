"""From a request to an answer, in the order in which API Gateway asks."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from ddns_constructs.local.http.url_event import HttpAnswer, message
from ddns_constructs.local.rest_api.integration import Integration, UnsupportedError, header
from ddns_constructs.local.rest_api.refusals import FORBIDDEN, Refusal, gateway_answer
from ddns_constructs.local.rest_api.routes import find_route
from ddns_constructs.local.rest_api.signature import check_signature
from ddns_constructs.local.rest_api.vtl import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns_constructs.local.http.url_event import HttpRequest
    from ddns_constructs.local.rest_api.definition import Definition
    from ddns_constructs.local.rest_api.integration import ServiceAnswer, ServiceRequest
    from ddns_constructs.local.rest_api.vtl import Engine

    _Call = Callable[[str | None, ServiceRequest, str], ServiceAnswer]

__all__ = ["Gateway", "Signer"]

_BROKEN = message(500, "Internal server error")
_log = logging.getLogger(__name__)


class Signer(NamedTuple):
    """Who may call methods that ask for AWS_IAM."""

    access_key: str
    secret_key: str


class Gateway:
    """Answers the requests to one API.

    Args:
        definition: The API.
        engine: Renders its templates.
        call: Calls Route 53 as a role.
        signer: Who may call methods that ask for AWS_IAM.
    """

    def __init__(self, definition: Definition, engine: Engine, call: _Call, signer: Signer) -> None:
        self._definition = definition
        self._engine = engine
        self._call = call
        self._signer = signer

    def respond(self, request: HttpRequest) -> HttpAnswer:
        """Answer a request, whatever happens."""
        request_id = str(uuid.uuid4())
        try:
            made = self._respond(request, request_id)
        except (BotoCoreError, ClientError):
            _log.exception("the emulator could not say what the API is")
            made = _BROKEN
        return made._replace(headers=(*made.headers, ("x-amzn-RequestId", request_id)))

    def _respond(self, request: HttpRequest, request_id: str) -> HttpAnswer:
        _, stage, *rest = request.target.partition("?")[0].split("/")
        if stage not in self._definition.stages():
            return FORBIDDEN
        context = {
            "context.apiId": self._definition.api_id,
            "context.httpMethod": request.method,
            "context.identity.sourceIp": request.peer,
            "context.requestId": request_id,
            "context.stage": stage,
        }
        try:
            return self._answer(request, "/".join(rest), context)
        except Refusal as refusal:
            kind = refusal.kind
        except UnsupportedError as err:
            _log.error("the local AWS does not know %s", err)
            kind = "API_CONFIGURATION_ERROR"
        except TemplateError as err:
            _log.error("a template failed: %s", err)
            kind = "API_CONFIGURATION_ERROR"
        except BotoCoreError:
            _log.exception("Route 53 did not answer")
            kind = "INTEGRATION_FAILURE"
        return gateway_answer(kind, self._definition.gateway_response(kind), context)

    def _answer(self, request: HttpRequest, path: str, context: dict[str, str]) -> HttpAnswer:
        route = find_route(self._definition.resources(), path)
        method = route and (route.methods.get(request.method) or route.methods.get("ANY"))
        if not route or not method:
            raise Refusal("MISSING_AUTHENTICATION_TOKEN")
        context["context.resourcePath"] = route.path
        self._authorise(request, method)
        if method["apiKeyRequired"]:
            sent = header(request, "x-api-key")
            key_id = self._definition.key_id(sent, context["context.stage"]) if sent else None
            if key_id is None:
                raise Refusal("INVALID_API_KEY")
            context["context.identity.apiKeyId"] = key_id
        context |= {f"input.params.{name}": value for name, value in route.parameters.items()}
        integration = Integration(method["methodIntegration"], self._engine)
        asked = integration.request(request, route.parameters, context)
        answered = self._call(integration.role, asked, integration.region)
        return integration.answer(answered, header(request, "accept"), context)

    def _authorise(self, request: HttpRequest, method: Mapping[str, Any]) -> None:
        asked = method["authorizationType"]
        if asked == "AWS_IAM":
            check_signature(request, *self._signer, dt.datetime.now(dt.timezone.utc))
        elif asked != "NONE":  # no token is known to be good here
            raise Refusal("UNAUTHORIZED")
