"""What the use cases need of the world; ``adapters`` and the tests' fakes provide it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from ddns.core.client.hosts import Host, HostState
from ddns.core.instance.instances import Instance, Subnet, Vpc
from ddns.core.records import Change, NameKey, Observed, Recall, Write, Zone


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


class HostStore(Protocol):
    """The hosts of ClientDdns."""

    def get(self, key: str) -> Host | None:
        """Read the item of a host consistently; one that cannot be understood is None."""
        ...

    def get_many(self, keys: Collection[str]) -> Mapping[str, Host]:
        """Read items consistently, by partition key."""
        ...

    def save(self, host: Host, state: HostState) -> bool:
        """Write the state of a host; False where the item is gone or has another revision."""
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

    def order_apply(self, keys: Sequence[str]) -> None:
        """Put an order to write each of these hosts' records into the queue."""
        ...

    def dead_letter(self, body: str, reason: str) -> None:
        """Put a message into the dead-letter queue."""
        ...

    def retry_soon(self, delays: Mapping[str, int]) -> None:
        """Show messages again, by receipt handle, after so many seconds."""
        ...
