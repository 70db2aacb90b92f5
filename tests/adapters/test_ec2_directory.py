"""EC2 as moto has it: what is asked, in how many requests, and what becomes of the answers."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters import ec2 as module
from ddns.adapters.ec2 import Ec2InstanceDirectory
from ddns.core.errors import PermanentError, UnavailableError
from ddns.core.instance.instances import Subnet, Vpc
from tests.handlers.account import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.adapters.aws import Clients
    from tests.fakes.clock import FakeClock
    from tests.handlers.account import Wire

GONE = "i-0123456789abcdef0"
QUARTER = 15 * 60


@pytest.fixture
def account(wire: Wire) -> Account:
    """An account with a VPC to launch in."""
    made = Account()
    wire.reset()
    return made


@pytest.fixture
def directory(account: Account, clients: Clients, clock: FakeClock) -> Ec2InstanceDirectory:
    """What is under test."""
    assert account
    return Ec2InstanceDirectory(clients.ec2, clock)


def filters(wire: Wire, operation: str) -> list[list[str]]:
    """Return the values of the one filter of each call."""
    calls = [call.parameters for call in wire.calls if call.operation == operation]
    return [values for call in calls for each in call["Filters"] for values in [each["Values"]]]


class TestDescribe:
    def test_an_instance_is_told_as_ec2_shows_it(
        self, account: Account, directory: Ec2InstanceDirectory
    ) -> None:
        instance = account.launch("10.0.1.5", ZONE="example.internal", Name="web")
        public = account.public_address(instance)
        found = directory.describe([instance])[instance]
        assert found._replace(launched="") == found.__class__(
            id=instance,
            state="running",
            vpc_id=account.vpc_id,
            subnet_id=account.subnet_id,
            availability_zone=found.availability_zone,
            private_address=IPv4Address("10.0.1.5"),
            public_address=IPv4Address(public),
            private_dns="ip-10-0-1-5.ec2.internal",
            public_dns=f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com",
            tags={"ZONE": "example.internal", "Name": "web"},
        )
        assert found.running
        assert found.availability_zone.startswith("us-east-1")
        assert found.launched.endswith("+00:00")

    def test_an_instance_without_tags_and_public_address_has_none(
        self, account: Account, directory: Ec2InstanceDirectory
    ) -> None:
        (instance,) = account.launch_many(1)
        found = directory.describe([instance])[instance]
        assert not found.tags
        assert (found.public_address, found.public_dns, found.ipv6_address) == (None, "", None)

    @pytest.mark.parametrize(
        ("end", "state"), ((Account.stop, "stopped"), (Account.terminate, "terminated"))
    )
    def test_an_instance_that_ended_is_told_with_its_state(
        self,
        account: Account,
        directory: Ec2InstanceDirectory,
        end: Callable[[Account, str], None],
        state: str,
    ) -> None:
        instance = account.launch()
        end(account, instance)
        found = directory.describe([instance])[instance]
        assert (found.state, found.running) == (state, False)

    def test_the_first_ipv6_address_is_told(
        self, account: Account, directory: Ec2InstanceDirectory
    ) -> None:
        account.ec2.associate_vpc_cidr_block(VpcId=account.vpc_id, AmazonProvidedIpv6CidrBlock=True)
        account.ec2.associate_subnet_cidr_block(
            SubnetId=account.subnet_id, Ipv6CidrBlock="2001:db8::/64"
        )
        instance = account.ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            SubnetId=account.subnet_id,
            Ipv6AddressCount=1,
        )["Instances"][0]["InstanceId"]
        address = directory.describe([instance])[instance].ipv6_address
        assert address is not None
        assert address.version == 6

    def test_an_id_that_is_unknown_is_missing_and_no_error(
        self, account: Account, directory: Ec2InstanceDirectory
    ) -> None:
        instance = account.launch()
        assert directory.describe([instance, GONE]).keys() == {instance}
        assert directory.describe([GONE]) == {}

    def test_no_ids_are_no_request(self, directory: Ec2InstanceDirectory, wire: Wire) -> None:
        assert directory.describe([]) == {}
        assert wire.calls == []

    def test_two_hundred_ids_are_one_request(
        self, account: Account, directory: Ec2InstanceDirectory, wire: Wire
    ) -> None:
        instance = account.launch()
        ids = [f"i-{number:017x}" for number in range(450)]
        wire.reset()
        assert directory.describe([*ids, instance]).keys() == {instance}
        assert [len(each) for each in filters(wire, "DescribeInstances")] == [200, 200, 51]
        wire.reset()
        directory.describe(ids[:200])
        assert wire.count() == {"DescribeInstances": 1}


class TestDescribePages:
    def test_all_pages_are_read(
        self,
        account: Account,
        directory: Ec2InstanceDirectory,
        wire: Wire,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(module, "_PAGE", 5)
        ids = [account.launch(f"10.0.1.{number}") for number in range(5, 17)]
        wire.reset()
        assert directory.describe(ids).keys() == set(ids)
        assert wire.count() == {"DescribeInstances": 3}


class TestRunning:
    def test_only_what_runs_is_shown(
        self, account: Account, directory: Ec2InstanceDirectory
    ) -> None:
        ids = [account.launch(f"10.0.1.{number}") for number in range(5, 8)]
        account.stop(ids[0])
        account.terminate(ids[1])
        instances, following = directory.running("")
        assert ([each.id for each in instances], following) == ([ids[2]], "")

    def test_page_follows_page_one_request_each(
        self,
        account: Account,
        directory: Ec2InstanceDirectory,
        wire: Wire,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(module, "_PAGE", 5)  # a thousand otherwise
        ids = {account.launch(f"10.0.1.{number}") for number in range(5, 17)}
        wire.reset()
        first, start = directory.running("")
        assert wire.count() == {"DescribeInstances": 1}
        second, start = directory.running(start)
        third, end = directory.running(start)
        assert [len(page) for page in (first, second, third)] == [5, 5, 2]
        assert {each.id for each in (*first, *second, *third)} == ids
        assert end == ""
        assert wire.count() == {"DescribeInstances": 3}

    def test_a_page_is_as_large_as_ec2_makes_them(
        self, directory: Ec2InstanceDirectory, wire: Wire
    ) -> None:
        assert directory.running("") == ([], "")
        assert [call.parameters["MaxResults"] for call in wire.calls] == [1000]


class TestVpcs:
    @pytest.mark.parametrize("hostnames", (True, False))
    @pytest.mark.parametrize("support", (True, False))
    def test_the_dns_settings_of_a_vpc_are_told(
        self,
        account: Account,
        directory: Ec2InstanceDirectory,
        *,
        support: bool,
        hostnames: bool,
    ) -> None:
        vpc_id = account.vpc_id
        for name, value in (("EnableDnsHostnames", hostnames), ("EnableDnsSupport", support)):
            change: Any = {name: {"Value": value}}
            account.ec2.modify_vpc_attribute(VpcId=vpc_id, **change)
        assert directory.vpcs([vpc_id], 1) == {
            vpc_id: Vpc(vpc_id, dns_support=support, dns_hostnames=hostnames)
        }

    def test_they_are_asked_for_once_in_a_quarter_of_an_hour(
        self, account: Account, directory: Ec2InstanceDirectory, clock: FakeClock, wire: Wire
    ) -> None:
        first, (second, _) = account.vpc_id, account.add_vpc("10.1.0.0/16", "10.1.1.0/24")
        wire.reset()
        directory.vpcs([first], 9)
        assert wire.count() == {"DescribeVpcAttribute": 2}
        directory.vpcs([first, second], 9)
        assert wire.count() == {"DescribeVpcAttribute": 4}
        account.ec2.modify_vpc_attribute(VpcId=first, EnableDnsSupport={"Value": False})
        wire.reset()
        clock.sleep(QUARTER - 1)
        assert directory.vpcs([first, second], 9)[first].dns_support
        assert wire.calls == []
        clock.sleep(1)
        assert not directory.vpcs([first, second], 9)[first].dns_support
        assert wire.count() == {"DescribeVpcAttribute": 4}

    def test_a_vpc_that_may_not_be_asked_about_is_taken_for_one_with_dns_for_a_while(
        self, account: Account, directory: Ec2InstanceDirectory, clock: FakeClock, wire: Wire
    ) -> None:
        wire.fail_next("DescribeVpcAttribute", "UnauthorizedOperation", 403)
        asked = ["vpc-00000000", account.vpc_id]  # in this order
        assert directory.vpcs(asked, 9) == {each: Vpc(each) for each in asked}
        assert wire.count() == {"DescribeVpcAttribute": 3}
        clock.sleep(QUARTER - 1)
        directory.vpcs(asked, 9)
        assert wire.count() == {"DescribeVpcAttribute": 3}

    @pytest.mark.parametrize("code", ("RequestLimitExceeded", "Unavailable"))
    def test_after_one_for_which_ec2_is_too_busy_no_other_is_asked_about(
        self,
        directory: Ec2InstanceDirectory,
        clock: FakeClock,
        wire: Wire,
        monkeypatch: pytest.MonkeyPatch,
        code: str,
    ) -> None:
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)  # of its own retries
        wire.fail_next("DescribeVpcAttribute", code, 503, times=5)
        asked = [f"vpc-{number:08}" for number in range(20)]
        assert directory.vpcs(asked, 20) == {asked[0]: Vpc(asked[0])}
        assert wire.count() == {"DescribeVpcAttribute": 1}
        clock.sleep(1)
        wire.fail_next("DescribeVpcAttribute", "UnauthorizedOperation", 403)
        assert directory.vpcs(asked[:2], 20) == {each: Vpc(each) for each in asked[:2]}
        assert wire.count() == {"DescribeVpcAttribute": 2}

    def test_no_more_are_asked_about_than_may_be_and_the_rest_later(
        self, account: Account, directory: Ec2InstanceDirectory, wire: Wire
    ) -> None:
        vpcs = [account.add_vpc(f"10.{n}.0.0/16", f"10.{n}.1.0/24")[0] for n in range(1, 6)]
        wire.reset()
        assert directory.vpcs(vpcs, 0) == {}
        assert wire.calls == []
        assert len(directory.vpcs(vpcs, 2)) == 2
        assert len(directory.vpcs(vpcs, 2)) == 4
        assert directory.vpcs(vpcs, 2) == {each: Vpc(each) for each in vpcs}
        assert directory.vpcs(vpcs, 0).keys() == set(vpcs)
        assert wire.count() == {"DescribeVpcAttribute": 10}

    def test_no_vpcs_are_no_request(self, directory: Ec2InstanceDirectory, wire: Wire) -> None:
        assert directory.vpcs([], 9) == {}
        assert directory.domains([]) == {}
        assert wire.calls == []


class TestDomains:
    @staticmethod
    def give(account: Account, vpc_id: str, *values: str) -> None:
        """Give a VPC a DHCP option set with domain names."""
        made = account.ec2.create_dhcp_options(
            DhcpConfigurations=[
                {"Key": "domain-name-servers", "Values": ["10.0.0.2"]},
                {"Key": "domain-name", "Values": list(values)},
            ]
        )["DhcpOptions"]
        account.ec2.associate_dhcp_options(DhcpOptionsId=made["DhcpOptionsId"], VpcId=vpc_id)

    def test_the_names_of_the_option_set_are_told_in_canonical_form(
        self, account: Account, directory: Ec2InstanceDirectory
    ) -> None:
        self.give(account, account.vpc_id, "Example.Internal. corp.test", "lab.test")
        assert directory.domains([account.vpc_id]) == {
            account.vpc_id: ("example.internal", "corp.test", "lab.test")
        }

    def test_a_vpc_without_option_set_or_that_is_gone_has_no_names(
        self, account: Account, directory: Ec2InstanceDirectory
    ) -> None:
        assert directory.domains(["vpc-gone"]) == {"vpc-gone": ()}
        assert directory.domains([account.vpc_id]) == {account.vpc_id: ()}

    def test_several_vpcs_are_two_requests_and_none_for_a_quarter_of_an_hour(
        self, account: Account, directory: Ec2InstanceDirectory, clock: FakeClock, wire: Wire
    ) -> None:
        vpcs = [account.add_vpc(f"10.{n}.0.0/16", f"10.{n}.1.0/24")[0] for n in range(1, 5)]
        for vpc_id in vpcs:
            self.give(account, vpc_id, f"{vpc_id}.test")
        wire.reset()
        assert directory.domains(vpcs) == {vpc_id: (f"{vpc_id}.test",) for vpc_id in vpcs}
        assert wire.count() == {"DescribeVpcs": 1, "DescribeDhcpOptions": 1}
        self.give(account, vpcs[0], "new.test")
        wire.reset()
        clock.sleep(QUARTER - 1)
        assert directory.domains(vpcs)[vpcs[0]] == (f"{vpcs[0]}.test",)
        assert wire.calls == []
        clock.sleep(1)
        assert directory.domains(vpcs)[vpcs[0]] == ("new.test",)
        assert wire.count() == {"DescribeVpcs": 1, "DescribeDhcpOptions": 1}


class TestSubnets:
    def test_subnets_are_told_with_their_block_and_unknown_ones_are_missing(
        self, account: Account, directory: Ec2InstanceDirectory, wire: Wire
    ) -> None:
        found = directory.subnets([account.subnet_id, "subnet-gone"])
        assert found == {account.subnet_id: Subnet(account.subnet_id, IPv4Network("10.0.1.0/24"))}
        assert wire.count() == {"DescribeSubnets": 1}

    def test_two_hundred_ids_are_one_request(
        self, directory: Ec2InstanceDirectory, wire: Wire
    ) -> None:
        directory.subnets([f"subnet-{number:017x}" for number in range(201)])
        assert [len(each) for each in filters(wire, "DescribeSubnets")] == [200, 1]


# ---------------------------------------------------------------- what moto never shows


def shown(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
    """Return an instance as DescribeInstances shows it."""
    return {"InstanceId": "i-1", "State": {"Name": "running"}, **fields}


def interface(index: int, *addresses: tuple[str, bool]) -> dict[str, Any]:
    """Return a network interface with IPv6 addresses."""
    return {
        "Attachment": {"DeviceIndex": index},
        "Ipv6Addresses": [
            {"Ipv6Address": address, "IsPrimaryIpv6": is_primary}
            for address, is_primary in addresses
        ],
    }


class TestShapes:
    def test_a_terminated_instance_has_nothing_left(self) -> None:
        """EC2 leaves fields of a terminated instance empty, or out."""
        found = module._instance(
            shown(State={"Name": "terminated"}, PrivateDnsName="", PublicDnsName="", Tags=[])
        )
        assert (found.vpc_id, found.subnet_id, found.private_dns) == ("", "", "")
        assert (found.private_address, found.public_address, found.launched) == (None, None, "")

    def test_the_primary_ipv6_address_comes_before_others(self) -> None:
        first = interface(0, ("2001:db8::1", False), ("2001:db8::2", True))
        found = module._instance(
            shown(NetworkInterfaces=[interface(1, ("2001:db8::9", True)), first])
        )
        assert found.ipv6_address == IPv6Address("2001:db8::2")

    def test_else_the_first_of_the_first_interface_is_taken(self) -> None:
        first = interface(0, ("2001:db8::1", False), ("2001:db8::2", False))
        found = module._instance(
            shown(NetworkInterfaces=[interface(1, ("2001:db8::9", True)), first])
        )
        assert found.ipv6_address == IPv6Address("2001:db8::1")

    def test_another_interfaces_address_is_not_taken(self) -> None:
        found = module._instance(
            shown(NetworkInterfaces=[interface(1, ("2001:db8::9", True)), interface(0)])
        )
        assert found.ipv6_address is None

    def test_the_address_that_ec2_shows_for_the_instance_counts(self) -> None:
        found = module._instance(
            shown(
                Ipv6Address="2001:db8::5", NetworkInterfaces=[interface(0, ("2001:db8::1", True))]
            )
        )
        assert found.ipv6_address == IPv6Address("2001:db8::5")


class TestErrors:
    @pytest.mark.parametrize(
        ("operation", "use"),
        (
            ("DescribeInstances", lambda directory: directory.describe([GONE])),
            ("DescribeInstances", lambda directory: directory.running("")),
            ("DescribeVpcs", lambda directory: directory.domains(["vpc-1"])),
            ("DescribeSubnets", lambda directory: directory.subnets(["subnet-1"])),
        ),
    )
    @pytest.mark.parametrize(
        ("code", "status", "error"),
        (("UnauthorizedOperation", 403, PermanentError), ("Odd", 501, UnavailableError)),
    )
    def test_errors_are_ours(  # noqa: PLR0917 - pytest passes by name
        self,
        directory: Ec2InstanceDirectory,
        wire: Wire,
        operation: str,
        use: Callable[[Ec2InstanceDirectory], object],
        code: str,
        status: int,
        error: type[Exception],
    ) -> None:
        wire.fail_next(operation, code, status)
        with pytest.raises(error, match=code):
            use(directory)
