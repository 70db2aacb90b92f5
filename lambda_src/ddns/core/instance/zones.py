"""The zones that may be written to, and which one a name belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ddns.core.names import is_below
from ddns.core.records import Zone


class Zones:
    """The zones that may be written to, and which one a name belongs to."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        """Take every listed zone."""
        self._zones = tuple(zones)

    def forward(self) -> Zones:
        """Return the zones that take host names."""
        return Zones(zone for zone in self._zones if not zone.reverse)

    def reverse(self) -> Zones:
        """Return the zones that take PTR records."""
        return Zones(zone for zone in self._zones if zone.reverse and not zone.unused)

    def unused(self) -> tuple[Zone, ...]:
        """Return the zones that nothing is ever written to."""
        return tuple(zone for zone in self._zones if zone.unused)

    def named(self, name: str, *, private: bool, vpc_id: str) -> tuple[Zone, ...]:
        """Return the zone of exactly that name and visibility, or none.

        Of several private zones of one name, the one associated with the VPC is meant. Where
        nothing tells which of several is meant, all of them are returned.
        """
        zones = self._of(vpc_id)
        found = [zone for zone in zones if zone.name == name and zone.private == private]
        ours = [zone for zone in found if zone.private and vpc_id in (zone.vpcs or ())]
        return tuple(ours if len(ours) == 1 else found)

    def holding(self, name: str, *, private: bool, vpc_id: str) -> tuple[Zone, ...]:
        """Return the zone with the longest name that a name is below of, or equal to.

        As for ``named``, several zones mean that nothing tells which of them is meant.
        """
        best = max(
            (z.name for z in self._of(vpc_id) if z.private == private and within(name, z.name)),
            key=len,
            default="",
        )
        return self.named(best, private=private, vpc_id=vpc_id) if best else ()

    def ids(self) -> frozenset[str]:
        """Return the ids of all of them."""
        return frozenset(zone.id for zone in self._zones)

    def gone(self) -> frozenset[str]:
        """Return the ids of those that were deleted."""
        return frozenset(zone.id for zone in self._zones if zone.gone)

    def _of(self, vpc_id: str) -> Iterator[Zone]:
        """Yield the zones without those that were created for other VPCs."""
        return (z for z in self._zones if not z.created or vpc_id in (z.vpcs or ()))

    def around(self, name: str) -> str:
        """Return the name of the innermost zone that a name lies in or is the apex of, or empty."""
        return max((z.name for z in self._zones if within(name, z.name)), key=len, default="")

    def knows(self, name: str) -> bool:
        """Tell whether any zone has that name."""
        return any(zone.name == name for zone in self._zones)


def within(name: str, zone: str) -> bool:
    """Tell whether a canonical name is a zone's or lies below it."""
    return name == zone or is_below(name, zone)
