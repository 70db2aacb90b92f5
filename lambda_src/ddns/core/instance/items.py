"""What the ledger keeps beside its head: an item for each name, and one for each instance."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.errors import ConflictError
from ddns.core.head import Head
from ddns.core.records import NOTHING, NameKey, RecordSets

MAX_CLAIMS = 1000
"""Most claims on a name: DynamoDB's 400 KB for an item, with a margin."""

LEASE = 30.0
"""For how many seconds a worker has the head after each of its writes."""


class Claim(NamedTuple):
    """What one owner (an instance id) wants a name to say.

    Attributes:
        values: the values by record type: A and AAAA, or PTR, or CNAME.
        since: when the owner first claimed the name, in milliseconds of the epoch.
        launched: when the owner was launched (ISO 8601), which decides between claims of one time.
    """

    values: Mapping[str, tuple[str, ...]]
    since: int
    launched: str


class NameState(NamedTuple):
    """The item of one name.

    Attributes:
        key: zone and name.
        claims: who wants what, by owner.
        written: the record sets that this deployment is known to have in the zone.
        intent: the record sets that a worker is about to leave in the zone, None where none is.
        waiting: owners whose claim is refused as long as the claims of others stand.
    """

    key: NameKey
    claims: Mapping[str, Claim] = MappingProxyType({})
    written: RecordSets = NOTHING
    intent: RecordSets | None = None
    waiting: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing is left to remember."""
        return not (self.claims or self.written or self.waiting or self.intent is not None)


class OwnerState(NamedTuple):
    """The item of one instance.

    Attributes:
        owner: its id.
        names: every name that it may have a claim on.
        fulfilled: the digest of the desired state that the zones hold; empty where they do not.
    """

    owner: str
    names: frozenset[NameKey] = frozenset()
    fulfilled: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is left to remember."""
        return not self.names


Item = NameState | OwnerState
"""An item that changes under the head."""


class Write(NamedTuple):
    """One item to put, or to delete where it is empty.

    Attributes:
        item: the item.
        new: whether it may be put only where the ledger has no such item.
    """

    item: Item
    new: bool = False


class ExistsError(ConflictError):
    """An item that was taken for new exists."""

    def __init__(self, head: Head) -> None:
        """Keep the head as the last transaction before has left it."""
        super().__init__("an item that was taken for new exists")
        self.head = head
