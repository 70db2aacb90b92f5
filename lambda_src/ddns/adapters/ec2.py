"""EC2: instances, and the VPCs and subnets that they are in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import TYPE_CHECKING, Any, cast

from ddns.adapters.aws import translated
from ddns.core.errors import DdnsError, PermanentError
from ddns.core.instance.instances import Instance, Subnet, Vpc
from ddns.core.names import canonical

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

    from ddns.ports import Clock

# EC2 takes this many values in one filter.
_FILTER_VALUES = 200
_PAGE = 1000
_KNOWN_FOR = 900.0


class Ec2InstanceDirectory:
    """Instances of one Region; what EC2 says of VPCs is remembered for a quarter of an hour."""

    def __init__(self, client: EC2Client, clock: Clock) -> None:
        """Take a client and a clock."""
        self._client = client
        self._clock = clock
        self._vpcs: dict[str, tuple[float, Vpc]] = {}
        self._blocks: dict[str, tuple[float, tuple[IPv4Network, ...]]] = {}
        self._domains: dict[str, tuple[float, tuple[str, ...]]] = {}

    def describe(self, ids: Collection[str]) -> Mapping[str, Instance]:
        """Return the instances that exist (DescribeInstances by filter: no id is an error)."""
        found: dict[str, Instance] = {}
        for some in _chunks(ids):
            instances, following = self._page("instance-id", some, "")
            while True:
                found.update((each.id, each) for each in instances)
                if not following:
                    break
                instances, following = self._page("instance-id", some, following)
        return found

    def running(self, start: str) -> tuple[Sequence[Instance], str]:
        """Return a page of the running instances, and where to go on (DescribeInstances)."""
        return self._page("instance-state-name", ["running"], start)

    def _page(self, name: str, values: list[str], start: str) -> tuple[list[Instance], str]:
        following: dict[str, str] = {"NextToken": start} if start else {}
        with translated():
            page = self._client.describe_instances(
                Filters=[{"Name": name, "Values": values}],
                MaxResults=_PAGE,
                **cast("Any", following),
            )
        instances = [_instance(each) for r in page["Reservations"] for each in r["Instances"]]
        return instances, page.get("NextToken", "")

    def vpcs(self, ids: Collection[str], most: int) -> Mapping[str, Vpc]:
        """Return VPCs with their DNS settings (DescribeVpcAttribute, twice for each).

        They only lead to warnings. A VPC that cannot be read counts as set right for a while. Of
        VPCs that are not remembered, ``most`` are read, and none after one for which EC2 did not
        answer.
        """
        now = self._clock.now()
        unknown = [each for each in sorted(ids) if self._vpcs.get(each, (0.0,))[0] <= now]
        for vpc_id in unknown[:most]:
            busy = False
            try:
                support = self._attribute(vpc_id, "enableDnsSupport")
                hostnames = self._attribute(vpc_id, "enableDnsHostnames")
                vpc = Vpc(vpc_id, dns_support=support, dns_hostnames=hostnames)
            except DdnsError as err:
                # A VPC that another account shares may not be asked about.
                vpc, busy = Vpc(vpc_id), not isinstance(err, PermanentError)
            self._vpcs[vpc_id] = (now + _KNOWN_FOR, vpc)
            if busy:
                break
        return {each: self._vpcs[each][1] for each in ids if each in self._vpcs}

    def domains(self, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the domain names of DHCP option sets (DescribeVpcs and DescribeDhcpOptions)."""
        now = self._clock.now()
        unknown = [each for each in ids if self._domains.get(each, (0.0,))[0] <= now]
        if unknown:
            found = self._dhcp_domains(unknown)
            self._domains.update({e: (now + _KNOWN_FOR, found.get(e, ())) for e in unknown})
        return {each: self._domains[each][1] for each in ids}

    def cidr_blocks(self, ids: Collection[str]) -> Mapping[str, tuple[IPv4Network, ...]]:
        """Return the IPv4 CIDR blocks of VPCs (DescribeVpcs).

        Where the role may not ask for them there are none: they tell how fine reverse zones are to
        be, and lead to warnings.
        """
        now = self._clock.now()
        unknown = [each for each in ids if self._blocks.get(each, (0.0,))[0] <= now]
        found: dict[str, tuple[IPv4Network, ...]] = {}
        for some in _chunks(unknown):
            try:
                with translated():
                    vpcs = self._client.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": some}])
            except PermanentError:
                break
            found.update((vpc["VpcId"], _blocks(vpc)) for vpc in vpcs["Vpcs"])
        self._blocks.update({e: (now + _KNOWN_FOR, found.get(e, ())) for e in unknown})
        return {each: self._blocks[each][1] for each in ids}

    def _attribute(self, vpc_id: str, name: str) -> bool:
        with translated():
            answer = self._client.describe_vpc_attribute(VpcId=vpc_id, Attribute=cast("Any", name))
        value: Mapping[str, bool] = cast("Any", answer)[name[0].upper() + name[1:]]
        return value["Value"]

    def _dhcp_domains(self, vpc_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        options: dict[str, str] = {}
        for some in _chunks(vpc_ids):
            with translated():
                vpcs = self._client.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": some}])
            options.update((v["VpcId"], v.get("DhcpOptionsId", "")) for v in vpcs["Vpcs"])
        domains: dict[str, tuple[str, ...]] = {}
        for some in _chunks({each for each in options.values() if each.startswith("dopt-")}):
            with translated():
                sets = self._client.describe_dhcp_options(
                    Filters=[{"Name": "dhcp-options-id", "Values": some}]
                )
            domains.update((s["DhcpOptionsId"], _domains(s)) for s in sets["DhcpOptions"])
        return {vpc_id: domains.get(option, ()) for vpc_id, option in options.items()}

    def subnets(self, ids: Collection[str]) -> Mapping[str, Subnet]:
        """Return subnets (DescribeSubnets)."""
        found: dict[str, Subnet] = {}
        for some in _chunks(ids):
            with translated():
                answer = self._client.describe_subnets(
                    Filters=[{"Name": "subnet-id", "Values": some}]
                )
            for each in answer["Subnets"]:
                if each.get("CidrBlock"):
                    block = IPv4Network(each["CidrBlock"])
                    found[each["SubnetId"]] = Subnet(each["SubnetId"], block)
        return found


def _chunks(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _FILTER_VALUES):
        yield ordered[start : start + _FILTER_VALUES]


def _domains(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the domain names of a DHCP option set; some systems list several, with spaces."""
    return tuple(
        canonical(name)
        for configuration in options.get("DhcpConfigurations", ())
        if configuration["Key"] == "domain-name"
        for value in configuration["Values"]
        for name in value["Value"].split()
    )


def _blocks(vpc: Mapping[str, Any]) -> tuple[IPv4Network, ...]:
    """Return the IPv4 CIDR blocks that are associated with a VPC."""
    return tuple(
        IPv4Network(each["CidrBlock"])
        for each in vpc.get("CidrBlockAssociationSet", ())
        if each.get("CidrBlockState", {}).get("State") == "associated"
    )


def _instance(found: Mapping[str, Any]) -> Instance:
    private, public = found.get("PrivateIpAddress"), found.get("PublicIpAddress")
    ipv6 = _ipv6(found)
    launched = found.get("LaunchTime")
    return Instance(
        id=found["InstanceId"],
        state=found["State"]["Name"],
        launched=launched.isoformat() if launched else "",
        vpc_id=found.get("VpcId") or "",
        subnet_id=found.get("SubnetId") or "",
        availability_zone=found.get("Placement", {}).get("AvailabilityZone", ""),
        private_address=IPv4Address(private) if private else None,
        public_address=IPv4Address(public) if public else None,
        ipv6_address=IPv6Address(ipv6) if ipv6 else None,
        private_dns=found.get("PrivateDnsName") or "",
        public_dns=found.get("PublicDnsName") or "",
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", ())},
    )


def _ipv6(found: Mapping[str, Any]) -> str | None:
    """Return the primary IPv6 address, else the first of the first network interface."""
    if found.get("Ipv6Address"):
        return str(found["Ipv6Address"])
    interfaces = sorted(
        found.get("NetworkInterfaces", ()),
        key=lambda each: each.get("Attachment", {}).get("DeviceIndex", 0),
    )
    addresses = [a for each in interfaces[:1] for a in each.get("Ipv6Addresses", ())]
    primary = [a for a in addresses if a.get("IsPrimaryIpv6")]
    return next((str(a["Ipv6Address"]) for a in primary + addresses), None)
