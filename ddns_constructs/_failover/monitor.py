"""The functions that look at both places of a name from within the VPC."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Duration, Names, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ddns_constructs._common.function import define_function
from ddns_constructs._failover.detection_checks import RELAY_TIMEOUT
from ddns_constructs._failover.monitor_zones import zones_of
from ddns_constructs._failover.network_policy import NO_NETWORK, deny_network

if TYPE_CHECKING:
    from ddns_constructs._common.function import FunctionOptions
    from ddns_constructs._failover.endpoints import Endpoint
    from ddns_constructs._failover.name_settings import NameSettings
    from ddns_constructs._failover.probe import Probe

RELAYS = 2
"""How many zones have a relay: the sum of what two say is what a calculated check can reckon."""

_RELAY = "ddns.handlers.relay.handler"
_CANARY = "ddns.handlers.canary.handler"
# A health checker waits for 2 seconds: what takes longer has no reader. A canary's two tries at
# both places, side by side, take 4 seconds at the most.
_RELAY_SECONDS, _CANARY_SECONDS = 5, 15
_MAX_NAME = 64


class ZoneRelay(NamedTuple):
    """The relay of one zone."""

    scope: Construct
    zone: str
    function: lambda_.Function
    url: lambda_.FunctionUrl


def define_relays(
    scope: Construct, settings: NameSettings, *, reserved_concurrency: int | None
) -> list[ZoneRelay]:
    """Define `Relay1` and `Relay2`: in each of two zones a function that health checks ask by URL.

    They share a security group. Their paths are the same, below hosts of their own.
    """
    shared = _with_group(scope, settings)
    found = []
    for number, (zone, subnets) in enumerate(zones_of(settings.function)[:RELAYS], start=1):
        own = Construct(scope, f"Relay{number}")
        function = _define(
            own,
            replace(shared, vpc_subnets=ec2.SubnetSelection(subnets=subnets)),
            settings,
            name=_name(scope),
            handler=_RELAY,
            description=(
                "Tells Route 53 how a zone sees a primary (ddns-constructs, NameFailover)"
            ),
            seconds=_RELAY_SECONDS,
            cap=RELAY_TIMEOUT,
            reserved_concurrency=reserved_concurrency,
        )
        found.append(ZoneRelay(own, zone, function, _define_url(own, function)))
    return found


def define_canary(scope: Construct, settings: NameSettings) -> lambda_.Function:
    """Define the function that runs each minute, and the rule that runs it.

    A run that was refused or failed is not repeated: the next one knows more.
    """
    function = _define(
        scope,
        _with_group(scope, settings),
        settings,
        name=_name(scope),
        handler=_CANARY,
        description="Probes a primary once a minute (ddns-constructs, NameFailover)",
        seconds=_CANARY_SECONDS,
        cap=None,
        reserved_concurrency=None,
    )
    function.configure_async_invoke(max_event_age=Duration.minutes(1), retry_attempts=0)
    minute = Duration.minutes(1)
    rule = events.Rule(
        scope,
        "CanaryRule",
        description="Runs the canary of a name (ddns-constructs, NameFailover)",
        schedule=events.Schedule.rate(minute),
        targets=[targets.LambdaFunction(function, max_event_age=minute, retry_attempts=0)],
    )
    _wait_for_denial(scope, rule)
    return function


def _define_url(scope: Construct, function: lambda_.Function) -> lambda_.FunctionUrl:
    """Define the function URL of a relay, which anybody may call who knows it."""
    url = lambda_.FunctionUrl(
        scope, "Url", auth_type=lambda_.FunctionUrlAuthType.NONE, function=function
    )
    permissions = [
        each for each in function.node.find_all() if isinstance(each, lambda_.CfnPermission)
    ]
    _wait_for_denial(scope, url, *permissions)
    return url


def _wait_for_denial(scope: Construct, *invokers: Construct) -> None:
    """Let what invokes a function wait for the policy that names it, as it cannot itself."""
    denial = scope.node.try_find_child(NO_NETWORK)
    if denial is not None:
        for each in invokers:
            each.node.add_dependency(denial)


def paths_of(scope: Construct) -> tuple[str, str]:
    """Return the paths at which relays say that the primary is down, and that it is up."""
    return f"/{_name(scope)}/down", f"/{_name(scope)}/up"


def _name(scope: Construct) -> str:
    return Names.unique_resource_name(scope, max_length=_MAX_NAME)


def _with_group(scope: Construct, settings: NameSettings) -> FunctionOptions:
    """Return the options of a function, with a security group of its own where none was given."""
    options = settings.function
    if options.vpc is None or options.security_groups is not None:
        return options
    return options.with_groups([_define_group(scope, settings, options.vpc)])


def _define(
    scope: Construct,
    options: FunctionOptions,
    settings: NameSettings,
    *,
    name: str,
    handler: str,
    description: str,
    seconds: int,
    cap: int | None,
    reserved_concurrency: int | None,
) -> lambda_.Function:
    in_vpc = options.vpc is not None
    function = define_function(
        scope,
        options,
        handler=handler,
        description=description,
        timeout=Duration.seconds(seconds),
        statements=[],
        zones=[],
        zone_statements=lambda _: [],
        reserved_concurrency=reserved_concurrency,
        ipv6_allowed_for_dual_stack=("AAAA" in settings.types and in_vpc) or None,
        allow_public_subnet=in_vpc or None,  # it calls nothing outside
    )
    if in_vpc:
        deny_network(scope, function)
    places = {"primary": settings.primary.targets, "secondary": settings.secondary.targets}
    function.add_environment("ENDPOINTS", Stack.of(scope).to_json_string(places))
    function.add_environment("FAILOVER_CHECK", _capped(_probe(settings), cap))
    function.add_environment("NAME", name)
    return function


def _probe(settings: NameSettings) -> Probe:
    assert settings.probe is not None  # noqa: S101 - the detection has asked for it
    return settings.probe


def _capped(probe: Probe, cap: int | None) -> str:
    """Return the check with a time-out that leaves room for two tries."""
    found = json.loads(probe.as_json())
    if cap is not None:
        found["timeout"] = min(found["timeout"], cap / 1_000)
    return json.dumps(found, separators=(",", ":"))


def _define_group(scope: Construct, settings: NameSettings, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    """Define a security group that lets connections to the places out, and nothing in."""
    group = ec2.SecurityGroup(
        scope,
        "SecurityGroup",
        allow_all_outbound=False,
        description="Probes of both places of a name (ddns-constructs, NameFailover)",
        vpc=vpc,
    )
    port = ec2.Port.tcp(_probe(settings).port)
    for peer in _peers(settings.primary, settings.secondary):
        group.add_egress_rule(peer, port, "Probes")
    return group


def _peers(*places: Endpoint) -> list[ec2.IPeer]:
    """Return whom probes connect to: addresses, or all where a name stands for them."""
    found: list[ec2.IPeer] = []
    for place in places:
        for record_type, values in place.values.items():
            if record_type == "CNAME":
                return [ec2.Peer.any_ipv4()]
            found += [_peer(record_type, value) for value in values]
    return found


def _peer(record_type: str, value: str) -> ec2.IPeer:
    if record_type == "AAAA":
        return ec2.Peer.ipv6(f"{value}/128")
    return ec2.Peer.ipv4(f"{value}/32")
