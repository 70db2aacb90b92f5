"""A whole interface that moves, on the strict fake: moto attaches one that is in use."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.ec2_interfaces import FORCE_AFTER
from ddns.adapters.ec2_network import ec2_mover
from ddns.core.errors import PermanentError, ThrottledError, UnavailableError
from ddns.core.failover.places import INTERFACE, Node, ServiceAddress
from tests.adapters.crashes import always, crashed
from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import LOST, THROTTLED, FakeEc2Network, one_subnet

if TYPE_CHECKING:
    from ddns.failover.ports import Mover

MOVING = "eni-moving"
NODES = (Node("a", "10.0.1.5", instance="i-a"), Node("b", "10.0.1.6", instance="i-b"))
EVERY = 0.5


def mover(fake: FakeEc2Network, **more: Any) -> Mover:  # noqa: ANN401 - fields
    parts = {"nodes": NODES, "interface": MOVING, **more}
    service = ServiceAddress("Vip", INTERFACE, **parts)
    return ec2_mover(fake, service, now=fake.clock.now)  # type: ignore[arg-type]


def start(instance: str = "i-a") -> FakeEc2Network:
    """Return a network in which an instance has the interface, and nothing is done at once."""
    fake = one_subnet(FakeClock())
    if instance:
        fake.attach_network_interface(NetworkInterfaceId=MOVING, InstanceId=instance, DeviceIndex=1)
        fake.calls.clear()
    fake.attach_time, fake.detach_time, fake.force_time = 2, 20, 3
    return fake


def drive(fake: FakeEc2Network, moving: Mover, node: str, within: float = 120) -> float:
    """Send as the controller does, until it is there; return how long it took."""
    begin = fake.clock.now()
    while fake.clock.now() - begin < within:
        with contextlib.suppress(ThrottledError, UnavailableError):
            moving.send(node, always)
        fake.clock.sleep(EVERY)
        if moving.read().all_at(node):
            return fake.clock.now() - begin
    raise AssertionError(f"not at {node!r} within {within} s: {fake.attachment(MOVING)}")


def at(fake: FakeEc2Network) -> str:
    found = fake.attachment(MOVING)
    return found.instance if found and found.status == "attached" else ""


class TestRead:
    def test_it_is_at_a_node_when_it_is_attached(self) -> None:
        fake = start("")
        moving = mover(fake)
        assert moving.read().places == {MOVING: ""}
        moving.send("a", always)
        assert moving.read().places == {MOVING: ""}, "it is being attached"
        fake.clock.sleep(2)
        assert moving.read().places == {MOVING: "a"}
        moving.send("b", always)
        assert moving.read().places == {MOVING: ""}, "it is being detached"

    def test_at_an_instance_that_is_no_node_it_has_its_id(self) -> None:
        fake = one_subnet(FakeClock())
        fake.add_instance("i-stranger", "subnet-a", "10.0.1.77")
        fake.attach_network_interface(
            NetworkInterfaceId=MOVING, InstanceId="i-stranger", DeviceIndex=1
        )
        assert mover(fake).read().places == {MOVING: "i-stranger"}

    def test_an_interface_that_does_not_exist_is_an_error(self) -> None:
        with pytest.raises(PermanentError, match="there is no interface 'eni-gone'"):
            mover(start(), interface="eni-gone").read()


class TestSend:
    def test_it_is_detached_awaited_and_attached(self) -> None:
        fake = start()
        took = drive(fake, mover(fake), "b")
        assert 22 <= took <= 23.5
        assert at(fake) == "i-b"
        assert fake.made("detach_network_interface") == [
            {"AttachmentId": "eni-attach-3", "Force": False}
        ]
        assert len(fake.made("attach_network_interface")) == 1

    def test_the_device_index_is_the_one_that_was_asked_for(self) -> None:
        fake = start("")
        drive(fake, mover(fake, device_index=3), "a")
        found = fake.attachment(MOVING)
        assert found
        assert found.device_index == 3

    def test_an_instance_that_hangs_is_left_by_force_after_a_while(self) -> None:
        fake = start()
        fake.stuck.add(MOVING)
        took = drive(fake, mover(fake), "b")
        assert FORCE_AFTER + 5 <= took <= FORCE_AFTER + 8
        forced = [each["Force"] for each in fake.made("detach_network_interface")]
        assert forced == [False, True]

    def test_a_controller_that_finds_it_detaching_waits_from_then_on(self) -> None:
        fake = start()
        fake.stuck.add(MOVING)
        mover(fake).send("b", always)
        fake.clock.sleep(100)
        took = drive(fake, mover(fake), "b")
        assert FORCE_AFTER <= took <= FORCE_AFTER + 8

    def test_what_another_detaches_later_is_awaited_anew(self) -> None:
        fake = start()
        moving = mover(fake)
        drive(fake, moving, "b")
        fake.stuck.add(MOVING)
        mover(fake).send("a", always)
        fake.clock.sleep(100)
        assert FORCE_AFTER <= drive(fake, moving, "a") <= FORCE_AFTER + 8

    def test_an_attachment_that_ended_and_is_still_shown_is_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = start("")
        ended = {"AttachmentId": "eni-attach-1", "InstanceId": "i-a", "Status": "detached"}
        shown = {"NetworkInterfaces": [{"NetworkInterfaceId": MOVING, "Attachment": ended}]}
        monkeypatch.setattr(fake, "describe_network_interfaces", lambda **_: shown)
        mover(fake).send("b", always)
        assert len(fake.made("attach_network_interface")) == 1

    def test_force_that_is_refused_is_tried_again(self) -> None:
        fake = start()
        fake.stuck.add(MOVING)
        fake.script("detach_network_interface", None, THROTTLED, THROTTLED)
        assert drive(fake, mover(fake), "b") <= FORCE_AFTER + 8

    def test_off_a_terminated_instance_it_is_attached_at_once(self) -> None:
        fake = start()
        fake.set_state("i-a", "terminated")
        assert drive(fake, mover(fake), "b") <= 3
        assert not fake.made("detach_network_interface")

    def test_where_it_is_already_nothing_is_sent(self) -> None:
        fake = start("i-b")
        mover(fake).send("b", always)
        assert not [call for call in fake.calls if "describe" not in call.operation]

    def test_a_move_that_turns_round_is_ended_as_it_was_last_asked_for(self) -> None:
        fake = start()
        moving = mover(fake)
        moving.send("b", always)
        fake.clock.sleep(5)
        drive(fake, moving, "a")
        assert at(fake) == "i-a"

    def test_what_is_being_attached_elsewhere_is_detached_when_it_is_there(self) -> None:
        fake = start("")
        moving = mover(fake)
        moving.send("a", always)
        drive(fake, moving, "b")
        assert at(fake) == "i-b"

    @pytest.mark.parametrize("instance", ("i-a", ""))
    def test_nothing_is_sent_when_it_may_not_be(self, instance: str) -> None:
        fake = start(instance)
        mover(fake).send("b", lambda: False)
        assert at(fake) == instance
        assert not fake.made("attach_network_interface") + fake.made("detach_network_interface")

    def test_force_is_not_used_when_it_may_not_be(self) -> None:
        fake = start()
        fake.stuck.add(MOVING)
        moving = mover(fake)
        moving.send("b", always)
        fake.clock.sleep(FORCE_AFTER)
        moving.send("b", lambda: False)
        assert len(fake.made("detach_network_interface")) == 1

    def test_a_node_that_is_an_interface_cannot_have_it(self) -> None:
        nodes = (NODES[0], Node("c", "10.0.1.9", interface="eni-c"))
        with pytest.raises(PermanentError, match="node 'c' is an interface"):
            mover(start(), nodes=nodes).send("c", always)


class TestDrivenOn:
    """A move that is cut short at any call is ended by the next ones, wherever it was."""

    @pytest.mark.parametrize("instance", ("i-a", "", "i-b"))
    @pytest.mark.parametrize("stuck", (False, True))
    def test_after_a_crash_at_any_call(self, instance: str, stuck: bool) -> None:  # noqa: FBT001 - a parameter
        cuts = 0
        while True:
            fake = start(instance)
            if stuck:
                fake.stuck.add(MOVING)
            moving = mover(fake)
            if not crashed(fake, cuts, lambda: drive(fake, moving, "b")):  # noqa: B023 - at once
                break
            drive(fake, mover(fake), "b")
            assert at(fake) == "i-b"
            cuts += 1
        assert cuts >= 4

    @pytest.mark.parametrize("trouble", (THROTTLED, LOST))
    @pytest.mark.parametrize("number", range(3))
    @pytest.mark.parametrize("operation", ("detach_network_interface", "attach_network_interface"))
    def test_after_trouble_with_any_call(self, operation: str, number: int, trouble: Any) -> None:  # noqa: ANN401 - a parameter
        fake = start()
        fake.script(operation, *[None] * number, trouble)
        drive(fake, mover(fake), "b")
        assert at(fake) == "i-b"
