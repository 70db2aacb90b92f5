"""Function URLs of the local account, with a function that says what it was given."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.local import LocalAws, LocalAwsError
from tests.local.processes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.local.http.function_urls import FunctionUrl

CODE = """
import json

def handler(event, context):
    if event["rawPath"] == "/fail":
        raise RuntimeError("on purpose")
    if event["rawPath"] == "/challenge":
        return {"statusCode": 401, "headers": {"WWW-Authenticate": "Basic"}}
    return {"statusCode": 200, "body": json.dumps(event)}
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def function(aws: LocalAws, name: str) -> str:
    """Make a function with a URL that nobody may use, and return the URL."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", CODE)
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    functions = aws.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": package.getvalue()},
        Timeout=60,  # three seconds may be too few for eight at once
    )
    made = functions.create_function_url_config(FunctionName=name, AuthType="NONE")
    return str(made["FunctionUrl"])


def permit(
    aws: LocalAws, name: str, action: str, *, principal: str = "*", **condition: object
) -> None:
    aws.client("lambda").add_permission(
        FunctionName=name,
        StatementId=action.rpartition(":")[2],
        Action=action,
        Principal=principal,
        **condition,
    )


def permit_all(aws: LocalAws, name: str) -> None:
    permit(aws, name, "lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    permit(aws, name, "lambda:InvokeFunction", InvokedViaFunctionUrl=True)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:  # noqa: S310 - our own
            return int(response.status)
    except urllib.error.HTTPError as err:
        with err:
            return err.code


def event_of(url: str, body: bytes | None = None) -> Any:  # noqa: ANN401 - JSON
    with urllib.request.urlopen(url, body, timeout=PATIENCE) as response:  # noqa: S310 - our own
        return json.load(response)


@pytest.fixture(scope="module")
def echo(aws: LocalAws) -> Iterator[FunctionUrl]:
    url = function(aws, "echo")
    permit_all(aws, "echo")
    return aws.function_url(url)


def test_the_function_gets_the_request_with_the_caller_s_address(echo: FunctionUrl) -> None:
    found = event_of(f"{echo.http}nic/update?a=1", b"x=1")
    assert found["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert found["requestContext"]["domainName"] == echo.url.removeprefix("https://").rstrip("/")
    assert (found["rawPath"], found["rawQueryString"], found["body"]) == (
        "/nic/update",
        "a=1",
        "eD0x",
    )


def test_over_ipv6_the_address_is_an_ipv6_one(echo: FunctionUrl) -> None:
    if not echo.http_ipv6:
        pytest.skip("this machine has no IPv6")
    assert event_of(echo.http_ipv6)["requestContext"]["http"]["sourceIp"] == "::1"


def test_a_function_that_fails_is_502(echo: FunctionUrl) -> None:
    assert status(f"{echo.http}fail") == 502


def test_a_request_that_makes_too_long_an_event_is_413(echo: FunctionUrl) -> None:
    # Five megabytes are fewer than six, and more in base64.
    with pytest.raises(urllib.error.HTTPError) as caught:
        event_of(echo.http, b"x" * 5_000_000)
    with caught.value:
        assert caught.value.code == 413


def test_several_requests_at_once_are_all_answered(echo: FunctionUrl) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: event_of(f"{echo.http}{n}")["rawPath"], range(24)))
    assert found == [f"/{n}" for n in range(24)]


@pytest.mark.parametrize("wanted", ("url", "url without slash", "name", "arn"))
def test_it_is_found_by_url_name_and_arn_and_served_once(
    aws: LocalAws, echo: FunctionUrl, wanted: str
) -> None:
    arn = aws.client("lambda").get_function(FunctionName="echo")["Configuration"]["FunctionArn"]
    names = {
        "url": echo.url,
        "url without slash": echo.url.rstrip("/"),
        "name": "echo",
        "arn": arn,
    }
    assert aws.function_url(names[wanted]) == echo


def test_all_of_them_can_be_served(aws: LocalAws, echo: FunctionUrl) -> None:
    function(aws, "another")
    assert {url.function_name for url in aws.function_urls()} >= {"echo", "another"}
    assert echo in aws.function_urls()


def test_an_unknown_one_is_an_error_that_names_the_known(aws: LocalAws, echo: FunctionUrl) -> None:
    with pytest.raises(LocalAwsError, match=f"no function URL 'nobody'.*{echo.url}"):
        aws.function_url("nobody")


def test_both_permissions_are_needed_as_on_aws(aws: LocalAws) -> None:
    url = aws.function_url(function(aws, "closed")).http
    assert status(url) == 403
    permit(aws, "closed", "lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    assert status(url) == 403
    permit(aws, "closed", "lambda:InvokeFunction", InvokedViaFunctionUrl=True)
    assert status(url) == 200


def test_the_url_of_a_function_that_is_gone_is_403(aws: LocalAws) -> None:
    url = aws.function_url(function(aws, "gone")).http
    permit_all(aws, "gone")
    assert status(url) == 200
    aws.client("lambda").delete_function(FunctionName="gone")
    assert status(url) == 403


def test_a_function_without_concurrency_is_429(aws: LocalAws) -> None:
    url = aws.function_url(function(aws, "throttled")).http
    permit_all(aws, "throttled")
    aws.client("lambda").put_function_concurrency(
        FunctionName="throttled", ReservedConcurrentExecutions=0
    )
    assert status(url) == 429


def test_an_emulator_that_does_not_answer_is_502() -> None:
    with LocalAws.start() as aws:
        url = aws.function_url(function(aws, "orphan")).http
        aws._emulator.stop()
        assert status(url) == 502


def http_api(aws: LocalAws, name: str) -> str:
    """Put an HTTP API in front of a function; return the name of the function."""
    function(aws, name)
    apis = aws.client("apigatewayv2")
    api = apis.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
    found = aws.client("lambda").get_function_configuration(FunctionName=name)
    apis.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=found["FunctionArn"],
        PayloadFormatVersion="2.0",
    )
    aws.client("lambda").delete_function_url_config(FunctionName=name)
    return name


def test_an_http_api_is_let_in_by_its_own_permission_and_renames_nothing(aws: LocalAws) -> None:
    url = aws.function_url(http_api(aws, "behind-an-api"))
    assert ".execute-api." in url.url
    assert status(f"{url.http}challenge") == 500
    permit(aws, "behind-an-api", "lambda:InvokeFunction", principal="apigateway.amazonaws.com")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{url.http}challenge", timeout=PATIENCE)  # noqa: S310 - our own
    with caught.value as answered:
        assert (answered.code, answered.headers["WWW-Authenticate"]) == (401, "Basic")
    assert status(f"{url.http}fail") == 500
