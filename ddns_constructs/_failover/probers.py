"""The functions that probe: one in each zone of the VPC, without any permission."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from ddns_constructs._common.function import define_function
from ddns_constructs._failover.network_policy import deny_network
from ddns_constructs._failover.references import zone_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_lambda as lambda_

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.function import FunctionOptions
    from ddns_constructs._failover.node import Node
    from ddns_constructs._failover.probe import Probe

_HANDLER = "ddns.handlers.prober.handler"
_MEMORY = 128
_TIMEOUT = Duration.seconds(5)
_LEAST_ZONES = 2


@dataclass(frozen=True)
class Probers:
    """What was defined."""

    functions: tuple[lambda_.Function, ...]
    network_policies: tuple[iam.Policy, ...]
    security_group: ec2.ISecurityGroup


def check_prober_subnets(
    vpc: ec2.IVpc, selection: ec2.SubnetSelection | None, problems: Problems
) -> list[list[ec2.ISubnet]]:
    """Return the chosen subnets by zone; note fewer than two zones, and what chooses none."""
    try:
        chosen = (
            vpc.select_subnets(one_per_az=True)
            if selection is None
            else vpc.select_subnets(**selection._values)  # noqa: SLF001 - a struct of jsii
        )
    except RuntimeError as err:  # how CDK's own errors reach Python
        reason = str(err).strip().splitlines()[0]
        problems.add(f"'prober_subnets' must choose subnets of 'vpc': {reason}")
        return []
    zones: dict[str, list[ec2.ISubnet]] = {}
    for subnet in chosen.subnets:
        zones.setdefault(zone_text(vpc, subnet.availability_zone), []).append(subnet)
    if len(zones) < _LEAST_ZONES:
        problems.add(
            "'prober_subnets' must choose subnets of two zones or more, as a prober that is cut "
            f"off must not be the only one, got {len(zones)}: give the VPC subnets in another zone"
        )
    return list(zones.values())


def define_probers(
    scope: Construct,
    options: FunctionOptions,
    *,
    vpc: ec2.IVpc,
    zones: Sequence[Sequence[ec2.ISubnet]],
    nodes: Sequence[Node],
    probe: Probe,
) -> Probers:
    """Define `ProberSecurityGroup`, and `Prober1` and so on, a function in each zone."""
    group = ec2.SecurityGroup(
        scope,
        "ProberSecurityGroup",
        vpc=vpc,
        allow_all_outbound=False,
        description="Probes nodes (ddns-constructs)",
    )
    port = ec2.Port.tcp(probe.port)
    for node in nodes:
        peer = ec2.Peer.ipv4(f"{node.probe_address}/32")
        group.add_egress_rule(peer, port, f"Probes of {node.name}")
        for each in node.security_groups:
            # Remote: the rule is one of this stack, as nodes may be of a stack that this one needs.
            each.add_ingress_rule(group, port, f"Probes of {node.name}", True)  # noqa: FBT003
    own = replace(options, vpc=vpc, memory_size=_MEMORY, security_groups=[group])
    parts = [
        _define_prober(Construct(scope, f"Prober{number}"), own, subnets)
        for number, subnets in enumerate(zones, start=1)
    ]
    return Probers(
        functions=tuple(function for function, _ in parts),
        network_policies=tuple(policy for _, policies in parts for policy in policies),
        security_group=group,
    )


def _define_prober(
    scope: Construct, options: FunctionOptions, subnets: Sequence[ec2.ISubnet]
) -> tuple[lambda_.Function, list[iam.Policy]]:
    function = define_function(
        scope,
        replace(options, vpc_subnets=ec2.SubnetSelection(subnets=list(subnets))),
        handler=_HANDLER,
        description="Probes nodes of a failover from one zone (ddns-constructs)",
        timeout=_TIMEOUT,
        statements=[],
        zones=[],
        zone_statements=lambda _: [],
        # It reaches nothing beyond the VPC from there, and need not.
        allow_public_subnet=True,
    )
    policy = deny_network(scope, function)
    placed = scope.node.find_child("NetworkPolicy")
    return function, [each for each in (placed, policy) if isinstance(each, iam.Policy)]
