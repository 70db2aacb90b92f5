"""Wrong arguments of the constructs whose address moves: refused at synthesis, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk.assertions import Template

from ddns_constructs import (
    Endpoint,
    EniFailover,
    Failback,
    Fence,
    NameFailover,
    Node,
    OverlayIpFailover,
    Probe,
    ServiceIpFailover,
)
from tests.constructs.failover.bench import KINDS, Bench
from tests.constructs.failover.naming import new_stack, shown

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = cdk.Token.as_string({"Ref": "Parameter"})
_EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def _refusal(bench: Bench, kind: type, **arguments: Any) -> str:  # noqa: ANN401 - any of the three
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        bench.define(kind, **arguments)
    assert bench.stack.node.try_find_child("Vip") is None, "the id is taken"
    return str(caught.value)


# ---------------------------------------------------------------- the address


@pytest.mark.parametrize(
    ("kind", "address", "text"),
    (
        (
            OverlayIpFailover,
            "10.0.77.1",
            (
                "'address' must lie outside of the VPC's range 10.0.0.0/16, got '10.0.77.1': "
                "within it only the VPC's local route counts; take one that nobody has, such as "
                "'192.168.100.10', or use ServiceIpFailover"
            ),
        ),
        (
            OverlayIpFailover,
            "192.168.100.10/32",
            (
                "'address' must be an IPv4 or IPv6 address, got '192.168.100.10/32': write e.g. "
                "'192.168.100.10'"
            ),
        ),
        (
            OverlayIpFailover,
            3232261130,
            (
                "'address' must be an IPv4 or IPv6 address, got 3232261130: write e.g. "
                "'192.168.100.10'"
            ),
        ),
        (
            OverlayIpFailover,
            _TOKEN,
            "'address' must be known at synthesis, got a token: write the address out",
        ),
        (
            OverlayIpFailover,
            "169.254.1.1",
            (
                "'address' must be one that is routed, got '169.254.1.1', which is loopback, "
                "link-local, multicast or nothing: write e.g. '192.168.100.10'"
            ),
        ),
        (
            OverlayIpFailover,
            "fd00::1%eth0",
            "'address' must have no scope, got 'fd00::1%eth0': leave '%' and what follows",
        ),
        (
            ServiceIpFailover,
            "10.0.1.100",
            (
                "'address' must lie within the subnet's range 10.0.0.0/24, got '10.0.1.100': "
                "take one of it that nobody has, or use OverlayIpFailover, whose address moves "
                "between subnets"
            ),
        ),
        (
            ServiceIpFailover,
            "10.0.0.3",
            (
                "'address' must be none of the first four addresses or the last one of "
                "10.0.0.0/24, got '10.0.0.3': AWS keeps these in every subnet"
            ),
        ),
        (
            ServiceIpFailover,
            "10.0.0.255",
            (
                "'address' must be none of the first four addresses or the last one of "
                "10.0.0.0/24, got '10.0.0.255': AWS keeps these in every subnet"
            ),
        ),
    ),
    ids=shown,
)
def test_an_address_that_cannot_move_is_refused(kind: type, address: Any, text: str) -> None:  # noqa: ANN401 - also what is none
    assert _refusal(Bench(), kind, address=address) == text


def test_a_further_range_of_the_vpc_counts_too() -> None:
    bench = Bench()
    ec2.CfnVPCCidrBlock(bench.vpc, "More", vpc_id=bench.vpc.vpc_id, cidr_block="100.64.0.0/16")
    text = _refusal(bench, OverlayIpFailover, address="100.64.9.9")
    assert "outside of the VPC's range 100.64.0.0/16, got '100.64.9.9'" in text


def test_the_range_of_a_vpc_that_is_there_already_is_known_by_look_up() -> None:
    bench = Bench()
    attributes: dict[str, Any] = {
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
        "isolated_subnet_ids": ["subnet-1", "subnet-2"],
        "isolated_subnet_route_table_ids": ["rtb-1", "rtb-2"],
        "vpc_id": "vpc-1",
    }
    vpc = ec2.Vpc.from_vpc_attributes(
        bench.stack, "Known", vpc_cidr_block="172.16.0.0/16", **attributes
    )
    text = _refusal(bench, OverlayIpFailover, vpc=vpc, address="172.16.1.1")
    assert "outside of the VPC's range 172.16.0.0/16" in text
    unknown = ec2.Vpc.from_vpc_attributes(bench.stack, "Unknown", **attributes)
    nodes = [
        Node.instance(
            ec2.CfnInstance.from_instance_id(bench.stack, id_, f"i-{id_}"), probe_address=probe
        )
        for id_, probe in (("C", "172.16.0.5"), ("D", "172.16.1.5"))
    ]
    bench.define(OverlayIpFailover, vpc=unknown, nodes=nodes)
    assert bench.environment()["FAILOVER"]["tables"] == ["rtb-1", "rtb-2"]


def test_a_range_that_is_known_at_deployment_only_is_not_looked_at() -> None:
    bench = Bench()
    bench.vpc.node.default_child.cidr_block = f"10.{_TOKEN}.0.0/16"  # type: ignore[union-attr]
    assert bench.define(OverlayIpFailover, address="10.0.9.9").address == "10.0.9.9"


# ---------------------------------------------------------------- nodes


@_EACH
@pytest.mark.parametrize("count", (0, 1, 11))
def test_too_few_or_too_many_nodes_are_refused(kind: type, count: int) -> None:
    bench = Bench()
    nodes = [
        Node.instance(
            ec2.CfnInstance.from_instance_id(bench.stack, f"N{n}", f"i-{n}"),
            probe_address=f"10.0.0.{n + 10}",
        )
        for n in range(count)
    ]
    assert _refusal(bench, kind, nodes=nodes) == (
        f"'nodes' must be 2 to 10, the preferred one first, got {count}: write e.g. "
        "nodes=[Node.instance(a), Node.instance(b)]"
    )


@_EACH
def test_nodes_that_are_no_list_or_no_nodes_are_refused(kind: type) -> None:
    bench = Bench()
    with pytest.raises(TypeError, match="'nodes' must be a list, got"):
        bench.define(kind, nodes=Node.instance(bench.instance("A")))
    text = _refusal(bench, kind, nodes=["i-1", Node.instance(bench.instance("B"))])
    assert "'nodes[0]' must be a Node, got 'i-1': write Node.instance(...)" in text


def test_what_is_neither_instance_nor_interface_is_refused() -> None:
    bench = Bench()
    swapped = [Node.instance(bench.interface("A")), Node.network_interface(bench.instance("B"))]  # type: ignore[arg-type]
    text = _refusal(bench, OverlayIpFailover, nodes=swapped)
    assert "'nodes[0]' must be an instance, such as ec2.Instance(...) or " in text
    assert "'nodes[1]' must be a network interface, such as CfnNetworkInterface(...) or " in text


def test_what_the_app_did_not_define_needs_an_address_to_be_probed_at() -> None:
    bench = Bench()
    there = ec2.CfnInstance.from_instance_id(bench.stack, "There", "i-0123456789abcdef0")
    nodes = [Node.instance(there), Node.instance(bench.instance("B", 1))]
    assert _refusal(bench, OverlayIpFailover, nodes=nodes) == (
        "'nodes[0].probe_address' is needed, as the app does not know the address of what it did "
        "not define: pass probe_address='10.0.1.5', say, the node's own private address"
    )


@pytest.mark.parametrize("address", ("ten", "10.0.0.5/32", "fd00::5", 5))
def test_a_probe_address_that_is_none_is_refused(address: Any) -> None:  # noqa: ANN401 - also what is none
    bench = Bench()
    nodes = [
        Node.instance(bench.instance("A"), probe_address=address),
        Node.instance(bench.instance("B", 1)),
    ]
    assert _refusal(bench, OverlayIpFailover, nodes=nodes) == (
        f"'nodes[0].probe_address' must be an IPv4 address, got {address!r}: write e.g. '10.0.1.5'"
    )


@pytest.mark.parametrize("name", ("", "a b", "-a", "a" * 65, "ä", 5))
def test_a_name_that_nobody_could_write_is_refused(name: Any) -> None:  # noqa: ANN401 - also what is none
    bench = Bench()
    nodes = [
        Node.instance(bench.instance("A"), name=name),
        Node.instance(bench.instance("B", 1)),
    ]
    assert _refusal(bench, OverlayIpFailover, nodes=nodes) == (
        "'nodes[0].name' must be 1 to 64 letters, digits, dots, hyphens and underscores, with a "
        f"letter or digit at both ends, got {name!r}: pass name='a', say"
    )


def test_a_name_that_is_a_token_is_refused() -> None:
    bench = Bench()
    nodes = [
        Node.instance(bench.instance("A"), name=_TOKEN),
        Node.instance(bench.instance("B", 1)),
    ]
    text = "'nodes[0].name' must be known at synthesis, got a token: write it out"
    assert _refusal(bench, OverlayIpFailover, nodes=nodes) == text


def test_nodes_have_to_differ() -> None:
    bench = Bench()
    a, b = bench.instance("A"), bench.instance("B", 1)
    text = _refusal(
        bench,
        OverlayIpFailover,
        nodes=[
            Node.instance(a, name="x", probe_address="10.0.0.9"),
            Node.instance(b, name="x", probe_address="10.0.0.9"),
        ],
    )
    assert "'nodes' must differ in their name, got 'x' twice: pass name='a', say" in text
    assert "'nodes' must differ in their probe_address, got '10.0.0.9' twice" in text
    text = _refusal(bench, OverlayIpFailover, nodes=[Node.instance(a), Node.instance(a, name="y")])
    assert "'nodes' must differ in their resource, got the same twice: name each node once" in text


@_EACH
def test_a_node_of_another_vpc_is_refused(kind: type) -> None:
    bench = Bench()
    other = bench.network("Other", "10.1.0.0/16")
    nodes = [Node.instance(bench.instance("A")), Node.instance(bench.instance("B", vpc=other))]
    assert (
        "'nodes' must be in 'vpc', and node 'B' is in another one: an address does not move "
        "between VPCs, use NameFailover for that"
    ) in _refusal(bench, kind, nodes=nodes)


@pytest.mark.parametrize("check", (None, True))
def test_a_node_whose_traffic_ec2_would_drop_is_refused(check: Any) -> None:  # noqa: ANN401 - True or not given
    bench = Bench()
    nodes = [
        Node.instance(bench.instance("A", source_dest_check=check)),
        Node.network_interface(bench.interface("B", 1, source_dest_check=check)),
    ]
    text = _refusal(bench, OverlayIpFailover, nodes=nodes)
    for name in "AB":
        assert (
            "'nodes' must have their source/destination check off, and node "
            f"'{name}' has it on, so EC2 drops what is sent to the address: define it with "
            "source_dest_check=False"
        ) in text


def test_that_check_is_no_matter_where_the_address_is_the_interfaces_own() -> None:
    bench = Bench()
    nodes = [Node.instance(bench.instance(id_, source_dest_check=True)) for id_ in "AB"]
    assert bench.define(ServiceIpFailover, nodes=nodes).address == "10.0.0.100"


def test_of_an_instance_with_interfaces_of_its_own_the_check_is_not_known() -> None:
    bench = Bench()
    own = ec2.CfnInstance.NetworkInterfaceProperty(
        device_index="0", network_interface_id=bench.interface("I").ref
    )
    instance = ec2.CfnInstance(bench.stack, "A", network_interfaces=[own])
    nodes = [Node.instance(instance), Node.instance(bench.instance("B", 1))]
    bench.define(OverlayIpFailover, nodes=nodes)
    assert bench.environment()["FAILOVER"]["nodes"][0]["instance"] == "A"


def test_a_fence_can_stop_instances_only() -> None:
    bench = Bench()
    nodes = [
        Node.instance(bench.instance("A")),
        Node.network_interface(bench.interface("B", 1, source_dest_check=False)),
    ]
    text = _refusal(bench, OverlayIpFailover, nodes=nodes, fence=Fence.stop_instance())
    assert text == (
        "'fence' can stop instances only, and node 'B' is an interface: use Node.instance(...)"
    )


# ---------------------------------------------------------------- where it points


def test_a_table_of_another_vpc_is_refused() -> None:
    bench = Bench()
    other = bench.network("Other", "10.1.0.0/16")
    tables = [bench.subnet().route_table, bench.subnet(vpc=other).route_table]
    assert _refusal(bench, OverlayIpFailover, route_tables=tables) == (
        "'route_tables' must be of 'vpc', got one of another VPC: a route cannot lead to an "
        "interface there"
    )


@pytest.mark.parametrize(
    ("tables", "text"),
    (
        (
            [],
            (
                "'route_tables' must have one at least, got none: write e.g. "
                "route_tables=[each.route_table for each in vpc.private_subnets]"
            ),
        ),
        (
            ["rtb-1"],
            (
                "'route_tables[0]' must be a route table, got 'rtb-1': use a subnet's "
                "route_table, or CfnRouteTable.from_route_table_id(self, 'Table', 'rtb-...')"
            ),
        ),
    ),
)
def test_tables_that_are_none_are_refused(tables: list[Any], text: str) -> None:
    assert _refusal(Bench(), OverlayIpFailover, route_tables=tables) == text


def test_a_single_table_is_no_list() -> None:
    bench = Bench()
    with pytest.raises(TypeError, match=r"write route_tables=\[subnet.route_table\]"):
        bench.define(OverlayIpFailover, route_tables=bench.subnet().route_table)


def test_more_tables_than_ec2_changes_at_once_are_refused() -> None:
    bench = Bench()
    tables = [
        ec2.CfnRouteTable.from_route_table_id(bench.stack, f"T{n}", f"rtb-{n}") for n in range(51)
    ]
    assert _refusal(bench, OverlayIpFailover, route_tables=tables) == (
        "'route_tables' must be 50 at most, got 51: EC2 does not take more changes at once, so "
        "they would not move together"
    )


def test_a_vpc_without_its_tables_needs_them_listed() -> None:
    bench = Bench()
    vpc = ec2.Vpc.from_vpc_attributes(
        bench.stack,
        "There",
        availability_zones=["a", "b"],
        isolated_subnet_ids=["subnet-1", "subnet-2"],
        vpc_id="vpc-1",
    )
    assert (
        "'route_tables' is needed, as 'vpc' was imported without its route tables: list them, "
        "CfnRouteTable.from_route_table_id(self, 'Table', 'rtb-...') and so on"
    ) in _refusal(bench, OverlayIpFailover, vpc=vpc)


def test_nodes_of_another_subnet_are_refused_where_the_address_stays_in_one() -> None:
    bench = Bench()
    nodes = [Node.instance(bench.instance("A")), Node.instance(bench.instance("B", 1))]
    assert _refusal(bench, ServiceIpFailover, nodes=nodes) == (
        "'nodes' must be in 'subnet', and node 'B' is in another one: its address does not leave "
        "it, use OverlayIpFailover for nodes of several zones"
    )


def test_a_subnet_that_is_none_or_of_another_vpc_is_refused() -> None:
    bench = Bench()
    other = bench.network("Other", "10.1.0.0/16")
    text = "'subnet' must be a subnet, got 'subnet-1': write e.g. subnet=vpc.private_subnets[0]"
    assert _refusal(bench, ServiceIpFailover, subnet="subnet-1") == text
    bench = Bench()
    other = bench.network("Other", "10.1.0.0/16")
    text = _refusal(bench, ServiceIpFailover, subnet=bench.subnet(vpc=other))
    assert "'subnet' must be of 'vpc', got one of another VPC" in text


def test_a_subnet_whose_range_nobody_knows_is_taken() -> None:
    bench = Bench()
    subnet = ec2.Subnet.from_subnet_id(bench.stack, "There", "subnet-1")
    bench.define(ServiceIpFailover, subnet=subnet, address="10.9.9.9")
    assert bench.environment()["FAILOVER"]["subnet"] == "subnet-1"


@pytest.mark.parametrize(
    ("make", "text"),
    (
        (
            lambda bench: ec2.CfnEIP(bench.stack, "Ip", instance_id="i-1"),
            (
                "'elastic_ip' must be associated by nothing else, and has an instance_id, to which "
                "CloudFormation would take it back: define it without"
            ),
        ),
        (
            lambda _: "eipalloc-1",
            (
                "'elastic_ip' must be an Elastic IP address, got 'eipalloc-1': use "
                "ec2.CfnEIP(self, 'Ip')"
            ),
        ),
    ),
)
def test_an_elastic_ip_address_that_cannot_go_along_is_refused(
    make: Callable[[Bench], Any], text: str
) -> None:
    bench = Bench()
    assert _refusal(bench, ServiceIpFailover, elastic_ip=make(bench)) == text


def test_an_elastic_ip_address_is_no_matter_of_ipv6() -> None:
    bench = Bench()
    ip = ec2.CfnEIP(bench.stack, "Ip")
    text = _refusal(bench, ServiceIpFailover, address="fd00::10", elastic_ip=ip)
    assert text == "'elastic_ip' goes with an IPv4 address only: omit it"


def test_an_interface_in_another_zone_is_refused() -> None:
    bench = Bench()
    assert _refusal(bench, EniFailover, interface=bench.interface("Far", 1)).count(
        "'nodes' must be in the zone of 'interface', and node '"
    ) == len("AB")


def test_an_interface_of_another_vpc_or_none_is_refused() -> None:
    bench = Bench()
    other = bench.network("Other", "10.1.0.0/16")
    far = ec2.CfnNetworkInterface(bench.stack, "Far", subnet_id=bench.subnet(vpc=other).subnet_id)
    assert _refusal(bench, EniFailover, interface=far) == (
        "'interface' must be in 'vpc', got one in another VPC"
    )
    text = _refusal(Bench(), EniFailover, interface="eni-1")
    assert text.startswith("'interface' must be a network interface, got 'eni-1': use ")


def test_an_interface_is_attached_to_instances_only() -> None:
    bench = Bench()
    nodes = [Node.instance(bench.instance("A")), Node.network_interface(bench.interface("B"))]
    assert _refusal(bench, EniFailover, nodes=nodes) == (
        "'nodes' must be instances, and node 'B' is an interface: an interface is attached to an "
        "instance, use Node.instance(...)"
    )


@pytest.mark.parametrize("index", (0, 16, True))
def test_a_device_index_that_cannot_be_is_refused(index: int) -> None:
    assert _refusal(Bench(), EniFailover, device_index=index) == (
        f"'device_index' must be a whole number from 1 to 15, got {index!r}: 0 is the instance's "
        "own interface, omit it to use 1"
    )


# ---------------------------------------------------------------- VPC and probers


@_EACH
def test_what_is_no_vpc_is_refused(kind: type) -> None:
    text = "'vpc' must be a VPC, got 'vpc-1': use ec2.Vpc(...) or Vpc.from_lookup(...)"
    assert text in _refusal(Bench(), kind, vpc="vpc-1")


@_EACH
def test_probers_of_one_zone_are_refused(kind: type) -> None:
    bench = Bench()
    chosen = ec2.SubnetSelection(subnets=[bench.subnet()])
    assert _refusal(bench, kind, prober_subnets=chosen) == (
        "'prober_subnets' must choose subnets of two zones or more, as a prober that is cut off "
        "must not be the only one, got 1: give the VPC subnets in another zone"
    )


@pytest.mark.parametrize(
    ("chosen", "text"),
    (
        (
            ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            "There are no 'Public' subnet groups",
        ),
        ("private", "'prober_subnets' must be a SubnetSelection, got 'private': write e.g. "),
    ),
)
def test_subnets_that_choose_nothing_are_refused(chosen: Any, text: str) -> None:  # noqa: ANN401 - also what is none
    assert text in _refusal(Bench(), OverlayIpFailover, prober_subnets=chosen)


# ---------------------------------------------------------------- when it moves


_SECONDS, _MINUTES = cdk.Duration.seconds, cdk.Duration.minutes


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"interval": _SECONDS(1)},
            (
                "'interval' must leave a round the time-out of its probe and half a second more, "
                "got 1 second with a probe of 1000 ms: make it longer, or the probe's timeout "
                "shorter"
            ),
        ),
        (
            {"interval": _SECONDS(31)},
            "'interval' must be at most 30 seconds, got 31 seconds: omit it to use 3 seconds",
        ),
        (
            {"interval": 3},
            "'interval' must be a Duration, got 3: write e.g. Duration.minutes(5)",
        ),
        (
            {"failures": 0},
            "'failures' must be a whole number from 1 to 20, got 0: omit it to use 3",
        ),
        (
            {"failures": 19, "min_dwell": _MINUTES(10)},
            (
                "'failures' times 'interval' must be at most 55 seconds, got 57 seconds: a "
                "controller counts no longer before the next one takes over, use 18 at most, or "
                "a shorter interval"
            ),
        ),
        (
            {"recoveries": 37},
            (
                "'recoveries' times 'interval' must be at most 110 seconds, got 111 seconds: a "
                "controller counts no longer before the next one takes over, use 36 at most, or a "
                "shorter interval"
            ),
        ),
        (
            {"min_dwell": _SECONDS(18)},
            (
                "'min_dwell' must be at least 'failures' times 'interval' and 10 seconds more "
                "for the move, 19 seconds here, got 18 seconds: a shorter one is over before it "
                "is seen whether the last move was of use"
            ),
        ),
        (
            {"max_moves_per_hour": 21},
            "'max_moves_per_hour' must be a whole number from 1 to 20, got 21: omit it to use 3",
        ),
        (
            {"failback": Failback.after(_SECONDS(59))},
            (
                "'failback' must be after at least 'recoveries' times 'interval', and "
                "'min_dwell', 60 seconds here, got 59 seconds: make it longer"
            ),
        ),
        (
            {"failback": Failback.after(_MINUTES(int(cdk.Token.as_number({"Ref": "X"}))))},
            "'failback' must be known at synthesis, got a token: use a number",
        ),
        (
            {"failback": _MINUTES(5)},
            "'failback' must be a Failback, got ",
        ),
        (
            {"fence": "stop"},
            "'fence' must be a Fence, got 'stop': write Fence.none() or Fence.stop_instance()",
        ),
        (
            {"check": 5432},
            "'check' must be a Probe, got 5432: write e.g. Probe.tcp(5432) or Probe.http(path='/')",
        ),
    ),
)
def test_numbers_that_cannot_keep_their_promise_are_refused(
    arguments: dict[str, Any], text: str
) -> None:
    assert _refusal(Bench(), OverlayIpFailover, **arguments).startswith(text)


def test_a_short_probe_allows_a_round_each_second() -> None:
    bench = Bench()
    check = Probe.tcp(22, timeout=cdk.Duration.millis(500))
    bench.define(OverlayIpFailover, check=check, interval=_SECONDS(1))
    assert bench.environment()["FAILOVER_POLICY"]["interval"] == 1


# ---------------------------------------------------------------- all of it


@_EACH
def test_everything_that_is_wrong_is_listed_at_once(kind: type) -> None:
    bench = Bench()
    table = dynamodb.Table(
        bench.stack,
        "Own",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    )
    text = _refusal(
        bench,
        kind,
        nodes=[Node.instance(bench.instance("A"), probe_address="x")],
        check=Probe.tcp(0),
        failures=0,
        memory_size=1,
        prober_subnets=ec2.SubnetSelection(subnets=[bench.subnet()]),
        table=table,
    )
    head, *problems = text.split("\n- ")
    assert head == f"{kind.__name__} cannot be defined:"
    begins = ("'check.port'", "'failures'", "'nodes' must be 2", "'nodes[0].probe_address'")
    more = ("'prober_subnets'", "'memory_size'", "'table' must have the partition key 'pk'")
    assert len(problems) == len(begins + more)
    for begin in begins + more:
        assert [each for each in problems if each.startswith(begin)], begin


def test_what_no_environment_can_hold_is_refused() -> None:
    bench = Bench()
    nodes = [
        Node.instance(
            ec2.CfnInstance.from_instance_id(bench.stack, f"N{n}", f"i-{n:017}"),
            name=f"{n}{'n' * 60}",
            probe_address=f"10.0.0.{n + 10}",
        )
        for n in range(10)
    ]
    tables = [
        ec2.CfnRouteTable.from_route_table_id(bench.stack, f"T{n}", f"rtb-{n:017}")
        for n in range(50)
    ]
    text = _refusal(
        bench,
        OverlayIpFailover,
        nodes=nodes,
        route_tables=tables,
        check=Probe.http(path="/" + "p" * 200, text="ü" * 250),
    )
    assert text.startswith("'nodes', 'check' and where the address points make an environment of ")
    assert text.endswith("characters, and Lambda takes 4,096: name fewer of them, or shorter")


# ---------------------------------------------------------------- one failover for each thing


@_EACH
def test_what_another_failover_moves_is_refused(kind: type) -> None:
    bench = Bench()
    first = bench.define(kind)
    nodes = [
        Node.instance(
            ec2.CfnInstance.from_instance_id(bench.stack, f"I{n}", f"i-{n}"),
            probe_address=f"10.0.0.{n}",
        )
        for n in (5, 6)
    ]
    with pytest.raises(ValueError, match="that of one failover, and Stack/Vip has it: give each"):
        kind(bench.stack, "Other", **{**bench.required(kind), "nodes": nodes})
    assert bench.stack.node.try_find_child("Other") is None, "the id is taken"
    assert first.node.path == "Stack/Vip"


def test_an_elastic_ip_and_a_journal_belong_to_one_failover() -> None:
    bench = Bench()
    elastic_ip = ec2.CfnEIP(bench.stack, "Ip")
    table = dynamodb.Table.from_table_name(bench.stack, "Journal", "journal")
    bench.define(ServiceIpFailover, elastic_ip=elastic_ip, table=table)
    nodes = [Node.instance(bench.instance(id_)) for id_ in ("C", "D")]
    arguments: dict[str, Any] = {**bench.required(ServiceIpFailover), "nodes": nodes}
    arguments["address"] = "10.0.0.101"
    more: dict[str, Any] = {"elastic_ip": elastic_ip, "table": table}
    for keyword, value in more.items():
        with pytest.raises(ValueError, match=f"'{keyword}' must be that of one failover"):
            ServiceIpFailover(bench.stack, "Other", **{**arguments, keyword: value})
    ServiceIpFailover(bench.stack, "Other", **arguments)


def test_a_name_belongs_to_one_failover_for_each_type() -> None:
    stack = new_stack()
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.test")
    arguments: dict[str, Any] = {"hosted_zone": zone, "check": Probe.tcp(80)}
    four: dict[str, Any] = {
        "primary": Endpoint.ipv4("192.0.2.1"),
        "secondary": Endpoint.ipv4("192.0.2.2"),
    }
    six: dict[str, Any] = {
        "primary": Endpoint.ipv6("2001:db8::1"),
        "secondary": Endpoint.ipv6("2001:db8::2"),
    }
    NameFailover(stack, "Vip", **arguments, **four, record_name="db")
    text = "'record_name' 'db.example.test' must be that of one failover, and Stack/Vip has it"
    with pytest.raises(ValueError, match=text):
        NameFailover(stack, "Other", **arguments, **four, record_name="db.example.test.")
    NameFailover(stack, "Six", **arguments, **six, record_name="db")
    NameFailover(stack, "Web", **arguments, **four, record_name="web")


def test_an_address_that_a_node_has_for_good_is_refused() -> None:
    bench = Bench()
    instance = bench.instance("A")
    instance.instance.private_ip_address = "10.0.0.100"
    nodes = [Node.instance(instance), Node.instance(bench.instance("B"))]
    assert _refusal(bench, ServiceIpFailover, nodes=nodes) == (
        "'address' must be nobody's own, and node 'A' is defined with it as its private address, "
        "which never leaves it: take another one"
    )


# ---------------------------------------------------------------- stacks that need each other


def test_places_of_an_earlier_stack_let_a_name_s_functions_in() -> None:
    app = cdk.App()
    nodes, later = (cdk.Stack(app, id_) for id_ in ("Nodes", "Later"))
    bench = Bench(nodes)
    instances = [bench.instance("A", 0), bench.instance("B", 1)]
    zone = route53.PrivateHostedZone(nodes, "Zone", zone_name="example.internal", vpc=bench.vpc)
    name = NameFailover(
        later,
        "Db",
        hosted_zone=zone,
        record_name="db",
        primary=Endpoint.instance(instances[0]),
        secondary=Endpoint.instance(instances[1]),
        check=Probe.tcp(5432),
        vpc=bench.vpc,
    )
    for each in instances:
        name.connections.allow_to(each, ec2.Port.tcp(5432))
    Template.from_stack(nodes).resource_count_is("AWS::EC2::SecurityGroupIngress", 0)
    Template.from_stack(later).resource_count_is("AWS::EC2::SecurityGroupIngress", 2)


# ---------------------------------------------------------------- what is not looked up yet


def _looked_up() -> tuple[cdk.Stack, ec2.IVpc, list[Node]]:
    """Return a VPC as it is before CDK has looked it up, in the first of two runs of an app."""
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    stack = cdk.Stack(cdk.App(), "Stack", env=environment)
    nodes = [
        Node.instance(
            ec2.CfnInstance.from_instance_id(stack, f"I{n}", f"i-{n}"), probe_address=f"10.0.0.{n}"
        )
        for n in (5, 6)
    ]
    return stack, ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-1"), nodes


def test_a_vpc_that_is_not_looked_up_yet_refuses_no_address() -> None:
    stack, vpc, nodes = _looked_up()
    subnet = vpc.private_subnets[0]
    arguments: dict[str, Any] = {"vpc": vpc, "nodes": nodes, "check": Probe.tcp(80)}
    ServiceIpFailover(stack, "Service", **arguments, address="10.0.0.100", subnet=subnet)
    OverlayIpFailover(stack, "Overlay", **arguments, address="6.6.6.6")


@pytest.mark.parametrize(
    ("address", "text"),
    (
        (
            "10.0.0.100",
            (
                "'nodes' must be probed at addresses of their own, and node 'I5' is at the one "
                "that moves, where always the active node answers: pass its own private address "
                "as probe_address"
            ),
        ),
        (
            "127.0.0.1",
            (
                "'nodes[0].probe_address' must be the node's own address in the VPC, got "
                "'127.0.0.1', which is loopback, link-local, multicast or nothing: write e.g. "
                "'10.0.1.5'"
            ),
        ),
    ),
)
def test_a_probe_of_anything_but_the_node_is_refused(address: str, text: str) -> None:
    bench = Bench()
    nodes = [
        Node.instance(
            ec2.CfnInstance.from_instance_id(bench.stack, f"I{n}", f"i-{n}"), probe_address=probe
        )
        for n, probe in ((5, address), (6, "10.0.0.6"))
    ]
    assert _refusal(bench, ServiceIpFailover, nodes=nodes) == text
