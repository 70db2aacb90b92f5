"""Clients on moto, as the composition makes them; a table on moto and on the strict fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from ddns.adapters.aws import Clients
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb
from tests.handlers.account import Wire, botocore_session, prepare_moto, shared_session

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = "ledger"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """What the clients send, on AWS as moto has it."""
    prepare_moto(monkeypatch)
    _, found = shared_session()
    found.reset()
    with mock_aws():
        yield found
    found.reset()


@pytest.fixture
def clients(wire: Wire) -> Clients:
    """The runtime's own clients, with its own retries and timeouts."""
    assert not wire.calls
    return Clients(botocore_session())


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def strict() -> FakeDynamoDb:
    """The strict fake of DynamoDB's API, with an empty table."""
    return FakeDynamoDb({TABLE: "pk"})


@pytest.fixture
def moto(clients: Clients, wire: Wire) -> Any:  # noqa: ANN401 - a client
    """The client of an account on moto with an empty table."""
    clients.dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    wire.reset()
    return clients.dynamodb
