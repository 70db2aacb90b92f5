"""The bookkeeping of an attempt: what the ledger says, wherever a worker is cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.changes import fits
from ddns.core.instance.attempt import Attempt, changes
from ddns.core.instance.desired import Desired, Wanted
from ddns.core.instance.items import Claim, Item, NameState, OwnerState, Write
from ddns.core.instance.plan import Plan, PlannedName, digest, plan
from ddns.core.records import NameKey, Observed, RecordSet, Refusal
from ddns.core.results import ChangeResult, Status
from tests.core.instance.drawn import DESIRED, KEYS, SEEN, TERMS, ledgers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

HOST = NameKey("Z1", "a.example")
ALIAS = NameKey("Z1", "www.example")
POINTER = NameKey("Z2", "1.0.0.10.in-addr.arpa")
A, OLD, THEIRS = (RecordSet(60, (each,)) for each in ("10.0.0.1", "10.0.0.9", "192.0.2.1"))
WANTS = Desired(
    "i-1",
    "t",
    {
        HOST: (Wanted("A", A.values),),
        ALIAS: (Wanted("CNAME", ("a.example.",), HOST, ("ip-1.ec2.internal.",)),),
        POINTER: (Wanted("PTR", ("a.example.",), HOST),),
    },
)
HOST_ONLY = WANTS._replace(names={HOST: WANTS.names[HOST]})
NOTHING = Desired("i-1")

Ledger = dict["NameKey | str", Item]


def held(key: NameKey, *owners: str, waiting: Iterable[str] = ()) -> NameState:
    claims = {owner: Claim({"A": OLD.values}, 1, "t") for owner in owners}
    return NameState(key, claims, {"A": OLD}, waiting=frozenset(waiting))


def ledger_of(names: Iterable[NameState]) -> Ledger:
    """Return a ledger of names, and of the owners that have to do with them."""
    ledger: Ledger = {}
    for name in names:
        ledger[name.key] = name
        for owner in name.claims.keys() | name.waiting:
            ledger[owner] = OwnerState(owner, keys_of(ledger, owner) | {name.key}, "before")
    return ledger


def keys_of(ledger: Ledger, owner: str) -> frozenset[NameKey]:
    item = ledger.get(owner)
    return item.names if isinstance(item, OwnerState) else frozenset()


def names_of(ledger: Ledger) -> dict[NameKey, NameState]:
    return {each.key: each for each in ledger.values() if isinstance(each, NameState)}


class Worker:
    """Carries an attempt out with a ledger that is checked after every write."""

    def __init__(
        self,
        ledger: Ledger,
        *desired: Desired,
        most: int | None = None,
        observed: Mapping[NameKey, Observed] | None = None,
    ) -> None:
        self.ledger = ledger
        wanted = {each.owner: each for each in desired}
        owners = {o: each for o in wanted if isinstance(each := ledger.get(o), OwnerState)}
        self.attempt = Attempt(TERMS, wanted, owners, names_of(ledger), max_deletes=most)
        self.attempt.observed.update(observed or {})

    def write(self, writes: Iterable[Write]) -> list[Item]:
        """Write; whoever has to do with a name has it in the own item, at every moment."""
        items = [write.item for write in writes]
        for item in items:
            key = item.key if isinstance(item, NameState) else item.owner
            self.ledger[key] = item
            if item.empty:
                del self.ledger[key]
            for each in names_of(self.ledger).values():
                for owner in each.claims.keys() | each.waiting:
                    assert each.key in keys_of(self.ledger, owner)
        return items

    def round(self, answer: Callable[[PlannedName], ChangeResult]) -> bool:
        """Do a round; return whether there is to be another."""
        planned = self.attempt.plan()
        self.attempt.refusals.update(dict.fromkeys(planned.refusals))
        self.write(self.attempt.intents(planned))
        sent = [each for each in planned.names if each.changes]
        return self.attempt.note(planned, {each.key: answer(each) for each in sent})

    def all(self, status: Status, reason: str = "", observed: Observed | None = None) -> bool:
        return self.round(lambda _: ChangeResult(status, reason, observed))

    def end(self) -> list[Item]:
        return self.write(self.attempt.final())

    def digest(self, owner: str = "i-1") -> str | None:
        """Return the digest in an owner's item, None where there is no item."""
        item = self.ledger.get(owner)
        return item.fulfilled if isinstance(item, OwnerState) else None


def values(planned: Plan) -> dict[NameKey, list[tuple[str, tuple[str, ...]]]]:
    made = changes(planned)
    return {each.key: [(c.action, c.record_set.values) for c in each.changes] for each in made}


# -------------------------------------------------------------------- before the zone is written


def test_owners_come_before_names_and_only_names_are_taken_for_new() -> None:
    attempt = Attempt(TERMS, {"i-1": WANTS}, {}, {}, new=True)
    owner, *names = attempt.intents(attempt.plan())
    assert owner == Write(OwnerState("i-1", frozenset(WANTS.names)))
    assert all(isinstance(each.item, NameState) and each.item.intent for each in names)
    assert all(each.new for each in names)
    again = attempt.intents(attempt.plan())
    assert not any(each.new for each in again)


def test_a_digest_is_emptied_before_the_zone_is_written() -> None:
    worker = Worker(ledger_of([held(HOST, "i-1")]), HOST_ONLY)
    worker.write(worker.attempt.intents(worker.attempt.plan()))
    assert worker.digest() == ""


# -------------------------------------------------------------------- results


def test_when_all_is_done_items_are_confirmed_and_the_owner_is_fulfilled() -> None:
    worker = Worker({}, WANTS)
    assert not worker.all(Status.DONE)
    *names, owner = worker.end()
    assert owner == OwnerState("i-1", frozenset(WANTS.names), digest(WANTS, TERMS))
    written = {n.key: n.written for n in names if isinstance(n, NameState) and n.intent is None}
    assert written == {
        key: {want.type: RecordSet(60, want.values) for want in wants}
        for key, wants in WANTS.names.items()
    }


def test_nothing_is_left_of_who_left_everything() -> None:
    worker = Worker(ledger_of([held(HOST, "i-1")]), NOTHING)
    worker.all(Status.DONE)
    worker.end()
    assert worker.ledger == {}


def test_a_zone_that_drifted_is_planned_with_again_as_it_was_seen() -> None:
    worker = Worker(ledger_of([held(HOST, "i-1")]), HOST_ONLY)
    assert worker.all(Status.DRIFTED, observed={"A": THEIRS})
    assert values(worker.attempt.plan()) == {
        HOST: [("DELETE", THEIRS.values), ("CREATE", A.values)]
    }
    assert not worker.all(Status.DONE)
    worker.end()
    assert worker.digest() == digest(HOST_ONLY, TERMS)


@pytest.mark.parametrize("status", (Status.REJECTED, Status.FULL))
def test_a_name_that_a_zone_never_takes_is_refused_and_what_points_to_it_falls_back(
    status: Status,
) -> None:
    worker = Worker({}, WANTS)
    refused, held_back = ChangeResult(status, "because"), ChangeResult(Status.HELD_BACK)
    assert worker.round(lambda each: refused if each.key == HOST else held_back)
    assert values(worker.attempt.plan()) == {ALIAS: [("CREATE", ("ip-1.ec2.internal.",))]}
    assert not worker.all(Status.DONE)
    worker.end()
    assert list(worker.attempt.refusals) == [Refusal("i-1", HOST.name, "A", "because")]
    assert worker.attempt.rejected == ({"i-1": "because"} if status is Status.REJECTED else {})
    assert worker.attempt.failed == {}
    assert worker.ledger.keys() == {"i-1", ALIAS}
    assert keys_of(worker.ledger, "i-1") == {ALIAS}
    assert worker.digest() == ""


def test_a_name_without_an_owner_here_is_refused_for_itself() -> None:
    worker = Worker(ledger_of([NameState(HOST, written={"A": OLD})]))
    worker.all(Status.REJECTED, "because")
    assert list(worker.attempt.refusals) == [Refusal(HOST.name, HOST.name, "A", "because")]
    assert worker.attempt.plan() == Plan()


@pytest.mark.parametrize("status", (Status.NOT_NOW, Status.DENIED, Status.UNKNOWN, None))
def test_a_name_that_cannot_be_written_now_fails_its_owner_and_no_other(
    status: Status | None,
) -> None:
    other = Desired("i-2", "t", {ALIAS: (Wanted("A", A.values),)})
    worker = Worker(ledger_of([held(HOST, "i-1")]), HOST_ONLY, other)
    before = worker.ledger[HOST]
    planned = worker.attempt.plan()
    worker.write(worker.attempt.intents(planned))
    intent = worker.ledger[HOST]
    results = {ALIAS: ChangeResult(Status.DONE)}
    if status:
        results[HOST] = ChangeResult(status, "why")
    assert not worker.attempt.note(planned, results)
    assert worker.attempt.plan() == Plan(
        unread=frozenset({HOST} if status is Status.UNKNOWN else {})
    )
    finals = worker.end()
    expected = f"{status.value}: why" if status else f"{Status.NOT_NOW.value}: time is up"
    assert worker.attempt.failed == {"i-1": expected}
    assert (worker.digest("i-1"), worker.digest("i-2")) == ("", digest(other, TERMS))
    assert keys_of(worker.ledger, "i-1") == {HOST}
    if status is Status.UNKNOWN:
        # The zone may hold either: who comes next finds the intent, and looks.
        assert worker.ledger[HOST] == intent
        assert intent not in finals
    else:
        assert worker.ledger[HOST] == before


def test_names_that_cannot_be_read_are_left_alone_and_fail_who_wants_or_claims_them() -> None:
    other, nobodys = NameKey("Z1", "b.example"), NameKey("Z1", "c.example")
    names = [held(HOST, "i-9"), held(other, "i-2", "i-8"), NameState(nobodys, written={"A": OLD})]
    worker = Worker(ledger_of(names), HOST_ONLY, Desired("i-2"), Desired("i-3"))
    worker.attempt.fail([HOST, other, nobodys], "access denied")
    worker.attempt.fail([HOST], "a later reason")
    assert worker.attempt.failed == dict.fromkeys(("i-1", "i-2", nobodys.name), "access denied")
    assert worker.attempt.plan() == Plan()
    assert worker.end() == []


def test_a_look_of_before_a_request_without_an_answer_counts_no_more() -> None:
    worker = Worker(ledger_of([held(HOST, "i-1")._replace(written={}, intent={"A": A})]), WANTS)
    worker.attempt.observed[HOST] = {}
    planned = worker.attempt.plan()
    worker.write(worker.attempt.intents(planned))
    results = {
        HOST: ChangeResult(Status.UNKNOWN, "no answer"),
        POINTER: ChangeResult(Status.HELD_BACK),
        ALIAS: ChangeResult(Status.HELD_BACK),
    }
    assert worker.attempt.note(planned, results)
    # Another round follows for the others; this name waits until somebody looks again.
    assert HOST not in {each.key for each in worker.attempt.plan().names}
    assert HOST in worker.attempt.plan().unread


def test_what_is_in_a_zone_that_is_gone_is_forgotten_and_the_rest_goes_on() -> None:
    worker = Worker(ledger_of([held(HOST, "i-1", "i-9"), held(POINTER, "i-1")]), WANTS)
    planned = worker.attempt.plan()
    worker.write(worker.attempt.intents(planned))
    gone = ChangeResult(Status.GONE, "why")
    results = {HOST: gone, ALIAS: gone, POINTER: ChangeResult(Status.HELD_BACK)}
    assert worker.attempt.note(planned, results)
    worker.attempt.forget("Z1")
    again = worker.attempt.plan()
    # What points to a name that does not exist is nobody's any more.
    assert [(each.key, each.deletes) for each in again.names] == [(POINTER, 1)]
    worker.write(worker.attempt.intents(again))
    worker.attempt.note(again, {POINTER: ChangeResult(Status.DONE)})
    worker.end()
    assert worker.attempt.failed == {}
    # The other one that claimed the name is looked at in its turn.
    assert worker.ledger.keys() <= {"i-9"}


def test_who_wants_something_in_a_zone_that_is_made_again_is_tried_again() -> None:
    worker = Worker({}, HOST_ONLY, Desired("i-2"))
    worker.attempt.forget("Z1", "it is made again")
    assert worker.attempt.failed == {"i-1": "it is made again"}
    assert worker.attempt.plan() == Plan()


# -------------------------------------------------------------------- deletes, claims that are gone


@pytest.mark.parametrize(("most", "kept"), ((None, 0), (2, 0), (1, 2), (0, 2)))
def test_more_deletes_than_may_be_are_withheld_all_of_them_and_nothing_else(
    most: int | None, kept: int
) -> None:
    first, second = NameKey("Z1", "b.example"), NameKey("Z2", "b.example")
    names = [held(HOST, "i-1"), held(first, "i-2"), held(second, "i-3")]
    worker = Worker(ledger_of(names), HOST_ONLY, Desired("i-2"), Desired("i-3"), most=most)
    worker.all(Status.DONE)
    worker.end()
    assert len(worker.attempt.withheld) == kept
    assert worker.digest("i-1") == digest(HOST_ONLY, TERMS)
    # Not fulfilled: the digest is emptied, and the claims stay.
    assert [worker.digest(owner) for owner in ("i-2", "i-3")] == [("" if kept else None)] * 2
    assert {first, second} & worker.ledger.keys() == ({first, second} if kept else set())


def test_deletes_of_an_earlier_round_count_too() -> None:
    other = NameKey("Z1", "b.example")
    worker = Worker(ledger_of([held(HOST, "i-1"), held(other, "i-1")]), NOTHING, most=2)
    done, drifted = ChangeResult(Status.DONE), ChangeResult(Status.DRIFTED, "", {"A": OLD})
    assert worker.round(lambda each: done if each.key == HOST else drifted)
    worker.attempt.max_deletes = 1
    assert values(worker.attempt.plan()) == {}
    assert worker.attempt.withheld.keys() == {other}


@pytest.mark.parametrize("gone", (True, False))
def test_names_in_zones_that_are_no_longer_written_to_are_forgotten_for_who_is_gone(
    *, gone: bool
) -> None:
    alone, shared = NameKey("Z9", "a.example"), NameKey("Z9", "b.example")
    elsewhere = [held(alone, "i-1", waiting=["i-3"]), held(shared, "i-1", "i-2")]
    worker = Worker(ledger_of(elsewhere), NOTHING._replace(gone=gone))
    worker.attempt.elsewhere, worker.attempt.names, worker.attempt.stored = (
        worker.attempt.names,
        {},
        {},
    )
    assert worker.attempt.plan() == Plan()
    worker.end()
    assert keys_of(worker.ledger, "i-1") == (set() if gone else {alone, shared})
    assert (alone in worker.ledger) is not gone
    assert worker.ledger[shared] == held(shared, *(["i-2"] if gone else ["i-1", "i-2"]))


def test_a_name_of_an_owner_that_has_no_item_is_forgotten() -> None:
    owner: Ledger = {"i-1": OwnerState("i-1", frozenset({HOST, ALIAS}), "before")}
    worker = Worker(owner | ledger_of([held(HOST, "i-2")]), NOTHING)
    worker.end()
    assert "i-1" not in worker.ledger


@pytest.mark.parametrize(
    ("name", "freed"),
    (
        (held(HOST, "i-1", waiting=["i-1", "i-2", "i-3"]), {"i-3"}),
        (held(HOST, "i-9", waiting=["i-3"]), set()),
        (NameState(HOST, waiting=frozenset({"i-2", "i-3"})), {"i-3"}),
    ),
)
def test_who_waited_and_is_not_looked_at_is_freed_when_a_claim_goes(
    name: NameState, freed: set[str]
) -> None:
    worker = Worker(ledger_of([name]), NOTHING, Desired("i-2"))
    worker.all(Status.DONE)
    assert worker.attempt.freed() == freed


# -------------------------------------------------------------------- the law

TROUBLE = [s for s in Status if s not in (Status.DONE, Status.DRIFTED, Status.HELD_BACK)]


class Zone(dict[NameKey, dict[str, "RecordSet | None"]]):
    """What zones hold, and how they take changes."""

    def take(self, each: PlannedName, status: Status, *, effect: bool) -> ChangeResult:
        if not fits(each.changes, self[each.key]):
            return ChangeResult(Status.DRIFTED, "", dict(self[each.key]))
        if status is Status.DONE or (status is Status.UNKNOWN and effect):
            for change in each.changes:
                if change.action == "DELETE":
                    del self[each.key][change.type]
                else:
                    self[each.key][change.type] = change.record_set
        return ChangeResult(status)


def carried_out(
    worker: Worker, zone: Zone, draw: Callable[[], tuple[Status, bool]]
) -> dict[str, str]:
    """Carry an attempt out as the reconciler does; return who failed."""
    for _ in range(5):
        if not worker.round(lambda each: zone.take(each, (drawn := draw())[0], effect=drawn[1])):
            break
    else:
        worker.attempt.fail([each.key for each in worker.attempt.plan().names], "no end")
    worker.end()
    return worker.attempt.failed


@given(
    states=ledgers(),
    desired=DESIRED,
    theirs=SEEN,
    most=st.sampled_from([None, None, 0, 1]),
    data=st.data(),
)
def test_whatever_happens_items_say_what_zones_hold_and_one_more_attempt_ends_it(
    states: dict[NameKey, NameState],
    desired: list[Desired],
    theirs: dict[NameKey, Observed],
    most: int | None,
    data: st.DataObject,
) -> None:
    ledger = ledger_of(states.values())
    zone = Zone({key: dict(states[key].written) if key in states else {} for key in KEYS})
    foreign = {key: {} if zone[key] else theirs.get(key, {}) for key in KEYS}
    for key in KEYS:
        zone[key] |= foreign[key]
    answers = st.tuples(st.one_of(st.just(Status.DONE), st.sampled_from(TROUBLE)), st.booleans())
    worker = Worker(ledger, *desired, most=most)
    carried_out(worker, zone, lambda: data.draw(answers))
    for key in KEYS:
        item = ledger.get(key, NameState(key))
        assert isinstance(item, NameState)
        ours = {kind: each for kind, each in zone[key].items() if kind not in foreign[key]}
        assert ours in ([item.written] if item.intent is None else [item.written, item.intent])
    for each in desired:
        if worker.digest(each.owner) == digest(each, TERMS):
            # The intents of others on names that it waited for are no matter of its own.
            names = {
                key: item
                for key, item in names_of(ledger).items()
                if key in each.names or each.owner in item.claims
            }
            assert changes(plan(names, [each], TERMS, observed=zone)) == []
    # The message comes again, and now all goes well.
    unread = [key for key, item in names_of(ledger).items() if item.intent is not None]
    again = Worker(ledger, *desired, observed={key: dict(zone[key]) for key in unread})
    assert carried_out(again, zone, lambda: (Status.DONE, True)) == {}
    assert changes(plan(names_of(ledger), desired, TERMS, observed=zone)) == []
    assert not any(item.intent for item in names_of(ledger).values())
    assert all(foreign[key].items() <= zone[key].items() for key in KEYS)


def test_who_is_displaced_by_a_foreign_record_counts_as_fulfilled_no_more() -> None:
    ledger = ledger_of([held(HOST, "i-9")])
    alias = RecordSet(60, ("elsewhere.test.",))
    worker = Worker(ledger, observed={HOST: {"CNAME": alias}})
    planned = worker.attempt.plan()
    assert worker.attempt.displaced(planned) == {"i-9"}
    before = ledger["i-9"]
    assert isinstance(before, OwnerState)
    worker.write(worker.attempt.intents(planned, [before]))
    assert worker.digest("i-9") == ""
    # Who is looked at is not displaced, whatever the plan refuses.
    looked_at = Worker(ledger, HOST_ONLY._replace(owner="i-9"), observed={HOST: {"CNAME": alias}})
    assert looked_at.attempt.displaced(looked_at.attempt.plan()) == set()
