# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Addresses, names and filters of EC2 instances.

| AWS | MiniStack |
|---|---|
| the private address lies in the subnet's range, the zone is the subnet's | 10.0.x.y, zone a |
| launches MaxCount instances if it can | launches MinCount |
| a public address only where the subnet gives one; the public name tells the public address | always; the name tells the private address |
| stop takes the public address and name away; start brings other ones | both stay as they were |
| a terminated instance has no address and no name | keeps them |
| an absent address is absent from the answer | would be an empty text |
| DescribeInstances filters by `instance-id`, `vpc-id`, ...; an unknown filter is an error | ignores a filter that it does not know and answers with every instance |
| the default DHCP option set can be described; an unknown id is an error | nothing, nothing |

A DNS entry is made of exactly these facts. Public addresses are taken from the ranges reserved for
documentation (RFC 5737), so that no name ever points at somebody's machine.
"""  # noqa: E501 - a table

from __future__ import annotations

import ipaddress
import itertools
import re
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["apply", "new_public_address"]

_Params = dict[str, Any]
_Instance = dict[str, Any]

_PUBLIC_RANGES = ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")
_RESERVED_BY_AWS = 4  # the first four addresses of a subnet, and the last one
_DEFAULT_DHCP_OPTIONS = "dopt-00000001"
_PLAIN_FILTERS = {
    "instance-id": "InstanceId",
    "vpc-id": "VpcId",
    "subnet-id": "SubnetId",
    "private-ip-address": "PrivateIpAddress",
    "ip-address": "PublicIpAddress",
    "private-dns-name": "PrivateDnsName",
    "dns-name": "PublicDnsName",
}
_MINISTACK_FILTERS = {"instance-state-name", "instance-type", "image-id", "tag-key", "tag-value"}

_public_addresses: Iterator[str] = itertools.cycle(
    str(address) for block in _PUBLIC_RANGES for address in ipaddress.ip_network(block).hosts()
)


def new_public_address() -> str:
    """Return a public address that nobody has: of a range for documentation."""
    return next(_public_addresses)


def apply() -> None:
    """Replace MiniStack's handlers where they differ from the table above."""
    _correct_launch()
    _correct_states()
    _correct_description()
    _correct_dhcp_options()


def _correct_launch() -> None:
    run_instances = ec2._run_instances
    launch = ec2._launch_instances_internal

    def run_as_many_as_asked(params: _Params) -> object:
        return run_instances({**params, "MinCount": params.get("MaxCount", ["1"])})

    def launch_with_addresses(
        *args: object, requested_private_ip: str | None = None, **kwargs: object
    ) -> list[_Instance]:
        created: list[_Instance] = launch(
            *args, requested_private_ip=requested_private_ip, **kwargs
        )
        free: dict[str, Iterator[str]] = {}
        for instance in created:
            subnet = ec2._subnets.get(instance["SubnetId"])
            if subnet is not None:
                if subnet["SubnetId"] not in free:
                    used = _used_addresses(subnet["SubnetId"], created)
                    free[subnet["SubnetId"]] = _free_addresses(subnet, used)
                candidates = free[subnet["SubnetId"]]
                _place(instance, subnet, requested_private_ip or next(candidates))
        return created

    ec2._ACTION_MAP["RunInstances"] = run_as_many_as_asked
    ec2._launch_instances_internal = launch_with_addresses


def _place(instance: _Instance, subnet: Mapping[str, str], address: str) -> None:
    instance["Placement"]["AvailabilityZone"] = subnet["AvailabilityZone"]
    instance["PrivateIpAddress"] = address
    instance["PrivateDnsName"] = f"ip-{address.replace('.', '-')}.{_private_domain()}"
    _give_public_address(instance)


def _used_addresses(subnet: str, created: Sequence[_Instance]) -> set[str]:
    """Return the addresses of a subnet that something else than what is being made has."""
    placed = {instance["InstanceId"] for instance in created}
    used = {
        instance["PrivateIpAddress"]
        for instance in ec2._instances.values()
        if instance["SubnetId"] == subnet and instance["InstanceId"] not in placed
    }
    for interface in ec2._network_interfaces.values():
        if interface["SubnetId"] == subnet:
            used |= {interface["PrivateIpAddress"], *interface["Secondary"]}
    return used


def _free_addresses(subnet: Mapping[str, str], used: set[str]) -> Iterator[str]:
    network = ipaddress.ip_network(subnet["CidrBlock"])
    for position in range(_RESERVED_BY_AWS, network.num_addresses - 1):
        address = str(network[position])
        if address not in used:
            yield address
    raise ValueError(f"no free address in {network}")


def _give_public_address(instance: _Instance) -> None:
    subnet = ec2._subnets.get(instance["SubnetId"], {})
    address = new_public_address() if subnet.get("MapPublicIpOnLaunch") else ""
    named = address and ec2._vpcs[instance["VpcId"]].get("EnableDnsHostnames", False)
    host = f"ec2-{address.replace('.', '-')}"
    instance["PublicIpAddress"] = address
    instance["PublicDnsName"] = f"{host}.{_public_domain()}" if named else ""


def _private_domain() -> str:
    region = get_region()
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def _public_domain() -> str:
    region = get_region()
    return "compute-1.amazonaws.com" if region == "us-east-1" else f"{region}.compute.amazonaws.com"


def _correct_states() -> None:
    handlers = ec2._ACTION_MAP

    def then(action: str, instance_gone_to: Mapping[str, str]) -> None:
        handler = handlers[action]

        def handle(params: _Params) -> object:
            before = {key: inst["State"]["Name"] for key, inst in ec2._instances.items()}
            response = handler(params)
            for key, instance in ec2._instances.items():
                state = instance["State"]["Name"]
                if before.get(key) != state and state in instance_gone_to:
                    _readdress(instance, instance_gone_to[state])
            return response

        handlers[action] = handle

    then("StartInstances", {"running": "new"})
    then("StopInstances", {"stopped": "none"})
    then("TerminateInstances", {"terminated": "forget"})


def _readdress(instance: _Instance, how: str) -> None:
    if how == "new":
        _give_public_address(instance)
        return
    instance["PublicIpAddress"] = instance["PublicDnsName"] = ""
    if how == "forget":
        instance["PrivateIpAddress"] = instance["PrivateDnsName"] = ""


def _correct_description() -> None:
    describe = ec2._ACTION_MAP["DescribeInstances"]
    to_xml = ec2._instance_xml
    matches = ec2._matches_filters

    def describe_with_known_filters(params: _Params) -> object:
        for name in ec2._parse_filters(params):
            known = name in _PLAIN_FILTERS or name in _MINISTACK_FILTERS
            if not known and not name.startswith("tag:"):
                return ec2._error("InvalidParameterValue", f"The filter '{name}' is invalid", 400)
        return describe(params)

    def matches_every_filter(instance: _Instance, filters: Mapping[str, list[str]]) -> bool:
        plain = all(
            any(ec2._glob_match(wanted, instance[_PLAIN_FILTERS[name]]) for wanted in values)
            for name, values in filters.items()
            if name in _PLAIN_FILTERS
        )
        return plain and bool(matches(instance, filters))

    def without_absent_addresses(instance: _Instance) -> str:
        return re.sub(r"<(ipAddress|privateIpAddress)></\1>", "", to_xml(instance))

    ec2._ACTION_MAP["DescribeInstances"] = describe_with_known_filters
    ec2._matches_filters = matches_every_filter
    ec2._instance_xml = without_absent_addresses


def _correct_dhcp_options() -> None:
    describe = ec2._ACTION_MAP["DescribeDhcpOptions"]

    def describe_with_default(params: _Params) -> object:
        options = ec2._dhcp_options
        if _DEFAULT_DHCP_OPTIONS not in options:
            options[_DEFAULT_DHCP_OPTIONS] = {
                "DhcpOptionsId": _DEFAULT_DHCP_OPTIONS,
                "DhcpConfigurations": [
                    {"Key": "domain-name", "Values": [_private_domain()]},
                    {"Key": "domain-name-servers", "Values": ["AmazonProvidedDNS"]},
                ],
                "OwnerId": get_account_id(),
                "Tags": [],
            }
        for wanted in ec2._parse_member_list(params, "DhcpOptionsId"):
            if wanted not in options:
                message = f"The dhcpOption ID '{wanted}' does not exist"
                return ec2._error("InvalidDhcpOptionID.NotFound", message, 400)
        return describe(params)

    ec2._ACTION_MAP["DescribeDhcpOptions"] = describe_with_default
