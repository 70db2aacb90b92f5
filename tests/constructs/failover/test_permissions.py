"""What the functions may do: nothing more than docs/permissions.md says, and nothing less."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from ddns_constructs import EniFailover, Fence, Node, OverlayIpFailover, ServiceIpFailover
from tests.constructs.failover.bench import KINDS, Bench, filled, many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"
_EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
_EC2 = "arn:Partition:ec2:Region:AccountId"


def _mixed(bench: Bench, kind: type) -> list[Node]:
    """An instance and an interface as nodes."""
    zone = int(kind is OverlayIpFailover)
    return [
        Node.instance(bench.instance("A")),
        Node.network_interface(bench.interface("B", zone, source_dest_check=False)),
    ]


def _allowed(bench: Bench, role: str = "VipRole") -> list[dict[str, Any]]:
    return [filled(each) for each in bench.statements(role)]


def _resources(bench: Bench, action: str) -> list[Any]:
    """Return the resources that an action is allowed on, and the conditions."""
    return [
        (many(each["Resource"]), each.get("Condition"))
        for each in _allowed(bench)
        if action in many(each["Action"])
    ]


# ---------------------------------------------------------------- the shape of it


@_EACH
def test_no_action_is_a_wildcard_and_only_reads_stand_on_every_resource(kind: type) -> None:
    bench = Bench()
    bench.define(kind, fence=Fence.stop_instance(), encryption_key=kms.Key(bench.stack, "Key"))
    for each in _allowed(bench):
        actions = many(each["Action"])
        assert each["Effect"] == "Allow"
        assert not [action for action in actions if "*" in action]
        if "*" in many(each["Resource"]):
            assert {re.match("ec2:Describe", action) is not None for action in actions} == {True}
            assert each["Condition"] == {"StringEquals": {"ec2:Region": "Region"}}


@_EACH
def test_wildcards_stand_in_policies_of_their_own(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    wild = {
        id_[:-8]
        for id_, policy in bench.of_type("AWS::IAM::Policy").items()
        for statement in policy["PolicyDocument"]["Statement"]
        if "*" in json.dumps(statement["Resource"])
    }
    networks = {f"VipProber{n}{name}" for n in (1, 2) for name in ("Network", "NoNetwork")}
    own = {"VipInterface"} if kind is ServiceIpFailover else set()
    assert wild == {f"{name}Policy" for name in ({"VipDescribe"} | networks | own)}


@_EACH
def test_no_managed_policy_is_attached(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    roles = bench.of_type("AWS::IAM::Role").values()
    assert len(roles) == 3
    assert not [each for each in roles if "ManagedPolicyArns" in each]


# ---------------------------------------------------------------- the controller


@_EACH
def test_it_invokes_its_probers_alone(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    probers = ["VipProber1Function.Arn", "VipProber2Function.Arn"]
    assert _resources(bench, "lambda:InvokeFunction") == [(probers, None)]


@_EACH
def test_it_tells_the_default_bus_of_moves_and_of_nothing_else(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    condition = {
        "StringEquals": {"events:source": "ddns-constructs", "events:detail-type": "Failover Moved"}
    }
    bus = "arn:Partition:events:Region:AccountId:event-bus/default"
    assert _resources(bench, "events:PutEvents") == [([bus], condition)]


@pytest.mark.parametrize("action", ("ec2:CreateRoute", "ec2:ReplaceRoute"))
def test_routes_of_the_listed_tables_alone_may_be_changed(action: str) -> None:
    bench = Bench()
    bench.define(OverlayIpFailover, route_tables=[bench.subnet(1).route_table])
    assert _resources(bench, action) == [([f"{_EC2}:route-table/VpcInSubnet2RouteTable"], None)]


@_EACH
def test_instances_are_stopped_with_a_fence_alone_and_only_the_nodes(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    assert not _resources(bench, "ec2:StopInstances")
    bench = Bench()
    bench.define(kind, fence=Fence.stop_instance())
    nodes = [f"{_EC2}:instance/A", f"{_EC2}:instance/B"]
    assert _resources(bench, "ec2:StopInstances") == [(nodes, None)]


_IN_THE_SUBNET = {"ArnEquals": {"ec2:Subnet": f"{_EC2}:subnet/VpcInSubnet1Subnet"}}


def test_an_address_is_assigned_to_nodes_that_are_interfaces_and_within_the_subnet() -> None:
    bench = Bench()
    bench.define(ServiceIpFailover, nodes=_mixed(bench, ServiceIpFailover))
    assert _resources(bench, "ec2:AssignPrivateIpAddresses") == [
        ([f"{_EC2}:network-interface/B"], None),
        ([f"{_EC2}:network-interface/*"], _IN_THE_SUBNET),
    ]


def test_with_interfaces_alone_no_other_interface_may_have_the_address() -> None:
    bench = Bench()
    nodes = [Node.network_interface(bench.interface(id_)) for id_ in ("A", "B")]
    vip = bench.define(ServiceIpFailover, nodes=nodes, elastic_ip=ec2.CfnEIP(bench.stack, "Ip"))
    assert vip.interface_policy is None
    interfaces = [f"{_EC2}:network-interface/A", f"{_EC2}:network-interface/B"]
    assert _resources(bench, "ec2:AssignPrivateIpAddresses") == [(interfaces, None)]
    assert _resources(bench, "ec2:AssociateAddress") == [
        (interfaces, None),
        ([f"{_EC2}:elastic-ip/Ip.AllocationId"], None),
    ]


def test_an_address_of_ipv6_takes_the_actions_of_ipv6_alone() -> None:
    bench = Bench()
    bench.define(ServiceIpFailover, address="fd00::10")
    actions = {action for each in _allowed(bench) for action in many(each["Action"])}
    assert {"ec2:AssignIpv6Addresses", "ec2:UnassignIpv6Addresses"} <= actions
    assert not {"ec2:AssignPrivateIpAddresses", "ec2:AssociateAddress"} & actions


def test_one_interface_alone_is_attached_to_nodes_alone() -> None:
    bench = Bench()
    bench.define(EniFailover)
    resources = [
        f"{_EC2}:network-interface/Service",
        f"{_EC2}:instance/A",
        f"{_EC2}:instance/B",
    ]
    for action in ("ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"):
        assert _resources(bench, action) == [(resources, None)]


# ---------------------------------------------------------------- the probers


@_EACH
def test_a_prober_may_not_use_what_lambda_may(kind: type) -> None:
    bench = Bench()
    bench.define(kind)
    for number in (1, 2):
        found = _allowed(bench, f"VipProber{number}Role")
        allowed = {a for e in found if e["Effect"] == "Allow" for a in many(e["Action"])}
        (denial,) = [each for each in found if each["Effect"] == "Deny"]
        arns = [f"VipProber{number}Function.Arn"]
        assert denial["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": arns}}
        assert denial["Resource"] == "*"
        assert allowed - set(denial["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}


# ---------------------------------------------------------------- grants


def _granted(bench: Bench, kind: type, grant: str) -> list[dict[str, Any]]:
    vip = bench.define(kind)
    role = iam.Role(bench.stack, "Person", assumed_by=iam.AccountRootPrincipal())
    getattr(vip, grant)(role).assert_success()
    return _allowed(bench, "Person")


_READING = [
    {"Action": "dynamodb:GetItem", "Effect": "Allow", "Resource": "VipTable.Arn"},
    {
        "Action": "lambda:GetFunctionConfiguration",
        "Effect": "Allow",
        "Resource": "VipFunction.Arn",
    },
]


@_EACH
def test_who_may_read_may_change_nothing(kind: type) -> None:
    assert _granted(Bench(), kind, "grant_read") == _READING


@_EACH
def test_who_operates_changes_the_item_that_decides_and_nothing_in_ec2(kind: type) -> None:
    *reading, changing = _granted(Bench(), kind, "grant_operate")
    assert reading == _READING
    assert changing == {
        "Action": "dynamodb:UpdateItem",
        "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["STATE"]}},
        "Effect": "Allow",
        "Resource": "VipTable.Arn",
    }


def test_who_operates_a_failover_with_a_key_may_use_it_through_dynamodb() -> None:
    bench = Bench()
    vip = bench.define(OverlayIpFailover, encryption_key=kms.Key(bench.stack, "Key"))
    vip.grant_read(iam.Role(bench.stack, "Person", assumed_by=iam.AccountRootPrincipal()))
    statement = filled(bench.statement("kms:Decrypt", "Person"))
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": ["dynamodb.Region.URLSuffix"]}
    }


# ---------------------------------------------------------------- the page

_RESOURCES = (
    (r"VipLogs|VipProber\dLogs", "its log group"),
    (r'^"\*"$', "`*`"),
    (r"route-table/", "the listed route tables"),
    (r"network-interface/\*", "any interface of the account"),
    (r"network-interface/Service.*instance/", "the interface, the nodes' instances"),
    (r"network-interface/", "the nodes' interfaces"),
    (r":instance/", "the nodes' instances"),
    (r"elastic-ip/", "the Elastic IP address"),
    (r"event-bus/default", "the default event bus"),
    (r"VipProber", "the probers"),
    (r"VipTable", "the table"),
    (r"VipFunction", "the controller"),
    (r"Key.Arn", "the key"),
)
_CONDITIONS = (
    ("ec2:Subnet", "in the subnet"),
    ('"ec2:Region"', "this Region"),
    ("events:source", "its own source and type"),
    ("kms:ViaService", "through DynamoDB"),
    ("dynamodb:LeadingKeys", "the item `STATE`"),
)


def _word(words: tuple[tuple[str, str], ...], value: Any, default: str) -> str:  # noqa: ANN401
    text = json.dumps(value)
    return next((word for pattern, word in words if re.search(pattern, text)), default)


def _rows(bench: Bench, role: str = "VipRole") -> set[tuple[str, str, str]]:
    return {
        (
            action,
            _word(_RESOURCES, each["Resource"], "unknown"),
            _word(_CONDITIONS, each.get("Condition", {}), "none"),
        )
        for each in _allowed(bench, role)
        for action in many(each["Action"])
        if each["Effect"] == "Allow"
    }


def _rows_of_page(heading: str) -> Iterator[tuple[str, str, str]]:
    _, _, text = _PAGE.read_text().partition("\n## Failover of an address\n")
    _, _, text = text.partition(f"\n### {heading}\n")
    assert text, f"the page has no {heading}"
    text, _, _ = text.partition("\n## ")
    text, _, _ = text.partition("\n### ")
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4:
            yield cells[0].strip("`"), cells[1], cells[2]


def _overlay() -> Bench:
    bench = Bench()
    bench.define(
        OverlayIpFailover,
        nodes=_mixed(bench, OverlayIpFailover),
        encryption_key=kms.Key(bench.stack, "Key"),
    )
    return bench


def _fenced() -> Bench:
    bench = Bench()
    bench.define(OverlayIpFailover, fence=Fence.stop_instance())
    return bench


def _service(**arguments: Any) -> Bench:  # noqa: ANN401 - any of it
    bench = Bench()
    if not arguments:
        arguments["elastic_ip"] = ec2.CfnEIP(bench.stack, "Ip")
    bench.define(ServiceIpFailover, nodes=_mixed(bench, ServiceIpFailover), **arguments)
    return bench


def _eni() -> Bench:
    bench = Bench()
    bench.define(EniFailover)
    return bench


@pytest.mark.parametrize(
    ("heading", "benches"),
    (
        ("Of OverlayIpFailover", (_overlay,)),
        ("Of ServiceIpFailover", (_service, lambda: _service(address="fd00::10"))),
        ("Of EniFailover", (_eni,)),
    ),
)
def test_the_page_lists_exactly_what_the_controller_may(
    heading: str, benches: tuple[Callable[[], Bench], ...]
) -> None:
    common = set(_rows_of_page("The controller"))
    own = set(_rows_of_page(heading))
    rows = set().union(*(_rows(make()) for make in benches))
    assert rows - common == own
    assert common <= rows | _rows(_overlay()) | _rows(_fenced())


def test_the_page_lists_exactly_what_a_prober_and_an_operator_may() -> None:
    assert _rows(_eni(), "VipProber1Role") == set(_rows_of_page("The probers"))
    bench = Bench()
    _granted(bench, OverlayIpFailover, "grant_operate")
    assert _rows(bench, "Person") == set(_rows_of_page("Who operates it"))
