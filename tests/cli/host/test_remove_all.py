"""`ddns host remove --all`: records go before the items, and a crash goes on where it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.cli.hosts.store import HostStore
from tests.cli.host.table import host, kept, record, records

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

NAMES = [f"h{number}.dyn.example.com" for number in range(3)]


@pytest.fixture
def hosts(admin: Administrator, _empty_zone: None) -> Administrator:
    for number, name in enumerate(NAMES):
        value = f"203.0.113.{number}"
        host(admin, name, state={"M": {"A": kept(value)}})
        record(admin, name, "A", value)
    return admin


def items(admin: Administrator) -> list[str]:
    return [name for name in NAMES if admin.item(name)]


def test_every_host_goes_with_its_records(hosts: Administrator) -> None:
    shown = hosts.host("remove", "--all", "--yes")
    assert "removed: 3\n" in shown
    assert (items(hosts), records(hosts)) == ([], {})
    assert "removed: 0\n" in hosts.host("remove", "--all", "--yes")


def test_hosts_behind_others_go_before_them_whatever_the_order(hosts: Administrator) -> None:
    first, second, third = NAMES
    for name, above, members in ((first, "", [second]), (second, first, [third])):
        more: dict[str, Any] = {"members": {"SS": members}, "state": {"M": {}}}
        host(hosts, name, **more, **({"behind": {"S": above}} if above else {}))
    host(hosts, third, behind={"S": second}, state={"M": {}})
    shown = hosts.host("remove", "--all", "--yes")
    gone = [line.split()[0] for line in shown.splitlines() if line.endswith("is removed")]
    assert gone == [third, second, first]


def test_what_was_interrupted_goes_on_where_it_ended(
    hosts: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = HostStore.remove
    calls = []

    def crashing(store: HostStore, item: Any) -> bool:  # noqa: ANN401 - an item
        calls.append(item.name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return remove(store, item)

    with monkeypatch.context() as patched:
        patched.setattr(HostStore, "remove", crashing)
        assert hosts.run("host", "remove", "--all", "--yes").exit_code == 130
    left = items(hosts)
    assert len(left) == 2
    assert {name for name, _ in records(hosts)} <= set(left)  # no record without its item
    hosts.host("remove", "--all", "--yes")
    assert (items(hosts), records(hosts)) == ([], {})


def test_somebody_else_s_record_stays_and_so_does_that_host_alone(hosts: Administrator) -> None:
    record(hosts, NAMES[1], "A", "198.51.100.1")
    result = hosts.run("host", "remove", "--all", "--yes")
    assert result.exit_code == 1
    assert f"{NAMES[1]}: the zone holds something else" in result.stderr
    assert "--keep-record" in result.stderr
    assert items(hosts) == [NAMES[1]]
    assert records(hosts) == {(NAMES[1], "A"): ["198.51.100.1"]}
    hosts.host("remove", "--all", "--yes", "--keep-record")
    assert items(hosts) == []


def test_who_may_not_change_the_zone_leaves_the_other_hosts_as_they_are(
    hosts: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Error(Exception):
        pass

    def denied(*_: object) -> None:
        raise Error

    monkeypatch.setattr("ddns_constructs.cli.host.removal.remove_records", denied)
    monkeypatch.setattr("ddns_constructs.cli.errors._of_aws", lambda _: "not authorized")
    assert hosts.run("host", "remove", "--all", "--yes").exit_code == 1
    assert sum("disabled" in hosts.item(name) for name in NAMES) == 1


def test_it_asks_first_and_needs_to_know_which(
    hosts: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "pass --yes to remove all hosts" in hosts.refused("remove", "--all", code=2)
    for words in ([], [NAMES[0], "--all"]):
        assert "say which host, or --all" in hosts.refused("remove", *words, code=2)
    asked = []

    def confirm(text: str, *, abort: bool) -> None:
        asked.append(text)
        assert abort

    monkeypatch.setattr("ddns_constructs.cli.host.remove.typer.confirm", confirm)
    monkeypatch.setattr("ddns_constructs.cli.host.remove._interactive", lambda: True)
    hosts.host("remove", "--all")
    table = hosts.outputs["TableName"]
    assert asked == [f"Remove all hosts of table {table}, 3 of them, and their records?"]
