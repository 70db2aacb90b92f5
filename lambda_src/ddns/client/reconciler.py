"""Bringing zones and the table of hosts to what clients want, whoever else is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ddns.applying import Applied, Applier
from ddns.core.client.credentials import Proof, remembering, replayed
from ddns.core.client.hosting import HostTerms, Step, Wish, decide, name_of, unfinished, unwritten
from ddns.core.client.hosts import KINDS, Host, HostState, Kept
from ddns.core.client.requests import Result
from ddns.core.errors import DdnsError, PermanentError, ThrottledError
from ddns.core.records import NOTHING, NameKey, Observed
from ddns.core.results import Status

if TYPE_CHECKING:
    from ddns.client.ports import HostStore
    from ddns.ports import Clock, Queue
    from ddns.reporting import Report

# How long a client waits for Route 53 before its change is left to the queue, and for how long
# after a throttle Route 53 is spared: what it would answer is known.
_PATIENCE = 0.4
_CALM = 5.0
# How often a host is tried again that another request wrote meanwhile.
_ROUNDS = 8


_NO_STEP = Step({})
_NO_WISH = Wish({}, 0)


@dataclass(slots=True, eq=False)
class Job:
    """One host on its way.

    Attributes:
        host: its item as last read.
        wish: what is wanted of it.
        proof: what has to be remembered against a replay.
        forced: whether everything has to be written again.
        wrote: what was written into the zone for it so far.
        seen: what the zone was seen to hold.
        step: what was decided last.
        result: what became of it; None while it is on its way.
        reason: why not, for the client.
        detail: why not, for who runs the service.
        done: whether the zone took a change for it.
        touched: whether the zone may have taken one that is not written down yet.
        postponed: whether Route 53 cannot be asked now.
        void: whether the request turned out to be a replay after something was written for it.
    """

    host: Host
    wish: Wish
    proof: Proof | None = None
    forced: bool = False
    wrote: dict[str, tuple[Kept, ...]] = field(default_factory=dict)
    seen: dict[NameKey, Observed] | None = None
    step: Step = _NO_STEP
    result: Result | None = None
    reason: str = ""
    detail: str = ""
    done: bool = False
    touched: bool = False
    postponed: bool = False
    void: bool = False

    def end(self, result: Result, reason: str = "") -> None:
        """Say what became of it."""
        self.result, self.reason = (Result.NO_HOST, "") if self.void else (result, reason)


class HostSettler:
    """Writes the record sets of hosts, then the table.

    The table is written on condition that nobody else wrote it since it was read. Who loses reads
    again and writes what the latest request wanted. So the last one to write the table has written
    the zone before, and nobody has after.
    """

    def __init__(
        self,
        hosts: HostStore,
        applier: Applier,
        queue: Queue,
        clock: Clock,
        report: Report,
        *,
        ttl: int,
        types: frozenset[str],
        verify: int,
    ) -> None:
        """Take the ports, the default TTL, the record types, how long (s) the table is trusted."""
        self._hosts = hosts
        self._applier = applier
        self._queue = queue
        self._clock = clock
        self._report = report
        self._ttl = ttl
        self._types = types
        self._verify = verify
        self._calm_until = 0.0
        self.throttles = 0
        """How often Route 53 has said to come back later."""

    def due(self, host: Host) -> bool:
        """Tell whether the zone has to be looked at before the table is trusted again."""
        return self._now() - host.verified >= self._verify * 1000

    def settle(self, jobs: Sequence[Job], deadline: float, *, defer: bool = True) -> None:
        """Settle jobs until ``deadline`` (epoch seconds) at the latest; each gets its result.

        Args:
            jobs: the hosts, each once.
            deadline: when the time is up.
            defer: whether somebody waits: what Route 53 does not take soon is left to the queue.
        """
        for _ in range(_ROUNDS):
            under_way = [job for job in jobs if job.result is None]
            if not under_way:
                break
            self._decide(under_way)
            self._look([job for job in under_way if job.step.look], deadline, defer=defer)
            left = [job for job in under_way if job.result is None]
            applied = self._apply(left, deadline, defer=defer)
            self._order([job for job in left if self._in_time(job, applied, deadline, defer=defer)])
        for job in jobs:
            if job.result is None:
                job.end(Result.TROUBLE, "many requests for this host at once")
            if job.touched and self._clock.now() <= deadline:
                self._note(job, partial(unfinished, wrote=job.wrote, foreign=False))

    def refuse(self, job: Job, reason: str) -> None:
        """End a job that the zone, or who runs it, does not allow.

        What was written of it before is kept, or nobody would ever take it out again. And what the
        zone was seen to hold of others is looked at before the next change.
        """
        self._report.line("WARN", "not written", host=job.host.name, reason=reason)
        job.detail = reason
        foreign = bool(job.step.refusal)
        self._note(job, partial(unfinished, wrote=job.wrote, foreign=foreign))
        job.end(Result.REFUSED, "not possible in this zone: the log of the function says why")

    def remember(self, job: Job) -> None:
        """Have a signed request that came to nothing remembered: nobody may send it again."""
        if job.proof and remembering(job.host, job.proof) != job.host.signed:
            self._note(job, lambda host: host.kept)

    def claim(self, job: Job) -> bool:
        """Remember a signed request before it has an effect on other hosts.

        Returns:
            Whether it may go on: not, where somebody sent it before, and the job is ended then.
        """
        proof = job.proof
        if proof is None or remembering(job.host, proof) == job.host.signed:
            return True
        noted = self._note(job, lambda host: host.kept)
        if job.host.disabled or (not noted and replayed(job.host, proof)):
            job.end(Result.NO_HOST)
        elif not noted:
            job.end(Result.TROUBLE)
        return job.result is None

    def _note(self, job: Job, kept: Callable[[Host], Mapping[str, Kept]]) -> bool:
        """Write down what is known of a job, whoever else writes the item; tell whether it was."""
        try:
            for _ in range(_ROUNDS):
                host = job.host
                state = HostState(
                    kept(host),
                    pending=host.pending or job.touched,
                    verified=host.verified,
                    signed=remembering(host, job.proof),
                )
                before = HostState(host.kept, host.pending, host.verified, host.signed)
                if state == before and not job.touched:
                    return False
                if self._hosts.save(host, state):
                    job.host = host._replace(**state._asdict(), revision=host.revision + 1)
                    job.proof, job.touched = None, False
                    return True
                found = self._hosts.get(host.key)
                if found is None:
                    return False
                job.host = found
        except DdnsError as err:
            self._report.line("ERROR", "not written down", host=job.host.name, reason=str(err))
        return False

    def _decide(self, jobs: Iterable[Job]) -> None:
        terms = HostTerms(self._ttl, self._types, self._verify * 1000, self._now())
        for job in jobs:
            job.step = decide(
                job.host,
                job.wish,
                terms,
                seen=job.seen,
                forced=job.forced,
                wrote=job.wrote,
            )
            if job.step.refusal and job.wish.remove and job.host.pending:
                # What is there may be what was written before: nobody knows yet.
                job.end(Result.TROUBLE, "a change is still on its way")
            elif job.step.refusal:
                self.refuse(job, job.step.refusal)

    def _look(self, jobs: Sequence[Job], deadline: float, *, defer: bool) -> None:
        """Look at zones for the jobs that need it, one request for each zone, and decide again."""
        by_zone: dict[str, set[str]] = {}
        for job in jobs:
            for key in job.step.look:
                by_zone.setdefault(key.zone_id, set()).add(key.name)
        seen: dict[NameKey, Observed] = {}
        failed: dict[str, DdnsError] = {}
        for zone_id, names in by_zone.items():
            counts = Applied()
            try:
                found = self._read(counts, zone_id, sorted(names), deadline, defer=defer)
            except DdnsError as err:
                failed[zone_id] = err
            else:
                seen |= {NameKey(zone_id, name): found.get(name, NOTHING) for name in names}
            self._count(counts, stopped=zone_id in failed)
        for job in jobs:
            error = failed.get(job.host.zone_id)
            if error is None:
                job.seen = {key: seen[key] for key in job.step.look}
            else:
                self._unseen(job, error)
        self._decide(job for job in jobs if job.result is None and job.seen is not None)

    def _unseen(self, job: Job, error: DdnsError) -> None:
        """Say how a job goes on whose zone could not be looked at."""
        is_news = job.host.pending or dict(job.step.kept) != dict(job.host.kept)
        if is_news and isinstance(error, PermanentError):
            self.refuse(job, str(error))
        elif is_news:
            job.postponed = True
        elif any(each.fresh for each in job.host.kept.values()):
            # It may still be somebody else's.
            job.end(Result.TROUBLE, "Route 53 does not answer now")
        else:
            # It was only to be verified: that can wait.
            self._report.line("WARN", "not verified", host=job.host.name, reason=str(error))
            job.step = Step(job.host.kept)

    def _read(
        self, counts: Applied, zone_id: str, names: Sequence[str], deadline: float, *, defer: bool
    ) -> dict[str, Observed]:
        if self._spared(defer=defer):
            raise ThrottledError("Route 53 asked for a pause")
        return self._applier.read(counts, zone_id, names, self._limit(deadline, defer=defer))

    def _apply(self, jobs: Iterable[Job], deadline: float, *, defer: bool) -> Applied:
        applied = Applied()
        changes = [change for job in jobs for change in job.step.changes]
        if changes and not self._spared(defer=defer):
            limit = self._limit(deadline, defer=defer)
            # The role allows TXT at other names than addresses: one batch must not hold both.
            self._applier.apply((c for c in changes if "TXT" not in c.result), limit, applied)
            self._applier.apply((c for c in changes if "TXT" in c.result), limit, applied)
            fates = {verdict.status for verdict in applied.results.values()}
            self._count(applied, stopped=Status.NOT_NOW in fates)
        return applied

    def _limit(self, deadline: float, *, defer: bool) -> float:
        """Return until when to wait for Route 53: not long where a client waits."""
        return min(deadline, self._clock.now() + _PATIENCE) if defer else deadline

    def _spared(self, *, defer: bool) -> bool:
        return defer and self._clock.now() < self._calm_until

    def _count(self, counts: Applied, *, stopped: bool) -> None:
        self.throttles += counts.throttles
        if stopped and counts.throttles:
            self._calm_until = self._clock.now() + _CALM

    def _in_time(self, job: Job, applied: Applied, deadline: float, *, defer: bool) -> bool:
        if self._clock.now() <= deadline:
            return self._keep(job, applied, defer=defer)
        # As after a crash: the next request, or the queue, writes it again.
        job.end(Result.TROUBLE, "the time is up")
        return False

    def _keep(self, job: Job, applied: Applied, *, defer: bool) -> bool:
        """Write down what was done, or what is left; return whether the queue has to do it."""
        verdicts = {c.key: applied.results.get(c.key) for c in job.step.changes}
        found = [verdict for verdict in verdicts.values() if verdict]
        fates = {verdict.status for verdict in found}
        job.done |= Status.DONE in fates
        job.touched |= bool(fates & {Status.DONE, Status.UNKNOWN})
        for kind, kept in job.step.kept.items():
            verdict = verdicts.get(name_of(job.host, kind)) if kind in KINDS else None
            if kept.value and verdict and verdict.status in (Status.DONE, Status.UNKNOWN):
                job.wrote[kind] = (*job.wrote.get(kind, ()), kept)
        try:
            if not job.postponed and len(found) == len(verdicts) and fates <= {Status.DONE}:
                self._confirm(job)
            elif Status.DRIFTED in fates:
                job.seen = {**(job.seen or {}), **_learnt(job, applied)}
            elif fates & {Status.REJECTED, Status.DENIED}:
                self.refuse(job, next(v.reason for v in found if v.status is not Status.DONE))
            else:
                return self._postpone(job, defer=defer)
        except DdnsError as err:
            self._report.line("ERROR", "not written down", host=job.host.name, reason=str(err))
            job.end(Result.TROUBLE)
        return False

    def _confirm(self, job: Job) -> None:
        host, step = job.host, job.step
        verified = self._now() if step.verified and self._verify else host.verified
        state = HostState(
            step.kept, pending=False, verified=verified, signed=remembering(host, job.proof)
        )
        before = HostState(host.kept, host.pending, host.verified, host.signed)
        if state == before and not job.done:
            job.end(Result.UNCHANGED)
        elif not self._hosts.save(host, state):
            self._again(job)
        else:
            job.touched = False
            gone = job.wish.remove and not job.wish.values
            done = Result.REMOVED if gone else Result.CHANGED
            job.end(done if job.done else Result.UNCHANGED)

    def _postpone(self, job: Job, *, defer: bool) -> bool:
        """Write down what is left to do; return whether the queue has to be told.

        Where nobody waits, or a removal failed, the request is not fulfilled. But what it may have
        undone in the zone must be written again.
        """
        host, fulfilled = job.host, defer and not job.wish.remove
        if not fulfilled and not job.touched and (host.pending or not job.forced):
            job.end(Result.TROUBLE, "Route 53 does not take it now")
            return False
        kept = unfinished(host, job.wrote, foreign=False)
        if not job.wish.remove:
            # What was written and is not wanted any more is there as well.
            left = {kind: kept[kind] for kind in job.wrote if not _wanted(job.step, kind)}
            kept = {**unwritten(host, job.step.kept), **left}
        state = HostState(
            kept,
            pending=True,
            verified=host.verified,
            signed=remembering(host, job.proof),
        )
        if not self._hosts.save(host, state):
            self._again(job)
            return False
        job.touched = False
        if not fulfilled:
            job.proof = None
            job.end(Result.TROUBLE, "Route 53 does not take it now")
        return True

    def _again(self, job: Job) -> None:
        """Read a host again that was written meanwhile."""
        host = self._hosts.get(job.host.key)
        if host is None or host.disabled:
            job.end(Result.NO_HOST)
            return
        if job.proof and replayed(host, job.proof):
            job.void, job.wish, job.proof = True, _NO_WISH, None
        job.forced = job.forced or job.touched or bool(job.step.changes)
        job.host, job.seen, job.postponed = host, None, False

    def _order(self, jobs: Sequence[Job]) -> None:
        if not jobs:
            return
        try:
            self._queue.order_apply([job.host.key for job in jobs])
        except DdnsError as err:
            # It stays pending: the client's next request writes it.
            self._report.line("ERROR", "the queue did not take it", reason=str(err))
            result = Result.TROUBLE
        else:
            result = Result.DEFERRED
        for job in jobs:
            if job.result is None:
                job.end(result)

    def _now(self) -> int:
        return int(self._clock.now() * 1000)


def _wanted(step: Step, kind: str) -> bool:
    return kind in step.kept and bool(step.kept[kind].value)


def _learnt(job: Job, applied: Applied) -> dict[NameKey, Observed]:
    """Return what zones hold at the names of a job, as far as its changes showed that."""
    learnt: dict[NameKey, Observed] = {}
    for change in job.step.changes:
        verdict = applied.results.get(change.key)
        if verdict and verdict.status is Status.DRIFTED:
            learnt[change.key] = verdict.observed or NOTHING
        elif verdict and verdict.status is Status.DONE:
            learnt[change.key] = change.result
    return learnt
