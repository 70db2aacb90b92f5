"""`ddns host set`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.cli.hosts.store import HostStore
from tests.cli.host.table import NAME, SECRETS, host, kept, of_the_blog_sample, record, records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs.cli.hosts.item import HostItem
    from tests.cli.conftest import Administrator

pytestmark = pytest.mark.usefixtures("_standing_clock", "_empty_zone")


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
        (("--ttl", "0"), "--ttl must be 1 to"),
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


def test_who_cannot_reach_the_zone_sees_what_is_left_and_how_to_go_on(
    admin: Administrator,
) -> None:
    four(admin, state_zone={"S": "ZGONE"})
    result = admin.run("host", "set", NAME, "--no-wildcard")
    assert result.exit_code == 1
    complaint = result.stderr
    assert f"{NAME} is changed, and *.A of it are still there" in " ".join(complaint.split())
    assert "--keep-record" in complaint
    assert "*.A" in admin.item(NAME)["state"]["M"]


def test_an_item_of_the_blog_sample_is_changed_as_one_of_ours(admin: Administrator) -> None:
    of_the_blog_sample(admin, nested=True)
    admin.host("set", NAME, "--ttl", "60", "--default", "types")
    assert admin.item(f"{NAME}.") == {
        "hostname": {"S": f"{NAME}."},
        "zone_id": {"S": admin.zone_id("dyn.example.com")},
        "ttl": {"N": "60"},
        "tokens": {"L": []},
        "secrets": {"L": [{"S": SECRETS[2]}]},
    }
