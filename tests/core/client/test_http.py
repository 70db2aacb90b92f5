"""HTTP as payload format 2.0 hands it over: what is read, what is refused."""

from __future__ import annotations

import base64
from copy import deepcopy
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.client.http import (
    MAX_BODY,
    MAX_ESCAPES,
    MAX_PARAMETERS,
    MAX_PATH,
    MAX_QUERY,
    Request,
    Response,
    json_object,
    parameters,
    parse_event,
    printable,
    text_field,
)
from ddns.core.errors import BadRequestError
from tests.handlers.client.events import NOW, http_event


def read(event: Any, now: float = 5.0) -> Request:  # noqa: ANN401 - JSON
    return parse_event(event, now)


def test_a_request_is_read_from_an_event() -> None:
    event = http_event(
        "POST //nic//update/?a=1&b=%2C HTTP/1.1",
        ["Content-Type: text/plain", "X-A: 1", "X-A: 2"],
        "body",
        source="2600:1f14:1:2::7",
    )
    found = read(event)
    assert found.method == "POST"
    assert (found.raw_path, found.path) == ("//nic//update/", "/nic/update")
    assert found.query == "a=1&b=%2C"
    assert found.header("content-type") == "text/plain"
    assert found.header("x-a") == "1,2"
    assert found.header("x-b") == ""
    assert found.body == b"body"
    assert found.source == ip_address("2600:1f14:1:2::7")
    assert found.stamp == int(NOW * 1000)


@pytest.mark.parametrize(
    ("raw", "path"),
    (
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("/nic/update", "/nic/update"),
        ("/nic/update/", "/nic/update"),
        ("nic/update", "/nic/update"),
        ("///NIC//update//", "/NIC/update"),
        ("/a/../b", "/a/../b"),
    ),
)
def test_a_path_loses_its_doubled_and_trailing_slashes(raw: str, path: str) -> None:
    event = http_event("GET / HTTP/1.1")
    event["rawPath"] = raw
    assert read(event).path == path
    assert read(event).raw_path == raw


def test_a_method_is_in_upper_case_and_a_mapped_source_is_ipv4() -> None:
    event = http_event("get / HTTP/1.1", source="::ffff:176.32.100.36")
    assert read(event).method == "GET"
    assert read(event).source == ip_address("176.32.100.36")


@pytest.mark.parametrize("stamp", (None, "1700000000000", 1.5, True))
def test_an_event_that_does_not_say_when_it_came_came_now(stamp: object) -> None:
    event = http_event("GET / HTTP/1.1")
    event["requestContext"]["timeEpoch"] = stamp
    assert read(event, 17.25).stamp == 17_250


def _without(*path: str) -> Any:  # noqa: ANN401 - JSON
    event: Any = http_event("GET / HTTP/1.1")
    place = event
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return event


def _with(value: object, *path: str) -> Any:  # noqa: ANN401 - JSON
    event = deepcopy(_without(*path))
    place = event
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return event


@pytest.mark.parametrize(
    "event",
    (
        None,
        [],
        "text",
        {},
        {"requestContext": {}},
        _without("requestContext"),
        _without("requestContext", "http"),
        _without("requestContext", "http", "method"),
        _without("requestContext", "http", "sourceIp"),
        _with("localhost", "requestContext", "http", "sourceIp"),
        _with(7, "requestContext", "http", "sourceIp"),
        _with(["GET"], "requestContext", "http", "method"),
        _with(None, "rawPath"),
        _with(3, "rawQueryString"),
        _with("x" * (MAX_QUERY + 1), "rawQueryString"),
        _with("/" * (MAX_PATH + 1), "rawPath"),
        _with([], "headers"),
        _with({"accept": ["a", "b"]}, "headers"),
        _with("%%%", "isBase64Encoded") | {"body": "x"},
        http_event("POST / HTTP/1.1", (), "%%%", base64=True),
        http_event("POST / HTTP/1.1", (), "é", base64=True),
        http_event("POST / HTTP/1.1", (), "\ud800"),
        _with(3, "headers") | {"body": 3},
        http_event("POST / HTTP/1.1", (), "x" * (MAX_BODY + 1)),
        http_event("POST / HTTP/1.1", (), "é" * (MAX_BODY // 2 + 1)),
        http_event(
            "POST / HTTP/1.1", (), base64.b64encode(b"x" * (MAX_BODY + 1)).decode(), base64=True
        ),
        http_event("POST / HTTP/1.1", (), "A" * MAX_BODY * 2, base64=True),
    ),
    ids=lambda event: type(event).__name__,
)
def test_what_is_no_request_is_a_bad_one(event: object) -> None:
    with pytest.raises(BadRequestError) as caught:
        read(event)
    assert len(str(caught.value)) < 80


@given(st.binary(max_size=200), st.booleans())
def test_a_body_is_the_same_in_base64(body: bytes, encoded: bool) -> None:  # noqa: FBT001 - drawn
    text = base64.b64encode(body).decode() if encoded else body.decode("latin-1")
    expected = body if encoded else text.encode()
    assert read(http_event("POST / HTTP/1.1", (), text, base64=encoded)).body == expected


@pytest.mark.parametrize("size", (0, 1, MAX_BODY))
def test_a_body_of_3_kilobytes_is_read(size: int) -> None:
    assert MAX_BODY == 3072
    for body, encoded in (
        ("x" * size, False),
        (base64.b64encode(b"x" * size).decode(), True),
    ):
        assert len(read(http_event("POST / HTTP/1.1", (), body, base64=encoded)).body) == size


def test_a_query_of_3_kilobytes_is_read() -> None:
    assert MAX_QUERY == 3072
    assert len(read(_with("x" * MAX_QUERY, "rawQueryString")).query) == MAX_QUERY
    assert len(read(_with("x" * MAX_PATH, "rawPath")).raw_path) == MAX_PATH


@pytest.mark.parametrize(
    ("body", "json"), (("{}", True), (' \n{"a', True), ("", False), ("[]", False), ("a={}", False))
)
def test_a_body_that_begins_like_an_object_looks_like_one(
    body: str,
    json: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert read(http_event("POST / HTTP/1.1", (), body)).json is json


# ---------------------------------------------------------------- parameters and JSON


def test_parameters_of_one_text_are_joined_and_a_form_counts_more_than_the_query() -> None:
    assert parameters("a=1&b=&a=2&c=x%2Cy&e=1", "e=2&e=3&d=%C3%BC+z") == {
        "a": "1,2",
        "e": "2,3",
        "b": "",
        "c": "x,y",
        "d": "ü z",
    }
    assert parameters("", "") == {}
    assert parameters("%ff=%fe&&=&%zz") == {"�": "�", "": "", "%zz": ""}


def test_more_than_24_parameters_are_refused_in_query_and_form_together() -> None:
    assert MAX_PARAMETERS == 24
    assert len(parameters("&".join(f"a{n}=1" for n in range(24)))) == 24
    assert len(parameters("&".join(f"a{n}=1" for n in range(12)), "&" * 11)) == 12
    for texts in (
        ["&".join(f"a{n}=1" for n in range(25))],
        ["&".join(f"a{n}=1" for n in range(12)), "&".join(f"b{n}=1" for n in range(13))],
    ):
        with pytest.raises(BadRequestError, match="more than 24 parameters"):
            parameters(*texts)


def test_query_and_form_together_have_the_length_and_the_escapes_of_one() -> None:
    most = "a=" + "%2C" * (MAX_ESCAPES - 1)
    assert parameters(most, "b=%2C")["a"] == "," * (MAX_ESCAPES - 1)
    with pytest.raises(BadRequestError, match=f"more than {MAX_ESCAPES} characters are escaped"):
        parameters(most, "b=%2C%2C")
    assert parameters("a=" + "x" * (MAX_QUERY - 4), "b=")
    with pytest.raises(BadRequestError, match=f"longer than {MAX_QUERY} characters"):
        parameters("a=" + "x" * (MAX_QUERY - 4), "b=c")


@given(st.text(max_size=200), st.integers(0, 100))
def test_what_a_stranger_sent_takes_no_more_room_in_a_line_than_it_may(
    text: str, most: int
) -> None:
    from json import dumps  # noqa: PLC0415 - as the log writes it

    shown = printable(text, most)
    assert len(shown) == min(len(text), most)
    assert len(dumps(shown)) <= 2 * most + 2
    assert shown.isascii()
    assert all(one in (other, "?") for one, other in zip(shown, text, strict=False))


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_an_object_is_read_from_its_json(fields: dict[str, Any]) -> None:
    from json import dumps  # noqa: PLC0415 - beside the function it is the opposite of

    assert json_object(dumps(fields).encode()) == fields


@pytest.mark.parametrize(
    "body", (b"", b"{", b"[]", b"1", b"null", b'"a"', b"\xff", b"[" * 100_000, b'{"a":' * 100_000)
)
def test_what_is_no_json_object_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequestError, match="JSON"):
        json_object(body)


def test_a_text_field_is_a_text_or_has_a_default() -> None:
    fields = {"a": "x", "b": 3, "c": None}
    assert text_field(fields, "a") == "x"
    assert text_field(fields, "d", "y") == "y"
    for name in ("b", "c", "d"):
        with pytest.raises(BadRequestError, match=f"{name} must be a text"):
            text_field(fields, name)


# ---------------------------------------------------------------- answers


def test_an_answer_is_never_stored_and_has_its_reason_in_a_header() -> None:
    assert Response(200, "good").payload() == {
        "statusCode": 200,
        "headers": {
            "Content-Type": "text/plain; charset=utf-8",
            "Cache-Control": "no-store",
        },
        "body": "good",
    }
    made = Response(405, "", "text/x", "because", {"Allow": "GET"}).payload()
    assert made["headers"] == {
        "Content-Type": "text/x",
        "Cache-Control": "no-store",
        "Allow": "GET",
        "X-Ddns-Reason": "because",
    }
