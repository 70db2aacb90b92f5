"""What the use cases need of the world; ``adapters`` and the tests' fakes provide it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ddns.core.instances import Instance, Subnet, Vpc
from ddns.core.records import Change, NameKey, NameState, Observed, OwnerState, Zone


class Clock(Protocol):
    """Time and chance."""

    def now(self) -> float:
        """Return the seconds of the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def random(self) -> float:
        """Return a number from 0 to below 1, for jitter."""
        ...


class RecordStore(Protocol):
    """Record sets in hosted zones."""

    def change(self, zone_id: str, changes: Sequence[Change]) -> None:
        """Send one change batch.

        Raises:
            ThrottledError: nothing changed; try later.
            UnavailableError: nobody knows whether it changed.
            RejectedError: the batch as a whole is refused, nothing changed.
            PermanentError: access denied, or no such zone.
        """
        ...

    def read(self, zone_id: str, names: Collection[str]) -> Mapping[str, Observed]:
        """Return the record sets of canonical names; a name without any is missing."""
        ...

    def read_page(
        self, zone_id: str, start: Mapping[str, str]
    ) -> tuple[Mapping[str, Observed], Mapping[str, str] | None]:
        """Return some record sets by name, and where to go on; None when all are read.

        Record sets of one name may be on two pages. An empty ``start`` is the beginning.
        """
        ...


class ZoneRegistry(Protocol):
    """Hosted zones themselves."""

    def describe(self, zone_id: str) -> Zone:
        """Return name, visibility and associated VPCs."""
        ...

    def associate(self, zone_id: str, vpc_id: str) -> None:
        """Associate a private zone with a VPC of the stack's Region; again is no error."""
        ...

    def create_private(self, name: str, vpc_id: str, reference: str) -> Zone:
        """Create a private zone for a VPC, or return the one that this reference created."""
        ...


@dataclass(slots=True)
class Recall:
    """Items of the ledger, read consistently; what has no item is missing.

    Attributes:
        owners: the items of instances.
        names: the items of names.
        elsewhere: names that have an item and are in zones that may not be written to.
    """

    owners: dict[str, OwnerState] = field(default_factory=dict)
    names: dict[NameKey, NameState] = field(default_factory=dict)
    elsewhere: set[NameKey] = field(default_factory=set)


class Write(NamedTuple):
    """One item to put in place of the revision that it carries; one that is empty is deleted.

    Attributes:
        item: the item.
        needs: owners whose items must have been written, or must not have been lost, before it.
    """

    item: NameState | OwnerState
    needs: frozenset[str] = frozenset()


class Ledger(Protocol):
    """What this deployment wrote, wants to write, and for whom."""

    def recall(self, owners: Collection[str], names: Collection[NameKey]) -> Recall:
        """Read items consistently."""
        ...

    def scan(self) -> Recall:
        """Read every item consistently."""
        ...

    def write(self, writes: Sequence[Write]) -> Mapping[NameKey | str, str]:
        """Write items in order, each only where its revision is still the stored one.

        An owner's item and up to nine names right behind it are written together or not at all,
        but for those that are lost.

        Returns:
            The new revision by name key or owner, of those written (empty for one deleted). An item
            that is missing was lost to another writer, or needed an owner that was.
        """
        ...

    def zones(self) -> Sequence[Zone]:
        """Return the reverse zones that were created, one VPC each."""
        ...

    def remember_zone(self, zone: Zone) -> None:
        """Remember a reverse zone that was created."""
        ...


class InstanceDirectory(Protocol):
    """EC2 of one Region."""

    def describe(self, ids: Collection[str]) -> Mapping[str, Instance]:
        """Return the instances that exist, in any state."""
        ...

    def running(self) -> Iterable[Instance]:
        """Return every running instance."""
        ...

    def vpcs(self, ids: Collection[str]) -> Mapping[str, Vpc]:
        """Return VPCs with their DNS settings, without their DHCP domains."""
        ...

    def domains(self, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the domain names of VPCs' DHCP option sets."""
        ...

    def subnets(self, ids: Collection[str]) -> Mapping[str, Subnet]:
        """Return subnets."""
        ...


class Queue(Protocol):
    """The function's own queue and its dead-letter queue."""

    def order_sweep(self) -> None:
        """Put an order to sweep into the queue."""
        ...

    def bury(self, body: str, reason: str) -> None:
        """Put a message into the dead-letter queue."""
        ...

    def retry_soon(self, delays: Mapping[str, int]) -> None:
        """Show messages again, by receipt handle, after so many seconds."""
        ...
