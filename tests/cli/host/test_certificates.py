"""TXT of a host proves every name below it: one client has them all, and none the endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.cli.hosts.store import HostStore
from tests.cli.host.table import NAME, host, kept, record, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.cli.hosts.item import HostItem
    from tests.cli.conftest import Administrator

BELOW = f"nas.{NAME}"
DEEP = f"a.b.c.{NAME}"
TXT: dict[str, Any] = {"types": {"SS": ["A", "TXT"]}}
ALL = ("--types", "A,AAAA,TXT")
SAME = ("--same-credentials-as", NAME)
OTHER: dict[str, Any] = {"tokens": {"L": [{"S": "0ther"}]}}

pytestmark = pytest.mark.usefixtures("_standing_clock", "_empty_zone")


# --------------------------------------------------------------------------- opt-in


def test_a_host_has_txt_only_if_it_is_named(admin: Administrator) -> None:
    admin.host("add", NAME)
    assert "\ntypes       default, without TXT\n" in admin.host("show", NAME)
    admin.host("set", NAME, *ALL)
    assert sorted(admin.item(NAME)["types"]["SS"]) == ["A", "AAAA", "TXT"]
    assert "\ntypes       A AAAA TXT\n" in admin.host("show", NAME)
    assert "only if it is named here" in " ".join(admin.host("add", "--help").split())


def test_txt_that_a_host_no_longer_names_goes(admin: Administrator) -> None:
    host(admin, **TXT, state={"M": {"TXT": kept("proof")}})
    record(admin, f"_acme-challenge.{NAME}", "TXT", '"proof"')
    shown = admin.host("set", NAME, "--default", "types")
    assert f"_acme-challenge.{NAME} TXT proof: deleted" in shown
    assert records(admin) == {}
    assert admin.item(NAME)["state"] == {"M": {}}


def test_txt_that_is_left_does_not_follow(admin: Administrator) -> None:
    host(admin, **TXT, state={"M": {"TXT": kept("proof")}})
    shown = admin.host("set", NAME, "--default", "types", "--keep-record")
    assert f"the TXT record of {NAME} stays as it is\n" in shown


# -------------------------------------------------------------------- below one with TXT


@pytest.mark.parametrize("name", (BELOW, DEEP, f"*.a.{NAME}"))
def test_somebody_else_s_host_below_one_with_txt_is_refused(
    admin: Administrator, name: str
) -> None:
    host(admin, **TXT)
    host(admin, "www.dyn.example.com", **OTHER)
    for more in ((), ("--same-credentials-as", "www.dyn.example.com")):
        complaint = admin.refused("add", name, *more)
        assert f"{NAME} may have TXT, with which it gets certificates for every name" in complaint
        assert f"{name} must not be somebody else's" in complaint
        assert f"--same-credentials-as {NAME})" in complaint
        assert f"`ddns host set {NAME} --default types`" in complaint
    assert admin.item(name) is None


@pytest.mark.parametrize("name", (BELOW, DEEP, f"*.a.{NAME}"))
def test_its_own_client_may_have_hosts_below_it(admin: Administrator, name: str) -> None:
    host(admin, **TXT)
    admin.host("add", name, *SAME)
    assert admin.item(name)["tokens"] == admin.item(NAME)["tokens"]


def test_a_host_behind_it_is_its_own_client_s(admin: Administrator) -> None:
    host(admin, **TXT)
    admin.host("add", BELOW, "--behind", NAME, "--suffix", "::2")
    host(admin, "router.dyn.example.com")
    admin.host("add", DEEP, "--behind", "router.dyn.example.com", "--suffix", "::2")


def test_a_host_behind_it_with_credentials_of_its_own_is_not(admin: Administrator) -> None:
    host(admin, **TXT)
    behind = ("--behind", NAME, "--suffix", "::2")
    assert "somebody else's" in admin.refused("add", BELOW, *behind, "--secret")
    host(admin, "router.dyn.example.com", **OTHER)
    behind = ("--behind", "router.dyn.example.com", "--suffix", "::2")
    assert "somebody else's" in admin.refused("add", BELOW, *behind)
    assert "members" not in admin.item("router.dyn.example.com")


@pytest.mark.parametrize(
    "item",
    (
        {"hostname": {"S": "Home.DYN.example.com."}, "zone_id": {"S": "Z1"}, **TXT},
        {"hostname": {"S": NAME}, "zone_id": {"S": "Z1"}, "ttl": {"S": "bad"}, **TXT},
        {"hostname": {"S": NAME}, "zone_id": {"S": "Z1"}, "disabled": {"BOOL": True}, **TXT},
    ),
    ids=("capitals", "unusable", "disabled"),
)
def test_whatever_its_item_looks_like_it_counts(
    admin: Administrator, item: Mapping[str, Any]
) -> None:
    admin.put(item)
    assert f"{NAME} may have TXT" in admin.refused("add", BELOW)


def test_below_a_host_without_txt_anybody_may_have_one(admin: Administrator) -> None:
    host(admin)
    host(admin, "x" + NAME, **TXT)
    host(admin, "*.other.dyn.example.com", **TXT)  # a wildcard never has TXT
    admin.host("add", BELOW)
    admin.host("add", "a.other.dyn.example.com", *ALL)


# ----------------------------------------------------------------------- TXT above others


def test_txt_above_somebody_else_s_hosts_is_refused_and_names_a_few(
    admin: Administrator,
) -> None:
    for name in ("a", "b", "c", "d.e", "*.f"):
        host(admin, f"{name}.{NAME}", **OTHER)
    few = f"other credentials open *.f.{NAME}, a.{NAME}, b.{NAME} and 2 more: leave TXT out"
    assert few in admin.refused("add", NAME, *ALL)
    assert admin.item(NAME) is None
    admin.host("add", NAME)
    assert few in admin.refused("set", NAME, *ALL, "--ttl", "300")
    assert not {"types", "ttl"} & set(admin.item(NAME))


def test_txt_above_hosts_of_the_same_client_is_taken(admin: Administrator) -> None:
    host(admin, DEEP)
    admin.host("add", NAME, *ALL, "--same-credentials-as", DEEP)
    host(admin, "lab.dyn.example.com")
    host(admin, "a.lab.dyn.example.com")
    admin.host("set", "lab.dyn.example.com", *ALL)


def test_other_changes_of_a_host_with_txt_are_nobody_s_business(admin: Administrator) -> None:
    host(admin, **TXT)
    host(admin, BELOW, **OTHER)
    admin.host("set", NAME, *ALL, "--wildcard", "--ttl", "300")
    admin.host("set", BELOW, "--ttl", "300")


# ----------------------------------------------------------------------------- rotation


def test_a_rotation_says_that_hosts_are_no_longer_one_client_s(admin: Administrator) -> None:
    host(admin, **TXT)
    for name in (BELOW, DEEP):
        host(admin, name)
    host(admin, "lab.dyn.example.com")
    done = admin.run("host", "rotate", NAME, "--json")
    assert done.exit_code == 0
    assert set(json.loads(done.stdout)) == {"host", "url", "token", "secret"}
    assert done.stderr.startswith(
        f"{NAME} could get certificates for {DEEP}, {BELOW}, and no longer has the same credentials"
    )
    assert "--same-credentials-as" in done.stderr
    assert not admin.run("host", "rotate", NAME).stderr, "it was said"
    assert not admin.run("host", "rotate", "lab.dyn.example.com").stderr


def test_a_rotation_of_the_lower_one_says_it_too(admin: Administrator) -> None:
    host(admin, **TXT)
    host(admin, BELOW)
    assert (
        f"{NAME} could get certificates for {BELOW}," in admin.run("host", "rotate", BELOW).stderr
    )


def test_a_rotation_counts_for_the_hosts_behind_it(admin: Administrator) -> None:
    router = "router.dyn.example.com"
    nobody = {"tokens": {"L": []}, "secrets": {"L": []}}
    host(admin, **TXT)
    host(admin, BELOW, **nobody, behind={"S": NAME})
    assert not admin.run("host", "rotate", NAME).stderr, "it speaks for the host behind it"
    host(admin, router, tokens=admin.item(NAME)["tokens"], secrets=admin.item(NAME)["secrets"])
    host(admin, DEEP, **nobody, behind={"S": router})
    assert (
        f"{NAME} could get certificates for {DEEP}," in admin.run("host", "rotate", router).stderr
    )


# ------------------------------------------------------------------------ at the same time


def test_two_hosts_that_are_added_at_once_do_not_both_stay(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin, "router.dyn.example.com")
    add = HostStore.add

    def late(store: HostStore, values: Mapping[str, object], parent: HostItem | None) -> None:
        add(store, values, parent)
        host(admin, **OTHER, **TXT)
        record(admin, BELOW, "A", "203.0.113.7")
        host(admin, BELOW, state={"M": {"A": kept("203.0.113.7")}})

    monkeypatch.setattr(HostStore, "add", late)
    behind = ("--behind", "router.dyn.example.com", "--suffix", "::2")
    complaint = admin.refused("add", BELOW, *behind)
    assert f"{BELOW} is removed again, as hosts changed meanwhile: {NAME} may have TXT" in complaint
    assert admin.item(BELOW) is None
    assert records(admin) == {}


def test_a_member_that_is_removed_again_is_mentioned_no_more(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin, "router.dyn.example.com")
    add = HostStore.add

    def late(store: HostStore, values: Mapping[str, object], parent: HostItem | None) -> None:
        add(store, values, parent)
        host(admin, **OTHER, **TXT)

    monkeypatch.setattr(HostStore, "add", late)
    behind = ("--behind", "router.dyn.example.com", "--suffix", "::2")
    assert "is removed again" in admin.refused("add", BELOW, *behind)
    assert "members" not in admin.item("router.dyn.example.com")


@pytest.mark.parametrize(
    ("options", "came", "undo"),
    (
        (ALL, BELOW, "--types A"),
        (("--wildcard",), f"*.{NAME}", "--no-wildcard"),
        ((*ALL, "--wildcard"), f"*.{NAME}", "--types A --no-wildcard"),
    ),
)
def test_a_change_beside_one_that_forbids_it_says_how_to_take_it_back(
    admin: Administrator,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    came: str,
    undo: str,
) -> None:
    host(admin, types={"SS": ["A"]})
    change = HostStore.change

    def late(store: HostStore, *arguments: Any) -> HostItem:  # noqa: ANN401 - as it takes them
        host(admin, came, **OTHER)
        return change(store, *arguments)

    monkeypatch.setattr(HostStore, "change", late)
    complaint = admin.refused("set", NAME, *options)
    assert f"{NAME} is changed, and so were other hosts meanwhile" in complaint
    assert f"`ddns host set {NAME} {undo}` takes it back" in complaint


# -------------------------------------------------------------------------- the endpoint

ENDPOINT = ("--url", f"https://ddns.{NAME}/")


def test_nobody_gets_a_certificate_for_the_endpoint(admin: Administrator) -> None:
    for name in (NAME, "com.dyn.example.com"):
        url = ("--url", f"https://a.b.DDNS.{name}:8443/base")
        complaint = admin.refused("add", name, *ALL, *url)
        assert f"{name} gets no TXT record" in complaint
        assert f"a certificate for a.b.ddns.{name}, where clients reach" in complaint
        admin.host("add", name, *url)
        assert f"{name} gets no TXT record" in admin.refused("set", name, *ALL, *url)
        assert "types" not in admin.item(name)
        admin.host("set", name, "--types", "A", "--wildcard", *url)


def test_nobody_has_the_endpoint_s_own_name(admin: Administrator) -> None:
    for more in ((), ALL):
        complaint = admin.refused("add", f"ddns.{NAME}", *more, *ENDPOINT)
        assert f"clients reach this service at ddns.{NAME}" in complaint
    assert admin.item(f"ddns.{NAME}") is None
    host(admin, f"ddns.{NAME}")
    assert "clients reach this service" in admin.refused("set", f"ddns.{NAME}", *ALL, *ENDPOINT)
    admin.host("set", f"ddns.{NAME}", "--ttl", "60", *ENDPOINT)


def test_names_beside_and_below_the_endpoint_may_have_txt(admin: Administrator) -> None:
    for name in (f"a.ddns.{NAME}", f"a.{NAME}", f"s.{NAME}"):
        admin.host("add", name, *ALL, *ENDPOINT)


def test_the_stack_tells_the_endpoint_s_names(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = {**admin.outputs, "EndpointNames": f"other.example.net,ddns.{NAME}"}
    monkeypatch.setattr("ddns_constructs.cli.deployment._outputs", lambda _: outputs)
    assert f"a certificate for ddns.{NAME}" in admin.refused("add", NAME, *ALL)
    admin.host("add", NAME)
    assert f"a certificate for ddns.{NAME}" in admin.refused("set", NAME, *ALL)
