"""Proofs that a client may update a host, compared in constant time.

Every check does the same work whatever the host: two live credentials, or ones that nobody has.
"""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import NamedTuple

from ddns.core.client.hosts import Host

_LIVE = 2
# Stand-ins where a host has fewer: no token has this digest, and a match of this secret is none.
_NO_DIGEST = "-" * 64
_NONE = "\x00"
_EMPTY = sha256(b"").hexdigest()

SKEW = 300
"""How far (seconds) the clock of a client that signs may be off."""

_MOST_NONCES = 16


class Token(NamedTuple):
    """A token that the client sent: Basic password or Bearer.

    Attributes:
        digest: its SHA-256, hex.
    """

    digest: str


class Digest(NamedTuple):
    """The digest of the AWS blog sample: SHA-256 over address, host name as sent, and secret.

    Attributes:
        text: address and host name.
        digest: hex, lower case.
    """

    text: str
    digest: str


class Signature(NamedTuple):
    """An HMAC-SHA-256 over the canonical text.

    Attributes:
        text: the canonical text.
        digest: hex, lower case.
        time: seconds of the epoch.
        nonce: what makes two requests of one second different.
    """

    text: bytes
    digest: str
    time: int
    nonce: str


Proof = Token | Digest | Signature


def token(sent: bytes) -> Token:
    """Return the proof for a token as the client sent it."""
    return Token(sha256(sent).hexdigest())


def accepts(host: Host | None, proof: Proof) -> bool:
    """Tell whether a host exists, is not disabled, and has a credential that fits the proof."""
    valid = False
    if isinstance(proof, Token):
        for stored in _live(host.tokens if host else (), _NO_DIGEST):
            valid |= compare_digest(stored.encode(), proof.digest.encode())
        # Of an empty token, which everybody has.
        valid &= proof.digest != _EMPTY
    elif isinstance(proof, Digest):
        for secret in _live(host.secrets if host else (), _NONE):
            computed = sha256((proof.text + secret).encode()).hexdigest()
            valid |= compare_digest(computed, proof.digest) & (secret is not _NONE)
    else:
        for secret in _live(host.secrets if host else (), _NONE):
            computed = hmac_digest(secret.encode(), proof.text, "sha256").hex()
            valid |= compare_digest(computed, proof.digest) & (secret is not _NONE)
    return valid and host is not None and not host.disabled


def replayed(host: Host, proof: Proof) -> bool:
    """Tell whether a signed request is older than the last one, or is one of those.

    Of one second sixteen are remembered, and no more are taken.
    """
    if not isinstance(proof, Signature):
        return False
    last, nonces = host.signed
    if proof.time != last:
        return proof.time < last
    return proof.nonce in nonces or len(nonces) >= _MOST_NONCES


def remembering(host: Host, proof: Proof | None) -> tuple[int, frozenset[str]]:
    """Return what has to be kept so that a signed request cannot be replayed."""
    if not isinstance(proof, Signature) or replayed(host, proof):
        return host.signed
    last, nonces = host.signed
    return proof.time, frozenset({proof.nonce}) | (nonces if proof.time == last else frozenset())


def _live(stored: tuple[str, ...], filler: str) -> tuple[str, ...]:
    return (*stored, filler, filler)[:_LIVE]
