"""Arguments of ResolverForwarding are checked first, and all problems reported at once."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from ddns_constructs import EndpointType, ResolverForwarding
from tests.constructs.failover.naming import TOKEN, new_stack, shown, vpc_of

_FROM = ["10.1.0.0/16"]
_TO = {"corp.example": ["10.1.0.53"]}


def _problem(**arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    stack = new_stack()
    vpc = {} if "vpc" in arguments else {"vpc": vpc_of(stack)}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller compares the text
        ResolverForwarding(stack, "Hybrid", **{**vpc, **arguments})
    return str(caught.value)


# ---------------------------------------------------------------- what it is for


def test_something_has_to_be_forwarded() -> None:
    assert _problem().startswith("'inbound_from' or 'outbound' must be passed, got neither: ")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    (
        (
            {"outbound": _TO, "inbound_addresses": ["10.0.1.53", "10.0.2.53"]},
            "'inbound_addresses' needs 'inbound_from': say who may ask at them",
        ),
        (
            {"inbound_from": _FROM, "share_with": ["111122223333"]},
            "'share_with' is about the rules of 'outbound', got none of them",
        ),
    ),
)
def test_what_would_not_be_used_is_refused(arguments: dict[str, Any], reason: str) -> None:
    assert _problem(**arguments) == reason


def test_lists_and_the_vpc_are_what_they_are() -> None:
    stack = new_stack()
    vpc = vpc_of(stack)
    with pytest.raises(TypeError, match="'vpc' must be a VPC, got 'vpc-1'"):
        ResolverForwarding(stack, "Hybrid", vpc="vpc-1", inbound_from=_FROM)  # type: ignore[arg-type] # it is refused
    with pytest.raises(TypeError, match="'inbound_from' must be a list, got '10"):
        ResolverForwarding(stack, "Hybrid", vpc=vpc, inbound_from="10.1.0.0/16")
    assert "'outbound' must be a Mapping, got ['corp" in _problem(outbound=["corp.example"])
    assert "'associate_vpcs[0]' must be a VPC, got 'vpc-2'" in _problem(
        outbound=_TO, associate_vpcs=["vpc-2"]
    )


# ---------------------------------------------------------------- subnets


def test_one_zone_is_refused() -> None:
    stack = new_stack()
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        ResolverForwarding(stack, "Hybrid", vpc=vpc_of(stack, ("eu-west-1a",)), inbound_from=_FROM)
    assert str(caught.value) == (
        "'vpc_subnets' must choose subnets in 2 zones or more, got eu-west-1a: an endpoint has to "
        "outlive a zone"
    )


def test_more_subnets_than_an_endpoint_takes_are_refused() -> None:
    stack = new_stack()
    zones = tuple(f"eu-west-1{letter}" for letter in "abcdefg")
    with pytest.raises(ValueError, match="must choose 2 to 6 subnets, got 7: each is an interface"):
        ResolverForwarding(stack, "Hybrid", vpc=vpc_of(stack, zones), inbound_from=_FROM)


def test_subnets_that_the_vpc_does_not_have_are_refused() -> None:
    chosen = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
    text = _problem(inbound_from=_FROM, vpc_subnets=chosen)
    assert text.startswith("'vpc_subnets' must choose subnets of 'vpc': ")


# ---------------------------------------------------------------- inbound


@pytest.mark.parametrize(
    ("source", "reason"),
    (
        ("10.1.0.1/16", "write 10.1.0.0/16"),
        ("everywhere", "does not appear to be an IPv4 or IPv6 network"),
        ("0.0.0.0/0", "which is everything: state those that have resolvers"),
        ("fd00:9::/32", "of the family that 'endpoint_type' says, got 'fd00:9::/32'"),
        (5, "it is no string"),
    ),
    ids=shown,
)
def test_ranges_of_other_networks_are_stated(source: Any, reason: str) -> None:  # noqa: ANN401
    text = _problem(inbound_from=[source])
    assert text.startswith("'inbound_from' must have ")
    assert reason in text


def test_all_of_ipv6_is_refused_too() -> None:
    text = _problem(endpoint_type=EndpointType.DUALSTACK, inbound_from=["::/0"])
    assert "which is everything" in text


@pytest.mark.parametrize(
    ("addresses", "reason"),
    (
        (["10.0.1.53"], "one address for each of the 2 subnets, in their order, got 1"),
        (["10.0.1.53", "10.0.2"], "got '10.0.2': write one address each"),
        (["10.0.1.53", "fd00::53"], "got 'fd00::53': that is IPv6, and 'endpoint_type' says"),
    ),
)
def test_addresses_fit_the_subnets(addresses: list[str], reason: str) -> None:
    assert reason in _problem(inbound_from=_FROM, inbound_addresses=addresses)


@pytest.mark.parametrize(
    ("address", "reason"),
    (
        ("10.0.64.53", "got '10.0.64.53' for the subnet 10.0.0.0/18: choose one within it"),
        ("10.0.0.3", "got '10.0.0.3', which AWS keeps for itself in 10.0.0.0/18"),
        ("10.0.63.255", "got '10.0.63.255', which AWS keeps for itself in 10.0.0.0/18"),
    ),
)
def test_addresses_lie_in_subnets_whose_ranges_are_known(address: str, reason: str) -> None:
    stack = new_stack()
    vpc = ec2.Vpc(
        stack,
        "Own",
        ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[
            ec2.SubnetConfiguration(
                name="Inner", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=18
            )
        ],
    )
    given = {"vpc": vpc, "inbound_from": _FROM}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        ResolverForwarding(stack, "Hybrid", inbound_addresses=[address, "10.0.64.53"], **given)
    assert reason in str(caught.value)
    right = ["10.0.0.53", "10.0.64.53"]
    assert ResolverForwarding(stack, "Hybrid", inbound_addresses=right, **given).inbound_endpoint


def test_addresses_that_are_known_at_deployment_are_taken() -> None:
    stack = new_stack()
    fixed = [TOKEN, "10.0.2.53"]
    given = {"inbound_from": _FROM, "inbound_addresses": fixed}
    assert ResolverForwarding(stack, "Hybrid", vpc=vpc_of(stack), **given).inbound_addresses


def test_a_vpc_that_is_not_looked_up_yet_refuses_no_address() -> None:
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    stack = cdk.Stack(cdk.App(), "Stack", env=environment)
    vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-1")
    addresses = ["10.0.1.53", "10.0.2.53"]
    hybrid = ResolverForwarding(
        stack, "Hybrid", vpc=vpc, inbound_from=_FROM, inbound_addresses=addresses
    )
    assert list(hybrid.inbound_addresses) == addresses


def test_dual_stack_endpoints_get_addresses_of_aws() -> None:
    text = _problem(
        endpoint_type=EndpointType.DUALSTACK,
        inbound_addresses=["10.0.1.53", "10.0.2.53"],
        inbound_from=_FROM,
    )
    assert text.startswith("'inbound_addresses' must be left out with EndpointType.DUALSTACK")


# ---------------------------------------------------------------- outbound


@pytest.mark.parametrize(
    ("domain", "reason"),
    (
        ("corp_x.example", "the label 'corp_x' is not letters"),
        ("", "it is empty; write '.' for all domains"),
        (TOKEN, "must have domains that are known at synthesis, got a token"),
        (5, "must have domains as its keys, got 5: write texts"),
    ),
    ids=shown,
)
def test_domains_are_names(domain: Any, reason: str) -> None:  # noqa: ANN401
    assert reason in _problem(outbound={domain: ["10.1.0.53"]})


def test_one_domain_in_two_spellings_is_refused() -> None:
    twice = {"corp.example": ["10.1.0.53"], "Corp.Example.": ["10.2.0.53"]}
    assert (
        _problem(outbound=twice) == "'outbound' has the domain 'corp.example' twice: write it once"
    )


@pytest.mark.parametrize(
    ("targets", "reason"),
    (
        ([], "must have 1 to 6 name servers, got 0"),
        ([f"10.1.0.{number}" for number in range(7)], "must have 1 to 6 name servers, got 7"),
        ("10.1.0.53", "must be a list of name servers, got '10.1.0.53'"),
        (["10.1.0.53", "10.1.0.53:53"], "has '10.1.0.53:53' twice: write it once"),
        (["fd00:9::53"], "must have IPv4 addresses, as 'endpoint_type' says, got 'fd00:9::53'"),
        *(
            ([wrong], f"must have addresses that are known at synthesis, got {wrong!r}")
            for wrong in (
                *("ns.corp.example", "10.1.0.53:0", "10.1.0.53:65536", "10.1.0.53:", "", 53),
                *("[10.1.0.53]:53", "fd00:9::53:5353:0:0:0:0:0:0:1", "[fd00:9::53]:x", TOKEN),
            )
        ),
    ),
    ids=shown,
)
def test_name_servers_are_addresses(targets: Any, reason: str) -> None:  # noqa: ANN401
    text = _problem(outbound={"corp.example": targets})
    assert text.startswith("'outbound['corp.example']' ")
    assert reason in text


def test_rules_that_lead_back_to_the_own_endpoint_are_refused() -> None:
    text = _problem(
        inbound_addresses=["10.0.1.53", "10.0.2.53"],
        inbound_from=_FROM,
        outbound={"corp.example": ["10.1.0.53", "10.0.2.53"]},
    )
    assert text == (
        "'outbound' leads 'corp.example' to the inbound endpoint itself, got 10.0.2.53: name your "
        "own name servers"
    )


@pytest.mark.parametrize("principal", ("1234", "arn:aws:iam::111122223333:role/x", "o-abc", 5))
def test_rules_are_shared_with_accounts_and_organizations(principal: Any) -> None:  # noqa: ANN401
    text = _problem(outbound=_TO, share_with=[principal])
    assert text.startswith("'share_with' must have the numbers of accounts, or the ARNs of an org")
    assert repr(principal) in text


def test_an_account_that_is_known_at_deployment_is_taken() -> None:
    stack = new_stack()
    given: dict[str, Any] = {"vpc": vpc_of(stack), "outbound": _TO}
    assert ResolverForwarding(stack, "Hybrid", share_with=[TOKEN], **given).share


def test_an_endpoint_type_is_one_of_three() -> None:
    text = _problem(inbound_from=_FROM, endpoint_type="DUALSTACK")
    assert text.endswith("got 'DUALSTACK': write EndpointType.DUALSTACK")


def test_all_problems_are_reported_at_once_and_the_id_is_not_taken() -> None:
    stack = new_stack()
    vpc = vpc_of(stack)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        ResolverForwarding(
            stack,
            "Hybrid",
            vpc=vpc,
            inbound_addresses=["10.0.1.53"],
            inbound_from=["0.0.0.0/0"],
            outbound={"a_b": ["x"]},
            share_with=["me"],
        )
    first, *lines = str(caught.value).split("\n- ")
    assert first == "ResolverForwarding cannot be defined:"
    assert [line.split("'")[1] for line in lines] == [
        *("outbound", "outbound[", "share_with", "inbound_from", "inbound_addresses"),
    ]
    assert ResolverForwarding(stack, "Hybrid", vpc=vpc, inbound_from=_FROM).inbound_endpoint
