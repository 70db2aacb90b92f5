"""What probers say, as Lambda brings it: answers, errors, and nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ReadTimeoutError

from ddns.adapters.probers import LambdaProbers
from ddns.adapters.threads import one_by_one
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer

if TYPE_CHECKING:
    from ddns.adapters.aws import Clients
    from tests.handlers.account import Wire

CHECK = {"kind": "tcp", "port": 5432}
NODES = {"a": "10.0.1.5", "b": "10.0.2.5"}
FINE = {"a": {"seen": "down", "why": "refused", "ms": 3}, "b": {"seen": "up", "ms": 12}}


@pytest.fixture
def probers(clients: Clients) -> LambdaProbers:
    """Two probers that are asked in order."""
    return LambdaProbers(clients.functions, ["one", "two"], CHECK, NODES, one_by_one)


def answer(wire: Wire, found: object, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    wire.answer_next("Invoke", 200, json.dumps(found).encode(), named)


def test_each_prober_is_asked_for_all_nodes(probers: LambdaProbers, wire: Wire) -> None:
    answer(wire, FINE)
    answer(wire, {"a": {"seen": "up"}, "b": {"seen": "unknown", "why": "no route"}})
    assert probers.probe() == [
        {"a": Answer(DOWN, "refused", 3), "b": Answer(UP, "", 12)},
        {"a": Answer(UP), "b": Answer(UNKNOWN, "no route")},
    ]
    asked = [call.parameters for call in wire.calls]
    assert [each["FunctionName"] for each in asked] == ["one", "two"]
    assert json.loads(asked[0]["Payload"]) == {"check": CHECK, "nodes": NODES}


@pytest.mark.parametrize(
    "found", ([], None, {"a": 1}, {**FINE, "b": {"seen": "up", "ms": "x"}}, {**FINE, "b": {}})
)
def test_what_cannot_be_understood_is_no_answer(
    found: object, probers: LambdaProbers, wire: Wire
) -> None:
    answer(wire, found)
    answer(wire, FINE)
    first, second = probers.probe()
    assert first is None
    assert second is not None


def test_a_prober_that_broke_off_gave_no_answer(probers: LambdaProbers, wire: Wire) -> None:
    answer(wire, {"errorMessage": "Task timed out"}, X_Amz_Function_Error="Unhandled")
    answer(wire, FINE)
    assert probers.probe()[0] is None


def test_a_prober_that_is_throttled_or_silent_gave_no_answer(
    probers: LambdaProbers, wire: Wire
) -> None:
    wire.answer_next("Invoke", 400, b"{}")
    wire.lose_next("Invoke", ReadTimeoutError(endpoint_url="https://lambda"))
    wire.answer_next("Invoke", 400, b"{}")
    assert probers.probe() == [None, None]


def test_a_reason_is_short_and_printable(probers: LambdaProbers, wire: Wire) -> None:
    answer(wire, {**FINE, "a": {"seen": "down", "why": "\ud800\n" + "x" * 500_000}})
    answer(wire, FINE)
    first = probers.probe()[0]
    assert first is not None
    assert first["a"] == Answer(DOWN, "x" * 100)


def test_a_word_that_is_not_known_is_unknown(probers: LambdaProbers, wire: Wire) -> None:
    answer(wire, FINE)
    answer(wire, {**FINE, "a": {"seen": "perhaps"}})
    assert probers.probe()[1] == {"a": Answer(UNKNOWN), "b": Answer(UP, "", 12)}
