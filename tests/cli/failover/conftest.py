"""An operator of a stack with a service address and a name, on the strict fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns_constructs.cli.account import Account
from ddns_constructs.cli.failovers import clock
from tests.cli.failover.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """An operator; the address is at node a, and everything is well."""
    found = Operator()
    monkeypatch.setattr(Account, "session", found)
    monkeypatch.setattr(clock, "seconds", found.clock.now)
    monkeypatch.setattr(clock, "sleep", found.sleep)
    found.well()
    yield found
    assert not found.events, "what was to happen meanwhile has not"
