# ruff: noqa: INP001 - an app in a folder, not a package
"""A service on two nodes, a name and an address that lead to the one that is up.

The nodes are loopback addresses of this machine: it is deployed into the local AWS, and nowhere
else. For AWS see the examples `name_failover` and `overlay_ip_failover`.
"""

from __future__ import annotations

import socket

from aws_cdk import App, CfnOutput, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from constructs import Construct  # noqa: TC002 - an app, which readers run

from ddns_constructs import Detection, Endpoint, NameFailover, Node, OverlayIpFailover, Probe

_ADDRESSES = {"A": "127.0.0.2", "B": "127.0.0.3"}


class FailoverStack(Stack):
    """A VPC of two zones with an instance in each, the name and the address."""

    def __init__(self, scope: Construct, id: str, *, port: int) -> None:
        super().__init__(scope, id)
        subnets = ec2.SubnetConfiguration(name="Nodes", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=[subnets])
        zone = route53.PrivateHostedZone(self, "Zone", zone_name="corp.example.test", vpc=vpc)
        check = Probe.tcp(port, timeout=Duration.millis(500))
        first, second = map(_known_at_deployment, _ADDRESSES.values())
        name = NameFailover(
            self,
            "Db",
            hosted_zone=zone,
            record_name="db",
            primary=Endpoint.ipv4(first),
            secondary=Endpoint.ipv4(second),
            check=check,
            detection=Detection.relay(threshold=1),
            vpc=vpc,
        )
        nodes = [
            _node(self, node, subnet)
            for node, subnet in zip(_ADDRESSES, vpc.isolated_subnets, strict=True)
        ]
        vip = OverlayIpFailover(
            self,
            "Vip",
            vpc=vpc,
            address="192.168.100.10",
            nodes=nodes,
            check=check,
            interval=Duration.seconds(1),
            min_dwell=Duration.seconds(20),
            removal_policy=RemovalPolicy.DESTROY,
        )
        name.add_outputs()
        vip.add_outputs()
        tables = [each.route_table.route_table_id for each in vpc.isolated_subnets]
        CfnOutput(self, "Port", value=str(port))
        CfnOutput(self, "RouteTables", value=Fn.join(",", tables))
        CfnOutput(
            self,
            "Probers",
            value=Fn.join(",", [each.function_name for each in vip.prober_functions]),
        )


def _node(scope: Construct, id: str, subnet: ec2.ISubnet) -> Node:
    """Define an instance that stands for a loopback address."""
    instance = ec2.CfnInstance(
        scope, id, image_id="ami-12345678", subnet_id=subnet.subnet_id, source_dest_check=False
    )
    CfnOutput(scope, f"Node{id}", value=instance.ref)
    return Node.instance(instance, probe_address=_known_at_deployment(_ADDRESSES[id]))


def _known_at_deployment(address: str) -> str:
    """Return an address in the one way in which a construct takes one of loopback."""
    return Fn.join("", [address])


def _free_port() -> int:
    """Return a port that is free on both nodes' addresses; any where this machine has not both."""
    with socket.socket() as first, socket.socket() as second:
        try:
            first.bind((_ADDRESSES["A"], 0))
            second.bind((_ADDRESSES["B"], first.getsockname()[1]))
        except OSError:
            first.close()
            return 5432
        return int(first.getsockname()[1])


app = App()
FailoverStack(app, "Failover", port=_free_port())
app.synth()
