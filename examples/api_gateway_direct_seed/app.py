"""The API of a blog post: GET on the id of the zone, an empty answer, a stage called ddns."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, CfnOutput, Stack, Validations
from aws_cdk import aws_route53 as route53
from constructs import Construct

from ddns_constructs import ApiGatewayDirectDdns, DirectMethod, DirectResponse


class ApiGatewayDirectSeedStack(Stack):
    """A public zone, and one name in it, with the key that the post leaves to its reader."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        zone = route53.PublicHostedZone(self, "Zone", zone_name=_zone_name(self))
        direct = ApiGatewayDirectDdns(
            self,
            "Direct",
            hosted_zone=zone,
            record_names=["myddns"],
            methods=[DirectMethod.GET],
            response=DirectResponse.empty(),
            stage_name="ddns",
            zone_id_in_path=True,
        )
        outputs = {
            "Url": direct.url,
            "ApiId": direct.api.rest_api_id,
            "HostedZoneId": zone.hosted_zone_id,
            "KeyIdMyddns": direct.api_keys["myddns"].key_id,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
        _acknowledge(direct)


def _zone_name(stack: Stack) -> str:
    """Return what `-c zone=` says, else a name that nobody owns, for a trial."""
    name = str(stack.node.try_get_context("zone") or "example.test")
    if f".{name.lower()}".endswith((".example.com", ".example.net", ".example.org")):
        raise SystemExit(f"-c zone={name}: Route 53 reserves that name, give one that you own")
    return name


def _acknowledge(direct: ApiGatewayDirectDdns) -> None:
    """Say why cdk-nag's findings stand: they are what access by key means.

    cdk-nag 3 looks with `Validations.of(app).add_plugins(AwsSolutionsChecks(app))`.
    """
    reasons = {
        "AwsSolutions-APIG3": "Each caller has a key of their own, and few requests pass at all",
        "AwsSolutions-APIG4": "Routers cannot sign for AWS: a key opens one name, and no more",
        "AwsSolutions-COG4": "The callers are devices, not users of a pool",
    }
    for id_, reason in reasons.items():
        Validations.of(direct.api).acknowledge(Acknowledgment(id=id_, reason=reason))


app = App()
ApiGatewayDirectSeedStack(app, "ApiGatewayDirectSeed")
app.synth()
