"""From a request to an answer: routes, keys, signatures, and API Gateway's own answers."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from ddns_constructs.local.http.url_event import HttpAnswer, HttpRequest
from ddns_constructs.local.rest_api.gateway import Gateway, Signer
from ddns_constructs.local.rest_api.integration import ServiceAnswer, ServiceRequest
from ddns_constructs.local.rest_api.refusals import Refusal, gateway_answer
from ddns_constructs.local.rest_api.route53_call import trusts_api_gateway
from ddns_constructs.local.rest_api.vtl import Airspeed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROLE = "arn:aws:iam::000000000000:role/role"
SIGNER = Signer("test", "secret")
INTEGRATION = {
    "type": "AWS",
    "httpMethod": "POST",
    "uri": "arn:aws:apigateway:us-east-1:route53:path/2013-04-01/hostedzone/Z1/rrset/",
    "credentials": ROLE,
    "requestTemplates": {
        "application/json": "$context.identity.sourceIp $context.httpMethod $context.stage "
        "$context.resourcePath $context.apiId"
    },
    "passthroughBehavior": "NEVER",
    "integrationResponses": {
        "1": {"statusCode": "200", "responseTemplates": {"application/json": "$input.body"}}
    },
}


class Definition:
    """An API without an emulator."""

    api_id = "api1"

    def __init__(
        self, *, authorization: str = "NONE", keys: bool = False, **changed: object
    ) -> None:
        method = {
            "authorizationType": authorization,
            "apiKeyRequired": keys,
            "methodIntegration": {**INTEGRATION, **changed},
        }
        self.methods: dict[str, Any] = {"POST": method}
        self.gone = False

    def stages(self) -> tuple[str, ...]:
        if self.gone:
            raise ClientError({}, "GetStages")
        return ("ddns",)

    def resources(self) -> list[Mapping[str, Any]]:
        return [{"path": "/update", "resourceMethods": self.methods}, {"path": "/"}]

    def gateway_response(self, kind: str) -> Mapping[str, Any]:
        template = f"{kind} $context.requestId $context.error.messageString"
        return {"responseTemplates": {"application/json": template}, "statusCode": "499"}

    def key_id(self, value: str, stage: str) -> str | None:
        return "id1" if (value, stage) == ("key1", "ddns") else None


class Call:
    """Remembers what Route 53 is asked, and answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, ServiceRequest, str]] = []
        self.raised: Exception | None = None

    def __call__(self, role: str | None, request: ServiceRequest, region: str) -> ServiceAnswer:
        self.asked.append((role, request, region))
        if self.raised is not None:
            raise self.raised
        return ServiceAnswer(200, {}, "done")


@pytest.fixture
def call() -> Call:
    return Call()


def sent(
    target: str = "/ddns/update", method: str = "POST", body: bytes = b"", **headers: str
) -> HttpRequest:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return HttpRequest(method, target, "HTTP/1.1", named, body, "127.0.0.9")


def respond(definition: Definition, call: Call, request: HttpRequest) -> HttpAnswer:
    gateway = Gateway(definition, Airspeed(), call, SIGNER)  # type: ignore[arg-type] # a stand-in
    return gateway.respond(request)


def refusal(definition: Definition, call: Call, request: HttpRequest) -> str:
    """Return the type of the gateway response."""
    answer = respond(definition, call, request)
    kind, request_id, _ = answer.body.decode().split(" ", 2)
    assert answer.status == 499
    assert ("x-amzn-RequestId", request_id) in answer.headers
    return kind


def test_a_request_reaches_route53_and_the_answer_comes_back(call: Call) -> None:
    answer = respond(Definition(), call, sent("/ddns/update?x=1"))
    assert (answer.status, answer.body) == (200, b"done")
    ((role, request, region),) = call.asked
    assert (role, region) == (ROLE, "us-east-1")
    assert request.path == "/2013-04-01/hostedzone/Z1/rrset/"
    assert request.body == "127.0.0.9 POST ddns /update api1"


@pytest.mark.parametrize(
    "target", ("/", "/update", "/DDNS/update", "/other/update", "//ddns/update")
)
def test_another_stage_is_forbidden(call: Call, target: str) -> None:
    answer = respond(Definition(), call, sent(target))
    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')


@pytest.mark.parametrize(
    ("target", "method"),
    (("/ddns/nothing", "POST"), ("/ddns/update", "GET"), ("/ddns/", "POST"), ("/ddns", "POST")),
)
def test_what_is_not_there_lacks_a_token(call: Call, target: str, method: str) -> None:
    assert refusal(Definition(), call, sent(target, method)) == "MISSING_AUTHENTICATION_TOKEN"


def test_any_stands_for_every_method(call: Call) -> None:
    definition = Definition()
    definition.methods = {"ANY": definition.methods["POST"]}
    assert respond(definition, call, sent(method="DELETE")).status == 200


@pytest.mark.parametrize("headers", ({}, {"X_Api_Key": "other"}, {"x_api_key": ""}))
def test_without_a_key_of_the_stage_it_is_an_invalid_key(
    call: Call, headers: dict[str, str]
) -> None:
    assert refusal(Definition(keys=True), call, sent(**headers)) == "INVALID_API_KEY"
    assert not call.asked


def test_with_a_key_a_template_knows_its_id(call: Call) -> None:
    templates = {"application/json": "$context.identity.apiKeyId"}
    definition = Definition(keys=True, requestTemplates=templates)
    assert respond(definition, call, sent(X_API_Key="key1")).status == 200
    assert call.asked[0][1].body == "id1"


@pytest.mark.parametrize("authorization", ("COGNITO_USER_POOLS", "CUSTOM"))
def test_no_token_is_good_here(call: Call, authorization: str) -> None:
    request = sent(Authorization="Bearer x")
    assert refusal(Definition(authorization=authorization), call, request) == "UNAUTHORIZED"


def test_another_media_type_is_refused(call: Call) -> None:
    request = sent(body=b"<x/>", Content_Type="application/xml")
    assert refusal(Definition(), call, request) == "UNSUPPORTED_MEDIA_TYPE"
    assert not call.asked


@pytest.mark.parametrize(
    ("changed", "said"),
    (
        ({"type": "MOCK"}, "only Route 53"),
        ({"requestTemplates": {"application/json": "$input.json('$')"}}, "a template failed"),
    ),
)
def test_what_cannot_be_done_here_is_500_and_logged(
    call: Call, caplog: pytest.LogCaptureFixture, changed: dict[str, object], said: str
) -> None:
    assert refusal(Definition(**changed), call, sent()) == "API_CONFIGURATION_ERROR"  # type: ignore[arg-type] # of one of them
    assert said in caplog.text


@pytest.mark.parametrize(
    ("raised", "kind"),
    (
        (EndpointConnectionError(endpoint_url="https://127.0.0.1"), "INTEGRATION_FAILURE"),
        (Refusal("API_CONFIGURATION_ERROR"), "API_CONFIGURATION_ERROR"),
    ),
)
def test_a_call_that_fails_is_refused(call: Call, raised: Exception, kind: str) -> None:
    call.raised = raised
    assert refusal(Definition(), call, sent()) == kind


def test_without_an_emulator_it_is_500(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    definition = Definition()
    definition.gone = True
    answer = respond(definition, call, sent())
    assert (answer.status, json.loads(answer.body)) == (500, {"message": "Internal server error"})


# ---------------------------------------------------------------- signatures


def signed(
    signer: Signer = SIGNER, when: dt.datetime | None = None, service: str = "execute-api"
) -> HttpRequest:
    url = "http://127.0.0.1:8080/ddns/update?b=2&a=1"
    made = AWSRequest("POST", url, {"Host": "127.0.0.1:8080"}, b"x=1")
    auth = SigV4Auth(Credentials(*signer), service, "us-east-1")
    if when is None:
        auth.add_auth(made)
    else:
        made.context["timestamp"] = time = when.strftime("%Y%m%dT%H%M%SZ")
        made.headers["X-Amz-Date"] = time
        text = auth.string_to_sign(made, auth.canonical_request(made))
        auth._inject_signature_to_request(made, auth.signature(text, made))
    split = urlsplit(url)
    target = f"{split.path}?{split.query}"
    return HttpRequest("POST", target, "HTTP/1.1", tuple(made.headers.items()), b"x=1", "127.0.0.1")


def ago(**time: int) -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc) - dt.timedelta(**time)


def without(request: HttpRequest, name: str, *more: tuple[str, str]) -> HttpRequest:
    kept = tuple(each for each in request.headers if each[0] != name)
    return request._replace(headers=(*kept, *more))


def test_a_signature_of_the_administrator_opens(call: Call) -> None:
    definition = Definition(authorization="AWS_IAM")
    assert respond(definition, call, signed()).status == 200
    assert respond(definition, call, signed(when=ago(minutes=4))).status == 200


@pytest.mark.parametrize(
    ("request_", "kind"),
    (
        # Made when the test runs: a signature is good for five minutes, a long run takes more.
        (sent, "MISSING_AUTHENTICATION_TOKEN"),
        (lambda: sent(Authorization="Basic eA=="), "DEFAULT_4XX"),
        (lambda: signed(Signer("other", "secret")), "DEFAULT_4XX"),
        (lambda: signed(service="route53"), "DEFAULT_4XX"),
        (lambda: signed(Signer("test", "other")), "INVALID_SIGNATURE"),
        (lambda: signed(when=ago(minutes=60)), "INVALID_SIGNATURE"),
        (lambda: signed(when=ago(minutes=-60)), "INVALID_SIGNATURE"),
        (lambda: signed()._replace(body=b"x=2"), "INVALID_SIGNATURE"),
        (lambda: signed()._replace(target="/ddns/update?a=2"), "INVALID_SIGNATURE"),
        (lambda: without(signed(), "X-Amz-Date"), "INVALID_SIGNATURE"),
        (lambda: without(signed(), "Host", ("Host", "127.0.0.1:1")), "INVALID_SIGNATURE"),
    ),
)
def test_no_other_opens(call: Call, request_: Callable[[], HttpRequest], kind: str) -> None:
    assert refusal(Definition(authorization="AWS_IAM"), call, request_()) == kind
    assert not call.asked


# ---------------------------------------------------------------- gateway responses


def test_a_gateway_response_fills_in_what_is_known() -> None:
    response = {
        "statusCode": "418",
        "responseTemplates": {
            "application/json": "${context.error.responseType} $context.error.message "
            "$context.error.messageString $context.requestId $context.other $x"
        },
        "responseParameters": {
            "gatewayresponse.header.Content-Type": "'text/plain'",
            "gatewayresponse.header.X": "method.request.header.X",
        },
    }
    assert gateway_answer("INVALID_API_KEY", response, {"context.requestId": "1"}) == HttpAnswer(
        418,
        (("Content-Type", "text/plain"),),
        b'INVALID_API_KEY Forbidden "Forbidden" 1 $context.other $x',
    )


def test_the_status_of_what_has_none_is_403() -> None:
    response = {"responseTemplates": {"application/json": ""}}
    assert gateway_answer("DEFAULT_4XX", response, {}).status == 403


# ---------------------------------------------------------------- the role


def policy(**changed: object) -> dict[str, object]:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        **changed,
    }
    return {"Statement": [statement]}


@pytest.mark.parametrize(
    ("changed", "trusted"),
    (
        ({}, True),
        ({"Action": ["sts:TagSession", "STS:*"]}, True),
        ({"Principal": {"Service": ["x.amazonaws.com", "apigateway.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "lambda.amazonaws.com"}}, False),
        ({"Principal": {"AWS": "000000000000"}}, False),
        ({"Principal": "*"}, False),
        ({"Effect": "Deny"}, False),
        ({"Action": "sts:TagSession"}, False),
    ),
)
def test_the_role_must_trust_api_gateway(changed: dict[str, object], trusted: object) -> None:
    assert trusts_api_gateway(policy(**changed)) is trusted
