"""A host that is put behind a router gets its address with the router's next request."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from tests.handlers.client.events import http_event
from tests.handlers.client.function import ClientFunction

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

ROUTER = "router.dyn.example.com"
KEPT = {"ttl": {"N": "60"}, "stamp": {"N": "1"}}
PREFIX = {"M": {**KEPT, "value": {"S": "2001:db8:1:2::/64"}}}
ADDRESS = {"M": {**KEPT, "value": {"S": "203.0.113.7"}}}


def behind(admin: Administrator, name: str, suffix: str) -> None:
    admin.host("add", name, "--behind", ROUTER, "--suffix", suffix)


def with_state(admin: Administrator, **more: Any) -> Any:  # noqa: ANN401 - DynamoDB's own shapes
    """Add the router as the function leaves it, and return its item."""
    admin.host("add", ROUTER)
    admin.put({**admin.item(ROUTER), **more})
    return admin.item(ROUTER)


def test_a_prefix_that_was_served_is_forgotten_and_an_update_under_way_starts_over(
    admin: Administrator,
) -> None:
    state = {"A": ADDRESS, "PREFIX": PREFIX}
    before = with_state(admin, state={"M": state}, revision={"N": "4"})
    behind(admin, "nas.dyn.example.com", "::2")
    assert admin.item(ROUTER) == {
        **before,
        "members": {"SS": ["nas.dyn.example.com"]},
        "state": {"M": {"A": ADDRESS}},
        "revision": {"N": "5"},
    }


@pytest.mark.parametrize("more", ({}, {"state": {"M": {"A": ADDRESS}}, "revision": {"N": "4"}}))
def test_without_one_nothing_but_the_mention_is_written(
    admin: Administrator, more: dict[str, Any]
) -> None:
    before = with_state(admin, **more)
    behind(admin, "nas.dyn.example.com", "::2")
    assert admin.item(ROUTER) == {**before, "members": {"SS": ["nas.dyn.example.com"]}}


def test_a_host_that_is_removed_leaves_the_prefix(admin: Administrator) -> None:
    with_state(admin)
    behind(admin, "nas.dyn.example.com", "::2")
    state = {"state": {"M": {"PREFIX": PREFIX}}, "revision": {"N": "4"}}
    admin.put({**admin.item(ROUTER), **state})
    admin.host("remove", "nas.dyn.example.com", "--yes")
    assert admin.item(ROUTER)["state"] == {"M": {"PREFIX": PREFIX}}
    assert admin.item(ROUTER)["revision"] == {"N": "4"}


def test_the_router_s_next_request_gives_the_new_host_its_address(admin: Administrator) -> None:
    zone = admin.zone_id("dyn.example.com")
    function = ClientFunction(
        admin.aws.client("dynamodb"),
        DDNS_TABLE=admin.table,
        DDNS_ZONES=json.dumps([{"id": zone, "name": "dyn.example.com"}]),
    )
    function.route53.add_zone("dyn.example.com", zone_id=zone)
    token = json.loads(admin.host("add", ROUTER, "--addresses", "public", "--json"))["token"]
    login = b64encode(f"{ROUTER}:{token}".encode()).decode()
    line = f"GET /nic/update?hostname={ROUTER}&ip6lanprefix=2a05:d014:1:2::/64 HTTP/1.1"

    def polled() -> set[str]:
        event = http_event(line, [f"Authorization: Basic {login}"])
        assert function(event)["statusCode"] == 200
        found = function.route53.records(zone)
        return {name.rstrip(".") for name, kind in found if kind == "AAAA"}

    behind(admin, "nas.dyn.example.com", "::2")
    assert polled() == {"nas.dyn.example.com"}
    behind(admin, "cam.dyn.example.com", "::3")
    assert polled() == {"nas.dyn.example.com", "cam.dyn.example.com"}
