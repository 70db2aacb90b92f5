"""The bookkeeping of one attempt to reconcile; pure: its caller reads, sends and writes.

An attempt goes in rounds, all within one hold of the head: plan, write the intents, send the
changes, note what became of them. Another round follows where a zone held something else than the
ledger said, or refused a name for good. The last write gives the head back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ddns.core.changes import NameChange
from ddns.core.instance.desired import Desired, without
from ddns.core.instance.items import NameState, OwnerState, Write
from ddns.core.instance.plan import Plan, PlannedName, Terms, digest, plan
from ddns.core.records import NameKey, Observed, Refusal
from ddns.core.results import ChangeResult, Status

_NEVER = (Status.REJECTED, Status.FULL)
_NOT_NOW = (Status.NOT_NOW, Status.DENIED, Status.UNKNOWN)


class Attempt:
    """What is known of some owners and names, what is to be, and what became of it.

    Attributes:
        terms: the terms on which to plan.
        desired: what each owner should have; an owner without an entry is left alone.
        owners: the owners' items as the ledger has them.
        stored: the names' items as the ledger has them.
        names: the names' items as they are, what was sent meanwhile included.
        observed: what zones were seen to hold since the head was read.
        elsewhere: items of names that may not be written to (any more).
        new: whether names without an item were not read: they are taken for new.
        max_deletes: how many record sets may go for good, None for any number.
        failed: owners to be tried again, and why; a name where it has no owner here.
        rejected: owners with a name that a zone never takes, and why.
        done: the names that were changed, round after round.
        refusals: what cannot be, with the reason.
        withheld: names that were left alone because their deletes are too many.
    """

    def __init__(
        self,
        terms: Terms,
        desired: dict[str, Desired],
        owners: dict[str, OwnerState],
        stored: dict[NameKey, NameState],
        elsewhere: dict[NameKey, NameState] | None = None,
        *,
        new: bool = False,
        max_deletes: int | None = None,
    ) -> None:
        """Take what was read; see the attributes of the same names."""
        self.terms = terms
        self.desired = desired
        self.owners = owners
        self.stored = stored
        self.elsewhere = elsewhere or {}
        self.new = new
        self.max_deletes = max_deletes
        self.names = dict(stored)
        self.observed: dict[NameKey, Observed] = {}
        self.failed: dict[str, str] = {}
        self.rejected: dict[str, str] = {}
        self.done: list[PlannedName] = []
        self.refusals: dict[Refusal, None] = {}
        self.withheld: dict[NameKey, PlannedName] = {}
        self._barred: set[NameKey] = set()

    def plan(self) -> Plan:
        """Plan what is left to do; owners that failed are left alone."""
        desired = [without(d, self._barred) for d in self.desired.values() if self._active(d.owner)]
        names = {key: each for key, each in self.names.items() if key not in self._barred}
        return self._within(plan(names, desired, self.terms, observed=self.observed))

    def _active(self, owner: str) -> bool:
        return owner not in self.failed

    def _within(self, planned: Plan) -> Plan:
        """Leave names with deletes alone, if all deletes together are more than may be done."""
        gone = sum(each.deletes for each in self.done)
        if self.max_deletes is None or gone + planned.deletes <= self.max_deletes:
            return planned
        self.withheld |= {each.key: each for each in planned.names if each.deletes}
        return planned._replace(names=tuple(e for e in planned.names if not e.deletes))

    def fail(self, keys: Iterable[NameKey], reason: str) -> None:
        """Note that nothing can be done about some names now."""
        keys = set(keys)
        for key in keys:
            self._barred.add(key)
            self._fail(key, self._touching(key), reason)

    def forget(self, zone_id: str, retry: str = "") -> None:
        """Forget a zone that is gone: its items, and what is wanted there.

        Args:
            zone_id: which one.
            retry: why who wanted something there is to be tried again; empty where nobody is.
        """
        wanted = {k for d in self.desired.values() for k in d.names if k.zone_id == zone_id}
        if retry:
            for key in sorted(wanted):
                self._fail(key, self._touching(key), retry)
        for key in [key for key in self.names if key.zone_id == zone_id]:
            self.names[key] = NameState(key)
            self.observed.pop(key, None)
        self.desired = {o: without(each, wanted) for o, each in self.desired.items()}

    def _fail(self, key: NameKey, owners: Iterable[str], reason: str) -> None:
        owners = set(owners) or {key.name}
        self.failed.update((owner, reason) for owner in owners if owner not in self.failed)

    def _touching(self, key: NameKey) -> set[str]:
        """Return the owners here that have to do with a name."""
        claims = self.names[key].claims.keys() if key in self.names else ()
        wanting = {d.owner for d in self.desired.values() if key in d.names}
        return wanting | (self.desired.keys() & claims)

    def displaced(self, planned: Plan) -> set[str]:
        """Return the owners that are not looked at and whose claims a plan refuses."""
        return {
            owner
            for each in planned.names
            for owner, claim in each.before.claims.items()
            if owner not in self.desired and each.claims.get(owner) != claim
        }

    def intents(self, planned: Plan, displaced: Iterable[OwnerState] = ()) -> list[Write]:
        """Return what to write before the changes of a plan are sent: owners first.

        An owner's item has every name before the name has the owner's claim. So a name is never
        out of reach, wherever a worker is cut short. The items of displaced owners no longer say
        that all is fulfilled: so each sweep looks at them, until they have what they should again.
        """
        gained: dict[str, set[NameKey]] = {}
        for each in planned.names:
            for owner in (each.owners | each.claims.keys() | each.waiting) & self.desired.keys():
                gained.setdefault(owner, set()).add(each.key)
        writes = [Write(each._replace(fulfilled="")) for each in displaced if each.fulfilled]
        for owner, keys in sorted(gained.items()):
            state = self.owners.get(owner, OwnerState(owner))
            after = OwnerState(owner, state.names | keys)
            if after != state:
                self.owners[owner] = after
                writes.append(Write(after))
        for each in planned.names:
            if each.changes:
                new = self.new and each.key not in self.stored
                self.names[each.key] = self.stored[each.key] = each.intended()
                writes.append(Write(self.names[each.key], new))
        return writes

    def note(self, planned: Plan, results: Mapping[NameKey, ChangeResult]) -> bool:
        """Note what became of a plan; return whether another round may lead further."""
        again = False
        for each in planned.names:
            if not each.changes:
                self.names[each.key] = each.confirmed()
                continue
            result = results.get(each.key, ChangeResult(Status.NOT_NOW, "time is up"))
            again |= self._note(each, result)
        return again

    def _note(self, each: PlannedName, result: ChangeResult) -> bool:
        key, status = each.key, result.status
        if status is Status.DONE:
            self.names[key] = each.confirmed()
            self.done.append(each)
            self.observed.pop(key, None)
            return False
        self.names[key] = each.intended() if status is Status.UNKNOWN else each.before
        if status is Status.UNKNOWN:
            # What was seen before the request says nothing about the zone after it.
            self.observed.pop(key, None)
        if status is Status.DRIFTED and result.observed is not None:
            self.observed[key] = result.observed
        elif status in _NEVER:
            self._bar(each, result)
        elif status in _NOT_NOW:
            self._fail(key, each.owners, f"{status.value}: {result.reason}")
            return False
        return True

    def _bar(self, each: PlannedName, result: ChangeResult) -> None:
        self._barred.add(each.key)
        kinds = ", ".join(sorted({change.type for change in each.changes}))
        for owner in each.owners or {each.key.name}:
            self.refusals[Refusal(owner, each.key.name, kinds, result.reason)] = None
            if result.status is Status.REJECTED:
                self.rejected[owner] = result.reason

    def freed(self) -> set[str]:
        """Return the owners that waited for a name and may have it now."""
        waiting = {owner for each in self.done for owner in each.freed}
        for state in self.names.values():
            waiting |= frozenset() if state.claims else state.waiting
        return waiting - self.desired.keys()

    def final(self) -> list[Write]:
        """Return what to write when the head is given back: names first."""
        names = [
            Write(state)
            for key, state in sorted(self.names.items())
            if state != self.stored.get(key, NameState(key))
        ]
        names += [Write(state) for state in self._released()]
        owners = [
            Write(after)
            for owner in sorted(self.desired)
            if (after := self._owner(owner)) != self.owners.get(owner, OwnerState(owner))
        ]
        return names + owners

    def _released(self) -> Iterator[NameState]:
        """Yield items of names elsewhere, without the claims of instances that are gone.

        The record sets stay as they are: nothing may be written there.
        """
        gone = {each.owner for each in self.desired.values() if each.gone}
        for key, state in sorted(self.elsewhere.items()):
            claims = {owner: each for owner, each in state.claims.items() if owner not in gone}
            left = state._replace(claims=claims) if claims else NameState(key)
            self.elsewhere[key] = left
            if left != state:
                yield left

    def _owner(self, owner: str) -> OwnerState:
        """Return an owner's item: its names, and the digest of what is fulfilled."""
        before = self.owners.get(owner, OwnerState(owner))
        names = frozenset(key for key in before.names if self._matters(owner, key))
        if not self._active(owner):
            return before._replace(names=names)
        refused = {refusal.owner for refusal in self.refusals} | {
            each for planned in self.withheld.values() for each in planned.owners
        }
        fulfilled = "" if owner in refused else digest(self.desired[owner], self.terms)
        return OwnerState(owner, names, fulfilled if names else "")

    def _matters(self, owner: str, key: NameKey) -> bool:
        """Tell whether an owner has to do with a name, or what it claimed may still be there."""
        state = self.names.get(key) or self.elsewhere.get(key)
        if state is None:
            return False
        return owner in state.claims or owner in state.waiting or state.intent is not None


def changes(planned: Plan) -> list[NameChange]:
    """Return what to send of a plan."""
    return [each.change for each in planned.names if each.changes]
