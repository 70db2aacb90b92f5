"""What the constructs of a failover put into a stack is what the command line reads of it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from ddns_constructs import Endpoint, Failback, NameFailover, Node, OverlayIpFailover, Probe
from ddns_constructs.cli.account import Account
from ddns_constructs.cli.failovers import kinds
from ddns_constructs.cli.failovers.stack import failovers_of
from tests.constructs.direct.bench import resolve


class Stack:
    """A stack with both kinds, references replaced; it stands in for boto3's session."""

    def __init__(self) -> None:
        stack = cdk.Stack(cdk.App(), "Stack")
        zones = ["eu-west-1a", "eu-west-1b"]
        vpc = ec2.Vpc(stack, "Vpc", availability_zones=zones, nat_gateways=0)
        nodes = [
            ec2.Instance(
                stack,
                name,
                vpc=vpc,
                vpc_subnets=ec2.SubnetSelection(subnets=[subnet]),
                instance_type=ec2.InstanceType("t4g.nano"),
                machine_image=ec2.MachineImage.latest_amazon_linux2023(
                    cpu_type=ec2.AmazonLinuxCpuType.ARM_64
                ),
                source_dest_check=False,
            )
            for name, subnet in zip(("A", "B"), vpc.isolated_subnets, strict=True)
        ]
        OverlayIpFailover(
            stack,
            "Vip",
            vpc=vpc,
            address="192.168.100.10",
            nodes=[Node.instance(each) for each in nodes],
            check=Probe.tcp(80),
            failback=Failback.after(cdk.Duration.minutes(5)),
        ).add_outputs()
        zone = route53.PrivateHostedZone(stack, "Zone", zone_name="example.internal", vpc=vpc)
        NameFailover(
            stack,
            "Db",
            hosted_zone=zone,
            record_name="db",
            vpc=vpc,
            check=Probe.tcp(5432),
            primary=Endpoint.addresses(ipv4=["10.0.1.5"], ipv6=["fd00::5"]),
            secondary=Endpoint.addresses(ipv4=["10.0.2.5"], ipv6=["fd00::6"]),
        ).add_outputs(prefix="Db")
        self._template = assertions.Template.from_stack(stack).to_json()

    @property
    def outputs(self) -> dict[str, str]:
        """Its outputs."""
        return {name: resolve(each["Value"]) for name, each in self._template["Outputs"].items()}

    def client(self, service: str) -> Stack:
        """Return a client."""
        assert service == "lambda"
        return self

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        """GetFunctionConfiguration."""
        found = self._template["Resources"][FunctionName]["Properties"]
        return {"Environment": resolve(found["Environment"])}


@pytest.fixture(scope="module")
def stack() -> Stack:
    """The stack."""
    return Stack()


def test_the_outputs_tell_everything(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Account, "session", stack)
    address, name = failovers_of(stack.outputs)
    assert isinstance(address, kinds.AddressFailover)
    assert address.construct == "OverlayIpFailover"
    assert (address.name, address.kind, address.address) == ("Vip", "routes", "192.168.100.10")
    assert (address.nodes, address.failback, address.budget) == (("A", "B"), 300, 3)
    assert address.table == stack.outputs["FailoverTable"]
    assert isinstance(name, kinds.NameFailover)
    assert (name.name, name.prefix, name.ttl) == ("db.example.internal", "Db", 10)
    assert name.deployed == (
        kinds.Deployed("A", ("10.0.1.5",), ("10.0.2.5",)),
        kinds.Deployed("AAAA", ("fd00::5",), ("fd00::6",)),
    )
    assert name.zone.startswith("Zone")
    assert name.health_check
    assert [each.zone for each in name.zones] == ["eu-west-1a", "eu-west-1b"]
    checks = {check for each in name.zones for check in (each.down, each.up)}
    assert len({*checks, name.health_check}) == 5
