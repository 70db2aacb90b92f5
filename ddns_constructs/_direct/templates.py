"""The one place that reads the templates of `vtl/` and fills them with constants of synthesis.

They keep to what Velocity 1.7, the family of API Gateway's own engine, and airspeed render alike:
`##` at the end of a directive's line takes the line break along on both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def change_of_path(name: str, *, ttl: int) -> str:
    """Return the request to Route 53 of a path that stands for one name."""
    return _fill("name_of_path", NAME=_constant(name)) + _change(ttl)


def change_of_caller(names: Mapping[str, str], caller: str, *, ttl: int) -> str:
    """Return the request to Route 53 for the caller's own name.

    Args:
        names: Names by what tells callers apart; a token where that is known at deployment.
        caller: The variable that holds it.
        ttl: Seconds that resolvers may keep the record.
    """
    pairs = ",".join(f"'{key}':'{_constant(name)}'" for key, name in names.items())
    return _fill("name_of_caller", NAMES=pairs, CALLER=caller, DENIED=DENIED_NAME) + _change(ttl)


def read(template: str) -> str:
    """Return a template that holds no constant of synthesis."""
    return _fill(template).removesuffix("\n")


def answer_of_failure(*, busy: str, failed: str) -> str:
    """Return the answer where Route 53 refused: 429 where it was busy, else the status stays."""
    return _fill("answer_of_failure", BUSY=busy, FAILED=failed)


def _change(ttl: int) -> str:
    return _fill("change", TTL=str(ttl), DENIED=DENIED_NAME)


def _constant(text: str) -> str:
    if not _CONSTANT.match(text):  # names are checked before: this is the second look
        raise ValueError(f"a template must not hold {text!r}")
    return text


def _fill(template: str, **values: str) -> str:
    text = (_FOLDER / f"{template}.vtl").read_text(encoding="utf-8")
    # One pass: what is filled in is not looked at again.
    return _MARK.sub(lambda mark: values[mark[1]], text)
