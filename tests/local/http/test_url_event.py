"""What a function URL makes of a request, and of what the function returns."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest

from ddns.core.client.http import parse_event
from ddns_constructs.local.http.url_event import LARGEST, HttpRequest, answer, event

NOW = dt.datetime(2026, 11, 21, 5, 0, 1, 250_000, tzinfo=dt.timezone.utc)
DOMAIN = "0123456789abcdef.lambda-url.us-east-1.on.aws"


def made(
    target: str = "/",
    *headers: tuple[str, str],
    method: str = "GET",
    body: bytes = b"",
    version: str = "HTTP/1.1",
) -> Any:  # noqa: ANN401 - JSON
    request = HttpRequest(method, target, version, headers, body, "198.51.100.7")
    return json.loads(json.dumps(event(request, DOMAIN, "request-1", NOW)))


def test_the_event_is_payload_format_2() -> None:
    assert made("/nic//update/?a=1&b=%2C&a=2&c=&d", ("User-Agent", "x"), ("Host", "localhost")) == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/nic//update/",
        "rawQueryString": "a=1&b=%2C&a=2&c=&d",
        "queryStringParameters": {"a": "1,2", "b": ",", "c": "", "d": ""},
        "headers": {
            "user-agent": "x",
            "host": DOMAIN,
            "x-forwarded-for": "198.51.100.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "0123456789abcdef",
            "domainName": DOMAIN,
            "domainPrefix": "0123456789abcdef",
            "http": {
                "method": "GET",
                "path": "/nic//update/",
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.7",
                "userAgent": "x",
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "21/Nov/2026:05:00:01 +0000",
            "timeEpoch": 1795237201250,
        },
        "isBase64Encoded": False,
    }


def test_the_function_s_own_parser_reads_it() -> None:
    found = parse_event(
        made("/nic/update?a=1", ("Content-Type", "text/plain"), method="POST", body=b"x"), 0
    )
    assert (found.method, found.path, found.query, found.body) == (
        "POST",
        "/nic/update",
        "a=1",
        b"x",
    )
    assert str(found.source) == "198.51.100.7"
    assert found.stamp == 1795237201250


def test_headers_are_in_lower_case_and_doubled_ones_joined() -> None:
    headers = made("/", ("X-One", "1"), ("x-one", "2"), ("X-TWO", "3"))["headers"]
    assert (headers["x-one"], headers["x-two"]) == ("1,2", "3")


def test_the_source_is_the_peer_whatever_the_client_says_of_it() -> None:
    found = made("/", ("X-Forwarded-For", "203.0.113.1"))
    assert found["requestContext"]["http"]["sourceIp"] == "198.51.100.7"
    assert found["headers"]["x-forwarded-for"] == "203.0.113.1, 198.51.100.7"


def test_cookies_have_a_place_of_their_own() -> None:
    found = made("/", ("Cookie", "a=1; b=2"), ("Cookie", "c=3"))
    assert found["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in found["headers"]


@pytest.mark.parametrize(
    "content_type", ("application/json", "text/plain; charset=utf-8", "Application/JSON")
)
def test_text_is_text(content_type: str) -> None:
    found = made("/", ("Content-Type", content_type), body=b'{"a": 1}')
    assert (found["body"], found["isBase64Encoded"]) == ('{"a": 1}', False)


@pytest.mark.parametrize(
    ("content_type", "body"),
    (
        ("application/x-www-form-urlencoded", b"a=1"),
        ("application/octet-stream", b"\x00\xff"),
        ("", b"a=1"),
        ("text/plain", b"\xff"),
    ),
)
def test_forms_and_everything_else_are_base64(content_type: str, body: bytes) -> None:
    found = made("/", ("Content-Type", content_type), body=body)
    assert found["isBase64Encoded"]
    assert base64.b64decode(found["body"]) == body


def test_a_request_without_a_body_has_none() -> None:
    assert "body" not in made("/", ("Content-Type", "application/json"))


# ------------------------------------------------------------------------- answers


def answered(returned: object) -> Any:  # noqa: ANN401 - a named tuple
    return answer(json.dumps(returned).encode())


def test_status_headers_cookies_and_body_are_the_function_s() -> None:
    found = answered(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "text/plain", "X-Odd": 1},
            "cookies": ["a=b"],
            "body": "grün",
        }
    )
    assert found == (
        201,
        (("Content-Type", "text/plain"), ("X-Odd", "1"), ("Set-Cookie", "a=b")),
        "grün".encode(),
    )


def test_base64_is_decoded() -> None:
    assert answered({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}).body == b"\0\xff"


def test_json_is_the_default_type_and_no_body_is_an_empty_one() -> None:
    assert answered({"statusCode": "200"}) == (200, (("Content-Type", "application/json"),), b"")


def test_no_content_has_no_type() -> None:
    assert answered({"statusCode": 204, "headers": {"Allow": "GET"}}).headers == (("Allow", "GET"),)


@pytest.mark.parametrize("returned", ("Hello", None, 3, ["a"], {"message": "no status"}))
def test_whatever_has_no_status_is_the_body(returned: object) -> None:
    found = answered(returned)
    assert found == (200, (("Content-Type", "application/json"),), json.dumps(returned).encode())


def test_the_question_for_a_password_does_not_reach_the_client_under_its_name() -> None:
    names = [
        name
        for name, _ in answered({"statusCode": 401, "headers": {"WWW-Authenticate": "B"}}).headers
    ]
    assert "x-amzn-Remapped-WWW-Authenticate" in names
    assert "WWW-Authenticate" not in names


@pytest.mark.parametrize(
    "name", ("Connection", "content-length", "Date", "Keep-Alive", "Transfer-Encoding")
)
def test_what_frames_the_answer_is_not_the_function_s(name: str) -> None:
    assert len(answered({"statusCode": 200, "headers": {name: "x"}}).headers) == 1


@pytest.mark.parametrize(
    "returned",
    (
        {"statusCode": "many"},
        {"statusCode": 99},
        {"statusCode": None},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "!", "isBase64Encoded": True},
        {"statusCode": 200, "headers": {"X": "a\r\nSet-Cookie: b"}},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "body": "x" * (LARGEST + 1)},
    ),
)
def test_what_is_no_answer_is_502(returned: object) -> None:
    assert (answered(returned).status, answered(returned).body) == (502, b"Internal Server Error")


def test_what_is_not_even_json_is_502() -> None:
    assert answer(b"{").status == 502
