"""Arguments that constructs share are checked alike, before anything is defined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb

from tests.constructs.common.kinds import ALL, CLIENT, INSTANCE, WITH_FUNCTION, Kind, new_bench

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_EACH = pytest.mark.parametrize("kind", ALL, ids=str)
_EACH_WITH_FUNCTION = pytest.mark.parametrize("kind", WITH_FUNCTION, ids=str)
_TOKEN = cdk.Token.as_number({"Ref": "Parameter"})


@pytest.fixture
def bench() -> Bench:
    return new_bench()


def _refusal(kind: Kind, bench: Bench, **arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller matches the text
        kind.define(bench, **arguments)
    return str(caught.value)


@_EACH
@pytest.mark.parametrize(
    ("ttl", "text"),
    (
        (cdk.Duration.seconds(0), "must be at least 1 second, got 0 seconds: omit it to use 60 s"),
        (cdk.Duration.days(24_856), "must be at most 2,147,483,647 seconds, got 24856 days: omit"),
        (cdk.Duration.millis(1_500), "must be whole seconds, got 1 second 500 millis: omit it to"),
        (cdk.Duration.seconds(_TOKEN), "must be known at synthesis, got a token: use a number"),
        (60, "must be a Duration, got 60: write e.g. Duration.minutes(5)"),
    ),
)
def test_a_ttl_that_dns_does_not_have_is_refused(
    bench: Bench, kind: Kind, ttl: object, text: str
) -> None:
    assert _refusal(kind, bench, **{kind.ttl: ttl}).startswith(f"'{kind.ttl}' {text}")


@_EACH_WITH_FUNCTION
@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"hosted_zones": []},
            (
                "'hosted_zones' must hold at least one hosted zone, got an empty list: "
                "only the zones listed here are ever written"
            ),
        ),
        (
            {"hosted_zones": ["example.com"]},
            (
                "'hosted_zones[0]' must be a hosted zone, got 'example.com': use e.g. "
                "HostedZone.from_lookup(self, 'Zone', domain_name='example.com')"
            ),
        ),
        (
            {"hosted_zones": [None]},
            (
                "'hosted_zones[0]' must be a hosted zone, got None: use e.g. "
                "HostedZone.from_lookup(self, 'Zone', domain_name='example.com')"
            ),
        ),
        (
            {"memory_size": 64},
            (
                "'memory_size' must be a whole number from 128 to 10,240, got 64: "
                "it counts MiB, omit it to use the default"
            ),
        ),
        (
            {"log_retention": 30},
            "'log_retention' must be a RetentionDays, got 30: write e.g. RetentionDays.ONE_MONTH",
        ),
        (
            {"encryption_key": "alias/own"},
            (
                "'encryption_key' must be a KMS key, got 'alias/own': use kms.Key(...) or "
                "kms.Key.from_key_arn(...)"
            ),
        ),
        (
            {"removal_policy": "destroy"},
            (
                "'removal_policy' must be a RemovalPolicy, got 'destroy': write e.g. "
                "RemovalPolicy.DESTROY"
            ),
        ),
        (
            {"table": "hosts"},
            (
                "'table' must be a DynamoDB table, got 'hosts': use "
                "dynamodb.Table.from_table_attributes(self, 'Own', table_arn='ARN'), with its "
                "encryption_key=... where it has one"
            ),
        ),
    ),
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_refused_with_what_to_do(
    bench: Bench, kind: Kind, arguments: dict[str, Any], text: str
) -> None:
    assert _refusal(kind, bench, **arguments) == text


@pytest.mark.parametrize("table_class", (dynamodb.Table, dynamodb.TableV2))
@pytest.mark.parametrize(("kind", "key"), ((INSTANCE, "pk"), (CLIENT, "hostname")), ids=str)
def test_a_table_with_other_keys_is_refused(
    bench: Bench,
    kind: Kind,
    key: str,
    table_class: Any,  # noqa: ANN401 - either class of CDK
) -> None:
    attribute = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    table = table_class(bench.stack, "Own", partition_key=attribute)
    assert _refusal(kind, bench, table=table) == (
        f"'table' must have the partition key '{key}' and no sort key, got id: "
        "omit it to have one defined"
    )


@_EACH_WITH_FUNCTION
def test_a_removal_policy_for_a_table_of_ones_own_is_refused(bench: Bench, kind: Kind) -> None:
    table = dynamodb.Table.from_table_name(bench.stack, "Own", "own")
    assert _refusal(kind, bench, table=table, removal_policy=cdk.RemovalPolicy.DESTROY) == (
        "'removal_policy' is for the table that the construct defines, got 'table' too: "
        "set it on your table"
    )


@_EACH
def test_a_refused_construct_leaves_its_id_free(bench: Bench, kind: Kind) -> None:
    _refusal(kind, bench, **{kind.ttl: cdk.Duration.seconds(0)})
    assert kind.define(bench).node.id == "Ddns"
