"""A secondary address of one subnet and its Elastic IP address, on the strict fake.

moto has a moved address at both interfaces, so it takes no part here.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.ec2_network import ec2_mover
from ddns.adapters.threads import one_by_one
from ddns.core.errors import PermanentError, ThrottledError, UnavailableError
from ddns.core.failover.places import SECONDARY, Node, ServiceAddress
from tests.adapters.crashes import always, crashed
from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import LOST, THROTTLED, FakeEc2Network, one_subnet

if TYPE_CHECKING:
    from ddns.failover.ports import Mover

IPV4, IPV6 = "10.0.1.100", "2600:1f00:0:1::100"
SUBNET, ELASTIC = "subnet-a", "eipalloc-1"
NODES = (Node("a", "10.0.1.5", instance="i-a"), Node("b", "10.0.1.6", instance="i-b"))
# One that sends three times, with time to take effect in between, gets there.
SENDS = 3


def mover(fake: FakeEc2Network, address: str = IPV4, allocation: str = "", **more: Any) -> Mover:  # noqa: ANN401 - fields
    parts = {"nodes": NODES, "subnet": SUBNET, "allocation": allocation, **more}
    service = ServiceAddress("Vip", SECONDARY, address=address, **parts)
    return ec2_mover(fake, service, at_once=one_by_one)  # type: ignore[arg-type]


def drive(fake: FakeEc2Network, moving: Mover, node: str) -> int:
    """Send as the controller does, until all is there; return how often it took."""
    for count in range(1, SENDS + 1):
        with contextlib.suppress(ThrottledError, UnavailableError, PermanentError):
            moving.send(node, always)
        fake.clock.sleep(10)
        if moving.read().all_at(node):
            return count
    raise AssertionError(f"not at {node!r} after {SENDS} times: {moving.read()}")


def start(allocation: str = "", holder: str = "eni-a") -> FakeEc2Network:
    """Return a network in which a node has the address, and the Elastic IP address with it."""
    fake = one_subnet(FakeClock())
    if holder:
        for each in (IPV4, IPV6):
            fake.set_holder(each, holder)
        if allocation:
            fake.associate_address(
                AllocationId=ELASTIC, NetworkInterfaceId=holder, PrivateIpAddress=IPV4
            )
    fake.calls.clear()
    return fake


@pytest.mark.parametrize("address", (IPV4, IPV6))
class TestAddress:
    def test_it_is_moved_there_and_back(self, address: str) -> None:
        fake = start()
        moving = mover(fake, address)
        assert moving.read().places == {SUBNET: "a"}
        for node in ("b", "a"):
            moving.send(node, always)
            assert moving.read().places == {SUBNET: node}
            assert fake.holder(address) == f"eni-{node}"

    def test_what_nobody_has_is_nowhere_and_gets_a_node(self, address: str) -> None:
        fake = start(holder="")
        moving = mover(fake, address)
        assert moving.read().places == {SUBNET: ""}
        moving.send("b", always)
        assert fake.holder(address) == "eni-b"

    def test_at_something_that_is_no_node_it_has_the_interfaces_id(self, address: str) -> None:
        fake = start(holder="eni-moving")
        moving = mover(fake, address)
        assert moving.read().places == {SUBNET: "eni-moving"}
        moving.send("a", always)
        assert moving.read().all_at("a")

    def test_a_move_that_takes_its_time_is_seen_when_it_is_done(self, address: str) -> None:
        fake = start()
        fake.assign_delay = 4
        moving = mover(fake, address)
        moving.send("b", always)
        assert not moving.read().all_at("b")
        fake.clock.sleep(4)
        assert moving.read().all_at("b")

    def test_sending_while_it_is_on_its_way_does_not_hold_it_up(self, address: str) -> None:
        fake = start()
        fake.assign_delay = 4
        moving = mover(fake, address)
        moving.send("b", always)
        fake.clock.sleep(3)
        moving.send("b", always)
        fake.clock.sleep(1)
        assert fake.holder(address) == "eni-b"

    def test_what_ec2_shows_too_late_does_not_end_at_the_wrong_node(self, address: str) -> None:
        fake = start()
        fake.clock.sleep(60)
        moving = mover(fake, address)
        moving.send("b", always)
        fake.clock.sleep(60)
        fake.lag = 5
        moving.send("a", always)
        assert moving.read().all_at("b")
        with contextlib.suppress(PermanentError):
            moving.send("b", always)
        drive(fake, moving, "b")
        assert fake.holder(address) == "eni-b"

    def test_nothing_is_sent_when_it_may_not_be(self, address: str) -> None:
        fake = start()
        mover(fake, address).send("b", lambda: False)
        assert fake.holder(address) == "eni-a"
        assert not [call for call in fake.calls if "describe" not in call.operation]

    def test_it_moves_off_a_node_that_is_terminated(self, address: str) -> None:
        fake = start()
        fake.set_state("i-a", "terminated")
        moving = mover(fake, address)
        assert moving.read().places == {SUBNET: ""}
        assert drive(fake, moving, "b") == 1

    def test_a_node_that_is_terminated_cannot_have_it(self, address: str) -> None:
        fake = start()
        fake.set_state("i-b", "terminated")
        with pytest.raises(PermanentError, match="node 'b' has no interface"):
            mover(fake, address).send("b", always)
        assert fake.holder(address) == "eni-a"


class TestIpv6:
    def test_an_address_that_has_left_its_interface_is_assigned_all_the_same(self) -> None:
        fake = start()
        fake.clock.sleep(60)
        fake.lag = 5
        fake.set_holder(IPV6, "")
        mover(fake, IPV6).send("b", always)
        assert len(fake.made("unassign_ipv6_addresses")) == 1
        assert fake.holder(IPV6) == "eni-b"

    def test_the_first_reason_is_what_is_said(self) -> None:
        fake = start()
        fake.script("unassign_ipv6_addresses", THROTTLED)
        with pytest.raises(ThrottledError):
            mover(fake, IPV6).send("b", always)
        assert fake.holder(IPV6) == "eni-a"


class TestTwoHolders:
    def test_what_two_interfaces_seem_to_have_is_not_yet_anywhere(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = start()
        found = [
            {"NetworkInterfaceId": each, "SubnetId": SUBNET, "Attachment": {}}
            for each in ("eni-a", "eni-b")
        ]
        answer = {"NetworkInterfaces": found}
        monkeypatch.setattr(fake, "describe_network_interfaces", lambda **_: answer)
        assert mover(fake).read().places == {SUBNET: ""}


class TestOtherSubnets:
    def test_the_same_address_of_another_vpc_is_not_ours(self) -> None:
        fake = start(holder="")
        fake.add_vpc("vpc-2", "10.0.0.0/16")
        fake.add_subnet("subnet-z", "vpc-2", "zone-a", "10.0.1.0/24")
        fake.add_interface("eni-z", "subnet-z", IPV4)
        assert mover(fake).read().places == {SUBNET: ""}


class TestElasticIp:
    def test_it_is_a_place_of_its_own(self) -> None:
        fake = start()
        assert mover(fake, allocation=ELASTIC).read().places == {SUBNET: "a", ELASTIC: ""}

    def test_it_is_brought_to_the_address_once_that_is_there(self) -> None:
        fake = start(holder="")
        moving = mover(fake, allocation=ELASTIC)
        assert drive(fake, moving, "a") == 2
        assert fake.elastic_ip(ELASTIC) == ("eni-a", IPV4)

    def test_it_is_not_brought_there_when_nothing_may_be_sent(self) -> None:
        fake = start()
        mover(fake, allocation=ELASTIC).send("a", lambda: False)
        assert not fake.made("associate_address")

    def test_it_goes_with_the_address_by_itself(self) -> None:
        fake = start(ELASTIC)
        moving = mover(fake, allocation=ELASTIC)
        assert drive(fake, moving, "b") == 1
        assert fake.elastic_ip(ELASTIC) == ("eni-b", IPV4)
        moving.send("b", always)
        assert not fake.made("associate_address"), "AWS may charge for doing it again"

    def test_at_another_address_of_a_node_it_points_nowhere(self) -> None:
        fake = start()
        fake.associate_address(AllocationId=ELASTIC, NetworkInterfaceId="eni-b")
        moving = mover(fake, allocation=ELASTIC)
        assert moving.read().places[ELASTIC] == ""
        drive(fake, moving, "a")
        assert fake.elastic_ip(ELASTIC) == ("eni-a", IPV4)

    def test_at_something_that_is_no_node_it_has_the_interfaces_id(self) -> None:
        fake = start()
        fake.associate_address(AllocationId=ELASTIC, NetworkInterfaceId="eni-moving")
        assert mover(fake, allocation=ELASTIC).read().places[ELASTIC] == "eni-moving"

    def test_where_ec2_does_not_say_it_there_is_an_error(self) -> None:
        fake = start(ELASTIC)
        fake.script("describe_addresses", THROTTLED)
        with pytest.raises(ThrottledError):
            mover(fake, allocation=ELASTIC).read()


@pytest.mark.parametrize(("address", "allocation"), ((IPV4, ""), (IPV6, ""), (IPV4, ELASTIC)))
@pytest.mark.parametrize("holder", ("", "eni-a", "eni-moving"))
class TestDrivenOn:
    """A move that is cut short at any call is ended by the next ones, wherever it was."""

    def test_after_a_crash(self, address: str, allocation: str, holder: str) -> None:
        cuts = 0
        while True:
            fake = start(allocation, holder)
            fake.assign_delay = 2
            moving = mover(fake, address, allocation)
            if not crashed(fake, cuts, lambda: moving.send("b", always)):  # noqa: B023 - at once
                break
            drive(fake, mover(fake, address, allocation), "b")
            assert fake.holder(address) == "eni-b"
            if allocation:
                assert fake.elastic_ip(ELASTIC) == ("eni-b", IPV4)
            cuts += 1
        steps = 2 if address == IPV6 and holder else 1
        assert cuts == 2 * (2 + steps)

    @pytest.mark.parametrize("trouble", (THROTTLED, LOST))
    @pytest.mark.parametrize(
        "operation",
        (
            "describe_instances",
            "describe_network_interfaces",
            "describe_addresses",
            "assign_private_ip_addresses",
            "unassign_ipv6_addresses",
            "assign_ipv6_addresses",
            "associate_address",
        ),
    )
    def test_after_trouble_with_any_call(
        self,
        address: str,
        allocation: str,
        holder: str,
        operation: str,
        trouble: Any,  # noqa: ANN401 - a parameter
    ) -> None:
        fake = start(allocation, holder)
        moving = mover(fake, address, allocation)
        fake.script(operation, trouble)
        if operation.startswith("describe"):
            with contextlib.suppress(ThrottledError, UnavailableError):
                moving.send("b", always)
            fake._scripts.clear()
        drive(fake, moving, "b")
        assert fake.holder(address) == "eni-b"
