"""What to ask of a template with NameFailover."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from ddns_constructs import Endpoint, NameFailover, Probe
from tests.constructs.direct.bench import resolve

ZONE_ID = "Z0EXAMPLE0FAILOVER00"
TOKEN = cdk.Token.as_string({"Ref": "Parameter"})


def shown(value: object) -> str:
    """Return an id of a parameter: numbers of tokens and places in memory differ by process."""
    return re.sub(r"(?<=TOKEN)\.\d+| at 0x[0-9a-f]+", "", str(value))


PRIVATE = {"primary": Endpoint.ipv4("10.0.1.5"), "secondary": Endpoint.ipv4("10.0.2.5")}
PUBLIC = {"primary": Endpoint.ipv4("203.0.113.5"), "secondary": Endpoint.ipv4("198.51.100.5")}


def new_stack(region: str | None = None) -> cdk.Stack:
    """Make a stack of a Region, or of any."""
    env = cdk.Environment(account="111122223333", region=region) if region else None
    return cdk.Stack(cdk.App(), "Stack", env=env)


def zone_of(stack: cdk.Stack, name: str = "example.internal") -> route53.IHostedZone:
    """Import a zone; its name may be a token."""
    return route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id=ZONE_ID, zone_name=name
    )


def vpc_of(
    stack: cdk.Stack, zones: tuple[str, ...] = ("eu-west-1a", "eu-west-1b"), *, public: bool = False
) -> ec2.IVpc:
    """Import a VPC with a subnet in each of some zones, private ones or public ones."""
    ids = [f"subnet-{number}" for number in range(len(zones))]
    tables = [f"rtb-{number}" for number in range(len(zones))]
    if public:
        return ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            availability_zones=list(zones),
            public_subnet_ids=ids,
            public_subnet_route_table_ids=tables,
            vpc_id="vpc-1",
        )
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        availability_zones=list(zones),
        isolated_subnet_ids=ids,
        isolated_subnet_route_table_ids=tables,
        vpc_id="vpc-1",
    )


@dataclass
class Named:
    """A stack of its own with a NameFailover in it."""

    stack: cdk.Stack
    name: NameFailover

    @classmethod
    def relayed(cls, *, region: str | None = None, **arguments: Any) -> Named:  # noqa: ANN401 - any
        """Define one whose places are private, in a VPC; arguments replace those."""
        stack = new_stack(region)
        vpc = {} if "vpc" in arguments else {"vpc": vpc_of(stack)}
        return cls.define(stack, **{**PRIVATE, **vpc, **arguments})

    @classmethod
    def public(cls, *, region: str | None = None, **arguments: Any) -> Named:  # noqa: ANN401 - any
        """Define one whose places are public."""
        return cls.define(new_stack(region), **{**PUBLIC, **arguments})

    @classmethod
    def define(cls, stack: cdk.Stack, **arguments: Any) -> Named:  # noqa: ANN401 - any argument
        """Define one in a stack."""
        zone = {} if "hosted_zone" in arguments else {"hosted_zone": zone_of(stack)}
        given = {"record_name": "db", "check": Probe.tcp(5432), **zone, **arguments}
        return cls(stack, NameFailover(stack, "Db", **given))

    @cached_property
    def template(self) -> assertions.Template:
        """The template; nothing may be defined after the first look."""
        return assertions.Template.from_stack(self.stack)

    def all(self, resource_type: str) -> list[dict[str, Any]]:
        """The properties of all resources of a type, references replaced."""
        found = self.template.find_resources(resource_type).values()
        return [resolve(each.get("Properties", {})) for each in found]

    def only(self, resource_type: str) -> dict[str, Any]:
        """The properties of the one resource of a type."""
        (found,) = self.all(resource_type)
        return found

    def checks(self) -> dict[str, dict[str, Any]]:
        """The configurations of all health checks by their logical ids."""
        found = self.template.find_resources("AWS::Route53::HealthCheck")
        return {
            key: resolve(each["Properties"]["HealthCheckConfig"]) for key, each in found.items()
        }

    def check(self, what: str = "HealthCheck") -> dict[str, Any]:
        """The configuration of the one health check whose path below the construct this is."""
        (config,) = [each for id_, each in self.checks().items() if id_.startswith(f"Db{what}")]
        return config

    def records(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The record sets by their role and type."""
        found = self.all("AWS::Route53::RecordSet")
        return {(each["Failover"], each["Type"]): each for each in found}

    def variables(self) -> dict[str, str]:
        """The environment of the function, or of both, which have the same."""
        first, *others = (
            each["Environment"]["Variables"] for each in self.all("AWS::Lambda::Function")
        )
        assert all(each == first for each in others)
        variables: dict[str, str] = first
        return variables

    def function(self) -> dict[str, Any]:
        """The function, or the first of two."""
        return self.all("AWS::Lambda::Function")[0]

    def warnings(self) -> list[str]:
        """The texts of the warnings on the construct."""
        found = assertions.Annotations.from_stack(self.stack).find_warning(
            "/Stack/Db", assertions.Match.any_value()
        )
        return [str(each.entry.data) for each in found]
