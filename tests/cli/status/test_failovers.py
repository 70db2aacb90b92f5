"""`ddns status` of a stack with failovers: a line for each, and one for whatever is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.journal import DynamoDbJournal
from ddns.core.failover.journal import Seen, SeenNode, State
from ddns.core.head import Head
from ddns_constructs.cli.failovers import clock, kinds
from tests.cli.failover.operator import POLICY, SETTINGS
from tests.cli.status.test_status import function, table
from tests.local.processes import eventually

if TYPE_CHECKING:
    from ddns_constructs.local import LocalAws
    from tests.cli.conftest import Administrator

STACK = "Failovers"
NOW = 1_764_400_000
KEY = {"pk": {"S": "STATE"}}


def template(zone: str) -> str:
    """Return a stack with a controller and the output of a name, as the constructs have them."""
    controller = function(
        "ddns.handlers.failover.handler",
        TABLE={"Ref": "Journal"},
        FAILOVER=json.dumps(SETTINGS),
        FAILOVER_POLICY=json.dumps(POLICY),
    )
    name = {
        "zone": zone,
        "record": "db.example.com",
        "type": "A",
        "ttl": 10,
        "primary": ["10.0.1.5"],
        "secondary": ["10.0.2.5"],
        "health_check": "hc-1",
    }
    outputs = {
        "VipFailoverTable": {"Value": {"Ref": "Journal"}},
        "VipFailoverFunction": {"Value": {"Ref": "Controller"}},
        "FailoverName": {"Value": json.dumps(name)},
    }
    resources = {"Journal": table("pk"), "Controller": controller}
    return json.dumps({"Resources": resources, "Outputs": outputs})


@pytest.fixture(scope="module")
def stack(account: LocalAws, stack_outputs: dict[str, str]) -> str:
    cloudformation = account.client("cloudformation")
    zone = stack_outputs["HostedZoneIds"].partition(",")[0]
    cloudformation.create_stack(StackName=STACK, TemplateBody=template(zone))

    def done() -> bool:
        (found,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        return bool(found["StackStatus"] == "CREATE_COMPLETE")

    assert eventually(done)
    detail = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId="Journal")
    return str(detail["StackResourceDetail"]["PhysicalResourceId"])


@pytest.fixture
def journal(account: LocalAws, stack: str, monkeypatch: pytest.MonkeyPatch) -> DynamoDbJournal:
    """The journal as controllers have it; the address is at node a."""
    monkeypatch.setattr(clock, "seconds", lambda: float(NOW))
    client: Any = account.client("dynamodb")
    client.delete_item(TableName=stack, Key=KEY)
    made = DynamoDbJournal(client, stack)
    made.write(State(), State(Head(1), "a", 1, by="start", since=(NOW - 60) * 1000))
    nodes = {"a": SeenNode("up", "", 9), "b": SeenNode("up", "", 9)}
    made.note_seen(Seen(0, NOW * 1000, nodes, {"rtb-1": "a"}, 2, 2))
    return made


def found(admin: Administrator) -> dict[str, Any]:
    result = admin.run("status", STACK, "--json")
    assert result.stdout, result.output
    return {
        each["what"]: each
        for each in json.loads(result.stdout)["found"]
        if each["of"] == "failover"
    }


def test_each_failover_has_a_line(admin: Administrator, journal: DynamoDbJournal) -> None:
    seen = found(admin)
    assert seen["Vip"]["text"] == "at a since 1 min, by start"
    assert seen["Vip"]["remedy"] == ""
    assert seen["db.example.com"]["text"] == "cannot be seen"
    assert "no PRIMARY and SECONDARY record set" in seen["db.example.com"]["remedy"]
    assert journal.read().target == "a"


def test_what_is_wrong_with_one_has_a_line_of_its_own(
    admin: Administrator, journal: DynamoDbJournal
) -> None:
    before = journal.read()
    journal.write(
        before, before._replace(head=Head(2), hold="patching", hold_since=(NOW - 5) * 1000)
    )
    seen = found(admin)
    assert seen["Vip held"]["text"] == "for 5 s: patching"
    assert f"`ddns failover release Vip --stack {STACK}`" in seen["Vip held"]["remedy"]


def test_a_function_that_is_not_ours_is_said(
    admin: Administrator, account: LocalAws, stack: str, journal: DynamoDbJournal
) -> None:
    functions = account.client("lambda")
    detail = account.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId="Controller"
    )
    name = detail["StackResourceDetail"]["PhysicalResourceId"]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"TABLE": stack}}
    )
    try:
        seen = found(admin)
    finally:
        functions.update_function_configuration(FunctionName=name, Environment=before)
    assert "is not as this release writes it" in seen["failover"]["remedy"]
    assert journal.read().target == "a"


def test_an_output_of_another_release_hides_nothing_else(
    admin: Administrator, journal: DynamoDbJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = kinds.NameFailover.parse
    monkeypatch.setattr(kinds.NameFailover, "parse", lambda _, prefix: parse("{}", prefix))
    seen = found(admin)
    assert "is not as this release writes it" in seen["names"]["remedy"]
    assert seen["Vip"]["text"] == "at a since 1 min, by start"
    assert journal.read().target == "a"


def test_the_commands_work_on_the_wire(admin: Administrator, journal: DynamoDbJournal) -> None:
    """With boto3 itself, whose shapes and errors are not the fakes'."""
    words = ("--stack", STACK)
    shown = json.loads(admin.run("failover", "status", "Vip", "--json", *words).stdout)
    assert shown["failovers"][0]["places"] == {"rtb-1": "a"}
    held = admin.run("failover", "hold", "Vip", "--reason", "x", *words)
    assert (held.exit_code, journal.read().hold) == (0, "x")
    released = admin.run("failover", "release", "Vip", *words)
    assert (released.exit_code, journal.read().hold) == (0, "")
    moved = admin.run("failover", "switch", "Vip", "--to", "b", "--wait", "0", *words)
    assert (moved.exit_code, journal.read().target, journal.read().moving) == (0, "b", True)
    assert "under way" in admin.run("failover", "history", "Vip", *words).stdout
    missing = admin.run("failover", "release", "--table", "nothing", stack="")
    assert "there is no table nothing" in missing.stderr
