"""Alarms notify a topic, the ledger has a key of one's own, and an operator may order a sweep."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Duration, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from ddns_constructs import InstanceDdns


class AlarmsStack(Stack):
    """What a team that is on call adds to the ten-line app."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        public = route53.PublicHostedZone(self, "Public", zone_name=_zone_name(self))
        ddns = InstanceDdns(
            self,
            "Ddns",
            hosted_zones=[public],
            encryption_key=kms.Key(self, "Key", enable_key_rotation=True),
            max_deletes=20,
            sweep_interval=Duration.minutes(15),
        )
        ddns.add_alarms(sns.Topic(self, "OnCall", enforce_ssl=True))
        operators = iam.Role(self, "Operators", assumed_by=iam.AccountRootPrincipal())
        ddns.grant_sweep(operators)
        _acknowledge(ddns)


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
AlarmsStack(app, "InstanceDdnsAlarms")
app.synth()
