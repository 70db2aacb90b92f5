"""A host and the wildcard below it: one client, and no record that two hosts write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns_constructs.cli.hosts.store import HostStore

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

NAME = "home.dyn.example.com"
STAR = f"*.{NAME}"


def test_a_wildcard_beside_somebody_else_s_host_is_refused(admin: Administrator) -> None:
    admin.host("add", NAME)
    for more in ((), ("--same-credentials-as", "www.dyn.example.com")):
        admin.run("host", "add", "www.dyn.example.com")
        complaint = admin.refused("add", STAR, *more)
        assert "proves both names to a certificate authority" in complaint
        assert f"`ddns host set {NAME} --wildcard`" in complaint
        assert f"--same-credentials-as {NAME}\n" in complaint
    assert admin.item(STAR) is None


def test_a_host_beside_somebody_else_s_wildcard_is_refused(admin: Administrator) -> None:
    admin.host("add", STAR)
    complaint = admin.refused("add", NAME)
    assert "proves both names to a certificate authority" in complaint
    assert f"Remove {STAR} and give {NAME} the option --wildcard instead" in complaint
    assert f"--same-credentials-as '{STAR}'\n" in complaint
    assert admin.item(NAME) is None


@pytest.mark.parametrize(("first", "second"), ((NAME, STAR), (STAR, NAME)))
def test_one_keeper_may_have_both(admin: Administrator, first: str, second: str) -> None:
    admin.host("add", first)
    admin.host("add", second, "--same-credentials-as", first.upper())
    assert admin.item(second)["tokens"] == admin.item(first)["tokens"]


def test_a_host_behind_another_has_no_keeper_of_its_own_and_is_refused_too(
    admin: Administrator,
) -> None:
    admin.host("add", "router.dyn.example.com")
    admin.host("add", NAME)
    behind = ("--behind", "router.dyn.example.com", "--suffix", "::2")
    assert "certificate authority" in admin.refused("add", STAR, *behind)
    assert "members" not in admin.item("router.dyn.example.com")


def test_other_names_are_nobody_s_business(admin: Administrator) -> None:
    admin.host("add", NAME)
    admin.host("add", f"*.a.{NAME}")
    admin.host("add", "*.dyn.example.com")
    admin.host("add", f"b.{NAME}", "--wildcard")


def test_two_hosts_never_write_the_same_wildcard(admin: Administrator) -> None:
    same = ("--same-credentials-as", STAR)
    admin.host("add", STAR)
    complaint = admin.refused("add", NAME, "--wildcard", *same)
    assert f"with --wildcard {NAME} would write the same record" in complaint
    assert f"`ddns host remove '{STAR}'`" in complaint
    assert admin.item(NAME) is None
    admin.host("add", NAME, *same)
    assert "would write the same record" in admin.refused("set", NAME, "--wildcard", "--ttl", "60")
    assert not {"wildcard", "ttl"} & set(admin.item(NAME))
    admin.host("set", NAME, "--no-wildcard", "--ttl", "60")
    admin.host("remove", STAR, "--yes")
    admin.host("set", NAME, "--wildcard")
    complaint = admin.refused("add", STAR, "--same-credentials-as", NAME)
    assert f"{NAME} has the option --wildcard: it writes the record {STAR} itself" in complaint


def test_a_wildcard_record_that_was_kept_is_still_the_host_s(admin: Administrator) -> None:
    admin.host("add", NAME)
    kept = {"value": {"S": "203.0.113.7"}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}
    admin.put({**admin.item(NAME), "state": {"M": {"*.A": {"M": kept}}}})
    assert "itself" in admin.refused("add", STAR, "--same-credentials-as", NAME)


def test_an_item_of_the_blog_sample_counts_as_the_host_beside_it(admin: Administrator) -> None:
    admin.put({"hostname": {"S": "Home.dyn.example.com."}, "data": {"S": "{}"}})
    assert "certificate authority" in admin.refused("add", STAR)


def test_the_way_out_names_the_deployment(admin: Administrator) -> None:
    admin.host("add", NAME)
    complaint = admin.refused("add", STAR, "--stack", admin.stack, stack="")
    assert f"`ddns host set {NAME} --wildcard --stack {admin.stack}`" in complaint


def test_every_command_that_is_suggested_quotes_the_asterisk(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"`ddns router NAME --host '{STAR}'`" in admin.host("add", STAR)
    assert f"already: `ddns host show '{STAR}'`" in admin.refused("add", STAR)
    monkeypatch.setattr(HostStore, "remove", lambda *_: False)
    complaint = admin.refused("remove", STAR, "--yes")
    assert f"`ddns host remove '{STAR}'` goes on" in complaint
    assert f"`ddns host enable '{STAR}'` takes its requests again" in complaint


# ------------------------------------------------------------------------------ TXT


def test_a_wildcard_gets_no_txt(admin: Administrator) -> None:
    complaint = f"leave TXT out, or give {NAME} the option --wildcard instead"
    assert complaint in admin.refused("add", STAR, "--types", "A,TXT", code=2)
    assert admin.item(STAR) is None
    admin.host("add", STAR, "--types", "A")
    assert complaint in admin.refused("set", STAR, "--types", "txt", code=2)
    assert admin.item(STAR)["types"] == {"SS": ["A"]}
    admin.host("set", STAR, "--types", "A,AAAA")
