"""From what the ledger says and what is desired to the changes that make them agree.

``plan`` does no I/O: it takes the ledger's items of every name involved and returns, for each name
that must change, the item to write before (the intent), the changes to send, and the item to write
after. A name that cannot be decided without looking at the zone is returned in ``unread``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ddns.core.changes import NameChange, replacement
from ddns.core.instance.adoption import Adoption
from ddns.core.instance.desired import Desired, Wanted
from ddns.core.instance.items import MAX_CLAIMS, Claim, NameState
from ddns.core.instance.policy import Policy, sync
from ddns.core.records import (
    MAX_VALUES,
    MAX_VALUES_OF_NAME,
    NOTHING,
    TYPES,
    Change,
    NameKey,
    Observed,
    RecordSet,
    RecordSets,
    Refusal,
)

FOREIGN = (
    "a record set that was not written by this deployment exists: it is left alone; if an earlier "
    "deployment of yours wrote it, give this one its table (table=) or let it be adopted (adopt=)"
)
"""Why a record set of somebody else is not changed, and what to do if it is one's own."""


class Terms(NamedTuple):
    """The terms on which to plan.

    Attributes:
        ttl: TTL of every record set, in seconds.
        policy: what may be done to record sets that are owned.
        adopt: which record sets may be taken over if somebody else made them.
        now: the time in milliseconds of the epoch.
    """

    ttl: int
    policy: Policy = sync
    adopt: Adoption = Adoption()
    now: int = 0


class PlannedName(NamedTuple):
    """What is to happen to one name, in its zone and in the ledger.

    Attributes:
        change: what to send to the zone; without changes where only the ledger changes.
        before: the item as the ledger, or a look at the zone, says that it is.
        claims: who claims the name afterwards.
        owners: the owners whose desired state led to this.
        waiting: who waits for the claims of others afterwards.
    """

    change: NameChange
    before: NameState
    claims: Mapping[str, Claim]
    owners: frozenset[str]
    waiting: frozenset[str] = frozenset()

    @property
    def key(self) -> NameKey:
        """The name that changes."""
        return self.before.key

    @property
    def changes(self) -> tuple[Change, ...]:
        """What to send to the zone."""
        return self.change.changes

    @property
    def deletes(self) -> int:
        """How many record sets go for good."""
        return self.change.deletes

    @property
    def freed(self) -> frozenset[str]:
        """Who may have the name now: they waited, and a claim is gone."""
        gone = self.before.claims.keys() - self.claims.keys()
        return self.before.waiting - self.claims.keys() if gone else frozenset()

    def intended(self) -> NameState:
        """Return the item to write before the changes are sent."""
        return self.before._replace(
            claims=self.claims, intent=self.change.result, waiting=self.waiting
        )

    def confirmed(self) -> NameState:
        """Return the item to write when the zone holds the result."""
        return self.before._replace(
            claims=self.claims, written=self.change.result, intent=None, waiting=self.waiting
        )


class Plan(NamedTuple):
    """The names to change, in order, and what is left alone, with reasons."""

    names: tuple[PlannedName, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: frozenset[NameKey] = frozenset()

    @property
    def deletes(self) -> int:
        """How many record sets it takes away for good."""
        return sum(planned.deletes for planned in self.names)


class _Draft:
    """A plan in the making."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.names: list[PlannedName] = []
        self.refusals: list[Refusal] = []
        self.warnings: list[str] = []
        self.unread: set[NameKey] = set()
        self.refused: set[tuple[str, NameKey]] = set()


def plan(
    states: Mapping[NameKey, NameState],
    desired: Iterable[Desired],
    terms: Terms,
    *,
    observed: Mapping[NameKey, Observed] | None = None,
) -> Plan:
    """Plan every name in ``states`` and every name that somebody desires.

    Args:
        states: the ledger's items; a name that is missing has no item.
        desired: one for each owner that is looked at; the claims of other owners stay, and those
            in zones that are undecided for an owner.
        terms: TTL, policy, adoption, time.
        observed: what zones hold, for the names that somebody looked up; an entry that is empty
            says that the zone holds nothing of that name.

    Returns:
        The plan; the same input gives the same plan, whatever its order.
    """
    by_owner = {each.owner: each for each in desired}
    draft = _Draft(terms)
    wanted = _by_name(by_owner.values())
    for key in _targets_first({*states, *wanted}, wanted):
        state = states.get(key) or NameState(key)
        seen = None if observed is None else observed.get(key)
        # A worker that was cut short may have changed the zone, or not.
        if state.intent is not None and seen is None:
            draft.unread.add(key)
        elif not _targets(wanted.get(key, {})) & draft.unread:
            _plan_name(draft, state, wanted.get(key, {}), by_owner, seen)
    return Plan(
        tuple(draft.names),
        tuple(sorted(draft.refusals)),
        tuple(draft.warnings),
        frozenset(draft.unread),
    )


_ByOwner = Mapping[str, tuple[Wanted, ...]]


def _by_name(desired: Iterable[Desired]) -> dict[NameKey, dict[str, tuple[Wanted, ...]]]:
    found: dict[NameKey, dict[str, tuple[Wanted, ...]]] = {}
    for each in desired:
        for key, wanted in each.names.items():
            found.setdefault(key, {})[each.owner] = wanted
    return found


def _targets(wanted: _ByOwner) -> set[NameKey]:
    return {w.target for each in wanted.values() for w in each if w.target}


def _targets_first(keys: set[NameKey], wanted: Mapping[NameKey, _ByOwner]) -> list[NameKey]:
    """Sort names, those that point to another name after all others."""
    return sorted(keys, key=lambda key: (bool(_targets(wanted.get(key, {}))), key))


def _plan_name(
    draft: _Draft,
    state: NameState,
    wanted: _ByOwner,
    desired: Mapping[str, Desired],
    seen: Observed | None,
) -> None:
    """Plan one name whose content is known: from the ledger, or because somebody looked."""
    terms = draft.terms
    decided = {o for o, each in desired.items() if state.key.zone_id not in each.undecided}
    claims = {owner: claim for owner, claim in state.claims.items() if owner not in decided}
    waiting = set(state.waiting - decided)
    for owner, wants in sorted(wanted.items()):
        values = _values(draft, owner, wants)
        if values:
            old = state.claims.get(owner)
            since = old.since if old else terms.now
            claims[owner] = Claim(values, since, desired[owner].launched)
            waiting.add(owner)
    ground = _ground(state, seen, claims, terms)
    claims, records, released = _permit(draft, state.key, claims, ground)
    refused = set() if ground.foreign or released else waiting - claims.keys()
    # An item has room for so many; the sweep comes back to the others.
    waits = frozenset(sorted(refused)[:MAX_CLAIMS])
    draft.refused |= {
        (owner, state.key)
        for owner, wants in wanted.items()
        if owner not in claims or {want.type for want in wants} - claims[owner].values.keys()
    }
    ours = {kind: rrset for kind, rrset in ground.ours.items() if kind not in released}
    result = _result(ours, records, terms.policy)
    changes = tuple(replacement(state.key.name, ours, result))
    known = state if seen is None else state._replace(written=ours, intent=None)
    after = (claims, result, None, waits)
    if changes or after != (state.claims, state.written, state.intent, state.waiting):
        draft.warnings.extend(
            f"{state.key.name} {kind} was changed by somebody else: left as it is"
            for kind in sorted(released)
        )
        owners = frozenset((wanted.keys() | state.claims.keys()) & desired.keys())
        targets = frozenset(_targets(wanted))
        change = NameChange(state.key, changes, result, targets)
        draft.names.append(PlannedName(change, known, claims, owners, waits))


def _values(draft: _Draft, owner: str, wants: tuple[Wanted, ...]) -> dict[str, tuple[str, ...]]:
    """Return the values that are wanted by type; the fallback where the target was refused."""
    values: dict[str, tuple[str, ...]] = {}
    for want in wants:
        refused = want.target is not None and (owner, want.target) in draft.refused
        chosen = want.fallback if refused else want.values
        if chosen:
            values[want.type] = chosen
    return values


class _Ground(NamedTuple):
    """What stands in the zone for one name: ours to change, and others'."""

    ours: RecordSets
    foreign: frozenset[str] = frozenset()
    changed_by_others: frozenset[str] = frozenset()


def _ground(
    state: NameState, seen: Observed | None, claims: Mapping[str, Claim], terms: Terms
) -> _Ground:
    """Tell what is ours at a name.

    If the zone was not read, it is what the ledger says was written. If it was, a record set is
    ours in three cases: the ledger says that this type was written; it is exactly the intent of a
    worker that was cut short; or it is to be adopted, by its name or because it is exactly what all
    claims add up to. One that was written and now holds something else was changed by others: it is
    put right while it is wanted, and left alone when it is not.
    """
    if seen is None:
        return _Ground(state.written)
    intent = state.intent or NOTHING
    adopted = terms.adopt.adopts(state.key.name)
    identical = record_sets(claims, terms.ttl) if terms.adopt.identical else NOTHING
    ours: dict[str, RecordSet] = {}
    foreign: set[str] = set()
    changed: set[str] = set()
    for kind, rrset in seen.items():
        known = (state.written.get(kind), intent.get(kind), identical.get(kind))
        exact = rrset is not None and rrset in known
        if rrset is None or kind not in TYPES or not (exact or adopted or kind in state.written):
            foreign.add(kind)
            continue
        ours[kind] = rrset
        if not exact:
            changed.add(kind)
    return _Ground(ours, frozenset(foreign), frozenset(changed))


def _order(item: tuple[str, Claim]) -> tuple[int, str, str]:
    owner, claim = item
    return claim.since, claim.launched, owner


def _permit(
    draft: _Draft, key: NameKey, claims: Mapping[str, Claim], ground: _Ground
) -> tuple[dict[str, Claim], dict[str, RecordSet], set[str]]:
    """Refuse claims that clash; return the others, their record sets, and the types released.

    Released are record sets that others changed and no claim wants: from then on they are foreign,
    and a claim may clash with them.
    """
    released: set[str] = set()
    while True:
        refusals: list[Refusal] = []
        foreign = ground.foreign | released
        kept = set() if draft.terms.policy is sync else set(ground.ours) - released
        permitted = _permitted(key, claims, foreign, kept, refusals)
        desired = record_sets(permitted, draft.terms.ttl)
        more = ground.changed_by_others - desired.keys() - released
        if not more:
            draft.refusals.extend(refusals)
            return permitted, desired, released
        released |= more


def _permitted(
    key: NameKey,
    claims: Mapping[str, Claim],
    foreign: frozenset[str],
    kept: set[str],
    refusals: list[Refusal],
) -> dict[str, Claim]:
    """Return the claims that are permitted, oldest first; the others are refused.

    Refused are values beside record sets of others, and a CNAME beside anything else, whichever
    came second.
    """
    permitted: dict[str, Claim] = {}
    taken = foreign | kept
    for owner, claim in sorted(claims.items(), key=_order):
        values: dict[str, tuple[str, ...]] = {}
        for kind, each in claim.values.items():
            reason = _clash(kind, taken, foreign)
            if len(permitted) >= MAX_CLAIMS:
                reason = f"{MAX_CLAIMS} instances have this name already"
            if reason:
                refusals.append(Refusal(owner, key.name, kind, reason))
            else:
                values[kind] = each
        if values:
            taken |= values.keys()
            permitted[owner] = (
                claim if len(values) == len(claim.values) else claim._replace(values=values)
            )
    return permitted


def _clash(kind: str, taken: frozenset[str], foreign: frozenset[str]) -> str | None:
    """Return why a record set of a type cannot be where others are, or None."""
    if kind in foreign:
        return FOREIGN
    others = taken - {kind}
    if kind == "CNAME" and others:
        return f"CNAME clash: the name has {', '.join(sorted(others))}"
    if "CNAME" in others:
        return "CNAME clash: the name has a CNAME"
    return None


def record_sets(claims: Mapping[str, Claim], ttl: int) -> dict[str, RecordSet]:
    """Return the record sets that claims add up to.

    All values of A, AAAA and PTR count, the oldest claims' up to 400, and up to 500 of all types;
    of CNAME the oldest claim's.
    """
    values: dict[str, dict[str, None]] = {}
    for _, claim in sorted(claims.items(), key=_order):
        if sum(map(len, values.values())) + len(claim.values) > MAX_VALUES_OF_NAME:
            break
        for kind, each in claim.values.items():
            slot = values.setdefault(kind, {})
            if len(slot) < (1 if kind == "CNAME" else MAX_VALUES):
                slot.update(dict.fromkeys(each))
    return {kind: RecordSet(ttl, tuple(sorted(slot))) for kind, slot in sorted(values.items())}


def _result(ours: RecordSets, desired: RecordSets, policy: Policy) -> dict[str, RecordSet]:
    left = {kind: policy(ours.get(kind), desired.get(kind)) for kind in TYPES}
    return {kind: rrset for kind, rrset in left.items() if rrset is not None}


def digest(desired: Desired, terms: Terms) -> str:
    """Return what is the same as long as a desired state leads to the same record sets."""
    names, undecided = sorted(desired.names.items()), sorted(desired.undecided)
    text = repr((names, undecided, terms.ttl, terms.policy.__name__))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
