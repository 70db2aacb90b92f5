"""The bookkeeping of one pass: who wants what, what was written, who has to go again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ddns.applying import Applied, ChangeResult, Status
from ddns.core.instance.desired import Desired, without
from ddns.core.instance.plan import PlannedName
from ddns.core.records import NameKey, NameState, Observed, OwnerState, Recall, Refusal, Write
from ddns.instance.outcome import Outcome


@dataclass(slots=True, repr=False, eq=False)
class Pass:
    """One pass over the pending owners: what is known, what was done, who has to go again."""

    owners: frozenset[str]
    outcome: Outcome
    deadline: float
    pending: dict[str, Desired] = field(default_factory=dict)
    recall: Recall = field(default_factory=Recall)
    learnt: dict[NameKey, tuple[str, Observed]] = field(default_factory=dict)
    barred: set[NameKey] = field(default_factory=set)
    held: frozenset[NameKey] = frozenset()
    suspects: frozenset[NameKey] = frozenset()
    again: set[str] = field(default_factory=set)
    _stale: dict[NameKey, Observed] = field(default_factory=dict)
    _still_held: set[NameKey] = field(default_factory=set)
    _new_suspects: set[NameKey] = field(default_factory=set)
    _renewed: set[str] = field(default_factory=set)
    _lost: set[str] = field(default_factory=set)
    _contested: set[str] = field(default_factory=set)
    _revisions: dict[NameKey | str, str] = field(default_factory=dict)
    _owners: dict[NameKey, set[str]] = field(default_factory=dict)

    def next(self) -> Pass:
        """Return the pass over those that have to go again."""
        return Pass(
            frozenset(self.again & self.pending.keys()) - self.outcome.failed.keys(),
            self.outcome,
            self.deadline,
            learnt=self.learnt,
            barred=self.barred,
            held=frozenset(self._still_held),
            suspects=frozenset(self._new_suspects),
        )

    def take(self, desired: Iterable[Desired]) -> None:
        """Take what is desired, without rejected names; note who wants and has nothing."""
        self.pending = {each.owner: without(each, self.barred) for each in desired}
        self.outcome.idle = {
            owner
            for owner, desired in self.pending.items()
            if not desired.names and owner not in self.recall.owners
        } | (self.outcome.idle - self.pending.keys())

    def set_aside(self) -> None:
        """Leave names that were rejected as they are."""
        for key in self.barred & self.recall.names.keys():
            del self.recall.names[key]
            self.recall.elsewhere.add(key)

    def index(self) -> None:
        """Note which pending owners have to do with which name."""
        for owner, desired in self.pending.items():
            state = self.recall.owners.get(owner)
            for key in (*desired.names, *(state.names if state else ())):
                self._owners.setdefault(key, set()).add(owner)
        for key, name in self.recall.names.items():
            self._owners.setdefault(key, set()).update(name.claims.keys() & self.pending.keys())

    def learn(self, observed: Mapping[NameKey, Observed]) -> None:
        """Note what zones hold, as it was read after the items of the recall."""
        self.learnt.update({key: (self._revision(key), each) for key, each in observed.items()})

    def observed(self) -> dict[NameKey, Observed]:
        """Return what is known of zones; what is older than the ledger's item is forgotten."""
        return {
            key: each
            for key, (revision, each) in self.learnt.items()
            if revision == self._revision(key)
        }

    def _revision(self, key: NameKey) -> str:
        state = self.recall.names.get(key)
        return state.revision if state else ""

    def touching(self, key: NameKey) -> set[str]:
        """Return the pending owners that have to do with a name."""
        return self._owners.get(key, set())

    def renew_owners(self, changes: Iterable[PlannedName], *, touch: bool) -> list[Write]:
        """Return the items of owners to be written before the names are.

        An item gains the names that its owner gets, and those that it lacks. The others of owners
        whose names change, with ``touch`` all others, get a new revision and nothing else.
        """
        gained: dict[str, set[NameKey]] = {}
        for key, name in self.recall.names.items():
            for owner in name.claims.keys() & self.pending.keys():
                gained.setdefault(owner, set()).add(key)
        changed: set[str] = set()
        for change in changes:
            changed |= change.owners
            for owner in change.claims.keys() & self.pending.keys():
                gained.setdefault(owner, set()).add(change.key)
        writes = []
        for owner in sorted(self.pending):
            state = self.recall.owners.get(owner) or OwnerState(owner)
            names = state.names | gained.get(owner, set())
            known = owner in self.recall.owners
            if names != state.names or (known and (touch or owner in changed)):
                self.recall.owners[owner] = state._replace(names=names)
                writes.append(Write(self.recall.owners[owner]))
                self._renewed.add(owner)
        return writes

    def possible(self, changes: Iterable[PlannedName]) -> list[PlannedName]:
        """Return the changes whose owners' items were not lost to another writer."""
        possible = []
        for change in changes:
            if self._owners_of(change) & self._lost:
                self.lose(change.key)
            else:
                possible.append(change)
        return possible

    def _owners_of(self, change: PlannedName) -> frozenset[str]:
        return change.owners | (change.claims.keys() & self.pending.keys())

    def hold_owners(self, changes: Iterable[PlannedName]) -> list[Write]:
        """Return the items of the changes' owners once more: nobody may have written them since."""
        owners = {owner for each in changes for owner in self._owners_of(each) & self._renewed}
        return [
            Write(self.recall.owners[owner]._replace(revision=self._revisions[owner]))
            for owner in sorted(owners)
        ]

    def intents(
        self, owners: Iterable[Write], changes: Iterable[PlannedName], lease: int
    ) -> list[Write]:
        """Return owners' items, each with the names that are its alone, then the other names.

        An item and its names go into one transaction, so that nobody gets in between.
        """
        alone: dict[str, list[Write]] = {}
        others: list[Write] = []
        for change in changes:
            needs = self._owners_of(change) & self._renewed
            own = alone.setdefault(min(needs), []) if len(needs) == 1 else others
            own.append(Write(change.intended(lease), needs))
        writes: list[Write] = []
        for write in owners:
            writes.append(write)
            if isinstance(write.item, OwnerState):
                writes += alone.pop(write.item.owner, [])
        return writes + [write for each in alone.values() for write in each] + others

    def give_up(self, changes: Iterable[PlannedName]) -> None:
        """Note that time is up for changes; nothing was written of them."""
        for change in changes:
            owners = change.owners | self.touching(change.key)
            self.outcome.failed.update(dict.fromkeys(owners, "time is up"))

    def standing(
        self,
        changes: Iterable[PlannedName],
        growth: Iterable[Write],
        written: Mapping[NameKey | str, str],
        applied: Applied,
    ) -> list[PlannedName]:
        """Return the changes whose intent stands; who has to do with the others goes again."""
        self._revisions.update(written)
        for write in growth:
            if isinstance(write.item, OwnerState) and write.item.owner not in written:
                self._lost.add(write.item.owner)
        self._contested |= self._lost
        self.again |= self._lost
        ready = []
        for change in changes:
            if change.key in written:
                ready.append(change)
            else:
                applied.results[change.key] = ChangeResult(Status.HELD_BACK)
                self.lose(change.key)
        return ready

    def judge(self, ready: Iterable[PlannedName], applied: Applied) -> list[Write]:
        """Note what became of each change; return the items to leave."""
        writes = []
        for change in ready:
            verdict = applied.results[change.key] if change.changes else _LEDGER_ONLY
            state = self._judge(change, verdict)
            if verdict.status is not Status.UNKNOWN:
                if change.changes:
                    writes.append(Write(state._replace(revision=self._revisions[change.key])))
            elif verdict.observed is not None:
                self._still_held.add(change.key)
                self.learnt[change.key] = (self._revisions[change.key], verdict.observed)
            self.recall.names[change.key] = state
        return writes

    def _judge(self, change: PlannedName, verdict: ChangeResult) -> NameState:
        """Note one verdict for its owners; return the item that says how things stand."""
        owners = change.owners | self.touching(change.key)
        if verdict.status is Status.DONE:
            if change.changes:
                zone_id = change.key.zone_id
                self.outcome.changes.extend((zone_id, each) for each in change.changes)
                self.outcome.removed += change.deletes
                self.outcome.changed |= owners
            return change.settled()
        if verdict.observed is not None:
            self._stale[change.key] = verdict.observed
        if verdict.status is Status.REJECTED:
            self._reject(change, verdict.reason, owners)
        elif verdict.status in (Status.DRIFTED, Status.HELD_BACK) or verdict.observed is not None:
            self.again |= owners
        else:
            reason = f"{verdict.status.value}: {verdict.reason}"
            self.outcome.failed.update(dict.fromkeys(owners, reason))
        return change.intended(0) if verdict.status is Status.UNKNOWN else change.undone()

    def _reject(self, change: PlannedName, reason: str, owners: Iterable[str]) -> None:
        self.barred.add(change.key)
        self.again |= self.touching(change.key)
        kinds = ", ".join(sorted({each.type for each in change.changes}))
        for owner in owners:
            self.outcome.rejected[owner] = reason
            self.outcome.refusals[Refusal(owner, change.key.name, kinds, reason)] = None

    def shrink_owners(self) -> list[Write]:
        """Return the items of owners that lose names: to be written after the names are."""
        writes = []
        for owner in self.pending.keys() - self._contested:
            state = self.recall.owners.get(owner)
            if state is None:
                continue
            kept = frozenset(key for key in state.names if self._matters(owner, key))
            if kept != state.names:
                revision = self._revisions.get(owner, state.revision)
                writes.append(Write(OwnerState(owner, revision, kept)))
        return writes

    def _matters(self, owner: str, key: NameKey) -> bool:
        """Tell whether an owner claims a name, or what it claimed may still be there."""
        if key in self.recall.elsewhere:
            return True
        state = self.recall.names.get(key)
        return state is not None and (owner in state.claims or state.intent is not None)

    def confirm(self, writes: Iterable[Write], written: Mapping[NameKey | str, str]) -> None:
        """Note which names are settled, and which were lost: their lease ran out before."""
        for write in writes:
            if not isinstance(write.item, NameState):
                continue
            key = write.item.key
            if key not in written:
                self._new_suspects.add(key)
                self.lose(key)
            elif key in self._stale:
                self.learnt[key] = (written[key], self._stale[key])

    def lose(self, key: NameKey) -> None:
        """Note that another writer has a name: its owners go again, and keep what they may have."""
        self._contested |= self.touching(key)
        self.again |= self.touching(key)


_LEDGER_ONLY = ChangeResult(Status.DONE)
