"""From an instance to the record sets it should have: the decision table of InstanceDdns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.errors import InvalidNameError
from ddns.core.instance.host_names import from_template
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.instance.placement import Placement, Rules
from ddns.core.instance.zones import Zones, within
from ddns.core.names import Address, canonical, domain, fully_qualified, is_coarser, owner_name
from ddns.core.records import NameKey, Refusal, Zone

UNKNOWN_VPC = Vpc("")


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
# | a name that is not allowed   | refused: no A, AAAA, PTR; no CNAME | the same                   |
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
        self._rules = rules
        self._place = Placement(instance, vpc, zones, rules)
        self._names: dict[NameKey, tuple[Wanted, ...]] = {}
        self._host_keys: dict[bool, NameKey] = {}

    def result(self) -> Desired:
        hosts = self._place.host_zones()
        for zone in hosts:
            self._add_host(zone)
        self._add_cname()
        if self._names and self._instance.vpc_id and any(zone.private for zone in hosts):
            self._check_vpc()
        desired = Desired(
            self._instance.id,
            self._instance.launched,
            self._names,
            tuple(dict.fromkeys(self._place.refusals)),
            tuple(self._place.warnings),
            undecided=frozenset(self._place.undecided),
        )
        # A listed zone that was deleted still tells where names belong: none of them moves into
        # another zone because of that.
        gone = self._place.listed.gone()
        return without(desired, {key for key in self._names if key.zone_id in gone})

    def _host_name(self, zone: Zone) -> str | None:
        """Return the full host name in a zone, or None and a refusal."""
        if self._place.host_tag is None:
            return None
        rules = self._rules
        text = self._place.host_tag or from_template(rules.template, self._instance, rules.region)
        if not text:
            reason = f"no value for a field of {rules.template!r}: every field needs one"
            self._place.refuse(zone.name, "A", reason)
            return None
        name = domain(text)
        if within(name, zone.name):
            return self._valid(name, "A", zone)
        other = self._place.listed.around(name)
        if other or text.endswith("."):
            lies = f"it lies in zone {other!r}" if other else "it ends in a dot"
            reason = f"{lies}, and the instance is registered in zone {zone.name!r}"
            self._place.refuse(name, "A", f"{reason}: use a name within that, or a relative one")
            return None
        return self._valid(f"{name}.{zone.name}", "A", zone)

    def _valid(self, text: str, kind: str, zone: Zone) -> str | None:
        try:
            name = owner_name(text)
        except InvalidNameError as err:
            self._place.refuse(text, kind, str(err))
            return None
        if name == zone.name:
            self._place.refuse(name, kind, "it is the zone apex")
            return None
        nearest = self._place.holding(name, private=zone.private)
        if nearest and nearest[0].name != zone.name:
            self._place.refuse(
                name, kind, f"in {zone.name!r} it is hidden by zone {nearest[0].name!r}"
            )
            return None
        objection = self._rules.allowed.objection(name)
        if objection:
            self._place.refuse(name, kind, f"{self._source()}, and {objection}")
            return None
        return name

    def _source(self) -> str:
        """Return what asks for the host name."""
        if self._place.host_tag:
            return f"the {self._rules.tags.host_name} tag asks for it"
        return f"the template {self._rules.template!r} makes it"

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
                self._place.refuse(name, "A", f"the instance has no {kind} address")
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
        zones = self._place.reverse.holding(pointer, private=True, vpc_id=vpc_id)
        zone = self._place.one(zones, pointer, "PTR")
        if zone is not None and zone.name != pointer:
            self._check_reverse(zone, address)
            wanted = Wanted("PTR", (fully_qualified(target.name),), target)
            self._names[NameKey(zone.id, pointer)] = (wanted,)

    def _check_reverse(self, zone: Zone, address: Address) -> None:
        # Resolver has rules of its own only where DNS host names are on.
        block = self._vpc.block_of(address) if self._vpc.dns_hostnames else None
        if block is not None and is_coarser(zone.name, block.prefixlen):
            self._place.warnings.append(
                f"reverse zone {zone.name} is coarser than {block} of {self._vpc.id}: Resolver's "
                "autodefined rules answer there in its place; list reverse zones within the VPC's "
                "CIDR block, or have AutodefinedReverse disabled for the VPC"
            )

    def _add_cname(self) -> None:
        """Add the CNAME records of a CNAME tag: one for each visibility that has a zone for it."""
        text = self._place.tag(self._rules.tags.cname)
        if not text:
            return
        try:
            name = owner_name(text)
        except InvalidNameError as err:
            self._place.refuse(text, "CNAME", str(err))
            return
        candidates = [self._place.holding(name, private=each) for each in (True, False)]
        if not any(candidates):
            key = self._rules.tags.cname
            self._place.refuse(
                name, "CNAME", f"the {key} tag is in no forward zone of hosted_zones"
            )
        zones = [self._place.one(each, name, "CNAME") for each in candidates]
        held = [zone for zone in zones if zone]
        reasons = [reason for zone in held if (reason := self._add_cname_in(zone, name))]
        if len(reasons) == len(held):
            for reason in reasons:
                self._place.refuse(name, "CNAME", reason)

    def _add_cname_in(self, zone: Zone, name: str) -> str | None:
        """Add the CNAME in one zone; return why not where it cannot be."""
        if name == zone.name:
            return "it is the zone apex"
        objection = self._rules.allowed.objection(name)
        if objection:
            return f"the {self._rules.tags.cname} tag asks for it, and {objection}"
        if zone.private in self._place.unclear:
            # Where it points to is not clear either.
            self._place.undecided.add(zone.id)
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
        hiding = self._place.holding(dns, private=private)
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
                self._place.warnings.append(
                    f"{what} is off in {self._vpc.id}: "
                    "private zones do not answer there until it is on"
                )
