"""Checks: what is taken, what is asked, and what an answer says however it arrives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.failover.checks import HTTP, MAX_BODY, MAX_HEAD, TCP, Check, parse_check, read_answer
from ddns.core.failover.verdicts import DOWN, UP

PLAIN = Check(HTTP, 80)
TEXT = Check(HTTP, 80, text="grün")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
GREEN = "all is grün".encode()


class TestParsing:
    def test_a_tcp_check_has_a_port_and_a_second(self) -> None:
        assert parse_check('{"kind": "tcp", "port": 5432}') == Check(TCP, 5432, 1.0)

    def test_an_http_check_has_defaults(self) -> None:
        found = parse_check({"kind": "http", "port": 80})
        assert (found.path, found.text, found.tls, found.timeout) == ("/", "", False, 1.0)
        assert found.statuses == set(range(200, 400))

    def test_every_field_of_an_http_check_is_read(self) -> None:
        fields: dict[str, Any] = {
            "kind": "http",
            "port": 8443,
            "path": "/health?deep=1",
            "statuses": [200, 204],
            "text": "ok",
            "tls": True,
            "timeout": 2,
        }
        assert parse_check(json.dumps(fields)) == Check(
            HTTP, 8443, 2.0, "/health?deep=1", frozenset({200, 204}), "ok", tls=True
        )

    @pytest.mark.parametrize(
        ("fields", "problem"),
        (
            ([], "must be a JSON object"),
            ({}, r"'kind' must be one of \['http', 'tcp'\], got None"),
            ({"kind": ["tcp"]}, "'kind' must be one of"),
            ({"kind": "udp", "port": 1}, "got 'udp'"),
            ({"kind": "tcp"}, "'port' is missing"),
            ({"kind": "tcp", "port": 1, "path": "/"}, r"kind 'tcp' has no \['path'\]"),
            ({"kind": "tcp", "port": 0}, "'port' must be a number from 1 to 65535, got 0"),
            ({"kind": "tcp", "port": 65536}, "got 65536"),
            ({"kind": "tcp", "port": True}, "got True"),
            ({"kind": "tcp", "port": "80"}, "got '80'"),
            ({"kind": "tcp", "port": 1, "timeout": 0.05}, "'timeout' must be seconds from 0.1"),
            ({"kind": "tcp", "port": 1, "timeout": 2.5}, "got 2.5"),
            ({"kind": "tcp", "port": 1, "timeout": "1"}, "got '1'"),
            ({"kind": "http", "port": 1, "path": "health"}, "'path' must begin with a slash"),
            ({"kind": "http", "port": 1, "path": "/a b"}, "got '/a b'"),
            ({"kind": "http", "port": 1, "path": "/a\r\nX: y"}, "'path' must"),
            ({"kind": "http", "port": 1, "path": None}, "got None"),
            ({"kind": "http", "port": 1, "statuses": []}, "'statuses' must be a list"),
            ({"kind": "http", "port": 1, "statuses": 200}, "'statuses' must be a list"),
            ({"kind": "http", "port": 1, "statuses": [99]}, "codes from 100 to 599"),
            ({"kind": "http", "port": 1, "statuses": ["200"]}, "codes from 100 to 599"),
            ({"kind": "http", "port": 1, "text": "x" * 256}, "of 255 characters at most"),
            ({"kind": "http", "port": 1, "text": 1}, "'text' must be a text"),
            ({"kind": "http", "port": 1, "tls": 1}, "'tls' must be true or false, got 1"),
        ),
    )
    def test_what_is_no_check_is_refused_with_the_field(self, fields: Any, problem: str) -> None:  # noqa: ANN401 - JSON
        with pytest.raises(ValueError, match=problem):
            parse_check(fields)

    def test_what_is_no_json_is_refused(self) -> None:
        with pytest.raises(ValueError, match="Expecting value"):
            parse_check("nothing")


class TestRequest:
    @pytest.mark.parametrize(
        ("address", "host"), (("10.0.1.5", "10.0.1.5:8080"), ("fd00::5", "[fd00::5]:8080"))
    )
    def test_it_names_path_and_host_and_asks_to_close(self, address: str, host: str) -> None:
        request = Check(HTTP, 8080, path="/health?a=b").request(address)
        lines = request.decode().split("\r\n")
        assert lines[0] == "GET /health?a=b HTTP/1.1"
        assert f"Host: {host}" in lines
        assert "Connection: close" in lines
        assert lines[-2:] == ["", ""]


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "seen"), ((199, None), (200, UP), (301, UP), (399, UP), (400, DOWN), (503, DOWN))
    )
    def test_from_200_to_399_is_up_unless_stated(self, status: int, seen: str | None) -> None:
        found = read_answer(PLAIN, b"HTTP/1.1 %d Reason\r\n" % status, ended=False)
        assert (found and found[0]) == seen

    def test_a_stated_status_is_up_and_no_other(self) -> None:
        check = PLAIN._replace(statuses=frozenset({503}))
        assert read_answer(check, b"HTTP/1.0 503\n", ended=False) == (UP, "status 503")
        assert read_answer(check, b"HTTP/1.1 200 OK\r\n", ended=False) == (DOWN, "status 200")

    def test_a_status_is_read_as_soon_as_its_line_is_there(self) -> None:
        assert read_answer(PLAIN, b"HTTP/1.1 200 O", ended=False) is None
        assert read_answer(PLAIN, b"HTTP/1.1 200 OK\n", ended=False) == (UP, "status 200")

    def test_an_interim_answer_is_passed_over(self) -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n"
        assert read_answer(PLAIN, hints, ended=False) is None
        assert read_answer(PLAIN, hints + b"\r\n", ended=False) is None
        twice = (hints + b"\r\n") * 2
        assert read_answer(PLAIN, twice + b"HTTP/1.1 500 No\r\n", ended=False) == (
            DOWN,
            "status 500",
        )

    @pytest.mark.parametrize(
        "answer", (b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/2 200 OK\r\n", b"HTTP/1.1 999 Odd\r\n", b"\n")
    )
    def test_another_protocol_is_down(self, answer: bytes) -> None:
        assert read_answer(PLAIN, answer, ended=False) == (DOWN, "no HTTP answer")

    @pytest.mark.parametrize("answer", (b"", b"HTTP/1.1 20", b"HTTP/1.1 100 Continue\r\n"))
    def test_what_ends_before_its_status_is_down(self, answer: bytes) -> None:
        assert read_answer(PLAIN, answer, ended=True) == (
            DOWN,
            "closed before an answer was complete",
        )

    @pytest.mark.parametrize("check", (PLAIN, TEXT))
    def test_a_head_without_end_is_down(self, check: Check) -> None:
        line = b"" if check is PLAIN else b"HTTP/1.1 200 OK\r\n"
        assert read_answer(check, line + b"x" * (MAX_HEAD - len(line)), ended=False) is None
        found = read_answer(check, line + b"x" * MAX_HEAD + b"x", ended=False)
        assert found == (DOWN, f"no answer within {MAX_HEAD} bytes")


class TestText:
    def test_it_is_looked_for_in_the_body_alone(self) -> None:
        head = "HTTP/1.1 200 OK\r\nX-State: grün\r\n\r\n".encode()
        assert read_answer(TEXT, head, ended=False) is None
        assert read_answer(TEXT, head, ended=True) == (DOWN, "the text is missing")

    def test_it_is_up_as_soon_as_it_is_there(self) -> None:
        assert read_answer(TEXT, OK + GREEN[:-1], ended=False) is None
        assert read_answer(TEXT, OK + GREEN, ended=False) == (UP, "the text was there")

    def test_a_wrong_status_needs_no_text(self) -> None:
        answer = b"HTTP/1.1 500 No\r\n\r\n" + GREEN
        assert read_answer(TEXT, answer, ended=True) == (DOWN, "status 500")

    def test_it_has_to_be_in_the_first_bytes(self) -> None:
        text = "grün".encode()
        inside = OK + b"x" * (MAX_BODY - len(text)) + text
        assert read_answer(TEXT, inside, ended=False) == (UP, "the text was there")
        beyond = OK + b"x" * (MAX_BODY - len(text) + 1) + text
        assert read_answer(TEXT, beyond, ended=False) == (DOWN, "the text is missing")

    def test_a_head_may_end_its_lines_without_carriage_returns(self) -> None:
        answer = b"HTTP/1.0 200 OK\nServer: old\n\n" + GREEN
        assert read_answer(TEXT, answer, ended=True) == (UP, "the text was there")

    def test_it_may_be_spread_over_chunks(self) -> None:
        half = len(GREEN) - 3
        chunks = b"%x;part=1\r\n%b\r\n" % (half, GREEN[:half]) + b"3\n%b\n" % GREEN[half:]
        assert read_answer(TEXT, CHUNKED + chunks, ended=False) == (UP, "the text was there")

    @pytest.mark.parametrize("end", (b"0\r\n\r\n", b"no size\r\n"))
    def test_the_end_of_the_chunks_is_the_end_of_the_body(self, end: bytes) -> None:
        chunk = b"4\r\nblue\r\n"
        assert read_answer(TEXT, CHUNKED + chunk, ended=False) is None
        assert read_answer(TEXT, CHUNKED + chunk + end, ended=False) == (
            DOWN,
            "the text is missing",
        )

    def test_the_sizes_of_chunks_are_no_part_of_the_body(self) -> None:
        check = PLAIN._replace(text="4\r\n")
        answer = CHUNKED + b"4\r\nblue\r\n0\r\n\r\n"
        assert read_answer(check, answer, ended=True) == (DOWN, "the text is missing")


@given(st.binary(max_size=300), st.booleans(), st.sampled_from((PLAIN, TEXT)))
def test_any_bytes_are_up_down_or_not_enough(rest: bytes, chunked: bool, check: Check) -> None:  # noqa: FBT001 - drawn
    for head in (b"", CHUNKED if chunked else OK):
        assert (read_answer(check, head + rest, ended=True) or ("",))[0] in {UP, DOWN}
        found = read_answer(check, head + rest, ended=False)
        assert found is None or found[0] in {UP, DOWN}


@given(st.binary(max_size=60), st.sampled_from((PLAIN, TEXT)))
def test_an_answer_that_was_read_stays_what_it_is(rest: bytes, check: Check) -> None:
    whole = OK + rest + GREEN
    read = [read_answer(check, whole[:end], ended=False) for end in range(len(whole) + 1)]
    known = [each for each in read if each is not None]
    assert set(known) == {known[-1]}
    assert read[len(read) - len(known) :] == known
