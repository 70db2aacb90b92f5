"""Whatever somebody wrote into an item, it can be shown, and hides no other."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from ddns_constructs.cli.host import view
from ddns_constructs.cli.hosts.item import HostItem
from ddns_constructs.cli.terminal import print_json
from tests.core.client.written_items import ITEMS, NAME

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc)
KEPT_TEXT = {"ttl": {"N": "60"}, "stamp": {"N": "1"}}


@given(ITEMS)
def test_whatever_an_item_holds_it_can_be_shown(raw: dict[str, Any]) -> None:
    item = HostItem(raw)
    print_json([view.about(item)])
    view.show_hosts([item], NOW)
    view.show_host(item, NOW)


@pytest.mark.parametrize(
    "broken",
    (
        {"types": {"NS": ["1", "2"]}},
        {"members": {"NS": ["1", "2"]}},
        {"tokens": {"L": [{"N": "1"}]}},
        {"ttl": {"N": f"1{'0' * 50}"}},
        {"verified": {"N": f"1{'0' * 30}"}, "changed": {"N": f"-1{'0' * 30}"}},
        {"changed": {"S": "yesterday"}},
        {"suffix": {"S": "nonsense"}},
    ),
    ids=str,
)
def test_what_is_odd_about_an_item_hides_no_other(
    admin: Administrator, broken: dict[str, Any]
) -> None:
    admin.host("add", NAME)
    admin.put({"hostname": {"S": "odd.example.com"}, "zone_id": {"S": "Z1"}, **broken})
    assert NAME in admin.host("list")
    names = {each["host"] for each in json.loads(admin.host("list", "--json"))}
    assert names == {NAME, "odd.example.com"}
    assert "odd.example.com" in admin.host("show", "odd.example.com")
    admin.host("remove", "odd.example.com", "--yes", "--keep-record")


def test_a_key_that_is_no_host_name_is_reported_and_hides_no_other(admin: Administrator) -> None:
    admin.host("add", NAME)
    admin.put({"hostname": {"S": "home"}, "zone_id": {"S": "Z1"}})
    (line,) = [each for each in admin.host("list").splitlines() if each.startswith("home ")]
    assert re.search(r"unusable  its key is no host name: delete it in DynamoDB *$", line)


# ------------------------------------------------------------------ as it is written


def test_markup_in_keys_and_notes_is_shown_as_it_is(admin: Administrator) -> None:
    admin.host("add", NAME, "--note", "[red]the cabin[/red]")
    admin.put({"hostname": {"S": "[bold]x[/].example.com"}, "zone_id": {"S": "Z1"}})
    assert "[bold]x[/].example.com" in admin.host("list")
    assert re.search(r"^note +\[red\]the cabin\[/red\]$", admin.host("show", NAME), re.MULTILINE)


@pytest.mark.parametrize("control", ("\x1b[31m", "\x9b31m", "\u202e", "\r", "\n", "\x07"))
def test_what_is_written_into_an_item_does_nothing_to_a_terminal(
    admin: Administrator, control: str
) -> None:
    admin.put(
        {
            "hostname": {"S": NAME},
            "zone_id": {"S": "Z1"},
            "note": {"S": f"be{control}fore"},
            "behind": {"S": f"be{control}fore"},
            "state": {"M": {"A": {"M": KEPT_TEXT | {"value": {"S": f"be{control}fore"}}}}},
        }
    )
    admin.put({"hostname": {"S": f"be{control}fore"}, "zone_id": {"S": "Z1"}})
    escaped = control.encode("unicode_escape").decode()
    shown = admin.host("list")
    assert len(shown.splitlines()) == 3
    assert shown.count(f"be{escaped}fore") == 3
    for words in (["list"], ["show", NAME], ["list", "--json"], ["show", NAME, "--json"]):
        assert f"be{control}fore" not in admin.host(*words)
    assert f"be{escaped}fore\n" in admin.host("show", NAME)
    assert json.loads(admin.host("show", NAME, "--json"))["note"] == f"be{control}fore"
