"""Zones, record sets, and what the ledger knows of each name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.names import is_prefix, is_reverse

TYPES = ("A", "AAAA", "CNAME", "PTR")
"""The record types that are ever written."""

MAX_VALUES = 400
"""Most values that Route 53 takes in one record set."""

MAX_VALUES_OF_NAME = 500
"""Most values of all record sets of a name: one request must take their DELETE and their CREATE."""

MAX_CLAIMS = 1000
"""Most claims on a name: DynamoDB's 400 KB for an item, with a margin."""


class Zone(NamedTuple):
    """A hosted zone that may be written to.

    Attributes:
        id: its hosted zone id, without ``/hostedzone/``.
        name: its canonical name.
        private: whether it answers inside VPCs only.
        vpcs: ids of the VPCs it is associated with, or None where nobody needed to know.
        created: whether it is a reverse zone that this deployment made, for its VPC alone.
    """

    id: str
    name: str
    private: bool
    vpcs: frozenset[str] | None = None
    created: bool = False

    @property
    def reverse(self) -> bool:
        """Whether it is for PTR records, and takes no others."""
        return is_reverse(self.name)

    @property
    def unused(self) -> bool:
        """Whether nothing is ever written to it: a reverse zone that is none of a prefix."""
        return self.reverse and not is_prefix(self.name)


class ListedZone(NamedTuple):
    """A zone of ``hosted_zones``; ``private`` is None where synthesis could not tell."""

    id: str
    name: str
    private: bool | None


class NameKey(NamedTuple):
    """One name in one zone: the unit of ownership, and of a compare-and-swap."""

    zone_id: str
    name: str


class RecordSet(NamedTuple):
    """TTL in seconds and the values, sorted, as they are written in the zone."""

    ttl: int
    values: tuple[str, ...]


RecordSets = Mapping[str, RecordSet]
"""Record sets of one name by type."""

Observed = Mapping[str, "RecordSet | None"]
"""What a zone holds for one name, by type; None for an alias or a routing policy."""

NOTHING: RecordSets = MappingProxyType({})


class Change(NamedTuple):
    """One change of a change batch; ``action`` is CREATE, DELETE or UPSERT."""

    action: str
    name: str
    type: str
    record_set: RecordSet


class Claim(NamedTuple):
    """What one owner (an instance id) wants a name to say.

    Attributes:
        values: the values by record type: A and AAAA, or PTR, or CNAME.
        since: when the owner first claimed the name, in milliseconds of the epoch.
        launched: when the owner was launched (ISO 8601), which settles a tie.
    """

    values: Mapping[str, tuple[str, ...]]
    since: int
    launched: str


class NameState(NamedTuple):
    """The ledger's item of one name.

    Attributes:
        key: zone and name.
        revision: a token that changes with each write; empty where the ledger has no item.
        claims: who wants what, by owner.
        written: the record sets that this deployment is known to have in the zone.
        intent: the record sets that a writer is about to leave in the zone, None when settled.
        lease: until when (milliseconds of the epoch) that writer may still be at work.
    """

    key: NameKey
    revision: str = ""
    claims: Mapping[str, Claim] = MappingProxyType({})
    written: RecordSets = NOTHING
    intent: RecordSets | None = None
    lease: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing is left to remember."""
        return not self.claims and not self.written and self.intent is None


class OwnerState(NamedTuple):
    """The ledger's item of one instance: every name that it may have a claim on."""

    owner: str
    revision: str = ""
    names: frozenset[NameKey] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing is left to remember."""
        return not self.names


class Refusal(NamedTuple):
    """A planned "no": what was not done for whom, and why."""

    owner: str
    name: str
    type: str
    reason: str


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
