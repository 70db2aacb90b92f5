"""A router that gives up after ten seconds has its answer, however slow AWS is.

Time is wound by each call to a service: no test waits.
"""

from __future__ import annotations

from unittest import mock

import pytest
from botocore.exceptions import ReadTimeoutError

from ddns.adapters.aws import Clients
from ddns.client.composition import client_parts
from ddns.client.zones import ANSWER_WITHIN, LONGEST_CALL
from tests.handlers.account import botocore_session
from tests.service.client.test_prefix import NEW as NEW_PREFIX
from tests.service.client.test_prefix import home, move
from tests.service.client.world import HOME, VERIFY, ZONE, World, host

OLD, NEW, SIX = "52.95.110.1", "52.95.110.2", "2600:1f14:1:2::7"
CHANGE, LIST = "change_resource_record_sets", "list_resource_record_sets"
ROUTERS_WAIT = 10.0
# Of a cold start and of the way there and back nothing is in these tests.
NETWORK = 1.0
# The most that a call of DynamoDB or SQS takes without being repeated: connection and answer.
NEAR = 2.0


def slow(world: World, route53: float, others: float = 0.01) -> None:
    """Let each call take so many seconds; one that takes too long is given up by its client."""

    def wait(operation: str, moment: str) -> None:
        is_route53 = operation in (CHANGE, LIST)
        if moment == "before":
            world.clock.time += min(route53, LONGEST_CALL) if is_route53 else others
        elif is_route53 and route53 > LONGEST_CALL:
            raise ReadTimeoutError(endpoint_url="https://route53.amazonaws.com")

    world.route53.on_call = world.hosts.on_call = world.sqs.on_call = wait


def seconds(world: World, *addresses: str, **more: str) -> tuple[str, float]:
    """Send an update; return the answer and how long it took."""
    before = world.clock.now()
    return world.update(*addresses, **more), world.clock.now() - before  # type: ignore[arg-type]  # texts


def crowded() -> World:
    """Return a world where a look takes several pages: a name has hundreds below it."""
    types = frozenset({"A", "AAAA", "TXT"})
    world = World(host(wildcard=True, types=types), DDNS_RECORD_TYPES='["A", "AAAA", "TXT"]')
    for n in range(400):
        world.route53.put_foreign(ZONE, f"{n:03}.{HOME}", "A", ["198.41.0.4"])
    return world


TXT = "&txt=gfj9Xq-Rg85nM_EoW3bTQhWT"


@pytest.mark.parametrize("others", (0.01, NEAR - 0.1))
@pytest.mark.parametrize("route53", (0.3, 1.2, LONGEST_CALL - 0.1, LONGEST_CALL + 1))
def test_a_change_is_answered_in_time_and_reaches_the_zone(route53: float, others: float) -> None:
    world = World(host(wildcard=True))
    world.update(OLD)
    world.clock.time += VERIFY + 1  # so that it is looked at, too
    slow(world, route53, others)
    answer, took = seconds(world, NEW, SIX)
    assert answer == f"good {NEW},{SIX}"
    assert took < ROUTERS_WAIT - NETWORK
    world.observe(None)
    world.drain()
    assert world.values() == {"A": NEW, "AAAA": SIX}


@pytest.mark.parametrize("route53", (1.2, LONGEST_CALL - 0.1, LONGEST_CALL + 1))
def test_slow_pages_of_a_large_zone_are_not_waited_for(route53: float) -> None:
    world = crowded()
    slow(world, route53)
    answer, took = seconds(world, NEW, more=TXT)
    assert took < ANSWER_WITHIN
    assert answer == f"good {NEW}"
    world.observe(None)
    world.drain()
    assert world.values() == world.values(f"*.{HOME}") == {"A": NEW}
    assert world.values(f"_acme-challenge.{HOME}").keys() == {"TXT"}


@pytest.mark.parametrize("route53", (1.2, LONGEST_CALL - 0.1, LONGEST_CALL + 1))
def test_hosts_behind_a_router_do_not_hold_its_answer(route53: float) -> None:
    world = home()
    slow(world, route53)
    before = world.clock.now()
    assert move(world, NEW_PREFIX) == f"good {NEW_PREFIX}::1"
    assert world.clock.now() - before < ANSWER_WITHIN


def test_without_the_limit_the_answer_would_be_late() -> None:
    world = crowded()
    slow(world, LONGEST_CALL - 0.1)
    with (
        mock.patch("ddns.client.web.ANSWER_WITHIN", 60),
        mock.patch("ddns.client.zones._PATIENCE", 60),
    ):
        _, took = seconds(world, NEW, more=TXT)
    assert took > ROUTERS_WAIT


def test_the_clients_keep_to_what_these_tests_wind() -> None:
    world, made = World(), {}

    def remember(*args: object, **options: object) -> Clients:
        made["clients"] = Clients(botocore_session(), *args, **options)  # type: ignore[arg-type]  # passed on
        return made["clients"]

    with mock.patch("ddns.client.composition.Clients", remember):
        client_parts(world.settings)
    clients = made["clients"]
    for client, most, attempts in (
        (clients.route53, LONGEST_CALL, 1),
        (clients.dynamodb, NEAR, 2),
        (clients.sqs, NEAR, 2),
    ):
        config = client.meta.config
        assert config.connect_timeout + config.read_timeout == most
        assert config.retries["total_max_attempts"] == attempts
    patient = clients.patient_route53.meta.config
    assert patient.read_timeout > clients.route53.meta.config.read_timeout
