"""The fake of EC2's network against the documented rules, and against moto where moto has them.

moto 5.2 takes a second CreateRoute, an interface in use, and an address on two interfaces; it has
no blackhole and no delays. What it is too lax in takes the fake alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.validate import ParamValidator
from moto import mock_aws

from ddns.adapters.aws import translated
from ddns.core.errors import ThrottledError, UnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import (
    BROKEN,
    LOST,
    THROTTLED,
    UNAVAILABLE,
    UNREACHABLE,
    FakeEc2Network,
    Trouble,
    one_subnet,
    two_zones,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import OperationModel

VIP = "192.168.100.10/32"
VIP6 = "fd00::10/128"
PRIVATE = "10.0.1.100"
PRIVATE6 = "2600:1f00:0:1::100"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def zones(clock: FakeClock) -> FakeEc2Network:
    return two_zones(clock)


@pytest.fixture
def subnet(clock: FakeClock) -> FakeEc2Network:
    return one_subnet(clock)


def refusal(call: Callable[..., object], **parameters: object) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def create(fake: Any, table: str, interface: str, block: str = VIP) -> None:  # noqa: ANN401 - a client
    kind = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
    fake.create_route(RouteTableId=table, NetworkInterfaceId=interface, **{kind: block})


def replace(fake: Any, table: str, interface: str, block: str = VIP) -> None:  # noqa: ANN401 - a client
    kind = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
    fake.replace_route(RouteTableId=table, NetworkInterfaceId=interface, **{kind: block})


def shown(fake: Any, table: str, block: str = VIP) -> dict[str, Any] | None:  # noqa: ANN401 - a client
    (found,) = fake.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    kinds = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
    routes = [each for each in found["Routes"] if block in [each.get(kind) for kind in kinds]]
    return routes[0] if routes else None


class Place:
    """A client, with a table and two interfaces of its VPC, and one of another VPC."""

    def __init__(self, client: Any, table: str, interfaces: list[str], foreign: str) -> None:  # noqa: ANN401 - a client
        self.client = client
        self.table = table
        self.first, self.second = interfaces
        self.foreign = foreign


def on_fake() -> Place:
    fake = two_zones(FakeClock())
    fake.add_vpc("vpc-2", "10.9.0.0/16")
    fake.add_subnet("subnet-z", "vpc-2", "zone-a", "10.9.1.0/24")
    fake.add_interface("eni-z", "subnet-z", "10.9.1.5")
    return Place(fake, "rtb-1", ["eni-a", "eni-b"], "eni-z")


def on_moto() -> Place:
    client = boto3.client("ec2", region_name="us-east-1")
    made = []
    vpcs = [client.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in (0, 9)]
    for vpc, block in ((0, "10.0.1.0/24"), (0, "10.0.2.0/24"), (1, "10.9.1.0/24")):
        subnet = client.create_subnet(VpcId=vpcs[vpc], CidrBlock=block)["Subnet"]["SubnetId"]
        interface = client.create_network_interface(SubnetId=subnet)["NetworkInterface"]
        made.append(interface["NetworkInterfaceId"])
    table = client.create_route_table(VpcId=vpcs[0])["RouteTable"]["RouteTableId"]
    return Place(client, table, made[:2], made[2])


@pytest.fixture(params=("fake", "moto"))
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    if request.param == "fake":
        yield on_fake()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield on_moto()


class TestRoutesAsMotoHasThem:
    @pytest.mark.parametrize("block", (VIP, VIP6))
    def test_a_route_is_shown_with_its_interface(self, place: Place, block: str) -> None:
        create(place.client, place.table, place.first, block)
        route = shown(place.client, place.table, block)
        assert route
        assert route["NetworkInterfaceId"] == place.first
        assert route["Origin"] == "CreateRoute"

    @pytest.mark.parametrize("block", (VIP, VIP6))
    def test_a_route_that_is_replaced_has_the_new_interface_alone(
        self, place: Place, block: str
    ) -> None:
        create(place.client, place.table, place.first, block)
        replace(place.client, place.table, place.second, block)
        route = shown(place.client, place.table, block)
        assert route
        assert route["NetworkInterfaceId"] == place.second

    def test_a_route_that_is_missing_cannot_be_replaced(self, place: Place) -> None:
        with pytest.raises(ClientError, match="There is no route defined for") as caught:
            replace(place.client, place.table, place.first)
        assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"

    def test_ids_that_do_not_exist_are_named_in_the_error(self, place: Place) -> None:
        client = place.client
        gone = {"RouteTableId": "rtb-0123456789abcdef0", "DestinationCidrBlock": VIP}
        code = refusal(client.create_route, **gone, NetworkInterfaceId=place.first)
        assert code == "InvalidRouteTableID.NotFound"
        gone = {"RouteTableId": place.table, "DestinationCidrBlock": VIP}
        code = refusal(client.create_route, **gone, NetworkInterfaceId="eni-0123456789abcdef0")
        assert code == "InvalidNetworkInterfaceID.NotFound"

    def test_a_filter_by_an_id_that_does_not_exist_finds_nothing(self, place: Place) -> None:
        by = [{"Name": "network-interface-id", "Values": ["eni-0123456789abcdef0", place.first]}]
        found = place.client.describe_network_interfaces(Filters=by)["NetworkInterfaces"]
        assert [each["NetworkInterfaceId"] for each in found] == [place.first]


class TestRoutes:
    def test_a_second_route_for_a_block_is_refused(self, zones: FakeEc2Network) -> None:
        create(zones, "rtb-1", "eni-a")
        same = {"RouteTableId": "rtb-1", "DestinationCidrBlock": VIP}
        assert refusal(zones.create_route, **same, NetworkInterfaceId="eni-a") == (
            "RouteAlreadyExists"
        )
        assert zones.route("rtb-1", VIP) == "eni-a"

    @pytest.mark.parametrize("operation", ("create_route", "replace_route"))
    def test_an_interface_of_another_vpc_is_refused(self, operation: str) -> None:
        place = on_fake()
        create(place.client, place.table, place.first)
        code = refusal(
            getattr(place.client, operation),
            RouteTableId=place.table,
            NetworkInterfaceId=place.foreign,
            DestinationCidrBlock=VIP,
        )
        assert code == "InvalidParameterValue"
        assert place.client.route(place.table, VIP) == place.first

    def test_the_documented_code_of_a_missing_route_can_be_had(self, zones: FakeEc2Network) -> None:
        zones.missing_route = "InvalidRoute.NotFound"
        same = {"RouteTableId": "rtb-1", "DestinationCidrBlock": VIP}
        code = refusal(zones.replace_route, **same, NetworkInterfaceId="eni-a")
        assert code == "InvalidRoute.NotFound"

    @pytest.mark.parametrize(
        ("destination", "code"),
        (
            ({}, "MissingParameter"),
            (
                {"DestinationCidrBlock": VIP, "DestinationIpv6CidrBlock": VIP6},
                "MissingParameter",
            ),
            ({"DestinationCidrBlock": VIP6}, "InvalidParameterValue"),
            ({"DestinationCidrBlock": "10.0.1.200/32"}, "InvalidParameterValue"),
            ({"DestinationIpv6CidrBlock": "2600:1f00:0:1::9/128"}, "InvalidParameterValue"),
        ),
    )
    def test_a_destination_that_ec2_does_not_take_is_refused(
        self, zones: FakeEc2Network, destination: dict[str, str], code: str
    ) -> None:
        found = refusal(
            zones.create_route, RouteTableId="rtb-1", NetworkInterfaceId="eni-a", **destination
        )
        assert found == code

    def test_a_block_is_kept_in_its_canonical_form(self, zones: FakeEc2Network) -> None:
        create(zones, "rtb-1", "eni-a", "FD00:0:0::10/128")
        assert zones.route("rtb-1", VIP6) == "eni-a"
        route = shown(zones, "rtb-1", VIP6)
        assert route
        assert route["DestinationIpv6CidrBlock"] == VIP6

    def test_the_routes_of_two_tables_are_their_own(self, zones: FakeEc2Network) -> None:
        create(zones, "rtb-1", "eni-a")
        assert shown(zones, "rtb-2") is None
        assert zones.route("rtb-2", VIP) == ""

    @pytest.mark.parametrize("state", ("terminated", "stopped"))
    def test_a_route_to_an_instance_that_is_gone_is_a_blackhole(
        self, zones: FakeEc2Network, state: str
    ) -> None:
        create(zones, "rtb-1", "eni-a")
        assert zones.delivered("rtb-1", VIP) == "i-a"
        zones.set_state("i-a", state)
        route = shown(zones, "rtb-1")
        assert route
        assert (route["State"], route["NetworkInterfaceId"]) == ("blackhole", "eni-a")
        assert zones.delivered("rtb-1", VIP) == ""
        replace(zones, "rtb-1", "eni-b")
        assert zones.delivered("rtb-1", VIP) == "i-b"

    def test_a_route_to_an_interface_at_no_instance_is_a_blackhole(
        self, subnet: FakeEc2Network
    ) -> None:
        subnet.add_table("rtb-1", "vpc-1")
        create(subnet, "rtb-1", "eni-moving")
        route = shown(subnet, "rtb-1")
        assert route
        assert route["State"] == "blackhole"

    def test_the_source_destination_check_drops_what_is_routed(self, clock: FakeClock) -> None:
        fake = two_zones(clock)
        fake.add_instance("i-c", "subnet-a", "10.0.1.7", source_dest_check=True)
        create(fake, "rtb-1", "eni-c")
        route = shown(fake, "rtb-1")
        assert route
        assert route["State"] == "active"
        assert fake.delivered("rtb-1", VIP) == ""

    def test_somebody_elses_route_to_another_target_is_shown(self, zones: FakeEc2Network) -> None:
        zones.set_route("rtb-1", VIP, "tgw-1")
        route = shown(zones, "rtb-1")
        assert route
        assert route["TransitGatewayId"] == "tgw-1"
        replace(zones, "rtb-1", "eni-a")
        zones.set_route("rtb-1", VIP, "")
        assert shown(zones, "rtb-1") is None

    def test_what_describe_shows_is_as_old_as_the_lag(
        self, zones: FakeEc2Network, clock: FakeClock
    ) -> None:
        create(zones, "rtb-1", "eni-a")
        clock.sleep(10)
        zones.lag = 3
        replace(zones, "rtb-1", "eni-b")
        assert zones.route("rtb-1", VIP) == "eni-b"
        clock.sleep(2.9)
        assert (shown(zones, "rtb-1") or {})["NetworkInterfaceId"] == "eni-a"
        clock.sleep(0.1)
        assert (shown(zones, "rtb-1") or {})["NetworkInterfaceId"] == "eni-b"


def holders(fake: FakeEc2Network, private: str) -> list[str]:
    """Return the interfaces that are shown to have an address."""
    names = {True: "ipv6-addresses.ipv6-address", False: "addresses.private-ip-address"}
    by = [{"Name": names[":" in private], "Values": [private]}]
    found = fake.describe_network_interfaces(Filters=by)["NetworkInterfaces"]
    return [each["NetworkInterfaceId"] for each in found]


def assign(fake: FakeEc2Network, interface: str, *, allow: bool = True) -> None:
    fake.assign_private_ip_addresses(
        NetworkInterfaceId=interface, PrivateIpAddresses=[PRIVATE], AllowReassignment=allow
    )


class TestPrivateAddresses:
    def test_an_address_moves_with_leave_alone(self, subnet: FakeEc2Network) -> None:
        assign(subnet, "eni-a", allow=False)
        code = refusal(
            subnet.assign_private_ip_addresses,
            NetworkInterfaceId="eni-b",
            PrivateIpAddresses=[PRIVATE],
        )
        assert code == "InvalidParameterValue"
        assert holders(subnet, PRIVATE) == ["eni-a"]
        assign(subnet, "eni-b")
        assert holders(subnet, PRIVATE) == ["eni-b"]

    def test_a_move_takes_its_time_and_a_later_one_prevails(
        self, subnet: FakeEc2Network, clock: FakeClock
    ) -> None:
        assign(subnet, "eni-a")
        subnet.assign_delay = 5
        assign(subnet, "eni-b")
        clock.sleep(4.9)
        assert subnet.holder(PRIVATE) == "eni-a"
        assert holders(subnet, PRIVATE) == ["eni-a"]
        clock.sleep(0.1)
        assert holders(subnet, PRIVATE) == ["eni-b"]
        assign(subnet, "eni-a")
        clock.sleep(1)
        assign(subnet, "eni-b")
        clock.sleep(60)
        assert subnet.holder(PRIVATE) == "eni-b"

    def test_the_elastic_ip_address_goes_with_it(
        self, subnet: FakeEc2Network, clock: FakeClock
    ) -> None:
        assign(subnet, "eni-a")
        subnet.associate_address(
            AllocationId="eipalloc-1", NetworkInterfaceId="eni-a", PrivateIpAddress=PRIVATE
        )
        subnet.assign_delay = 5
        assign(subnet, "eni-b")
        assert subnet.elastic_ip("eipalloc-1") == ("eni-a", PRIVATE)
        clock.sleep(5)
        (found,) = subnet.describe_addresses(AllocationIds=["eipalloc-1"])["Addresses"]
        assert (found["NetworkInterfaceId"], found["PrivateIpAddress"]) == ("eni-b", PRIVATE)

    @pytest.mark.parametrize("private", ("10.0.1.6", "10.0.2.5", "2600:1f00:0:2::1"))
    def test_a_primary_address_and_one_of_another_subnet_stay_where_they_are(
        self, subnet: FakeEc2Network, private: str
    ) -> None:
        code = refusal(
            subnet.assign_private_ip_addresses,
            NetworkInterfaceId="eni-a",
            PrivateIpAddresses=[private],
            AllowReassignment=True,
        )
        assert code == "InvalidParameterValue"

    def test_an_address_can_be_taken_from_where_it_is_alone(self, subnet: FakeEc2Network) -> None:
        assign(subnet, "eni-a")
        parts: dict[str, Any] = {"NetworkInterfaceId": "eni-b", "PrivateIpAddresses": [PRIVATE]}
        assert refusal(subnet.unassign_private_ip_addresses, **parts) == "InvalidParameterValue"
        subnet.unassign_private_ip_addresses(**{**parts, "NetworkInterfaceId": "eni-a"})
        assert holders(subnet, PRIVATE) == []

    def test_an_ipv6_address_has_to_be_taken_away_first(self, subnet: FakeEc2Network) -> None:
        subnet.assign_ipv6_addresses(NetworkInterfaceId="eni-a", Ipv6Addresses=[PRIVATE6])
        parts: dict[str, Any] = {"NetworkInterfaceId": "eni-b", "Ipv6Addresses": [PRIVATE6]}
        assert refusal(subnet.assign_ipv6_addresses, **parts) == "InvalidParameterValue"
        assert refusal(subnet.unassign_ipv6_addresses, **parts) == "InvalidParameterValue"
        subnet.unassign_ipv6_addresses(NetworkInterfaceId="eni-a", Ipv6Addresses=[PRIVATE6])
        assert holders(subnet, PRIVATE6) == []
        subnet.assign_ipv6_addresses(**parts)
        assert holders(subnet, PRIVATE6) == ["eni-b"]

    def test_an_elastic_ip_address_needs_the_private_one_to_be_there(
        self, subnet: FakeEc2Network
    ) -> None:
        parts: dict[str, Any] = {"AllocationId": "eipalloc-1", "PrivateIpAddress": PRIVATE}
        code = refusal(subnet.associate_address, NetworkInterfaceId="eni-a", **parts)
        assert code == "InvalidParameterValue"
        assign(subnet, "eni-a")
        for _ in range(2):
            subnet.associate_address(NetworkInterfaceId="eni-a", **parts)
        assert subnet.elastic_ip("eipalloc-1") == ("eni-a", PRIVATE)

    def test_an_elastic_ip_address_is_taken_over_unless_it_may_not_be(
        self, subnet: FakeEc2Network
    ) -> None:
        parts: dict[str, Any] = {"AllocationId": "eipalloc-1", "NetworkInterfaceId": "eni-b"}
        subnet.associate_address(AllocationId="eipalloc-1", NetworkInterfaceId="eni-a")
        code = refusal(subnet.associate_address, **parts, AllowReassociation=False)
        assert code == "Resource.AlreadyAssociated"
        subnet.associate_address(**parts)
        assert subnet.elastic_ip("eipalloc-1") == ("eni-b", "10.0.1.6")
        gone = {**parts, "AllocationId": "eipalloc-9"}
        assert refusal(subnet.associate_address, **gone) == "InvalidAllocationID.NotFound"

    def test_an_interface_has_one_elastic_ip_address_for_each_private_one(
        self, subnet: FakeEc2Network
    ) -> None:
        subnet.add_elastic_ip("eipalloc-2")
        for allocation in ("eipalloc-1", "eipalloc-2"):
            subnet.associate_address(AllocationId=allocation, NetworkInterfaceId="eni-a")
        (first, second) = subnet.describe_addresses()["Addresses"]
        assert "AssociationId" not in first
        assert second["PrivateIpAddress"] == "10.0.1.5"

    def test_what_is_at_an_instance_that_ends_is_nowhere(self, subnet: FakeEc2Network) -> None:
        assign(subnet, "eni-a")
        subnet.associate_address(
            AllocationId="eipalloc-1", NetworkInterfaceId="eni-a", PrivateIpAddress=PRIVATE
        )
        subnet.set_state("i-a", "terminated")
        assert holders(subnet, PRIVATE) == []
        assert subnet.elastic_ip("eipalloc-1") == ("", "")
        assign(subnet, "eni-b", allow=False)
        assert holders(subnet, PRIVATE) == ["eni-b"]


def attach(fake: FakeEc2Network, instance: str, index: int = 1) -> str:
    answer = fake.attach_network_interface(
        NetworkInterfaceId="eni-moving", InstanceId=instance, DeviceIndex=index
    )
    return str(answer["AttachmentId"])


def described(fake: FakeEc2Network) -> tuple[str, str, str]:
    """Return the status of the interface, of its attachment, and its instance."""
    by: dict[str, Any] = {"NetworkInterfaceIds": ["eni-moving"]}
    (found,) = fake.describe_network_interfaces(**by)["NetworkInterfaces"]
    attachment = found.get("Attachment", {"Status": "", "InstanceId": ""})
    return found["Status"], attachment["Status"], attachment["InstanceId"]


class TestInterfaces:
    def test_attaching_and_detaching_take_their_time(
        self, subnet: FakeEc2Network, clock: FakeClock
    ) -> None:
        subnet.attach_time, subnet.detach_time = 2, 20
        attachment = attach(subnet, "i-a")
        assert described(subnet) == ("attaching", "attaching", "i-a")
        clock.sleep(2)
        assert described(subnet) == ("in-use", "attached", "i-a")
        subnet.detach_network_interface(AttachmentId=attachment)
        clock.sleep(19)
        assert described(subnet) == ("detaching", "detaching", "i-a")
        parts: dict[str, Any] = {"NetworkInterfaceId": "eni-moving", "DeviceIndex": 1}
        code = refusal(subnet.attach_network_interface, **parts, InstanceId="i-b")
        assert code == "InvalidNetworkInterface.InUse"
        clock.sleep(1)
        assert described(subnet) == ("available", "", "")
        attach(subnet, "i-b")
        clock.sleep(2)
        assert described(subnet) == ("in-use", "attached", "i-b")

    def test_what_hangs_is_detached_by_force_alone(
        self, subnet: FakeEc2Network, clock: FakeClock
    ) -> None:
        attachment = attach(subnet, "i-a")
        subnet.stuck.add("eni-moving")
        subnet.force_time = 4
        subnet.detach_network_interface(AttachmentId=attachment)
        clock.sleep(3600)
        assert described(subnet) == ("detaching", "detaching", "i-a")
        code = refusal(subnet.detach_network_interface, AttachmentId=attachment)
        assert code == "IncorrectState"
        subnet.detach_network_interface(AttachmentId=attachment, Force=True)
        clock.sleep(4)
        assert described(subnet) == ("available", "", "")
        code = refusal(subnet.detach_network_interface, AttachmentId=attachment)
        assert code == "InvalidAttachmentID.NotFound"

    def test_the_primary_interface_cannot_be_detached(self, subnet: FakeEc2Network) -> None:
        attachment = subnet.attachment("eni-a")
        assert attachment
        code = refusal(subnet.detach_network_interface, AttachmentId=attachment.id)
        assert code == "OperationNotPermitted"

    def test_a_device_index_is_taken_once(self, subnet: FakeEc2Network) -> None:
        parts: dict[str, Any] = {"NetworkInterfaceId": "eni-moving", "InstanceId": "i-a"}
        code = refusal(subnet.attach_network_interface, **parts, DeviceIndex=0)
        assert code == "InvalidParameterValue"

    def test_an_interface_stays_in_its_zone(self, zones: FakeEc2Network) -> None:
        zones.add_interface("eni-moving", "subnet-a", "10.0.1.9")
        parts: dict[str, Any] = {"NetworkInterfaceId": "eni-moving", "DeviceIndex": 1}
        code = refusal(zones.attach_network_interface, **parts, InstanceId="i-b")
        assert code == "InvalidParameterCombination"

    @pytest.mark.parametrize("state", ("stopping", "shutting-down", "terminated", "pending"))
    def test_an_instance_in_between_takes_no_interface(
        self, subnet: FakeEc2Network, state: str
    ) -> None:
        subnet.set_state("i-a", state)
        parts: dict[str, Any] = {"NetworkInterfaceId": "eni-moving", "DeviceIndex": 1}
        code = refusal(subnet.attach_network_interface, **parts, InstanceId="i-a")
        assert code == "IncorrectState"

    def test_an_instance_that_ends_gives_back_what_was_not_made_with_it(
        self, subnet: FakeEc2Network
    ) -> None:
        attach(subnet, "i-a")
        subnet.set_state("i-a", "terminated")
        assert described(subnet) == ("available", "", "")
        by: dict[str, Any] = {"NetworkInterfaceIds": ["eni-a"]}
        code = refusal(subnet.describe_network_interfaces, **by)
        assert code == "InvalidNetworkInterfaceID.NotFound"

    def test_an_instance_shows_its_interfaces(self, subnet: FakeEc2Network) -> None:
        attach(subnet, "i-a")
        by = [{"Name": "instance-id", "Values": ["i-a", "i-gone"]}]
        (found,) = subnet.describe_instances(Filters=by)["Reservations"]
        (instance,) = found["Instances"]
        assert instance["State"]["Name"] == "running"
        assert [
            (each["NetworkInterfaceId"], each["Attachment"]["DeviceIndex"])
            for each in instance["NetworkInterfaces"]
        ] == [("eni-a", 0), ("eni-moving", 1)]


def state(fake: FakeEc2Network, instance: str = "i-a") -> str:
    (found,) = fake.describe_instances(InstanceIds=[instance])["Reservations"]
    return str(found["Instances"][0]["State"]["Name"])


class TestInstances:
    def test_stopping_takes_its_time(self, zones: FakeEc2Network, clock: FakeClock) -> None:
        zones.stop_time = 30
        zones.stop_instances(InstanceIds=["i-a"])
        assert state(zones) == "stopping"
        clock.sleep(29)
        zones.stop_instances(InstanceIds=["i-a"], Force=True)
        assert state(zones) == "stopping"
        clock.sleep(1)
        assert state(zones) == "stopped"
        assert state(zones, "i-b") == "running"

    def test_what_is_gone_cannot_be_stopped(self, zones: FakeEc2Network) -> None:
        zones.set_state("i-a", "terminated")
        code = refusal(zones.stop_instances, InstanceIds=["i-a"])
        assert code == "IncorrectInstanceState"

    def test_an_instance_is_not_shown_for_ever(self, zones: FakeEc2Network) -> None:
        zones.set_state("i-a", "terminated")
        assert state(zones) == "terminated"
        zones.forget("i-a")
        code = refusal(zones.describe_instances, InstanceIds=["i-a"])
        assert code == "InvalidInstanceID.NotFound"
        by = [{"Name": "instance-id", "Values": ["i-a"]}]
        assert zones.describe_instances(Filters=by)["Reservations"] == []


class TestTrouble:
    @pytest.mark.parametrize(
        ("trouble", "error", "done"),
        (
            (THROTTLED, ThrottledError, False),
            (UNAVAILABLE, UnavailableError, False),
            (UNREACHABLE, UnavailableError, False),
            (LOST, UnavailableError, True),
            (BROKEN, UnavailableError, True),
        ),
    )
    def test_a_call_meets_what_was_scripted_once(
        self,
        zones: FakeEc2Network,
        trouble: Trouble,
        error: type[Exception],
        done: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        create(zones, "rtb-1", "eni-a")
        zones.script("replace_route", None, trouble)
        replace(zones, "rtb-1", "eni-a")
        with pytest.raises(error), translated():
            replace(zones, "rtb-1", "eni-b")
        assert zones.route("rtb-1", VIP) == ("eni-b" if done else "eni-a")
        replace(zones, "rtb-1", "eni-b")
        assert zones.route("rtb-1", VIP) == "eni-b"

    def test_while_ec2_is_away_nothing_works(self, zones: FakeEc2Network) -> None:
        zones.away = True
        with pytest.raises(BotoCoreError):
            create(zones, "rtb-1", "eni-a")
        assert zones.route("rtb-1", VIP) == ""
        zones.away = False
        create(zones, "rtb-1", "eni-a")
        assert zones.route("rtb-1", VIP) == "eni-a"

    @pytest.mark.parametrize(("moment", "done"), (("before", False), ("after", True)))
    def test_a_caller_can_be_ended_before_and_after_a_call(
        self,
        zones: FakeEc2Network,
        moment: str,
        done: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        def end(operation: str, now: str) -> None:
            if (operation, now) == ("create_route", moment):
                raise KeyboardInterrupt

        zones.on_call = end
        with pytest.raises(KeyboardInterrupt):
            create(zones, "rtb-1", "eni-a")
        assert bool(zones.route("rtb-1", VIP)) is done

    def test_a_call_may_be_made_from_within_a_hook(self, zones: FakeEc2Network) -> None:
        def other(_operation: str, moment: str) -> None:
            if moment == "before":
                zones.on_call = None
                create(zones, "rtb-1", "eni-b")

        zones.on_call = other
        same = {"RouteTableId": "rtb-1", "DestinationCidrBlock": VIP}
        code = refusal(zones.create_route, **same, NetworkInterfaceId="eni-a")
        assert code == "RouteAlreadyExists"

    def test_calls_are_logged_with_their_time(
        self, zones: FakeEc2Network, clock: FakeClock
    ) -> None:
        zones.latency = 0.25
        begin = clock.now()
        create(zones, "rtb-1", "eni-a")
        (call,) = zones.calls
        assert (call.operation, call.at) == ("create_route", begin + 0.25)
        assert zones.made("create_route")[0]["RouteTableId"] == "rtb-1"

    def test_a_copy_goes_its_own_way(self, zones: FakeEc2Network, clock: FakeClock) -> None:
        create(zones, "rtb-1", "eni-a")
        zones.script("replace_route", THROTTLED)
        zones.on_call = print
        other = FakeClock(clock.now() + 60)
        twin = zones.copy(other)
        assert refusal(
            twin.replace_route,
            RouteTableId="rtb-1",
            NetworkInterfaceId="eni-b",
            DestinationCidrBlock=VIP,
        ) == ("RequestLimitExceeded")
        replace(twin, "rtb-1", "eni-b")
        twin.set_state("i-a", "stopped")
        assert (zones.route("rtb-1", VIP), state(zones)) == ("eni-a", "running")
        assert (twin.route("rtb-1", VIP), twin.on_call) == ("eni-b", None)
        assert [call.operation for call in zones.calls] == ["create_route", "describe_instances"]


def test_requests_and_answers_are_ones_that_botocore_takes(
    subnet: FakeEc2Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = botocore.session.get_session().get_service_model("ec2")
    known, seen = operations(subnet), set[str]()
    for name, method in known.items():
        checked = shape_checked(model.operation_model(camel(name)), method, seen)
        monkeypatch.setattr(subnet, name, checked)
    use_everything(subnet)
    assert seen == {camel(name) for name in known}


def operations(fake: FakeEc2Network) -> dict[str, Any]:
    """Return the methods that are the API's."""
    names = [each for each in dir(FakeEc2Network) if hasattr(getattr(fake, each), "__wrapped__")]
    return {each: getattr(fake, each) for each in names}


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def shape_checked(
    model: OperationModel, method: Callable[..., Any], seen: set[str]
) -> Callable[..., Any]:
    """Return a call that is checked against the model on its way in and out."""

    def call(**parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        seen.add(model.name)
        validator = ParamValidator()
        assert model.input_shape
        report = validator.validate(parameters, model.input_shape)
        assert not report.has_errors(), report.generate_report()
        answer = method(**parameters)
        if model.output_shape is None:
            assert answer == {}
        else:
            report = validator.validate(answer, model.output_shape)
            assert not report.has_errors(), report.generate_report()
        return answer

    return call


def use_everything(fake: FakeEc2Network) -> None:
    """Use every operation, so that answers have as much in them as they may."""
    fake.add_table("rtb-1", "vpc-1")
    create(fake, "rtb-1", "eni-a")
    create(fake, "rtb-1", "eni-a", VIP6)
    replace(fake, "rtb-1", "eni-b")
    fake.set_route("rtb-1", "0.0.0.0/0", "tgw-1")
    fake.describe_route_tables(RouteTableIds=["rtb-1"])
    assign(fake, "eni-a")
    fake.assign_ipv6_addresses(NetworkInterfaceId="eni-a", Ipv6Addresses=[PRIVATE6])
    fake.associate_address(
        AllocationId="eipalloc-1", NetworkInterfaceId="eni-a", PrivateIpAddress=PRIVATE
    )
    attachment = attach(fake, "i-a")
    fake.describe_addresses()
    fake.describe_network_interfaces()
    fake.describe_instances(MaxResults=5)
    fake.detach_network_interface(AttachmentId=attachment, Force=True)
    fake.unassign_ipv6_addresses(NetworkInterfaceId="eni-a", Ipv6Addresses=[PRIVATE6])
    fake.unassign_private_ip_addresses(NetworkInterfaceId="eni-a", PrivateIpAddresses=[PRIVATE])
    fake.stop_instances(InstanceIds=["i-a"])
