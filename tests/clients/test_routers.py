"""docs/routers.md: every settings block is what the command prints, every command was run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from ddns_constructs.cli.router_settings import settings_of
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


# --------------------------------------- what `ddns host add --for` prints, as it is printed


def test_a_finished_set_up_of_curl_works_and_only_the_user_can_read_what_it_keeps(
    service: Service, tmp_path: Path
) -> None:
    needs("curl")
    options = ("--for", "curl", "--addresses", "any", "--url", service.url.https)
    lines = service.admin.host("add", HOST, *options).splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("(umask"))
    keep, *typed = lines[begin : begin + 3]
    asked = service.programs.run("sh", "-c", keep, folder=tmp_path, typed="\n".join(typed))
    assert asked.stdout == "paste the two lines, then Ctrl-D\n"
    (kept,) = tmp_path.glob(".*")
    assert kept.stat().st_mode & 0o777 == 0o600
    (line,) = [each for each in lines if each.startswith("curl ")]
    assert service.run("sh", "-c", line, folder=tmp_path).stdout == f"good {HERE}"


# ------------------------------------------------ what a router makes of its settings


@pytest.mark.parametrize("name", CLIENTS)
def test_the_urls_of_the_settings_work_when_they_are_filled_in(
    service: Service, host: Host, tmp_path: Path, name: str
) -> None:
    needs("curl")
    settings = settings_of(name, url=URL, host=answers.HOST, token=answers.TOKEN)
    (url, address), *_ = CLIENTS[name].urls(settings)
    url = url.replace(answers.HOST, host.name).replace(answers.TOKEN, host.token)
    url = url.replace(URL, service.url.https)
    url = url.replace(f"@{SERVER}", f"@{service.url.https.removeprefix('https://').rstrip('/')}")
    login = [] if "@" in url else ["--user", f"{host.name}:{host.token}"]
    done = service.run("curl", "--silent", "--show-error", *login, url, folder=tmp_path)
    assert re.fullmatch(f"good ({address}.*|{HERE})", done.stdout)
