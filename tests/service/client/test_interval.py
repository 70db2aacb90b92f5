"""The smallest interval between changes of a host: what comes earlier is kept, and done in time."""

from __future__ import annotations

import heapq
import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from ddns.client import orders, service
from ddns.client.states import HostStates
from ddns.core.client.hosts import Kept
from tests.fakes.sqs import QUEUE
from tests.service.client.test_races import agrees, race
from tests.service.client.world import HOME, TOKEN, VERIFY, ZONE, World, host
from tests.service.interleaving import Crash

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERVAL = 5
OLD, NEW, OTHER = "54.239.17.6", "176.32.100.36", "52.95.110.1"
SIX = "2600:1f14:1:2::7"
CHANGE = "change_resource_record_sets"
_TURNS = 7


def new_world(*hosts: Any, **settings: str) -> World:  # noqa: ANN401 - hosts
    """A world with an interval, where a host may be removed."""
    named = {"DDNS_CHANGE_INTERVAL": str(INTERVAL), "DDNS_OFFLINE": "true", **settings}
    return World(*(hosts or (host(),)), **named)


def known_host() -> World:
    """A host that was written just now."""
    world = new_world()
    world.update(OLD)
    return world


class Time:
    """A queue that delivers each message when it is due, and a log of when Route 53 was asked.

    Args:
        world: where it is.
        late: by how many seconds a message comes later than it is due.
    """

    def __init__(self, world: World, late: float = 0) -> None:
        self.world = world
        self._late = late
        self.asked: list[float] = []
        self.messages = 0
        self._due: list[tuple[float, int, str]] = []
        world.route53.on_call = self._note

    def _note(self, _operation: str, moment: str) -> None:
        if moment == "before":
            self.asked.append(self.world.clock.time)

    def advance(self, until: float) -> None:
        """Let time pass, with what is due in it."""
        self._take()
        while self._due and self._due[0][0] <= until:
            due, _, body = heapq.heappop(self._due)
            self.world.clock.time = max(self.world.clock.time, due)
            assert self.world.deliver([body]) == []
            self._take()
        self.world.clock.time = max(self.world.clock.time, until)

    def _take(self) -> None:
        sent, self.world.sqs.sent[QUEUE] = self.world.sqs.sent[QUEUE], []
        for each in sent:
            self.messages += 1
            due = self.world.clock.time + each["DelaySeconds"] + self._late
            heapq.heappush(self._due, (due, self.messages, each["MessageBody"]))


def flip(world: World, *, late: float = 0, seconds: int = 60, each: float = 0.3) -> Time:
    """Let a host flip its address, 200 times a minute, then be silent."""
    time, began = Time(world, late), world.clock.time
    for number in range(int(seconds / each)):
        time.advance(began + number * each)
        assert world.update(NEW if number % 2 else OTHER).startswith("good")
    time.advance(began + seconds + 60)
    return time


def gaps(time: Time) -> list[float]:
    return [later - earlier for earlier, later in zip(time.asked, time.asked[1:], strict=False)]


@pytest.mark.parametrize("late", (0, 0.7, 4))
def test_a_flipping_host_asks_route53_once_in_an_interval_and_the_last_one_wins(
    late: float,
) -> None:
    world = known_host()
    time = flip(world, late=late)
    assert len(time.asked) <= 60 / INTERVAL + 1
    assert min(gaps(time)) >= INTERVAL
    assert world.values() == {"A": NEW}
    assert agrees(world)
    # About one message in an interval, too.
    assert time.messages <= 60 / INTERVAL + 1


def test_without_an_interval_each_flip_is_a_request() -> None:
    world = new_world(DDNS_CHANGE_INTERVAL="0")
    assert len(flip(world).asked) >= 200


def test_an_order_that_is_outdated_would_be_one_more_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "_counts", lambda _host, _number: True)
    assert min(gaps(flip(known_host(), late=0.7))) < INTERVAL


def test_without_the_mark_each_flip_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HostStates, "mark_ordered", lambda _self, _progress: None)
    assert flip(known_host()).messages > 100


def test_a_mark_before_the_order_is_sent_would_be_believed_after_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = orders.Orders.place

    def early_mark(self: Any, under_way: Any) -> None:  # noqa: ANN401 - the reconciler's
        under_way = list(under_way)
        for progress in under_way:
            if progress.early and not progress.host.ordered:
                self._states.mark_ordered(progress)
                progress.host = progress.host._replace(ordered=0)
        order(self, under_way)

    monkeypatch.setattr(orders.Orders, "place", early_mark)
    with pytest.raises(AssertionError):
        accepted_changes_are_made_whatever_else_crashes()


# ---------------------------------------------------------------- what a client sees


def test_what_comes_early_is_accepted_and_the_zone_is_left_alone() -> None:
    world = known_host()
    asked = world.route53.total_requests
    assert world.update(NEW) == f"good {NEW}"
    assert world.update(f"{NEW},{SIX}") == f"good {NEW},{SIX}"
    assert world.route53.total_requests == asked
    assert world.values() == {"A": OLD}
    (message,) = world.sqs.sent[QUEUE]
    assert message["DelaySeconds"] == INTERVAL
    world.drain()
    assert world.values() == {"A": NEW, "AAAA": SIX}
    assert agrees(world)


def test_a_poll_of_what_waits_is_accepted_again_and_costs_no_write() -> None:
    world = known_host()
    world.update(NEW)
    saved = world.hosts.requests["save"]
    assert world.update(NEW) == f"good {NEW}"
    assert world.hosts.requests["save"] == saved
    world.clock.time += INTERVAL
    assert world.update(NEW) == f"good {NEW}"
    assert world.values() == {"A": NEW}
    assert world.update(NEW) == f"nochg {NEW}"


def test_a_change_back_before_it_was_written_leaves_the_old_one() -> None:
    world = known_host()
    world.update(NEW)
    world.update(OLD)
    world.drain()
    assert world.values() == {"A": OLD}
    assert agrees(world)


def test_a_host_that_only_polls_is_answered_as_ever() -> None:
    world = known_host()
    world.clock.time += VERIFY - 1
    world.update(NEW)
    world.clock.time += 2
    asked = world.route53.total_requests
    # Its zone should be verified now, which can wait.
    assert world.update(NEW) == f"nochg {NEW}"
    assert world.route53.total_requests == asked
    world.clock.time += VERIFY + INTERVAL
    assert world.update(NEW) == f"nochg {NEW}"
    assert world.route53.total_requests == asked + 1


def test_a_removal_that_comes_early_is_to_come_again() -> None:
    world = known_host()
    assert world.update(OLD, more="&offline=YES") == "911"
    assert world.values() == {"A": OLD}
    world.clock.time += INTERVAL
    assert world.update(OLD, more="&offline=YES") == "good"
    assert world.values() == {}


def test_a_host_whose_zone_holds_somebody_elses_is_looked_at_once_in_an_interval() -> None:
    world = new_world()
    world.route53.put_foreign(ZONE, HOME, "CNAME", ["lb.example.org."])
    assert world.update(NEW) == "dnserr"
    asked = world.route53.total_requests
    assert world.update(NEW) == "911"
    assert world.update(OTHER) == "911"
    assert world.route53.total_requests == asked
    world.clock.time += INTERVAL
    assert world.update(NEW) == "dnserr"
    assert world.route53.total_requests > asked
    assert world.kept() == {}


def test_a_zone_that_does_not_answer_is_asked_once_in_an_interval() -> None:
    world = new_world()
    world.route53.put_foreign(ZONE, HOME, "CNAME", ["lb.example.org."])
    world.update(OLD)
    world.hosts.edit(HOME, kept={"A": Kept(NEW, 60, 0, unverified=True)})
    world.clock.time += INTERVAL
    world.route53.fail_next("list_resource_record_sets", "InternalFailure", times=1000)
    assert world.update(NEW) == "911"
    asked = world.route53.total_requests
    assert world.update(NEW) == "911"
    assert world.route53.total_requests == asked


def test_hosts_do_not_wait_for_each_other() -> None:
    world = new_world(host(), host("b.example.com"))
    world.update(OLD)
    assert world.update(OLD, name="b.example.com") == f"good {OLD}"
    assert world.values("b.example.com") == {"A": OLD}


def test_an_interval_of_a_clock_that_runs_ahead_ends_all_the_same() -> None:
    world = known_host()
    world.hosts.edit(HOME, asked=int((world.clock.now() + 86_400) * 1000))
    assert world.update(NEW) == f"good {NEW}"
    assert world.values() == {"A": NEW}


def test_the_queue_that_takes_nothing_is_no_success() -> None:
    world = known_host()
    world.sqs.failing = "AccessDenied"
    assert world.update(NEW) == "911"
    world.sqs.failing = ""
    assert world.update(NEW) == f"good {NEW}"
    world.drain()
    assert world.values() == {"A": NEW}


def test_an_order_that_was_refused_is_not_taken_for_one_that_waits() -> None:
    world = known_host()
    world.update(NEW)
    world.clock.time += INTERVAL
    world.route53.fail_next(CHANGE, "AccessDenied")
    assert world.deliver(world.orders()) == []
    assert [name for name, _ in world.dead_letters()] == [HOME]
    # Whatever stood in the way is gone; Route 53 was asked a moment ago.
    assert world.update(OTHER) == f"good {OTHER}"
    world.drain()
    assert world.values() == {"A": OTHER}
    assert agrees(world)


def crash_before_an_order(operation: str, _moment: str) -> None:
    if operation == "send_message_batch":
        raise Crash


def test_an_order_in_the_dead_letter_queue_is_not_relied_on_after_a_crash() -> None:
    world = known_host()
    world.update(NEW)
    # SQS moves it away after its last receipt.
    assert world.orders()
    world.clock.time += INTERVAL
    world.route53.fail_next(CHANGE, "Throttling", times=1000)
    world.observe(crash_before_an_order)
    with pytest.raises(Crash):
        world.update(NEW)
    world.observe(None)
    world.route53._failures.clear()
    world.parts = world.worker()
    assert world.update(OTHER) == f"good {OTHER}"
    world.drain()
    assert world.values() == {"A": OTHER}


# ---------------------------------------------------------------- two at once, and crashes


def accepted(answer: str) -> bool:
    return answer.startswith(("good", "nochg"))


def crashes() -> Iterator[tuple[int | None, int | None]]:
    """Yield where the first, the second, or nobody crashes."""
    yield None, None
    for point in range(1, 7):
        yield point, None
        yield None, point


def deliver_all(parts: Any, world: World) -> str:  # noqa: ANN401 - a worker
    """Deliver what is in the queue; what failed goes back into it."""
    for failed in world.deliver(world.orders(), parts=parts):
        world.sqs.sent[QUEUE].append({"MessageBody": failed})
    return ""


def accepted_changes_are_made_whatever_else_crashes() -> None:
    """What was accepted is in the zone when the queue is empty, with no other request."""
    for order in product((0, 1), repeat=_TURNS):
        for crash in crashes():
            world = known_host()
            now = world.clock.now()
            answers = race(
                world,
                [
                    lambda parts, w=world, t=now: w.update(NEW, at=t + 0.1, parts=parts),
                    lambda parts, w=world, t=now: w.update(SIX, at=t + 0.2, parts=parts),
                ],
                order,
                crash,
            )
            wanted = zip((NEW, SIX), answers, strict=True)
            retried = [world.update(address) for address, answer in wanted if not answer]
            world.drain()
            there = world.values()
            assert all(map(accepted, retried)), (order, crash)
            assert there == {"A": NEW, "AAAA": SIX}, (order, crash)
            assert agrees(world), (order, crash)


def test_what_was_accepted_is_made_whatever_else_crashes() -> None:
    accepted_changes_are_made_whatever_else_crashes()


@pytest.mark.parametrize("wait", (0, INTERVAL))
def test_the_queue_beside_a_change_leaves_the_later_address(wait: int) -> None:
    for order in product((0, 1), repeat=_TURNS):
        world = known_host()
        world.update(NEW)
        world.clock.time += wait
        answer, _ = race(
            world,
            [
                lambda parts, w=world: w.update(OTHER, parts=parts),
                lambda parts, w=world: deliver_all(parts, w),
            ],
            order,
        )
        assert accepted(answer), order
        world.drain()
        assert world.values() == {"A": OTHER}, order
        assert agrees(world), order


def test_three_periods_of_orders_lose_nothing() -> None:
    """Orders that come late, twice, or out of order."""
    for late in product((0, 1, 2), repeat=3):
        world = known_host()
        held: list[str] = []
        for number, address in enumerate((NEW, OTHER, NEW, OTHER, NEW, OTHER)):
            assert accepted(world.update(address))
            held += world.orders()
            if number % 2:
                world.clock.time += INTERVAL
                pick = late[number // 2]
                if pick and held:
                    world.deliver([held[0] if pick == 1 else held[-1]])
                world.update(OTHER)
        world.clock.time += INTERVAL
        for body in (*held[::-1], *held):
            world.deliver([body])
        assert world.values() == {"A": OTHER}, late
        assert agrees(world), late


def test_an_order_without_its_number_is_no_message() -> None:
    world = known_host()
    world.deliver([json.dumps({"action": "apply", "hostname": HOME})])
    ((name, reason),) = world.dead_letters()
    assert name == HOME
    assert "order" in reason
    assert TOKEN not in reason
