"""`ddns host list` and `ddns host show`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.cli.hosts.credentials import digest
from tests.cli.host.table import (
    NAME,
    SECRETS,
    credentials,
    host,
    kept,
    of_the_blog_sample,
)

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

pytestmark = pytest.mark.usefixtures("_standing_clock", "_empty_zone")


def test_the_list_shows_how_each_host_is_and_no_credential(admin: Administrator) -> None:
    host(admin)
    host(admin, "old.dyn.example.com", disabled={"BOOL": True})
    host(admin, "late.dyn.example.com", pending={"BOOL": True})
    host(admin, "new.example.com", state={"M": {}}, changed={"N": "0"})
    shown = admin.host("list")
    lines = {line.split()[0]: line.split()[1:] for line in shown.splitlines()}
    assert lines[NAME] == ["live", "203.0.113.7,", "2001:db8::7", "3", "d", "ago"]
    assert lines["old.dyn.example.com"][0] == "disabled"
    assert lines["late.dyn.example.com"][0] == "pending"
    assert lines["new.example.com"] == ["silent"]
    assert not any(secret in shown for secret in SECRETS)


def test_names_and_addresses_stay_whole_however_narrow_the_terminal(admin: Administrator) -> None:
    name = f"{'long-' * 10}x.dyn.example.com"
    behind = f"{'router-' * 7}x.dyn.example.com"
    address = "2001:db8:1111:2222:3333:4444:5555:6666"
    state = {"A": kept("203.0.113.7"), "AAAA": kept(address)}
    host(admin, name, state={"M": state}, behind={"S": behind}, types={"SS": ["A", "AAAA"]})
    shown = admin.host("list", COLUMNS="40")
    (line,) = shown.splitlines()[1:]
    cells = [name, "live", f"203.0.113.7, {address}", "3 d ago", "A AAAA", behind]
    assert re.split(r" {2,}|(?<=live) ", line.strip()) == cells


def test_the_list_can_be_json(admin: Administrator) -> None:
    host(admin, members={"SS": ["b.example.com"]}, wildcard={"BOOL": True})
    shown = admin.host("list", "--json")
    (found,) = json.loads(shown)
    assert found["host"] == NAME
    assert found["records"] == {"A": "203.0.113.7", "AAAA": "2001:db8::7"}
    assert found["members"] == ["b.example.com"]
    assert found["wildcard"] is True
    assert found["changed"].endswith("+00:00")
    assert found["ttl"] is None
    assert not any(secret in shown for secret in SECRETS)


def test_an_empty_table_says_how_to_begin(admin: Administrator) -> None:
    assert "add one with `ddns host add NAME`\n" in admin.host("list")
    shown = admin.host("list", "--table", admin.table, stack="")
    assert f"add one with `ddns host add NAME --table {admin.table}`\n" in shown
    assert json.loads(admin.host("list", "--json")) == []


def test_a_long_list_is_read_to_its_end(admin: Administrator) -> None:
    note = {"S": "x" * 300_000}  # four of them are more than one page
    for number in range(5):
        host(admin, f"host{number}.example.com", note=note)
    assert len(json.loads(admin.host("list", "--json"))) == 5


def test_show_tells_what_was_set_when_and_how_many_credentials(admin: Administrator) -> None:
    state = {
        "A": kept("203.0.113.7", 300, 30),
        "*.A": kept("203.0.113.7"),
        "AAAA": kept(""),
        "PREFIX": kept("2001:db8::/64", age=7200),
    }
    host(admin, state={"M": state}, wildcard={"BOOL": True}, address_policy={"S": "any"})
    shown = admin.host("show", "HOME.dyn.example.com.")
    rows = dict(re.findall(r"^(\S+) +(.*)$", shown, re.MULTILINE))
    assert rows["A"] == "203.0.113.7, TTL 300 s, asked for 30 s ago"
    assert rows["*.A"] == "203.0.113.7, TTL 60 s, asked for 1 h ago"
    assert rows["prefix"] == "2001:db8::/64, asked for 2 h ago"
    assert "AAAA" not in rows
    assert rows["credentials"] == "1 token, 1 secret"
    assert (rows["state"], rows["addresses"], rows["wildcard"]) == ("live", "any", "yes")
    assert (rows["changed"], rows["verified"]) == ("3 d ago", "2 min ago")
    assert not any(secret in shown for secret in SECRETS)


def test_show_can_be_json(admin: Administrator) -> None:
    host(admin, state={"M": {"PREFIX": kept("2001:db8::/64")}})
    shown = admin.host("show", NAME, "--json")
    found = json.loads(shown)
    assert (found["tokens"], found["secrets"], found["prefix"]) == (1, 1, "2001:db8::/64")
    assert found["records"] == {}
    assert not any(secret in shown for secret in SECRETS)


EMPTY: tuple[dict[str, Any], ...] = (
    {"tokens": {"L": [{"S": ""}]}},
    {"tokens": {"L": [{"S": digest("")}]}},
    {"tokens": {"L": []}},
)


@pytest.mark.parametrize("tokens", EMPTY)
def test_an_empty_token_is_none_and_is_never_passed_on(
    admin: Administrator, tokens: dict[str, Any]
) -> None:
    host(admin, **tokens, secrets={"L": [{"S": ""}, {"S": SECRETS[0]}]})
    assert "\ncredentials 0 tokens, 1 secret\n" in admin.host("show", NAME)
    assert json.loads(admin.host("show", NAME, "--json"))["tokens"] == 0
    admin.host("add", "www.dyn.example.com", "--same-credentials-as", NAME)
    assert credentials(admin, "www.dyn.example.com") == ([], [SECRETS[0]])
    made = json.loads(admin.host("rotate", NAME, "--token", "--json"))
    assert credentials(admin) == ([digest(made["token"])], [SECRETS[0]])


@pytest.mark.parametrize("nested", (False, True))
def test_an_item_of_the_blog_sample_is_a_host_like_another(
    admin: Administrator, nested: object
) -> None:
    of_the_blog_sample(admin, nested=bool(nested))
    found = json.loads(admin.host("show", NAME, "--json"))
    assert (found["host"], found["ttl"], found["types"]) == (NAME, 300, ["AAAA"])
    assert (found["format"], found["tokens"], found["secrets"]) == ("article", 0, 1)
    assert SECRETS[2] not in admin.host("show", NAME)
    assert SECRETS[2] not in admin.host("list", "--json")


@pytest.mark.parametrize("data", ("{", "[]", '"x"'))
def test_an_item_that_is_broken_is_still_shown_and_can_be_removed(
    admin: Administrator, data: str
) -> None:
    admin.put({"hostname": {"S": NAME}, "data": {"S": data}})
    assert NAME in admin.host("list")
    assert NAME in admin.host("show", NAME)
    admin.host("remove", NAME, "--yes")
    assert admin.item(NAME) is None


UNUSABLE: dict[str, dict[str, Any]] = {
    "data is no text": {"data": {"M": {}}},
    "its data is no JSON object": {"data": {"S": "{nonsense"}},
    "no shared secret": {"data": {"S": '{"route_53_zone_id": "Z1", "route_53_record_ttl": 60}'}},
    "no route_53_record_ttl": {"data": {"S": '{"route_53_zone_id": "Z1", "shared_secret": "x"}'}},
    "ttl is no whole number from 0 to 2147483647": {"ttl": {"S": "abc"}},
    "types is no set of texts": {"types": {"S": "A"}},
    "tokens is no list of texts": {"tokens": {"S": "abc"}},
    "members is no set of texts": {"members": {"N": "1"}},
    "disabled is no boolean": {"disabled": {"S": "yes"}},
    "state is not as the function writes it": {"state": {"M": {"A": {"S": "x"}}}},
    "is none of source, public, any": {"address_policy": {"S": "everything"}},
    "suffix is no IPv6 address": {"suffix": {"S": "10.0.0.1"}},
    "prefix_length is no whole number from 32 to 127": {"prefix_length": {"N": "128"}},
    "revision is no whole number": {"revision": {"N": "1.5"}},
    "state_zone is no text": {"state_zone": {"N": "1"}},
    "signed is not as the function writes it": {"signed": {"M": {"time": {"N": "1"}}}},
}


@pytest.mark.parametrize("reason", UNUSABLE)
def test_an_unusable_item_hides_no_other_and_is_shown_as_what_it_is(
    admin: Administrator, reason: str
) -> None:
    host(admin)
    zone = {} if "data" in UNUSABLE[reason] else {"zone_id": {"S": "Z1"}}
    admin.put({"hostname": {"S": "bad.example.com"}, **zone, **UNUSABLE[reason]})
    lines = {line.split()[0]: line for line in admin.host("list").splitlines()}
    assert "live" in lines[NAME]
    assert re.search(f"unusable .*{reason}", lines["bad.example.com"])
    found = {each["host"]: each for each in json.loads(admin.host("list", "--json"))}
    assert found["bad.example.com"]["state"] == "unusable"
    assert reason in admin.host("show", "bad.example.com")
    for words in (["rotate"], ["set", "--ttl", "60"]):
        command, *options = words
        complaint = admin.refused(command, "bad.example.com", *options)
        assert "the item of bad.example.com is unusable, " in complaint
        assert f"{reason}: remove it and add it again" in complaint
    admin.host("remove", "bad.example.com", "--yes", "--keep-record")
    assert admin.item("bad.example.com") is None


def test_what_was_set_must_be_known_to_remove_it(admin: Administrator) -> None:
    host(admin, state={"M": {"A": {"S": "x"}}})
    complaint = admin.refused("remove", NAME, "--yes")
    assert "does not tell what was set" in complaint
    assert "--keep-record" in complaint
    assert admin.item(NAME)


@pytest.mark.parametrize("command", ("show", "rotate", "disable", "enable", "remove"))
def test_a_host_that_is_not_there_is_an_error(admin: Administrator, command: str) -> None:
    complaint = admin.refused(command, NAME)
    assert f"there is no host {NAME} in table" in complaint
    assert "`ddns host list` shows those that are there" in complaint
    assert admin.item(NAME) is None
