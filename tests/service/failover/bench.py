"""One or more controllers on a world in memory, where nothing is slow."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from ddns.core.failover.policy import Policy
from ddns.failover.controller import Controller
from ddns.failover.ports import FailoverPorts
from ddns.failover.report import FailoverReport
from tests.fakes.clock import FakeClock
from tests.fakes.failover import (
    FakeDirectory,
    FakeEvents,
    FakeFencer,
    FakeJournal,
    FakeMover,
    FakeProbers,
)

if TYPE_CHECKING:
    from ddns.core.failover.journal import State

NODES = ("a", "b")


class Bench:
    """A service address with two places and two nodes; ``a`` has it and is preferred."""

    def __init__(self, *, started: bool = True, **policy: Any) -> None:  # noqa: ANN401 - of Policy
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.probers = FakeProbers(NODES)
        self.directory = FakeDirectory(NODES)
        self.mover = FakeMover(("rtb-1", "rtb-2"), "a")
        self.fencer = FakeFencer(self.clock)
        self.events = FakeEvents()
        self.policy = Policy(**policy)
        self._log = io.StringIO()
        self.controller = self.another()
        if started:
            self.controller.round()

    def another(self, slot: int = 0) -> Controller:
        """Return another controller that has seen nothing yet."""
        ports = FailoverPorts(
            self.clock,
            self.journal,
            self.directory,
            self.mover,
            self.probers,
            self.fencer,
            self.events,
        )
        report = FailoverReport("controller", self.clock, self._log)
        return Controller(ports, NODES, self.policy, report, slot)

    def rounds(self, count: int = 1, controller: Controller | None = None) -> State:
        """Do rounds at their interval; return what the journal says then."""
        for _ in range(count):
            (controller or self.controller).round()
            self.clock.time += self.policy.interval
        return self.journal.state

    def lines(self, message: str = "") -> list[dict[str, Any]]:
        """Return what was logged, or only the lines of a message."""
        found = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [line for line in found if not message or line.get("message") == message]

    def metric(self, name: str) -> int:
        """Return the sum of a metric that was written."""
        return sum(int(line.get(name, 0)) for line in self.lines() if "_aws" in line)
