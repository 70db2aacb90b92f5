"""What the use cases need of the world; ``adapters`` and the tests' fakes provide it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from ddns.core.client.hosts import Host, HostState
from ddns.core.instance.instances import Instance, Subnet, Vpc
from ddns.core.instance.items import Head, Item, NameState, OwnerState, Write
from ddns.core.instance.walk import Note, Progress
from ddns.core.records import Change, NameKey, Observed, Zone


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

        What was seen of EC2 before leads to no change any more, but by who has the head.
        """
        ...

    def zones(self) -> Sequence[Zone]:
        """Return the reverse zones that were created, one VPC each."""
        ...

    def remember_zone(self, zone: Zone) -> None:
        """Remember a reverse zone that was created."""
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

    def running(self, start: str) -> tuple[Sequence[Instance], str]:
        """Return a page of the running instances, and where to go on; empty when all are read."""
        ...

    def vpcs(self, ids: Collection[str], most: int) -> Mapping[str, Vpc]:
        """Return VPCs with their DNS settings, as far as they are known or ``most`` are asked."""
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

    def continue_sweep(self, sweep: str, step: int) -> None:
        """Put an order to do a step of a sweep into the queue."""
        ...

    def order_looks(self, instances: Sequence[str]) -> None:
        """Put an order to look at each of these instances into the queue."""
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
