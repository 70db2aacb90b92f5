"""The names that `ApiGatewayDirectDdns` may write: relative to the zone, or full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._arguments import Zone, canonical, host_name_fault, is_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_cdk import aws_route53 as route53

    from ddns_constructs._arguments import Faults

MAX_NAMES = 50
"""As many as fit into one API with a path for each, two methods and a key."""

_APEX = "@"


def read_zone(hosted_zone: route53.IHostedZone, faults: Faults) -> Zone | None:
    """Return the zone with its name; note what makes it unusable."""
    if not hasattr(hosted_zone, "hosted_zone_id"):
        raise TypeError(
            f"'hosted_zone' must be a hosted zone, got {type(hosted_zone).__name__}: "
            "write hosted_zone=zone"
        )
    try:
        name = hosted_zone.zone_name
    except RuntimeError:  # how CDK's own error of from_hosted_zone_id reaches Python
        faults.add(
            "'hosted_zone' has no zone name, as from_hosted_zone_id leaves it out: "
            "use HostedZone.from_hosted_zone_attributes or HostedZone.from_lookup"
        )
        return None
    return Zone(hosted_zone, name if Token.is_unresolved(name) else canonical(name))


def check_record_names(
    given: Sequence[str], zone: Zone | None, faults: Faults
) -> Mapping[str, str]:
    """Return the full names by the names as they were given; note those that cannot be."""
    if isinstance(given, str):
        raise TypeError(f"'record_names' must be a list of names, got a string: ['{given}']")
    if not 1 <= len(given) <= MAX_NAMES:
        faults.add(
            f"'record_names' must hold 1 to {MAX_NAMES} names, got {len(given)}: "
            "divide them among several ApiGatewayDirectDdns"
        )
    names: dict[str, str] = {}
    written: dict[str, str] = {}
    for name in given:
        full, reason = _full_name(name, zone)
        other = written.get(full)
        if reason is None and other is not None:
            reason = f"'{other}' is the same name; list it once"
        if reason is not None:
            faults.add(f"'record_names' must hold names of the zone, got '{name}': {reason}")
            continue
        names[name] = full
        written[full] = name
    return names


def relative_names(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield names that may have been meant in full and were taken to be relative, and the result.

    Args:
        names: Full names by the names as they were given.
    """
    for name, full in names.items():
        if "." in name and canonical(name) != full:
            yield name, full


def _full_name(name: object, zone: Zone | None) -> tuple[str, str | None]:
    """Return a name in full, and why it cannot be a record's, None where it can."""
    if not isinstance(name, str):
        return "", "it is no string"
    if Token.is_unresolved(name):
        return "", "it must be known at synthesis; write it out"
    if name.startswith("*."):
        return "", "a wildcard is no client's own name; write an alias record for it beside"
    known = zone.name if zone is not None and zone.is_named else None
    if name == _APEX:
        reason = None if known else "the zone's name is not known at synthesis; write it out"
        return known or "", reason
    full = canonical(name)
    if known and not is_within(full, known):
        if name.endswith("."):
            return full, f"it must end in '.{known}', or be the name of the zone itself"
        full = f"{full}.{known}"
    return full, host_name_fault(full) or (None if known or zone is None else _label_fault(full))


def _label_fault(full: str) -> str | None:
    if "." in full:
        return None
    return "the zone's name is not known at synthesis; write the full name"
