"""The constructs whose address moves, with the controller in the environment that they make.

Least privilege both ways: every call of the controller is allowed, and every action that is
allowed is called. It runs on the strict fake of EC2's network, in virtual time; ids stand as
`tests.constructs.failover.bench.filled` shows them.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from ddns.core.failover.checks import parse_check
from ddns.core.failover.policy import Policy
from ddns.failover.composition import failover_parts
from ddns.failover.settings import FailoverSettings
from ddns_constructs import (
    EniFailover,
    Failback,
    Fence,
    Node,
    OverlayIpFailover,
    Probe,
    ServiceIpFailover,
)
from tests.constructs.failover.bench import KINDS, Bench, filled, many
from tests.contract.iam import LAMBDAS_OWN, Request, allows
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb
from tests.fakes.ec2_network import one_subnet, two_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LAMBDA = {"AWS_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "Vip"}
_EC2 = "arn:Partition:ec2:Region:AccountId"
_IPV6 = "2600:1f00:0:1::100"


# ---------------------------------------------------------------- settings


def _settings(bench: Bench, **more: str) -> FailoverSettings:
    return FailoverSettings.from_environment({**_environment(bench), **_LAMBDA, **more})


def _environment(bench: Bench) -> dict[str, str]:
    variables = bench.controller()["Environment"]["Variables"]
    return {name: filled(value) for name, value in variables.items()}


_EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@_EACH
def test_the_defaults_are_understood(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    settings = _settings(bench)
    assert settings.table == "VipTable"
    assert settings.probers == ("VipProber1Function.Arn", "VipProber2Function.Arn")
    assert settings.service.names == ("A", "B")
    assert [each.probe for each in settings.service.nodes] == ["A.PrivateIp", "B.PrivateIp"]
    assert settings.policy == Policy()
    check = parse_check(settings.check)
    assert (check.kind, check.port, check.timeout) == ("tcp", 5432, 1.0)


def test_every_setting_arrives() -> None:
    bench = Bench()
    bench.define(
        ServiceIpFailover,
        check=Probe.http(
            path="/up?x=1",
            port=8443,
            statuses=[204, 200],
            text="bereit für alles",
            tls=True,
            timeout=cdk.Duration.millis(700),
        ),
        elastic_ip=ec2.CfnEIP(bench.stack, "Ip"),
        failback=Failback.after(cdk.Duration.minutes(7)),
        failures=2,
        fence=Fence.stop_instance(),
        interval=cdk.Duration.seconds(5),
        max_moves_per_hour=5,
        min_dwell=cdk.Duration.minutes(2),
        recoveries=4,
    )
    settings = _settings(bench)
    assert settings.policy == Policy(5, 2, 4, 420, 120, 5, "stop", 15)
    service = settings.service
    assert (service.subnet, service.allocation) == ("VpcInSubnet1Subnet", "Ip.AllocationId")
    check = parse_check(settings.check)
    assert (check.port, check.path, check.tls, check.timeout) == (8443, "/up?x=1", True, 0.7)
    assert (check.statuses, check.text) == ({200, 204}, "bereit für alles")


def test_what_any_answer_will_do_for_takes_all_good_ones() -> None:
    bench = Bench()
    bench.define(OverlayIpFailover, check=Probe.http())
    check = parse_check(_settings(bench).check)
    assert check.statuses == set(range(200, 400))
    assert check.text == ""


def test_the_interface_arrives() -> None:
    bench = Bench()
    bench.define(EniFailover, device_index=2)
    service = _settings(bench).service
    assert (service.interface, service.device_index) == ("Service", 2)


@_EACH
def test_every_variable_is_read(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    for name in _environment(bench):
        with pytest.raises(Exception, match=name):
            _settings(bench, **{name: ""})


def test_the_handlers_are_in_the_asset_and_import_with_the_environment(tmp_path: Path) -> None:
    bench = Bench(cdk.Stack(cdk.App(outdir=str(tmp_path)), "Stack"))
    bench.define(OverlayIpFailover)
    environment = _environment(bench)
    cdk.App.of(bench.stack).synth()  # type: ignore[union-attr]
    assets = json.loads((tmp_path / "Stack.assets.json").read_text())["files"].values()
    (folder,) = {a["source"]["path"] for a in assets if a["source"]["packaging"] == "zip"}
    functions = {"controller": (bench.controller(), environment)}
    functions |= {id_: (each, {}) for id_, each in bench.probers().items()}
    for properties, variables in functions.values():
        module, _, attribute = properties["Handler"].rpartition(".")
        subprocess.run(
            [sys.executable, "-B", "-c", f"from {module} import {attribute}"],
            check=True,
            cwd=tmp_path / folder,
            env={**os.environ, **variables, **_LAMBDA, "PYTHONPATH": "."},
        )


# ---------------------------------------------------------------- a life


class _Recorded:
    """A client that tells of each call before it makes it."""

    def __init__(self, client: Any, note: Callable[[str, Mapping[str, Any]], None]) -> None:  # noqa: ANN401 - any of boto3's
        self._client = client
        self._note = note

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:  # noqa: ANN401 - boto3's
            self._note("".join(word.capitalize() for word in name.split("_")), parameters)
            return method(**parameters)

        return call


class _Functions:
    """Lambda, with probers that see which nodes are up."""

    def __init__(self, up: set[str]) -> None:
        self._up = up

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803, ARG002 - boto3's own
        nodes = json.loads(Payload)["nodes"]
        said = {name: {"seen": "up" if name in self._up else "down", "ms": 1} for name in nodes}
        return {"Payload": io.BytesIO(json.dumps(said).encode())}


class _Bus:
    """EventBridge, which takes what it gets."""

    def put_events(self, *, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - boto3's own
        return {"FailedEntryCount": 0, "Entries": Entries}


class _World:
    """What the controller's clients reach, and what IAM is asked for their calls."""

    def __init__(self, *, zones: int) -> None:
        self.clock = FakeClock()
        self.network = two_zones(self.clock) if zones > 1 else one_subnet(self.clock)
        self.network.add_elastic_ip("Ip.AllocationId")
        self.up = {"A", "B"}
        self.requests: list[Request] = []
        self.dynamodb = _Recorded(FakeDynamoDb({"VipTable": "pk"}), self._of_dynamodb)
        self.ec2 = _Recorded(self.network, self._of_ec2)
        self.functions = _Recorded(_Functions(self.up), self._of_lambda)
        self.events = _Recorded(_Bus(), self._of_events)

    def _ask(self, action: str, resource: str, **keys: str) -> None:
        named = {name.replace("_", ":", 1): (value,) for name, value in keys.items()}
        self.requests.append(Request(action, resource, named))

    def _of_dynamodb(self, operation: str, parameters: Mapping[str, Any]) -> None:
        self._ask(f"dynamodb:{operation}", f"{parameters['TableName']}.Arn")

    def _of_lambda(self, operation: str, parameters: Mapping[str, Any]) -> None:
        assert operation == "Invoke"
        self._ask("lambda:InvokeFunction", parameters["FunctionName"])

    def _of_events(self, operation: str, parameters: Mapping[str, Any]) -> None:
        bus = "arn:Partition:events:Region:AccountId:event-bus/default"
        for entry in parameters["Entries"]:
            keys = {"events:source": entry["Source"], "events:detail-type": entry["DetailType"]}
            values = {name: (value,) for name, value in keys.items()}
            self.requests.append(Request(f"events:{operation}", bus, values))

    def _of_ec2(self, operation: str, parameters: Mapping[str, Any]) -> None:
        action = f"ec2:{operation}"
        if operation.startswith("Describe"):
            self._ask(action, "*", ec2_Region="Region")
            return
        asked = list(self._resources(parameters))
        assert asked, f"nobody says what {operation} is about"
        for kind, name in asked:
            keys = {"ec2_Region": "Region"}
            if kind == "network-interface":
                subnet = self.network.state.interfaces[name].subnet
                keys["ec2_Subnet"] = f"{_EC2}:subnet/{subnet}"
            self._ask(action, f"{_EC2}:{kind}/{name}", **keys)

    def _resources(self, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what IAM looks at, by the Service Authorization Reference of EC2."""
        if "RouteTableId" in parameters:  # of CreateRoute and ReplaceRoute it is the table alone
            yield "route-table", parameters["RouteTableId"]
            return
        for key, kind in (
            ("NetworkInterfaceId", "network-interface"),
            ("InstanceId", "instance"),
            ("AllocationId", "elastic-ip"),
        ):
            if key in parameters:
                yield kind, parameters[key]
        for instance in parameters.get("InstanceIds", ()):
            yield "instance", instance
        if "AttachmentId" in parameters:
            attachment = self.network.attachment("eni-moving")
            assert attachment is not None
            yield "network-interface", "eni-moving"
            yield "instance", attachment.instance


class _Case:
    """A construct with options, and where it lives."""

    def __init__(self, kind: type, *, interfaces: bool = False, **options: Any) -> None:  # noqa: ANN401 - any of it
        self.kind, self.options = kind, options
        self.interfaces = interfaces
        self.zones = 2 if kind is OverlayIpFailover else 1

    def define(self) -> Bench:
        """Define it for what the network has."""
        bench = Bench()
        second = "10.0.2.5" if self.zones > 1 else "10.0.1.6"
        nodes = [self._node(bench, *each) for each in (("a", "10.0.1.5"), ("b", second))]
        bench.define(self.kind, nodes=nodes, **self._arguments(bench), **self._made(bench))
        return bench

    def _node(self, bench: Bench, letter: str, probe: str) -> Node:
        name = letter.upper()
        if self.interfaces and letter == "b":
            there = ec2.CfnNetworkInterface.from_network_interface_id(bench.stack, name, "eni-b")
            return Node.network_interface(there, probe_address=probe)
        instance = ec2.CfnInstance.from_instance_id(bench.stack, name, f"i-{letter}")
        return Node.instance(instance, probe_address=probe)

    def _made(self, bench: Bench) -> dict[str, Any]:
        elastic = {"elastic_ip": ec2.CfnEIP(bench.stack, "Ip")}
        return {**self.options, **(elastic if self.options.get("elastic_ip") else {})}

    def _arguments(self, bench: Bench) -> dict[str, Any]:
        if self.kind is OverlayIpFailover:
            tables = ("rtb-1", "rtb-2")
            from_id = ec2.CfnRouteTable.from_route_table_id
            return {"route_tables": [from_id(bench.stack, each, each) for each in tables]}
        if self.kind is ServiceIpFailover:
            address = {} if "address" in self.options else {"address": "10.0.1.100"}
            return {"subnet": ec2.Subnet.from_subnet_id(bench.stack, "In", "subnet-a"), **address}
        found = ec2.CfnNetworkInterface.from_network_interface_id(bench.stack, "M", "eni-moving")
        return {"interface": found}


_CASES = {
    "overlay": _Case(OverlayIpFailover),
    "overlay, a fence": _Case(OverlayIpFailover, fence=Fence.stop_instance()),
    "overlay, an interface": _Case(OverlayIpFailover, interfaces=True),
    "overlay, IPv6": _Case(OverlayIpFailover, address="fd00::10"),
    "service": _Case(ServiceIpFailover),
    "service, an Elastic IP address": _Case(ServiceIpFailover, elastic_ip=True),
    "service, an interface": _Case(ServiceIpFailover, interfaces=True, elastic_ip=True),
    "service, IPv6": _Case(ServiceIpFailover, address=_IPV6),
    "service, IPv6 and an interface": _Case(ServiceIpFailover, address=_IPV6, interfaces=True),
    "eni": _Case(EniFailover),
    "eni, a fence": _Case(EniFailover, fence=Fence.stop_instance()),
}


class _Life:
    """A failover from its first start: A fails, B gets the address, and A again as B fails."""

    def __init__(self, case: _Case) -> None:
        self._bench = case.define()
        self.world = _World(zones=case.zones)
        settings = _settings(self._bench)
        clients: Any = self.world
        controller = failover_parts(settings, clients, self.world.clock).controller()
        for up in ({"A", "B"}, {"B"}, {"A", "B"}, {"A"}):
            self.world.up.clear()
            self.world.up |= up
            for name in up:  # a fence has stopped it
                self.world.network.set_state(f"i-{name.lower()}", "running")
            for _ in range(40):
                controller.round()
                self.world.clock.sleep(settings.policy.interval)
        self.moved = [r for r in self.world.requests if r.action == "events:PutEvents"]

    @cached_property
    def statements(self) -> list[dict[str, Any]]:
        """What the controller is allowed."""
        return [filled(each) for each in self._bench.statements()]


@lru_cache
def _life(case: str) -> _Life:
    return _Life(_CASES[case])


@pytest.fixture(params=_CASES)
def life(request: pytest.FixtureRequest) -> _Life:
    """The life of a failover with some of the options; for reading only."""
    return _life(request.param)


def test_the_address_moves_three_times(life: _Life) -> None:
    assert len(life.moved) == 3


def test_every_call_is_allowed_by_a_statement(life: _Life) -> None:
    denied = {
        (each.action, each.resource)
        for each in life.world.requests
        if not any(allows(statement, each) for statement in life.statements)
    }
    assert not denied


def test_every_action_that_is_allowed_is_called(life: _Life) -> None:
    allowed = {action for each in life.statements for action in many(each["Action"])}
    called = {each.action for each in life.world.requests}
    assert allowed - called == {each for each in LAMBDAS_OWN if each.startswith("logs:")}


def test_every_statement_allows_a_call_that_was_made(life: _Life) -> None:
    needless = [
        each
        for each in life.statements
        if not set(many(each["Action"])) <= set(LAMBDAS_OWN)
        and not any(allows(each, request) for request in life.world.requests)
    ]
    assert not needless


@pytest.mark.parametrize(
    ("action", "resource"),
    (
        ("ec2:ReplaceRoute", f"{_EC2}:route-table/rtb-9"),
        ("ec2:DeleteRoute", f"{_EC2}:route-table/rtb-1"),
        ("ec2:StopInstances", f"{_EC2}:instance/i-a"),
        ("lambda:InvokeFunction", "Other.Arn"),
        ("dynamodb:DeleteItem", "VipTable.Arn"),
        ("dynamodb:UpdateItem", "Other.Arn"),
    ),
)
def test_nothing_beside_that_is_allowed(action: str, resource: str) -> None:
    request = Request(action, resource, {"ec2:Region": ("Region",)})
    assert not any(allows(each, request) for each in _life("overlay").statements)


def test_an_interface_of_another_subnet_gets_no_address() -> None:
    request = Request(
        "ec2:AssignPrivateIpAddresses",
        f"{_EC2}:network-interface/eni-z",
        {"ec2:Subnet": (f"{_EC2}:subnet/subnet-z",)},
    )
    assert not any(allows(each, request) for each in _life("service").statements)


@pytest.mark.parametrize(
    ("source", "kind"), (("aws.ec2", "Failover Moved"), ("ddns-constructs", "x"))
)
def test_no_other_event_is_published(source: str, kind: str) -> None:
    bus = "arn:Partition:events:Region:AccountId:event-bus/default"
    keys = {"events:source": (source,), "events:detail-type": (kind,)}
    request = Request("events:PutEvents", bus, keys)
    assert not any(allows(each, request) for each in _life("overlay").statements)


def test_what_the_construct_says_of_events_is_what_the_controller_sends() -> None:
    bench = Bench()
    bench.define(OverlayIpFailover).on_moved("Seen")
    (rule,) = bench.of_type("AWS::Events::Rule", "VipSeen").values()
    pattern = filled(rule["EventPattern"])
    (first, *_) = _life("overlay").moved
    assert pattern["source"] == list(first.keys["events:source"])
    assert pattern["detail-type"] == list(first.keys["events:detail-type"])
    assert pattern["detail"] == {"table": ["VipTable"]}


def test_the_journals_items_go_by_the_attribute_that_the_table_looks_at() -> None:
    source = Path(__file__).parents[2] / "lambda_src" / "ddns" / "adapters" / "journal.py"
    bench = Bench()
    bench.define(OverlayIpFailover)
    (table,) = bench.of_type("AWS::DynamoDB::Table").values()
    attribute = table["TimeToLiveSpecification"]["AttributeName"]
    assert re.search(f'"{attribute}": _number', source.read_text())
