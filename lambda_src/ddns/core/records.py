"""Zones, record sets, and changes of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ddns.core.names import is_prefix, is_reverse

TYPES = ("A", "AAAA", "CNAME", "PTR")
"""The record types that are ever written."""

MAX_VALUES = 400
"""Most values that Route 53 takes in one record set."""

MAX_VALUES_OF_NAME = 500
"""Most values of all record sets of a name: one request must take their DELETE and their CREATE."""


class Zone(NamedTuple):
    """A hosted zone that may be written to.

    Attributes:
        id: its hosted zone id, without ``/hostedzone/``.
        name: its canonical name.
        private: whether it answers inside VPCs only.
        vpcs: ids of the VPCs it is associated with, or None where nobody needed to know.
        created: whether it is a reverse zone that this deployment made, for its VPC alone.
        gone: whether Route 53 has it no more. A deleted zone's id never comes back.
    """

    id: str
    name: str
    private: bool
    vpcs: frozenset[str] | None = None
    created: bool = False
    gone: bool = False

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


class Refusal(NamedTuple):
    """A planned "no": what was not done for whom, and why."""

    owner: str
    name: str
    type: str
    reason: str
