"""The function that looks at both places of a name from within the VPC."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Duration, Names, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_

from ddns_constructs._common.function import define_function
from ddns_constructs._failover.detection_checks import RELAY_TIMEOUT
from ddns_constructs._failover.network_policy import NO_NETWORK, deny_network

if TYPE_CHECKING:
    from constructs import Construct

    from ddns_constructs._failover.endpoints import Endpoint
    from ddns_constructs._failover.name_settings import NameSettings
    from ddns_constructs._failover.probe import Probe

_RELAY = "ddns.handlers.relay.handler"
_CANARY = "ddns.handlers.canary.handler"
# A health checker waits for 2 seconds: what takes longer has no reader. A canary's two tries at
# both places, side by side, take 4 seconds at the most.
_RELAY_SECONDS, _CANARY_SECONDS = 5, 15
_MAX_NAME = 64


def define_relay(
    scope: Construct, settings: NameSettings, *, reserved_concurrency: int | None
) -> lambda_.Function:
    """Define the function that an inverted health check asks by a function URL."""
    return _define(
        scope,
        settings,
        handler=_RELAY,
        description="Tells Route 53 that a primary is down (ddns-constructs, NameFailover)",
        seconds=_RELAY_SECONDS,
        cap=RELAY_TIMEOUT,
        reserved_concurrency=reserved_concurrency,
    )


def define_canary(scope: Construct, settings: NameSettings) -> lambda_.Function:
    """Define the function that runs each minute, and the rule that runs it.

    A run that was refused or failed is not repeated: the next one knows more.
    """
    function = _define(
        scope,
        settings,
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


def define_url(scope: Construct, function: lambda_.Function) -> lambda_.FunctionUrl:
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


def path_of(scope: Construct) -> str:
    """Return the one path that a relay answers at."""
    return f"/{_name(scope)}"


def _name(scope: Construct) -> str:
    return Names.unique_resource_name(scope, max_length=_MAX_NAME)


def _define(
    scope: Construct,
    settings: NameSettings,
    *,
    handler: str,
    description: str,
    seconds: int,
    cap: int | None,
    reserved_concurrency: int | None,
) -> lambda_.Function:
    probe = settings.probe
    assert probe is not None  # noqa: S101 - the detection has asked for it
    options = settings.function
    if options.vpc is not None and options.security_groups is None:
        options = options.with_groups([_define_group(scope, settings, options.vpc, probe)])
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
        ipv6_allowed_for_dual_stack=("AAAA" in settings.types and options.vpc is not None) or None,
        allow_public_subnet=options.vpc is not None or None,  # it calls nothing outside
    )
    if options.vpc is not None:
        deny_network(scope, function)
    places = {"primary": settings.primary.targets, "secondary": settings.secondary.targets}
    function.add_environment("ENDPOINTS", Stack.of(scope).to_json_string(places))
    function.add_environment("FAILOVER_CHECK", _capped(probe, cap))
    function.add_environment("NAME", _name(scope))
    return function


def _capped(probe: Probe, cap: int | None) -> str:
    """Return the check with a time-out that leaves room for two tries."""
    found = json.loads(probe.as_json())
    if cap is not None:
        found["timeout"] = min(found["timeout"], cap / 1_000)
    return json.dumps(found, separators=(",", ":"))


def _define_group(
    scope: Construct, settings: NameSettings, vpc: ec2.IVpc, probe: Probe
) -> ec2.SecurityGroup:
    """Define a security group that lets connections to the places out, and nothing in."""
    group = ec2.SecurityGroup(
        scope,
        "SecurityGroup",
        allow_all_outbound=False,
        description="Probes of both places of a name (ddns-constructs, NameFailover)",
        vpc=vpc,
    )
    port = ec2.Port.tcp(probe.port)
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
