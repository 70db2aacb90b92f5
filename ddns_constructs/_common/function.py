"""The Lambda function of a construct, with its log group and a role of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from ddns_constructs._common.arguments import check_kind, check_list, check_number
from ddns_constructs._common.assets import lambda_code
from ddns_constructs._common.role_policies import define_policies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Duration
    from constructs import Construct

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.role_policies import StatementsOf
    from ddns_constructs._common.zones import Zone

_PYTHON = re.compile(r"python3\.(\d+)\Z")
# The oldest that the source runs on.
_OLDEST_MINOR = 10
# What AWS's AWSLambdaVPCAccessExecutionRole allows beside logs: none of it has a resource that is
# known before the function is there.
_NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


@dataclass(frozen=True)
class FunctionOptions:
    """How a function runs: arguments that every construct with a function has."""

    memory_size: int
    log_retention: logs.RetentionDays
    architecture: lambda_.Architecture | None = None
    runtime: lambda_.Runtime | None = None
    vpc: ec2.IVpc | None = None
    vpc_subnets: ec2.SubnetSelection | None = None
    security_groups: Sequence[ec2.ISecurityGroup] | None = None

    def with_groups(self, security_groups: Sequence[ec2.ISecurityGroup]) -> FunctionOptions:
        """Return the same with security groups."""
        return replace(self, security_groups=security_groups)

    def check(self, problems: Problems, *, calls_out: bool = True) -> None:
        """Note what keeps a function, or its log group, from being defined.

        Args:
            problems: Where to note it.
            calls_out: Whether it calls what is beyond the VPC, which no function does from a public
                subnet.
        """
        check_number(
            "memory_size",
            self.memory_size,
            minimum=128,
            maximum=10_240,
            hint="it counts MiB, omit it to use the default",
            problems=problems,
        )
        example = "e.g. RetentionDays.ONE_MONTH"
        check_kind("log_retention", self.log_retention, logs.RetentionDays, example, problems)
        if self.architecture is not None:
            example = "e.g. Architecture.X86_64"
            kind = lambda_.Architecture
            check_kind("architecture", self.architecture, kind, example, problems)
        self._check_runtime(problems)
        self._check_vpc(problems, calls_out=calls_out)

    def _check_runtime(self, problems: Problems) -> None:
        if self.runtime is None:
            return
        example = "e.g. Runtime.PYTHON_3_13"
        if not check_kind("runtime", self.runtime, lambda_.Runtime, example, problems):
            return
        found = _PYTHON.match(self.runtime.name)
        if not found or int(found[1]) < _OLDEST_MINOR:
            problems.add(
                f"'runtime' must be Python 3.{_OLDEST_MINOR} or newer, got '{self.runtime.name}': "
                "omit it to use Python 3.14"
            )

    def _check_vpc(self, problems: Problems, *, calls_out: bool) -> None:
        if self.security_groups is not None:
            check_list("security_groups", self.security_groups, "group")
        for index, group in enumerate(self.security_groups or ()):
            if not hasattr(group, "security_group_id"):
                problems.add(
                    f"'security_groups[{index}]' must be a security group, got {group!r}: use "
                    "ec2.SecurityGroup(...) or SecurityGroup.from_security_group_id(...)"
                )
        if self.vpc is None:
            for keyword in ("vpc_subnets", "security_groups"):
                if getattr(self, keyword) is not None:
                    problems.add(f"'{keyword}' needs 'vpc': pass the VPC too")
        elif not hasattr(self.vpc, "vpc_id"):
            problems.add(
                f"'vpc' must be a VPC, got {self.vpc!r}: use ec2.Vpc(...) or Vpc.from_lookup(...)"
            )
        else:
            self._check_subnets(self.vpc, problems, calls_out=calls_out)

    def _check_subnets(self, vpc: ec2.IVpc, problems: Problems, *, calls_out: bool) -> None:
        selection = self.vpc_subnets
        if selection is not None and not check_kind(
            "vpc_subnets",
            selection,
            ec2.SubnetSelection,
            "e.g. SubnetSelection(subnet_type=SubnetType.PRIVATE_WITH_EGRESS)",
            problems,
        ):
            return
        try:
            chosen = vpc.select_subnets(
                **({} if selection is None else selection._values)  # noqa: SLF001 - a struct of jsii
            )
        except RuntimeError as err:  # how CDK's own errors reach Python
            reason = str(err).strip().splitlines()[0]
            problems.add(f"'vpc_subnets' must choose subnets of 'vpc': {reason}")
            return
        public = {each.subnet_id for each in vpc.public_subnets}
        if calls_out and public & set(chosen.subnet_ids):
            problems.add(
                "'vpc_subnets' must choose private subnets: a function has no public address, so "
                "from a public one it reaches nothing, Route 53 included"
            )


def define_function(
    scope: Construct,
    options: FunctionOptions,
    *,
    handler: str,
    description: str,
    timeout: Duration,
    statements: Sequence[iam.PolicyStatement],
    zones: Sequence[Zone],
    zone_statements: StatementsOf,
    reserved_concurrency: int | None = None,
    recursive_loop: lambda_.RecursiveLoop | None = None,
    ipv6_allowed_for_dual_stack: bool | None = None,
    allow_public_subnet: bool | None = None,
) -> lambda_.Function:
    """Define `Function`, `Role`, `Logs` and the role's policies in a scope.

    The role may write to its own log group, and what the statements say. It is not CDK's default
    role: that one carries the managed policy AWSLambdaBasicExecutionRole, which reaches every log
    group. The function waits for its policies, and with it all that invokes it.
    """
    log_group = logs.LogGroup(
        scope, "Logs", retention=options.log_retention, removal_policy=RemovalPolicy.DESTROY
    )
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    writing = iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
    )
    policies = define_policies(scope, role, [writing, *statements], zones, zone_statements)
    if options.vpc is not None:
        network = iam.PolicyStatement(actions=list(_NETWORK_ACTIONS), resources=["*"])
        policies.append(iam.Policy(scope, "NetworkPolicy", roles=[role], statements=[network]))
    function = lambda_.Function(
        scope,
        "Function",
        allow_public_subnet=allow_public_subnet,
        architecture=options.architecture or lambda_.Architecture.ARM_64,
        code=lambda_code(),
        description=description,
        handler=handler,
        ipv6_allowed_for_dual_stack=ipv6_allowed_for_dual_stack,
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        memory_size=options.memory_size,
        recursive_loop=recursive_loop,
        reserved_concurrent_executions=reserved_concurrency,
        role=role,
        runtime=options.runtime or lambda_.Runtime.PYTHON_3_14,
        security_groups=options.security_groups,
        system_log_level_v2=lambda_.SystemLogLevel.WARN,
        timeout=timeout,
        vpc=options.vpc,
        vpc_subnets=options.vpc_subnets,
    )
    function.node.add_dependency(*policies)
    return function
