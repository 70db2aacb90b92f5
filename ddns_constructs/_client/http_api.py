"""The HTTP API in front of the function of `ClientDdns`: its stage, throttle and access log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import jsii
from aws_cdk import Aws, Names, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs

from ddns_constructs._common import arguments

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

RATE_LIMIT = 100
"""Requests a second that pass in the long run, where nothing else is asked for."""

BURST_LIMIT = 20
"""Requests that pass at once, likewise; fewer where fewer are handled at once."""

# What API Gateway takes of an account in most Regions.
_MAX_RATE = 10_000
# Nothing that a caller writes: API Gateway puts values into the line as they are, so a quotation
# mark in a path or an agent would forge every other field. The function's log has the path.
_ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "domainName": "$context.domainName",
    "sourceIp": "$context.identity.sourceIp",
    "status": "$context.status",
    "integrationStatus": "$context.integrationStatus",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
}


class StageTerms(NamedTuple):
    """What the stage of an API lets through, and whether it writes down who asked."""

    throttle: apigatewayv2.ThrottleSettings | None
    access_log: bool

    def check(self, problems: arguments.Problems) -> None:
        """Note a throttle that API Gateway does not take."""
        example = "True or False"
        arguments.check_kind("endpoint.access_log", self.access_log, bool, example, problems)
        if self.throttle is None:
            return
        kind = apigatewayv2.ThrottleSettings
        example = f"e.g. ThrottleSettings(rate_limit={RATE_LIMIT}, burst_limit={BURST_LIMIT})"
        if not arguments.check_kind("endpoint.throttle", self.throttle, kind, example, problems):
            return
        for field, value, default in (
            ("rate_limit", self.throttle.rate_limit, RATE_LIMIT),
            ("burst_limit", self.throttle.burst_limit, BURST_LIMIT),
        ):
            arguments.check_number(
                f"endpoint.throttle.{field}",
                value,
                minimum=1,
                maximum=_MAX_RATE,
                hint=f"omit 'throttle' to use {default}",
                problems=problems,
            )


def define_http_api(
    scope: Construct,
    function: lambda_.Function,
    terms: StageTerms,
    *,
    has_own_names: bool,
    log_retention: logs.RetentionDays,
    concurrency: int | None,
) -> tuple[apigatewayv2.HttpApi, apigatewayv2.HttpStage]:
    """Define `HttpApi` and `Stage` in a scope; with names of its own it is reached by them only.

    Without a throttle of the user's no more pass at once than are handled at once.
    """
    api = apigatewayv2.HttpApi(
        scope,
        "HttpApi",
        create_default_stage=False,
        default_integration=integrations.HttpLambdaIntegration(
            "Function",
            function,
            payload_format_version=apigatewayv2.PayloadFormatVersion.VERSION_2_0,
        ),
        description="Clients of dynamic DNS (ddns-constructs, ClientDdns)",
        disable_execute_api_endpoint=has_own_names,
        ip_address_type=apigatewayv2.IpAddressType.DUAL_STACK,
    )
    burst = min(BURST_LIMIT, concurrency or BURST_LIMIT)
    throttle = apigatewayv2.ThrottleSettings(burst_limit=burst, rate_limit=RATE_LIMIT)
    stage = apigatewayv2.HttpStage(
        scope,
        "Stage",
        access_log_settings=(
            _define_access_log(scope, log_retention) if terms.access_log else None
        ),
        auto_deploy=True,
        http_api=api,
        stage_name="$default",
        throttle=terms.throttle or throttle,
    )
    return api, stage


def _define_access_log(scope: Construct, retention: logs.RetentionDays) -> _AccessLog:
    # Delivery adds each group to a policy of the account, which may have 5,120 characters; groups
    # under this prefix have one entry for all of them:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    name = Names.unique_resource_name(scope, allowed_special_characters="-_", max_length=200)
    return _AccessLog(
        logs.LogGroup(
            scope,
            "AccessLogs",
            log_group_name=f"/aws/vendedlogs/{Aws.STACK_NAME}/{name}",
            removal_policy=RemovalPolicy.DESTROY,
            retention=retention,
        )
    )


@jsii.implements(apigatewayv2.IAccessLogSettings)
class _AccessLog:
    """Who asked when, and what was the answer."""

    def __init__(self, log_group: logs.ILogGroup) -> None:
        self._log_group = log_group

    @property
    def destination(self) -> apigatewayv2.IAccessLogDestination:
        return apigatewayv2.LogGroupLogDestination(self._log_group)

    @property
    def format(self) -> apigateway.AccessLogFormat:
        return apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG_FIELDS))
