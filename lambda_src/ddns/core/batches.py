"""Change batches that keep within what Route 53 takes in one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ddns.core.plan import NameChange

# Route 53 quotas for ChangeResourceRecordSets: CREATE and DELETE count once, UPSERT twice.
MAX_ELEMENTS = 1000
MAX_CHARACTERS = 32_000


def batches(
    changes: Iterable[NameChange],
    *,
    max_elements: int = MAX_ELEMENTS,
    max_characters: int = MAX_CHARACTERS,
) -> Iterator[list[NameChange]]:
    """Yield runs of name changes of one zone each, as long as the quotas allow, in order.

    The changes of one name are never split: they are one compare-and-swap.
    """
    batch: list[NameChange] = []
    elements = characters = 0
    for change in changes:
        more, longer = _size(change)
        full = elements + more > max_elements or characters + longer > max_characters
        if batch and (full or batch[-1].key.zone_id != change.key.zone_id):
            yield batch
            batch, elements, characters = [], 0, 0
        batch.append(change)
        elements += more
        characters += longer
    if batch:
        yield batch


def _size(change: NameChange) -> tuple[int, int]:
    values = [
        value
        for c in change.changes
        for value in c.record_set.values * (2 if c.action == "UPSERT" else 1)
    ]
    return len(values), sum(map(len, values))


def halves(batch: Sequence[NameChange]) -> tuple[Sequence[NameChange], Sequence[NameChange]]:
    """Split a batch that was rejected, to find out which change is to blame."""
    middle = len(batch) // 2
    return batch[:middle], batch[middle:]
