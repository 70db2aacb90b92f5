"""Change batches that keep within what Route 53 takes in one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ddns.core.changes import NameChange

# Route 53 quotas for ChangeResourceRecordSets: CREATE and DELETE count once, UPSERT twice.
MAX_ELEMENTS = 1000
MAX_CHARACTERS = 32_000


def batches(
    changes: Iterable[NameChange],
    *,
    max_elements: Callable[[], int] = lambda: MAX_ELEMENTS,
    max_characters: int = MAX_CHARACTERS,
) -> Iterator[list[NameChange]]:
    """Yield runs of name changes of one zone each, as long as the quotas allow, in order.

    The changes of one name are never split: they are one compare-and-swap.

    Args:
        changes: what to send.
        max_elements: tells how many values a batch may have, each time one may be full.
        max_characters: how many characters its values may have.
    """
    batch: list[NameChange] = []
    size = characters = 0
    for change in changes:
        more, longer = _size(change)
        full = size + more > max_elements() or characters + longer > max_characters
        if batch and (full or batch[-1].key.zone_id != change.key.zone_id):
            yield batch
            batch, size, characters = [], 0, 0
        batch.append(change)
        size += more
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


def elements(batch: Iterable[NameChange]) -> int:
    """Return how many values a batch has, as the quota counts them."""
    return sum(_size(change)[0] for change in batch)


def halves(batch: Sequence[NameChange]) -> tuple[Sequence[NameChange], Sequence[NameChange]]:
    """Split a batch that was refused or throttled in two."""
    middle = len(batch) // 2
    return batch[:middle], batch[middle:]
