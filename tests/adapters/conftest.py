"""Clients on moto, as the composition makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from ddns.adapters.aws import Clients
from tests.handlers.account import Wire, shared_session

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """What the clients send, on AWS as moto has it."""
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # seconds, for images nobody uses
    _, found = shared_session()
    found.reset()
    with mock_aws():
        yield found
    found.reset()


@pytest.fixture
def clients(wire: Wire) -> Clients:
    """The runtime's own clients, with its own retries and timeouts."""
    assert not wire.calls
    return Clients(shared_session()[0])
