"""A request to update hosts, and what came of it, whatever the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import partial
from ipaddress import IPv6Network
from typing import NamedTuple
from unicodedata import normalize

from ddns.core.client.credentials import Proof
from ddns.core.errors import BadRequestError, InvalidNameError
from ddns.core.names import Address, record_name

_NFKC = partial(normalize, "NFKC")

MAX_UNICODE = 24
"""Most characters of all labels of a request's names that are not ASCII, two more for each label.

One that several names have counts once.
"""


class Target(NamedTuple):
    """A host as the client named it; ``name`` is the canonical name, empty where it is none."""

    text: str
    name: str


def targets(texts: Sequence[str]) -> tuple[Target, ...]:
    """Return the hosts that a client names.

    Raises:
        BadRequestError: they have too many characters that are not ASCII. IDNA takes microseconds
            for each, and the square of a label's length: a stranger could make us work for long.
    """
    names = dict.fromkeys(texts, "")
    others = [text for text in names if not text.isascii()]
    # One character may stand for 18, and so become as many.
    if others and max(_unicode(others), _unicode(map(_NFKC, others))) > MAX_UNICODE:
        raise BadRequestError("the names are too long in Unicode: write them as xn-- labels")
    for text in names:
        try:
            names[text] = record_name(text)
        except InvalidNameError:
            continue
    return tuple(Target(text, names[text]) for text in texts)


def _unicode(texts: Iterable[str]) -> int:
    labels = {label for text in texts for label in text.split(".")}
    return sum(len(label) + 2 for label in labels if not label.isascii())


class UpdateRequest(NamedTuple):
    """What a client asks for.

    Attributes:
        targets: the hosts, in order.
        proof: the credential; None where it sent none.
        addresses: the new address by record type; a family that is missing is kept.
        source: the address that the request came from.
        stamp: when it arrived, in milliseconds of the epoch.
        prefix: the delegated IPv6 prefix of the client.
        remove: the types of the address record sets that are to go.
        txt: the value of the TXT record set for a certificate's challenge.
    """

    targets: tuple[Target, ...]
    proof: Proof | None
    addresses: Mapping[str, Address]
    source: Address
    stamp: int
    prefix: IPv6Network | None = None
    remove: frozenset[str] = frozenset()
    txt: str | None = None


ADDRESSES = frozenset({"A", "AAAA"})
"""The types of address record sets."""


class Result(Enum):
    """What became of one host."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DEFERRED = "accepted"
    REMOVED = "removed"
    NO_HOST = "no such host for this credential"
    NOT_FQDN = "no host name"
    FORBIDDEN = "forbidden"
    REFUSED = "refused by the zone"
    TROUBLE = "try later"

    @property
    def success(self) -> bool:
        """Whether the zone says what was asked for, or is about to."""
        return self in _SUCCESS


_SUCCESS = frozenset({Result.CHANGED, Result.UNCHANGED, Result.DEFERRED, Result.REMOVED})


class Outcome(NamedTuple):
    """What became of one host, whoever asked for it.

    Attributes:
        result: what became of it.
        reason: why not, or on success why a part is left out, for the client.
        detail: why not, for who runs the service.
        addresses: every address that it is to have, IPv4 first.
        families: the types of its addresses that the request states; what is left out is none.
    """

    result: Result
    reason: str = ""
    detail: str = ""
    addresses: tuple[str, ...] = ()
    families: frozenset[str] = frozenset()


class HostResult(NamedTuple):
    """What became of one host.

    Attributes:
        target: the host as it was asked for.
        result: what became of it.
        addresses: every address that it has now, IPv4 first.
        reason: why not, or on success why a part is left out, for people; it tells nothing of
            hosts that are not the client's.
        families: the types of its addresses that the request states; what is left out is none.
    """

    target: Target
    result: Result
    addresses: tuple[str, ...] = ()
    reason: str = ""
    families: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """What became of a request; ``results`` is empty where no host accepted the credential."""

    results: tuple[HostResult, ...] = ()
