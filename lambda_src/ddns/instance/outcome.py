"""What became of a batch, or of a step of a sweep."""

from __future__ import annotations

from ddns.core.instance.attempt import Attempt
from ddns.core.instance.plan import PlannedName
from ddns.core.records import Change, Refusal


class Outcome:
    """What was done, and what was not.

    Attributes:
        changes: every change that took effect, in order, with its zone's id.
        removed: how many record sets went for good.
        refusals: planned "no"s, each once.
        warnings: what somebody should look at.
        failed: owners who do not have yet what they should, with the reason: try again.
        rejected: owners with a name that Route 53 never takes, with its reason.
        changed: owners for whom something was written or removed.
        freed: owners that waited for a name of another and may have it now.
        throttles: how often Route 53 said to come back later.
        withheld: record sets that the safety valve kept.
        withheld_owners: the owners of those record sets.
        abandoned: sweeps that were ended because they took more steps than their fleet explains.
        gone: names of hosted zones that do not exist (any more), by id.
        planned: what would be done, where nothing was to be done.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.changes: list[tuple[str, Change]] = []
        self.removed = 0
        self.refusals: dict[Refusal, None] = {}
        self.warnings: dict[str, None] = {}
        self.failed: dict[str, str] = {}
        self.rejected: dict[str, str] = {}
        self.changed: set[str] = set()
        self.freed: set[str] = set()
        self.throttles = 0
        self.withheld = 0
        self.withheld_owners: set[str] = set()
        self.abandoned = 0
        self.gone: dict[str, str] = {}
        self.planned: list[PlannedName] = []

    def note_gone(self, zone_id: str, name: str, *, made: bool) -> None:
        """Note that a hosted zone was deleted: one warning for all of its records."""
        self.gone[zone_id] = name
        origin = "that was made" if made else "of hosted_zones"
        then = (
            "it is made again as instances need it"
            if made
            else "nothing is written there; make it again and list the new one, or list it no more"
        )
        self.warnings[
            f"{name} {origin} is gone: Route 53 has no zone {zone_id} (any more), its records are "
            f"forgotten, {then}"
        ] = None

    def take(self, attempt: Attempt) -> None:
        """Take over what became of an attempt."""
        for each in attempt.done:
            self.changes.extend((each.key.zone_id, change) for change in each.changes)
            self.removed += each.deletes
            self.changed |= each.owners
        self.refusals.update(attempt.refusals)
        self.failed.update(attempt.failed)
        self.rejected.update(attempt.rejected)
        self.freed |= attempt.freed()
        for each in attempt.withheld.values():
            self.withheld += each.deletes
            self.withheld_owners |= each.owners
