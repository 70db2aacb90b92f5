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

    def named(self, name: str, *, private: bool, vpc_id: str) -> Zone | None:
        """Return the zone of exactly that name and visibility.

        Of several private zones of one name, the one associated with the VPC is meant; where that
        does not single one out, none is.
        """
        zones = self._of(vpc_id)
        found = [zone for zone in zones if zone.name == name and zone.private == private]
        if len(found) > 1:
            found = [zone for zone in found if zone.vpcs and vpc_id in zone.vpcs]
        return found[0] if len(found) == 1 else None

    def holding(self, name: str, *, private: bool, vpc_id: str) -> Zone | None:
        """Return the zone with the longest name that a name is below of, or equal to."""
        best = max(
            (z.name for z in self._of(vpc_id) if z.private == private and within(name, z.name)),
            key=len,
            default=None,
        )
        return None if best is None else self.named(best, private=private, vpc_id=vpc_id)

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
