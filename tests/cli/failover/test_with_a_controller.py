"""The commands and the controller itself, on one journal: what the one writes the other does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from ddns.core.failover.policy import Policy
from ddns.failover.controller import Controller
from ddns.failover.ports import FailoverPorts
from ddns.failover.report import FailoverReport
from tests.fakes.failover import FakeDirectory, FakeEvents, FakeFencer, FakeMover, FakeProbers

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator

NODES = ("a", "b")


class Failover:
    """A controller on the operator's journal and clock; the address is at node a."""

    def __init__(self, operator: Operator) -> None:
        self.mover = FakeMover(("rtb-1", "rtb-2"), "a")
        self.probers = FakeProbers(NODES)
        self.operator = operator
        ports = FailoverPorts(
            operator.clock,
            operator.journal,
            FakeDirectory(NODES),
            self.mover,
            self.probers,
            FakeFencer(operator.clock),
            FakeEvents(),
        )
        report = FailoverReport("controller", operator.clock, io.StringIO())
        self.controller = Controller(ports, NODES, Policy(), report)

    def rounds(self, count: int = 1) -> None:
        """Do so many rounds, three seconds apart."""
        for _ in range(count):
            self.controller.round()
            self.operator.clock.time += 3


@pytest.fixture
def failover(operator: Operator) -> Failover:
    """A controller that has looked once."""
    found = Failover(operator)
    found.rounds()
    return found


def test_a_switch_is_carried_out_by_the_next_round(operator: Operator, failover: Failover) -> None:
    operator.events = [failover.rounds]
    assert "every place is there" in operator.prints("switch", "Vip", "--to", "b")
    assert failover.mover.at == {"rtb-1": "b", "rtb-2": "b"}
    (move,) = operator.json("history", "Vip")
    assert (move["from"], move["to"], move["by"]) == ("a", "b", "operator")
    failover.rounds(6)
    (shown,) = operator.json("status", "Vip")["failovers"]
    assert (shown["active"], shown["places"]) == ("b", {"rtb-1": "b", "rtb-2": "b"})


def test_a_move_that_is_given_up_is_no_success(operator: Operator, failover: Failover) -> None:
    failover.mover.stuck = {"rtb-2"}
    operator.events = [lambda: failover.rounds(12)]
    text = operator.refused("switch", "Vip", "--to", "b")
    assert "the move to b was given up, as not every place points there" in text
    assert "(given up)" in operator.prints("history", "Vip")


def test_under_a_hold_a_failure_moves_nothing_and_after_it_does(
    operator: Operator, failover: Failover
) -> None:
    operator.prints("hold", "Vip", "--reason", "patching a")
    failover.probers.healthy["a"] = False
    failover.rounds(8)
    assert set(failover.mover.at.values()) == {"a"}
    printed = operator.prints("status", "Vip", code=1)
    assert "a down: timed out" in printed
    assert "patching a" in printed
    operator.prints("release", "Vip")
    failover.rounds(8)
    assert set(failover.mover.at.values()) == {"b"}
    assert "by failure" in operator.prints("status", "Vip")


def test_a_hold_that_comes_with_a_switch_outlasts_the_move(
    operator: Operator, failover: Failover
) -> None:
    operator.events = [failover.rounds]
    operator.prints("switch", "Vip", "--to", "b", "--hold", "patching a")
    failover.probers.healthy["b"] = False
    failover.rounds(8)
    assert set(failover.mover.at.values()) == {"b"}


def test_a_hold_between_probes_and_decision_is_not_overruled(
    operator: Operator, failover: Failover
) -> None:
    failover.probers.healthy["a"] = False
    failover.rounds(2)

    def hold(_: object) -> None:
        failover.probers.probed = lambda _: None
        operator.prints("hold", "Vip", "--reason", "wait")

    failover.probers.probed = hold
    failover.rounds(8)
    assert set(failover.mover.at.values()) == {"a"}
    assert operator.state.hold == "wait"
