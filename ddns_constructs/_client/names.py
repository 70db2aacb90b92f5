"""Names that hosts may have: patterns as IAM's StringLike compares them, by zone."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.route53_policy import below_apex, normalise_record_name
from ddns_constructs._common.zones import canonical, is_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.zones import Zone

CHALLENGE = "_acme-challenge."
"""The label in front of a host that its TXT record is written at: RFC 8555, section 8.4."""

_WILDCARD = "\\052."
# What a normalised name may hold, and the two wildcards. No `$`: IAM would see a variable.
_PATTERN = re.compile(r"(?:[a-z0-9_.*?-]|\\[0-3][0-7]{2})+\Z")

_UNRESOLVED = "it must be known at synthesis; write it out"


def check_allowed_names(
    names: Sequence[str], zones: Sequence[Zone], problems: Problems
) -> list[str]:
    """Return the patterns in canonical form; note those that no name of a listed zone matches."""
    if isinstance(names, str):
        raise TypeError(f"'allowed_names' must be a list of patterns, got a string: ['{names}']")
    patterns: list[str] = []
    has_problem = False
    for name in names:
        pattern = canonical(name)
        reason = _UNRESOLVED if Token.is_unresolved(name) else _problem(pattern, zones)
        if reason is None:
            patterns.append(pattern)
        else:
            has_problem = True
            problems.add(
                f"'allowed_names' must hold patterns of host names, got '{name}': {reason}"
            )
    if patterns and not has_problem:
        _check_coverage(patterns, zones, problems)
    return sorted(set(patterns))


def _check_coverage(patterns: Sequence[str], zones: Sequence[Zone], problems: Problems) -> None:
    for zone in zones:
        if not in_zone(patterns, zone, zones):
            problems.add(
                f"'allowed_names' leaves nothing to write in the listed zone '{zone.name}': "
                f"add a pattern such as '*.{zone.name}', or do not list the zone"
            )


def _problem(pattern: str, zones: Sequence[Zone]) -> str | None:
    if not _PATTERN.match(pattern):
        return (
            "write letters, digits, hyphens and dots, '*' for any characters, dots included, "
            "'?' for one, and Unicode labels as 'xn--...'"
        )
    if pattern.startswith(".") or ".." in pattern:
        return "it has an empty label"
    if all(zone.is_named for zone in zones) and not any(is_within(pattern, z.name) for z in zones):
        listed = ", ".join(f"'.{zone.name}'" for zone in zones)
        return f"it must end in {listed}, or be the name of the zone itself"
    return None


def in_zone(patterns: Sequence[str], zone: Zone, zones: Sequence[Zone]) -> list[str]:
    """Return the patterns for a zone: of nested zones the one with the longest name has it."""
    if not zone.is_named:
        return list(patterns)

    def is_of_zone(pattern: str) -> bool:
        covering = [z.name for z in zones if z.is_named and is_within(pattern, z.name)]
        return zone.name == max(covering, key=len, default=None)

    return [pattern for pattern in patterns if is_of_zone(pattern)]


def record_patterns(patterns: Sequence[str], zone: Zone, zones: Sequence[Zone]) -> list[str]:
    """Return the patterns of address records in a zone: hosts, and wildcards below them.

    Empty where any name may be written: the zone's own is a token, and nothing else was asked for.
    """
    if not patterns:
        return below_apex(zone.name)
    own = in_zone(patterns, zone, zones)
    # A pattern with `*` in front matches the wildcard's escape as well.
    return [*own, *(_WILDCARD + each for each in own if not each.startswith("*"))]


def challenge_patterns(patterns: Sequence[str], zone: Zone, zones: Sequence[Zone]) -> list[str]:
    """Return the patterns of the TXT records of a zone's hosts; a wildcard has none."""
    own = in_zone(patterns, zone, zones) if patterns else below_apex(zone.name) or ["*"]
    return [CHALLENGE + each for each in own]


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
