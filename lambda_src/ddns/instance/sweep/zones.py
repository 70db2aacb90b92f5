"""Pages of zones: what differs from the ledger is put right."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ddns.applying import Applied
from ddns.core.errors import DdnsError, NoSuchZoneError
from ddns.core.instance.walk import Marks, differing, name_mark, seen_mark
from ddns.core.names import canonical
from ddns.core.records import TYPES, NameKey, Observed
from ddns.instance.sweep.step import Step


class ZonePages:
    """Compares record sets with the ledger, a few requests a second."""

    def __init__(self, step: Step) -> None:
        """Take a step; read what the pages of the ledger have left."""
        self._step = step
        notes = step.parts.store.notes(step.progress)
        self._marks = Marks((note.owned for note in notes), step.progress.seen)
        self._zones = step.parts.zones.to_verify()
        self._next = 0.0

    def page(self) -> bool:
        """Do a page; return whether there are more."""
        step = self._step
        zone_id, start = json.loads(step.progress.start or '["", {}]')
        current = next((each for each in self._zones if each >= zone_id), None)
        if current is None:
            return False
        if current != zone_id:
            zone_id, start = current, {}
        self._pace()
        counts = Applied()
        try:
            page, following = step.parts.applier.read_page(counts, zone_id, start, step.deadline)
        except NoSuchZoneError as err:
            if step.progress.dry_run or step.parts.zones.note_gone(zone_id, step.outcome):
                self._go_on(zone_id, None)
            else:
                self._skip(zone_id, err)
        except DdnsError as err:
            self._skip(zone_id, err)
        else:
            observed = {NameKey(zone_id, name): each for name, each in page.items()}
            following = _whole(observed, following)
            if self._compare(observed):
                self._go_on(zone_id, following, records=sum(map(len, observed.values())))
        step.outcome.throttles += counts.throttles
        return True

    def _pace(self) -> None:
        clock = self._step.parts.clock
        clock.sleep(max(0.0, self._next - clock.now()))
        self._next = clock.now() + 1 / self._step.parts.settings.requests_a_second

    def _compare(self, observed: Mapping[NameKey, Observed]) -> bool:
        """Put right what the ledger has otherwise; a name that agrees needs no look there.

        Returns:
            Whether the page is done.
        """
        sweep = self._step.progress.sweep
        ours = ((key, each) for key, each in observed.items() if each.keys() & set(TYPES))
        seen = ((key, seen_mark(sweep, key, each)) for key, each in ours)
        others = [key for key, mark in seen if not self._marks.see(mark)]
        states = self._step.parts.ledger.names(others) if others else {}
        for key, state in states.items():
            # Written meanwhile, or another record set of the same name is somebody else's.
            self._marks.see(name_mark(sweep, key, state.written))
        return self._step.names(differing(states, observed))

    def _skip(self, zone_id: str, err: DdnsError) -> None:
        self._step.outcome.warnings[f"zone {zone_id} could not be verified: {err}"] = None
        self._go_on(zone_id, None, skipped=True)

    def _go_on(
        self,
        zone_id: str,
        following: Mapping[str, str] | None,
        *,
        records: int = 0,
        skipped: bool = False,
    ) -> None:
        progress = self._step.progress
        # A zone that is done sorts before what follows it.
        start = [zone_id, following] if following else [zone_id + "!", {}]
        self._step.progress = progress._replace(
            start=json.dumps(start),
            records=progress.records + records,
            skipped=(*progress.skipped, zone_id) if skipped else progress.skipped,
            seen=self._marks.seen,
        )


def _whole(
    observed: dict[NameKey, Observed], following: Mapping[str, str] | None
) -> Mapping[str, str] | None:
    """Leave the last name of a page to the next one if the page may end within it."""
    if following is None:
        return None
    *_, last = observed
    if len(observed) == 1 or canonical(following["StartRecordName"]) != last.name:
        return following
    del observed[last]
    return {"StartRecordName": following["StartRecordName"]}
