"""Endpoints of the Route 53 Resolver, their security groups, rules and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Names
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ram as ram
from aws_cdk import aws_route53resolver as route53resolver
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ddns_constructs._failover.resolver_settings import ResolverSettings

_DNS_PORT = 53
_MAX_NAME = 64


def define_inbound(
    scope: Construct, settings: ResolverSettings
) -> tuple[route53resolver.CfnResolverEndpoint, ec2.SecurityGroup]:
    """Define the endpoint that is asked from other networks; it answers to stated ranges."""
    group = _define_group(scope, "InboundSecurityGroup", settings, "Queries from other networks")
    for source in settings.sources:
        peer = ec2.Peer.ipv6(source) if ":" in source else ec2.Peer.ipv4(source)
        for port in (ec2.Port.tcp(_DNS_PORT), ec2.Port.udp(_DNS_PORT)):
            group.add_ingress_rule(peer, port, "DNS")
    addresses: Sequence[str | None] = settings.addresses or [None] * len(settings.subnets)
    is_four = settings.endpoint_type.versions == {4}
    requests = [
        route53resolver.CfnResolverEndpoint.IpAddressRequestProperty(
            subnet_id=subnet.subnet_id,
            ip=address if is_four else None,
            ipv6=None if is_four else address,
        )
        for subnet, address in zip(settings.subnets, addresses, strict=True)
    ]
    return _define_endpoint(scope, "Inbound", settings, group, requests), group


def define_outbound(
    scope: Construct, settings: ResolverSettings
) -> tuple[route53resolver.CfnResolverEndpoint, ec2.SecurityGroup]:
    """Define the endpoint that queries leave from; it reaches the stated name servers only."""
    group = _define_group(scope, "OutboundSecurityGroup", settings, "Queries to other networks")
    servers = {server for servers in settings.domains.values() for server in servers}
    for server in sorted(servers):
        is_six = ":" in server.address
        peer = (
            ec2.Peer.ipv6(f"{server.address}/128")
            if is_six
            else ec2.Peer.ipv4(f"{server.address}/32")
        )
        for port in (ec2.Port.tcp(server.port), ec2.Port.udp(server.port)):
            group.add_egress_rule(peer, port, "DNS")
    requests = [
        route53resolver.CfnResolverEndpoint.IpAddressRequestProperty(subnet_id=subnet.subnet_id)
        for subnet in settings.subnets
    ]
    return _define_endpoint(scope, "Outbound", settings, group, requests), group


def define_rules(
    scope: Construct, settings: ResolverSettings, endpoint: route53resolver.CfnResolverEndpoint
) -> Mapping[str, route53resolver.CfnResolverRule]:
    """Define a rule for each domain, and associate each with each VPC."""
    # Scopes of their own: what a domain is called is then part of no other id.
    rules, associations = Construct(scope, "Rules"), Construct(scope, "Associations")
    found = {}
    for domain, servers in settings.domains.items():
        id_ = "Root" if domain == "." else domain
        found[domain] = route53resolver.CfnResolverRule(
            rules,
            id_,
            domain_name=domain,
            resolver_endpoint_id=endpoint.attr_resolver_endpoint_id,
            rule_type="FORWARD",
            target_ips=[
                route53resolver.CfnResolverRule.TargetAddressProperty(
                    ip=None if ":" in server.address else server.address,
                    ipv6=server.address if ":" in server.address else None,
                    port=str(server.port),
                )
                for server in servers
            ],
        )
        for index, vpc in enumerate(settings.vpcs):
            # No domain has an underscore, so this is no other domain's.
            own = id_ if index == 0 else f"{id_}_{vpc.node.addr[-8:]}"
            route53resolver.CfnResolverRuleAssociation(
                associations,
                own,
                resolver_rule_id=found[domain].attr_resolver_rule_id,
                vpc_id=vpc.vpc_id,
            )
    return found


def define_share(
    scope: Construct,
    settings: ResolverSettings,
    rules: Sequence[route53resolver.CfnResolverRule],
) -> ram.CfnResourceShare:
    """Share the rules; with an organization alone, nobody outside of it can be added later."""
    is_organization = all(":organizations:" in each for each in settings.principals)
    return ram.CfnResourceShare(
        scope,
        "Share",
        allow_external_principals=not is_organization,
        name=Names.unique_resource_name(scope, max_length=_MAX_NAME),
        principals=list(settings.principals),
        resource_arns=[rule.attr_arn for rule in rules],
    )


def _define_group(
    scope: Construct, id: str, settings: ResolverSettings, purpose: str
) -> ec2.SecurityGroup:
    return ec2.SecurityGroup(
        scope,
        id,
        allow_all_outbound=False,
        description=f"{purpose} (ddns-constructs, ResolverForwarding)",
        vpc=settings.vpc,
    )


def _define_endpoint(
    scope: Construct,
    id: str,
    settings: ResolverSettings,
    group: ec2.SecurityGroup,
    requests: list[route53resolver.CfnResolverEndpoint.IpAddressRequestProperty],
) -> route53resolver.CfnResolverEndpoint:
    return route53resolver.CfnResolverEndpoint(
        scope,
        id,
        direction=id.upper(),
        ip_addresses=requests,
        resolver_endpoint_type=settings.endpoint_type.value,
        security_group_ids=[group.security_group_id],
    )
