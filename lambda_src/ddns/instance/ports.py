"""What InstanceDdns needs of the world; ``adapters`` and the tests' fakes provide it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Protocol

from ddns.core.head import Head
from ddns.core.instance.instances import Instance, Subnet, Vpc
from ddns.core.instance.items import Item, NameState, OwnerState, Write
from ddns.core.instance.walk import Note, Progress
from ddns.core.records import NameKey, Zone


class ZoneRegistry(Protocol):
    """Hosted zones themselves."""

    def describe(self, zone_id: str) -> Zone:
        """Return name, visibility and associated VPCs."""
        ...

    def associate(self, zone_id: str, vpc_id: str) -> None:
        """Associate a private zone with a VPC of the stack's Region; again is no error."""
        ...

    def create_private(self, name: str, vpc_id: str, reference: str) -> Zone:
        """Create a private zone for a VPC, or return the one that this reference created.

        Where the one that it created was deleted, another is created.
        """
        ...


class Ledger(Protocol):
    """What this deployment wrote, wants to write, and for whom; one worker writes at a time."""

    def head(self) -> Head:
        """Read the head consistently."""
        ...

    def open(self, owners: Collection[str]) -> tuple[Head, dict[str, OwnerState]]:
        """Read the head and the items of owners, none of them older than the head."""
        ...

    def owners(self, owners: Collection[str]) -> dict[str, OwnerState]:
        """Read items of owners consistently; who has none is missing."""
        ...

    def names(self, keys: Collection[NameKey]) -> dict[NameKey, NameState]:
        """Read items of names consistently; what has none is missing."""
        ...

    def page(self, start: str) -> tuple[list[Item], str]:
        """Read a page of all items consistently, and where to go on; empty when all are read."""
        ...

    def write(self, head: Head, writes: Sequence[Write], *, release: bool) -> Head:
        """Write the head, and items in as many transactions as it takes, in order.

        Each transaction has the head as a condition: that it is as it was read or last written.
        The last one gives it back where ``release`` says so, every other one keeps it.

        Returns:
            The head as it is now.

        Raises:
            ConflictError: the head has moved: nothing of that transaction was written.
            ExistsError: an item that was to be new exists: nothing of that transaction was written.
        """
        ...

    def fence(self) -> Head | None:
        """Move the version of a head that nobody has; None where somebody has it.

        A worker that read the head before gets a conflict when it writes.
        """
        ...

    def set_draining(self, draining: bool) -> Head | None:  # noqa: FBT001 - a value
        """Say in the head whether all is to go, moving its version; None where somebody has it.

        So every worker that read the head before gets a conflict when it writes.
        """
        ...

    def zones(self) -> Sequence[Zone]:
        """Return the reverse zones that were created, one VPC each, gone ones included."""
        ...

    def remember_zone(self, zone: Zone) -> None:
        """Remember a reverse zone that was created, or that one is gone."""
        ...


class SweepStore(Protocol):
    """Where a sweep keeps how far it is."""

    def begin(self, progress: Progress, stale: int) -> Progress | None:
        """Keep the progress of a new sweep, unless another is under way: then note the order there.

        Args:
            progress: of the new sweep, at its first step.
            stale: a sweep without progress since then (milliseconds of the epoch) has ended.

        Returns:
            The progress of the new one; None where another is under way.
        """
        ...

    def progress(self) -> Progress | None:
        """Return how far the sweep is that is under way."""
        ...

    def advance(self, before: Progress, after: Progress) -> bool:
        """Keep the progress of a step; False where another worker has done that step."""
        ...

    def end(self, progress: Progress) -> bool:
        """Forget a sweep that has ended; return whether another was ordered meanwhile."""
        ...

    def put_note(self, progress: Progress, note: Note) -> None:
        """Keep a sweep's next note; again at the same progress replaces it."""
        ...

    def notes(self, progress: Progress) -> list[Note]:
        """Return the notes of a sweep, in order."""
        ...


class InstanceDirectory(Protocol):
    """EC2 of one Region."""

    def describe(self, ids: Collection[str]) -> Mapping[str, Instance]:
        """Return the instances that exist, in any state."""
        ...

    def running(self, start: str) -> tuple[Sequence[Instance], str]:
        """Return a page of the running instances, and where to go on; empty when all are read."""
        ...

    def vpcs(self, ids: Collection[str], most: int) -> Mapping[str, Vpc]:
        """Return VPCs with their DNS settings, as far as they are known or ``most`` are asked."""
        ...

    def domains(self, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the domain names of VPCs' DHCP option sets."""
        ...

    def cidr_blocks(self, ids: Collection[str]) -> Mapping[str, tuple[IPv4Network, ...]]:
        """Return the IPv4 CIDR blocks of VPCs, none where they may not be asked for."""
        ...

    def subnets(self, ids: Collection[str]) -> Mapping[str, Subnet]:
        """Return subnets."""
        ...
