"""EC2 instances get names in zones that exist already, by their Name tag."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Duration, Stack, Validations
from aws_cdk import aws_route53 as route53
from constructs import Construct

from ddns_constructs import Adopt, InstanceDdns, TagKeys


class ExistingZonesStack(Stack):
    """Two imported zones of one name: inside and outside answers differ."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        inside = route53.HostedZone.from_hosted_zone_attributes(
            self, "Inside", hosted_zone_id="Z0000000000INSIDE000", zone_name="corp.example.com"
        )
        outside = route53.HostedZone.from_hosted_zone_attributes(
            self, "Outside", hosted_zone_id="Z000000000OUTSIDE000", zone_name="corp.example.com"
        )
        ddns = InstanceDdns(
            self,
            "Ddns",
            hosted_zones=[inside, outside],
            adopt=Adopt.names("build.corp.example.com"),  # written by hand once, ours from now on
            host_name="{name}",
            tags=TagKeys(zone="dns:zone", cname="dns:alias", host_name="dns:host"),
            ttl=Duration.minutes(5),
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


app = App()
ExistingZonesStack(app, "InstanceDdnsExistingZones")
app.synth()
