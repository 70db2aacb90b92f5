"""Constructs of one app that write the same names, each of which takes the other's for foreign."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from aws_cdk import Annotations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct, IConstruct

    from ddns_constructs._common.zones import Zone


@dataclass(frozen=True)
class _Writer:
    """What one construct may write."""

    path: str
    zones: Sequence[Zone]
    patterns: Sequence[str]
    owns: bool
    """Whether it leaves alone what it did not write itself."""


# By app: to look through all constructs of one would ask CDK for each, in another process.
_WRITERS: weakref.WeakKeyDictionary[IConstruct, list[_Writer]] = weakref.WeakKeyDictionary()


def warn_of_overlaps(
    scope: Construct, zones: Sequence[Zone], allowed_names: Sequence[str], *, owns: bool
) -> None:
    """Warn of constructs that were defined before and may write the same names.

    Args:
        scope: The construct.
        zones: Its zones.
        allowed_names: The patterns of its names. Where there are none it may write any.
        owns: Whether it leaves alone what it did not write. Of two that do not, the clients decide.
    """
    writer = _Writer(scope.node.path, zones, allowed_names, owns)
    others = _WRITERS.setdefault(scope.node.root, [])
    for other in others:
        shared = _shared(writer, other) if owns or other.owns else []
        if shared:
            Annotations.of(scope).add_warning_v2(
                "ddns-constructs:sharedZone",
                f"'hosted_zones' holds {', '.join(shared)}, which {other.path} writes too: of one "
                "name the first that writes it has it, and the other is refused or overwrites it; "
                "give each 'allowed_names' of its own",
            )
    others.append(writer)


def _shared(one: _Writer, other: _Writer) -> list[str]:
    """Return the zones in which two may write the same name."""
    ids = {zone.id for zone in other.zones}
    return [
        zone.name
        for zone in one.zones
        if zone.id in ids and (zone.is_reverse or _meet(one.patterns, other.patterns))
    ]


def _meet(some: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether a name may match a pattern of each; in doubt it does not."""
    if not some or not others:
        return True
    return any(
        fnmatchcase(_sample(a), b) or fnmatchcase(_sample(b), a) for a in some for b in others
    )


def _sample(pattern: str) -> str:
    return pattern.replace("*", "x").replace("?", "x")
