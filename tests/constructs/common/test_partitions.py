"""What a Region of another partition does not have is refused where the Region is known."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from ddns_constructs import InstanceDdns
from ddns_constructs._common.partitions import partition_of


def _stack(region: str | None) -> cdk.Stack:
    env = cdk.Environment(account="111122223333", region=region) if region else None
    return cdk.Stack(cdk.App(), "Stack", env=env)


@pytest.mark.parametrize(
    ("region", "partition"),
    (
        ("eu-central-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("xx-new-1", "aws"),
        (None, None),
    ),
)
def test_a_partition_follows_from_the_region(region: str | None, partition: str | None) -> None:
    assert partition_of(_stack(region)) == partition


def test_a_public_zone_in_govcloud_is_refused() -> None:
    stack = _stack("us-gov-east-1")
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        InstanceDdns(stack, "Ddns", hosted_zones=[zone])
    assert str(caught.value) == (
        "'hosted_zones[0]' is a public zone, and AWS GovCloud has private ones only, got "
        "'example.com': use a PrivateHostedZone, or a stack of another Region"
    )


@pytest.mark.parametrize("region", ("cn-north-1", "eu-west-1", None))
def test_a_public_zone_elsewhere_is_taken(region: str | None) -> None:
    stack = _stack(region)
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
    InstanceDdns(stack, "Ddns", hosted_zones=[zone])
