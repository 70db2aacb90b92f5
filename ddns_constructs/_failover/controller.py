"""The function that decides and moves, outside of the VPC, and what invokes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam

from ddns_constructs._common.function import define_function
from ddns_constructs._common.service_policy import KEY_ACTIONS, key_conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from ddns_constructs._common.function import FunctionOptions
    from ddns_constructs._failover.node import Node

_HANDLER = "ddns.handlers.failover.handler"
# It goes on for 118 seconds, so two overlap, and ends the round that it is in.
_TIMEOUT = Duration.seconds(150)
# Lambda's smallest. What could not be delivered by then is overtaken by the next minute's.
_EVENT_AGE = Duration.minutes(1)
EVENT_SOURCE = "ddns-constructs"
EVENT_TYPE = "Failover Moved"
# What a node that fails, or is back, may be seen in; pending says nothing that a probe does not.
_STATES = ["running", "stopping", "stopped", "shutting-down", "terminated"]


def define_controller(
    scope: Construct,
    options: FunctionOptions,
    *,
    description: str,
    environment: dict[str, str],
    statements: Sequence[iam.PolicyStatement],
    describe_actions: Sequence[str],
) -> tuple[lambda_.Function, iam.Policy]:
    """Define the function and `DescribePolicy` in a scope; return both.

    It is invoked each minute anyway, so nothing is tried again: a late invocation would only be
    one controller more.
    """
    function = define_function(
        scope,
        options,
        handler=_HANDLER,
        description=description,
        timeout=_TIMEOUT,
        statements=statements,
        zones=[],
        zone_statements=lambda _: [],
    )
    reads = iam.PolicyStatement(
        actions=sorted(describe_actions),
        resources=["*"],
        conditions={"StringEquals": {"ec2:Region": Stack.of(scope).region}},
    )
    policy = attach_policy(scope, function, "DescribePolicy", [reads])
    function.configure_async_invoke(retry_attempts=0, max_event_age=_EVENT_AGE)
    for name, value in environment.items():
        function.add_environment(name, value)
    return function, policy


def attach_policy(
    scope: Construct, function: lambda_.Function, id: str, statements: Sequence[iam.PolicyStatement]
) -> iam.Policy:
    """Define a policy that stands alone; the function waits for it."""
    role = function.role
    policy = iam.Policy(scope, id, roles=[role] if role else None, statements=statements)
    function.node.add_dependency(policy)
    return policy


def define_schedule(scope: Construct, function: lambda_.IFunction) -> events.Rule:
    """Define `ScheduleRule`: a controller each minute."""
    return events.Rule(
        scope,
        "ScheduleRule",
        description="A controller of the failover each minute",
        schedule=events.Schedule.rate(Duration.minutes(1)),
        targets=[_target(function)],
    )


def define_state_rule(
    scope: Construct, function: lambda_.IFunction, nodes: Sequence[Node]
) -> events.Rule | None:
    """Define `StateRule`: look at once when the instance of a node changes its state."""
    ids = [each.resource_id for each in nodes if each.is_instance]
    if not ids:
        return None
    return events.Rule(
        scope,
        "StateRule",
        description="Instances of the failover that start and stop",
        event_pattern=events.EventPattern(
            source=["aws.ec2"],
            detail_type=["EC2 Instance State-change Notification"],
            detail={"state": _STATES, "instance-id": ids},
        ),
        targets=[_target(function)],
    )


def _target(function: lambda_.IFunction) -> targets.LambdaFunction:
    return targets.LambdaFunction(function, max_event_age=_EVENT_AGE, retry_attempts=0)


# ---------------------------------------------------------------- what it may do


def journal_statements(scope: Construct, table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    """Allow reading and writing the journal, and the use of its key through DynamoDB."""
    return [
        iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            resources=[table.table_arn],
        ),
        *_key_statements(scope, table),
    ]


def invoke_statement(probers: Sequence[lambda_.IFunction]) -> iam.PolicyStatement:
    """Allow invoking the probers."""
    return iam.PolicyStatement(
        actions=["lambda:InvokeFunction"], resources=[each.function_arn for each in probers]
    )


def events_statement(scope: Construct) -> iam.PolicyStatement:
    """Allow telling of moves on the default event bus, and of nothing else."""
    bus = Stack.of(scope).format_arn(
        service="events", resource="event-bus", resource_name="default"
    )
    return iam.PolicyStatement(
        actions=["events:PutEvents"],
        resources=[bus],
        conditions={
            "StringEquals": {"events:source": EVENT_SOURCE, "events:detail-type": EVENT_TYPE}
        },
    )


def read_statements(
    scope: Construct, table: dynamodb.ITable, function: lambda_.IFunction
) -> list[iam.PolicyStatement]:
    """Allow reading the journal, and the controller's settings, which name the nodes."""
    return [
        iam.PolicyStatement(actions=["dynamodb:GetItem"], resources=[table.table_arn]),
        iam.PolicyStatement(
            actions=["lambda:GetFunctionConfiguration"], resources=[function.function_arn]
        ),
        *_key_statements(scope, table),
    ]


def operate_statements(table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    """Allow changing the one item that has target and hold."""
    return [
        iam.PolicyStatement(
            actions=["dynamodb:UpdateItem"],
            resources=[table.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["STATE"]}},
        )
    ]


def _key_statements(scope: Construct, table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    key = table.encryption_key
    if key is None:
        return []
    return [
        iam.PolicyStatement(
            actions=list(KEY_ACTIONS),
            resources=[key.key_arn],
            conditions=key_conditions(scope, "dynamodb"),
        )
    ]
