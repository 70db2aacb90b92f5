"""`ddns router`: settings to paste."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ddns_constructs.cli._app import app
from ddns_constructs.cli._router import ready_lines, settings_of
from ddns_constructs.cli._router_texts import ROUTERS
from tests.cli.conftest import URL

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

HOST = "home.dyn.example.com"


def printed(*words: str) -> str:
    result = CliRunner().invoke(app, ["router", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_name_it_lists_them() -> None:
    assert [line.split()[0] for line in printed().splitlines()] == list(ROUTERS)
    assert {
        "ddclient inadyn fritzbox unifi pfsense opnsense openwrt synology mikrotik curl shell"
    } == {" ".join(ROUTERS)}


@pytest.mark.parametrize("name", ROUTERS)
def test_the_settings_are_filled_in(name: str) -> None:
    shown = printed(name, "--host", HOST, "--url", URL)
    assert URL.split("/")[2] in shown
    assert HOST in shown
    assert ("SECRET" if ROUTERS[name].secret else "TOKEN") in shown
    assert not re.search(r"@[A-Z]+@", shown)


@pytest.mark.parametrize("name", ROUTERS)
def test_without_options_the_settings_say_where_to_put_what(name: str) -> None:
    shown = printed(name)
    assert "SERVER" in shown
    assert "HOST" in shown
    assert not re.search(r"@[A-Z]+@", shown)


def test_names_are_taken_in_any_case() -> None:
    assert printed("OPNsense") == printed("opnsense")


def test_an_unknown_name_says_which_are_known() -> None:
    result = CliRunner().invoke(app, ["router", "toaster"])
    assert result.exit_code == 2
    assert "no settings for 'toaster', only for: ddclient, inadyn" in result.output


def test_the_url_can_come_from_the_stack(admin: Administrator) -> None:
    assert f"server={URL.split('/')[2]}\n" in admin.run("router", "ddclient").output


def test_lines_are_for_what_the_host_has() -> None:
    def lines(token: str, secret: str) -> dict[str, str]:
        url = "https://ddns.example.com/base"
        return ready_lines(url=url, host=HOST, token=token, secret=secret)

    tokens, secrets, both = lines("t0ken", ""), lines("", "5ecret"), lines("t0ken", "5ecret")
    assert set(secrets) == {"ddns.sh"}
    assert {**tokens, **secrets} == both
    assert list(both) == [each.title for each in ROUTERS.values()]
    assert "https://ddns.example.com/base/nic/update" in tokens["curl"]


def test_a_literal_at_sign_stays_in_front_of_the_server() -> None:
    shown = settings_of("openwrt", url=URL, host=HOST)
    assert f"[USERNAME]:[PASSWORD]@{URL.split('/')[2]}/nic" in shown
