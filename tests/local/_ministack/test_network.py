"""Routes, addresses and interfaces of the local EC2: one set of tests, also of the strict fake.

What both have to do as AWS does is tested in both; what the fake alone has (delays, lost answers,
a hanging system) in its own tests.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.ec2_worlds import OnFake, OnLocalAws, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns_constructs.local import LocalAws

VIP = "192.168.100.10/32"
VIP6 = "fd00::10/128"
PRIVATE = "10.0.1.100"
PRIVATE6 = "2600:1f00:0:1::100"
NO_INTERFACE = "eni-0123456789abcdef0"
NO_INSTANCE = "i-0123456789abcdef0"


@pytest.fixture(params=("fake", "local"))
def world(request: pytest.FixtureRequest) -> World:
    return OnFake() if request.param == "fake" else OnLocalAws(request.getfixturevalue("aws"))


def refusal(call: Callable[..., object], **parameters: object) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def destination(block: str) -> dict[str, str]:
    return {"DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock": block}


def create(world: World, interface: str, block: str = VIP) -> None:
    world.client.create_route(
        RouteTableId=world.table, NetworkInterfaceId=interface, **destination(block)
    )


def replace(world: World, interface: str, block: str = VIP) -> None:
    world.client.replace_route(
        RouteTableId=world.table, NetworkInterfaceId=interface, **destination(block)
    )


def routes(world: World, block: str = VIP) -> list[dict[str, Any]]:
    (found,) = world.client.describe_route_tables(RouteTableIds=[world.table])["RouteTables"]
    (kind,) = destination(block)
    return [each for each in found["Routes"] if each.get(kind) == block]


def pointing(world: World, block: str = VIP) -> tuple[str, str]:
    """Return where the one route for a block points, and its state."""
    (route,) = routes(world, block)
    return route["NetworkInterfaceId"], route["State"]


class TestRoutes:
    @pytest.mark.parametrize("block", (VIP, VIP6))
    def test_a_route_points_to_one_interface_and_then_to_another(
        self, world: World, block: str
    ) -> None:
        create(world, world.first, block)
        assert pointing(world, block) == (world.first, "active")
        replace(world, world.far, block)
        assert pointing(world, block) == (world.far, "active")
        (route,) = routes(world, block)
        assert route["InstanceId"] == world.instances[2]
        assert "GatewayId" not in route

    def test_a_second_route_for_a_block_is_refused(self, world: World) -> None:
        create(world, world.first)
        same = {"RouteTableId": world.table, "DestinationCidrBlock": VIP}
        code = refusal(world.client.create_route, **same, NetworkInterfaceId=world.far)
        assert code == "RouteAlreadyExists"
        assert pointing(world) == (world.first, "active")

    def test_a_missing_route_is_not_replaced(self, world: World) -> None:
        with pytest.raises(ClientError, match="There is no route defined for"):
            replace(world, world.first)
        assert routes(world) == []

    @pytest.mark.parametrize("operation", ("create_route", "replace_route"))
    def test_what_does_not_exist_or_is_of_another_vpc_is_refused(
        self, world: World, operation: str
    ) -> None:
        create(world, world.first, VIP6)
        call, to = getattr(world.client, operation), {"DestinationIpv6CidrBlock": VIP6}
        there = {"RouteTableId": world.table, "NetworkInterfaceId": world.first}
        codes = [
            refusal(call, **to, **{**there, "RouteTableId": "rtb-0123456789abcdef0"}),
            refusal(call, **to, **{**there, "NetworkInterfaceId": NO_INTERFACE}),
            refusal(call, **to, **{**there, "NetworkInterfaceId": world.foreign}),
        ]
        assert codes == [
            "InvalidRouteTableID.NotFound",
            "InvalidNetworkInterfaceID.NotFound",
            "InvalidParameterValue",
        ]
        assert pointing(world, VIP6) == (world.first, "active")

    def test_a_part_of_a_subnet_cannot_be_routed_elsewhere(self, world: World) -> None:
        parts = {"RouteTableId": world.table, "NetworkInterfaceId": world.first}
        for block in ("10.0.1.200/32", "2600:1f00:0:1::9/128"):
            code = refusal(world.client.create_route, **parts, **destination(block))
            assert code == "InvalidParameterValue"

    def test_a_block_is_kept_in_its_canonical_form(self, world: World) -> None:
        create(world, world.first, "FD00:0:0::10/128")
        assert pointing(world, VIP6) == (world.first, "active")

    def test_tables_are_filtered_by_their_ids(self, world: World) -> None:
        by = [{"Name": "route-table-id", "Values": [world.table, "rtb-0123456789abcdef0"]}]
        found = world.client.describe_route_tables(Filters=by)["RouteTables"]
        assert [each["RouteTableId"] for each in found] == [world.table]

    def test_an_unknown_table_cannot_be_described(self, world: World) -> None:
        code = refusal(world.client.describe_route_tables, RouteTableIds=["rtb-0123456789abcdef0"])
        assert code == "InvalidRouteTableID.NotFound"

    def test_a_route_to_an_instance_that_has_stopped_is_a_blackhole_until_it_runs(
        self, world: World
    ) -> None:
        create(world, world.first)
        world.client.stop_instances(InstanceIds=[world.instances[0]])
        assert pointing(world) == (world.first, "blackhole")
        world.start(world.instances[0])
        assert pointing(world) == (world.first, "active")

    def test_a_route_to_an_interface_that_is_gone_is_a_blackhole_and_can_be_replaced(
        self, world: World
    ) -> None:
        create(world, world.first)
        world.terminate(world.instances[0])
        assert pointing(world) == (world.first, "blackhole")
        replace(world, world.second)
        assert pointing(world) == (world.second, "active")

    def test_a_route_to_an_interface_at_no_instance_is_a_blackhole(self, world: World) -> None:
        create(world, world.moving)
        assert pointing(world) == (world.moving, "blackhole")


def holders(world: World, private: str) -> list[str]:
    kind = "ipv6-addresses.ipv6-address" if ":" in private else "addresses.private-ip-address"
    found = world.client.describe_network_interfaces(
        Filters=[
            {"Name": kind, "Values": [private]},
            {"Name": "network-interface-id", "Values": [world.first, world.second, world.moving]},
        ]
    )["NetworkInterfaces"]
    return [each["NetworkInterfaceId"] for each in found]


def assign(world: World, interface: str, *, allow: bool) -> None:
    world.client.assign_private_ip_addresses(
        NetworkInterfaceId=interface, PrivateIpAddresses=[PRIVATE], AllowReassignment=allow
    )


def elastic(world: World) -> tuple[str, str]:
    (found,) = world.client.describe_addresses(AllocationIds=[world.elastic])["Addresses"]
    return found.get("NetworkInterfaceId", ""), found.get("PrivateIpAddress", "")


class TestAddresses:
    def test_an_address_of_another_interface_moves_with_leave_alone(self, world: World) -> None:
        assign(world, world.first, allow=False)
        parts = {"NetworkInterfaceId": world.second, "PrivateIpAddresses": [PRIVATE]}
        code = refusal(world.client.assign_private_ip_addresses, **parts)
        assert code == "InvalidParameterValue"
        assert holders(world, PRIVATE) == [world.first]
        assign(world, world.second, allow=True)
        assert holders(world, PRIVATE) == [world.second]
        assign(world, world.second, allow=True)
        assert holders(world, PRIVATE) == [world.second]

    @pytest.mark.parametrize("private", ("10.0.1.6", "10.0.2.5", "2600:1f00:0:2::1"))
    def test_a_primary_address_and_one_of_another_subnet_stay_where_they_are(
        self, world: World, private: str
    ) -> None:
        code = refusal(
            world.client.assign_private_ip_addresses,
            NetworkInterfaceId=world.first,
            PrivateIpAddresses=[private],
            AllowReassignment=True,
        )
        assert code == "InvalidParameterValue"

    def test_an_address_is_taken_from_where_it_is_alone(self, world: World) -> None:
        assign(world, world.first, allow=False)
        parts: dict[str, Any] = {"NetworkInterfaceId": world.second}
        parts["PrivateIpAddresses"] = [PRIVATE]
        code = refusal(world.client.unassign_private_ip_addresses, **parts)
        assert code == "InvalidParameterValue"
        world.client.unassign_private_ip_addresses(**{**parts, "NetworkInterfaceId": world.first})
        assert holders(world, PRIVATE) == []

    def test_an_ipv6_address_has_to_be_taken_away_first(self, world: World) -> None:
        ec2 = world.client
        ec2.assign_ipv6_addresses(NetworkInterfaceId=world.first, Ipv6Addresses=[PRIVATE6])
        parts: dict[str, Any] = {"NetworkInterfaceId": world.second, "Ipv6Addresses": [PRIVATE6]}
        assert refusal(ec2.assign_ipv6_addresses, **parts) == "InvalidParameterValue"
        assert refusal(ec2.unassign_ipv6_addresses, **parts) == "InvalidParameterValue"
        gone = ec2.unassign_ipv6_addresses(**{**parts, "NetworkInterfaceId": world.first})
        assert gone["UnassignedIpv6Addresses"] == [PRIVATE6]
        made = ec2.assign_ipv6_addresses(**parts)
        assert made["AssignedIpv6Addresses"] == [PRIVATE6]
        assert holders(world, PRIVATE6) == [world.second]

    def test_the_elastic_ip_address_goes_with_the_private_one(self, world: World) -> None:
        assign(world, world.first, allow=False)
        parts = {"AllocationId": world.elastic, "PrivateIpAddress": PRIVATE}
        code = refusal(world.client.associate_address, NetworkInterfaceId=world.second, **parts)
        assert code == "InvalidParameterValue"
        for _ in range(2):
            world.client.associate_address(NetworkInterfaceId=world.first, **parts)
        assert elastic(world) == (world.first, PRIVATE)
        assign(world, world.second, allow=True)
        assert elastic(world) == (world.second, PRIVATE)
        world.client.unassign_private_ip_addresses(
            NetworkInterfaceId=world.second, PrivateIpAddresses=[PRIVATE]
        )
        assert elastic(world) == ("", "")

    def test_an_elastic_ip_address_is_taken_over_unless_it_may_not_be(self, world: World) -> None:
        ec2, parts = world.client, {"AllocationId": world.elastic}
        ec2.associate_address(**parts, NetworkInterfaceId=world.first)
        to: dict[str, Any] = {**parts, "NetworkInterfaceId": world.second}
        code = refusal(ec2.associate_address, **to, AllowReassociation=False)
        assert code == "Resource.AlreadyAssociated"
        ec2.associate_address(**to)
        assert elastic(world) == (world.second, "10.0.1.6")
        gone = {**to, "AllocationId": "eipalloc-0123456789abcdef0"}
        assert refusal(ec2.associate_address, **gone) == "InvalidAllocationID.NotFound"

    def test_what_is_at_an_instance_that_ends_is_free(self, world: World) -> None:
        assign(world, world.first, allow=False)
        world.client.associate_address(
            AllocationId=world.elastic, NetworkInterfaceId=world.first, PrivateIpAddress=PRIVATE
        )
        world.terminate(world.instances[0])
        assert elastic(world) == ("", "")
        assign(world, world.second, allow=False)
        assert holders(world, PRIVATE) == [world.second]


def attach(world: World, instance: int = 0, index: int = 1) -> str:
    answer = world.client.attach_network_interface(
        NetworkInterfaceId=world.moving, InstanceId=world.instances[instance], DeviceIndex=index
    )
    return str(answer["AttachmentId"])


def attachment(world: World) -> tuple[str, str]:
    """Return the status of the moving interface, and its instance."""
    found = world.client.describe_network_interfaces(NetworkInterfaceIds=[world.moving])
    (shown,) = found["NetworkInterfaces"]
    return shown["Status"], shown.get("Attachment", {}).get("InstanceId", "")


class TestInterfaces:
    def test_an_interface_goes_from_one_instance_to_another(self, world: World) -> None:
        first = attach(world)
        assert attachment(world) == ("in-use", world.instances[0])
        world.client.detach_network_interface(AttachmentId=first)
        assert attachment(world) == ("available", "")
        assert attach(world, 1) != first
        assert attachment(world) == ("in-use", world.instances[1])
        (found,) = world.client.describe_instances(InstanceIds=[world.instances[1]])["Reservations"]
        (instance,) = found["Instances"]
        indexes = {
            each["NetworkInterfaceId"]: each["Attachment"]["DeviceIndex"]
            for each in instance["NetworkInterfaces"]
        }
        assert indexes == {world.second: 0, world.moving: 1}

    def test_an_interface_in_use_is_not_attached_again(self, world: World) -> None:
        attach(world)
        parts = {"NetworkInterfaceId": world.moving, "InstanceId": world.instances[1]}
        code = refusal(world.client.attach_network_interface, **parts, DeviceIndex=1)
        assert code == "InvalidNetworkInterface.InUse"
        assert attachment(world) == ("in-use", world.instances[0])

    @pytest.mark.parametrize(
        ("instance", "index", "code"),
        (
            (2, 1, "InvalidParameterCombination"),
            (0, 0, "InvalidParameterValue"),
            (None, 1, "InvalidInstanceID.NotFound"),
        ),
    )
    def test_where_it_does_not_fit_it_is_not_attached(
        self, world: World, instance: int | None, index: int, code: str
    ) -> None:
        found = refusal(
            world.client.attach_network_interface,
            NetworkInterfaceId=world.moving,
            InstanceId=NO_INSTANCE if instance is None else world.instances[instance],
            DeviceIndex=index,
        )
        assert found == code
        assert attachment(world) == ("available", "")

    def test_nothing_is_attached_to_an_instance_that_is_gone(self, world: World) -> None:
        world.terminate(world.instances[0])
        parts = {"NetworkInterfaceId": world.moving, "InstanceId": world.instances[0]}
        code = refusal(world.client.attach_network_interface, **parts, DeviceIndex=1)
        assert code == "IncorrectState"

    def test_the_primary_interface_stays(self, world: World) -> None:
        found = world.client.describe_network_interfaces(NetworkInterfaceIds=[world.first])
        primary = found["NetworkInterfaces"][0]["Attachment"]["AttachmentId"]
        code = refusal(world.client.detach_network_interface, AttachmentId=primary)
        assert code == "OperationNotPermitted"
        code = refusal(world.client.detach_network_interface, AttachmentId="eni-attach-0")
        assert code == "InvalidAttachmentID.NotFound"

    def test_an_interface_that_was_attached_outlives_its_instance(self, world: World) -> None:
        attach(world)
        world.terminate(world.instances[0])
        assert attachment(world) == ("available", "")
        code = refusal(world.client.describe_network_interfaces, NetworkInterfaceIds=[world.first])
        assert code == "InvalidNetworkInterfaceID.NotFound"

    def test_a_filter_by_an_id_that_does_not_exist_finds_nothing(self, world: World) -> None:
        by = [{"Name": "network-interface-id", "Values": [NO_INTERFACE, world.first]}]
        found = world.client.describe_network_interfaces(Filters=by)["NetworkInterfaces"]
        assert [each["NetworkInterfaceId"] for each in found] == [world.first]


# ------------------------------------------------------------------------- the local AWS alone


@pytest.fixture
def local(aws: LocalAws) -> OnLocalAws:
    return OnLocalAws(aws)


def test_the_source_destination_check_is_switched_by_instance_and_by_interface(
    local: OnLocalAws,
) -> None:
    def checked() -> bool:
        found = local.client.describe_instances(InstanceIds=[local.instances[0]])
        (instance,) = found["Reservations"][0]["Instances"]
        (interface,) = instance["NetworkInterfaces"]
        assert instance["SourceDestCheck"] == interface["SourceDestCheck"]
        return bool(instance["SourceDestCheck"])

    assert checked()
    local.client.modify_instance_attribute(
        InstanceId=local.instances[0], SourceDestCheck={"Value": False}
    )
    assert not checked()
    local.client.modify_network_interface_attribute(
        NetworkInterfaceId=local.first, SourceDestCheck={"Value": True}
    )
    assert checked()


def test_a_new_interface_gets_a_free_address_and_a_taken_one_is_refused(local: OnLocalAws) -> None:
    (found,) = local.client.describe_network_interfaces(NetworkInterfaceIds=[local.first])[
        "NetworkInterfaces"
    ]
    made = local.client.create_network_interface(SubnetId=found["SubnetId"])["NetworkInterface"]
    assert made["PrivateIpAddress"] == "10.0.1.4"
    parts = {"SubnetId": found["SubnetId"], "PrivateIpAddress": "10.0.1.5"}
    code = refusal(local.client.create_network_interface, **parts)
    assert code == "InvalidIPAddress.InUse"
    local.client.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    code = refusal(local.client.delete_network_interface, NetworkInterfaceId=local.first)
    assert code == "InvalidParameterValue"


def test_a_secondary_address_is_not_given_to_a_new_instance(local: OnLocalAws) -> None:
    local.client.assign_private_ip_addresses(
        NetworkInterfaceId=local.first, PrivateIpAddresses=["10.0.1.4"]
    )
    (found,) = local.client.describe_network_interfaces(NetworkInterfaceIds=[local.first])[
        "NetworkInterfaces"
    ]
    launched = local.client.run_instances(
        ImageId="ami-1", MinCount=1, MaxCount=1, SubnetId=found["SubnetId"]
    )
    assert launched["Instances"][0]["PrivateIpAddress"] == "10.0.1.7"


def test_a_route_is_deleted_once(local: OnLocalAws) -> None:
    create(local, local.first)
    local.client.delete_route(RouteTableId=local.table, DestinationCidrBlock=VIP)
    assert routes(local) == []
    same = {"RouteTableId": local.table, "DestinationCidrBlock": VIP}
    assert refusal(local.client.delete_route, **same) == "InvalidParameterValue"


def test_an_unknown_filter_is_an_error(local: OnLocalAws) -> None:
    for call in (
        local.client.describe_network_interfaces,
        local.client.describe_addresses,
        local.client.describe_route_tables,
    ):
        with pytest.raises(ClientError, match="The filter 'no-such' is invalid"):
            call(Filters=[{"Name": "no-such", "Values": ["x"]}])


def test_tables_are_found_by_their_tags_and_routes(local: OnLocalAws) -> None:
    create(local, local.moving)
    local.client.create_tags(Resources=[local.table], Tags=[{"Key": "Name", "Value": "moved"}])

    def found(**filters: str) -> list[str]:
        by = [{"Name": name, "Values": [value]} for name, value in filters.items()]
        by.append({"Name": "route-table-id", "Values": [local.table]})
        shown = local.client.describe_route_tables(Filters=by)["RouteTables"]
        return [each["RouteTableId"] for each in shown]

    assert found(**{"tag:Name": "moved", "route.state": "blackhole"}) == [local.table]
    assert found(**{"tag:Name": "other"}) == found(**{"tag:None": "x"}) == []
    assert found(**{"tag-key": "Name", "route.destination-cidr-block": VIP}) == [local.table]
    assert found(**{"association.main": "true"}) == []


def test_new_elastic_ip_addresses_are_of_the_documented_ranges(local: OnLocalAws) -> None:
    made = local.client.allocate_address(Domain="vpc")
    assert made["PublicIp"].rpartition(".")[0] in {"203.0.113", "198.51.100", "192.0.2"}
    (found,) = local.client.describe_addresses(AllocationIds=[made["AllocationId"]])["Addresses"]
    assert found["PublicIp"] == made["PublicIp"]


RESOURCES = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"},
    },
    "Node": {
        "Type": "AWS::EC2::Instance",
        "Properties": {
            "ImageId": "ami-12345678",
            "SubnetId": {"Ref": "Subnet"},
            "PrivateIpAddress": "10.0.1.50",
            "SourceDestCheck": False,
            "Tags": [{"Key": "Name", "Value": "node"}],
        },
    },
    "Moving": {
        "Type": "AWS::EC2::NetworkInterface",
        "Properties": {"SubnetId": {"Ref": "Subnet"}, "SourceDestCheck": False},
    },
    "Attachment": {
        "Type": "AWS::EC2::NetworkInterfaceAttachment",
        "Properties": {
            "NetworkInterfaceId": {"Ref": "Moving"},
            "InstanceId": {"Ref": "Node"},
            "DeviceIndex": "1",
            "DeleteOnTermination": False,
        },
    },
    "Elastic": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
    "Association": {
        "Type": "AWS::EC2::EIPAssociation",
        "Properties": {
            "AllocationId": {"Fn::GetAtt": ["Elastic", "AllocationId"]},
            "NetworkInterfaceId": {"Ref": "Moving"},
        },
    },
}
OUTPUTS = {
    "Node": {"Ref": "Node"},
    "PrivateIp": {"Fn::GetAtt": ["Node", "PrivateIp"]},
    "Zone": {"Fn::GetAtt": ["Node", "AvailabilityZone"]},
    "Moving": {"Ref": "Moving"},
    "MovingIp": {"Fn::GetAtt": ["Moving", "PrimaryPrivateIpAddress"]},
    "Elastic": {"Fn::GetAtt": ["Elastic", "AllocationId"]},
}


def test_a_template_makes_instances_interfaces_and_addresses_and_takes_them_away(
    aws: LocalAws,
) -> None:
    made, ec2 = aws.client("cloudformation"), aws.client("ec2")
    stack = {"StackName": "nodes"}

    def deployed(**node: object) -> dict[str, str]:
        properties = {**RESOURCES["Node"]["Properties"], **node}  # type: ignore[dict-item] # a test's
        resources = {**RESOURCES, "Node": {**RESOURCES["Node"], "Properties": properties}}
        body = {"Resources": resources, "Outputs": {k: {"Value": v} for k, v in OUTPUTS.items()}}
        is_new = not node
        (made.create_stack if is_new else made.update_stack)(**stack, TemplateBody=json.dumps(body))
        waiter = "stack_create_complete" if is_new else "stack_update_complete"
        made.get_waiter(waiter).wait(**stack)
        (found,) = made.describe_stacks(**stack)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}

    def instance(wanted: str) -> dict[str, Any]:
        found = ec2.describe_instances(InstanceIds=[wanted])
        return dict(found["Reservations"][0]["Instances"][0])

    first = deployed()
    node = instance(first["Node"])
    assert (first["PrivateIp"], first["Zone"]) == ("10.0.1.50", "us-east-1a")
    assert node["Tags"] == [{"Key": "Name", "Value": "node"}]
    assert [each["NetworkInterfaceId"] for each in node["NetworkInterfaces"]][1:] == [
        first["Moving"]
    ]
    assert not any(each["SourceDestCheck"] for each in node["NetworkInterfaces"])
    (elastic,) = ec2.describe_addresses(AllocationIds=[first["Elastic"]])["Addresses"]
    assert elastic["PrivateIpAddress"] == first["MovingIp"]
    changed = deployed(SourceDestCheck=True)
    assert changed == first
    assert instance(first["Node"])["SourceDestCheck"]
    replaced = deployed(PrivateIpAddress="10.0.1.51")
    assert replaced["PrivateIp"] == "10.0.1.51"
    assert instance(first["Node"])["State"]["Name"] == "terminated"
    made.delete_stack(**stack)
    made.get_waiter("stack_delete_complete").wait(**stack)
    assert instance(replaced["Node"])["State"]["Name"] == "terminated"
    gone = {"NetworkInterfaceIds": [first["Moving"]]}
    assert refusal(ec2.describe_network_interfaces, **gone) == "InvalidNetworkInterfaceID.NotFound"
    gone = {"AllocationIds": [first["Elastic"]]}
    assert refusal(ec2.describe_addresses, **gone) == "InvalidAllocationID.NotFound"


def test_permissions_count_by_subnet_and_by_interface(aws: LocalAws, local: OnLocalAws) -> None:
    found = local.client.describe_network_interfaces(
        NetworkInterfaceIds=[local.first, local.far, local.moving]
    )["NetworkInterfaces"]
    subnets = {each["NetworkInterfaceId"]: each["SubnetId"] for each in found}
    arn = "arn:aws:ec2:us-east-1:000000000000:"
    statements = [
        {
            "Effect": "Allow",
            "Action": "ec2:AssignPrivateIpAddresses",
            "Resource": f"{arn}network-interface/*",
            "Condition": {"ArnEquals": {"ec2:Subnet": f"{arn}subnet/{subnets[local.first]}"}},
        },
        {
            "Effect": "Allow",
            "Action": "ec2:DetachNetworkInterface",
            "Resource": f"{arn}network-interface/{local.moving}",
        },
    ]
    iam, name = aws.client("iam"), f"mover{local.first}"
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName=name, PolicyName="move", PolicyDocument=policy)
    mover = aws.client_as(role, "ec2")
    mover.assign_private_ip_addresses(
        NetworkInterfaceId=local.first, PrivateIpAddresses=["10.0.1.100"]
    )
    code = refusal(
        mover.assign_private_ip_addresses,
        NetworkInterfaceId=local.far,
        PrivateIpAddresses=["10.0.2.100"],
    )
    assert code == "UnauthorizedOperation"
    attached = {each["NetworkInterfaceId"]: each.get("Attachment", {}) for each in found}
    code = refusal(mover.detach_network_interface, AttachmentId=attached[local.far]["AttachmentId"])
    assert code == "UnauthorizedOperation"
    mover.detach_network_interface(AttachmentId=attach(local))
    assert attachment(local) == ("available", "")
