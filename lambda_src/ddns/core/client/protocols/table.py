"""Which protocol answers which request: one row for each, and the first that matches does.

A new protocol is a module, and its row here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ddns.core.client.http import Request, Response
from ddns.core.client.protocols import checkip, dyndns2, seed, signed
from ddns.core.client.requests import Answer, UpdateRequest


class ProtocolRow(NamedTuple):
    """A protocol.

    Attributes:
        name: as the setting ``DDNS_PROTOCOLS`` and the log have it.
        matches: tells whether a request is one of it.
        parse: returns what a client asks for, or the answer where nothing is to be updated; it
            raises `BadRequestError`.
        format: returns the answer to an update.
        refuse: returns the answer to what cannot be read (400) or is not to be (403), with the
            reason.
        updates: whether its requests may change anything.
    """

    name: str
    matches: Callable[[Request], bool]
    parse: Callable[[Request], UpdateRequest | Response]
    format: Callable[[UpdateRequest, Answer], Response]
    refuse: Callable[[int, str], Response]
    updates: bool = True


def protocol_table(terms: dyndns2.Terms) -> tuple[ProtocolRow, ...]:
    """Return the protocols in the order in which they are asked; the terms are dyndns2's.

    One that is off has its row all the same: its requests do not fall to the next one.
    """
    plain = (partial(dyndns2.format_answer, terms=terms), dyndns2.refuse)
    return (
        ProtocolRow("signed", signed.matches, signed.parse, signed.format_answer, signed.refuse),
        ProtocolRow(
            "dyndns2",
            partial(dyndns2.matches, terms=terms),
            partial(dyndns2.parse, terms=terms),
            *plain,
        ),
        # It updates nothing, so nothing is left to format.
        ProtocolRow("checkip", checkip.matches, checkip.parse, *plain, updates=False),
        ProtocolRow("seed", seed.matches, seed.parse, seed.format_answer, seed.refuse),
    )


def refuse_unread(path: object, status: int, reason: str) -> Response:
    """Return the answer to an event of which the path is all that can be read, if that."""
    refuse = signed.refuse if path == signed.PATH else dyndns2.refuse
    return refuse(status, reason)
