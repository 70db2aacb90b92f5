"""Batches: within what Route 53 takes in one request, and parted when one is rejected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.batches import batches, elements, halves
from ddns.core.changes import NameChange
from ddns.core.records import Change, NameKey, RecordSet


def _change(zone_id: str, number: int, size: int) -> NameChange:
    name = f"n{number}.example"
    rrset = RecordSet(60, tuple(f"10.0.{i // 256}.{i % 256}" for i in range(size)))
    return NameChange(NameKey(zone_id, name), (Change("CREATE", name, "A", rrset),), {"A": rrset})


@given(
    sizes=st.lists(st.tuples(st.sampled_from(["Z1", "Z2"]), st.integers(1, 40)), max_size=40),
    most=st.integers(40, 100),
    characters=st.integers(400, 1000),
)
def test_batches_keep_order_zone_and_quotas_and_lose_nothing(
    sizes: list[tuple[str, int]], most: int, characters: int
) -> None:
    changes = [_change(zone, n, size) for n, (zone, size) in enumerate(sizes)]
    made = list(batches(changes, max_elements=lambda: most, max_characters=characters))
    assert [change for batch in made for change in batch] == changes
    for batch in made:
        values = [v for c in batch for each in c.changes for v in each.record_set.values]
        assert len({change.key.zone_id for change in batch}) == 1
        assert elements(batch) == len(values) <= most
        assert sum(map(len, values)) <= characters


def test_a_thousand_addresses_are_one_batch() -> None:
    assert len(list(batches(_change("Z1", n, 1) for n in range(1000)))) == 1
    assert len(list(batches(_change("Z1", n, 1) for n in range(1001)))) == 2


def test_an_upsert_counts_twice_as_the_quota_has_it() -> None:
    change = _change("Z1", 1, 3)
    upsert = change._replace(changes=(change.changes[0]._replace(action="UPSERT"),))
    assert elements([change, upsert]) == 9
    assert len(list(batches([change, upsert], max_elements=lambda: 8))) == 2


@pytest.mark.parametrize(("count", "sizes"), ((2, (1, 1)), (3, (1, 2)), (4, (2, 2))))
def test_halves_keep_everything(count: int, sizes: tuple[int, int]) -> None:
    batch = [_change("Z1", n, 1) for n in range(count)]
    first, second = halves(batch)
    assert (len(first), len(second)) == sizes
    assert [*first, *second] == batch
