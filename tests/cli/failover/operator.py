"""Runs `ddns failover` against the strict fakes, with somebody else at work in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from typer.testing import CliRunner

from ddns.adapters.journal import DynamoDbJournal
from ddns.core.failover.journal import Move, Seen, SeenNode, State
from ddns.core.head import Head
from ddns_constructs.cli.app import app
from tests.fakes import FakeRoute53
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE, FUNCTION, NAME = "journal-1", "controller-1", "db.example.com"
NOW = 1_764_400_000
CHECK = "hc-1"
NODES = {
    "a": SeenNode("up", "", 40),
    "b": SeenNode("up", "", 40),
}
SETTINGS = {
    "name": "Vip",
    "kind": "routes",
    "address": "192.168.100.10",
    "nodes": [
        {"name": "a", "instance": "i-a", "probe": "10.0.1.5"},
        {"name": "b", "instance": "i-b", "probe": "10.0.2.5"},
    ],
    "tables": ["rtb-1", "rtb-2"],
}
POLICY = {"failback": None, "max_moves_per_hour": 3}


class _Denied:
    """A service that lets nobody in."""

    def __getattr__(self, operation: str) -> Callable[..., None]:
        def refuse(**_: object) -> None:
            error = {"Error": {"Code": "AccessDeniedException", "Message": "no identity-based"}}
            raise ClientError(error, "".join(map(str.capitalize, operation.split("_"))))  # type: ignore[arg-type]  # boto3's shape

        return refuse


class Operator:
    """Who runs the commands, and what there is.

    It stands in for boto3's session. Each of `events` happens in one of the pauses of a command,
    in their order.
    """

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.dynamodb = FakeDynamoDb({TABLE: "pk", "journal-2": "pk"})
        self.route53 = FakeRoute53()
        self.zone = self.route53.add_zone("example.com", private=True)
        self.events: list[Callable[[], object]] = []
        self.alarms: dict[str, str] = {}
        self.denied: set[str] = set()
        self.requests: dict[str, list[str]] = {}
        self.variables = {
            FUNCTION: {"FAILOVER": json.dumps(SETTINGS), "FAILOVER_POLICY": json.dumps(POLICY)}
        }
        self.outputs = {
            "FailoverTable": TABLE,
            "FailoverFunction": FUNCTION,
            "DbFailoverName": json.dumps(self.name_output()),
            "Other": "x",
        }

    # ------------------------------------------------------------ as boto3

    def client(self, service: str, **options: str) -> Any:  # noqa: ANN401 - boto3's
        """Return a client."""
        if service in self.denied:
            return _Denied()
        if service == "cloudwatch":
            assert options == {"region_name": "eu-west-1"}
        return {
            "dynamodb": self.dynamodb,
            "route53": self.route53,
            "cloudformation": self,
            "lambda": self,
            "cloudwatch": self,
        }[service]

    def describe_stacks(self, StackName: str) -> Any:  # noqa: ANN401, N803 - boto3's
        """DescribeStacks."""
        self.requests.setdefault("cloudformation", []).append("describe_stacks")
        assert StackName == "Names"
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in self.outputs.items()]
        return {"Stacks": [{"Outputs": outputs}]}

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: ANN401, N803 - boto3's
        """GetFunctionConfiguration."""
        self.requests.setdefault("lambda", []).append("get_function_configuration")
        return {"Environment": {"Variables": self.variables[FunctionName]}}

    def describe_alarms(self, AlarmNames: list[str]) -> Any:  # noqa: ANN401, N803 - boto3's
        """DescribeAlarms."""
        self.requests.setdefault("cloudwatch", []).append("describe_alarms")
        found = [
            {"AlarmName": each, "StateValue": self.alarms[each]}
            for each in AlarmNames
            if each in self.alarms
        ]
        return {"MetricAlarms": found}

    def overwrite(self, name: str, value: Any) -> None:  # noqa: ANN401 - DynamoDB's
        """Write an attribute of the state as nobody should."""
        found = self.dynamodb.get_item(
            TableName=TABLE, Key={"pk": {"S": "STATE"}}, ConsistentRead=True
        )
        self.dynamodb.put_item(TableName=TABLE, Item={**found["Item"], name: value})

    def forget_requests(self) -> None:
        """Count what is called from now on."""
        self.requests.clear()
        self.dynamodb.requests.clear()
        self.route53.requests.clear()

    # ------------------------------------------------------------ the commands

    def run(self, *words: str, stack: str = "Names", **more: str) -> Any:  # noqa: ANN401 - typer's
        """Run a command of `ddns failover`; `more` is of the environment."""
        environment = {"DDNS_STACK": None, "COLUMNS": "200", "TERM": "dumb", **more}
        options = ("--stack", stack) if stack else ()
        words = ("failover", *words, *options)
        return CliRunner().invoke(app, words, env=environment, prog_name="ddns")

    def prints(self, *words: str, code: int = 0) -> str:
        """Run a command and return what it prints."""
        result = self.run(*words)
        assert result.exit_code == code, result.output
        return str(result.stdout)

    def json(self, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - whatever it is
        """Run a command and return its JSON."""
        return json.loads(self.prints(*words, "--json", code=code))

    def refused(self, *words: str, code: int = 1, stack: str = "Names") -> str:
        """Run a command that must not succeed, and return what it complains, in one line."""
        result = self.run(*words, stack=stack)
        assert result.exit_code == code, result.output
        return " ".join(str(result.stderr).split())

    def sleep(self, seconds: float) -> None:
        """Let time go by, and what is to happen meanwhile happen."""
        self.clock.sleep(seconds)
        if self.events:
            self.events.pop(0)()

    # ------------------------------------------------------------ the address

    @property
    def journal(self) -> DynamoDbJournal:
        """The journal as controllers have it."""
        return DynamoDbJournal(self.dynamodb, TABLE)  # type: ignore[arg-type]  # a fake of it

    @property
    def state(self) -> State:
        """What the journal says."""
        return self.journal.read()

    def put(self, **fields: Any) -> State:  # noqa: ANN401 - the state's own
        """Let a controller write the state, which moves its version."""
        before = self.state
        head = Head(before.head.version + 1, int(fields.pop("until", 0) * 1000))
        return self.journal.write(before, before._replace(head=head, **fields))

    def saw(self, ago: float = 3.0, slot: int = 0, **nodes: SeenNode) -> None:
        """Let a controller note what it saw."""
        places = {"rtb-1": self.state.target, "rtb-2": self.state.target}
        at = int((self.clock.time - ago) * 1000)
        self.journal.note_seen(Seen(slot, at, {**NODES, **nodes}, places, 2, 2))

    def confirm(self) -> None:
        """Let a controller finish the move that is under way."""
        state = self.state
        self.put(moving=False)
        done = int(self.clock.time * 1000)
        move = Move(state.epoch, state.source, state.target, state.by, state.reason, state.since)
        self.journal.note_move(move._replace(done=done, probes="b up"))

    def well(self) -> None:
        """Let the address be at node a, for an hour, and the name at its primary."""
        since = (NOW - 3600) * 1000
        self.put(target="a", epoch=1, by="start", reason="all places are there", since=since)
        self.saw()
        self.route53.add_health_check(
            CHECK,
            *["Failure: HTTP Status Code 503, Service Unavailable"] * 10,
            Type="HTTPS",
            FullyQualifiedDomainName="relay.example",
            Inverted=True,
        )
        self.primary("10.0.1.5", check=CHECK)
        fields = {"SetIdentifier": "secondary", "Failover": "SECONDARY"}
        self.route53.put_foreign(self.zone, NAME, "A", ["10.0.2.5"], 10, **fields)

    # ------------------------------------------------------------ the name

    def name_output(self) -> dict[str, Any]:
        """Return what the construct tells of the name."""
        return {
            "zone": self.zone,
            "record": NAME,
            "type": "A",
            "ttl": 10,
            "primary": ["10.0.1.5"],
            "secondary": ["10.0.2.5"],
            "health_check": CHECK,
        }

    def primary(self, *values: str, check: str = "", kind: str = "A") -> None:
        """Put the primary record set as somebody has it."""
        fields: dict[str, Any] = {"SetIdentifier": "primary", "Failover": "PRIMARY"}
        fields |= {"HealthCheckId": check} if check else {}
        self.route53.put_foreign(self.zone, NAME, kind, values, 10, **fields)

    def record_sets(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the record sets of the name by type and role."""
        found = self.route53.list_resource_record_sets(HostedZoneId=self.zone)
        return {
            (each["Type"], each["Failover"]): each
            for each in found["ResourceRecordSets"]
            if "Failover" in each
        }
