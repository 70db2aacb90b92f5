"""What the digest of the AWS blog sample cannot tell apart: hosts that share a secret.

It is the SHA-256 of address, host name and secret, with nothing between them. So with one secret
`a.example.com` asked for from 198.51.100.15 and `5a.example.com` asked for from 198.51.100.1 have
the same digest, and who saw the one may send it for the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ddns_constructs.cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["check_digests"]

# What may end an address, IPv4 or IPv6: none ends with a dot, so `a.home` may share with `home`.
_END = re.compile(r"[0-9a-f:.]*[0-9a-f:]")


def check_digests(name: str, others: Iterable[str]) -> None:
    """Refuse a host that shares a secret with one that its digests could be those of.

    Args:
        name: The new host.
        others: Every host that one of its secrets opens.

    Raises:
        CommandError: There is one.
    """
    for other in others:
        if any(
            _agree(mine, theirs) for mine, theirs in zip(_forms(name), _forms(other), strict=True)
        ):
            raise CommandError(
                f"{name} and {other} must not share a secret: the AWS blog sample's digest puts "
                "the address right in front of the name, so that of one host could be sent for the "
                "other from another address. Leave --same-credentials-as out (with --secret, if "
                "the client needs one), or name a host that has a token only"
            )


def _agree(one: str, other: str) -> bool:
    """Tell whether one name is the other with the end of an address in front."""
    shorter, longer = sorted((one, other), key=len)
    return longer.endswith(shorter) and bool(_END.fullmatch(longer.removesuffix(shorter)))


def _forms(name: str) -> tuple[str, str]:
    """Return the spellings that a client may send: the digest is over what it sent."""
    try:
        return name, name.encode().decode("idna")
    except UnicodeError:
        return name, name
