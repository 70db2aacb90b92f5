"""The table in `dns.answers`, row by row."""

from __future__ import annotations

import dns.name
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns_constructs.local.dns.answers import Answer, View, answer
from ddns_constructs.local.dns.zones import Zone, zone_from_record_sets

SOA = "ns-1.awsdns-1.com. hostmaster.example.com. 1 7200 900 1209600 300"


def zone(name: str, *records: tuple[str, str, str], private: bool = True) -> Zone:
    apex = [(name, "SOA", SOA), (name, "NS", "ns-1.awsdns-1.com.")]
    return zone_from_record_sets(
        name,
        [
            {"Name": owner, "Type": kind, "TTL": 900, "ResourceRecords": [{"Value": value}]}
            for owner, kind, value in [*apex, *records]
        ],
        private=private,
    )


ZONES = [
    zone(
        "corp.example.com.",
        ("a.corp.example.com.", "A", "10.0.0.5"),
        ("a.corp.example.com.", "TXT", '"both"'),
        ("web.corp.example.com.", "CNAME", "a.corp.example.com"),
        ("out.corp.example.com.", "CNAME", "elsewhere.example.org"),
        ("lost.corp.example.com.", "CNAME", "absent.corp.example.com"),
        ("x.y.corp.example.com.", "A", "10.0.0.6"),
        ("\\052.wild.corp.example.com.", "A", "10.0.0.7"),
        ("host.wild.corp.example.com.", "AAAA", "fd00::1"),
        ("one.corp.example.com.", "CNAME", "two.corp.example.com"),
        ("two.corp.example.com.", "CNAME", "one.corp.example.com"),
    ),
    zone("sub.corp.example.com.", ("b.sub.corp.example.com.", "A", "10.0.1.5")),
    zone("20.10.in-addr.arpa.", ("4.0.20.10.in-addr.arpa.", "PTR", "a.corp.example.com")),
    zone("split.example.com.", ("www.split.example.com.", "A", "10.0.0.9")),
    zone("split.example.com.", ("www.split.example.com.", "A", "203.0.113.9"), private=False),
    zone(
        "example.com.",
        ("www.example.com.", "CNAME", "web.corp.example.com"),
        ("pub.example.com.", "CNAME", "www.split.example.com"),
        private=False,
    ),
]


def ask(name: str, kind: str = "A", view: View = View.PRIVATE) -> Answer:
    return answer(ZONES, view, dns.name.from_text(name), dns.rdatatype.from_text(kind))


def lines(found: Answer) -> list[str]:
    return [str(rrset) for rrset in found.records]


def test_a_record_is_answered() -> None:
    assert lines(ask("a.corp.example.com")) == ["a.corp.example.com. 900 IN A 10.0.0.5"]


def test_names_are_compared_in_any_case_and_answered_as_asked() -> None:
    assert lines(ask("A.Corp.EXAMPLE.com")) == ["A.Corp.EXAMPLE.com. 900 IN A 10.0.0.5"]


def test_a_pointer_is_answered_from_the_reverse_zone() -> None:
    assert lines(ask("4.0.20.10.in-addr.arpa", "PTR")) == [
        "4.0.20.10.in-addr.arpa. 900 IN PTR a.corp.example.com."
    ]


@pytest.mark.parametrize("kind", ("SOA", "NS"))
def test_the_apex_answers_for_the_zone(kind: str) -> None:
    found = ask("corp.example.com", kind)
    assert [rrset.rdtype for rrset in found.records] == [dns.rdatatype.from_text(kind)]


def test_a_cname_is_followed_within_the_zone() -> None:
    assert lines(ask("web.corp.example.com")) == [
        "web.corp.example.com. 900 IN CNAME a.corp.example.com.",
        "a.corp.example.com. 900 IN A 10.0.0.5",
    ]


def test_a_cname_is_followed_into_another_zone() -> None:
    assert lines(ask("www.example.com"))[-1] == "a.corp.example.com. 900 IN A 10.0.0.5"


def test_a_cname_is_not_followed_where_the_view_sees_nothing() -> None:
    found = ask("www.example.com", view=View.PUBLIC)
    assert lines(found) == ["www.example.com. 900 IN CNAME web.corp.example.com."]
    assert found.rcode == dns.rcode.NXDOMAIN  # the public zone example.com holds that name


def test_a_cname_that_leaves_the_zones_ends_there() -> None:
    found = ask("out.corp.example.com")
    assert (found.rcode, len(found.records), found.authority) == (dns.rcode.NOERROR, 1, [])


def test_a_cname_to_an_absent_name_is_nxdomain_with_the_cname() -> None:
    found = ask("lost.corp.example.com")
    assert (found.rcode, len(found.records)) == (dns.rcode.NXDOMAIN, 1)


def test_a_circle_of_cnames_ends() -> None:
    assert len(ask("one.corp.example.com").records) == 2


def test_a_question_for_the_cname_itself_is_not_followed() -> None:
    assert lines(ask("web.corp.example.com", "CNAME")) == [
        "web.corp.example.com. 900 IN CNAME a.corp.example.com."
    ]


def test_any_returns_every_type() -> None:
    kinds = {rrset.rdtype for rrset in ask("a.corp.example.com", "ANY").records}
    assert kinds == {dns.rdatatype.A, dns.rdatatype.TXT}


@pytest.mark.parametrize(
    "name", ("a.corp.example.com", "y.corp.example.com", "host.wild.corp.example.com")
)
def test_another_type_at_an_existing_name_is_no_data(name: str) -> None:
    found = ask(name, "MX")
    assert (found.rcode, found.records) == (dns.rcode.NOERROR, [])
    assert [str(rrset.name) for rrset in found.authority] == ["corp.example.com."]


def test_an_absent_name_is_nxdomain_with_the_soa() -> None:
    found = ask("absent.corp.example.com")
    assert (found.rcode, found.records) == (dns.rcode.NXDOMAIN, [])
    assert [str(rrset.name) for rrset in found.authority] == ["corp.example.com."]


def test_absence_is_remembered_for_the_lesser_of_ttl_and_minimum() -> None:
    assert ask("absent.corp.example.com").authority[0].ttl == 300


def test_a_wildcard_answers_for_what_does_not_exist() -> None:
    assert lines(ask("any.deep.wild.corp.example.com")) == [
        "any.deep.wild.corp.example.com. 900 IN A 10.0.0.7"
    ]


def test_a_wildcard_is_no_answer_for_a_name_that_exists() -> None:
    assert ask("host.wild.corp.example.com").records == []


def test_a_wildcard_is_no_answer_below_a_name_that_exists() -> None:
    assert ask("below.host.wild.corp.example.com").rcode == dns.rcode.NXDOMAIN


def test_the_zone_with_the_longest_name_answers_alone() -> None:
    assert lines(ask("b.sub.corp.example.com")) == ["b.sub.corp.example.com. 900 IN A 10.0.1.5"]
    found = ask("c.sub.corp.example.com")
    assert (found.rcode, str(found.authority[0].name)) == (
        dns.rcode.NXDOMAIN,
        "sub.corp.example.com.",
    )


@pytest.mark.parametrize(
    ("view", "value"), ((View.PRIVATE, "10.0.0.9"), (View.PUBLIC, "203.0.113.9"))
)
def test_a_split_horizon_has_an_answer_for_each_view(view: View, value: str) -> None:
    assert str(ask("www.split.example.com", view=view).records[0][0]) == value


def test_a_cname_is_followed_with_the_eyes_of_the_asker() -> None:
    assert lines(ask("pub.example.com"))[-1].endswith("10.0.0.9")
    assert lines(ask("pub.example.com", view=View.PUBLIC))[-1].endswith("203.0.113.9")


@pytest.mark.parametrize(
    ("name", "view"),
    (("example.org", View.PRIVATE), (".", View.PRIVATE), ("4.0.20.10.in-addr.arpa", View.PUBLIC)),
)
def test_a_name_in_no_zone_of_the_view_is_refused(name: str, view: View) -> None:
    found = ask(name, view=view)
    assert (found.rcode, found.records, found.authority) == (dns.rcode.REFUSED, [], [])


labels = st.lists(
    st.sampled_from(["a", "b", "x", "y", "*", "web", "wild", "sub", "corp"]), max_size=6
)


@given(labels, st.sampled_from(["A", "PTR", "CNAME", "ANY"]), st.sampled_from(View))
def test_every_question_has_an_answer(prefix: list[str], kind: str, view: View) -> None:
    found = ask(".".join([*prefix, "corp.example.com"]), kind, view)
    negative = not found.records
    assert negative == bool(found.authority) or found.records
    assert all(rrset.ttl == 900 for rrset in found.records)


def test_the_longest_name_that_dns_allows_is_answered() -> None:
    longest = ".".join(["a" * 63, "a" * 63, "a" * 63, "a" * 44, "corp.example.com"])
    assert ask(longest).rcode == dns.rcode.NXDOMAIN
