"""What is written to the ledger before and after a change, and what is left of an item."""

from __future__ import annotations

import pytest

from ddns.core.changes import NameChange
from ddns.core.errors import ConflictError
from ddns.core.head import Head
from ddns.core.instance.items import Claim, ExistsError, NameState, OwnerState
from ddns.core.instance.plan import PlannedName
from ddns.core.records import Change, NameKey, RecordSet

KEY = NameKey("Z1", "a.example")
OLD, NEW = RecordSet(60, ("10.0.0.1",)), RecordSet(60, ("10.0.0.2",))
CLAIMS = {"i-1": Claim({"A": ("10.0.0.1",)}, 1, "t")}
BEFORE = NameState(KEY, CLAIMS, {"A": OLD}, waiting=frozenset({"i-2"}))
SWAP = (Change("DELETE", KEY.name, "A", OLD), Change("CREATE", KEY.name, "A", NEW))


def change(*changes: Change) -> PlannedName:
    made = NameChange(KEY, changes, {"A": NEW})
    return PlannedName(made, BEFORE, {}, frozenset({"i-1"}))


def test_an_intent_is_written_before_the_zone_is() -> None:
    item = change(*SWAP).intended()
    assert (item.written, item.intent) == ({"A": OLD}, {"A": NEW})


def test_when_the_zone_holds_it_the_item_says_so() -> None:
    item = change(*SWAP).confirmed()
    assert (item.written, item.intent, item.waiting) == ({"A": NEW}, None, frozenset())


def test_who_waits_may_have_the_name_when_a_claim_goes() -> None:
    assert change(*SWAP).freed == {"i-2"}
    assert change(*SWAP)._replace(claims=CLAIMS).freed == frozenset()


@pytest.mark.parametrize(("until", "held"), ((0, False), (5000, False), (5001, True)))
def test_a_head_is_held_until_its_time_is_over(until: int, held: bool) -> None:  # noqa: FBT001
    assert Head(1, until).held(5.0) is held


def test_an_owner_without_names_is_forgotten() -> None:
    assert OwnerState("i-1").empty
    assert not OwnerState("i-1", frozenset({KEY})).empty


@pytest.mark.parametrize(
    ("item", "empty"),
    (
        (NameState(KEY), True),
        (NameState(KEY, waiting=frozenset({"i-1"})), False),
        (NameState(KEY, intent={}), False),
        (NameState(KEY, CLAIMS), False),
        (NameState(KEY, written={"A": OLD}), False),
    ),
)
def test_a_name_is_remembered_as_long_as_anything_of_it_is_left(
    item: NameState,
    empty: bool,  # noqa: FBT001
) -> None:
    assert item.empty is empty


def test_who_takes_a_name_for_new_that_exists_has_a_conflict_and_is_handed_the_head() -> None:
    error = ExistsError(Head(7, 5000))
    assert isinstance(error, ConflictError)
    assert error.head == Head(7, 5000)
