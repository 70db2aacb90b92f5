"""The subnets of what looks at places from within a VPC, by zone: two zones or more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from ddns_constructs._failover.references import zone_text

if TYPE_CHECKING:
    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.function import FunctionOptions

_LEAST_ZONES = 2


class ZoneSubnets(NamedTuple):
    """The chosen subnets of one zone."""

    zone: str
    """Its name, or a token."""

    subnets: list[ec2.ISubnet]

    @property
    def selection(self) -> ec2.SubnetSelection:
        """These subnets and no other."""
        return ec2.SubnetSelection(subnets=self.subnets)


def zones_of(options: FunctionOptions) -> list[ZoneSubnets]:
    """Return the chosen subnets by zone, in the order of the VPC; none without a VPC."""
    if options.vpc is None:
        return []
    selection = options.vpc_subnets
    chosen = options.vpc.select_subnets(
        **({} if selection is None else selection._values)  # noqa: SLF001 - a struct of jsii
    )
    found: dict[str, ZoneSubnets] = {}
    for subnet in chosen.subnets:
        zone = subnet.availability_zone
        key = zone_text(options.vpc, zone)
        found.setdefault(key, ZoneSubnets(zone, [])).subnets.append(subnet)
    return list(found.values())


def check_zones(options: FunctionOptions, problems: Problems) -> None:
    """Note subnets that are all in one zone: what is in a zone goes with it."""
    if options.vpc is None:
        return
    zones = [each.zone for each in zones_of(options)]
    if len(zones) < _LEAST_ZONES:
        got = ["zones that are tokens" if Token.is_unresolved(each) else each for each in zones]
        problems.add(
            f"'vpc_subnets' must choose subnets in {_LEAST_ZONES} zones or more, got "
            f"{', '.join(got) or 'none'}: what looks at the places must outlive a zone"
        )
