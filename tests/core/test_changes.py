"""Changes of a name: what a zone says to them, and how one sees that they took effect."""

from __future__ import annotations

import pytest

from ddns.core.changes import NameChange, fits, replacement, took_effect
from ddns.core.records import Change, NameKey, Observed, RecordSet, RecordSets

KEY = NameKey("Z1", "a.example")
OLD, NEW = RecordSet(60, ("10.0.0.9",)), RecordSet(60, ("10.0.0.1",))
SIX = RecordSet(60, ("2001:db8::1",))


def change(ours: RecordSets, result: RecordSets) -> NameChange:
    return NameChange(KEY, tuple(replacement(KEY.name, ours, result)), result)


@pytest.mark.parametrize(
    ("changes", "seen", "expected"),
    (
        ([("CREATE", "A")], {}, True),
        ([("CREATE", "A")], {"A": NEW}, False),
        ([("DELETE", "A")], {"A": NEW}, True),
        ([("DELETE", "A")], {}, False),
        ([("DELETE", "A"), ("CREATE", "A")], {"A": NEW}, True),
        ([("CREATE", "CNAME")], {"TXT": None}, False),
        ([("CREATE", "A")], {"TXT": None}, True),
    ),
)
def test_changes_fit_what_the_zone_holds_or_they_do_not(
    changes: list[tuple[str, str]], seen: Observed, *, expected: bool
) -> None:
    made = [Change(action, KEY.name, kind, NEW) for action, kind in changes]
    assert fits(made, seen) is expected


@pytest.mark.parametrize(
    ("ours", "result", "grows", "deletes"),
    (
        ({}, {"A": NEW}, True, 0),
        ({"A": OLD}, {"A": NEW}, False, 0),
        ({"A": OLD}, {"A": OLD, "AAAA": SIX}, True, 0),
        ({"A": OLD, "AAAA": SIX}, {"CNAME": NEW}, False, 2),
        ({"A": OLD}, {}, False, 1),
    ),
)
def test_a_change_grows_its_zone_where_it_makes_more_record_sets_than_it_deletes(
    ours: RecordSets, result: RecordSets, *, grows: bool, deletes: int
) -> None:
    made = change(ours, result)
    assert (made.grows, made.deletes) == (grows, deletes)


def test_an_upsert_may_make_a_record_set() -> None:
    assert NameChange(KEY, (Change("UPSERT", KEY.name, "A", NEW),), {"A": NEW}).grows


@pytest.mark.parametrize(
    ("ours", "result", "seen", "expected"),
    (
        ({"A": OLD}, {"A": NEW}, {"A": NEW}, True),
        ({"A": OLD}, {"A": NEW}, {"A": OLD}, False),
        ({"A": OLD}, {"A": NEW}, {"A": None}, False),
        ({"A": OLD}, {"A": NEW}, {}, False),
        ({"A": OLD}, {"A": NEW}, {"A": NEW, "TXT": OLD, "AAAA": None}, True),
        ({"A": OLD}, {}, {}, True),
        ({"A": OLD}, {}, {"A": OLD}, False),
        ({"A": OLD}, {"AAAA": SIX}, {"A": OLD, "AAAA": SIX}, False),
    ),
)
def test_changes_took_effect_where_the_zone_shows_all_of_their_types_as_meant(
    ours: RecordSets, result: RecordSets, seen: Observed, *, expected: bool
) -> None:
    assert took_effect(change(ours, result), seen) is expected
