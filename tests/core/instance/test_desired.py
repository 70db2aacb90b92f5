"""The decision table of InstanceDdns, row by row."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ddns.core.instance.desired import (
    Desired,
    desired_state,
    without,
)
from ddns.core.instance.host_names import template_fields
from ddns.core.instance.instances import Instance, Vpc
from ddns.core.instance.items import Claim, NameState
from ddns.core.instance.placement import Rules, goes_by_domain
from ddns.core.instance.plan import Terms, plan
from ddns.core.instance.tags import TagKeys
from ddns.core.instance.zones import Zones
from ddns.core.names import host_name
from ddns.core.records import NameKey, RecordSet, Zone

PRIVATE = Zone("ZP", "example.internal", private=True)
PUBLIC = Zone("ZU", "example.com", private=False)
SPLIT_PRIVATE = Zone("ZSP", "split.example", private=True)
SPLIT_PUBLIC = Zone("ZSU", "split.example", private=False)
REVERSE = Zone("ZR", "10.in-addr.arpa", private=True)
REVERSE_24 = Zone("ZR24", "1.0.10.in-addr.arpa", private=True)
REVERSE_6 = Zone("ZR6", "8.b.d.0.1.0.0.2.ip6.arpa", private=True)
CHILD = Zone("ZC", "dev.example.com", private=False)
ALL = (PRIVATE, PUBLIC, SPLIT_PRIVATE, SPLIT_PUBLIC, REVERSE)

HOST = Instance(
    id="i-0123456789abcdef0",
    state="running",
    launched="2026-01-01T00:00:00+00:00",
    vpc_id="vpc-1",
    subnet_id="subnet-1",
    availability_zone="us-east-1a",
    private_address=IPv4Address("10.0.1.5"),
    public_address=IPv4Address("198.51.100.7"),
    private_dns="ip-10-0-1-5.ec2.internal",
    public_dns="ec2-198-51-100-7.compute-1.amazonaws.com",
    tags={},
)
IPV6 = IPv6Address("2001:db8::5")
POINTER = "5.1.0.10.in-addr.arpa"

Shown = dict[tuple[str, str, str], tuple[str, ...]]


def desired(
    *zones: Zone,
    vpc: Vpc | None = None,
    rules: Rules | None = None,
    host: Instance = HOST,
    **tags: str,
) -> Desired:
    tagged = host._replace(tags={**(host.tags or {}), **tags})
    return desired_state(tagged, vpc or Vpc("vpc-1"), Zones(zones or ALL), rules or Rules())


def shown(result: Desired) -> Shown:
    return {
        (key.zone_id, key.name, want.type): want.values
        for key, wants in result.names.items()
        for want in wants
    }


def reasons(result: Desired) -> list[str]:
    return [refusal.reason for refusal in result.refusals]


# -------------------------------------------------------------------- the rows


def test_zone_tag_naming_a_private_zone_gives_a_and_ptr_of_the_private_address() -> None:
    assert shown(desired(ZONE="example.internal")) == {
        ("ZP", "ip-10-0-1-5.example.internal", "A"): ("10.0.1.5",),
        ("ZR", POINTER, "PTR"): ("ip-10-0-1-5.example.internal.",),
    }


def test_zone_tag_naming_a_public_zone_gives_a_of_the_public_address() -> None:
    assert shown(desired(ZONE="example.com")) == {
        ("ZU", "ip-10-0-1-5.example.com", "A"): ("198.51.100.7",)
    }


def test_zone_tag_naming_two_zones_of_one_name_gives_split_horizon() -> None:
    assert shown(desired(ZONE="split.example")) == {
        ("ZSP", "ip-10-0-1-5.split.example", "A"): ("10.0.1.5",),
        ("ZSU", "ip-10-0-1-5.split.example", "A"): ("198.51.100.7",),
        ("ZR", POINTER, "PTR"): ("ip-10-0-1-5.split.example.",),
    }


def test_an_ipv6_address_gives_aaaa_in_both_and_ptr_where_a_reverse_zone_covers_it() -> None:
    host = HOST._replace(ipv6_address=IPV6)
    found = shown(desired(*ALL, REVERSE_6, host=host, ZONE="split.example"))
    assert found["ZSP", "ip-10-0-1-5.split.example", "AAAA"] == ("2001:db8::5",)
    assert found["ZSU", "ip-10-0-1-5.split.example", "AAAA"] == ("2001:db8::5",)
    assert found["ZR6", IPV6.reverse_pointer, "PTR"] == ("ip-10-0-1-5.split.example.",)


def test_an_ipv6_only_instance_gets_aaaa() -> None:
    host = HOST._replace(private_address=None, ipv6_address=IPV6, private_dns="i-1.ec2.internal")
    assert shown(desired(host=host, ZONE="example.internal")) == {
        ("ZP", "i-1.example.internal", "AAAA"): ("2001:db8::5",)
    }


def test_no_listed_reverse_zone_means_no_ptr() -> None:
    assert [kind for _, _, kind in shown(desired(PRIVATE, ZONE="example.internal"))] == ["A"]


def test_the_ptr_goes_to_the_longest_reverse_zone() -> None:
    found = shown(desired(*ALL, REVERSE_24, ZONE="example.internal"))
    assert ("ZR24", POINTER, "PTR") in found
    assert ("ZR", POINTER, "PTR") not in found


@pytest.mark.parametrize(
    ("root", "pointer"), (("in-addr.arpa", POINTER), ("ip6.arpa", IPV6.reverse_pointer))
)
def test_the_root_of_reverse_names_takes_ptr_and_nothing_else(root: str, pointer: str) -> None:
    zone = Zone("ZRoot", root, private=True)
    host = HOST._replace(ipv6_address=IPV6)
    found = shown(desired(PRIVATE, zone, host=host, ZONE="example.internal"))
    assert {key: values for key, values in found.items() if key[0] == "ZRoot"} == {
        ("ZRoot", pointer, "PTR"): ("ip-10-0-1-5.example.internal.",)
    }
    vpc = Vpc("vpc-1", (root,))
    tags = {"HOSTNAME": f"web.{root}", "CNAME": f"www.{root}"}
    assert desired(PRIVATE, zone, vpc=vpc, ZONE=root).names == {}
    assert desired(PRIVATE, zone, vpc=vpc, **tags).names == {}


@pytest.mark.parametrize(
    "name", ("0/25.1.0.10.in-addr.arpa", "0-25.1.0.10.in-addr.arpa", "lan.10.in-addr.arpa")
)
def test_a_reverse_zone_that_is_none_of_a_prefix_takes_nothing_and_is_warned_of(name: str) -> None:
    zone = Zone("ZOdd", name, private=True)
    tags = {"HOSTNAME": f"web.{name}", "CNAME": f"www.{name}"}
    for each in ({"ZONE": name}, tags, {"ZONE": "example.internal"}):
        result = desired(*ALL, zone, vpc=Vpc("vpc-1", (name,)), **each)
        assert "ZOdd" not in {key.zone_id for key in result.names}
        assert any(f"nothing is written to {name}" in warning for warning in result.warnings)
    assert ("ZR", POINTER, "PTR") in shown(desired(*ALL, zone, ZONE="example.internal"))


def test_cname_tag_points_to_the_a_name_of_the_plan() -> None:
    found = shown(desired(ZONE="example.internal", CNAME="www.example.internal"))
    assert found["ZP", "www.example.internal", "CNAME"] == ("ip-10-0-1-5.example.internal.",)


def test_cname_tag_alone_points_to_the_private_dns_name_in_a_private_zone() -> None:
    assert shown(desired(CNAME="www.example.internal")) == {
        ("ZP", "www.example.internal", "CNAME"): ("ip-10-0-1-5.ec2.internal.",)
    }


def test_cname_tag_alone_points_to_the_public_dns_name_in_a_public_zone() -> None:
    assert shown(desired(CNAME="www.example.com")) == {
        ("ZU", "www.example.com", "CNAME"): ("ec2-198-51-100-7.compute-1.amazonaws.com.",)
    }


def test_cname_goes_by_visibility_each_to_its_own_target() -> None:
    found = shown(desired(ZONE="split.example", CNAME="www.split.example"))
    assert found["ZSP", "www.split.example", "CNAME"] == ("ip-10-0-1-5.split.example.",)
    assert found["ZSU", "www.split.example", "CNAME"] == ("ip-10-0-1-5.split.example.",)


def test_a_private_a_name_is_no_target_for_a_public_cname() -> None:
    found = shown(desired(ZONE="example.internal", CNAME="www.example.com"))
    assert found["ZU", "www.example.com", "CNAME"] == ("ec2-198-51-100-7.compute-1.amazonaws.com.",)


def test_cname_goes_to_the_zone_with_the_longest_match() -> None:
    found = shown(desired(PUBLIC, CHILD, CNAME="www.dev.example.com"))
    assert list(found) == [("ZC", "www.dev.example.com", "CNAME")]


def test_dhcp_domain_that_is_a_listed_zone_gives_a_and_ptr() -> None:
    vpc = Vpc("vpc-1", ("example.internal",))
    assert shown(desired(vpc=vpc)) == {
        ("ZP", "ip-10-0-1-5.example.internal", "A"): ("10.0.1.5",),
        ("ZR", POINTER, "PTR"): ("ip-10-0-1-5.example.internal.",),
    }


def test_zone_tag_overrides_the_dhcp_domain() -> None:
    vpc = Vpc("vpc-1", ("example.internal",))
    assert {zone for zone, _, _ in shown(desired(vpc=vpc, ZONE="example.com"))} == {"ZU"}


def test_dhcp_domain_never_leads_to_a_public_zone() -> None:
    assert desired(vpc=Vpc("vpc-1", ("example.com",))).names == {}


def test_dhcp_domain_is_not_used_where_it_is_switched_off() -> None:
    vpc = Vpc("vpc-1", ("example.internal",))
    assert desired(vpc=vpc, rules=Rules(use_dhcp_domain=False)).names == {}


def test_the_usual_dhcp_domain_is_no_refusal() -> None:
    result = desired(vpc=Vpc("vpc-1", ("ec2.internal",)))
    assert (result.names, result.refusals) == ({}, ())


def test_host_name_tag_replaces_the_template() -> None:
    found = shown(desired(ZONE="split.example", HOSTNAME="web"))
    assert found["ZSP", "web.split.example", "A"] == ("10.0.1.5",)
    assert found["ZSU", "web.split.example", "A"] == ("198.51.100.7",)
    assert found["ZR", POINTER, "PTR"] == ("web.split.example.",)


def test_host_name_tag_may_be_the_full_name() -> None:
    found = shown(desired(ZONE="example.internal", HOSTNAME="Web.Example.Internal."))
    assert ("ZP", "web.example.internal", "A") in found


def test_a_full_host_name_finds_its_zone_by_itself() -> None:
    assert shown(desired(HOSTNAME="web.example.com")) == {
        ("ZU", "web.example.com", "A"): ("198.51.100.7",)
    }


@pytest.mark.parametrize(
    "state", ("pending", "stopping", "stopped", "shutting-down", "terminated", "gone")
)
def test_any_other_state_than_running_wants_nothing(state: str) -> None:
    result = desired(host=HOST._replace(state=state), ZONE="example.internal")
    assert (result.names, result.refusals, result.warnings) == ({}, (), ())


def test_no_tags_and_no_dhcp_domain_want_nothing() -> None:
    result = desired()
    assert (result.names, result.refusals) == ({}, ())


# -------------------------------------------------------------------- tags


@pytest.mark.parametrize("key", ("ZONE", "zone", "Zone", "zOnE"))
@pytest.mark.parametrize("value", ("example.internal", "Example.Internal.", " example.internal "))
def test_tag_keys_match_in_any_case_and_trailing_dots_are_optional(key: str, value: str) -> None:
    assert ("ZP", "ip-10-0-1-5.example.internal", "A") in shown(desired(**{key: value}))


@pytest.mark.parametrize("key", ("TIMEZONE", "ZONE2", "MYZONE", "ZONE "))
def test_tag_keys_match_as_a_whole_only(key: str) -> None:
    assert desired(**{key: "example.internal"}).names == {}


def test_the_key_as_configured_wins_over_other_cases() -> None:
    found = shown(desired(ZONE="example.internal", zone="example.com"))
    assert {zone for zone, _, _ in found} == {"ZP", "ZR"}


@pytest.mark.parametrize("vpc", (Vpc("vpc-1"), Vpc("vpc-1", ("example.internal",))))
def test_zone_tags_that_name_different_zones_are_refused_whatever_the_dhcp_domain(vpc: Vpc) -> None:
    result = desired(vpc=vpc, Zone="example.internal", zone="example.com")
    assert result.names == {}
    assert reasons(result) == [
        "the tags Zone, zone have different values: use one, spelt ZONE",
    ]
    assert result.warnings == (
        "i-0123456789abcdef0 is in no zone: its tags Zone, zone name several",
    )


def test_zone_tags_that_name_one_zone_in_several_ways_agree() -> None:
    result = desired(Zone="Example.Internal.", zone="example.internal")
    assert {zone for zone, _, _ in shown(result)} == {"ZP", "ZR"}
    assert (result.refusals, result.warnings) == ((), ())


def test_a_foreign_tag_takes_no_registration_away_and_is_warned_of() -> None:
    vpc = Vpc("vpc-1", ("example.internal",))
    result = desired(vpc=vpc, zone="us-east-1a")
    assert (result.names, result.refusals) == (desired(vpc=vpc).names, ())
    (warning,) = result.warnings
    assert warning.startswith("the tag zone=us-east-1a is ignored: it names no forward zone")
    assert desired(Zone="example.com", zone="us-east-1a").names == desired(ZONE="example.com").names


def test_a_tag_of_exactly_the_key_that_names_no_zone_takes_the_registration_away() -> None:
    result = desired(vpc=Vpc("vpc-1", ("example.internal",)), ZONE="us-east-1a")
    assert result.names == {}
    assert reasons(result) == ["the ZONE tag names no forward zone in hosted_zones"]


@pytest.mark.parametrize("key", ("HOSTNAME", "CNAME"))
def test_spellings_of_another_tag_with_different_values_are_refused(key: str) -> None:
    tags = {key.lower(): "a.example.internal", key.title(): "b.example.internal"}
    result = desired(ZONE="example.internal", **tags)
    assert reasons(result) == [
        f"the tags {key.title()}, {key.lower()} have different values: use one, spelt {key}"
    ]
    assert not {"a.example.internal", "b.example.internal"} & {name for _, name, _ in shown(result)}


TAGGED = st.dictionaries(
    st.sampled_from(("ZONE", "Zone", "zone")),
    st.sampled_from(("", "example.internal", "Example.Internal.", "example.com", "us-east-1a")),
)


@given(tags=TAGGED)
def test_a_dhcp_domain_that_nobody_asked_for_changes_nothing(tags: dict[str, str]) -> None:
    host = HOST._replace(tags=tags)
    known, unknown = (desired(host=host, vpc=Vpc("vpc-1", d)) for d in (("split.example",), ()))
    assert goes_by_domain(host, Rules()) or known == unknown


def test_tag_keys_can_be_others() -> None:
    rules = Rules(tags=TagKeys(zone="dns:zone", cname="dns:alias", host_name="dns:name"))
    tags = {"dns:zone": "example.internal", "dns:alias": "www.example.internal", "dns:name": "web"}
    found = shown(desired(rules=rules, **tags))
    assert found["ZP", "www.example.internal", "CNAME"] == ("web.example.internal.",)
    assert desired(rules=rules, ZONE="example.internal").names == {}


def test_an_empty_tag_is_no_tag() -> None:
    vpc = Vpc("vpc-1", ("example.internal",))
    assert ("ZP", "ip-10-0-1-5.example.internal", "A") in shown(desired(vpc=vpc, ZONE="", CNAME=""))


def test_unicode_values_become_a_labels() -> None:
    found = shown(desired(ZONE="example.internal", HOSTNAME="bücher"))
    assert ("ZP", "xn--bcher-kva.example.internal", "A") in found


# -------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("tags", "reason"),
    (
        ({"ZONE": "nowhere.test"}, "the ZONE tag names no forward zone in hosted_zones"),
        ({"ZONE": "sub.example.com"}, "the ZONE tag names no forward zone in hosted_zones"),
        ({"ZONE": "10.in-addr.arpa"}, "the ZONE tag names no forward zone in hosted_zones"),
        ({"CNAME": "x.10.in-addr.arpa"}, "the CNAME tag is in no forward zone of hosted_zones"),
        ({"CNAME": "www.nowhere.test"}, "the CNAME tag is in no forward zone of hosted_zones"),
        ({"CNAME": "evilexample.com"}, "the CNAME tag is in no forward zone of hosted_zones"),
        ({"CNAME": "no good.example.com"}, "is no host name"),
        ({"CNAME": "example.com"}, "it is the zone apex"),
        ({"ZONE": "example.com", "HOSTNAME": "example.com"}, "it is the zone apex"),
        ({"ZONE": "example.com", "HOSTNAME": "bad_name"}, "is no host name"),
        ({"ZONE": "example.com", "HOSTNAME": "*"}, "is no host name"),
        (
            {"ZONE": "example.com", "HOSTNAME": "web.other.test."},
            "it ends in a dot, and the instance is registered",
        ),
        (
            {"ZONE": "example.com", "HOSTNAME": "web", "CNAME": "web.example.com"},
            "CNAME clash: the instance has an address record of this name",
        ),
    ),
)
def test_what_cannot_be_is_refused_with_its_reason(tags: dict[str, str], reason: str) -> None:
    found = reasons(desired(**tags))
    assert len(found) == 1
    assert reason in found[0]


def test_one_refused_tag_leaves_the_others_as_they_are() -> None:
    result = desired(ZONE="example.internal", CNAME="www.nowhere.test")
    assert ("ZP", "ip-10-0-1-5.example.internal", "A") in shown(result)
    assert len(result.refusals) == 1


def test_a_public_zone_without_a_public_address_is_refused() -> None:
    host = HOST._replace(public_address=None, public_dns="")
    assert reasons(desired(host=host, ZONE="example.com")) == ["the instance has no public address"]
    assert reasons(desired(host=host, CNAME="www.example.com")) == [
        "the instance has no public DNS name to point to"
    ]


def test_split_horizon_without_a_public_address_is_just_private() -> None:
    host = HOST._replace(public_address=None, public_dns="")
    result = desired(host=host, ZONE="split.example", CNAME="www.split.example")
    assert {zone for zone, _, _ in shown(result)} == {"ZSP", "ZR"}
    assert result.refusals == ()


def test_a_name_that_a_listed_child_zone_hides_is_refused() -> None:
    result = desired(PUBLIC, CHILD, ZONE="example.com", HOSTNAME="web.dev")
    assert result.names == {}
    assert "hidden by zone 'dev.example.com'" in reasons(result)[0]


# -------------------------------------------------------------------- several zones of one name


def test_of_two_private_zones_of_one_name_the_one_of_the_vpc_is_meant() -> None:
    ours = Zone("Z1", "example.internal", private=True, vpcs=frozenset({"vpc-1"}))
    other = Zone("Z2", "example.internal", private=True, vpcs=frozenset({"vpc-2"}))
    assert {key.zone_id for key in desired(ours, other, ZONE="example.internal").names} == {"Z1"}


TWINS = {
    "public": (
        Zone("ZU1", "twin.example", private=False),
        Zone("ZU2", "twin.example", private=False),
    ),
    "private": (
        Zone("ZP1", "twin.example", private=True, vpcs=frozenset({"vpc-8"})),
        Zone("ZP2", "twin.example", private=True, vpcs=frozenset({"vpc-9"})),
    ),
}


@pytest.mark.parametrize("kind", TWINS)
@pytest.mark.parametrize(
    "tags",
    (
        {"ZONE": "twin.example"},
        {"HOSTNAME": "web.twin.example"},
        {"CNAME": "www.twin.example"},
    ),
)
def test_zones_that_nothing_tells_apart_are_refused_and_what_is_in_them_stays(
    kind: str, tags: dict[str, str]
) -> None:
    first, second = TWINS[kind]
    result = desired(*ALL, first, second, **tags)
    assert {first.id, second.id} <= result.undecided
    assert result.names == {}
    (reason,) = reasons(result)
    assert f"{first.id} and {second.id} of hosted_zones are {kind} zones of one name" in reason


def test_a_dhcp_domain_that_two_zones_have_is_refused_and_what_is_in_them_stays() -> None:
    result = desired(*TWINS["private"], PRIVATE, vpc=Vpc("vpc-1", ("twin.example",)))
    assert (result.names, result.undecided) == ({}, {"ZP1", "ZP2"})


def test_what_depends_on_an_unclear_host_name_stays_and_the_rest_is_registered() -> None:
    zones = (*ALL, REVERSE_24, *TWINS["private"], Zone("ZU1", "twin.example", private=False))
    result = desired(*zones, ZONE="twin.example", CNAME="www.example.internal")
    assert set(shown(result)) == {("ZU1", "ip-10-0-1-5.twin.example", "A")}
    assert result.undecided == {"ZP1", "ZP2", "ZR", "ZR24", "ZP"}
    assert len(result.refusals) == 1


def test_reverse_zones_that_nothing_tells_apart_keep_their_ptr_and_hinder_nothing_else() -> None:
    other = Zone("ZRB", "10.in-addr.arpa", private=True)
    result = desired(*ALL, other, ZONE="example.internal")
    assert set(shown(result)) == {("ZP", "ip-10-0-1-5.example.internal", "A")}
    assert result.undecided == {"ZR", "ZRB"}
    assert [refusal.type for refusal in result.refusals] == ["PTR"]


def test_names_in_a_zone_that_is_undecided_stay_whatever_is_desired_elsewhere() -> None:
    here, there = NameKey("ZU1", "web.twin.example"), NameKey("ZU", "web.example.com")
    claim = Claim({"A": ("198.51.100.7",)}, 1, HOST.launched)
    written = {"A": RecordSet(60, ("198.51.100.7",))}
    states = {key: NameState(key, {HOST.id: claim}, written) for key in (here, there)}
    unclear = desired(*ALL, *TWINS["public"], ZONE="twin.example")
    (planned,) = plan(states, [unclear], Terms(60)).names
    assert (planned.key, planned.deletes) == (there, 1)
    assert plan(states, [desired()], Terms(60)).deletes == 2


def test_an_instance_that_does_not_run_has_nothing_to_decide() -> None:
    host = HOST._replace(state="stopped")
    assert desired(*TWINS["public"], host=host, ZONE="twin.example").undecided == frozenset()


# -------------------------------------------------------------------- templates


@pytest.mark.parametrize(
    ("template", "label"),
    (
        ("{private_dns}", "ip-10-0-1-5"),
        ("{instance_id}", "i-0123456789abcdef0"),
        ("{name}", "web"),
        ("{name}-{az}", "web-us-east-1a"),
        ("{name}.{region}", "web.us-east-1"),
        ("h-{address}", "h-10-0-1-5"),
        ("{vpc_id}", "vpc-1"),
    ),
)
def test_the_template_makes_the_name(template: str, label: str) -> None:
    rules = Rules(template=template, region="us-east-1")
    found = shown(desired(rules=rules, ZONE="example.internal", Name="web"))
    assert ("ZP", f"{label}.example.internal", "A") in found


def test_a_template_field_without_a_value_is_refused() -> None:
    result = desired(rules=Rules(template="{name}"), ZONE="example.internal")
    assert reasons(result) == ["no value for a field of '{name}': every field needs one"]


@pytest.mark.parametrize(
    ("name", "host"),
    (
        ("My Web", "my-web"),
        ("ha_proxy/0", "ha-proxy-0"),
        ("web.example.internal", "web-example-internal"),
        (" -_web--1 (old) ", "web-1-old"),
        ("{vpc_id}", "vpc-id"),
        ("a" * 62 + " b", "a" * 62),
        ("a" * 70, "a" * 63),
    ),
)
def test_any_name_tag_becomes_one_label(name: str, host: str) -> None:
    found = shown(desired(rules=Rules(template="{name}"), ZONE="example.internal", Name=name))
    assert ("ZP", f"{host}.example.internal", "A") in found


@pytest.mark.parametrize("name", (" ", "---", "日本"))
def test_a_name_tag_without_a_letter_or_digit_is_refused(name: str) -> None:
    result = desired(rules=Rules(template="{name}"), ZONE="example.internal", Name=name)
    assert (result.names, len(result.refusals)) == ({}, 1)


@pytest.mark.parametrize(
    "tags",
    (
        {"ZONE": "example.internal", "HOSTNAME": "web.example.com"},
        {"ZONE": "example.internal", "HOSTNAME": "example.com"},
        {"ZONE": "example.internal", "HOSTNAME": "5.10.in-addr.arpa"},
        {"ZONE": "split.example", "HOSTNAME": "web.example.com"},
        {"HOSTNAME": "web.example.com"},
    ),
)
def test_a_host_name_in_another_zone_than_the_one_that_is_named_is_refused_once(
    tags: dict[str, str],
) -> None:
    result = desired(vpc=Vpc("vpc-1", ("example.internal",)), **tags)
    assert result.names == {}
    named = tags.get("ZONE", "example.internal")
    assert [f"is registered in zone {named!r}" in reason for reason in reasons(result)] == [True]


def test_a_host_name_with_dots_that_lies_in_no_listed_zone_is_relative() -> None:
    found = shown(desired(ZONE="example.internal", HOSTNAME="web.example.org"))
    assert ("ZP", "web.example.org.example.internal", "A") in found


ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))


@given(ADDRESSES)
def test_an_address_can_be_read_back_from_its_label_so_no_two_have_one(
    address: IPv4Address | IPv6Address,
) -> None:
    text = label_of(address)
    assert ip_address(text.replace("-", "." if address.version == 4 else ":")) == address


def test_an_ipv6_address_is_written_in_full() -> None:
    assert label_of(IPv6Address("2001:db8::1:2")) == "2001-0db8-0000-0000-0000-0000-0001-0002"
    assert label_of(IPv6Address("2001:db8:1::2")) == "2001-0db8-0001-0000-0000-0000-0000-0002"


def label_of(address: IPv4Address | IPv6Address) -> str:
    four = address if isinstance(address, IPv4Address) else None
    six = address if isinstance(address, IPv6Address) else None
    host = HOST._replace(private_address=four, ipv6_address=six, private_dns="")
    fields = template_fields(host, "")
    assert host_name(f"ip-{fields['address']}") == fields["private_dns"]
    return fields["address"]


def test_without_a_private_dns_name_the_label_is_made_of_the_address() -> None:
    host = HOST._replace(private_dns="")
    assert template_fields(host, "")["private_dns"] == "ip-10-0-1-5"


# -------------------------------------------------------------------- the VPC


@pytest.mark.parametrize(
    ("vpc", "warned"),
    (
        (Vpc("vpc-1"), []),
        (Vpc("vpc-1", dns_support=False), ["DNS support"]),
        (Vpc("vpc-1", dns_hostnames=False), ["DNS hostnames"]),
        (Vpc("vpc-1", (), False, False), ["DNS support", "DNS hostnames"]),  # noqa: FBT003
    ),
)
def test_dns_switched_off_in_the_vpc_is_a_warning_and_records_are_written(
    vpc: Vpc, warned: list[str]
) -> None:
    result = desired(vpc=vpc, ZONE="example.internal")
    assert ("ZP", "ip-10-0-1-5.example.internal", "A") in shown(result)
    assert [
        text[: len(start)] for text, start in zip(result.warnings, warned, strict=True)
    ] == warned


def test_dns_switched_off_does_not_matter_to_a_public_zone() -> None:
    assert desired(vpc=Vpc("vpc-1", dns_support=False), ZONE="example.com").warnings == ()


def test_values_that_point_to_a_name_say_to_which() -> None:
    result = desired(ZONE="example.internal", CNAME="www.example.internal")
    host = NameKey("ZP", "ip-10-0-1-5.example.internal")
    (cname,) = result.names[NameKey("ZP", "www.example.internal")]
    (pointer,) = result.names[NameKey("ZR", POINTER)]
    assert (cname.target, cname.fallback) == (host, ("ip-10-0-1-5.ec2.internal.",))
    assert (pointer.target, pointer.fallback) == (host, ())


def test_a_cname_never_points_to_itself() -> None:
    own = Zone("ZE", "ec2.internal", private=True)
    result = desired(own, CNAME="ip-10-0-1-5.ec2.internal")
    assert (result.names, reasons(result)) == ({}, ["it would point to itself"])


def test_a_cname_never_points_to_a_name_that_a_listed_zone_hides() -> None:
    own = Zone("ZE", "ec2.internal", private=True)
    result = desired(own, PRIVATE, CNAME="www.example.internal")
    assert result.names == {}
    assert "is in zone 'ec2.internal' of hosted_zones, which hides" in reasons(result)[0]
    there = desired(own, PRIVATE, ZONE="ec2.internal", CNAME="www.example.internal")
    (cname,) = there.names[NameKey("ZP", "www.example.internal")]
    assert cname.values == ("ip-10-0-1-5.ec2.internal.",)
    assert cname.fallback == ()


LABELS = st.sampled_from(("one", "two", "three"))
FORWARD = ("ec2.internal", "example.internal")
TAGS = st.fixed_dictionaries(
    {},
    optional={
        "ZONE": st.sampled_from(FORWARD),
        "HOSTNAME": LABELS,
        "CNAME": st.tuples(LABELS, st.sampled_from(FORWARD)).map(".".join),
    },
)


@given(tags=st.fixed_dictionaries({"one": TAGS, "two": TAGS, "three": TAGS}))
@example({"one": {"CNAME": "two.ec2.internal"}, "two": {"CNAME": "one.ec2.internal"}})
def test_no_cnames_of_several_instances_form_a_circle(tags: dict[str, dict[str, str]]) -> None:
    zones = (PRIVATE, Zone("ZE", "ec2.internal", private=True))
    every = [
        desired(*zones, host=HOST._replace(id=each, private_dns=f"{each}.ec2.internal"), **of)
        for each, of in tags.items()
    ]
    points = {
        name.key.name: change.record_set.values[0].removesuffix(".")
        for name in plan({}, every, Terms(60)).names
        for change in name.changes
        if change.type == "CNAME"
    }
    for at in points:
        for _ in points:
            at = points.get(at, "")  # noqa: PLW2901 - one step further
        assert at not in points


def test_without_a_name_what_points_to_it_falls_back_or_goes() -> None:
    result = desired(ZONE="example.internal", CNAME="www.example.internal")
    left = without(result, {NameKey("ZP", "ip-10-0-1-5.example.internal")})
    assert shown(left) == {("ZP", "www.example.internal", "CNAME"): ("ip-10-0-1-5.ec2.internal.",)}
    assert without(result, set()) is result


def test_a_zone_that_was_created_for_another_vpc_is_never_used() -> None:
    made = Zone("ZX", "1.0.10.in-addr.arpa", True, frozenset({"vpc-2"}), created=True)  # noqa: FBT003
    found = shown(desired(*ALL, made, ZONE="example.internal"))
    assert ("ZR", POINTER, "PTR") in found


@pytest.mark.parametrize(
    ("host", "rules", "matters"),
    (
        (HOST, Rules(), True),
        (HOST, Rules(use_dhcp_domain=False), False),
        (HOST._replace(state="stopped"), Rules(), False),
        (HOST._replace(tags={"ZONE": "nowhere.test"}), Rules(), False),
        (HOST._replace(tags={"ZONE": ""}), Rules(), True),
        (HOST._replace(tags={"zone": "us-east-1a"}), Rules(), True),
    ),
)
def test_the_domain_of_the_vpc_matters_for_running_instances_without_a_zone_tag(
    host: Instance, rules: Rules, *, matters: bool
) -> None:
    assert goes_by_domain(host, rules) is matters


# -------------------------------------------------------------------- zones that were deleted


def test_nothing_is_wanted_in_a_zone_that_was_deleted_and_nothing_moves_elsewhere() -> None:
    gone = CHILD._replace(gone=True)
    assert shown(desired(PUBLIC, gone, HOSTNAME="web.dev.example.com")) == {}
    assert reasons(desired(PUBLIC, gone, HOSTNAME="web.dev.example.com")) == []
    hosts = desired(PRIVATE, REVERSE._replace(gone=True), ZONE="example.internal")
    assert {zone for zone, *_ in shown(hosts)} == {"ZP"}
    # A PTR record to a name that does not exist helps nobody.
    pointers = desired(PRIVATE._replace(gone=True), REVERSE, ZONE="example.internal")
    assert shown(pointers) == {}


@pytest.mark.parametrize(
    ("block", "zone", "warned"),
    (
        ("10.0.0.0/16", REVERSE, True),
        ("10.0.0.0/22", REVERSE_24, False),
        ("10.0.1.0/28", REVERSE_24, False),
        ("192.168.0.0/16", REVERSE, False),
    ),
)
def test_a_reverse_zone_that_resolver_s_own_rule_hides_is_a_warning(
    block: str,
    zone: Zone,
    warned: bool,  # noqa: FBT001 - a parameter
) -> None:
    vpc = Vpc("vpc-1", cidr_blocks=(IPv4Network(block),))
    found = desired(PRIVATE, zone, vpc=vpc, ZONE="example.internal").warnings
    assert any("is coarser than" in each for each in found) == warned
    off = vpc._replace(dns_hostnames=False)
    found = desired(PRIVATE, zone, vpc=off, ZONE="example.internal").warnings
    assert not any("is coarser than" in each for each in found)
