"""The use cases of InstanceDdns: some instances whose events came in, and the sweep over all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ddns.applying import Applied, Applier
from ddns.core.errors import DdnsError
from ddns.core.instance.desired import (
    UNKNOWN_VPC,
    Desired,
    Rules,
    Zones,
    desired_state,
    goes_by_domain,
)
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.records import NOTHING, NameKey, Observed, Recall
from ddns.instance.outcome import Outcome
from ddns.instance.reconciler import Settler
from ddns.instance.zones import ZoneKeeper

if TYPE_CHECKING:
    from ddns.ports import Clock, InstanceDirectory

# As many instances as fill one change batch with one A record each.
_AT_ONCE = 1000
# For so long after its launch an instance may be in the works of a worker that has not written yet.
_YOUNG = 120.0
# How often a sweep starts over because other writers were at work.
_SWEEPS = 4


class Expected(NamedTuple):
    """What a message says of an instance.

    Attributes:
        running: whether a recent event says that it runs: if EC2 does not show that yet, the
            message is to come again.
        first: whether it is the first delivery of news other than that. Such a message about an
            instance that was launched just now, wants nothing and has nothing comes again once:
            a worker with an older look at it may be about to write.
    """

    running: bool = False
    first: bool = False


class InstanceService:
    """Gives instances the record sets that they should have, and takes away those they should not.

    An event only says which instance to look at: what is done follows from what EC2 says now.
    """

    def __init__(
        self,
        directory: InstanceDirectory,
        keeper: ZoneKeeper,
        settler: Settler,
        applier: Applier,
        clock: Clock,
        rules: Rules,
        max_deletes: int,
    ) -> None:
        """Take the parts.

        Args:
            directory: EC2.
            keeper: the hosted zones.
            settler: what makes ledger and zones agree with the desired state.
            applier: reads record sets, to verify them in a sweep.
            clock: the clock.
            rules: how names are made.
            max_deletes: most record sets that one sweep may delete.
        """
        self._directory = directory
        self._keeper = keeper
        self._settler = settler
        self._applier = applier
        self._clock = clock
        self._rules = rules
        self._max_deletes = max_deletes

    def handle(self, expected: Mapping[str, Expected], deadline: float) -> Outcome:
        """Look at some instances, all in as few requests as possible.

        Args:
            expected: what the messages say, by instance id.
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
            except Exception as err:  # noqa: BLE001 - whatever it is must not fail other messages
                reason = f"{type(err).__name__}: {err}"
                outcome.failed.update(dict.fromkeys(some, reason))
        return outcome

    def _handle_some(
        self,
        ids: Collection[str],
        expected: Mapping[str, Expected],
        outcome: Outcome,
        deadline: float,
    ) -> None:
        young: set[str] = set()

        def look(owners: Collection[str]) -> list[Desired]:
            found = self._directory.describe(sorted(owners))
            seen = []
            for each in sorted(owners):
                instance = found.get(each) or Instance(each, "gone")
                if expected[each].running and instance.state in ("gone", "pending"):
                    reason = f"EC2 does not show it running yet, but {instance.state}"
                    outcome.failed[each] = reason
                else:
                    seen.append(instance)
            young.update(each.id for each in seen if self._is_young(each))
            return self._desired(seen, outcome)

        self._settler.settle(ids, look, outcome, deadline, zone_ids=self._keeper.zone_ids)
        again = {each for each in outcome.idle & young if expected[each].first}
        reason = "it is new, and another worker may be about to write what it wanted before"
        outcome.failed.update(dict.fromkeys(sorted(again), reason))

    def _is_young(self, instance: Instance) -> bool:
        """Tell whether an instance was launched so recently that its launch may be in the works."""
        if not instance.launched:
            return False
        launched = datetime.fromisoformat(instance.launched).timestamp()
        return self._clock.now() - launched < _YOUNG

    def sweep(self, deadline: float, *, verify: bool, dry_run: bool = False) -> Outcome:
        """Look at every instance of the Region and at everything in the ledger.

        Args:
            deadline: when to stop, in seconds of the epoch.
            verify: whether to compare with what the zones hold, too.
            dry_run: whether to return the plan only, and write nothing.
        """
        outcome = Outcome()
        attempt = 0
        while True:
            recall = self._settler.scan(self._keeper.zone_ids, outcome)
            desired = self._desired(self._all_instances(recall), outcome, dry_run=dry_run)
            observed = self._listing(recall, desired, outcome, deadline) if verify else {}
            if dry_run:
                outcome.plan = self._settler.plan(desired, recall, observed)
                outcome.refusals.update(dict.fromkeys(outcome.plan.refusals))
                return outcome
            allowed = self._max_deletes - outcome.removed
            again = self._settler.sweep(desired, recall, observed, outcome, deadline, allowed)
            attempt += 1
            if not again:
                return outcome
            if attempt == _SWEEPS or not self._applier.pause(attempt, deadline):
                outcome.failed.update(dict.fromkeys(sorted(again), "another writer was at work"))
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

    def _listing(
        self, recall: Recall, desired: Iterable[Desired], outcome: Outcome, deadline: float
    ) -> dict[NameKey, Observed]:
        """Return what the zones hold for every name that the ledger or an instance has."""
        by_zone: dict[str, set[NameKey]] = {}
        for key in recall.names.keys() | {key for each in desired for key in each.names}:
            by_zone.setdefault(key.zone_id, set()).add(key)
        found: dict[NameKey, Observed] = {}
        for zone_id, keys in sorted(by_zone.items()):
            applied = Applied()
            try:
                listed = self._applier.read_all(applied, zone_id, deadline)
            except DdnsError as err:
                outcome.warnings[f"zone {zone_id} could not be verified: {err}"] = None
            else:
                found.update({key: listed.get(key.name, NOTHING) for key in keys})
            outcome.throttles += applied.throttles
        return found

    def _desired(
        self, instances: Collection[Instance], outcome: Outcome, *, dry_run: bool = False
    ) -> list[Desired]:
        """Return the desired state of each instance; zones are made ready for them."""
        running = [instance for instance in instances if instance.running]
        vpcs = self._vpcs(running)
        desired = list(self._evaluate(instances, vpcs, self._keeper.zones()))
        if not dry_run and self._keeper.prepare(running, desired, self._directory, outcome):
            desired = list(self._evaluate(instances, vpcs, self._keeper.zones()))
        for each in desired:
            outcome.refusals.update(dict.fromkeys(each.refusals))
            outcome.warnings.update(dict.fromkeys(each.warnings))
        return desired

    def _vpcs(self, running: Iterable[Instance]) -> dict[str, Vpc]:
        """Return the VPCs of instances, with DHCP domains where an instance goes by one."""
        placed = [each for each in running if each.vpc_id]
        by_domain = {each.vpc_id for each in placed if goes_by_domain(each, self._rules)}
        domains = self._directory.domains(by_domain) if by_domain else {}
        vpcs = self._directory.vpcs({each.vpc_id for each in placed})
        return {key: vpc._replace(domain_names=domains.get(key, ())) for key, vpc in vpcs.items()}

    def _evaluate(
        self, instances: Iterable[Instance], vpcs: Mapping[str, Vpc], zones: Zones
    ) -> Iterator[Desired]:
        for each in instances:
            yield desired_state(each, vpcs.get(each.vpc_id, UNKNOWN_VPC), zones, self._rules)
