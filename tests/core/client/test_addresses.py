"""Addresses as clients state them, and which a host may have."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.client.addresses import (
    AddressPolicy,
    as_prefix,
    kind,
    objection,
    parse_address,
    parse_prefix,
    prefix_objection,
    prefix_of,
    with_suffix,
)
from ddns.core.errors import BadRequestError

SOURCE = ip_address("176.32.100.36")
OTHER = ip_address("52.95.110.1")
PREFIX = IPv6Network("2600:1f14:1:2::/64")


@given(st.ip_addresses())
def test_every_address_is_read_back_as_it_is_written(address: IPv4Address | IPv6Address) -> None:
    read = parse_address(str(address))
    mapped = getattr(address, "ipv4_mapped", None)
    assert read == (mapped or address)
    assert kind(read) == ("A" if read.version == 4 else "AAAA")


@pytest.mark.parametrize(
    ("text", "address"),
    (
        (" 176.32.100.36 ", "176.32.100.36"),
        ("176.32.100.36/24", "176.32.100.36"),
        ("176.32.100.36/nonsense", "176.32.100.36"),
        ("2600:1F14:0001:0002::7/64", "2600:1f14:1:2::7"),
        ("::ffff:176.32.100.36", "176.32.100.36"),
    ),
)
def test_an_address_is_read_as_routers_write_it(text: str, address: str) -> None:
    assert str(parse_address(text)) == address


@pytest.mark.parametrize(
    "text",
    (
        "",
        "176.32.100",
        "176.032.100.36",
        "0xb0.32.100.36",
        "176.32.100.36:80",
        "[2600::1]",
        "fe80::1%eth0",
        "home.example.com",
        "2600:::1",
        "\uff11\uff17\uff16.32.100.36",
        "\x00",
        "1" * 5000,
    ),
)
def test_what_is_no_address_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError, match="address") as caught:
        parse_address(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "prefix"),
    (
        ("2600:1f14:1:2::/64", "2600:1f14:1:2::/64"),
        (" 2600:1f14:1:2::9/64", "2600:1f14:1:2::/64"),
        ("2600:1f14:1:200::/56", "2600:1f14:1:200::/56"),
        ("2600:1f14::/32", "2600:1f14::/32"),
    ),
)
def test_a_prefix_is_read_without_its_host_bits(text: str, prefix: str) -> None:
    assert str(parse_prefix(text)) == prefix


@pytest.mark.parametrize(
    "text",
    ("", "2600::", "2600::/128", "2600::/31", "::/0", "10.0.0.0/8", "2600::/x", "2600::/129"),
)
def test_what_is_no_delegated_prefix_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError, match="prefix"):
        parse_prefix(text)


@pytest.mark.parametrize(
    ("text", "prefix"),
    (
        ("2600:1f14:1:2::/64", "2600:1f14:1:2::/64"),
        (" 2600:1F14:1:200:0:0:0:0/56 ", "2600:1f14:1:200::/56"),
        ("fd00::/48", "fd00::/48"),
        ("2600:1f14:1:2::7/64", None),
        ("2600:1f14:1:2::/128", None),
        ("2600:1f14:1:2::", None),
        ("::ffff:176.32.100.36/120", None),
        ("176.32.100.0/24", None),
        ("176.32.100.36/nonsense", None),
        ("auto", None),
    ),
)
def test_a_network_without_host_bits_is_a_prefix_and_no_address(
    text: str, prefix: str | None
) -> None:
    found = as_prefix(text)
    assert (found and str(found)) == prefix


@pytest.mark.parametrize("text", ("2600::/16", "::/0", "2600:1f14::/", "2600::/x", "2600::7/129"))
def test_a_length_that_is_none_of_a_prefix_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError, match=r"address or its length|prefix must have"):
        as_prefix(text)


@given(st.ip_addresses(v=6), st.ip_addresses(v=6), st.integers(32, 127))
def test_a_suffix_fills_the_bits_behind_a_prefix_and_no_others(
    address: IPv6Address, suffix: IPv6Address, length: int
) -> None:
    prefix = prefix_of(address, length)
    made = with_suffix(prefix, suffix)
    assert address in prefix
    assert made in prefix
    assert int(made) & int(prefix.hostmask) == int(suffix) & int(prefix.hostmask)
    assert with_suffix(prefix, made) == made


@pytest.mark.parametrize(
    ("address", "source", "public", "every"),
    (
        ("176.32.100.36", True, True, True),
        ("52.95.110.1", False, True, True),
        ("2600:1f14:1:2::7", False, True, True),
        ("10.0.0.1", False, False, True),
        ("192.168.1.2", False, False, True),
        ("100.64.0.1", False, False, True),
        ("203.0.113.7", False, False, True),
        ("127.0.0.1", False, False, True),
        ("::1", False, False, True),
        ("fd00::1", False, False, True),
        ("2001:db8::1", False, False, True),
        ("fec0::1", False, False, True),
        ("3fff::1", False, False, True),
        ("2002:a00:1::1", False, False, True),  # 6to4 of 10.0.0.1
        ("2002:b020:6424::1", False, True, True),  # 6to4 of 176.32.100.36
        ("0.0.0.0", False, False, False),  # noqa: S104 - nobody binds to it
        ("::", False, False, False),
        ("255.255.255.255", False, False, False),
        ("240.0.0.1", False, False, False),
        ("224.0.0.251", False, False, False),
        ("239.1.2.3", False, False, False),
        ("ff02::1", False, False, False),
        ("ff0e::1", False, False, False),
        ("169.254.169.254", False, False, False),
        ("fe80::1", False, False, False),
    ),
)
def test_each_policy_lets_its_addresses_through(
    address: str,
    source: bool,  # noqa: FBT001 - a row of the table
    public: bool,  # noqa: FBT001 - likewise
    every: bool,  # noqa: FBT001 - likewise
) -> None:
    policies = (AddressPolicy.SOURCE, AddressPolicy.PUBLIC, AddressPolicy.ANY)
    found = [objection(ip_address(address), policy, SOURCE) == "" for policy in policies]
    assert found == [source, public, every]


@pytest.mark.parametrize("address", ("10.0.0.1", "127.0.0.1", "224.0.0.1"))
def test_a_source_that_is_not_public_may_not_be_had_under_the_policy_source(address: str) -> None:
    same = ip_address(address)
    assert objection(same, AddressPolicy.SOURCE, same)


@given(st.ip_addresses(), st.ip_addresses())
def test_a_stricter_policy_never_allows_more(
    address: IPv4Address | IPv6Address, source: IPv4Address | IPv6Address
) -> None:
    every, public, own = (
        objection(address, policy, source) == ""
        for policy in (AddressPolicy.ANY, AddressPolicy.PUBLIC, AddressPolicy.SOURCE)
    )
    assert own <= public <= every


def test_under_the_policy_source_a_prefix_must_hold_the_source() -> None:
    inside = ip_address("2600:1f14:1:2::9")
    assert not prefix_objection(PREFIX, AddressPolicy.SOURCE, inside)
    for outside in (OTHER, ip_address("2600:1f14:1:3::9")):
        assert prefix_objection(PREFIX, AddressPolicy.SOURCE, outside)
        assert not prefix_objection(PREFIX, AddressPolicy.PUBLIC, outside)
        assert not prefix_objection(PREFIX, AddressPolicy.ANY, outside)


@pytest.mark.parametrize(("length", "taken"), ((64, True), (56, True), (48, True), (47, False)))
def test_under_the_policy_source_a_prefix_is_one_sites(
    length: int,
    taken: bool,  # noqa: FBT001 - a row of the table
) -> None:
    inside = ip_address("2600:1f14:1:2::9")
    prefix = IPv6Network(f"2600:1f14:1:2::/{length}", strict=False)
    assert (prefix_objection(prefix, AddressPolicy.SOURCE, inside) == "") is taken
    assert not prefix_objection(prefix, AddressPolicy.PUBLIC, inside)
