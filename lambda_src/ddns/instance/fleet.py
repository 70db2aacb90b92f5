"""What instances should have, given their VPCs and the hosted zones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from ddns.core.instance.desired import (
    UNKNOWN_VPC,
    Desired,
    desired_state,
)
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.instance.placement import Rules, goes_by_domain
from ddns.core.instance.zones import Zones
from ddns.instance.outcome import Outcome
from ddns.instance.zones import ZoneKeeper

if TYPE_CHECKING:
    from ddns.instance.ports import InstanceDirectory


class Fleet:
    """Knows what instances should have, and makes zones ready for them."""

    def __init__(self, directory: InstanceDirectory, keeper: ZoneKeeper, rules: Rules) -> None:
        """Take EC2, the hosted zones, and how names are made."""
        self._directory = directory
        self._keeper = keeper
        self._rules = rules

    def desired(
        self,
        instances: Collection[Instance],
        outcome: Outcome,
        *,
        dry_run: bool = False,
        checked_vpcs: int = 0,
    ) -> list[Desired]:
        """Return what each instance should have.

        Args:
            instances: the instances as EC2 shows them.
            outcome: where to note refusals and warnings.
            dry_run: whether zones are left as they are.
            checked_vpcs: of how many VPCs to read the DNS settings, and whether to read CIDR
                blocks. They only lead to warnings and are slow to read: events do without.
        """
        running = [instance for instance in instances if instance.running]
        vpcs = self._vpcs(running, checked_vpcs)
        desired = self._evaluate(instances, vpcs, self._keeper.zones())
        if not dry_run and self._keeper.prepare(running, desired, self._directory, outcome):
            desired = self._evaluate(instances, vpcs, self._keeper.zones())
        for each in desired:
            outcome.refusals.update(dict.fromkeys(each.refusals))
            outcome.warnings.update(dict.fromkeys(each.warnings))
        return desired

    def _vpcs(self, running: Iterable[Instance], checked: int) -> dict[str, Vpc]:
        """Return the VPCs of instances, with DHCP domains where an instance may need one."""
        placed = [each for each in running if each.vpc_id]
        ids = {each.vpc_id for each in placed}
        by_domain = {each.vpc_id for each in placed if goes_by_domain(each, self._rules)}
        domains = self._directory.domains(by_domain) if by_domain else {}
        vpcs = self._directory.vpcs(ids, checked)
        by_block = checked and self._keeper.zones().reverse().ids()
        blocks = self._directory.cidr_blocks(ids) if by_block and ids else {}
        return {
            each: vpcs.get(each, Vpc(each))._replace(
                domain_names=domains.get(each, ()), cidr_blocks=blocks.get(each, ())
            )
            for each in ids
        }

    def _evaluate(
        self, instances: Iterable[Instance], vpcs: Mapping[str, Vpc], zones: Zones
    ) -> list[Desired]:
        return [
            desired_state(each, vpcs.get(each.vpc_id, UNKNOWN_VPC), zones, self._rules)
            for each in instances
        ]
