"""Sending name changes: batches that follow what Route 53 takes, and a last word before each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.route53 import Route53RecordStore
from ddns.applying import Applied, Applier
from ddns.core.changes import NameChange
from ddns.core.errors import PermanentError
from ddns.core.records import Change, NameKey, RecordSet
from ddns.core.results import Status
from tests.fakes.clock import FakeClock
from tests.fakes.route53 import FakeRoute53

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ZONE = "Z1"
OPERATION = "change_resource_record_sets"


class Bench:
    """An applier on a zone, and what it sent."""

    def __init__(self, changes: tuple[float, float] | None = None) -> None:
        self.clock = FakeClock()
        self.route53 = FakeRoute53(clock=self.clock.now if changes else None, changes=changes)
        self.route53.add_zone("example.com", zone_id=ZONE)
        self.sizes: list[int] = []
        client: Any = self.route53
        send = self.route53.change_resource_record_sets

        def measured(**asked: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
            self.sizes.append(len(asked["ChangeBatch"]["Changes"]))
            return send(**asked)

        client.change_resource_record_sets = measured
        self.applier = Applier(Route53RecordStore(client), self.clock)

    def apply(
        self,
        changes: Sequence[NameChange],
        *,
        seconds: float = 60,
        may_send: Callable[[], bool] = lambda: True,
    ) -> Applied:
        applied = Applied()
        self.applier.apply(changes, self.clock.now() + seconds, applied, may_send)
        return applied

    def fail(self, code: str, times: int) -> None:
        self.route53.fail_next(OPERATION, code, times)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def creations(count: int, prefix: str = "h") -> list[NameChange]:
    """Return changes of one record set each."""
    made = []
    for number in range(count):
        record_set = RecordSet(60, (f"10.0.{number >> 8}.{number & 255}",))
        name = f"{prefix}{number:04}.example.com"
        change = Change("CREATE", name, "A", record_set)
        made.append(NameChange(NameKey(ZONE, name), (change,), {"A": record_set}))
    return made


def statuses(applied: Applied) -> set[Status]:
    return {result.status for result in applied.results.values()}


# ---------------------------------------------------------------- how large


def test_a_thousand_values_are_one_request(bench: Bench) -> None:
    assert statuses(bench.apply(creations(1001))) == {Status.DONE}
    assert bench.sizes == [1000, 1]


def test_a_batch_that_is_throttled_twice_is_halved_and_later_ones_grow_again(bench: Bench) -> None:
    bench.fail("Throttling", 2)
    applied = bench.apply(creations(3000))
    assert statuses(applied) == {Status.DONE}
    assert applied.throttles == 2
    assert bench.sizes[:4] == [1000, 1000, 500, 500]
    assert bench.sizes[4:] == [1000, 1000]
    assert len(bench.route53.records(ZONE)) == 3000


def test_a_batch_that_is_throttled_again_and_again_becomes_small(bench: Bench) -> None:
    bench.fail("Throttling", 8)
    assert statuses(bench.apply(creations(1000))) == {Status.DONE}
    assert bench.sizes[:9] == [1000, 1000, 500, 500, 250, 250, 125, 125, 62]


@pytest.mark.parametrize("held", (700.0, 100.0, 1.0))
def test_a_bucket_of_changes_that_holds_less_than_a_full_batch_lets_all_pass(held: float) -> None:
    """Route 53 limits record changes a second, too, by a number that it does not publish."""
    bench = Bench((held, 50.0))
    count = 1000 if held > 1 else 20
    applied = bench.apply(creations(count), seconds=120)
    assert statuses(applied) == {Status.DONE}
    assert len(bench.route53.records(ZONE)) == count
    # Nearly as fast as the bucket refills: halving stops as soon as it helps.
    assert sum(bench.clock.slept) < 3 * count / 50 + 20
    assert max(bench.sizes[-3:]) <= max(held, 3)


def test_a_batch_that_never_passes_is_not_sent_whole_again_by_the_next_call() -> None:
    bench = Bench((100.0, 50.0))
    assert Status.NOT_NOW in statuses(bench.apply(creations(1000), seconds=3))
    begun = len(bench.sizes)
    bench.clock.time += 60
    assert Status.DONE in statuses(bench.apply(creations(1000, "again"), seconds=3))
    assert bench.sizes[begun] < 1000


def test_one_throttling_halves_nothing(bench: Bench) -> None:
    bench.fail("Throttling", 1)
    assert statuses(bench.apply(creations(1000))) == {Status.DONE}
    assert bench.sizes == [1000, 1000]


def test_another_change_in_progress_halves_nothing_however_long_it_takes(bench: Bench) -> None:
    bench.fail("PriorRequestNotComplete", 7)
    applied = bench.apply(creations(1000))
    assert statuses(applied) == {Status.DONE}
    assert bench.sizes == [1000] * 8
    assert applied.throttles == 7


def test_a_single_name_is_not_halved(bench: Bench) -> None:
    bench.fail("Throttling", 5)
    assert statuses(bench.apply(creations(1))) == {Status.DONE}
    assert bench.sizes == [1] * 6


def test_waits_grow_and_differ_and_when_time_is_up_nothing_changed(bench: Bench) -> None:
    bench.fail("Throttling", 1000)
    applied = bench.apply(creations(1), seconds=30)
    assert statuses(applied) == {Status.NOT_NOW}
    assert "Rate exceeded" in applied.results[creations(1)[0].key].reason
    first, *_, last = bench.clock.slept
    assert first < 0.5
    assert 2 < last <= 5
    assert sum(bench.clock.slept) <= 30


# ---------------------------------------------------------------- may it be sent


def test_a_zone_that_is_denied_as_a_whole_takes_no_attempts_from_another(bench: Bench) -> None:
    class Denying:
        def change(self, zone_id: str, changes: Sequence[Change]) -> None:
            if zone_id == "ZA" or any(change.name == "h0007.example.com" for change in changes):
                raise PermanentError("access denied")

    applier = Applier(Denying(), bench.clock)  # type: ignore[arg-type]  # nothing is read
    one, other = (
        [each._replace(key=each.key._replace(zone_id=zone)) for each in creations(40)]
        for zone in ("ZA", "ZB")
    )
    applied = Applied()
    applier.apply([*one, *other], bench.clock.now() + 60, applied)
    done = [key for key, each in applied.results.items() if each.status is Status.DONE]
    assert len(done) == 39
    assert {key.zone_id for key in done} == {"ZB"}


def test_who_may_not_send_sends_nothing(bench: Bench) -> None:
    applied = bench.apply(creations(10), may_send=lambda: False)
    assert statuses(applied) == {Status.NOT_NOW}
    assert bench.sizes == []


def test_it_is_asked_before_each_batch(bench: Bench) -> None:
    answers = [True, True, False]
    applied = bench.apply(creations(3000), may_send=lambda: answers.pop(0))
    assert bench.sizes == [1000, 1000]
    assert sorted(result.status.name for result in applied.results.values()) == [
        *["DONE"] * 2000,
        *["NOT_NOW"] * 1000,
    ]


def test_it_is_asked_before_each_repetition(bench: Bench) -> None:
    answers = [True, True, False]
    bench.fail("PriorRequestNotComplete", 1000)
    applied = bench.apply(creations(1), may_send=lambda: answers.pop(0))
    assert bench.sizes == [1, 1]
    assert statuses(applied) == {Status.NOT_NOW}


def test_what_was_sent_without_an_answer_and_may_not_be_repeated_is_unknown(bench: Bench) -> None:
    answers = [True, False]
    bench.route53.fail_next(OPERATION, "ReadTimeoutError", applied=True)
    applied = bench.apply(creations(1), may_send=lambda: answers.pop(0))
    assert statuses(applied) == {Status.UNKNOWN}
    assert applied.doubts == 1
    assert len(bench.route53.records(ZONE)) == 1


def test_what_points_to_a_name_in_doubt_is_in_doubt_itself_if_both_were_sent(bench: Bench) -> None:
    host, alias = creations(2)
    alias = alias._replace(targets=frozenset({host.key}))
    bench.route53.fail_next(OPERATION, "ReadTimeoutError", applied=True)
    bench.fail("Throttling", 1000)
    applied = bench.apply([host, alias], seconds=20)
    assert len(bench.route53.records(ZONE)) == 2
    assert statuses(applied) == {Status.UNKNOWN}
