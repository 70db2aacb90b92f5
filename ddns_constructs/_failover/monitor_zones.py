"""The subnets of a name's function: in two zones or more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Token

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2

    from ddns_constructs._common.arguments import Problems

_LEAST_ZONES = 2


def check_zones(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None, problems: Problems) -> None:
    """Note subnets that are all in one zone: what is in a zone goes with it.

    Zones that are known at deployment only are counted as different ones.
    """
    chosen = vpc.select_subnets(
        **({} if selection is None else selection._values)  # noqa: SLF001 - a struct of jsii
    )
    zones = {*chosen.availability_zones}
    if len(zones) < _LEAST_ZONES and not any(map(Token.is_unresolved, zones)):
        problems.add(
            f"'vpc_subnets' must choose subnets in {_LEAST_ZONES} zones or more, got "
            f"{', '.join(sorted(zones)) or 'none'}: what looks at the places must outlive a zone"
        )
