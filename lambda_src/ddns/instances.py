"""The use cases of InstanceDdns: some instances whose events came in, and the sweep over all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ddns.core.errors import DdnsError
from ddns.core.instances import Instance, Vpc
from ddns.core.records import NOTHING, NameKey, Observed
from ddns.core.wishes import UNKNOWN_VPC, Rules, Wish, Zones, goes_by_domain, wish
from ddns.ports import Clock, InstanceDirectory, Recall, RecordStore
from ddns.settling import Outcome, Settler
from ddns.zones import ZoneKeeper

# As many instances as fill one change batch with one A record each.
_AT_ONCE = 1000


class InstanceService:
    """Gives instances the record sets that they should have, and takes away those they should not.

    An event only says which instance to look at: what is done follows from what EC2 says now.
    """

    def __init__(
        self,
        directory: InstanceDirectory,
        keeper: ZoneKeeper,
        settler: Settler,
        store: RecordStore,
        clock: Clock,
        rules: Rules,
        max_deletes: int,
    ) -> None:
        """Take the parts.

        Args:
            directory: EC2.
            keeper: the hosted zones.
            settler: what makes ledger and zones agree with wishes.
            store: record sets, to verify them in a sweep.
            clock: the clock.
            rules: how names are made.
            max_deletes: most record sets that one sweep may delete.
        """
        self._directory = directory
        self._keeper = keeper
        self._settler = settler
        self._store = store
        self._clock = clock
        self._rules = rules
        self._max_deletes = max_deletes

    def handle(self, expected: Mapping[str, bool], deadline: float) -> Outcome:
        """Look at some instances, all in as few requests as possible.

        Args:
            expected: by instance id, whether a recent event says that it runs. One that EC2 does
                not show running yet is then reported as failed, to be tried again.
            deadline: when to stop, in seconds of the epoch.
        """
        outcome = Outcome()
        ids = sorted(expected)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            if start and self._clock.now() > deadline:
                outcome.failed.update(dict.fromkeys(some, "time is up"))
                continue
            try:
                self._handle_some(some, expected, outcome, deadline)
            except DdnsError as err:
                reason = f"{type(err).__name__}: {err}"
                outcome.failed.update(dict.fromkeys(some, reason))
        return outcome

    def _handle_some(
        self, ids: Iterable[str], expected: Mapping[str, bool], outcome: Outcome, deadline: float
    ) -> None:
        found = self._directory.describe(list(ids))
        seen = []
        for each in ids:
            instance = found.get(each) or Instance(each, "gone")
            if expected[each] and instance.state in ("gone", "pending"):
                outcome.failed[each] = f"EC2 does not show it running yet, but {instance.state}"
            else:
                seen.append(instance)
        wishes = self._wishes(seen, outcome)
        self._settler.settle(wishes, outcome, deadline, zone_ids=self._keeper.zone_ids())

    def sweep(self, deadline: float, *, verify: bool, dry_run: bool = False) -> Outcome:
        """Look at every instance of the Region and at everything in the ledger.

        Args:
            deadline: when to stop, in seconds of the epoch.
            verify: whether to compare with what the zones hold, too.
            dry_run: whether to return the plan only, and write nothing.
        """
        outcome = Outcome()
        recall = self._settler.scan(self._keeper.zone_ids(), outcome)
        instances = self._all_instances(recall)
        wishes = self._wishes(instances, outcome, dry_run=dry_run)
        observed = self._listing(recall, wishes) if verify else None
        planned = self._settler.plan(wishes, recall, observed)
        if dry_run:
            outcome.plan = planned
            outcome.refusals.update(dict.fromkeys(planned.refusals))
            return outcome
        allowed = planned.deletes <= self._max_deletes
        outcome.withheld = 0 if allowed else planned.deletes
        self._settler.settle(
            wishes,
            outcome,
            deadline,
            zone_ids=self._keeper.zone_ids(),
            recall=recall,
            observed=observed,
            allow_deletes=allowed,
        )
        return outcome

    def _all_instances(self, recall: Recall) -> list[Instance]:
        """Return the running instances, and a second look at those that are in the ledger only.

        The ledger was read before, so whoever is in it was seen running before.
        """
        running = {instance.id: instance for instance in self._directory.running()}
        owners = recall.owners.keys() | {o for name in recall.names.values() for o in name.claims}
        missing = sorted(owners - running.keys())
        found = self._directory.describe(missing) if missing else {}
        gone = [found.get(owner) or Instance(owner, "gone") for owner in missing]
        return [*running.values(), *gone]

    def _listing(self, recall: Recall, wishes: Iterable[Wish]) -> dict[NameKey, Observed]:
        """Return what the zones hold for every name that the ledger or a wish has."""
        keys = recall.names.keys() | {key for each in wishes for key in each.names}
        found: dict[NameKey, Observed] = {}
        for zone_id in sorted({key.zone_id for key in keys}):
            listed = self._store.read_all(zone_id)
            found.update(
                {key: listed.get(key.name, NOTHING) for key in keys if key.zone_id == zone_id}
            )
        return found

    def _wishes(
        self, instances: Collection[Instance], outcome: Outcome, *, dry_run: bool = False
    ) -> list[Wish]:
        """Return the wish of each instance; zones are made ready for them."""
        running = [instance for instance in instances if instance.running]
        vpcs = self._vpcs(running)
        wishes = list(self._evaluate(instances, vpcs, self._keeper.zones()))
        if not dry_run and self._keeper.prepare(running, wishes, self._directory, outcome):
            wishes = list(self._evaluate(instances, vpcs, self._keeper.zones()))
        for each in wishes:
            outcome.refusals.update(dict.fromkeys(each.refusals))
            outcome.warnings.update(dict.fromkeys(each.warnings))
        return wishes

    def _vpcs(self, running: Iterable[Instance]) -> dict[str, Vpc]:
        """Return the VPCs of instances, with DHCP domains where an instance goes by one."""
        placed = [each for each in running if each.vpc_id]
        by_domain = {each.vpc_id for each in placed if goes_by_domain(each, self._rules)}
        domains = self._directory.domains(by_domain) if by_domain else {}
        vpcs = self._directory.vpcs({each.vpc_id for each in placed})
        return {key: vpc._replace(domain_names=domains.get(key, ())) for key, vpc in vpcs.items()}

    def _evaluate(
        self, instances: Iterable[Instance], vpcs: Mapping[str, Vpc], zones: Zones
    ) -> Iterator[Wish]:
        for each in instances:
            yield wish(each, vpcs.get(each.vpc_id, UNKNOWN_VPC), zones, self._rules)
