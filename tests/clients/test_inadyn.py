"""The real inadyn, with the settings that `ddns router inadyn` prints."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.cli.router_settings import settings_of
from tests.clients.conftest import Host, Programs, Service, needs
from tests.local.processes import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


class Inadyn:
    """Runs inadyn once. It takes no loopback address for one: a command tells it others."""

    def __init__(self, programs: Programs, host: Host, folder: Path) -> None:
        self._program = needs("inadyn")
        self._programs = programs
        self._folder = folder
        settings = settings_of("inadyn", url=programs.https, host=host.name, token=host.token)
        self.settings = f"ca-trust-file = {programs.certificate}\n{settings}"
        # Else it would look the name up on the internet to see what it was.
        self._cache = folder / f"{host.name}.cache"
        self._cache.write_text("192.0.2.1")
        os.utime(self._cache, (0, 0))

    def run(self, address: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run it once, where it finds this address."""
        return self._run(self._settings_at(address), *options)

    def run_with(self, settings: str) -> subprocess.CompletedProcess[str]:
        """Run it with other settings."""
        return self._run(f"ca-trust-file = {self._programs.certificate}\n{settings}")

    def start(self, address: str, *options: str) -> tuple[str, bool]:
        """Let it work until it says what it does next.

        Returns:
            What it has said, and whether it goes on.
        """
        command = self._command(self._settings_at(address), "--loglevel=info", *options)
        with subprocess.Popen(
            command,
            env=self._programs.environment(self._folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            limit = threading.Timer(PATIENCE, process.kill)
            limit.start()
            said = ""
            for line in process.stdout or ():
                said += line
                if re.search("Updating cache|Will retry again|ignoring|exiting", line):
                    break
            ends = line.rstrip().endswith("exiting!")
            if not ends:
                process.terminate()
            process.wait()
            limit.cancel()
        return said, not ends

    def _settings_at(self, address: str) -> str:
        lines = self.settings.splitlines()
        kept = [line for line in lines if not line.lstrip().startswith("checkip-")]
        assert len(lines) - len(kept) == 2
        kept.insert(len(kept) - 1, f'    checkip-command = "/bin/echo {address}"')
        return "\n".join(kept)

    def _run(self, settings: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = self._command(settings, "--once", "--loglevel=debug", *options)
        return self._programs.run(*command, folder=self._folder)

    def _command(self, settings: str, *options: str) -> list[str | Path]:
        config = self._folder / "inadyn.conf"
        config.write_text(f"{settings}\n")
        fixed = ("--foreground", "--no-pidfile", "--config", config, "--cache-dir", self._folder)
        return [self._program, *fixed, *options]


@pytest.fixture
def host(service: Service) -> Host:
    return service.add("home")


@pytest.fixture
def inadyn(service: Service, host: Host, tmp_path: Path) -> Inadyn:
    return Inadyn(service.programs, host, tmp_path)


def test_set_no_change_change(service: Service, host: Host, inadyn: Inadyn) -> None:
    done = inadyn.run("203.0.113.7")
    assert done.returncode == 0, done.stdout
    assert "\ngood 203.0.113.7\n" in done.stdout
    assert f"Successful alias table update for {host.name} => new IP# 203.0.113.7" in done.stdout
    assert service.answer(host.name) == ("203.0.113.7",)

    again = inadyn.run("203.0.113.7")
    assert again.returncode == 0, again.stdout
    assert "/nic/update" not in again.stdout

    forced = inadyn.run("203.0.113.7", "--force")
    assert forced.returncode == 0, forced.stdout
    assert "\nnochg 203.0.113.7\n" in forced.stdout

    changed = inadyn.run("203.0.113.8")
    assert changed.returncode == 0, changed.stdout
    assert "\ngood 203.0.113.8\n" in changed.stdout
    assert service.answer(host.name) == ("203.0.113.8",)


def test_a_bad_password_is_a_failure(service: Service, host: Host, inadyn: Inadyn) -> None:
    inadyn.settings = inadyn.settings.replace(host.token, host.token[::-1])
    done = inadyn.run("203.0.113.7")
    assert done.returncode != 0
    assert "Successful alias table update" not in done.stdout
    assert service.answer(host.name) == ()


@pytest.mark.parametrize("policy", ("source", "public"))
def test_an_address_that_the_host_may_not_have_is_a_failure(
    service: Service, tmp_path: Path, policy: str
) -> None:
    strict = service.add("strict", "--addresses", policy)
    done = Inadyn(service.programs, strict, tmp_path).run("203.0.113.7")
    assert "\nabuse\n" in done.stdout
    assert "Successful alias table update" not in done.stdout
    assert service.answer(strict.name) == ()


def test_ipv6_leaves_ipv4_alone(service: Service, host: Host, inadyn: Inadyn) -> None:
    inadyn.run("203.0.113.7")
    inadyn.settings = f"allow-ipv6 = true\n{inadyn.settings}"
    done = inadyn.run("2001:db8::7")
    assert done.returncode == 0, done.stdout
    assert "\ngood 2001:db8::7\n" in done.stdout
    assert service.answer(host.name, "AAAA") == ("2001:db8::7",)
    assert service.answer(host.name) == ("203.0.113.7",)


def test_it_reads_its_address_from_the_service(
    service: Service, inadyn: Inadyn, tmp_path: Path
) -> None:
    # As far as that goes on loopback: it asks, understands, and finds the address no good.
    config = tmp_path / "inadyn.conf"
    config.write_text(f"fake-address = true\n{inadyn.settings}")
    done = service.run(
        *(needs("inadyn"), "--once", "--foreground", "--loglevel=debug", "--no-pidfile"),
        *("--config", config, "--cache-dir", tmp_path),
        folder=tmp_path,
    )
    assert "\n127.0.0.1\n" in done.stdout
    assert "Checked my IP, return code 0: OK" in done.stdout
