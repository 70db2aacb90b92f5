"""A network interface, its MAC address with it, is attached to the web server that is up."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, RemovalPolicy, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from ddns_constructs import EniFailover, Node, Probe

_RANGE = "10.0.0.0/16"


class EniFailoverStack(Stack):
    """A VPC, two web servers in one zone, and the interface."""

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
        subnet = vpc.isolated_subnets[0]
        nodes = [_node(self, id_, vpc, subnet) for id_ in ("A", "B")]
        group = ec2.SecurityGroup(self, "Group", vpc=vpc)
        group.add_ingress_rule(ec2.Peer.ipv4(_RANGE), ec2.Port.tcp(80))
        interface = ec2.CfnNetworkInterface(
            self, "Service", subnet_id=subnet.subnet_id, group_set=[group.security_group_id]
        )
        vip = EniFailover(
            self,
            "Vip",
            vpc=vpc,
            interface=interface,
            nodes=[Node.instance(each) for each in nodes],
            check=Probe.http(path="/"),
            removal_policy=RemovalPolicy.DESTROY,  # a trial leaves nothing behind
        )
        for each in nodes:
            each.add_user_data(*vip.guest_commands())
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


def _acknowledge(vpc: ec2.Vpc, vip: EniFailover) -> None:
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
EniFailoverStack(app, "EniFailover")
app.synth()
