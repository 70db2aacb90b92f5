"""What a request that has proved nothing costs: little more than a bad password, whatever it is."""

from __future__ import annotations

import base64
import json
import os
import time
from contextlib import redirect_stdout
from typing import Any

import pytest

from ddns.core import names
from tests.handlers.client.events import NOW, http_event
from tests.handlers.client.function import ClientFunction, Items

_ROUNDS, _CALLS, _MOST = 25, 10, 3
_BASIC = "Authorization: Basic " + base64.b64encode(b"home:wrong").decode()
_FORM = "Content-Type: application/x-www-form-urlencoded"
_NOTHING = "0" * 64
_SIGNED = (
    f"X-Ddns-Time: {int(NOW)}",
    "X-Ddns-Nonce: nonce-0001",
    f"X-Ddns-Signature: v1={_NOTHING}",
)
_NAMES = ",".join("a." * 68 + f"{number}.example" for number in range(20))


def query(text: str) -> Any:  # noqa: ANN401 - JSON
    return http_event(f"GET /nic/update?{text} HTTP/1.1", [_BASIC])


def form(text: str, *, encoded: bool = False) -> Any:  # noqa: ANN401 - JSON
    body = base64.b64encode(text.encode()).decode() if encoded else text
    return http_event("POST /nic/update HTTP/1.1", [_BASIC, _FORM], body, base64=encoded)


def sample(text: str) -> Any:  # noqa: ANN401 - JSON
    return http_event("POST / HTTP/1.1", (), text)


def signed(text: str) -> Any:  # noqa: ANN401 - JSON
    return http_event("POST /v1/update HTTP/1.1", _SIGNED, text)


def full(start: str, unit: str, end: str = "", size: int = 8192) -> str:
    """Return a text of a length, filled up with repetitions."""
    return start + unit * ((size - len(start) - len(end)) // len(unit)) + end


_SET = f'{{"execution_mode":"set","ddns_hostname":"a.example","validation_hash":"{_NOTHING}","a":['
BAD_PASSWORD = query("hostname=home.example.com&myip=52.95.110.1")
DEAR = {
    f"{what}, {size} bytes": make(full(*parts, size=size))
    for size in (1024, 3072, 8192)
    for what, make, parts in (
        ("escapes in a query", query, ("hostname=a.example&x=", "%c3")),
        ("escapes in a form", form, ("hostname=a.example&x=", "%c3")),
        ("floats, AWS blog sample", sample, (_SET, "1e9,", "1]}")),
        ("floats, signed", signed, ('{"host":"a.example","a":[', "1e9,", "1]}")),
        ("brackets", sample, ('{"a":', "[")),
        ("a look-up", lambda text: http_event(f"GET /?{text} HTTP/1.1"), ("", "%c3%c3&")),
        ("one unicode label", query, ("hostname=", "%c3%a4", ".example")),
        ("many unicode labels", query, ("hostname=", "%c3%a4.", "example")),
    )
} | {
    "short of the limit of escapes": query("hostname=a.example&" + "%c3" * 128),
    "twenty names": query("hostname=" + _NAMES),
    "twenty names in a form": form("hostname=" + _NAMES, encoded=True),
    "short unicode labels": query("hostname=" + "ä." * 20 + "example"),
    "short of the limit of unicode": query("hostname=" + "ä" * 22 + ".example"),
    "a character for eighteen": query("hostname=" + "\ufdfa" * 20 + ".example"),
    "a character for eighteen, signed": signed(json.dumps({"host": "\ufdfa" * 60 + ".example"})),
    "strays": query("hostname=a.example&" + "&".join(f"z{n}=1:2::{'3:' * 20}" for n in range(22))),
    "addresses": query("hostname=a.example&myip=" + ",".join(["2600:1f14:1:2:3:4:5:6/64"] * 4)),
}


@pytest.mark.parametrize("what", DEAR)
def test_no_request_without_a_credential_costs_more_than_three_bad_passwords(what: str) -> None:
    function = ClientFunction(Items())
    took: dict[str, list[float]] = {"bad": [], "dear": []}
    with open(os.devnull, "w", encoding="utf-8") as null, redirect_stdout(null):  # noqa: PTH123 - no file
        # In turns, and the least of each: what else the machine does only ever adds.
        for _ in range(_ROUNDS):
            took["bad"].append(_seconds(function, BAD_PASSWORD))
            took["dear"].append(_seconds(function, DEAR[what]))
    assert min(took["dear"]) <= _MOST * min(took["bad"])


def _seconds(function: ClientFunction, event: Any) -> float:  # noqa: ANN401 - JSON
    began = time.process_time()
    for _ in range(_CALLS):
        # A stranger names another host each time.
        names._a_label.cache_clear()
        function.respond(event)
    return time.process_time() - began


@pytest.mark.parametrize("what", DEAR)
def test_nor_more_requests_nor_a_long_line(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    function = ClientFunction(Items())
    function.respond(BAD_PASSWORD)
    requests = function.requests
    capsys.readouterr()
    function.respond(DEAR[what])
    assert function.requests <= 2 * requests
    assert not function.route53.total_requests + function.sqs.requests
    assert all(len(line) < 1024 for line in capsys.readouterr().out.splitlines())
