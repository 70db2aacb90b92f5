"""One host on its way to what is wanted of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ddns.applying import Applied
from ddns.core.client.credentials import Proof
from ddns.core.client.desired import AS_IT_IS, Desired
from ddns.core.client.hosts import KINDS, Host, Kept, addresses
from ddns.core.client.plan import Step
from ddns.core.client.recordsets import Seen, name_of
from ddns.core.client.requests import Outcome, Result
from ddns.core.records import NOTHING
from ddns.core.results import ChangeResult, Status

_NO_STEP = Step({})


class HostRequest(NamedTuple):
    """What is asked of one host.

    Attributes:
        host: its item as it was read.
        desired: what is wanted of it.
        proof: what has to be remembered against a replay; None where there is nothing to.
    """

    host: Host
    desired: Desired
    proof: Proof | None = None


@dataclass(slots=True, eq=False)
class Progress:
    """How far a request for a host has come.

    Attributes:
        host: its item as last read or written.
        desired: what is wanted of it.
        proof: what has to be remembered against a replay still.
        step: what was decided last.
        seen: what the zone was seen to hold, None where nobody looked since the item was read.
        early: whether Route 53 was asked about it too short a time ago to be asked again.
        asked: when it was asked for this request, in milliseconds of the epoch; 0 if not yet.
        wrote: what was written into the zone for it.
        unsaved: whether the zone may have taken a change that the table does not know of.
        replay: whether another copy of the request was there first.
        outcome: what became of it; None while it is on its way.
    """

    host: Host
    desired: Desired
    proof: Proof | None
    step: Step = _NO_STEP
    seen: Seen | None = None
    early: bool = False
    asked: int = 0
    wrote: dict[str, tuple[Kept, ...]] = field(default_factory=dict)
    unsaved: bool = False
    replay: bool = False
    outcome: Outcome | None = None

    def end(self, result: Result, reason: str = "", detail: str = "") -> Outcome:
        """Say what became of it; a replay is answered as an unknown host is."""
        if self.replay:
            result, reason = Result.NO_HOST, ""
        self.outcome = Outcome(result, reason, detail, addresses(self.step.kept))
        return self.outcome

    def void(self) -> None:
        """Want nothing of the host any more but what the table says: it is a replay."""
        self.replay, self.desired, self.proof = True, AS_IT_IS, None

    def results(self, applied: Applied) -> list[ChangeResult | None]:
        """Return what became of each change of the step, None for one that was not sent."""
        return [applied.results.get(change.key) for change in self.step.changes]

    def note_written(self, applied: Applied) -> None:
        """Note what the zone took, or may have taken."""
        taken = {
            key
            for key in (change.key for change in self.step.changes)
            if key in applied.results
            and applied.results[key].status in (Status.DONE, Status.UNKNOWN)
        }
        self.unsaved |= bool(taken)
        for kind, kept in self.step.kept.items():
            if kind in KINDS and kept.value and name_of(self.host, kind) in taken:
                self.wrote[kind] = (*self.wrote.get(kind, ()), kept)

    def note_seen(self, applied: Applied) -> None:
        """Note what the zone was seen to hold when it took some changes and refused others."""
        seen = dict(self.seen or {})
        for change in self.step.changes:
            result = applied.results.get(change.key)
            if result and result.status is Status.DRIFTED:
                seen[change.key] = result.observed or NOTHING
            elif result and result.status is Status.DONE:
                seen[change.key] = change.result
        self.seen = seen
