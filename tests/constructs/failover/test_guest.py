"""What the nodes run: the commands are carried out here, in a folder, with programs that note."""

from __future__ import annotations

import graphlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ddns_constructs import EniFailover, OverlayIpFailover, ServiceIpFailover
from ddns_constructs._failover import guest
from tests.constructs.failover.bench import Bench

_SHELL = shutil.which("sh") or "/bin/sh"
# A program that notes how it was called, and answers from a file of its name where there is one.
_NOTES = """#!/bin/sh
echo "$(basename "$0") $*" >> {folder}/calls
for argument; do last=$argument; done
answers="{folder}/answers/$(basename "$0")"
[ ! -e "$answers" ] || . "$answers"
"""


@dataclass
class Machine:
    """A folder that the commands take for the root of a machine."""

    folder: Path

    def __post_init__(self) -> None:
        for each in (
            *("etc/systemd/system", "etc/udev/rules.d", "usr/local/sbin"),
            *("usr/lib/systemd/system", "sys/class/net/eth1", "bin", "answers"),
        ):
            (self.folder / each).mkdir(parents=True)
        for name in ("ip", "systemctl", "udevadm", "curl", "sleep"):
            self.program(name)

    def program(self, name: str, answers: str = "") -> None:
        """Put a program in place that notes its calls, and answers by some shell code."""
        path = self.folder / "bin" / name
        path.write_text(_NOTES.format(folder=self.folder))
        path.chmod(0o755)
        if answers:
            (self.folder / "answers" / name).write_text(answers)

    def run(self, script: str, *arguments: str, check: bool = True) -> int:
        """Run a script in the folder; return its exit status."""
        text = script
        for top in ("/etc/", "/usr/local/", "/usr/lib/", "/sys/"):
            text = text.replace(top, f"{self.folder}{top}")
        ran = subprocess.run(
            [_SHELL, "-s", *arguments],
            input=text,
            text=True,
            capture_output=True,
            env={"PATH": f"{self.folder}/bin:/usr/bin:/bin"},
            check=False,
        )
        assert not check or ran.returncode == 0, ran.stderr
        return ran.returncode

    @property
    def calls(self) -> list[str]:
        """How programs were called since the last look."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def text(self, path: str) -> str:
        """Return what a file holds."""
        return (self.folder / path).read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing was done yet."""
    return Machine(tmp_path)


def _commands(kind: type, **arguments: Any) -> str:  # noqa: ANN401 - any of it
    bench = Bench()
    return "\n".join(bench.define(kind, **arguments).guest_commands())


def _executed(unit: str, key: str) -> list[str]:
    """Return what a unit runs, as the shell gets it."""
    lines = [line.partition("=")[2] for line in unit.splitlines() if line.startswith(f"{key}=")]
    return [line.removeprefix("-").removeprefix("/bin/sh -c ").strip('"') for line in lines]


# ---------------------------------------------------------------- an address of one's own


@pytest.mark.parametrize(
    ("kind", "address"), ((OverlayIpFailover, "192.168.100.10"), (ServiceIpFailover, "10.0.0.100"))
)
def test_a_unit_is_enabled_for_each_start_and_begun_now(
    machine: Machine, kind: type, address: str
) -> None:
    machine.run(_commands(kind))
    name = f"{guest.device_of(address)}.service"
    assert machine.calls == ["systemctl daemon-reload", f"systemctl enable --now {name}"]
    unit = machine.text(f"etc/systemd/system/{name}")
    assert "WantedBy=multi-user.target" in unit
    assert f"Description=Service address {address} " in unit


@pytest.mark.parametrize(
    ("address", "prefix"),
    (("192.168.100.10", "192.168.100.10/32"), ("fd00::10", "fd00::10/128")),
)
def test_the_unit_puts_the_address_on_a_dummy_interface_that_nobody_else_knows(
    machine: Machine, address: str, prefix: str
) -> None:
    machine.run(_commands(OverlayIpFailover, address=address))
    device = guest.device_of(address)
    assert len(device) <= 15, "Linux takes no longer name"
    unit = machine.text(f"etc/systemd/system/{device}.service")
    machine.calls  # noqa: B018 - begin anew
    for key in ("ExecStartPre", "ExecStart"):
        machine.run("\n".join(_executed(unit, key)))
    flags = " nodad" if ":" in address else ""
    assert machine.calls == [
        f"ip link add {device} type dummy",
        f"ip link set dev {device} up",
        f"ip address replace {prefix} dev {device}{flags}",
    ]


def test_a_kernel_without_dummy_interfaces_gets_it_on_its_loopback_interface(
    machine: Machine,
) -> None:
    machine.run(_commands(OverlayIpFailover))
    device = guest.device_of("192.168.100.10")
    unit = machine.text(f"etc/systemd/system/{device}.service")
    machine.program("ip", f'case "$*" in *{device}*) exit 1;; esac\n')
    # systemd goes on after a line that begins with a minus sign.
    assert "ExecStartPre=-" in unit
    machine.run("\n".join(_executed(unit, "ExecStart")))
    assert machine.calls[-1] == "ip address replace 192.168.100.10/32 dev lo"


# What waits for what when Debian and Ubuntu start: cloud-init waits for the network,
# and what has systemd's default dependencies waits for that.
_STARTED_AFTER = {
    "systemd-networkd.service": {"network-pre.target"},
    "cloud-init.service": {"systemd-networkd.service", "cloud-init-local.service"},
    "sysinit.target": {"cloud-init.service", "cloud-init-local.service"},
    "network-pre.target": {"cloud-init-local.service"},
    "basic.target": {"sysinit.target"},
}


def test_a_machine_that_starts_again_has_the_address_and_its_network(machine: Machine) -> None:
    machine.run(_commands(OverlayIpFailover))
    name = f"{guest.device_of('192.168.100.10')}.service"
    lines = machine.text(f"etc/systemd/system/{name}").splitlines()
    orders = {key: {*value.split()} for key, _, value in (each.partition("=") for each in lines)}
    defaults = set() if "DefaultDependencies=no" in lines else {"basic.target", "sysinit.target"}
    graph = {**_STARTED_AFTER, name: orders["After"] | defaults}
    for each in orders["Before"]:
        graph[each] = graph[each] | {name}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # a ring raises CycleError
    assert order.index(name) < order.index("systemd-networkd.service")


def test_several_addresses_have_an_interface_each_and_the_same_on_every_node() -> None:
    one, other = guest.device_of("192.168.100.10"), guest.device_of("192.168.100.11")
    assert one != other
    assert one == guest.device_of("192.168.100.10")


def test_stopping_the_unit_takes_the_address_away(machine: Machine) -> None:
    machine.run(_commands(OverlayIpFailover))
    device = guest.device_of("192.168.100.10")
    machine.calls  # noqa: B018 - begin anew
    unit = machine.text(f"etc/systemd/system/{device}.service")
    machine.run("\n".join(_executed(unit, "ExecStop")))
    assert f"ip link delete dev {device}" in machine.calls


# ---------------------------------------------------------------- an interface of one's own

_MAC = "02:00:00:00:00:01"
# Metadata answer to requests with a token only, as with IMDSv2 required.
_METADATA = f"""
case "$*" in
*"-X PUT"*"X-aws-ec2-metadata-token-ttl-seconds"*/api/token) echo token;;
*"X-aws-ec2-metadata-token: token"*/macs/{_MAC}/interface-id) echo eni-1;;
*"X-aws-ec2-metadata-token: token"*/macs/{_MAC}/subnet-ipv4-cidr-block) echo 10.0.1.0/24;;
*"X-aws-ec2-metadata-token: token"*/macs/{_MAC}/local-ipv4s) echo 10.0.1.9; echo 10.0.1.10;;
*) exit 22;;
esac
"""


@pytest.fixture
def attached(machine: Machine) -> Machine:
    """A machine with the commands carried out, and an interface that has just been attached."""
    machine.run("\n".join(guest.interface_commands("eni-1")))
    machine.calls  # noqa: B018 - begin anew
    (machine.folder / "sys/class/net/eth1/address").write_text(f"{_MAC}\n")
    (machine.folder / "sys/class/net/eth1/ifindex").write_text("7\n")
    machine.program("curl", _METADATA)
    machine.program("ip", 'case "$*" in "rule delete"*) exit 2;; esac\n')
    return machine


def _came(machine: Machine, *, check: bool = True) -> list[str]:
    """Run what udev starts for an interface; return what was done to the network."""
    script = machine.text("usr/local/sbin/ddns-interface").replace(str(machine.folder), "")
    machine.run(script, "eth1", check=check)
    return [each for each in machine.calls if each.startswith("ip ")]


def test_an_interface_gets_its_addresses_and_a_table_of_its_own(attached: Machine) -> None:
    assert _came(attached) == [
        "ip link set dev eth1 up",
        "ip route replace 10.0.1.0/24 dev eth1 table 10007",
        "ip route replace default via 10.0.1.1 dev eth1 table 10007",
        "ip address replace 10.0.1.9/32 dev eth1",
        "ip rule delete from 10.0.1.9",
        "ip rule add from 10.0.1.9 lookup 10007 priority 10000",
        "ip address replace 10.0.1.10/32 dev eth1",
        "ip rule delete from 10.0.1.10",
        "ip rule add from 10.0.1.10 lookup 10007 priority 10000",
    ]


def test_another_interface_is_left_alone(attached: Machine) -> None:
    attached.program("curl", _METADATA.replace("echo eni-1", "echo eni-2"))
    assert _came(attached) == []


def test_amazon_linux_which_does_it_by_itself_is_left_alone(attached: Machine) -> None:
    (attached.folder / "usr/lib/systemd/system/policy-routes@.service").touch()
    assert _came(attached) == []


def test_metadata_that_come_late_are_waited_for_and_not_for_ever(attached: Machine) -> None:
    later = f"n=$(cat {attached.folder}/n 2>/dev/null || echo 0)\necho $((n + 1)) > "
    later += f'{attached.folder}/n\n[ $n -gt 3 ] || case "$*" in *interface-id) exit 22;; esac\n'
    attached.program("curl", later + _METADATA)
    assert len(_came(attached)) == 9
    attached.program("curl", _METADATA.replace("interface-id) echo eni-1", "nothing) echo"))
    assert _came(attached, check=False) == []


def test_a_token_that_is_refused_at_first_is_asked_for_again(attached: Machine) -> None:
    later = f"n=$(cat {attached.folder}/n 2>/dev/null || echo 0)\necho $((n + 1)) > "
    later += f'{attached.folder}/n\n[ $n -gt 3 ] || case "$*" in *api/token) exit 7;; esac\n'
    attached.program("curl", later + _METADATA)
    assert len(_came(attached)) == 9


def test_interfaces_of_containers_ask_for_no_metadata(machine: Machine) -> None:
    machine.run(_commands(EniFailover))
    rule = machine.text("etc/udev/rules.d/90-ddns-interface.rules")
    assert 'DRIVERS=="?*"' in rule


def test_older_systemd_takes_the_unit_and_networkd_keeps_the_rules(machine: Machine) -> None:
    machine.run(_commands(EniFailover))
    unit = machine.text("etc/systemd/system/ddns-interface@.service")
    # "Restart=" is refused of "Type=oneshot" before systemd 244: RHEL 8 has 239.
    assert "Type=oneshot" in unit
    assert "Restart=" not in unit
    conf = machine.text("etc/systemd/networkd.conf.d/90-ddns-interface.conf")
    assert conf == "[Network]\nManageForeignRoutingPolicyRules=no\n"


def test_whenever_an_interface_comes_the_unit_is_started(machine: Machine) -> None:
    machine.run(_commands(EniFailover))
    rule = machine.text("etc/udev/rules.d/90-ddns-interface.rules")
    assert 'ACTION=="add", SUBSYSTEM=="net"' in rule
    assert 'ENV{SYSTEMD_WANTS}+="ddns-interface@$name.service"' in rule
    unit = machine.text("etc/systemd/system/ddns-interface@.service")
    assert "BindsTo=sys-subsystem-net-devices-%i.device" in unit
    (started,) = _executed(unit, "ExecStart")
    assert started.endswith("/usr/local/sbin/ddns-interface %I")
    script = machine.folder / "usr/local/sbin/ddns-interface"
    assert script.stat().st_mode & 0o111
    assert "udevadm trigger --subsystem-match=net --action=add" in machine.calls


def test_the_shell_finds_nothing_wrong_with_the_script(machine: Machine) -> None:
    machine.run("\n".join(guest.interface_commands("eni-1")))
    script = machine.folder / "usr/local/sbin/ddns-interface"
    subprocess.run([_SHELL, "-n", str(script)], check=True)
