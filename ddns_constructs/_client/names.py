"""Names that hosts may have: patterns as IAM's StringLike compares them, by zone."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ddns_constructs._common.name_patterns import check_patterns, note_uncovered
from ddns_constructs._common.route53_policy import below_apex, normalise_record_name
from ddns_constructs._common.zones import is_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.zones import Zone

CHALLENGE = "_acme-challenge."
"""The label in front of a host that its TXT record is written at: RFC 8555, section 8.4."""

_WILDCARD = "\\052."


def check_allowed_names(
    names: Sequence[str], zones: Sequence[Zone], problems: Problems
) -> list[str]:
    """Return the patterns in canonical form; note those that no name of a listed zone matches."""
    patterns, all_right = check_patterns(names, zones, problems, apex=True)
    if patterns and all_right:
        for zone in zones:
            if not in_zone(patterns, zone, zones):
                note_uncovered(zone, problems)
    return patterns


def in_zone(patterns: Sequence[str], zone: Zone, zones: Sequence[Zone]) -> list[str]:
    """Return the patterns for a zone: of nested zones the one with the longest name has it."""
    if not zone.is_named:
        return list(patterns)

    def is_of_zone(pattern: str) -> bool:
        covering = [z.name for z in zones if z.is_named and is_within(pattern, z.name)]
        return zone.name == max(covering, key=len, default=None)

    return [pattern for pattern in patterns if is_of_zone(pattern)]


def record_patterns(patterns: Sequence[str], zone: Zone, zones: Sequence[Zone]) -> list[str]:
    """Return the patterns of address records in a zone: hosts, and wildcards below them."""
    if not patterns:
        return below_apex(zone.name)
    own = in_zone(patterns, zone, zones)
    # A pattern with `*` in front matches the wildcard's escape as well.
    return [*own, *(_WILDCARD + each for each in own if not each.startswith("*"))]


def challenge_patterns(patterns: Sequence[str], zone: Zone, zones: Sequence[Zone]) -> list[str]:
    """Return the patterns of the TXT records of a zone's hosts; a wildcard has none."""
    own = in_zone(patterns, zone, zones) if patterns else below_apex(zone.name)
    return [CHALLENGE + each for each in own]


def managed_patterns(patterns: Sequence[str], zone: Zone, zones: Sequence[Zone]) -> list[str]:
    """Return the patterns of all records of a zone's hosts, texts included."""
    records = record_patterns(patterns, zone, zones)
    if not patterns:  # that of the whole zone is there already
        return records
    return records + challenge_patterns(patterns, zone, zones)


def below_zone(names: Sequence[str], zone: Zone) -> list[str]:
    """Return those of some names that lie below a zone's apex, or may, as its policy has them."""
    return [
        normalise_record_name(name)
        for name in names
        if not zone.is_named or (name != zone.name and is_within(name, zone.name))
    ]


def matching_pattern(name: str, patterns: Sequence[str]) -> str | None:
    """Return the first pattern that a canonical name matches, None where there is none."""
    normalised = normalise_record_name(name)
    return next((each for each in patterns if fnmatchcase(normalised, each)), None)
