"""Routes to a service address: on the strict fake, and on moto where moto has the rule."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ddns.adapters.ec2_network import ec2_mover
from ddns.adapters.threads import one_by_one
from ddns.core.errors import PermanentError, ThrottledError, UnavailableError
from ddns.core.failover.places import ROUTES, Node, ServiceAddress
from tests.adapters.crashes import always, crashed
from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import LOST, THROTTLED, FakeEc2Network, two_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddns.adapters.aws import Clients
    from ddns.failover.ports import Mover

VIP, VIP6 = "192.168.100.10", "fd00::10"
BLOCKS = {VIP: f"{VIP}/32", VIP6: f"{VIP6}/128"}
NODES = (Node("a", "10.0.1.5", instance="i-a"), Node("b", "10.0.2.5", instance="i-b"))
TABLES = ("rtb-1", "rtb-2", "rtb-3")


def service(address: str = VIP, **more: Any) -> ServiceAddress:  # noqa: ANN401 - fields
    parts = {"nodes": NODES, "tables": TABLES, **more}
    return ServiceAddress("Vip", ROUTES, address=address, **parts)


def mover(client: Any, address: str = VIP, **more: Any) -> Mover:  # noqa: ANN401 - a client, fields
    now = client.clock.now if isinstance(client, FakeEc2Network) else time.monotonic
    return ec2_mover(client, service(address, **more), at_once=one_by_one, now=now)


@pytest.fixture
def fake() -> FakeEc2Network:
    return two_zones(FakeClock(), tables=3)


def point(fake: FakeEc2Network, target: str, *tables: str, block: str = BLOCKS[VIP]) -> None:
    for table in tables or TABLES:
        fake.set_route(table, block, target)


def pointed(fake: FakeEc2Network, block: str = BLOCKS[VIP]) -> list[str]:
    return [fake.route(table, block) for table in TABLES]


class Place(NamedTuple):
    """Two instances and two route tables of an account, with what moves between them."""

    client: Any
    mover: Mover
    tables: tuple[str, ...]
    stop: Callable[[], object]


def on_fake(address: str) -> Place:
    fake = two_zones(FakeClock())
    moving = mover(fake, address, tables=TABLES[:2])
    return Place(fake, moving, TABLES[:2], lambda: fake.stop_instances(InstanceIds=["i-a"]))


def on_moto(client: Any, address: str) -> Place:  # noqa: ANN401 - a client
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    launched = client.run_instances(ImageId="ami-12c6146b", MinCount=2, MaxCount=2, SubnetId=subnet)
    ids = [each["InstanceId"] for each in launched["Instances"]]
    nodes = tuple(Node(n, "", instance=i) for n, i in zip("ab", ids, strict=True))
    made = [client.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in "12"]
    tables = tuple(sorted(made))
    moving = ec2_mover(client, service(address, nodes=nodes, tables=tables))
    return Place(client, moving, tables, lambda: client.stop_instances(InstanceIds=ids[:1]))


@pytest.fixture(params=("fake", "moto"))
def place(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Place]]:
    if request.param == "fake":
        yield on_fake
        return
    clients: Clients = request.getfixturevalue("clients")
    yield lambda address: on_moto(clients.ec2, address)


@pytest.mark.parametrize("address", (VIP, VIP6))
class TestOnBoth:
    def test_what_is_nowhere_is_sent_to_a_node_and_then_to_another(
        self, place: Callable[[str], Place], address: str
    ) -> None:
        found = place(address)
        assert found.mover.read().places == dict.fromkeys(found.tables, "")
        for node in ("a", "b", "b", "a"):
            found.mover.send(node, always)
            assert found.mover.read().places == dict.fromkeys(found.tables, node)
            assert found.mover.read().all_at(node)

    def test_a_node_that_is_stopped_still_has_its_routes(
        self, place: Callable[[str], Place], address: str
    ) -> None:
        found = place(address)
        found.mover.send("a", always)
        found.stop()
        assert found.mover.read().all_at("a")


class TestRead:
    def test_each_table_says_for_itself(self, fake: FakeEc2Network) -> None:
        point(fake, "eni-a", "rtb-1")
        point(fake, "eni-b", "rtb-2")
        found = mover(fake).read()
        assert found.places == {"rtb-1": "a", "rtb-2": "b", "rtb-3": ""}
        assert found.split

    def test_something_that_is_no_node_has_its_id(self, fake: FakeEc2Network) -> None:
        fake.add_instance("i-stranger", "subnet-a", "10.0.1.77")
        point(fake, "eni-stranger", "rtb-1")
        point(fake, "tgw-1", "rtb-2")
        assert mover(fake).read().places == {
            "rtb-1": "eni-stranger",
            "rtb-2": "tgw-1",
            "rtb-3": "",
        }

    def test_a_blackhole_to_what_is_no_node_any_more_is_nowhere(self, fake: FakeEc2Network) -> None:
        point(fake, "eni-a")
        fake.set_state("i-a", "terminated")
        assert mover(fake).read().places == dict.fromkeys(TABLES, "")

    def test_a_table_that_is_gone_is_no_place(self, fake: FakeEc2Network) -> None:
        point(fake, "eni-a")
        del fake.state.tables["rtb-2"]
        assert mover(fake).read().places == {"rtb-1": "a", "rtb-3": "a"}

    @pytest.mark.parametrize("origin", ("EnableVgwRoutePropagation", "Advertisement"))
    def test_a_route_that_came_by_itself_is_nobodys(
        self, fake: FakeEc2Network, monkeypatch: pytest.MonkeyPatch, origin: str
    ) -> None:
        point(fake, "vgw-1", "rtb-1")
        describe = fake.describe_route_tables

        def propagated(**parameters: Any) -> Any:  # noqa: ANN401 - boto3's
            found = describe(**parameters)
            for table in found["RouteTables"]:
                for route in table["Routes"]:
                    route["Origin"] = origin
            return found

        monkeypatch.setattr(fake, "describe_route_tables", propagated)
        moving = mover(fake)
        assert moving.read().places["rtb-1"] == ""

    def test_a_node_may_be_an_interface(self, fake: FakeEc2Network) -> None:
        fake.add_interface("eni-spare", "subnet-b", "10.0.2.9")
        nodes = (NODES[0], Node("spare", "10.0.2.9", interface="eni-spare"))
        moving = mover(fake, nodes=nodes)
        moving.send("spare", always)
        assert moving.read().all_at("spare")
        assert pointed(fake) == ["eni-spare"] * 3

    def test_an_address_may_be_written_in_any_form(self, fake: FakeEc2Network) -> None:
        point(fake, "eni-a", block=BLOCKS[VIP6])
        assert mover(fake, "FD00:0:0:0::10").read().all_at("a")

    def test_ec2_may_show_an_address_in_any_form(
        self, fake: FakeEc2Network, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        route = {
            "DestinationIpv6CidrBlock": "FD00:0:0:0::10/128",
            "NetworkInterfaceId": "eni-a",
            "State": "active",
            "Origin": "CreateRoute",
        }
        shown = {"RouteTables": [{"RouteTableId": "rtb-1", "Routes": [route]}]}
        monkeypatch.setattr(fake, "describe_route_tables", lambda **_: shown)
        assert mover(fake, VIP6).read().all_at("a")

    @pytest.mark.parametrize("operation", ("describe_route_tables", "describe_instances"))
    def test_where_ec2_does_not_say_it_there_is_an_error(
        self, fake: FakeEc2Network, operation: str
    ) -> None:
        fake.script(operation, THROTTLED)
        with pytest.raises(ThrottledError):
            mover(fake).read()


class TestSend:
    def test_the_interface_is_looked_up_each_time(self, fake: FakeEc2Network) -> None:
        moving = mover(fake)
        moving.send("b", always)
        fake.set_state("i-b", "terminated")
        fake.forget("i-b")
        fake.add_instance("i-b2", "subnet-b", "10.0.2.7")
        after = mover(fake, nodes=(NODES[0], Node("b", "10.0.2.7", instance="i-b2")))
        assert after.read().places == dict.fromkeys(TABLES, "")
        after.send("b", always)
        assert pointed(fake) == ["eni-b2"] * 3

    def test_a_node_that_is_terminated_cannot_have_it(self, fake: FakeEc2Network) -> None:
        point(fake, "eni-a")
        fake.set_state("i-b", "terminated")
        with pytest.raises(PermanentError, match="node 'b' has no interface"):
            mover(fake).send("b", always)
        assert pointed(fake) == ["eni-a"] * 3

    @pytest.mark.parametrize("code", ("InvalidParameterValue", "InvalidRoute.NotFound"))
    def test_a_missing_route_is_made_whatever_ec2_calls_it(
        self, fake: FakeEc2Network, code: str
    ) -> None:
        fake.missing_route = code
        point(fake, "eni-a", "rtb-1")
        mover(fake).send("b", always)
        assert pointed(fake) == ["eni-b"] * 3
        assert len(fake.made("create_route")) == 2

    def test_a_route_that_appears_in_between_is_replaced(self, fake: FakeEc2Network) -> None:
        def appear(operation: str, moment: str) -> None:
            if (operation, moment) == ("create_route", "before"):
                point(fake, "eni-a", "rtb-1")

        fake.on_call = appear
        mover(fake, tables=("rtb-1",)).send("b", always)
        assert fake.route("rtb-1", BLOCKS[VIP]) == "eni-b"

    def test_a_route_that_comes_and_goes_is_left_for_the_next_time(
        self, fake: FakeEc2Network
    ) -> None:
        def flap(operation: str, moment: str) -> None:
            if moment == "before" and operation in ("create_route", "replace_route"):
                point(fake, "eni-a" if operation == "create_route" else "", "rtb-1")

        fake.on_call = flap
        with pytest.raises(UnavailableError, match="'rtb-1' comes and goes"):
            mover(fake, tables=("rtb-1",)).send("b", always)

    @pytest.mark.parametrize("table", range(3))
    def test_one_table_that_is_throttled_does_not_keep_the_others(
        self, fake: FakeEc2Network, table: int
    ) -> None:
        point(fake, "eni-a")
        fake.script("replace_route", *[None] * table, THROTTLED)
        moving = mover(fake)
        with pytest.raises(ThrottledError):
            moving.send("b", always)
        assert pointed(fake).count("eni-b") == 2
        assert pointed(fake)[table] == "eni-a"
        moving.send("b", always)
        assert moving.read().all_at("b")

    def test_a_table_that_is_gone_keeps_nobody(self, fake: FakeEc2Network) -> None:
        del fake.state.tables["rtb-2"]
        moving = mover(fake)
        moving.send("b", always)
        assert moving.read().all_at("b")

    def test_an_interface_of_another_vpc_is_an_error(self, fake: FakeEc2Network) -> None:
        fake.add_vpc("vpc-2", "10.9.0.0/16")
        fake.add_subnet("subnet-z", "vpc-2", "zone-a", "10.9.1.0/24")
        fake.add_instance("i-z", "subnet-z", "10.9.1.5")
        moving = mover(fake, nodes=(NODES[0], Node("z", "10.9.1.5", instance="i-z")))
        with pytest.raises(PermanentError, match="belong to different networks"):
            moving.send("z", always)

    def test_nothing_is_sent_when_it_may_not_be(self, fake: FakeEc2Network) -> None:
        point(fake, "eni-a")
        mover(fake).send("b", lambda: False)
        assert pointed(fake) == ["eni-a"] * 3
        assert not fake.made("replace_route")

    @pytest.mark.parametrize("allowed", range(7))
    def test_it_is_asked_before_each_request_that_writes(
        self, fake: FakeEc2Network, allowed: int
    ) -> None:
        left = [True] * allowed
        mover(fake).send("b", lambda: bool(left) and left.pop())
        writes = len(fake.made("replace_route")) + len(fake.made("create_route"))
        assert writes == min(allowed, 6)

    def test_what_points_there_already_is_sent_again_as_what_is_shown_may_be_old(
        self, fake: FakeEc2Network
    ) -> None:
        point(fake, "eni-b")
        fake.clock.sleep(10)
        fake.lag = 5
        point(fake, "eni-a")
        moving = mover(fake)
        assert moving.read().all_at("b")
        moving.send("b", always)
        assert pointed(fake) == ["eni-b"] * 3

    def test_tables_are_asked_side_by_side(self, fake: FakeEc2Network) -> None:
        names: set[str] = set()

        def note(_operation: str, _moment: str) -> None:
            names.add(threading.current_thread().name)

        fake.on_call = note
        moving = ec2_mover(fake, service())  # type: ignore[arg-type]
        moving.send("b", always)
        assert moving.read().all_at("b")
        assert len(names) > 1


class TestWithinOneDrive:
    """Requests that write are few: fifty at once, and five a second."""

    def written(self, fake: FakeEc2Network) -> list[str]:
        """Return the tables that were written since the last time."""
        found = [str(each["RouteTableId"]) for each in fake.made("replace_route")]
        fake.calls.clear()
        return found

    def begun(self, fake: FakeEc2Network) -> Mover:
        """Return what has sent all tables but the second to ``b``."""
        point(fake, "eni-a")
        fake.script("replace_route", None, THROTTLED)
        moving = mover(fake)
        with pytest.raises(ThrottledError):
            moving.send("b", always)
        assert not moving.read().all_at("b")
        fake.calls.clear()
        return moving

    def test_only_what_was_refused_is_sent_again(self, fake: FakeEc2Network) -> None:
        moving = self.begun(fake)
        moving.send("b", always)
        assert self.written(fake) == ["rtb-2"]

    def test_what_ec2_does_not_show_in_time_is_sent_again(self, fake: FakeEc2Network) -> None:
        moving = self.begun(fake)
        point(fake, "eni-a", "rtb-3")
        assert moving.read().places == {"rtb-1": "b", "rtb-2": "a", "rtb-3": "a"}
        moving.send("b", always)
        assert self.written(fake) == ["rtb-2"]
        fake.clock.sleep(2)
        moving.send("b", always)
        assert self.written(fake) == ["rtb-2", "rtb-3"]
        assert moving.read().all_at("b")

    def test_what_was_shown_before_it_was_written_does_not_count(
        self, fake: FakeEc2Network
    ) -> None:
        point(fake, "eni-b", "rtb-1")
        moving = mover(fake)
        moving.send("b", lambda: False)
        moving.read()
        fake.clock.sleep(1)
        moving.send("b", always)
        fake.calls.clear()
        fake.clock.sleep(2)
        moving.send("b", always)
        assert "rtb-1" in self.written(fake)

    def test_after_the_lease_all_is_sent_again(self, fake: FakeEc2Network) -> None:
        moving = self.begun(fake)
        fake.clock.sleep(10)
        moving.send("b", always)
        assert self.written(fake) == list(TABLES)

    def test_a_drive_that_is_over_says_nothing_of_the_next(self, fake: FakeEc2Network) -> None:
        moving = self.begun(fake)
        moving.send("b", always)
        assert moving.read().all_at("b")
        fake.calls.clear()
        point(fake, "eni-a", "rtb-1")
        moving.send("b", always)
        assert self.written(fake) == list(TABLES)

    def test_another_node_is_another_drive(self, fake: FakeEc2Network) -> None:
        moving = self.begun(fake)
        for node in ("a", "b"):
            moving.send(node, always)
            assert self.written(fake) == list(TABLES)

    def test_another_interface_of_the_node_is_another_drive(self, fake: FakeEc2Network) -> None:
        moving = self.begun(fake)
        fake.set_state("i-b", "terminated")
        fake.forget("i-b")
        fake.add_interface("eni-new", "subnet-b", "10.0.2.7")
        fake.state.instances["i-b"] = ((0.0, "running"),)
        fake.state.instance_subnets["i-b"] = "subnet-b"
        fake.attach_network_interface(NetworkInterfaceId="eni-new", InstanceId="i-b", DeviceIndex=0)
        fake.calls.clear()
        moving.send("b", always)
        assert self.written(fake) == list(TABLES)
        assert pointed(fake) == ["eni-new"] * 3


@pytest.mark.parametrize("address", (VIP, VIP6))
@pytest.mark.parametrize("before", ("", "eni-a", "mixed"))
class TestDrivenOn:
    """A move that is cut short at any call is ended by the next one, wherever it was."""

    def start(self, before: str, address: str) -> FakeEc2Network:
        fake = two_zones(FakeClock(), tables=3)
        tables = TABLES[1:] if before == "mixed" else TABLES
        point(fake, "eni-a" if before == "mixed" else before, *tables, block=BLOCKS[address])
        return fake

    def test_after_a_crash(self, before: str, address: str) -> None:
        cuts = 0
        while True:
            fake = self.start(before, address)
            moving = mover(fake, address)
            if not crashed(fake, cuts, lambda: moving.send("b", always)):  # noqa: B023 - at once
                break
            moving = mover(fake, address)
            moving.send("b", always)
            assert moving.read().all_at("b"), f"cut at {cuts}"
            assert pointed(fake, BLOCKS[address]) == ["eni-b"] * 3
            cuts += 1
        # The look-up, and for each table one request or two, before and after each.
        assert cuts == {"": 14, "eni-a": 8, "mixed": 10}[before]

    @pytest.mark.parametrize("trouble", (THROTTLED, LOST))
    def test_after_trouble_with_any_call(self, before: str, address: str, trouble: Any) -> None:  # noqa: ANN401 - a parameter
        for operation in ("describe_instances", "replace_route", "create_route"):
            for number in range(3):
                fake = self.start(before, address)
                fake.script(operation, *[None] * number, trouble)
                moving = mover(fake, address)
                for _ in range(2):
                    with contextlib.suppress(ThrottledError, UnavailableError):
                        moving.send("b", always)
                assert pointed(fake, BLOCKS[address]) == ["eni-b"] * 3, (operation, number)
