"""Which Regions have no function URLs."""

from __future__ import annotations

from aws_cdk import Token

# https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html, its note; the
# partitions of China and GovCloud have none either.
_WITHOUT = (
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "cn-",
    "eu-central-2",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "us-gov-",
)


def is_without_function_urls(region: str) -> bool:
    """Whether a Region is known to have none; a token is not."""
    return not Token.is_unresolved(region) and region.startswith(_WITHOUT)
