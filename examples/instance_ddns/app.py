"""EC2 instances of a VPC get names in a private, a reverse and a public zone."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, CfnOutput, RemovalPolicy, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from constructs import Construct

from ddns_constructs import InstanceDdns


class InstanceDdnsStack(Stack):
    """A VPC of one public subnet, three zones, and the construct."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        subnet = ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)
        vpc = ec2.Vpc(self, "Vpc", max_azs=1, nat_gateways=0, subnet_configuration=[subnet])
        private = route53.PrivateHostedZone(self, "Private", zone_name="example.internal", vpc=vpc)
        reverse = route53.PrivateHostedZone(self, "Reverse", zone_name="0.10.in-addr.arpa", vpc=vpc)
        public = route53.PublicHostedZone(self, "Public", zone_name=_zone_name(self))
        ddns = InstanceDdns(
            self,
            "Ddns",
            hosted_zones=[private, reverse, public],
            removal_policy=RemovalPolicy.DESTROY,  # a trial leaves nothing behind
        )
        outputs = {
            "VpcId": vpc.vpc_id,
            "SubnetId": vpc.public_subnets[0].subnet_id,
            "PrivateZoneId": private.hosted_zone_id,
            "ReverseZoneId": reverse.hosted_zone_id,
            "PublicZoneId": public.hosted_zone_id,
            "TableName": ddns.table.table_name,
            "QueueUrl": ddns.queue.queue_url,
            "DeadLetterQueueUrl": ddns.dead_letter_queue.queue_url,
            "FunctionName": ddns.function.function_name,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
        _acknowledge(ddns)
        Validations.of(vpc).acknowledge(
            Acknowledgment(id="AwsSolutions-VPC7", reason="A VPC to try things in: no flow log")
        )


def _zone_name(stack: Stack) -> str:
    """Return what `-c zone=` says, else a name that nobody owns, for a trial."""
    name = str(stack.node.try_get_context("zone") or "example.test")
    if f".{name.lower()}".endswith((".example.com", ".example.net", ".example.org")):
        raise SystemExit(f"-c zone={name}: Route 53 reserves that name, give one that you own")
    return name


def _acknowledge(ddns: InstanceDdns) -> None:
    """Accept what no policy can avoid, for cdk-nag: describing EC2 has no resource level."""
    Validations.of(ddns.describe_policy).acknowledge(
        Acknowledgment(
            id="AwsSolutions-IAM5[Resource::*]",
            reason="EC2's Describe actions take no resource; the policy limits the Region",
        ),
        Acknowledgment(
            id=(
                "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:"
                "<AWS::Region>:<AWS::AccountId>:vpc/*]"
            ),
            reason="Instances may run in any VPC of the account; two DNS attributes are read",
        ),
    )


app = App()
InstanceDdnsStack(app, "InstanceDdns")
app.synth()
