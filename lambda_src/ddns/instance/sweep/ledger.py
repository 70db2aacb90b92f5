"""Pages of the ledger: whose instance runs no more, and what zones should hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ddns.core.instance.items import Item, NameState, OwnerState
from ddns.core.instance.walk import Marks, Note, deletions, mark, marks, name_mark
from ddns.core.records import NameKey
from ddns.instance.sweep.step import Step


class LedgerPages:
    """Compares items with the instances that run."""

    def __init__(self, step: Step) -> None:
        """Take a step; read what the pages of instances have left."""
        self._step = step
        notes = step.parts.store.notes(step.progress)
        self._running = frozenset(marks(note.running for note in notes))

    def page(self) -> bool:
        """Do a page; return whether there are more."""
        step, progress = self._step, self._step.progress
        items, following = step.parts.ledger.page(progress.start)
        names = [item for item in items if isinstance(item, NameState)]
        owners = {item.owner for item in items if isinstance(item, OwnerState)}
        owners |= {owner for name in names for owner in name.claims}
        gone = {owner for owner in owners if mark(progress.sweep, owner) not in self._running}
        # Who was launched since, or started, is asked for by its id.
        shown = step.parts.directory.describe(gone) if gone else {}
        gone -= {each.id for each in shown.values() if each.running}
        deleted = step.parts.zones.gone({name.key.zone_id for name in names})
        # What a worker that was cut short has left, if its message never came again; and what is
        # to be forgotten with its zone.
        odd = (n.key for n in names if n.intent is not None or n.key.zone_id in deleted)
        if not step.names(odd):
            return True
        names = [name for name in names if name.key.zone_id not in deleted]
        untouchable = step.parts.reconciler.untouchable([name.key for name in names])
        self._warn(untouchable)
        kept = [name for name in names if name.key not in untouchable]
        owned = [name_mark(progress.sweep, n.key, n.written) for n in kept if n.written]
        step.outcome.freed |= {o for n in names if not n.claims for o in n.waiting - gone}
        step.note(Note(owned=b"".join(owned), to_delete=tuple(sorted(gone))))
        policy = step.parts.reconciler.terms.policy
        step.progress = step.progress._replace(
            start=following,
            items=progress.items + len(items),
            deletes=progress.deletes + sum(deletions(name, gone, policy) for name in kept),
        )
        return bool(following)

    def _warn(self, untouchable: Mapping[NameKey, str]) -> None:
        """Say at each sweep what is left where nothing may be written, in one line a reason."""
        by_reason: dict[str, list[NameKey]] = {}
        for key, reason in sorted(untouchable.items()):
            by_reason.setdefault(reason, []).append(key)
        for reason, keys in by_reason.items():
            left = f"names left as they are: {len(keys)}, such as {keys[0].name}: {reason}"
            self._step.outcome.warnings[left] = None


class MissingNames:
    """Compares names with zones that have not shown them."""

    def __init__(self, step: Step) -> None:
        """Take a step; read what the pages of zones have left."""
        self._step = step
        notes = step.parts.store.notes(step.progress)
        self._marks = Marks((note.owned for note in notes), step.progress.seen)

    def page(self) -> bool:
        """Do a page; return whether there are more."""
        if self._marks.complete:
            return False
        step = self._step
        items, following = step.parts.ledger.page(step.progress.start)
        if not step.names(self._missing(items)):
            return True
        step.progress = step.progress._replace(start=following)
        return bool(following)

    def _missing(self, items: Iterable[Item]) -> list[NameKey]:
        progress = self._step.progress
        return [
            item.key
            for item in items
            if isinstance(item, NameState)
            and item.key.zone_id not in progress.skipped
            and self._marks.is_missing(name_mark(progress.sweep, item.key, item.written))
        ]
