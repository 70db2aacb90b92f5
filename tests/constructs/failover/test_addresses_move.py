"""What the three constructs define whose address moves, one promise a test."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from ddns_constructs import (
    EniFailover,
    Failback,
    Fence,
    Node,
    OverlayIpFailover,
    Probe,
    ServiceIpFailover,
)
from tests.constructs.failover.bench import KINDS, Bench, filled

_EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@pytest.fixture(scope="module")
def defaults() -> dict[type, Bench]:
    """Each construct with nothing but what it needs; for reading only."""
    found: dict[type, Bench] = {}
    for kind in KINDS:
        found[kind] = Bench()
        found[kind].define(kind)
    return found


# ---------------------------------------------------------------- the functions


@_EACH
def test_the_controller_runs_outside_of_the_vpc(kind: type, defaults: dict[type, Bench]) -> None:
    function = defaults[kind].controller()
    assert "VpcConfig" not in function
    assert function["Handler"] == "ddns.handlers.failover.handler"
    assert (function["Runtime"], function["Architectures"]) == ("python3.14", ["arm64"])


@_EACH
def test_a_controller_may_end_the_round_that_it_is_in(
    kind: type, defaults: dict[type, Bench]
) -> None:
    """It goes on for 118 seconds, and takes ten of its time-out for the last round."""
    assert defaults[kind].controller()["Timeout"] >= 118 + 10


@_EACH
def test_a_prober_stands_in_each_zone(kind: type, defaults: dict[type, Bench]) -> None:
    probers = defaults[kind].probers()
    subnets = [each["VpcConfig"]["SubnetIds"] for each in probers.values()]
    assert filled(subnets) == [["VpcInSubnet1Subnet"], ["VpcInSubnet2Subnet"]]
    assert {each["Handler"] for each in probers.values()} == {"ddns.handlers.prober.handler"}
    assert not any("Environment" in each for each in probers.values())


@_EACH
def test_nothing_is_tried_again(kind: type, defaults: dict[type, Bench]) -> None:
    (config,) = defaults[kind].of_type("AWS::Lambda::EventInvokeConfig").values()
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)
    for rule in defaults[kind].of_type("AWS::Events::Rule").values():
        (target,) = rule["Targets"]
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 0


@_EACH
def test_a_controller_is_started_each_minute(kind: type, defaults: dict[type, Bench]) -> None:
    rules = defaults[kind].of_type("AWS::Events::Rule", "VipScheduleRule").values()
    assert [each["ScheduleExpression"] for each in rules] == ["rate(1 minute)"]


@_EACH
def test_it_looks_at_once_when_the_instance_of_a_node_changes_its_state(
    kind: type, defaults: dict[type, Bench]
) -> None:
    (rule,) = defaults[kind].of_type("AWS::Events::Rule", "VipStateRule").values()
    assert filled(rule["EventPattern"]["detail"]["instance-id"]) == ["A", "B"]
    assert {"stopping", "shutting-down"} <= set(rule["EventPattern"]["detail"]["state"])


def test_without_an_instance_there_is_no_rule_for_states() -> None:
    bench = Bench()
    nodes = [
        Node.network_interface(bench.interface(id_, zone, source_dest_check=False))
        for zone, id_ in enumerate(("A", "B"))
    ]
    assert bench.define(OverlayIpFailover, nodes=nodes).state_rule is None
    assert not bench.of_type("AWS::Events::Rule", "VipStateRule")


@_EACH
def test_the_journal_forgets_moves_by_their_own_time(
    kind: type, defaults: dict[type, Bench]
) -> None:
    (table,) = defaults[kind].of_type("AWS::DynamoDB::Table").values()
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_options_of_the_functions_are_the_users() -> None:
    bench = Bench()
    bench.define(
        OverlayIpFailover,
        architecture=lambda_.Architecture.X86_64,
        log_retention=logs.RetentionDays.ONE_WEEK,
        memory_size=512,
        removal_policy=cdk.RemovalPolicy.DESTROY,
        runtime=lambda_.Runtime.PYTHON_3_13,
    )
    assert bench.controller()["MemorySize"] == 512
    for each in (bench.controller(), *bench.probers().values()):
        assert (each["Runtime"], each["Architectures"]) == ("python3.13", ["x86_64"])
    assert {each["MemorySize"] for each in bench.probers().values()} == {128}
    groups = bench.of_type("AWS::Logs::LogGroup").values()
    assert [each["RetentionInDays"] for each in groups] == [7, 7, 7]
    bench.template.has_resource("AWS::DynamoDB::Table", {"DeletionPolicy": "Delete"})


def test_a_table_of_ones_own_is_used_as_it_is() -> None:
    bench = Bench()
    key = dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING)
    table = dynamodb.Table(bench.stack, "Own", partition_key=key)
    assert bench.define(OverlayIpFailover, table=table).table.table_name == table.table_name
    assert bench.environment()["TABLE"] == "Own"
    assert not bench.of_type("AWS::DynamoDB::Table")


# ---------------------------------------------------------------- what the probers reach


@_EACH
def test_instances_let_the_probers_in_by_the_probed_port_alone(
    kind: type, defaults: dict[type, Bench]
) -> None:
    rules = defaults[kind].of_type("AWS::EC2::SecurityGroupIngress", "").values()
    found = [filled(each) for each in rules]
    assert [each["GroupId"] for each in found] == [
        "AInstanceSecurityGroup.GroupId",
        "BInstanceSecurityGroup.GroupId",
    ]
    for each in found:
        assert (each["IpProtocol"], each["FromPort"], each["ToPort"]) == ("tcp", 5432, 5432)
        assert each["SourceSecurityGroupId"] == "VipProberSecurityGroup.GroupId"


@_EACH
def test_probers_may_connect_to_the_probed_port_of_the_nodes_alone(
    kind: type, defaults: dict[type, Bench]
) -> None:
    (group,) = defaults[kind].of_type("AWS::EC2::SecurityGroup").values()
    assert "SecurityGroupIngress" not in group
    found = [filled(each) for each in group["SecurityGroupEgress"]]
    assert [each["CidrIp"] for each in found] == ["A.PrivateIp/32", "B.PrivateIp/32"]
    for each in found:
        assert (each["IpProtocol"], each["FromPort"], each["ToPort"]) == ("tcp", 5432, 5432)
    assert not defaults[kind].of_type("AWS::EC2::SecurityGroupEgress", "")


def test_what_has_no_security_group_here_is_reached_by_its_address() -> None:
    bench = Bench()
    there = ec2.CfnInstance.from_instance_id(bench.stack, "There", "i-0123456789abcdef0")
    interface = bench.interface("B", 1, source_dest_check=False)
    nodes = [
        Node.instance(there, probe_address="10.0.0.5"),
        Node.network_interface(interface),
    ]
    vip = bench.define(OverlayIpFailover, nodes=nodes)
    vip.connections.allow_to(
        ec2.SecurityGroup(bench.stack, "Own", vpc=bench.vpc), ec2.Port.tcp(5432)
    )
    (group,) = bench.of_type("AWS::EC2::SecurityGroup").values()
    assert [filled(each["CidrIp"]) for each in group["SecurityGroupEgress"]] == [
        "10.0.0.5/32",
        "B.PrimaryPrivateIpAddress/32",
    ]
    (rule,) = bench.of_type("AWS::EC2::SecurityGroupIngress", "Own").values()
    assert filled(rule["SourceSecurityGroupId"]) == "VipProberSecurityGroup.GroupId"


def test_chosen_subnets_of_one_zone_share_a_prober() -> None:
    bench = Bench()
    more = ec2.Subnet(
        bench.stack,
        "More",
        availability_zone=bench.subnet(0).availability_zone,
        cidr_block="10.0.9.0/24",
        vpc_id=bench.vpc.vpc_id,
    )
    chosen = ec2.SubnetSelection(subnets=[*bench.vpc.isolated_subnets, more])
    bench.define(OverlayIpFailover, prober_subnets=chosen)
    subnets = [each["VpcConfig"]["SubnetIds"] for each in bench.probers().values()]
    assert filled(subnets) == [["VpcInSubnet1Subnet", "MoreSubnet"], ["VpcInSubnet2Subnet"]]


def test_a_vpc_with_public_subnets_alone_will_do() -> None:
    bench = Bench()
    vpc = ec2.Vpc(
        bench.stack,
        "Open",
        max_azs=2,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)
        ],
    )
    nodes = [
        Node.instance(
            ec2.Instance(
                bench.stack,
                id_,
                vpc=vpc,
                instance_type=ec2.InstanceType("t4g.nano"),
                machine_image=ec2.MachineImage.generic_linux({}),
                source_dest_check=False,
                vpc_subnets=ec2.SubnetSelection(subnets=[subnet]),
            )
        )
        for id_, subnet in zip(("A", "B"), vpc.public_subnets, strict=True)
    ]
    bench.define(OverlayIpFailover, vpc=vpc, nodes=nodes)
    assert len(bench.probers()) == 2
    assert filled(bench.environment()["FAILOVER"]["tables"]) == [
        "OpenPublicSubnet1RouteTable",
        "OpenPublicSubnet2RouteTable",
    ]


# ---------------------------------------------------------------- what the controller gets


@_EACH
def test_the_controller_knows_its_probers_and_its_journal(
    kind: type, defaults: dict[type, Bench]
) -> None:
    found = defaults[kind].environment()
    assert found["PROBERS"] == ["VipProber1Function.Arn", "VipProber2Function.Arn"]
    assert found["TABLE"] == "VipTable"
    assert found["FAILOVER_CHECK"] == {"kind": "tcp", "port": 5432, "timeout": 1.0}


@_EACH
def test_the_policy_has_its_defaults(kind: type, defaults: dict[type, Bench]) -> None:
    assert defaults[kind].environment()["FAILOVER_POLICY"] == {
        "interval": 3,
        "failures": 3,
        "recoveries": 10,
        "failback": None,
        "min_dwell": 60,
        "max_moves_per_hour": 3,
        "fence": "none",
        "verify_interval": 15,
    }


def test_the_policy_is_the_users() -> None:
    bench = Bench()
    bench.define(
        OverlayIpFailover,
        interval=cdk.Duration.seconds(20),
        failures=2,
        recoveries=5,
        failback=Failback.after(cdk.Duration.minutes(10)),
        min_dwell=cdk.Duration.minutes(5),
        max_moves_per_hour=6,
        fence=Fence.stop_instance(),
    )
    assert bench.environment()["FAILOVER_POLICY"] == {
        "interval": 20,
        "failures": 2,
        "recoveries": 5,
        "failback": 600,
        "min_dwell": 300,
        "max_moves_per_hour": 6,
        "fence": "stop",
        "verify_interval": 20,
    }


def test_what_is_the_default_can_be_written_out() -> None:
    bench = Bench()
    vip = bench.define(OverlayIpFailover, failback=Failback.manual(), fence=Fence.none())
    policy = bench.environment()["FAILOVER_POLICY"]
    assert (policy["failback"], policy["fence"]) == (None, "none")
    assert vip.describe_policy.node.path == "Stack/Vip/DescribePolicy"


_NODES = [
    {"name": "A", "instance": "A", "probe": "A.PrivateIp"},
    {"name": "B", "instance": "B", "probe": "B.PrivateIp"},
]


@pytest.mark.parametrize(
    ("kind", "places"),
    (
        (
            OverlayIpFailover,
            {
                "kind": "routes",
                "address": "192.168.100.10",
                "tables": ["VpcInSubnet1RouteTable", "VpcInSubnet2RouteTable"],
            },
        ),
        (
            ServiceIpFailover,
            {"kind": "secondary", "address": "10.0.0.100", "subnet": "VpcInSubnet1Subnet"},
        ),
        (
            EniFailover,
            {
                "kind": "interface",
                "address": "Service.PrimaryPrivateIpAddress",
                "interface": "Service",
                "device_index": 1,
            },
        ),
    ),
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_the_controller_knows_nodes_and_places(
    kind: type, places: dict[str, Any], defaults: dict[type, Bench]
) -> None:
    assert defaults[kind].environment()["FAILOVER"] == {"name": "Vip", "nodes": _NODES, **places}


def test_tables_are_the_users_each_once() -> None:
    bench = Bench()
    own = bench.vpc.isolated_subnets[1].route_table
    there = ec2.CfnRouteTable.from_route_table_id(bench.stack, "There", "rtb-0123456789abcdef0")
    bench.define(OverlayIpFailover, route_tables=[own, there, own])
    assert bench.environment()["FAILOVER"]["tables"] == [
        "VpcInSubnet2RouteTable",
        "rtb-0123456789abcdef0",
    ]


def test_an_elastic_ip_address_goes_with_the_private_one() -> None:
    bench = Bench()
    bench.define(ServiceIpFailover, elastic_ip=ec2.CfnEIP(bench.stack, "Ip"))
    assert bench.environment()["FAILOVER"]["allocation"] == "Ip.AllocationId"


def test_an_interface_that_is_there_already_has_no_address_that_is_known() -> None:
    bench = Bench()
    there = ec2.CfnNetworkInterface.from_network_interface_id(bench.stack, "There", "eni-1")
    vip = bench.define(EniFailover, interface=there, device_index=3)
    found = bench.environment()["FAILOVER"]
    assert (found["interface"], found["device_index"], found["address"]) == ("eni-1", 3, "")
    assert vip.address == ""


def test_a_node_is_called_as_it_is_named() -> None:
    bench = Bench()
    nodes = [
        Node.instance(bench.instance("A", 0), name="primary", probe_address="10.0.0.7"),
        Node.instance(bench.instance("B", 1)),
    ]
    bench.define(OverlayIpFailover, nodes=nodes)
    first, second = bench.environment()["FAILOVER"]["nodes"]
    assert first == {"name": "primary", "instance": "A", "probe": "10.0.0.7"}
    assert second["name"] == "B"


def test_an_address_of_ipv6_is_routed_too() -> None:
    bench = Bench()
    assert bench.define(OverlayIpFailover, address="fd00::10").address == "fd00::10"
    assert bench.environment()["FAILOVER"]["address"] == "fd00::10"


# ---------------------------------------------------------------- events, outputs, attributes


@_EACH
def test_a_rule_for_moves_sees_those_of_this_failover_alone(kind: type) -> None:
    bench = Bench()
    queue = sqs.Queue(bench.stack, "Queue")
    vip = bench.define(kind)
    rule = vip.on_moved(
        "Seen", target=targets.SqsQueue(queue), description="Told", rule_name="moves"
    )
    assert rule.node.path == "Stack/Vip/Seen"
    (found,) = bench.of_type("AWS::Events::Rule", "VipSeen").values()
    assert filled(found["EventPattern"]) == {
        "source": ["ddns-constructs"],
        "detail-type": ["Failover Moved"],
        "detail": {"table": ["VipTable"]},
    }
    assert (found["Description"], found["Name"]) == ("Told", "moves")
    assert filled(found["Targets"][0]["Arn"]) == "Queue.Arn"


def test_a_rule_for_moves_needs_no_target_at_once() -> None:
    bench = Bench()
    bench.define(OverlayIpFailover).on_moved("Seen")
    (found,) = bench.of_type("AWS::Events::Rule", "VipSeen").values()
    assert "Targets" not in found
    assert found["Description"] == "192.168.100.10 has moved"


def test_the_rule_of_an_interface_whose_address_nobody_knows_says_what_moves() -> None:
    bench = Bench()
    there = ec2.CfnNetworkInterface.from_network_interface_id(bench.stack, "There", "eni-1")
    bench.define(EniFailover, interface=there).on_moved("Seen")
    (found,) = bench.of_type("AWS::Events::Rule", "VipSeen").values()
    assert found["Description"] == "A network interface has moved"


@_EACH
def test_outputs_are_those_that_the_command_looks_for(kind: type) -> None:
    bench = Bench()
    bench.define(kind).add_outputs("Office")
    outputs = bench.template.to_json()["Outputs"]
    assert filled(outputs["OfficeFailoverTable"]["Value"]) == "VipTable"
    assert filled(outputs["OfficeFailoverFunction"]["Value"]) == "VipFunction"
    assert set(outputs) == {"OfficeFailoverTable", "OfficeFailoverFunction", "DdnsStatus"}


@_EACH
def test_what_it_made_can_be_read_and_not_replaced(kind: type) -> None:
    vip = Bench().define(kind)
    assert len(vip.prober_functions) == 2
    assert len(vip.network_policies) == 4
    assert vip.schedule_rule.node.path == "Stack/Vip/ScheduleRule"
    assert vip.state_rule.node.path == "Stack/Vip/StateRule"
    names = [name for base in kind.__mro__ for name, each in vars(base).items() if _own(base, each)]
    assert {"address", "connections", "function", "table"} <= set(names)
    for name in names:
        with pytest.raises(AttributeError):
            setattr(vip, name, None)


def _own(base: type, value: object) -> bool:
    return base.__module__.startswith("ddns_constructs") and isinstance(value, property)


# ---------------------------------------------------------------- what is rarely meant


def test_a_usual_failover_warns_of_nothing(defaults: dict[type, Bench]) -> None:
    for bench in defaults.values():
        assert not bench.warnings()


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        ({"failures": 1}, "'failures' is 1: a single lost packet moves the address"),
        (
            {
                "fence": Fence.stop_instance(),
                "failback": Failback.after(cdk.Duration.hours(1)),
            },
            "'fence' stops",
        ),
    ),
)
def test_what_is_rarely_meant_is_said(arguments: dict[str, Any], text: str) -> None:
    bench = Bench()
    bench.define(OverlayIpFailover, **arguments)
    (found,) = bench.warnings()
    assert text in found


def test_nodes_of_one_zone_are_said_where_they_could_be_in_two() -> None:
    for kind, warned in ((OverlayIpFailover, True), (ServiceIpFailover, False)):
        bench = Bench()
        nodes = [Node.instance(bench.instance(id_)) for id_ in ("A", "B")]
        bench.define(kind, nodes=nodes)
        assert ["in one zone" in each for each in bench.warnings()] == ([True] if warned else [])


# ---------------------------------------------------------------- several stacks, keys


def test_nodes_may_be_of_another_stack() -> None:
    app = cdk.App()
    there = Bench(cdk.Stack(app, "There"))
    here = Bench(cdk.Stack(app, "Stack"))
    nodes = there.nodes(OverlayIpFailover)
    OverlayIpFailover(
        here.stack,
        "Vip",
        vpc=there.vpc,
        address="192.168.100.10",
        nodes=nodes,
        check=Probe.tcp(22),
    )
    found = here.environment()["FAILOVER"]
    assert [each["name"] for each in found["nodes"]] == ["A", "B"]
    assert len(found["tables"]) == 2
    rules = here.of_type("AWS::EC2::SecurityGroupIngress", "").values()
    assert {filled(each["SourceSecurityGroupId"]) for each in rules} == {
        "VipProberSecurityGroup.GroupId"
    }
    assert len(rules) == 2


def test_a_key_is_used_through_dynamodb_alone() -> None:
    bench = Bench()
    bench.define(OverlayIpFailover, encryption_key=kms.Key(bench.stack, "Key"))
    statement = bench.statement("kms:Decrypt")
    assert filled(statement["Resource"]) == "Key.Arn"
    assert filled(statement["Condition"]) == {
        "StringEquals": {"kms:ViaService": ["dynamodb.Region.URLSuffix"]}
    }
