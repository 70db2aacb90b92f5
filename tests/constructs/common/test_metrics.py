"""What the constructs count: a method for each metric, and it is read where it is written."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from tests.constructs.common.kinds import (
    ALL,
    CLIENT,
    DIRECT,
    INSTANCE,
    WITH_FUNCTION,
    Kind,
    new_bench,
)

_METRICS = {
    INSTANCE: {
        "metric_records_written": ("RecordsWritten", "Sum"),
        "metric_records_removed": ("RecordsRemoved", "Sum"),
        "metric_claims_refused": ("ClaimsRefused", "Sum"),
        "metric_route53_throttles": ("Route53Throttles", "Sum"),
        "metric_messages_failed": ("MessagesFailed", "Sum"),
        "metric_oldest_failed": ("OldestFailed", "Maximum"),
        "metric_deletes_withheld": ("DeletesWithheld", "Sum"),
        "metric_zone_gone": ("ZoneGone", "Sum"),
        "metric_sweeps_abandoned": ("SweepsAbandoned", "Sum"),
        "metric_warnings": ("Warnings", "Sum"),
        "metric_event_to_change": ("EventToChange", "p95"),
    },
    CLIENT: {
        "metric_unchanged": ("Unchanged", "Sum"),
        "metric_changed": ("Changed", "Sum"),
        "metric_deferred": ("Deferred", "Sum"),
        "metric_bad_auth": ("BadAuth", "Sum"),
        "metric_bad_request": ("BadRequest", "Sum"),
        "metric_blocked": ("Blocked", "Sum"),
        "metric_refused": ("Refused", "Sum"),
        "metric_failed": ("Failed", "Sum"),
        "metric_route53_throttles": ("Route53Throttles", "Sum"),
        "metric_messages_failed": ("MessagesFailed", "Sum"),
        "metric_oldest_failed": ("OldestFailed", "Maximum"),
    },
    DIRECT: {
        "metric_count": ("Count", "Sum"),
        "metric_client_errors": ("4XXError", "Sum"),
        "metric_server_errors": ("5XXError", "Sum"),
        "metric_latency": ("Latency", "Average"),
    },
}
# Tested with their constructs, as they count something only once they are asked for.
_ON_DEMAND = {CLIENT: {"metric_host_seen"}, DIRECT: {"metric_throttled"}}


@pytest.fixture(scope="module")
def defined() -> dict[Kind, Any]:
    return {kind: kind.define(new_bench()) for kind in ALL}


def _place(kind: Kind, ddns: Any) -> tuple[str, dict[str, str]]:  # noqa: ANN401 - any of the three
    """Return the namespace and the dimensions of what counts for a construct."""
    if kind is DIRECT:
        stage = ddns.api.deployment_stage.stage_name
        return "AWS/ApiGateway", {"ApiName": ddns.api.rest_api_name, "Stage": stage}
    return "DdnsConstructs", {"Function": ddns.function.function_name}


@pytest.mark.parametrize("kind", ALL, ids=str)
def test_every_metric_has_a_method(kind: Kind) -> None:
    methods = {name for name in dir(kind.construct) if name.startswith("metric_")}
    assert methods == {*_METRICS[kind], *_ON_DEMAND.get(kind, ())}


@pytest.mark.parametrize(
    ("kind", "method"),
    tuple((kind, method) for kind in ALL for method in _METRICS[kind]),
    ids=str,
)
def test_a_metric_is_read_where_it_is_written(
    defined: dict[Kind, Any], kind: Kind, method: str
) -> None:
    metric = getattr(defined[kind], method)(period=cdk.Duration.minutes(1))
    assert (metric.metric_name, metric.statistic) == _METRICS[kind][method]
    assert (metric.namespace, metric.dimensions) == _place(kind, defined[kind])
    assert metric.period.to_seconds() == 60


@pytest.mark.parametrize("kind", ALL, ids=str)
def test_a_metric_can_be_asked_for_by_name(defined: dict[Kind, Any], kind: Kind) -> None:
    name, _ = next(iter(_METRICS[kind].values()))
    metric = defined[kind].metric(name, statistic="Average", label="another")
    assert (metric.metric_name, metric.statistic) == (name, "Average")
    assert (metric.namespace, metric.dimensions) == _place(kind, defined[kind])
    assert metric.label == "another"
    assert metric.period.to_seconds() == 300


@pytest.mark.parametrize("kind", WITH_FUNCTION, ids=str)
def test_a_metric_that_nobody_counts_is_refused_with_those_that_are(
    defined: dict[Kind, Any], kind: Kind
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        defined[kind].metric("Chnged")
    text = str(caught.value)
    assert text.startswith("'metric_name' must be one that is counted, got 'Chnged': write ")
    assert all(name in text for name, _ in _METRICS[kind].values())
