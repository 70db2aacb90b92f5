"""`FakeEc2Network`: the strict stand-in for `boto3.client("ec2")` where addresses move.

Routes, private addresses, Elastic IP addresses and interfaces, in virtual time. It is cheap to make
and to copy: an exploration takes a new one for each of its tens of thousands of schedules.
"""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, ParamSpec, TypeVar

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from tests.fakes.ec2_network_state import (
    NOWHERE,
    Attachment,
    Elastic,
    Interface,
    State,
    Subnet,
    address,
    at,
    changed,
    network,
    within,
)

if TYPE_CHECKING:
    from ddns.ports import Clock

_P = ParamSpec("_P")
_R = TypeVar("_R")
_ENDPOINT: Final = "https://ec2.us-east-1.amazonaws.com/"
_DEAD: Final = ("shutting-down", "terminated")
# "Filter" in the API Reference: 200 values at most.
_FILTER_VALUES: Final = 200
_CODES: Final = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}


class Trouble(NamedTuple):
    """What becomes of a call instead of its answer.

    Attributes:
        code: the error's code; empty where no answer comes.
        status: the HTTP status.
        done: whether EC2 did what was asked for.
    """

    code: str = ""
    status: int = 400
    done: bool = False


THROTTLED = Trouble("RequestLimitExceeded", 503)
"""The request rate is above the account's: nothing was done."""
UNAVAILABLE = Trouble("Unavailable", 503)
"""The server is overloaded: nothing was done."""
UNREACHABLE = Trouble()
"""No connection: nothing was done."""
LOST = Trouble(done=True)
"""It was done, and the answer did not come in time."""
BROKEN = Trouble("InternalError", 500, done=True)
"""It was done, and the server says that something went wrong."""


class Call(NamedTuple):
    """A call that was made, at a time of the clock."""

    operation: str
    parameters: Mapping[str, Any]
    at: float


class _Refused(Exception):  # noqa: N818 - the service refuses; nothing went wrong here
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _operation(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a method a call of the API: hooks, the log, scripted trouble, latency, errors."""
    name = method.__name__

    @wraps(method)
    def call(*args: _P.args, **parameters: _P.kwargs) -> _R:
        fake: FakeEc2Network = args[0]  # type: ignore[assignment]
        trouble = fake._begin(name, parameters)
        if trouble and not trouble.done:
            fake._end(name, trouble)
        try:
            with fake._lock:
                answer = method(*args, **parameters)
        except _Refused as err:
            fake._end(name, trouble)
            raise _error(err.code, str(err), 400, name) from None
        fake._end(name, trouble)
        return answer

    return call


def _error(code: str, message: str, status: int, operation: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        operation,
    )


class FakeEc2Network:
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
    * StopInstances: IncorrectInstanceState for one that is gone. A terminated instance gives back
      what interfaces it had: those made with it are deleted, others are available.
    * An id that does not exist is an error; a filter by it finds nothing.
    * Source/destination check: EC2 takes the route, and the traffic does not arrive
      (``delivered``).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        lag: float = 0.0,
        latency: float = 0.0,
        assign_delay: float = 0.0,
        attach_time: float = 0.0,
        detach_time: float = 0.0,
        force_time: float = 0.0,
        stop_time: float = 0.0,
        on_call: Callable[[str, str], None] | None = None,
    ) -> None:
        self.clock = clock
        self.lag = lag
        self.latency = latency
        self.assign_delay = assign_delay
        self.attach_time = attach_time
        self.detach_time = detach_time
        self.force_time = force_time
        self.stop_time = stop_time
        self.on_call = on_call
        self.away = False
        self.missing_route = "InvalidParameterValue"
        self.stuck: set[str] = set()
        self.calls: list[Call] = []
        self.state = State()
        self._scripts: dict[str, list[Trouble | None]] = {}
        self._attached = 0
        self._lock = threading.Lock()

    def copy(self, clock: Clock) -> FakeEc2Network:
        """Return a twin at another clock: the same world, script and delays; no hook, no log."""
        twin = FakeEc2Network.__new__(FakeEc2Network)
        twin.__dict__.update(self.__dict__)
        twin.clock, twin.on_call, twin.calls = clock, None, []
        twin.state = self.state.copy()
        twin.stuck = set(self.stuck)
        twin._scripts = {name: list(each) for name, each in self._scripts.items()}
        twin._lock = threading.Lock()
        return twin

    # ------------------------------------------------------------ what there is

    def add_vpc(self, vpc: str, *cidrs: str) -> None:
        """Make a VPC with its address ranges."""
        self.state.vpcs[vpc] = tuple(map(network, cidrs))

    def add_subnet(self, subnet: str, vpc: str, zone: str, cidr: str, ipv6: str = "") -> None:
        """Make a subnet in an Availability Zone."""
        block = network(ipv6) if ipv6 else ""
        self.state.subnets[subnet] = Subnet(vpc, zone, network(cidr), block)

    def add_table(self, table: str, vpc: str) -> None:
        """Make a route table."""
        self.state.tables[table] = vpc

    def add_interface(
        self, interface: str, subnet: str, private: str, *, source_dest_check: bool = False
    ) -> None:
        """Make an interface with a primary address, at no instance."""
        made = Interface(subnet, address(private), source_dest_check, delete_on_termination=False)
        self.state.interfaces[interface] = made
        self.state.attachments[interface] = ((0.0, None),)

    def add_instance(
        self, instance: str, subnet: str, private: str, *, source_dest_check: bool = False
    ) -> str:
        """Launch an instance; return its primary interface (``eni-a`` for ``i-a``)."""
        interface = f"eni-{instance.removeprefix('i-')}"
        self.add_interface(interface, subnet, private, source_dest_check=source_dest_check)
        made = self.state.interfaces[interface]
        self.state.interfaces[interface] = made._replace(delete_on_termination=True)
        attachment = Attachment(self._attachment_id(), instance, 0, "attached")
        self.state.attachments[interface] = ((0.0, attachment),)
        self.state.instance_subnets[instance] = subnet
        self.state.instances[instance] = ((0.0, "running"),)
        return interface

    def add_elastic_ip(self, allocation: str) -> None:
        """Allocate an Elastic IP address."""
        self.state.elastic[allocation] = ((0.0, NOWHERE),)

    def set_state(self, instance: str, state: str) -> None:
        """Put an instance into a state at once, as if somebody else or a failure had done it."""
        self._put(self.state.instances, instance, state)
        if state == "terminated":
            for interface in list(self.state.interfaces):
                attachment = self.attachment(interface)
                if attachment and attachment.instance == instance:
                    self._put(self.state.attachments, interface, None)
                    if self.state.interfaces[interface].delete_on_termination:
                        self._delete_interface(interface)

    def set_route(self, table: str, block: str, target: str) -> None:
        """Have a route point somewhere at once, or be gone (""), as if somebody else did it."""
        key = table, network(block)
        self.state.routes.setdefault(key, ((0.0, ""),))
        self._put(self.state.routes, key, target)

    def set_holder(self, private: str, interface: str) -> None:
        """Have an address at an interface at once, or nowhere (""), as if somebody else did it."""
        self.state.holders.setdefault(address(private), ((0.0, ""),))
        self._put(self.state.holders, address(private), interface)

    def forget(self, instance: str) -> None:
        """Have a terminated instance shown no more, as EC2 does after about an hour."""
        del self.state.instances[instance], self.state.instance_subnets[instance]

    # ------------------------------------------------------------ what is true now

    def route(self, table: str, block: str) -> str:
        """Return where a route points now: an interface, another target, or nowhere ("")."""
        past = self.state.routes.get((table, network(block)))
        return at(past, self.clock.now()) if past else ""

    def delivered(self, table: str, block: str) -> str:
        """Return the instance that gets the packets of a route now, "" where they are dropped."""
        interface = self.route(table, block)
        found = self.state.interfaces.get(interface)
        if not found or found.source_dest_check or self._blackhole(interface, self.clock.now()):
            return ""
        attachment = self.attachment(interface)
        return attachment.instance if attachment else ""

    def holder(self, private: str) -> str:
        """Return the interface that a secondary address is at now, "" where it is nowhere."""
        past = self.state.holders.get(address(private))
        return at(past, self.clock.now()) if past else ""

    def attachment(self, interface: str) -> Attachment | None:
        """Return where an interface is attached now."""
        past = self.state.attachments.get(interface)
        return at(past, self.clock.now()) if past else None

    def elastic_ip(self, allocation: str) -> Elastic:
        """Return where an Elastic IP address points now."""
        return at(self.state.elastic[allocation], self.clock.now())

    # ------------------------------------------------------------ trouble

    def script(self, operation: str, *troubles: Trouble | None) -> None:
        """Say what the next calls of an operation meet, in turn; None is no trouble."""
        self._scripts.setdefault(operation, []).extend(troubles)

    def made(self, operation: str) -> list[Mapping[str, Any]]:
        """Return the parameters of the calls of an operation, in their order."""
        return [call.parameters for call in self.calls if call.operation == operation]

    def _begin(self, operation: str, parameters: Mapping[str, Any]) -> Trouble | None:
        if self.on_call:
            self.on_call(operation, "before")
        if self.latency:
            self.clock.sleep(self.latency)
        with self._lock:
            self.calls.append(Call(operation, parameters, self.clock.now()))
            if self.away:
                return UNREACHABLE
            script = self._scripts.get(operation)
            return script.pop(0) if script else None

    def _end(self, operation: str, trouble: Trouble | None) -> None:
        if self.on_call:
            self.on_call(operation, "after")
        if trouble is None:
            return
        if trouble.code:
            raise _error(trouble.code, "scripted", trouble.status, operation)
        if trouble.done:
            raise ReadTimeoutError(endpoint_url=_ENDPOINT)
        raise ConnectTimeoutError(endpoint_url=_ENDPOINT)

    # ------------------------------------------------------------ routes

    @_operation
    def create_route(
        self,
        *,
        RouteTableId: str,
        NetworkInterfaceId: str,
        DestinationCidrBlock: str = "",
        DestinationIpv6CidrBlock: str = "",
    ) -> dict[str, Any]:
        key, past = self._route(
            RouteTableId, NetworkInterfaceId, DestinationCidrBlock, DestinationIpv6CidrBlock
        )
        if past and at(past, self.clock.now()):
            _refuse("RouteAlreadyExists", f"The route identified by {key[1]} already exists.")
        self._check_own_range(RouteTableId, key[1])
        self.state.routes.setdefault(key, ((0.0, ""),))
        self._put(self.state.routes, key, NetworkInterfaceId)
        return {"Return": True}

    @_operation
    def replace_route(
        self,
        *,
        RouteTableId: str,
        NetworkInterfaceId: str,
        DestinationCidrBlock: str = "",
        DestinationIpv6CidrBlock: str = "",
    ) -> dict[str, Any]:
        key, past = self._route(
            RouteTableId, NetworkInterfaceId, DestinationCidrBlock, DestinationIpv6CidrBlock
        )
        if not past or not at(past, self.clock.now()):
            message = f"There is no route defined for '{key[1]}' in the route table."
            _refuse(self.missing_route, f"{message} Use CreateRoute instead.")
        self._put(self.state.routes, key, NetworkInterfaceId)
        return {}

    @_operation
    def describe_route_tables(
        self,
        *,
        RouteTableIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        tables = _chosen(self.state.tables, RouteTableIds, "InvalidRouteTableID.NotFound")
        tables = _filtered(tables, Filters, {"route-table-id": _themselves(tables)})
        return {"RouteTables": [self._table(each) for each in sorted(tables)]}

    def _route(
        self, table: str, interface: str, ipv4: str, ipv6: str
    ) -> tuple[tuple[str, str], Any]:
        if bool(ipv4) == bool(ipv6):
            _refuse("MissingParameter", "exactly one destination is needed")
        block = network(ipv4 or ipv6)
        if (":" in block) != bool(ipv6):
            _refuse("InvalidParameterValue", f"Invalid CIDR block: {block}")
        if table not in self.state.tables:
            _refuse("InvalidRouteTableID.NotFound", f"The routeTable ID '{table}' does not exist")
        vpc = self.state.subnets[self._interface(interface).subnet].vpc
        if vpc != self.state.tables[table]:
            message = f"route table {table} and interface {interface} belong to different networks"
            _refuse("InvalidParameterValue", message)
        return (table, block), self.state.routes.get((table, block))

    def _check_own_range(self, table: str, block: str) -> None:
        vpc = self.state.tables[table]
        own = [each for each in self.state.subnets.values() if each.vpc == vpc]
        ranges = {*self.state.vpcs[vpc], *(each.ipv6 for each in own if each.ipv6)}
        if any(within(block, each) for each in ranges):
            blocks = {each.cidr for each in own} | {each.ipv6 for each in own}
            if block not in blocks:
                message = f"The destination CIDR block {block} is equal to or more specific than"
                message += " one of this VPC's CIDR blocks; it must match a subnet's"
                _refuse("InvalidParameterValue", message)

    def _table(self, table: str) -> dict[str, Any]:
        seen, vpc = self._seen, self.state.tables[table]
        routes: list[dict[str, Any]] = [
            {
                "DestinationCidrBlock": each,
                "GatewayId": "local",
                "Origin": "CreateRouteTable",
                "State": "active",
            }
            for each in self.state.vpcs[vpc]
        ]
        for (owner, block), past in self.state.routes.items():
            if owner == table and (target := at(past, seen)):
                routes.append(self._shown_route(block, target, seen))
        return {"RouteTableId": table, "VpcId": vpc, "Routes": routes}

    def _shown_route(self, block: str, target: str, seen: float) -> dict[str, Any]:
        kind = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
        shown = {kind: block, "Origin": "CreateRoute", "State": "active"}
        if not target.startswith("eni-"):
            return {**shown, "TransitGatewayId": target}
        if self._blackhole(target, seen):
            shown["State"] = "blackhole"
        attachment = self._attachment_at(target, seen)
        if attachment:
            shown["InstanceId"] = attachment.instance
        return {**shown, "NetworkInterfaceId": target}

    def _blackhole(self, interface: str, moment: float) -> bool:
        attachment = self._attachment_at(interface, moment)
        if not attachment or attachment.status == "attaching":
            return True
        return at(self.state.instances[attachment.instance], moment) != "running"

    # ------------------------------------------------------------ addresses

    @_operation
    def assign_private_ip_addresses(
        self,
        *,
        NetworkInterfaceId: str,
        PrivateIpAddresses: Sequence[str],
        AllowReassignment: bool = False,
    ) -> dict[str, Any]:
        for private in PrivateIpAddresses:
            self._check_in_subnet(NetworkInterfaceId, private)
            holder = self._latest_holder(private)
            if holder and holder != NetworkInterfaceId and not AllowReassignment:
                _refuse("InvalidParameterValue", f"{private} is assigned to another interface")
            delay = self.assign_delay if holder != NetworkInterfaceId else 0.0
            self._move(private, NetworkInterfaceId, delay)
        assigned = [{"PrivateIpAddress": each} for each in PrivateIpAddresses]
        return {
            "NetworkInterfaceId": NetworkInterfaceId,
            "AssignedPrivateIpAddresses": assigned,
        }

    @_operation
    def unassign_private_ip_addresses(
        self, *, NetworkInterfaceId: str, PrivateIpAddresses: Sequence[str]
    ) -> dict[str, Any]:
        self._unassign(NetworkInterfaceId, PrivateIpAddresses)
        return {}

    @_operation
    def assign_ipv6_addresses(
        self, *, NetworkInterfaceId: str, Ipv6Addresses: Sequence[str]
    ) -> dict[str, Any]:
        for each in Ipv6Addresses:
            self._check_in_subnet(NetworkInterfaceId, each)
            holder = self._latest_holder(each)
            if holder and holder != NetworkInterfaceId:
                _refuse("InvalidParameterValue", f"{each} is assigned to another interface")
            self._move(each, NetworkInterfaceId, self.assign_delay)
        return {
            "NetworkInterfaceId": NetworkInterfaceId,
            "AssignedIpv6Addresses": list(Ipv6Addresses),
        }

    @_operation
    def unassign_ipv6_addresses(
        self, *, NetworkInterfaceId: str, Ipv6Addresses: Sequence[str]
    ) -> dict[str, Any]:
        self._unassign(NetworkInterfaceId, Ipv6Addresses)
        return {
            "NetworkInterfaceId": NetworkInterfaceId,
            "UnassignedIpv6Addresses": list(Ipv6Addresses),
        }

    @_operation
    def associate_address(
        self,
        *,
        AllocationId: str,
        NetworkInterfaceId: str,
        PrivateIpAddress: str = "",
        AllowReassociation: bool = True,
    ) -> dict[str, Any]:
        if AllocationId not in self.state.elastic:
            _refuse("InvalidAllocationID.NotFound", f"'{AllocationId}' does not exist")
        found = self._interface(NetworkInterfaceId)
        private = address(PrivateIpAddress or found.address)
        if private != found.address and self.holder(private) != NetworkInterfaceId:
            _refuse("InvalidParameterValue", f"{private} is not at {NetworkInterfaceId}")
        to, before = Elastic(NetworkInterfaceId, private), self.elastic_ip(AllocationId)
        if before not in (NOWHERE, to) and not AllowReassociation:
            _refuse("Resource.AlreadyAssociated", f"{AllocationId} is associated already")
        for other in self.state.elastic:
            if self.elastic_ip(other) == to:
                self._put(self.state.elastic, other, NOWHERE)
        self._put(self.state.elastic, AllocationId, to)
        return {"AssociationId": f"eipassoc-{AllocationId.removeprefix('eipalloc-')}"}

    @_operation
    def describe_addresses(
        self,
        *,
        AllocationIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        found = _chosen(self.state.elastic, AllocationIds, "InvalidAllocationID.NotFound")
        found = _filtered(found, Filters, {"allocation-id": _themselves(found)})
        return {"Addresses": [self._shown_elastic(each) for each in sorted(found)]}

    def _shown_elastic(self, allocation: str) -> dict[str, Any]:
        shown: dict[str, Any] = {"AllocationId": allocation, "Domain": "vpc"}
        seen = at(self.state.elastic[allocation], self._seen)
        if seen == NOWHERE:
            return shown
        return {
            **shown,
            "AssociationId": f"eipassoc-{allocation.removeprefix('eipalloc-')}",
            "NetworkInterfaceId": seen.interface,
            "PrivateIpAddress": seen.private,
        }

    def _check_in_subnet(self, interface: str, private: str) -> None:
        subnet = self.state.subnets[self._interface(interface).subnet]
        block = subnet.ipv6 if ":" in private else subnet.cidr
        if not block or not within(address(private), block):
            _refuse("InvalidParameterValue", f"{private} is not in the subnet {block}")
        primaries = {each.address for each in self.state.interfaces.values()}
        if address(private) in primaries:
            _refuse("InvalidParameterValue", f"{private} is the primary address of an interface")

    def _latest_holder(self, private: str) -> str:
        """Return where an address is or, where it is on its way, will be."""
        past = self.state.holders.get(address(private))
        return past[-1][1] if past else ""

    def _move(self, private: str, interface: str, delay: float) -> None:
        private = address(private)
        self.state.holders.setdefault(private, ((0.0, ""),))
        if self._latest_holder(private) != interface:
            self._put(self.state.holders, private, interface, delay)
        for allocation in self.state.elastic:
            if (now := self.elastic_ip(allocation)).private == private and now.interface:
                self._put(self.state.elastic, allocation, Elastic(interface, private), delay)

    def _unassign(self, interface: str, addresses: Sequence[str]) -> None:
        self._interface(interface)
        for each in addresses:
            if self._latest_holder(each) != interface:
                _refuse("InvalidParameterValue", f"{each} is not at {interface}")
            self._put(self.state.holders, address(each), "")
            for allocation in self.state.elastic:
                if self.elastic_ip(allocation) == Elastic(interface, address(each)):
                    self._put(self.state.elastic, allocation, NOWHERE)

    # ------------------------------------------------------------ interfaces

    @_operation
    def attach_network_interface(
        self, *, NetworkInterfaceId: str, InstanceId: str, DeviceIndex: int
    ) -> dict[str, Any]:
        found = self._interface(NetworkInterfaceId)
        if InstanceId not in self.state.instances:
            _refuse("InvalidInstanceID.NotFound", f"The instance ID '{InstanceId}' does not exist")
        if self.attachment(NetworkInterfaceId):
            _refuse("InvalidNetworkInterface.InUse", f"{NetworkInterfaceId} is currently in use.")
        subnets = self.state.subnets
        zone = subnets[self.state.instance_subnets[InstanceId]].zone
        if subnets[found.subnet].zone != zone:
            message = "You may not attach a network interface to an instance if they are not in"
            _refuse("InvalidParameterCombination", f"{message} the same availability zone")
        if self._instance_state(InstanceId) not in ("running", "stopped"):
            _refuse("IncorrectState", f"Instance '{InstanceId}' is neither running nor stopped.")
        if DeviceIndex in self._device_indexes(InstanceId):
            message = f"Instance '{InstanceId}' already has an interface attached at device index"
            _refuse("InvalidParameterValue", f"{message} '{DeviceIndex}'.")
        made = Attachment(self._attachment_id(), InstanceId, DeviceIndex, "attaching")
        self._put(self.state.attachments, NetworkInterfaceId, made)
        self._follow(
            self.state.attachments,
            NetworkInterfaceId,
            made._replace(status="attached"),
            self.attach_time,
        )
        return {"AttachmentId": made.id, "NetworkCardIndex": 0}

    @_operation
    def detach_network_interface(self, *, AttachmentId: str, Force: bool = False) -> dict[str, Any]:
        interface, found = self._attachment_by_id(AttachmentId)
        if found.device_index == 0:
            message = "The network interface at device index 0 cannot be detached."
            _refuse("OperationNotPermitted", message)
        if found.status != "attached" and not Force:
            _refuse("IncorrectState", f"{AttachmentId} is {found.status}")
        self._put(self.state.attachments, interface, found._replace(status="detaching"))
        if Force or interface not in self.stuck:
            time = self.force_time if Force else self.detach_time
            self._follow(self.state.attachments, interface, None, time)
        return {}

    @_operation
    def describe_network_interfaces(
        self,
        *,
        NetworkInterfaceIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        found = _chosen(
            self.state.interfaces, NetworkInterfaceIds, "InvalidNetworkInterfaceID.NotFound"
        )
        shown = {each: self._shown_interface(each) for each in found}
        found = _filtered(
            found,
            Filters,
            {
                "network-interface-id": _themselves(found),
                "subnet-id": _by(shown, lambda each: [each["SubnetId"]]),
                "addresses.private-ip-address": _by(shown, _private_addresses),
                "ipv6-addresses.ipv6-address": _by(
                    shown, lambda each: [a["Ipv6Address"] for a in each["Ipv6Addresses"]]
                ),
            },
        )
        return {"NetworkInterfaces": [shown[each] for each in sorted(found)]}

    def _shown_interface(self, interface: str) -> dict[str, Any]:
        seen, found = self._seen, self.state.interfaces[interface]
        attachment = self._attachment_at(interface, seen)
        held = [each for each, past in self.state.holders.items() if at(past, seen) == interface]
        addresses = [{"PrivateIpAddress": found.address, "Primary": True}]
        addresses += [{"PrivateIpAddress": e, "Primary": False} for e in held if ":" not in e]
        shown: dict[str, Any] = {
            "NetworkInterfaceId": interface,
            "SubnetId": found.subnet,
            "VpcId": self.state.subnets[found.subnet].vpc,
            "AvailabilityZone": self.state.subnets[found.subnet].zone,
            "PrivateIpAddress": found.address,
            "PrivateIpAddresses": addresses,
            "Ipv6Addresses": [{"Ipv6Address": each} for each in held if ":" in each],
            "SourceDestCheck": found.source_dest_check,
            "Status": _status(attachment),
        }
        if attachment:
            shown["Attachment"] = _shown_attachment(attachment, found)
        return shown

    def _attachment_at(self, interface: str, moment: float) -> Attachment | None:
        past = self.state.attachments.get(interface)
        return at(past, moment) if past else None

    def _attachment_by_id(self, attachment_id: str) -> tuple[str, Attachment]:
        every = ((each, self.attachment(each)) for each in self.state.attachments)
        for interface, found in every:
            if found and found.id == attachment_id:
                return interface, found
        raise _Refused("InvalidAttachmentID.NotFound", f"'{attachment_id}' does not exist")

    def _device_indexes(self, instance: str) -> set[int]:
        found = map(self.attachment, self.state.attachments)
        return {each.device_index for each in found if each and each.instance == instance}

    # ------------------------------------------------------------ instances

    @_operation
    def describe_instances(
        self,
        *,
        InstanceIds: Sequence[str] = (),
        Filters: Sequence[Mapping[str, Any]] = (),
        MaxResults: int = 1000,
    ) -> dict[str, Any]:
        assert MaxResults
        found = _chosen(self.state.instances, InstanceIds, "InvalidInstanceID.NotFound")
        found = _filtered(found, Filters, {"instance-id": _themselves(found)})
        shown = [self._shown_instance(each) for each in sorted(found)]
        return {"Reservations": [{"Instances": [each]} for each in shown]}

    @_operation
    def stop_instances(self, *, InstanceIds: Sequence[str], Force: bool = False) -> dict[str, Any]:
        assert Force in (True, False)
        _chosen(self.state.instances, InstanceIds, "InvalidInstanceID.NotFound")
        before = {each: self._instance_state(each) for each in InstanceIds}
        for instance, state in before.items():
            if state in _DEAD:
                message = f"The instance '{instance}' is not in a state from which it can be"
                _refuse("IncorrectInstanceState", f"{message} stopped.")
        for instance, state in before.items():
            if state in ("pending", "running"):
                self._put(self.state.instances, instance, "stopping")
                self._follow(self.state.instances, instance, "stopped", self.stop_time)
        return {
            "StoppingInstances": [
                {
                    "InstanceId": each,
                    "PreviousState": {"Name": before[each]},
                    "CurrentState": {"Name": self._instance_state(each)},
                }
                for each in InstanceIds
            ]
        }

    def _instance_state(self, instance: str) -> str:
        return at(self.state.instances[instance], self.clock.now())

    def _shown_instance(self, instance: str) -> dict[str, Any]:
        seen = self._seen
        state = at(self.state.instances[instance], seen)
        shown: dict[str, Any] = {
            "InstanceId": instance,
            "State": {"Name": state, "Code": _CODES[state]},
            "NetworkInterfaces": [],
        }
        for interface in self.state.interfaces if state != "terminated" else ():
            attachment = self._attachment_at(interface, seen)
            if attachment and attachment.instance == instance:
                shown["NetworkInterfaces"].append(self._shown_interface(interface))
        return shown

    # ------------------------------------------------------------ all of them

    @property
    def _seen(self) -> float:
        """The moment that the Describe operations show."""
        return self.clock.now() - self.lag

    def _put(self, where: dict[Any, Any], key: Any, value: Any, delay: float = 0.0) -> None:  # noqa: ANN401 - any of the state's
        now = self.clock.now()
        where[key] = changed(where[key], now + delay, value, now)

    def _follow(self, where: dict[Any, Any], key: Any, value: Any, delay: float) -> None:  # noqa: ANN401 - as above
        """Have a value come after the one that was put now."""
        where[key] = (*where[key], (self.clock.now() + delay, value))

    def _interface(self, interface: str) -> Interface:
        found = self.state.interfaces.get(interface)
        if found is None:
            message = f"The networkInterface ID '{interface}' does not exist"
            _refuse("InvalidNetworkInterfaceID.NotFound", message)
        return found

    def _delete_interface(self, interface: str) -> None:
        del self.state.interfaces[interface]
        for private in self.state.holders:
            if self._latest_holder(private) == interface:
                self._put(self.state.holders, private, "")
        for allocation in self.state.elastic:
            if self.elastic_ip(allocation).interface == interface:
                self._put(self.state.elastic, allocation, NOWHERE)

    def _attachment_id(self) -> str:
        self._attached += 1
        return f"eni-attach-{self._attached}"


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


def _refuse(code: str, message: str) -> NoReturn:
    raise _Refused(code, message)


def _chosen(known: Iterable[str], ids: Sequence[str], code: str) -> set[str]:
    """Return the ids that were asked for, or all; one that does not exist is an error."""
    every = set(known)
    unknown = set(ids) - every
    if unknown:
        _refuse(code, f"{sorted(unknown)} do not exist")
    return set(ids) or every


def _filtered(
    found: set[str],
    filters: Sequence[Mapping[str, Any]],
    known: Mapping[str, Mapping[str, set[str]]],
) -> set[str]:
    """Return the ids that pass all filters; ``known`` has the ids for each value of a filter."""
    for each in filters:
        assert each["Name"] in known, f"the fake knows no filter {each['Name']}"
        assert 0 < len(each["Values"]) <= _FILTER_VALUES
        values = known[each["Name"]]
        found = found & {i for value in each["Values"] for i in values.get(value, ())}
    return found


def _themselves(ids: Iterable[str]) -> dict[str, set[str]]:
    return {each: {each} for each in ids}


def _by(
    shown: Mapping[str, Mapping[str, Any]], values: Callable[[Mapping[str, Any]], Iterable[str]]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each, fields in shown.items():
        for value in values(fields):
            found.setdefault(value, set()).add(each)
    return found


def _private_addresses(shown: Mapping[str, Any]) -> list[str]:
    return [each["PrivateIpAddress"] for each in shown["PrivateIpAddresses"]]


def _status(attachment: Attachment | None) -> str:
    if not attachment:
        return "available"
    return "in-use" if attachment.status == "attached" else attachment.status


def _shown_attachment(attachment: Attachment, interface: Interface) -> dict[str, Any]:
    return {
        "AttachmentId": attachment.id,
        "InstanceId": attachment.instance,
        "DeviceIndex": attachment.device_index,
        "Status": attachment.status,
        "DeleteOnTermination": interface.delete_on_termination,
    }
