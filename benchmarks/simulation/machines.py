"""The instances of a Region: what is launched, terminated and tagged, and the events of it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from typing import Any

REGION = "us-east-1"
ACCOUNT = "123456789012"
ZONE = "corp.example.com"
_PER_VPC = 65_536  # a VPC has at most a /16


@dataclass(slots=True)
class Machine:
    """One instance; by its number it has an address and a VPC, and goes by its tag or by DHCP."""

    id: str
    number: int
    launched: float
    state: str = "running"
    host: str = ""
    touched: float = 0.0

    @property
    def vpc(self) -> str:
        """Return the id of its VPC."""
        return vpc_id(self.number // _PER_VPC)

    @property
    def octets(self) -> tuple[int, int, int, int]:
        """Return its private address."""
        return 10, self.number >> 16 & 255, self.number >> 8 & 255, self.number & 255

    @property
    def address(self) -> str:
        """Return its private address as text."""
        return ".".join(map(str, self.octets))

    @property
    def private_host(self) -> str:
        """Return the host part of its private DNS name."""
        return "ip-" + "-".join(map(str, self.octets))

    @property
    def name(self) -> str:
        """Return the full name that its A record should have, with the last dot."""
        return f"{self.host or self.private_host}.{ZONE}."

    @property
    def reverse_name(self) -> str:
        """Return the name that its PTR record should have, with the last dot."""
        return ".".join(map(str, reversed(self.octets))) + ".in-addr.arpa."

    @property
    def tags(self) -> list[dict[str, str]]:
        """Return its tags; every second instance has no ZONE tag and goes by its DHCP domain."""
        tags = [{"Key": "Team", "Value": "simulation"}]
        if self.number % 2 == 0:
            tags.append({"Key": "ZONE", "Value": ZONE + "."})
        if self.host:
            tags.append({"Key": "HOSTNAME", "Value": self.host})
        return tags


def vpc_id(index: int) -> str:
    """Return the id of a VPC."""
    return f"vpc-{index:017x}"


@dataclass
class Region:
    """All instances ever launched, in the order EC2 lists them."""

    machines: dict[str, Machine] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def copy(self) -> Region:
        """Return an independent copy."""
        machines = {key: replace(each) for key, each in self.machines.items()}
        return Region(machines, list(self.order))

    def launch(self, now: float) -> Machine:
        """Launch an instance."""
        number = len(self.order)
        machine = Machine(f"i-{number:017x}", number, now, touched=now)
        self.machines[machine.id] = machine
        self.order.append(machine.id)
        return machine

    @property
    def running(self) -> list[Machine]:
        """Return every running instance."""
        return [each for each in self.machines.values() if each.state == "running"]


def state_event(machine: Machine, state: str, now: float) -> str:
    """Return the queue message of a change of state."""
    detail = {"instance-id": machine.id, "state": state}
    return _event("EC2 Instance State-change Notification", "aws.ec2", machine, detail, now)


def tag_event(machine: Machine, now: float) -> str:
    """Return the queue message of a change of tags."""
    detail = {
        "changed-tag-keys": ["HOSTNAME"],
        "service": "ec2",
        "resource-type": "instance",
        "version": 2,
        "tags": {tag["Key"]: tag["Value"] for tag in machine.tags},
    }
    return _event("Tag Change on Resource", "aws.tag", machine, detail, now)


def _event(kind: str, source: str, machine: Machine, detail: dict[str, Any], now: float) -> str:
    return json.dumps(
        {
            "version": "0",
            "id": f"7bf73129-1428-4cd3-a780-{machine.number:012}",
            "detail-type": kind,
            "source": source,
            "account": ACCOUNT,
            "time": when(now).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{machine.id}"],
            "detail": detail,
        }
    )


def when(now: float) -> dt.datetime:
    """Return a moment as AWS has it: whole seconds."""
    return dt.datetime.fromtimestamp(int(now), dt.timezone.utc)
