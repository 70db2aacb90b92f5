"""EC2's network for each kind of service address, and where the address is in truth."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.failover.wire import Wire
from ddns.core.failover.places import INTERFACE, ROUTES, SECONDARY, Node, ServiceAddress
from tests.fakes.ec2_network import FakeEc2Network, one_subnet, two_zones

OVERLAY, BLOCK = "192.168.100.10", "192.168.100.10/32"
_IN_SUBNET, _ELASTIC, _MOVING = "10.0.1.100", "eipalloc-1", "eni-moving"
_ZONES = (Node("a", "10.0.1.5", "i-a"), Node("b", "10.0.2.5", "i-b"))
_SUBNET = (Node("a", "10.0.1.5", "i-a"), Node("b", "10.0.1.6", "i-b"))
_LONG_LAG = 1 / 20


def service_of(kind: str, tables: int) -> ServiceAddress:
    """Return a service address of a kind, for routes in so many tables."""
    if kind == ROUTES:
        return ServiceAddress("Vip", kind, _ZONES, OVERLAY, tuple(map(_table, range(tables))))
    if kind == SECONDARY:
        return ServiceAddress(
            "Vip", kind, _SUBNET, _IN_SUBNET, subnet="subnet-a", allocation=_ELASTIC
        )
    return ServiceAddress("Vip", kind, _SUBNET, interface=_MOVING)


def network_of(service: ServiceAddress, wire: Wire, clock: VirtualClock) -> FakeEc2Network:
    """Return EC2's network with a service address at node ``a``."""
    draw, parameters = wire.draw, wire.parameters
    lag = parameters.ec2_lag_long if draw.random() < _LONG_LAG else parameters.ec2_lag
    seconds = draw.uniform(*lag)
    if service.kind == ROUTES:
        made = two_zones(clock, tables=len(service.tables))
        for table in service.tables:
            made.set_route(table, BLOCK, "eni-a")
    else:
        made = one_subnet(clock)
        made.assign_delay = draw.uniform(*parameters.assign)
    if service.kind == SECONDARY:
        made.set_holder(_IN_SUBNET, "eni-a")
        made.associate_address(
            AllocationId=_ELASTIC, NetworkInterfaceId="eni-a", PrivateIpAddress=_IN_SUBNET
        )
    if service.kind == INTERFACE:
        made.attach_network_interface(
            NetworkInterfaceId=_MOVING, InstanceId="i-a", DeviceIndex=service.device_index
        )
        made.attach_time = draw.uniform(*parameters.attach)
        made.detach_time = draw.uniform(*parameters.detach)
        made.force_time = draw.uniform(*parameters.force)
    made.lag = seconds
    return made


def delivered(network: FakeEc2Network, service: ServiceAddress) -> Mapping[str, str]:
    """Return which node gets the packets of each place now, "" where none does."""
    if service.kind == ROUTES:
        return {each: network.delivered(each, BLOCK)[2:] for each in service.tables}
    if service.kind == SECONDARY:
        elastic = network.elastic_ip(_ELASTIC)
        at = elastic.interface if elastic.private == _IN_SUBNET else ""
        return {service.subnet: network.holder(_IN_SUBNET)[4:], _ELASTIC: at[4:]}
    attachment = network.attachment(_MOVING)
    attached = attachment is not None and attachment.status == "attached"
    return {_MOVING: attachment.instance[2:] if attachment and attached else ""}


def is_split(network: FakeEc2Network, service: ServiceAddress) -> bool:
    """Tell whether places disagree, as they were written."""
    if service.kind != ROUTES:
        return len(set(delivered(network, service).values())) > 1
    return len({network.route(table, BLOCK) for table in service.tables}) > 1


def _table(number: int) -> str:
    return f"rtb-{number + 1}"
