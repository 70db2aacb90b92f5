"""What differs between AWS, AWS GovCloud and AWS in China, where the stack's Region is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack, Token
from aws_cdk.region_info import RegionInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.zones import Zone

# "Amazon Route 53 in AWS GovCloud (US)": hosted zones are private ones only.
_PRIVATE_ZONES_ONLY = {"aws-us-gov"}


def partition_of(scope: Construct) -> str | None:
    """Return the partition of a stack by its Region; None where that is known at deployment."""
    region = Stack.of(scope).region
    if Token.is_unresolved(region):
        return None
    return RegionInfo.get(region).partition or "aws"


def check_partition(scope: Construct, zones: Sequence[Zone], problems: Problems) -> None:
    """Note public zones where Route 53 has none."""
    if partition_of(scope) not in _PRIVATE_ZONES_ONLY:
        return
    for index, zone in enumerate(zones):
        if zone.private is False:
            problems.add(
                f"'hosted_zones[{index}]' is a public zone, and AWS GovCloud has private ones "
                f"only, got '{zone.name}': use a PrivateHostedZone, or a stack of another Region"
            )
