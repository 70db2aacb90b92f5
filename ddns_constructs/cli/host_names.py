"""Host names as the function will read them, checked before they are stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ddns_constructs.cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["canonical_host", "is_allowed"]

# RFC 1123 section 2.1 and RFC 1035 section 2.3.4.
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAX_NAME = 253


def canonical_host(text: str) -> str:
    """Return a host name in lower case, with A-labels, without a trailing dot.

    Args:
        text: As a person writes it; the first label may be `*`.

    Raises:
        UsageError: It is no host name.
    """
    stripped = text.strip()
    if not stripped:
        raise UsageError("the host's name is empty: give the full name")
    wildcard = stripped.startswith("*.")
    name = stripped.removeprefix("*.").removesuffix(".")
    try:
        name = name.lower() if name.isascii() else name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise UsageError(f"{text!r} cannot be written in ASCII (IDNA 2003)") from None
    for label in name.split("."):
        if not _LABEL.fullmatch(label):
            raise UsageError(
                f"{text!r} is no host name: its label {label!r} is not 1 to 63 letters, digits "
                "and inner hyphens"
            )
    if len(name) > _MAX_NAME:
        raise UsageError(f"{text!r} is longer than {_MAX_NAME} characters")
    if "." not in name:
        raise UsageError(f"{text!r} has one label only: give the full name")
    return f"*.{name}" if wildcard else name


def is_allowed(name: str, patterns: Sequence[str]) -> bool:
    r"""Tell whether a canonical name matches a pattern as IAM's StringLike compares it.

    Args:
        name: The name; a `*` in it is compared as Route 53 writes it, `\052`.
        patterns: `*` stands for any characters, dots included, and `?` for one.
    """
    escaped = name.replace("*", "\\052")
    return any(
        re.fullmatch(re.escape(each).replace(r"\*", ".*").replace(r"\?", "."), escaped)
        for each in patterns
    )
