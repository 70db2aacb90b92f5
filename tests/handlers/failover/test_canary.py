"""The canary: one metric a minute, or none where nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.adapters.servers import Server, answering, closed_port
from tests.handlers.failover.conftest import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Callable

PRIMARY, SECONDARY = "127.0.0.1", "::1"
OK = b"HTTP/1.1 200 OK\r\n\r\nok"


@pytest.fixture
def run(load: Callable[..., Any]) -> Callable[[int], Any]:
    """Run the function as its schedule does, on a port."""

    def running(port: int) -> Any:  # noqa: ANN401 - JSON
        module = load(
            "canary",
            NAME="db",
            ENDPOINTS={"primary": [PRIMARY], "secondary": [SECONDARY]},
            FAILOVER_CHECK={"kind": "http", "port": port},
        )
        return module.handler({"source": "aws.events"}, None)

    return running


def values(lines: list[dict[str, Any]]) -> list[Any]:
    """Return the values of the metric as CloudWatch reads them out of the lines."""
    found = []
    for line in lines:
        if "_aws" in line:
            (directive,) = line["_aws"]["CloudWatchMetrics"]
            assert directive["Namespace"] == "DdnsConstructs"
            assert directive["Dimensions"] == [["Function"]]
            assert directive["Metrics"] == [{"Name": "PrimaryUp", "Unit": "Count"}]
            assert line["Function"] == FUNCTION
            found += line["PrimaryUp"]
    return found


def test_a_primary_that_answers_is_1(
    run: Callable[[int], Any], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with Server(answering(OK)) as server:
        assert run(server.port)["seen"] == "up"
    logged = lines()
    assert values(logged) == [1]
    assert len(logged) == 1


def test_a_primary_that_is_down_while_another_is_up_is_0(
    run: Callable[[int], Any], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with Server(answering(OK), SECONDARY) as server:
        assert run(server.port) == {"seen": "down", "why": "connection refused"}
    logged = lines()
    assert values(logged) == [0]
    assert (logged[0]["level"], logged[0]["reason"]) == ("WARN", "connection refused")


def test_who_sees_nothing_up_writes_no_value(
    run: Callable[[int], Any], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with closed_port() as port:
        assert run(port)["seen"] == "unknown"
    logged = lines()
    assert values(logged) == []
    assert "cut off" in logged[0]["reason"]
