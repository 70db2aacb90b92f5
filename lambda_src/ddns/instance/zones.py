"""The hosted zones that may be written to: described, associated, created where asked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ddns.core.errors import DdnsError, NoSuchZoneError
from ddns.core.instance.desired import Desired
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.instance.zones import Zones
from ddns.core.names import is_below, reverse_zone
from ddns.core.records import ListedZone, Zone
from ddns.instance.outcome import Outcome

if TYPE_CHECKING:
    from ddns.instance.ports import InstanceDirectory, Ledger, ZoneRegistry
    from ddns.ports import Clock

_KNOWN_FOR = 900.0


class ZoneDuties(NamedTuple):
    """What may be done to zones themselves.

    Attributes:
        associate: associate private zones with the VPCs of instances that are written to them.
        create_reverse: create private reverse zones where no listed one covers an address.
        reference: what makes the caller references of created zones this deployment's own.
    """

    associate: bool = False
    create_reverse: bool = False
    reference: str = ""


class ZoneKeeper:
    """Knows the zones; asks Route 53 only for what the app did not know, and remembers it."""

    def __init__(
        self,
        listed: Sequence[ListedZone],
        registry: ZoneRegistry,
        ledger: Ledger,
        clock: Clock,
        duties: ZoneDuties,
    ) -> None:
        """Take the listed zones, where to ask and to remember, and what may be done."""
        self._listed = listed
        self._registry = registry
        self._ledger = ledger
        self._clock = clock
        self._duties = duties
        self._zones: dict[str, Zone] = {}
        self._gone: set[str] = set()
        self._unreported: set[str] = set()
        self._failures: dict[tuple[str, str], float] = {}
        self._known_until = float("-inf")
        self._unlisted: set[str] = set()

    def zones(self) -> Zones:
        """Return the zones as they are known.

        A listed zone that was deleted is among them, but for one that another of its name has
        taken the place of: it says where names belong, so that none moves into another zone.
        """
        self._refresh()
        names = {zone.name for zone in self._zones.values() if not zone.gone}
        return Zones(
            zone
            for zone in self._zones.values()
            if not zone.gone or not (zone.created or zone.name in names)
        )

    def _refresh(self) -> None:
        if self._clock.now() >= self._known_until:
            self._unlisted = set()
            self._zones = {zone.id: zone for zone in self._find_out()}
            self._known_until = self._clock.now() + _KNOWN_FOR

    def zone_ids(self, needed: Collection[str]) -> Collection[str]:
        """Return the ids of the zones; another worker may just have created one that is needed."""
        self._refresh()
        unknown = set(needed) - self._zones.keys() - self._unlisted
        if self._duties.create_reverse and unknown:
            self._known_until = float("-inf")
            self._refresh()
        self._unlisted |= unknown - self._zones.keys()
        return {zone.id for zone in self._zones.values() if not zone.gone}

    def gone(self, zone_ids: Iterable[str]) -> set[str]:
        """Return those of some zones that are known to be gone."""
        self._refresh()
        return {each for each in zone_ids if each in self._zones and self._zones[each].gone}

    def to_verify(self) -> list[str]:
        """Return the ids of the zones to look at in a sweep: also of listed ones that are gone."""
        self._refresh()
        zones = self._zones.values()
        return sorted(zone.id for zone in zones if not (zone.gone and zone.created))

    def note_gone(self, zone_id: str, outcome: Outcome) -> bool:
        """Note that Route 53 knows a zone no more: its items may be forgotten.

        An id never comes back, so that is for good. A listed zone is asked for itself before.

        Returns:
            Whether it is gone. If not, or if that could not be found out, all stays as it is.
        """
        zone = self._zones.get(zone_id)
        if zone is None:
            return False
        if not zone.gone:
            try:
                if zone.created:
                    self._ledger.remember_zone(zone._replace(gone=True))
                else:
                    self._registry.describe(zone_id)
                    return False
            except NoSuchZoneError:
                self._gone.add(zone_id)
            except DdnsError:
                return False
            self._zones[zone_id] = zone._replace(gone=True)
        outcome.note_gone(zone_id, zone.name, made=zone.created)
        return True

    def is_made(self, zone_id: str) -> bool:
        """Tell whether a zone is one that is created as needed."""
        return zone_id in self._zones and self._zones[zone_id].created

    def _find_out(self) -> Iterable[Zone]:
        """Yield the zones, with visibility and, where somebody needs them, their VPCs."""
        names = [zone.name for zone in self._listed]
        for zone in self._listed:
            ambiguous = names.count(zone.name) > 1
            associates = self._duties.associate and zone.private is not False
            if zone.id in self._gone:
                yield Zone(zone.id, zone.name, zone.private is not False, gone=True)
            elif zone.private is not None and not ambiguous and not associates:
                yield Zone(zone.id, zone.name, zone.private)
            else:
                yield self._described(zone)
        if self._duties.create_reverse:
            yield from self._ledger.zones()

    def _described(self, listed: ListedZone) -> Zone:
        try:
            return self._registry.describe(listed.id)._replace(name=listed.name)
        except NoSuchZoneError:
            self._gone.add(listed.id)
            self._unreported.add(listed.id)
            return Zone(listed.id, listed.name, listed.private is not False, gone=True)

    def prepare(
        self,
        instances: Collection[Instance],
        desired: Iterable[Desired],
        directory: InstanceDirectory,
        outcome: Outcome,
    ) -> bool:
        """Associate and create what the desired state of running instances needs.

        What fails is a warning: the records that can be written are written all the same.

        Returns:
            Whether there are zones now that there were not before.
        """
        before = len(self._zones)
        while self._unreported:
            zone = self._zones[self._unreported.pop()]
            outcome.note_gone(zone.id, zone.name, made=False)
        by_owner = {each.owner: each for each in desired}
        for instance in instances:
            for zone in self._private_zones(by_owner[instance.id]):
                self._associate(zone, instance.vpc_id, outcome)
        if self._duties.create_reverse:
            bare = [each for each in instances if self._lacks_pointer(by_owner[each.id], each)]
            subnets = directory.subnets({each.subnet_id for each in bare}) if bare else {}
            blocks = directory.cidr_blocks({each.vpc_id for each in bare}) if bare else {}
            for instance in bare:
                subnet = subnets.get(instance.subnet_id)
                address = instance.private_address
                if subnet is not None and address is not None:
                    vpc = Vpc(instance.vpc_id, cidr_blocks=blocks.get(instance.vpc_id, ()))
                    block = vpc.block_of(address)
                    least = block.prefixlen if block else 0
                    name = reverse_zone(address, subnet.cidr_block.prefixlen, least)
                    self._create(name, instance.vpc_id, outcome)
        return len(self._zones) > before

    def _private_zones(self, desired: Desired) -> list[Zone]:
        found = (self._zones[zone_id] for zone_id in sorted({key.zone_id for key in desired.names}))
        return [zone for zone in found if zone.private]

    def _lacks_pointer(self, desired: Desired, instance: Instance) -> bool:
        """Tell whether an instance has a private A record and no PTR record of this VPC for it."""
        if instance.private_address is None:
            return False
        pointer = instance.private_address.reverse_pointer
        listed = {zone.id for zone in self._listed}
        covered = any(
            is_below(pointer, zone.name)
            and zone.private
            and not zone.gone
            and (zone.id in listed or instance.vpc_id in (zone.vpcs or ()))
            for zone in self._zones.values()
        )
        return not covered and any(
            self._zones[key.zone_id].private and any(want.type == "A" for want in wants)
            for key, wants in desired.names.items()
        )

    def _associate(self, zone: Zone, vpc_id: str, outcome: Outcome) -> None:
        if not self._duties.associate or zone.vpcs is None or vpc_id in zone.vpcs:
            return
        if zone.created or self._failed_before((zone.id, vpc_id)):
            return
        try:
            self._registry.associate(zone.id, vpc_id)
        except NoSuchZoneError:
            self.note_gone(zone.id, outcome)
        except DdnsError as err:
            outcome.warnings[f"{zone.name} is not associated with {vpc_id}: {err}"] = None
            self._note_failure((zone.id, vpc_id))
        else:
            self._zones[zone.id] = zone._replace(vpcs=zone.vpcs | {vpc_id})

    def _failed_before(self, duty: tuple[str, str]) -> bool:
        return self._clock.now() < self._failures.get(duty, 0.0)

    def _note_failure(self, duty: tuple[str, str]) -> None:
        """Do not try this again for a while: hundreds of instances may need it."""
        self._failures[duty] = self._clock.now() + _KNOWN_FOR

    def _create(self, name: str, vpc_id: str, outcome: Outcome) -> None:
        live = (zone for zone in self._zones.values() if not zone.gone)
        if any(zone.name == name and vpc_id in (zone.vpcs or ()) for zone in live):
            return
        if self._failed_before((name, vpc_id)):
            return
        text = f"{self._duties.reference}/{vpc_id}/{name}"
        reference = hashlib.sha256(text.encode()).hexdigest()
        try:
            zone = self._registry.create_private(name, vpc_id, reference)
            self._ledger.remember_zone(zone)
        except DdnsError as err:
            outcome.warnings[f"no reverse zone {name} for {vpc_id}: {err}"] = None
            self._note_failure((name, vpc_id))
        else:
            self._zones[zone.id] = zone
