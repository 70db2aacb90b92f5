"""Making ledger and zones agree with what is desired, beside other writers and after crashes.

Order of writing: the intent into the ledger, on condition that nobody else wrote since it was read;
then the change batch; then the settled item. While an intent stands, its lease keeps others off the
name. A writer that was cut short leaves an intent whose lease runs out: who comes next looks at the
zone before it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ddns.applying import Applied, Applier
from ddns.core.errors import DdnsError
from ddns.core.instance.desired import Desired
from ddns.core.instance.plan import Plan, Terms, plan
from ddns.core.instance.policy import Policy, sync
from ddns.core.records import (
    NOTHING,
    NameKey,
    Observed,
    Recall,
    Write,
)
from ddns.instance.outcome import Outcome
from ddns.instance.passes import Pass

if TYPE_CHECKING:
    from ddns.ports import Clock, Ledger

# A request that was sent before its sender died may still take effect for a while.
_LEASE_MARGIN = 60.0
# Most name changes between two ledger writes, so that a crash leaves few of them in doubt.
_STRIDE = 2000
# How long to wait for other writers: their message and this one both come again.
_PATIENCE = 5.0


class Deal(NamedTuple):
    """The settings that planning needs; see ``Terms``."""

    ttl: int
    policy: Policy = sync
    adopt: frozenset[str] = frozenset()


class Settler:
    """Reconciles: recall, plan, intend, apply, confirm, until all agree or time is up."""

    def __init__(self, ledger: Ledger, applier: Applier, clock: Clock, deal: Deal) -> None:
        """Take the ledger, what applies changes, the clock, and the terms."""
        self._ledger = ledger
        self._applier = applier
        self._clock = clock
        self._deal = deal

    def plan(
        self,
        desired: Iterable[Desired],
        recall: Recall,
        observed: Mapping[NameKey, Observed] | None = None,
        held: frozenset[NameKey] = frozenset(),
    ) -> Plan:
        """Plan the desired state against items of the ledger."""
        terms = Terms(
            self._deal.ttl,
            self._deal.policy,
            self._deal.adopt,
            now=int(self._clock.now() * 1000),
        )
        return plan(recall.names, desired, terms, observed=observed, held=held)

    def settle(
        self,
        owners: Iterable[str],
        look: Callable[[Collection[str]], Iterable[Desired]],
        outcome: Outcome,
        deadline: float,
        *,
        zone_ids: Callable[[Collection[str]], Collection[str]],
    ) -> None:
        """Look at owners and reach their desired state before ``deadline`` (epoch seconds).

        Their items are read before ``look`` is called, and every one of them is written again
        before anything is sent. So of two workers with the same owner the one with the older look
        loses, and looks again.

        Args:
            owners: whom to look at.
            look: returns what each of some owners should have, as of now; an owner without one
                waits for another message. It is called again for those that have to go again.
            outcome: where to note what was done.
            deadline: when to give up and report the rest as failed.
            zone_ids: returns the zones that may be written to, given the zones of names that the
                ledger has; names in others are left as they are.
        """
        now = Pass(frozenset(owners), outcome, deadline)
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
        desired: Iterable[Desired],
        recall: Recall,
        observed: Mapping[NameKey, Observed],
        outcome: Outcome,
        deadline: float,
        max_deletes: int,
    ) -> set[str]:
        """Plan what is desired and every name of a recall, and carry it out, once.

        Args:
            desired: one for each owner, from a look that is younger than the recall.
            recall: the whole ledger.
            observed: what zones hold, if that was read after ``recall`` was.
            outcome: where to note what was done.
            deadline: when to stop.
            max_deletes: the most record sets to delete; if more are to go, none does.

        Returns:
            The owners that have to be looked at again.
        """
        now = Pass(frozenset(), outcome, deadline)
        now.recall = recall
        now.take(desired)
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
        now: Pass,
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
        for owner, desired in now.pending.items():
            if owner in known or not blind:
                names |= desired.names.keys()
        if names:
            now.recall.names.update(self._ledger.recall((), names).names)
        _within(zone_ids, now.recall, now.outcome)
        now.set_aside()

    def _plan(self, now: Pass) -> Plan:
        """Plan; where a look at a zone is needed first, look and plan again."""
        failed = self._look(now.suspects, now)
        planned = self.plan(now.pending.values(), now.recall, now.observed(), now.held)
        if planned.unread:
            failed |= self._look(planned.unread, now)
            planned = self.plan(now.pending.values(), now.recall, now.observed(), now.held)
        for key, reason in failed.items():
            now.outcome.failed.update(dict.fromkeys(now.touching(key), reason))
        for key in planned.busy:
            now.lose(key)
        now.outcome.refusals.update(dict.fromkeys(planned.refusals))
        now.outcome.warnings.update(dict.fromkeys(planned.warnings))
        return planned

    def _look(self, keys: Iterable[NameKey], now: Pass) -> dict[NameKey, str]:
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

    def _execute(self, planned: Plan, now: Pass, *, touch: bool) -> None:
        """Carry a plan out, part by part; with ``touch`` every owner's item is written anew."""
        growth = now.renew_owners(planned.names, touch=touch)
        applied = Applied()
        for start in range(0, len(planned.names), _STRIDE) or (0,):
            if start and self._clock.now() > now.deadline:
                now.give_up(planned.names[start:])
                break
            part = now.possible(planned.names[start : start + _STRIDE])
            lease = max(now.deadline, self._clock.now()) + _LEASE_MARGIN
            if start:
                growth = now.hold_owners(part)
            writes = now.intents(growth, part, int(lease * 1000))
            ready = now.standing(part, growth, self._write(writes), applied)
            self._applier.apply((c.change for c in ready if c.changes), now.deadline, applied)
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
