"""A VPC of two zones with instances, and the constructs whose address moves between them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2

from ddns_constructs import EniFailover, Node, OverlayIpFailover, Probe, ServiceIpFailover

ADDRESS = {OverlayIpFailover: "192.168.100.10", ServiceIpFailover: "10.0.0.100", EniFailover: ""}
KINDS = tuple(ADDRESS)


@dataclass
class Bench:
    """A stack with a VPC, and nothing else yet."""

    stack: cdk.Stack = field(default_factory=lambda: cdk.Stack(cdk.App(), "Stack"))
    id_: str = "Vip"

    @cached_property
    def vpc(self) -> ec2.Vpc:
        """Two zones with an isolated subnet in each."""
        return self.network("Vpc")

    def network(self, id_: str, cidr: str = "10.0.0.0/16") -> ec2.Vpc:
        """Define a VPC of two zones."""
        return ec2.Vpc(
            self.stack,
            id_,
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            max_azs=2,
            nat_gateways=0,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="In", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
                )
            ],
        )

    def subnet(self, zone: int = 0, vpc: ec2.IVpc | None = None) -> ec2.ISubnet:
        """The subnet of a zone."""
        return (vpc or self.vpc).isolated_subnets[zone]

    def instance(
        self,
        id_: str,
        zone: int = 0,
        *,
        vpc: ec2.IVpc | None = None,
        source_dest_check: bool | None = False,
    ) -> ec2.Instance:
        """Define an instance."""
        return ec2.Instance(
            self.stack,
            id_,
            vpc=vpc or self.vpc,
            instance_type=ec2.InstanceType("t4g.nano"),
            machine_image=ec2.MachineImage.generic_linux({}),
            source_dest_check=source_dest_check,
            vpc_subnets=ec2.SubnetSelection(subnets=[self.subnet(zone, vpc)]),
        )

    def interface(self, id_: str, zone: int = 0, **more: Any) -> ec2.CfnNetworkInterface:  # noqa: ANN401 - of the resource
        """Define an interface, once."""
        defined = self.stack.node.try_find_child(id_)
        if isinstance(defined, ec2.CfnNetworkInterface):
            return defined
        subnet_id = self.subnet(zone).subnet_id
        return ec2.CfnNetworkInterface(self.stack, id_, subnet_id=subnet_id, **more)

    def nodes(self, kind: type) -> list[Node]:
        """Two instances where a kind takes them."""
        last = int(kind is OverlayIpFailover)
        return [Node.instance(self.instance("A", 0)), Node.instance(self.instance("B", last))]

    def required(self, kind: type) -> dict[str, Any]:
        """The arguments that a kind cannot do without."""
        places: dict[type, Callable[[], dict[str, Any]]] = {
            OverlayIpFailover: lambda: {"address": ADDRESS[OverlayIpFailover]},
            ServiceIpFailover: lambda: {
                "address": ADDRESS[ServiceIpFailover],
                "subnet": self.subnet(),
            },
            EniFailover: lambda: {"interface": self.interface("Service")},
        }
        return {"vpc": self.vpc, "check": Probe.tcp(5432), **places[kind]()}

    def define(self, kind: type, **arguments: Any) -> Any:  # noqa: ANN401 - any of the three
        """Define a construct with what it needs, and more."""
        required = self.required(kind)
        if "nodes" not in arguments:
            required["nodes"] = self.nodes(kind)
        return kind(self.stack, self.id_, **{**required, **arguments})

    # ------------------------------------------------------------ what was defined

    @cached_property
    def template(self) -> assertions.Template:
        """The template; nothing may be defined after the first look."""
        return assertions.Template.from_stack(self.stack)

    @cached_property
    def resources(self) -> dict[str, Any]:
        """The resources of the template."""
        found: dict[str, Any] = self.template.to_json()["Resources"]
        return found

    def of_type(self, resource_type: str, prefix: str = "Vip") -> dict[str, Any]:
        """The properties of the construct's resources of a type, by their logical ids."""
        return {
            id_: each["Properties"]
            for id_, each in self.resources.items()
            if each["Type"] == resource_type and id_.startswith(prefix)
        }

    def controller(self) -> dict[str, Any]:
        """The properties of the controller's function."""
        found = self.of_type("AWS::Lambda::Function")
        (one,) = [each for id_, each in found.items() if id_.startswith("VipFunction")]
        assert isinstance(one, dict)
        return one

    def probers(self) -> dict[str, Any]:
        """The properties of the probers, by their logical ids."""
        found = self.of_type("AWS::Lambda::Function")
        return {id_: each for id_, each in found.items() if id_.startswith("VipProber")}

    def environment(self) -> dict[str, Any]:
        """What the controller reads, with logical ids in place of references."""
        variables = self.controller()["Environment"]["Variables"]
        return {name: read(filled(value)) for name, value in variables.items()}

    def statements(self, role: str = "VipRole") -> list[dict[str, Any]]:
        """What a role is allowed, by the beginning of its logical id."""
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy", "").values()
            if any(each["Ref"].startswith(role) for each in policy.get("Roles", ()))
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def statement(self, action: str, role: str = "VipRole") -> dict[str, Any]:
        """The one statement with an action."""
        (one,) = [each for each in self.statements(role) if action in many(each["Action"])]
        return one

    def warnings(self) -> list[str]:
        """The texts of the warnings on the construct."""
        found = assertions.Annotations.from_stack(self.stack).find_warning(
            "/Stack/Vip", assertions.Match.any_value()
        )
        return [str(each.entry.data) for each in found]


def many(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's own "one or many"
    """Return a list, also where there is one."""
    return value if isinstance(value, list) else [value]


def filled(value: Any) -> Any:  # noqa: ANN401 - CloudFormation's own shapes
    """Return a value with logical ids, without their hashes, in place of references."""
    if isinstance(value, list):
        return [filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    ((name, argument), *more) = value.items() or [("", "")]
    if more or name not in _REFERENCES:
        return {key: filled(each) for key, each in value.items()}
    return _REFERENCES[name](argument)


def _short(id_: str) -> str:
    pseudo = id_.startswith("AWS::")
    return id_.removeprefix("AWS::") if pseudo or len(id_) <= 8 else id_[:-8]


def read(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a text holds: JSON, or itself."""
    return json.loads(text) if text.startswith(("{", "[")) else text


_REFERENCES: dict[str, Callable[[Any], str]] = {
    "Ref": _short,
    "Fn::GetAtt": lambda argument: f"{_short(argument[0])}.{argument[1]}",
    "Fn::ImportValue": str,
    "Fn::Join": lambda argument: str(argument[0]).join(filled(argument[1])),
}
