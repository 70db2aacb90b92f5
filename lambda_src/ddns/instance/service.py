"""The use case of InstanceDdns: some instances whose events came in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from ddns.core.instance.desired import Desired
from ddns.core.instance.events import Expected, doubt
from ddns.core.instance.instances import Instance
from ddns.core.instance.items import OwnerState
from ddns.instance.fleet import Fleet
from ddns.instance.outcome import Outcome
from ddns.instance.reconciler import Reconciler

if TYPE_CHECKING:
    from ddns.instance.ports import InstanceDirectory
    from ddns.ports import Clock

# As many instances as fill one change batch with one A record each.
_AT_ONCE = 1000


class InstanceService:
    """Reconciles the instances that messages name.

    An event only says which instance to look at: what is done follows from what EC2 says now.
    """

    def __init__(
        self, directory: InstanceDirectory, fleet: Fleet, reconciler: Reconciler, clock: Clock
    ) -> None:
        """Take EC2, what knows what instances should have, the reconciler, and the clock."""
        self._directory = directory
        self._fleet = fleet
        self._reconciler = reconciler
        self._clock = clock

    def handle(self, expected: Mapping[str, Expected], deadline: float) -> Outcome:
        """Look at some instances, all in as few requests as possible.

        Args:
            expected: what the messages say, by instance id.
            deadline: when to stop, in seconds of the epoch.
        """
        outcome = Outcome()
        begun = False
        for some in _parts(expected):
            if begun and self._clock.now() > deadline:
                outcome.failed.update(dict.fromkeys(some, "time is up"))
                continue
            begun = True
            try:
                self._handle_some(some, expected, outcome, deadline)
            except Exception as err:  # noqa: BLE001 - whatever it is must not fail other messages
                reason = f"{type(err).__name__}: {err}"
                outcome.failed.update(dict.fromkeys(some, reason))
        return outcome

    def _handle_some(
        self,
        ids: Collection[str],
        expected: Mapping[str, Expected],
        outcome: Outcome,
        deadline: float,
    ) -> None:
        def look(owners: Collection[str], known: Mapping[str, OwnerState]) -> list[Desired]:
            shown = self._directory.describe(owners)
            sure = []
            for each in sorted(owners):
                instance = shown.get(each) or Instance(each, "gone")
                registered = each in known
                reason = doubt(expected[each], instance, self._clock.now(), registered=registered)
                if reason:
                    outcome.failed[each] = reason
                else:
                    outcome.failed.pop(each, None)
                    sure.append(instance)
            return self._fleet.desired(sure, outcome)

        keep = expected[next(iter(ids))].keep
        self._reconciler.reconcile(ids, look, outcome, deadline, max_deletes=0 if keep else None)
        if keep:
            # They are left to the next sweep, which counts them.
            outcome.withheld = 0


def _parts(expected: Mapping[str, Expected]) -> Iterator[list[str]]:
    """Yield runs of instances; all of a run may have record sets deleted, or none may."""
    for keep in (False, True):
        ids = sorted(owner for owner, each in expected.items() if each.keep is keep)
        for start in range(0, len(ids), _AT_ONCE):
            yield ids[start : start + _AT_ONCE]
