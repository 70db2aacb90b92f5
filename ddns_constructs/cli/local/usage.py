"""Commands to copy: how to use the local AWS that `ddns local up` keeps running."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.markup import escape

from ddns_constructs.cli.local.deployed import (
    custom_domains,
    find_api_calls,
    find_client_deployments,
)
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.examples import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console

    from ddns_constructs.cli.local.deployed import ClientDeployment
    from ddns_constructs.local import LocalAws
    from ddns_constructs.local.http.function_urls import FunctionUrl
    from ddns_constructs.local.rest_api import RestApiUrl

    _Section = Callable[..., None]

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
        console.print(f"\n[bold]{escape(title)}[/]", soft_wrap=True)
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
    _show_urls(section, aws)
    for way in find_api_calls(aws):
        call = f"curl --cacert $AWS_CA_BUNDLE {way.header}"
        lines = [f"{call}{way.url}", f"{call}--interface 127.0.0.2 {way.url}"]
        section(way.title, *lines, *_asking(way.name, public))
    for hosts in find_client_deployments(aws, outputs):
        section(f"Try: hosts{hosts.where}", *_about_hosts(hosts, public))
    if any("SubnetId" in values for values in outputs.values()):
        _show_instances(section, aws, outputs)
    console.print("\nCtrl-C ends it and leaves nothing behind.")


def _show_urls(section: _Section, aws: LocalAws) -> None:
    served: list[tuple[str, FunctionUrl | RestApiUrl]] = []
    for url in aws.function_urls():
        kind = "HTTP API" if ".execute-api." in url.url else "Function URL"
        served.append((f"{kind} of {url.function_name}", url))
    served += [(f"REST API {api.name}, stage {api.stage}", api) for api in aws.rest_apis()]
    for what, urls in served:
        section(
            f"{what}, on loopback",
            f"{urls.https}   with the certificate in AWS_CA_BUNDLE",
            f"{urls.http}   AWS has no such: for clients that cannot trust the certificate",
            *filter(None, (urls.https_ipv6, urls.http_ipv6)),
        )
    if domains := custom_domains(aws):
        section(
            f"Custom domains are not served locally: {', '.join(domains)}",
            "A REST API answers above, at its stage, an HTTP API at its own port.",
        )


def _about_hosts(hosts: ClientDeployment, public: int) -> Iterator[str]:
    name, url = hosts.name, hosts.url
    stack = hosts.stack and f"export DDNS_STACK={shlex.quote(hosts.stack)}"
    yield stack or "unset DDNS_STACK"
    there = f" --url {url}" if url else ""
    yield f"{command()} host add {name} --addresses any --secret{hosts.where}{hosts.zones}{there}"
    if url:
        yield f"curl --cacert $AWS_CA_BUNDLE --user {name}:TOKEN '{url}nic/update?hostname={name}'"
        yield f"curl --cacert $AWS_CA_BUNDLE --interface 127.0.0.2 {url}checkip"
    yield f"{command()} host list{hosts.where}"
    if url:
        yield from _asking(name, public)
    else:
        yield "# It answers nowhere here."


def _asking(name: str, port: int) -> Iterator[str]:
    if name:
        yield f"dig +norecurse @127.0.0.1 -p {port} {name}"


def _show_instances(
    section: _Section, aws: LocalAws, outputs: Mapping[str, Mapping[str, str]]
) -> None:
    zone, subnet = _zone_name(aws), _output(outputs, "SubnetId")
    private = aws.dns.port(View.PRIVATE)

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


def _output(outputs: Mapping[str, Mapping[str, str]], name: str) -> str:
    return next((values[name] for values in outputs.values() if name in values), "subnet-...")


def _zone_name(aws: LocalAws) -> str:
    """Return a private zone that is not a reverse zone."""
    zones = aws.client("route53").list_hosted_zones()["HostedZones"]
    names = [zone["Name"].rstrip(".") for zone in zones if zone["Config"]["PrivateZone"]]
    return next((name for name in names if not name.endswith(".arpa")), "example.internal")
