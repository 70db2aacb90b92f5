"""Permissions to change records, narrowed by Route 53's condition keys.

Route 53 compares the *normalised* names of a request: lower case, no trailing dot, and every
character other than a-z, 0-9, `-`, `_` and `.` as a three-digit octal escape. A policy that
spells a name differently matches nothing.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

from aws_cdk import Token
from aws_cdk import aws_iam as iam

from ddns_constructs._common.zones import without_last_dot, zone_arn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_route53 as route53

_ACTIONS_KEY = "route53:ChangeResourceRecordSetsActions"
_NAMES_KEY = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
_TYPES_KEY = "route53:ChangeResourceRecordSetsRecordTypes"

_PLAIN = re.compile(r"[a-z0-9_.-]")


class RecordAction(enum.Enum):
    """What a change may do to a record set."""

    CREATE = "CREATE"
    """Write a record set that does not exist yet; Route 53 refuses it where one does."""

    DELETE = "DELETE"
    """Remove a record set, by repeating its exact TTL and values."""

    UPSERT = "UPSERT"
    """Write a record set over whatever is there."""


def normalise_record_name(name: str) -> str:
    r"""Return a record name as Route 53's condition keys spell it.

    `*.Dyn.Example.com.` becomes `\052.dyn.example.com`.
    """
    lower = name.lower().removesuffix(".")
    return "".join(
        char if _PLAIN.match(char) else "".join(f"\\{byte:03o}" for byte in char.encode())
        for char in lower
    )


def grant_record_changes(
    zone: route53.IHostedZone,
    grantee: iam.IGrantable,
    *,
    types: Sequence[route53.RecordType],
    actions: Sequence[RecordAction],
    names: Sequence[str] | None = None,
) -> iam.Grant:
    """Let a principal change some records of a zone, and no others.

    Route 53 refuses a whole request when one change in it is not allowed.

    Args:
        zone: The hosted zone.
        grantee: Who may change records.
        types: The record types that may be changed.
        actions: What may be done to them.
        names: The full names of the records that may be changed. `*` is the name of a wildcard
            record, not a pattern. Tokens are refused: they cannot be normalised.
            Default: every name below the zone's apex, never the apex itself. A zone's name that
            is known at deployment only has to be in lower case, or nothing is allowed:
            CloudFormation cannot make it so.

    Returns:
        The grant.
    """
    for keyword, values in (("types", types), ("actions", actions), ("names", names)):
        if values is not None and not values:
            raise ValueError(f"'{keyword}' must name at least one, got an empty list")
    if names is not None and any(Token.is_unresolved(name) for name in names):
        raise ValueError(
            "'names' must be known at synthesis, got a token: write the names out, "
            "or omit it to allow every name below the zone's apex"
        )
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["route53:ChangeResourceRecordSets"],
        resource_arns=[zone_arn(zone)],
        conditions=change_conditions(
            actions=actions,
            types=[record_type.value for record_type in types],
            **_names(zone.zone_name, names),
        ),
    )


def change_conditions(
    *,
    actions: Sequence[RecordAction],
    types: Sequence[str],
    names: Sequence[str] = (),
    patterns: Sequence[str] = (),
    except_names: Sequence[str] = (),
    except_patterns: Sequence[str] = (),
) -> Mapping[str, Mapping[str, object]]:
    """Return the conditions of a statement that allows route53:ChangeResourceRecordSets.

    Args:
        actions: The actions that every change of the request must be one of.
        types: The record types, likewise.
        names: The normalised names, likewise. Default: names are not compared.
        patterns: Patterns over normalised names in which `*` crosses dots; instead of `names`.
            Default: names are not matched.
        except_names: Normalised names that none may be. Default: there is no exception.
        except_patterns: Patterns that none may match. Default: there is none.
    """
    equal: dict[str, object] = {
        _ACTIONS_KEY: sorted(action.value for action in actions),
        _TYPES_KEY: sorted(types),
    }
    conditions: dict[str, Mapping[str, object]] = {"ForAllValues:StringEquals": equal}
    if names:
        equal[_NAMES_KEY] = _sorted(names)
    if patterns:
        conditions["ForAllValues:StringLike"] = {_NAMES_KEY: _sorted(patterns)}
    if except_names:
        conditions["ForAllValues:StringNotEquals"] = {_NAMES_KEY: _sorted(except_names)}
    if except_patterns:
        conditions["ForAllValues:StringNotLike"] = {_NAMES_KEY: _sorted(except_patterns)}
    # ForAllValues is true where the key is absent: ask for its presence too.
    compared = names or patterns or except_names or except_patterns
    present = [_ACTIONS_KEY, _TYPES_KEY, *([_NAMES_KEY] if compared else [])]
    conditions["Null"] = dict.fromkeys(sorted(present), "false")
    return conditions


def below_apex(zone_name: str) -> list[str]:
    """Return the patterns that match every name below a zone's apex."""
    return [f"*.{normalised_zone_name(zone_name)}"]


def normalised_zone_name(zone_name: str) -> str:
    """Return a zone's name as the condition key spells it, as far as a token lets it be spelt."""
    if Token.is_unresolved(zone_name):
        return without_last_dot(zone_name)
    return normalise_record_name(zone_name)


def _sorted(values: Sequence[str]) -> list[str]:
    """Return values in order, each once: tokens first as they are, as their text means nothing."""
    return sorted(dict.fromkeys(values), key=lambda each: "" if Token.is_unresolved(each) else each)


def _names(zone_name: str, names: Sequence[str] | None) -> dict[str, list[str]]:
    if names is None:
        return {"patterns": below_apex(zone_name)}
    return {"names": [normalise_record_name(name) for name in names]}
