"""What the phases of a sweep share: the parts, how far it is, and how it writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ddns.applying import Applier
from ddns.core.errors import ThrottledError
from ddns.core.instance.desired import Desired
from ddns.core.instance.instances import Instance
from ddns.core.instance.items import OwnerState
from ddns.core.instance.walk import Note, Progress
from ddns.core.records import NameKey
from ddns.instance.fleet import Fleet
from ddns.instance.outcome import Outcome
from ddns.instance.reconciler import Reconciler, Start
from ddns.instance.zones import ZoneKeeper

if TYPE_CHECKING:
    from ddns.instance.ports import InstanceDirectory, Ledger, SweepStore
    from ddns.ports import Clock

_T = TypeVar("_T")

# As many owners, or names, as one hold of the head is for: events wait for its end.
_AT_ONCE = 500


class SweepSettings(NamedTuple):
    """What a sweep may do.

    Attributes:
        max_deletes: most record sets that it may delete; if more are to go, none goes.
        requests_a_second: most requests to Route 53 to verify zones.
    """

    max_deletes: int
    requests_a_second: float


class Parts(NamedTuple):
    """What a sweep works with.

    Attributes:
        directory: EC2.
        fleet: what instances should have.
        ledger: what was written.
        store: where it keeps how far it is.
        reconciler: what puts right what differs.
        applier: what reads zones.
        clock: the clock.
        zones: knows the zones that may be written to.
        settings: what it may do.
    """

    directory: InstanceDirectory
    fleet: Fleet
    ledger: Ledger
    store: SweepStore
    reconciler: Reconciler
    applier: Applier
    clock: Clock
    zones: ZoneKeeper
    settings: SweepSettings


@dataclass(slots=True, eq=False)
class Step:
    """One step under way.

    Attributes:
        parts: what it works with.
        progress: how far the sweep is, the pages of this step included.
        outcome: where to note what was done.
        deadline: when to stop (epoch seconds).
    """

    parts: Parts
    progress: Progress
    outcome: Outcome
    deadline: float

    def note(self, note: Note) -> None:
        """Keep a note."""
        self.parts.store.put_note(self.progress, note)
        self.progress = self.progress._replace(notes=self.progress.notes + 1)

    def look(self, owners: Collection[str], _known: Mapping[str, OwnerState]) -> list[Desired]:
        """Look at instances again; one that EC2 does not show counts as gone.

        Record sets are deleted only after a page of EC2 did not show it either.
        """
        shown = self.parts.directory.describe(owners)
        instances = [shown.get(each) or Instance(each, "gone") for each in sorted(owners)]
        return self.parts.fleet.desired(instances, self.outcome, dry_run=self.progress.dry_run)

    def owners(self, start: Start | None, owners: Sequence[str], max_deletes: int) -> bool:
        """Reconcile owners, some at a time; the first time with what was read already.

        Returns:
            Whether the page is done. It is not if something was changed and something is left.
        """
        removed, changes = self.outcome.removed, len(self.outcome.changes)
        for some in _chunks(owners):
            if self._late(some):
                continue
            opened = None if start is None else _part(start, some)
            head = self.parts.reconciler.reconcile(
                some,
                self.look,
                self.outcome,
                self.deadline,
                start=opened,
                max_deletes=max(0, max_deletes - (self.outcome.removed - removed)),
                dry_run=self.progress.dry_run,
            )
            # Nobody else wrote since: what was read still counts for the next ones.
            start = None if head is None or start is None else start._replace(head=head)
        return self._done(owners, changes)

    def names(self, keys: Iterable[NameKey]) -> bool:
        """Compare names with their zones, some at a time, and put them right.

        Returns:
            Whether the page is done, as above.
        """
        ordered, changes = sorted(keys), len(self.outcome.changes)
        for some in _chunks(ordered):
            if self._late(key.name for key in some):
                continue
            self.parts.reconciler.reconcile(
                (),
                self.look,
                self.outcome,
                self.deadline,
                names=some,
                dry_run=self.progress.dry_run,
            )
        return self._done([key.name for key in ordered], changes)

    def _late(self, some: Iterable[str]) -> bool:
        """Tell whether it is too late to begin with these; then they are left."""
        late = self.parts.clock.now() > self.deadline
        if late:
            self.outcome.failed.update(dict.fromkeys(some, "time is up"))
        return late

    def _done(self, page: Iterable[str], changes: int) -> bool:
        """Tell whether a page is done; what is left of one that is done again has not failed."""
        left = self.outcome.failed.keys() & set(page)
        if not left or len(self.outcome.changes) == changes:
            return True
        for each in left:
            del self.outcome.failed[each]
        return False

    def fence(self) -> int:
        """Move the head's version as soon as nobody has it; return the version then.

        Raises:
            ThrottledError: another worker has it all the time.
        """
        attempt = 0
        while True:
            head = self.parts.ledger.fence()
            if head is not None:
                return head.version
            attempt += 1
            if not self.parts.applier.pause(min(attempt, 2), self.deadline):
                raise ThrottledError("another worker is at work all the time")


def _part(start: Start, owners: Collection[str]) -> Start:
    some = set(owners)
    states = {owner: each for owner, each in start.owners.items() if owner in some}
    return Start(start.head, states, [each for each in start.desired if each.owner in some])


def _chunks(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
