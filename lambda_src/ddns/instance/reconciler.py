"""Making ledger and zones agree with what is desired, safely beside other workers.

One worker writes at a time, the one that has the ledger's head. It reads the head, then looks at
EC2, then plans. Its first intents take the head, on condition that it is as it was read: so a look
that is older than another worker's changes nothing. Then it sends the change batches. At last it
writes the items as they are now and gives the head back. ``docs/adr/0005-one-writer.md`` says why
each step is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ddns.applying import Applied, Applier
from ddns.core.errors import ConflictError, DdnsError, NoSuchZoneError
from ddns.core.head import Head
from ddns.core.instance.adoption import Adoption
from ddns.core.instance.allowed import AllowedNames
from ddns.core.instance.attempt import Attempt, changes
from ddns.core.instance.desired import Desired
from ddns.core.instance.items import ExistsError, OwnerState, Write
from ddns.core.instance.plan import Plan, Terms
from ddns.core.instance.policy import Policy, sync
from ddns.core.records import NOTHING, NameKey
from ddns.core.results import Status
from ddns.instance.outcome import Outcome

if TYPE_CHECKING:
    from ddns.instance.ports import Ledger
    from ddns.instance.zones import ZoneKeeper
    from ddns.ports import Clock

# A request to Route 53 lasts this long at most (its time-outs), and may take effect this much
# later. It is sent only if the head is held for both together.
_REQUEST = 13.0
_LATE = 10.0
# How long to wait for another worker: then the message comes again.
_PATIENCE = 8.0
# How often a plan may turn out to be wrong within one attempt.
_ROUNDS = 5

DRAINING = (
    'draining: no record is written, and those of this deployment go; {"drain": false} ends that'
)

Look = Callable[[Collection[str], Mapping[str, OwnerState]], Iterable[Desired]]
"""Returns what each of some owners should have, as of now, given their items.

An owner without an answer waits for another message.
"""


class Settings(NamedTuple):
    """The settings that planning needs; see ``Terms``."""

    ttl: int
    policy: Policy = sync
    adopt: Adoption = Adoption()


class Start(NamedTuple):
    """What a caller has read already: the head, then the desired states, then the items."""

    head: Head
    owners: dict[str, OwnerState]
    desired: Sequence[Desired]


class Reconciler:
    """Reads, plans, intends, applies and confirms, until all agree or time is up."""

    def __init__(
        self,
        ledger: Ledger,
        applier: Applier,
        clock: Clock,
        settings: Settings,
        zones: ZoneKeeper,
        allowed: AllowedNames,
    ) -> None:
        """Take the parts.

        Args:
            ledger: what was written.
            applier: what sends changes.
            clock: the clock.
            settings: what planning needs.
            zones: knows the zones that may be written to; names in others are left as they are,
                and those of zones that are gone forgotten.
            allowed: the names that may be written; others are left as they are.
        """
        self._ledger = ledger
        self._applier = applier
        self._clock = clock
        self._settings = settings
        self._zones = zones
        self._allowed = allowed

    @property
    def terms(self) -> Terms:
        """The terms on which to plan now."""
        return Terms(*self._settings, now=int(self._clock.now() * 1000))

    def untouchable(self, keys: Collection[NameKey]) -> dict[NameKey, str]:
        """Return those names of the ledger that may not be written to (any more), and why.

        The function's role has the same limits: to try it would fail each time, for ever.
        """
        zone_ids = self._zones.zone_ids({key.zone_id for key in keys})
        reasons = {
            key: self._allowed.objection(key.name)
            if key.zone_id in zone_ids
            else "the zone is no longer in hosted_zones"
            for key in keys
        }
        return {key: reason for key, reason in reasons.items() if reason}

    def reconcile(
        self,
        owners: Collection[str],
        look: Look,
        outcome: Outcome,
        deadline: float,
        *,
        names: Collection[NameKey] = (),
        start: Start | None = None,
        max_deletes: int | None = None,
        dry_run: bool = False,
    ) -> Head | None:
        """Give owners what they should have before ``deadline`` (epoch seconds).

        Args:
            owners: whom to look at.
            look: returns what they should have; called again where another worker came first.
            outcome: where to note what was done, and what has to be tried again.
            deadline: when to stop.
            names: names to compare with their zones, whoever claims them.
            start: what was read already, for the first attempt.
            max_deletes: how many record sets may go for good; if more would, none does.
            dry_run: whether to plan only.

        Returns:
            The head as this worker left it. None where another worker came in between, or a request
            is in doubt: then the rest of ``start`` must be read again.
        """
        patience = min(deadline, self._clock.now() + _PATIENCE)
        attempt, blind = 0, True
        while True:
            try:
                opened = start or self._open(owners, look, patience)
                if opened is None:
                    break
                made = self._attempt(opened, names, max_deletes, outcome, blind=blind)
                unread = {*names, *self._unread(made)}
                self._look(made, unread, outcome, deadline, dry_run=dry_run)
                if dry_run:
                    self._report_plan(made, outcome)
                    return None
                head = self._execute(made, opened.head, outcome, deadline)
            except ConflictError as err:
                blind = blind and not isinstance(err, ExistsError)
                start = None
            else:
                return None if start is None else head
            attempt += 1
            if not self._applier.pause(attempt, patience):
                break
        reason = "another worker is at work: this message comes again"
        outcome.failed.update(dict.fromkeys(owners or {key.name for key in names}, reason))
        return None

    # ------------------------------------------------------------ reading

    def _open(self, owners: Collection[str], look: Look, patience: float) -> Start | None:
        """Read the head and the owners, then look at them; None where the head stays held."""
        attempt = 0
        while True:
            head, states = self._ledger.open(owners)
            if not head.held(self._clock.now()):
                if head.draining:
                    return Start(head, states, [Desired(owner) for owner in sorted(owners)])
                return Start(head, states, list(look(owners, states)))
            while head.held(self._clock.now()):
                attempt += 1
                if not self._applier.pause(min(attempt, 2), patience):
                    return None
                head = self._ledger.head()

    def _attempt(
        self,
        start: Start,
        names: Collection[NameKey],
        max_deletes: int | None,
        outcome: Outcome,
        *,
        blind: bool,
    ) -> Attempt:
        """Read the names that owners have or want.

        Names that only new owners want are taken for new at first, which saves a request: they are
        written on condition that they are.
        """
        desired = {each.owner: each for each in start.desired}
        terms = self.terms
        if start.head.draining:
            outcome.warnings[DRAINING] = None
            terms = terms._replace(policy=sync)
        known = {key for state in start.owners.values() for key in state.names} | set(names)
        wanted = Counter(key for each in desired.values() for key in each.names)
        newcomers = [d for owner, d in desired.items() if owner not in start.owners]
        # A name that several want is shared: it is there more often than not.
        unread = {key for d in newcomers for key in d.names if wanted[key] == 1} - known
        read = (known | wanted.keys()) - unread if blind else known | wanted.keys()
        stored = self._ledger.names(read) if read else {}
        gone = self._zones.gone({key.zone_id for key in stored})
        untouchable = self.untouchable([key for key in stored if key.zone_id not in gone])
        elsewhere = {key: stored.pop(key) for key in untouchable}
        for key, reason in untouchable.items():
            outcome.warnings[f"{key.name} stays in zone {key.zone_id}: {reason}"] = None
        attempt = Attempt(
            terms,
            desired,
            {owner: each for owner, each in start.owners.items() if owner in desired},
            stored,
            elsewhere,
            new=blind,
            max_deletes=max_deletes,
        )
        for zone_id in gone:
            attempt.forget(zone_id)
        return attempt

    @staticmethod
    def _unread(attempt: Attempt) -> frozenset[NameKey]:
        """Return the names that another worker may have been about to change."""
        return frozenset(key for key, each in attempt.stored.items() if each.intent is not None)

    def _look(
        self,
        attempt: Attempt,
        keys: Iterable[NameKey],
        outcome: Outcome,
        deadline: float,
        *,
        dry_run: bool,
    ) -> None:
        """Read names of zones; nothing is done about those that cannot be read."""
        by_zone: dict[str, list[NameKey]] = {}
        gone = self._zones.gone({key.zone_id for key in attempt.names})
        for key in sorted(set(keys) & attempt.names.keys()):
            if key.zone_id in gone:
                continue
            by_zone.setdefault(key.zone_id, []).append(key)
        for zone_id, each in by_zone.items():
            counts = Applied()
            try:
                read = self._applier.read(counts, zone_id, [key.name for key in each], deadline)
            except NoSuchZoneError as err:
                self._forget(attempt, zone_id, each, outcome, str(err), dry_run=dry_run)
            except DdnsError as err:
                attempt.fail(each, str(err))
            else:
                attempt.observed |= {key: read.get(key.name, NOTHING) for key in each}
            outcome.throttles += counts.throttles

    def _forget(
        self,
        attempt: Attempt,
        zone_id: str,
        keys: Iterable[NameKey],
        outcome: Outcome,
        reason: str,
        *,
        dry_run: bool = False,
    ) -> None:
        """Forget a zone that Route 53 does not know, or fail its names if nobody is sure."""
        if dry_run:
            attempt.forget(zone_id)
        elif self._zones.note_gone(zone_id, outcome):
            made = self._zones.is_made(zone_id)
            attempt.forget(zone_id, "its reverse zone was deleted: it is made again" * made)
        else:
            attempt.fail(keys, reason)

    # ------------------------------------------------------------ writing

    def _execute(
        self, attempt: Attempt, head: Head, outcome: Outcome, deadline: float
    ) -> Head | None:
        """Carry an attempt out, round after round, then give the head back."""
        hold = Hold(self._ledger, self._clock, head)
        applied = Applied()
        for _ in range(_ROUNDS):
            planned = attempt.plan()
            outcome.warnings.update(dict.fromkeys(planned.warnings))
            attempt.refusals.update(dict.fromkeys(planned.refusals))
            if not planned.names:
                break
            displaced = attempt.displaced(planned)
            states = self._ledger.owners(displaced).values() if displaced else ()
            intents = attempt.intents(planned, states)
            if intents:
                hold.write(intents)
            applied.results.clear()
            self._applier.apply(changes(planned), deadline, applied, hold.covers_a_request)
            again = attempt.note(planned, applied.results)
            for zone_id in applied.gone:
                keys = [each.key for each in planned.names if each.key.zone_id == zone_id]
                self._forget(attempt, zone_id, keys, outcome, Status.GONE.value)
            applied.gone.clear()
            if not again:
                break
        else:
            changing = [each.key for each in attempt.plan().names]
            attempt.fail(changing, "the zone changes while it is written to")
        outcome.throttles += applied.throttles
        # What was sent and not answered may still take effect: nobody else may write before that.
        hold.write(attempt.final(), release=not applied.doubts)
        outcome.take(attempt)
        return hold.head if not applied.doubts else None

    @staticmethod
    def _report_plan(attempt: Attempt, outcome: Outcome) -> None:
        planned: Plan = attempt.plan()
        outcome.planned += planned.names
        outcome.warnings.update(dict.fromkeys(planned.warnings))
        attempt.refusals.update(dict.fromkeys(planned.refusals))
        outcome.take(attempt)


class Hold:
    """The head in the hands of this worker."""

    def __init__(self, ledger: Ledger, clock: Clock, head: Head) -> None:
        """Take the head as it was read."""
        self._ledger = ledger
        self._clock = clock
        self.head = head

    def write(self, writes: Sequence[Write], *, release: bool = False) -> None:
        """Write items and the head.

        Raises:
            ConflictError: another worker has, or had, the head.
            ExistsError: an item that was taken for new exists; the head is given back.
        """
        try:
            self.head = self._ledger.write(self.head, writes, release=release)
        except ExistsError as err:
            if err.head.until:
                self._ledger.write(err.head, (), release=True)
            raise

    def covers_a_request(self) -> bool:
        """Tell whether a request to Route 53 takes effect, if at all, while the head is held."""
        if self._outlasts():
            return True
        try:
            self.write(())
        except DdnsError:
            return False
        return self._outlasts()

    def _outlasts(self) -> bool:
        return self.head.until >= (self._clock.now() + _REQUEST + _LATE) * 1000
