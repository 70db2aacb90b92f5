"""What `FakeEc2Network` keeps: values that change at a moment, and are seen later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")
# Nobody looks further back than the longest lag that a test may set, in seconds.
LONGEST_LAG = 60.0

Past = tuple[tuple[float, _T], ...]
"""A value's changes in the order of time, each with its moment; some may lie ahead."""


def at(past: Past[_T], moment: float) -> _T:
    """Return the value of a moment; the first value is that of all time before it, too."""
    for when, value in reversed(past):
        if when <= moment:
            return value
    return past[0][1]


def changed(past: Past[_T], when: float, value: _T, now: float) -> Past[_T]:
    """Return the changes with one more, which takes the place of all that were to come."""
    kept = tuple(each for each in past if each[0] <= now)
    if len(kept) > 1 and kept[1][0] <= now - LONGEST_LAG:
        kept = kept[1:]
    return (*kept, (when, value))


class Subnet(NamedTuple):
    """A subnet; ``ipv6`` is its IPv6 block, empty where it has none."""

    vpc: str
    zone: str
    cidr: str
    ipv6: str


class Interface(NamedTuple):
    """A network interface; ``address`` is its primary private address."""

    subnet: str
    address: str
    source_dest_check: bool
    delete_on_termination: bool


class Attachment(NamedTuple):
    """An interface at an instance; ``status`` is attaching, attached or detaching."""

    id: str
    instance: str
    device_index: int
    status: str


class Elastic(NamedTuple):
    """Where an Elastic IP address points: empty texts where it points nowhere."""

    interface: str
    private: str


NOWHERE = Elastic("", "")


@dataclass(slots=True)
class State:
    """Everything of one Region that can change; what is frozen is shared between copies."""

    vpcs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    instance_subnets: dict[str, str] = field(default_factory=dict)
    instances: dict[str, Past[str]] = field(default_factory=dict)
    routes: dict[tuple[str, str], Past[str]] = field(default_factory=dict)
    holders: dict[str, Past[str]] = field(default_factory=dict)
    elastic: dict[str, Past[Elastic]] = field(default_factory=dict)
    attachments: dict[str, Past[Attachment | None]] = field(default_factory=dict)

    def copy(self) -> State:
        """Return a twin that can change by itself."""
        return replace(
            self, **{name: dict(getattr(self, name)) for name in self.__dataclass_fields__}
        )


@cache
def network(text: str) -> str:
    """Return a CIDR block in its canonical form."""
    return str(ip_network(text, strict=False))


@cache
def address(text: str) -> str:
    """Return an address in its canonical form."""
    return str(ip_address(text))


@cache
def within(inner: str, outer: str) -> bool:
    """Return whether a block or an address lies within a block."""
    small, large = ip_network(inner), ip_network(outer)
    return small.version == large.version and small.subnet_of(large)  # type: ignore[arg-type]
