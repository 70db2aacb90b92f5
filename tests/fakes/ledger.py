"""The ledger in memory: the same promises as the table, and a place to crash between any two."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ddns.core.errors import ConflictError
from ddns.core.head import Head
from ddns.core.instance.items import LEASE, ExistsError, Item, NameState, OwnerState, Write

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ddns.core.instance.walk import Note, Progress
    from ddns.core.records import NameKey, Zone
    from tests.fakes.clock import FakeClock


class FakeLedger:
    """A ledger in memory.

    Args:
        clock: the time, for leases of the head.
        chunk: how many items one transaction holds; a write of more can be cut short between two.
        on_call: called with the operation and "before" or "after"; may raise to crash its caller.
    """

    def __init__(
        self,
        clock: FakeClock,
        *,
        chunk: int = 99,
        on_call: Callable[[str, str], None] | None = None,
    ) -> None:
        self.items: dict[NameKey | str, Item] = {}
        self.current = Head()
        self.requests: Counter[str] = Counter()
        self.on_call = on_call
        self.page_size = 1000
        self._clock = clock
        self._chunk = chunk
        self._made: dict[str, Zone] = {}

    def head(self) -> Head:
        self._call("head", "before")
        found = self.current
        self._call("head", "after")
        return found

    def open(self, owners: Collection[str]) -> tuple[Head, dict[str, OwnerState]]:
        self._call("open", "before")
        found = self.current, self._owners(owners)
        self._call("open", "after")
        return found

    def owners(self, owners: Collection[str]) -> dict[str, OwnerState]:
        self._call("owners", "before")
        found = self._owners(owners)
        self._call("owners", "after")
        return found

    def _owners(self, owners: Collection[str]) -> dict[str, OwnerState]:
        found = (self.items.get(owner) for owner in owners)
        return {item.owner: item for item in found if isinstance(item, OwnerState)}

    def names(self, keys: Collection[NameKey]) -> dict[NameKey, NameState]:
        self._call("names", "before")
        found = (self.items.get(key) for key in keys)
        states = {item.key: item for item in found if isinstance(item, NameState)}
        self._call("names", "after")
        return states

    def page(self, start: str) -> tuple[list[Item], str]:
        self._call("page", "before")
        keys = sorted((key for key in self.items if str(key) > start), key=str)
        some = keys[: self.page_size]
        found = [self.items[key] for key in some]
        self._call("page", "after")
        return found, str(some[-1]) if len(some) < len(keys) else ""

    def write(self, head: Head, writes: Sequence[Write], *, release: bool) -> Head:
        parts = [writes[i : i + self._chunk] for i in range(0, len(writes), self._chunk)] or [[]]
        for number, part in enumerate(parts, start=1):
            self._call("write", "before")
            if self.current.version != head.version:
                raise ConflictError("another worker has written since the ledger was read")
            if any(write.new and _key(write.item) in self.items for write in part):
                raise ExistsError(head)
            for write in part:
                self.items.pop(_key(write.item), None)
                if not write.item.empty:
                    self.items[_key(write.item)] = write.item
            last = release and number == len(parts)
            head = self.current = head.following(0 if last else self._clock.now() + LEASE)
            self._call("write", "after")
        return head

    def fence(self) -> Head | None:
        self._call("fence", "before")
        held = self.current.held(self._clock.now())
        if not held:
            self.current = Head(self.current.version + 1, draining=self.current.draining)
        found = None if held else self.current
        self._call("fence", "after")
        return found

    def set_draining(self, draining: bool) -> Head | None:  # noqa: FBT001 - the port's
        self._call("set_draining", "before")
        held = self.current.held(self._clock.now())
        if not held:
            self.current = Head(self.current.version + 1, draining=draining)
        found = None if held else self.current
        self._call("set_draining", "after")
        return found

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


class FakeSweeps:
    """Where a sweep keeps how far it is, in memory."""

    def __init__(self) -> None:
        self.current: Progress | None = None
        self.ordered = False
        self.kept: dict[tuple[str, int], Note] = {}
        self.on_call: Callable[[str, str], None] | None = None

    def begin(self, progress: Progress, stale: int) -> Progress | None:
        self._call("begin", "before")
        if self.current is not None and self.current.touched >= stale:
            self.ordered = True
            return None
        self.current, self.ordered = progress, False
        self._call("begin", "after")
        return progress

    def progress(self) -> Progress | None:
        self._call("progress", "before")
        return self.current

    def advance(self, before: Progress, after: Progress) -> bool:
        self._call("advance", "before")
        now = self.current
        if now is None or (now.sweep, now.step) != (before.sweep, before.step):
            return False
        self.current = after
        self._call("advance", "after")
        return True

    def end(self, progress: Progress) -> bool:
        self._call("end", "before")
        if self.current is None or self.current.sweep != progress.sweep:
            return False
        self.current = None
        self._call("end", "after")
        return self.ordered

    def put_note(self, progress: Progress, note: Note) -> None:
        self._call("put_note", "before")
        self.kept[progress.sweep, progress.notes] = note
        self._call("put_note", "after")

    def notes(self, progress: Progress) -> list[Note]:
        self._call("notes", "before")
        keys = [(progress.sweep, number) for number in range(progress.notes)]
        return [self.kept[key] for key in keys if key in self.kept]

    def _call(self, operation: str, moment: str) -> None:
        if self.on_call:
            self.on_call(operation, moment)


def _key(item: Item) -> NameKey | str:
    return item.key if isinstance(item, NameState) else item.owner
