"""The name server over the wire."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns_constructs.local import LocalAwsError
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.dns.client import Dns
from ddns_constructs.local.dns.server import DnsServer, respond
from ddns_constructs.local.dns.zones import Zone, zone_from_record_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = [f"10.0.{n // 200}.{n % 200}" for n in range(400)]
SOA = "ns-1.awsdns-1.com. hostmaster.example.com. 1 7200 900 1209600 300"


def record_set(name: str, kind: str, *values: str) -> dict[str, object]:
    return {
        "Name": name,
        "Type": kind,
        "TTL": 60,
        "ResourceRecords": [{"Value": value} for value in values],
    }


PRIVATE = zone_from_record_sets(
    "example.com.",
    [
        record_set("example.com.", "SOA", SOA),
        record_set("a.example.com.", "A", "10.0.0.5"),
        record_set("web.example.com.", "CNAME", "a.example.com"),
        record_set("many.example.com.", "A", *MANY),
    ],
    private=True,
)
PUBLIC = zone_from_record_sets(
    "example.com.",
    [record_set("example.com.", "SOA", SOA), record_set("a.example.com.", "A", "203.0.113.5")],
    private=False,
)


def zones() -> list[Zone]:
    return [PRIVATE, PUBLIC]


def broken() -> list[Zone]:
    raise ConnectionError("the emulator has gone")


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    running = DnsServer(zones)
    yield running
    running.close()


@pytest.fixture(scope="module")
def client(server: DnsServer) -> Dns:
    return Dns(server.port(View.PRIVATE), server.port(View.PUBLIC))


def packet(name: str = "a.example.com", kind: str = "A", **options: object) -> bytes:
    return dns.message.make_query(name, kind, **options).to_wire()  # type: ignore[arg-type] # options of one call


def reply_to(wire: bytes, most: int | None = None) -> dns.message.Message:
    response = respond(wire, View.PRIVATE, zones, most=most)
    assert response is not None
    return dns.message.from_wire(response, ignore_trailing=False)


def test_each_view_has_a_port_of_its_own(client: Dns) -> None:
    assert client.ask("a.example.com").values == ("10.0.0.5",)
    assert client.ask("a.example.com", view=View.PUBLIC).values == ("203.0.113.5",)


def test_udp_and_tcp_give_the_same_answer(server: DnsServer) -> None:
    query = dns.message.make_query("web.example.com", "A")
    port = server.port(View.PRIVATE)
    over_udp = dns.query.udp(query, "127.0.0.1", 5, port)
    assert dns.query.tcp(query, "127.0.0.1", 5, port) == over_udp
    assert over_udp.flags & dns.flags.AA
    assert not over_udp.flags & dns.flags.RA


def test_one_tcp_connection_takes_several_questions(server: DnsServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port(View.PRIVATE)), timeout=5) as stream:
        for name in ("a.example.com", "web.example.com"):
            query = dns.message.make_query(name, "A")
            dns.query.send_tcp(stream, query)
            reply, _ = dns.query.receive_tcp(stream)
            assert reply.id == query.id
            assert reply.answer


def test_an_answer_too_long_for_udp_is_truncated_and_complete_over_tcp(
    server: DnsServer, client: Dns
) -> None:
    query = dns.message.make_query("many.example.com", "A")
    over_udp = dns.query.udp(query, "127.0.0.1", 5, server.port(View.PRIVATE))
    assert over_udp.flags & dns.flags.TC
    assert over_udp.answer == []
    assert set(client.ask("many.example.com").values) == set(MANY)


@pytest.mark.parametrize(("payload", "most"), ((None, 512), (100, 512), (700, 700), (4096, 1232)))
@pytest.mark.parametrize("count", (1, 2, 3, 5, 8, 20))
def test_a_udp_response_is_no_longer_than_the_asker_takes(
    payload: int | None, most: int, count: int
) -> None:
    texts = [f'"{n:0200}"' for n in range(count)]
    zone = zone_from_record_sets(
        "example.com.", [record_set("t.example.com.", "TXT", *texts)], private=True
    )
    query = packet("t.example.com", "TXT", payload=payload)
    response = respond(query, View.PRIVATE, lambda: [zone])
    assert response is not None
    assert len(response) <= most
    complete = not dns.message.from_wire(response).flags & dns.flags.TC
    header, question, edns, record = 12, 19, 11 if payload else 0, 2 + 10 + 201
    assert complete == (header + question + edns + count * record <= most)


def test_the_asker_s_spelling_returns(client: Dns, server: DnsServer) -> None:
    query = dns.message.make_query("A.exAMPle.com", "A")
    reply = dns.query.udp(query, "127.0.0.1", 5, server.port(View.PRIVATE))
    assert str(reply.answer[0].name) == "A.exAMPle.com."
    assert client.ask("A.exAMPle.com").values == ("10.0.0.5",)


def test_the_client_tells_the_chain(client: Dns) -> None:
    response = client.ask("web.example.com")
    assert (response.chain, str(response)) == (
        ("a.example.com.",),
        "a.example.com. -> 10.0.0.5",
    )
    assert client.ask("web.example.com", "CNAME").values == ("a.example.com.",)
    assert str(client.ask("absent.example.com")) == "NXDOMAIN"
    assert str(client.ask("a.example.com", "TXT")) == "no data"


def test_waiting_for_an_answer_ends_with_the_answer_or_in_time(client: Dns) -> None:
    assert client.wait_for("a.example.com").values == ("10.0.0.5",)
    with pytest.raises(
        LocalAwsError, match=r"no A of absent\.example\.com within 0\.1 seconds, only: NXDOMAIN"
    ):
        client.wait_for("absent.example.com", timeout=0.1)


@pytest.mark.parametrize(
    ("question", "rcode"),
    (
        ({"name": "a.example.org"}, dns.rcode.REFUSED),
        ({"rdclass": dns.rdataclass.CH}, dns.rcode.REFUSED),
        ({"use_edns": 1}, dns.rcode.BADVERS),
    ),
)
def test_what_it_does_not_do_it_says(question: dict[str, Any], rcode: dns.rcode.Rcode) -> None:
    assert reply_to(packet(**question)).rcode() == rcode


def test_another_opcode_is_not_implemented() -> None:
    query = dns.message.make_query("a.example.com", "A")
    query.set_opcode(dns.opcode.STATUS)
    assert reply_to(query.to_wire()).rcode() == dns.rcode.NOTIMP


def test_not_exactly_one_question_is_a_format_error() -> None:
    assert reply_to(dns.message.QueryMessage().to_wire()).rcode() == dns.rcode.FORMERR


def test_zones_that_cannot_be_read_are_a_server_failure(caplog: pytest.LogCaptureFixture) -> None:
    response = respond(packet(), View.PRIVATE, broken)
    assert response is not None
    assert dns.message.from_wire(response).rcode() == dns.rcode.SERVFAIL
    assert "the emulator has gone" in caplog.text


def test_a_response_is_not_answered() -> None:
    response = respond(packet(), View.PRIVATE, zones)
    assert response is not None
    assert respond(response, View.PRIVATE, zones) is None


@given(st.binary(max_size=600))
def test_malformed_packets_are_ignored_or_answered_but_never_break(noise: bytes) -> None:
    respond(noise, View.PRIVATE, zones)


@given(st.data())
def test_a_damaged_question_breaks_nothing(data: st.DataObject) -> None:
    wire = bytearray(packet("web.example.com", use_edns=0))
    position = data.draw(st.integers(0, len(wire) - 1))
    wire[position] = data.draw(st.integers(0, 255))
    respond(bytes(wire), View.PRIVATE, zones)


def test_noise_does_not_stop_the_server(server: DnsServer, client: Dns) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"noise", ("127.0.0.1", server.port(View.PRIVATE)))
    with socket.create_connection(("127.0.0.1", server.port(View.PRIVATE)), timeout=5) as tcp:
        tcp.sendall(b"\x00\x05noise")
        assert tcp.recv(1) == b""
    assert client.ask("a.example.com").values == ("10.0.0.5",)


def test_closing_frees_the_ports_and_ends_open_connections() -> None:
    before = set(threading.enumerate())
    running = DnsServer(zones)
    ports = [running.port(view) for view in View]
    assert Dns(*ports).ask("a.example.com").values == ("10.0.0.5",)
    with socket.create_connection(("127.0.0.1", ports[0]), timeout=5) as idle:
        dns.query.send_tcp(idle, dns.message.make_query("a.example.com", "A"))
        dns.query.receive_tcp(idle)
        running.close()
        assert idle.recv(1) == b""
    running.close()
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", port))
    assert set(threading.enumerate()) - before == set()
