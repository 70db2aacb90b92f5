"""Warnings that the constructs share; those of one construct are tested with it."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from tests.constructs.common.kinds import ALL, Kind, new_bench

_EACH = pytest.mark.parametrize("kind", ALL, ids=str)


@_EACH
def test_the_defaults_warn_of_nothing(kind: Kind) -> None:
    bench = new_bench()
    kind.define(bench)
    assert not bench.warnings()


@_EACH
def test_a_short_ttl_is_warned_of_once(kind: Kind) -> None:
    bench = new_bench()
    kind.define(bench, ttl=cdk.Duration.seconds(29))
    (warning,) = bench.warnings()
    assert "'ttl' is 29 s: below 30 s resolvers ask, and cost, more" in warning
    assert "[ack: ddns-constructs:shortTtl]" in warning


@_EACH
def test_half_a_minute_is_not_warned_of(kind: Kind) -> None:
    bench = new_bench()
    kind.define(bench, ttl=cdk.Duration.seconds(30))
    assert not bench.warnings()


@_EACH
def test_a_warning_can_be_acknowledged(kind: Kind) -> None:
    bench = new_bench()
    ddns = kind.define(bench, ttl=cdk.Duration.seconds(5))
    cdk.Annotations.of(ddns).acknowledge_warning("ddns-constructs:shortTtl", "a laboratory")
    assert not bench.warnings()
