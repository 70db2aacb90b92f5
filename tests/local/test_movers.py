"""What the controller moves addresses with, on the local EC2 and on the strict fake alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.ec2_network import Ec2Directory, Ec2Fencer, ec2_mover
from ddns.adapters.threads import one_by_one
from ddns.core.failover.places import INTERFACE, ROUTES, SECONDARY, Node, ServiceAddress
from tests.local.ec2_worlds import OnFake, OnLocalAws, World

if TYPE_CHECKING:
    from ddns.failover.ports import Mover

VIP = "192.168.100.10"
PRIVATE, PRIVATE6 = "10.0.1.100", "2600:1f00:0:1::100"


@pytest.fixture(params=("fake", "local"))
def world(request: pytest.FixtureRequest) -> World:
    return OnFake() if request.param == "fake" else OnLocalAws(request.getfixturevalue("aws"))


def nodes(world: World) -> tuple[Node, ...]:
    return tuple(
        Node(name, f"10.0.1.{number}", instance=instance)
        for name, number, instance in zip("ab", (5, 6), world.instances, strict=False)
    )


def service(world: World, kind: str, **more: Any) -> ServiceAddress:  # noqa: ANN401 - its fields
    return ServiceAddress("Vip", kind, nodes(world), **more)


def mover(world: World, kind: str, **more: Any) -> Mover:  # noqa: ANN401 - its fields
    return ec2_mover(world.client, service(world, kind, **more), at_once=one_by_one)


def drive(moving: Mover, node: str) -> int:
    """Send until all is at a node; return how often it took."""
    for count in range(1, 6):
        moving.send(node, lambda: True)
        if moving.read().all_at(node):
            return count
    raise AssertionError(f"not at {node}: {moving.read()}")


@pytest.mark.parametrize("address", (VIP, "fd00::10"))
def test_routes_go_to_one_node_and_then_to_the_other(world: World, address: str) -> None:
    moving = mover(world, ROUTES, address=address, tables=(world.table,))
    assert moving.read().places == {world.table: ""}
    assert [drive(moving, node) for node in "aba"] == [1, 1, 1]


def test_routes_that_lead_nowhere_or_elsewhere_are_seen(world: World) -> None:
    moving = mover(world, ROUTES, address=VIP, tables=(world.table,))
    drive(moving, "a")
    world.client.replace_route(
        RouteTableId=world.table,
        DestinationCidrBlock=f"{VIP}/32",
        NetworkInterfaceId=world.far,
    )
    assert moving.read().places == {world.table: world.far}
    drive(moving, "b")
    world.terminate(world.instances[1])
    assert moving.read().places == {world.table: ""}
    assert drive(moving, "a") == 1


@pytest.mark.parametrize(("address", "sends"), ((PRIVATE, 1), (PRIVATE6, 2)))
def test_a_secondary_address_goes_to_one_node_and_then_to_the_other(
    world: World, address: str, sends: int
) -> None:
    moving = mover(world, SECONDARY, address=address, subnet=world.subnet)
    for node in "aba":
        assert drive(moving, node) <= sends


def test_the_elastic_ip_address_goes_along(world: World) -> None:
    moving = mover(world, SECONDARY, address=PRIVATE, subnet=world.subnet, allocation=world.elastic)
    for node, interface in (("a", world.first), ("b", world.second)):
        drive(moving, node)
        (found,) = world.client.describe_addresses(AllocationIds=[world.elastic])["Addresses"]
        assert (found["NetworkInterfaceId"], found["PrivateIpAddress"]) == (interface, PRIVATE)


def test_an_interface_goes_from_one_instance_to_the_other(world: World) -> None:
    moving = mover(world, INTERFACE, interface=world.moving)
    for node, instance in zip("aba", (0, 1, 0), strict=True):
        drive(moving, node)
        (found,) = world.client.describe_network_interfaces(NetworkInterfaceIds=[world.moving])[
            "NetworkInterfaces"
        ]
        assert found["Attachment"]["InstanceId"] == world.instances[instance]


def test_the_states_of_nodes_are_known_and_a_fenced_one_stops(world: World) -> None:
    of = service(world, ROUTES, address=VIP, tables=(world.table,))
    directory = Ec2Directory(world.client, of)
    assert directory.states() == {"a": "running", "b": "running"}
    Ec2Fencer(world.client, of).stop("a")
    assert directory.states()["a"] in {"stopping", "stopped"}
    world.terminate(world.instances[1])
    assert directory.states()["b"] == "terminated"
