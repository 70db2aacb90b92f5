"""Making ledger and zones agree with wishes, safely beside other writers and after crashes.

Order of writing: the intent into the ledger, on condition that nobody else wrote since it was read;
then the change batch; then the settled item. While an intent stands, its lease keeps others off the
name. A writer that was cut short leaves an intent whose lease runs out: who comes next looks at the
zone before it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ddns.applying import Applied, Applier, Fate, Verdict
from ddns.core.errors import DdnsError
from ddns.core.plan import NameChange, Plan, Terms, plan
from ddns.core.policy import Policy, sync
from ddns.core.records import (
    NOTHING,
    Change,
    NameKey,
    NameState,
    Observed,
    OwnerState,
    Refusal,
)
from ddns.core.wishes import Wish, without
from ddns.ports import Clock, Ledger, Recall, Write

# A request that was sent before its sender died may still take effect for a while.
_LEASE_MARGIN = 60.0
# Most name changes between two ledger writes, so that a crash leaves few of them in doubt.
_STRIDE = 2000
# How long to wait for other writers: their message and this one both come again.
_PATIENCE = 5.0


@dataclass(slots=True)
class Outcome:
    """What was done, and what was not.

    Attributes:
        changes: every change that took effect, in order, with its zone's id.
        removed: how many record sets went for good.
        refusals: planned "no"s, each once.
        warnings: what somebody should look at.
        failed: owners whose wish is not fulfilled yet, with the reason: try again.
        rejected: owners with a name that Route 53 never takes, with its reason.
        changed: owners for whom something was written or removed.
        idle: owners that want nothing and had nothing.
        throttles: how often Route 53 said to come back later.
        withheld: deletes that the safety valve held back.
        plan: what would be done, where nothing was to be done.
    """

    changes: list[tuple[str, Change]] = field(default_factory=list)
    removed: int = 0
    refusals: dict[Refusal, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    idle: set[str] = field(default_factory=set)
    throttles: int = 0
    withheld: int = 0
    plan: Plan | None = None


class Deal(NamedTuple):
    """The settings that planning needs; see ``Terms``."""

    ttl: int
    policy: Policy = sync
    adopt: frozenset[str] = frozenset()


class Settler:
    """Fulfils wishes: recall, plan, intend, apply, confirm, until all agree or time is up."""

    def __init__(self, ledger: Ledger, applier: Applier, clock: Clock, deal: Deal) -> None:
        """Take the ledger, what applies changes, the clock, and the terms."""
        self._ledger = ledger
        self._applier = applier
        self._clock = clock
        self._deal = deal

    def plan(
        self,
        wishes: Iterable[Wish],
        recall: Recall,
        observed: Mapping[NameKey, Observed] | None = None,
        held: frozenset[NameKey] = frozenset(),
    ) -> Plan:
        """Plan wishes against items of the ledger."""
        terms = Terms(
            self._deal.ttl,
            self._deal.policy,
            self._deal.adopt,
            now=int(self._clock.now() * 1000),
        )
        return plan(recall.names, wishes, terms, observed=observed, held=held)

    def settle(
        self,
        owners: Iterable[str],
        look: Callable[[Collection[str]], Iterable[Wish]],
        outcome: Outcome,
        deadline: float,
        *,
        zone_ids: Callable[[Collection[str]], Collection[str]],
    ) -> None:
        """Look at owners and fulfil their wishes before ``deadline`` (epoch seconds).

        Their items are read before ``look`` is called, and every one of them is written again
        before anything is sent. So of two workers with the same owner the one with the older look
        loses, and looks again.

        Args:
            owners: whom to look at.
            look: returns the wish of each of some owners, as of now; an owner without one waits
                for another message. It is called again for those that have to go again.
            outcome: where to note what was done.
            deadline: when to give up and report the rest as failed.
            zone_ids: returns the zones that may be written to, given the zones of names that the
                ledger has; names in others are left as they are.
        """
        now = _Pass(frozenset(owners), outcome, deadline)
        attempt = 0
        patience = min(deadline, self._clock.now() + _PATIENCE)
        while now.owners:
            now.recall = self._ledger.recall(now.owners, ())
            now.take(look(now.owners))
            self._recall_names(now, zone_ids, blind=attempt == 0)
            now.index()
            self._execute(self._plan(now), now, touch=True)
            now = now.next()
            attempt += 1
            if now.owners and not self._applier.pause(attempt, patience):
                reason = "not settled in time: another writer is at work, or the zone changes"
                outcome.failed.update(dict.fromkeys(now.owners, reason))
                return

    def sweep(
        self,
        wishes: Iterable[Wish],
        recall: Recall,
        observed: Mapping[NameKey, Observed],
        outcome: Outcome,
        deadline: float,
        max_deletes: int,
    ) -> set[str]:
        """Fulfil wishes and plan every name of a recall, once.

        Args:
            wishes: one for each owner, from a look that is younger than the recall.
            recall: the whole ledger.
            observed: what zones hold, if that was read after ``recall`` was.
            outcome: where to note what was done.
            deadline: when to stop.
            max_deletes: the most record sets to delete; if more are to go, none does.

        Returns:
            The owners that have to be looked at again.
        """
        now = _Pass(frozenset(), outcome, deadline)
        now.recall = recall
        now.take(wishes)
        now.index()
        now.learn(observed)
        planned = self._plan(now)
        if planned.deletes > max_deletes:
            outcome.withheld = planned.deletes
            planned = planned.without_deletes()
        self._execute(planned, now, touch=False)
        return set(now.next().owners)

    def scan(
        self, zone_ids: Callable[[Collection[str]], Collection[str]], outcome: Outcome
    ) -> Recall:
        """Read the whole ledger, without the names of zones that may not be written to."""
        return _within(zone_ids, self._ledger.scan(), outcome)

    def _recall_names(
        self,
        now: _Pass,
        zone_ids: Callable[[Collection[str]], Collection[str]],
        *,
        blind: bool,
    ) -> None:
        """Read the names of the pending owners.

        Names that only new owners want are taken for new at first, which saves the request: the
        intent is written on condition that they are.
        """
        known = now.recall.owners
        names = {key for state in known.values() for key in state.names}
        for owner, wish in now.pending.items():
            if owner in known or not blind:
                names |= wish.names.keys()
        if names:
            now.recall.names.update(self._ledger.recall((), names).names)
        _within(zone_ids, now.recall, now.outcome)
        now.set_aside()

    def _plan(self, now: _Pass) -> Plan:
        """Plan; where a look at a zone is needed first, look and plan again."""
        failed = self._look(now.suspects, now)
        planned = self.plan(now.pending.values(), now.recall, now.observed(), now.held)
        if planned.unread:
            failed |= self._look(planned.unread, now)
            planned = self.plan(now.pending.values(), now.recall, now.observed(), now.held)
        for key, reason in failed.items():
            now.outcome.failed.update(dict.fromkeys(now.touching(key), reason))
        for key in planned.busy:
            now.again |= now.touching(key)
        now.outcome.refusals.update(dict.fromkeys(planned.refusals))
        now.outcome.warnings.update(dict.fromkeys(planned.warnings))
        return planned

    def _look(self, keys: Iterable[NameKey], now: _Pass) -> dict[NameKey, str]:
        """Read names of zones; return those that could not be read, and why."""
        by_zone: dict[str, list[NameKey]] = {}
        for key in sorted(keys):
            by_zone.setdefault(key.zone_id, []).append(key)
        failed: dict[NameKey, str] = {}
        for zone_id, each in by_zone.items():
            counts = Applied()
            try:
                names = [key.name for key in each]
                found = self._applier.read(counts, zone_id, names, now.deadline)
            except DdnsError as err:
                failed.update(dict.fromkeys(each, str(err)))
            else:
                now.learn({key: found.get(key.name, NOTHING) for key in each})
            now.outcome.throttles += counts.throttles
        return failed

    def _execute(self, planned: Plan, now: _Pass, *, touch: bool) -> None:
        """Carry a plan out, part by part; with ``touch`` every owner's item is written anew."""
        growth = now.renew_owners(planned.names, touch=touch)
        applied = Applied()
        for start in range(0, len(planned.names), _STRIDE) or (0,):
            if start and self._clock.now() > now.deadline:
                now.give_up(planned.names[start:])
                break
            part = now.possible(planned.names[start : start + _STRIDE])
            lease = max(now.deadline, self._clock.now()) + _LEASE_MARGIN
            writes = growth + [now.intent(change, int(lease * 1000)) for change in part]
            ready = now.standing(part, growth, self._write(writes), applied)
            growth = []
            self._applier.apply((c for c in ready if c.changes), now.deadline, applied)
            confirmed = now.judge(ready, applied)
            if start + _STRIDE >= len(planned.names):
                confirmed += now.shrink_owners()
            now.confirm(confirmed, self._write(confirmed))
        now.outcome.throttles += applied.throttles

    def _write(self, writes: list[Write]) -> Mapping[NameKey | str, str]:
        return self._ledger.write(writes) if writes else {}


def _within(
    zone_ids: Callable[[Collection[str]], Collection[str]], recall: Recall, outcome: Outcome
) -> Recall:
    """Forget names in zones that are no longer listed: nothing may be written there."""
    listed = zone_ids({key.zone_id for key in recall.names})
    for key in [key for key in recall.names if key.zone_id not in listed]:
        del recall.names[key]
        recall.elsewhere.add(key)
        reason = f"{key.name} stays in zone {key.zone_id}, which is no longer in hosted_zones"
        outcome.warnings[reason] = None
    return recall


@dataclass(slots=True, repr=False, eq=False)
class _Pass:
    """One pass over the pending owners: what is known, what was done, who has to go again."""

    owners: frozenset[str]
    outcome: Outcome
    deadline: float
    pending: dict[str, Wish] = field(default_factory=dict)
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

    def next(self) -> _Pass:
        """Return the pass over those that have to go again."""
        return _Pass(
            frozenset(self.again & self.pending.keys()) - self.outcome.failed.keys(),
            self.outcome,
            self.deadline,
            learnt=self.learnt,
            barred=self.barred,
            held=frozenset(self._still_held),
            suspects=frozenset(self._new_suspects),
        )

    def take(self, wishes: Iterable[Wish]) -> None:
        """Take the wishes, without names that were rejected; note who wants and has nothing."""
        self.pending = {wish.owner: without(wish, self.barred) for wish in wishes}
        self.outcome.idle = {
            owner
            for owner, wish in self.pending.items()
            if not wish.names and owner not in self.recall.owners
        } | (self.outcome.idle - self.pending.keys())

    def set_aside(self) -> None:
        """Leave names that were rejected as they are."""
        for key in self.barred & self.recall.names.keys():
            del self.recall.names[key]
            self.recall.elsewhere.add(key)

    def index(self) -> None:
        """Note which pending owners have to do with which name."""
        for owner, wish in self.pending.items():
            state = self.recall.owners.get(owner)
            for key in (*wish.names, *(state.names if state else ())):
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

    def renew_owners(self, changes: Iterable[NameChange], *, touch: bool) -> list[Write]:
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

    def possible(self, changes: Iterable[NameChange]) -> list[NameChange]:
        """Return the changes whose owners' items were not lost to another writer."""
        possible = []
        for change in changes:
            if self._owners_of(change) & self._lost:
                self._lose(change.key)
            else:
                possible.append(change)
        return possible

    def _owners_of(self, change: NameChange) -> frozenset[str]:
        return change.owners | (change.claims.keys() & self.pending.keys())

    def intent(self, change: NameChange, lease: int) -> Write:
        """Return the item to write before a change is sent."""
        return Write(change.intended(lease), self._owners_of(change) & self._renewed)

    def give_up(self, changes: Iterable[NameChange]) -> None:
        """Note that time is up for changes; nothing was written of them."""
        for change in changes:
            owners = change.owners | self.touching(change.key)
            self.outcome.failed.update(dict.fromkeys(owners, "time is up"))

    def standing(
        self,
        changes: Iterable[NameChange],
        growth: Iterable[Write],
        written: Mapping[NameKey | str, str],
        applied: Applied,
    ) -> list[NameChange]:
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
                applied.verdicts[change.key] = Verdict(Fate.HELD_BACK)
                self._lose(change.key)
        return ready

    def judge(self, ready: Iterable[NameChange], applied: Applied) -> list[Write]:
        """Note what became of each change; return the items to leave."""
        writes = []
        for change in ready:
            verdict = applied.verdicts[change.key] if change.changes else _LEDGER_ONLY
            state = self._judge(change, verdict)
            if verdict.fate is not Fate.DOUBTFUL:
                if change.changes:
                    writes.append(Write(replace(state, revision=self._revisions[change.key])))
            elif verdict.observed is not None:
                self._still_held.add(change.key)
                self.learnt[change.key] = (self._revisions[change.key], verdict.observed)
            self.recall.names[change.key] = state
        return writes

    def _judge(self, change: NameChange, verdict: Verdict) -> NameState:
        """Note one verdict for its owners; return the item that says how things stand."""
        owners = change.owners | self.touching(change.key)
        if verdict.fate is Fate.DONE:
            if change.changes:
                zone_id = change.key.zone_id
                self.outcome.changes.extend((zone_id, each) for each in change.changes)
                self.outcome.removed += change.deletes
                self.outcome.changed |= owners
            return change.settled()
        if verdict.observed is not None:
            self._stale[change.key] = verdict.observed
        if verdict.fate is Fate.REJECTED:
            self._reject(change, verdict.reason, owners)
        elif verdict.fate in (Fate.STALE, Fate.HELD_BACK) or verdict.observed is not None:
            self.again |= owners
        else:
            reason = f"{verdict.fate.value}: {verdict.reason}"
            self.outcome.failed.update(dict.fromkeys(owners, reason))
        return change.intended(0) if verdict.fate is Fate.DOUBTFUL else change.undone()

    def _reject(self, change: NameChange, reason: str, owners: Iterable[str]) -> None:
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
                self._lose(key)
            elif key in self._stale:
                self.learnt[key] = (written[key], self._stale[key])

    def _lose(self, key: NameKey) -> None:
        """Note that another writer has a name: its owners go again, and keep what they may have."""
        self._contested |= self.touching(key)
        self.again |= self.touching(key)


_LEDGER_ONLY = Verdict(Fate.DONE)
