"""The subnets of what looks at nodes from within a VPC: in two zones or more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Token

if TYPE_CHECKING:
    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.function import FunctionOptions

_LEAST_ZONES = 2


def check_zones(options: FunctionOptions, problems: Problems) -> None:
    """Note subnets that are all in one zone: what is in a zone goes with it.

    Zones that are known at deployment only are counted as different ones.
    """
    if options.vpc is None:
        return
    selection = options.vpc_subnets
    chosen = options.vpc.select_subnets(
        **({} if selection is None else selection._values)  # noqa: SLF001 - a struct of jsii
    )
    zones = {*chosen.availability_zones}
    if len(zones) < _LEAST_ZONES and not any(map(Token.is_unresolved, zones)):
        problems.add(
            f"'vpc_subnets' must choose subnets in {_LEAST_ZONES} zones or more, got "
            f"{', '.join(sorted(zones)) or 'none'}: what looks at the places must outlive a zone"
        )
