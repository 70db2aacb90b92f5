"""Hosts whose clients tell their addresses: who may, and what is wanted of each host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import TYPE_CHECKING, NamedTuple

from ddns.client.reconciler import HostSettler, Job
from ddns.core.client.addresses import (
    AddressPolicy,
    objection,
    prefix_objection,
    prefix_of,
    with_suffix,
)
from ddns.core.client.credentials import Proof, accepts, replayed
from ddns.core.client.hosting import Wish, addresses, types_of
from ddns.core.client.hosts import PREFIX, Host
from ddns.core.client.requests import ADDRESSES, Answer, HostResult, Result, Target, UpdateRequest
from ddns.core.errors import DdnsError
from ddns.core.names import is_below, matches

if TYPE_CHECKING:
    from ddns.client.ports import HostStore
    from ddns.core.records import ListedZone
    from ddns.reporting import Report

_NOT_ALL = "not every host behind it could be written"
_NOT_OURS = "its zone or its name is not one that this service writes"


class ClientRules(NamedTuple):
    """What ClientDdns was asked for; see the construct's arguments for their meaning.

    Attributes:
        zones: the hosted zones that may be written to.
        names: patterns of the names that hosts may have; empty for all below the zones' apexes.
        types: the record types that hosts may have.
        policy: the address policy of hosts that have none.
        offline: whether clients may remove their record sets.
    """

    zones: tuple[ListedZone, ...]
    names: tuple[str, ...]
    types: frozenset[str]
    policy: AddressPolicy
    offline: bool


class ClientService:
    """Updates hosts for clients that prove a credential, and what was left to the queue."""

    def __init__(
        self, hosts: HostStore, settler: HostSettler, report: Report, rules: ClientRules
    ) -> None:
        """Take the hosts, what settles them, where to report, and the rules."""
        self._hosts = hosts
        self._settler = settler
        self._report = report
        self._rules = rules

    @property
    def throttles(self) -> int:
        """How often Route 53 has said to come back later."""
        return self._settler.throttles

    def update(self, request: UpdateRequest, deadline: float) -> Answer:
        """Do what a client asks for, until ``deadline`` (epoch seconds) at the latest."""
        keys: dict[str, list[str]] = {}
        for target in request.targets:
            if target.name:
                its = keys.setdefault(target.name, [])
                its += [key for key in _keys(target) if key not in its]
        names = list(keys)
        try:
            found = self._accepted(keys, request.proof) if request.proof and names else {}
        except DdnsError as err:
            self._report.line("ERROR", "hosts cannot be read", reason=str(err))
            return Answer(tuple(HostResult(t, Result.TROUBLE) for t in request.targets))
        jobs = {name: self._job(host, request) for name, host in found.items()}
        waiting = [job for job in jobs.values() if job.result is None]
        behind = {job: self._members(job, request, deadline) for job in waiting}
        self._settler.settle(waiting, deadline)
        for job, worst in behind.items():
            if worst is Result.TROUBLE:
                job.end(Result.TROUBLE, _NOT_ALL)
            elif worst is Result.REFUSED:
                job.reason = job.reason or _NOT_ALL
        for job in jobs.values():
            if job.result and not job.result.success:
                self._settler.remember(job)
        # A host that is gone meanwhile, or a replay that came at the same time, is no host.
        if names and all(job.result is Result.NO_HOST and not job.reason for job in jobs.values()):
            return Answer()
        return Answer(tuple(_result(target, jobs.get(target.name)) for target in request.targets))

    def _accepted(self, keys: Mapping[str, Sequence[str]], proof: Proof) -> dict[str, Host]:
        """Return the hosts that accept a credential, by name.

        Items of the article have the name as somebody typed it for a key; they count where there
        is no other. A request that fails has always looked for all that it could mean, so that
        nobody can tell an unknown host from a wrong credential.
        """
        found: dict[str, Host | None] = {}
        if len(keys) == 1:
            ((name, (first, *others)),) = keys.items()
            host = self._hosts.get(first)
            if _valid(host, proof) and host:
                return {name: host}
            found = {first: host, **self._hosts.get_many(others)}
        else:
            found = {**self._hosts.get_many([key for each in keys.values() for key in each])}
        accepted: dict[str, Host] = {}
        for name, its in keys.items():
            hosts = [found.get(key) for key in its]
            # All are always checked: that takes the same time whatever there is.
            valid = [_valid(host, proof) for host in hosts]
            there = next((n for n, host in enumerate(hosts) if host), 0)
            host = hosts[there]
            if host and valid[there]:
                accepted[name] = host
        return accepted

    # ------------------------------------------------------------ what is wanted of a host

    def _job(self, host: Host, request: UpdateRequest) -> Job:
        """Return what a request wants of a host, ended where that is not allowed."""
        has = frozenset(kind for kind, kept in host.kept.items() if kept.value)
        remove = request.remove if request.remove == ADDRESSES else request.remove & has
        job = Job(host, Wish({}, request.stamp, remove), request.proof)
        if not self._writable(host):
            job.end(Result.NO_HOST, _NOT_OURS)
        elif remove and not self._rules.offline:
            job.end(Result.FORBIDDEN, "removal is off")
        else:
            self._wish(job, request)
        return job

    def _wish(self, job: Job, request: UpdateRequest) -> None:
        host, types = job.host, self._types(job.host)
        policy = host.policy or self._rules.policy
        wanted = {k: each for k, each in request.addresses.items() if k not in request.remove}
        reasons = []
        values: dict[str, str] = {}
        if request.prefix:
            reasons.append(prefix_objection(request.prefix, policy, request.source))
            if host.suffix and "AAAA" not in request.remove:
                own = with_suffix(request.prefix, host.suffix)
                reasons.append(objection(own, _derived(policy), request.source))
                wanted.pop("AAAA", None)
                values["AAAA"] = str(own)
        for kind, address in wanted.items():
            if kind in types or (kind == "AAAA" and host.members):
                reasons.append(objection(address, policy, request.source))
            values[kind] = str(address)
        if request.txt is not None:
            values["TXT"] = request.txt
        wish = {kind: value for kind, value in values.items() if kind in types}
        if request.txt is not None and "TXT" not in types:
            reasons.append(self._without("TXT"))
        if values and not wish:
            reasons += map(self._without, sorted(values))
        for reason in filter(None, reasons):
            job.end(Result.FORBIDDEN, reason)
            return
        network = _network(host, request)
        if network:
            wish[PREFIX] = str(network)
        job.wish = Wish(wish, request.stamp, job.wish.remove)

    def _without(self, kind: str) -> str:
        """Return why there is no record set of a type."""
        if kind in self._rules.types:
            return f"the host has no {kind} record"
        return f"this service writes no {kind} records"

    def _types(self, host: Host) -> frozenset[str]:
        return types_of(host, self._rules.types)

    def _writable(self, host: Host) -> bool:
        """Tell whether a host's name may be written, as IAM will tell too."""
        name = host.name
        around = [z for z in self._rules.zones if name == z.name or is_below(name, z.name)]
        longest = max((len(zone.name) for zone in around), default=0)
        if host.zone_id not in [zone.id for zone in around if len(zone.name) == longest]:
            return False
        if not self._rules.names:
            return longest < len(name)
        return any(matches(name, pattern) for pattern in self._rules.names)

    # ------------------------------------------------------------ hosts behind a host

    def _members(self, job: Job, request: UpdateRequest, deadline: float) -> Result | None:
        """Give the hosts behind this one their addresses in its prefix; return the worst failure.

        They are left alone while the prefix is what it was and was verified not long ago.
        """
        host, network = job.host, _network(job.host, request)
        if network is None or PREFIX not in job.wish.values:
            return None
        kept = host.kept.get(PREFIX)
        if kept and kept.value == str(network) and not self._settler.due(host):
            return None
        if not self._settler.claim(job):
            return None
        failures: set[Result | None] = set()
        try:
            members = self._hosts.get_many(sorted(host.members))
        except DdnsError as err:
            self._report.line("ERROR", "hosts cannot be read", reason=str(err))
            members = {}
            failures.add(Result.TROUBLE)
        jobs = [each for member in members.values() if (each := self._member(member, job, request))]
        self._settler.settle(jobs, deadline)
        for each in jobs:
            failures |= {each.result} & {Result.TROUBLE, Result.REFUSED}
            self._report.line(
                "INFO",
                "host behind another",
                host=each.host.name,
                result=each.result.value if each.result else "",
                addresses=addresses(each.step.kept),
            )
        if Result.TROUBLE in failures:
            left = {kind: value for kind, value in job.wish.values.items() if kind != PREFIX}
            job.wish = job.wish._replace(values=left)
            return Result.TROUBLE
        return Result.REFUSED if failures else None

    def _member(self, member: Host, job: Job, request: UpdateRequest) -> Job | None:
        """Return the job of a host behind another; None where it is not to follow."""
        network, host = _network(job.host, request), job.host
        if member.disabled or member.behind != host.name or not (member.suffix and network):
            return None
        if "AAAA" not in self._types(member) or not self._writable(member):
            return None
        address = with_suffix(network, member.suffix)
        if objection(address, _derived(host.policy or self._rules.policy), request.source):
            return None
        return Job(member, Wish({"AAAA": str(address)}, request.stamp))

    # ------------------------------------------------------------ what was left to the queue

    def apply_pending(self, keys: Iterable[str], deadline: float) -> dict[str, HostResult]:
        """Write the record sets of hosts that are pending; return what became of each, by key.

        A host that is gone, disabled, or has nothing pending is missing.
        """
        hosts = self._hosts.get_many(sorted(set(keys)))
        jobs = [Job(h, Wish({}, 0)) for h in hosts.values() if h.pending and not h.disabled]
        for job in jobs:
            if not self._writable(job.host):
                self._settler.refuse(job, _NOT_OURS)
        waiting = [job for job in jobs if job.result is None]
        self._settler.settle(waiting, deadline, defer=False)
        return {
            job.host.key: _result(Target(job.host.key, job.host.name), job)._replace(
                reason=job.detail or job.reason
            )
            for job in jobs
        }


def _keys(target: Target) -> list[str]:
    """Return the keys that the item of a host may have: its name, and that in the case it came."""
    sent = target.text.strip().removesuffix(".")
    names = (target.name, sent) if sent.lower() == target.name else (target.name,)
    return list(dict.fromkeys(key for name in names for key in (name, f"{name}.")))


def _valid(host: Host | None, proof: Proof) -> bool:
    return accepts(host, proof) and host is not None and not replayed(host, proof)


def _result(target: Target, job: Job | None) -> HostResult:
    if not target.name:
        return HostResult(target, Result.NOT_FQDN)
    if job is None or job.result is None:
        return HostResult(target, Result.NO_HOST)
    known = addresses(job.step.kept) if job.result.success else ()
    return HostResult(target, job.result, known, job.reason)


def _network(host: Host, request: UpdateRequest) -> IPv6Network | None:
    """Return the prefix of the hosts behind a host, None where it has none or tells none."""
    if not host.members:
        return None
    if request.prefix:
        return request.prefix
    address = None if "AAAA" in request.remove else request.addresses.get("AAAA")
    return prefix_of(address, host.prefix_length) if isinstance(address, IPv6Address) else None


def _derived(policy: AddressPolicy) -> AddressPolicy:
    """Return the policy for an address in a prefix that the source was seen to have."""
    return AddressPolicy.PUBLIC if policy is AddressPolicy.SOURCE else policy
