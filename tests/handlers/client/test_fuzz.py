"""Whatever comes over HTTP: no error of ours, and nothing written without a credential."""

from __future__ import annotations

import base64
import json
import os
from functools import lru_cache
from hashlib import sha256
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddns.client.composition import assemble
from ddns.client.settings import ClientSettings
from ddns.core.client.addresses import AddressPolicy
from ddns.core.client.hosts import Host
from ddns.reporting import Report
from tests.fakes.clock import FakeClock
from tests.fakes.hosts import FakeHosts
from tests.handlers.client.events import NOW, SOURCE, http_event
from tests.handlers.client.function import BUDGET, SETTINGS, handler_module
from tests.handlers.client.wire.table import ROWS

# Events of all tests of this file together: more than 5,000.
_EXAMPLES = int(os.environ.get("DDNS_EXAMPLES", "1700"))
MANY = settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

NAME = "home.example.com"
TOKEN = "f3zk8m2qv7tx4wn9hb6rcy5jpd"  # noqa: S105 - of no host in the frozen table
SECRET = "Lk3Xv8Nq5Rt2Wz7Hb9Mc4Pd6Jf8Yg3Ls5Tx7Kw2Qr9Z"  # noqa: S105 - likewise
BASIC = "Basic " + base64.b64encode(f"home:{TOKEN}".encode()).decode()
DIGEST = sha256(f"{SOURCE}{NAME}{SECRET}".encode()).hexdigest()


UNPROVED = {"BadRequest", "NoSuchPath", "Blocked", "CrossSite", "BadNames", "BadAuth"}


class Writes(Exception):  # noqa: N818 - it is what happened
    """Something was written."""


class StubStore:
    """A zone that holds nothing and takes everything."""

    def __init__(self) -> None:
        self.changes = 0

    def change(self, *_: object) -> None:
        self.changes += 1

    def read(self, *_: object) -> dict[str, Any]:
        return {}

    def read_page(self, *_: object) -> Any:  # noqa: ANN401 - the port's
        raise AssertionError("nobody reads a whole zone")


class StubQueue:
    """A queue that nobody may need."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - anything
        raise AssertionError(f"the queue was asked to {name}")


class Silence:
    """Where the log goes: every line is JSON without a credential; a refusal's is short."""

    def write(self, text: str) -> None:
        line = json.loads(text)
        assert len(text) < (1024 if line.keys() & UNPROVED else 16 * 1024)
        assert TOKEN not in text
        assert SECRET not in text

    def flush(self) -> None:
        """Nothing to flush."""


@lru_cache
def _settings() -> ClientSettings:
    every = '["seed", "dyndns2", "checkip", "signed", "query-credentials"]'
    more = {"DDNS_PROTOCOLS": every, "DDNS_OFFLINE": "true", "DDNS_RECORD_TYPES": '["A", "TXT"]'}
    return ClientSettings.from_environment({**SETTINGS, **more})


class Service:
    """The handler on stubs, with one host."""

    def __init__(self) -> None:
        self.host = Host(
            NAME,
            NAME,
            "Z1EXAMPLE",
            tokens=(sha256(TOKEN.encode()).hexdigest(),),
            secrets=(SECRET,),
            policy=AddressPolicy.ANY,
        )
        self.hosts, self.store = FakeHosts(self.host), StubStore()
        clock = FakeClock()
        report = Report("ddns", clock, Silence())  # type: ignore[arg-type]  # it can write
        queue: Any = StubQueue()
        self.parts = assemble(_settings(), clock, report, self.hosts, self.store, queue)

    def __call__(self, event: Any) -> dict[str, Any]:  # noqa: ANN401 - anything
        answer: dict[str, Any] = handler_module().respond(self.parts, event, NOW + BUDGET)
        return answer

    @property
    def wrote(self) -> bool:
        """Whether anything was written anywhere."""
        return bool(self.store.changes or self.hosts.requests["save"])


def check(service: Service, event: Any) -> int:  # noqa: ANN401 - anything
    """Let an event be answered; check that the answer is one, and return its status."""
    answer = service(event)
    assert answer.keys() == {"statusCode", "headers", "body"}
    assert 200 <= answer["statusCode"] < 500, answer
    assert isinstance(answer["body"], str)
    assert all(isinstance(each, str) for pair in answer["headers"].items() for each in pair)
    # HTTP/1.1 takes no line breaks in a header, and Lambda no other than ASCII.
    assert all(each.isascii() and each.isprintable() for each in answer["headers"].values())
    assert TOKEN not in str(answer)
    assert SECRET not in str(answer)
    json.dumps(answer).encode()
    return answer["statusCode"]


# ---------------------------------------------------------------- what is drawn

texts = st.text(max_size=40) | st.sampled_from(
    [
        "",
        "\x00",
        "a\r\nb: c",
        "é" * 30,
        "\ud800",
        "%",
        "%zz",
        "%00",
        "=",
        "&&",
        ";",
        ",",
        ",,,",
        "//",
    ]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.binary().map(repr)
shapes = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
paths = st.sampled_from(
    [
        "/",
        "",
        "/nic/update",
        "//nic//update/",
        "/v1/update",
        "/v3/update",
        "/nic/delete",
        "/checkip",
    ]
) | texts.map("/{}".format)
methods = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "get", "DELETE"]) | texts
sources = (
    st.ip_addresses().map(str) | st.sampled_from([SOURCE, "", "fe80::1%eth0", "1.2.3"]) | texts
)
names = st.sampled_from([NAME, "HOME.example.com.", "*.example.com", "gone.example.com"]) | texts
keys = st.sampled_from(
    [
        "hostname",
        "myip",
        "myipv4",
        "myipv6",
        "ip",
        "ipv6",
        "addr",
        "ip6lanprefix",
        "prefix",
        "offline",
        "txt",
        "username",
        "password",
        "wildcard",
        "system",
    ]
)
values = names | sources | st.sampled_from(["auto", "preserve", "YES", "2600::/64", TOKEN[:-1]])
# Long lists, of addresses, of names, of nothing; a list may be too long for the query.
lists = st.tuples(values, st.sampled_from([2, 8, 9, 20, 21, 101, 1300])).map(
    lambda drawn: ",".join([drawn[0]] * drawn[1])[:70_000]
)
queries = st.lists(st.tuples(keys | texts, values | lists), max_size=8).map(
    lambda pairs: "&".join(f"{key}={value}" for key, value in pairs)
) | st.tuples(keys, st.sampled_from([39, 40, 41, 4000])).map(
    lambda drawn: "&".join([f"hostname={NAME}", *([f"{drawn[0]}=::"] * drawn[1])])
)
headers = st.dictionaries(
    st.sampled_from(
        [
            "authorization",
            "content-type",
            "accept",
            "x-ddns-time",
            "x-ddns-nonce",
            "x-ddns-signature",
            "Authorization",
            "host",
            "sec-fetch-site",
            "x-ddns-origin",
            "cloudfront-viewer-address",
        ]
    )
    | texts,
    texts
    | st.sampled_from(["cross-site", "none", f"{SOURCE}:1", "2600::1:1", "x" * 5000])
    | st.sampled_from(["Basic", "Basic =", "Bearer", "Basic Og==", f"{BASIC},{BASIC}"])
    | st.sampled_from([str(int(NOW)), "9" * 12, "nonce-0001", "v1=" + "0" * 64])
    | st.binary(max_size=30).map(lambda each: "Basic " + base64.b64encode(each).decode()),
    max_size=6,
)
json_bodies = st.dictionaries(
    st.sampled_from(
        [
            "execution_mode",
            "ddns_hostname",
            "validation_hash",
            "host",
            "addresses",
            "prefix",
            "offline",
            "txt",
        ]
    )
    | texts,
    shapes | names | st.sampled_from(["get", "set", "0" * 64, ["auto"], [SOURCE, "preserve"]]),
    max_size=6,
).map(json.dumps)
bodies = st.one_of(
    st.none(),
    texts,
    queries,
    json_bodies,
    st.sampled_from(["[" * 8_000, '{"a":' * 1_600, "[" * 30_000, "x" * 8_193, "\xff" * 4_097]),
    st.binary(max_size=60).map(lambda each: base64.b64encode(each).decode()),
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event of the right shape, with anything in its fields."""
    event = http_event(f"GET / {'HTTP/1.1'}")
    event |= {"rawPath": draw(paths), "rawQueryString": draw(queries | texts)}
    event["headers"] = draw(headers)
    event["requestContext"]["http"] |= {"method": draw(methods), "sourceIp": draw(sources)}
    event |= {"body": draw(bodies), "isBase64Encoded": draw(st.booleans())}
    return event


@st.composite
def broken(draw: st.DrawFn) -> Any:  # noqa: ANN401 - anything
    """Draw a request of the frozen table with fields that are missing or of another type."""
    row = draw(st.sampled_from(ROWS))
    line, *sent = row["request"]
    event: dict[str, Any] = http_event(line, sent, row.get("body"))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(
            st.sampled_from([event, event["headers"], event["requestContext"]])
            if isinstance(event.get("requestContext"), dict)
            and isinstance(event.get("headers"), dict)
            else st.just(event)
        )
        if isinstance(place.get("http"), dict) and draw(st.booleans()):
            place = place["http"]
        if not place:
            continue
        key = draw(st.sampled_from(sorted(place)))
        if draw(st.booleans()):
            del place[key]
        else:
            place[key] = draw(shapes)
    return event


# ---------------------------------------------------------------- what must hold


@MANY
@given(event=requests())
def test_no_request_is_answered_with_an_error_of_ours(event: dict[str, Any]) -> None:
    service = Service()
    check(service, event)
    assert not service.wrote


@MANY
@given(event=st.dictionaries(texts, shapes, max_size=5) | broken())
def test_no_event_of_another_shape_is(event: dict[str, Any]) -> None:
    event.pop("Records", None)
    service = Service()
    check(service, event)
    assert not service.wrote


def _without_proof(event: dict[str, Any]) -> bool:
    return not any(proof in json.dumps(event) for proof in (BASIC[6:], TOKEN, DIGEST))


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a request that would be valid, but for some characters."""
    valid = [
        http_event(f"GET /nic/update?hostname={NAME} HTTP/1.1", ["Authorization: " + BASIC]),
        http_event(
            f"GET /nic/update?hostname={NAME}&myip=10.0.0.1 HTTP/1.1",
            ["Authorization: Bearer " + TOKEN],
        ),
        http_event(f"GET /nic/update?hostname={NAME}&username=x&password={TOKEN} HTTP/1.1"),
        http_event(f"GET /nic/delete?hostname={NAME} HTTP/1.1", ["Authorization: " + BASIC]),
        http_event(
            "POST / HTTP/1.1",
            (),
            json.dumps({"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": DIGEST}),
        ),
    ]
    event = draw(st.sampled_from(valid))
    place, key = draw(
        st.sampled_from(
            [
                (event, "rawPath"),
                (event, "rawQueryString"),
                (event, "body"),
                (event["headers"], "authorization"),
            ]
        )
    )
    text = place.get(key) or ""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(text) - 1, 0)))
        cut = draw(st.integers(0, 3))
        text = text[:at] + draw(st.text(max_size=3)) + text[at + cut :]
    place[key] = text
    return event


@MANY
@given(event=mutated())
def test_a_valid_request_that_was_damaged_writes_only_with_its_credential(
    event: dict[str, Any],
) -> None:
    service = Service()
    check(service, event)
    if _without_proof(event) and not _same_token(event):
        assert not service.wrote


def _same_token(event: dict[str, Any]) -> bool:
    """Tell whether a damaged header or query still says the same token."""
    query = event["rawQueryString"]
    header = event["headers"].get("authorization", "")
    try:
        said = base64.b64decode(header.partition(" ")[2].strip(), validate=True)
    except ValueError:
        said = b""
    damaged_hash = DIGEST in str(event.get("body")).lower()
    return TOKEN.encode() in said or TOKEN in query or TOKEN in header or damaged_hash


def test_the_same_events_do_write_where_the_credential_is_there() -> None:
    sent = [
        http_event(f"GET /nic/update?hostname={NAME} HTTP/1.1", ["Authorization: " + BASIC]),
        http_event(f"GET /nic/update?hostname={NAME}&username=x&password={TOKEN} HTTP/1.1"),
    ]
    for event in sent:
        service = Service()
        assert check(service, event) == 200
        assert service.wrote


def test_a_huge_body_is_refused_before_it_is_read() -> None:
    service = Service()
    for body, encoded in (("x" * 6_000_000, False), ("A" * 8_000_000, True)):
        event = http_event("POST / HTTP/1.1", (), body, base64=encoded)
        with mock.patch("ddns.core.client.protocols.seed.json_object", side_effect=AssertionError):
            assert check(service, event) == 400
    assert not service.wrote
