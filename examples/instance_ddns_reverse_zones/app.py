"""Reverse zones are made for the subnets that need one, and zones associated with VPCs."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Stack, Validations
from aws_cdk import aws_route53 as route53
from constructs import Construct

from ddns_constructs import InstanceDdns, ReverseZones


class ReverseZonesStack(Stack):
    """One private zone that every VPC with a registered instance comes to see."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        private = route53.HostedZone.from_hosted_zone_attributes(
            self, "Private", hosted_zone_id="Z000000000PRIVATE000", zone_name="example.internal"
        )
        ddns = InstanceDdns(
            self,
            "Ddns",
            hosted_zones=[private],
            associate_vpcs=True,
            reverse_zones=ReverseZones.CREATE_AS_NEEDED,
        )
        _acknowledge(ddns)


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
    if ddns.reverse_zone_policy is not None:
        Validations.of(ddns.reverse_zone_policy).acknowledge(
            Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="Zones that are yet to be made have no ARN",
            ),
            Acknowledgment(
                id="AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:route53:::hostedzone/*]",
                reason="The same; only PTR records below in-addr.arpa may be changed there",
            ),
        )


app = App()
ReverseZonesStack(app, "InstanceDdnsReverseZones")
app.synth()
