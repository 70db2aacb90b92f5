"""What is wanted of a host: the rules of ClientDdns, row by row."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

import pytest

from ddns.core.client.addresses import AddressPolicy
from ddns.core.client.desired import (
    NOT_WRITABLE,
    ClientRules,
    Desired,
    desired_behind,
    desired_state,
    writable,
)
from ddns.core.client.hosts import PREFIX, Host, Kept
from ddns.core.client.requests import ADDRESSES, Outcome, Result, Target, UpdateRequest
from ddns.core.records import ListedZone

NAME, NOW = "home.example.com", 1_700_000_000_000
FOUR, OTHER, SIX = "52.95.110.1", "176.32.100.36", "2600:1f14:1:2::7"
NETWORK = IPv6Network("2600:1f14:1:2::/64")
SUFFIX = IPv6Address("::211:32ff:fe01:2")
RULES = ClientRules(
    (ListedZone("Z1", "example.com", None), ListedZone("Z2", "dyn.example.com", None)),
    (),
    frozenset({"A", "AAAA", "TXT"}),
    AddressPolicy.PUBLIC,
    offline=True,
)
HOST = Host(NAME, NAME, "Z1", types=frozenset({"A", "AAAA", "TXT"}))
ROUTER = HOST._replace(members=frozenset({"nas.example.com"}))
NAS = Host("nas.example.com", "nas.example.com", "Z1", behind=NAME, suffix=SUFFIX)


def request(*addresses: str, source: str = FOUR, **more: Any) -> UpdateRequest:  # noqa: ANN401
    stated = {"A" if "." in each else "AAAA": ip_address(each) for each in addresses}
    return UpdateRequest((Target(NAME, NAME),), None, stated, ip_address(source), NOW, **more)


def values(host: Host, asked: UpdateRequest, rules: ClientRules = RULES) -> dict[str, str]:
    desired = desired_state(host, asked, rules)
    assert isinstance(desired, Desired), desired
    assert desired.stamp == NOW
    return dict(desired.values)


def reason(host: Host, asked: UpdateRequest, rules: ClientRules = RULES) -> str:
    outcome = desired_state(host, asked, rules)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.FORBIDDEN
    return outcome.reason


def test_what_is_stated_is_wanted() -> None:
    assert values(HOST, request(FOUR, SIX, txt="abc")) == {"A": FOUR, "AAAA": SIX, "TXT": "abc"}


def test_of_types_that_a_host_has_not_nothing_is_wanted() -> None:
    assert values(HOST._replace(types=frozenset({"A"})), request(FOUR, SIX)) == {"A": FOUR}


@pytest.mark.parametrize(
    ("host", "asked", "why"),
    (
        ({"types": frozenset({"A"})}, request(SIX), "AAAA is none of the host's types"),
        ({"types": frozenset({"A"})}, request(FOUR, txt="x"), "TXT is none of the host's types"),
        ({"name": "*." + NAME}, request(FOUR, txt="x"), "TXT is none of the host's types"),
        ({}, request("10.0.0.1"), "it is not a public address"),
        (
            {"policy": AddressPolicy.SOURCE},
            request(OTHER),
            "it is not the address that the request came from",
        ),
        (
            {"policy": AddressPolicy.SOURCE, "suffix": SUFFIX},
            request(prefix=NETWORK),
            "the request did not come from that prefix",
        ),
        ({}, request(prefix=NETWORK), "it has no suffix, and no host is behind it"),
        ({}, request("10.0.0.1", txt="x"), "it is not a public address"),
        ({}, request("10.0.0.1", "fd00::1"), "it is not a public address"),
        ({"types": None}, request(FOUR, txt="x"), "TXT is none of the host's types"),
    ),
)
def test_what_a_host_may_not_have_is_forbidden(
    host: dict[str, Any], asked: UpdateRequest, why: str
) -> None:
    assert reason(HOST._replace(**host), asked) == why


@pytest.mark.parametrize(
    ("host", "asked", "families"),
    (
        (HOST, request(FOUR, SIX, txt="abc"), {"A", "AAAA"}),
        (HOST, request(FOUR, "fd00::1"), {"A"}),
        (HOST._replace(types=frozenset({"A"})), request(FOUR, SIX), {"A"}),
        (HOST._replace(suffix=SUFFIX), request(FOUR, prefix=NETWORK), {"A", "AAAA"}),
        (ROUTER, request(FOUR, prefix=NETWORK), {"A"}),
        (HOST, request(FOUR, remove=ADDRESSES), set()),
    ),
)
def test_the_families_are_those_of_the_hosts_own_addresses_that_are_not_left_out(
    host: Host, asked: UpdateRequest, families: set[str]
) -> None:
    desired = desired_state(host, asked, RULES)
    assert isinstance(desired, Desired)
    assert desired.families == families


def test_a_type_that_the_service_does_not_write_is_forbidden() -> None:
    rules = RULES._replace(types=frozenset({"A"}))
    assert reason(HOST, request(FOUR, txt="x"), rules) == "this service writes no TXT records"


def test_a_removal_is_wanted_where_it_is_on() -> None:
    desired = desired_state(HOST, request(FOUR, remove=ADDRESSES), RULES)
    assert desired == Desired({}, NOW, ADDRESSES)
    off = RULES._replace(offline=False)
    assert reason(HOST, request(FOUR, remove=ADDRESSES), off) == "removal is off"


def test_to_have_no_address_of_a_family_is_a_removal_only_where_there_is_one() -> None:
    asked = request(FOUR, remove=frozenset({"AAAA"}))
    off = RULES._replace(offline=False)
    assert desired_state(HOST, asked, off) == Desired({"A": FOUR}, NOW)
    has = HOST._replace(kept={"AAAA": Kept(SIX, 60, NOW - 1)})
    assert desired_state(has, asked, RULES) == Desired({"A": FOUR}, NOW, frozenset({"AAAA"}))
    assert reason(has, asked, off) == "removal is off"


# ---------------------------------------------------------------- what is left out

SOURCE_ONLY = {"policy": AddressPolicy.SOURCE}
CARRIER, ULA = "100.64.7.9", IPv6Network("fd12:3456:789a::/48")


@pytest.mark.parametrize(
    ("host", "asked", "wanted", "note"),
    (
        (
            {},
            request(CARRIER, SIX, source=SIX),
            {"AAAA": SIX},
            f"{CARRIER} is left out: it is not a public address",
        ),
        (
            SOURCE_ONLY,
            request(FOUR, SIX),
            {"A": FOUR},
            f"{SIX} is left out: it is not the address that the request came from",
        ),
        (
            {},
            request("10.0.0.1", SIX, txt="x"),
            {"AAAA": SIX, "TXT": "x"},
            "10.0.0.1 is left out: it is not a public address",
        ),
        (
            {},
            request(FOUR, prefix=NETWORK),
            {"A": FOUR},
            f"{NETWORK} is left out: it has no suffix, and no host is behind it",
        ),
        (
            {**SOURCE_ONLY, "suffix": SUFFIX},
            request(FOUR, SIX, prefix=NETWORK),
            {"A": FOUR},
            f"{NETWORK} is left out: the request did not come from that prefix",
        ),
        (
            {"suffix": SUFFIX},
            request(FOUR, prefix=ULA),
            {"A": FOUR},
            "fd12:3456:789a:0:211:32ff:fe01:2 is left out: it is not a public address",
        ),
        ({"types": frozenset({"A"})}, request(FOUR, "fd00::1"), {"A": FOUR}, ""),
        ({}, request(FOUR, SIX), {"A": FOUR, "AAAA": SIX}, ""),
    ),
)
def test_what_may_not_be_is_left_out_beside_what_may(
    host: dict[str, Any], asked: UpdateRequest, wanted: dict[str, str], note: str
) -> None:
    assert desired_state(HOST._replace(**host), asked, RULES) == Desired(wanted, NOW, note=note)


def test_the_prefix_of_an_address_that_is_left_out_is_nobodys() -> None:
    router = ROUTER._replace(**SOURCE_ONLY)
    asked = request(FOUR, SIX)
    assert values(router, asked) == {"A": FOUR}
    assert desired_behind(NAS, router, asked, RULES) is None


@pytest.mark.parametrize("prefix", (ULA, IPv6Network("2001:db8:1:2::/64")))
def test_a_prefix_that_no_host_behind_may_have_is_said_to_be_so(prefix: IPv6Network) -> None:
    why = "no host behind it may have an address in that prefix: it is not a public address"
    expected = Desired({"A": FOUR}, NOW, note=f"{prefix} is left out: {why}")
    for policy in (AddressPolicy.PUBLIC, None):
        router = ROUTER._replace(policy=policy)
        assert desired_state(router, request(FOUR, prefix=prefix), RULES) == expected
        assert reason(router, request(prefix=prefix)) == why
    trusting = ROUTER._replace(policy=AddressPolicy.ANY)
    assert values(trusting, request(prefix=prefix)) == {PREFIX: str(prefix)}


def test_one_host_behind_may_have_no_address_where_others_may() -> None:
    # 6to4: the IPv4 address inside counts, and a suffix this long has a part of it.
    asked = request(FOUR, prefix=IPv6Network("2002:cb00::/32"))
    documentation = NAS._replace(suffix=IPv6Address("0:0:7101::2"))
    assert desired_behind(NAS, ROUTER, asked, RULES)
    assert desired_behind(documentation, ROUTER, asked, RULES) is None


def test_a_prefix_from_elsewhere_is_left_out_of_a_routers_request() -> None:
    router = ROUTER._replace(**SOURCE_ONLY)
    note = f"{NETWORK} is left out: the request did not come from that prefix"
    asked = request(FOUR, prefix=NETWORK)
    assert desired_state(router, asked, RULES) == Desired({"A": FOUR}, NOW, note=note)
    assert desired_behind(NAS, router, asked, RULES) is None


# ---------------------------------------------------------------- prefixes


def test_a_host_with_a_suffix_has_its_address_in_the_prefix() -> None:
    own = str(IPv6Address(int(NETWORK.network_address) | int(SUFFIX)))
    host = HOST._replace(suffix=SUFFIX)
    assert values(host, request(SIX, prefix=NETWORK)) == {"AAAA": own}
    asked = request(prefix=NETWORK, remove=frozenset({"AAAA"}))
    assert values(host, asked) == {}


@pytest.mark.parametrize(
    ("asked", "prefix"),
    (
        (request(SIX), str(NETWORK)),
        (request(prefix=IPv6Network("2600:1f14:9::/48")), "2600:1f14:9::/48"),
        (request(FOUR), None),
        (request(SIX, remove=frozenset({"AAAA"})), None),
    ),
)
def test_a_router_states_the_prefix_of_the_hosts_behind_it(
    asked: UpdateRequest, prefix: str | None
) -> None:
    assert values(ROUTER, asked).get(PREFIX) == prefix


def test_a_host_with_nobody_behind_it_keeps_no_prefix() -> None:
    assert values(HOST, request(SIX)) == {"AAAA": SIX}
    assert values(HOST._replace(suffix=SUFFIX), request(prefix=NETWORK)).keys() == {"AAAA"}


def test_a_host_behind_another_has_its_address_in_that_prefix() -> None:
    own = str(IPv6Address(int(NETWORK.network_address) | int(SUFFIX)))
    assert desired_behind(NAS, ROUTER, request(SIX), RULES) == Desired({"AAAA": own}, NOW)
    trusting = ROUTER._replace(policy=AddressPolicy.SOURCE)
    asked = request(SIX, source=SIX)
    assert desired_behind(NAS, trusting, asked, RULES) == Desired({"AAAA": own}, NOW)


@pytest.mark.parametrize(
    ("member", "asked"),
    (
        ({"disabled": True}, request(SIX)),
        ({"behind": "another.example.com"}, request(SIX)),
        ({"suffix": None}, request(SIX)),
        ({"types": frozenset({"A"})}, request(SIX)),
        ({"zone_id": "Z9"}, request(SIX)),
        ({}, request(FOUR)),
        ({}, request(prefix=IPv6Network("fd00::/64"))),
    ),
    ids=str,
)
def test_a_host_that_does_not_follow_is_left_alone(
    member: dict[str, Any], asked: UpdateRequest
) -> None:
    assert desired_behind(NAS._replace(**member), ROUTER, asked, RULES) is None


# ---------------------------------------------------------------- the endpoint's own names


@pytest.mark.parametrize("endpoint", ("ddns." + NAME, "a.b.ddns." + NAME))
def test_a_host_above_the_endpoint_gets_no_challenge_for_it(endpoint: str) -> None:
    rules = RULES._replace(endpoint=frozenset({"ddns.example.net", endpoint}))
    why = "with it a certificate could be had for this endpoint"
    assert reason(HOST, request(FOUR, txt="x"), rules) == why
    assert values(HOST, request(FOUR), rules) == {"A": FOUR}
    assert values(HOST, request(FOUR, txt="x"), RULES._replace(endpoint=frozenset({"x" + NAME})))


def test_no_host_has_the_endpoints_name() -> None:
    rules = RULES._replace(endpoint=frozenset({NAME}))
    outcome = Outcome(Result.NO_HOST, NOT_WRITABLE)
    assert desired_state(HOST, request(FOUR), rules) == outcome
    assert not writable(HOST, rules)
    assert writable(HOST._replace(name="sub." + NAME), rules)
    behind = NAS._replace(name=NAME, behind="router.example.com")
    router = ROUTER._replace(name="router.example.com")
    assert desired_behind(behind, router, request(SIX), rules) is None
    assert desired_behind(behind, router, request(SIX), RULES)


# ---------------------------------------------------------------- names and zones


@pytest.mark.parametrize(
    ("name", "zone_id", "names", "is_writable"),
    (
        (NAME, "Z1", (), True),
        (NAME, "Z2", (), False),
        ("a.dyn.example.com", "Z2", (), True),
        ("a.dyn.example.com", "Z1", (), False),
        ("example.com", "Z1", (), False),
        ("example.com", "Z1", ("example.com",), True),
        ("home.example.org", "Z1", (), False),
        (NAME, "Z1", ("*.dyn.example.com",), False),
        ("a.dyn.example.com", "Z2", ("*.dyn.example.com",), True),
    ),
)
def test_a_name_is_written_in_the_closest_zone_if_it_is_allowed(
    name: str,
    zone_id: str,
    names: tuple[str, ...],
    is_writable: bool,  # noqa: FBT001 - a row of the table
) -> None:
    host = HOST._replace(name=name, zone_id=zone_id)
    rules = RULES._replace(names=names)
    assert writable(host, rules) is is_writable
    outcome = desired_state(host, request(FOUR), rules)
    assert (outcome == Outcome(Result.NO_HOST, NOT_WRITABLE)) is not is_writable
