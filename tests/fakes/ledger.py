"""The ledger in memory: the same promises as the table, and a place to crash between any two."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ddns.core.records import NameKey, NameState, OwnerState, Recall, Write, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence


class FakeLedger:
    """A ledger in memory.

    Args:
        chunk: how many items one transaction holds; a write of more can be cut short between two.
        on_call: called with the operation and "before" or "after"; may raise to crash its caller.
    """

    def __init__(
        self, *, chunk: int = 100, on_call: Callable[[str, str], None] | None = None
    ) -> None:
        self.items: dict[NameKey | str, NameState | OwnerState] = {}
        self.requests: Counter[str] = Counter()
        self.on_call = on_call
        self._chunk = chunk
        self._made: dict[str, Zone] = {}
        self._revision = 0

    def recall(self, owners: Collection[str], names: Collection[NameKey]) -> Recall:
        self._call("recall", "before")
        found = [self.items[key] for key in (*owners, *names) if key in self.items]
        self._call("recall", "after")
        return _recall(found)

    def scan(self) -> Recall:
        self._call("scan", "before")
        found = list(self.items.values())
        self._call("scan", "after")
        return _recall(found)

    def write(self, writes: Sequence[Write]) -> Mapping[NameKey | str, str]:
        revisions: dict[NameKey | str, str] = {}
        lost: set[str] = set()
        for some in self._transactions(writes):
            self._call("write", "before")
            for write in some:
                self._put(write, revisions, lost)
            self._call("write", "after")
        return revisions

    def _transactions(self, writes: Sequence[Write]) -> Iterator[list[Write]]:
        some: list[Write] = []
        room = min(10, self._chunk)
        for write in writes:
            near_end = isinstance(write.item, OwnerState) and len(some) > self._chunk - room
            if some and (near_end or len(some) == self._chunk):
                yield some
                some = []
            some.append(write)
        if some:
            yield some

    def _put(self, write: Write, revisions: dict[NameKey | str, str], lost: set[str]) -> None:
        item = write.item
        key = item.key if isinstance(item, NameState) else item.owner
        stored = self.items.get(key)
        void = item.empty and not item.revision
        if not void and (
            item.revision != (stored.revision if stored else "") or write.needs & lost
        ):
            if isinstance(key, str) and not isinstance(item, NameState):
                lost.add(key)
            return
        if item.empty:
            if not void:
                self.items.pop(key, None)
            revisions[key] = ""
            return
        self._revision += 1
        revisions[key] = str(self._revision)
        self.items[key] = _revised(item, revisions[key])

    def zones(self) -> Sequence[Zone]:
        self._call("zones", "before")
        return list(self._made.values())

    def remember_zone(self, zone: Zone) -> None:
        self._call("remember_zone", "before")
        self._made[zone.id] = zone
        self._call("remember_zone", "after")

    def _call(self, operation: str, moment: str) -> None:
        if moment == "before":
            self.requests[operation] += 1
        if self.on_call:
            self.on_call(operation, moment)


def _recall(items: Sequence[NameState | OwnerState]) -> Recall:
    return Recall(
        {item.owner: item for item in items if isinstance(item, OwnerState)},
        {item.key: item for item in items if isinstance(item, NameState)},
    )


def _revised(item: NameState | OwnerState, revision: str) -> NameState | OwnerState:
    return item._replace(revision=revision)
