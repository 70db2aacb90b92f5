"""What Lambda may do to put a function into a VPC, and the function itself may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

NO_NETWORK = "NoNetworkPolicy"
"""The id of the policy."""

_NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DetachNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)


def deny_network(scope: Construct, function: lambda_.IFunction) -> iam.Policy:
    """Define `NoNetworkPolicy`: Lambda needs a role's rights on interfaces, its code needs none.

    "Giving Lambda functions access to resources in an Amazon VPC": calls of the code carry the
    function's ARN, those of the service do not.
    """
    denial = iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=list(_NETWORK_ACTIONS),
        resources=["*"],
        conditions={"ArnEquals": {"lambda:SourceFunctionArn": [function.function_arn]}},
    )
    roles = [function.role] if function.role else None
    return iam.Policy(scope, NO_NETWORK, roles=roles, statements=[denial])
