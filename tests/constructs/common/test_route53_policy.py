"""Permissions to change records: the names as Route 53 compares them, and the guards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from hypothesis import given
from hypothesis import strategies as st

from ddns_constructs import RecordAction, grant_record_changes
from ddns_constructs._common.route53_policy import normalise_record_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.constructs.conftest import Bench

_PREFIX = "route53:ChangeResourceRecordSets"
_A = [route53.RecordType.A]


def _granted(bench: Bench, zone: route53.IHostedZone, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401
    role = iam.Role(bench.stack, "Writer", assumed_by=iam.AccountRootPrincipal())
    grant_record_changes(zone, role, **arguments).assert_success()
    policy = bench.only("AWS::IAM::Policy", prefix="Writer")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "route53:ChangeResourceRecordSets"
    conditions: Mapping[str, Any] = statement["Condition"]
    return conditions


@pytest.mark.parametrize(
    ("name", "normalised"),
    (
        ("www.example.com", "www.example.com"),
        ("WWW.Example.COM.", "www.example.com"),
        ("*.dyn.example.com", r"\052.dyn.example.com"),
        ("a b.example.com", r"a\040b.example.com"),
        ("_acme-challenge.example.com", "_acme-challenge.example.com"),
        ("128/25.2.0.192.in-addr.arpa", r"128\05725.2.0.192.in-addr.arpa"),
        ("ü.example.com", r"\303\274.example.com"),
    ),
)
def test_names_are_spelt_as_the_condition_key_spells_them(name: str, normalised: str) -> None:
    assert normalise_record_name(name) == normalised


@given(st.from_regex(r"[a-zA-Z0-9_.-]{1,40}", fullmatch=True))
def test_normalising_a_plain_name_twice_changes_nothing(name: str) -> None:
    once = normalise_record_name(name.removesuffix("."))
    assert normalise_record_name(once.removesuffix(".")) == once.removesuffix(".")


def test_without_names_everything_below_the_apex_is_allowed(bench: Bench) -> None:
    conditions = _granted(bench, bench.zones[2], types=_A, actions=[RecordAction.UPSERT])
    assert conditions == {
        "ForAllValues:StringEquals": {
            f"{_PREFIX}Actions": ["UPSERT"],
            f"{_PREFIX}RecordTypes": ["A"],
        },
        "ForAllValues:StringLike": {f"{_PREFIX}NormalizedRecordNames": ["*.example.com"]},
        "Null": {
            f"{_PREFIX}Actions": "false",
            f"{_PREFIX}NormalizedRecordNames": "false",
            f"{_PREFIX}RecordTypes": "false",
        },
    }


def test_with_names_only_these_are_allowed_and_an_asterisk_is_no_pattern(bench: Bench) -> None:
    conditions = _granted(
        bench,
        bench.zones[2],
        types=_A,
        actions=[RecordAction.UPSERT],
        names=["Home.example.com.", "*.example.com"],
    )
    assert "ForAllValues:StringLike" not in conditions
    assert conditions["ForAllValues:StringEquals"][f"{_PREFIX}NormalizedRecordNames"] == [
        r"\052.example.com",
        "home.example.com",
    ]


def test_of_a_zone_whose_name_is_a_token_names_below_the_apex_are_allowed(bench: Bench) -> None:
    zone = bench.zone(cdk.Token.as_string({"Ref": "Parameter"}))
    conditions = _granted(bench, zone, types=_A, actions=[RecordAction.UPSERT])
    ((pattern,),) = conditions["ForAllValues:StringLike"].values()
    assert _filled_in(pattern, Parameter="dyn.example.com") == "*.dyn.example.com"
    assert _filled_in(pattern, Parameter="dyn.example.com.") == "*.dyn.example.com"
    assert conditions["Null"][f"{_PREFIX}NormalizedRecordNames"] == "false"


def _filled_in(value: Any, **parameters: str) -> Any:  # noqa: ANN401 - CloudFormation's own shapes
    """Return what CloudFormation makes of its intrinsic functions."""
    if isinstance(value, list):
        return [_filled_in(each, **parameters) for each in value]
    if not isinstance(value, dict):
        return value
    ((function, argument),) = value.items()
    if function == "Ref":
        return parameters[argument]
    first, second = _filled_in(argument, **parameters)
    return {
        "Fn::Join": lambda: first.join(second),
        "Fn::Select": lambda: second[int(first)],
        "Fn::Split": lambda: second.split(first),
    }[function]()


@pytest.mark.parametrize("prefix", ("/hostedzone/", "hostedzone/"))
def test_an_id_as_the_aws_cli_prints_it_makes_the_same_arn(bench: Bench, prefix: str) -> None:
    role = iam.Role(bench.stack, "Writer", assumed_by=iam.AccountRootPrincipal())
    zone = bench.zone("example.org", f"{prefix}Z1")
    grant_record_changes(zone, role, types=_A, actions=[RecordAction.UPSERT]).assert_success()
    (statement,) = bench.only("AWS::IAM::Policy", prefix="Writer")["PolicyDocument"]["Statement"]
    partition = {"Ref": "AWS::Partition"}
    arn = {"Fn::Join": ["", ["arn:", partition, ":route53:::hostedzone/Z1"]]}
    assert statement["Resource"] == arn


def test_a_token_among_the_names_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="'names' must be known at synthesis, got a token"):
        _granted(
            bench,
            bench.zones[2],
            types=_A,
            actions=[RecordAction.UPSERT],
            names=[cdk.Token.as_string({"Ref": "Parameter"})],
        )


@pytest.mark.parametrize("keyword", ("types", "actions", "names"))
def test_an_empty_list_is_refused_where_it_would_lift_a_limit(bench: Bench, keyword: str) -> None:
    arguments: dict[str, Any] = {"types": _A, "actions": [RecordAction.UPSERT], keyword: []}
    with pytest.raises(ValueError, match=f"'{keyword}' must name at least one, got an empty list"):
        _granted(bench, bench.zones[2], **arguments)
