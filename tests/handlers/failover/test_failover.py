"""The controller as Lambda runs it: on moto's EC2 and DynamoDB, with probers on the wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest

from tests.handlers.account import REGION, Wire, botocore_session
from tests.handlers.instance.function import Context

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.conftest import SkippingClock

ADDRESS = "192.168.100.10"
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
STOPPED = {
    "source": "aws.ec2",
    "detail-type": "EC2 Instance State-change Notification",
    "detail": {"instance-id": "i-1", "state": "stopped"},
}
TAKEN = b'{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}'


class Deployment:
    """Two instances in two zones, two route tables, a journal, and the function."""

    def __init__(self, wire: Wire, load: Callable[..., Any]) -> None:
        self.wire = wire
        session: Any = botocore_session()
        self.ec2 = session.create_client("ec2", region_name=REGION)
        self.dynamodb = session.create_client("dynamodb", region_name=REGION)
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.tables = sorted(
            self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in "12"
        )
        self.interfaces: dict[str, str] = {}
        self.instances = {name: self._launch(vpc, number) for number, name in enumerate("ab", 1)}
        self.dynamodb.create_table(
            TableName="journal",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        self.module = load(
            "failover",
            TABLE="journal",
            FAILOVER={
                "name": "Vip",
                "kind": "routes",
                "address": ADDRESS,
                "nodes": [
                    {"name": name, "instance": instance, "probe": f"10.0.{number}.5"}
                    for number, (name, instance) in enumerate(self.instances.items(), 1)
                ],
                "tables": self.tables,
            },
            FAILOVER_POLICY={"interval": 3},
            FAILOVER_CHECK={"kind": "tcp", "port": 5432},
            PROBERS=["arn:one", "arn:two"],
        )
        wire.reset()

    def _launch(self, vpc: str, number: int) -> str:
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]
        launched = self.ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet["SubnetId"]
        )["Instances"][0]
        self.interfaces[launched["NetworkInterfaces"][0]["NetworkInterfaceId"]] = "ab"[number - 1]
        return str(launched["InstanceId"])

    def probes(self, rounds: int, **seen: str) -> None:
        """Let both probers see so in the next rounds."""
        body = json.dumps({node: {"seen": each, "ms": 1} for node, each in seen.items()}).encode()
        for _ in range(2 * rounds):
            self.wire.answer_next("Invoke", 200, body)

    def moves(self, count: int = 1) -> None:
        """Let the bus take so many events."""
        for _ in range(count):
            self.wire.answer_next("PutEvents", 200, TAKEN)

    def __call__(self, event: dict[str, Any], seconds: float = 133) -> None:
        self.module.handler(event, Context(seconds))

    def routes(self) -> set[str]:
        """Return the nodes that the tables point at."""
        found = self.ec2.describe_route_tables(RouteTableIds=self.tables)["RouteTables"]
        return {
            self.interfaces[route["NetworkInterfaceId"]]
            for table in found
            for route in table["Routes"]
            if route["DestinationCidrBlock"] == f"{ADDRESS}/32"
        }

    def state(self) -> dict[str, Any]:
        """Return the item of the journal that decides."""
        found = self.dynamodb.get_item(TableName="journal", Key={"pk": {"S": "STATE"}})
        item: dict[str, Any] = found["Item"]
        return item


@pytest.fixture
def deployment(
    wire: Wire,
    clock: SkippingClock,
    load: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Deployment:
    assert clock.now()
    session = botocore_session()
    monkeypatch.setattr(botocore.session, "get_session", lambda: session)
    return Deployment(wire, load)


def test_a_scheduled_invocation_does_rounds_for_two_minutes(deployment: Deployment) -> None:
    deployment.probes(40, a="up", b="up")
    deployment.moves()
    deployment(SCHEDULED)
    assert deployment.routes() == {"a"}
    assert deployment.wire.count()["Invoke"] == 80
    assert deployment.state()["target"] == {"S": "a"}


def test_a_node_that_is_down_is_left_within_one_invocation(
    deployment: Deployment, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    deployment.probes(1, a="up", b="up")
    deployment.probes(39, a="down", b="up")
    deployment.moves(2)
    deployment(SCHEDULED)
    assert deployment.routes() == {"b"}
    (sent,) = (
        json.loads(call.parameters["Entries"][0]["Detail"])
        for call in deployment.wire.calls
        if call.operation == "PutEvents" and '"failure"' in call.parameters["Entries"][0]["Detail"]
    )
    assert (sent["from"], sent["to"], sent["address"]) == ("a", "b", ADDRESS)
    assert [line["Moved"] for line in lines() if "Moved" in line] == [1, 1]


def test_an_event_of_ec2_is_one_round_that_looks_at_the_instances(deployment: Deployment) -> None:
    deployment.probes(1, a="up", b="up")
    deployment.moves(2)
    deployment(SCHEDULED, seconds=11)
    deployment.ec2.stop_instances(InstanceIds=[deployment.instances["a"]])
    deployment.probes(1, a="down", b="up")
    deployment(STOPPED)
    assert deployment.routes() == {"b"}
    assert deployment.wire.count()["Invoke"] == 4


def test_an_event_is_a_reason_to_ask_ec2_though_no_probe_failed(
    deployment: Deployment, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    deployment.probes(2, a="up", b="up")
    deployment.moves(2)
    deployment(SCHEDULED, seconds=11)
    deployment.ec2.stop_instances(InstanceIds=[deployment.instances["a"]])
    deployment(STOPPED)
    assert deployment.routes() == {"b"}
    assert sum(line.get("Round", 0) for line in lines()) == 2


def test_an_event_of_a_node_that_runs_moves_nothing(deployment: Deployment) -> None:
    deployment.probes(2, a="up", b="up")
    deployment.moves()
    deployment(SCHEDULED, seconds=11)
    deployment(STOPPED)
    assert deployment.routes() == {"a"}
    assert deployment.state()["epoch"] == {"N": "1"}


def test_no_round_begins_when_the_time_limit_is_near(deployment: Deployment) -> None:
    deployment(SCHEDULED, seconds=9)
    assert not deployment.wire.calls
