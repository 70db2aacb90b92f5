"""The same small network in the strict fake and in the local AWS, so that tests run on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import FakeEc2Network

if TYPE_CHECKING:
    from ddns_constructs.local import LocalAws

BLOCK6 = "2600:1f00:0:1::/64"


class World:
    """Two instances in one subnet of a VPC, one in another zone, and what can be moved there.

    Attributes:
        client: the fake, or a boto3 client of the local AWS.
        table: a route table of the VPC.
        subnet: the subnet of the first two instances.
        first: the instances of one subnet, 10.0.1.0/24, are `instances`; these two and `far` are
            their primary interfaces.
        far: that of an instance in another zone.
        moving: an interface of the first subnet, at no instance.
        foreign: an interface of another VPC.
        elastic: an Elastic IP address.
    """

    client: Any
    table: str
    subnet: str
    instances: list[str]
    first: str
    second: str
    far: str
    moving: str
    foreign: str
    elastic: str

    def terminate(self, instance: str) -> None:
        raise NotImplementedError

    def start(self, instance: str) -> None:
        raise NotImplementedError


class OnFake(World):
    def __init__(self) -> None:
        self.client = fake = FakeEc2Network(FakeClock())
        fake.add_vpc("vpc-1", "10.0.0.0/16")
        fake.add_subnet("subnet-a", "vpc-1", "zone-a", "10.0.1.0/24", BLOCK6)
        fake.add_subnet("subnet-c", "vpc-1", "zone-b", "10.0.2.0/24")
        fake.add_vpc("vpc-2", "10.9.0.0/16")
        fake.add_subnet("subnet-z", "vpc-2", "zone-a", "10.9.1.0/24")
        fake.add_table("rtb-1", "vpc-1")
        fake.add_interface("eni-moving", "subnet-a", "10.0.1.9")
        fake.add_interface("eni-z", "subnet-z", "10.9.1.5")
        fake.add_elastic_ip("eipalloc-1")
        self.table, self.subnet = "rtb-1", "subnet-a"
        self.moving, self.foreign = "eni-moving", "eni-z"
        self.elastic, self.instances = "eipalloc-1", ["i-a", "i-b", "i-c"]
        self.first, self.second, self.far = (
            fake.add_instance(f"i-{each}", subnet, address)
            for each, subnet, address in (
                ("a", "subnet-a", "10.0.1.5"),
                ("b", "subnet-a", "10.0.1.6"),
                ("c", "subnet-c", "10.0.2.5"),
            )
        )

    def terminate(self, instance: str) -> None:
        self.client.set_state(instance, "terminated")

    def start(self, instance: str) -> None:
        self.client.set_state(instance, "running")


class OnLocalAws(World):
    def __init__(self, aws: LocalAws) -> None:
        self.client = ec2 = aws.client("ec2")
        vpcs = [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in (0, 9)]

        def subnet(vpc: str, block: str, zone: str, **more: str) -> str:
            made = ec2.create_subnet(
                VpcId=vpc, CidrBlock=block, AvailabilityZone=f"us-east-1{zone}", **more
            )
            return str(made["Subnet"]["SubnetId"])

        def interface(subnet: str, address: str) -> str:
            made = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=address)
            return str(made["NetworkInterface"]["NetworkInterfaceId"])

        near = self.subnet = subnet(vpcs[0], "10.0.1.0/24", "a", Ipv6CidrBlock=BLOCK6)
        far = subnet(vpcs[0], "10.0.2.0/24", "b")
        self.table = ec2.create_route_table(VpcId=vpcs[0])["RouteTable"]["RouteTableId"]
        self.moving = interface(near, "10.0.1.9")
        self.foreign = interface(subnet(vpcs[1], "10.9.1.0/24", "a"), "10.9.1.5")
        self.elastic = ec2.allocate_address(Domain="vpc")["AllocationId"]
        places = ((near, "10.0.1.5"), (near, "10.0.1.6"), (far, "10.0.2.5"))
        launched = [self._launch(subnet, address) for subnet, address in places]
        self.instances = [each["InstanceId"] for each in launched]
        self.first, self.second, self.far = (
            each["NetworkInterfaces"][0]["NetworkInterfaceId"] for each in launched
        )

    def _launch(self, subnet: str, address: str) -> dict[str, Any]:
        launched = self.client.run_instances(
            ImageId="ami-1", MinCount=1, MaxCount=1, SubnetId=subnet, PrivateIpAddress=address
        )
        return dict(launched["Instances"][0])

    def terminate(self, instance: str) -> None:
        self.client.terminate_instances(InstanceIds=[instance])

    def start(self, instance: str) -> None:
        self.client.start_instances(InstanceIds=[instance])
