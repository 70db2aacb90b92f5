"""Messages that fail: how soon they come again, and when that ends."""

from __future__ import annotations

import io
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from ddns.adapters.sqs import SqsQueue
from ddns.redelivery import Redelivery
from ddns.reporting import Report
from tests.fakes.clock import FakeClock
from tests.fakes.sqs import DEAD_LETTERS, QUEUE, FakeSqs
from tests.handlers.instance.function import record

HOUR = 3_600


class World:
    """A queue, and what gives its failed messages back."""

    def __init__(self, seed: int = 0) -> None:
        self.clock = FakeClock(seed=seed)
        self.sqs = FakeSqs()
        clients: Any = SimpleNamespace(sqs=self.sqs)
        report = Report("ddns", self.clock, io.StringIO())
        self.redelivery = Redelivery(SqsQueue(clients, QUEUE, DEAD_LETTERS), report, self.clock)

    def tried(self, *, window: float = 0) -> list[float]:
        """Let a message fail until that ends; return when it was tried."""
        begin, tries = self.clock.now(), []
        while True:
            tries.append(self.clock.now() - begin)
            message = record("{}", receives=len(tries), sent=begin)
            if not self.redelivery.again([(message, "Route 53 does not answer")]):
                return tries
            self.clock.time += self.sqs.shown_after.pop(message["receiptHandle"]) + window


def test_a_message_that_fails_is_tried_for_three_days_and_then_a_dead_letter_with_its_reason() -> (
    None
):
    world = World()
    tries = world.tried()
    assert 72 * HOUR < tries[-1] < 73 * HOUR
    (dead,) = world.sqs.sent[DEAD_LETTERS]
    reason = dead["MessageAttributes"]["Reason"]["StringValue"]
    assert reason == "given up after three days: Route 53 does not answer"


@pytest.mark.parametrize("seed", range(5))
def test_it_is_tried_soon_at_first_and_every_quarter_of_an_hour_in_the_end(seed: int) -> None:
    tries = World(seed).tried()
    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses[0] <= 4
    assert max(pauses) <= 900
    assert min(pauses[10:]) >= 675


def test_a_dead_letter_that_is_not_taken_comes_again() -> None:
    world = World()
    world.sqs.failing = "AccessDenied"
    message = record("{}", sent=world.clock.now() - 80 * HOUR)
    assert world.redelivery.again([(message, "no")]) == {"m-1": message}
