"""docs/routers.md: every settings block is what the command prints, every command was run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from ddns_constructs.cli.router_settings import ready_lines, settings_of
from ddns_constructs.cli.router_templates import ROUTERS
from ddns_constructs.local.examples import client_script
from tests.clients import answers
from tests.clients.answers import URL
from tests.clients.conftest import Host, Service, needs
from tests.clients.readers import CLIENTS, SERVER
from tests.clients.test_ddclient import Ddclient
from tests.clients.test_inadyn import Inadyn

HOST = "home.dyn.example.test"
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "routers.md").read_text()
PAGE = PAGE.replace("home.dyn.example.com", HOST)
ADDRESS, HERE = "203.0.113.7", "127.0.0.1"
SECTIONS = dict(zip(ROUTERS, re.split(r"^## .*\n", PAGE, flags=re.MULTILINE)[1:], strict=True))


class Run(NamedTuple):
    """A command of the page and what it says that comes of it."""

    router: str
    command: str
    output: str


def runs(*programs: str) -> list[Run]:
    found = [
        Run(router, *match)
        for router, text in SECTIONS.items()
        for match in re.findall(r"^```console\n\$ (.*)\n(.*)\n```$", text, re.MULTILINE)
    ]
    assert len(found) >= len(ROUTERS)
    return [each for each in found if each.command.split()[0] in programs]


def filled(service: Service, host: Host, text: str) -> str:
    server = service.url.https.removeprefix("https://").rstrip("/")
    return text.replace("SERVER", server).replace("TOKEN", host.token)


@pytest.fixture
def host(service: Service) -> Host:
    return service.add("home")


def test_every_client_has_a_section_and_a_command() -> None:
    assert {run.router for run in runs("curl", "ddclient", "inadyn", "ddns.sh")} == set(ROUTERS)


@pytest.mark.parametrize("router", ROUTERS)
def test_the_settings_are_those_that_the_command_prints(router: str) -> None:
    printed = settings_of(router, url="https://SERVER/", host=HOST).rstrip()
    # The command prints where this machine has it.
    printed = printed.replace(str(client_script()), "/path/to/ddns.sh")
    assert f"\n```text\n{printed}\n```\n" in SECTIONS[router]


@pytest.mark.parametrize("run", runs("curl"), ids=lambda run: f"{run.router}-{run.command[-30:]}")
def test_the_request_has_the_answer_that_the_page_shows(
    service: Service, host: Host, tmp_path: Path, run: Run
) -> None:
    needs("curl")
    # Where no address is stated it is the one that the request comes from: here, loopback.
    stated = "myip=" in run.command
    expected = run.output if stated else run.output.replace(ADDRESS, HERE)
    command = ["--silent", "--show-error", *shlex.split(filled(service, host, run.command))[1:]]
    done = service.run("curl", *command, folder=tmp_path)
    assert done.stdout == expected
    addresses = expected.split()[1].split(",")
    assert service.answer(HOST) == tuple(each for each in addresses if ":" not in each)
    assert service.answer(HOST, "AAAA") == tuple(each for each in addresses if ":" in each)
    again = service.run("curl", *command, folder=tmp_path)
    assert again.stdout == expected.replace("good", "nochg")


def test_ddclient_says_what_the_page_shows(service: Service, host: Host, tmp_path: Path) -> None:
    (run,) = runs("ddclient")
    ddclient = Ddclient(service.programs, host, tmp_path)
    ddclient.states(ADDRESS)
    assert run.output in ddclient.run().splitlines()


def test_inadyn_says_what_the_page_shows(service: Service, host: Host, tmp_path: Path) -> None:
    (run,) = runs("inadyn")
    assert run.output in Inadyn(service.programs, host, tmp_path).run(ADDRESS).stdout


@pytest.mark.parametrize("mode", ("signed", "seed"))
def test_the_shell_client_says_what_the_page_shows(
    service: Service, host: Host, tmp_path: Path, mode: str
) -> None:
    (run,) = runs("ddns.sh")
    settings = settings_of(
        "shell", url=service.url.https, host=HOST, token=host.token, secret=host.secret
    )
    config = tmp_path / "ddns.conf"
    lines = settings[: settings.index("\n# A host has")]
    config.write_text(lines.replace("mode = signed", f"mode = {mode}"))
    config.chmod(0o600)
    done = service.run("sh", client_script(), "-c", config, folder=tmp_path)
    assert done.returncode == 0, done.stdout
    if mode == "signed":
        assert done.stdout == f"{run.output.replace(ADDRESS, HERE)}\n"
    assert service.answer(HOST) == (HERE,)
    again = service.run("sh", client_script(), "-c", config, folder=tmp_path)
    assert (again.returncode, again.stdout) == (0, "")
    config.write_text(lines.replace(host.secret, host.secret[::-1]))
    refused = service.run("sh", client_script(), "-c", config, folder=tmp_path)
    assert refused.returncode == 2
    assert "refused over IPv4 with 401" in refused.stdout


# --------------------------------------- what `ddns host add` prints, as it is printed


class Shown(NamedTuple):
    """A host that was just added, and what was printed to paste, by the client's title."""

    secret: str
    lines: dict[str, str]


@pytest.fixture
def shown(service: Service) -> Shown:
    options = ("--secret", "--addresses", "any", "--url", service.url.https)
    said = service.admin.host("add", HOST, *options)
    (secret,) = re.findall(r"^secret +(\S+)$", said, re.MULTILINE)
    _, lines, _ = said.split("\n\n")
    # As from a terminal: the space in front of the second line and the next is copied with it.
    return Shown(secret, dict(re.findall(r"^(\S+) +(.*(?:\n .*)*)$", lines, re.MULTILINE)))


def test_there_is_something_to_paste_for_each_client(shown: Shown) -> None:
    assert list(shown.lines) == [each.title for each in ROUTERS.values()]


def test_the_lines_for_ddclient_are_enough_and_go_over_https(
    service: Service, shown: Shown, tmp_path: Path
) -> None:
    program = needs("ddclient")
    config = tmp_path / "ddclient.conf"
    config.write_text(f"{shown.lines['ddclient']}\n")
    config.chmod(0o600)
    options = ["-daemon=0", "-foreground", "-noquiet", "-verbose", "-file", config]
    options += ["-cache", tmp_path / "cache", "-pid", tmp_path / "pid"]
    options += ["-ssl_ca_file", service.aws.certificate]
    said = service.run(program, *options, folder=tmp_path).stdout
    assert f"SUCCESS:  updating {HOST}: good: IP address set to {HERE}" in said
    assert "http://" not in said
    assert service.answer(HOST) == (HERE,)


def test_the_line_for_inadyn_is_enough(service: Service, shown: Shown, tmp_path: Path) -> None:
    inadyn = Inadyn(service.programs, Host(HOST, "", ""), tmp_path)
    # It takes no address of loopback for one: a command tells it another.
    asking = re.compile(r'checkip-server = "\S+" checkip-path = "/checkip"')
    line, count = asking.subn(f'checkip-command = "/bin/echo {ADDRESS}"', shown.lines["inadyn"])
    assert count == 1
    assert f"\ngood {ADDRESS}\n" in inadyn.run_with(line).stdout
    assert service.answer(HOST) == (ADDRESS,)


def test_the_lines_for_curl_are_enough_and_only_the_user_can_read_what_they_keep(
    service: Service, shown: Shown, tmp_path: Path
) -> None:
    needs("curl")
    keep, *typed, line = shown.lines["curl"].splitlines()
    asked = service.programs.run("sh", "-c", keep, folder=tmp_path, typed="\n".join(typed))
    assert asked.stdout == "paste the two lines, then Ctrl-D\n"
    (kept,) = tmp_path.glob(".*")
    assert kept.stat().st_mode & 0o777 == 0o600
    done = service.run("sh", "-c", line.strip(), folder=tmp_path)
    assert done.stdout == f"good {HERE}"


def test_the_line_for_the_shell_client_is_enough(
    service: Service, shown: Shown, tmp_path: Path
) -> None:
    needs("curl")
    secret = tmp_path / "secret"
    secret.write_text(f"{shown.secret}\n")
    secret.chmod(0o600)
    line = shown.lines["ddns.sh"].replace("FILE_WITH_THE_SECRET", str(secret))
    done = service.run("sh", "-c", line, folder=tmp_path)
    assert done.stdout == f"{HOST}: changed: {HERE}\n"


# ------------------------------------------------ what a router makes of its settings


# Besides the URL; that the settings have it too is asserted where they are read by the rules.
MATTERS = {
    "inadyn": ("inadyn --continue-on-error",),
    "fritzbox": ("ddns host set home.example.com --addresses public",),
    "pfsense": ("Verify SSL/TLS on", "Result match good %IP%|nochg %IP%"),
    "opnsense": ("Protocol DynDNS2", "Force SSL on"),
    "openwrt": ('"answer": "^(good|nochg)"', "use_curl 1", "service_name ddns-constructs"),
    "mikrotik": ("mode=https check-certificate=yes",),
    "curl": ("--fail-with-body --retry 3", "umask 077"),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_the_urls_of_the_settings_and_of_the_line_work_when_they_are_filled_in(
    service: Service, host: Host, tmp_path: Path, name: str
) -> None:
    needs("curl")
    settings = settings_of(name, url=URL, host=answers.HOST, token=answers.TOKEN)
    lines = ready_lines(url=URL, host=answers.HOST, token=answers.TOKEN, secret="")
    (url, address), *_ = CLIENTS[name].urls(settings)
    url = url.replace(answers.HOST, host.name).replace(answers.TOKEN, host.token)
    url = url.replace(URL, service.url.https)
    url = url.replace(f"@{SERVER}", f"@{service.url.https.removeprefix('https://').rstrip('/')}")
    login = [] if "@" in url else ["--user", f"{host.name}:{host.token}"]
    done = service.run("curl", "--silent", "--show-error", *login, url, folder=tmp_path)
    assert re.fullmatch(f"good ({address}.*|{HERE})", done.stdout)
    # A line has the same, so that it is read alike; that for ddclient is run above.
    line, pattern = lines[ROUTERS[name].title], r"/nic/update\S*?(?=[\s'\"]|$)"
    assert name == "ddclient" or set(re.findall(pattern, line)) == set(
        re.findall(pattern, settings)
    )
    assert not [what for what in MATTERS.get(name, ()) if what not in line]
