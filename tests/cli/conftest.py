"""A local account with a table of hosts and zones, and the command line in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from typer.testing import CliRunner

from ddns_constructs.cli.app import app
from ddns_constructs.local import LocalAws
from tests.local.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK = "Names"
URL = "https://0123456789abcdef.lambda-url.us-east-1.on.aws/"
ZONES = {"Wide": "example.com", "Narrow": "dyn.example.com", "Idna": "grün.example"}


def template() -> str:
    """Return a stack with what `ddns host` looks for, as a ClientDdns has it."""
    resources: dict[str, Any] = {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "hostname", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "hostname", "AttributeType": "S"}],
            },
        }
    }
    for id_, name in ZONES.items():
        ascii_name = name.encode("idna").decode()
        # Private: no public zone may be made whose name Route 53 reserves for examples.
        properties = {"Name": ascii_name, "VPCs": [{"VPCId": "vpc-1", "VPCRegion": "us-east-1"}]}
        resources[id_] = {"Type": "AWS::Route53::HostedZone", "Properties": properties}
    outputs = {
        "TableName": {"Value": {"Ref": "Table"}},
        "Url": {"Value": URL.rstrip("/")},
        "HostedZoneIds": {"Value": {"Fn::Join": [",", [{"Ref": zone} for zone in ZONES]]}},
    }
    return json.dumps({"Resources": resources, "Outputs": outputs})


class Administrator(NamedTuple):
    """Runs `ddns` as in a shell that points at the local account."""

    aws: LocalAws
    outputs: dict[str, str]
    stack: str = STACK

    @property
    def table(self) -> str:
        """The table's name."""
        (found,) = [value for key, value in self.outputs.items() if key.endswith("TableName")]
        return found

    def run(self, *words: str, stack: str | None = None, **more: str | None) -> Any:  # noqa: ANN401 - typer's
        """Run a command; arguments are what the environment has beside the usual."""
        environment: dict[str, str | None] = {
            **self.aws.exports(),
            "AWS_SESSION_TOKEN": None,
            "DDNS_STACK": (self.stack if stack is None else stack) or None,
            "COLUMNS": "200",
            "TERM": "dumb",
            **more,
        }
        return CliRunner().invoke(app, words, env=environment, prog_name="ddns")

    def host(self, *words: str, **more: str) -> str:
        """Run a command of `ddns host` that must succeed, and return what it prints."""
        result = self.run("host", *words, **more)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def refused(self, *words: str, code: int = 1, **more: str) -> str:
        """Run a command of `ddns host` that must not succeed, and return what it complains."""
        result = self.run("host", *words, **more)
        assert result.exit_code == code, result.output
        assert not result.stdout
        return str(result.stderr)

    def item(self, name: str) -> Any:  # noqa: ANN401 - DynamoDB's own shapes
        """Return an item as it is stored, None if there is none."""
        return (
            self.aws.client("dynamodb")
            .get_item(TableName=self.table, Key={"hostname": {"S": name}})
            .get("Item")
        )

    def put(self, item: object) -> None:
        """Write an item as it is."""
        self.aws.client("dynamodb").put_item(TableName=self.table, Item=item)

    def zone_id(self, name: str) -> str:
        """Return the id of a zone."""
        zones = self.aws.client("route53").list_hosted_zones()["HostedZones"]
        (found,) = [zone["Id"] for zone in zones if zone["Name"] == f"{name}."]
        return str(found).rpartition("/")[2]


@pytest.fixture(scope="session")
def account() -> Iterator[LocalAws]:
    """An account for the tests of this folder."""
    with LocalAws.start() as aws:
        yield aws


@pytest.fixture(scope="session")
def stack_outputs(account: LocalAws) -> dict[str, str]:
    """The outputs of the stack."""
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=template())
    found: dict[str, str] = {}

    def done() -> bool:
        (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        found.update({o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])})
        return len(found) == 3

    assert eventually(done)
    return found


@pytest.fixture
def admin(account: LocalAws, stack_outputs: dict[str, str]) -> Iterator[Administrator]:
    """The administrator of an empty table."""
    yield Administrator(account, stack_outputs)
    table = stack_outputs["TableName"]
    dynamodb = account.client("dynamodb")
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):  # some tests fill several
        for item in page["Items"]:
            dynamodb.delete_item(TableName=table, Key={"hostname": item["hostname"]})
