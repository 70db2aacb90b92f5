"""Drift: what others do to the record sets is seen at verify_interval, and not before."""

from __future__ import annotations

import pytest

from ddns.core.errors import ThrottledError, UnavailableError
from tests.service.client.world import HOME, VERIFY, ZONE, World, host

MINE, THEIRS = "176.32.100.36", "52.95.110.1"
CHANGE, LIST = "change_resource_record_sets", "list_resource_record_sets"


def drifted(how: str) -> World:
    """Return a world whose host was set a moment ago and changed by hand since."""
    world = World(host())
    world.update(MINE)
    world.route53.remove_foreign(ZONE, HOME, "A")
    if how == "changed":
        world.route53.put_foreign(ZONE, HOME, "A", [THEIRS], ttl=60)
    elif how == "another TTL":
        world.route53.put_foreign(ZONE, HOME, "A", [MINE], ttl=3600)
    return world


DRIFTS = pytest.mark.parametrize("how", ("changed", "another TTL", "deleted"))


@DRIFTS
def test_drift_is_not_looked_for_before_verify_interval(how: str) -> None:
    world = drifted(how)
    before, asked = world.values(), world.route53.total_requests
    for _ in range(11):
        world.clock.time += VERIFY / 12
        assert world.update(MINE) == f"nochg {MINE}"
    assert world.route53.total_requests == asked
    assert world.values() == before


@DRIFTS
def test_drift_is_healed_at_verify_interval_in_one_poll(how: str) -> None:
    world = drifted(how)
    world.clock.time += VERIFY
    asked = world.route53.requests.copy()
    assert world.update(MINE) == f"good {MINE}"
    assert world.route53.requests - asked == {LIST: 1, CHANGE: 1}
    assert world.route53.records(ZONE) == {(f"{HOME}.", "A"): (60, frozenset({MINE}))}
    assert world.update(MINE) == f"nochg {MINE}"
    assert world.route53.requests - asked == {LIST: 1, CHANGE: 1}


def test_without_drift_a_look_is_all_and_only_once_an_interval() -> None:
    world = World(host())
    world.update(MINE)
    asked = world.route53.requests.copy()
    for _ in range(3):
        world.clock.time += VERIFY
        assert world.update(MINE) == f"nochg {MINE}"
        assert world.update(MINE) == f"nochg {MINE}"
    assert world.route53.requests - asked == {LIST: 3}


def test_with_an_interval_of_zero_every_poll_looks() -> None:
    world = World(host(), DDNS_VERIFY_INTERVAL="0")
    world.update(MINE)
    asked = world.route53.requests.copy()
    saves = world.hosts.requests["save"]
    for _ in range(3):
        assert world.update(MINE) == f"nochg {MINE}"
    assert world.route53.requests - asked == {LIST: 3}
    assert world.hosts.requests["save"] == saves


@pytest.mark.parametrize("code", ("Throttling", "AccessDenied", "ReadTimeoutError"))
def test_a_look_that_fails_is_no_failure_of_the_poll(code: str) -> None:
    world = World(host())
    world.update(MINE)
    world.clock.time += VERIFY
    world.route53.fail_next(LIST, code, times=1000)
    assert world.update(MINE) == f"nochg {MINE}"
    world.route53._failures.clear()
    world.clock.time += 10
    asked = world.route53.requests[LIST]
    assert world.update(MINE) == f"nochg {MINE}"
    assert world.route53.requests[LIST] == asked + 1


def test_a_change_writes_unseen_and_makes_good_whatever_had_drifted() -> None:
    world = World(host())
    world.update(MINE, "2600:1f14:1:2::7")
    world.route53.remove_foreign(ZONE, HOME, "AAAA")
    world.clock.time += VERIFY
    assert world.update(THEIRS) == f"good {THEIRS}"
    assert world.values() == {"A": THEIRS, "AAAA": "2600:1f14:1:2::7"}


@pytest.mark.parametrize("failing", ("get", "save"))
def test_while_dynamodb_does_not_answer_a_change_is_no_success(failing: str) -> None:
    world = World(host())
    world.update(THEIRS)
    for error in (ThrottledError("busy"), UnavailableError("gone")):
        world.hosts.fail_next(failing, error)
        assert world.update(MINE) == "911"
    assert world.update(MINE) == f"good {MINE}"
    assert world.values() == world.kept() == {"A": MINE}


def test_another_ttl_of_the_host_is_written_with_the_next_poll() -> None:
    world = World(host())
    world.update(MINE)
    world.hosts.edit(HOME, ttl=300)
    world.clock.time += VERIFY
    world.update(MINE)
    assert world.route53.records(ZONE) == {(f"{HOME}.", "A"): (300, frozenset({MINE}))}
