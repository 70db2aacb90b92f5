"""Clients keep their names with no code in between: API Gateway calls Route 53 itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from ddns_constructs._common.arguments import Problems, check_number, check_topic
from ddns_constructs._common.outputs import add_stack_outputs
from ddns_constructs._direct import alarms as direct_alarms
from ddns_constructs._direct import api as direct_api
from ddns_constructs._direct import policy
from ddns_constructs._direct.names import ByName, given_name
from ddns_constructs._direct.settings import DirectSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_apigateway as apigateway
    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_route53 as route53
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_wafv2 as wafv2

    from ddns_constructs._direct.access import DirectAccess
    from ddns_constructs._direct.alarms import DirectDdnsAlarms
    from ddns_constructs._direct.checks import DirectMethod
    from ddns_constructs._direct.response import DirectResponse

_Value = TypeVar("_Value")


class ApiGatewayDirectDdns(Construct):
    """Dynamic DNS without a function: API Gateway writes the record of whoever calls it.

    A call points the caller's name at the address that it comes from, A or AAAA. Nothing that a
    caller sends reaches Route 53: the address is that of the connection, the name follows from
    the key, the path or the user, and all else is written at synthesis. What a template cannot
    refuse, IAM does: the role may write these names, with these types, and nothing else.

    It defines a REST API with a key for each name, a usage plan, a role and two logs: all billed
    by use. There is no table, so there is no answer "unchanged": every call is a change of
    the zone, and callers should call when their address has changed. Routers that poll are better
    off with `ClientDdns`.

    A name is written over whatever record of the same name and type is there: list the names of
    clients, and no others. Deleting the stack leaves their records in the zone.

    Logs need a role that API Gateway has once for all of an account and Region, in the console
    below Settings. Where there is none the deployment fails with "CloudWatch Logs role ARN must
    be set in account settings": set one, or pass `access_log_retention=None`.

    Args:
        scope: Where to define it.
        id: Its name within the scope.
        hosted_zone: The zone to write to; callers reach no other.
        record_names: The names to write: relative to the zone, such as `home`, or full, such as
            `home.example.com`; `@` is the zone's own. One that ends in a dot is full, and must
            lie in the zone. 1 to 50. Where the zone's name is known only at deployment they must
            be full.
        access: Who may call, and how the caller's name is found. Default: a key for each name.
        ttl: How long resolvers keep a record. Default: 60 seconds.
        methods: The HTTP methods that update a name. Default: GET and POST.
        zone_id_in_path: Whether the path is the id of the hosted zone, as in the AWS blog sample,
            in place of `/` and `/update`. It locks nothing: the role allows this zone and no other.
            Default: it is not.
        response: What callers are answered. Default: the words of dyndns2.
        stage_name: The stage, and so the first part of the path. Default: `ddns`.
        throttle: How many requests a second pass in the long run (`rate_limit`), and at once
            (`burst_limit`), all callers together; each is a request to Route 53, which takes 10 a
            second of a whole account. API Gateway counts by path and method, so each of these
            gets its share, and one at once at the least. Synthesis warns where much of what
            Route 53 takes may pass. Of several keys one may use half of a share, so that a client
            that runs wild leaves the others theirs; without keys nothing is kept for the others.
            Default: 2 a second, 5 at once.
        quota: How many requests of one key pass in a day, a week or a month. Its `offset` may be
            0 to 6 for a week, 0 to 27 for a month, and nothing else than 0 for a day. Default:
            any.
        dual_stack: Whether callers by IPv6 reach it; without, no AAAA record is ever written.
            Default: they do.
        allowed_cidrs: The ranges of addresses that callers may come from: as many as a resource
            policy of 8,192 characters holds, which has each twice, or once with `iam()`.
            Default: any.
        web_acl: A regional web ACL of AWS WAF, or its ARN, in front of the stage; it is billed
            by AWS WAF. Default: there is none.
        domain_name: A name of its own for the API, which then has no other. Where it lies in
            `hosted_zone`, and that is public, it gets alias records; elsewhere they are yours to
            make. Default: the name that API Gateway chooses.
        certificate: A certificate of ACM for `domain_name`, in the stack's Region. Default: there
            is none, as there is no `domain_name`.
        access_log_retention: How long it is kept who called and what was the answer, while the
            stack exists; never a key. As long is kept what API Gateway itself notes of requests
            that failed, in a log group of its own: where it throttled a key it may name the last
            characters of it. None keeps neither log, and needs no role of the account. Default:
            one month.

    Raises:
        TypeError: What must be a list is none, or `hosted_zone` is no hosted zone.
        ValueError: Arguments are wrong; the text lists all that are.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hosted_zone: route53.IHostedZone,
        record_names: Sequence[str],
        access: DirectAccess | None = None,
        ttl: Duration | None = None,
        methods: Sequence[DirectMethod] | None = None,
        zone_id_in_path: bool = False,
        response: DirectResponse | None = None,
        stage_name: str = "ddns",
        throttle: apigateway.ThrottleSettings | None = None,
        quota: apigateway.QuotaSettings | None = None,
        dual_stack: bool = True,
        allowed_cidrs: Sequence[str] | None = None,
        web_acl: str | wafv2.CfnWebACL | None = None,
        domain_name: str | None = None,
        certificate: acm.ICertificate | None = None,
        access_log_retention: logs.RetentionDays | None = logs.RetentionDays.ONE_MONTH,
    ) -> None:
        # Before super().__init__: raising after it would leave the id taken.
        settings = DirectSettings.check(
            scope,
            hosted_zone=hosted_zone,
            record_names=record_names,
            access=access,
            ttl=ttl,
            methods=methods,
            zone_id_in_path=zone_id_in_path,
            response=response,
            stage_name=stage_name,
            throttle=throttle,
            quota=quota,
            dual_stack=dual_stack,
            allowed_cidrs=allowed_cidrs,
            web_acl=web_acl,
            domain_name=domain_name,
            certificate=certificate,
            access_log_retention=access_log_retention,
        )
        super().__init__(scope, id)
        settings = settings.placed(self)
        self._settings = settings
        retention = settings.log_retention
        self._access_log = (
            None if retention is None else direct_api.define_access_log(self, retention)
        )
        self._role = policy.define_role(self, settings)
        self._callers = settings.access.define(self, settings.names)
        self._api = direct_api.define_api(self, settings, self._access_log)
        self._execution_log = (
            None
            if retention is None
            else direct_api.define_execution_log(self, self._api, settings)
        )
        direct_api.add_methods(self._api, settings, self._callers, self._role)
        if self._callers.api_keys:
            direct_api.define_usage_plan(self._api, settings, self._callers.api_keys)
        if settings.web_acl is not None:
            direct_api.associate_web_acl(self, self._api, settings.web_acl)
        direct_api.define_domain(self, self._api, settings)
        settings.annotate(self)

    # ------------------------------------------------------------ what it made

    @property
    def api(self) -> apigateway.IRestApi:
        """The REST API; its only stage is `api.deployment_stage`."""
        return self._api

    @property
    def url(self) -> str:
        """Where the stage is reached, over HTTPS only, with a slash at the end."""
        if self._settings.domain_name is not None:
            return f"https://{self._settings.domain_name}/"
        return self._api.url

    @property
    def update_urls(self) -> Mapping[str, str]:
        """What to call, by the names of `record_names`; any spelling of a name finds it."""
        settings = self._settings
        if settings.zone_id_in_path:
            zone_id = settings.hosted_zone.hosted_zone_id
            return self._by_name(dict.fromkeys(settings.names, self.url + zone_id))
        if settings.access.is_by_path:
            urls = {given: self.url + full for given, full in settings.names.items()}
            return self._by_name(urls)
        return self._by_name(dict.fromkeys(settings.names, f"{self.url}update"))

    @property
    def api_keys(self) -> Mapping[str, apigateway.IApiKey]:
        """The key of each name, by the names of `record_names`; empty without keys.

        A name is found in any spelling: relative or full, in capitals, with a dot at the end.
        API Gateway makes the values of the keys: `ddns key show` shows one.
        """
        return self._by_name(self._callers.api_keys)

    def _by_name(self, values: Mapping[str, _Value]) -> ByName[_Value]:
        return ByName(values, self._settings.names, self._settings.zone_name)

    @property
    def role(self) -> iam.IRole:
        """What API Gateway acts as towards Route 53."""
        return self._role

    @property
    def access_log(self) -> logs.ILogGroup | None:
        """Where it is noted who called, and what was the answer; None without a log."""
        return self._access_log

    @property
    def execution_log(self) -> logs.ILogGroup | None:
        """Where API Gateway itself notes why a request failed; None without a log."""
        return self._execution_log

    def add_outputs(self, *, prefix: str = "") -> None:
        """Add outputs to the stack: `Url`, and `DdnsStatus`, the command that shows how it is.

        `DdnsStatus` a stack has once, whatever it holds.

        Args:
            prefix: What the name of `Url` begins with, letters and digits, where another construct
                of the stack has one. Default: nothing.

        Raises:
            ValueError: The prefix is not letters and digits, or the name is taken.
        """
        add_stack_outputs(self, {"Url": self.url}, prefix=prefix)

    # ------------------------------------------------------------ grants

    def grant_update(self, grantee: iam.IGrantable, record_name: str) -> iam.Grant:
        """Let a principal update one name, with requests signed for AWS.

        Args:
            grantee: Who may update it.
            record_name: The name, in any spelling of one of `record_names`.

        Returns:
            The grant.

        Raises:
            ValueError: The access is not `DirectAccess.iam()`, or there is no such name.
        """
        settings, problems = self._settings, Problems()
        if not settings.access.is_signed:
            problems.add("'grant_update' is for DirectAccess.iam(): nothing is signed here")
        if given_name(record_name, settings.names, settings.zone_name) is None:
            known = ", ".join(f"'{name}'" for name in settings.names)
            problems.add(f"'record_name' must be one of {known}, got '{record_name}'")
        problems.raise_any("the grant")
        path = self.update_urls[record_name].removeprefix(self.url)
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["execute-api:Invoke"],
            resource_arns=[
                self._api.arn_for_execute_api(method, f"/{path}", settings.stage_name)
                for method in settings.methods
            ],
        )

    # ------------------------------------------------------------ metrics

    def metric(
        self,
        metric_name: str,
        *,
        statistic: str = "Sum",
        period: Duration | None = None,
        label: str | None = None,
    ) -> cloudwatch.Metric:
        """Return a metric of the API, as API Gateway counts it; change more of it by its `with_`.

        Args:
            metric_name: Its name in the namespace AWS/ApiGateway.
            statistic: How values are put together. Default: their sum.
            period: The time of one value. Default: 5 minutes.
            label: Its name in a graph. Default: the name of the metric.

        Returns:
            The metric.
        """
        return self._api.deployment_stage.metric(
            metric_name, label=label, period=period, statistic=statistic
        )

    def metric_count(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests, whatever became of them.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Count", period=period)

    def metric_client_errors(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests that were refused: a wrong key, a wrong path, too many.

        It is the one to watch for a flood: API Gateway counts it without the access log.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("4XXError", period=period)

    def metric_server_errors(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests that failed between API Gateway and Route 53.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("5XXError", period=period)

    def metric_latency(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How long callers wait, on average, in milliseconds.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Latency", period=period, statistic="Average")

    def metric_throttled(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests that were put off, by the throttle, the quota, or Route 53.

        Asking for it has them counted in the access log, as a metric that CloudWatch bills by the
        month. In a flood of them API Gateway may leave some out of the log, and this is then too
        low: look at `metric_client_errors`, too, which API Gateway counts without the log. AWS
        promises neither to be whole: "Monitor REST APIs in API Gateway".

        Args:
            period: The time of one value. Default: 5 minutes.

        Raises:
            ValueError: There is no access log.
        """
        if self._access_log is None:
            raise ValueError(
                "'metric_throttled' counts in the access log, got access_log_retention=None: "
                "omit that to keep a log"
            )
        direct_alarms.define_throttled_filter(self, self._access_log)
        return direct_alarms.throttled_metric(self._api, period=period)

    # ------------------------------------------------------------ alarms

    def add_alarms(
        self, topic: sns.ITopic, *, client_errors: int = 20, throttled: int = 10
    ) -> DirectDdnsAlarms:
        """Add three alarms that notify a topic; without an access log it is two.

        CloudWatch bills each alarm by the month, and the metric of what was put off.

        Args:
            topic: Where a change to the state ALARM, and the one back to OK, is published.
            client_errors: How many refused requests in 5 minutes are too many, those that were
                put off included. Default: 20.
            throttled: How many requests that were put off in 5 minutes are too many. Default: 10.

        Returns:
            The alarms, for actions of your own.

        Raises:
            TypeError: The topic is none.
            ValueError: They were added already, or an argument is wrong.
        """
        check_topic(topic)
        if self.node.try_find_child("ServerErrorsAlarm") is not None:
            raise ValueError("'add_alarms' adds its alarms once, got a second call: use its result")
        problems = Problems()
        for keyword, value in (("client_errors", client_errors), ("throttled", throttled)):
            hint = "it counts requests in 5 minutes"
            check_number(keyword, value, minimum=1, maximum=1_000_000, hint=hint, problems=problems)
        problems.raise_any("the alarms")
        period = Duration.minutes(5)
        return direct_alarms.define_alarms(
            self,
            topic,
            server_errors=self.metric_server_errors(period=period),
            client_errors=(self.metric_client_errors(period=period), client_errors),
            throttled=None
            if self._access_log is None
            else (self.metric_throttled(period=period), throttled),
        )
