"""Draining: every record set of this deployment goes, and none is written meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from ddns.applying import Applier
from ddns.core.errors import ThrottledError
from ddns.core.instance.desired import Desired
from ddns.core.instance.items import Item, NameState, OwnerState
from ddns.instance.outcome import Outcome
from ddns.instance.reconciler import Reconciler

if TYPE_CHECKING:
    from ddns.instance.ports import Ledger
    from ddns.ports import Clock

_T = TypeVar("_T")

# As many owners, or names, as one hold of the head is for.
_AT_ONCE = 500


class Drain:
    """Walks through the ledger while its head says that nothing is desired.

    What is done is no longer in the ledger, so a walk that was cut short goes on where it stopped.
    The head says it to everybody: an event or a sweep meanwhile writes nothing either.
    """

    def __init__(
        self, ledger: Ledger, reconciler: Reconciler, applier: Applier, clock: Clock
    ) -> None:
        """Take the ledger, what removes record sets, what waits, and the clock."""
        self._ledger = ledger
        self._reconciler = reconciler
        self._applier = applier
        self._clock = clock

    def begin(self, deadline: float) -> None:
        """Have nothing desired from now on.

        Raises:
            ThrottledError: another worker has the head all the time.
        """
        self._set(draining=True, deadline=deadline)

    def end(self, deadline: float) -> None:
        """Have names written again; it takes a sweep to write them.

        Raises:
            ThrottledError: as above.
        """
        self._set(draining=False, deadline=deadline)

    def _set(self, *, draining: bool, deadline: float) -> None:
        attempt = 0
        while self._ledger.set_draining(draining) is None:
            attempt += 1
            if not self._applier.pause(min(attempt, 2), deadline):
                raise ThrottledError("another worker is at work all the time")

    def walk(self, outcome: Outcome, deadline: float) -> bool:
        """Remove what there is time for; return whether nothing is left that may be removed."""
        start = ""
        while True:
            items, start = self._ledger.page(start)
            self._page(items, outcome, deadline)
            if not start:
                return not outcome.failed and not outcome.refusals
            if self._clock.now() > deadline:
                return False

    def _page(self, items: Sequence[Item], outcome: Outcome, deadline: float) -> None:
        names = [item for item in items if isinstance(item, NameState)]
        owners = {item.owner for item in items if isinstance(item, OwnerState)}
        owners |= {owner for name in names for owner in (*name.claims, *name.waiting)}
        # What a policy, or a worker that was cut short, has left without an owner.
        nobodys = [name.key for name in names if not name.claims]
        for some in _chunks(sorted(owners)):
            if self._clock.now() > deadline:
                outcome.failed.update(dict.fromkeys(some, "time is up"))
            else:
                self._reconciler.reconcile(some, _nobody, outcome, deadline)
        for keys in _chunks(sorted(nobodys)):
            if self._clock.now() > deadline:
                outcome.failed.update({key.name: "time is up" for key in keys})
            else:
                self._reconciler.reconcile((), _nobody, outcome, deadline, names=keys)


def _nobody(_owners: Collection[str], _known: Mapping[str, OwnerState]) -> Iterable[Desired]:
    """Look at nobody: if draining has ended meanwhile, all stay as they are."""
    return ()


def _chunks(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
