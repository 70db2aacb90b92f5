"""The bookkeeping of an attempt: what is in the ledger whenever a worker may be cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ddns.core.changes import fits
from ddns.core.instance.attempt import Attempt, changes
from ddns.core.instance.desired import Desired, Wanted
from ddns.core.instance.items import Claim, NameState, OwnerState, Write
from ddns.core.instance.plan import Plan, digest, plan
from ddns.core.records import NameKey, Observed, RecordSet, Refusal
from ddns.core.results import ChangeResult, Status
from tests.core.instance.drawn import DESIRED, KEYS, TERMS, ledgers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOST = NameKey("Z1", "a.example")
ALIAS = NameKey("Z1", "www.example")
POINTER = NameKey("Z2", "1.0.0.10.in-addr.arpa")
A, OLD, THEIRS = (RecordSet(60, (each,)) for each in ("10.0.0.1", "10.0.0.9", "192.0.2.1"))
ALL = Desired(
    "i-1",
    "t",
    {
        HOST: (Wanted("A", A.values),),
        ALIAS: (Wanted("CNAME", ("a.example.",), HOST, ("ip-1.ec2.internal.",)),),
        POINTER: (Wanted("PTR", ("a.example.",), HOST),),
    },
)
HOST_ONLY = ALL._replace(names={HOST: ALL.names[HOST]})
HELD_BACK = ChangeResult(Status.HELD_BACK)


def held(key: NameKey, *owners: str, rrset: RecordSet = OLD) -> NameState:
    claims = {owner: Claim({"A": rrset.values}, 1, "t") for owner in owners}
    return NameState(key, claims, {"A": rrset})


def begun(
    desired: Iterable[Desired],
    names: Iterable[NameState] = (),
    *,
    new: bool = False,
    most: int | None = None,
) -> Attempt:
    """Return an attempt whose owners have the items that their claims call for."""
    stored = {state.key: state for state in names}
    owners: dict[str, OwnerState] = {}
    for key, state in stored.items():
        for owner in state.claims.keys() | state.waiting:
            known = owners.get(owner, OwnerState(owner, fulfilled="before"))
            owners[owner] = known._replace(names=known.names | {key})
    wanted = {each.owner: each for each in desired}
    known = {owner: each for owner, each in owners.items() if owner in wanted}
    return Attempt(TERMS, wanted, known, stored, new=new, max_deletes=most)


def sent(planned: Plan) -> dict[NameKey, list[tuple[str, tuple[str, ...]]]]:
    return {
        each.key: [(c.action, c.record_set.values) for c in each.changes]
        for each in changes(planned)
    }


def in_round(
    attempt: Attempt, default: Status, results: Mapping[NameKey, ChangeResult] | None = None
) -> bool:
    """Do a round; return whether there is to be another."""
    planned = attempt.plan()
    attempt.refusals.update(dict.fromkeys(planned.refusals))
    attempt.intents(planned)
    every = {each.key: ChangeResult(default, "why") for each in planned.names}
    return attempt.note(planned, every | dict(results or {}))


def fulfilled(attempt: Attempt) -> dict[str, str]:
    attempt.final()
    written = {each.item.owner: each.item for each in attempt.final() if is_owner(each)}
    return {owner: each.fulfilled for owner, each in (attempt.owners | written).items()}


def is_owner(write: Write) -> bool:
    return isinstance(write.item, OwnerState)
