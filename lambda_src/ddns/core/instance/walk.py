"""How far a sweep is, and what it has to know later: small enough for items and messages."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from ddns.core.instance.items import NameState
from ddns.core.instance.policy import Policy
from ddns.core.records import TYPES, NameKey, Observed, RecordSets

INSTANCES, LEDGER, DELETES, ZONES, MISSING = "instances", "ledger", "deletes", "zones", "missing"
PHASES = (INSTANCES, LEDGER, DELETES, ZONES, MISSING)
"""The phases of a sweep, in order; the last two where zones are verified."""

_MARK = 8
# A step reads a page of hundreds at least, but for the last one of a phase.
_STEPS, _PER_STEP = 100, 100


class Progress(NamedTuple):
    """How far a sweep is.

    Attributes:
        sweep: its id.
        verify: whether the zones are compared, too.
        dry_run: whether nothing is to be changed.
        step: how many steps were done.
        phase: what is walked through.
        start: where the walk goes on; empty at the beginning of a phase.
        touched: when the last step ended, in milliseconds of the epoch.
        notes: how many notes there are.
        instances: how many running instances were seen.
        items: how many items of the ledger were seen.
        records: how many record sets were seen.
        deletes: how many record sets are to go for good.
        removed: how many of them have gone.
        skipped: ids of zones that could not be read.
        seen: a bit for each mark of the notes: whether a zone holds it.
    """

    sweep: str
    verify: bool = True
    dry_run: bool = False
    step: int = 0
    phase: str = INSTANCES
    start: str = ""
    touched: int = 0
    notes: int = 0
    instances: int = 0
    items: int = 0
    records: int = 0
    deletes: int = 0
    removed: int = 0
    skipped: tuple[str, ...] = ()
    seen: bytes = b""

    @property
    def endless(self) -> bool:
        """Whether it takes more steps than what it has seen explains."""
        seen = self.instances + self.items + self.records
        return self.step > _STEPS + seen // _PER_STEP


class Note(NamedTuple):
    """What a page of a sweep leaves for later.

    Attributes:
        running: marks of the running instances, one after the other.
        owned: marks of the names that this deployment has in zones.
        to_delete: owners with record sets that are to be deleted.
    """

    running: bytes = b""
    owned: bytes = b""
    to_delete: tuple[str, ...] = ()


def mark(sweep: str, text: str) -> bytes:
    """Return eight bytes that stand for a text within one sweep."""
    return hashlib.blake2b(text.encode(), digest_size=_MARK, key=sweep.encode()).digest()


def name_mark(sweep: str, key: NameKey, record_sets: RecordSets) -> bytes:
    """Return the mark of a name and the record sets that it has."""
    return mark(sweep, repr((key.zone_id, key.name, sorted(record_sets.items()))))


def seen_mark(sweep: str, key: NameKey, observed: Observed) -> bytes:
    """Return the mark of a name as a zone holds it; record sets of other kinds do not count."""
    ours = {kind: each for kind, each in observed.items() if kind in TYPES and each is not None}
    return name_mark(sweep, key, ours)


def marks(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the marks of notes."""
    for each in packed:
        for start in range(0, len(each), _MARK):
            yield each[start : start + _MARK]


class Marks:
    """Marks in order, with a bit for each that says whether it was seen."""

    def __init__(self, packed: Iterable[bytes], seen: bytes) -> None:
        """Take the marks of notes, and the bits of an earlier step."""
        self._marks = array("Q", sorted({int.from_bytes(each, "big") for each in marks(packed)}))
        self._seen = bytearray(seen) or bytearray(len(self._marks) // 8 + 1)

    def see(self, found: bytes) -> bool:
        """Set the bit of a mark; return whether there is such a mark."""
        index = self._index(found)
        if index is None:
            return False
        self._seen[index // 8] |= 1 << index % 8
        return True

    def is_missing(self, sought: bytes) -> bool:
        """Tell whether there is such a mark, and nobody saw it."""
        index = self._index(sought)
        return index is not None and not self._seen[index // 8] & 1 << index % 8

    def _index(self, sought: bytes) -> int | None:
        number = int.from_bytes(sought, "big")
        index = bisect_left(self._marks, number)
        return index if index < len(self._marks) and self._marks[index] == number else None

    @property
    def complete(self) -> bool:
        """Whether every mark was seen."""
        return sum(each.bit_count() for each in self._seen) == len(self._marks)

    @property
    def seen(self) -> bytes:
        """The bits, for a later step."""
        return bytes(self._seen)


def deletions(state: NameState, gone: Collection[str], policy: Policy) -> int:
    """Return how many record sets of a name go for good with some owners.

    What a policy has left in the zone, without an owner, goes with nobody.
    """
    if not state.claims.keys() & set(gone):
        return 0
    staying = [claim for owner, claim in state.claims.items() if owner not in gone]
    left = {kind for claim in staying for kind in claim.values}
    return sum(policy(state.written[kind], None) is None for kind in state.written.keys() - left)


def agrees(state: NameState, observed: Observed) -> bool:
    """Tell whether a zone holds exactly what the ledger says that was written."""
    return all(observed.get(kind) == each for kind, each in state.written.items())


def differing(
    states: Mapping[NameKey, NameState], observed: Mapping[NameKey, Observed]
) -> set[NameKey]:
    """Return the names of the ledger for which zones hold something else."""
    return {key for key, state in states.items() if not agrees(state, observed.get(key, {}))}
