"""No two hosts share a secret where the AWS blog sample's digest of one could be the other's."""

from __future__ import annotations

import hashlib
import json
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.host.digests import check_digests
from tests.cli.host.table import SECRETS, host

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

PAIRS = (
    ("a.example.com", "5a.example.com"),
    ("box.example.com", "15box.example.com"),
    ("box.example.com", "cafebox.example.com"),
    ("box.example.com", "1.5box.example.com"),
    ("xn--tr-xka.example.com", "xn--5tr-ioa.example.com"),  # tür and 5tür, sent as they are
)


def test_the_two_names_of_each_pair_have_one_digest() -> None:
    one, other = ("198.51.100.15", "a.example.com"), ("198.51.100.1", "5a.example.com")
    digests = {hashlib.sha256("".join((*each, "s")).encode()).hexdigest() for each in (one, other)}
    assert len(digests) == 1


@pytest.mark.parametrize(("first", "second"), (*PAIRS, *((b, a) for a, b in PAIRS)))
def test_one_secret_for_both_is_refused(admin: Administrator, first: str, second: str) -> None:
    host(admin, first)
    complaint = admin.refused("add", second, "--same-credentials-as", first)
    assert f"{second} and {first} must not share a secret" in complaint
    assert "Leave --same-credentials-as out (with --secret, if the client needs one)" in complaint
    assert SECRETS[0] not in complaint
    assert admin.item(second) is None


def test_a_token_may_open_both(admin: Administrator) -> None:
    host(admin, "a.example.com", secrets={"L": []})
    admin.host("add", "5a.example.com", "--same-credentials-as", "a.example.com")


def test_every_host_that_the_secret_opens_counts(admin: Administrator) -> None:
    host(admin, "www.example.com", secrets={"L": [{"S": "n3w"}, {"S": SECRETS[0]}]})
    data = {"route_53_zone_id": "Z1", "route_53_record_ttl": 60, "shared_secret": SECRETS[0]}
    admin.put({"hostname": {"S": "A.Example.com."}, "data": {"S": json.dumps(data)}})
    host(admin, "b.example.com", secrets={"L": [{"S": "0ther"}]})
    same = ("--same-credentials-as", "www.example.com")
    assert "5a.example.com and a.example.com must" in admin.refused("add", "5a.example.com", *same)
    admin.host("add", "5b.example.com", *same)


@pytest.mark.parametrize(
    ("first", "second"),
    (
        ("example.com", "a.example.com"),  # no address ends with a dot
        ("a.example.com", "cafe.a.example.com"),
        ("a.example.com", "ga.example.com"),
        ("a.example.com", "5b.example.com"),
        ("a.example.com", "*.a.example.com"),
        ("xn--a.example.com", "5.example.com"),  # no Punycode at all
    ),
)
def test_names_that_no_address_turns_into_each_other_may_share(first: str, second: str) -> None:
    check_digests(first, [second])
    check_digests(second, [first])


@given(st.ip_addresses(), st.integers(min_value=1, max_value=40))
def test_whatever_may_be_cut_off_an_address_is_refused(address: object, length: int) -> None:
    whole = str(address)
    start, end = whole[:-length], whole[-length:]
    try:
        ip_address(start)
    except ValueError:
        return
    with pytest.raises(CommandError, match="must not share a secret"):
        check_digests("h.example.com", [f"{end}h.example.com"])
