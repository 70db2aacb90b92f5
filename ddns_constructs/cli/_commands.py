"""Commands to copy: how to use the local AWS that `ddns local up` keeps running."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ddns_constructs.local.dns_answers import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from ddns_constructs.local import LocalAws

__all__ = ["show_how_to_use"]

_TAGS = "ResourceType=instance,Tags=[{Key=ZONE,Value=ZONE_NAME},{Key=CNAME,Value=web.ZONE_NAME}]"
_RESOLVE = (
    "import dns.resolver; r = dns.resolver.Resolver(configure=False); "
    'r.nameservers, r.port = ["127.0.0.1"], PORT; print(*r.resolve("web.ZONE_NAME", "A"))'
)
_RUN = (
    'import boto3; boto3.client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, '
    'MaxCount=1, SubnetId="SUBNET", TagSpecifications=[dict(ResourceType="instance", '
    'Tags=[dict(Key="ZONE", Value="ZONE_NAME"), dict(Key="CNAME", Value="web.ZONE_NAME")])])'
)


def show_how_to_use(
    console: Console, aws: LocalAws, outputs: Mapping[str, Mapping[str, str]]
) -> None:
    """Print where everything is, and commands that use it.

    Args:
        console: Where to.
        aws: The running local AWS.
        outputs: What was deployed: outputs by stack and name.
    """

    def section(title: str, *lines: str) -> None:
        console.print(f"\n[bold]{title}[/]")
        for line in lines:
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)

    for stack, values in outputs.items():
        section(f"Outputs of {stack}", *(f"{name} = {value}" for name, value in values.items()))
    section(
        "Point a shell at it",
        "unset AWS_PROFILE AWS_SESSION_TOKEN",
        *(f"export {name}={shlex.quote(value)}" for name, value in aws.exports().items()),
    )
    private, public = aws.dns.port(View.PRIVATE), aws.dns.port(View.PUBLIC)
    section(
        "DNS, over UDP and TCP",
        f"127.0.0.1 port {private}   as inside the VPC",
        f"127.0.0.1 port {public}   as on the internet",
    )
    zone, subnet = _zone_name(aws), _output(outputs, "SubnetId")

    def fill(text: str) -> str:
        filled = text.replace("ZONE_NAME", zone).replace("SUBNET", subnet)
        return filled.replace("PORT", str(private))

    section(
        "Try: the AWS CLI and dig",
        "aws ec2 run-instances --image-id ami-12345678 "
        f"--subnet-id {subnet} --tag-specifications {shlex.quote(fill(_TAGS))}",
        f"dig +norecurse @127.0.0.1 -p {private} web.{zone}",
        "aws ec2 describe-instances --query 'Reservations[].Instances[].[InstanceId,State.Name]'",
        "aws ec2 stop-instances --instance-ids i-...",
    )
    section(
        "Try: the same in Python",
        f"python3 -c {shlex.quote(fill(_RUN))}",
        f"python3 -c {shlex.quote(fill(_RESOLVE))}",
    )
    console.print("\nCtrl-C ends it and leaves nothing behind.")


def _output(outputs: Mapping[str, Mapping[str, str]], name: str) -> str:
    return next((values[name] for values in outputs.values() if name in values), "subnet-...")


def _zone_name(aws: LocalAws) -> str:
    """Return a private zone that is not a reverse zone."""
    zones = aws.client("route53").list_hosted_zones()["HostedZones"]
    names = [zone["Name"].rstrip(".") for zone in zones if zone["Config"]["PrivateZone"]]
    return next((name for name in names if not name.endswith(".arpa")), "example.internal")
