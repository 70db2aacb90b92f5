"""Clients on the internet keep names below one part of a zone, by an HTTP API."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, CfnOutput, RemovalPolicy, Stack, Validations
from aws_cdk import aws_route53 as route53
from constructs import Construct

from ddns_constructs import ClientDdns


class ClientDdnsStack(Stack):
    """A public zone, and the construct with names of one part of it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        zone = route53.PublicHostedZone(self, "Zone", zone_name=_zone_name(self))
        ddns = ClientDdns(
            self,
            "Home",
            hosted_zones=[zone],
            allowed_names=[f"*.dyn.{zone.zone_name}"],
            removal_policy=RemovalPolicy.DESTROY,  # a trial leaves nothing behind
        )
        ddns.add_outputs()  # `ddns host` finds the deployment by them
        if ddns.http_api is not None:
            Validations.of(ddns.http_api).acknowledge(
                Acknowledgment(
                    id="AwsSolutions-APIG4",
                    reason="Routers cannot sign for AWS: the function checks credentials",
                )
            )
        CfnOutput(self, "FunctionName", value=ddns.function.function_name)
        CfnOutput(self, "QueueUrl", value=ddns.queue.queue_url)
        CfnOutput(self, "DeadLetterQueueUrl", value=ddns.dead_letter_queue.queue_url)


def _zone_name(stack: Stack) -> str:
    """Return what `-c zone=` says, else a name that nobody owns, for a trial."""
    name = str(stack.node.try_get_context("zone") or "example.test")
    if f".{name.lower()}".endswith((".example.com", ".example.net", ".example.org")):
        raise SystemExit(f"-c zone={name}: Route 53 reserves that name, give one that you own")
    return name


app = App()
ClientDdnsStack(app, "ClientDdns")
app.synth()
