"""Where a function runs, and on what, where an organisation demands it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from tests.constructs.common.kinds import INSTANCE, WITH_FUNCTION, new_bench

if TYPE_CHECKING:
    from tests.constructs.common.kinds import Kind
    from tests.constructs.conftest import Bench

_EACH = pytest.mark.parametrize("kind", WITH_FUNCTION, ids=str)


def _function(bench: Bench) -> dict[str, Any]:
    return bench.only("AWS::Lambda::Function", prefix="DdnsFunction")


def _vpc(bench: Bench) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        bench.stack,
        "Vpc",
        availability_zones=["us-east-1a"],
        private_subnet_ids=["subnet-private"],
        public_subnet_ids=["subnet-public"],
        vpc_id="vpc-1",
    )


@_EACH
def test_architecture_and_runtime_are_those_asked_for(kind: Kind) -> None:
    bench = new_bench()
    kind.define(
        bench, architecture=lambda_.Architecture.X86_64, runtime=lambda_.Runtime.PYTHON_3_13
    )
    function = _function(bench)
    assert (function["Architectures"], function["Runtime"]) == (["x86_64"], "python3.13")


@_EACH
def test_in_a_vpc_it_has_private_subnets_a_security_group_and_the_rights_for_them(
    kind: Kind,
) -> None:
    bench = new_bench()
    kind.define(bench, vpc=_vpc(bench))
    network = _function(bench)["VpcConfig"]
    assert network["SubnetIds"] == ["subnet-private"]
    assert len(network["SecurityGroupIds"]) == 1
    (statement,) = bench.only("AWS::IAM::Policy", prefix="DdnsNetworkPolicy")["PolicyDocument"][
        "Statement"
    ]
    assert {"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"} < set(statement["Action"])
    (function,) = bench.template.find_resources("AWS::Lambda::Function").values()
    assert [each for each in function["DependsOn"] if each.startswith("DdnsNetworkPolicy")]


@_EACH
def test_security_groups_and_subnets_are_those_of_the_user(kind: Kind) -> None:
    bench = new_bench()
    group = ec2.SecurityGroup.from_security_group_id(bench.stack, "Group", "sg-1")
    vpc = _vpc(bench)
    chosen = ec2.SubnetSelection(subnets=[vpc.private_subnets[0]])
    kind.define(bench, vpc=vpc, vpc_subnets=chosen, security_groups=[group])
    assert _function(bench)["VpcConfig"] == {
        "SecurityGroupIds": ["sg-1"],
        "SubnetIds": ["subnet-private"],
    }


def test_without_a_vpc_it_may_make_no_network_interface() -> None:
    bench = new_bench()
    INSTANCE.define(bench)
    assert "VpcConfig" not in _function(bench)
    assert not [each for each in bench.statements() if "Interface" in str(each["Action"])]


@_EACH
@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"architecture": "arm64"},
            "'architecture' must be an Architecture, got 'arm64': write e.g. Architecture.X86_64",
        ),
        (
            {"runtime": "python3.13"},
            "'runtime' must be a Runtime, got 'python3.13': write e.g. Runtime.PYTHON_3_13",
        ),
        (
            {"runtime": lambda_.Runtime.NODEJS_22_X},
            "'runtime' must be Python 3.10 or newer, got 'nodejs22.x': omit it to use Python 3.14",
        ),
        (
            {"runtime": lambda_.Runtime.PYTHON_3_9},
            "'runtime' must be Python 3.10 or newer, got 'python3.9': omit it to use Python 3.14",
        ),
        (
            {"vpc": "vpc-1"},
            "'vpc' must be a VPC, got 'vpc-1': use ec2.Vpc(...) or Vpc.from_lookup(...)",
        ),
        ({"vpc_subnets": ec2.SubnetSelection()}, "'vpc_subnets' needs 'vpc': pass the VPC too"),
        ({"security_groups": []}, "'security_groups' needs 'vpc': pass the VPC too"),
    ),
)
def test_what_no_function_can_have_is_refused(
    kind: Kind, arguments: dict[str, Any], text: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        kind.define(new_bench(), **arguments)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("selection", "text"),
    (
        (
            ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            "'vpc_subnets' must choose private subnets: a function has no public address",
        ),
        (
            ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            "'vpc_subnets' must choose subnets of 'vpc': ",
        ),
        ("subnet-1", "'vpc_subnets' must be a SubnetSelection, got 'subnet-1'"),
    ),
)
def test_subnets_from_which_it_reaches_nothing_are_refused(selection: object, text: str) -> None:
    bench = new_bench()
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        INSTANCE.define(bench, vpc=_vpc(bench), vpc_subnets=selection)
    assert str(caught.value).startswith(text)
    assert bench.stack.node.try_find_child("Ddns") is None


def test_a_security_group_alone_is_no_list() -> None:
    bench = new_bench()
    group = ec2.SecurityGroup.from_security_group_id(bench.stack, "Group", "sg-1")
    with pytest.raises(TypeError, match="'security_groups' must be a list of security groups"):
        INSTANCE.define(bench, vpc=_vpc(bench), security_groups=group)


def test_a_vpc_that_is_made_in_the_same_stack_will_do() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    bench = new_bench()
    bench.stack = stack
    INSTANCE.construct(
        stack,
        "Ddns",
        hosted_zones=[bench.zone("example.com")],
        vpc=ec2.Vpc(stack, "Vpc", nat_gateways=1, max_azs=1),
    )
    assert len(_function(bench)["VpcConfig"]["SubnetIds"]) == 1
