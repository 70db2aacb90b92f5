"""The alarms of the constructs: none unasked, and each arrives, for what it names, until mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from tests.constructs.common.kinds import ALL, CLIENT, DIRECT, INSTANCE, Kind, new_bench
from tests.fakes.cloudwatch import states

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_SQS, _LAMBDA, _API, _OWN = "AWS/SQS", "AWS/Lambda", "AWS/ApiGateway", "DdnsConstructs"
_WAITING = "ApproximateNumberOfMessagesVisible"
_OLDEST = "ApproximateAgeOfOldestMessage"
_ALARMS = {
    INSTANCE: {
        "DeadLettersAlarm": (_SQS, _WAITING, "Maximum", 1),
        "ErrorsAlarm": (_LAMBDA, "Errors", "Sum", 1),
        "BacklogAlarm": (_SQS, _OLDEST, "Maximum", 900),
        "FailingAlarm": (_OWN, "OldestFailed", "Maximum", 900),
        "DeletesWithheldAlarm": (_OWN, "DeletesWithheld", "Sum", 1),
        "SweepsAbandonedAlarm": (_OWN, "SweepsAbandoned", "Sum", 1),
    },
    CLIENT: {
        "ErrorsAlarm": (_LAMBDA, "Errors", "Sum", 1),
        "ThrottlesAlarm": (_LAMBDA, "Throttles", "Sum", 1),
        "DeadLettersAlarm": (_SQS, _WAITING, "Maximum", 1),
        "FailingAlarm": (_OWN, "OldestFailed", "Maximum", 900),
    },
    DIRECT: {
        "ServerErrorsAlarm": (_API, "5XXError", "Sum", 1),
        "ClientErrorsAlarm": (_API, "4XXError", "Sum", 20),
        "ThrottledAlarm": (_OWN, "Throttled", "Sum", 10),
    },
}
_FIELDS = {
    INSTANCE: (
        *("dead_letters", "errors", "backlog", "failing", "deletes_withheld"),
        "sweeps_abandoned",
    ),
    CLIENT: ("errors", "throttles", "dead_letters", "failing"),
    DIRECT: ("server_errors", "client_errors", "throttled"),
}
_EACH = pytest.mark.parametrize("kind", ALL, ids=str)


@pytest.fixture(scope="module")
def alarmed() -> dict[Kind, Bench]:
    """Each construct with its alarms and an encrypted topic that takes nothing over plain HTTP."""
    return {kind: _alarmed(kind, enforce_ssl=True, own_key=True) for kind in ALL}


def _alarmed(kind: Kind, *, enforce_ssl: bool, own_key: bool = False, **arguments: Any) -> Bench:  # noqa: ANN401 - any
    bench = new_bench()
    key = kms.Key(bench.stack, "Key") if own_key else None
    topic = sns.Topic(bench.stack, "Topic", enforce_ssl=enforce_ssl, master_key=key)
    kind.define(bench, **arguments).add_alarms(topic)
    return bench


def _alarms(bench: Bench) -> dict[str, dict[str, Any]]:
    found = bench.template.find_resources("AWS::CloudWatch::Alarm")
    return {id_.removeprefix("Ddns")[:-8]: each["Properties"] for id_, each in found.items()}


@_EACH
def test_no_alarm_is_defined_unasked(kind: Kind) -> None:
    bench = new_bench()
    kind.define(bench)
    bench.template.resource_count_is("AWS::CloudWatch::Alarm", 0)


@_EACH
def test_an_alarm_watches_its_metric_notifies_the_topic_and_stays_quiet_without_data(
    kind: Kind, alarmed: dict[Kind, Bench]
) -> None:
    (topic,) = alarmed[kind].template.find_resources("AWS::SNS::Topic")
    watched: dict[str, Any] = {}
    for id_, alarm in _alarms(alarmed[kind]).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert alarm["AlarmDescription"]
        assert alarm["Period"] == 300
        assert not any(states(alarm, [], 7_200, late=False))
        keys = ("Namespace", "MetricName", "Statistic", "Threshold")
        watched[id_] = tuple(alarm[key] for key in keys)
    assert watched == _ALARMS[kind]


@_EACH
def test_the_alarms_come_back_by_name(kind: Kind) -> None:
    bench = new_bench()
    alarms = kind.define(bench).add_alarms(sns.Topic(bench.stack, "Topic"))
    ids = [getattr(alarms, field).node.id for field in _FIELDS[kind]]
    assert ids == list(_ALARMS[kind])


@_EACH
def test_alarms_are_added_once(kind: Kind) -> None:
    bench = new_bench()
    ddns = kind.define(bench)
    ddns.add_alarms(sns.Topic(bench.stack, "Topic"))
    with pytest.raises(ValueError, match="'add_alarms' adds its alarms once, got a second call"):
        ddns.add_alarms(sns.Topic(bench.stack, "Second"))


# ---------------------------------------------------------------- they arrive


def _may_publish(bench: Bench) -> tuple[bool, bool]:
    """Walk from the alarms to their topic, its policy and its key; return what these allow."""
    (target,) = {each["Ref"] for a in _alarms(bench).values() for each in a["AlarmActions"]}
    topic = bench.template.find_resources("AWS::SNS::Topic")[target].get("Properties", {})
    policies = [
        each["Properties"]["PolicyDocument"]
        for each in bench.template.find_resources("AWS::SNS::TopicPolicy").values()
        if {"Ref": target} in each["Properties"]["Topics"]
    ]
    # A topic without a policy has SNS's own, which lets its account publish.
    published = not policies or _allows(policies[-1], {"sns:Publish"}, {"Ref": target})
    if "KmsMasterKeyId" not in topic:
        return published, True
    (key,) = bench.template.find_resources("AWS::KMS::Key").values()
    actions = {"kms:Decrypt", "kms:GenerateDataKey*"}
    return published, _allows(key["Properties"]["KeyPolicy"], actions, "*")


def _allows(document: dict[str, Any], actions: set[str], resource: object) -> bool:
    return any(
        each["Effect"] == "Allow"
        and each["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        and set([each["Action"]] if isinstance(each["Action"], str) else each["Action"]) >= actions
        and each["Resource"] == resource
        and each["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        for each in document["Statement"]
    )


@_EACH
def test_cloudwatch_may_publish_to_the_alarms_topic_and_use_its_key(
    kind: Kind, alarmed: dict[Kind, Bench]
) -> None:
    assert _may_publish(alarmed[kind]) == (True, True)
    assert not [text for text in alarmed[kind].warnings() if "alarmTopic" in text]


def test_a_topic_that_gets_its_policy_after_the_alarms_lets_them_in_too() -> None:
    bench = new_bench()
    topic = sns.Topic(bench.stack, "Topic")
    INSTANCE.define(bench).add_alarms(topic)
    topic.add_to_resource_policy(
        cdk.aws_iam.PolicyStatement(
            actions=["sns:Publish"],
            principals=[cdk.aws_iam.ServicePrincipal("budgets.amazonaws.com")],
            resources=[topic.topic_arn],
        )
    )
    assert _may_publish(bench) == (True, True)


def test_a_topic_without_a_policy_keeps_the_one_that_sns_gives_it() -> None:
    bench = _alarmed(INSTANCE, enforce_ssl=False)
    bench.template.resource_count_is("AWS::SNS::TopicPolicy", 0)


def test_several_constructs_may_share_a_topic() -> None:
    bench = new_bench()
    key = kms.Key(bench.stack, "Key")
    topic = sns.Topic(bench.stack, "Topic", enforce_ssl=True, master_key=key)
    for kind, id_ in ((INSTANCE, "A"), (CLIENT, "B")):
        kind.construct(bench.stack, id_, **kind.required(bench.zones[0])).add_alarms(topic)
    (policy,) = bench.template.find_resources("AWS::SNS::TopicPolicy").values()
    sids = [each.get("Sid") for each in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert len(sids) == len(set(sids)), "SNS refuses a policy that has a Sid twice"
    assert _may_publish(bench) == (True, True)


def test_what_an_imported_topic_must_allow_is_said() -> None:
    bench = new_bench()
    arn = "arn:aws:sns:us-east-1:123456789012:ops"
    INSTANCE.define(bench).add_alarms(sns.Topic.from_topic_arn(bench.stack, "Topic", arn))
    (text,) = [each for each in bench.warnings() if "alarmTopic" in each]
    assert "sns:Publish to the service cloudwatch.amazonaws.com" in text
    assert "kms:Decrypt and kms:GenerateDataKey*" in text


@pytest.mark.parametrize("managed", (True, False))
def test_what_an_imported_key_must_allow_is_said(managed: bool) -> None:  # noqa: FBT001 - a parameter
    bench = new_bench()
    key: kms.IKey = (
        kms.Alias.from_alias_name(bench.stack, "Key", "alias/aws/sns")
        if managed
        else kms.Key.from_key_arn(bench.stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/1")
    )
    INSTANCE.define(bench).add_alarms(sns.Topic(bench.stack, "Topic", master_key=key))
    (text,) = [each for each in bench.warnings() if "alarmTopic" in each]
    assert "kms:Decrypt and kms:GenerateDataKey*" in text
    assert "alias/aws/sns can never be used" in text


# ---------------------------------------------------------------- what each names, and the mend

_MINUTE, _HOUR = 60, 3_600


def _every(seconds: int, begin: int, end: int, value: float = 1) -> list[tuple[float, float]]:
    return [(at, value) for at in range(begin, end, seconds)]


def _tried(begin: int, end: int) -> list[tuple[float, float]]:
    """Return the age of a message that failed from ``begin`` to ``end``, at each of its tries."""
    pauses, found = [4, 8, 16, 32, 64, 128, 256, 512], [(float(begin), 0.0)]
    while found[-1][0] < end:
        at = found[-1][0] + (pauses.pop(0) if pauses else 900)
        found.append((at, at - begin))
    return found[:-1]


def _ages(begin: int, end: int) -> list[tuple[float, float]]:
    """Return the age that SQS shows of a message that Lambda throttles from ``begin`` on.

    API reference of SQS's metrics: a message that was received three times is left out. Each
    receipt takes a visibility timeout of twelve minutes; the sweeps of each hour bring another one.
    """
    found = []
    for sent in range(begin, end, _HOUR):
        found += [(float(at), float(at - sent)) for at in range(sent, sent + 24 * _MINUTE, 60)]
    return [(at, age) for at, age in found if at < end]


_BEGIN, _END = 600, 600 + 5 * _HOUR
_CAUSES = {
    # What is wrong from _BEGIN to _END; when it is on at the latest, and off after the mend.
    "DeadLettersAlarm": (_every(60, _BEGIN, _END), 1 * _MINUTE, 20 * _MINUTE),
    "BacklogAlarm": (_ages(_BEGIN, _END), 16 * _MINUTE, 110 * _MINUTE),
    "FailingAlarm": (_tried(_BEGIN, _END), 30 * _MINUTE, 35 * _MINUTE),
    # Counted by the sweep of each hour; in a fleet of 100,000 it takes a quarter of one.
    "DeletesWithheldAlarm": (_every(_HOUR, _BEGIN, _END, 150), 1 * _MINUTE, 110 * _MINUTE),
    "SweepsAbandonedAlarm": (_every(_HOUR, _BEGIN, _END), 1 * _MINUTE, 110 * _MINUTE),
    "ThrottlesAlarm": (_every(20, _BEGIN, _END), 1 * _MINUTE, 20 * _MINUTE),
    "ServerErrorsAlarm": (_every(200, _BEGIN, _END), 1 * _MINUTE, 20 * _MINUTE),
    "ClientErrorsAlarm": (_every(10, _BEGIN, _END), 5 * _MINUTE, 20 * _MINUTE),
    "ThrottledAlarm": (_every(20, _BEGIN, _END), 5 * _MINUTE, 20 * _MINUTE),
}


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in ALL for name in _ALARMS[kind]], ids=str
)
def test_an_alarm_is_on_from_its_cause_to_the_mend_and_then_off(
    kind: Kind, name: str, alarmed: dict[Kind, Bench]
) -> None:
    alarm = _alarms(alarmed[kind])[name]
    if name == "ErrorsAlarm":
        # A function that dies over a message gets it again after its visibility timeout.
        queues = alarmed[kind].template.find_resources("AWS::SQS::Queue").values()
        pause = max(each["Properties"].get("VisibilityTimeout", 0) for each in queues)
        values, on, off = _every(pause, _BEGIN, _END), 1 * _MINUTE, 35 * _MINUTE
    else:
        values, on, off = _CAUSES[name]
    last = values[-1][0]
    for late in (False, True):
        seen = states(alarm, values, _END + 4 * _HOUR, late=late)
        minutes = dict(enumerate(seen, start=1))
        assert not any(minutes[n] for n in range(1, _BEGIN // 60))
        first = (_BEGIN + on) // 60 + 1
        assert all(minutes[n] for n in range(first, int(last // 60))), "it flaps"
        assert not any(minutes[n] for n in range((_END + off) // 60, len(seen))), "it stays"


def test_a_message_that_fails_once_or_twice_is_no_alarm(alarmed: dict[Kind, Bench]) -> None:
    alarm = _alarms(alarmed[INSTANCE])["FailingAlarm"]
    assert not any(states(alarm, _tried(_BEGIN, _BEGIN + 300), _END, late=True))


@pytest.mark.parametrize("hours", (6, 48, 24 * 31))
def test_what_a_rare_sweep_counts_stays_until_the_next_one_or_for_a_week(hours: int) -> None:
    bench = _alarmed(INSTANCE, enforce_ssl=True, sweep_interval=cdk.Duration.hours(hours))
    alarm = _alarms(bench)["DeletesWithheldAlarm"]
    length = alarm["Period"] * alarm["EvaluationPeriods"]
    # PutMetricAlarm refuses more.
    assert length <= (86_400 if alarm["Period"] < _HOUR else 7 * 86_400)
    until = min(hours * _HOUR, 7 * 86_400)
    assert all(states(alarm, [(60, 5)], until, late=False)[1:])


# ---------------------------------------------------------------- what a description says


@pytest.mark.parametrize("kind", (INSTANCE, CLIENT), ids=str)
def test_the_dead_letters_alarm_has_the_command_that_sends_them_back(
    kind: Kind, alarmed: dict[Kind, Bench]
) -> None:
    queues = alarmed[kind].template.find_resources("AWS::SQS::Queue")
    (dead,) = [id_ for id_, q in queues.items() if "RedrivePolicy" not in q["Properties"]]
    (queue,) = [id_ for id_, q in queues.items() if "RedrivePolicy" in q["Properties"]]
    text = _alarms(alarmed[kind])["DeadLettersAlarm"]["AlarmDescription"]["Fn::Join"][1]
    assert text[-4].endswith("start-message-move-task --source-arn ")
    assert text[-3:] == [
        {"Fn::GetAtt": [dead, "Arn"]},
        " --destination-arn ",
        {"Fn::GetAtt": [queue, "Arn"]},
    ]
