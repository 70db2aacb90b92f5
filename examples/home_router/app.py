"""Routers of a family, in a zone that exists already, behind names that fit into their forms."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Duration, Stack, Validations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from ddns_constructs import ClientDdns, ClientEndpoint

# One that covers the three names below, in the Region of the stack.
CERTIFICATE_ARN = (
    "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"
)


class HomeRouterStack(Stack):
    """Names of one's own, and a message when a router has not been heard of for a day."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id="Z00000000000FAMILY00", zone_name="example.com"
        )
        endpoint = ClientEndpoint.custom_domain(
            domain_name="ddns.example.com",
            ipv4_domain_name="ddns4.example.com",
            ipv6_domain_name="ddns6.example.com",
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", CERTIFICATE_ARN),
        )
        home = ClientDdns(
            self,
            "Home",
            hosted_zones=[zone],
            allowed_names=["home.example.com", "*.home.example.com"],
            endpoint=endpoint,
        )
        family = {"home.example.com": Duration.hours(6), "cabin.home.example.com": Duration.days(1)}
        home.add_alarms(sns.Topic(self, "Family", enforce_ssl=True), silent_hosts=family)
        home.add_outputs()  # `ddns host` finds the deployment by them
        if home.http_api is not None:
            Validations.of(home.http_api).acknowledge(
                Acknowledgment(
                    id="AwsSolutions-APIG4",
                    reason="Routers cannot sign for AWS: the function checks credentials",
                )
            )


app = App()
HomeRouterStack(app, "HomeRouter")
app.synth()
