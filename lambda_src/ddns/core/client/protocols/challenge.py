"""The value of a TXT record set for a certificate's challenge."""

from __future__ import annotations

import re

from ddns.core.errors import BadRequestError

# RFC 8555 section 8.4: a base64url text. One string of a TXT record holds 255 octets.
_CHALLENGE = re.compile(r"[A-Za-z0-9_=-]{1,255}")


def parse_challenge(text: str) -> str:
    """Return the value.

    Raises:
        BadRequestError: it holds other characters than base64url has, or is too long.
    """
    if not _CHALLENGE.fullmatch(text):
        raise BadRequestError("txt must be 1 to 255 characters of base64url")
    return text
