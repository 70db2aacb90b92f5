"""`ddns router`: settings to paste."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from ddns_constructs.cli.app import app
from ddns_constructs.cli.hosts.store import HostStore
from ddns_constructs.cli.router_names import short_names
from ddns_constructs.cli.router_settings import settings_of
from ddns_constructs.cli.router_templates import ROUTERS
from tests.cli.conftest import STACK, URL

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

HOST = "home.dyn.example.com"
TOKEN = "t0ken"  # noqa: S105 - of nobody


def printed(*words: str) -> str:
    result = CliRunner().invoke(app, ["router", *words])
    assert result.exit_code == 0, result.output
    return str(result.stdout)


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


@pytest.mark.parametrize("name", ROUTERS)
def test_names_and_titles_are_taken_in_any_case(name: str) -> None:
    title = ROUTERS[name].title
    for written in (name.upper(), title, title.lower(), title.upper()):
        assert printed(written) == printed(name)


@pytest.mark.parametrize(
    ("options", "complaint"),
    (
        (("--host", ""), "is no host name: it is empty"),
        (("--host", "not a host"), "'not a host' is no host name"),
        (("--url", "notaurl"), "--url must be a whole URL such as https://"),
    ),
)
def test_what_is_no_host_or_no_url_is_refused(options: tuple[str, ...], complaint: str) -> None:
    result = CliRunner().invoke(app, ["router", "curl", *options])
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert not result.stdout


def test_the_shell_client_is_where_it_is_said_to_be_and_how_it_gets_a_secret() -> None:
    shown = printed("shell", "--host", HOST, "--url", URL)
    (script,) = re.findall(r"^sh (\S+) -c /etc/ddns\.conf$", shown, re.MULTILINE)
    assert Path(script).read_text().startswith("#!/bin/sh\n")
    assert "added with `--secret`" in shown
    assert f"ddns host rotate {HOST} --secret\n" in shown


def test_what_the_settings_suggest_names_the_stack_unless_the_environment_does(
    admin: Administrator,
) -> None:
    admin.host("add", HOST)
    words = ("router", "fritzbox", "--host", HOST, "--stack", STACK)
    suggested = f"ddns host set {HOST} --addresses public"
    assert f"{suggested} --stack {STACK}\n" in admin.run(*words, stack="").output
    assert f"{suggested}\n" in admin.run(*words, stack=STACK).output


STATING = ("ddclient", "fritzbox", "pfsense", "opnsense")


@pytest.mark.parametrize("name", STATING)
def test_what_a_host_has_already_is_not_advised(admin: Administrator, name: str) -> None:
    words = ("router", name, "--host", HOST)
    admin.host("add", HOST)
    assert "--addresses public" in admin.run(*words).stdout
    admin.host("set", HOST, "--addresses", "public")
    shown = admin.run(*words)
    assert "--addresses" not in shown.output
    assert not re.search(r"@[A-Z]+@", shown.output)


def test_a_host_that_is_not_there_is_refused(admin: Administrator) -> None:
    for more in ((), ("--table", admin.table)):
        result = admin.run("router", "curl", "--host", "nobody.dyn.example.com", *more)
        assert result.exit_code == 1
        assert "there is no host nobody.dyn.example.com" in result.stderr
        assert "`ddns host add nobody.dyn.example.com" in result.stderr
        assert not result.stdout


def test_whoever_cannot_look_it_up_is_told_so_and_gets_the_settings(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = admin.run("router", "curl", "--host", HOST, "--url", URL, stack="")
    assert f"{HOST} was not looked up: --stack or --table tells" in result.stderr
    assert f'user = "{HOST}:TOKEN"' in result.stdout

    def denied(_store: object, _name: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem")

    monkeypatch.setattr(HostStore, "find", denied)
    result = admin.run("router", "curl", "--host", HOST)
    assert f"{HOST} was not looked up: AccessDenied" in result.stderr
    assert f'user = "{HOST}:TOKEN"' in result.stdout


def test_a_host_behind_another_has_no_client_and_a_disabled_one_is_said_to_be(
    admin: Administrator,
) -> None:
    admin.host("add", HOST)
    admin.host("add", "nas.example.com", "--behind", HOST, "--suffix", "::2")
    result = admin.run("router", "curl", "--host", "nas.example.com")
    assert f"`ddns router NAME --host {HOST}`" in result.stderr
    assert (result.exit_code, result.stdout) == (1, "")
    admin.host("disable", HOST)
    result = admin.run("router", "curl", "--host", HOST)
    assert f"{HOST} is disabled: `ddns host enable {HOST}`" in result.stderr
    assert result.exit_code == 0


def test_a_shell_completes_the_names_of_clients() -> None:
    assert short_names("op") == ["opnsense", "openwrt"]


@pytest.mark.parametrize("name", ("fritzbox", "pfsense", "opnsense", "shell"))
def test_a_wildcard_host_is_quoted_where_a_shell_would_read_it(name: str) -> None:
    star = f"*.{HOST}"
    settings = printed(name, "--host", star, "--url", URL)
    commands = re.findall(r"(?:^|[`#]) *((?:sh|ddns) [^`\n]*)", settings, re.MULTILINE)
    stars = [word for each in commands for word in shlex.split(each, posix=False) if "*" in word]
    assert stars
    assert set(stars) == {f"'{star}'"}


def test_ddns_scripts_are_given_a_name_to_look_up_that_they_take() -> None:
    """Of a star they say "found characters outside allowed subset" and end."""
    for host, looked_up in ((HOST, HOST), (f"*.{HOST}", f"any.{HOST}")):
        shown = printed("openwrt", "--host", host, "--url", URL)
        assert re.findall(r"lookup_host '(.*)'", shown) == [looked_up] * 2
        assert re.findall(r"domain '(.*)'", shown) == [host] * 2


def test_the_token_for_curl_is_in_no_command() -> None:
    settings = settings_of("curl", url=URL, host=HOST, token=TOKEN)
    having = [each for each in settings.splitlines() if TOKEN in each]
    assert having == [f'user = "{HOST}:{TOKEN}"']
    assert "umask 077" in settings


def test_an_unknown_name_says_which_are_known() -> None:
    result = CliRunner().invoke(app, ["router", "toaster"])
    assert result.exit_code == 2
    assert "no settings for 'toaster', only for: ddclient, inadyn" in result.output


def test_the_url_can_come_from_the_stack(admin: Administrator) -> None:
    assert f"server={URL.split('/')[2]}\n" in admin.run("router", "ddclient").output


def test_a_literal_at_sign_stays_in_front_of_the_server() -> None:
    shown = settings_of("openwrt", url=URL, host=HOST)
    assert f"[USERNAME]:[PASSWORD]@{URL.split('/')[2]}/nic" in shown
