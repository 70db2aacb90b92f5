"""Where requests may come from, and which address they are taken to come from."""

from __future__ import annotations

from hashlib import sha256
from ipaddress import ip_address, ip_network
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.client import admission
from ddns.core.client.admission import EVERYBODY, Admission
from ddns.core.client.http import parse_event
from ddns.core.errors import BadRequestError, BlockedError
from tests.handlers.client.events import NOW, SOURCE, http_event

PEER = "203.0.113.200"
NEW, OLD = "q4Zt9mWx7Rk2Hc6Vb8Np3Jd5Yf4Gs9Lt", "h8Rv3Nx6Tq9Wb2Kz5Mc7Pd4Jf8Yg3Ls6"
PROXIED = Admission(origins=tuple(sha256(each.encode()).hexdigest() for each in (OLD, NEW)))


def through_proxy(viewer: str, origin: str = NEW) -> dict[str, str]:
    return {"x-ddns-origin": origin, "cloudfront-viewer-address": viewer}


def test_without_a_proxy_the_peer_is_the_source_whatever_headers_say() -> None:
    assert EVERYBODY.source(through_proxy("52.95.110.1:443"), PEER) == ip_address(PEER)
    assert EVERYBODY.source({}, "::ffff:" + PEER) == ip_address(PEER)
    with pytest.raises(BadRequestError):
        EVERYBODY.source({}, "localhost")


@pytest.mark.parametrize(
    ("peer", "source"),
    (
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("192.0.2.1:443", "192.0.2.1"),
        ("[::FFFF:192.0.2.1]:65535", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
    ),
)
def test_the_peer_is_read_in_every_form_that_aws_may_write(peer: str, source: str) -> None:
    assert EVERYBODY.source({}, peer) == ip_address(source)


@pytest.mark.parametrize(
    "peer",
    (
        "",
        "192.0.2.1:",
        "192.0.2.1:123456",
        "192.0.2.1:443,192.0.2.2",
        "192.0.2:443",
        "192.0.2.1:\u0661",
        "[2001:db8::1",
        "2001:db8::1]:443",
        "[2001:db8::1]443",
        "2001:db8:0:0:0:0:0:1:443",
        "[fe80::1%eth0]:443",
        "unknown",
    ),
)
def test_a_peer_that_cannot_be_read_is_refused_with_that_reason(peer: str) -> None:
    with pytest.raises(BadRequestError, match="the address that the request comes from cannot be"):
        EVERYBODY.source({}, peer)


@given(st.ip_addresses(), st.integers(0, 65_535))
def test_every_peer_is_read_with_a_port_and_without(address: object, port: int) -> None:
    bracketed = f"[{address}]" if ":" in str(address) else str(address)
    plain = EVERYBODY.source({}, str(address))
    assert EVERYBODY.source({}, f"{bracketed}:{port}".upper()) == plain
    assert EVERYBODY.source({}, bracketed) == plain


@pytest.mark.parametrize(
    ("viewer", "source"),
    (
        ("198.51.100.10:46532", "198.51.100.10"),
        ("2001:db8::1:46532", "2001:db8::1"),
        ("2001:db8:0:0:0:0:0:1:46532", "2001:db8::1"),
        ("[2001:db8::1]:46532", "2001:db8::1"),
        (" 198.51.100.10:1 ", "198.51.100.10"),
        ("::ffff:198.51.100.10:46532", "198.51.100.10"),
    ),
)
@pytest.mark.parametrize("origin", (NEW, OLD))
def test_behind_a_proxy_its_viewer_is_the_source(origin: str, viewer: str, source: str) -> None:
    assert PROXIED.source(through_proxy(viewer, origin), PEER) == ip_address(source)


@given(st.ip_addresses(), st.integers(0, 65_535))
def test_every_viewer_is_read_as_aws_writes_it(address: object, port: int) -> None:
    found = PROXIED.source(through_proxy(f"{address}:{port}"), PEER)
    assert found == EVERYBODY.source({}, str(address))


@pytest.mark.parametrize(
    "viewer",
    (
        "",
        "198.51.100.10",
        "198.51.100.10:",
        "198.51.100.10:http",
        "198.51.100.10:123456",
        "198.51.100.10:\u0661",
        "2001:db8::1:",
        "2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]",
        "fe80::1%eth0:80",
        "198.51.100.10:1,198.51.100.11:1",
        # What a client sent under that name, and what the proxy added: joined by a comma.
        "198.51.100.10/,198.51.100.11:1",
        "198.51.100.10/24:1",
        ":80",
    ),
)
def test_a_viewer_that_cannot_be_read_is_a_bad_request(viewer: str) -> None:
    with pytest.raises(BadRequestError):
        PROXIED.source(through_proxy(viewer), SOURCE)


@pytest.mark.parametrize("sent", (None, "", " ", NEW[:-1], NEW + " ", f"{NEW},{NEW}", "\ud800"))
def test_what_did_not_come_through_the_proxy_is_blocked(sent: str | None) -> None:
    headers = {"cloudfront-viewer-address": "198.51.100.10:46532"}
    with pytest.raises(BlockedError):
        PROXIED.source(headers if sent is None else headers | {"x-ddns-origin": sent}, SOURCE)


def test_the_digest_of_nothing_opens_nothing() -> None:
    empty = Admission(origins=(sha256(b"").hexdigest(),))
    with pytest.raises(BlockedError):
        empty.source(through_proxy("198.51.100.10:46532", ""), PEER)


@pytest.mark.parametrize("sent", (OLD, NEW, "wrong"))
def test_every_digest_is_compared_whichever_fits(sent: str) -> None:
    lengths: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        lengths.append((len(one), len(other)))
        return one == other

    with mock.patch.object(admission, "compare_digest", compare):
        try:
            PROXIED.source(through_proxy("198.51.100.10:46532", sent), PEER)
        except BlockedError:
            assert sent == "wrong"
    assert lengths == [(64, 64)] * 2


@pytest.mark.parametrize(
    ("source", "allowed"),
    (
        ("176.32.100.36", True),
        ("::ffff:176.32.100.36", True),
        ("176.32.101.1", False),
        ("2600:1f14:1:2::7", True),
        ("2600:1f15::1", False),
    ),
)
def test_only_the_allowed_networks_are_answered(
    source: str,
    allowed: bool,  # noqa: FBT001 - a row of the table
) -> None:
    networks = (ip_network("176.32.100.0/24"), ip_network("2600:1f14::/32"))
    for rules, headers in (
        (Admission(networks), {}),
        (PROXIED._replace(networks=networks), through_proxy(source + ":443")),
    ):
        peer = PEER if headers else source
        if allowed:
            assert rules.source(headers, peer)
        else:
            with pytest.raises(BlockedError):
                rules.source(headers, peer)


def test_nothing_else_of_a_blocked_request_is_read() -> None:
    closed = Admission((ip_network("10.0.0.0/8"),))
    event = http_event("POST / HTTP/1.1", [], "x" * 100_000)
    with pytest.raises(BlockedError):
        parse_event(event | {"rawPath": 3, "rawQueryString": "x" * 100_000}, NOW, closed)
    with pytest.raises(BadRequestError):
        parse_event(event, NOW)
