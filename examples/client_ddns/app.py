"""Clients on the internet keep names below dyn.example.com, by a function URL."""

from __future__ import annotations

from aws_cdk import App, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_route53 as route53
from constructs import Construct

from ddns_constructs import ClientDdns


class ClientDdnsStack(Stack):
    """A public zone, and the construct with names of one part of it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        zone = route53.PublicHostedZone(self, "Zone", zone_name="example.com")
        ddns = ClientDdns(
            self,
            "Home",
            hosted_zones=[zone],
            allowed_names=["*.dyn.example.com"],
            removal_policy=RemovalPolicy.DESTROY,  # a trial leaves nothing behind
        )
        outputs = {  # `ddns host` finds the deployment by them
            "Url": ddns.url,
            "TableName": ddns.table.table_name,
            "FunctionName": ddns.function.function_name,
            "QueueUrl": ddns.queue.queue_url,
            "DeadLetterQueueUrl": ddns.dead_letter_queue.queue_url,
            "HostedZoneIds": zone.hosted_zone_id,  # several: with commas between
            "AllowedNames": ",".join(ddns.allowed_names),
        }
        for name, value in outputs.items():
            if value:  # without allowed_names there is none, and CloudFormation takes no empty one
                CfnOutput(self, name, value=value)


app = App()
ClientDdnsStack(app, "ClientDdns")
app.synth()
