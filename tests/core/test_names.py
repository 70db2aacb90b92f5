"""DNS names: what is taken, what is refused, and in which form it goes on."""

from __future__ import annotations

from ipaddress import IPv4Address
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.errors import InvalidNameError
from ddns.core.names import (
    canonical,
    domain,
    escaped,
    fully_qualified,
    host_name,
    is_below,
    is_prefix,
    is_reverse,
    owner_name,
    reverse_zone,
)

_LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
_NAMES = st.lists(_LABELS, min_size=1, max_size=5).map(".".join).filter(lambda n: len(n) <= 253)


@given(_NAMES)
def test_a_canonical_host_name_is_left_as_it_is(name: str) -> None:
    assert host_name(name) == name
    assert host_name(host_name(name).upper() + ".") == name


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("WWW.Example.COM.", "www.example.com"),
        (" web-1.example.com ", "web-1.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("1.example.com", "1.example.com"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
    ),
)
def test_a_host_name_as_people_write_it_becomes_canonical(text: str, expected: str) -> None:
    assert host_name(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    (
        ("", "it is empty"),
        (".", "it is empty"),
        ("a..b", "label ''"),
        ("-a.example", "label '-a'"),
        ("a-.example", "label 'a-'"),
        ("a_b.example", "label 'a_b'"),
        ("*.example", "label '\\*'"),
        ("web server.example", "label 'web server'"),
        ("a" * 64 + ".example", "not 1 to 63"),
        (".".join(["a" * 60] * 5), "longer than 253"),
        ("ü" * 60 + ".example", "IDNA"),
        ("ü" * 64 + ".example", "longer than 63"),
        ("ü.\uff0e" + "a" * 64, "longer than 63"),
        ("x\n.example", "label"),
    ),
)
def test_what_is_no_host_name_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidNameError, match=reason):
        host_name(text)


def test_the_name_of_a_record_set_may_have_underscores_in_front_of_its_labels() -> None:
    assert owner_name("_ACME-challenge.Web.example.com.") == "_acme-challenge.web.example.com"


# The latter is one character for "sallallahou alayhe wasallam", which has 18.
@pytest.mark.parametrize("label", ("ü" * 64, "\ufdfa" * 4))
def test_a_label_that_is_too_long_is_refused_before_idna_takes_the_square_of_it(
    label: str,
) -> None:
    with (
        mock.patch("encodings.idna.nameprep", side_effect=AssertionError("it was looked at")),
        pytest.raises(InvalidNameError, match="longer than 63"),
    ):
        host_name(label + ".example")


@pytest.mark.parametrize("label", ("_", "__a", "a_b", "a_", "_-a", "_" + 63 * "a"))
def test_an_underscore_anywhere_else_makes_no_name_of_a_record_set(label: str) -> None:
    with pytest.raises(InvalidNameError, match="is not 1 to 63 letters"):
        owner_name(f"{label}.example.com")


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("\\052.Example.COM.", "*.example.com"),
        ("a\\040b.example.", "a b.example"),
        ("plain.example", "plain.example"),
        ("\\400.example", "\\400.example"),
    ),
)
def test_names_as_route_53_returns_them_are_decoded(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    ("name", "zone", "expected"),
    (
        ("a.example.com", "example.com", True),
        ("a.b.example.com", "example.com", True),
        ("example.com", "example.com", False),
        ("evilexample.com", "example.com", False),
        ("example.com", "a.example.com", False),
    ),
)
def test_a_name_is_in_a_zone_at_a_label_boundary_only(
    name: str, zone: str, *, expected: bool
) -> None:
    assert is_below(name, zone) is expected


@pytest.mark.parametrize(
    ("prefix", "zone"),
    (
        (8, "10.in-addr.arpa"),
        (15, "10.in-addr.arpa"),
        (16, "20.10.in-addr.arpa"),
        (20, "20.10.in-addr.arpa"),
        (24, "30.20.10.in-addr.arpa"),
        (28, "30.20.10.in-addr.arpa"),
        (32, "30.20.10.in-addr.arpa"),
        (4, "10.in-addr.arpa"),
    ),
)
def test_a_reverse_zone_ends_at_the_octet_above_the_subnet(prefix: int, zone: str) -> None:
    assert reverse_zone(IPv4Address("10.20.30.40"), prefix) == zone


def test_a_record_value_has_the_trailing_dot() -> None:
    assert fully_qualified("a.example.com") == "a.example.com."


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("B\u00fccher.Example.", "xn--bcher-kva.example"),
        ("Example.COM.", "example.com"),
        ("\u00fc" * 70 + ".example", "\u00fc" * 70 + ".example"),
    ),
)
def test_a_domain_as_people_write_it_is_compared_as_a_labels(text: str, expected: str) -> None:
    assert domain(text) == expected


def test_names_are_escaped_as_route_53_stores_them() -> None:
    assert escaped("*.a b.example") == "\\052.a\\040b.example"
    assert canonical(escaped("*.a b.example")) == "*.a b.example"


@pytest.mark.parametrize(
    ("name", "reverse", "prefix"),
    (
        ("in-addr.arpa", True, True),
        ("10.in-addr.arpa", True, True),
        ("2.0.192.in-addr.arpa", True, True),
        ("255.0.192.in-addr.arpa", True, True),
        ("256.0.192.in-addr.arpa", True, False),
        ("01.10.in-addr.arpa", True, False),
        ("0/25.2.0.192.in-addr.arpa", True, False),
        ("0-25.2.0.192.in-addr.arpa", True, False),
        ("lan.10.in-addr.arpa", True, False),
        ("ip6.arpa", True, True),
        ("8.b.d.0.1.0.0.2.ip6.arpa", True, True),
        ("b8.d0.ip6.arpa", True, False),
        ("g.ip6.arpa", True, False),
        ("home.arpa", False, False),
        ("my-in-addr.arpa", False, False),
        ("in-addr.arpa.example.com", False, False),
    ),
)
def test_names_of_addresses_are_told_from_names_of_hosts_and_prefixes_from_others(
    name: str, *, reverse: bool, prefix: bool
) -> None:
    assert (is_reverse(name), is_prefix(name)) == (reverse, prefix)
