"""Hosts whose clients state their addresses: who may, and what becomes of each host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ddns.client.progress import HostRequest
from ddns.core.client.credentials import Proof, accepts, replayed
from ddns.core.client.desired import (
    AS_IT_IS,
    NOT_WRITABLE,
    ClientRules,
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
    from ddns.reporting import Report

_NOT_ALL = "not every host behind it could be written"


class ClientService:
    """Updates hosts for clients that prove a credential, and what was left to the queue."""

    def __init__(
        self, hosts: HostStore, reconciler: HostReconciler, report: Report, rules: ClientRules
    ) -> None:
        """Take the hosts, what writes them, where to report, and the rules."""
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
        keys: dict[str, list[str]] = {}
        for target in request.targets:
            if target.name:
                its = keys.setdefault(target.name, [])
                its += [key for key in _keys(target) if key not in its]
        try:
            hosts = self._accepted(keys, request.proof) if request.proof and keys else {}
        except DdnsError as err:
            self._report.line("ERROR", "hosts cannot be read", reason=str(err))
            return Answer(tuple(HostResult(t, Result.TROUBLE) for t in request.targets))
        outcomes = self._outcomes(hosts, request, deadline)
        # A host that is gone meanwhile, or a replay that came at the same time, is no host.
        unknown = [each.result is Result.NO_HOST and not each.reason for each in outcomes.values()]
        if keys and all(unknown):
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
        worst: dict[str, Result | None] = {}
        for name, host in hosts.items():
            desired = desired_state(host, request, self._rules)
            if isinstance(desired, Outcome):
                outcomes[name] = desired
                self._reconciler.remember(HostRequest(host, AS_IT_IS, request.proof))
                continue
            own = HostRequest(host, desired, request.proof)
            own_or_outcome, worst[name] = self._behind(own, request, deadline)
            if isinstance(own_or_outcome, Outcome):
                outcomes[name] = own_or_outcome
            else:
                accepted[name] = own_or_outcome
        done = self._reconciler.reconcile(accepted.values(), deadline)
        for name, outcome in zip(accepted, done, strict=True):
            outcomes[name] = _with_members(outcome, worst[name])
        return outcomes

    def _accepted(self, keys: Mapping[str, Sequence[str]], proof: Proof) -> dict[str, Host]:
        """Return the hosts that accept a credential, by name.

        Items of the AWS blog sample have the name as somebody typed it for a key; they count where
        there is no other. A request that fails has always looked for all that it could mean, so
        that nobody can tell an unknown host from a wrong credential.
        """
        hosts: dict[str, Host | None] = {}
        if len(keys) == 1:
            ((name, (first, *others)),) = keys.items()
            host = self._hosts.get(first)
            if _valid(host, proof) and host:
                return {name: host}
            hosts = {first: host, **self._hosts.get_many(others)}
        else:
            hosts = {**self._hosts.get_many([key for each in keys.values() for key in each])}
        accepted: dict[str, Host] = {}
        for name, its in keys.items():
            candidates = [hosts.get(key) for key in its]
            # All are always checked: that takes the same time whatever there is.
            valid = [_valid(each, proof) for each in candidates]
            there = next((n for n, each in enumerate(candidates) if each), 0)
            host = candidates[there]
            if host and valid[there]:
                accepted[name] = host
        return accepted

    # ------------------------------------------------------------ hosts behind a host

    def _behind(
        self, own: HostRequest, request: UpdateRequest, deadline: float
    ) -> tuple[HostRequest | Outcome, Result | None]:
        """Give the hosts behind a host their addresses in its prefix.

        They are left alone while the prefix is what it was and was verified not long ago.

        Returns:
            The host's request as it goes on, or what became of it, and the worst failure of others.
        """
        prefix = own.desired.values.get(PREFIX)
        if prefix is None:
            return own, None
        kept = own.host.kept.get(PREFIX)
        if kept and kept.value == prefix and not self._reconciler.due(own.host):
            return own, None
        claimed = self._reconciler.claim(own)
        if isinstance(claimed, Outcome):
            return claimed, None
        failures = self._members(claimed.host, request, deadline)
        if Result.TROUBLE not in failures:
            return claimed, Result.REFUSED if failures else None
        # The prefix is not kept: so the next request tries the hosts behind this one again.
        values = {kind: value for kind, value in own.desired.values.items() if kind != PREFIX}
        desired = own.desired._replace(values=values)
        return claimed._replace(desired=desired), Result.TROUBLE

    def _members(self, host: Host, request: UpdateRequest, deadline: float) -> set[Result]:
        """Write the hosts behind a host; return their failures."""
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
        return {outcome.result for outcome in outcomes} & {Result.TROUBLE, Result.REFUSED}

    # ------------------------------------------------------------ what was left to the queue

    def apply_pending(self, keys: Iterable[str], deadline: float) -> dict[str, HostResult]:
        """Write the record sets of hosts that are pending; return what became of each, by key.

        A host that is gone, disabled, or has nothing pending is missing. The reasons are for who
        runs the service.
        """
        hosts = self._hosts.get_many(sorted(set(keys)))
        pending = [
            HostRequest(host, AS_IT_IS)
            for host in hosts.values()
            if host.pending and not host.disabled
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


def _keys(target: Target) -> list[str]:
    """Return the keys that the item of a host may have: its name, and that in the case it came."""
    sent = target.text.strip().removesuffix(".")
    names = (target.name, sent) if sent.lower() == target.name else (target.name,)
    return list(dict.fromkeys(key for name in names for key in (name, f"{name}.")))


def _valid(host: Host | None, proof: Proof) -> bool:
    return accepts(host, proof) and host is not None and not replayed(host, proof)


def _with_members(outcome: Outcome, worst: Result | None) -> Outcome:
    """Return what became of a host, given the worst failure of those behind it."""
    if worst is Result.TROUBLE:
        return outcome._replace(result=Result.TROUBLE, reason=_NOT_ALL)
    if worst is Result.REFUSED:
        return outcome._replace(reason=outcome.reason or _NOT_ALL)
    return outcome


def _result(target: Target, outcome: Outcome | None) -> HostResult:
    if not target.name:
        return HostResult(target, Result.NOT_FQDN)
    if outcome is None:
        return HostResult(target, Result.NO_HOST)
    addresses = outcome.addresses if outcome.result.success else ()
    return HostResult(target, outcome.result, addresses, outcome.reason)
