"""Two requests at once: every order of their calls, and crashes between any two."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.sqs import QUEUE
from tests.service.client.signing import signed_request
from tests.service.client.world import HOME, VERIFY, ZONE, World, host
from tests.service.interleaving import interleave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST, SECOND, OLD = "176.32.100.36", "52.95.110.1", "54.239.17.6"
SIX = "2600:1f14:1:2::7"
# Turns that are chosen; a request has three or four calls, and as many again for each conflict.
_TURNS = 9
MESSAGE = f'{{"action": "apply", "hostname": "{HOME}", "order": 99}}'
ORDERS = list(product((0, 1), repeat=_TURNS))


def new_host() -> World:
    """A host that was never set."""
    return World(host(), DDNS_OFFLINE="true")


def known_host() -> World:
    """A host that has an address."""
    world = new_host()
    world.update(OLD)
    return world


def pending() -> World:
    """A host whose address still has to be written."""
    world = known_host()
    world.route53.fail_next("change_resource_record_sets", "Throttling", times=1000)
    assert world.update(SIX) == f"good {SIX}"
    world.route53._failures.clear()
    world.orders()
    world.clock.time += 10
    return world


WORLDS = pytest.mark.parametrize("prepare", (new_host, known_host, pending))


def race(
    world: World,
    jobs: list[Callable[[Any], str]],
    order: tuple[int, ...],
    crashes: tuple[int | None, ...] = (None, None),
) -> list[str]:
    """Run jobs on workers of their own; return their answers, empty where one crashed."""
    answers = [""] * len(jobs)

    def worker(number: int) -> Callable[[], None]:
        parts = world.worker()

        def run() -> None:
            answers[number] = jobs[number](parts)

        return run

    workers = [(worker(number), crashes[number]) for number in range(len(jobs))]
    interleave(world, workers, iter(order))  # type: ignore[arg-type]  # it can observe
    return answers


def agrees(world: World) -> bool:
    """Tell whether zone and table say the same, and nothing is left to do."""
    return world.values() == world.kept() and not world.hosts.items[HOME].pending


@WORLDS
def test_the_later_request_wins_whatever_the_order(prepare: Callable[[], World]) -> None:
    for order in ORDERS:
        world = prepare()
        now = world.clock.now()
        answers = race(
            world,
            [
                lambda parts, w=world, t=now: w.update(FIRST, at=t, parts=parts),
                lambda parts, w=world, t=now: w.update(SECOND, at=t + 0.2, parts=parts),
            ],
            order,
        )
        assert all(each.startswith(("good ", "nochg ")) for each in answers), order
        assert world.values()["A"] == SECOND, order
        assert agrees(world), order


@WORLDS
def test_two_requests_of_one_millisecond_end_alike_in_zone_and_table(
    prepare: Callable[[], World],
) -> None:
    for order in ORDERS:
        world = prepare()
        race(
            world,
            [
                lambda parts, w=world: w.update(FIRST, parts=parts),
                lambda parts, w=world: w.update(SECOND, parts=parts),
            ],
            order,
        )
        assert world.values()["A"] in (FIRST, SECOND)
        assert agrees(world), order


@WORLDS
def test_both_families_stay_when_each_comes_on_its_own(prepare: Callable[[], World]) -> None:
    for order in ORDERS:
        world = prepare()
        race(
            world,
            [
                lambda parts, w=world: w.update(FIRST, parts=parts),
                lambda parts, w=world: w.update(SIX, parts=parts),
            ],
            order,
        )
        assert world.values() == {"A": FIRST, "AAAA": SIX}, order
        assert agrees(world), order


@WORLDS
def test_a_poll_beside_a_change_undoes_nothing(prepare: Callable[[], World]) -> None:
    for order in ORDERS:
        world = prepare()
        now = world.clock.now()
        race(
            world,
            [
                lambda parts, w=world, t=now: w.update(OLD, at=t, parts=parts),
                lambda parts, w=world, t=now: w.update(SECOND, at=t + 0.2, parts=parts),
            ],
            order,
        )
        assert world.values()["A"] == SECOND, order
        assert agrees(world), order


@WORLDS
def test_a_removal_beside_an_update_leaves_nothing_that_the_table_does_not_know(
    prepare: Callable[[], World],
) -> None:
    for order in ORDERS:
        for removal in (0.0, 0.2):
            world = prepare()
            now = world.clock.now()
            race(
                world,
                [
                    lambda parts, w=world, t=now: w.update(FIRST, at=t + 0.1, parts=parts),
                    lambda parts, w=world, t=now + removal: w.update(
                        FIRST, at=t, parts=parts, more="&offline=YES"
                    ),
                ],
                order,
            )
            assert agrees(world), (order, removal)
            assert "A" in world.values() or removal, order


def test_the_queue_beside_a_request_leaves_the_later_address() -> None:
    for order in ORDERS:
        world = pending()
        _, failed = race(
            world,
            [
                lambda parts, w=world: w.update(SECOND, parts=parts),
                lambda parts, w=world: "".join(w.deliver([MESSAGE], parts=parts)),
            ],
            order,
        )
        world.deliver([failed] if failed else [])
        assert world.values() == {"A": SECOND, "AAAA": SIX}, order
        assert agrees(world), order


def test_two_deliveries_of_one_message_do_no_harm() -> None:
    for order in ORDERS:
        world = pending()
        race(
            world,
            [lambda parts, w=world: str(w.deliver([MESSAGE], parts=parts))] * 2,
            order,
        )
        assert world.values() == {"A": OLD, "AAAA": SIX}, order
        assert agrees(world), order


# ---------------------------------------------------------------- more conflicts than one


def conflicting(world: World, times: int) -> None:
    """Let somebody else write the item right before each of the next writes."""
    left = iter(range(times))

    def hook(operation: str, moment: str) -> None:
        if (operation, moment) == ("save", "before") and next(left, None) is not None:
            world.hosts.edit(HOME, revision=world.hosts.items[HOME].revision + 1)

    world.hosts.on_call = hook


def test_an_update_that_meets_others_again_and_again_is_left_to_the_queue() -> None:
    for times in (2, 3, 7):
        world = known_host()
        conflicting(world, times)
        assert world.update(FIRST) == f"good {FIRST}", times
        world.hosts.on_call = None
        assert world.hosts.items[HOME].pending, times
        assert world.sqs.sent[QUEUE], times
        world.drain()
        assert world.values() == {"A": FIRST}, times
        assert agrees(world), times


def test_a_removal_that_meets_others_again_and_again_is_no_success() -> None:
    world = known_host()
    conflicting(world, 2)
    assert world.update(OLD, more="&offline=YES") == "911"
    world.hosts.on_call = None
    world.drain()
    assert world.values() == {"A": OLD}
    assert agrees(world)
    assert world.update(OLD, more="&offline=YES").startswith("good")
    assert world.values() == world.kept() == {}


def test_a_message_that_meets_others_again_and_again_comes_again() -> None:
    world = pending()
    conflicting(world, 2)
    assert world.deliver([MESSAGE]) == [MESSAGE]
    world.hosts.on_call = None
    assert world.hosts.items[HOME].pending
    assert world.deliver([MESSAGE]) == []
    assert world.values() == {"A": OLD, "AAAA": SIX}
    assert agrees(world)


def test_an_item_that_others_write_all_the_time_is_no_success_and_heals() -> None:
    world = known_host()
    conflicting(world, 1000)
    assert world.update(FIRST) == "911"
    world.hosts.on_call = None
    world.clock.time += VERIFY
    assert world.update(FIRST).startswith(("good", "nochg"))
    assert world.values() == {"A": FIRST}
    assert agrees(world)


# ---------------------------------------------------------------- throttled

FAILURES = ("Throttling", "PriorRequestNotComplete", "ReadTimeoutError", "InternalFailure")


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("applied", (False, True))
def test_a_race_that_route53_does_not_answer_is_finished_by_the_queue(
    failure: str,
    applied: bool,  # noqa: FBT001 - whether only the answer is missing
) -> None:
    if applied and failure in FAILURES[:2]:
        pytest.skip("nothing is applied where the service says to come later")
    for order in list(product((0, 1), repeat=7)):
        for times in (1, 3, 1000):
            world = known_host()
            now = world.clock.now()
            world.route53.fail_next(
                "change_resource_record_sets", failure, times=times, applied=applied
            )
            answers = race(
                world,
                [
                    lambda parts, w=world, t=now: w.update(FIRST, at=t, parts=parts),
                    lambda parts, w=world, t=now: w.update(SECOND, at=t + 0.2, parts=parts),
                ],
                order,
            )
            good = [each.startswith(("good ", "nochg ")) for each in answers]
            assert all(good), (order, times, answers)
            world.route53._failures.clear()
            world.clock.time += 10
            world.drain()
            assert world.values()["A"] == SECOND, (order, times)
            assert agrees(world), (order, times)


# ---------------------------------------------------------------- crashes


def crash_points() -> Iterator[tuple[int | None, int | None]]:
    """Yield where the first, the second, or both crash."""
    for point in range(1, 6):
        yield point, None
        yield None, point
        yield point, point


@pytest.mark.parametrize("prepare", (new_host, known_host))
def test_after_a_crash_between_any_two_calls_a_poll_heals_within_verify_interval(
    prepare: Callable[[], World],
) -> None:
    for order in product((0, 1), repeat=6):
        for crashes in crash_points():
            world = prepare()
            now = world.clock.now()
            race(
                world,
                [
                    lambda parts, w=world, t=now: w.update(FIRST, at=t, parts=parts),
                    lambda parts, w=world, t=now: w.update(SECOND, at=t + 0.2, parts=parts),
                ],
                order,
                crashes,
            )
            world.clock.time += VERIFY + 1
            world.update(SECOND)
            assert world.values() == {"A": SECOND}, (order, crashes)
            assert agrees(world), (order, crashes)


@pytest.mark.parametrize("prepare", (new_host, known_host, pending))
def test_a_request_alone_that_crashed_is_healed_by_the_next_one(
    prepare: Callable[[], World],
) -> None:
    for point in range(1, 6):
        world = prepare()
        race(world, [lambda parts, w=world: w.update(FIRST, parts=parts)], (), (point,))
        world.clock.time += 60
        world.update(FIRST)
        assert world.values()["A"] == FIRST, point
        assert agrees(world), point


def test_a_throttled_request_that_crashed_is_healed_by_the_next_one() -> None:
    for point in range(1, 12):
        world = known_host()
        world.route53.fail_next("change_resource_record_sets", "Throttling", times=1000)
        race(world, [lambda parts, w=world: w.update(FIRST, parts=parts)], (), (point,))
        world.route53._failures.clear()
        world.clock.time += 60
        world.update(FIRST)
        assert world.values() == {"A": FIRST}, point
        assert agrees(world), point


def test_a_delivery_that_crashed_is_healed_by_the_next_one() -> None:
    for point in range(1, 8):
        world = pending()
        race(world, [lambda parts, w=world: str(w.deliver([MESSAGE], parts=parts))], (), (point,))
        world.clock.time += 60
        assert world.deliver([MESSAGE]) == []
        assert world.values() == {"A": OLD, "AAAA": SIX}, point
        assert agrees(world), point


# ---------------------------------------------------------------- the administrator meanwhile


def administrator(world: World, act: Callable[[], None]) -> str:
    """Act between two calls of the others."""
    hook = world.hosts.on_call
    assert hook
    hook("administrator", "before")
    act()
    return "done"


@WORLDS
def test_a_host_that_is_removed_meanwhile_does_not_come_back(prepare: Callable[[], World]) -> None:
    for order in product((0, 1), repeat=6):
        world = prepare()
        answer, _ = race(
            world,
            [
                lambda parts, w=world: w.update(FIRST, parts=parts),
                lambda _, w=world: administrator(w, lambda: w.hosts.remove(HOME)),
            ],
            order,
        )
        assert HOME not in world.hosts.items
        assert answer == "badauth" or answer.startswith("good"), order


@WORLDS
def test_what_the_administrator_changes_meanwhile_stays(prepare: Callable[[], World]) -> None:
    for order in product((0, 1), repeat=6):
        world = prepare()
        answer, _ = race(
            world,
            [
                lambda parts, w=world: w.update(FIRST, parts=parts),
                lambda _, w=world: administrator(
                    w, lambda: w.hosts.edit(HOME, tokens=("f" * 64,), ttl=300)
                ),
            ],
            order,
        )
        assert world.hosts.items[HOME].tokens == ("f" * 64,)
        assert world.hosts.items[HOME].ttl == 300
        assert answer == "badauth" or (answer.startswith("good") and agrees(world)), order
        assert world.update(FIRST) == "badauth"


@WORLDS
def test_a_host_that_is_disabled_meanwhile_is_written_once_at_most(
    prepare: Callable[[], World],
) -> None:
    for order in product((0, 1), repeat=6):
        world = prepare()
        race(
            world,
            [
                lambda parts, w=world: w.update(FIRST, parts=parts),
                lambda _, w=world: administrator(w, lambda: w.hosts.edit(HOME, disabled=True)),
            ],
            order,
        )
        before = world.values()
        assert world.update(SECOND) == "badauth"
        assert world.values() == before


# ---------------------------------------------------------------- replays at once


def test_one_signed_request_sent_twice_at_once_is_taken_once() -> None:
    for order in product((0, 1), repeat=8):
        world = known_host()
        sent = signed_request(HOME, [FIRST], world.clock.now(), "nonce-0001")
        job = partial(world.send, *sent)
        answers = race(world, [lambda parts, job=job: job(parts=parts)] * 2, order)
        taken = ['"result": "changed"' in each for each in answers]
        assert sorted(taken) == [False, True], (order, answers)
        assert any('"status": 401' in each for each in answers)
        assert world.values() == {"A": FIRST}
        assert agrees(world)
        assert world.route53.records(ZONE)
