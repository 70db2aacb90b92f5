"""Commands to copy: how to use the local AWS that `ddns local up` keeps running."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from rich.markup import escape

from ddns_constructs.cli.local.demo.http_stage import MOVED, can_bind
from ddns_constructs.cli.local.deployed import (
    custom_domains,
    find_api_calls,
    find_client_deployments,
    find_instance_deployments,
)
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.examples import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console

    from ddns_constructs.cli.local.deployed import ApiCall, ClientDeployment, InstanceDeployment
    from ddns_constructs.local import LocalAws
    from ddns_constructs.local.http.function_urls import FunctionUrl
    from ddns_constructs.local.rest_api import RestApiUrl

    _Section = Callable[..., None]

__all__ = ["show_how_to_use"]

_TAGS = "ResourceType=instance,Tags=[{Key=ZONE,Value=ZONE_NAME},{Key=CNAME,Value=web.ZONE_NAME}]"
_IDS = "Reservations[].Instances[].InstanceId"
_RUN = (
    'import boto3; boto3.client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, '
    'MaxCount=1, SubnetId="SUBNET", TagSpecifications=[dict(ResourceType="instance", '
    'Tags=[dict(Key="ZONE", Value="ZONE_NAME"), dict(Key="CNAME", Value="web.ZONE_NAME")])])'
)
_STOP = (
    'import boto3; ec2 = boto3.client("ec2"); ec2.stop_instances(InstanceIds=[i["InstanceId"] '
    'for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]])'
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
        section(way.title, *_about_call(way, public))
    for hosts in find_client_deployments(aws, outputs):
        section(f"Try: hosts{hosts.where}", *_about_hosts(hosts, public))
    for found in find_instance_deployments(aws):
        port = private if found.is_private else public
        section(f"Try: an instance in {found.zone}", *_about_instances(found, port))
        section("The same with the AWS CLI", *_with_the_aws_cli(found))
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
        if can_bind(MOVED):
            yield f"curl --cacert $AWS_CA_BUNDLE --interface {MOVED} {url}checkip"
    yield f"{command()} host list{hosts.where}"
    if url:
        yield from _asking(name, public)
    else:
        yield "# It answers nowhere here."


def _about_call(way: ApiCall, public: int) -> Iterator[str]:
    if way.options is None:
        yield "# The local AWS signs no tokens: try another kind of access."
        return
    call = f"curl --cacert $AWS_CA_BUNDLE {way.options}"
    for method in way.methods:
        yield f"{call}{'' if method == 'GET' else f'--request {method} '}{way.url}"
    if can_bind(MOVED):
        method = "" if "GET" in way.methods else f"--request {way.methods[0]} "
        yield f"{call}{method}--interface {MOVED} {way.url}"
    yield from _asking(way.name, public)


def _asking(name: str, port: int, more: str = "") -> Iterator[str]:
    if name:
        yield f"{command()} local ask {name} --port {port}{more}"


def _about_instances(found: InstanceDeployment, port: int) -> Iterator[str]:
    python = shlex.quote(sys.executable)
    yield f"{python} -c {shlex.quote(_filled(_RUN, found))}"
    yield from _asking(f"web.{found.zone}", port, " --wait 20")
    yield f"{python} -c {shlex.quote(_STOP)}"
    yield from _asking(f"web.{found.zone}", port)


def _with_the_aws_cli(found: InstanceDeployment) -> Iterator[str]:
    yield (
        f"aws ec2 run-instances --image-id ami-12345678 --subnet-id {found.subnet} "
        f"--tag-specifications {shlex.quote(_filled(_TAGS, found))}"
    )
    ids = f"aws ec2 describe-instances --query '{_IDS}' --output text"
    yield ids
    yield f"aws ec2 stop-instances --instance-ids $({ids})"


def _filled(text: str, found: InstanceDeployment) -> str:
    return text.replace("ZONE_NAME", found.zone).replace("SUBNET", found.subnet)
