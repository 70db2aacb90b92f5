"""The arguments of `ResolverForwarding`, checked: every problem is reported at once."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Token
from aws_cdk import aws_ec2 as ec2

from ddns_constructs._common.arguments import Problems, check_kind, check_list
from ddns_constructs._failover.resolver_addresses import (
    check_addresses,
    check_loop,
    check_sources,
    plain,
)
from ddns_constructs._failover.resolver_targets import NameServer, read_domains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

# CreateResolverEndpoint: at least two addresses; "Quotas on Route 53 VPC Resolver": at most six.
_LEAST, _MOST = 2, 6
_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_ORGANIZATION = re.compile(r"arn:[a-z-]+:organizations::[0-9]{12}:(organization|ou)/\S+\Z")


class EndpointType(enum.Enum):
    """The families of addresses that endpoints of the Resolver have."""

    IPV4 = "IPV4"
    """IPv4 only."""

    IPV6 = "IPV6"
    """IPv6 only: the subnets need a range of it."""

    DUALSTACK = "DUALSTACK"
    """Both: the subnets need a range of each."""

    @property
    def versions(self) -> set[int]:
        """The families by their numbers."""
        return {"IPV4": {4}, "IPV6": {6}, "DUALSTACK": {4, 6}}[self.value]


@dataclass(frozen=True)
class ResolverSettings:
    """What is forwarded, from where, and to where."""

    vpc: ec2.IVpc
    subnets: Sequence[ec2.ISubnet]
    sources: Sequence[str]
    addresses: Sequence[str]
    domains: Mapping[str, Sequence[NameServer]]
    vpcs: Sequence[ec2.IVpc]
    principals: Sequence[str]
    endpoint_type: EndpointType

    @classmethod
    def check(
        cls,
        *,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None,
        inbound_from: Sequence[str],
        inbound_addresses: Sequence[str],
        outbound: Mapping[str, Sequence[str]],
        associate_vpcs: Sequence[ec2.IVpc],
        share_with: Sequence[str],
        endpoint_type: EndpointType,
    ) -> ResolverSettings:
        """Return the settings.

        Raises:
            TypeError: What is to be a list, or a VPC, is none.
            ValueError: Something is wrong; the text lists all that is.
        """
        _check_shapes(vpc, inbound_from, inbound_addresses, associate_vpcs, share_with)
        problems = Problems()
        kind = "EndpointType.IPV4"
        right = check_kind("endpoint_type", endpoint_type, EndpointType, kind, problems)
        versions = endpoint_type.versions if right else {4, 6}
        subnets = _read_subnets(vpc, vpc_subnets, problems)
        domains = read_domains(outbound, versions, problems)
        _check_directions(inbound_from, inbound_addresses, outbound, problems)
        _check_rules(outbound, associate_vpcs, share_with, problems)
        check_sources(inbound_from, versions, problems)
        if right and inbound_addresses and subnets:
            check_addresses(inbound_addresses, versions, subnets, problems)
            check_loop(inbound_addresses, domains, problems)
        problems.raise_any("ResolverForwarding")
        return cls(
            vpc=vpc,
            subnets=subnets,
            sources=list(map(plain, inbound_from)),
            addresses=list(map(plain, inbound_addresses)),
            domains=domains,
            vpcs=[vpc, *associate_vpcs],
            principals=list(share_with),
            endpoint_type=endpoint_type,
        )

    def annotate(self, scope: Construct) -> None:
        """Warn of what is legal and rarely meant; the id is public."""
        if "." in self.domains:
            Annotations.of(scope).add_warning_v2(
                "ddns-constructs:forwardsAll",
                "'outbound' has '.', so all names but those of private zones and of more special "
                "rules are looked up at your name servers, AWS's own endpoints included: when "
                "they cannot be reached, nothing in the VPCs finds an AWS service",
            )


def _check_shapes(vpc: object, *lists: object) -> None:
    """Raise a TypeError for what nothing can be read from."""
    if not hasattr(vpc, "vpc_id"):
        raise TypeError(
            f"'vpc' must be a VPC, got {vpc!r}: use ec2.Vpc(...) or Vpc.from_lookup(...)"
        )
    keywords = {
        "inbound_from": "'10.1.0.0/16'",
        "inbound_addresses": "'10.0.1.53', '10.0.2.53'",
        "associate_vpcs": "other_vpc",
        "share_with": "'111122223333'",
    }
    for (keyword, example), value in zip(keywords.items(), lists, strict=True):
        check_list(keyword, value, example)


def _read_subnets(
    vpc: ec2.IVpc, selection: ec2.SubnetSelection | None, problems: Problems
) -> Sequence[ec2.ISubnet]:
    """Return the subnets of the interfaces, by default one in each zone; note too few."""
    try:
        chosen = vpc.select_subnets(
            **({"one_per_az": True} if selection is None else selection._values)  # noqa: SLF001 - a struct of jsii
        )
        subnets = chosen.subnets
    except RuntimeError as err:  # how CDK's own errors reach Python
        reason = str(err).strip().splitlines()[0]
        problems.add(f"'vpc_subnets' must choose subnets of 'vpc': {reason}")
        return []
    zones = {subnet.availability_zone for subnet in subnets}
    if len(zones) < _LEAST:
        problems.add(
            f"'vpc_subnets' must choose subnets in {_LEAST} zones or more, got "
            f"{', '.join(sorted(zones)) or 'none'}: an endpoint has to outlive a zone"
        )
    elif len(subnets) > _MOST:
        problems.add(
            f"'vpc_subnets' must choose {_LEAST} to {_MOST} subnets, got {len(subnets)}: each is "
            "an interface that is billed by the hour"
        )
    return subnets


def _check_directions(
    sources: Sequence[str],
    addresses: Sequence[str],
    outbound: Mapping[str, Sequence[str]],
    problems: Problems,
) -> None:
    if not sources and not outbound:
        problems.add(
            "'inbound_from' or 'outbound' must be passed, got neither: write e.g. "
            "inbound_from=['10.1.0.0/16'] for queries from there, or "
            "outbound={'corp.example': ['10.1.0.53']} for queries to there"
        )
    if addresses and not sources:
        problems.add("'inbound_addresses' needs 'inbound_from': say who may ask at them")


def _check_rules(
    outbound: Mapping[str, Sequence[str]],
    vpcs: Sequence[ec2.IVpc],
    principals: Sequence[object],
    problems: Problems,
) -> None:
    if not outbound:
        for keyword, value in (("associate_vpcs", vpcs), ("share_with", principals)):
            if value:
                problems.add(f"'{keyword}' is about the rules of 'outbound', got none of them")
    for index, vpc in enumerate(vpcs):
        if not hasattr(vpc, "vpc_id"):
            problems.add(
                f"'associate_vpcs[{index}]' must be a VPC, got {vpc!r}: use Vpc.from_lookup(...)"
            )
    for principal in principals:
        text = principal if isinstance(principal, str) else ""
        known = _ACCOUNT.match(text) or _ORGANIZATION.match(text)
        if not known and not Token.is_unresolved(principal):
            problems.add(
                "'share_with' must have the numbers of accounts, or the ARNs of an organization "
                f"or its units, got {principal!r}: write e.g. '111122223333'"
            )
