"""What all use cases need of the world; ``adapters`` and the tests' fakes provide it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from ddns.core.records import Change, Observed


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

    def read(
        self, zone_id: str, names: Collection[str], may_ask: Callable[[], bool] = ...
    ) -> Mapping[str, Observed]:
        """Return the record sets of canonical names; a name without any is missing.

        It may take several requests; ``may_ask`` is asked before each.

        Raises:
            UnavailableError: it said no, or no answer came.
        """
        ...

    def read_page(
        self, zone_id: str, start: Mapping[str, str]
    ) -> tuple[Mapping[str, Observed], Mapping[str, str] | None]:
        """Return some record sets by name, and where to go on; None when all are read.

        Record sets of one name may be on two pages. An empty ``start`` is the beginning.
        """
        ...


class ApplyOrder(NamedTuple):
    """An order to write the record sets of a host of ClientDdns.

    Attributes:
        key: the partition key of its item.
        number: the revision of the item that it is to write: a later order has a higher one.
        delay: after how many seconds it is due, 900 at most.
    """

    key: str
    number: int
    delay: int = 0


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

    def order_apply(self, orders: Sequence[ApplyOrder]) -> None:
        """Put orders to write hosts' record sets into the queue."""
        ...

    def dead_letter(self, body: str, reason: str) -> None:
        """Put a message into the dead-letter queue."""
        ...

    def retry_soon(self, delays: Mapping[str, int]) -> None:
        """Show messages again, by receipt handle, after so many seconds."""
        ...
