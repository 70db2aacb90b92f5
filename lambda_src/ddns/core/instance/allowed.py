"""Which names instances may have: those of allowed_names, and none that hijacks clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ddns.core.names import is_reverse, matches

# Clients look these up below every domain that they search, and do what the host says: which proxy
# to use (WPAD), or where to send IPv6 packets (ISATAP, RFC 5214, section 8.3.2).
_LOOKED_UP = frozenset({"isatap", "wpad"})


class AllowedNames(NamedTuple):
    """The names that instances may have in forward zones; without patterns none.

    Attributes:
        patterns: over canonical names; ``*`` stands for any characters, dots included, and ``?``
            for one.
    """

    patterns: frozenset[str]

    @classmethod
    def of(cls, patterns: Iterable[str], zones: Iterable[str]) -> AllowedNames:
        """Return what allows some patterns; without any, every name below the apex of the zones."""
        return cls(frozenset(patterns) or frozenset(f"*.{zone}" for zone in zones))

    def objection(self, name: str) -> str | None:
        """Return why no instance may have a canonical name, None where one may.

        The names of PTR records follow from addresses: each of them may be written.
        """
        if is_reverse(name):
            return None
        matching = [each for each in self.patterns if matches(name, each)]
        if not matching:
            return "no pattern of allowed_names matches it"
        labels = _special_labels(name)
        if labels and not any(_spells(each, name) for each in matching):
            shown = ", ".join(map(repr, labels))
            return f"clients look {shown} up by themselves: allowed_names has to spell it out"
        return None


def _special_labels(name: str) -> list[str]:
    """Return the labels of a name that tell clients or authorities what to do.

    Labels with an underscore in front are of that kind by RFC 8552: ``_acme-challenge`` gets a
    certificate. They count wherever they stand, the others in front only.
    """
    labels = name.split(".")
    underscored = [label for label in labels if label.startswith("_")]
    return [*(_LOOKED_UP & {labels[0]}), *underscored]


def _spells(pattern: str, name: str) -> bool:
    """Tell whether a pattern that matches a name writes each special label of it out."""
    return Counter(_special_labels(name)) <= Counter(_special_labels(pattern))
