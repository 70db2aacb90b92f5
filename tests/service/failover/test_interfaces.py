"""A whole interface, which EC2 may take minutes to move: it is one move all the same."""

from __future__ import annotations

import pytest

from ddns.core.failover.places import INTERFACE
from tests.service.failover.world import World


@pytest.mark.parametrize(("detach", "attach"), ((8, 2), (70, 2), (25, 150), (100, 100)))
def test_a_move_that_takes_minutes_is_made_known_as_what_it_is(detach: int, attach: int) -> None:
    world = World(kind=INTERFACE)
    world.ec2.detach_time = world.ec2.force_time = detach
    world.ec2.attach_time = attach
    world.probers.healthy["a"] = False
    for _ in range(14):
        world.controller().run(world.clock.now() + 20)
    assert world.placement().all_at("b")
    assert not world.wrong
    assert [(move.source, move.target, move.by) for move in world.events.moves] == [
        ("a", "b", "failure")
    ]


def test_an_instance_that_stops_while_it_gets_the_interface_is_left_again() -> None:
    world = World(kind=INTERFACE)
    world.probers.healthy["a"] = False
    world.ec2.attach_time = 30
    world.controller().run(world.clock.now() + 12)
    assert not world.placement().all_at("b")
    world.ec2.set_state("i-b", "stopped")
    world.probers.healthy = {"a": True, "b": False}
    world.controller().run(world.clock.now() + 118)
    assert world.placement().all_at("a")
    assert world.journal.state.target == "a"


def test_a_move_of_an_interface_that_never_ends_is_given_up() -> None:
    world = World(kind=INTERFACE)
    world.probers.healthy["a"] = False
    world.ec2.attach_time = 1e6
    for _ in range(13):
        world.controller().run(world.clock.now() + 20)
    assert world.journal.history[2].done == 0
