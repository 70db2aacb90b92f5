"""The API of `ApiGatewayDirectDdns`: its stage, its log, its methods, its own name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Names, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_wafv2 as wafv2

from ddns_constructs._common.zones import is_within
from ddns_constructs._direct import templates
from ddns_constructs._direct.resource_policy import resource_policy
from ddns_constructs._direct.response import (
    add_gateway_responses,
    answer_of_denial,
    integration_responses,
    method_responses,
)
from ddns_constructs._direct.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from ddns_constructs._direct.access import Callers
    from ddns_constructs._direct.settings import DirectSettings

# No header, no query and no path as it was sent: keys and tokens travel there. Not the name
# `apiKey` either, which is the key itself; `apiKeyId` is what the console shows.
_ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "apiId": "$context.apiId",
    "sourceIp": "$context.identity.sourceIp",
    "apiKeyId": "$context.identity.apiKeyId",
    "subject": "$context.authorizer.claims.sub",
    "userArn": "$context.identity.userArn",
    "method": "$context.httpMethod",
    "resourcePath": "$context.resourcePath",
    "status": "$context.status",
    "errorType": "$context.error.responseType",
    "integrationStatus": "$context.integration.status",
    "integrationLatency": "$context.integration.latency",
    "latency": "$context.responseLatency",
}
# What callers send without meaning anything by it: nothing, a form (`curl --data`), or text.
_CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain")
_ZONE_PARAMETER = "hosted_zone_id"


def define_access_log(scope: Construct, retention: logs.RetentionDays) -> logs.LogGroup:
    """Define where it is noted who asked, and what was the answer."""
    return logs.LogGroup(
        scope, "AccessLog", removal_policy=RemovalPolicy.DESTROY, retention=retention
    )


def define_execution_log(
    scope: Construct, api: apigateway.RestApi, settings: DirectSettings
) -> logs.LogGroup:
    """Define where API Gateway notes why a request failed, before the stage would make it so.

    API Gateway makes the log group itself where there is none of this name; it would then be kept
    for ever, and outlive the stack.
    """
    log = logs.LogGroup(
        scope,
        "ExecutionLog",
        # docs: "Set up CloudWatch logging for REST APIs in API Gateway".
        log_group_name=f"API-Gateway-Execution-Logs_{api.rest_api_id}/{settings.stage_name}",
        removal_policy=RemovalPolicy.DESTROY,
        retention=settings.log_retention,
    )
    api.deployment_stage.node.add_dependency(log)
    return log


def define_api(
    scope: Construct, settings: DirectSettings, log: logs.ILogGroup | None
) -> apigateway.RestApi:
    """Define the API with its stage, and the look of its own errors."""
    family = apigateway.IpAddressType
    api = apigateway.RestApi(
        scope,
        "Api",
        api_key_source_type=apigateway.ApiKeySourceType.HEADER,
        # The role that it would define is the account's: a library has no business there.
        cloud_watch_role=False,
        deploy_options=_stage_options(settings, log),
        description="Clients of dynamic DNS (ddns-constructs, ApiGatewayDirectDdns)",
        disable_execute_api_endpoint=settings.domain_name is not None,
        endpoint_configuration=apigateway.EndpointConfiguration(
            types=[apigateway.EndpointType.REGIONAL],
            ip_address_type=family.DUAL_STACK if settings.dual_stack else family.IPV4,
        ),
        policy=resource_policy(settings.allowed_cidrs, signed=settings.access.is_signed),
        # Metrics know an API by its name alone: two stacks must not share one.
        rest_api_name=Names.unique_resource_name(scope, max_length=64, separator="-"),
    )
    api.node.try_remove_child("Endpoint")  # an output, which is for the app to write
    add_gateway_responses(api, settings.response, signed=settings.access.is_signed)
    return api


def _stage_options(settings: DirectSettings, log: logs.ILogGroup | None) -> apigateway.StageOptions:
    level = apigateway.MethodLoggingLevel
    return apigateway.StageOptions(
        access_log_destination=None if log is None else apigateway.LogGroupLogDestination(log),
        access_log_format=None
        if log is None
        else apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG_FIELDS)),
        data_trace_enabled=False,
        logging_level=level.OFF if log is None else level.ERROR,
        # These are of each method, and billed one by one; those of the whole stage are free.
        metrics_enabled=False,
        stage_name=settings.stage_name,
        throttling_burst_limit=settings.method_throttle.burst_limit,
        throttling_rate_limit=settings.method_throttle.rate_limit,
    )


# ---------------------------------------------------------------- methods


def request_template(settings: DirectSettings, callers: Callers) -> str:
    """Return what a call asks Route 53 for."""
    if settings.has_fixed_name:
        (name,) = settings.names.values()
        return templates.change_of_name(name, ttl=settings.ttl)
    return templates.change_of_caller(callers.names, callers.variable, ttl=settings.ttl)


def add_methods(
    api: apigateway.RestApi, settings: DirectSettings, callers: Callers, role: iam.IRole
) -> None:
    """Add the paths with their methods."""
    if callers.user_pools and api.latest_deployment is not None:
        # An authorizer is no part of what a deployment's id is a digest of: another pool would
        # stay unused until something else changes.
        api.latest_deployment.add_to_logical_id({"userPools": list(callers.user_pools)})
    validator = api.add_request_validator(
        "RequestValidator", validate_request_body=True, validate_request_parameters=True
    )
    integration = _integration(settings, callers, role)
    for path in settings.paths:
        resource = api.root.add_resource(path) if path else api.root
        for method in settings.methods:
            resource.add_method(
                method,
                integration,
                api_key_required=bool(callers.api_keys),
                authorization_type=callers.authorization,
                authorizer=callers.authorizer,
                method_responses=method_responses(),
                request_parameters=_path_parameters(path),
                request_validator=validator,
            )


def _path_parameters(path: str) -> dict[str, bool] | None:
    return {f"method.request.path.{path[1:-1]}": True} if path.startswith("{") else None


def _integration(
    settings: DirectSettings, callers: Callers, role: iam.IRole
) -> apigateway.AwsIntegration:
    template = request_template(settings, callers)
    denied = answer_of_denial(
        settings.response,
        list(callers.names),
        callers.variable,
        is_path=settings.access.is_by_path,
        zone_id=settings.hosted_zone.hosted_zone_id if settings.zone_id_in_path else None,
    )
    parameters = {"integration.request.header.Content-Type": "'application/xml'"}
    zone = settings.hosted_zone.hosted_zone_id
    if settings.zone_id_in_path:
        zone = f"{{{_ZONE_PARAMETER}}}"
        parameters[f"integration.request.path.{_ZONE_PARAMETER}"] = (
            f"method.request.path.{templates.ZONE_PARAMETER}"
        )
    return apigateway.AwsIntegration(
        service="route53",
        path=f"2013-04-01/hostedzone/{zone}/rrset/",
        integration_http_method="POST",
        options=apigateway.IntegrationOptions(
            credentials_role=role,
            integration_responses=integration_responses(
                settings.response, denied, is_path=settings.access.is_by_path
            ),
            # Whoever sends another type would else send Route 53 a request of their own.
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_parameters=parameters,
            request_templates=dict.fromkeys(_CONTENT_TYPES, template),
        ),
    )


# ---------------------------------------------------------------- beside it


def define_usage_plan(
    api: apigateway.RestApi, settings: DirectSettings, keys: Mapping[str, apigateway.ApiKey]
) -> apigateway.UsagePlan:
    """Define what a key opens, and how often."""
    plan = api.add_usage_plan(
        "UsagePlan",
        api_stages=[apigateway.UsagePlanPerApiStage(api=api, stage=api.deployment_stage)],
        quota=settings.quota,
        throttle=settings.key_throttle,
    )
    # One at a time in an account and Region: another at once is refused with 409 (serverless
    # #12065). Below the key, as the id that `add_api_key` makes has any Stage in it: another id is
    # another resource, and a plan takes a key once, so the API could not move into a Stage.
    turns = Turns(api, apigateway.CfnUsagePlanKey, at_once=1)
    for key in keys.values():
        turns.add(
            apigateway.CfnUsagePlanKey(
                key,
                "UsagePlanKey",
                key_id=key.key_id,
                key_type="API_KEY",
                usage_plan_id=plan.usage_plan_id,
            )
        )
    return plan


def associate_web_acl(scope: Construct, api: apigateway.RestApi, web_acl: str) -> None:
    """Put a web ACL in front of the stage."""
    wafv2.CfnWebACLAssociation(
        scope,
        "WebAclAssociation",
        resource_arn=api.deployment_stage.stage_arn,
        web_acl_arn=web_acl,
    )


def define_domain(scope: Construct, api: apigateway.RestApi, settings: DirectSettings) -> None:
    """Give the API a name of its own, with alias records where the zone is the place for them."""
    name, certificate = settings.domain_name, settings.certificate
    if name is None or certificate is None:
        return
    domain = apigateway.DomainName(
        scope,
        "Domain",
        certificate=certificate,
        domain_name=name,
        endpoint_type=apigateway.EndpointType.REGIONAL,
        mapping=api,
        security_policy=apigateway.SecurityPolicy.TLS_1_2,
    )
    resource = domain.node.default_child
    assert isinstance(resource, apigateway.CfnDomainName)  # noqa: S101 - for the type checker
    # The construct has no argument for it.
    family = "dualstack" if settings.dual_stack else "ipv4"
    resource.add_property_override("EndpointConfiguration.IpAddressType", family)
    zone = settings.zone
    if zone is None or not zone.is_named or zone.private or not is_within(name, zone.name):
        return
    records = {"A": route53.ARecord, "AAAA": route53.AaaaRecord}
    for type_ in settings.record_types:
        records[type_](
            scope,
            f"Domain{type_}",
            record_name=f"{name}.",
            target=route53.RecordTarget.from_alias(targets.ApiGatewayDomain(domain)),
            zone=settings.hosted_zone,
        )
