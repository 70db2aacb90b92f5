"""The name of a record, relative to its zone or in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.arguments import host_name_problem
from ddns_constructs._common.zones import Zone, canonical, is_within

if TYPE_CHECKING:
    from ddns_constructs._common.arguments import Problems

_APEX = "@"


def full_name(record_name: object, zone: Zone | None, problems: Problems) -> str:
    """Return the name in full; note one that cannot be a record's."""
    full, reason = _read_name(record_name, zone)
    if reason is not None:
        problems.add(f"'record_name' must be a name of the zone, got '{record_name}': {reason}")
    return full


def _read_name(record_name: object, zone: Zone | None) -> tuple[str, str | None]:
    """Return the name in full, and why it cannot be one, None where it can."""
    if not isinstance(record_name, str):
        return "", "it is no text"
    if Token.is_unresolved(record_name):
        return "", "it must be known at synthesis; write it out"
    if zone is None:
        return "", None
    if record_name == _APEX:
        return zone.name, None
    return _joined(record_name, zone)


def _joined(record_name: str, zone: Zone) -> tuple[str, str | None]:
    """Return a name with the zone's behind it, unless it is full already."""
    given = canonical(record_name)
    problem = host_name_problem(given.removeprefix("*."))
    if zone.is_named and is_within(given, zone.name):
        return given, problem
    if record_name.endswith("."):
        known = f"it must end in '.{zone.name}', or be the name of the zone itself"
        unknown = "the zone's name is not known at synthesis; write it relative to the zone"
        return given, known if zone.is_named else unknown
    full = f"{given}.{zone.name}"
    return full, problem or (host_name_problem(full.removeprefix("*.")) if zone.is_named else None)
