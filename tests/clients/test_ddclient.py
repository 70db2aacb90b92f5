"""The real ddclient, with the settings that `ddns router ddclient` prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.cli.router_settings import settings_of
from tests.clients.conftest import Host, Programs, Service, needs

if TYPE_CHECKING:
    from pathlib import Path

WEB = "use=web, web="


class Ddclient:
    """Runs ddclient once, as a person would on the command line."""

    def __init__(self, programs: Programs, host: Host, folder: Path) -> None:
        self._program = needs("ddclient")
        self._programs = programs
        self._folder = folder
        self.settings = settings_of(
            "ddclient", url=programs.https, host=host.name, token=host.token
        )
        assert "\ndaemon=300\n" in self.settings
        self.settings = self.settings.replace(
            "daemon=300\n", f"ssl_ca_file={programs.certificate}\n"
        )

    def states(self, address: str) -> None:
        """Let it find an address by a command instead of asking the service."""
        lines = self.settings.splitlines()
        (line,) = [each for each in lines if each.startswith((WEB, "use=cmd"))]
        self.settings = self.settings.replace(line, f"use=cmd, cmd='/bin/echo {address}'")

    def run(self, *, forget: bool = True) -> str:
        """Run it and return what it says."""
        config, cache = self._folder / "ddclient.conf", self._folder / "ddclient.cache"
        config.write_text(self.settings)
        config.chmod(0o600)
        if forget:  # it waits half a minute between updates, five minutes after an error
            cache.unlink(missing_ok=True)
        options = ["-daemon=0", "-foreground", "-noquiet", "-file", config, "-cache", cache]
        done = self._programs.run(
            self._program, *options, "-pid", self._folder / "ddclient.pid", folder=self._folder
        )
        return done.stdout


@pytest.fixture
def host(service: Service) -> Host:
    return service.add("home")


@pytest.fixture
def ddclient(service: Service, host: Host, tmp_path: Path) -> Ddclient:
    return Ddclient(service.programs, host, tmp_path)


def test_set_no_change_change(service: Service, host: Host, ddclient: Ddclient) -> None:
    assert f"SUCCESS:  updating {host.name}: good: IP address set to 127.0.0.1" in ddclient.run()
    assert service.answer(host.name) == ("127.0.0.1",)
    assert not ddclient.run(forget=False), "it knows that nothing has changed"
    said = ddclient.run()
    assert f"updating {host.name}: nochg: " in said
    assert "FAILED" not in said
    ddclient.states("203.0.113.8")
    said = ddclient.run()
    assert f"SUCCESS:  updating {host.name}: good: IP address set to 203.0.113.8" in said
    assert service.answer(host.name) == ("203.0.113.8",)


def test_a_bad_password_is_a_failure(service: Service, host: Host, ddclient: Ddclient) -> None:
    ddclient.settings = ddclient.settings.replace(host.token, host.token[::-1])
    said = ddclient.run()
    assert f"FAILED:   updating {host.name}: authorization failed" in said
    assert "SUCCESS" not in said
    assert service.answer(host.name) == ()


def test_an_address_that_the_host_may_not_have_is_a_failure(
    service: Service, tmp_path: Path
) -> None:
    strict = service.add("strict", "--addresses", "public")
    ddclient = Ddclient(service.programs, strict, tmp_path)
    # Of an answer with another status than 401 it speaks at the next run only.
    assert "SUCCESS" not in ddclient.run()
    assert re.search("last attempt .* failed", ddclient.run(forget=False))
    assert service.answer(strict.name) == ()


def test_ipv6_leaves_ipv4_alone(service: Service, host: Host, ddclient: Ddclient) -> None:
    ddclient.run()
    ddclient.states("2001:db8::7")
    said = ddclient.run()
    assert f"SUCCESS:  updating {host.name}: good: IP address set to 2001:db8::7" in said
    assert service.answer(host.name, "AAAA") == ("2001:db8::7",)
    assert service.answer(host.name) == ("127.0.0.1",)


def test_several_hosts_in_one_request(service: Service, host: Host, ddclient: Ddclient) -> None:
    service.admin.host(
        "add", "www.dyn.example.test", "--same-credentials-as", host.name, "--addresses", "any"
    )
    ddclient.settings = ddclient.settings.replace(
        f"\n{host.name}\n", f"\n{host.name},www.dyn.example.test\n"
    )
    said = ddclient.run()
    for name in (host.name, "www.dyn.example.test"):
        assert f"SUCCESS:  updating {name}: good: IP address set to 127.0.0.1" in said
        assert service.answer(name) == ("127.0.0.1",)
    assert "WARNING" not in said
