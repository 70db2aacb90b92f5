"""`grant_manage_hosts` allows everything that `ddns host` does, and nothing beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local import LocalAws
from tests.cli.conftest import Administrator

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = """
from aws_cdk import App, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53

from ddns_constructs import ClientDdns

app = App()
stack = Stack(app, "Managed")
zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.test")
ddns = ClientDdns(stack, "Home", hosted_zones=[zone], allowed_names=["*.dyn.example.test"])
user = iam.User(stack, "Operator")
ddns.grant_manage_hosts(user)
user.add_to_policy(
    iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=["*"])
)
outputs = {
    "HomeUrl": ddns.url,
    "HomeTableName": ddns.table.table_name,
    "HomeHostedZoneIds": zone.hosted_zone_id,
    "UserName": user.user_name,
}
for name, value in outputs.items():
    CfnOutput(stack, name, value=value)
app.synth()
"""
NAME = "home.dyn.example.test"


class Operator(Administrator):
    """Somebody who has the grant, and no more."""

    def run(self, *words: str, stack: str | None = None, **more: str | None) -> object:  # type: ignore[override] # typer's result has no public name
        """Run a command with the operator's credentials."""
        return super().run(
            *words,
            stack=stack,
            AWS_ACCESS_KEY_ID=self.outputs["KeyId"],
            AWS_SECRET_ACCESS_KEY=self.outputs["KeySecret"],
            **more,
        )


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(APP)
    with LocalAws.start() as aws:
        outputs = aws.deploy(app)["Managed"]
        made = aws.client("iam").create_access_key(UserName=outputs["UserName"])["AccessKey"]
        key = {"KeyId": made["AccessKeyId"], "KeySecret": made["SecretAccessKey"]}
        yield Operator(aws, {**outputs, **key}, "Managed")


def record(operator: Operator, name: str) -> None:
    record_set = {
        "Name": name,
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "203.0.113.7"}],
    }
    operator.aws.client("route53").change_resource_record_sets(
        HostedZoneId=operator.outputs["HomeHostedZoneIds"],
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]},
    )


def test_the_operator_can_do_everything_that_the_command_does(operator: Operator) -> None:
    operator.host("add", NAME)
    operator.host("add", "nas.dyn.example.test", "--behind", NAME, "--suffix", "::2")
    names = {each["host"] for each in json.loads(operator.host("list", "--json"))}
    assert names >= {NAME, "nas.dyn.example.test"}
    operator.host("show", NAME)
    operator.host("set", NAME, "--ttl", "60", "--addresses", "public")
    operator.host("rotate", NAME)
    operator.host("rotate", NAME, "--now")
    operator.host("disable", NAME)
    operator.host("enable", NAME)
    operator.host("remove", "nas.dyn.example.test", "--yes")
    table = operator.outputs["HomeTableName"]
    kept = {"value": {"S": "203.0.113.7"}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}
    operator.aws.client("dynamodb").update_item(
        TableName=table,
        Key={"hostname": {"S": NAME}},
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":state": {"M": {"A": {"M": kept}}}},
    )
    record(operator, NAME)
    assert f"{NAME} A 203.0.113.7: deleted" in operator.host("remove", NAME, "--yes")


def test_the_operator_cannot_delete_other_records_of_the_zone(operator: Operator) -> None:
    record(operator, "www.example.test")
    kept = {"value": {"S": "203.0.113.7"}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}
    operator.put(
        {
            "hostname": {"S": "www.example.test"},
            "zone_id": {"S": operator.outputs["HomeHostedZoneIds"]},
            "state": {"M": {"A": {"M": kept}}},
        }
    )
    complaint = operator.refused("remove", "www.example.test", "--yes")
    assert "route53:ChangeResourceRecordSets" in complaint
    assert "grant_manage_hosts" in complaint
    assert operator.item("www.example.test"), "it is still there, to be tried again"
