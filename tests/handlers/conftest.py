"""The function on an account of its own, on moto."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from ddns.adapters.clock import SystemClock
from tests.handlers.account import Account, Wire, prepare_moto, shared_session
from tests.handlers.instance.function import Function, unload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
def account(wire: Wire) -> Account:
    """An account with zones, ledger and queues; what it took to make them is not recorded."""
    made = Account()
    wire.reset()
    return made


class SkippingClock:
    """The machine's time, but for what was slept: that takes none of ours."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def now(self) -> float:
        return time.time() + self._skipped

    def sleep(self, seconds: float) -> None:
        self._skipped += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SkippingClock:
    """The function's clock, which a test may set forward by sleeping."""
    made = SkippingClock()
    monkeypatch.setattr(SystemClock, "now", staticmethod(made.now))
    monkeypatch.setattr(SystemClock, "sleep", staticmethod(made.sleep))
    return made


@pytest.fixture
def deploy(
    account: Account, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Function]]:
    """Deploy the function with other settings than the defaults."""
    assert clock
    yield lambda **settings: Function(monkeypatch, account.environment(**settings))
    unload()


@pytest.fixture
def function(deploy: Callable[..., Function]) -> Function:
    """The function with the default settings."""
    return deploy()


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Return the lines logged since the last look; each has to be JSON."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
