"""From an instance to the record sets it should have: the decision table of InstanceDdns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.errors import InvalidNameError
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.names import Address, canonical, domain, fully_qualified, host_name, is_below
from ddns.core.records import NameKey, Refusal, Zone

UNKNOWN_VPC = Vpc("")
_FIELD = re.compile(r"\{(\w+)\}")


class TagKeys(NamedTuple):
    """Which tag keys mean what; compared whole, in any case."""

    zone: str = "ZONE"
    cname: str = "CNAME"
    host_name: str = "HOSTNAME"


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
    """All that one instance should have; one with no names is to have nothing."""

    owner: str
    launched: str = ""
    names: Mapping[NameKey, tuple[Wanted, ...]] = MappingProxyType({})
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()


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


class Zones:
    """The zones that may be written to, and which one a name belongs to."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        """Take every listed zone."""
        self._zones = tuple(zones)

    def forward(self) -> Zones:
        """Return the zones that take host names."""
        return Zones(zone for zone in self._zones if not zone.reverse)

    def reverse(self) -> Zones:
        """Return the zones that take PTR records."""
        return Zones(zone for zone in self._zones if zone.reverse)

    def named(self, name: str, *, private: bool, vpc_id: str) -> Zone | None:
        """Return the zone of exactly that name and visibility.

        Of several private zones of one name, the one associated with the VPC is meant; where that
        does not single one out, none is.
        """
        zones = self._of(vpc_id)
        found = [zone for zone in zones if zone.name == name and zone.private == private]
        if len(found) > 1:
            found = [zone for zone in found if zone.vpcs and vpc_id in zone.vpcs]
        return found[0] if len(found) == 1 else None

    def holding(self, name: str, *, private: bool, vpc_id: str) -> Zone | None:
        """Return the zone with the longest name that a name is below of, or equal to."""
        best = max(
            (z.name for z in self._of(vpc_id) if z.private == private and _within(name, z.name)),
            key=len,
            default=None,
        )
        return None if best is None else self.named(best, private=private, vpc_id=vpc_id)

    def _of(self, vpc_id: str) -> Iterator[Zone]:
        """Yield the zones without those that were created for other VPCs."""
        return (z for z in self._zones if not z.created or vpc_id in (z.vpcs or ()))

    def knows(self, name: str) -> bool:
        """Tell whether any zone has that name."""
        return any(zone.name == name for zone in self._zones)


def _within(name: str, zone: str) -> bool:
    return name == zone or is_below(name, zone)


def _tag_values(instance: Instance, key: str) -> set[str]:
    """Return the value of the tag of exactly this key, else those of other spellings of it."""
    tags = instance.tags or {}
    if key in tags:
        return {tags[key].strip()}
    return {value.strip() for found, value in tags.items() if found.lower() == key.lower()}


def goes_by_domain(instance: Instance, rules: Rules) -> bool:
    """Tell whether the DHCP domain of an instance's VPC matters for what it should have."""
    tagged = any(_tag_values(instance, rules.tags.zone))
    return rules.use_dhcp_domain and instance.running and not tagged


# What a running instance wants, by what it has; any other state wants nothing.
#
# | instance has                 | listed private zone                | listed public zone         |
# |------------------------------|------------------------------------|----------------------------|
# | ZONE tag naming it           | A, AAAA: host -> private, IPv6;    | A, AAAA: host -> public,   |
# |                              | PTR where a reverse zone covers it | IPv6                       |
# | ZONE naming both of one name | both: split horizon                | both                       |
# | CNAME tag                    | to its A name of this visibility,  | the same, else to the      |
# |                              | else to the private DNS name       | public DNS name            |
# | no ZONE tag, DHCP domain     | A, AAAA, PTR                       | -                          |
# |   that is a listed zone      |                                    |                            |
# | host-name tag                | its name instead of the template's | the same                   |
# | host-name tag that is a full | the zone that holds the name       | the same                   |
# |   name, nothing else names   |                                    |                            |
# |   a zone                     |                                    |                            |
def desired_state(instance: Instance, vpc: Vpc, zones: Zones, rules: Rules) -> Desired:
    """Return what an instance should have; what it cannot have is among the refusals."""
    if not instance.running:
        return Desired(instance.id)
    return _Evaluation(instance, vpc, zones, rules).result()


class _Evaluation:
    """One evaluation of the table, row after row."""

    def __init__(self, instance: Instance, vpc: Vpc, zones: Zones, rules: Rules) -> None:
        self._instance = instance
        self._vpc = vpc
        self._zones = zones.forward()
        self._reverse = zones.reverse()
        self._rules = rules
        self._names: dict[NameKey, tuple[Wanted, ...]] = {}
        self._host_keys: dict[bool, NameKey] = {}
        self._refusals: list[Refusal] = []
        self._warnings: list[str] = []

    def result(self) -> Desired:
        hosts = self._host_zones()
        for zone in hosts:
            self._add_host(zone)
        self._add_cname()
        if self._names and self._instance.vpc_id and any(zone.private for zone in hosts):
            self._check_vpc()
        return Desired(
            self._instance.id,
            self._instance.launched,
            self._names,
            tuple(self._refusals),
            tuple(self._warnings),
        )

    def _refuse(self, name: str, kind: str, reason: str) -> None:
        self._refusals.append(Refusal(self._instance.id, name, kind, reason))

    def _named(self, name: str, *, private: bool) -> Zone | None:
        return self._zones.named(name, private=private, vpc_id=self._instance.vpc_id)

    def _holding(self, name: str, *, private: bool) -> Zone | None:
        return self._zones.holding(name, private=private, vpc_id=self._instance.vpc_id)

    def _tag(self, key: str) -> str:
        """Return the value of a tag, its key compared whole and in any case; else empty."""
        values = _tag_values(self._instance, key)
        if len(values) > 1:
            self._refuse("", "", f"several tags spell {key!r} in other cases, with other values")
            return ""
        return "".join(values)

    def _host_zones(self) -> list[Zone]:
        """Return the zones for the address records."""
        tagged = self._tag(self._rules.tags.zone)
        if tagged:
            return self._tagged_zones(domain(tagged))
        for name in self._vpc.domain_names if self._rules.use_dhcp_domain else ():
            zone = self._named(name, private=True)
            if zone:
                return [zone]
        return self._zones_of_full_name()

    def _tagged_zones(self, name: str) -> list[Zone]:
        if not self._zones.knows(name):
            key = self._rules.tags.zone
            self._refuse(name, "A", f"the {key} tag names no forward zone in hosted_zones")
            return []
        found = [self._named(name, private=True), self._named(name, private=False)]
        zones = [zone for zone in found if zone]
        if not zones:
            self._refuse(
                name,
                "A",
                "several private zones have this name and none or several of them "
                f"are associated with {self._instance.vpc_id}",
            )
        return zones

    def _zones_of_full_name(self) -> list[Zone]:
        """Return the zones that hold a host-name tag which is a full name by itself."""
        tagged = domain(self._tag(self._rules.tags.host_name))
        if not tagged:
            return []
        found = [self._holding(tagged, private=True), self._holding(tagged, private=False)]
        return [zone for zone in found if zone]

    def _host_name(self, zone: Zone) -> str | None:
        """Return the full host name in a zone, or None and a refusal."""
        text = self._tag(self._rules.tags.host_name) or self._from_template()
        if not text:
            self._refuse(zone.name, "A", f"no value for a field of {self._rules.template!r}")
            return None
        relative = domain(text)
        full = relative if _within(relative, zone.name) else f"{relative}.{zone.name}"
        if text.endswith(".") and full != relative:
            self._refuse(relative, "A", f"not within zone {zone.name!r}")
            return None
        return self._valid(full, "A", zone)

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
        if nearest is not None and nearest.name != zone.name:
            self._refuse(name, kind, f"in {zone.name!r} it is hidden by zone {nearest.name!r}")
            return None
        return name

    def _from_template(self) -> str:
        """Fill the template; empty where a field that it uses has no value."""
        fields = template_fields(self._instance, self._rules.region)
        used = _FIELD.findall(self._rules.template)
        if not all(fields.get(key) for key in used):
            return ""
        return _FIELD.sub(lambda found: fields[found[1]], self._rules.template)

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
        zone = self._reverse.holding(pointer, private=True, vpc_id=vpc_id)
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
        zones = [self._holding(name, private=True), self._holding(name, private=False)]
        held = [zone for zone in zones if zone]
        if not held:
            key = self._rules.tags.cname
            self._refuse(name, "CNAME", f"the {key} tag is in no forward zone of hosted_zones")
        reasons = [reason for zone in held if (reason := self._add_cname_in(zone, name))]
        if len(reasons) == len(held):
            for reason in reasons:
                self._refuse(name, "CNAME", reason)

    def _add_cname_in(self, zone: Zone, name: str) -> str | None:
        """Add the CNAME in one zone; return why not where it cannot be."""
        if name == zone.name:
            return "it is the zone apex"
        key = NameKey(zone.id, name)
        if key in self._names:
            return "CNAME clash: the instance has an address record of this name"
        target = self._host_keys.get(zone.private)
        dns = self._instance.private_dns if zone.private else self._instance.public_dns
        fallback = (fully_qualified(canonical(dns)),) if dns else ()
        values = (fully_qualified(target.name),) if target else fallback
        if not values:
            kind = "private" if zone.private else "public"
            return f"the instance has no {kind} DNS name to point to"
        if values == (fully_qualified(name),):
            return "it would point to itself"
        self._names[key] = (Wanted("CNAME", values, target, fallback),)
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


TEMPLATE_FIELDS = ("private_dns", "instance_id", "name", "az", "region", "vpc_id", "address")
"""The fields of a host-name template."""


def template_fields(instance: Instance, region: str) -> dict[str, str]:
    """Return the value of each template field, empty where the instance has none.

    ``private_dns`` is the first label of the private DNS name, ``name`` the Name tag, ``az`` the
    availability zone, ``address`` the private address with hyphens (10-0-0-5).
    """
    address = instance.private_address or instance.ipv6_address
    digits = str(address).replace(".", "-").replace("::", "-").replace(":", "-") if address else ""
    label = instance.private_dns.split(".")[0] or (f"ip-{digits}" if digits else "")
    values = (
        label,
        instance.id,
        (instance.tags or {}).get("Name", "").strip(),
        instance.zone_of_availability,
        region,
        instance.vpc_id,
        digits.strip("-"),
    )
    return dict(zip(TEMPLATE_FIELDS, values, strict=True))
