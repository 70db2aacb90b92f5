"""Routers and laptops keep a name pointing at their changing address."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from aws_cdk import Duration, Lazy
from aws_cdk import aws_logs as logs

from ddns_constructs._client import alarms as client_alarms
from ddns_constructs._client import policy
from ddns_constructs._client.administration import manage_hosts
from ddns_constructs._client.checks import AddressPolicy
from ddns_constructs._client.endpoint import Duty
from ddns_constructs._client.settings import (
    MAX_READ_REQUEST_UNITS,
    MAX_WRITE_REQUEST_UNITS,
    PARTITION_KEY,
    ClientSettings,
)
from ddns_constructs._client.warnings import annotate
from ddns_constructs._common.alarms import function_metric
from ddns_constructs._common.arguments import Problems, check_topic
from ddns_constructs._common.function import FunctionOptions, define_function
from ddns_constructs._common.metrics import FunctionMetrics
from ddns_constructs._common.outputs import add_stack_outputs
from ddns_constructs._common.queues import (
    define_dead_letter_queue,
    define_event_source,
    define_queue,
    visibility_timeout,
)
from ddns_constructs._common.service_policy import (
    key_statements,
    keys_of,
    queue_statements,
)
from ddns_constructs._common.table import define_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    from aws_cdk import RemovalPolicy
    from aws_cdk import aws_apigatewayv2 as apigatewayv2
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_route53 as route53
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from ddns_constructs._client.alarms import ClientDdnsAlarms
    from ddns_constructs._client.checks import ClientProtocol
    from ddns_constructs._client.endpoint import ClientEndpoint

_HANDLER = "ddns.handlers.client.handler"
# About as long as API Gateway and most routers wait for an answer.
_TIMEOUT_SECONDS = 30
_BATCHING_WINDOW_SECONDS = 1


class ClientDdns(FunctionMetrics):
    """Dynamic DNS for clients on the internet: routers, servers, laptops.

    A client calls a URL, by the protocol of the AWS blog sample, by dyndns2 as routers speak it,
    or by signed requests, and its name gets A and AAAA records with its addresses. Hosts and their
    credentials are items of a table, written with `ddns host add`; the function cannot make one.
    Whoever calls the URL without a host's credential changes nothing and gets to know nothing.

    It defines a Lambda function behind an HTTP API, its role and log groups, a queue with a
    dead-letter queue, and a DynamoDB table on demand: all billed by use. A poll that changes
    nothing costs one request of the API and the function, and one read of the table.

    The URL is open to the world, as routers cannot sign requests for AWS. What a flood of requests
    costs is limited by the throttle of the endpoint (or `reserved_concurrency`) together with
    `max_read_request_units`: docs/floods.md reckons how much that is a day. While a flood uses all
    of it up, clients are turned away too: CloudFront with a web ACL in front is for that.

    Deleting the stack leaves the records in the zones: remove the hosts first, or delete the
    records afterwards.

    Args:
        scope: Where to define it.
        id: Its name within the scope.
        hosted_zones: The zones to write to. No host reaches a zone that is not listed.
        allowed_names: Patterns of the names that hosts may have, which become conditions of the
            function's role: `*` stands for any characters, dots included, `?` for one, such as
            `*.dyn.example.com`. Each must lie in a listed zone. Name them in a zone that holds
            other records too: a host may take the name of a record with a single value.
            Default: every name below the apex of each zone; the apex itself has to be named.
        ttl: How long resolvers keep a record, where the host's item does not say. Above
            240 seconds a FRITZ!Box, which looks its own name up, sends updates over and over.
            Default: 60 seconds.
        record_types: The types of records that are written: A, AAAA, and TXT for certificates,
            which goes to `_acme-challenge` in front of a host's name only. TXT here allows it; a
            host has it only if its own types say so: `ddns host add --types A,AAAA,TXT`. None
            gets one that could prove a name of `endpoint`, or one above it.
            Default: A and AAAA.
        table: The table of hosts: one of your own with the string partition key `hostname` and
            no sort key. It is used as it is; that of the AWS blog sample will do. Default: a table
            is defined, on demand and with point-in-time recovery.
        max_read_request_units: What may be read of the table that is defined, in units a second
            (each 4 KB, read consistently), 1 to 40,000; None for no maximum. DynamoDB throttles
            what is more: clients are answered 911, or 503, and try again. A request without a
            credential costs two units at most, so twice the requests that the endpoint lets
            through a second is never reached: raise it with the throttle, or with
            `reserved_concurrency`. A `table` of your own has yours. Default: 400.
        max_write_request_units: Likewise what may be written, in units of 1 KB. Only a request
            with a host's credential writes, one to two units. Default: 400.
        encryption_key: A KMS key for the table and the queues, billed by KMS. The table holds
            shared secrets in clear, so who may read it with which key matters. The policy of an
            imported key must let this account's IAM policies decide. Default: keys that AWS owns.
        removal_policy: What becomes of the table when it leaves the stack. Without its items
            every client needs a new credential. `RETAIN` also protects it against deletion by
            hand, and leaves it behind where its first deployment fails. Default: the table is
            kept, except where its first deployment fails.
        verify_interval: How long the table is trusted to say what the zone holds; the next poll
            after that looks at the zone, and mends what others changed. Zero looks at every
            poll. Default: 1 hour.
        reserved_concurrency: How many requests are handled at once, at least 3. A function URL
            answers more of them with 429, and takes ten requests a second for each; behind an HTTP
            API, with names of yours or without, API Gateway answers those that its throttle let
            through and Lambda turns away with a 5xx. It is taken from the account's quota, 100 of
            which AWS keeps unreserved: in an account whose quota is 10, as new ones have, a
            deployment with it fails with a text about UnreservedConcurrentExecution. Twenty take a
            thousand changes in ten seconds. Default: none is reserved, and the throttle of the HTTP
            API is the limit.
        protocols: How clients may talk to it. Default: all but `QUERY_CREDENTIALS`.
        bad_auth_status: The status of a dyndns2 answer to a wrong credential, 401 or 200. Some
            old clients read the word `badauth` only with 200; others, OPNsense and MikroTik among
            them, then take the update for done. Default: 401.
        refusal_status: The status of a dyndns2 answer that refuses all its hosts (`nohost`,
            `notfqdn`, `numhost`, `abuse`), 403 or 200. With 200, as dyndns2 has it, OPNsense and
            MikroTik take the update for done. Default: 403.
        trouble_status: The status of a dyndns2 answer that says `911` or `dnserr` of all its
            hosts, 503 or 200. With 503 OPNsense and inadyn see that it failed and try again; with
            200, as dyndns2 has it, OPNsense takes it for done and inadyn ends. Default: 503.
        change_interval: The smallest time between two changes of one host, whole seconds up to 15
            minutes. What comes earlier is accepted and kept, and the queue brings it into the
            zone; of several the last one wins. A removal is not kept: the client is asked to try
            again. Zero sends every change to Route 53 at once. Default: 5 seconds.
        allowed_cidrs: The ranges of addresses that requests may come from, IPv4 and IPv6, such as
            `203.0.113.0/24`; from elsewhere they are answered 403 before anything is read. A
            client that has both families comes by either: list ranges of both. Default: everywhere.
        origin_digests: SHA-256 digests in hex of the secrets that a proxy of yours, such as
            CloudFront, sends along in the header `X-Ddns-Origin`, four at most, so that a secret
            can be changed without a gap. A request with none of them is answered 403 before
            anything is read, and with one of them the client's address is what the header
            `CloudFront-Viewer-Address` says. Make one by `printf %s "$SECRET" | sha256sum`, of a
            secret too long to be guessed. Default: there is no proxy in front.
        endpoint: Where clients reach it: `ClientEndpoint.http_api()`,
            `ClientEndpoint.custom_domain(...)` with names of your own, or, with
            `reserved_concurrency`, `ClientEndpoint.function_url()`. Changing from one to the other
            changes the URL that clients know.
            Default: an HTTP API, which every account and Region has.
        address_policy: Which addresses a client may announce, where the host's item does not
            say. Default: only the public address that its request comes from.
        allow_offline: Whether a client may delete its records, by `offline=YES` or
            `/nic/delete`. Default: it may not.
        log_retention: How long logs are kept, while the stack exists. Default: one month.
        memory_size: The function's memory in MiB; its share of a processor grows with it.
            Default: 256 MiB.
        architecture: The processor that the function runs on. Default: arm64, which costs less.
        runtime: The version of Python that it runs on, 3.10 or newer, where an organisation
            demands one. Default: Python 3.14.
        vpc: A VPC to run the function in, where an organisation demands one. From there it has to
            reach DynamoDB, SQS and Route 53: by a NAT gateway, or by endpoints for those that have
            one in your Region. Default: it runs outside of any VPC.
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
        allowed_names: Sequence[str] = (),
        ttl: Duration | None = None,
        record_types: Sequence[route53.RecordType] | None = None,
        table: dynamodb.ITable | None = None,
        max_read_request_units: int | None = MAX_READ_REQUEST_UNITS,
        max_write_request_units: int | None = MAX_WRITE_REQUEST_UNITS,
        encryption_key: kms.IKey | None = None,
        removal_policy: RemovalPolicy | None = None,
        verify_interval: Duration | None = None,
        reserved_concurrency: int | None = None,
        protocols: Sequence[ClientProtocol] | None = None,
        bad_auth_status: Literal[200, 401] = 401,
        refusal_status: Literal[200, 403] = 403,
        trouble_status: Literal[200, 503] = 503,
        change_interval: Duration | None = None,
        allowed_cidrs: Sequence[str] = (),
        origin_digests: Sequence[str] = (),
        endpoint: ClientEndpoint | None = None,
        address_policy: AddressPolicy = AddressPolicy.SOURCE,
        allow_offline: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        memory_size: int = 256,
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
        settings = ClientSettings.check(
            scope,
            hosted_zones=hosted_zones,
            allowed_names=allowed_names,
            ttl=ttl,
            record_types=record_types,
            table=table,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            verify_interval=verify_interval,
            reserved_concurrency=reserved_concurrency,
            protocols=protocols,
            bad_auth_status=bad_auth_status,
            refusal_status=refusal_status,
            trouble_status=trouble_status,
            change_interval=change_interval,
            allowed_cidrs=allowed_cidrs,
            origin_digests=origin_digests,
            max_read_request_units=max_read_request_units,
            max_write_request_units=max_write_request_units,
            endpoint=endpoint,
            address_policy=address_policy,
            allow_offline=allow_offline,
            function=options,
        )
        super().__init__(scope, id)
        self._settings = settings
        self._key = encryption_key
        self._watched = client_alarms.WatchedHosts()
        self._table = table or define_table(
            self,
            key=encryption_key,
            max_read_request_units=max_read_request_units,
            max_write_request_units=max_write_request_units,
            partition_key=PARTITION_KEY,
            removal_policy=removal_policy,
        )
        self._dead_letter_queue = define_dead_letter_queue(self, key=encryption_key)
        self._queue = define_queue(
            self,
            dead_letter_queue=self._dead_letter_queue,
            key=encryption_key,
            timeout=_TIMEOUT_SECONDS,
            window=_BATCHING_WINDOW_SECONDS,
        )
        self._function = define_function(
            self,
            options,
            handler=_HANDLER,
            description="Route 53 records of clients (ddns-constructs, ClientDdns)",
            timeout=Duration.seconds(_TIMEOUT_SECONDS),
            statements=[
                *policy.hosts_statements(self._table),
                *queue_statements(self._queue, self._dead_letter_queue),
                *key_statements(self, keys_of(self._key, self._table)),
            ],
            zones=settings.zones,
            zone_statements=partial(policy.zone_statements, settings),
            reserved_concurrency=reserved_concurrency,
        )
        self._configure()
        define_event_source(
            self, function=self._function, queue=self._queue, window=_BATCHING_WINDOW_SECONDS
        )
        self._address = settings.endpoint.define(
            self, Duty(self._function, settings.zones, log_retention, reserved_concurrency)
        )
        annotate(self, settings)

    # ------------------------------------------------------------ what it made

    @property
    def url(self) -> str:
        """Where clients reach it, over HTTPS only: a token, or the name of your own."""
        return self._address.url

    @property
    def ipv4_url(self) -> str | None:
        """Where clients reach it by IPv4 only; None without `ipv4_domain_name`."""
        return self._address.ipv4_url

    @property
    def ipv6_url(self) -> str | None:
        """Where clients reach it by IPv6 only; None without `ipv6_domain_name`."""
        return self._address.ipv6_url

    @property
    def http_api(self) -> apigatewayv2.HttpApi | None:
        """The HTTP API, by its own name or behind names of yours; None with a function URL.

        It has no authorizer, as the function tells hosts by their credentials: a finding such as
        AwsSolutions-APIG4 can be acknowledged for it and nothing else.
        """
        return self._address.http_api

    @property
    def allowed_names(self) -> list[str]:
        """The patterns of names that hosts may have, in lower case; empty for all below each apex.

        `ddns host add` reads them from an output of `add_outputs`.
        """
        return list(self._settings.allowed_names)

    @property
    def function(self) -> lambda_.IFunction:
        """The function that answers clients and writes the records."""
        return self._function

    @property
    def table(self) -> dynamodb.ITable:
        """The table of hosts: their zone, their credentials, and what was set last."""
        return self._table

    @property
    def queue(self) -> sqs.IQueue:
        """The queue of accepted changes that Route 53 was too busy for."""
        return self._queue

    @property
    def dead_letter_queue(self) -> sqs.IQueue:
        """The queue of what could not be written; kept for 14 days.

        What the function put there has the attribute `Reason`; what SQS moved there has none.
        """
        return self._dead_letter_queue

    def add_outputs(self, *, prefix: str = "") -> None:
        """Add the outputs of the stack by which `ddns host` and `ddns router` find all the rest.

        They are `Url`, `TableName`, `HostedZoneIds`, `HostDefaults`, where there are
        `allowed_names` `AllowedNames`, and where the endpoint has names of your own
        `EndpointNames`. `DdnsStatus`, which a stack has once, is the command that shows how it is.

        Args:
            prefix: What their names begin with, letters and digits, for a stack that has several:
                `ddns host list --stack NAME --prefix PREFIX`. Default: nothing.

        Raises:
            ValueError: The prefix is not letters and digits, or names are taken.
        """
        environment = self._settings.environment()
        defaults = {
            "ttl": int(environment["DDNS_TTL"]),
            "types": json.loads(environment["DDNS_RECORD_TYPES"]),
            "addresses": environment["DDNS_ADDRESS_POLICY"],
        }
        outputs = {
            "Url": self.url,
            "TableName": self._table.table_name,
            "HostedZoneIds": ",".join(zone.id for zone in self._settings.zones),
            "AllowedNames": ",".join(self._settings.allowed_names),
            "EndpointNames": ",".join(self._settings.endpoint.names),
            "HostDefaults": json.dumps(defaults),
        }
        add_stack_outputs(self, outputs, prefix=prefix)

    # ------------------------------------------------------------ grants

    def grant_manage_hosts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal add, show, change and remove hosts, as `ddns host` does.

        It may read every shared secret, and delete A, AAAA and TXT records of allowed names in
        the listed zones. `ddns host` also asks CloudFormation for the stack's outputs
        (`cloudformation:DescribeStacks`), which is not part of this.

        Args:
            grantee: Who may manage hosts. A user and a group get managed policies, of which IAM
                attaches ten to each: inline ones have too little room.

        Returns:
            The grant.

        Raises:
            ValueError: It is more than IAM takes of an `iam.ManagedPolicy`, an `iam.Policy` or an
                imported role; an `iam.Role` of the app has room for all that a `ClientDdns` takes.
        """
        return manage_hosts(self, grantee, self._settings, self._table)

    # ------------------------------------------------------------ metrics

    def metric_unchanged(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Updates that found the zone right already.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Unchanged", period=period)

    def metric_changed(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Updates that changed a record.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Changed", period=period)

    def metric_deferred(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Updates that were accepted and went to the queue, as Route 53 was busy.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Deferred", period=period)

    def metric_bad_auth(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests without a credential of the host that they name.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("BadAuth", period=period)

    def metric_bad_request(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests that cannot be read: no client of any protocol sends them.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("BadRequest", period=period)

    def metric_blocked(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests from outside `allowed_cidrs`, or past the proxy of `origin_digests`.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Blocked", period=period)

    def metric_refused(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Updates that were not allowed: by the address policy, the allowed names, or the zone.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Refused", period=period)

    def metric_failed(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Updates that failed for a reason of the service; the answer asks for another try.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Failed", period=period)

    def metric_route53_throttles(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests that Route 53 put off; they are repeated.

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

    def metric_host_seen(
        self, host_name: str, *, period: Duration | None = None
    ) -> cloudwatch.Metric:
        """Successful requests of one host, changed or not.

        Asking for it makes the function count that host: a metric of its own for each host, which
        CloudWatch bills by the month.

        Args:
            host_name: The full name of the host.
            period: The time of one value. Default: 5 minutes.
        """
        problems = Problems()
        host = client_alarms.check_host("host_name", host_name, self._settings, problems)
        self._watch([host], problems)
        return function_metric(self._function, "HostSeen", dimensions={"Host": host}, period=period)

    # ------------------------------------------------------------ alarms

    def add_alarms(
        self,
        topic: sns.ITopic,
        *,
        silent_hosts: Mapping[str, Duration] | Sequence[str] | None = None,
        silent_after: Duration | None = None,
    ) -> ClientDdnsAlarms:
        """Add four alarms that notify a topic, and one for each host that must not fall silent.

        CloudWatch bills each alarm by the month, and for each such host a metric of its own.

        Args:
            topic: Where a change to the state ALARM, and the one back to OK, is published.
            silent_hosts: Full names of hosts whose client must be heard of, changed or not; or a
                mapping from names to how long each may be silent. A host that was never heard
                of counts as silent. Default: none is watched.
            silent_after: How long the hosts of a list may be silent: from 5 minutes to 7 days,
                in steps of 5 minutes, above a day of an hour. Choose several times what the
                client polls at. Default: 6 hours.

        Returns:
            The alarms, for actions of your own.

        Raises:
            TypeError: The topic is none.
            ValueError: They were added already, or an argument is wrong.
        """
        check_topic(topic)
        if self.node.try_find_child("ErrorsAlarm") is not None:
            raise ValueError("'add_alarms' adds its alarms once, got a second call: use its result")
        problems = Problems()
        silences = client_alarms.check_silent_hosts(
            silent_hosts, silent_after, self._settings, problems
        )
        self._watch(silences, problems)
        return client_alarms.define_alarms(
            self,
            topic,
            dead_letter_queue=self._dead_letter_queue,
            function=self._function,
            oldest_failed=self.metric_oldest_failed(),
            queue=self._queue,
            silent_hosts=silences,
            visibility_timeout=visibility_timeout(_TIMEOUT_SECONDS, _BATCHING_WINDOW_SECONDS),
        )

    # ------------------------------------------------------------ parts

    def _watch(self, hosts: Iterable[str], problems: Problems) -> None:
        """Have the function count some hosts one by one, unless something is wrong with them."""
        watched = self._watched.names.union(hosts)
        self._settings.check_size(sorted(watched), problems)
        problems.raise_any("ClientDdns")
        self._watched.names = watched

    def _configure(self) -> None:
        """Tell the function what to do."""
        environment = {
            "DDNS_TABLE": self._table.table_name,
            "DDNS_QUEUE_URL": self._queue.queue_url,
            "DDNS_DEAD_LETTER_QUEUE_URL": self._dead_letter_queue.queue_url,
            **self._settings.environment(),
            "DDNS_WATCHED_HOSTS": Lazy.string(self._watched),
        }
        for name, value in environment.items():
            self._function.add_environment(name, value)
