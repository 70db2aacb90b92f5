"""The prober, invoked as the controller does it, with nodes on loopback."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from ddns.core.errors import BadMessageError
from tests.adapters.servers import Server, answering, closed_port, silent

if TYPE_CHECKING:
    from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\n\r\nok"


@pytest.fixture
def prober(load: Callable[..., Any]) -> Callable[[Any], Any]:
    """Invoke the function: what goes in and comes out is JSON."""
    module = load("prober")
    return lambda event: json.loads(json.dumps(module.handler(json.loads(json.dumps(event)), None)))


def test_each_node_is_seen_with_reason_and_time(prober: Callable[[Any], Any]) -> None:
    with Server(answering(OK)) as server:
        check = {"kind": "http", "port": server.port, "text": "ok", "timeout": 2}
        found = prober({"check": check, "nodes": {"a": "127.0.0.1", "b": "::1"}})
    assert (found["a"]["seen"], found["a"]["why"]) == ("up", "the text was there")
    assert (found["b"]["seen"], found["b"]["why"]) == ("down", "connection refused")
    assert all(0 <= each["ms"] < 2000 for each in found.values())


def test_a_port_that_is_closed_is_down(prober: Callable[[Any], Any]) -> None:
    with closed_port() as port:
        found = prober({"check": {"kind": "tcp", "port": port}, "nodes": {"a": "127.0.0.1"}})
    assert found["a"]["seen"] == "down"


def test_the_answer_comes_within_the_time_out_and_a_little(prober: Callable[[Any], Any]) -> None:
    begin = time.monotonic()
    with Server(silent) as server:
        check = {"kind": "http", "port": server.port, "timeout": 0.2}
        found = prober({"check": check, "nodes": {f"n{each}": "127.0.0.1" for each in range(8)}})
    assert {each["seen"] for each in found.values()} == {"down"}
    assert time.monotonic() - begin < 4


@pytest.mark.parametrize("check", (None, {}, {"kind": "tcp", "port": 0}, "nothing"))
def test_a_check_that_is_none_says_nothing_of_a_node(
    prober: Callable[[Any], Any], check: object
) -> None:
    found = prober({"check": check, "nodes": {"a": "127.0.0.1"}})
    assert found["a"]["seen"] == "unknown"
    assert found["a"]["why"].startswith("the check is not readable: ")


@pytest.mark.parametrize("event", ({}, [], None, {"nodes": ["127.0.0.1"]}, {"nodes": {"a": 1}}))
def test_what_names_no_nodes_is_an_error(prober: Callable[[Any], Any], event: object) -> None:
    with pytest.raises(BadMessageError, match="expected"):
        prober(event)
