"""`ddns host add`: what is stored, what is shown, what is refused."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.cli.router_templates import ROUTERS
from tests.cli.conftest import STACK, URL

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

NAME = "home.dyn.example.com"


def added(admin: Administrator, *words: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(admin.host("add", *words, "--json"))


def test_the_item_is_what_the_function_reads_and_holds_no_token(admin: Administrator) -> None:
    made = added(admin, NAME)
    item = admin.item(NAME)
    created = item.pop("created")["S"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", created)
    assert item == {
        "hostname": {"S": NAME},
        "zone_id": {"S": admin.zone_id("dyn.example.com")},
        "tokens": {"L": [{"S": hashlib.sha256(made["token"].encode()).hexdigest()}]},
        "secrets": {"L": []},
    }
    assert made == {"host": NAME, "url": URL, "token": made["token"]}


def test_every_option_is_stored(admin: Administrator) -> None:
    options = ["--ttl", "300", "--types", "aaaa, A", "--addresses", "public", "--adopt"]
    options += ["--wildcard", "--prefix-length", "56", "--note", "the cabin", "--secret"]
    made = added(admin, NAME, *options)
    item = admin.item(NAME)
    assert item["ttl"] == {"N": "300"}
    assert sorted(item["types"]["SS"]) == ["A", "AAAA"]
    assert item["address_policy"] == {"S": "public"}
    assert item["adopt"] == item["wildcard"] == {"BOOL": True}
    assert item["prefix_length"] == {"N": "56"}
    assert item["note"] == {"S": "the cabin"}
    assert item["secrets"] == {"L": [{"S": made["secret"]}]}


def test_credentials_are_long_and_need_no_escaping(admin: Administrator) -> None:
    made = added(admin, NAME, "--secret")
    assert re.fullmatch(r"[a-km-np-z2-9]{26}", made["token"])
    assert re.fullmatch(r"[A-Za-z0-9]{43}", made["secret"])


def test_it_ends_with_the_credentials_and_one_line_that_leads_on(admin: Administrator) -> None:
    shown = admin.host("add", NAME)
    assert [line.split()[0] for line in shown.splitlines() if line] == [
        *("host", "zone", "token", "shown", "for"),
    ]
    assert f"\nfor your client: `ddns router NAME --host {NAME}`, NAME one of ddclient, " in shown


@pytest.mark.parametrize("client", tuple(each for each in ROUTERS if each != "shell"))
def test_one_finished_set_up_has_the_token_in_it(admin: Administrator, client: str) -> None:
    shown = admin.host("add", NAME, "--addresses", "public", "--for", client)
    (token,) = re.findall(r"^token +(\S+)$", shown, re.MULTILINE)
    _, settings = shown.split("\n\n", 1)
    assert token in settings
    assert "TOKEN" not in settings
    assert URL.split("/")[2] in settings
    assert "--addresses" not in settings, "it may have them"
    assert "for your client" not in shown


def test_the_shell_client_s_set_up_has_the_secret_in_it(admin: Administrator) -> None:
    assert "add --secret" in admin.refused("add", NAME, "--for", "shell", code=2)
    shown = admin.host("add", NAME, "--secret", "--for", "ddns.sh")
    (secret,) = re.findall(r"^secret +(\S+)$", shown, re.MULTILINE)
    assert f"\nsecret = {secret}\n" in shown


def test_a_set_up_is_for_new_credentials_and_known_clients(admin: Administrator) -> None:
    words = ("--same-credentials-as", "x.example.com", "--for", "curl")
    assert "this host gets none" in admin.refused("add", NAME, *words, code=2)
    assert "no settings for 'toaster'" in admin.refused("add", NAME, "--for", "toaster", code=2)
    assert admin.item(NAME) is None


@pytest.mark.parametrize(
    ("options", "shown"),
    (
        ((), "shown this once; only a digest of it is stored\n"),
        (
            ("--secret",),
            "shown this once; of the token only a digest is stored, the secret in clear",
        ),
    ),
)
def test_it_says_what_is_stored_of_the_credentials(
    admin: Administrator, options: tuple[str, ...], shown: str
) -> None:
    assert shown in admin.host("add", NAME, *options)


@pytest.mark.parametrize(
    ("stack", "options", "named"),
    (
        (STACK, (), ""),
        ("", ("--stack", STACK), f" --stack {STACK}"),
        ("other", ("--stack", STACK), f" --stack {STACK}"),
        (STACK, ("--url", "https://a.example/"), " --url https://a.example/"),
    ),
)
def test_what_it_suggests_names_the_deployment_as_it_was_named(
    admin: Administrator, stack: str, options: tuple[str, ...], named: str
) -> None:
    added = admin.run("host", "add", NAME, *options, stack=stack)
    assert f"\nfor your client: `ddns router NAME --host {NAME}{named}`" in added.stdout
    again = admin.run("host", "add", NAME, *options, stack=stack)
    same = named.partition(" --url")[0]
    assert f"there is a host {NAME} already: `ddns host show {NAME}{same}`" in again.stderr


def test_an_existing_host_is_not_overwritten(admin: Administrator) -> None:
    admin.host("add", NAME)
    before = admin.item(NAME)
    assert f"there is a host {NAME} already" in admin.refused("add", NAME)
    assert admin.item(NAME) == before


def test_an_item_of_the_blog_sample_counts_as_the_host(admin: Administrator) -> None:
    admin.put({"hostname": {"S": f"{NAME}."}, "data": {"S": "{}"}})
    assert "already" in admin.refused("add", NAME)


def test_a_name_that_another_administrator_takes_meanwhile_is_not_overwritten(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.host("add", NAME)
    admin.host("add", "router.dyn.example.com")
    before = admin.item(NAME)
    monkeypatch.setattr("ddns_constructs.cli.hosts.store.HostStore.find", looks_free(NAME))
    assert "already" in admin.refused("add", NAME)
    behind = ["--behind", "router.dyn.example.com", "--suffix", "::2"]
    assert "at the same time" in admin.refused("add", NAME, *behind)
    assert admin.item(NAME) == before
    assert "members" not in admin.item("router.dyn.example.com")


def looks_free(name: str) -> Any:  # noqa: ANN401 - a method
    from ddns_constructs.cli.hosts.store import HostStore  # noqa: PLC0415 - before it is replaced

    find = HostStore.find
    return lambda self, wanted: None if wanted == name else find(self, wanted)


def test_the_page_on_protocols_begins_with_the_command_for_a_host_that_its_lines_need(
    admin: Administrator,
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "protocols.md").read_text()
    (options,) = re.findall(r'^\$ ddns host add "\$HOST" (.*)$', page, re.MULTILINE)
    made = added(admin, NAME, *options.split())
    assert {"token", "secret"} <= set(made)
    # What the host has that the lines of the page are tested with.
    assert admin.item(NAME)["address_policy"] == {"S": "public"}


# ---------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("given", "stored", "zone"),
    (
        ("Home.Example.COM.", "home.example.com", "example.com"),
        ("a.b.dyn.example.com", "a.b.dyn.example.com", "dyn.example.com"),
        ("*.dyn.example.com", "*.dyn.example.com", "dyn.example.com"),
        ("*.home.example.com", "*.home.example.com", "example.com"),
        ("tür.grün.example", "xn--tr-xka.xn--grn-ioa.example", "xn--grn-ioa.example"),
        ("mydyn.example.com", "mydyn.example.com", "example.com"),
    ),
)
def test_names_are_canonical_and_the_longest_zone_has_them(
    admin: Administrator, given: str, stored: str, zone: str
) -> None:
    assert added(admin, given)["host"] == stored
    assert admin.item(stored)["zone_id"] == {"S": admin.zone_id(zone)}


@pytest.mark.parametrize(
    "name",
    (
        "-home.example.com",
        "a_b.example.com",
        "a..example.com",
        "a.*.example.com",
        "home",
        f"{'a' * 64}.example.com",
    ),
)
def test_what_is_no_host_name_is_refused(admin: Administrator, name: str) -> None:
    assert "ddns: " in admin.refused("add", "--", name, code=2)


def test_the_apex_of_a_zone_is_refused_with_the_way_to_have_it(admin: Administrator) -> None:
    complaint = admin.refused("add", "dyn.example.com")
    assert "dyn.example.com: that is a zone's apex: name it in `allowed_names`" in complaint
    assert "or add a host below it: home.dyn.example.com" in complaint


@pytest.mark.parametrize("name", ("host.example.net", "notexample.com"))
def test_a_name_that_is_not_below_a_zone_is_refused(admin: Administrator, name: str) -> None:
    complaint = admin.refused("add", name)
    assert f"{name} is not below the apex of a zone" in complaint
    assert "dyn.example.com, example.com, xn--grn-ioa.example" in complaint


def test_a_zone_where_the_function_would_not_write_the_host_is_refused(
    admin: Administrator,
) -> None:
    wide, narrow = admin.zone_id("example.com"), admin.zone_id("dyn.example.com")
    complaint = admin.refused("add", NAME, "--zone-id", wide, code=2)
    assert f"{NAME} lies in dyn.example.com, and is written nowhere else" in complaint
    complaint = admin.refused("add", NAME, "--zone-id", "Z0OTHER", code=2)
    assert "--zone-id Z0OTHER is no zone of this deployment" in complaint
    assert admin.item(NAME) is None
    admin.host("add", NAME, "--zone-id", narrow)
    assert admin.item(NAME)["zone_id"] == {"S": narrow}
    # The table alone says nothing of zones.
    admin.host("add", f"a.{NAME}", "--table", admin.table, "--zone-id", wide, stack="")
    assert admin.item(f"a.{NAME}")["zone_id"] == {"S": wide}


# -------------------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("options", "complaint"),
    (
        (["--ttl", "-1"], "--ttl must be 1 to 2147483647 seconds, got -1"),
        (["--types", "A,MX"], "--types must be some of A, AAAA, TXT, got 'A,MX'"),
        (["--types", " "], "--types must be some of"),
        (["--prefix-length", "128"], "--prefix-length must be 32 to 127, got 128"),
        (["--suffix", "::1"], "add --behind HOST"),
        (["--secret", "--same-credentials-as", "x.example.com"], "leave --same-credentials-as out"),
    ),
)
def test_options_that_say_nothing_useful_are_refused(
    admin: Administrator, options: list[str], complaint: str
) -> None:
    assert complaint in admin.refused("add", NAME, *options, code=2)
    assert admin.item(NAME) is None


def test_a_wildcard_of_a_wildcard_is_refused(admin: Administrator) -> None:
    assert "a wildcard itself" in admin.refused("add", "*.example.com", "--wildcard", code=2)


# ----------------------------------------------------------------- several hosts


def test_a_host_behind_another_has_no_credential_and_is_known_there(admin: Administrator) -> None:
    added(admin, "router.dyn.example.com")
    for name, suffix in (("nas", "::211:32FF:fe01:2"), ("cam", "::c")):
        shown = admin.host(
            "add", f"{name}.example.com", "--behind", "Router.dyn.example.com", "--suffix", suffix
        )
        assert "none: the client of router.dyn.example.com speaks for it" in shown
    nas = admin.item("nas.example.com")
    assert nas["behind"] == {"S": "router.dyn.example.com"}
    assert nas["suffix"] == {"S": "::211:32ff:fe01:2"}
    assert nas["tokens"] == nas["secrets"] == {"L": []}
    members = admin.item("router.dyn.example.com")["members"]["SS"]
    assert sorted(members) == ["cam.example.com", "nas.example.com"]


@pytest.mark.parametrize(
    ("suffix", "complaint"),
    (
        ("", "--behind needs --suffix"),
        ("10.0.0.1", "--behind needs --suffix"),
        ("::", "behind the first 56"),
        ("2001:db8::1", "behind the first 56"),
        ("0:0:0:100::1", "behind the first 56"),
    ),
)
def test_a_suffix_is_what_is_behind_the_prefix(
    admin: Administrator, suffix: str, complaint: str
) -> None:
    added(admin, "router.dyn.example.com", "--prefix-length", "56")
    words = ["--behind", "router.dyn.example.com", "--suffix", suffix]
    assert complaint in admin.refused("add", NAME, *words, code=2)
    assert admin.item(NAME) is None
    assert "members" not in admin.item("router.dyn.example.com")


def test_a_suffix_may_use_the_bits_that_the_prefix_leaves(admin: Administrator) -> None:
    added(admin, "router.dyn.example.com", "--prefix-length", "56")
    admin.host("add", NAME, "--behind", "router.dyn.example.com", "--suffix", "0:0:0:ff::1")
    assert admin.item(NAME)["suffix"] == {"S": "::ff:0:0:0:1"}


def test_nobody_is_behind_a_host_that_is_not_there_or_is_behind_one_itself(
    admin: Administrator,
) -> None:
    words = ["--behind", "router.dyn.example.com", "--suffix", "::1"]
    assert "there is no host router" in admin.refused("add", NAME, *words)
    added(admin, "router.dyn.example.com")
    admin.host("add", NAME, *words)
    third = ["--behind", NAME, "--suffix", "::2"]
    assert "behind another host itself" in admin.refused("add", "third.example.com", *third)
    admin.put({"hostname": {"S": "old.example.com."}, "data": {"S": "{}"}})
    old = ["--behind", "old.example.com", "--suffix", "::2"]
    assert "an item of the AWS blog sample" in admin.refused("add", "third.example.com", *old)


def test_hosts_may_share_credentials(admin: Administrator) -> None:
    added(admin, NAME, "--secret")
    shown = admin.host("add", "www.dyn.example.com", "--same-credentials-as", NAME)
    assert f"those of {NAME}" in shown
    first, second = admin.item(NAME), admin.item("www.dyn.example.com")
    assert (second["tokens"], second["secrets"]) == (first["tokens"], first["secrets"])
    assert first["tokens"]["L"][0]["S"] not in shown
    assert first["secrets"]["L"][0]["S"] not in shown
