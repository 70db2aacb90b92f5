"""The protocols: what is read from a request, and what is answered, by each on its own."""

from __future__ import annotations

import base64
import hmac
import json
from hashlib import sha256
from ipaddress import IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.client.credentials import Digest, Signature, Token
from ddns.core.client.http import MAX_PARAMETERS, Request, Response, parse_event
from ddns.core.client.protocols import checkip, dyndns2, seed, signed
from ddns.core.client.protocols.challenge import parse_challenge
from ddns.core.client.protocols.dyndns2 import MAX_HOSTS, Terms
from ddns.core.client.protocols.stated import MAX_ADDRESSES
from ddns.core.client.protocols.table import protocol_table, refuse_unread
from ddns.core.client.requests import (
    ADDRESSES,
    MAX_UNICODE,
    Answer,
    HostResult,
    Result,
    Target,
    UpdateRequest,
    targets,
)
from ddns.core.errors import BadRequestError
from tests.handlers.client.events import NOW, SOURCE, http_event

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME, SIX, TOKEN = "home.example.com", "2600:1f14:1:2::7", "k7mq2x9wt4hz8rnv3pcy6jbdfa"
BASIC = "Authorization: Basic " + base64.b64encode(f"home:{TOKEN}".encode()).decode()
PROOF = Token(sha256(TOKEN.encode()).hexdigest())
TERMS = Terms(bad_auth_status=401, trouble_status=503, refusal_status=403)
IN_QUERY = TERMS._replace(query_credentials=True)
HOME = Target(NAME, NAME)
ASKED = UpdateRequest((HOME,), PROOF, {}, ip_address(SOURCE), int(NOW * 1000))
# inadyn's custom type: any of these anywhere in the answer, in any case, is success.
SUCCESS = ("ok", "good", "true", "updated", "success", "nochg")


def request(
    line: str,
    headers: Iterable[str] = (BASIC,),
    body: str | None = None,
    **more: Any,  # noqa: ANN401
) -> Request:
    return parse_event(http_event(line + " HTTP/1.1", headers, body, **more), NOW)


def update(query: str, path: str = "/nic/update", **more: Any) -> UpdateRequest:  # noqa: ANN401
    """Return what a dyndns2 request with that query asks for."""
    found = dyndns2.parse(request(f"GET {path}?{query}", **more), TERMS)
    assert isinstance(found, UpdateRequest)
    return found


# ---------------------------------------------------------------- dyndns2


class TestReadingDyndns2:
    @pytest.mark.parametrize(
        ("line", "is_one"),
        (
            ("GET /nic/update", True),
            ("GET //v3/update/", True),
            ("POST /update", True),
            ("GET /nic/delete", True),
            ("GET /?hostname=a", True),
            ("GET /?x=1&hostname=", True),
            ("GET /?host%6eame=a", True),
            ("GET /", False),
            ("GET /?x=1", False),
            ("GET /?xhostname=a&y=hostname=", False),
            ("GET /?username=a&password=b", False),
            ("GET /?" + "&".join(["x"] * MAX_PARAMETERS), False),
            ("GET /?" + "&".join(["x"] * (MAX_PARAMETERS + 1)), True),
            ("POST /", False),
            ("GET /x?hostname=a", False),
            ("GET /nic", False),
            ("GET /checkip?hostname=a", False),
        ),
    )
    def test_it_is_known_by_its_path_or_its_query(
        self,
        line: str,
        is_one: bool,  # noqa: FBT001 - a row of the table
    ) -> None:
        assert dyndns2.matches(request(line, []), TERMS) is is_one

    @pytest.mark.parametrize(
        "name",
        (
            *("myip", "ip", "myipv4", "ipv4", "myipv6", "ipv6", "myip6", "ip6"),
            *("ip6lanprefix", "prefix", "txt", "offline", "hostname"),
        ),
    )
    def test_at_the_root_every_parameter_of_an_update_makes_one(self, name: str) -> None:
        assert dyndns2.matches(request(f"GET /?{name}=", []), TERMS)

    def test_at_the_root_a_credential_makes_an_update(self) -> None:
        for header in (BASIC, "Authorization: Bearer x", "Authorization: Digest x"):
            assert dyndns2.matches(request("GET /", [header]), TERMS)
            assert dyndns2.matches(request("POST /", [header], "x"), TERMS)
            assert not dyndns2.matches(request("POST /", [header], "{}"), TERMS)
            assert not dyndns2.matches(request("GET /checkip", [header]), TERMS)
        for query in ("password=x", "pass=x"):
            assert dyndns2.matches(request(f"GET /?{query}", []), IN_QUERY)
            assert not dyndns2.matches(request(f"GET /?{query}", []), TERMS)

    def test_everything_of_a_request_is_read(self) -> None:
        query = (
            f"hostname={NAME}.,B.Example.com&myip={SOURCE},{SIX}&ip6lanprefix=2600:1f14:1:2::/64"
            "&txt=abc_-=&wildcard=ON&mx=x&backmx=NO&system=dyndns&url=y"
        )
        assert update(query) == UpdateRequest(
            (Target(NAME + ".", NAME), Target("B.Example.com", "b.example.com")),
            PROOF,
            {"A": ip_address(SOURCE), "AAAA": ip_address(SIX)},
            ip_address(SOURCE),
            int(NOW * 1000),
            IPv6Network("2600:1f14:1:2::/64"),
            remove=frozenset(),
            txt="abc_-=",
        )

    @pytest.mark.parametrize(
        ("query", "addresses"),
        (
            ("", [SOURCE]),
            ("&myip=", [SOURCE]),
            ("&myip=,%20,", [SOURCE]),
            ("&myip=auto", [SOURCE]),
            ("&myip=AUTO", [SOURCE]),
            ("&myip=preserve", []),
            ("&myip=Preserve&myipv6=preserve", []),
            ("&myipv6=preserve&myip=52.95.110.1", ["52.95.110.1"]),
            ("&myipv4=52.95.110.1&myipv6=" + SIX, ["52.95.110.1", SIX]),
            (f"&myip=auto,{SIX}", [SOURCE, SIX]),
            (f"&myip={SIX}/64,{SIX}", [SIX]),
            (f"&myip={SIX}&myip={SOURCE}/24", [SIX, SOURCE]),
            ("&prefix=2600:1f14:1:2::/64", []),
            ("&txt=abc", []),
            ("&txt=abc&myip=auto", [SOURCE]),
            ("&ip=52.95.110.1", ["52.95.110.1"]),
            ("&ipv4=52.95.110.1&ipv6=" + SIX, ["52.95.110.1", SIX]),
            ("&ip6=" + SIX, [SIX]),
            (f"&ip={SOURCE},{SIX}", [SOURCE, SIX]),
            (f"&myip=52.95.110.1&ip=52.95.110.1&myip6={SIX}", ["52.95.110.1", SIX]),
            ("&ip=auto", [SOURCE]),
            ("&myip=" + ",".join(["auto"] * MAX_ADDRESSES), [SOURCE]),
            ("&mx=52.95.110.1&url=52.95.110.1&system=1.2.3.4&x=1&y=a.b", [SOURCE]),
            ("&time=12:30:45&mac=00:11:32:fe:01:02&v=1.2.3&t=2026-01-01&u=a::z", [SOURCE]),
            ("&myip=2600:1f14:1:2::/64", []),
            (f"&myip={SOURCE}&ipv6=2600:1f14:1:2::/64", [SOURCE]),
        ),
    )
    def test_addresses(self, query: str, addresses: list[str]) -> None:
        found = update(f"hostname={NAME}{query}").addresses
        assert [str(found[kind]) for kind in found] == addresses

    @pytest.mark.parametrize(
        "query",
        (
            "myip=2600:1f14:1:2::/64",
            "ipv6=2600:1f14:1:2::/64&myip=52.95.110.1",
            f"myip={SIX},2600:1f14:1:2::/64&prefix=2600:1f14:1:2::/64",
            "ip6lanprefix=2600:1f14:1:2::9/64",
        ),
    )
    def test_a_network_without_host_bits_is_the_prefix(self, query: str) -> None:
        found = update(f"hostname={NAME}&{query}")
        assert found.prefix == IPv6Network("2600:1f14:1:2::/64")
        assert ip_address("2600:1f14:1:2::") not in found.addresses.values()

    @pytest.mark.parametrize(
        ("query", "path", "remove"),
        (
            ("&offline=YES", "/nic/update", True),
            ("&offline=yes", "/nic/update", True),
            ("&offline=NOCHG", "/nic/update", False),
            ("&offline=NO", "/nic/update", False),
            ("", "/nic/delete", True),
            ("", "//nic/delete/", True),
        ),
    )
    def test_removal(
        self,
        query: str,
        path: str,
        remove: bool,  # noqa: FBT001 - a row of the table
    ) -> None:
        wanted = ADDRESSES if remove else frozenset()
        assert update(f"hostname={NAME}{query}", path).remove == wanted

    @pytest.mark.parametrize(
        ("query", "source", "removed", "addresses"),
        (
            ("&myip=52.95.110.1&myipv6=no", SOURCE, {"AAAA"}, ["52.95.110.1"]),
            ("&myipv6=No", SOURCE, {"AAAA"}, [SOURCE]),
            ("&myipv6=no", SIX, {"AAAA"}, []),
            ("&myip=no", SOURCE, {"A"}, []),
            ("&myipv4=no&myipv6=2600::1", SOURCE, {"A"}, ["2600::1"]),
            ("&myip=no&myipv6=no", SOURCE, {"A", "AAAA"}, []),
            ("&ip=no", SOURCE, {"A"}, []),
            ("&myip=52.95.110.1&ip6=no", SOURCE, {"AAAA"}, ["52.95.110.1"]),
        ),
    )
    def test_a_client_may_say_that_it_has_no_address_of_a_family(
        self, query: str, source: str, removed: set[str], addresses: list[str]
    ) -> None:
        event = http_event(
            f"GET /nic/update?hostname={NAME}{query} HTTP/1.1", [BASIC], source=source
        )
        found = dyndns2.parse(parse_event(event, NOW), TERMS)
        assert isinstance(found, UpdateRequest)
        assert found.remove == removed
        assert [str(each) for each in found.addresses.values()] == addresses

    def test_an_address_is_not_given_and_taken_back(self) -> None:
        with pytest.raises(BadRequestError, match="a family that is to have none"):
            update(f"hostname={NAME}&myip=52.95.110.1&myipv4=no")

    @pytest.mark.parametrize(
        ("header", "proof"),
        (
            (BASIC, PROOF),
            (BASIC.replace("Basic", "bAsIc"), PROOF),
            (f"Authorization:   Bearer   {TOKEN}  ", PROOF),
            ("Authorization: Bearer", None),
            ("Authorization: Basic " + base64.b64encode(b"home:").decode(), None),
            ("Authorization: Basic Og==", None),
            ("Authorization: Basic", None),
            ("Authorization: Basic " + base64.b64encode(b"no colon").decode(), None),
            ("Authorization: Digest x", None),
            ("Authorization:", None),
            ("X-Other: x", None),
        ),
    )
    def test_credentials(self, header: str, proof: Token | None) -> None:
        assert update(f"hostname={NAME}", headers=[header]).proof == proof

    @given(st.binary(min_size=1, max_size=30), st.text(max_size=10))
    def test_a_password_is_taken_as_it_is_whatever_its_bytes(
        self, password: bytes, user: str
    ) -> None:
        said = base64.b64encode(user.replace(":", "").encode() + b":" + password).decode()
        found = update(f"hostname={NAME}", headers=["Authorization: Basic " + said])
        assert found.proof == Token(sha256(password).hexdigest())

    def test_who_has_no_credential_has_nothing_else_read(self) -> None:
        for query in ("myip=nonsense", "prefix=x&txt=a%20b", "myip=" + "::," * 500, "x=1.2.3.4"):
            found = update(f"hostname={NAME}&{query}", headers=[])
            assert found == UpdateRequest((HOME,), None, {}, ip_address(SOURCE), int(NOW * 1000))
            with pytest.raises(BadRequestError):
                update(f"hostname={NAME}&{query}")

    def test_credentials_in_the_query_count_only_where_they_are_on(self) -> None:
        sent = request(f"GET /nic/update?username={NAME}&password={TOKEN}", ())
        found = dyndns2.parse(sent, IN_QUERY)
        assert isinstance(found, UpdateRequest)
        assert (found.targets, found.proof) == ((HOME,), PROOF)
        assert isinstance(dyndns2.parse(sent, TERMS), Response)
        for query, terms in ((f"pass={TOKEN}", TERMS), ("password=", IN_QUERY)):
            named = request(f"GET /nic/update?hostname={NAME}&{query}", ())
            found = dyndns2.parse(named, terms)
            assert isinstance(found, UpdateRequest)
            assert found.proof is None

    def test_a_header_counts_before_the_query(self) -> None:
        sent = request(f"GET /nic/update?hostname={NAME}&password=other")
        found = dyndns2.parse(sent, IN_QUERY)
        assert isinstance(found, UpdateRequest)
        assert found.proof == PROOF

    def test_a_user_that_is_a_name_is_the_host_where_none_is_given(self) -> None:
        said = base64.b64encode(f"{NAME}:{TOKEN}".encode()).decode()
        header = ["Authorization: Basic " + said]
        assert update("myip=auto", headers=header).targets == (HOME,)
        assert update("hostname=b.example.com", headers=header).targets != (HOME,)

    @pytest.mark.parametrize(
        ("body", "kind"),
        (
            (f"hostname={NAME}", "application/x-www-form-urlencoded"),
            (f"hostname={NAME}", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"),
            (f"hostname={NAME}", ""),
        ),
    )
    def test_a_form_is_read_like_a_query(self, body: str, kind: str) -> None:
        header = [BASIC, *([f"Content-Type: {kind}"] if kind else [])]
        found = dyndns2.parse(request("POST /nic/update", header, body), TERMS)
        assert isinstance(found, UpdateRequest)
        assert found.targets == (HOME,)

    def test_the_body_of_a_get_is_nothing(self) -> None:
        assert update(f"hostname={NAME}", body="hostname=other.example.com").targets == (HOME,)

    @pytest.mark.parametrize(
        ("query", "answer", "hosts"),
        (
            ("", "notfqdn", ()),
            ("hostname=", "notfqdn", ()),
            ("hostname=,%20,", "notfqdn", ()),
            ("hostname=home", "notfqdn", ("home",)),
            ("hostname=home,a_b.example.com", "notfqdn\nnotfqdn", ("home", "a_b.example.com")),
        ),
    )
    @pytest.mark.parametrize("status", (200, 403))
    def test_without_a_host_there_is_nothing_to_do(
        self, status: int, query: str, answer: str, hosts: tuple[str, ...]
    ) -> None:
        terms = TERMS._replace(refusal_status=status)
        found = dyndns2.parse(request("GET /nic/update?" + query), terms)
        assert isinstance(found, Response)
        assert (found.status, found.body) == (status, answer)
        assert (found.metric, found.hosts) == ("BadNames", hosts)
        assert "hostname" in found.reason

    def test_a_token_in_the_place_of_the_user_name_goes_into_no_log(self) -> None:
        said = base64.b64encode(f"{TOKEN}:".encode()).decode()
        found = dyndns2.parse(request("GET /nic/update", ["Authorization: Basic " + said]), TERMS)
        assert isinstance(found, Response)
        assert (found.body, found.hosts) == ("notfqdn", ())

    @pytest.mark.parametrize(("count", "lines"), ((21, 21), (100, 100), (101, 100), (600, 100)))
    @pytest.mark.parametrize("headers", ([BASIC], []))
    def test_of_more_than_twenty_hosts_each_has_a_line(
        self, headers: list[str], count: int, lines: int
    ) -> None:
        hosts = ["a.b"] * count
        found = dyndns2.parse(request("GET /update?hostname=" + ",".join(hosts), headers), TERMS)
        assert isinstance(found, Response)
        assert (found.status, found.metric) == (403, "BadNames")
        assert found.body == "\n".join(["numhost"] * lines)
        assert "make a second one" in found.reason

    def test_twenty_hosts_are_read_however_many_commas_are_around_them(self) -> None:
        hosts = [f"h{number}.example.com" for number in range(MAX_HOSTS)]
        found = update("hostname=,," + ",,".join(hosts) + ",,")
        assert [target.name for target in found.targets] == hosts

    def test_twenty_hosts_of_a_user_name_are_read(self) -> None:
        hosts = ",".join(f"{'h' * 40}{number}.example.com" for number in range(MAX_HOSTS))
        said = base64.b64encode(f"{hosts}:{TOKEN}".encode()).decode()
        assert len(update("", headers=["Authorization: Basic " + said]).targets) == MAX_HOSTS

    @pytest.mark.parametrize(
        "query",
        (
            "myip=1.2.3",
            "myip=1.2.3.4,5.6.7.8",
            "myipv6=x",
            "prefix=2600::/8",
            "ip6lanprefix=x",
            "txt=a%20b",
            "txt=%22",
            "txt=" + "a" * 256,
            "&".join("a=1" for _ in range(120)),
            "myip=" + ",".join(["auto"] * (MAX_ADDRESSES + 1)),
            "myip=" + "&ip=".join(["auto,auto,auto"] * 3),
            "myip=" + "," * 60 + "auto",
            "myip=2600::/16",
            "myip=2600:1f14:1:2::/",
            "myip=2600:1f14:1:2::/64,2600:1f14:1:3::/64",
            "myip=2600:1f14:1:2::/64&prefix=2600:1f14:1:2::/56",
            "ip=1.2.3.4&myip=5.6.7.8",
        ),
    )
    def test_what_cannot_be_read_is_a_bad_request(self, query: str) -> None:
        with pytest.raises(BadRequestError):
            dyndns2.parse(request(f"GET /nic/update?hostname={NAME}&{query}"), TERMS)

    @pytest.mark.parametrize(
        "query",
        (
            *("addr=1.2.3.4", "ip4=1.2.3.4/24", "IP=1.2.3.4,2600::1", "%01a=%201.2.3.4"),
            *("wan=2600::1", "wan=::1", "wan=2600::", "wan=::ffff:1.2.3.4", "wan=2600::1/64"),
            "wan=2600:1f14:1:2:3:4:5:6",
        ),
    )
    def test_an_address_under_an_unknown_name_is_never_ignored(self, query: str) -> None:
        with pytest.raises(BadRequestError, match="has an address: name it myip") as caught:
            update(f"hostname={NAME}&{query}")
        assert str(caught.value).isprintable()

    def test_the_header_of_a_credential_has_an_end(self) -> None:
        with pytest.raises(BadRequestError, match="too long"):
            update(f"hostname={NAME}", headers=["Authorization: Bearer " + "x" * 4096])

    @pytest.mark.parametrize(
        ("headers", "body"),
        (
            (["Authorization: Basic a=="], None),
            (["Authorization: Basic a b"], None),
            ([BASIC, BASIC], None),
            (["Authorization: Bearer a", "Authorization: Bearer a"], None),
            (["Content-Type: application/json"], "[]"),
            (["Content-Type: text/plain"], f"hostname={NAME}"),
        ),
    )
    def test_a_header_or_body_that_cannot_be_read_is_a_bad_request(
        self, headers: list[str], body: str | None
    ) -> None:
        with pytest.raises(BadRequestError):
            dyndns2.parse(request(f"POST /nic/update?hostname={NAME}", headers, body), TERMS)

    def test_a_form_that_is_no_utf_8_is_a_bad_request(self) -> None:
        body = base64.b64encode(b"hostname=\xff").decode()
        with pytest.raises(BadRequestError):
            dyndns2.parse(request("POST /nic/update", [], body, base64=True), TERMS)


def outcome(result: Result, *addresses: str, reason: str = "") -> HostResult:
    return HostResult(HOME, result, addresses, reason)


class TestAnsweringDyndns2:
    @pytest.mark.parametrize(
        ("result", "addresses", "line"),
        (
            (Result.CHANGED, (SOURCE, SIX), f"good {SOURCE},{SIX}"),
            (Result.DEFERRED, (SOURCE,), f"good {SOURCE}"),
            (Result.REMOVED, (), "good"),
            (Result.UNCHANGED, (SIX,), f"nochg {SIX}"),
            (Result.NO_HOST, (), "nohost"),
            (Result.NOT_FQDN, (), "notfqdn"),
            (Result.FORBIDDEN, (), "abuse"),
            (Result.REFUSED, (), "dnserr"),
            (Result.TROUBLE, (), "911"),
        ),
    )
    def test_each_result_has_its_code(
        self, result: Result, addresses: tuple[str, ...], line: str
    ) -> None:
        one = outcome(result, *addresses)
        assert dyndns2.format_answer(ASKED, Answer((one,)), TERMS).body == line
        assert dyndns2.format_answer(ASKED, Answer((one, one)), TERMS).body == f"{line}\n{line}"

    @pytest.mark.parametrize(
        ("query", "families", "line"),
        (
            ("myip=192.0.2.1", "A", f"good {SOURCE}"),
            (f"myip={SIX}", "AAAA", f"good {SIX}"),
            (f"myip=192.0.2.1,{SIX}", "A AAAA", f"good {SOURCE},{SIX}"),
            ("", "A", f"good {SOURCE}"),
            ("myip=192.0.2.1&myipv6=preserve", "A", f"good {SOURCE}"),
            ("myip=192.0.2.1&myipv6=no", "A", f"good {SOURCE}"),
            ("myip=192.0.2.1&txt=abc", "A", f"good {SOURCE}"),
            # Of what is stated the host may have one family only, or none: there is a note.
            (f"myip=100.64.0.1,{SIX}", "AAAA", f"good {SIX}"),
            ("myip=100.64.0.1&prefix=2600:1f14:1:2::/64", "", "good"),
            # A prefix is for the host itself, or only for those behind it.
            ("prefix=2600:1f14:1:2::/64", "AAAA", f"good {SIX}"),
            ("prefix=2600:1f14:1:2::/64", "", "good"),
            # Nothing is said of addresses.
            ("myip=preserve", "", f"good {SOURCE},{SIX}"),
            ("txt=abc", "", f"good {SOURCE},{SIX}"),
            ("myipv4=no", "", f"good {SOURCE},{SIX}"),
            ("offline=YES", "", f"good {SOURCE},{SIX}"),
        ),
    )
    def test_addresses_are_those_of_the_families_that_the_request_states(
        self, query: str, families: str, line: str
    ) -> None:
        done = HostResult(HOME, Result.CHANGED, (SOURCE, SIX), families=frozenset(families.split()))
        asked = update(f"hostname={NAME}&{query}")
        assert dyndns2.format_answer(asked, Answer((done,)), TERMS).body == line

    def test_each_host_names_the_families_that_it_may_have(self) -> None:
        both, one = (
            HostResult(HOME, Result.UNCHANGED, (SOURCE, SIX), families=frozenset(families))
            for families in (("A", "AAAA"), ("A",))
        )
        asked = update(f"hostname={NAME},{NAME}&myip={SOURCE},{SIX}")
        body = dyndns2.format_answer(asked, Answer((both, one)), TERMS).body
        assert body == f"nochg {SOURCE},{SIX}\nnochg {SOURCE}"

    @pytest.mark.parametrize("result", [each for each in Result if not each.success])
    def test_no_error_holds_the_letters_of_a_success(self, result: Result) -> None:
        found = Answer((outcome(result, reason="ok, good, true, updated"),))
        body = dyndns2.format_answer(ASKED, found, TERMS).body.lower()
        assert body
        assert not [word for word in SUCCESS if word in body]
        for other in (
            dyndns2.format_answer(ASKED, Answer(), TERMS),
            dyndns2.refuse(400, "look up the token"),
        ):
            assert not [word for word in SUCCESS if word in other.body.lower()]

    def test_the_reason_is_in_a_header_once(self) -> None:
        why = outcome(Result.FORBIDDEN, reason="why")
        found = dyndns2.format_answer(
            ASKED, Answer((why, why, outcome(Result.REFUSED, reason="b"))), TERMS
        )
        assert found.reason == "why; b"
        long = [outcome(Result.FORBIDDEN, reason=f"{n}" * 300) for n in range(20)]
        assert len(dyndns2.format_answer(ASKED, Answer(tuple(long)), TERMS).reason) == 500

    def test_the_reason_of_a_success_is_in_the_header_and_its_line_is_as_ever(self) -> None:
        note = outcome(Result.CHANGED, SIX, reason="100.64.0.1 is left out")
        found = dyndns2.format_answer(ASKED, Answer((note,)), TERMS)
        assert (found.status, found.body) == (200, f"good {SIX}")
        assert found.reason == "100.64.0.1 is left out"

    @pytest.mark.parametrize("status", (200, 401))
    def test_a_credential_that_nobody_accepts_has_the_status_that_was_chosen(
        self, status: int
    ) -> None:
        found = dyndns2.format_answer(ASKED, Answer(), TERMS._replace(bad_auth_status=status))
        assert (found.status, found.body) == (status, "badauth")

    @pytest.mark.parametrize(
        ("results", "status"),
        (
            ((Result.TROUBLE,), 503),
            ((Result.REFUSED, Result.TROUBLE), 503),
            ((Result.TROUBLE, Result.CHANGED), 200),
            ((Result.FORBIDDEN, Result.UNCHANGED), 200),
            ((Result.NO_HOST, Result.DEFERRED), 200),
            ((Result.NOT_FQDN, Result.REMOVED), 200),
            ((Result.FORBIDDEN,), 403),
            ((Result.NO_HOST,), 403),
            ((Result.NOT_FQDN, Result.NO_HOST), 403),
            ((Result.NO_HOST, Result.REFUSED), 403),
            ((Result.FORBIDDEN, Result.TROUBLE), 403),
        ),
    )
    def test_where_no_host_has_a_success_the_status_says_so(
        self, results: tuple[Result, ...], status: int
    ) -> None:
        found = Answer(tuple(map(outcome, results)))
        answer = dyndns2.format_answer(ASKED, found, TERMS)
        assert answer.status == status
        plain = TERMS._replace(trouble_status=200, refusal_status=200)
        same = dyndns2.format_answer(ASKED, found, plain)
        assert (same.status, same.body) == (200, answer.body)

    def test_a_bad_request_is_a_bad_agents(self) -> None:
        found = dyndns2.refuse(400, "why")
        assert (found.status, found.body, found.reason) == (400, "badagent", "why")


# ---------------------------------------------------------------- seed


def seed_request(**fields: object) -> Request:
    return request("POST /", (), json.dumps(fields))


HASH = sha256(b"x").hexdigest()


class TestSeed:
    def test_get_tells_the_address(self) -> None:
        found = seed.parse(seed_request(execution_mode="get"))
        assert isinstance(found, Response)
        assert (found.status, found.content_type) == (200, "application/json")
        assert found.body == f'{{"return_message": "{SOURCE}", "return_status": "success"}}'

    def test_set_asks_for_the_source_address(self) -> None:
        fields = {"execution_mode": "set", "ddns_hostname": "Home.Example.com."}
        found = seed.parse(seed_request(**fields, validation_hash=HASH.upper()))
        assert found == UpdateRequest(
            (Target("Home.Example.com.", NAME),),
            Digest(SOURCE + "Home.Example.com.", HASH),
            {"A": ip_address(SOURCE)},
            ip_address(SOURCE),
            int(NOW * 1000),
        )

    @pytest.mark.parametrize(
        "fields",
        (
            {},
            {"execution_mode": "drop"},
            {"execution_mode": ["get"]},
            {"execution_mode": "set"},
            {"execution_mode": "set", "ddns_hostname": NAME},
            {"execution_mode": "set", "ddns_hostname": 1, "validation_hash": HASH},
            {"execution_mode": "set", "ddns_hostname": "home", "validation_hash": HASH},
            {"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": HASH[1:]},
            {"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": HASH + "\n"},
            {"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": None},
        ),
    )
    def test_what_cannot_be_read_is_a_bad_request(self, fields: dict[str, object]) -> None:
        with pytest.raises(BadRequestError) as caught:
            seed.parse(seed_request(**fields))
        answer = seed.refuse(400, str(caught.value))
        assert answer.status == 400
        assert json.loads(answer.body)["return_status"] == "fail"

    @pytest.mark.parametrize(
        ("result", "status", "message"),
        (
            (
                Result.UNCHANGED,
                200,
                "Your IP address matches the current Route53 DNS record.",
            ),
            (Result.CHANGED, 201, f"Your hostname record {NAME}. has been set to {SOURCE}"),
            (Result.DEFERRED, 201, f"Your hostname record {NAME}. has been set to {SOURCE}"),
            (Result.FORBIDDEN, 400, "why"),
            (Result.REFUSED, 500, "why"),
            (Result.TROUBLE, 503, "why"),
        ),
    )
    def test_each_result_has_the_blog_samples_answer(
        self, result: Result, status: int, message: str
    ) -> None:
        asked = seed.parse(
            seed_request(execution_mode="set", ddns_hostname=NAME, validation_hash=HASH)
        )
        assert isinstance(asked, UpdateRequest)
        answer = seed.format_answer(asked, Answer((outcome(result, reason="why"),)))
        assert answer.status == status
        assert json.loads(answer.body) == {
            "return_message": message,
            "return_status": "success" if status < 400 else "fail",
        }
        assert not result.success or answer.reason == "why"
        assert seed.format_answer(asked, Answer((outcome(result),))).status == status
        assert seed.format_answer(asked, Answer()).status == 401


# ---------------------------------------------------------------- signed


def signed_request(
    body: Any,  # noqa: ANN401 - JSON
    *,
    at: object = int(NOW),
    nonce: str = "nonce-01",
    signature: str | None = None,
    drop: str = "",
) -> Request:
    made = signature or "v1=" + "0" * 64
    headers = [f"X-Ddns-Time: {at}", f"X-Ddns-Nonce: {nonce}", f"X-Ddns-Signature: {made}"]
    kept = [each for each in headers if not drop or not each.startswith(drop)]
    return request("POST /v1/update", kept, body if isinstance(body, str) else json.dumps(body))


class TestSigned:
    def test_another_method_is_answered_with_a_problem(self) -> None:
        found = signed.parse(request("GET /v1/update"))
        assert isinstance(found, Response)
        assert (found.status, found.content_type) == (405, "application/problem+json")
        assert found.headers["Allow"] == "POST"

    def test_the_text_that_is_signed_has_eight_lines(self) -> None:
        body = f'{{"host": "Home.example.com", "addresses": ["auto", "{SIX}"]}}'
        found = signed.parse(signed_request(body, signature="v1=" + "AB" * 32))
        assert isinstance(found, UpdateRequest)
        proof = found.proof
        assert isinstance(proof, Signature)
        assert proof.text.decode().split("\n") == [
            "ddns1",
            "POST",
            "/v1/update",
            "Home.example.com",
            f"auto,{SIX}",
            str(int(NOW)),
            "nonce-01",
            sha256(body.encode()).hexdigest(),
        ]
        assert (proof.digest, proof.time, proof.nonce) == ("ab" * 32, int(NOW), "nonce-01")
        assert found.addresses == {"A": ip_address(SOURCE), "AAAA": ip_address(SIX)}
        assert found.targets == (Target("Home.example.com", NAME),)

    @given(
        st.dictionaries(
            st.sampled_from(["host", "time", "nonce", "body", "path"]), st.integers(1, 9)
        ),
        st.binary(min_size=16, max_size=32),
    )
    def test_whatever_is_changed_on_the_way_the_signature_does_not_fit(
        self, changed: dict[str, int], secret: bytes
    ) -> None:
        def text(change: dict[str, int]) -> bytes:
            event = http_event(
                f"POST {'/' * change.get('path', 1)}v1/update HTTP/1.1",
                [
                    f"X-Ddns-Time: {int(NOW) + change.get('time', 0)}",
                    f"X-Ddns-Nonce: nonce-0{change.get('nonce', 0)}",
                    "X-Ddns-Signature: v1=" + "0" * 64,
                ],
                json.dumps({"host": f"h{change.get('host', 0)}.example.com"})
                + " " * change.get("body", 0),
            )
            found = signed.parse(parse_event(event, NOW))
            assert isinstance(found, UpdateRequest)
            assert isinstance(found.proof, Signature)
            return found.proof.text

        same = all(key == "path" and value == 1 for key, value in changed.items())
        one, other = (hmac.digest(secret, text(each), "sha256") for each in ({}, changed))
        assert (one == other) is same

    def test_prefix_removal_and_challenge_are_read(self) -> None:
        more = {"prefix": "2600:1f14:1:2::/64", "offline": True, "txt": "abc"}
        found = signed.parse(signed_request({"host": NAME, "addresses": ["preserve"], **more}))
        assert isinstance(found, UpdateRequest)
        assert found.prefix == IPv6Network("2600:1f14:1:2::/64")
        assert (found.remove, found.txt, found.addresses) == (ADDRESSES, "abc", {})

    @pytest.mark.parametrize(
        ("skew", "taken"), ((300, True), (-300, True), (301, False), (-301, False))
    )
    def test_a_clock_may_be_off_by_five_minutes(
        self,
        skew: int,
        taken: bool,  # noqa: FBT001 - a row of the table
    ) -> None:
        found = signed.parse(signed_request({"host": NAME}, at=int(NOW) + skew))
        assert isinstance(found, UpdateRequest) is taken
        refused = signed.unauthorised()._replace(metric="BadAuth", hosts=(NAME,))
        assert taken or found == refused

    @pytest.mark.parametrize(
        "changed",
        (
            {"drop": "X-Ddns-Time"},
            {"drop": "X-Ddns-Nonce"},
            {"drop": "X-Ddns-Signature"},
            {"at": "now"},
            {"at": "-5"},
            {"at": "1700000000000000"},
            {"at": "1700000000.5"},
            {"nonce": "short"},
            {"nonce": "x" * 65},
            {"nonce": "not a nonce"},
            {"signature": "v2=" + "0" * 64},
            {"signature": "0" * 64},
            {"signature": "v1=" + "0" * 63},
            {"signature": "v1=" + "g" * 64},
        ),
    )
    def test_headers_that_cannot_be_read_are_a_bad_request(self, changed: dict[str, Any]) -> None:
        with pytest.raises(BadRequestError, match="header x-ddns-"):
            signed.parse(signed_request({"host": NAME}, **changed))

    @pytest.mark.parametrize(
        "body",
        (
            "",
            "[]",
            {},
            {"host": 3},
            {"host": "home"},
            {"host": NAME, "addresses": SOURCE},
            {"host": NAME, "addresses": [1]},
            {"host": NAME, "addresses": ["x"]},
            {"host": NAME, "addresses": [SOURCE, "52.95.110.1"]},
            {"host": NAME, "addresses": ["auto"] * 5},
            {"host": NAME, "addresses": ["2600:1f14:1:2::/64"]},
            {"host": "é" * 200 + ".example.com"},
            {"host": NAME, "prefix": 3},
            {"host": NAME, "prefix": "x"},
            {"host": NAME, "offline": "yes"},
            {"host": NAME, "txt": 'a"b'},
            {"host": NAME, "txt": None},
        ),
    )
    def test_a_body_that_cannot_be_read_is_a_bad_request(self, body: object) -> None:
        with pytest.raises(BadRequestError) as caught:
            signed.parse(signed_request(body))
        answer = signed.refuse(400, str(caught.value))
        assert (answer.status, answer.content_type) == (400, "application/problem+json")

    @pytest.mark.parametrize(
        ("result", "status"),
        (
            (Result.CHANGED, 200),
            (Result.UNCHANGED, 200),
            (Result.DEFERRED, 200),
            (Result.REMOVED, 200),
            (Result.FORBIDDEN, 403),
            (Result.REFUSED, 409),
            (Result.NO_HOST, 409),
            (Result.TROUBLE, 503),
        ),
    )
    def test_each_result_has_its_answer(self, result: Result, status: int) -> None:
        done = outcome(result, SOURCE, reason="why")
        answer = signed.format_answer(ASKED, Answer((done,)))
        body = json.loads(answer.body)
        assert answer.status == status
        if status == 200:
            plain = {"host": NAME, "result": result.value, "addresses": [SOURCE]}
            assert body == {**plain, "note": "why"}
            assert answer.reason == "why"
            without = signed.format_answer(ASKED, Answer((outcome(result, SOURCE),)))
            assert json.loads(without.body) == plain
        else:
            assert (body["status"], body["detail"]) == (status, "why")
            assert body.keys() == {"type", "title", "status", "detail"}
        assert signed.format_answer(ASKED, Answer()) == signed.unauthorised()

    def test_all_addresses_of_the_host_are_named_whatever_was_stated(self) -> None:
        done = HostResult(HOME, Result.CHANGED, (SOURCE, SIX), families=frozenset({"A"}))
        asked = ASKED._replace(addresses={"A": ip_address(SOURCE)})
        answer = signed.format_answer(asked, Answer((done,)))
        assert json.loads(answer.body)["addresses"] == [SOURCE, SIX]


# ---------------------------------------------------------------- check IP, challenges


def test_check_ip_is_text_or_json() -> None:
    assert checkip.parse(request("GET /")) == Response(200, SOURCE + "\n")
    for accept in ("application/json", "text/html, application/json;q=0.9"):
        found = checkip.parse(request("GET /", ["Accept: " + accept]))
        assert (found.content_type, json.loads(found.body)) == ("application/json", {"ip": SOURCE})


@given(st.text(max_size=300))
def test_a_challenge_needs_no_quoting_in_a_record_set(text: str) -> None:
    try:
        assert parse_challenge(text) == text
    except BadRequestError:
        return
    assert 1 <= len(text) <= 255
    assert text.isascii()
    assert text.isprintable()
    assert not {'"', "\\", " "} & set(text)


def test_a_challenge_as_lets_encrypt_has_it_is_taken() -> None:
    text = "gfj9Xq-Rg85nM_EoW3bTQhWTAMFJDcPIpYyzCPfIUvA"
    assert parse_challenge(text) == text


# ---------------------------------------------------------------- the table

TABLE = protocol_table(TERMS._replace(bad_auth_status=200))


@pytest.mark.parametrize(
    ("line", "body", "name"),
    (
        ("POST /v1/update", "{}", "signed"),
        ("GET /v1/update", None, "signed"),
        ("GET /nic/update", None, "dyndns2"),
        ("POST /nic/update", "hostname=a", "dyndns2"),
        ("GET /?hostname=a", None, "dyndns2"),
        ("GET /?myip=1.2.3.4", None, "dyndns2"),
        ("POST /nic/update", "{}", "seed"),
        ("POST /anywhere", "{}", "seed"),
        ("POST /?myip=1.2.3.4", "{}", "seed"),
        ("POST /", "", "seed"),
        ("GET /", None, "checkip"),
        ("GET /?x=1", None, "checkip"),
        ("GET /checkip", None, "checkip"),
        ("GET /anywhere", None, ""),
        ("POST /anywhere", "x", ""),
    ),
)
def test_each_request_is_one_protocols(line: str, body: str | None, name: str) -> None:
    asked = request(line, [], body)
    assert next((row.name for row in TABLE if row.matches(asked)), "") == name


def test_the_terms_of_dyndns2_are_those_of_its_row() -> None:
    (row,) = (row for row in TABLE if row.name == "dyndns2")
    assert row.format(ASKED, Answer()).status == 200
    assert row.format(ASKED, Answer((outcome(Result.TROUBLE),))).status == 503


def test_only_check_ip_updates_nothing() -> None:
    assert [row.name for row in TABLE if not row.updates] == ["checkip"]


@pytest.mark.parametrize("status", (400, 403))
def test_each_protocol_refuses_in_its_own_form(status: int) -> None:
    refused = {row.name: row.refuse(status, "why") for row in TABLE}
    assert {(each.status, each.reason) for each in refused.values()} == {(status, "why")}
    assert refused["dyndns2"].body == refused["checkip"].body == "badagent"
    assert json.loads(refused["seed"].body) == {"return_message": "why", "return_status": "fail"}
    assert json.loads(refused["signed"].body)["status"] == status


def test_what_is_not_read_is_answered_by_its_path() -> None:
    assert refuse_unread("/v1/update", 403, "why") == signed.refuse(403, "why")
    assert refuse_unread("/nic/update", 400, "why") == dyndns2.refuse(400, "why")
    assert refuse_unread(None, 400, "why") == dyndns2.refuse(400, "why")


# ---------------------------------------------------------------- names


def test_names_are_read_in_order_and_those_that_are_none_are_kept_as_sent() -> None:
    texts = ["B\u00fccher.example.com", "home", NAME, "home", "*.A.example.com."]
    assert targets(texts) == (
        Target(texts[0], "xn--bcher-kva.example.com"),
        Target("home", ""),
        HOME,
        Target("home", ""),
        Target("*.A.example.com.", "*.a.example.com"),
    )


def test_names_in_unicode_have_an_end_as_idna_takes_the_square_of_it() -> None:
    most = "\u00e9" * (MAX_UNICODE // 4)
    names = [f"{most[:-1]}{number}.example.com" for number in range(4)]
    assert all(target.name for target in targets(names))
    for more in ("\u00e9.example.com", "\u4e00" * 250):
        with pytest.raises(BadRequestError, match="xn-- labels"):
            targets([*names, more])
    assert not targets(["a" * 250 + "." + NAME])[0].name
