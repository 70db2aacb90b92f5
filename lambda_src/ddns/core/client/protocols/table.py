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
        bad_request: returns the answer to what cannot be read, with the reason.
    """

    name: str
    matches: Callable[[Request], bool]
    parse: Callable[[Request], UpdateRequest | Response]
    format: Callable[[UpdateRequest, Answer], Response]
    bad_request: Callable[[str], Response]


def protocol_table(
    *, query_credentials: bool, bad_auth_status: int, trouble_status: int
) -> tuple[ProtocolRow, ...]:
    """Return the protocols in the order in which they are asked; the terms are dyndns2's.

    One that is off has its row all the same: its requests do not fall to the next one.
    """
    routers_parse = partial(dyndns2.parse, query_credentials=query_credentials)
    routers_format = partial(
        dyndns2.format_answer, bad_auth_status=bad_auth_status, trouble_status=trouble_status
    )
    plain = (routers_format, dyndns2.bad_request)
    return (
        ProtocolRow(
            "signed", signed.matches, signed.parse, signed.format_answer, signed.bad_request
        ),
        ProtocolRow("dyndns2", dyndns2.matches, routers_parse, *plain),
        # It updates nothing, so nothing is left to format.
        ProtocolRow("checkip", checkip.matches, checkip.parse, *plain),
        ProtocolRow("seed", seed.matches, seed.parse, seed.format_answer, seed.bad_request),
    )


def unreadable(path: object, reason: str) -> Response:
    """Return the answer to an event of which the path is all that can be read, if that."""
    bad_request = signed.bad_request if path == signed.PATH else dyndns2.bad_request
    return bad_request(reason)
