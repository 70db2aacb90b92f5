"""`FakeEc2Network`: the strict stand-in for `boto3.client("ec2")` where addresses move.

Routes, private addresses, Elastic IP addresses and interfaces, in virtual time. It is cheap to make
and to copy: an exploration takes a new one for each of its tens of thousands of schedules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.ec2_network_addresses import Addresses
from tests.fakes.ec2_network_calls import (
    BROKEN,
    LOST,
    THROTTLED,
    UNAVAILABLE,
    UNREACHABLE,
    Call,
    Trouble,
)
from tests.fakes.ec2_network_interfaces import Interfaces
from tests.fakes.ec2_network_routes import Routes

if TYPE_CHECKING:
    from ddns.ports import Clock

__all__ = [
    "BROKEN",
    "LOST",
    "THROTTLED",
    "UNAVAILABLE",
    "UNREACHABLE",
    "Call",
    "FakeEc2Network",
    "Trouble",
    "one_subnet",
    "two_zones",
]


class FakeEc2Network(Routes, Addresses, Interfaces):
    """EC2 as a boto3 client sees it, in memory: what the service refuses is refused.

    Args:
        clock: the time of everything; nothing waits for it but a call's ``latency``.
        lag: how old, in seconds, what the Describe operations show is ("Eventual consistency" in
            the EC2 Developer Guide: a change may not be visible at once).
        latency: how long a call takes before it has an effect. Calls side by side take it one
            after another.
        assign_delay: how long a private address takes to move (API Reference,
            AssignPrivateIpAddresses: "an asynchronous operation").
        attach_time: how long an interface is "attaching".
        detach_time: how long it is "detaching".
        force_time: how long it is so where it is detached by force.
        stop_time: how long an instance is "stopping".
        on_call: called with the operation (as boto3 spells it) and "before" or "after", outside of
            any lock; it may block, and it may raise to end its caller. "after" comes when the
            operation had its effect, or was refused, and before the caller knows.

    Every delay is an attribute, too, and may be changed at any time.

    Rules, from the EC2 API Reference unless another source is named:

    * CreateRoute: RouteAlreadyExists where the table has a route for the block ("Error codes").
      Exactly one target. The block is made canonical. A route for a part of the VPC's own range
      has to match a whole subnet (VPC User Guide, "Configure route tables").
    * ReplaceRoute: without such a route InvalidParameterValue, "There is no route defined for";
      the documentation has InvalidRoute.NotFound, which ``missing_route`` brings. The first is what
      AWS did when moto's maintainers asked it by hand (getmoto/moto, pull request 6425).
    * Both: InvalidRouteTableID.NotFound, InvalidNetworkInterfaceID.NotFound, InvalidParameterValue
      for an interface of another VPC. An interface that is at no instance is taken.
    * DescribeRouteTables: a route whose target is not available is a "blackhole" (Route,
      ``State``); an interface that was deleted still stands in it. That of an instance that is
      stopped counts as not available here; the documentation speaks of terminated ones only.
    * AssignPrivateIpAddresses: an address of another interface moves with AllowReassignment alone,
      some time later, and its Elastic IP address with it. A primary address never moves. It has to
      lie within the subnet of the interface. The reference names no code: InvalidParameterValue.
    * AssignIpv6Addresses has no such flag: an address of another interface is refused.
    * UnassignPrivateIpAddresses, UnassignIpv6Addresses: of an address that is not there,
      InvalidParameterValue (no code is documented).
    * AssociateAddress: the private address has to be at the interface; to do it again is no error;
      with AllowReassociation off, Resource.AlreadyAssociated ("Error codes").
    * AttachNetworkInterface: InvalidNetworkInterface.InUse where it is at an instance, also while
      it is being detached; the same Availability Zone; a device index that is free; an instance
      that runs or is stopped (IncorrectState).
    * DetachNetworkInterface: InvalidAttachmentID.NotFound; never the primary interface
      (OperationNotPermitted); twice only by force (IncorrectState). It takes time; from an instance
      whose system hangs (``stuck``) it never ends but by force.
    * StopInstances: IncorrectInstanceState for one that is pending, or gone. A terminated instance
      gives back what interfaces it had: those made with it are deleted, others are available.
    * An id that does not exist is an error; a filter by it finds nothing.
    * Source/destination check: EC2 takes the route, and the traffic does not arrive
      (``delivered``).
    """


def two_zones(clock: Clock, *, tables: int = 2, **delays: float) -> FakeEc2Network:
    """Return a VPC with an instance in each of two zones, and route tables.

    ``i-a`` (``eni-a``, 10.0.1.5) is in zone a, ``i-b`` (``eni-b``, 10.0.2.5) in zone b; the tables
    are ``rtb-1``, ``rtb-2``. 192.168.100.10 and fd00::10 are outside of the VPC.
    """
    made = FakeEc2Network(clock, on_call=None, **delays)
    made.add_vpc("vpc-1", "10.0.0.0/16")
    for number, letter in enumerate("ab", 1):
        ipv6 = f"2600:1f00:0:{number}::/64"
        made.add_subnet(f"subnet-{letter}", "vpc-1", f"zone-{letter}", f"10.0.{number}.0/24", ipv6)
        made.add_instance(f"i-{letter}", f"subnet-{letter}", f"10.0.{number}.5")
    for number in range(1, tables + 1):
        made.add_table(f"rtb-{number}", "vpc-1")
    return made


def one_subnet(clock: Clock, **delays: float) -> FakeEc2Network:
    """Return a VPC with two instances in one subnet, an Elastic IP address and a spare interface.

    ``i-a`` (``eni-a``, 10.0.1.5) and ``i-b`` (``eni-b``, 10.0.1.6) are in ``subnet-a``, which is
    10.0.1.0/24 and 2600:1f00:0:1::/64; ``eipalloc-1`` points nowhere; ``eni-moving`` (10.0.1.9) is
    at no instance.
    """
    made = FakeEc2Network(clock, on_call=None, **delays)
    made.add_vpc("vpc-1", "10.0.0.0/16")
    made.add_subnet("subnet-a", "vpc-1", "zone-a", "10.0.1.0/24", "2600:1f00:0:1::/64")
    made.add_instance("i-a", "subnet-a", "10.0.1.5")
    made.add_instance("i-b", "subnet-a", "10.0.1.6")
    made.add_elastic_ip("eipalloc-1")
    made.add_interface("eni-moving", "subnet-a", "10.0.1.9")
    return made
