"""What is to happen to one name of a hosted zone, and what a zone would say to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ddns.core.records import TYPES, Change, NameKey, Observed, RecordSets


class NameChange(NamedTuple):
    """The changes of one name: they are sent together or not at all.

    Attributes:
        key: the name.
        changes: what to send to the zone, in order.
        result: the record sets that the zone holds afterwards, of the types that change at least.
        targets: names that values point to; where one of them fails, this is not sent.
    """

    key: NameKey
    changes: tuple[Change, ...]
    result: RecordSets
    targets: frozenset[NameKey] = frozenset()

    @property
    def deletes(self) -> int:
        """How many record sets go for good."""
        made = {change.type for change in self.changes if change.action == "CREATE"}
        return sum(c.action == "DELETE" and c.type not in made for c in self.changes)

    @property
    def grows(self) -> bool:
        """Whether the zone holds more record sets afterwards."""
        return sum({"CREATE": 1, "DELETE": -1}.get(c.action, 1) for c in self.changes) > 0


def replacement(name: str, ours: RecordSets, result: RecordSets) -> Iterator[Change]:
    """Yield the compare-and-swap: DELETE of exactly what is there, CREATE of what is to be."""
    different = [kind for kind in TYPES if ours.get(kind) != result.get(kind)]
    for kind in different:
        if kind in ours:
            yield Change("DELETE", name, kind, ours[kind])
    for kind in different:
        if kind in result:
            yield Change("CREATE", name, kind, result[kind])


def fits(changes: Iterable[Change], seen: Observed) -> bool:
    """Tell whether a zone that holds ``seen`` for a name would take these changes of it."""
    left = dict(seen)
    for change in changes:
        if change.action == "DELETE":
            if left.pop(change.type, None) != change.record_set:
                return False
        elif change.action == "CREATE" and change.type in left:
            return False
        else:
            left[change.type] = change.record_set
    return "CNAME" not in left or len(left) == 1


def took_effect(change: NameChange, seen: Observed) -> bool:
    """Tell whether a zone shows that the changes of a name took effect."""
    return all(seen.get(c.type) == change.result.get(c.type) for c in change.changes)
