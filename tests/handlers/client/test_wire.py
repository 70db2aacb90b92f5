"""The frozen table of requests, one by one through the handler, its adapters and DynamoDB."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from tests.handlers.account import REGION
from tests.handlers.client.events import http_event
from tests.handlers.client.function import TABLE as TABLE_NAME
from tests.handlers.client.function import ClientFunction, put_records
from tests.handlers.client.wire.table import ROWS, TABLE, items, records

if TYPE_CHECKING:
    from collections.abc import Iterator

# inadyn's custom type takes any of these for success, wherever it is, in any case.
_SUCCESS = re.compile("ok|good|true|updated|success|nochg", re.IGNORECASE)
_CODES = frozenset(
    ("badauth", "notfqdn", "nohost", "numhost", "abuse", "badagent", "dnserr", "911")
)


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """A table of hosts on moto, for all rows."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName=TABLE_NAME,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "hostname", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "hostname", "AttributeType": "S"}],
        )
        yield client


@pytest.fixture
def prepared(dynamodb: Any) -> Iterator[tuple[Any, set[str]]]:  # noqa: ANN401 - a client
    """The table, and the keys that are put there: they are gone after the row."""
    keys: set[str] = set()
    yield dynamodb, keys
    for key in keys:
        dynamodb.delete_item(TableName=TABLE_NAME, Key={"hostname": {"S": key}})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_request_has_its_answer_its_calls_and_its_record_sets(
    row: dict[str, Any], prepared: tuple[Any, set[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    dynamodb, keys = prepared
    for item in items(row):
        dynamodb.put_item(TableName=TABLE_NAME, Item=item)
        keys.add(item["hostname"]["S"])
    function = ClientFunction(dynamodb, **{**TABLE["settings"], **row.get("settings", {})})
    put_records(function.route53, records(row))
    before = function.records()
    for failure in row.get("fail", ()):
        function.fail(failure)

    answer = function(_event(row))

    output = capsys.readouterr().out
    _check_answer(row, answer)
    _check_log(row, answer["statusCode"], output)
    _check_calls(row, function)
    assert function.records() == row.get("after", before)
    orders = [(order["action"], order["hostname"]) for order in function.orders()]
    assert orders == [("apply", each) for each in row.get("queued", ())]
    _check_table(row, function, dynamodb, keys)
    _check_secrecy(json.dumps(answer) + output)


def _event(row: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    line, *headers = row["request"]
    body = row.get("body")
    if body is not None:
        body += "x" * row.get("pad", 0)
    source = row.get("source", TABLE["source"])
    return http_event(line, headers, body, base64=row.get("base64", False), source=source)


def _check_answer(row: dict[str, Any], answer: dict[str, Any]) -> None:
    body = answer.get("body", "")
    assert answer["statusCode"] == row["status"], body
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    assert headers["cache-control"] == "no-store"
    assert row.get("reason", "") in headers.get("x-ddns-reason", "")
    if "type" in row:
        assert headers["content-type"].partition(";")[0] == row["type"]
    expected = row["answer"]
    if isinstance(expected, dict):
        found = json.loads(body)
        # Of an error the reason is for people: it is not in the table.
        assert {name: found.get(name) for name in expected} == expected
        assert row["status"] >= 400 or found == expected
    elif expected is not None:
        assert body == expected
    for line in body.split("\n") if row.get("type") == "text/plain" else ():
        if line.partition(" ")[0] in _CODES:
            assert not _SUCCESS.search(line)
    if row.get("allow"):
        assert "allow" in headers


_UNPROVED = {"BadRequest", "NoSuchPath", "Blocked", "CrossSite", "BadNames", "BadAuth"}


def _check_log(row: dict[str, Any], status: int, output: str) -> None:
    """What was refused has one line, counted by its kind; that of who proved nothing is short."""
    written = [text for text in output.splitlines() if '"message":"request"' in text]
    counts: list[dict[str, int]] = []
    for text in written:
        line = json.loads(text)
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        counts.append({metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]})
        assert 0 not in counts[-1].values()
        assert len(text) < (1024 if counts[-1].keys() & _UNPROVED else 16 * 1024)
    if "counted" in row:
        assert counts == [row["counted"]]
    if status >= 400:
        assert len(counts) == 1
    assert len(counts) <= 1


def _check_calls(row: dict[str, Any], function: ClientFunction) -> None:
    calls = row.get("calls", [])
    found = function.route53.log
    if row.get("free"):
        return
    if row.get("loose"):
        found = [each for each in found if not each[0].startswith("LIST")]
    elif any(each.startswith("route53") for each in row.get("fail", ())) and not calls:
        assert found, "nothing was tried"
        return
    assert found == [sorted(each) for each in calls]
    if "requests" in row:
        assert function.requests == row["requests"]


def _check_table(
    row: dict[str, Any],
    function: ClientFunction,
    dynamodb: Any,  # noqa: ANN401 - a client
    keys: set[str],
) -> None:
    """The table says what the zones hold, and nothing but the state was written."""
    state = (
        "state",
        "state_zone",
        "revision",
        "writer",
        "pending",
        "ordered",
        "verified",
        "changed",
        "signed",
    )
    stored = {}
    for key in keys:
        answer = dynamodb.get_item(TableName=TABLE_NAME, Key={"hostname": {"S": key}})
        stored[key] = answer["Item"]
    for before in items(row):
        after = stored[before["hostname"]["S"]]
        assert {k: v for k, v in after.items() if k not in state} == {
            k: v for k, v in before.items() if k not in state
        }
        pending = after.get("pending", {"BOOL": False})["BOOL"]
        assert pending == (before["hostname"]["S"] in row.get("queued", ())) or row.get("fail")
        if pending or row.get("fail") or row.get("stale"):
            continue
        name = before["hostname"]["S"].removesuffix(".").replace("*", "\\052")
        for kind, kept in after.get("state", {"M": {}})["M"].items():
            if kind in ("A", "AAAA") and kept["M"]["value"]["S"] and "zone" not in row:
                value = f"{kept['M']['ttl']['N']} {kept['M']['value']['S']}"
                assert function.records()[f"{name}. {kind}"] == value


def _check_secrecy(text: str) -> None:
    """Neither an answer nor a log line has a credential; an answer has no name of AWS's either."""
    for host in TABLE["hosts"].values():
        for secret in (*host.get("tokens", ()), *host.get("secrets", ())):
            assert secret not in text
    assert "shared_secret" not in text
