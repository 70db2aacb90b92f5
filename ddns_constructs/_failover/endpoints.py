"""Where a name leads to: addresses, an instance, or another name."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.arguments import check_list, host_name_problem
from ddns_constructs._common.zones import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_ec2 as ec2

    from ddns_constructs._common.arguments import Problems

# What Route 53 takes into one record set: "Quotas", values in a record set.
_MAX_VALUES = 400
# RFC 1918, RFC 6598, RFC 3927; RFC 4193, RFC 4291. Addresses of documentation count as public, as
# they stand for such in examples.
_PRIVATE = tuple(
    ipaddress.ip_network(each)
    for each in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)


@dataclass(frozen=True)
class Endpoint:
    """One of the two places that a name may lead to; made by one of its static methods.

    Both places of a `NameFailover` have to be alike: IPv4 addresses, IPv6 addresses, both, or a
    name.
    """

    _values: tuple[tuple[str, tuple[str, ...]], ...]
    _privacy: bool | None = None

    @staticmethod
    def ipv4(*addresses: str) -> Endpoint:
        """Lead to IPv4 addresses, by an A record set.

        Args:
            addresses: One address, or several of one place, all of which are answered at once;
                tokens, such as `elastic_ip.attr_public_ip`, are taken.
        """
        return Endpoint((("A", addresses),))

    @staticmethod
    def ipv6(*addresses: str) -> Endpoint:
        """Lead to IPv6 addresses, by an AAAA record set.

        Args:
            addresses: One address, or several of one place; tokens are taken.
        """
        return Endpoint((("AAAA", addresses),))

    @staticmethod
    def addresses(*, ipv4: Sequence[str], ipv6: Sequence[str]) -> Endpoint:
        """Lead to addresses of both families, by an A and an AAAA record set.

        Both move together: one health check is for the two.

        Args:
            ipv4: IPv4 addresses of the place; tokens are taken.
            ipv6: IPv6 addresses of the place; tokens are taken.
        """
        check_list("ipv4", ipv4, "'10.0.1.5'")
        check_list("ipv6", ipv6, "'2001:db8::5'")
        return Endpoint((("A", tuple(ipv4)), ("AAAA", tuple(ipv6))))

    @staticmethod
    def instance(instance: ec2.IInstance) -> Endpoint:
        """Lead to the private IPv4 address of an instance.

        CloudFormation reads the address when it deploys; it stays while the instance exists.
        For the public address write `Endpoint.ipv4` with that of its Elastic IP, as another one
        changes when the instance is stopped.

        Args:
            instance: The instance.
        """
        if not hasattr(instance, "instance_private_ip"):
            raise TypeError(
                f"'instance' must be an EC2 instance, got {instance!r}: "
                "write e.g. Endpoint.instance(instance)"
            )
        return Endpoint((("A", (instance.instance_private_ip,)),), _privacy=True)

    @staticmethod
    def dns_name(name: str) -> Endpoint:
        """Lead to another name, by a CNAME record set.

        Args:
            name: The full name, such as that of a load balancer or of another `NameFailover`; a
                token is taken. It cannot stand at the apex of a zone.
        """
        return Endpoint((("CNAME", (name,)),))

    @property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """The values by the type of record: A, AAAA, both in this order, or CNAME.

        Addresses are written as they are compared: in lower case, and without zeros in front.
        """
        return {
            record_type: values if record_type == "CNAME" else tuple(map(_address, values))
            for record_type, values in self._values
        }

    @property
    def types(self) -> tuple[str, ...]:
        """The types of its record sets."""
        return tuple(self.values)

    @property
    def targets(self) -> list[str]:
        """What a probe connects to: all addresses, or the name."""
        return [value for values in self.values.values() for value in values]

    @property
    def is_private(self) -> bool | None:
        """Whether it is reached from within a network only; None where nothing here says so."""
        if self._privacy is not None:
            return self._privacy
        if "CNAME" in self.values or any(map(Token.is_unresolved, self.targets)):
            return None
        return any(map(_is_private, self.targets))

    def check(self, keyword: str, problems: Problems) -> None:
        """Note what is no address, or no name."""
        for record_type, values in self.values.items():
            if not 1 <= len(values) <= _MAX_VALUES:
                problems.add(
                    f"'{keyword}' must have 1 to {_MAX_VALUES} values of type {record_type}, got "
                    f"{len(values)}: write e.g. Endpoint.ipv4('10.0.1.5')"
                )
            if len({*map(_plain, values)}) < len(values):
                problems.add(
                    f"'{keyword}' has a value of type {record_type} twice, got "
                    f"{', '.join(map(str, values))}: write it once"
                )
            for value in values:
                reason = _reason(record_type, value)
                if reason is not None:
                    problems.add(f"'{keyword}' {reason}")


def check_alike(primary: Endpoint, secondary: Endpoint, problems: Problems) -> None:
    """Note two places whose record sets cannot be the two of one name."""
    if primary.types != secondary.types:
        problems.add(
            "'primary' and 'secondary' must have records of the same types, got "
            f"{' and '.join(primary.types)} beside {' and '.join(secondary.types)}: "
            "write both as Endpoint.ipv4, both as Endpoint.addresses, and so on"
        )
        return
    for record_type, values in primary.values.items():
        both = {*map(_plain, values)} & {*map(_plain, secondary.values[record_type])}
        if both:
            problems.add(
                "'primary' and 'secondary' must lead to different places, got "
                f"{', '.join(sorted(both))} in both: give each its own"
            )


def _plain(value: object) -> str:
    """Return a value so that two spellings of one are equal."""
    return canonical(str(value))


def _address(value: str) -> str:
    """Return an address in its one spelling; what is none is left as it is, to be refused."""
    try:
        return str(ipaddress.ip_address(str(value)))  # as a text: it takes numbers, too
    except ValueError:
        return value


def _reason(record_type: str, value: object) -> str | None:
    """Return why a value cannot stand in a record, None where it can."""
    if not isinstance(value, str):
        return f"must hold texts, got {value!r}: write addresses and names in quotation marks"
    if Token.is_unresolved(value):
        return None
    if record_type == "CNAME":
        problem = host_name_problem(canonical(value))
        return problem and f"must be the name of a host, got '{value}': {problem}"
    return _address_reason(4 if record_type == "A" else 6, value)


def _address_reason(family: int, value: str) -> str | None:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return f"must hold IPv{family} addresses, got '{value}': write one address, no range"
    if address.version != family:
        return (
            f"must hold IPv{family} addresses there, got '{value}': "
            "write Endpoint.addresses(ipv4=[...], ipv6=[...]) for both"
        )
    if address.is_loopback or address.is_multicast or address.is_unspecified:
        return f"must hold addresses of hosts, got '{value}', which is none"
    return None


def _is_private(value: object) -> bool:
    try:
        address = ipaddress.ip_address(str(value))
    except ValueError:  # it is noted as a problem elsewhere
        return False
    return any(address in each for each in _PRIVATE if each.version == address.version)
