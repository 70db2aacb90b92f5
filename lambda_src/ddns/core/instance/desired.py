"""From an instance to the record sets it should have: the decision table of InstanceDdns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.errors import InvalidNameError
from ddns.core.instance.host_names import from_template
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.instance.tags import TagKeys, spellings
from ddns.core.instance.zones import Zones, within
from ddns.core.names import Address, canonical, domain, fully_qualified, host_name
from ddns.core.records import NameKey, Refusal, Zone

UNKNOWN_VPC = Vpc("")


class Rules(NamedTuple):
    """How names are made.

    Attributes:
        tags: the tag keys.
        template: the host name, with fields in braces (see ``TEMPLATE_FIELDS``).
        use_dhcp_domain: whether an instance without a zone tag goes by its VPC's DHCP domain.
        region: the Region, for the template.
    """

    tags: TagKeys = TagKeys()
    template: str = "{private_dns}"
    use_dhcp_domain: bool = True
    region: str = ""


class Wanted(NamedTuple):
    """Values that an instance wants for one record set.

    Attributes:
        type: the record type.
        values: the values, sorted.
        target: the name whose A or AAAA these values point to, None where they point to none.
        fallback: the values to use where that name is refused; empty to want nothing then.
    """

    type: str
    values: tuple[str, ...]
    target: NameKey | None = None
    fallback: tuple[str, ...] = ()


class Desired(NamedTuple):
    """All that one instance should have; one with no names is to have nothing.

    Attributes:
        owner: the instance id.
        launched: when it was launched (ISO 8601).
        names: what it wants, by name.
        refusals: what it cannot have, with reasons.
        warnings: what somebody should look at.
        gone: whether the instance is gone for good.
        undecided: ids of zones of which it is not clear whether its names are in them, as two
            listed zones of one name are (while name servers are moved, say). Names in ``names``
            are planned as ever; whatever else the owner has in these zones stays as it is.
    """

    owner: str
    launched: str = ""
    names: Mapping[NameKey, tuple[Wanted, ...]] = MappingProxyType({})
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    gone: bool = False
    undecided: frozenset[str] = frozenset()


def without(desired: Desired, barred: Collection[NameKey]) -> Desired:
    """Return a desired state without some names, and what points to them by its fallback."""
    if not barred:
        return desired
    names: dict[NameKey, tuple[Wanted, ...]] = {}
    for key, wants in desired.names.items():
        left = [
            want._replace(values=want.fallback, target=None) if want.target in barred else want
            for want in wants
        ]
        kept = tuple(want for want in left if want.values)
        if key not in barred and kept:
            names[key] = kept
    return desired._replace(names=names)


def goes_by_domain(instance: Instance, rules: Rules) -> bool:
    """Tell whether an instance may go by the DHCP domain of its VPC.

    One with a tag of exactly the zone key never does. That depends on nothing but the instance, so
    it gets the same names whoever else is looked at with it.
    """
    tagged = rules.tags.zone in spellings(instance, rules.tags.zone)
    return rules.use_dhcp_domain and instance.running and not tagged


# What a running instance wants, by what it has; any other state wants nothing.
#
# | instance has                 | listed private zone                | listed public zone         |
# |------------------------------|------------------------------------|----------------------------|
# | ZONE tag naming it           | A, AAAA: host -> private, IPv6;    | A, AAAA: host -> public,   |
# |                              | PTR where a reverse zone covers it | IPv6                       |
# | ZONE naming both of one name | both: split horizon                | both                       |
# | zone, Zone, ...: not as the  | the same, if they name one listed zone; nothing if they name    |
# |   key is configured          | several; ignored if they name none                              |
# | CNAME tag                    | to its A name of this visibility,  | the same, else to the      |
# |                              | else to the private DNS name       | public DNS name            |
# | no ZONE tag, DHCP domain     | A, AAAA, PTR                       | -                          |
# |   that is a listed zone      |                                    |                            |
# | host-name tag                | its name instead of the template's | the same                   |
# | host-name tag in a listed    | the zone that holds the name       | the same                   |
# |   zone, nothing else names   |                                    |                            |
# |   a zone                     |                                    |                            |
# | host-name tag in a listed    | no A, AAAA, PTR: refused           | the same                   |
# |   zone, another is named     |                                    |                            |
# | host-name tag in none of     | relative, dots or not              | the same                   |
# |   them                       |                                    |                            |
def desired_state(instance: Instance, vpc: Vpc, zones: Zones, rules: Rules) -> Desired:
    """Return what an instance should have; what it cannot have is among the refusals."""
    if not instance.running:
        return Desired(instance.id, gone=instance.gone)
    return _Evaluation(instance, vpc, zones, rules).result()


class _Evaluation:
    """One evaluation of the table, row after row."""

    def __init__(self, instance: Instance, vpc: Vpc, zones: Zones, rules: Rules) -> None:
        self._instance = instance
        self._vpc = vpc
        self._all = zones
        self._zones = zones.forward()
        self._reverse = zones.reverse()
        self._rules = rules
        self._names: dict[NameKey, tuple[Wanted, ...]] = {}
        self._host_keys: dict[bool, NameKey] = {}
        self._unclear: set[bool] = set()
        self._undecided: set[str] = set()
        self._refusals: list[Refusal] = []
        self._warnings = [
            f"nothing is written to {zone.name} of hosted_zones: it is no reverse zone of whole "
            "octets or nibbles (RFC 2317), so an address does not tell its name there"
            for zone in zones.unused()
        ]
        self._host_tag = self._tag(rules.tags.host_name)

    def result(self) -> Desired:
        hosts = self._host_zones()
        if True in self._unclear:
            # The PTR records of a host name that stays, stay too.
            self._undecided |= self._reverse.ids()
        for zone in hosts:
            self._add_host(zone)
        self._add_cname()
        if self._names and self._instance.vpc_id and any(zone.private for zone in hosts):
            self._check_vpc()
        return Desired(
            self._instance.id,
            self._instance.launched,
            self._names,
            tuple(dict.fromkeys(self._refusals)),
            tuple(self._warnings),
            undecided=frozenset(self._undecided),
        )

    def _refuse(self, name: str, kind: str, reason: str) -> None:
        self._refusals.append(Refusal(self._instance.id, name, kind, reason))

    def _named(self, name: str, *, private: bool) -> tuple[Zone, ...]:
        return self._zones.named(name, private=private, vpc_id=self._instance.vpc_id)

    def _holding(self, name: str, *, private: bool) -> tuple[Zone, ...]:
        return self._zones.holding(name, private=private, vpc_id=self._instance.vpc_id)

    def _one(self, zones: tuple[Zone, ...], name: str, kind: str) -> Zone | None:
        """Return the one zone that is meant; of several none is, and what is in them stays."""
        if len(zones) < 2:  # noqa: PLR2004 - none, or the one
            return next(iter(zones), None)
        private = zones[0].private
        ids, what = " and ".join(zone.id for zone in zones), "private" if private else "public"
        vpc = f", not exactly one of them with {self._instance.vpc_id}" if private else ""
        self._undecided.update(zone.id for zone in zones)
        self._refuse(
            name,
            kind,
            f"{ids} of hosted_zones are {what} zones of one name, {zones[0].name!r}{vpc}: "
            "what is registered there stays as it is; list only one of them",
        )
        return None

    def _host_zone(self, zones: tuple[Zone, ...], name: str) -> list[Zone]:
        zone = self._one(zones, name, "A")
        if zone is None:
            self._unclear.update(each.private for each in zones)
        return [zone] if zone else []

    def _tag(self, key: str) -> str | None:
        """Return the value of a tag, empty where there is none, None where spellings differ."""
        return self._agreed(key, spellings(self._instance, key))

    def _agreed(self, key: str, values: Mapping[str, str]) -> str | None:
        """Return the one value that the spellings of a key have; refuse several."""
        if len(set(values.values())) > 1:
            keys = ", ".join(values)
            self._refuse("", "", f"the tags {keys} have different values: use one, spelt {key}")
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
        listed = {each: name for each, name in names.items() if self._zones.knows(name)}
        for each in sorted(names.keys() - listed.keys()):
            self._warnings.append(
                f"the tag {each}={names[each]} is ignored: it names no forward zone in "
                f"hosted_zones, and the key of this deployment is spelt {key}"
            )
        agreed = self._agreed(key, listed)
        if agreed is None:
            self._warnings.append(
                f"{self._instance.id} is in no zone: its tags {', '.join(listed)} name several"
            )
        return agreed

    def _host_zones(self) -> list[Zone]:
        """Return the zones for the address records."""
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
        if not self._zones.knows(name):
            key = self._rules.tags.zone
            self._refuse(name, "A", f"the {key} tag names no forward zone in hosted_zones")
            return []
        private, public = (self._named(name, private=each) for each in (True, False))
        return [*self._host_zone(private, name), *self._host_zone(public, name)]

    def _zones_of_full_name(self) -> list[Zone]:
        """Return the zones that hold a host-name tag which is a full name by itself."""
        tagged = domain(self._host_tag or "")
        if not tagged:
            return []
        private, public = (self._holding(tagged, private=each) for each in (True, False))
        return [*self._host_zone(private, tagged), *self._host_zone(public, tagged)]

    def _host_name(self, zone: Zone) -> str | None:
        """Return the full host name in a zone, or None and a refusal."""
        if self._host_tag is None:
            return None
        rules = self._rules
        text = self._host_tag or from_template(rules.template, self._instance, rules.region)
        if not text:
            reason = f"no value for a field of {rules.template!r}: every field needs one"
            self._refuse(zone.name, "A", reason)
            return None
        name = domain(text)
        if within(name, zone.name):
            return self._valid(name, "A", zone)
        other = self._all.around(name)
        if other or text.endswith("."):
            lies = f"it lies in zone {other!r}" if other else "it ends in a dot"
            reason = f"{lies}, and the instance is registered in zone {zone.name!r}"
            self._refuse(name, "A", f"{reason}: use a name within that, or a relative one")
            return None
        return self._valid(f"{name}.{zone.name}", "A", zone)

    def _valid(self, text: str, kind: str, zone: Zone) -> str | None:
        try:
            name = host_name(text)
        except InvalidNameError as err:
            self._refuse(text, kind, str(err))
            return None
        if name == zone.name:
            self._refuse(name, kind, "it is the zone apex")
            return None
        nearest = self._holding(name, private=zone.private)
        if nearest and nearest[0].name != zone.name:
            self._refuse(name, kind, f"in {zone.name!r} it is hidden by zone {nearest[0].name!r}")
            return None
        return name

    def _add_host(self, zone: Zone) -> None:
        """Add the address records of one zone, and PTR records for a private one."""
        name = self._host_name(zone)
        if name is None:
            return
        first = self._instance.private_address if zone.private else self._instance.public_address
        addresses: list[Address] = [a for a in (first, self._instance.ipv6_address) if a]
        if not addresses:
            kind = "private" if zone.private else "public"
            if zone.private or not self._names:
                self._refuse(name, "A", f"the instance has no {kind} address")
            return
        key = NameKey(zone.id, name)
        self._host_keys[zone.private] = key
        self._names[key] = tuple(
            Wanted("A" if address.version == 4 else "AAAA", (str(address),))  # noqa: PLR2004 - IPv4
            for address in addresses
        )
        if zone.private:
            for address in addresses:
                self._add_pointer(address, key)

    def _add_pointer(self, address: Address, target: NameKey) -> None:
        pointer = address.reverse_pointer
        vpc_id = self._instance.vpc_id
        zones = self._reverse.holding(pointer, private=True, vpc_id=vpc_id)
        zone = self._one(zones, pointer, "PTR")
        if zone is not None and zone.name != pointer:
            wanted = Wanted("PTR", (fully_qualified(target.name),), target)
            self._names[NameKey(zone.id, pointer)] = (wanted,)

    def _add_cname(self) -> None:
        """Add the CNAME records of a CNAME tag: one for each visibility that has a zone for it."""
        text = self._tag(self._rules.tags.cname)
        if not text:
            return
        try:
            name = host_name(text)
        except InvalidNameError as err:
            self._refuse(text, "CNAME", str(err))
            return
        candidates = [self._holding(name, private=each) for each in (True, False)]
        if not any(candidates):
            key = self._rules.tags.cname
            self._refuse(name, "CNAME", f"the {key} tag is in no forward zone of hosted_zones")
        zones = [self._one(each, name, "CNAME") for each in candidates]
        held = [zone for zone in zones if zone]
        reasons = [reason for zone in held if (reason := self._add_cname_in(zone, name))]
        if len(reasons) == len(held):
            for reason in reasons:
                self._refuse(name, "CNAME", reason)

    def _add_cname_in(self, zone: Zone, name: str) -> str | None:
        """Add the CNAME in one zone; return why not where it cannot be."""
        if name == zone.name:
            return "it is the zone apex"
        if zone.private in self._unclear:
            # Where it points to is not clear either.
            self._undecided.add(zone.id)
            return None
        key = NameKey(zone.id, name)
        if key in self._names:
            return "CNAME clash: the instance has an address record of this name"
        target = self._host_keys.get(zone.private)
        dns = canonical(self._instance.private_dns if zone.private else self._instance.public_dns)
        reason = self._no_target(dns, name, private=zone.private)
        if target is None and reason:
            return reason
        fallback = () if reason else (fully_qualified(dns),)
        values = (fully_qualified(target.name),) if target else fallback
        self._names[key] = (Wanted("CNAME", values, target, fallback),)
        return None

    def _no_target(self, dns: str, name: str, *, private: bool) -> str | None:
        """Return why a CNAME cannot point to the DNS name that EC2 gave the instance, or None.

        A listed zone that holds this name (``ec2.internal``) hides what EC2 answers to it, so it
        would lead nowhere; or, with a CNAME of another instance there, in a circle.
        """
        if not dns:
            return f"the instance has no {'private' if private else 'public'} DNS name to point to"
        if dns == name:
            return "it would point to itself"
        hiding = self._holding(dns, private=private)
        if hiding:
            return (
                f"{dns} is in zone {hiding[0].name!r} of hosted_zones, which hides EC2's answer: "
                f"register the instance there ({self._rules.tags.zone} tag)"
            )
        return None

    def _check_vpc(self) -> None:
        for on, what in (
            (self._vpc.dns_support, "DNS support (enableDnsSupport)"),
            (self._vpc.dns_hostnames, "DNS hostnames (enableDnsHostnames)"),
        ):
            if not on:
                self._warnings.append(
                    f"{what} is off in {self._vpc.id}: "
                    "private zones do not answer there until it is on"
                )
