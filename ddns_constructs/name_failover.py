"""A name that leads to its secondary place while the primary is down, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from constructs import Construct

from ddns_constructs._common.arguments import check_topic
from ddns_constructs._common.function import FunctionOptions
from ddns_constructs._common.outputs import add_stack_outputs
from ddns_constructs._failover import name_alarms
from ddns_constructs._failover.health_checks import define_watch, primary_up
from ddns_constructs._failover.name_alarms import NameFailoverAlarms, define_alarms
from ddns_constructs._failover.name_grants import grant_switch
from ddns_constructs._failover.name_records import define_records, output_text
from ddns_constructs._failover.name_settings import NameSettings
from ddns_constructs._failover.twins import claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_sns as sns

    from ddns_constructs._failover.detection import Detection
    from ddns_constructs._failover.endpoints import Endpoint
    from ddns_constructs._failover.probe import Probe


class NameFailover(Construct):
    """A name that leads to a secondary place while its primary is down.

    It is made of Route 53's own failover records: what answers queries, and what sees that the
    primary is down, are Route 53's name servers and health checkers, which work while the control
    planes of Route 53 and of the Region are away. It works in public and private hosted zones.

    For places in a VPC functions look at both of them from within, one in each of two zones,
    without any permission. The name leaves its primary only while one of them confirms that it is
    down, and has seen the secondary up, and the other one does not see the primary up. A monitor
    that has died, or is cut off, never moves the name away by itself.

    When the primary is up again, the name leads there again. Clients follow as resolvers drop what
    they keep, after the TTL; a client that keeps addresses for longer, or has a connection open,
    follows later.

    It defines two record sets for each type of record, a health check, and with most detections one
    function or two, each with its role and log group, and what asks them: see docs/failover.md for
    what a month costs.

    Args:
        scope: Where to define it.
        id: Its name within the scope.
        hosted_zone: The zone of the name, public or private. No other record of the name and type
            may be in it: Route 53 refuses failover records beside those.
        record_name: The name, relative to the zone or in full; `@` for the zone's own name.
        primary: Where it leads as long as that is up.
        secondary: Where it leads otherwise; it has the same types of records as the primary.
        check: How to see whether a place is up: `Probe.tcp(...)` or `Probe.http(...)`. Its default
            time-out of 1 second is shortened to 0.7 seconds for `Detection.relay(...)`.
            Default: none, for `Detection.from_alarm(...)`; all others need one.
        detection: How it is found out that the primary is down. Default: `Detection.relay()` where
            an address is a private one, `Detection.public()` where all are public; it has to be
            passed where addresses are known at deployment only, or places are names.
        ttl: How long resolvers keep an answer, up to a minute. Each query of a resolver is billed.
            Default: 10 seconds.
        within: How long it may take at worst from the moment that the primary is down until
            clients are answered the secondary, up to an hour: settings that take longer are
            refused. See `worst_case`. Default: nothing is refused for taking long.
        vpc: The VPC that both places are reached in, for `Detection.relay(...)` and
            `Detection.alarm(...)`. Default: there is none.
        vpc_subnets: The subnets of the functions in `vpc`, in two zones or more, of which
            `Detection.relay(...)` takes the first two. They call nothing outside of the VPC, so
            that it needs no NAT. Default: all private subnets, those with a
            route to the internet first; in a VPC without any, its public ones.
        security_groups: The security groups of the functions; they have to let the checks out. The
            places have to let them in: `instance.connections.allow_from(name.connections, port)`.
            Default: one is defined, which lets the checks out to both places and nothing in.
        log_retention: How long logs are kept, while the stack exists. Default: one month.
        memory_size: A function's memory in MiB; less makes its start longer, and a health
            checker waits for 2 seconds. Default: 256 MiB.
        architecture: The processor that functions run on. Default: arm64, which costs less.
        runtime: The version of Python that they run on, 3.10 or newer, where an organisation
            demands one. Default: Python 3.14.

    Raises:
        TypeError: What is to be a zone, or a list, is none.
        ValueError: Arguments are wrong; the text lists all that are.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hosted_zone: route53.IHostedZone,
        record_name: str,
        primary: Endpoint,
        secondary: Endpoint,
        check: Probe | None = None,
        detection: Detection | None = None,
        ttl: Duration | None = None,
        within: Duration | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        memory_size: int = 256,
        architecture: lambda_.Architecture | None = None,
        runtime: lambda_.Runtime | None = None,
    ) -> None:
        # Before super().__init__: raising after it would leave the id taken.
        settings = NameSettings.check(
            scope,
            hosted_zone=hosted_zone,
            record_name=record_name,
            primary=primary,
            secondary=secondary,
            check=check,
            detection=detection,
            ttl=ttl,
            within=within,
            function=FunctionOptions(
                architecture=architecture,
                log_retention=log_retention,
                memory_size=memory_size,
                runtime=runtime,
                security_groups=security_groups,
                vpc=vpc,
                vpc_subnets=vpc_subnets,
            ),
        )
        zone, name = settings.zone.id, settings.record_name
        claim(scope, id, {f"{zone} {name} {t}": f"'record_name' '{name}'" for t in settings.types})
        super().__init__(scope, id)
        self._settings = settings
        self._watch = define_watch(self, settings)
        self._records = define_records(self, settings, self._watch)
        settings.annotate(self, record_name)

    # ------------------------------------------------------------ what it made

    @property
    def record_name(self) -> str:
        """The name in full, without a dot at its end; a token where the zone's name is one."""
        return self._settings.record_name

    @property
    def health_check(self) -> route53.IHealthCheck:
        """The health check of the primary: while it is unhealthy, the secondary is answered."""
        return self._watch.health_check

    @property
    def secondary_check(self) -> route53.IHealthCheck | None:
        """The health check of the secondary; None where it has none, and always answers."""
        return self._watch.secondary_check

    @property
    def functions(self) -> list[lambda_.IFunction]:
        """The functions that probe both places: relays, one for each zone, or the canary.

        There is none where Route 53 or your alarm does it.
        """
        return list(self._watch.functions)

    @property
    def connections(self) -> ec2.Connections:
        """The functions' connections, for the places to let them in.

        Raises:
            ValueError: There is no function in a VPC.
        """
        if not self.functions or not self.functions[0].is_bound_to_vpc:
            raise ValueError(
                "'connections' are those of functions in a VPC, and there is none: let in the "
                "health checkers of Route 53, or what your alarm watches"
            )
        return self.functions[0].connections

    @property
    def network_policies(self) -> list[iam.Policy]:
        """The policies by which Lambda puts functions into the VPC, and the functions may not.

        They stand alone so that a finding such as AwsSolutions-IAM5 can be acknowledged for them
        and nothing else; without `vpc` there are none.
        """
        places = [self, *(each.relay.scope for each in self._watch.zones)]
        ids = ("NetworkPolicy", "NoNetworkPolicy")
        found = [place.node.try_find_child(id_) for place in places for id_ in ids]
        return [each for each in found if isinstance(each, iam.Policy)]

    @property
    def function_urls(self) -> list[lambda_.IFunctionUrl]:
        """Where Route 53 asks relays, in the order of `functions`; none with other detections."""
        return [each.relay.url for each in self._watch.zones]

    @property
    def zone_checks(self) -> list[route53.IHealthCheck]:
        """The health checks that `health_check` is reckoned from; only relays have any.

        Of each zone the one that is unhealthy while the primary is confirmed down from there, and
        the one that is healthy while it is seen up.
        """
        return [check for each in self._watch.zones for check in (each.down, each.up)]

    @property
    def primary_alarm(self) -> cloudwatch.IAlarm | None:
        """The alarm that the health check follows; None where none was defined here."""
        return self._watch.alarm

    @property
    def worst_case(self) -> Duration | None:
        """How long it takes at worst until the last resolver drops the primary, TTL included.

        It is reckoned from Route 53's documented intervals, and 8 seconds for what is documented
        nowhere: how long its name servers take to follow a health check. None where an imported
        alarm does not show its periods.
        """
        seconds = self._settings.worst_seconds
        return None if seconds is None else Duration.seconds(seconds)

    def add_outputs(self, *, prefix: str = "") -> None:
        """Add outputs to the stack, `FailoverName` and `DdnsStatus`; `ddns failover` reads them.

        `DdnsStatus` a stack has once, whatever it holds.

        Args:
            prefix: What the name of `FailoverName` begins with, letters and digits, where another
                name of the stack has one. Default: nothing.

        Raises:
            ValueError: The prefix is not letters and digits, or the name is taken.
        """
        text = output_text(self, self._settings, self._watch)
        add_stack_outputs(self, {"FailoverName": text}, prefix=prefix)

    # ------------------------------------------------------------ grants

    def grant_switch(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal move the name by hand, and see where it leads, as `ddns failover` does.

        It may write the records of this name, and of no other, and read those of the zone.

        Args:
            grantee: Who may do so.

        Returns:
            The grant.
        """
        return grant_switch(self, grantee, self._settings, self._watch)

    # ------------------------------------------------------------ metrics

    def metric_health_check_status(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """1 while the health check is healthy, 0 while it is not: Route 53's own metric.

        It is in us-east-1, whatever the Region of the stack is: a graph shows it from anywhere, an
        alarm on it has to be in a stack of us-east-1.

        Args:
            period: The time of one value. Default: 1 minute.
        """
        check = self._watch.health_check
        return name_alarms.health_check_metric(check, "HealthCheckStatus", period=period)

    def metric_primary_up(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """1 for each minute in which a canary saw the primary up, 0 for one in which it was down.

        Args:
            period: The time of one value. Default: 5 minutes.

        Raises:
            ValueError: There is no canary: the detection is not `Detection.alarm(...)`.
        """
        if self._watch.canary is None:
            raise ValueError(
                "'metric_primary_up' is for Detection.alarm(...), whose canary counts it: use "
                "metric_health_check_status()"
            )
        return primary_up(self._watch.canary, period=period)

    def metrics_primary_down(self, *, period: Duration | None = None) -> list[cloudwatch.Metric]:
        """Looks of each relay that found the primary down: in each execution one in two seconds.

        Args:
            period: The time of one value. Default: 5 minutes.

        Returns:
            A metric for each of `functions`.

        Raises:
            ValueError: There is no relay: the detection is not `Detection.relay(...)`.
        """
        if not self._watch.zones:
            raise ValueError(
                "'metrics_primary_down' is for Detection.relay(...), which counts it: use "
                "metric_health_check_status()"
            )
        return [name_alarms.primary_down(each, period=period) for each in self.functions]

    # ------------------------------------------------------------ alarms

    def add_alarms(self, topic: sns.ITopic) -> NameFailoverAlarms:
        """Add the alarms that there can be, which notify a topic; CloudWatch bills each.

        For each function: the primary is down from there, the function does not run any more (so
        that less is seen, or nothing would move), and it fails. In a stack of us-east-1 also: the
        health check is unhealthy. Route 53's metrics are in us-east-1 only, and an alarm watches
        its own Region.

        Args:
            topic: Where a change to the state ALARM, and the one back to OK, is published.

        Returns:
            The alarms, for actions of your own.

        Raises:
            TypeError: The topic is none.
            ValueError: They were added already, or there is nothing to watch in this Region.
        """
        check_topic(topic)
        if self._has_alarms:
            raise ValueError("'add_alarms' adds its alarms once, got a second call: use its result")
        region = Stack.of(self).region
        if not self._watch.functions and region != name_alarms.METRICS_REGION:
            raise ValueError(
                "'add_alarms' has nothing to watch in this Region, as Route 53 counts in "
                f"{name_alarms.METRICS_REGION} only: define an alarm on "
                "metric_health_check_status() in a stack of that Region, with "
                "cross_region_references=True on both stacks"
            )
        self._has_alarms = True
        return define_alarms(self, topic, self._watch)

    _has_alarms = False
