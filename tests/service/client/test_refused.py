"""What is possible in part only, or not at all: the table says it, and nothing is forgotten."""

from __future__ import annotations

import itertools
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

import pytest

from ddns.core.client.addresses import AddressPolicy
from ddns.core.errors import UnavailableError
from tests.handlers.client.events import http_event
from tests.service.client.signing import signed_request
from tests.service.client.world import HOME, LOGIN, VERIFY, ZONE, World, host
from tests.service.interleaving import interleave

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.core.client.hosts import Host

    Signed = tuple[str, list[str], str]

STAR, DOOR = f"*.{HOME}", "door.example.com"
OLD, NEW, ELSE = "52.95.110.1", "52.95.110.2", "198.41.0.4"
SIX = "2600:1f14:1:2::7"
CHANGE, LIST = "change_resource_record_sets", "list_resource_record_sets"
SECONDS_OF_LAMBDA = 30


# ---------------------------------------------------------------- a zone that is gone


def test_a_host_whose_zone_was_deleted_is_refused_each_time_and_one_line_says_why() -> None:
    world = World(host())
    assert world.update(OLD) == f"good {OLD}"
    world.route53.remove_zone(ZONE)
    world.clock.time += VERIFY + 1
    for number, address in enumerate((OLD, OLD, NEW), start=1):
        world.clock.time += 60
        assert world.update(address) == "dnserr"
        lines = [line for line in world.lines() if line.get("message") == "not written"]
        assert [line["host"] for line in lines] == [HOME] * number
        assert lines[-1]["reason"].startswith(f"hosted zone {ZONE} is gone: ")


# ---------------------------------------------------------------- a part of it


def test_a_change_that_was_taken_in_part_is_not_forgotten() -> None:
    world = World(host(wildcard=True))
    assert world.update(OLD) == f"good {OLD}"
    world.route53.remove_foreign(ZONE, STAR, "A")
    world.route53.put_foreign(ZONE, STAR, "CNAME", ["lb.example.org."])
    for address in (NEW, OLD, NEW):
        world.clock.time += 60
        assert world.update(address) == "dnserr"
        assert (world.values(), world.kept()["A"]) == ({"A": NEW}, NEW)
    world.route53.remove_foreign(ZONE, STAR, "CNAME")
    assert world.update(NEW) == f"good {NEW}"
    assert world.values(STAR) == {"A": NEW}


def test_what_stands_in_the_zone_after_a_first_change_in_part_is_the_host_s() -> None:
    world = World(host(wildcard=True))
    world.route53.fail_next(CHANGE, "AccessDenied", times=2)
    assert world.update(OLD) == "dnserr"
    assert world.values() == {"A": OLD}
    assert world.kept() == {"A": OLD}
    assert world.update(NEW) == f"good {NEW}"
    assert world.values() == world.values(STAR) == {"A": NEW}


# ---------------------------------------------------------------- somebody else's


def test_what_was_seen_to_be_somebody_else_s_is_not_written_by_the_next_change() -> None:
    world = World(host())
    world.update(OLD)
    world.route53.remove_foreign(ZONE, HOME, "A")
    world.route53.put_foreign(ZONE, HOME, "A", ["192.0.2.1", "192.0.2.2"])
    world.clock.time += VERIFY + 1
    assert world.update(OLD) == "dnserr"
    for address in (NEW, OLD, NEW):
        assert world.update(address) == "dnserr"
    assert world.values() == {"A": "192.0.2.1 192.0.2.2"}
    writes = world.hosts.requests["save"]
    assert world.update(NEW) == "dnserr"
    assert world.hosts.requests["save"] == writes, "what is known is not written down again"
    world.route53.remove_foreign(ZONE, HOME, "A")
    assert world.update(NEW) == f"good {NEW}"
    assert world.values() == {"A": NEW}


def test_what_was_seen_to_be_somebody_else_s_is_no_success_while_route_53_does_not_answer() -> None:
    world = World(host())
    world.update(OLD)
    world.route53.put_foreign(ZONE, HOME, "A", ["192.0.2.1", "192.0.2.2"])
    world.clock.time += VERIFY + 1
    assert world.update(OLD) == "dnserr"
    world.route53.fail_next(LIST, "Throttling", times=9)
    assert world.update(OLD) == "911"


@pytest.mark.parametrize("foreign", (["198.41.0.4"], ["198.41.0.4", "198.41.0.5"]))
def test_a_removal_removes_nothing_where_one_name_is_somebody_else_s(foreign: list[str]) -> None:
    world = World(host(wildcard=True), DDNS_OFFLINE="true")
    world.update(OLD)
    world.route53.put_foreign(ZONE, STAR, "A", foreign)
    for _ in range(3):
        world.clock.time += 30
        assert world.update(OLD, more="&offline=YES") == "dnserr"
        assert (world.values(), world.values(STAR)) == ({"A": OLD}, {"A": " ".join(foreign)})


def test_a_removal_while_a_change_is_pending_touches_nothing_that_it_did_not_write() -> None:
    world = World(host(), DDNS_OFFLINE="true")
    world.update(OLD)
    world.route53.put_foreign(ZONE, STAR, "A", ["198.41.0.4"])
    world.hosts.edit(HOME, wildcard=True)
    world.route53.fail_next(LIST, "Throttling", times=9)
    assert world.update(NEW) == f"good {NEW}"
    world.route53.fail_no_more()
    world.clock.time += 20
    assert world.update(OLD, more="&offline=YES") == "911"
    assert (world.values(), world.values(STAR)) == ({"A": OLD}, {"A": "198.41.0.4"})


def test_a_client_that_always_says_no_to_a_family_loses_nothing_by_it() -> None:
    world = World(host())
    world.update(OLD, more="&myipv6=no")
    world.route53.fail_next(CHANGE, "Throttling", times=9)
    assert world.update(NEW, more="&myipv6=no") == f"good {NEW}"
    world.route53.fail_no_more()
    world.clock.time += 20
    world.drain()
    assert world.values() == {"A": NEW}


def test_a_family_that_came_meanwhile_stays_where_removal_is_off() -> None:
    world = World(host())
    world.update(OLD)

    def meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("save", "before"):
            world.hosts.on_call = None
            world.update(SIX, parts=world.worker())

    world.hosts.on_call = meanwhile
    assert world.update(NEW, more="&myipv6=no") == f"good {NEW}"
    assert world.values() == {"A": NEW, "AAAA": SIX}


def test_a_race_that_is_lost_after_a_stale_look_is_written_again() -> None:
    types = frozenset({"A", "AAAA", "TXT"})
    texts = {"DDNS_RECORD_TYPES": '["A", "AAAA", "TXT"]', "DDNS_OFFLINE": "true"}
    world = World(host(types=types), **texts)
    world.update(OLD, SIX, more="&txt=a")
    world.route53.remove_foreign(ZONE, HOME, "AAAA")
    now = world.clock.now()

    def meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("save", "before"):
            world.hosts.on_call = None
            world.update("preserve", more="&txt=y", at=now + 0.2, parts=world.worker())

    world.hosts.on_call = meanwhile
    world.update("preserve", more="&myipv6=no&txt=x", at=now)
    assert world.kept()["TXT"] == "y"
    assert world.values(f"_acme-challenge.{HOME}") == {"TXT": '"y"'}


# ---------------------------------------------------------------- signed requests


@pytest.mark.parametrize(
    ("item", "foreign", "source", "status"),
    (
        (host(types=frozenset({"A"}), policy=AddressPolicy.SOURCE), (), SIX, 403),
        (host(), ("192.0.2.1", "192.0.2.2"), OLD, 409),
    ),
)
def test_a_signed_request_that_was_refused_cannot_be_sent_again(
    item: Host, foreign: tuple[str, ...], source: str, status: int
) -> None:
    world = World(item)
    if foreign:
        world.route53.put_foreign(ZONE, HOME, "A", list(foreign))
    signed = signed_request(HOME, ["auto"], world.clock.now(), "nonce-0001")
    assert _status(world, signed, source) == status
    if foreign:
        world.route53.remove_foreign(ZONE, HOME, "A")
    world.clock.time += 60
    assert _status(world, signed, ELSE) == 401
    assert world.values() == {}


def test_a_signed_request_that_met_trouble_cannot_be_sent_again_but_a_new_one_can() -> None:
    world = World(host())
    signed = signed_request(HOME, ["auto"], world.clock.now(), "nonce-0001")
    world.route53.fail_next(LIST, "Throttling", times=9)
    world.sqs.failing = "AccessDenied"
    assert _status(world, signed, OLD) == 503
    world.route53.fail_no_more()
    world.sqs.failing = ""
    world.clock.time += 60
    assert _status(world, signed, ELSE) == 401
    again = signed_request(HOME, ["auto"], world.clock.now(), "nonce-0002")
    assert _status(world, again, OLD) == 200
    assert world.values() == {"A": OLD}


def test_the_nonces_of_one_second_are_few() -> None:
    world = World(host())
    now = world.clock.now()
    statuses = [
        _status(world, signed_request(HOME, ["auto"], now, f"nonce-{n:04}"), OLD) for n in range(20)
    ]
    assert statuses == [200] * 16 + [401] * 4
    later = signed_request(HOME, ["auto"], now + 1, "nonce-0000")
    assert _status(world, later, OLD) == 200


def _status(world: World, signed: tuple[str, list[str], str], source: str) -> int:
    event = http_event(*signed, now=world.clock.now(), source=source)
    answer = world.parts.web.handle(event, world.clock.now() + 20)
    return int(answer["statusCode"])


def test_a_signed_request_that_is_sent_twice_at_once_moves_the_hosts_behind_once() -> None:
    member = host(DOOR, behind=HOME, suffix=IPv6Address("::7"), tokens=(), secrets=())
    for order in itertools.product((0, 1), repeat=7):
        world = World(host(members=frozenset({DOOR})), member)
        world.update("2600:1f14:1:1::99")
        signed = signed_request(HOME, ["auto"], world.clock.now(), "nonce-0001")
        statuses: list[int] = []

        def send(source: str, world: World = world, signed: Signed = signed) -> int:
            event = http_event(*signed, now=world.clock.now(), source=source)
            answer = world.worker().web.handle(event, world.clock.now() + 20)
            return int(answer["statusCode"])

        def original(answers: list[int] = statuses, send: Callable[[str], int] = send) -> None:
            answers.append(send("2600:1f14:1:2::99"))

        def copy(answers: list[int] = statuses, send: Callable[[str], int] = send) -> None:
            answers.append(send("2a00:1450:4001:8::66"))

        interleave(world, [(original, None), (copy, None)], iter(order))  # type: ignore[arg-type]  # a world like that
        assert sorted(statuses) == [200, 401], order
        prefix = world.values()["AAAA"].removesuffix("::99").removesuffix("::66")
        assert world.values(DOOR) == {"AAAA": f"{prefix}::7"}, order


# ---------------------------------------------------------------- hosts behind a host


def test_a_router_that_tells_nothing_but_its_prefix_is_polled_in_one_request() -> None:
    member = host(DOOR, behind=HOME, suffix=IPv6Address("::7"), tokens=(), secrets=())
    world = World(host(members=frozenset({DOOR})), member)
    line = f"GET /nic/update?hostname={HOME}&ip6lanprefix=2600:1f14:1:2::/64 HTTP/1.1"
    world.send(line, [LOGIN])
    assert world.values(DOOR) == {"AAAA": SIX}
    asked = world.hosts.requests.copy()
    world.send(line, [LOGIN])
    assert world.hosts.requests - asked == {"get": 1}


def test_a_host_that_is_named_twice_in_two_ways_is_one_host() -> None:
    world = World(host()._replace(key="Home.Example.com."))
    world.update(OLD, name="Home.Example.com")
    names = "Home.Example.com,home.example.com"
    assert world.update(OLD, name=names) == f"nochg {OLD}\nnochg {OLD}"


def test_a_host_behind_that_is_refused_is_told_beside_the_success() -> None:
    member = host(DOOR, behind=HOME, suffix=IPv6Address("::7"), tokens=(), secrets=())
    world = World(host(members=frozenset({DOOR})), member)
    world.route53.put_foreign(ZONE, DOOR, "CNAME", ["lb.example.org."])
    event = http_event(
        f"GET /nic/update?hostname={HOME}&myip={OLD}&ip6lanprefix=2600:1f14:1:2::/64 HTTP/1.1",
        [LOGIN],
        now=world.clock.now(),
    )
    answer = world.parts.web.handle(event, world.clock.now() + 20)
    assert answer["body"] == f"good {OLD}"
    assert answer["headers"]["X-Ddns-Reason"] == "not every host behind it could be written"
    world.route53.remove_foreign(ZONE, DOOR, "CNAME")
    world.clock.time += VERIFY + 1
    world.update(OLD, more="&ip6lanprefix=2600:1f14:1:2::/64")
    assert world.values(DOOR) == {"AAAA": SIX}


# ---------------------------------------------------------------- time


def test_a_table_that_hangs_does_not_hold_a_request_beyond_its_time() -> None:
    names = [f"h{n}.example.com" for n in range(20)]
    world = World(*map(host, names))

    def hangs(operation: str, moment: str) -> None:
        if (operation, moment) == ("save", "before"):
            world.clock.time += 8
            raise UnavailableError("no answer")

    world.hosts.on_call = hangs
    began = world.clock.now()
    event = http_event(
        f"GET /nic/update?hostname={','.join(names)}&myip={OLD} HTTP/1.1", [LOGIN], now=began
    )
    answer = world.parts.web.handle(event, began + 22)
    assert answer["body"].split("\n") == ["911"] * 20
    assert world.clock.now() - began <= SECONDS_OF_LAMBDA
    world.hosts.on_call = None
    assert world.update(OLD, name=names[-1]) == f"nochg {OLD}", "the zone was written in time"


def test_a_challenge_of_a_host_that_now_has_the_endpoint_below_it_is_left_alone() -> None:
    types = {"DDNS_RECORD_TYPES": '["A", "TXT"]'}
    before = World(host(types=frozenset({"A", "TXT"})), **types)
    before.update(OLD, more="&txt=abc")
    before.route53.remove_foreign(ZONE, f"_acme-challenge.{HOME}", "TXT")
    world = World(before.hosts.items[HOME], **types, DDNS_ENDPOINT_NAMES=f'["ddns.{HOME}"]')
    # The role does not let it be written, and a refusal of it would be one of the address, too.
    world.route53.protect(ZONE, f"_acme-challenge.{HOME}", "TXT")
    world.hosts.edit(HOME, pending=True)
    assert world.update(NEW) == f"good {NEW}"
    assert world.values() == {"A": NEW}
    assert world.values(f"_acme-challenge.{HOME}") == {}
    assert not world.hosts.items[HOME].pending
