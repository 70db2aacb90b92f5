"""`ddns host remove`, `disable` and `enable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from botocore.exceptions import ClientError

from ddns_constructs.cli.hosts.store import HostStore
from tests.cli.conftest import STACK
from tests.cli.host.table import NAME, host, kept, record, records

if TYPE_CHECKING:
    from ddns_constructs.cli.hosts.item import HostItem
    from tests.cli.conftest import Administrator

pytestmark = pytest.mark.usefixtures("_standing_clock", "_empty_zone")


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
    unverified = kept("203.0.113.8")
    unverified["M"]["unverified"] = {"BOOL": True}
    host(admin, state={"M": {"A": unverified}}, **PENDING)
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


def test_whoever_cannot_delete_sees_how_things_stand(
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


def test_a_zone_that_is_gone_is_reported_with_how_to_go_on(admin: Administrator) -> None:
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
