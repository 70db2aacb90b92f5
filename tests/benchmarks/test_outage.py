"""A long outage of Route 53, in virtual time: what waits for its end, and for how long."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from benchmarks.simulation.parameters import AS_IT_COMES
from benchmarks.simulation.world import World, empty

_HOUR = 3_600.0
_CERTAIN = dataclasses.replace(AS_IT_COMES, twice=0.0)
_SEVERAL = 12


def _outage(hours: float, *, sweeps: bool) -> tuple[World, float]:
    """Launch instances while Route 53 takes no change; return how long the last record took then.

    Args:
        hours: how long that lasts.
        sweeps: whether a sweep is ordered every hour, as the schedule does.
    """
    world = World(_CERTAIN, 1, empty(0))
    fake, down = world.route53.fake, True
    change = fake.change_resource_record_sets

    def refusing(**arguments: Any) -> Any:  # noqa: ANN401 - boto3's
        if down:
            fake.fail_next("change_resource_record_sets", "ServiceUnavailable")
        return change(**arguments)

    fake.change_resource_record_sets = refusing  # type: ignore[method-assign]  # for the test
    for number in range(_SEVERAL):
        world.scheduler.after(number * 60.0, world.launch)
    for number in range(int(hours) if sweeps else 0):
        world.scheduler.after((number + 0.5) * _HOUR, world.order_sweep)
    world.run(hours * _HOUR, lambda: False)
    assert world.unchanged == _SEVERAL
    down = False
    world.run((hours + 30) * _HOUR, lambda: not world.unchanged)
    ended = world.scheduler.elapsed - hours * _HOUR
    world.run(world.scheduler.elapsed + 24 * _HOUR, world.quiet)
    world.close()
    return world, ended


@pytest.mark.parametrize("hours", (1, 30))
def test_after_an_outage_all_is_written_within_a_quarter_of_an_hour_and_nothing_is_dead(
    hours: float,
) -> None:
    world, ended = _outage(hours, sweeps=False)
    assert ended < 16 * 60
    assert world.wrong().total == 0
    assert world.queue.dead == []
    assert world.quiet()


def test_the_looks_that_sweeps_order_do_not_pile_up_in_an_outage() -> None:
    world, ended = _outage(12, sweeps=True)
    assert ended < 16 * 60
    assert world.queue.dead == []
    assert world.quiet()
    # For each instance its event, and the looks of six hours; and what sweeps say to themselves.
    assert world.queue.most < _SEVERAL * 9


def test_an_outage_of_more_than_three_days_leaves_dead_letters_and_nothing_in_the_queue() -> None:
    world, _ = _outage(80, sweeps=False)
    assert len(world.queue.dead) == _SEVERAL
    assert world.quiet()
