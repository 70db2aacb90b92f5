"""Who a client of dyndns2 says it is."""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

from ddns.core.client.credentials import Proof, token
from ddns.core.client.http import Parameters, Request
from ddns.core.errors import BadRequestError

NAMES = ("username", "user")
PASSWORDS = ("password", "pass")

# A user name may be a list of twenty hosts.
_MAX_HEADER = 4096


class Login(NamedTuple):
    """Who the client says it is, and the proof; None where it sent no credential."""

    user: str = ""
    proof: Proof | None = None


def login(request: Request, query: Parameters) -> Login:
    """Return who the client says it is; an empty password or token is none.

    Args:
        request: the request.
        query: parameters that may hold user name and password.

    Raises:
        BadRequestError: the header cannot be read.
    """
    header = request.header("authorization")
    if len(header) > _MAX_HEADER:
        raise BadRequestError("the authorization header is too long")
    scheme, _, rest = header.strip().partition(" ")
    rest = rest.strip()
    # Headers that were sent twice arrive as one, joined by a comma.
    if "," in rest:
        raise BadRequestError("the authorization header cannot be read")
    if scheme.lower() == "bearer" and rest:
        return Login("", token(rest.encode("utf-8", "replace")))
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(rest, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            raise BadRequestError("the authorization header cannot be read") from None
        return Login(user.decode("utf-8", "replace"), token(password) if password else None)
    in_query = first(query, PASSWORDS)
    if in_query:
        return Login(first(query, NAMES), token(in_query.encode("utf-8", "replace")))
    return Login()


def first(given: Parameters, names: tuple[str, ...]) -> str:
    """Return the first of some parameters that is not empty."""
    return next((given[name].strip() for name in names if given.get(name, "").strip()), "")
