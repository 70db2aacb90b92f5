"""What the controller is made of on AWS: how long it waits, how often it asks, and its slot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddns.failover import composition
from ddns.failover.composition import FailoverParts, failover_parts
from ddns.failover.driving import REQUEST
from ddns.failover.ports import FailoverPorts
from ddns.failover.settings import FailoverSettings
from tests.fakes.clock import FakeClock
from tests.service.failover.bench import Bench
from tests.service.failover.test_settings import environment

if TYPE_CHECKING:
    import pytest

    from ddns.adapters.aws import Within

SETTINGS = FailoverSettings.from_environment(environment())


def test_no_request_outlasts_the_time_that_is_kept_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Clients:
        dynamodb = ec2 = functions = events = None

        def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - of the class it stands for
            asked.update(arguments)

    monkeypatch.setattr(composition, "Clients", Clients)
    failover_parts(SETTINGS, clock=FakeClock())
    within: Within = asked["within"]
    assert within.connected + within.answered < REQUEST
    assert asked["attempts"] == 1
    assert asked["functions_within"].answered >= SETTINGS.check.get("timeout", 1.0) + 1


def test_two_controllers_that_overlap_note_what_they_see_in_two_places() -> None:
    bench = Bench(started=False)
    ports = FailoverPorts(
        bench.clock,
        bench.journal,
        bench.directory,
        bench.mover,
        bench.probers,
        bench.fencer,
        bench.events,
    )
    parts = FailoverParts(SETTINGS, ports)
    for _ in range(2):
        parts.controller().round()
        bench.clock.time += 60
    assert bench.journal.seen.keys() == {0, 1}
