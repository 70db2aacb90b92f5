"""What an integration makes of a request, and of what Route 53 answers."""

from __future__ import annotations

from typing import Any

import pytest

from ddns_constructs.local.http.url_event import HttpAnswer, HttpRequest
from ddns_constructs.local.rest_api.integration import (
    Integration,
    ServiceAnswer,
    ServiceRequest,
    UnsupportedError,
    header,
)
from ddns_constructs.local.rest_api.refusals import Refusal
from ddns_constructs.local.rest_api.vtl import Airspeed, TemplateError

URI = "arn:aws:apigateway:us-east-1:route53:path/2013-04-01/hostedzone/{id}/rrset/"
VALUES = {"context.identity.sourceIp": "127.0.0.1"}
PARAMETERS = {
    "integration.request.header.Content-Type": "'application/xml'",
    "integration.request.path.id": "method.request.path.zone_id",
}
DONE = ServiceAnswer(200, {"X-Done": "yes"}, "<done/>")


def integration(**changed: Any) -> Integration:  # noqa: ANN401 - JSON
    description = {
        "type": "AWS",
        "httpMethod": "POST",
        "uri": URI,
        "credentials": "arn:aws:iam::000000000000:role/role",
        "requestParameters": PARAMETERS,
        "requestTemplates": {"application/json": "<a>$context.identity.sourceIp</a>"},
        "passthroughBehavior": "NEVER",
        "integrationResponses": {
            "200": {"statusCode": "200", "selectionPattern": r"2\d\d"},
            "502": {"statusCode": "502", "selectionPattern": ""},
        },
        **changed,
    }
    return Integration(description, Airspeed())


def sent(body: bytes = b"", target: str = "/ddns/Z1", **headers: str) -> HttpRequest:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return HttpRequest("POST", target, "HTTP/1.1", named, body, "127.0.0.1")


def made(request: HttpRequest, zone: str = "Z1", **changed: Any) -> ServiceRequest:  # noqa: ANN401
    return integration(**changed).request(request, {"zone_id": zone}, VALUES)


def answered(
    response: dict[str, Any], answer: ServiceAnswer = DONE, accept: str = "*/*"
) -> HttpAnswer:
    responses = {"1": {"statusCode": "201", **response}}
    return integration(integrationResponses=responses).answer(answer, accept, VALUES)


def test_a_request_becomes_one_to_the_service() -> None:
    assert made(sent()) == ServiceRequest(
        "POST",
        "/2013-04-01/hostedzone/Z1/rrset/",
        {"Content-Type": "application/xml"},
        "<a>127.0.0.1</a>",
    )
    assert (integration().region, integration().role) == (
        "us-east-1",
        "arn:aws:iam::000000000000:role/role",
    )


@pytest.mark.parametrize("path", ("path/2013", "path//2013"))
def test_a_slash_more_in_the_uri_is_no_other_path(path: str) -> None:
    uri = f"arn:aws:apigateway:eu-west-1:route53:{path}"
    assert made(sent(), uri=uri, requestParameters={}).path == "/2013"


def test_a_variable_of_the_path_stays_one_part() -> None:
    assert made(sent(), "../x?a=b#c").path == "/2013-04-01/hostedzone/..%2Fx%3Fa%3Db%23c/rrset/"


@pytest.mark.parametrize(
    ("source", "value"),
    (
        ("'it is'", "it is"),
        ("method.request.header.X-Odd", "1, 2"),
        ("method.request.header.X-None", ""),
        ("method.request.querystring.q", "first"),
        ("method.request.querystring.none", ""),
        ("method.request.path.zone_id", "Z1"),
    ),
)
def test_headers_are_mapped(source: str, value: str) -> None:
    request = HttpRequest(
        "GET", "/?q=first&q=2", "HTTP/1.1", (("x-odd", "1"), ("X-Odd", "2")), b"", "127.0.0.1"
    )
    parameters = {"integration.request.header.H": source}
    assert made(request, requestParameters=parameters).headers == {"H": value}


@pytest.mark.parametrize(
    ("target", "source"),
    (
        ("integration.request.querystring.q", "'x'"),
        ("integration.request.header.H", "context.identity.sourceIp"),
        ("integration.request.header.H", "method.request.path.nothing"),
        ("integration.request.header.H", "method.request.body"),
    ),
)
def test_other_mappings_are_not_guessed(target: str, source: str) -> None:
    with pytest.raises(UnsupportedError):
        made(sent(), requestParameters={target: source})


@pytest.mark.parametrize(
    ("type_", "uri"),
    (
        ("AWS_PROXY", URI),
        ("MOCK", None),
        ("AWS", "arn:aws:apigateway:us-east-1:sqs:path/1/queue"),
        ("AWS", "arn:aws:apigateway:us-east-1:route53:action/ListHostedZones"),
    ),
)
def test_other_integrations_are_not_guessed(type_: str, uri: str | None) -> None:
    with pytest.raises(UnsupportedError, match="only Route 53"):
        integration(type=type_, uri=uri)


@pytest.mark.parametrize(
    "content_type", ("application/json", "Application/JSON; charset=utf-8", "", None)
)
def test_the_media_type_chooses_the_template_and_none_is_json(content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content_Type": content_type}
    assert made(sent(b"ignored", **headers)).body == "<a>127.0.0.1</a>"


@pytest.mark.parametrize(
    "content_type", ("application/xml", "application/json, application/xml", "a b;c")
)
def test_never_is_415_for_another_media_type(content_type: str) -> None:
    with pytest.raises(Refusal, match="UNSUPPORTED_MEDIA_TYPE"):
        made(sent(b"<x/>", Content_Type=content_type))


def test_without_templates_never_is_never() -> None:
    with pytest.raises(Refusal, match="UNSUPPORTED_MEDIA_TYPE"):
        made(sent(), requestTemplates={})


@pytest.mark.parametrize(
    ("behaviour", "templates", "passes"),
    (
        ("WHEN_NO_MATCH", {"application/json": "x"}, True),
        ("WHEN_NO_TEMPLATES", {"application/json": "x"}, False),
        ("WHEN_NO_TEMPLATES", {}, True),
    ),
)
def test_a_body_passes_only_where_it_may(
    behaviour: str, templates: dict[str, str], passes: object
) -> None:
    request = sent(b"<own/>", Content_Type="application/xml")
    changed = {"passthroughBehavior": behaviour, "requestTemplates": templates}
    if passes:
        assert made(request, **changed).body == "<own/>"
    else:
        with pytest.raises(Refusal):
            made(request, **changed)


def test_a_template_sees_the_body_where_it_asks() -> None:
    templates = {"application/json": "[$input.body]"}
    assert made(sent(b"$x \xff"), requestTemplates=templates).body == "[$x �]"


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("status", "answer"), ((200, 200), (299, 200), (2000, 502), (400, 502), (503, 502))
)
def test_the_status_of_the_service_chooses_the_answer(status: int, answer: int) -> None:
    answer_ = integration().answer(ServiceAnswer(status, {}, "text"), "*/*", VALUES)
    json_ = (("Content-Type", "application/json"),)
    assert answer_ == HttpAnswer(answer, json_, b"text")


def test_a_status_that_nothing_is_said_about_is_an_error() -> None:
    with pytest.raises(Refusal, match="API_CONFIGURATION_ERROR"):
        answered({"selectionPattern": "403"})


def test_headers_come_from_constants_and_from_the_service() -> None:
    parameters = {
        "method.response.header.Content-Type": "'text/plain'",
        "method.response.header.X-Was": "integration.response.header.x-done",
        "method.response.header.X-None": "integration.response.header.none",
    }
    assert answered({"responseParameters": parameters}).headers == (
        ("Content-Type", "text/plain"),
        ("X-Was", "yes"),
        ("X-None", ""),
    )


def test_other_sources_of_headers_are_not_guessed() -> None:
    with pytest.raises(UnsupportedError):
        answered({"responseParameters": {"method.response.header.X": "integration.response.body"}})


@pytest.mark.parametrize(
    ("templates", "accept", "body"),
    (
        ({"application/json": "json", "text/plain": "text"}, "text/plain", b"text"),
        ({"application/json": "json", "text/plain": "text"}, "*/*", b"json"),
        ({"text/plain": "only"}, "*/*", b"only"),
        ({"application/json": "${input.body}"}, "*/*", b"<done/>"),
        ({"application/json": "#set($nothing = '')##\n"}, "*/*", b""),
        ({}, "*/*", b"<done/>"),
    ),
)
def test_a_template_makes_the_body(templates: dict[str, str], accept: str, body: bytes) -> None:
    assert answered({"responseTemplates": templates}, accept=accept).body == body


def test_a_template_may_override_the_status() -> None:
    template = (
        "#if($input.body.contains('<Code>Throttling'))##\n"
        "#set($context.responseOverride.status = 429)##\n#end##\n"
    )
    response = {"responseTemplates": {"application/json": template}}
    throttled = ServiceAnswer(400, {}, "<Code>Throttling</Code>")
    assert (answered(response, throttled).status, answered(response).status) == (429, 201)


def test_a_template_that_asks_for_more_is_an_error() -> None:
    with pytest.raises(TemplateError):
        answered({"responseTemplates": {"application/json": "$input.path('$')"}})


def test_a_header_is_found_in_any_case_and_joined() -> None:
    request = sent(X_odd="1")._replace(headers=(("x-ODD", "1"), ("X-odd", "2"), ("y", "3")))
    assert (header(request, "x-odd"), header(request, "none")) == ("1, 2", "")
