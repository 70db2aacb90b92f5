"""What is printed for each client, the real handler's answers to it, and what the client reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from ddns_constructs.cli.router_settings import settings_of
from ddns_constructs.cli.router_templates import ROUTERS
from tests.clients.answers import (
    BROKEN_OFF,
    HOST,
    IPV4,
    IPV6,
    REFUSALS,
    SITUATIONS,
    SUCCESSES,
    THROTTLED,
    TOKEN,
    TROUBLES,
    URL,
    Answer,
    Endpoint,
    Situation,
)
from tests.clients.readers import CLIENTS, Reading, openwrt_sections, pfsense_matches
from tests.handlers.account import REGION
from tests.handlers.client.function import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "protocols.md").read_text()
COLUMNS = {
    "200 `good`": [Answer(200, f"good {IPV4}"), Answer(200, f"good {IPV4},{IPV6}")],
    "200 `nochg`": [Answer(200, f"nochg {IPV4}"), Answer(200, f"nochg {IPV4},{IPV6}")],
    "401 `badauth`": [Answer(401, "badauth")],
    "403 `abuse`, `nohost`": [Answer(403, "abuse"), Answer(403, "nohost")],
    "503 `dnserr`, `911`": [Answer(503, "dnserr"), Answer(503, "911")],
    "429": list(THROTTLED.values()),
    "no answer": [BROKEN_OFF],
}
STATUSES = {"badauth": 401, "abuse": 403, "nohost": 403, "dnserr": 503, "911": 503}


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """A table of hosts."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "hostname", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "hostname", "AttributeType": "S"}],
        )
        yield client


def printed(name: str) -> str:
    return settings_of(name, url=URL, host=HOST, token=TOKEN)


def ask(dynamodb: Any, name: str, situation: Situation) -> list[tuple[Answer, Reading]]:  # noqa: ANN401 - a client
    """Return the answers to all that a client sends by its settings, and what it reads."""
    client, settings, found = CLIENTS[name], printed(name), []
    for url, address in client.urls(settings):
        if situation.before:
            situation = situation._replace(before=IPV4 if address == IPV6 else IPV6)
        answer = Endpoint(dynamodb, situation).answer(url)
        found.append((answer, client.reads(settings, address, answer)))
    return found


def after_a_failure(name: str, answer: Answer) -> Reading:
    """Return what is known to come of a failure: another try, with few exceptions."""
    if name == "synology":
        return Reading.FAILURE
    if name == "unifi" and answer.status < 500:
        return Reading.ENDS
    return Reading.AGAIN


def test_there_are_rules_for_every_client_of_dyndns2_that_is_printed() -> None:
    assert {*CLIENTS, "shell"} == set(ROUTERS)


@pytest.mark.parametrize("situation", SUCCESSES)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_success_is_read_as_one(dynamodb: Any, name: str, situation: str) -> None:  # noqa: ANN401 - a client
    found = ask(dynamodb, name, SUCCESSES[situation])
    assert found
    for answer, reading in found:
        assert (answer.status, answer.body.split(" ")[0]) == (200, situation.partition(" ")[0])
        # One URL states both.
        assert ("," in answer.body) == (name == "fritzbox")
        assert reading is Reading.SUCCESS


@pytest.mark.parametrize("situation", (*REFUSALS, *TROUBLES))
@pytest.mark.parametrize("name", CLIENTS)
def test_a_refusal_and_trouble_are_read_as_failures(
    dynamodb: Any,  # noqa: ANN401 - a client
    name: str,
    situation: str,
) -> None:
    for answer, reading in ask(dynamodb, name, SITUATIONS[situation]):
        assert answer == Answer(STATUSES[situation], situation)
        assert reading is after_a_failure(name, answer)


@pytest.mark.parametrize("answer", THROTTLED.values(), ids=THROTTLED)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_throttle_of_aws_is_read_as_a_failure(name: str, answer: Answer) -> None:
    client, settings = CLIENTS[name], printed(name)
    for _, address in client.urls(settings):
        assert client.reads(settings, address, answer) is after_a_failure(name, answer)


@pytest.mark.parametrize("name", CLIENTS)
def test_the_table_of_the_page_says_what_each_client_does(name: str) -> None:
    section = PAGE.partition("\n## What each client does with an answer\n")[2].partition("\n## ")[0]
    table = [re.findall(r" ([^|]+?) (?=\|)", line) for line in section.splitlines() if "|" in line]
    rows = {cells[0]: cells[1:] for cells in table if len(cells) == 1 + len(COLUMNS)}
    assert rows["client"] == list(COLUMNS)
    settings, client = printed(name), CLIENTS[name]
    for cell, answers in zip(rows[ROUTERS[name].title], COLUMNS.values(), strict=True):
        for answer in answers:
            if name == "pfsense" and "," in answer.body:
                continue  # no entry states both, so none is answered so
            address = client.urls(settings)[0][1]
            assert re.split("[,:;] ", cell)[0] == client.reads(settings, address, answer).value


# ------------------------------------------------------------ why it is printed like that


def test_opnsense_would_take_every_answer_with_status_200_for_a_success(dynamodb: Any) -> None:  # noqa: ANN401 - a client
    client, settings = CLIENTS["opnsense"], printed("opnsense")
    (url, address), _ = client.urls(settings)
    lax = {f"DDNS_{kind}_STATUS": "200" for kind in ("BAD_AUTH", "REFUSAL", "TROUBLE")}
    for situation in ("badauth", "abuse", "911"):
        answer = Endpoint(dynamodb, SITUATIONS[situation], **lax).answer(url)
        assert answer == Answer(200, situation)
        assert client.reads(settings, address, answer) is Reading.SUCCESS
    assert "Leave `bad_auth_status`, `refusal_status` and `trouble_status`" in settings


def test_both_entries_of_pfsense_match_at_one_host(dynamodb: Any) -> None:  # noqa: ANN401 - a client
    client, settings = CLIENTS["pfsense"], printed("pfsense")
    endpoint = Endpoint(dynamodb, Situation())
    for word in ("good", "nochg"):
        for url, address in client.urls(settings):
            answer = endpoint.answer(url)
            assert answer == Answer(200, f"{word} {address}")
            assert client.reads(settings, address, answer) is Reading.SUCCESS
    assert endpoint.records() == {"A": f"60 {IPV4}", "AAAA": f"60 {IPV6}"}


def test_pfsense_matches_no_answer_that_names_two_families_and_an_empty_match_anything() -> None:
    (match,) = set(re.findall(r"Result match +(good .*)$", printed("pfsense"), re.MULTILINE))
    assert pfsense_matches(match, IPV4, Answer(200, f"good {IPV4}\n"))
    assert not pfsense_matches(match, IPV4, Answer(200, f"good {IPV4},{IPV6}"))
    assert pfsense_matches("", IPV4, Answer(401, "badauth"))


def test_ddns_scripts_have_both_families_and_what_an_answer_must_be() -> None:
    sections = openwrt_sections(printed("openwrt"))
    assert [each.options["use_ipv6"] for each in sections] == ["0", "1"]
    assert all(each.answer for each in sections), "without it any answer is a success"
    assert all(each.options["force_ipversion"] == "1" for each in sections)


def test_a_box_that_states_two_families_gets_the_one_it_comes_by(dynamodb: Any) -> None:  # noqa: ANN401 - a client
    ((url, _),) = CLIENTS["fritzbox"].urls(printed("fritzbox"))
    default = Situation({"address_policy": {"S": "source"}})
    assert Endpoint(dynamodb, default).answer(url) == Answer(200, f"good {IPV4}")
