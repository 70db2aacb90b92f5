"""Which record sets of others may be taken over."""

from __future__ import annotations

from typing import NamedTuple

from ddns.core.names import matches


class Adoption(NamedTuple):
    """Which record sets may be taken over if somebody else made them; none by default.

    Attributes:
        patterns: canonical names; ``*`` stands for any characters and ``?`` for one.
        identical: whether those may that say exactly what is wanted.
    """

    patterns: frozenset[str] = frozenset()
    identical: bool = False

    def adopts(self, name: str) -> bool:
        """Tell whether every record set of a canonical name may be taken over."""
        return name in self.patterns or any(matches(name, each) for each in self.patterns)
