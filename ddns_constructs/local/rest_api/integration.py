"""What an integration makes of a request, and of what the service answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote

from ddns_constructs.local.http.url_event import HttpAnswer
from ddns_constructs.local.rest_api.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.local.http.url_event import HttpRequest
    from ddns_constructs.local.rest_api.vtl import Engine

__all__ = ["Integration", "ServiceAnswer", "ServiceRequest", "UnsupportedError", "header"]

_NO_TYPE = "application/json"
_URI = re.compile(r"arn:[^:]+:apigateway:(?P<region>[^:]+):(?P<service>[^:]+):path/+(?P<path>.*)")


class UnsupportedError(Exception):
    """API Gateway can do it, this one cannot; the text says what."""


class ServiceRequest(NamedTuple):
    """What is sent to the service."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


class ServiceAnswer(NamedTuple):
    """What the service has answered."""

    status: int
    headers: Mapping[str, str]
    body: str


class Integration:
    """One integration with Route 53, as API Gateway describes it.

    Args:
        description: Of the method, as `GetMethod` answers it.
        engine: Renders the templates.
    """

    def __init__(self, description: Mapping[str, Any], engine: Engine) -> None:
        self._description = description
        self._engine = engine
        uri = _URI.fullmatch(description.get("uri") or "")
        if description["type"] != "AWS" or uri is None or uri["service"] != "route53":
            kind, target = description["type"], description.get("uri", "")
            raise UnsupportedError(f"an integration of type {kind} with {target!r}, only Route 53")
        self._path = f"/{uri['path']}"
        self.region = uri["region"]
        self.role: str | None = description.get("credentials")

    def request(
        self,
        request: HttpRequest,
        parameters: Mapping[str, str],
        values: Mapping[str, str],
    ) -> ServiceRequest:
        """Return what is sent to the service.

        Args:
            request: What arrived.
            parameters: The variables of its path.
            values: What templates may ask for.

        Raises:
            Refusal: There is no template for its media type, and it may not pass without.
            TemplateError: The template asks for something else.
            UnsupportedError: A mapping of parameters is none that is known here.
        """
        body = self._request_body(request, values)
        headers: dict[str, str] = {}
        path = self._path
        for target, source in self._description.get("requestParameters", {}).items():
            value = _request_value(source, request, parameters)
            where, _, name = target.removeprefix("integration.request.").partition(".")
            if where == "path":
                path = path.replace(f"{{{name}}}", quote(value, safe=""))
            elif where == "header":
                headers[name] = value
            else:
                raise UnsupportedError(f"the request parameter {target}")
        return ServiceRequest(self._description["httpMethod"], path, headers, body)

    def _request_body(self, request: HttpRequest, values: Mapping[str, str]) -> str:
        templates: Mapping[str, str] = self._description.get("requestTemplates") or {}
        by_type = {_media_type(name): template for name, template in templates.items()}
        template = by_type.get(_media_type(header(request, "content-type") or _NO_TYPE))
        sent = request.body.decode(errors="replace")
        if template is not None:
            return self._engine.render(template, {**values, "input.body": sent}).text
        passing = self._description.get("passthroughBehavior", "WHEN_NO_MATCH")
        if passing == "NEVER" or (passing == "WHEN_NO_TEMPLATES" and templates):
            raise Refusal("UNSUPPORTED_MEDIA_TYPE")
        return sent

    def answer(self, answered: ServiceAnswer, accept: str, values: Mapping[str, str]) -> HttpAnswer:
        """Return what the caller gets.

        Args:
            answered: By the service.
            accept: The media type that the caller prefers; there is a template for it or not.
            values: What templates may ask for.

        Raises:
            Refusal: There is no answer for that status.
            TemplateError: The template asks for something else.
            UnsupportedError: A mapping of parameters is none that is known here.
        """
        response = _selected(self._description.get("integrationResponses") or {}, answered.status)
        headers = {"content-type": ("Content-Type", "application/json")}
        for target, source in (response.get("responseParameters") or {}).items():
            name = target.removeprefix("method.response.header.")
            headers[name.lower()] = (name, _response_value(source, answered))
        templates: Mapping[str, str] = response.get("responseTemplates") or {}
        template = templates.get(accept, templates.get(_NO_TYPE))
        status, body = int(response["statusCode"]), answered.body
        if template is not None or templates:
            text = next(iter(templates.values())) if template is None else template
            rendered = self._engine.render(text, {**values, "input.body": answered.body})
            status, body = int(rendered.status or status), rendered.text
        return HttpAnswer(status, tuple(headers.values()), body.encode())


def header(request: HttpRequest, name: str) -> str:
    """Return a header of a request; several of a name are joined, none is nothing."""
    return ", ".join(value for each, value in request.headers if each.lower() == name)


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _request_value(source: str, request: HttpRequest, parameters: Mapping[str, str]) -> str:
    where, _, name = source.removeprefix("method.request.").partition(".")
    if _is_literal(source):
        return source[1:-1]
    if where == "path" and name in parameters:
        return parameters[name]
    if where == "header":
        return header(request, name.lower())
    if where == "querystring":
        pairs = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
        return dict(reversed(pairs)).get(name, "")
    raise UnsupportedError(f"the source {source} of a request parameter")


def _response_value(source: str, answered: ServiceAnswer) -> str:
    if _is_literal(source):
        return source[1:-1]
    if source.startswith("integration.response.header."):
        name = source.removeprefix("integration.response.header.").lower()
        found = {each.lower(): value for each, value in answered.headers.items()}
        return found.get(name, "")
    raise UnsupportedError(f"the source {source} of a response parameter")


def _is_literal(source: str) -> bool:
    return source[:1] == source[-1:] == "'"


def _selected(responses: Mapping[str, Mapping[str, Any]], status: int) -> Mapping[str, Any]:
    default = None
    for response in responses.values():
        pattern = response.get("selectionPattern")
        if not pattern:
            default = default or response
        elif re.fullmatch(pattern, str(status)):
            return response
    if default is None:
        raise Refusal("API_CONFIGURATION_ERROR")
    return default
