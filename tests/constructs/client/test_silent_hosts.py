"""Hosts that ClientDdns counts one by one, and the alarms on their silence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_HOST = "home.example.com"


def _watched(bench: Bench) -> list[str]:
    variables = bench.only("AWS::Lambda::Function")["Environment"]["Variables"]
    names: list[str] = json.loads(variables["DDNS_WATCHED_HOSTS"])
    return names


# ---------------------------------------------------------------- metrics


def test_a_host_whose_metric_is_asked_for_is_counted(client_bench: Bench) -> None:
    ddns = client_bench.client()
    metric = ddns.metric_host_seen("Home.Example.com.")
    assert metric.dimensions == {"Function": ddns.function.function_name, "Host": _HOST}
    assert metric.metric_name == "HostSeen"
    assert _watched(client_bench) == [_HOST]


def test_no_host_is_counted_unasked(client_default: Bench) -> None:
    assert _watched(client_default) == []


# ---------------------------------------------------------------- alarms


def _alarms(bench: Bench) -> dict[str, Any]:
    found = bench.template.find_resources("AWS::CloudWatch::Alarm")
    return {id_.removeprefix("Ddns")[:-8]: each["Properties"] for id_, each in found.items()}


def test_alarms_of_hosts_tell_the_topic(client_bench: Bench) -> None:
    topic = sns.Topic(client_bench.stack, "Topic")
    added = client_bench.client().add_alarms(topic, silent_hosts=[_HOST])
    (topic_id,) = client_bench.template.find_resources("AWS::SNS::Topic")
    alarms = _alarms(client_bench)
    assert len(alarms) == 3 + len(added.silent_hosts)
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic_id}]
        assert alarm["AlarmDescription"]


def test_a_silent_host_is_told_when_nothing_comes_for_six_hours(client_bench: Bench) -> None:
    topic = sns.Topic(client_bench.stack, "Topic")
    client_bench.client().add_alarms(topic, silent_hosts=["Home.example.com."])
    alarm = _alarms(client_bench)["SilentHostshomeexamplecom"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("DdnsConstructs", "HostSeen")
    assert {"Name": "Host", "Value": _HOST} in alarm["Dimensions"]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 6 * 3600
    assert alarm["AlarmDescription"] == "home.example.com has not been heard of for 6 hours"


def test_the_function_counts_watched_hosts_that_are_named_after_it_was_defined(
    client_bench: Bench,
) -> None:
    ddns = client_bench.client()
    ddns.metric_host_seen("other.example.com")
    ddns.add_alarms(sns.Topic(client_bench.stack, "Topic"), silent_hosts=[_HOST])
    assert _watched(client_bench) == [_HOST, "other.example.com"]


@pytest.mark.parametrize(
    ("silence", "period"),
    (
        (cdk.Duration.minutes(5), 300),
        (cdk.Duration.days(1), 300),
        (cdk.Duration.days(7), 3600),
    ),
)
def test_how_long_a_host_may_be_silent_is_the_users(
    client_bench: Bench, silence: cdk.Duration, period: int
) -> None:
    topic = sns.Topic(client_bench.stack, "Topic")
    client_bench.client().add_alarms(
        topic, silent_hosts={_HOST: silence, "other.example.com": cdk.Duration.hours(1)}
    )
    alarms = _alarms(client_bench)
    first, other = alarms["SilentHostshomeexamplecom"], alarms["SilentHostsotherexamplecom"]
    assert first["Period"] == period
    assert first["Period"] * first["EvaluationPeriods"] == silence.to_seconds()
    assert other["Period"] * other["EvaluationPeriods"] == 3600


def test_a_list_shares_one_silence(client_bench: Bench) -> None:
    topic = sns.Topic(client_bench.stack, "Topic")
    added = client_bench.client().add_alarms(
        topic, silent_hosts=[_HOST, "*.home.example.com"], silent_after=cdk.Duration.hours(2)
    )
    assert set(added.silent_hosts) == {_HOST, "*.home.example.com"}
    for name, alarm in _alarms(client_bench).items():
        if name.startswith("SilentHosts"):
            assert alarm["Period"] * alarm["EvaluationPeriods"] == 7200


def test_the_alarm_of_a_host_comes_back_by_its_name(client_bench: Bench) -> None:
    topic = sns.Topic(client_bench.stack, "Topic")
    alarms = client_bench.client().add_alarms(topic, silent_hosts=[_HOST])
    assert alarms.silent_hosts[_HOST].node.path == f"Stack/Ddns/SilentHosts/{_HOST}"


# ---------------------------------------------------------------- problems


@pytest.mark.parametrize(
    ("arguments", "text"),
    (
        (
            {"silent_hosts": ["www.example.org"]},
            (
                "'silent_hosts' must name hosts, got 'www.example.org': "
                "no allowed name of a listed zone is that"
            ),
        ),
        (
            {"silent_hosts": ["example.com"]},
            "no allowed name of a listed zone is that",
        ),
        (
            {"silent_hosts": ["a b.example.com"]},
            "'silent_hosts' must name hosts, got 'a b.example.com': the label 'a b' is not",
        ),
        (
            {"silent_hosts": [cdk.Token.as_string({"Ref": "Parameter"})]},
            "'silent_hosts' must be known at synthesis, got a token: write the name out",
        ),
        (
            {"silent_hosts": [_HOST], "silent_after": cdk.Duration.minutes(7)},
            "'silent_after' must be a multiple of 5 minutes, got 7 minutes: omit it to use 6 hours",
        ),
        (
            {"silent_hosts": {_HOST: cdk.Duration.days(8)}},
            "'silent_hosts['home.example.com']' must be at most 7 days, got 8 days",
        ),
        (
            {"silent_hosts": [_HOST], "silent_after": cdk.Duration.minutes(24 * 60 + 5)},
            "'silent_after' must be a multiple of 1 hour",
        ),
        (
            {"silent_hosts": {_HOST: 3600}},
            "'silent_hosts['home.example.com']' must be a Duration, got 3600",
        ),
        (
            {"silent_hosts": [f"host-{n}.example.com" for n in range(2_000)]},
            "'hosted_zones', 'allowed_names', 'allowed_cidrs' and 'silent_hosts' make an environ",
        ),
    ),
)
def test_a_host_that_cannot_be_watched_is_refused(
    client_bench: Bench, arguments: dict[str, Any], text: str
) -> None:
    ddns = client_bench.client()
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        ddns.add_alarms(sns.Topic(client_bench.stack, "Topic"), **arguments)
    assert text in str(caught.value)
    client_bench.template.resource_count_is("AWS::CloudWatch::Alarm", 0)
    assert _watched(client_bench) == []


def test_one_string_is_refused(client_bench: Bench) -> None:
    ddns = client_bench.client()
    with pytest.raises(TypeError, match=r"\['home\.example\.com'\]"):
        ddns.add_alarms(sns.Topic(client_bench.stack, "Topic"), silent_hosts=_HOST)


def test_a_host_beyond_the_allowed_names_cannot_be_watched(client_bench: Bench) -> None:
    ddns = client_bench.client(allowed_names=["*.dyn.example.com"])
    ddns.metric_host_seen("a.dyn.example.com")
    with pytest.raises(ValueError, match="'host_name' must name hosts, got 'home"):
        ddns.metric_host_seen(_HOST)


def test_any_host_can_be_watched_where_the_zones_name_is_a_token(client_bench: Bench) -> None:
    zone = client_bench.zone(cdk.Token.as_string({"Ref": "Parameter"}))
    client_bench.client(hosted_zones=[zone]).metric_host_seen("home.example.net")
    assert _watched(client_bench) == ["home.example.net"]
