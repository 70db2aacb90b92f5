"""What is possible in part only, or not at all: the table tells it, and nothing is forgotten."""

from __future__ import annotations

import random
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

import pytest

from ddns.core.addresses import AddressPolicy
from ddns.core.errors import UnavailableError
from tests.handlers.client_events import http_event
from tests.service.client_world import HOME, LOGIN, VERIFY, ZONE, World, host
from tests.service.signing import signed_request

if TYPE_CHECKING:
    from ddns.core.hosts import Host

STAR, DOOR = f"*.{HOME}", "door.example.com"
OLD, NEW, ELSE = "52.95.110.1", "52.95.110.2", "198.41.0.4"
SIX = "2600:1f14:1:2::7"
CHANGE, LIST = "change_resource_record_sets", "list_resource_record_sets"
SECONDS_OF_LAMBDA = 30


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


@pytest.mark.parametrize("codes", (["AccessDenied"], ["InvalidChangeBatch", "Throttling"]))
@pytest.mark.parametrize("wildcard", (False, True))
def test_after_a_success_the_zone_holds_what_was_answered_whatever_failed(
    codes: list[str], *, wildcard: bool
) -> None:
    for seed in range(150):
        _walk(random.Random(seed), codes, wildcard=wildcard)  # noqa: S311 - no secret


def _walk(chance: random.Random, codes: list[str], *, wildcard: bool) -> None:
    types = frozenset({"A", "AAAA", "TXT"})
    settings = {"DDNS_RECORD_TYPES": '["A", "AAAA", "TXT"]', "DDNS_OFFLINE": "true"}
    world = World(host(types=types, wildcard=wildcard), **settings)
    for _ in range(12):
        if chance.random() < 0.4:
            code = chance.choice(codes)
            refused = code == "InvalidChangeBatch"
            operation = CHANGE if refused else chance.choice([CHANGE, CHANGE, LIST])
            world.route53.fail_next(operation, code, times=chance.choice([1, 1, 2, 3, 5]))
        if chance.random() < 0.12:
            world.deliver(world.orders())
            continue
        addresses = chance.choice([(OLD,), (NEW,), (SIX,), (OLD, SIX)])
        more = chance.choice(["", "", "", "&txt=x", "&txt=y", "&offline=YES"])
        answer = world.update(*addresses, more=more)
        world.clock.time += chance.choice([1, 10, 400, VERIFY + 1])
        world.route53.fail_no_more()
        if answer.split()[0] in ("good", "nochg") and not world.hosts.items[HOME].pending:
            told = answer.split()[1].split(",") if " " in answer else []
            wanted = {"AAAA" if ":" in each else "A": each for each in told}
            assert world.values() == wanted
            assert world.values(STAR) == (wanted if wildcard else {})


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


# ---------------------------------------------------------------- hosts behind a host


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
