"""A construct, deployed as far as it goes without CloudFormation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_route53 as route53

from ddns_constructs import ClientDdns, InstanceDdns
from tests.handlers.account import ACCOUNT, REGION

if TYPE_CHECKING:
    from tests.handlers.account import Account


class Deployment:
    """A construct, synthesised for an account, and its references filled in."""

    def __init__(
        self,
        account: Account,
        folder: Path | None = None,
        *,
        construct: type[InstanceDdns | ClientDdns] = InstanceDdns,
        **options: Any,  # noqa: ANN401 - of the construct
    ) -> None:
        self._account = account
        self._app = cdk.App(outdir=str(folder) if folder else None)
        stack = cdk.Stack(self._app, "Stack")
        listed = [
            (account.private, "example.internal"),
            (account.reverse, "10.in-addr.arpa"),
            (account.public, "example.com"),
        ]
        zones = [
            route53.HostedZone.from_hosted_zone_attributes(
                stack, name, hosted_zone_id=zone_id, zone_name=name
            )
            for zone_id, name in (listed if construct is InstanceDdns else listed[-1:])
        ]
        construct(stack, "Ddns", hosted_zones=zones, **options)
        self._template = assertions.Template.from_stack(stack)

    def environment(self) -> dict[str, str]:
        """Return what the function reads."""
        ((_, found),) = self._template.find_resources("AWS::Lambda::Function").items()
        variables = found["Properties"]["Environment"]["Variables"]
        return {
            "AWS_LAMBDA_FUNCTION_NAME": "Ddns",
            **{name: self._resolve(value) for name, value in variables.items()},
        }

    def asset(self) -> Path:
        """Return the folder that is zipped for the function."""
        assembly = self._app.synth()
        manifest = json.loads(Path(assembly.directory, "Stack.assets.json").read_text())
        files = manifest["files"].values()
        (path,) = [e["source"]["path"] for e in files if e["source"]["packaging"] == "zip"]
        return Path(assembly.directory, path)

    def statements(self) -> list[dict[str, Any]]:
        """Return what the function's role is allowed."""
        ((role, _),) = self._template.find_resources("AWS::IAM::Role").items()
        policies = [
            *self._template.find_resources("AWS::IAM::Policy").values(),
            *self._template.find_resources("AWS::IAM::ManagedPolicy").values(),
        ]
        return [
            self._resolve(statement)
            for policy in policies
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            if {"Ref": role} in policy["Properties"]["Roles"]
        ]

    def _resolve(self, value: Any) -> Any:  # noqa: ANN401 - CloudFormation's own shapes
        if isinstance(value, list):
            return [self._resolve(each) for each in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"Ref"}:
            return self._reference(value["Ref"])
        if value.keys() == {"Fn::GetAtt"}:
            logical_id, attribute = value["Fn::GetAtt"]
            assert attribute == "Arn"
            return self._arn(logical_id)
        if value.keys() == {"Fn::Join"}:
            separator, parts = value["Fn::Join"]
            return separator.join(self._resolve(parts))
        return {key: self._resolve(each) for key, each in value.items()}

    def _reference(self, name: str) -> str:
        pseudo = {"Partition": "aws", "Region": REGION, "AccountId": ACCOUNT}
        if name.startswith("AWS::"):
            return pseudo[name.removeprefix("AWS::")]
        return {
            "DdnsTable": self._account.table,
            "DdnsQueue": self._account.queue_url,
            "DdnsDeadLetterQueue": self._account.dead_letter_queue_url,
        }[name[:-8]]

    def _arn(self, logical_id: str) -> str:
        return {
            "DdnsTable": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{self._account.table}",
            "DdnsQueue": queue_arn(self._account.queue_url),
            "DdnsDeadLetterQueue": queue_arn(self._account.dead_letter_queue_url),
            "DdnsLogs": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:ddns",
        }[logical_id[:-8]]


def queue_arn(url: str) -> str:
    """Return the ARN of a queue of the account."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rpartition('/')[2]}"
