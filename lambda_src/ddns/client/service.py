"""Hosts whose clients state their addresses: who may, and what becomes of each host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ddns.client.progress import HostRequest
from ddns.core.client.credentials import Proof, accepts, replayed
from ddns.core.client.desired import (
    AS_IT_IS,
    NOT_WRITABLE,
    ClientRules,
    Desired,
    desired_behind,
    desired_state,
    writable,
)
from ddns.core.client.hosts import PREFIX, Host
from ddns.core.client.requests import Answer, HostResult, Outcome, Result, Target, UpdateRequest
from ddns.core.errors import DdnsError

if TYPE_CHECKING:
    from ddns.client.ports import HostStore
    from ddns.client.reconciler import HostReconciler
    from ddns.ports import ApplyOrder
    from ddns.reporting import Report

_NOT_ALL = "not every host behind it could be written"


class ClientService:
    """Updates hosts for clients that prove a credential, and what was left to the queue."""

    def __init__(
        self,
        hosts: HostStore,
        reconciler: HostReconciler,
        report: Report,
        rules: ClientRules,
        *,
        sample: bool,
    ) -> None:
        """Take the hosts, what writes them, where to report, and the rules.

        With ``sample`` items have keys as the AWS blog sample writes them, too.
        """
        self._sample = sample
        self._hosts = hosts
        self._reconciler = reconciler
        self._report = report
        self._rules = rules

    @property
    def throttles(self) -> int:
        """How often Route 53 has said to come back later."""
        return self._reconciler.throttles

    def update(self, request: UpdateRequest, deadline: float) -> Answer:
        """Do what a client asks for, until ``deadline`` (epoch seconds) at the latest."""
        targets = {each.name: each for each in reversed(request.targets) if each.name}
        first = next((each for each in request.targets if each.name), None)
        try:
            hosts = self._accepted(first, targets, request.proof) if first and request.proof else {}
        except DdnsError as err:
            self._report.line("ERROR", "hosts cannot be read", reason=str(err))
            return Answer(tuple(HostResult(t, Result.TROUBLE) for t in request.targets))
        outcomes = self._outcomes(hosts, request, deadline)
        # A host that is gone meanwhile, or a replay that came at the same time, is no host.
        unknown = [each.result is Result.NO_HOST and not each.reason for each in outcomes.values()]
        if first and all(unknown):
            return Answer()
        return Answer(
            tuple(_result(target, outcomes.get(target.name)) for target in request.targets)
        )

    def _outcomes(
        self, hosts: Mapping[str, Host], request: UpdateRequest, deadline: float
    ) -> dict[str, Outcome]:
        """Return what became of each host that accepts the credential, by name."""
        outcomes: dict[str, Outcome] = {}
        accepted: dict[str, HostRequest] = {}
        behind: dict[str, AbstractSet[Result]] = {}
        for name, host in hosts.items():
            desired = desired_state(host, request, self._rules)
            if isinstance(desired, Outcome):
                outcomes[name] = desired
                self._reconciler.remember(HostRequest(host, AS_IT_IS, request.proof))
                continue
            own = HostRequest(host, desired, request.proof)
            own_or_outcome, behind[name] = self._behind(own, request, deadline)
            if isinstance(own_or_outcome, Outcome):
                outcomes[name] = own_or_outcome
            else:
                accepted[name] = own_or_outcome
        done = self._reconciler.reconcile(accepted.values(), deadline)
        for (name, own), outcome in zip(accepted.items(), done, strict=True):
            outcomes[name] = _with_members(outcome, behind[name], own.desired)
        return outcomes

    def _accepted(
        self, first: Target, targets: Mapping[str, Target], proof: Proof
    ) -> dict[str, Host]:
        """Return the hosts that accept a credential, by name.

        The first host of a request opens it: until that accepts the credential, nothing is read
        for the others, so that whoever has none costs as little as a wrong password for one host.
        """
        host = self._opened(first, proof)
        if host is None:
            return {}
        others = [each for name, each in targets.items() if name != first.name]
        keys = {each.name: self._keys(each) for each in others}
        items = self._hosts.get_many([k for its in keys.values() for k in its]) if others else {}
        accepted = {first.name: host}
        for name, its in keys.items():
            candidates = [items.get(key) for key in its]
            # All are always checked: that takes the same time whatever there is.
            valid = [_valid(each, proof) for each in candidates]
            there = next((n for n, each in enumerate(candidates) if each), 0)
            item = candidates[there]
            if item and valid[there]:
                accepted[name] = item
        return accepted

    def _opened(self, target: Target, proof: Proof) -> Host | None:
        """Return the host that a credential opens.

        The item with the canonical name counts, whatever is wrong with it; only where there is
        none does that of the AWS blog sample. A request that fails has always looked for all that
        it could mean, so that nobody can tell an unknown host from a wrong credential.
        """
        key, *others = self._keys(target)
        host = self._hosts.get(key)
        if _valid(host, proof):
            return host
        for other in others:
            item = self._hosts.get(other)
            if _valid(item, proof) and host is None:
                return item
        return None

    def _keys(self, target: Target) -> list[str]:
        """Return the keys that the item of a host may have, its canonical name first.

        The AWS blog sample has the name as its client sends it, with a dot at its end.
        """
        sent = target.text.strip().removesuffix(".")
        its = sent if sent.lower() == target.name else target.name
        return [target.name, f"{its}."] if self._sample else [target.name]

    # ------------------------------------------------------------ hosts behind a host

    def _behind(
        self, own: HostRequest, request: UpdateRequest, deadline: float
    ) -> tuple[HostRequest | Outcome, AbstractSet[Result]]:
        """Give the hosts behind a host their addresses in its prefix.

        They are left alone while the prefix is what it was and was verified not long ago.

        Returns:
            The host's request as it goes on, or what became of it, and what became of the others.
        """
        prefix = own.desired.values.get(PREFIX)
        if prefix is None:
            return own, set()
        kept = own.host.kept.get(PREFIX)
        if kept and kept.value == prefix and not self._reconciler.due(own.host):
            return own, set()
        claimed = self._reconciler.claim(own)
        if isinstance(claimed, Outcome):
            return claimed, set()
        results = self._members(claimed.host, request, deadline)
        if Result.TROUBLE not in results:
            return claimed, results
        # The prefix is not kept: so the next request tries the hosts behind this one again.
        values = {kind: value for kind, value in own.desired.values.items() if kind != PREFIX}
        desired = own.desired._replace(values=values)
        return claimed._replace(desired=desired), results

    def _members(self, host: Host, request: UpdateRequest, deadline: float) -> set[Result]:
        """Write the hosts behind a host; return what became of them."""
        try:
            members = self._hosts.get_many(sorted(host.members))
        except DdnsError as err:
            self._report.line("ERROR", "hosts cannot be read", reason=str(err))
            return {Result.TROUBLE}
        requests = [
            HostRequest(member, desired)
            for member in members.values()
            if (desired := desired_behind(member, host, request, self._rules))
        ]
        outcomes = self._reconciler.reconcile(requests, deadline)
        for member, outcome in zip(requests, outcomes, strict=True):
            self._report.line(
                "INFO",
                "host behind another",
                host=member.host.name,
                result=outcome.result.value,
                addresses=outcome.addresses,
            )
        return {outcome.result for outcome in outcomes}

    # ------------------------------------------------------------ what was left to the queue

    def apply_pending(self, orders: Iterable[ApplyOrder], deadline: float) -> dict[str, HostResult]:
        """Write the record sets of hosts that are pending; return what became of each, by key.

        A host that is gone, disabled, has nothing pending, or waits for a later order is missing.
        The reasons are for who runs the service.
        """
        latest: dict[str, int] = {}
        for order in orders:
            latest[order.key] = max(order.number, latest.get(order.key, 0))
        hosts = self._hosts.get_many(sorted(latest))
        pending = [
            HostRequest(host, AS_IT_IS)
            for key, host in hosts.items()
            if host.pending and not host.disabled and _counts(host, latest[key])
        ]
        ours = [each for each in pending if writable(each.host, self._rules)]
        outcomes = {
            each.host.key: self._reconciler.refuse(each, NOT_WRITABLE)
            for each in pending
            if each not in ours
        }
        done = self._reconciler.reconcile(ours, deadline, defer=False)
        outcomes |= {each.host.key: outcome for each, outcome in zip(ours, done, strict=True)}
        return {
            key: _result(Target(key, hosts[key].name), outcome)._replace(
                reason=outcome.detail or outcome.reason
            )
            for key, outcome in outcomes.items()
        }


def _counts(host: Host, number: int) -> bool:
    """Tell whether an order for a host counts: not, if a later one certainly waits."""
    return number >= host.ordered


def _valid(host: Host | None, proof: Proof) -> bool:
    return accepts(host, proof) and host is not None and not replayed(host, proof)


def _with_members(outcome: Outcome, behind: AbstractSet[Result], desired: Desired) -> Outcome:
    """Return what became of a host, given what became of those behind it.

    Args:
        outcome: what became of the host itself.
        behind: what became of the hosts behind it.
        desired: what was wanted of it.
    """
    if Result.TROUBLE in behind:
        return outcome._replace(result=Result.TROUBLE, reason=_NOT_ALL)
    if outcome.result is Result.UNCHANGED and behind & {Result.CHANGED, Result.DEFERRED}:
        outcome = outcome._replace(result=Result.CHANGED)
    note = desired.note or (_NOT_ALL if Result.REFUSED in behind else "")
    return outcome._replace(reason=outcome.reason or note, families=desired.families)


def _result(target: Target, outcome: Outcome | None) -> HostResult:
    if not target.name:
        return HostResult(target, Result.NOT_FQDN)
    if outcome is None:
        return HostResult(target, Result.NO_HOST)
    addresses = outcome.addresses if outcome.result.success else ()
    return HostResult(target, outcome.result, addresses, outcome.reason, outcome.families)
