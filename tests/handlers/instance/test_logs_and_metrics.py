"""What the function prints: JSON lines, and metrics in the embedded metric format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ddns.core.errors import BadSettingsError
from ddns.core.instance import walk
from tests.fakes.lambda_logs import LEVELS, kept
from tests.handlers.instance.function import (
    Function,
    event,
    record,
    records,
    state_change,
    sweep,
    tag_change,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.account import Account, Wire
    from tests.handlers.conftest import SkippingClock

    Logs = Callable[[], list[dict[str, Any]]]

GONE = "i-0123456789abcdef0"
IN_ZONE = {"ZONE": "example.internal"}
SWEEP = json.dumps(event("schedule_order"))
COUNTS = {
    *("RecordsWritten", "RecordsRemoved", "ClaimsRefused", "Route53Throttles"),
    *("MessagesFailed", "DeletesWithheld", "SweepsAbandoned", "Warnings"),
}
# CloudWatch Logs takes 256 KiB in one event at the least, and bills what it takes.
LONGEST = 16_384


def metrics(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the metric lines, each checked against the embedded metric format."""
    found = [line for line in lines if "_aws" in line]
    for line in found:
        assert isinstance(line["_aws"]["Timestamp"], int)
        assert line["_aws"]["Timestamp"] > 1_700_000_000_000
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "DdnsConstructs"
        assert directive["Dimensions"] == [["Function"]]
        assert line["Function"] == "Ddns"
        units = {each["Name"]: each["Unit"] for each in directive["Metrics"]}
        assert {name for name, unit in units.items() if unit == "Count"} <= COUNTS
        assert units.keys() - COUNTS <= {"EventToChange", "OldestFailed"}
        assert units.get("EventToChange", "Milliseconds") == "Milliseconds"
        assert units.get("OldestFailed", "Seconds") == "Seconds"
        for name in units:
            assert line[name] != 0, "a zero is billed as any value is"
            values = line[name] if isinstance(line[name], list) else [line[name]]
            assert 1 <= len(values) <= 100
            assert {type(each) for each in values} == {int}, f"{name} is no number: {values}"
    return found


def counts(lines: list[dict[str, Any]]) -> dict[str, int]:
    """Return what the metrics add up to."""
    found = metrics(lines)
    names = {name for line in found for name in line} & COUNTS
    return {name: sum(line.get(name, 0) for line in found) for name in names}


def test_every_change_is_logged_and_counted(
    account: Account, function: Function, logs: Logs
) -> None:
    instance = account.launch(CNAME="web.example.internal", **IN_ZONE)
    function.batch(record(state_change(instance)))
    lines = logs()
    (changed,) = [line["changes"] for line in lines if "changes" in line]
    assert changed[0] == f"CREATE {account.private} ip-10-0-1-5.example.internal 60 A 10.0.1.5"
    assert len(changed) == 3
    assert counts(lines) == {"RecordsWritten": 3}
    account.tag(instance, HOSTNAME="db")
    function.batch(record(tag_change(instance)))
    # The A record set of the old name goes; the other three hold the new name.
    assert counts(logs()) == {"RecordsWritten": 3, "RecordsRemoved": 1}
    account.terminate(instance)
    function.batch(record(state_change(instance, "terminated")))
    assert counts(logs()) == {"RecordsRemoved": 3}


def test_the_time_from_event_to_change_is_measured_for_what_changed_something(
    account: Account, function: Function, logs: Logs
) -> None:
    first, second = (account.launch(f"10.0.1.{n}", **IN_ZONE) for n in (5, 6))
    idle = account.launch("10.0.1.7")
    bodies = [state_change(first, age=30), state_change(second, age=10), state_change(idle)]
    function.batch(*records(bodies))
    (line,) = metrics(logs())
    slow, quick = line["EventToChange"]
    assert 30_000 <= slow < 60_000
    assert 10_000 <= quick < 40_000
    function.batch(*records(bodies))
    assert metrics(logs()) == []


def test_of_more_than_a_hundred_times_cloudwatch_gets_a_hundred(
    account: Account, function: Function, logs: Logs
) -> None:
    function.batch(*records([state_change(account.launch(**IN_ZONE))] * 120))
    (line,) = metrics(logs())
    assert len(line["EventToChange"]) == 100


def test_no_line_is_longer_than_what_a_log_takes(
    account: Account, function: Function, capsys: pytest.CaptureFixture[str]
) -> None:
    many = account.launch_many(26, **IN_ZONE)
    function.batch(*records(map(state_change, many)))
    lines = capsys.readouterr().out.splitlines()
    assert sum(len(json.loads(line).get("changes", ())) for line in lines) == 52
    assert max(map(len, lines)) < LONGEST


def test_refusals_failures_and_garbage_are_counted_and_told(
    account: Account, function: Function, logs: Logs
) -> None:
    good = account.launch("10.0.1.5", **IN_ZONE)
    lost = account.launch("10.0.1.6", ZONE="example.org")
    bodies = [state_change(each) for each in (good, lost, GONE)]
    function.batch(*records([*bodies, "{"]))
    lines = logs()
    assert counts(lines) == {
        "RecordsWritten": 2,
        "ClaimsRefused": 1,
        "MessagesFailed": 2,
    }
    logged = {(line["level"], line["message"]): line for line in lines if "message" in line}
    refused = logged["WARN", "refused"]
    assert (refused["owner"], refused["name"]) == (lost, "example.org")
    assert refused["reason"].startswith("the ZONE tag names no ")
    assert logged["ERROR", "to be tried again"]["owner"] == GONE
    assert logged["ERROR", "to the dead-letter queue"]["reason"].startswith("bad message: not JSON")


def test_a_sweep_counts_the_messages_that_it_failed(
    function: Function, wire: Wire, logs: Logs
) -> None:
    wire.fail_next("PutItem", "AccessDeniedException", 403)
    assert len(function.batch(*records([SWEEP, SWEEP]))) == 2
    assert counts(logs()) == {"MessagesFailed": 2}
    assert function.batch(record(SWEEP)) == []
    assert counts(logs()) == {}


def test_a_sweep_logs_and_counts_what_it_changed_and_warns_of(
    account: Account, function: Function, logs: Logs
) -> None:
    account.ec2.modify_vpc_attribute(VpcId=account.vpc_id, EnableDnsHostnames={"Value": False})
    account.launch("10.0.1.5", **IN_ZONE)
    account.launch("10.0.1.6", ZONE="example.org")
    sweep(account, function)
    lines = logs()
    assert counts(lines) == {"RecordsWritten": 2, "ClaimsRefused": 1, "Warnings": 1}
    assert sum(len(line.get("changes", ())) for line in lines) == 2
    assert any("enableDnsHostnames" in line.get("message", "") for line in lines)


def test_a_sweep_that_comes_to_no_end_is_ended_logged_and_counted(
    account: Account, function: Function, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "_STEPS", 1)
    sweep(account, function)
    lines = logs()
    assert counts(lines) == {"SweepsAbandoned": 1}
    (line,) = [line for line in lines if line.get("level") == "ERROR"]
    assert line["message"].startswith("a sweep took more steps")
    assert account.receive() == []


def test_where_nothing_happens_no_metric_is_written_so_that_none_is_billed(
    account: Account, function: Function, logs: Logs
) -> None:
    account.launch(**IN_ZONE)
    sweep(account, function)
    assert counts(logs())
    sweep(account, function)
    assert metrics(logs()) == []


def test_how_long_a_failing_message_has_been_tried_is_measured(
    function: Function, clock: SkippingClock, logs: Logs
) -> None:
    bodies = [state_change(GONE), state_change(GONE[:-1] + "1")]
    sent = [clock.now() - 1_000, clock.now() - 2_000]
    batch = [record(b, message_id=f"m-{n}", sent=sent[n]) for n, b in enumerate(bodies)]
    assert function.batch(*batch) == ["m-0", "m-1"]
    (line,) = metrics(logs())
    (oldest,) = line["OldestFailed"]
    assert 2_000 <= oldest < 2_060


@pytest.mark.parametrize("log_level", LEVELS)
def test_errors_and_metrics_survive_every_application_log_level(
    account: Account,
    deploy: Callable[..., Function],
    capsys: pytest.CaptureFixture[str],
    log_level: str,
) -> None:
    good, refused = account.launch(**IN_ZONE), account.launch("10.0.1.6", ZONE="example.org")
    function = deploy(AWS_LAMBDA_LOG_LEVEL=log_level)
    capsys.readouterr()
    function.batch(*records([*map(state_change, (good, refused, GONE)), "{"]))
    lines = kept(capsys.readouterr().out, log_level)
    assert counts(lines) == {"RecordsWritten": 2, "ClaimsRefused": 1, "MessagesFailed": 2}
    assert {"to be tried again", "to the dead-letter queue"} <= {
        line.get("message") for line in lines
    }
    # What is no error is left out where somebody asked for that.
    shown = {line.get("message"): LEVELS.index(line["level"]) for line in lines}
    assert min(shown.values()) >= LEVELS.index(log_level)
    assert ("record sets changed" in shown) == (log_level in ("TRACE", "DEBUG", "INFO"))
    assert ("refused" in shown) == (log_level not in ("ERROR", "FATAL"))


def test_no_credential_is_ever_printed(
    account: Account, function: Function, wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = account.launch(CNAME="-", Comment="hunter2", **IN_ZONE)
    wire.fail_next("ChangeResourceRecordSets", "AccessDenied", 403)
    function.batch(*records([state_change(instance), '{"password": "hunter2"}', "hunter2"]))
    printed = capsys.readouterr()
    assert printed.out
    for secret in ("hunter2", "FOOBARKEY", "FOOBARSECRET", "testing"):
        assert secret not in printed.out + printed.err


def test_a_cold_start_with_settings_missing_names_each(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = account.environment(DDNS_TTL="soon", DDNS_TAGS="{}", DDNS_ZONES="[]")
    monkeypatch.setenv("DDNS_QUEUE_URL", "")
    del settings["DDNS_QUEUE_URL"]
    with pytest.raises(BadSettingsError, match=r"DDNS_QUEUE_URL: it is missing; .*DDNS_TTL"):
        Function(monkeypatch, settings)
