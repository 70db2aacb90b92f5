"""Names that instances may have: which of the patterns concern a zone, and what hijacks clients."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ddns_constructs._common.name_patterns import check_patterns, note_uncovered
from ddns_constructs._common.route53_policy import below_apex, normalised_zone_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.zones import Zone

# The function refuses these names by itself: `ddns.core.instance.allowed` says why.
_LOOKED_UP = ("isatap", "wpad")
_UNDERSCORED = ("_*", "*._*")
# No instance is named so, and such a record would answer for the names above.
_WILDCARD = r"\052.*"
_REVERSE = ("*.in-addr.arpa", "*.ip6.arpa")


def check_allowed_names(
    names: Sequence[str], zones: Sequence[Zone], problems: Problems
) -> list[str]:
    """Return the patterns in canonical form; note those that no name of a listed zone matches."""
    forward = [zone for zone in zones if not zone.is_reverse]
    if names and zones and not forward:
        problems.add(
            "'allowed_names' limits host names and aliases, and 'hosted_zones' holds reverse zones "
            "only: list the zone of these names too, or omit it"
        )
        return []
    patterns, all_right = check_patterns(names, forward, problems, apex=False)
    for pattern in patterns:
        if label := _half_written(pattern):
            problems.add(
                f"'allowed_names' allows nothing by '{pattern}': a label with '_' in front has to "
                f"be written out, got '{label}': write e.g. '_sip.*'"
            )
    if patterns and all_right:
        for zone in forward:
            if not _reaching(patterns, zone):
                note_uncovered(zone, problems)
    return patterns


def _half_written(pattern: str) -> str:
    """Return a label of a pattern that spells no hijacking name out, though it is to."""
    labels = pattern.split(".")
    return next((each for each in labels if each.startswith("_") and set(each) & set("*?")), "")


def record_patterns(patterns: Sequence[str], zone: Zone) -> list[str]:
    """Return the patterns of the names that may be written in a zone.

    PTR records are named by addresses, which no pattern limits.
    """
    if zone.is_reverse or not patterns:
        return below_apex(zone.name)
    if not zone.is_named:  # and may turn out to be a reverse zone
        return [*patterns, *_REVERSE]
    return _reaching(patterns, zone)


def matched_apex(patterns: Sequence[str], zone: Zone) -> list[str]:
    """Return the name of a zone if a pattern matches it, as one for an outer zone may.

    One that is known at deployment only may be matched by any pattern but its own.
    """
    if not zone.is_named:
        apex = normalised_zone_name(zone.name)
        return [] if patterns == below_apex(zone.name) else [apex]
    return [zone.name] if any(fnmatchcase(zone.name, each) for each in patterns) else []


def hijacking_patterns(patterns: Sequence[str], zone: Zone) -> list[str]:
    """Return the patterns of names that may not be written in a zone, given those that may.

    IAM knows no exception of an exception. So where a pattern spells such a label out, the
    function alone refuses the other names with labels of that kind.
    """
    if zone.is_reverse:
        return []
    labels = [pattern.split(".") for pattern in patterns]
    refused = [f"{each}.*" for each in _LOOKED_UP if each not in {first for first, *_ in labels}]
    if not any(label.startswith("_") for each in labels for label in each):
        refused += _UNDERSCORED
    return [*refused, _WILDCARD]


def _reaching(patterns: Sequence[str], zone: Zone) -> list[str]:
    """Return the patterns that a name below a zone's apex may match.

    `*` crosses dots: what is for an outer zone may reach into a nested one.
    """
    if not zone.is_named:
        return list(patterns)
    below = f".{zone.name}"
    return [
        each
        for each in patterns
        if any(fnmatchcase(below, each[start:]) for start in range(len(each)))
    ]
