"""Stacks and what to ask of their templates; one synth engine for the whole process."""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from ddns_constructs import ClientDdns, InstanceDdns

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXAMPLE_NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/app.py"))


@dataclass
class Bench:
    """A stack of its own with a construct under test."""

    stack: cdk.Stack
    zones: list[route53.IHostedZone]

    def ddns(self, **arguments: Any) -> InstanceDdns:  # noqa: ANN401 - any argument of it
        """Define InstanceDdns in the bench's zones."""
        return InstanceDdns(self.stack, "Ddns", **{"hosted_zones": self.zones, **arguments})

    def client(self, **arguments: Any) -> ClientDdns:  # noqa: ANN401 - any argument of it
        """Define ClientDdns in the bench's zones."""
        return ClientDdns(self.stack, "Ddns", **{"hosted_zones": self.zones, **arguments})

    def zone(self, name: str, zone_id: str = "Z0000000000000000000") -> route53.IHostedZone:
        """Import a hosted zone; its name may be a token."""
        return route53.HostedZone.from_hosted_zone_attributes(
            self.stack, zone_id.replace("/", ""), hosted_zone_id=zone_id, zone_name=name
        )

    @cached_property
    def template(self) -> assertions.Template:
        """The template; nothing may be defined after the first look."""
        return assertions.Template.from_stack(self.stack)

    def statements(self) -> list[dict[str, Any]]:
        """Every statement of every policy attached to a role."""
        policies = self.template.find_resources("AWS::IAM::Policy")
        return [
            statement
            for policy in policies.values()
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]

    def only(self, resource_type: str, *, prefix: str = "Ddns") -> dict[str, Any]:
        """The properties of the one resource of a type that the construct defines."""
        found = self.template.find_resources(resource_type)
        (match,) = [each for id_, each in found.items() if id_.startswith(prefix)]
        properties: dict[str, Any] = match.get("Properties", {})
        return properties

    def warnings(self) -> list[str]:
        """The texts of the warnings on the construct."""
        found = assertions.Annotations.from_stack(self.stack).find_warning(
            "/Stack/Ddns", assertions.Match.any_value()
        )
        return [str(each.entry.data) for each in found]


def _new_bench() -> Bench:
    stack = cdk.Stack(cdk.App(), "Stack")
    vpc = ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16")
    seen = ec2.Vpc.from_vpc_attributes(
        stack, "Seen", availability_zones=["us-east-1a"], vpc_id=vpc.attr_vpc_id
    )
    return Bench(
        stack,
        [
            route53.PrivateHostedZone(stack, "Private", zone_name="example.internal", vpc=seen),
            route53.PrivateHostedZone(stack, "Reverse", zone_name="0.10.in-addr.arpa", vpc=seen),
            route53.PublicHostedZone(stack, "Public", zone_name="example.com"),
        ],
    )


@pytest.fixture
def bench() -> Bench:
    """A stack with a private zone, a reverse zone and a public zone, and nothing else yet."""
    return _new_bench()


@pytest.fixture(scope="session")
def default() -> Bench:
    """InstanceDdns with nothing but its zones; for reading only."""
    made = _new_bench()
    made.ddns()
    return made


def _new_client_bench() -> Bench:
    stack = cdk.Stack(cdk.App(), "Stack")
    return Bench(stack, [route53.PublicHostedZone(stack, "Public", zone_name="example.com")])


@pytest.fixture
def client_bench() -> Bench:
    """A stack with a public zone, and nothing else yet."""
    return _new_client_bench()


@pytest.fixture(scope="session")
def client_default() -> Bench:
    """ClientDdns with nothing but its zone; for reading only."""
    made = _new_client_bench()
    made.client()
    return made


@dataclass
class Example:
    """An example as its app.py synthesised it."""

    name: str
    app: cdk.App

    @cached_property
    def stack(self) -> cdk.Stack:
        """Its one stack."""
        (stack,) = [each for each in self.app.node.children if isinstance(each, cdk.Stack)]
        return stack

    @cached_property
    def template(self) -> dict[str, Any]:
        """Its template."""
        return dict(assertions.Template.from_stack(self.stack).to_json())


@pytest.fixture(scope="session")
def example() -> Callable[[str], Example]:
    """Run an example's app.py, once for all tests of the process."""
    done: dict[str, Example] = {}

    def run(name: str) -> Example:
        if name not in done:
            done[name] = Example(name, runpy.run_path(str(EXAMPLES / name / "app.py"))["app"])
        return done[name]

    return run
