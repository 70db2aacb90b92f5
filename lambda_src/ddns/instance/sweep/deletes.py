"""The record sets that are to go, unless they are too many."""

from __future__ import annotations

from ddns.instance.sweep.step import Step


def page(step: Step) -> bool:
    """Reconcile the owners of one note; return whether there are more.

    What is to go was counted before, page by page. If it is more than ``max_deletes``, none goes.
    """
    progress, most = step.progress, step.parts.settings.max_deletes
    if progress.deletes > most:
        step.outcome.withheld = progress.deletes
        return False
    number, before = int(progress.start or "0"), step.outcome.removed
    notes = step.parts.store.notes(progress)
    earlier = {owner for note in notes[:number] for owner in note.to_delete}
    for note in notes[number:]:
        # An owner whose names are on several pages of the ledger is in several notes.
        to_delete = [owner for owner in note.to_delete if owner not in earlier]
        done = step.owners(None, to_delete, max_deletes=most - progress.removed)
        number += done
        if to_delete:
            break
    removed = progress.removed + step.outcome.removed - before
    step.progress = step.progress._replace(start=str(number), removed=removed)
    return number < len(notes)
