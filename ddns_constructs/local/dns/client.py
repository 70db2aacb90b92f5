"""Asks the local name server over the wire, as any program would."""

from __future__ import annotations

import time
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.errors import LocalAwsError

__all__ = ["Dns", "Response"]

_TIMEOUT = 5.0
_LOOPBACK = "127.0.0.1"
_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Response:
    """What came back.

    Args:
        status: `NOERROR`, `NXDOMAIN`, `REFUSED`, ...; `no answer yet` if there was none in time.
        values: The values of the type asked for, sorted.
        chain: The targets of the CNAMEs that led there, in order.
    """

    status: str
    values: tuple[str, ...]
    chain: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it as a line for people: `web.example.com. -> 10.0.0.5`."""
        found = ", ".join(self.values) or (self.status if self.status != "NOERROR" else "no data")
        return " -> ".join((*self.chain, found))


@dataclass(frozen=True, slots=True)
class Dns:
    """The name server's addresses, and a way to ask it.

    Args:
        private_port: UDP and TCP port that answers as inside the VPC.
        public_port: UDP and TCP port that answers as on the internet.
    """

    private_port: int
    public_port: int

    def port(self, view: View) -> int:
        """Return the port of `view`."""
        return self.private_port if view is View.PRIVATE else self.public_port

    def ask(self, name: str, rdtype: str = "A", view: View = View.PRIVATE) -> Response:
        """Ask over UDP, and over TCP if the response does not fit.

        Args:
            name: The name, with or without the last dot.
            rdtype: Such as `A`, `PTR` or `CNAME`.
            view: Who asks. Default: a machine in the VPC.

        Raises:
            dns.exception.DNSException: No answer, or one that is not DNS.
        """
        query = dns.message.make_query(name, rdtype, use_edns=True)
        query.flags &= ~dns.flags.RD  # the server does not recurse
        reply, _ = dns.query.udp_with_fallback(query, _LOOPBACK, _TIMEOUT, self.port(view))
        wanted = dns.rdatatype.from_text(rdtype)
        return Response(
            status=dns.rcode.to_text(reply.rcode()),
            values=tuple(
                sorted(
                    str(value)
                    for found in reply.answer
                    if found.rdtype == wanted
                    for value in found
                )
            ),
            chain=tuple(
                str(rrset[0].target)
                for rrset in reply.answer
                if rrset.rdtype == dns.rdatatype.CNAME != wanted
            ),
        )

    def ask_once(self, name: str, rdtype: str = "A", view: View = View.PRIVATE) -> Response:
        """Ask as `ask` does, as one of several times: no answer in time is a response, too.

        Args:
            name: The name, with or without the last dot.
            rdtype: Such as `A`, `PTR` or `CNAME`.
            view: Who asks. Default: a machine in the VPC.
        """
        try:
            return self.ask(name, rdtype, view)
        except dns.exception.Timeout:
            return Response("no answer yet", ())

    def wait_for(
        self, name: str, rdtype: str = "A", view: View = View.PRIVATE, *, timeout: float = 30.0
    ) -> Response:
        """Ask until there is an answer with values.

        Args:
            name: The name, with or without the last dot.
            rdtype: Such as `A`, `PTR` or `CNAME`.
            view: Who asks. Default: a machine in the VPC.
            timeout: Seconds.

        Raises:
            LocalAwsError: There was none in time; the text says what was answered last.
        """
        deadline = time.monotonic() + timeout
        while not (response := self.ask_once(name, rdtype, view)).values:
            if time.monotonic() > deadline:
                raise LocalAwsError(
                    f"no {rdtype} of {name} within {timeout:g} seconds, only: {response}"
                )
            time.sleep(_POLL)
        return response
