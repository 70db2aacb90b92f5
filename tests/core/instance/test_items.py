"""What is written to the ledger before and after a change, and how a rejected batch is parted."""

from __future__ import annotations

import pytest

from ddns.core.batches import halves
from ddns.core.changes import NameChange
from ddns.core.instance.items import NameState, OwnerState
from ddns.core.instance.plan import PlannedName
from ddns.core.records import Change, NameKey, RecordSet

KEY = NameKey("Z1", "a.example")
OLD, NEW = RecordSet(60, ("10.0.0.1",)), RecordSet(60, ("10.0.0.2",))
BEFORE = NameState(KEY, "1", {}, {"A": OLD}, lease=7)
SWAP = (Change("DELETE", KEY.name, "A", OLD), Change("CREATE", KEY.name, "A", NEW))


def change(*changes: Change) -> PlannedName:
    made = NameChange(KEY, changes, {"A": NEW})
    return PlannedName(made, BEFORE, {}, frozenset({"i-1"}))


def test_an_intent_is_written_before_the_zone_is() -> None:
    item = change(*SWAP).intended(lease=9)
    assert (item.written, item.intent, item.lease) == ({"A": OLD}, {"A": NEW}, 9)


def test_where_only_the_ledger_changes_there_is_no_intent_and_no_lease() -> None:
    item = change().intended(lease=9)
    assert (item.written, item.intent, item.lease) == ({"A": NEW}, None, 0)


def test_what_was_not_sent_leaves_what_was_there_without_a_lease() -> None:
    assert change(*SWAP).undone() == BEFORE._replace(lease=0)


def test_an_owner_without_names_is_forgotten() -> None:
    assert OwnerState("i-1").empty
    assert not OwnerState("i-1", "1", frozenset({KEY})).empty


@pytest.mark.parametrize(("count", "sizes"), ((2, (1, 1)), (3, (1, 2)), (4, (2, 2))))
def test_halves_lose_nothing(count: int, sizes: tuple[int, int]) -> None:
    batch = [change(*SWAP).change] * count
    first, second = halves(batch)
    assert (len(first), len(second)) == sizes
    assert [*first, *second] == batch
