"""What there is in the Region of `FakeEc2Network`, what is true of it, and its trouble."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.fakes.ec2_network_calls import UNREACHABLE, Call, Trouble, error, refuse
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
)

if TYPE_CHECKING:
    from typing_extensions import Self

    from ddns.ports import Clock

_ENDPOINT: Final = "https://ec2.us-east-1.amazonaws.com/"


class World:
    """The state, and how a test makes, changes and sees it; the operations stand elsewhere."""

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
        self.lock = threading.Lock()

    def copy(self, clock: Clock) -> Self:
        """Return a twin at another clock: the same world, script and delays; no hook, no log."""
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.clock, twin.on_call, twin.calls = clock, None, []
        twin.state = self.state.copy()
        twin.stuck = set(self.stuck)
        twin._scripts = {name: list(each) for name, each in self._scripts.items()}
        twin.lock = threading.Lock()
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

    def begin(self, operation: str, parameters: Mapping[str, Any]) -> Trouble | None:
        if self.on_call:
            self.on_call(operation, "before")
        if self.latency:
            self.clock.sleep(self.latency)
        with self.lock:
            self.calls.append(Call(operation, parameters, self.clock.now()))
            if self.away:
                return UNREACHABLE
            script = self._scripts.get(operation)
            return script.pop(0) if script else None

    def end(self, operation: str, trouble: Trouble | None) -> None:
        if self.on_call:
            self.on_call(operation, "after")
        if trouble is None:
            return
        if trouble.code:
            raise error(trouble.code, "scripted", trouble.status, operation)
        if trouble.done:
            raise ReadTimeoutError(endpoint_url=_ENDPOINT)
        raise ConnectTimeoutError(endpoint_url=_ENDPOINT)

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
            refuse("InvalidNetworkInterfaceID.NotFound", message)
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

    def _blackhole(self, interface: str, moment: float) -> bool:
        attachment = self._attachment_at(interface, moment)
        if not attachment or attachment.status == "attaching":
            return True
        return at(self.state.instances[attachment.instance], moment) != "running"

    def _latest_holder(self, private: str) -> str:
        """Return where an address is or, where it is on its way, will be."""
        past = self.state.holders.get(address(private))
        return past[-1][1] if past else ""

    def _attachment_at(self, interface: str, moment: float) -> Attachment | None:
        past = self.state.attachments.get(interface)
        return at(past, moment) if past else None

    def _instance_state(self, instance: str) -> str:
        return at(self.state.instances[instance], self.clock.now())
