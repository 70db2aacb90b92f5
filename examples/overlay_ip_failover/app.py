"""An address that clients keep leads to the web server that is up, in another zone if need be."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, RemovalPolicy, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from ddns_constructs import Node, OverlayIpFailover, Probe

_RANGE = "10.0.0.0/16"


class OverlayIpFailoverStack(Stack):
    """A VPC of two zones, a web server in each, and the address."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        subnets = ec2.SubnetConfiguration(name="Nodes", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=2,
            nat_gateways=0,
            subnet_configuration=[subnets],
            ip_addresses=ec2.IpAddresses.cidr(_RANGE),
        )
        nodes = [
            _node(self, id_, vpc, subnet)
            for id_, subnet in zip(("A", "B"), vpc.isolated_subnets, strict=True)
        ]
        vip = OverlayIpFailover(
            self,
            "Vip",
            vpc=vpc,
            address="192.168.100.10",
            nodes=[Node.instance(each) for each in nodes],
            check=Probe.http(path="/"),
            removal_policy=RemovalPolicy.DESTROY,  # a trial leaves nothing behind
        )
        for each in nodes:
            each.add_user_data(*vip.guest_commands())
            each.connections.allow_from(ec2.Peer.ipv4(_RANGE), ec2.Port.tcp(80))
        vip.add_outputs()
        _acknowledge(vpc, vip)


def _node(scope: Construct, id: str, vpc: ec2.IVpc, subnet: ec2.ISubnet) -> ec2.Instance:
    """Define a web server that says who it is."""
    node = ec2.Instance(
        scope,
        id,
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=[subnet]),
        instance_type=ec2.InstanceType("t4g.nano"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(
            cpu_type=ec2.AmazonLinuxCpuType.ARM_64
        ),
        http_tokens=ec2.HttpTokens.REQUIRED,
        source_dest_check=False,  # it takes what is sent to the address
    )
    node.add_user_data(
        f"mkdir -p /srv/web && echo {id} > /srv/web/index.html",
        "systemd-run --unit web python3 -m http.server 80 --directory /srv/web",
    )
    Validations.of(node).acknowledge(
        Acknowledgment(id="AwsSolutions-EC26", reason="A volume to try things, without data"),
        Acknowledgment(id="AwsSolutions-EC28", reason="The failover probes each three seconds"),
        Acknowledgment(id="AwsSolutions-EC29", reason="An instance to try things, made to go"),
    )
    return node


def _acknowledge(vpc: ec2.Vpc, vip: OverlayIpFailover) -> None:
    """Accept what no policy can avoid, for cdk-nag, and a VPC without a log."""
    every = "AwsSolutions-IAM5[Resource::*]"
    Validations.of(vip.describe_policy).acknowledge(
        Acknowledgment(id=every, reason="EC2's Describe actions take no resource")
    )
    for policy in vip.network_policies:
        Validations.of(policy).acknowledge(
            Acknowledgment(id=every, reason="How Lambda places a function in a VPC")
        )
    Validations.of(vpc).acknowledge(
        Acknowledgment(id="AwsSolutions-VPC7", reason="A VPC to try things in: no flow log")
    )


app = App()
OverlayIpFailoverStack(app, "OverlayIpFailover")
app.synth()
