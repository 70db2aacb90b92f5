"""DNS on loopback over UDP and TCP: one port for the private view, one for the public view.

Not a resolver: it answers from the hosted zones only, with authority, and refuses the rest.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import socket
import threading
from typing import TYPE_CHECKING

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass

from ddns_constructs.local.dns.answers import View, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ddns_constructs.local.dns.zones import Zone

    _Zones = Callable[[], Sequence[Zone]]

__all__ = ["DnsServer", "respond"]

_PLAIN_UDP = 512  # RFC 1035, without EDNS
_MOST_UDP = 1232  # what DNS flag day 2020 agreed on: no fragments
_MOST_TCP = 65535
_HEADER = 12
_IDLE = 10.0  # seconds that a TCP connection may be silent
_PORT_ATTEMPTS = 20
_log = logging.getLogger(__name__)


def respond(packet: bytes, view: View, zones: _Zones, *, most: int | None = None) -> bytes | None:
    """Answer one packet.

    Args:
        packet: What arrived.
        view: Who is asking.
        zones: Reads the hosted zones; called only for a question that they can answer.
        most: Size of the longest response, in bytes. Default: what UDP and the asker allow.

    Returns:
        The response, or None for what deserves none: not DNS, or itself a response.
    """
    try:
        query = dns.message.from_wire(packet)
    except dns.exception.DNSException:
        return None
    if query.flags & dns.flags.QR:
        return None
    response = dns.message.make_response(query, our_payload=_MOST_UDP)
    try:
        _fill(response, query, view, zones)
    except Exception:  # noqa: BLE001 - whatever it was, the asker gets an answer
        # A resolver asks again after SERVFAIL; silence would make it wait.
        _log.exception("could not answer %s", query.question)
        response = dns.message.make_response(query, our_payload=_MOST_UDP)
        response.set_rcode(dns.rcode.SERVFAIL)
    return _wire(response, most or _udp_limit(query))


def _fill(
    response: dns.message.Message, query: dns.message.Message, view: View, zones: _Zones
) -> None:
    if query.edns > 0:
        response.set_rcode(dns.rcode.BADVERS)
    elif query.opcode() != dns.opcode.QUERY:
        response.set_rcode(dns.rcode.NOTIMP)
    elif len(query.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
    elif query.question[0].rdclass != dns.rdataclass.IN:
        response.set_rcode(dns.rcode.REFUSED)
    else:
        question = query.question[0]
        found = answer(zones(), view, question.name, question.rdtype)
        response.set_rcode(found.rcode)
        response.answer = found.records
        response.authority = found.authority
        if found.rcode != dns.rcode.REFUSED:
            response.flags |= dns.flags.AA


def _udp_limit(query: dns.message.Message) -> int:
    if query.edns < 0:
        return _PLAIN_UDP
    return min(max(query.payload, _PLAIN_UDP), _MOST_UDP)


def _wire(response: dns.message.Message, most: int) -> bytes:
    try:
        return response.to_wire(max_size=most)
    except dns.exception.TooBig:
        response.flags |= dns.flags.TC  # ask again over TCP
        response.answer = response.authority = response.additional = []
        return response.to_wire(max_size=most)


class DnsServer:
    """Serves both views until it is closed.

    Args:
        zones: Reads the hosted zones. Called for every question, in threads of the server.
    """

    def __init__(self, zones: _Zones) -> None:
        self._zones = zones
        self._sockets = {view: _bound_pair() for view in View}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dns-server", daemon=True)
        self._thread.start()
        self._ready.wait()

    def port(self, view: View) -> int:
        """Return the UDP and TCP port of `view` on 127.0.0.1."""
        udp, _ = self._sockets[view]
        return int(udp.getsockname()[1])

    def close(self) -> None:
        """Stop answering, close every connection and free the ports."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()
        for pair in self._sockets.values():
            for open_socket in pair:
                open_socket.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        endpoints, accepting = [], []
        for view, (udp, tcp) in self._sockets.items():
            datagrams = functools.partial(_Datagrams, view, self._zones)
            transport, _ = await self._loop.create_datagram_endpoint(datagrams, sock=udp)
            endpoints.append(transport)
            accepting.append(self._loop.create_task(_accept(tcp, view, self._zones)))
        self._ready.set()
        await self._closing.wait()
        for endpoint in endpoints:
            endpoint.close()
        # asyncio.run cancels every task, and each closes the connection that it serves.


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, view: View, zones: _Zones) -> None:
        self._view = view
        self._zones = zones
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # a datagram endpoint's

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        response = await asyncio.to_thread(respond, data, self._view, self._zones)
        if response is not None and self._transport is not None:
            self._transport.sendto(response, addr)


async def _accept(listener: socket.socket, view: View, zones: _Zones) -> None:
    # Not asyncio.start_server: on Python 3.11 it logs an error for each connection that is open
    # when its task is cancelled.
    loop = asyncio.get_running_loop()
    connections: set[asyncio.Task[None]] = set()
    listener.listen()
    listener.settimeout(0.0)  # asyncio does the waiting
    while True:
        connection, _ = await loop.sock_accept(listener)
        task = loop.create_task(_converse(connection, view, zones))
        connections.add(task)
        task.add_done_callback(connections.discard)


async def _converse(connection: socket.socket, view: View, zones: _Zones) -> None:
    reader, writer = await asyncio.open_connection(sock=connection)
    try:
        while packet := await _next(reader):
            response = await asyncio.to_thread(respond, packet, view, zones, most=_MOST_TCP)
            if response is None:
                break
            writer.write(len(response).to_bytes(2, "big") + response)
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
        pass  # the asker has gone, or has nothing more to say
    finally:
        writer.close()


async def _next(reader: asyncio.StreamReader) -> bytes:
    length = await asyncio.wait_for(reader.readexactly(2), _IDLE)
    return await asyncio.wait_for(reader.readexactly(int.from_bytes(length, "big")), _IDLE)


def _bound_pair() -> tuple[socket.socket, socket.socket]:
    """Bind UDP and TCP to one free port of loopback."""
    for attempt in range(_PORT_ATTEMPTS):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            udp.bind(("127.0.0.1", 0))
            tcp.bind(udp.getsockname())
        except OSError:  # the TCP port of that number is taken
            udp.close()
            tcp.close()
            if attempt == _PORT_ATTEMPTS - 1:
                raise
        else:
            return udp, tcp
    raise AssertionError  # pragma: no cover - the last attempt returns or raises
