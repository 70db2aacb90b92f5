"""A move on the default bus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ddns.adapters.events import EventBridgeEvents
from ddns.core.errors import PermanentError, UnavailableError
from ddns.core.failover.journal import FAILURE, Move
from ddns.core.failover.places import Node, ServiceAddress

if TYPE_CHECKING:
    from ddns.adapters.aws import Clients
    from tests.handlers.account import Wire

NODES = (Node("a", "10.0.1.5", "i-1"), Node("b", "10.0.2.5", "i-2"))
VIP = ServiceAddress("Vip", "routes", NODES, "192.168.100.10", ("rtb-1",))
MOVE = Move(7, "a", "b", FAILURE, "a is down", 1_700_000_000_000, 1_700_000_001_500)


@pytest.fixture
def events(clients: Clients) -> EventBridgeEvents:
    """The bus."""
    return EventBridgeEvents(clients.events, "table", VIP)


def test_a_move_says_what_moved_where_and_why(events: EventBridgeEvents, wire: Wire) -> None:
    wire.answer_next("PutEvents", 200, b'{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}')
    events.moved(MOVE)
    (entry,) = wire.calls[-1].parameters["Entries"]
    assert (entry["Source"], entry["DetailType"]) == ("ddns-constructs", "Failover Moved")
    assert json.loads(entry["Detail"]) == {
        "version": 1,
        "failover": "Vip",
        "table": "table",
        "from": "a",
        "to": "b",
        "by": "failure",
        "reason": "a is down",
        "epoch": 7,
        "address": "192.168.100.10",
        "at": "2023-11-14T22:13:21.500000+00:00",
    }


def test_a_whole_interface_is_named_where_there_is_no_address(clients: Clients, wire: Wire) -> None:
    service = ServiceAddress("Vip", "interface", NODES, interface="eni-9")
    wire.answer_next("PutEvents", 200, b'{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}')
    EventBridgeEvents(clients.events, "table", service).moved(MOVE)
    detail = json.loads(wire.calls[-1].parameters["Entries"][0]["Detail"])
    assert detail["address"] == "eni-9"


def test_an_event_that_was_not_taken_is_an_error(events: EventBridgeEvents, wire: Wire) -> None:
    failed = b'{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}'
    wire.answer_next("PutEvents", 200, failed)
    with pytest.raises(UnavailableError, match="InternalFailure"):
        events.moved(MOVE)


def test_a_bus_that_may_not_be_written_to_is_an_error(
    events: EventBridgeEvents, wire: Wire
) -> None:
    wire.answer_next("PutEvents", 400, b'{"__type": "AccessDeniedException", "message": "no"}')
    with pytest.raises(PermanentError):
        events.moved(MOVE)
