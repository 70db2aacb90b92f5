"""What EC2 says of nodes, and stopping one: on the strict fake, and on moto where it has that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.ec2_network import Ec2Directory, Ec2Fencer
from ddns.core.errors import PermanentError, ThrottledError, UnavailableError
from ddns.core.failover.places import ROUTES, Node, ServiceAddress
from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import THROTTLED, FakeEc2Network, one_subnet
from tests.handlers.account import Account

if TYPE_CHECKING:
    from ddns.adapters.aws import Clients
    from tests.handlers.account import Wire

NODES = (
    Node("a", "10.0.1.5", instance="i-a"),
    Node("b", "10.0.1.6", instance="i-b"),
    Node("c", "10.0.1.9", interface="eni-moving"),
)


def service(*nodes: Node) -> ServiceAddress:
    return ServiceAddress("Vip", ROUTES, nodes or NODES, "192.168.100.10", ("rtb-1",))


@pytest.fixture
def fake() -> FakeEc2Network:
    return one_subnet(FakeClock())


def states(fake: FakeEc2Network, *nodes: Node) -> Any:  # noqa: ANN401 - a mapping
    return Ec2Directory(fake, service(*nodes)).states()  # type: ignore[arg-type]


class TestDirectory:
    def test_each_instance_has_its_state(self, fake: FakeEc2Network) -> None:
        fake.set_state("i-b", "stopping")
        assert states(fake, *NODES[:2]) == {"a": "running", "b": "stopping"}

    def test_an_instance_that_is_forgotten_is_absent(self, fake: FakeEc2Network) -> None:
        fake.set_state("i-b", "terminated")
        assert states(fake, *NODES[:2]) == {"a": "running", "b": "terminated"}
        fake.forget("i-b")
        assert states(fake, *NODES[:2]) == {"a": "running", "b": "absent"}

    def test_an_interface_has_the_state_of_its_instance(self, fake: FakeEc2Network) -> None:
        assert "c" not in states(fake)
        fake.attach_network_interface(
            NetworkInterfaceId="eni-moving", InstanceId="i-b", DeviceIndex=1
        )
        fake.set_state("i-b", "stopped")
        assert states(fake) == {"a": "running", "b": "stopped", "c": "stopped"}

    def test_interfaces_alone_need_no_instance(self, fake: FakeEc2Network) -> None:
        assert states(fake, NODES[2]) == {}
        assert [call.operation for call in fake.calls] == ["describe_network_interfaces"]

    def test_while_ec2_does_not_answer_nothing_is_known(self, fake: FakeEc2Network) -> None:
        fake.script("describe_instances", THROTTLED)
        with pytest.raises(ThrottledError):
            states(fake)

    def test_all_pages_are_read(self) -> None:
        pages = [
            {"Reservations": [{"Instances": [instance("i-a")]}], "NextToken": "more"},
            {"Reservations": [{"Instances": [instance("i-b")]}]},
        ]
        tokens = []

        class Client:
            def describe_instances(self, *, NextToken: str = "", **_: Any) -> Any:  # noqa: N803, ANN401 - boto3's
                tokens.append(NextToken)
                return pages.pop(0)

        found = Ec2Directory(Client(), service(*NODES[:2])).states()  # type: ignore[arg-type]
        assert found == {"a": "running", "b": "running"}
        assert tokens == ["", "more"]


def instance(instance_id: str) -> dict[str, Any]:
    return {"InstanceId": instance_id, "State": {"Name": "running"}}


class TestFencer:
    def test_the_instance_is_stopping_when_it_returns(self, fake: FakeEc2Network) -> None:
        fake.stop_time = 30
        fencer = Ec2Fencer(fake, service())  # type: ignore[arg-type]
        for _ in range(2):
            fencer.stop("a")
            assert states(fake) == {"a": "stopping", "b": "running"}

    @pytest.mark.parametrize("forgotten", (False, True))
    def test_one_that_is_terminated_needs_no_stop(
        self,
        fake: FakeEc2Network,
        forgotten: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        fake.set_state("i-a", "terminated")
        if forgotten:
            fake.forget("i-a")
        Ec2Fencer(fake, service()).stop("a")  # type: ignore[arg-type]
        assert len(fake.made("stop_instances")) == 1

    def test_one_that_starts_is_not_taken_for_stopped(self, fake: FakeEc2Network) -> None:
        fake.set_state("i-a", "pending")
        with pytest.raises(UnavailableError, match="'i-a' is pending"):
            Ec2Fencer(fake, service()).stop("a")  # type: ignore[arg-type]

    def test_an_interface_cannot_be_stopped(self, fake: FakeEc2Network) -> None:
        with pytest.raises(PermanentError, match="node 'c' is an interface"):
            Ec2Fencer(fake, service()).stop("c")  # type: ignore[arg-type]
        assert not fake.calls

    def test_that_it_was_refused_is_said(self, fake: FakeEc2Network) -> None:
        fake.script("stop_instances", THROTTLED)
        with pytest.raises(ThrottledError):
            Ec2Fencer(fake, service()).stop("a")  # type: ignore[arg-type]
        assert states(fake)["a"] == "running"


def test_on_moto_a_node_that_is_stopped_is_said_to_be_stopped(wire: Wire, clients: Clients) -> None:
    account = Account()
    ids = account.launch_many(2)
    nodes = service(*[Node(n, "", instance=i) for n, i in zip("ab", ids, strict=True)])
    directory = Ec2Directory(clients.ec2, nodes)
    assert directory.states() == {"a": "running", "b": "running"}
    wire.reset()
    Ec2Fencer(clients.ec2, nodes).stop("a")
    assert directory.states() == {"a": "stopped", "b": "running"}
    assert [call.operation for call in wire.calls] == ["StopInstances", "DescribeInstances"]
