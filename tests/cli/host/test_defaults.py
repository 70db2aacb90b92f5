"""What a host leaves to its deployment: shown with its value, and checked, where that is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ddns.core.client.addresses import AddressPolicy
from ddns_constructs.cli.deployment import Defaults, Deployment
from tests.cli.host.table import NAME, host

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

OUTPUT = '{"ttl": 90, "types": ["A", "AAAA"], "addresses": "public"}'


@pytest.fixture
def known(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    find = Deployment.find
    defaults = Defaults.parse(OUTPUT)
    monkeypatch.setattr(
        Deployment,
        "find",
        lambda **options: find(**options)._replace(defaults=defaults),
    )
    return admin


def test_what_is_no_such_output_tells_nothing() -> None:
    assert Defaults.parse(OUTPUT) == (90, ("A", "AAAA"), AddressPolicy.PUBLIC)
    for text in ("", "{}", "x", '{"ttl": 1, "types": 2, "addresses": "x"}'):
        assert Defaults.parse(text) == Defaults()


def test_effective_values_stand_beside_default(known: Administrator) -> None:
    host(known)
    shown = known.host("show", NAME)
    for line in ("TTL         default: 90 s", "types       default: A AAAA"):
        assert f"{line}\n" in shown
    assert "addresses   default: public\n" in shown
    assert "default: A AAAA" in known.host("list")
    effective = {"ttl": 90, "types": ["A", "AAAA"], "address_policy": "public"}
    assert json.loads(known.host("show", NAME, "--json"))["effective"] == effective


def test_a_type_that_the_deployment_does_not_write_is_refused(known: Administrator) -> None:
    for words in (["add", "new.dyn.example.com"], ["set", NAME]):
        complaint = known.refused(*words, "--types", "A,TXT", code=2)
        assert "this deployment writes A, AAAA only: leave TXT out of --types" in complaint


def test_a_router_s_settings_follow_what_the_deployment_allows(known: Administrator) -> None:
    host(known)
    assert "--addresses" not in known.run("router", "fritzbox", "--host", NAME).output


def test_who_shares_credentials_shares_the_addresses_that_it_may_have(admin: Administrator) -> None:
    host(admin, address_policy={"S": "any"})
    admin.host("add", "b.dyn.example.com", "--same-credentials-as", NAME)
    assert admin.item("b.dyn.example.com")["address_policy"] == {"S": "any"}
    words = ("--same-credentials-as", NAME, "--addresses", "source")
    admin.host("add", "c.dyn.example.com", *words)
    assert admin.item("c.dyn.example.com")["address_policy"] == {"S": "source"}


def test_a_host_whose_router_has_told_no_prefix_yet_is_waiting(admin: Administrator) -> None:
    admin.host("add", NAME)
    admin.host("add", "nas.example.com", "--behind", NAME, "--suffix", "::2")
    lines = {line.split()[0]: line.split()[1] for line in admin.host("list").splitlines()}
    assert (lines[NAME], lines["nas.example.com"]) == ("silent", "waiting")
