"""Credentials of hosts: strong ones, from the system's own source of chance."""

from __future__ import annotations

import hashlib
import secrets
import string

from ddns.core.client.items import Credentials

__all__ = ["digest", "new_credentials", "new_secret", "new_token", "stored_credentials"]

# Routers send it as it is, forms are typed into: no look-alikes, nothing to escape. 32 characters.
_TOKEN_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # noqa: S105 - what tokens are made of
_TOKEN_LENGTH = 26  # 130 bits
_SECRET_ALPHABET = string.ascii_letters + string.digits
_SECRET_LENGTH = 43  # 256 bits


def new_token() -> str:
    """Return a token for dyndns2: 130 bits in 26 letters and digits."""
    return "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(_TOKEN_LENGTH))


def new_secret() -> str:
    """Return a shared secret for digests and signatures: 256 bits in 43 letters and digits."""
    return "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(_SECRET_LENGTH))


def digest(token: str) -> str:
    """Return what is stored of a token: it has 130 bits, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_credentials(*, token: bool, secret: bool) -> dict[str, str]:
    """Return new credentials by what they are, `token` and `secret`."""
    made = {"token": new_token()} if token else {}
    return {**made, "secret": new_secret()} if secret else made


def stored_credentials(made: dict[str, str]) -> Credentials:
    """Return new credentials as the item of a host has them."""
    return Credentials(
        (digest(made["token"]),) if "token" in made else (),
        (made["secret"],) if "secret" in made else (),
    )
