"""Items of the table of hosts: read, refused with a reason, and written back."""

from __future__ import annotations

import json
from ipaddress import IPv6Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddns.core.client.addresses import AddressPolicy
from ddns.core.client.hosts import KINDS, PREFIX, Host, Kept
from ddns.core.client.items import (
    Credentials,
    kept_attribute,
    parse_credentials,
    parse_host,
    parse_kept,
    signed_attribute,
    state_zone,
)
from ddns.core.errors import BadItemError
from tests.core.client.written_items import ALWAYS, ITEMS, NAME, OURS, VALID, VALUES

PLAIN: dict[str, Any] = {"hostname": {"S": NAME}, "zone_id": {"S": "Z1"}}
SAMPLE: dict[str, Any] = {"hostname": {"S": NAME}, "data": {"S": json.dumps(VALID)}}
SET = {"value": {"S": "203.0.113.7"}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}


def parse(item: dict[str, Any]) -> Host | str:
    """Return the host of an item, or why there is none."""
    try:
        return parse_host(item)
    except BadItemError as err:
        return str(err)


def test_an_item_with_a_zone_alone_is_a_host() -> None:
    assert parse(PLAIN) == Host(NAME, NAME, "Z1")


def test_everything_of_an_item_is_read() -> None:
    item = {
        "hostname": {"S": "Home.Example.com."},
        "zone_id": {"S": "/hostedzone/Z1"},
        "ttl": {"N": "300"},
        "types": {"SS": ["A", "TXT"]},
        "tokens": {"L": [{"S": "a"}, {"S": ""}, {"S": "b"}]},
        "secrets": {"L": [{"S": "c"}]},
        "address_policy": {"S": "public"},
        "disabled": {"BOOL": True},
        "adopt": {"BOOL": True},
        "wildcard": {"BOOL": True},
        "behind": {"S": "router.example.com"},
        "suffix": {"S": "::1"},
        "members": {"SS": ["tv.example.com"]},
        "prefix_length": {"N": "56"},
        "state": {"M": {"A": {"M": {**SET, "unverified": {"BOOL": True}}}}},
        "state_zone": {"S": "Z1"},
        "revision": {"N": "7"},
        "pending": {"BOOL": True},
        "verified": {"N": "5"},
        "signed": {"M": {"time": {"N": "9"}, "nonces": {"SS": ["n"]}}},
        "note": {"S": "of no interest here"},
    }
    assert parse(item) == Host(
        "Home.Example.com.",
        NAME,
        "Z1",
        ttl=300,
        types=frozenset({"A", "TXT"}),
        tokens=("a", "b"),
        secrets=("c",),
        policy=AddressPolicy.PUBLIC,
        disabled=True,
        adopt=True,
        wildcard=True,
        behind="router.example.com",
        suffix=IPv6Address("::1"),
        members=frozenset({"tv.example.com"}),
        prefix_length=56,
        kept={"A": Kept("203.0.113.7", 60, 1, unverified=True)},
        revision=7,
        pending=True,
        verified=5,
        signed=(9, frozenset({"n"})),
    )


@pytest.mark.parametrize("below", ("", NAME, NAME + "."))
def test_an_item_of_the_blog_sample_is_a_host_too(below: str) -> None:
    data = {below: VALID} if below else VALID
    item = {**SAMPLE, "data": {"S": json.dumps(data)}, "secrets": {"L": [{"S": "newer"}]}}
    expected = Host(NAME, NAME, "Z1", ttl=60, types=frozenset({"A"}), secrets=("5ecret", "newer"))
    assert parse(item) == expected


def test_an_empty_secret_of_the_blog_sample_leaves_no_other() -> None:
    data = {"S": json.dumps({**VALID, "shared_secret": ""})}
    item = {**SAMPLE, "data": data, "secrets": {"L": [{"S": "a"}]}}
    assert parse_credentials(item) == Credentials()


def test_what_was_set_in_another_zone_is_forgotten_but_can_be_read() -> None:
    state = {"state": {"M": {"A": {"M": SET}}}, "state_zone": {"S": "Z2"}}
    more = {"pending": {"BOOL": True}, "verified": {"N": "5"}, "revision": {"N": "7"}}
    assert parse({**PLAIN, **state, **more}) == Host(NAME, NAME, "Z1", revision=7)
    assert parse_kept({**PLAIN, **state}) == {"A": Kept("203.0.113.7", 60, 1)}
    assert state_zone({**PLAIN, **state}, "Z1") == "Z2"


def test_a_wildcard_has_no_wildcard_below_it() -> None:
    item = {**PLAIN, "hostname": {"S": "*." + NAME}, "wildcard": {"BOOL": True}}
    host = parse(item)
    assert isinstance(host, Host)
    assert not host.wildcard


@pytest.mark.parametrize("length", ("31", "128", "56.5"))
def test_a_prefix_of_another_length_than_a_router_has_is_refused(length: str) -> None:
    reason = "prefix_length is no whole number from 32 to 127"
    assert parse({**PLAIN, "prefix_length": {"N": length}}) == reason


@pytest.mark.parametrize("base", (PLAIN, SAMPLE), ids=("ours", "of the blog sample"))
@pytest.mark.parametrize("name", ("zone_id", "data", *ALWAYS, *OURS))
def test_whatever_an_attribute_is_the_item_is_a_host_or_says_why_not(
    base: dict[str, Any], name: str
) -> None:
    for value in VALUES:
        result = parse({**base, name: value})
        subject = {"zone_id": "zone", "state_zone": "state_zone"}.get(name, name)
        assert isinstance(result, Host) or subject in result


@pytest.mark.parametrize("name", (*SET, "unverified"))
def test_whatever_is_kept_it_is_read_or_refused(name: str) -> None:
    for value in VALUES:
        result = parse({**PLAIN, "state": {"M": {"A": {"M": {**SET, name: value}}}}})
        assert isinstance(result, Host) or result == "state is not as the function writes it"


@given(ITEMS)
@settings(max_examples=300)
def test_an_item_is_a_host_or_bad_and_nothing_else(raw: dict[str, Any]) -> None:
    result = parse(raw)
    assert isinstance(result, Host) or "5ecret" not in result


@pytest.mark.parametrize(
    ("data", "reason"),
    (
        ("{", "its data is no JSON object"),
        ("[]", "its data is no JSON object"),
        ("[" * 5000, "its data is no JSON object"),
        (json.dumps({NAME: 3}), "its data is no JSON object"),
        ("{}", "its data has no shared secret"),
        (json.dumps({**VALID, "shared_secret": 1}), "its data has no shared secret"),
        (json.dumps({**VALID, "shared_secret": "\ud800"}), "holds half a character"),
        (json.dumps({**VALID, "route_53_record_ttl": "x"}), "is no whole number from 0 to"),
        ('{"shared_secret": "x"}', "its data has no route_53_record_ttl"),
        (json.dumps({**VALID, "route_53_zone_id": ""}), "it names no zone"),
    ),
    ids=lambda text: ascii(text)[:50],
)
def test_what_is_wrong_with_an_item_of_the_blog_sample_is_said(data: str, reason: str) -> None:
    result = parse({**SAMPLE, "data": {"S": data}})
    assert isinstance(result, str)
    assert reason in result


@pytest.mark.parametrize("key", ("home", "-x.example.com", f"{NAME}..", "*"))
def test_a_key_that_is_no_host_name_is_refused(key: str) -> None:
    assert parse({**PLAIN, "hostname": {"S": key}}) == (
        "its key is no host name: delete it in DynamoDB"
    )


@given(
    st.dictionaries(
        st.sampled_from((*KINDS, PREFIX)),
        st.builds(Kept, st.text(), st.integers(), st.integers(), unverified=st.booleans()),
    )
)
def test_what_is_kept_is_read_as_it_was_written(kept: dict[str, Kept]) -> None:
    assert parse_kept({"state": kept_attribute(kept)}) == kept


@given(st.integers(), st.frozensets(st.text(), min_size=1))
def test_what_was_signed_is_read_as_it_was_written(time: int, nonces: frozenset[str]) -> None:
    host = parse({**PLAIN, "signed": signed_attribute((time, nonces))})
    assert isinstance(host, Host)
    assert host.signed == (time, nonces)
