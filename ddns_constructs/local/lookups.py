"""Hosted zones that an app looks up: on AWS they exist already, here they are made for it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ddns_constructs.local.errors import LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["context_file_restored", "make_zones"]


def make_zones(
    missing: Iterable[Mapping[str, Any]], client: Callable[[str], Any], region: str
) -> int:
    """Make each zone that an app looks up by `from_lookup` and that is not there.

    Args:
        missing: What the app's cloud assembly says is missing.
        client: Returns a boto3 client of a service.
        region: The Region of the VPCs of private zones.

    Returns:
        How many were made.

    Raises:
        LocalAwsError: Route 53 refuses one.
    """
    asked = [each["props"] for each in missing if each["provider"] == "hosted-zone"]
    wanted = {
        (str(each["domainName"]), bool(each.get("privateZone")), str(each.get("vpcId", "")))
        for each in asked
    }
    route53 = client("route53")
    there = {
        (str(zone["Name"]).rstrip("."), bool(zone["Config"]["PrivateZone"]))
        for zone in route53.list_hosted_zones()["HostedZones"]
    }
    absent = [each for each in sorted(wanted) if (each[0].rstrip("."), each[1]) not in there]
    for name, is_private, vpc_id in absent:
        more: dict[str, Any] = {}
        if is_private:
            vpc_id = vpc_id or _default_vpc(client("ec2"))  # noqa: PLW2901 - where none is named
            more["VPC"] = {"VPCId": vpc_id, "VPCRegion": region}
        try:
            route53.create_hosted_zone(
                Name=name, CallerReference=f"looked up: {name}, {is_private}", **more
            )
        except ClientError as err:
            raise LocalAwsError(
                f"the app looks up the zone {name}, which is made for it here, but: {err}"
            ) from err
    return len(absent)


def _default_vpc(ec2: Any) -> str:  # noqa: ANN401 - a boto3 client
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return str(vpc["VpcId"])


@contextlib.contextmanager
def context_file_restored(folder: Path) -> Iterator[None]:
    """Leave the user's `cdk.context.json` as it was: the CLI writes there what it looked up."""
    file = folder / "cdk.context.json"
    before = file.read_bytes() if file.exists() else None
    try:
        yield
    finally:
        if before is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(before)
