"""The names that `ApiGatewayDirectDdns` may write: relative to the zone, or full."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from aws_cdk import Token
from aws_cdk import aws_route53 as route53

from ddns_constructs._common.arguments import host_name_problem
from ddns_constructs._common.zones import Zone, canonical, is_within
from ddns_constructs._direct.checks import check_list, list_of
from ddns_constructs._direct.templates import DENIED_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs import Construct

    from ddns_constructs._common.arguments import Problems

MAX_NAMES = 50
"""Three APIs of as many keys fit into a stack, which may have 500 resources."""

_APEX = "@"
_ID_PREFIX = re.compile("/?hostedzone/")
_Value = TypeVar("_Value")


class ByName(Mapping[str, _Value]):
    """Values by the names of `record_names`, which may be asked for in any of their spellings.

    It iterates over the names as they were given. Relative and full names, capitals and a dot at
    the end are the same name.

    Args:
        values: The values, by the names as they were given.
        names: Full names by the names as they were given.
        zone: The name of the zone; None where it is not known.
    """

    def __init__(
        self, values: Mapping[str, _Value], names: Mapping[str, str], zone: str | None
    ) -> None:
        self._values = dict(values)
        self._names = names
        self._zone = zone

    def __getitem__(self, name: str) -> _Value:
        """Return the value of a name.

        Raises:
            KeyError: There is none; the text lists the names.
        """
        given = given_name(name, self._names, self._zone)
        if given not in self._values:
            known = ", ".join(f"'{each}'" for each in self._values) or "none, without API keys"
            raise KeyError(f"'{name}' is no name of 'record_names' here: write one of {known}")
        return self._values[given]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)


def given_name(name: object, names: Mapping[str, str], zone: str | None) -> str | None:
    """Return a name as `record_names` has it, whatever its spelling; None where it has none.

    Args:
        name: As it is asked for.
        names: Full names by the names as they were given.
        zone: The name of the zone; None where it is not known.
    """
    if not isinstance(name, str) or name in names:
        return name if isinstance(name, str) else None
    written = {full: given for given, full in names.items()}
    if name == _APEX and zone is not None:
        return written.get(zone)
    full = canonical(name)
    if full in written or zone is None or name.endswith("."):
        return written.get(full)
    return written.get(f"{full}.{zone}")


def with_plain_id(scope: Construct, hosted_zone: route53.IHostedZone) -> route53.IHostedZone:
    """Return a zone whose id has no prefix; that of the user is left as it is.

    `aws route53 list-hosted-zones` prints ids as `/hostedzone/Z1`, which make no ARN, no path of
    Route 53 and no path of this API.
    """
    given = hosted_zone.hosted_zone_id
    prefix = None if Token.is_unresolved(given) else _ID_PREFIX.match(given)
    if prefix is None:
        return hosted_zone
    return route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=given[prefix.end() :], zone_name=hosted_zone.zone_name
    )


def check_record_names(
    given: Sequence[str], zone: Zone | None, problems: Problems
) -> Mapping[str, str]:
    """Return the full names by the names as they were given; note those that cannot be."""
    check_list("record_names", given, "names", list_of(given, "home"))
    if not 1 <= len(given) <= MAX_NAMES:
        problems.add(
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
            problems.add(f"'record_names' must hold names of the zone, got '{name}': {reason}")
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
    if name == _APEX and not known:
        return "", "the zone's name is not known at synthesis; write it out"
    full = known if known and name == _APEX else canonical(name)
    if known and not is_within(full, known):
        if name.endswith("."):
            return full, f"it must end in '.{known}', or be the name of the zone itself"
        full = f"{full}.{known}"
    return full, host_name_problem(full) or _problem(
        full, is_relative=not known and zone is not None
    )


def _problem(full: str, *, is_relative: bool) -> str | None:
    if full == DENIED_NAME:
        return "templates ask for this name where a caller is refused; choose another"
    if is_relative and "." not in full:
        return "the zone's name is not known at synthesis; write the full name"
    return None
