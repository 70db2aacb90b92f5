"""Bringing zones and the table of hosts to what clients want, whoever else is at work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ddns.applying import Applied
from ddns.client.progress import HostRequest, Progress
from ddns.client.zones import Budget, HostZones
from ddns.core.client.credentials import remembering
from ddns.core.client.plan import HostTerms, Step, decide, unapplied, unfinished
from ddns.core.client.requests import Outcome, Result
from ddns.core.errors import DdnsError, NoSuchZoneError, PermanentError
from ddns.core.results import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns.client.orders import Orders
    from ddns.client.states import HostStates
    from ddns.core.client.hosts import Host, Kept
    from ddns.ports import Clock
    from ddns.reporting import Report

# At a conflict with another request for the same host, or where a zone has drifted, a request is
# tried once more at once; then it is left to the queue. Once more, because some promises cannot be
# kept by the queue: a removal is a success only when the zone shows it, what was written and nobody
# wants any more has to go, a replay is to have no effect, and a poll that changes nothing is to be
# answered so.
_ATTEMPTS = 2
_NOT_NOW = "Route 53 does not take it now"
_CONFLICT = "many requests for this host at once"
_TOO_EARLY = "it was changed moments ago"


class HostReconciler:
    """Writes the record sets of hosts, then the table.

    The table is written on condition that nobody else wrote it since it was read. At a conflict a
    request reads again and writes what the latest request wanted, or leaves that to the queue. So
    the last one to write a host that is not pending has written the zone before, and nobody has
    after.
    """

    def __init__(
        self,
        states: HostStates,
        zones: HostZones,
        orders: Orders,
        clock: Clock,
        report: Report,
        *,
        ttl: int,
        types: frozenset[str],
        endpoint: frozenset[str],
        verify: int,
    ) -> None:
        """Take the ports and the terms.

        Args:
            states: the table of hosts.
            zones: Route 53.
            orders: who does later what Route 53 is not to be asked now.
            clock: the time.
            report: the log.
            ttl: TTL of hosts that have none, in seconds.
            types: the record types that are written.
            endpoint: names of the endpoint itself.
            verify: for how long (s) the table is trusted to say what the zone holds.
        """
        self._states = states
        self._zones = zones
        self._orders = orders
        self._clock = clock
        self._report = report
        self._ttl = ttl
        self._types = types
        self._endpoint = endpoint
        self._verify = verify

    @property
    def throttles(self) -> int:
        """How often Route 53 has said to come back later."""
        return self._zones.throttles

    def due(self, host: Host) -> bool:
        """Tell whether the zone has to be looked at before the table is trusted again."""
        return self._now() - host.verified >= self._verify * 1000

    def reconcile(
        self, requests: Iterable[HostRequest], deadline: float, *, defer: bool = True
    ) -> list[Outcome]:
        """Do what is asked until ``deadline`` (epoch seconds) at the latest.

        Args:
            requests: what is asked, each of another host.
            deadline: when the time is up.
            defer: whether somebody waits: what Route 53 does not take soon is left to the queue.

        Returns:
            What became of each request, in order.
        """
        budget = Budget(deadline, defer)
        every = [Progress(*request) for request in requests]
        left = every
        for _ in range(_ATTEMPTS):
            if left:
                self._attempt(left, budget)
            left = [each for each in every if each.outcome is None]
        self._orders.place([each for each in left if self._hand_over(each, budget, _CONFLICT)])
        return [self._conclude(progress, budget) for progress in every]

    def claim(self, request: HostRequest) -> HostRequest | Outcome:
        """Remember a signed request before it has an effect on other hosts.

        Returns:
            The request as it goes on, or what became of it: nothing, where somebody sent it before.
        """
        progress = Progress(*request)
        if remembering(progress.host, progress.proof) == progress.host.signed:
            return request
        noted = self._states.note(progress, _as_kept)
        if progress.host.disabled or progress.replay:
            return Outcome(Result.NO_HOST)
        if not noted:
            return Outcome(Result.TROUBLE)
        return request._replace(host=progress.host, proof=None)

    def remember(self, request: HostRequest) -> None:
        """Have a signed request that came to nothing remembered: nobody may send it again."""
        self._remember(Progress(*request))

    def refuse(self, request: HostRequest, reason: str) -> Outcome:
        """Refuse what is left of a request that who runs the service does not allow any more."""
        return self._refuse(Progress(*request), reason)

    # ------------------------------------------------------------ an attempt

    def _attempt(self, under_way: Sequence[Progress], budget: Budget) -> None:
        self._decide(under_way)
        blind = [p for p in under_way if p.outcome is None and self._is_early(p, budget)]
        unseen = [p for p in under_way if p.outcome is None and p.step.look and not p.early]
        blind += self._look(unseen, budget) if unseen else []
        left = [progress for progress in under_way if progress.outcome is None]
        asked = [progress for progress in left if progress.step.changes and not progress.early]
        self._orders.note_asked(asked)
        applied = self._zones.apply((c for p in asked for c in p.step.changes), budget)
        self._orders.place(
            [p for p in left if self._write_down(p, applied, budget, blind=p in blind)]
        )

    def _decide(self, under_way: Iterable[Progress]) -> None:
        terms = self._terms()
        for progress in under_way:
            progress.step = decide(
                progress.host,
                progress.desired,
                terms,
                seen=progress.seen,
                forced=progress.unsaved,
                wrote=progress.wrote,
            )
            refusal = progress.step.refusal
            if refusal and progress.desired.remove and progress.host.pending:
                # What is there may be what was written before: nobody knows yet.
                progress.end(Result.TROUBLE, "a change is still on its way")
            elif refusal:
                self._refuse(progress, refusal)

    def _is_early(self, progress: Progress, budget: Budget) -> bool:
        """Tell whether what a client wants has to wait, as Route 53 was asked moments ago."""
        host, step = progress.host, progress.step
        progress.early = (
            budget.defer and bool(step.look or step.changes) and self._orders.are_early(progress)
        )
        if not progress.early:
            return False
        if not host.pending and not _is_ours(host):
            # It may be refused, and so it cannot be promised.
            progress.end(Result.TROUBLE, _TOO_EARLY)
            return False
        return self._goes_blind(progress, None)

    def _look(self, under_way: Sequence[Progress], budget: Budget) -> list[Progress]:
        """Look at zones and decide again; return those that Route 53 cannot be asked about now."""
        self._orders.note_asked(under_way)
        seen, failed = self._zones.look((key for p in under_way for key in p.step.look), budget)
        blind = []
        for progress in under_way:
            error = failed.get(progress.host.zone_id)
            if error is None:
                progress.seen = {key: seen[key] for key in progress.step.look}
            elif self._goes_blind(progress, error):
                blind.append(progress)
        self._decide(p for p in under_way if p.outcome is None and p.seen is not None)
        return blind

    def _goes_blind(self, progress: Progress, error: DdnsError | None) -> bool:
        """Say how a host goes on whose zone was not looked at; tell whether it must wait.

        Args:
            progress: the host.
            error: what Route 53 said; None where it was not asked, as it was moments ago.
        """
        host = progress.host
        is_known = dict(progress.step.kept) == dict(host.kept) and not progress.unsaved
        is_news = host.pending or not is_known
        if isinstance(error, NoSuchZoneError):
            # Whatever was written there is gone with it: nothing is as the client wants it.
            self._refuse(progress, f"hosted zone {host.zone_id} is gone: {error}")
        elif is_news and isinstance(error, PermanentError):
            self._refuse(progress, str(error))
        elif is_news:
            return True
        elif any(each.unverified for each in host.kept.values()):
            # It may still be somebody else's.
            progress.end(Result.TROUBLE, "Route 53 does not answer now")
        else:
            # It was only to be verified: that can wait.
            if error:
                self._report.line("WARN", "not verified", host=host.name, reason=str(error))
            progress.step = Step(host.kept)
        return False

    # ------------------------------------------------------------ what is written down

    def _write_down(
        self, progress: Progress, applied: Applied, budget: Budget, *, blind: bool
    ) -> bool:
        """Write down what was done, or what is left; return whether the queue has to do it."""
        if self._late(budget):
            # As after a crash: the next request, or the queue, writes it again.
            progress.end(Result.TROUBLE, "the time is up")
            return False
        results = progress.results(applied)
        statuses = {result.status if result else Status.NOT_NOW for result in results}
        progress.note_written(applied)
        if not blind and statuses <= {Status.DONE}:
            self._confirm(progress)
        elif Status.DRIFTED in statuses:
            progress.note_seen(applied)
        elif statuses & {Status.REJECTED, Status.DENIED, Status.GONE}:
            reasons = [r.reason for r in results if r and r.status is not Status.DONE]
            self._refuse(progress, reasons[0])
        else:
            return self._hand_over(progress, budget)
        return False

    def _confirm(self, progress: Progress) -> None:
        changed, step = progress.unsaved, progress.step
        verified = self._now() if step.verified and self._verify else progress.host.verified
        try:
            if self._states.confirm(progress, verified):
                gone = progress.desired.remove and not progress.desired.values
                done = Result.REMOVED if gone else Result.CHANGED
                progress.end(done if changed else Result.UNCHANGED)
            elif not self._states.reload(progress) or progress.host.disabled:
                progress.end(Result.NO_HOST)
        except DdnsError as err:
            self._states.complain(progress, err)
            progress.end(Result.TROUBLE)

    def _hand_over(self, progress: Progress, budget: Budget, reason: str = _NOT_NOW) -> bool:
        """Write down what is left to do; return whether the queue has to do it.

        Where nobody waits, or a removal failed, the request is not fulfilled. But what it may have
        undone in the zone must be written again.
        """
        reason = _TOO_EARLY if progress.early else reason
        fulfilled = budget.defer and not progress.desired.remove and not progress.replay
        if not fulfilled and not progress.unsaved:
            progress.end(Result.TROUBLE, reason)
            return False
        # Read as it goes on: at a conflict the request may turn out to be a replay.
        noted = self._states.note(
            progress,
            lambda host: unapplied(host, progress.desired, self._terms(), progress.wrote),
            pending=True,
            ordered=progress.early,
        )
        progress.step = Step(progress.host.kept)
        if progress.host.disabled:
            progress.end(Result.NO_HOST)
        elif not noted:
            progress.end(Result.TROUBLE)
        elif not fulfilled or progress.replay:
            progress.end(Result.TROUBLE, reason)
        # A message that failed comes again by itself: one more would double them each time.
        return noted and budget.defer

    def _refuse(self, progress: Progress, reason: str) -> Outcome:
        """End a request that the zone, or who runs it, does not allow.

        What was written of it before is kept, or nobody would ever take it out again. And what the
        zone was seen to hold of others is looked at before the next change.
        """
        self._report.line("WARN", "not written", host=progress.host.name, reason=reason)
        foreign = bool(progress.step.refusal)
        kept = partial(unfinished, wrote=progress.wrote, foreign=foreign)
        self._states.note(progress, kept, ordered=False)
        public = "not possible in this zone: the log of the function says why"
        return progress.end(Result.REFUSED, public, reason)

    def _conclude(self, progress: Progress, budget: Budget) -> Outcome:
        if progress.unsaved and not self._late(budget):
            self._states.note(progress, partial(unfinished, wrote=progress.wrote, foreign=False))
        outcome = progress.outcome or progress.end(Result.TROUBLE)
        if not outcome.result.success:
            self._remember(progress)
            if progress.asked > progress.host.asked and not self._late(budget):
                # The next request is not to ask Route 53 again at once.
                self._states.note(progress, _as_kept)
        return outcome

    def _remember(self, progress: Progress) -> None:
        if remembering(progress.host, progress.proof) != progress.host.signed:
            self._states.note(progress, _as_kept)

    def _late(self, budget: Budget) -> bool:
        return self._clock.now() > budget.deadline

    def _terms(self) -> HostTerms:
        verify = self._verify * 1000
        return HostTerms(self._ttl, self._types, verify, self._now(), self._endpoint)

    def _now(self) -> int:
        return int(self._clock.now() * 1000)


def _is_ours(host: Host) -> bool:
    """Tell whether the zone was seen to take what is kept of a host."""
    there = [each for each in host.kept.values() if each.value]
    return bool(there) and not any(each.unverified for each in there)


def _as_kept(host: Host) -> Mapping[str, Kept]:
    return host.kept
