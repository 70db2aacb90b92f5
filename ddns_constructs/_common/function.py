"""The Lambda function of a construct, with its log group and a role that starts out empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from ddns_constructs._common.assets import lambda_code

if TYPE_CHECKING:
    from aws_cdk import Duration
    from constructs import Construct


def define_function(
    scope: Construct,
    *,
    handler: str,
    description: str,
    timeout: Duration,
    memory_size: int,
    log_retention: logs.RetentionDays,
    reserved_concurrency: int | None = None,
    recursive_loop: lambda_.RecursiveLoop | None = None,
) -> lambda_.Function:
    """Define `Function`, `Role` and `Logs` in a scope.

    The role may write to its own log group and nothing else. It is not CDK's default role: that
    one carries the managed policy AWSLambdaBasicExecutionRole, which reaches every log group.
    """
    log_group = logs.LogGroup(
        scope, "Logs", retention=log_retention, removal_policy=RemovalPolicy.DESTROY
    )
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log_group.grant_write(role)
    return lambda_.Function(
        scope,
        "Function",
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_code(),
        description=description,
        handler=handler,
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        memory_size=memory_size,
        recursive_loop=recursive_loop,
        reserved_concurrent_executions=reserved_concurrency,
        role=role,
        runtime=lambda_.Runtime.PYTHON_3_14,
        system_log_level_v2=lambda_.SystemLogLevel.WARN,
        timeout=timeout,
    )
