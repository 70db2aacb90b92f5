"""Draining: what is ours goes, nothing is stolen, and it goes on wherever it was cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns.core.instance.policy import create_only, upsert_only
from ddns.instance.outcome import Outcome
from tests.service.instance.world import BUDGET, PRIVATE, REVERSE, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.core.instance.policy import Policy

IN_ZONE = {"ZONE": "example.internal"}
THEIRS = ("theirs.example.internal", "A")


class CrashError(BaseException):
    """The end of a worker."""


def filled(**settings: object) -> World:
    world = World(**settings)
    world.route53.put_foreign(PRIVATE, THEIRS[0], "A", ["192.0.2.1"])
    for number in range(1, 4):
        world.ec2.launch(f"i-{number}", IN_ZONE)
    world.ec2.launch("i-4", {**IN_ZONE, "HOSTNAME": "theirs"})
    world.handle("i-1", "i-2", "i-3", "i-4")
    assert len(world.values(PRIVATE)) == 4
    return world


def drain(world: World) -> bool:
    world.parts.drain.begin(world.clock.now() + BUDGET)
    return world.parts.drain.walk(Outcome(), world.clock.now() + BUDGET)


@pytest.mark.parametrize("page_size", (1, 2, 1000))
def test_all_that_is_ours_goes_and_what_is_not_stays(page_size: int) -> None:
    world = filled()
    world.ledger.page_size = page_size
    assert drain(world)
    assert (world.values(PRIVATE), world.values(REVERSE)) == ({THEIRS: {"192.0.2.1"}}, {})
    assert world.ledger.items == {}
    assert drain(world)


@pytest.mark.parametrize("policy", (upsert_only, create_only))
def test_what_a_policy_keeps_goes_too(policy: Policy) -> None:
    world = filled(record_policy=policy)
    world.ec2.terminate("i-1")
    world.handle("i-1")
    assert len(world.values(PRIVATE)) == 4
    assert drain(world)
    assert (world.values(PRIVATE).keys(), world.ledger.items) == ({THEIRS}, {})


@pytest.mark.parametrize(
    "work", (lambda world: world.handle("i-1", "i-9"), lambda world: world.sweep())
)
def test_nothing_is_written_while_it_is_on_and_all_comes_back_after_it(
    work: Callable[[World], Outcome],
) -> None:
    world = filled()
    drain(world)
    world.ec2.launch("i-9", IN_ZONE)
    work(world)
    assert world.values(PRIVATE).keys() == {THEIRS}
    world.parts.drain.end(world.clock.now() + BUDGET)
    world.sweep()
    assert len(world.values(PRIVATE)) == 5


def test_a_worker_that_looked_before_writes_nothing_after() -> None:
    world = filled()
    world.ec2.launch("i-9", IN_ZONE)
    other = world.worker()
    done = False

    def meanwhile(operation: str, when: str) -> None:
        nonlocal done
        if (operation, when) == ("describe", "after") and not done:
            done = True
            assert drain(world)

    world.observe(meanwhile)
    world.handle("i-9", parts=other)
    world.observe(None)
    assert done
    assert (world.values(PRIVATE).keys(), world.ledger.items) == ({THEIRS}, {})


def test_a_sweep_that_is_under_way_ends() -> None:
    world = filled()
    world.parts.sweeper.begin(verify=True)
    drain(world)
    world.sweep()
    assert (world.sweeps.current, world.queue.steps) == (None, [])
    assert world.values(PRIVATE).keys() == {THEIRS}


def test_a_record_that_somebody_changed_meanwhile_is_left_to_them() -> None:
    world = filled()
    name = "ip-10-0-1-1.example.internal"
    world.route53.put_foreign(PRIVATE, name, "A", ["192.0.2.9"])
    assert drain(world)
    assert world.values(PRIVATE) == {THEIRS: {"192.0.2.1"}, (name, "A"): {"192.0.2.9"}}
    assert world.ledger.items == {}


def test_a_crash_at_any_moment_leaves_what_the_next_call_removes_and_nothing_stolen() -> None:
    for crash_at in range(1, 200):
        world = filled(record_policy=upsert_only)
        world.ledger.page_size = 2
        world.ec2.terminate("i-1")
        world.handle("i-1")
        calls = 0

        def hook(_operation: str, _when: str) -> None:
            nonlocal calls
            calls += 1
            if calls == crash_at:  # noqa: B023 - it is called within the turn
                raise CrashError

        world.observe(hook)
        try:
            drain(world)
        except CrashError:
            pass
        else:
            return
        finally:
            world.observe(None)
        world.parts = world.worker()
        world.clock.time += 60
        assert drain(world), crash_at
        assert (world.values(PRIVATE), world.values(REVERSE)) == ({THEIRS: {"192.0.2.1"}}, {})
        assert world.ledger.items == {}
    raise AssertionError("it does not end")


def test_a_walk_without_time_says_that_it_is_not_done() -> None:
    world = filled()
    world.parts.drain.begin(world.clock.now() + BUDGET)
    assert not world.parts.drain.walk(Outcome(), world.clock.now() - 1)
    world.route53.fail_next("change_resource_record_sets", "AccessDenied", 50, status=403)
    assert not drain(world)
    world.reset_failures()
    assert drain(world)
