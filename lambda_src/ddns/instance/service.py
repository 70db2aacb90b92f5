"""The use case of InstanceDdns: some instances whose events came in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from ddns.core.instance.desired import Desired
from ddns.core.instance.events import Expected, doubt
from ddns.core.instance.instances import Instance
from ddns.core.instance.items import OwnerState
from ddns.instance.fleet import Fleet
from ddns.instance.outcome import Outcome
from ddns.instance.reconciler import Reconciler

if TYPE_CHECKING:
    from ddns.ports import Clock, InstanceDirectory

# As many instances as fill one change batch with one A record each.
_AT_ONCE = 1000


class InstanceService:
    """Gives instances the record sets that they should have, and takes away those they should not.

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
        self._handle_all(expected, outcome, deadline)
        waiting = outcome.freed - expected.keys()
        if waiting:
            self._handle_all(dict.fromkeys(waiting, Expected()), outcome, deadline)
            # Nobody sent a message about these: the sweep comes back to what could not be done.
            for owner in waiting & outcome.failed.keys():
                outcome.warnings[f"{owner}: {outcome.failed.pop(owner)}"] = None
        return outcome

    def _handle_all(
        self, expected: Mapping[str, Expected], outcome: Outcome, deadline: float
    ) -> None:
        ids = sorted(expected)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            if start and self._clock.now() > deadline:
                outcome.failed.update(dict.fromkeys(some, "time is up"))
                continue
            try:
                self._handle_some(some, expected, outcome, deadline)
            except Exception as err:  # noqa: BLE001 - whatever it is must not fail other messages
                reason = f"{type(err).__name__}: {err}"
                outcome.failed.update(dict.fromkeys(some, reason))

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

        self._reconciler.reconcile(ids, look, outcome, deadline)
