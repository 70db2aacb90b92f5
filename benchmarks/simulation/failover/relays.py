"""The relays of a name behind their URLs: the real decision, in containers that Lambda starts.

Each is in the subnets of one zone: where that is gone, so is its relay.

A container answers one request after another, and knows nothing of the others: each has its own
clock, which jumps to what it waits for. So nothing here needs threads.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.story import LAMBDA, SILENT, Story
from ddns.core.failover.checks import Check, parse_check
from ddns.core.failover.confirmation import Endpoints
from ddns.core.failover.verdicts import DOWN, UP, Answer, Answers
from ddns.failover.primary import Primary
from ddns.failover.relay import Relay
from ddns.reporting import Report

NAME = "db"
_EVENTS = {
    what: {"rawPath": f"/{NAME}/{what}", "requestContext": {"http": {"method": "GET"}}}
    for what in (DOWN, UP)
}
_ADDRESSES = {"a": "10.0.1.5", "b": "10.0.2.5"}
_ENDPOINTS = Endpoints((_ADDRESSES["a"],), (_ADDRESSES["b"],))
_NODES = {address: node for node, address in _ADDRESSES.items()}
_HUNG = 5.0  # the construct's time limit of the relay
_START = 1_000_000.0  # of all clocks; runs count from 0


class Replied(NamedTuple):
    """When an answer came, and its status; 0 for none."""

    at: float
    status: int


class _Quiet:
    """A report that nobody reads."""

    def line(self, level: str, message: str, **fields: object) -> None:
        """Write nothing."""

    def metrics(self, counts: Mapping[str, int], values: Mapping[str, object]) -> None:
        """Write nothing."""


class _Clock:
    """A container's own time."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return _START + self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def random(self) -> float:
        return 0.0


class _Container:
    """One execution environment."""

    def __init__(self, probed: Callable[[_Container], Answers]) -> None:
        self.free_at = 0.0
        self.clock = _Clock()
        primary = Primary(_ENDPOINTS, _check(0.7), lambda *_: probed(self), self.clock)
        self._relay = Relay(NAME, primary, self.clock, cast("Report", _Quiet()))

    def answer(self, what: str, moment: float) -> Replied:
        """Answer a request that comes at a moment, for ``DOWN`` or ``UP``."""
        self.clock.time = moment
        status = int(self._relay.answer(_EVENTS[what])["statusCode"])
        self.free_at = self.clock.time
        return Replied(self.clock.time, status)


class ZoneRelay:
    """All containers of the relay of one zone.

    Args:
        parameters: the model.
        story: what goes wrong; its probers are zones.
        zone: its number.
        draw: what is left to chance.
    """

    def __init__(
        self, parameters: Parameters, story: Story, zone: int, draw: random.Random
    ) -> None:
        self._parameters = parameters
        self._story = story
        self._zone = zone
        self._draw = draw
        self._containers: list[_Container] = []

    def ask(self, what: str, moment: float) -> Replied:
        """Return what becomes of a request that comes at a moment; they come in order of time.

        Args:
            what: ``DOWN`` or ``UP``, the path.
            moment: when it comes.
        """
        story, parameters, draw = self._story, self._parameters, self._draw
        if story.is_away(LAMBDA, moment) or draw.random() < parameters.invoke_fails:
            return Replied(moment + 0.1, 500)
        moment += draw.uniform(*parameters.relay_own)
        if self._is_gone(moment):
            self._containers.clear()
            return Replied(moment + _HUNG, 0)
        found = self._idle(moment)
        if found is None:
            found = _Container(self._probed)
            self._containers.append(found)
            moment += draw.uniform(*parameters.relay_cold)
        return found.answer(what, moment)

    def _idle(self, moment: float) -> _Container | None:
        """Return the container that was used last among those that have nothing to do."""
        idle = [each for each in self._containers if each.free_at <= moment]
        return max(idle, key=lambda each: each.free_at) if idle else None

    def _is_gone(self, moment: float) -> bool:
        spell = self._story.silent.get(self._zone)
        return spell is not None and spell.covers(moment)

    def _probed(self, container: _Container) -> Answers:
        """Return what a container sees of both endpoints, in the time that it takes."""
        story, parameters, moment = self._story, self._parameters, container.clock.time
        answers: dict[str, Answer] = {}
        longest = 0.0
        for address, node in _NODES.items():
            how = story.how(node, moment)
            lost = self._draw.random() < parameters.lost_packet
            if lost or not story.reaches(self._zone, node, moment):
                how = SILENT
            answers[address] = Answer(UP if how is None else DOWN, how or "")
            answered = self._draw.uniform(*parameters.answer)
            longest = max(longest, parameters.relay_try if how == SILENT else answered)
        container.clock.sleep(longest)
        return answers


def _check(timeout: float) -> Check:
    return parse_check(f'{{"kind": "tcp", "port": 5432, "timeout": {timeout}}}')
