"""`ddns host` list, show, set, rotate, disable, enable and remove."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest
import typer
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from ddns_constructs.cli.deployment import aws_client
from ddns_constructs.cli.host.store import HostStore
from tests.cli.conftest import STACK

if TYPE_CHECKING:
    from ddns_constructs.cli.host.item import HostItem
    from tests.cli.conftest import Administrator

NAME = "home.dyn.example.com"
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc)
SECRETS = ("5ecre7", "d1ge57", "art1cle")
NO_CREDENTIALS: dict[str, Any] = {"tokens": {"L": []}, "secrets": {"L": []}}


def ago(seconds: int) -> str:
    """Return a time in milliseconds of the epoch."""
    return str((int(NOW.timestamp()) - seconds) * 1000)


def kept(value: str, ttl: int = 60, age: int = 3600) -> dict[str, Any]:
    return {"M": {"value": {"S": value}, "ttl": {"N": str(ttl)}, "stamp": {"N": ago(age)}}}


def host(admin: Administrator, name: str = NAME, **more: Any) -> None:  # noqa: ANN401 - DynamoDB's
    """Write a host that has been set, as the function leaves it."""
    zone = "dyn.example.com" if name.endswith("dyn.example.com") else "example.com"
    admin.put(
        {
            "hostname": {"S": name},
            "zone_id": {"S": admin.zone_id(zone)},
            "tokens": {"L": [{"S": SECRETS[1]}]},
            "secrets": {"L": [{"S": SECRETS[0]}]},
            "state": {"M": {"A": kept("203.0.113.7"), "AAAA": kept("2001:db8::7")}},
            "changed": {"N": ago(3 * 86_400)},
            "verified": {"N": ago(130)},
            **more,
        }
    )


def of_the_article(admin: Administrator, *, nested: bool = False) -> None:
    data: dict[str, Any] = {
        "route_53_zone_id": admin.zone_id("dyn.example.com"),
        "route_53_record_ttl": 300,
        "route_53_record_type": "AAAA",
        "shared_secret": SECRETS[2],
    }
    data = {f"{NAME}.": data} if nested else data
    admin.put({"hostname": {"S": f"{NAME}."}, "data": {"S": json.dumps(data)}})


def record(admin: Administrator, name: str, rtype: str, *values: str, ttl: int = 60) -> None:
    zone = "dyn.example.com" if name.endswith("dyn.example.com") else "example.com"
    records = [{"Value": value} for value in values]
    record_set = {"Name": name, "Type": rtype, "TTL": ttl, "ResourceRecords": records}
    admin.aws.client("route53").change_resource_record_sets(
        HostedZoneId=admin.zone_id(zone),
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record_set}]},
    )


def records(admin: Administrator) -> dict[tuple[str, str], list[str]]:
    found = admin.aws.client("route53").list_resource_record_sets(
        HostedZoneId=admin.zone_id("dyn.example.com")
    )["ResourceRecordSets"]
    return {
        (each["Name"].rstrip("."), each["Type"]): [r["Value"] for r in each["ResourceRecords"]]
        for each in found
        if each["Type"] not in ("NS", "SOA")
    }


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test takes, what was thirty seconds ago is so until its end."""
    monkeypatch.setattr("ddns_constructs.cli.host.session.now", lambda: NOW)


@pytest.fixture(autouse=True)
def _empty_zone(admin: Administrator) -> None:
    route53 = admin.aws.client("route53")
    zone_id = admin.zone_id("dyn.example.com")
    found = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": each}
        for each in found
        if each["Type"] not in ("NS", "SOA")
    ]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


# ------------------------------------------------------------------------ list, show


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


@pytest.mark.parametrize("nested", (False, True))
def test_an_item_of_the_article_is_a_host_like_another(
    admin: Administrator, nested: object
) -> None:
    of_the_article(admin, nested=bool(nested))
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
    "names no zone": {"data": {"S": "{nonsense"}},
    "no shared_secret": {"data": {"S": '{"route_53_zone_id": "Z1", "route_53_record_ttl": 60}'}},
    "no route_53_record_ttl": {"data": {"S": '{"route_53_zone_id": "Z1", "shared_secret": "x"}'}},
    "ttl is no whole number from 0 to 2147483647": {"ttl": {"S": "abc"}},
    "types is no set of texts": {"types": {"S": "A"}},
    "tokens is no list of texts": {"tokens": {"S": "abc"}},
    "members is no set of texts": {"members": {"N": "1"}},
    "disabled is no boolean": {"disabled": {"S": "yes"}},
    "state is not as the function writes it": {"state": {"M": {"A": {"S": "x"}}}},
    "state is no map": {"state": {"L": []}},
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
    if "tokens" not in reason:  # a list reads no credentials
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
    assert f"there is no host {NAME} in table" in admin.refused(command, NAME)
    assert admin.item(NAME) is None


# ---------------------------------------------------------------------------- rotate


def credentials(admin: Administrator, name: str = NAME) -> tuple[list[str], list[str]]:
    item = admin.item(name)
    tokens, secrets = (item[kind]["L"] for kind in ("tokens", "secrets"))
    return [each["S"] for each in tokens], [each["S"] for each in secrets]


def rotated(admin: Administrator, *words: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(admin.host("rotate", NAME, "--json", *words))


def test_the_old_ones_live_until_the_next_rotation(admin: Administrator) -> None:
    host(admin)
    first = rotated(admin)
    tokens, secrets = credentials(admin)
    assert tokens[1:] == [SECRETS[1]]
    assert secrets == [first["secret"], SECRETS[0]]
    second = rotated(admin)
    tokens_after, secrets_after = credentials(admin)
    assert tokens_after[1:] == tokens[:1]
    assert secrets_after == [second["secret"], first["secret"]]


def test_now_drops_the_old_ones(admin: Administrator) -> None:
    host(admin)
    made = rotated(admin, "--now")
    tokens, secrets = credentials(admin)
    assert len(tokens) == 1
    assert secrets == [made["secret"]]


def test_one_kind_can_be_rotated_alone(admin: Administrator) -> None:
    host(admin)
    assert set(rotated(admin, "--token")) == {"host", "url", "token"}
    assert set(rotated(admin, "--secret", "--now")) == {"host", "url", "secret", "still_open"}
    tokens, secrets = credentials(admin)
    assert (len(tokens), len(secrets)) == (2, 1)


def test_a_host_gets_no_kind_that_it_did_not_have(admin: Administrator) -> None:
    host(admin, secrets={"L": []})
    assert "secret" not in rotated(admin)
    host(admin, tokens={"L": []})
    assert "token" not in rotated(admin)


def test_a_host_without_credentials_gets_a_token(admin: Administrator) -> None:
    host(admin, tokens={"L": []}, secrets={"L": []})
    assert set(rotated(admin)) == {"host", "url", "token"}


def test_it_says_what_becomes_of_the_old_ones(admin: Administrator) -> None:
    host(admin)
    assert "still work, until the next rotation" in admin.host("rotate", NAME)
    assert "are dropped" in admin.host("rotate", NAME, "--now")


@pytest.mark.parametrize(
    ("has", "words"), (({"secrets": {"L": []}}, ("--secret",)), (NO_CREDENTIALS, ()))
)
@pytest.mark.parametrize("now", ((), ("--now",)))
def test_a_first_credential_replaces_none(
    admin: Administrator, has: dict[str, Any], words: tuple[str, ...], now: tuple[str, ...]
) -> None:
    host(admin, **has)
    shown = admin.host("rotate", NAME, *words, *now)
    assert f"{NAME} had none before" in shown
    assert "the ones before" not in shown


def test_of_a_secret_it_says_that_it_is_stored_in_clear(admin: Administrator) -> None:
    host(admin)
    assert "shown this once; it is stored in clear" in admin.host("rotate", NAME, "--secret")
    assert "shown this once; only a digest" in admin.host("rotate", NAME, "--token")
    assert "only a digest is stored, the secret in clear" in admin.host("rotate", NAME)


def test_now_names_the_other_hosts_that_still_accept_the_old_ones(admin: Administrator) -> None:
    host(admin)
    host(admin, "www.example.com")
    host(admin, "mail.example.com", tokens={"L": []})
    host(admin, "other.example.com", tokens={"L": []}, secrets={"L": []})
    data = {"route_53_zone_id": "Z1", "route_53_record_ttl": 60, "shared_secret": SECRETS[0]}
    admin.put({"hostname": {"S": "old.example.com."}, "data": {"S": json.dumps(data)}})
    assert rotated(admin, "--token", "--now")["still_open"] == ["www.example.com"]
    shown = admin.host("rotate", NAME, "--now")
    assert (
        "They still open other hosts; rotate those too: "
        "mail.example.com, old.example.com, www.example.com\n" in shown
    )
    assert "other hosts" not in admin.host("rotate", NAME, "--now")


@pytest.mark.parametrize("nested", (False, True))
def test_an_item_of_the_article_becomes_one_of_ours(admin: Administrator, nested: object) -> None:
    of_the_article(admin, nested=bool(nested))
    made = rotated(admin)
    item = admin.item(f"{NAME}.")
    assert "data" not in item
    assert item["zone_id"] == {"S": admin.zone_id("dyn.example.com")}
    assert (item["ttl"], item["types"]) == ({"N": "300"}, {"SS": ["AAAA"]})
    assert credentials(admin, f"{NAME}.") == ([], [made["secret"], SECRETS[2]])


def test_two_administrators_do_not_overwrite_each_other(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin)

    def meanwhile(length: int = 26) -> str:
        host(admin, tokens={"L": [{"S": "0ther"}]})
        return "x" * length

    monkeypatch.setattr("ddns_constructs.cli.host.credentials.new_token", meanwhile)
    assert "at the same time: run it again" in admin.refused("rotate", NAME)
    assert credentials(admin)[0] == ["0ther"]


# ------------------------------------------------------------------------------- set


def test_every_term_of_a_host_can_be_changed(admin: Administrator) -> None:
    host(admin, adopt={"BOOL": True})
    before = admin.item(NAME)
    options = ["--ttl", "300", "--types", "a,aaaa", "--addresses", "public"]
    shown = admin.host("set", NAME, *options, "--no-adopt", "--wildcard")
    assert re.search(r"^TTL +300 s$", shown, re.MULTILINE)
    assert not any(secret in shown for secret in SECRETS)
    assert "stays" not in shown
    assert "deleted" not in shown
    item = admin.item(NAME)
    assert sorted(item.pop("types")["SS"]) == ["A", "AAAA"]
    assert (item.pop("ttl"), item.pop("address_policy")) == ({"N": "300"}, {"S": "public"})
    assert item.pop("wildcard") == {"BOOL": True}
    before.pop("adopt")
    assert item == before
    admin.host("set", NAME, "--adopt", "--no-wildcard")
    assert admin.item(NAME)["adopt"] == {"BOOL": True}
    assert "wildcard" not in admin.item(NAME)


def test_what_is_not_said_stays(admin: Administrator) -> None:
    host(admin, ttl={"N": "300"}, wildcard={"BOOL": True}, note={"S": "mine"})
    before = admin.item(NAME)
    admin.host("set", NAME, "--addresses", "any")
    assert admin.item(NAME) == {**before, "address_policy": {"S": "any"}}


def test_a_host_can_go_back_to_what_its_deployment_says(admin: Administrator) -> None:
    host(admin)
    before = admin.item(NAME)
    admin.host("set", NAME, "--ttl", "300", "--types", "A,AAAA", "--addresses", "any")
    defaults = ("--default", "ttl", "--default", "types", "--default", "addresses")
    admin.host("set", NAME, *defaults)
    assert admin.item(NAME) == before


@pytest.mark.parametrize(
    ("options", "complaint"),
    (
        ((), "say what to change: --ttl"),
        (("--ttl", "-1"), "--ttl must be 0 to"),
        (("--types", "MX"), "--types must be some of"),
        (("--ttl", "60", "--default", "ttl"), "--ttl and --default ttl contradict"),
    ),
)
def test_a_change_that_says_nothing_useful_is_refused(
    admin: Administrator, options: tuple[str, ...], complaint: str
) -> None:
    host(admin)
    before = admin.item(NAME)
    assert complaint in admin.refused("set", NAME, *options, code=2)
    assert admin.item(NAME) == before


def test_a_wildcard_gets_no_wildcard_below_it(admin: Administrator) -> None:
    host(admin, "*.dyn.example.com")
    complaint = admin.refused("set", "*.dyn.example.com", "--wildcard", code=2)
    assert "a wildcard itself" in complaint


FOUR = {
    "A": kept("203.0.113.7"),
    "*.A": kept("203.0.113.7"),
    "AAAA": kept("2001:db8::7"),
    "PREFIX": kept("2001:db8::/64"),
}


def four(admin: Administrator, **more: object) -> None:
    """Add the host with an IPv4 wildcard and an IPv6 address, in the table and in the zone."""
    host(admin, state={"M": FOUR}, wildcard={"BOOL": True}, **more)
    record(admin, NAME, "A", "203.0.113.7")
    record(admin, f"*.{NAME}", "A", "203.0.113.7")
    record(admin, NAME, "AAAA", "2001:db8::7")


def test_records_that_a_host_would_not_get_any_more_go(admin: Administrator) -> None:
    four(admin, revision={"N": "3"})
    shown = admin.host("set", NAME, "--no-wildcard", "--types", "A")
    assert f"*.{NAME} A 203.0.113.7: deleted" in shown
    assert f"{NAME} AAAA 2001:db8::7: deleted" in shown
    assert records(admin) == {(NAME, "A"): ["203.0.113.7"]}
    item = admin.item(NAME)
    assert set(item["state"]["M"]) == {"A", "PREFIX"}
    assert item["revision"] == {"N": "4"}, "an update that is under way starts over"


def test_records_can_be_kept_by_a_change(admin: Administrator) -> None:
    four(admin)
    before = records(admin)
    shown = admin.host("set", NAME, "--no-wildcard", "--types", "A", "--keep-record")
    assert f"the A record of *.{NAME} stays, and follows\n" in shown
    assert f"the AAAA record of {NAME} stays as it is\n" in shown
    assert records(admin) == before
    assert admin.item(NAME)["state"] == {"M": FOUR}


def test_a_change_leaves_somebody_else_s_record_and_forgets_it(admin: Administrator) -> None:
    four(admin)
    record(admin, f"*.{NAME}", "A", "203.0.113.9")
    shown = admin.host("set", NAME, "--no-wildcard")
    assert f"*.{NAME} A 203.0.113.7: left alone, as there is now 203.0.113.9" in shown
    assert records(admin)[f"*.{NAME}", "A"] == ["203.0.113.9"]
    assert "*.A" not in admin.item(NAME)["state"]["M"]


def test_an_update_under_way_does_not_bring_a_record_back(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    four(admin, revision={"N": "1"})
    forget = HostStore.forget

    def late(store: HostStore, item: HostItem, kinds: Sequence[str]) -> HostItem:
        monkeypatch.setattr(HostStore, "forget", forget)
        record(admin, f"*.{NAME}", "A", "203.0.113.9")
        host(admin, state={"M": {"*.A": kept("203.0.113.9")}}, revision={"N": "2"})
        return forget(store, item, kinds)

    monkeypatch.setattr(HostStore, "forget", late)
    shown = admin.host("set", NAME, "--no-wildcard")
    assert f"*.{NAME} A 203.0.113.9: deleted" in shown
    assert (f"*.{NAME}", "A") not in records(admin)
    assert admin.item(NAME)["state"] == {"M": {}}


def test_who_cannot_reach_the_zone_is_told_what_is_left_and_how_to_go_on(
    admin: Administrator,
) -> None:
    four(admin, state_zone={"S": "ZGONE"})
    result = admin.run("host", "set", NAME, "--no-wildcard")
    assert result.exit_code == 1
    complaint = result.stderr
    assert f"{NAME} is changed, and *.A of it are still there" in " ".join(complaint.split())
    assert "--keep-record" in complaint
    assert "*.A" in admin.item(NAME)["state"]["M"]


def test_an_item_of_the_article_is_changed_as_one_of_ours(admin: Administrator) -> None:
    of_the_article(admin, nested=True)
    admin.host("set", NAME, "--ttl", "60", "--default", "types")
    assert admin.item(f"{NAME}.") == {
        "hostname": {"S": f"{NAME}."},
        "zone_id": {"S": admin.zone_id("dyn.example.com")},
        "ttl": {"N": "60"},
        "tokens": {"L": []},
        "secrets": {"L": [{"S": SECRETS[2]}]},
    }


# ---------------------------------------------------------------------- lost answers


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lose the first answer of DynamoDB to an operation: it was done, and botocore tries again."""

    def lose(operation: str) -> None:
        def client(service: str) -> Any:  # noqa: ANN401 - a boto3 client
            made = aws_client(service)
            left = [operation] if service == "dynamodb" else []

            def send(request: Any, **_: object) -> AWSResponse | None:  # noqa: ANN401 - botocore's
                if not left:
                    return None
                left.clear()
                assert (
                    URLLib3Session(verify=os.environ["AWS_CA_BUNDLE"]).send(request).status_code
                    == 200
                )
                return AWSResponse(request.url, 500, {}, Nothing())

            made.meta.events.register(f"before-send.dynamodb.{operation}", send)
            return made

        monkeypatch.setattr("ddns_constructs.cli.host.session.aws_client", client)

    return lose


class Nothing:
    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield b""


def test_a_host_whose_answer_was_lost_is_added(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    lost("PutItem")
    made = json.loads(admin.host("add", NAME, "--types", "A,AAAA", "--ttl", "60", "--json"))
    digest = hashlib.sha256(made["token"].encode()).hexdigest()
    assert admin.item(NAME)["tokens"] == {"L": [{"S": digest}]}


def test_a_host_behind_another_whose_answer_was_lost_is_added(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    admin.host("add", "router.dyn.example.com")
    lost("TransactWriteItems")
    admin.host("add", NAME, "--behind", "router.dyn.example.com", "--suffix", "::2")
    assert admin.item("router.dyn.example.com")["members"] == {"SS": [NAME]}


def test_a_rotation_whose_answer_was_lost_shows_the_new_ones(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    host(admin)
    lost("UpdateItem")
    made = rotated(admin)
    assert credentials(admin)[1] == [made["secret"], SECRETS[0]]


def test_an_item_of_the_article_whose_answer_was_lost_is_changed(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    of_the_article(admin)
    lost("UpdateItem")
    admin.host("set", NAME, "--ttl", "60")
    assert admin.item(f"{NAME}.")["ttl"] == {"N": "60"}


@pytest.mark.parametrize("revision", ({}, {"revision": {"N": "3"}}))
def test_a_removal_whose_answer_was_lost_is_one(
    admin: Administrator, lost: Callable[[str], None], revision: dict[str, Any]
) -> None:
    host(admin, **revision)
    lost("DeleteItem")
    assert f"{NAME} is removed" in admin.host("remove", NAME, "--yes")


# ------------------------------------------------------------------- disable, remove


def test_a_host_can_be_disabled_and_enabled(admin: Administrator) -> None:
    host(admin)
    before = admin.item(NAME)
    admin.host("disable", NAME)
    assert admin.item(NAME) == {**before, "disabled": {"BOOL": True}}
    admin.host("enable", NAME)
    assert admin.item(NAME) == before


def test_remove_takes_exactly_the_records_that_were_set(admin: Administrator) -> None:
    state = {
        "A": kept("203.0.113.7"),
        "*.A": kept("203.0.113.7"),
        "AAAA": kept("2001:db8::7"),
        "TXT": kept("challenge"),
        "PREFIX": kept("2001:db8::/64"),
    }
    host(admin, state={"M": state})
    record(admin, NAME, "A", "203.0.113.7")
    record(admin, f"*.{NAME}", "A", "203.0.113.7")
    record(admin, NAME, "AAAA", "2001:DB8:0::7")
    record(admin, f"_acme-challenge.{NAME}", "TXT", '"challenge"')
    record(admin, NAME, "MX", "10 mail.example.com.")
    record(admin, f"x{NAME}", "A", "203.0.113.7")
    shown = admin.host("remove", NAME, "--yes")
    assert shown.count(": deleted\n") == 4
    assert set(records(admin)) == {(NAME, "MX"), (f"x{NAME}", "A")}
    assert admin.item(NAME) is None


@pytest.mark.parametrize(
    ("values", "ttl"),
    ((("203.0.113.8",), 60), (("203.0.113.7",), 300), (("203.0.113.7", "203.0.113.8"), 60)),
)
def test_a_record_that_somebody_else_has_changed_stays_and_so_does_the_host(
    admin: Administrator, values: tuple[str, ...], ttl: int
) -> None:
    host(admin, state={"M": {"A": kept("203.0.113.7")}})
    record(admin, NAME, "A", *values, ttl=ttl)
    shown, complaint = not_removed(admin)
    assert f"left alone, as there is now {', '.join(values)} with TTL {ttl} s" in shown
    assert "the zone holds something else than was written for this host" in complaint
    assert "with --keep-record it removes the host alone" in complaint
    assert records(admin) == {(NAME, "A"): list(values)}
    assert admin.item(NAME)["disabled"] == {"BOOL": True}
    admin.host("remove", NAME, "--yes", "--keep-record")
    assert records(admin) == {(NAME, "A"): list(values)}
    assert admin.item(NAME) is None


def not_removed(admin: Administrator, *words: str) -> tuple[str, str]:
    """Try to remove the host, in vain; return what was said and what was complained."""
    result = admin.run("host", "remove", NAME, "--yes", *words)
    assert result.exit_code == 1, result.output
    assert f"{NAME} is removed" not in result.stdout
    return result.stdout, result.stderr


PENDING = {"pending": {"BOOL": True}, "revision": {"N": "2"}}


def test_while_a_change_is_pending_the_record_is_whatever_the_zone_holds(
    admin: Administrator,
) -> None:
    state = {"A": kept("203.0.113.8"), "AAAA": kept("2001:db8::8"), "TXT": kept("new")}
    host(admin, state={"M": state}, **PENDING)
    record(admin, NAME, "A", "203.0.113.7", ttl=300)
    record(admin, NAME, "AAAA", "2001:db8::8")
    record(admin, f"_acme-challenge.{NAME}", "TXT", '"old"')
    record(admin, NAME, "MX", "10 mail.example.com.")
    shown = admin.host("remove", NAME, "--yes")
    assert f"{NAME} A 203.0.113.7: deleted" in shown
    assert f"_acme-challenge.{NAME} TXT old: deleted" in shown
    assert set(records(admin)) == {(NAME, "MX")}
    assert admin.item(NAME) is None


def test_while_a_change_is_pending_several_values_are_somebody_else_s(
    admin: Administrator,
) -> None:
    host(admin, state={"M": {"A": kept("203.0.113.8")}}, **PENDING)
    record(admin, NAME, "A", "203.0.113.7", "203.0.113.9")
    shown, _ = not_removed(admin)
    assert "left alone, as there is now 203.0.113.7, 203.0.113.9 with TTL 60 s" in shown
    assert len(records(admin)) == 1
    assert admin.item(NAME)["disabled"] == {"BOOL": True}


def test_an_alias_is_somebody_else_s(admin: Administrator) -> None:
    host(admin, state={"M": {"A": kept("203.0.113.8")}}, **PENDING)
    zone_id = admin.zone_id("dyn.example.com")
    target = {"HostedZoneId": zone_id, "DNSName": f"x{NAME}", "EvaluateTargetHealth": False}
    record(admin, f"x{NAME}", "A", "203.0.113.7")
    alias = {"Name": NAME, "Type": "A", "AliasTarget": target}
    change = {"Action": "CREATE", "ResourceRecordSet": alias}
    route53 = admin.aws.client("route53")
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [change]})
    assert f"left alone, as there is now an alias of x{NAME}" in not_removed(admin)[0]
    assert admin.item(NAME)["disabled"] == {"BOOL": True}


def test_what_was_there_before_the_first_pending_change_is_not_the_host_s(
    admin: Administrator,
) -> None:
    fresh = kept("203.0.113.8")
    fresh["M"]["fresh"] = {"BOOL": True}
    host(admin, state={"M": {"A": fresh}}, **PENDING)
    record(admin, NAME, "A", "203.0.113.7")
    not_removed(admin)
    assert records(admin) == {(NAME, "A"): ["203.0.113.7"]}


def test_a_record_is_removed_from_the_zone_that_it_was_written_to(admin: Administrator) -> None:
    state_zone = {"S": admin.zone_id("dyn.example.com")}
    host(admin, zone_id={"S": admin.zone_id("example.com")}, state_zone=state_zone)
    record(admin, NAME, "A", "203.0.113.7")
    assert f"{NAME} A 203.0.113.7: deleted" in admin.host("remove", NAME, "--yes")
    assert records(admin) == {}


def test_an_update_that_was_under_way_is_removed_too(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin, state={"M": {}})
    disable = HostStore.disable

    def late(store: HostStore, item: HostItem) -> HostItem:
        found = disable(store, item)
        record(admin, NAME, "A", "203.0.113.9")
        host(admin, state={"M": {"A": kept("203.0.113.9")}}, revision={"N": "1"})
        return found

    monkeypatch.setattr(HostStore, "disable", late)
    assert f"{NAME} A 203.0.113.9: deleted" in admin.host("remove", NAME, "--yes")
    assert records(admin) == {}
    assert admin.item(NAME) is None


def test_a_record_that_the_function_has_just_changed_is_looked_at_again(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin, state={"M": {"A": kept("203.0.113.7")}}, revision={"N": "1"})
    record(admin, NAME, "A", "203.0.113.9")
    at = HostStore.at

    def late(store: HostStore, key: str) -> HostItem | None:
        if (admin.item(NAME) or {}).get("disabled") and store is not None:
            monkeypatch.setattr(HostStore, "at", at)
            host(admin, state={"M": {"A": kept("203.0.113.9")}}, revision={"N": "2"})
        return at(store, key)

    monkeypatch.setattr(HostStore, "at", late)
    assert f"{NAME} A 203.0.113.9: deleted" in admin.host("remove", NAME, "--yes")
    assert admin.item(NAME) is None


def test_updates_without_end_leave_the_host_disabled(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin)
    monkeypatch.setattr(HostStore, "remove", lambda *_: False)
    assert "updates of this host are still under way" in not_removed(admin)[1]
    assert admin.item(NAME)["disabled"] == {"BOOL": True}


def test_whoever_cannot_delete_is_told_how_things_stand(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin)

    def denied(*_: object) -> bool:
        error = {"Error": {"Code": "AccessDeniedException", "Message": "not you"}}
        raise ClientError(error, "DeleteItem")  # type: ignore[arg-type] # the rest is not read

    monkeypatch.setattr(HostStore, "remove", denied)
    _, complaint = not_removed(admin)
    assert "not you: ask for `grant_manage_hosts`" in complaint
    assert f"{NAME} is still there, and disabled. `ddns host remove {NAME}` goes on" in complaint
    assert f"`ddns host enable {NAME}` takes its requests again" in complaint


def test_a_zone_that_is_gone_is_told_with_how_to_go_on(admin: Administrator) -> None:
    host(admin, zone_id={"S": "ZGONE"})
    assert "with --keep-record it removes the host alone" in not_removed(admin)[1]
    admin.host("remove", NAME, "--yes", "--keep-record")
    assert admin.item(NAME) is None


def test_members_that_are_gone_are_no_obstacle(admin: Administrator) -> None:
    host(admin, members={"SS": ["gone.example.com", "own.example.com"]})
    host(admin, "own.example.com")  # added again, by itself
    admin.host("remove", NAME, "--yes")
    assert admin.item(NAME) is None


def test_a_record_that_is_gone_is_no_obstacle(admin: Administrator) -> None:
    host(admin)
    assert admin.host("remove", NAME, "--yes").count("was gone already") == 2


def test_records_can_be_kept(admin: Administrator) -> None:
    host(admin)
    record(admin, NAME, "A", "203.0.113.7")
    admin.host("remove", NAME, "--yes", "--keep-record")
    assert records(admin) == {(NAME, "A"): ["203.0.113.7"]}
    assert admin.item(NAME) is None


def test_nothing_is_removed_without_a_yes(admin: Administrator) -> None:
    host(admin)
    assert "pass --yes" in admin.refused("remove", NAME, code=2)
    assert "disabled" not in admin.item(NAME)


@pytest.mark.parametrize(("answer", "code"), (("n", 1), ("y", 0)))
def test_at_a_terminal_it_asks(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    host(admin)
    asked = []

    def confirm(text: str, *, abort: bool) -> None:
        asked.append((text, abort))
        if answer == "n":
            raise typer.Abort

    monkeypatch.setattr("ddns_constructs.cli.host.remove.typer.confirm", confirm)
    monkeypatch.setattr("ddns_constructs.cli.host.remove._interactive", lambda: True)
    assert admin.run("host", "remove", NAME).exit_code == code
    assert asked == [(f"Remove {NAME} and its records?", True)]
    assert (admin.item(NAME) is None) == (code == 0)


def test_a_host_with_others_behind_it_stays_until_they_are_gone(admin: Administrator) -> None:
    admin.host("add", NAME)
    admin.host("add", "nas.example.com", "--behind", NAME, "--suffix", "::2")
    complaint = admin.refused("remove", NAME, "--yes")
    assert "hosts are behind" in complaint
    assert "nas.example.com" in complaint
    admin.host("remove", "nas.example.com", "--yes")
    assert "members" not in admin.item(NAME)
    admin.host("remove", NAME, "--yes")


def test_a_host_whose_parent_is_gone_can_be_removed(admin: Administrator) -> None:
    host(admin, behind={"S": "gone.example.com"})
    admin.host("remove", NAME, "--yes")
    assert admin.item(NAME) is None
    assert admin.item("gone.example.com") is None


def test_the_host_is_refused_to_its_client_before_its_records_go(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin)
    seen = []

    def look(_route53: object, item: HostItem, _kinds: object) -> list[str]:
        seen.append((item.flag("disabled"), admin.item(NAME)["disabled"]))
        return []

    monkeypatch.setattr("ddns_constructs.cli.host.removal.remove_records", look)
    admin.host("remove", NAME, "--yes")
    assert seen == [(True, {"BOOL": True})]


def test_the_stack_is_named_by_option_or_environment(admin: Administrator) -> None:
    host(admin)
    assert NAME in admin.host("list", "--stack", STACK, stack="")
    assert NAME in admin.host("list", "--table", admin.outputs["TableName"], stack="")
