"""Every schedule of small scenarios ends right, and not one protection of the protocol is spare.

``DDNS_EXAMPLES`` of 1000 or more tries both sides of each request, of 100000 or more allows one
intervention more in each schedule.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ddns.core.changes import replacement
from ddns.core.head import Head
from ddns.core.instance import plan as planning
from ddns.core.instance.attempt import Attempt
from ddns.core.instance.items import OwnerState, Write
from ddns.instance import reconciler, service
from ddns.instance.reconciler import Hold, Reconciler, Start
from ddns.instance.sweep.step import Step
from tests.fakes.ledger import FakeLedger
from tests.service.instance.exploration import Explorer
from tests.service.instance.scenarios import SCENARIOS
from tests.service.turns import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ddns.core.instance.items import Item
    from ddns.core.instance.plan import Plan
    from ddns.core.records import Change, RecordSets

EXAMPLES = int(os.environ.get("DDNS_EXAMPLES", "0"))
SWEEP_AFTER_START = "the sweep after a start that no event reported, beside an older look"
BY_NAME = {each.name: each for each in SCENARIOS}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shortly for another worker: each look at its head is one moment more to try."""
    monkeypatch.setattr(reconciler, "_PATIENCE", 1.0)


@pytest.fixture(scope="module")
def threads() -> Iterator[Threads]:
    both = Threads()
    yield both
    both.end()


@pytest.mark.parametrize("name", BY_NAME)
def test_every_schedule_ends_where_one_worker_alone_does(name: str, threads: Threads) -> None:
    explored = Explorer(BY_NAME[name], threads).explore(
        more=int(EXAMPLES >= 100_000), everywhere=EXAMPLES >= 1000
    )
    print(f"{name}: {explored.schedules} schedules")  # noqa: T201 - for whoever runs it with -s
    assert explored.violation is None, str(explored.violation)
    assert explored.schedules > 50


# ------------------------------------------------------------ without a protection

_write = FakeLedger.write


def take_the_head_whatever_its_version(patch: pytest.MonkeyPatch) -> None:
    def write(self: FakeLedger, head: Head, writes: Sequence[Write], *, release: bool) -> Head:
        now = self._clock.now()
        if not head.held(now) and not self.current.held(now):
            head = self.current
        return _write(self, head, writes, release=release)

    patch.setattr(FakeLedger, "write", write)


def take_the_head_without_moving_its_version(patch: pytest.MonkeyPatch) -> None:
    def write(self: FakeLedger, head: Head, writes: Sequence[Write], *, release: bool) -> Head:
        after = _write(self, head, writes, release=release)
        if after.until and not head.until:
            after = self.current = after._replace(version=head.version)
        return after

    patch.setattr(FakeLedger, "write", write)


def leave_the_version_where_nothing_is_written(patch: pytest.MonkeyPatch) -> None:
    write = Hold.write

    def only_something(self: Hold, writes: Sequence[Write], *, release: bool = False) -> None:
        if writes or not release or self.head.until:
            write(self, writes, release=release)

    patch.setattr(Hold, "write", only_something)


def go_on_writing_whoever_has_the_head(patch: pytest.MonkeyPatch) -> None:
    def write(self: FakeLedger, head: Head, writes: Sequence[Write], *, release: bool) -> Head:
        return _write(self, self.current if head.until else head, writes, release=release)

    patch.setattr(FakeLedger, "write", write)


def send_however_long_the_head_is_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Hold, "covers_a_request", lambda _: True)


def trust_an_intent(patch: pytest.MonkeyPatch, *, done: bool) -> None:
    attempt = Reconciler._attempt

    def trusting(*args: Any, **options: Any) -> Attempt:  # noqa: ANN401 - the method's own
        made = attempt(*args, **options)
        for key, each in made.stored.items():
            if each.intent is not None:
                written = each.intent if done else each.written
                made.names[key] = each._replace(written=written, intent=None)
        return made

    patch.setattr(Reconciler, "_attempt", trusting)
    patch.setattr(Reconciler, "_unread", staticmethod(lambda _: frozenset()))


def take_an_intent_for_done(patch: pytest.MonkeyPatch) -> None:
    trust_an_intent(patch, done=True)


def take_an_intent_for_not_done(patch: pytest.MonkeyPatch) -> None:
    trust_an_intent(patch, done=False)


def overwrite_what_is_there(patch: pytest.MonkeyPatch) -> None:
    def upserts(name: str, ours: RecordSets, result: RecordSets) -> Iterator[Change]:
        for change in replacement(name, ours, result):
            yield change._replace(action="UPSERT") if change.action == "CREATE" else change

    patch.setattr(planning, "replacement", upserts)


def give_the_head_back_in_doubt(patch: pytest.MonkeyPatch) -> None:
    write = Hold.write

    def releasing(self: Hold, writes: Sequence[Write], **options: bool) -> None:
        write(self, writes, release="release" in options)

    patch.setattr(Hold, "write", releasing)


def write_names_before_owners(patch: pytest.MonkeyPatch) -> None:
    intents = Attempt.intents
    patch.setattr(Attempt, "intents", lambda *args: intents(*args)[::-1])


def sweep_without_a_fence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Step, "fence", lambda _: 0)


def sweep_with_a_look_of_before_another_wrote(patch: pytest.MonkeyPatch) -> None:
    class Anything(int):
        def __eq__(self, _other: object) -> bool:
            return True

        __hash__ = int.__hash__

    fence = Step.fence
    patch.setattr(Step, "fence", lambda self: Anything(fence(self)))


def look_before_the_head_is_read(patch: pytest.MonkeyPatch) -> None:
    open_ = Reconciler._open

    def reopened(self: Reconciler, *args: Any) -> Start | None:  # noqa: ANN401 - the same
        start = open_(self, *args)
        return None if start is None else start._replace(head=self._ledger.head())

    patch.setattr(Reconciler, "_open", reopened)


def take_a_name_for_new_without_a_condition(patch: pytest.MonkeyPatch) -> None:
    intents = Attempt.intents
    patch.setattr(
        Attempt, "intents", lambda *args: [each._replace(new=False) for each in intents(*args)]
    )


def believe_ec2_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(service, "doubt", lambda *_, **__: "")


def read_items_before_the_head(patch: pytest.MonkeyPatch) -> None:
    open_ = FakeLedger.open

    def owners_first(
        self: FakeLedger, owners: Collection[str]
    ) -> tuple[Head, dict[str, OwnerState]]:
        _, states = open_(self, owners)
        return self.head(), states

    patch.setattr(FakeLedger, "open", owners_first)


def sweep_with_items_of_before_the_fence(patch: pytest.MonkeyPatch) -> None:
    head = FakeLedger.head
    before: dict[str, Item] = {}

    def remembering(self: FakeLedger) -> Head:
        before.clear()
        before.update((each, item) for each, item in self.items.items() if isinstance(each, str))
        return head(self)

    def remembered(_: FakeLedger, owners: Collection[str]) -> dict[str, Item]:
        return {each: before[each] for each in owners if each in before}

    patch.setattr(FakeLedger, "head", remembering)
    patch.setattr(FakeLedger, "owners", remembered)


def send_without_an_intent(patch: pytest.MonkeyPatch) -> None:
    intents = Attempt.intents

    def of_owners(self: Attempt, planned: Plan) -> list[Write]:
        return [each for each in intents(self, planned) if isinstance(each.item, OwnerState)]

    patch.setattr(Attempt, "intents", of_owners)


def take_the_head_from_whoever_has_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Head, "held", lambda *_: False)


OFF: dict[Callable[[pytest.MonkeyPatch], None], str] = {
    take_the_head_whatever_its_version: "a look beside a termination",
    take_the_head_without_moving_its_version: "a look beside a termination",
    take_the_head_from_whoever_has_it: "launch beside launch",
    leave_the_version_where_nothing_is_written: "a look beside a termination",
    go_on_writing_whoever_has_the_head: "a look beside a termination",
    send_however_long_the_head_is_held: "a look beside a termination",
    take_an_intent_for_done: "a look beside a termination",
    take_an_intent_for_not_done: "a look beside a termination",
    read_items_before_the_head: "a look beside a termination",
    send_without_an_intent: "a look beside a termination",
    overwrite_what_is_there: "somebody else writes",
    give_the_head_back_in_doubt: "an answer is lost",
    write_names_before_owners: "the ledger takes one item at a time",
    look_before_the_head_is_read: "a look beside a termination",
    take_a_name_for_new_without_a_condition: "launch beside launch",
    sweep_without_a_fence: SWEEP_AFTER_START,
    sweep_with_items_of_before_the_fence: SWEEP_AFTER_START,
    sweep_with_a_look_of_before_another_wrote: "the sweep beside a stop",
    believe_ec2_at_once: "EC2 answers late",
}


@pytest.mark.parametrize("off", OFF, ids=lambda off: off.__name__)
def test_without_a_protection_some_schedule_goes_wrong(
    off: Callable[[pytest.MonkeyPatch], None],
    threads: Threads,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explorer = Explorer(BY_NAME[OFF[off]], threads)
    off(monkeypatch)
    violation = explorer.explore().violation
    print(violation)  # noqa: T201 - the shortest schedule, for whoever runs it with -s
    assert violation is not None


def test_the_decision_record_names_the_test_of_each_protection() -> None:
    record = (Path(__file__).parents[3] / "docs/adr/0005-one-writer.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in record.splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[-1])}
    assert named == {off.__name__ for off in OFF}
