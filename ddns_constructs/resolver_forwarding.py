"""Names of other networks in a VPC, and names of the VPC in other networks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ddns_constructs._common.alarms import define_alarm, notify
from ddns_constructs._common.arguments import check_topic
from ddns_constructs._common.outputs import add_stack_outputs
from ddns_constructs._failover import resolver_endpoints
from ddns_constructs._failover.resolver_settings import EndpointType, ResolverSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Duration
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_ram as ram
    from aws_cdk import aws_route53resolver as route53resolver
    from aws_cdk import aws_sns as sns


class ResolverForwardingAlarms(NamedTuple):
    """The alarms that `ResolverForwarding.add_alarms` added."""

    inbound: cloudwatch.Alarm | None
    """An interface of the inbound endpoint is not healthy; None without that endpoint."""

    outbound: cloudwatch.Alarm | None
    """An interface of the outbound endpoint is not healthy; None without that endpoint."""


class ResolverForwarding(Construct):
    """DNS between a VPC and other networks, in two zones or more, without a server of your own.

    Name servers of other networks ask an inbound endpoint for names of the VPC: those of its
    private zones, and of EC2. Names of other networks are asked for through an outbound endpoint,
    by a rule for each domain.

    Route 53 bills each interface of an endpoint by the hour, about $91 a month, and each query that
    goes through one: with two zones about $183 a month for one direction, $365 for both.

    Args:
        scope: Where to define it.
        id: Its name within the scope.
        vpc: The VPC that the endpoints stand in, and that the rules are for.
        vpc_subnets: The subnets with an interface of each endpoint, in two zones or more, six at
            the most; two of one zone are allowed. Default: one private subnet in each zone.
        inbound_from: The ranges of addresses that may ask the inbound endpoint, by TCP and UDP at
            port 53. All of IPv4, or of IPv6, is refused. Default: there is no inbound endpoint.
        inbound_addresses: The addresses of the inbound endpoint, one in each of the subnets, in
            their order, so that forwarders of other networks can be set up before: CloudFormation
            tells no address that AWS has chosen. Not with `EndpointType.DUALSTACK`. Default: AWS
            chooses them.
        outbound: The name servers by the domain that they are asked for, up to six each, as
            addresses with or without a port: `10.1.0.53`, `10.1.0.53:5353`, `2001:db8::53`,
            `[2001:db8::53]:5353`. A domain stands for all names in it; `.` is all domains.
            Default: there is no outbound endpoint.
        associate_vpcs: Further VPCs of this account and Region that the rules are for; they need
            no way to the other networks themselves. Default: `vpc` alone.
        share_with: Who gets the rules, to associate them with VPCs of their own: numbers of
            accounts, ARNs of an organization or its units. An account outside of the organization
            has to accept an invitation. Default: nobody.
        endpoint_type: The families of addresses that the endpoints have.
            Default: `EndpointType.IPV4`.

    Raises:
        TypeError: What is to be a VPC, or a list, is none.
        ValueError: Arguments are wrong; the text lists all that are.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        inbound_from: Sequence[str] = (),
        inbound_addresses: Sequence[str] = (),
        outbound: Mapping[str, Sequence[str]] = MappingProxyType({}),
        associate_vpcs: Sequence[ec2.IVpc] = (),
        share_with: Sequence[str] = (),
        endpoint_type: EndpointType = EndpointType.IPV4,
    ) -> None:
        # Before super().__init__: raising after it would leave the id taken.
        settings = ResolverSettings.check(
            vpc=vpc,
            vpc_subnets=vpc_subnets,
            inbound_from=inbound_from,
            inbound_addresses=inbound_addresses,
            outbound=outbound,
            associate_vpcs=associate_vpcs,
            share_with=share_with,
            endpoint_type=endpoint_type,
        )
        super().__init__(scope, id)
        self._settings = settings
        self._inbound: route53resolver.CfnResolverEndpoint | None = None
        self._outbound: route53resolver.CfnResolverEndpoint | None = None
        self._inbound_group: ec2.ISecurityGroup | None = None
        self._outbound_group: ec2.ISecurityGroup | None = None
        self._rules: Mapping[str, route53resolver.CfnResolverRule] = {}
        self._share: ram.CfnResourceShare | None = None
        if settings.sources:
            self._inbound, self._inbound_group = resolver_endpoints.define_inbound(self, settings)
        if settings.domains:
            self._define_outbound()
        settings.annotate(self)

    def _define_outbound(self) -> None:
        settings = self._settings
        self._outbound, self._outbound_group = resolver_endpoints.define_outbound(self, settings)
        self._rules = resolver_endpoints.define_rules(self, settings, self._outbound)
        if settings.principals:
            rules = list(self._rules.values())
            self._share = resolver_endpoints.define_share(self, settings, rules)

    # ------------------------------------------------------------ what it made

    @property
    def inbound_endpoint(self) -> route53resolver.CfnResolverEndpoint | None:
        """The endpoint that other networks ask; None without `inbound_from`."""
        return self._inbound

    @property
    def outbound_endpoint(self) -> route53resolver.CfnResolverEndpoint | None:
        """The endpoint that queries to other networks leave from; None without `outbound`."""
        return self._outbound

    @property
    def inbound_security_group(self) -> ec2.ISecurityGroup | None:
        """Who may ask the inbound endpoint; None without it."""
        return self._inbound_group

    @property
    def outbound_security_group(self) -> ec2.ISecurityGroup | None:
        """What the outbound endpoint may reach; None without it."""
        return self._outbound_group

    @property
    def inbound_addresses(self) -> Sequence[str]:
        """Where other networks ask, as `inbound_addresses` was passed; empty where AWS chooses.

        CloudFormation does not return what AWS has chosen. After the deployment this tells it:
        `aws route53resolver list-resolver-endpoint-ip-addresses --resolver-endpoint-id ID`, with
        the id from the output `InboundEndpoint`.
        """
        return tuple(self._settings.addresses)

    @property
    def rules(self) -> Mapping[str, route53resolver.CfnResolverRule]:
        """The rules by their domains, in lower case and without a dot at the end."""
        return MappingProxyType(dict(self._rules))

    @property
    def share(self) -> ram.CfnResourceShare | None:
        """The share of the rules in AWS RAM; None without `share_with`."""
        return self._share

    def add_outputs(self, *, prefix: str = "") -> None:
        """Add outputs to the stack: `InboundEndpoint`, `OutboundEndpoint`, `ResolverRules`.

        The first two are ids, the third is JSON, the ids of the rules by their domains: an account
        that shares the rules associates them by these. `DdnsStatus` a stack has once.

        Args:
            prefix: What their names begin with, letters and digits, where another construct of the
                stack has some. Default: nothing.

        Raises:
            ValueError: The prefix is not letters and digits, or a name is taken.
        """
        rules = {domain: rule.attr_resolver_rule_id for domain, rule in self._rules.items()}
        outputs = {
            "InboundEndpoint": _id(self._inbound),
            "OutboundEndpoint": _id(self._outbound),
            "ResolverRules": Stack.of(self).to_json_string(rules) if rules else "",
        }
        add_stack_outputs(self, outputs, prefix=prefix)

    # ------------------------------------------------------------ metrics

    def metric_inbound_queries(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Queries that other networks sent.

        Args:
            period: The time of one value. Default: 5 minutes.

        Raises:
            ValueError: There is no inbound endpoint.
        """
        return _metric("InboundQueryVolume", self._inbound, "inbound_from", period)

    def metric_outbound_queries(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Queries that were sent to other networks.

        Args:
            period: The time of one value. Default: 5 minutes.

        Raises:
            ValueError: There is no outbound endpoint.
        """
        return _metric("OutboundQueryVolume", self._outbound, "outbound", period)

    # ------------------------------------------------------------ alarms

    def add_alarms(self, topic: sns.ITopic) -> ResolverForwardingAlarms:
        """Add an alarm for each endpoint, which goes off while an interface is not healthy.

        Args:
            topic: Where a change to the state ALARM, and the one back to OK, is published.

        Returns:
            The alarms, for actions of your own.

        Raises:
            TypeError: The topic is none.
            ValueError: They were added already.
        """
        check_topic(topic)
        ids = ("InboundAlarm", "OutboundAlarm")
        if any(self.node.try_find_child(id_) is not None for id_ in ids):
            raise ValueError("'add_alarms' adds its alarms once, got a second call: use its result")
        found = ResolverForwardingAlarms(
            *(
                None if endpoint is None else _unhealthy_alarm(self, id_, endpoint)
                for id_, endpoint in zip(ids, (self._inbound, self._outbound), strict=True)
            )
        )
        notify(self, topic, [alarm for alarm in found if alarm is not None])
        return found


def _id(endpoint: route53resolver.CfnResolverEndpoint | None) -> str:
    return "" if endpoint is None else endpoint.attr_resolver_endpoint_id


def _metric(
    name: str,
    endpoint: route53resolver.CfnResolverEndpoint | None,
    keyword: str,
    period: Duration | None,
) -> cloudwatch.Metric:
    """Return a metric of the Resolver for an endpoint."""
    if endpoint is None:
        raise ValueError(f"this counts at an endpoint that needs '{keyword}': pass that")
    return cloudwatch.Metric(
        namespace="AWS/Route53Resolver",
        metric_name=name,
        dimensions_map={"EndpointId": endpoint.attr_resolver_endpoint_id},
        period=period,
        statistic="Sum",
    )


def _unhealthy_alarm(
    scope: Construct, id: str, endpoint: route53resolver.CfnResolverEndpoint
) -> cloudwatch.Alarm:
    metric = _metric("EndpointUnhealthyENICount", endpoint, "", None).with_(statistic="Maximum")
    return define_alarm(
        scope,
        id,
        metric,
        "An interface of an endpoint of the Resolver is not healthy: Route 53 mends it by itself; "
        "if it stays, look at the subnet's free addresses",
    )
