"""Hosted zones as arguments: their names, and whether a name lies within one."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from aws_cdk import Fn, Stack, Token
from aws_cdk import aws_route53 as route53

from ddns_constructs._common.arguments import check_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from ddns_constructs._common.arguments import Problems

# DNS ignores the case of these letters and of no others (RFC 4343): `str.lower` would make a plain
# k of the Kelvin sign.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# How the AWS CLI prints the id of a zone. In an ARN, or compared with one, it has no prefix.
_ID_PREFIX = re.compile("/?hostedzone/")
# RFC 1035, section 3.5: an octet in decimal; RFC 3596, section 2.5: a nibble in hexadecimal.
_REVERSE_ROOTS = {
    "in-addr.arpa": re.compile(r"0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]"),
    "ip6.arpa": re.compile(r"[0-9a-f]"),
}


@dataclass(frozen=True)
class Zone:
    """A hosted zone whose name can be read."""

    hosted_zone: route53.IHostedZone
    name: str
    """Lower case, without trailing dot; or a token."""

    @cached_property  # each look asks CDK, in another process
    def id(self) -> str:
        """Its id without the prefix that the AWS CLI prints; or a token."""
        return plain_id(self.hosted_zone)

    @cached_property
    def arn(self) -> str:
        """The ARN that policies name it by."""
        return zone_arn(self.hosted_zone)

    @cached_property
    def is_named(self) -> bool:
        """Whether the name is known while synthesising."""
        return not Token.is_unresolved(self.name)

    @property
    def is_reverse(self) -> bool:
        """Whether the zone is known to hold the names of addresses."""
        return self.is_named and any(is_within(self.name, root) for root in _REVERSE_ROOTS)

    @property
    def is_classless(self) -> bool:
        """Whether it is a reverse zone cut elsewhere than at an octet or a nibble (RFC 2317)."""
        for root, label in _REVERSE_ROOTS.items():
            if self.is_named and self.name.endswith(f".{root}"):
                return not all(map(label.fullmatch, self.name[: -len(root) - 1].split(".")))
        return False

    @cached_property
    def private(self) -> bool | None:
        """Whether the zone is private; None where that is found out at run time.

        Only the two classes that cannot be otherwise are certain: an imported zone, and a
        plain `HostedZone`, may be either.
        """
        if isinstance(self.hosted_zone, route53.PrivateHostedZone):
            return True
        if isinstance(self.hosted_zone, route53.PublicHostedZone):
            return False
        return None


def read_zones(hosted_zones: Sequence[route53.IHostedZone], problems: Problems) -> list[Zone]:
    """Return the zones with their names; note what makes one unusable."""
    check_list("hosted_zones", hosted_zones, "zone")
    if not hosted_zones:
        problems.add(
            "'hosted_zones' must hold at least one hosted zone, got an empty list: "
            "only the zones listed here are ever written"
        )
    zones: list[Zone] = []
    seen: set[str] = set()
    for index, hosted_zone in enumerate(hosted_zones):
        if not hasattr(hosted_zone, "hosted_zone_id"):
            problems.add(
                f"'hosted_zones[{index}]' must be a hosted zone, got {hosted_zone!r}: "
                "use e.g. HostedZone.from_lookup(self, 'Zone', domain_name='example.com')"
            )
            continue
        zone = _named(f"hosted_zones[{index}]", hosted_zone, problems)
        if zone is None:
            continue
        if zone.id in seen:
            name = hosted_zone.zone_name
            problems.add(f"'hosted_zones[{index}]' is listed twice, got '{name}': list it once")
        seen.add(zone.id)
        zones.append(zone)
    return zones


def read_zone(hosted_zone: route53.IHostedZone, problems: Problems) -> Zone | None:
    """Return the one zone of `hosted_zone` with its name; note what makes it unusable.

    Raises:
        TypeError: It is none.
    """
    if not hasattr(hosted_zone, "hosted_zone_id"):
        raise TypeError(
            f"'hosted_zone' must be a hosted zone, got {type(hosted_zone).__name__}: "
            "write hosted_zone=zone"
        )
    return _named("hosted_zone", hosted_zone, problems)


def _named(keyword: str, hosted_zone: route53.IHostedZone, problems: Problems) -> Zone | None:
    try:
        name = hosted_zone.zone_name
    except RuntimeError:  # how CDK's own error of from_hosted_zone_id reaches Python
        problems.add(
            f"'{keyword}' has no zone name, as from_hosted_zone_id leaves it out: "
            "use HostedZone.from_hosted_zone_attributes or HostedZone.from_lookup"
        )
        return None
    return Zone(hosted_zone, name if Token.is_unresolved(name) else canonical(name))


def check_distinct_zones(zones: Sequence[Zone], problems: Problems) -> None:
    """Note two public zones of one name: nothing would tell which of them is meant.

    Private zones differ by their VPCs. Whether an imported zone is private is known only at run
    time.
    """
    seen: set[str] = set()
    for index, zone in enumerate(zones):
        if zone.private is False and zone.is_named:
            if zone.name in seen:
                problems.add(
                    f"'hosted_zones[{index}]' is a second public zone named '{zone.name}': list "
                    "the one that the domain is delegated to, and swap them in one deployment"
                )
            seen.add(zone.name)


def plain_id(hosted_zone: route53.IHostedZone) -> str:
    """Return a zone's id as ARNs have it: `aws route53` prints it as `/hostedzone/Z1`."""
    given = hosted_zone.hosted_zone_id
    prefix = _ID_PREFIX.match(given)
    return given[prefix.end() :] if prefix else given


def zone_arn(hosted_zone: route53.IHostedZone) -> str:
    """Return a zone's ARN; CDK's own has the prefix of an id in it."""
    if not _ID_PREFIX.match(hosted_zone.hosted_zone_id):
        return hosted_zone.hosted_zone_arn
    return Stack.of(hosted_zone).format_arn(
        service="route53",
        region="",
        account="",
        resource="hostedzone",
        resource_name=plain_id(hosted_zone),
    )


def with_plain_id(scope: Construct, hosted_zone: route53.IHostedZone) -> route53.IHostedZone:
    """Return a zone whose id has no prefix, imported as `Zone` where that of the user has one."""
    zone_id = plain_id(hosted_zone)
    if zone_id == hosted_zone.hosted_zone_id:
        return hosted_zone
    return route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=zone_id, zone_name=hosted_zone.zone_name
    )


@cache  # each call makes another token, and those of one name have to be one
def without_last_dot(name: str) -> str:
    """Return a zone's name as policies spell it, also where it is known at deployment only.

    CloudFormation cannot look for a dot at the end, but it can split at one before a mark that it
    puts there. It has no lower case: a name with capitals stays one.
    """
    if not Token.is_unresolved(name):
        return canonical(name)
    return Fn.select(0, Fn.split("|", Fn.select(0, Fn.split(".|", f"{name}|"))))


def depth(zone: Zone, zones: Sequence[Zone]) -> int:
    """Return how many of some zones a named zone lies within: two of one depth never overlap.

    A zone without a name has none, and -1 stands for that.
    """
    if not zone.is_named:
        return -1
    outer = {each.name for each in zones if each.is_named and is_within(zone.name, each.name)}
    return len(outer)


def canonical(name: str) -> str:
    """Return a DNS name in lower case, without trailing dot."""
    return name.translate(_LOWER).removesuffix(".")


def is_within(name: str, domain: str) -> bool:
    """Whether a canonical name is a domain or lies below it, at a label boundary."""
    return name == domain or name.endswith(f".{domain}")
