"""Where requests may come from: the first thing that is looked at, and the cheapest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import NamedTuple

from ddns.core.client.addresses import Network, parse_address
from ddns.core.errors import BadRequestError, BlockedError
from ddns.core.names import Address

ORIGIN = "x-ddns-origin"
VIEWER = "cloudfront-viewer-address"

_MAX_PORT = 5
# The form of `sourceIp` is nowhere promised: a port was seen behind it, with mutual TLS.
_WITH_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?", re.ASCII)


class Admission(NamedTuple):
    """Whose requests are read at all.

    Attributes:
        networks: where they may come from; empty for everywhere.
        origins: SHA-256 (hex, lower case) of what the header ``X-Ddns-Origin`` may hold, which a
            proxy in front adds; empty where there is none in front.
    """

    networks: tuple[Network, ...] = ()
    origins: tuple[str, ...] = ()

    def source(self, headers: Mapping[str, str], peer: str) -> Address:
        """Return the address that a request comes from.

        Args:
            headers: by name in lower case.
            peer: the address of the TCP peer.

        Raises:
            BlockedError: it did not come through the proxy, or comes from no allowed network.
            BadRequestError: the address cannot be read.
        """
        if self.origins:
            if not self._known(headers.get(ORIGIN, "")):
                raise BlockedError("the request did not come by the way that leads here")
            # Whoever can send the origin's header is the proxy: only it is believed about others.
            source = _viewer(headers.get(VIEWER, ""))
        else:
            source = _peer(peer)
        if self.networks and not any(source in network for network in self.networks):
            raise BlockedError("requests from this address are not answered here")
        return source

    def _known(self, sent: str) -> bool:
        """Compare with every digest, whichever fits."""
        digest = sha256(sent.encode("utf-8", "surrogatepass")).hexdigest().encode()
        known = False
        for each in self.origins:
            known |= compare_digest(each.encode(), digest)
        return known and bool(sent)


EVERYBODY = Admission()


def _peer(text: str) -> Address:
    """Return the address of a TCP peer, without a port behind it.

    IPv6 has a port only behind brackets: without them it cannot be told from a group.
    """
    match = _WITH_PORT.fullmatch(text.strip())
    try:
        return parse_address(match[1] or match[2] if match else text)
    except BadRequestError:
        raise BadRequestError("the address that the request comes from cannot be read") from None


def _viewer(text: str) -> Address:
    """Return the address of CloudFront's header: the port is what follows the last colon.

    AWS writes IPv6 without brackets (``2001:db8::1:46532``); with brackets it is read, too.
    """
    address, colon, port = text.strip().rpartition(":")
    # A length would be dropped, and with it whatever stands behind a client's own header.
    if "/" in address or not (
        colon and port.isascii() and port.isdigit() and len(port) <= _MAX_PORT
    ):
        raise BadRequestError(f"the header {VIEWER} is missing or malformed")
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    return parse_address(address)
