"""The checkers by themselves, with an account that is a list."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.local import LocalAwsError
from ddns_constructs.local.health import HealthChecks
from ddns_constructs.local.health.endpoints import Endpoint
from tests.local.processes import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ddns_constructs.local.health.status import Check

CHECK = "check"


class Account:
    """Route 53 and CloudWatch with one check, which a test may take away."""

    def __init__(self, interval: float) -> None:
        config = {"Type": "TCP", "RequestInterval": interval, "FailureThreshold": 1}
        self.checks = [{"Id": CHECK, "HealthCheckConfig": config}]

    def get_paginator(self, _operation: str) -> Account:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"HealthChecks": self.checks}]


class Place:
    """A port that is open or closed, or somewhere else, as a test says."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.is_here = True

    def __call__(self, _check: Check) -> Endpoint | None:
        return Endpoint("127.0.0.1", self.port) if self.is_here else None


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    yield made
    made.listening.close()


@pytest.fixture
def checks(place: Place, tmp_path: Path) -> Iterator[HealthChecks]:
    account = Account(interval=0.01)
    made = HealthChecks(account, account, place, tmp_path / "seen.json")
    yield made
    made.close()


def test_they_look_by_themselves_again_and_again(checks: HealthChecks, place: Place) -> None:
    assert eventually(lambda: checks.why(CHECK).startswith("Success"), PATIENCE)
    place.listening.close()
    checks.wait_until(CHECK, healthy=False, timeout=PATIENCE)
    place.listening = socket.create_server(("127.0.0.1", place.port))
    checks.wait_until(CHECK, timeout=PATIENCE)


def test_what_is_not_here_keeps_the_status_that_it_had(checks: HealthChecks, place: Place) -> None:
    place.listening.close()
    checks.look()
    place.is_here = False
    checks.look(times=3)
    assert not checks.is_healthy(CHECK)


def test_what_is_seen_is_written_down(checks: HealthChecks, place: Place, tmp_path: Path) -> None:
    place.listening.close()
    checks.look()
    (seen,) = json.loads((tmp_path / "seen.json").read_text())[CHECK]
    assert seen["status"].startswith("Failure: ")


def test_a_check_that_is_gone_is_healthy(place: Place, tmp_path: Path) -> None:
    account = Account(interval=30)
    checks = HealthChecks(account, account, place, tmp_path / "seen.json")
    place.listening.close()
    checks.look()
    assert not checks.is_healthy(CHECK)
    account.checks.clear()
    checks.look()
    assert checks.is_healthy(CHECK)
    checks.close()


def test_after_the_end_nobody_looks(checks: HealthChecks) -> None:
    checks.close()
    with pytest.raises(LocalAwsError, match="not looked at"):
        checks.look(timeout=0.01)
