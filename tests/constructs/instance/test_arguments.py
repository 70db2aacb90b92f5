"""Arguments are checked before anything is defined, and every problem is reported at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from hypothesis import given
from hypothesis import strategies as st

from ddns.environment import packed_names
from ddns_constructs import Adopt, TagKeys
from ddns_constructs._common.arguments import Problems, host_name_problem
from ddns_constructs._instance.checks import check_host_name_template

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_TOKEN = cdk.Token.as_string({"Ref": "Parameter"})


def _problem(bench: Bench, **arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller matches the text
        bench.ddns(**arguments)
    return str(caught.value)


# ---------------------------------------------------------------- zones


def test_a_zone_without_its_list_is_refused(bench: Bench) -> None:
    with pytest.raises(TypeError, match=r"write hosted_zones=\[zone\]"):
        bench.ddns(hosted_zones=bench.zones[0])


def test_a_zone_from_an_id_alone_is_refused_with_the_way_out(bench: Bench) -> None:
    bare = route53.HostedZone.from_hosted_zone_id(bench.stack, "Bare", "Z0000000000000000000")
    assert _problem(bench, hosted_zones=[bench.zones[0], bare]) == (
        "'hosted_zones[1]' has no zone name, as from_hosted_zone_id leaves it out: "
        "use HostedZone.from_hosted_zone_attributes or HostedZone.from_lookup"
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        ({"use_dhcp_domain": "no"}, "'use_dhcp_domain' must be a bool, got 'no': "),
        ({"associate_vpcs": None}, "'associate_vpcs' must be a bool, got None: "),
    ),
)
def test_what_is_of_another_kind_is_refused(
    bench: Bench, arguments: dict[str, Any], text: str
) -> None:
    assert _problem(bench, **arguments).startswith(text)


def test_a_zone_listed_twice_is_refused(bench: Bench) -> None:
    text = _problem(bench, hosted_zones=[bench.zones[0], bench.zones[0]])
    assert text == "'hosted_zones[1]' is listed twice, got 'example.internal': list it once"


def test_two_zones_of_one_name_are_split_horizon_and_fine(bench: Bench) -> None:
    outside = route53.PublicHostedZone(bench.stack, "Outside", zone_name="example.internal")
    bench.ddns(hosted_zones=[bench.zones[0], outside])
    assert not bench.warnings()


def test_two_public_zones_of_one_name_are_refused(bench: Bench) -> None:
    second = route53.PublicHostedZone(bench.stack, "Second", zone_name="Example.com")
    assert _problem(bench, hosted_zones=[*bench.zones, second]) == (
        "'hosted_zones[3]' is a second public zone named 'example.com': list the one that the "
        "domain is delegated to, and swap them in one deployment"
    )


def test_two_private_zones_of_one_name_are_told_apart_by_their_vpcs(bench: Bench) -> None:
    other = ec2.Vpc.from_vpc_attributes(
        bench.stack, "Other", availability_zones=["us-east-1a"], vpc_id="vpc-2"
    )
    second = route53.PrivateHostedZone(
        bench.stack, "Second", zone_name="example.internal", vpc=other
    )
    bench.ddns(hosted_zones=[*bench.zones, second])
    assert not bench.warnings()


def test_a_zone_name_may_be_a_token(bench: Bench) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(
        bench.stack, "Later", hosted_zone_id="Z0000000000000000000", zone_name=_TOKEN
    )
    bench.ddns(hosted_zones=[zone], adopt=Adopt.names("anything.example.org"))
    assert not bench.warnings()


def test_zones_that_overflow_the_environment_are_refused(bench: Bench) -> None:
    zones = [bench.zone(f"team-{n}.example.com", f"Z{n:020}") for n in range(200)]
    assert re.fullmatch(
        r"'hosted_zones', 'allowed_names' and 'adopt' make an environment of [56],\d\d\d "
        "characters, and Lambda takes 4,096: divide the zones among several InstanceDdns, or allow "
        "and adopt names by patterns",
        _problem(bench, hosted_zones=zones),
    )


# ---------------------------------------------------------------- allowed names


@pytest.mark.parametrize(
    ("pattern", "reason"),
    (
        ("a b.example.com", "write letters, digits, hyphens and dots"),
        ("a..example.com", "it has an empty label"),
        (f"*.{'a' * 64}.example.com", "it has a label of more than 63 characters"),
        ("*", "it must end in '.example.internal', '.example.com'"),
        ("*.example.org", "it must end in '.example.internal', '.example.com'"),
        ("wpad.*", "it must end in '.example.internal', '.example.com'"),
        ("example.com", "it must end in '.example.internal', '.example.com'"),
        ("*.0.10.in-addr.arpa", "it must end in '.example.internal', '.example.com'"),
        # The text of a token differs from process to process, and so would the test's name.
        pytest.param(_TOKEN, "it must be known at synthesis; write it out", id="token"),
    ),
)
def test_a_pattern_that_no_name_of_a_listed_zone_matches_is_refused(
    bench: Bench, pattern: str, reason: str
) -> None:
    text = _problem(bench, allowed_names=[pattern])
    assert text.startswith("'allowed_names' must hold patterns of host names, got '")
    assert text.partition("': ")[2].startswith(reason)
    assert not text.endswith("the zone itself")


def test_a_zone_of_host_names_that_no_pattern_is_for_is_refused(bench: Bench) -> None:
    assert _problem(bench, allowed_names=["*.example.internal"]) == (
        "'allowed_names' leaves nothing to write in the listed zone 'example.com': "
        "add a pattern such as '*.example.com', or do not list the zone"
    )


def test_allowed_names_of_reverse_zones_are_refused(bench: Bench) -> None:
    zones = [bench.zone("10.in-addr.arpa")]
    assert _problem(bench, hosted_zones=zones, allowed_names=["*.10.in-addr.arpa"]) == (
        "'allowed_names' limits host names and aliases, and 'hosted_zones' holds reverse zones "
        "only: list the zone of these names too, or omit it"
    )


def test_what_is_no_text_in_allowed_names_is_refused(bench: Bench) -> None:
    with pytest.raises(TypeError, match=r"'allowed_names' must be a list of patterns, got 5 in it"):
        bench.ddns(allowed_names=[5])


@pytest.mark.parametrize(
    ("pattern", "label"), (("_*.example.com", "_*"), ("a._x?.example.com", "_x?"))
)
def test_a_pattern_that_allows_no_name_as_it_spells_no_label_out_is_refused(
    bench: Bench, pattern: str, label: str
) -> None:
    text = _problem(bench, allowed_names=[pattern, "*.example.internal"])
    assert text.startswith(f"'allowed_names' allows nothing by '{pattern}'")
    assert f"got '{label}': write e.g. '_sip.*'" in text


def test_more_allowed_names_of_a_zone_than_a_policy_holds_are_refused(bench: Bench) -> None:
    names = [f"a-host-with-a-long-name-{n}.{bench.zones[2].zone_name}" for n in range(180)]
    assert re.fullmatch(
        r"'hosted_zones' and 'allowed_names' make a policy of [78],\d\d\d characters for one "
        "zone, and there is room for 7,000: allow names by fewer patterns",
        _problem(bench, hosted_zones=bench.zones[2:], allowed_names=names),
    )


# ---------------------------------------------------------------- one value


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"batching_window": cdk.Duration.minutes(6)},
            "'batching_window' must be at most 5 minutes, got 6 minutes: omit it to use 0 seconds",
        ),
        (
            {"sweep_interval": cdk.Duration.seconds(30)},
            "'sweep_interval' must be at least 1 minute, got 30 seconds: omit it to use 1 hour",
        ),
        (
            {"sweep_interval": cdk.Duration.seconds(90)},
            (
                "'sweep_interval' must be whole minutes, got 1 minute 30 seconds: "
                "omit it to use 1 hour"
            ),
        ),
        (
            {"max_deletes": 0},
            (
                "'max_deletes' must be a whole number from 1 to 1,000,000, got 0: "
                "omit it to use 100; RecordPolicy.UPSERT_ONLY deletes nothing at all"
            ),
        ),
        (
            {"sweep_requests_per_second": 11},
            (
                "'sweep_requests_per_second' must be a whole number from 1 to 10, got 11: "
                "omit it to use 4"
            ),
        ),
        (
            {"sweep_requests_per_second": 0.5},
            (
                "'sweep_requests_per_second' must be a whole number from 1 to 10, got 0.5: "
                "omit it to use 4"
            ),
        ),
        (
            {"record_policy": "sync"},
            "'record_policy' must be a RecordPolicy, got 'sync': write RecordPolicy.SYNC",
        ),
        (
            {"reverse_zones": True},
            (
                "'reverse_zones' must be a ReverseZones, got True: write ReverseZones.LISTED or "
                "ReverseZones.CREATE_AS_NEEDED"
            ),
        ),
        (
            {"tags": {"zone": "x"}},
            "'tags' must be a TagKeys, got {'zone': 'x'}: write e.g. TagKeys(zone='dns:zone')",
        ),
        (
            {"max_deletes": cdk.Token.as_number({"Ref": "Parameter"})},
            "'max_deletes' must be known at synthesis, got a token: use a number",
        ),
    ),
)
def test_a_wrong_value_is_refused_with_what_to_do(
    bench: Bench, arguments: dict[str, Any], text: str
) -> None:
    assert _problem(bench, **arguments) == text


# ---------------------------------------------------------------- host names


@pytest.mark.parametrize(
    ("template", "reason"),
    (
        ("", "it is empty"),
        ("{private_dns}..x", "it has an empty label"),
        ("-{instance_id}", "the label '-x' is not letters, digits and hyphens"),
        ("{name}_{az}", "the label 'x_x' is not letters, digits and hyphens"),
        ("{{name}}", "the label '{name}' is not letters, digits and hyphens"),
        ("a" * 64, "is longer than 63 characters"),
        (".".join(["a" * 50] * 6), "it is longer than 253 characters"),
    ),
)
def test_a_template_that_makes_no_host_name_is_refused(
    bench: Bench, template: str, reason: str
) -> None:
    assert reason in _problem(bench, host_name=template)


@pytest.mark.parametrize(
    "template", ("{tag}", "{}", "{0}", "{name!r}", "{name:>9}", "{name.upper}")
)
def test_an_unknown_field_is_refused_with_the_known_ones(bench: Bench, template: str) -> None:
    assert _problem(bench, host_name=template) == (
        "'host_name' may hold the fields {private_dns}, {instance_id}, {name}, {az}, {region}, "
        f"{{vpc_id}}, {{address}}, got '{template}': write them without conversion or format"
    )


def test_a_brace_without_its_partner_is_refused(bench: Bench) -> None:
    text = _problem(bench, host_name="{name")
    assert text == "'host_name' has a brace without its partner, got '{name'"


@pytest.mark.parametrize(
    "template", ("{private_dns}", "web-{instance_id}", "{name}.{az}", "Ip-{address}", "{vpc_id}")
)
def test_templates_of_all_kinds_are_accepted(template: str) -> None:
    check_host_name_template(template, problems := Problems())
    problems.raise_any("InstanceDdns")


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z0-9]{1,20}){0,3}", fullmatch=True))
def test_every_host_name_is_one_in_any_case(name: str) -> None:
    assert host_name_problem(name) is None
    assert host_name_problem(name.upper()) is None


@given(st.text(max_size=80))
def test_no_text_makes_the_template_check_raise_anything_else(template: str) -> None:
    check_host_name_template(template, Problems())


# ---------------------------------------------------------------- tags, names, table


def test_two_tag_keys_that_differ_by_case_only_are_refused(bench: Bench) -> None:
    assert _problem(bench, tags=TagKeys(zone="Dns", cname="DNS")) == (
        "'tags.cname' must differ from 'tags.zone', got 'DNS': "
        "tag keys are compared without regard to case"
    )


@pytest.mark.parametrize("key", ("", "aws:dns", "k" * 129))
def test_a_key_that_ec2_does_not_take_is_refused(bench: Bench, key: str) -> None:
    assert _problem(bench, tags=TagKeys(zone=key)) == (
        "'tags.zone' must be a tag key of 1 to 128 characters that does not start with 'aws:', "
        f"got '{key}'"
    )


# ---------------------------------------------------------------- adoption


def _adopted(bench: Bench) -> tuple[str, str]:
    variables = bench.only("AWS::Lambda::Function")["Environment"]["Variables"]
    return variables["DDNS_ADOPT"], variables["DDNS_ADOPT_IDENTICAL"]


@pytest.mark.parametrize(
    "name",
    ("www.example.org", "example.com", "badexample.com", "*", "*.com", "*example.com", "web-?"),
)
def test_adopting_a_name_that_no_zone_holds_is_refused(bench: Bench, name: str) -> None:
    assert _problem(bench, adopt=Adopt.names(name)) == (
        f"'adopt' must hold names below the apex of a listed zone, got '{name}': "
        "listed are example.internal, 0.10.in-addr.arpa, example.com"
    )


def test_adopting_what_is_no_name_is_refused(bench: Bench) -> None:
    assert _problem(bench, adopt=Adopt.names("a b.example.com")) == (
        "'adopt' must hold record names or patterns, got 'a b.example.com': the label 'a b' is "
        "not letters, digits and hyphens with a letter or digit at both ends"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    (
        (["www.example.com"], "'adopt' must be an Adopt, got ['www.example.com']: write e.g. "),
        ("www.example.com", "'adopt' must be an Adopt, got 'www.example.com': write e.g. "),
        (
            Adopt.names(["www.example.com"]),  # type: ignore[arg-type]  # as people write it
            "'adopt.names' must be a str, got ['www.example.com']: write e.g. Adopt.names(",
        ),
    ),
)
def test_adopting_what_is_of_another_kind_is_refused(
    bench: Bench, value: object, text: str
) -> None:
    assert _problem(bench, adopt=value).startswith(text)


def test_nothing_is_adopted_unless_asked(bench: Bench) -> None:
    bench.ddns()
    assert _adopted(bench) == ("[]", "false")


def test_adopted_names_reach_the_function_in_canonical_form(bench: Bench) -> None:
    names = Adopt.names("WWW.example.com.", "www.example.com", "*.0.10.in-addr.arpa")
    bench.ddns(adopt=names | Adopt.identical() | Adopt.names("api-?.Example.internal"))
    assert _adopted(bench) == (
        '["*.0.10.in-addr.arpa","api-?.example.internal","www.example.com"]',
        "true",
    )


def test_hundreds_of_adopted_names_fit_and_more_are_refused_with_the_way_out(bench: Bench) -> None:
    few, many = (
        Adopt.names(*(f"ip-10-0-{n // 250}-{n % 250}.example.internal" for n in range(count)))
        for count in (500, 5_000)
    )
    assert "divide the zones among several InstanceDdns, or allow and adopt names by patterns" in (
        _problem(bench, adopt=many)
    )
    bench.ddns(adopt=few)
    names, _ = _adopted(bench)
    assert packed_names(names) == set(few.check([], Problems())._patterns)


# ---------------------------------------------------------------- together


def test_several_problems_are_reported_together(bench: Bench) -> None:
    text = _problem(bench, hosted_zones=[], host_name="{x", max_deletes=0, memory_size=1)
    first, *rest = text.split("\n- ")
    assert first == "InstanceDdns cannot be defined:"
    assert [problem.split()[0] for problem in rest] == [
        "'hosted_zones'",
        "'host_name'",
        "'max_deletes'",
        "'memory_size'",
    ]


def test_tokens_where_texts_must_be_known_are_refused(bench: Bench) -> None:
    text = _problem(bench, adopt=Adopt.names(_TOKEN), host_name=_TOKEN, tags=TagKeys(zone=_TOKEN))
    assert text.count("must be known at synthesis, got a token") == 3
