"""Patterns of names, as IAM's StringLike compares them, checked against the listed zones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.arguments import check_list
from ddns_constructs._common.zones import canonical, is_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems
from ddns_constructs._common.zones import Zone

# What a normalised name may hold, and the two wildcards. No `$`: IAM would see a variable.
_PATTERN = re.compile(r"(?:[a-z0-9_.*?-]|\\[0-3][0-7]{2})+\Z")

_ESCAPE = re.compile(r"\\\d{3}")
_LONGEST_LABEL = 63  # RFC 1035, section 2.3.4

_UNRESOLVED = "it must be known at synthesis; write it out"


def check_patterns(
    names: Sequence[str], zones: Sequence[Zone], problems: Problems, *, apex: bool
) -> tuple[list[str], bool]:
    """Return the patterns in canonical form, and whether all of them are right; note the others.

    Args:
        names: The patterns of `allowed_names`.
        zones: The zones that names may lie in.
        problems: Where to note what is wrong.
        apex: Whether the name of a zone itself may be allowed.
    """
    check_list("allowed_names", names, "'*.dyn.example.com'")
    patterns: set[str] = set()
    all_right = True
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"'allowed_names' must be a list of patterns, got {name!r} in it")
        pattern = canonical(name)
        reason = _UNRESOLVED if Token.is_unresolved(name) else _problem(pattern, zones, apex=apex)
        if reason is None:
            patterns.add(pattern)
        else:
            all_right = False
            problems.add(
                f"'allowed_names' must hold patterns of host names, got '{name}': {reason}"
            )
    return sorted(patterns), all_right


def note_uncovered(zone: Zone, problems: Problems) -> None:
    """Note a listed zone that no pattern leaves a name in."""
    problems.add(
        f"'allowed_names' leaves nothing to write in the listed zone '{zone.name}': "
        f"add a pattern such as '*.{zone.name}', or do not list the zone"
    )


def _problem(pattern: str, zones: Sequence[Zone], *, apex: bool) -> str | None:
    if not _PATTERN.match(pattern):
        return (
            "write letters, digits, hyphens and dots, '*' for any characters, dots included, "
            "'?' for one, and Unicode labels as 'xn--...'"
        )
    if pattern.startswith(".") or ".." in pattern:
        return "it has an empty label"
    # `*` and `?` may stand for a dot.
    if any(len(each) > _LONGEST_LABEL for each in re.split(r"[.*?]", _ESCAPE.sub("x", pattern))):
        return f"it has a label of more than {_LONGEST_LABEL} characters"
    if all(zone.is_named for zone in zones) and not any(
        is_within(pattern, zone.name) and (apex or pattern != zone.name) for zone in zones
    ):
        listed = ", ".join(f"'.{zone.name}'" for zone in zones)
        return f"it must end in {listed}" + (", or be the name of the zone itself" if apex else "")
    return None
