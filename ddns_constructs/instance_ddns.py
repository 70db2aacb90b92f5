"""EC2 instances have DNS records while they run, and none when they stop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from ddns_constructs._common.arguments import check_topic
from ddns_constructs._common.function import FunctionOptions, define_function
from ddns_constructs._common.metrics import FunctionMetrics
from ddns_constructs._common.outputs import add_stack_outputs
from ddns_constructs._common.queues import (
    define_dead_letter_queue,
    define_event_source,
    define_queue,
    visibility_timeout,
)
from ddns_constructs._common.service_policy import key_statements, keys_of, queue_statements
from ddns_constructs._common.table import define_table
from ddns_constructs._instance import policy, rules
from ddns_constructs._instance.adopt import Adopt
from ddns_constructs._instance.alarms import InstanceDdnsAlarms, define_alarms
from ddns_constructs._instance.queue_target import QueueTarget, allow_rules
from ddns_constructs._instance.settings import (
    PARTITION_KEY,
    InstanceSettings,
    RecordPolicy,
    ReverseZones,
    TagKeys,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import RemovalPolicy
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_events as events
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_route53 as route53
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

_HANDLER = "ddns.handlers.instance.handler"

_TIMEOUT_SECONDS = 120
# A deployment whose function cannot even answer fails after this, not after CDK's hour.
_FIRST_SWEEP_TIMEOUT_SECONDS = 300


class InstanceDdns(FunctionMetrics):
    """Dynamic DNS for the EC2 instances of this account and Region.

    A running instance with a `ZONE` tag, or in a VPC whose DHCP options name a listed zone, gets
    A and AAAA records there and PTR records in the reverse zone that covers its addresses; a
    `CNAME` tag gives it an alias. When it stops, its records are deleted. A record that this
    construct did not write is never changed, unless `adopt` says so.

    It defines three EventBridge rules, a queue with a dead-letter queue, a Lambda function with
    its role and log group, a DynamoDB table on demand, and a custom resource that orders the
    first sweep: all billed by use, next to nothing while no instance changes. CloudWatch bills
    the function's metrics as custom metrics.

    Deleting the stack leaves the records in the zones, unless they were drained before: see
    `grant_sweep`.

    Args:
        scope: Where to define it.
        id: Its name within the scope.
        hosted_zones: The zones to write to: public, private, reverse. No tag reaches a zone that
            is not listed. Of nested zones the one with the longest name is used. A private and a
            public zone of one name give different answers inside and outside; of private zones of
            one name, the one that is associated with the instance's VPC is used; two public ones
            are refused. While it is not clear which is meant, what is registered stays.
        ttl: How long resolvers keep a record. Short times make changes visible sooner and cost
            more queries. Default: 60 seconds.
        tags: The keys of the instance tags that are read. Default: `ZONE`, `CNAME`, `HOSTNAME`.
        host_name: The template of host names, with the fields `{private_dns}` (its first label,
            such as ip-10-0-0-5), `{instance_id}`, `{name}` (the Name tag as one label: lower
            case, hyphens for what is no letter or digit, 63 characters), `{az}`, `{region}`,
            `{vpc_id}` and `{address}` (such as 10-0-0-5; IPv6 with all its digits).
            Default: `{private_dns}`.
        allowed_names: Patterns of the names that instances may have, whatever tags, template and
            DHCP domain ask for: `*` stands for any characters, dots included, and `?` for one, as
            in `*.dev.example.internal`. The function's role has the same limit. Names of PTR
            records follow from addresses and are not limited. A name that an instance has, and
            that is allowed no more, stays in its zone with a warning, as the role would not let
            the function delete it: take it from the instances first, or delete it by hand.
            Names that clients look up by themselves, and believe, need a pattern that writes this
            label out: `wpad` and `isatap` in front, a label that begins with `_` anywhere.
            Default: every name below a zone's apex, and none of those.
        use_dhcp_domain: Whether an instance without `ZONE` tag is registered in the listed
            private zone that the DHCP options of its VPC name as domain. Default: it is.
        reverse_zones: Where PTR records go. Default: into listed reverse zones only.
        associate_vpcs: Whether a listed private zone is associated with the VPC of an instance
            that is registered in it. That changes how the whole VPC resolves the zone's names,
            and nothing here takes it back. Default: it is not.
        address_events: Whether Elastic IP addresses that are attached or taken away are noticed
            at once. EC2 has no event of its own for that: it takes a trail of CloudTrail in this
            Region that logs management events, which CloudTrail bills. Without it, public
            records follow with the next sweep, and point until then at an address that
            somebody else may have.
            Default: they are left to the sweep.
        record_policy: Which changes are made to owned records. Default: all of them, so the zone
            follows the instances.
        adopt: Existing record sets that may be taken over, by name or because they are as they
            should be; they are then changed and deleted like owned ones. Default: none, foreign
            records are left alone.
        max_deletes: The safety valve. A sweep that would delete more record sets deletes none and
            counts `DeletesWithheld`. Events are not bound by it. Default: 100.
        sweep_interval: How often all instances are compared with all records, in whole minutes, up
            to 31 days. That makes up for lost events and restores owned records that others
            changed. Default: every hour.
        sweep_requests_per_second: How many pages of record sets a sweep reads a second at most,
            from 1 to 10. Route 53 takes ten requests a second from the whole account: leave some
            to the changes of this construct, and to others. Fewer make a sweep of large zones
            longer. Default: 4.
        batching_window: How long events are collected, so that a thousand changes become a few
            requests: for fleets that launch hundreds at once. With any window Lambda may wait for
            up to 20 seconds where little happens; 300 seconds at most. Default: events are handled
            at once, ten at a time.
        table: The ledger: a table of your own with the string partition key `pk` and no sort
            key, for this construct alone. It is used as it is. Default: a table is defined, on
            demand and with point-in-time recovery.
        encryption_key: A KMS key for the table and the queues, billed by KMS. The policy of an
            imported key must let this account's IAM policies decide, and `events.amazonaws.com`
            use it. Default: keys that AWS owns.
        removal_policy: What becomes of the table when it leaves the stack. Without its ledger the
            construct takes its own records for foreign ones. `RETAIN` also protects it against
            deletion by hand, and leaves it behind where its first deployment fails. Default: the
            table is kept, except where its first deployment fails.
        log_retention: How long logs are kept, while the stack exists. Default: one month.
        memory_size: The function's memory in MiB; its share of a processor grows with it, and
            EC2's answers, a thousand instances a page, take long to parse with a small share.
            Default: 512 MiB.
        architecture: The processor that the function runs on. Default: arm64, which costs less.
        runtime: The version of Python that it runs on, 3.10 or newer, where an organisation
            demands one. Default: Python 3.14.
        vpc: A VPC to run the function in, where an organisation demands one: it needs none to
            reach instances. From there it has to reach DynamoDB, SQS, EC2 and Route 53, and S3 to
            answer CloudFormation at a deployment: by a NAT gateway, or by endpoints for those
            that have one in your Region. Default: it runs outside of any VPC.
        vpc_subnets: The subnets of `vpc`, private ones. Default: all private subnets, those with
            a route to the internet first.
        security_groups: The security groups of the function in `vpc`; let HTTPS out. Default: one
            is defined, which lets everything out and nothing in.

    Raises:
        TypeError: What is to be a list is none.
        ValueError: Arguments are wrong; the text lists all that are.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hosted_zones: Sequence[route53.IHostedZone],
        ttl: Duration | None = None,
        tags: TagKeys | None = None,
        host_name: str = "{private_dns}",
        allowed_names: Sequence[str] = (),
        use_dhcp_domain: bool = True,
        reverse_zones: ReverseZones = ReverseZones.LISTED,
        associate_vpcs: bool = False,
        address_events: bool = False,
        record_policy: RecordPolicy = RecordPolicy.SYNC,
        adopt: Adopt | None = None,
        max_deletes: int = 100,
        sweep_interval: Duration | None = None,
        sweep_requests_per_second: int = 4,
        batching_window: Duration | None = None,
        table: dynamodb.ITable | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: RemovalPolicy | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        memory_size: int = 512,
        architecture: lambda_.Architecture | None = None,
        runtime: lambda_.Runtime | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
    ) -> None:
        options = FunctionOptions(
            architecture=architecture,
            log_retention=log_retention,
            memory_size=memory_size,
            runtime=runtime,
            security_groups=security_groups,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
        )
        # Before super().__init__: raising after it would leave the id taken.
        settings = InstanceSettings.check(
            scope,
            hosted_zones=hosted_zones,
            ttl=ttl,
            tags=tags or TagKeys(),
            host_name=host_name,
            allowed_names=allowed_names,
            use_dhcp_domain=use_dhcp_domain,
            reverse_zones=reverse_zones,
            associate_vpcs=associate_vpcs,
            address_events=address_events,
            record_policy=record_policy,
            adopt=adopt or Adopt(),
            max_deletes=max_deletes,
            sweep_interval=sweep_interval,
            sweep_requests_per_second=sweep_requests_per_second,
            batching_window=batching_window,
            table=table,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            function=options,
        )
        super().__init__(scope, id)
        self._settings = settings
        self._key = encryption_key
        self._table = table or define_table(
            self,
            key=encryption_key,
            partition_key=PARTITION_KEY,
            removal_policy=removal_policy,
        )
        self._dead_letter_queue = define_dead_letter_queue(self, key=encryption_key)
        self._queue = define_queue(
            self,
            dead_letter_queue=self._dead_letter_queue,
            key=encryption_key,
            timeout=_TIMEOUT_SECONDS,
            window=settings.batching_window,
        )
        self._function = define_function(
            self,
            options,
            handler=_HANDLER,
            description="Route 53 records of EC2 instances (ddns-constructs, InstanceDdns)",
            timeout=Duration.seconds(_TIMEOUT_SECONDS),
            statements=[
                policy.ledger_statement(self._table),
                *queue_statements(self._queue, self._dead_letter_queue),
                *key_statements(self, keys_of(self._key, self._table)),
            ],
            zones=settings.zones,
            zone_statements=partial(policy.zone_statements, self, settings),
            # Lambda stops a function that feeds its own queue after about 16 hops, and a sweep is
            # one hop a step. It has a bound of its own: what it has seen explains its steps, or it
            # is ended and counted in `SweepsAbandoned`.
            recursive_loop=lambda_.RecursiveLoop.ALLOW,
        )
        self._configure()
        self._describe_policy = self._define_describe_policy()
        self._reverse_zone_policy = self._define_reverse_zone_policy()
        self._state_rule = rules.define_state_rule(self, self._target())
        self._tag_rule = rules.define_tag_rule(self, self._target(), settings.watched_tag_keys)
        self._sweep_rule = rules.define_sweep_rule(
            self, self._target(rules.sweep_order()), settings.sweep_interval
        )
        self._address_rule = (
            rules.define_address_rule(self, self._target()) if address_events else None
        )
        allow_rules(
            [
                self._state_rule,
                self._tag_rule,
                self._sweep_rule,
                *([self._address_rule] if self._address_rule else []),
            ],
            [self._queue, self._dead_letter_queue],
            self._key,
        )
        event_source = define_event_source(
            self, function=self._function, queue=self._queue, window=settings.batching_window
        )
        self._define_first_sweep(after=event_source)
        settings.annotate(self)

    # ------------------------------------------------------------ what it made

    @property
    def function(self) -> lambda_.IFunction:
        """The function that writes the records."""
        return self._function

    @property
    def queue(self) -> sqs.IQueue:
        """The queue of events that wait to be handled."""
        return self._queue

    @property
    def dead_letter_queue(self) -> sqs.IQueue:
        """The queue of what could not be handled; kept for 14 days.

        What the function put there has the attribute `Reason`, what EventBridge could not deliver
        `ERROR_MESSAGE`; what SQS moved there, as the function died over it each time, has none.
        """
        return self._dead_letter_queue

    @property
    def table(self) -> dynamodb.ITable:
        """The ledger: what was written, exactly, and for which instance."""
        return self._table

    @property
    def state_rule(self) -> events.IRule:
        """The rule for instances that start and stop."""
        return self._state_rule

    @property
    def tag_rule(self) -> events.IRule:
        """The rule for changes of the tags that are read."""
        return self._tag_rule

    @property
    def sweep_rule(self) -> events.IRule:
        """The schedule of the sweep."""
        return self._sweep_rule

    @property
    def address_rule(self) -> events.IRule | None:
        """The rule for Elastic IP addresses that move; None without `address_events`."""
        return self._address_rule

    @property
    def describe_policy(self) -> iam.Policy:
        """The policy with the EC2 reads, most of which have no resource level.

        It stands alone so that a finding such as AwsSolutions-IAM5 can be acknowledged for it
        and nothing else.
        """
        return self._describe_policy

    @property
    def reverse_zone_policy(self) -> iam.Policy | None:
        """The policy that makes reverse zones; None unless they are created as needed."""
        return self._reverse_zone_policy

    def add_outputs(self) -> None:
        """Add the output `DdnsStatus` to the stack, the command that shows how it is.

        A stack has it once, whatever it holds.
        """
        add_stack_outputs(self, {})

    # ------------------------------------------------------------ grants

    def grant_sweep(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal invoke the function: to order a sweep, or to see what one would do.

        The payload `{"action": "sweep", "verify": true}` begins a sweep, which compares all
        instances with the ledger, and the ledger with the zones; without `verify` the zones are
        not read. `{"dry_run": true}` changes no record and returns a page of the changes that a
        sweep would make. Send its `next` back beside `dry_run` for the following page.
        `{"drain": true}` removes every record that this construct has written, and stops it from
        writing others until `{"drain": false}`; repeat it until it answers `"drained": true`.

        Args:
            grantee: Who may invoke it.

        Returns:
            The grant.
        """
        return self._function.grant_invoke_latest_version(grantee)

    # ------------------------------------------------------------ metrics

    def metric_records_written(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Record sets that were created or changed.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("RecordsWritten", period=period)

    def metric_records_removed(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Record sets that were deleted.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("RecordsRemoved", period=period)

    def metric_claims_refused(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Refusals, counted again at every look; the log says what and why.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("ClaimsRefused", period=period)

    def metric_route53_throttles(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests that Route 53 throttled; they are repeated.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Route53Throttles", period=period)

    def metric_messages_failed(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Messages that went back to the queue, or on to the dead-letter queue.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("MessagesFailed", period=period)

    def metric_oldest_failed(
        self, *, statistic: str = "Maximum", period: Duration | None = None
    ) -> cloudwatch.Metric:
        """Seconds for which the oldest message that failed has been tried.

        Args:
            statistic: How values are put together. Default: the greatest.
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("OldestFailed", statistic=statistic, period=period)

    def metric_deletes_withheld(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Deletes that a sweep did not do because of the safety valve `max_deletes`.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("DeletesWithheld", period=period)

    def metric_zone_gone(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Hosted zones that somebody deleted, counted again at every sweep; the log names each.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("ZoneGone", period=period)

    def metric_sweeps_abandoned(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Sweeps that were ended because they took too many steps.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("SweepsAbandoned", period=period)

    def metric_warnings(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Things that are legal and rarely meant, such as a VPC without DNS support.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Warnings", period=period)

    def metric_event_to_change(
        self, *, statistic: str = "p95", period: Duration | None = None
    ) -> cloudwatch.Metric:
        """Milliseconds from the event to the accepted change.

        Args:
            statistic: How values are put together. Default: the 95th percentile.
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("EventToChange", statistic=statistic, period=period)

    # ------------------------------------------------------------ alarms

    def add_alarms(self, topic: sns.ITopic) -> InstanceDdnsAlarms:
        """Add six alarms that notify a topic; CloudWatch bills each by the month.

        CloudWatch is allowed to publish to the topic, and to use its key.

        Args:
            topic: Where a change to the state ALARM, and the one back to OK, is published.

        Returns:
            The alarms, for actions of your own.

        Raises:
            TypeError: The topic is none.
            ValueError: They were added already.
        """
        check_topic(topic)
        if self.node.try_find_child("DeadLettersAlarm") is not None:
            raise ValueError("'add_alarms' adds its alarms once, got a second call: use its result")
        return define_alarms(
            self,
            topic,
            dead_letter_queue=self._dead_letter_queue,
            deletes_withheld=self.metric_deletes_withheld(),
            function=self._function,
            oldest_failed=self.metric_oldest_failed(),
            queue=self._queue,
            sweep_interval=self._settings.sweep_interval,
            sweeps_abandoned=self.metric_sweeps_abandoned(),
            visibility_timeout=visibility_timeout(_TIMEOUT_SECONDS, self._settings.batching_window),
        )

    # ------------------------------------------------------------ parts

    def _configure(self) -> None:
        """Give the function its settings."""
        environment = {
            "DDNS_TABLE": self._table.table_name,
            "DDNS_QUEUE_URL": self._queue.queue_url,
            "DDNS_DEAD_LETTER_QUEUE_URL": self._dead_letter_queue.queue_url,
            **self._settings.environment(),
        }
        for name, value in environment.items():
            self._function.add_environment(name, value)

    def _define_describe_policy(self) -> iam.Policy:
        creates_zones = self._settings.reverse_zones is ReverseZones.CREATE_AS_NEEDED
        return self._attach(
            "DescribePolicy",
            policy.describe_statements(
                self,
                dhcp_options=self._settings.use_dhcp_domain,
                subnets=creates_zones,
                # Route 53 asks for it too where a zone is associated with a VPC.
                vpcs=self._settings.use_dhcp_domain
                or self._settings.associate_vpcs
                or creates_zones
                # Whether these are finer than their VPCs.
                or any(zone.is_reverse or not zone.is_named for zone in self._settings.zones),
            ),
        )

    def _define_reverse_zone_policy(self) -> iam.Policy | None:
        if self._settings.reverse_zones is not ReverseZones.CREATE_AS_NEEDED:
            return None
        return self._attach("ReverseZonePolicy", policy.reverse_zone_statements(self))

    def _attach(self, id: str, statements: Sequence[iam.PolicyStatement]) -> iam.Policy:
        role = self._function.role
        attached = iam.Policy(self, id, roles=[role] if role else None, statements=statements)
        self._function.node.add_dependency(attached)
        return attached

    def _target(self, message: events.RuleTargetInput | None = None) -> QueueTarget:
        return QueueTarget(self._queue, dead_letter_queue=self._dead_letter_queue, message=message)

    def _define_first_sweep(self, *, after: lambda_.EventSourceMapping) -> None:
        """Order a sweep at the first deployment, and when one changes a setting.

        Instances that ran before get their names then, not at the first scheduled sweep. The
        function only puts an order into its own queue, so the deployment does not wait for it.
        """
        first_sweep = CustomResource(
            self,
            "FirstSweep",
            properties=self._settings.environment(),
            resource_type="Custom::InstanceDdnsSweep",
            service_timeout=Duration.seconds(_FIRST_SWEEP_TIMEOUT_SECONDS),
            service_token=self._function.function_arn,
        )
        # An instance that starts meanwhile is seen by a rule or by the sweep, never by neither.
        first_sweep.node.add_dependency(
            after,
            self._queue,
            self._dead_letter_queue,
            self._state_rule,
            self._tag_rule,
            self._sweep_rule,
        )
