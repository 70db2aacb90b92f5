"""Which names an instance may have."""

from __future__ import annotations

import pytest

from ddns.core.instance.allowed import AllowedNames
from ddns.core.instance.instances import Vpc
from ddns.core.instance.placement import Rules
from tests.core.instance.test_desired import (
    HOST,
    POINTER,
    desired,
    reasons,
    shown,
)

ZONES = ("example.internal", "example.com", "split.example")
DEFAULT = AllowedNames.of([], ZONES)


def rules(*patterns: str, template: str = "{private_dns}") -> Rules:
    return Rules(template=template, allowed=AllowedNames.of(patterns, ZONES))


# -------------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("pattern", "name", "is_allowed"),
    (
        ("*.dev.example.internal", "a.dev.example.internal", True),
        ("*.dev.example.internal", "a.b.dev.example.internal", True),
        ("*.dev.example.internal", "dev.example.internal", False),
        ("*.dev.example.internal", "a.example.internal", False),
        ("web-?.example.internal", "web-1.example.internal", True),
        ("web-?.example.internal", "web-10.example.internal", False),
        ("web.example.internal", "web.example.internal", True),
        ("web.example.internal", "webxexample.internal", False),
        ("*.example.internal", POINTER, True),
    ),
)
def test_a_star_is_any_characters_and_a_question_mark_one(
    pattern: str,
    name: str,
    is_allowed: bool,  # noqa: FBT001 - the table's last column
) -> None:
    assert (AllowedNames.of([pattern], ZONES).objection(name) is None) is is_allowed


def test_a_host_name_that_no_pattern_matches_is_refused_and_the_tag_is_named() -> None:
    result = desired(rules=rules("*.dev.example.internal"), ZONE="example.internal", HOSTNAME="web")
    assert result.names == {}
    (refusal,) = result.refusals
    assert (refusal.owner, refusal.name, refusal.type) == (HOST.id, "web.example.internal", "A")
    assert refusal.reason == (
        "the HOSTNAME tag asks for it, and no pattern of allowed_names matches it"
    )


def test_a_name_that_the_template_makes_is_limited_too_also_in_the_dhcp_domain() -> None:
    for tags in ({"ZONE": "example.internal"}, {}):
        result = desired(
            vpc=Vpc("vpc-1", ("example.internal",)), rules=rules("web-*.example.internal"), **tags
        )
        assert result.names == {}
        assert reasons(result) == [
            "the template '{private_dns}' makes it, and no pattern of allowed_names matches it"
        ]


def test_a_refused_alias_leaves_the_rest_as_it_is() -> None:
    limited = rules("ip-*.example.internal")
    tags = {"ZONE": "example.internal"}
    result = desired(rules=limited, CNAME="www.example.internal", **tags)
    assert shown(result) == shown(desired(**tags))
    assert reasons(result) == [
        "the CNAME tag asks for it, and no pattern of allowed_names matches it"
    ]


def test_an_alias_of_a_refused_host_name_points_to_what_ec2_calls_the_instance() -> None:
    result = desired(
        rules=rules("www.example.internal"), ZONE="example.internal", CNAME="www.example.internal"
    )
    assert shown(result) == {
        ("ZP", "www.example.internal", "CNAME"): ("ip-10-0-1-5.ec2.internal.",)
    }
    assert len(result.refusals) == 1


def test_a_name_is_limited_in_each_zone_that_it_would_be_in() -> None:
    allowed = Rules(allowed=AllowedNames.of(["*.example.com"], ZONES))
    result = desired(rules=allowed, ZONE="split.example", CNAME="www.example.com")
    assert {key.name for key in result.names} == {"www.example.com"}
    assert len(result.refusals) == 1  # the same name in both zones, once in the log


# -------------------------------------------------------------------- names that hijack


@pytest.mark.parametrize(
    "label", ("wpad", "isatap", "WPAD", "_acme-challenge", "_acme-challenge.web", "web._tcp")
)
@pytest.mark.parametrize("patterns", ((), ("*.example.internal", "*.example.com")))
def test_a_name_that_clients_look_up_by_themselves_is_refused_as_host_and_as_alias(
    label: str, patterns: tuple[str, ...]
) -> None:
    limited = rules(*patterns)
    result = desired(
        rules=limited, ZONE="example.internal", HOSTNAME=label, CNAME=f"{label}.example.com"
    )
    assert result.names == {}
    first, second = reasons(result)
    assert first.startswith("the HOSTNAME tag asks for it, and clients look '")
    assert second.startswith("the CNAME tag asks for it, and clients look '")
    assert first.endswith("up by themselves: allowed_names has to spell it out")


def test_a_name_tag_makes_no_such_name_either() -> None:
    result = desired(
        rules=rules(template="{name}"), vpc=Vpc("vpc-1", ("example.internal",)), Name="wpad"
    )
    assert result.names == {}
    assert "the template '{name}' makes it, and clients look 'wpad' up" in reasons(result)[0]


@pytest.mark.parametrize(
    ("patterns", "name", "is_allowed"),
    (
        (["wpad.example.internal"], "wpad.example.internal", True),
        (["*.example.internal", "wpad.example.internal"], "wpad.example.internal", True),
        (["wpad.*.example.internal"], "wpad.dev.example.internal", True),
        (["wpad.*.example.internal"], "isatap.dev.example.internal", False),
        (["wpad.example.internal", "*.example.internal"], "wpad.dev.example.internal", False),
        (["wp?d.example.internal"], "wpad.example.internal", False),
        (["wpa*.example.internal"], "wpad.example.internal", False),
        (["*.wpad.example.internal"], "wpad.wpad.example.internal", False),
        ([], "wpad-1.example.internal", True),
        ([], "a.wpad.example.internal", True),
        (["_acme-challenge.*.example.internal"], "_acme-challenge.a.example.internal", True),
        (["_*.example.internal"], "_acme-challenge.example.internal", False),
        (["*._tcp.example.internal"], "db._tcp.example.internal", True),
        (["*._tcp.example.internal"], "_sip._tcp.example.internal", False),
        (["*._tcp.example.internal"], "_tcp._tcp.example.internal", False),
    ),
)
def test_only_a_pattern_that_writes_the_label_out_allows_it(
    patterns: list[str],
    name: str,
    is_allowed: bool,  # noqa: FBT001 - the table's last column
) -> None:
    assert (AllowedNames.of(patterns, ZONES).objection(name) is None) is is_allowed


def test_listing_a_zone_whose_own_name_has_such_a_label_allows_names_in_it() -> None:
    allowed = AllowedNames.of([], ["_tcp.example.com"])
    assert allowed.objection("db._tcp.example.com") is None
    assert allowed.objection("_db._tcp.example.com")


def test_an_allowed_name_with_an_underscore_is_written() -> None:
    result = desired(
        rules=rules("_acme-challenge.*.example.com", "*.example.com"),
        ZONE="example.com",
        CNAME="_acme-challenge.web.example.com",
    )
    assert ("ZU", "_acme-challenge.web.example.com", "CNAME") in shown(result)


def test_an_underscore_elsewhere_is_in_no_name() -> None:
    result = desired(rules=rules("*_*.example.com"), ZONE="example.com", HOSTNAME="my_web")
    assert result.names == {}
    assert "is not 1 to 63 letters, digits and inner hyphens" in reasons(result)[0]
