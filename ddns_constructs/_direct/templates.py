"""The one place that reads the templates of `vtl/` and fills them with constants of synthesis.

They keep to what Velocity 1.7, the family of API Gateway's own engine, and airspeed render alike:
`##` at the end of a directive's line takes the line break along on both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FOLDER = Path(__file__).resolve().parents[1] / "vtl"
_MARK = re.compile(r"@([A-Z]+)@")
# What a template may get as text of a quoted literal, or of an element.
_CONSTANT = re.compile(r"[A-Za-z0-9._:-]+\Z")
DENIED_NAME = "denied.invalid"
"""What a template asks for where a caller is refused: the role may not change it, in any zone."""

API_KEY = "context.identity.apiKeyId"
"""Who called with an API key: the key's id, never the key."""

SUBJECT = "context.authorizer.claims.sub"
"""Who called with a token of a user pool."""

PATH_PARAMETER = "record_name"
"""The variable of the path, where the name follows from that."""

ZONE_PARAMETER = "zone_id"
"""The variable of the path, where that is the zone's."""

NAME_IN_PATH = f"input.params('{PATH_PARAMETER}')"
"""What the path says: it is looked up as a key is, and printed no more than a key is."""

# Full forms only: what has a port, brackets or a zone is no address here. Route 53 takes IPv6 in
# capitals. The end is written so because `$` starts a reference, and airspeed's `matches` looks
# at the beginning only.
_ADDRESS = "(?:[0-9]{1,3}(?:[.][0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,38})(?![^0]|0)"


def change_of_name(name: str, *, ttl: int) -> str:
    """Return the request to Route 53 of an API that has one name, whoever calls."""
    return _fill("name_of_api", NAME=_constant(name)) + _change(ttl)


def change_of_caller(names: Mapping[str, str], caller: str, *, ttl: int) -> str:
    """Return the request to Route 53 for the caller's own name.

    Args:
        names: Names by what tells callers apart; a token where that is known at deployment.
        caller: The variable that holds it.
        ttl: Seconds that resolvers may keep the record.
    """
    pairs = {key: _constant(name) for key, name in names.items()}
    return _fill("name_of_caller", NAMES=_map(pairs), CALLER=caller, DENIED=DENIED_NAME) + _change(
        ttl
    )


def read(template: str) -> str:
    """Return a template that holds no constant of synthesis."""
    return _fill(template).removesuffix("\n")


def answer_of_failure(*, busy: str, failed: str) -> str:
    """Return the answer where Route 53 refused: 429 where it was busy, else the status stays."""
    return _fill("answer_of_failure", BUSY=busy, FAILED=failed)


def answer_of_denial(
    known: Sequence[str],
    caller: str,
    *,
    zone_id: str | None,
    unknown: str,
    failed: str,
    no_address: str,
) -> str:
    """Return the answer where IAM did not let the role change a name: 502 but for strangers.

    Args:
        known: What callers with a name are known by; a token where that is known at deployment.
        caller: The variable that holds it.
        zone_id: The zone that the path has to say; None where it says none.
        unknown: The answer to a caller who has no name, or says another zone.
        failed: The answer to one who has: the role lacks what it may have soon.
        no_address: The answer where API Gateway names no address of the caller's.
    """
    return _fill(
        "answer_of_denial",
        KNOWN=_map(dict.fromkeys(known, "yes")),
        CALLER=caller,
        ZONE="" if zone_id is None else _is_zone(zone_id),
        ADDRESS=_ADDRESS,
        UNKNOWN=unknown,
        FAILED=failed,
        NOADDRESS=no_address,
    )


def _is_zone(zone_id: str) -> str:
    # Empty where the path cannot be read in an answer: that is not the caller's mistake.
    said = f"$input.params('{ZONE_PARAMETER}')"
    return f" && ({said} == '{zone_id}' || {said} == '')"


def _map(pairs: Mapping[str, str]) -> str:
    return ",".join(f"'{key}':'{value}'" for key, value in pairs.items())


def _change(ttl: int) -> str:
    return _fill("change", ADDRESS=_ADDRESS, TTL=str(ttl), DENIED=DENIED_NAME)


def _constant(text: str) -> str:
    if not _CONSTANT.match(text):  # names are checked before: this is the second look
        raise ValueError(f"a template must not hold {text!r}")
    return text


def _fill(template: str, **values: str) -> str:
    text = (_FOLDER / f"{template}.vtl").read_text(encoding="utf-8")
    # One pass: what is filled in is not looked at again.
    return _MARK.sub(lambda mark: values[mark[1]], text)
