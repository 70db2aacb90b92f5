"""Which zones the names of an instance are in: by its tags, or by its VPC's DHCP domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ddns.core.instance.allowed import AllowedNames
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.instance.tags import TagKeys, spellings
from ddns.core.instance.zones import Zones
from ddns.core.names import domain
from ddns.core.records import Refusal, Zone


class Rules(NamedTuple):
    """How names are made.

    Attributes:
        tags: the tag keys.
        template: the host name, with fields in braces (see ``TEMPLATE_FIELDS``).
        use_dhcp_domain: whether an instance without a zone tag goes by its VPC's DHCP domain.
        region: the Region, for the template.
        allowed: the names that may be made.
    """

    tags: TagKeys = TagKeys()
    template: str = "{private_dns}"
    use_dhcp_domain: bool = True
    region: str = ""
    allowed: AllowedNames = AllowedNames(frozenset({"*"}))


def goes_by_domain(instance: Instance, rules: Rules) -> bool:
    """Tell whether an instance may go by the DHCP domain of its VPC.

    One with a tag of exactly the zone key never does. That depends on nothing but the instance, so
    it gets the same names whoever else is looked at with it.
    """
    tagged = rules.tags.zone in spellings(instance, rules.tags.zone)
    return rules.use_dhcp_domain and instance.running and not tagged


class Placement:
    """Determines the zones for the names of one instance, and notes what is in the way.

    Attributes:
        listed: the zones that may be written to.
        forward: those that take host names.
        reverse: those that take PTR records.
        host_tag: the value of the host-name tag, empty without one, None where spellings differ.
        unclear: the visibilities (private or not) for which it is not clear where host names are.
        undecided: ids of zones in which the instance's names stay as they are.
        refusals: what cannot be, with reasons.
        warnings: what somebody should look at.
    """

    def __init__(self, instance: Instance, vpc: Vpc, zones: Zones, rules: Rules) -> None:
        """Take the instance, its VPC, every listed zone, and how names are made."""
        self._instance = instance
        self._vpc = vpc
        self._rules = rules
        self.listed = zones
        self.forward = zones.forward()
        self.reverse = zones.reverse()
        self.unclear: set[bool] = set()
        self.undecided: set[str] = set()
        self.refusals: list[Refusal] = []
        self.warnings = [
            f"nothing is written to {zone.name} of hosted_zones: it is no reverse zone of whole "
            "octets or nibbles (RFC 2317), so an address does not tell its name there"
            for zone in zones.unused()
        ]
        self.host_tag = self.tag(rules.tags.host_name)

    def refuse(self, name: str, kind: str, reason: str) -> None:
        """Note what the instance cannot have."""
        self.refusals.append(Refusal(self._instance.id, name, kind, reason))

    def _named(self, name: str, *, private: bool) -> tuple[Zone, ...]:
        return self.forward.named(name, private=private, vpc_id=self._instance.vpc_id)

    def holding(self, name: str, *, private: bool) -> tuple[Zone, ...]:
        """Return the innermost forward zone that holds a name, several where it is not clear."""
        return self.forward.holding(name, private=private, vpc_id=self._instance.vpc_id)

    def one(self, zones: tuple[Zone, ...], name: str, kind: str) -> Zone | None:
        """Return the one zone that is meant; of several none is, and what is in them stays."""
        if len(zones) < 2:  # noqa: PLR2004 - none, or the one
            return next(iter(zones), None)
        private = zones[0].private
        ids, what = " and ".join(zone.id for zone in zones), "private" if private else "public"
        vpc = f" and not exactly one is that of {self._instance.vpc_id}" if private else ""
        self.undecided.update(zone.id for zone in zones)
        self.refuse(
            name,
            kind,
            f"{ids} of hosted_zones are {what} zones of one name, {zones[0].name!r}{vpc}: "
            "what is registered there stays as it is; list only one of them",
        )
        return None

    def _host_zone(self, zones: tuple[Zone, ...], name: str) -> list[Zone]:
        zone = self.one(zones, name, "A")
        if zone is None:
            self.unclear.update(each.private for each in zones)
        return [zone] if zone else []

    def tag(self, key: str) -> str | None:
        """Return the value of a tag, empty where there is none, None where spellings differ."""
        return self._agreed(key, spellings(self._instance, key))

    def _agreed(self, key: str, values: Mapping[str, str]) -> str | None:
        """Return the one value that the spellings of a key have; refuse several."""
        if len(set(values.values())) > 1:
            keys = ", ".join(values)
            self.refuse("", "", f"the tags {keys} have different values: use one, spelt {key}")
            return None
        return next(iter(values.values()), "")

    def _zone_tag(self) -> str | None:
        """Return the zone that a tag names, empty where none does, None where several differ.

        A tag of exactly this key names a zone, listed or not. One that spells it otherwise may be
        somebody else's, such as zone=us-east-1a: it counts where it names a listed zone.
        """
        key = self._rules.tags.zone
        names = {each: domain(value) for each, value in spellings(self._instance, key).items()}
        if key in names:
            return names[key]
        listed = {each: name for each, name in names.items() if self.forward.knows(name)}
        for each in sorted(names.keys() - listed.keys()):
            self.warnings.append(
                f"the tag {each}={names[each]} is ignored: it names no forward zone in "
                f"hosted_zones, and the key of this deployment is spelt {key}"
            )
        agreed = self._agreed(key, listed)
        if agreed is None:
            self.warnings.append(
                f"{self._instance.id} is in no zone: its tags {', '.join(listed)} name several"
            )
        return agreed

    def host_zones(self) -> list[Zone]:
        """Return the zones for the address records."""
        zones = self._host_zones()
        if True in self.unclear:
            # The PTR records of a host name that stays, stay too.
            self.undecided |= self.reverse.ids()
        return zones

    def _host_zones(self) -> list[Zone]:
        tagged = self._zone_tag()
        if tagged is None:
            return []
        if tagged:
            return self._tagged_zones(tagged)
        by_domain = goes_by_domain(self._instance, self._rules)
        for name in self._vpc.domain_names if by_domain else ():
            zones = self._named(name, private=True)
            if zones:
                return self._host_zone(zones, name)
        return self._zones_of_full_name()

    def _tagged_zones(self, name: str) -> list[Zone]:
        if not self.forward.knows(name):
            key = self._rules.tags.zone
            self.refuse(name, "A", f"the {key} tag names no forward zone in hosted_zones")
            return []
        private, public = (self._named(name, private=each) for each in (True, False))
        return [*self._host_zone(private, name), *self._host_zone(public, name)]

    def _zones_of_full_name(self) -> list[Zone]:
        """Return the zones that hold a host-name tag which is a full name by itself."""
        tagged = domain(self.host_tag or "")
        if not tagged:
            return []
        private, public = (self.holding(tagged, private=each) for each in (True, False))
        return [*self._host_zone(private, tagged), *self._host_zone(public, tagged)]
