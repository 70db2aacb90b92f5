"""From what is kept of a host and what its client wants to the record sets to write.

``decide`` does no I/O. Where it needs to know what the zone holds it says so in ``look``, and is
called again with what was seen.

=============================  ==================  =======================================
kept in the table              wanted              step
=============================  ==================  =======================================
an address                     to be removed       look; delete exactly what was written
the same, verified recently    the same            nothing
the same, verified long ago    the same            look; write what the zone does not hold
other address, ours            an address          write, unseen
nothing, or not looked at yet  an address          look; write, unless somebody else's
a later request's address      an older request's  the later one stays
pending, or a conflict          anything            write all
=============================  ==================  =======================================
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.changes import NameChange
from ddns.core.client.desired import Desired
from ddns.core.client.hosts import KINDS, PREFIX, WILDCARD, Host, Kept, types_of
from ddns.core.client.recordsets import (
    Seen,
    as_record_set,
    claim_name,
    holds,
    name_of,
    obstacle,
    type_of,
)
from ddns.core.records import NOTHING, Change, NameKey, Observed, RecordSet


class HostTerms(NamedTuple):
    """The terms on which to decide.

    Attributes:
        ttl: TTL of hosts that have none, in seconds.
        types: the record types that hosts may have.
        verify: for how long (milliseconds) the table is trusted without a look at the zone.
        now: the time in milliseconds of the epoch.
        endpoint: names of the endpoint itself.
    """

    ttl: int
    types: frozenset[str]
    verify: int
    now: int
    endpoint: frozenset[str] = frozenset()


class Step(NamedTuple):
    """What to do about a host.

    Attributes:
        kept: what is to be kept afterwards.
        changes: what to send to the zone.
        look: names to look at first; nothing else is decided then.
        verified: whether the zone is known to hold everything that is kept afterwards.
        refusal: why nothing may be written.
    """

    kept: Mapping[str, Kept]
    changes: tuple[NameChange, ...] = ()
    look: tuple[NameKey, ...] = ()
    verified: bool = False
    refusal: str = ""


Wrote = Mapping[str, tuple[Kept, ...]]
"""What one caller has written, by kind."""

NEVER: Wrote = MappingProxyType({})


def decide(
    host: Host,
    desired: Desired,
    terms: HostTerms,
    *,
    seen: Seen | None = None,
    forced: bool = False,
    wrote: Wrote = NEVER,
) -> Step:
    """Decide what to do about a host.

    Args:
        host: its item.
        desired: what its client wants.
        terms: TTL, types, trust, time.
        seen: what zones hold for names, where somebody looked.
        forced: whether everything is to be written again, as another writer was at work.
        wrote: what the caller has written itself meanwhile: it goes if nobody wants it any more.
    """
    kept = _merged(host, desired, terms)
    is_due = terms.now - host.verified >= terms.verify
    if seen is None and not (is_due or forced or wrote) and _is_as_it_was(host, kept):
        return Step(kept)
    types = types_of(host, terms.types, terms.endpoint)
    kinds = [kind for kind in KINDS if type_of(kind) in types]
    there = {kind for kind in kinds if _there(kept, kind)}
    gone = {k for k in kinds if k not in there and (_there(host.kept, k) or k in wrote)}
    stale = {kind for kind in there if _differs(host.kept.get(kind), kept[kind])} | gone
    if forced or host.pending:
        stale |= there
    unverified = {kind for kind in there if _unknown(host.kept.get(kind))}
    due = bool(there or _there(kept, PREFIX)) and is_due
    old = {kind: _written(host, kind, wrote) for kind in gone}
    if seen is None:
        if unverified or gone or (due and not stale):
            kinds_to_see = {k for k in there if k != "TXT"} | unverified | gone
            names = {name_of(host, kind) for kind in kinds_to_see}
            claims = {claim for kind in unverified if (claim := claim_name(host, kind))}
            return Step(kept, look=tuple(sorted(names | claims)), verified=not names)
        if due:
            stale |= there
    else:
        old = {kind: _seen_of(old[kind], seen.get(name_of(host, kind)), kind) for kind in gone}
        refusal = _refusal(host, there | gone, gone - wrote.keys(), old, seen)
        if refusal:
            return Step(host.kept, refusal=refusal)
        stale = {k for k in there if not holds(host, k, kept[k], stale, seen)}
        stale |= {kind for kind in gone if old[kind]}
    changes = tuple(_changes(host, kept, old, stale))
    kept = {kind: each._replace(unverified=False) for kind, each in kept.items()}
    return Step(kept, changes, verified=seen is not None or due)


def unapplied(host: Host, desired: Desired, terms: HostTerms, wrote: Wrote) -> dict[str, Kept]:
    """Return what to keep of a host whose zone has to be written later.

    Of a kind that nobody has looked at it says so. A removal is left to the client: what is to go
    could not be named any more.
    """
    there = unfinished(host, wrote, foreign=False)
    if desired.remove or host.disabled:
        return there
    kept = {
        kind: each._replace(unverified=kind != PREFIX and _unknown(host.kept.get(kind)))
        for kind, each in _merged(host, desired, terms).items()
    }
    # What was written and is not wanted any more is there as well.
    return kept | {kind: there[kind] for kind in wrote if not _there(kept, kind)}


def unfinished(host: Host, wrote: Wrote, *, foreign: bool) -> dict[str, Kept]:
    """Return what to keep of a host whose change was not possible as a whole.

    Args:
        host: its item.
        wrote: what the caller has written of it.
        foreign: whether the zone was seen to hold somebody else's: that is looked at each time.
    """
    kept = dict(host.kept)
    if foreign:
        kept = {k: v._replace(unverified=k != PREFIX and bool(v.value)) for k, v in kept.items()}
    for kind, (*_, last) in wrote.items():
        if not _there(host.kept, kind) or last.stamp >= host.kept[kind].stamp:
            kept[kind] = last
    return kept


def _merged(host: Host, desired: Desired, terms: HostTerms) -> dict[str, Kept]:
    """Return what is to be kept of a host: of each kind what the latest request wanted."""
    ttl = terms.ttl if host.ttl is None else host.ttl
    kept = {kind: each._replace(ttl=ttl) for kind, each in host.kept.items()}
    wanted = dict(desired.values)
    wanted |= {kind: "" for kind in kept if type_of(kind) in desired.remove}
    for kind, value in wanted.items():
        old = host.kept.get(kind)
        if old is None or (desired.stamp >= old.stamp and old.value != value):
            kept[kind] = Kept(value, ttl, desired.stamp)
    for kind in ("A", "AAAA"):
        # Once it is there it follows: a wildcard that was switched off would be left stale.
        star = WILDCARD + kind
        if kind in kept and (_there(kept, star) or (host.wildcard and kept[kind].value)):
            kept[star] = kept[kind]
    return kept


def _is_as_it_was(host: Host, kept: Mapping[str, Kept]) -> bool:
    """Tell whether a request wants what the zone is known to hold, as nearly every poll does."""
    return not host.pending and kept == host.kept and not any(map(_unknown, kept.values()))


def _there(kept: Mapping[str, Kept], kind: str) -> bool:
    return kind in kept and bool(kept[kind].value)


def _differs(old: Kept | None, new: Kept | None) -> bool:
    before = (old.value, old.ttl) if old and old.value else None
    after = (new.value, new.ttl) if new and new.value else None
    return before != after


def _unknown(old: Kept | None) -> bool:
    """Tell whether nobody knows yet what the zone holds of a kind."""
    return old is None or old.unverified or not old.value


def _written(host: Host, kind: str, wrote: Wrote) -> list[RecordSet]:
    """Return what the zone may hold of a kind: what the caller wrote, latest first, or was kept."""
    last = (host.kept[kind],) if _there(host.kept, kind) else ()
    return [as_record_set(kind, each) for each in (*wrote.get(kind, ())[::-1], *last)]


def _seen_of(old: list[RecordSet], seen: Observed | None, kind: str) -> list[RecordSet]:
    """Return what is to go as it was seen: it goes only while it is exactly what was written."""
    return old if seen is None else [each for each in old if each == seen.get(type_of(kind))]


def _refusal(
    host: Host,
    kinds: Iterable[str],
    unwanted: Collection[str],
    old: Mapping[str, list[RecordSet]],
    seen: Seen,
) -> str:
    """Return why the names of a host are not this host's to write, or to clear."""
    for kind in sorted(kinds, key=KINDS.index):
        there = seen.get(name_of(host, kind))
        if there is None:
            continue
        claim_key = claim_name(host, kind)
        claim = seen.get(claim_key, NOTHING) if claim_key else NOTHING
        reason = obstacle(there, claim, type_of(kind), adopt=host.adopt)
        if kind in unwanted and type_of(kind) in there:
            reason = "" if old[kind] else "the record set there is not the one that was written"
        if reason and (kind in unwanted or kind not in old):
            return reason
    return ""


def _changes(
    host: Host,
    kept: Mapping[str, Kept],
    old: Mapping[str, list[RecordSet]],
    kinds: Iterable[str],
) -> Iterator[NameChange]:
    """Yield what to send, name by name."""
    by_name: dict[NameKey, list[Change]] = {}
    for kind in sorted(kinds, key=KINDS.index):
        key = name_of(host, kind)
        there = _there(kept, kind)
        record_set = as_record_set(kind, kept[kind]) if there else old[kind][0]
        change = Change("UPSERT" if there else "DELETE", key.name, type_of(kind), record_set)
        by_name.setdefault(key, []).append(change)
    for key, changes in by_name.items():
        result = {c.type: c.record_set for c in changes if c.action == "UPSERT"}
        yield NameChange(key, tuple(changes), result)
