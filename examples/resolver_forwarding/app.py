"""A VPC and an office network find each other's names, without a DNS server in the VPC."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from ddns_constructs import ResolverForwarding

OFFICE = "10.1.0.0/16"
OFFICE_SERVERS = ["10.1.0.53", "10.1.64.53"]


class ResolverForwardingStack(Stack):
    """A VPC with a private zone, and endpoints of the Resolver in both directions."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        subnet = ec2.SubnetConfiguration(
            name="Inner", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
        )
        vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
            max_azs=2,
            nat_gateways=0,
            subnet_configuration=[subnet],
        )
        route53.PrivateHostedZone(self, "Zone", zone_name="example.internal", vpc=vpc)
        hybrid = ResolverForwarding(
            self,
            "Hybrid",
            vpc=vpc,
            inbound_from=[OFFICE],
            inbound_addresses=["10.0.0.53", "10.0.1.53"],
            outbound={"corp.example": OFFICE_SERVERS, "1.10.in-addr.arpa": OFFICE_SERVERS},
        )
        hybrid.add_alarms(sns.Topic(self, "OnCall", enforce_ssl=True))
        hybrid.add_outputs()
        Validations.of(vpc).acknowledge(
            Acknowledgment(id="AwsSolutions-VPC7", reason="A VPC to try things in: no flow log")
        )


app = App()
ResolverForwardingStack(app, "ResolverForwarding")
app.synth()
