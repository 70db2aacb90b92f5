"""How far a sweep is, and the marks by which it knows again what it saw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.instance.items import Claim, NameState
from ddns.core.instance.policy import Policy, create_only, sync, upsert_only
from ddns.core.instance.walk import (
    Marks,
    Progress,
    agrees,
    deletions,
    differing,
    mark,
    marks,
    name_mark,
    seen_mark,
)
from ddns.core.records import NameKey, Observed, RecordSet

KEY = NameKey("Z1", "a.example")
A, SIX, OTHER = (RecordSet(60, (each,)) for each in ("10.0.0.1", "2001:db8::1", "192.0.2.1"))
ONE = Claim({"A": ("10.0.0.1",)}, 1, "t")
BOTH = Claim({"A": ("10.0.0.1",), "AAAA": ("2001:db8::1",)}, 2, "t")
TEXTS = st.lists(st.text(max_size=4), unique=True, max_size=20)


@given(TEXTS)
def test_marks_of_a_note_are_read_one_by_one(texts: list[str]) -> None:
    each = [mark("sweep-1", text) for text in texts]
    assert list(marks([b"".join(each[:3]), b"".join(each[3:])])) == each
    assert len(set(each)) == len(texts)


def test_a_mark_means_nothing_to_another_sweep() -> None:
    assert mark("sweep-1", "i-1") != mark("sweep-2", "i-1")


@given(TEXTS, st.data())
def test_what_was_seen_is_remembered_from_step_to_step(
    texts: list[str], data: st.DataObject
) -> None:
    packed = [b"".join(mark("s", text) for text in texts)]
    bits, seen = b"", set[str]()
    for _ in range(2):
        step = Marks(packed, bits)
        for text in data.draw(st.lists(st.sampled_from([*texts, "never noted"]), max_size=20)):
            assert step.see(mark("s", text)) is (text in texts)
            seen |= {text} & set(texts)
        bits = step.seen
    after = Marks(packed, bits)
    missing = {text for text in [*texts, "never noted"] if after.is_missing(mark("s", text))}
    assert missing == set(texts) - seen
    assert after.complete is (not missing)


@pytest.mark.parametrize(
    ("observed", "same"),
    (
        ({"A": A}, True),
        ({"A": A, "TXT": OTHER, "MX": None}, True),
        ({"A": A, "AAAA": None}, True),
        ({"A": A, "AAAA": SIX}, False),
        ({"A": OTHER}, False),
        ({"A": A._replace(ttl=300)}, False),
        ({"TXT": OTHER}, False),
    ),
)
def test_a_name_has_its_mark_again_where_the_zone_holds_what_was_written(
    observed: Observed, *, same: bool
) -> None:
    assert (seen_mark("s", KEY, observed) == name_mark("s", KEY, {"A": A})) is same
    elsewhere = KEY._replace(zone_id="Z2")
    assert seen_mark("s", elsewhere, observed) != name_mark("s", KEY, {"A": A})


@pytest.mark.parametrize(
    ("gone", "policy", "count"),
    (
        ({"i-1"}, sync, 0),
        ({"i-2"}, sync, 1),
        ({"i-1", "i-2"}, sync, 2),
        ({"i-1", "i-2"}, upsert_only, 0),
        ({"i-1", "i-2"}, create_only, 0),
        (set(), sync, 0),
    ),
)
def test_deletions_are_what_nobody_that_stays_wants_if_the_policy_deletes(
    gone: set[str], policy: Policy, count: int
) -> None:
    state = NameState(KEY, {"i-1": ONE, "i-2": BOTH}, {"A": A, "AAAA": SIX})
    assert deletions(state, gone, policy) == count


@pytest.mark.parametrize(
    ("observed", "expected"),
    (
        ({"A": A}, True),
        ({"A": A, "AAAA": OTHER}, True),
        ({"A": OTHER}, False),
        ({"A": None}, False),
        ({}, False),
    ),
)
def test_a_name_differs_where_a_zone_does_not_hold_what_was_written(
    observed: Observed, *, expected: bool
) -> None:
    state, unwritten = NameState(KEY, {"i-1": ONE}, {"A": A}), KEY._replace(name="b.example")
    states = {KEY: state, unwritten: NameState(unwritten, {"i-1": ONE})}
    assert agrees(state, observed) is expected
    assert differing(states, {KEY: observed} if observed else {}) == (set() if expected else {KEY})


@pytest.mark.parametrize(
    ("step", "seen", "endless"),
    ((100, 0, False), (101, 0, True), (101, 99, True), (130, 3000, False)),
)
def test_a_sweep_is_endless_where_it_takes_more_steps_than_its_fleet_explains(
    *, step: int, seen: int, endless: bool
) -> None:
    third = seen // 3
    progress = Progress("s", step=step, instances=third, items=third, records=seen - 2 * third)
    assert progress.endless is endless
