"""Which record sets answer: every row of the table, over the wire."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.dns.client import Dns, Response
from ddns_constructs.local.dns.server import DnsServer
from ddns_constructs.local.dns.zones import zone_from_record_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "db.example.com"
PRIMARY, SECONDARY = "10.0.1.5", "10.0.2.5"


class Zones:
    """One zone, whose records and whose sick health checks a test chooses."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.sick: set[str] = set()
        self.chance = random.Random(7)  # noqa: S311 - no secret

    def __call__(self) -> list[Any]:
        zone = zone_from_record_sets(
            "example.com.",
            self.records,
            private=True,
            is_healthy=lambda check: check not in self.sick,
            chance=self.chance,
        )
        return [zone]


class Wire:
    """A name server of such a zone, asked over UDP."""

    def __init__(self, zones: Zones, server: DnsServer) -> None:
        self.zones = zones
        self._dns = Dns(server.port(View.PRIVATE), server.port(View.PUBLIC))

    def serve(self, *records: dict[str, Any], sick: str = "") -> None:
        self.zones.records = list(records)
        self.zones.sick = set(sick.split())

    def ask(self) -> Response:
        return self._dns.ask(NAME)

    def counted(self, times: int = 400) -> Counter[str]:
        return Counter(value for _ in range(times) for value in self.ask().values)


@pytest.fixture(scope="module")
def _running() -> Iterator[tuple[Zones, DnsServer]]:
    zones = Zones()
    server = DnsServer(zones)
    yield zones, server
    server.close()


@pytest.fixture
def wire(_running: tuple[Zones, DnsServer]) -> Wire:
    zones, server = _running
    zones.chance = random.Random(7)  # noqa: S311 - no secret
    return Wire(zones, server)


def record(value: str, check: str = "", **more: object) -> dict[str, Any]:
    checked = {"HealthCheckId": check} if check else {}
    return {
        "Name": f"{NAME}.",
        "Type": "A",
        "TTL": 10,
        "SetIdentifier": value,
        "ResourceRecords": [{"Value": value}],
        **checked,
        **more,
    }


@pytest.mark.parametrize(
    ("sick", "answers"),
    (("", PRIMARY), ("one", SECONDARY), ("two", PRIMARY), ("one two", PRIMARY)),
)
def test_of_two_checked_failover_records_the_primary_answers_unless_only_the_other_is_healthy(
    wire: Wire, sick: str, answers: str
) -> None:
    wire.serve(
        record(SECONDARY, "two", Failover="SECONDARY"),
        record(PRIMARY, "one", Failover="PRIMARY"),
        sick=sick,
    )
    assert wire.ask().values == (answers,)


def test_a_secondary_without_a_check_answers_while_the_primary_is_sick(wire: Wire) -> None:
    both = (record(PRIMARY, "one", Failover="PRIMARY"), record(SECONDARY, Failover="SECONDARY"))
    for sick, answers in (("", PRIMARY), ("one", SECONDARY), ("", PRIMARY)):
        wire.serve(*both, sick=sick)
        assert wire.ask().values == (answers,)


def test_a_primary_without_a_check_always_answers(wire: Wire) -> None:
    wire.serve(
        record(PRIMARY, Failover="PRIMARY"),
        record(SECONDARY, "two", Failover="SECONDARY"),
        sick="two",
    )
    assert wire.ask().values == (PRIMARY,)


def test_half_a_failover_pair_answers(wire: Wire) -> None:
    for half in ("PRIMARY", "SECONDARY"):
        wire.serve(record(PRIMARY, "one", Failover=half), sick="one")
        assert wire.ask().values == (PRIMARY,)


def test_weights_are_how_often_each_answers_one_at_a_time(wire: Wire) -> None:
    wire.serve(record("10.0.0.1", Weight=3), record("10.0.0.2", Weight=1))
    assert len(wire.ask().values) == 1
    counted = wire.counted()
    assert 270 <= counted["10.0.0.1"] <= 330
    assert counted["10.0.0.1"] + counted["10.0.0.2"] == 400


def test_a_sick_weighted_record_does_not_answer(wire: Wire) -> None:
    wire.serve(
        record("10.0.0.1", "one", Weight=255), record("10.0.0.2", "two", Weight=1), sick="one"
    )
    assert set(wire.counted(20)) == {"10.0.0.2"}


def test_a_weight_of_zero_answers_only_where_no_other_is_healthy(wire: Wire) -> None:
    both = (record("10.0.0.1", "one", Weight=1), record("10.0.0.2", "two", Weight=0))
    wire.serve(*both)
    assert set(wire.counted(20)) == {"10.0.0.1"}
    wire.serve(*both, sick="one")
    assert set(wire.counted(20)) == {"10.0.0.2"}


def test_where_no_weighted_record_is_healthy_all_count_as_healthy(wire: Wire) -> None:
    wire.serve(
        record("10.0.0.1", "one", Weight=1), record("10.0.0.2", "two", Weight=0), sick="one two"
    )
    assert set(wire.counted(20)) == {"10.0.0.1"}


def test_where_all_weights_are_zero_each_answers_as_often(wire: Wire) -> None:
    wire.serve(record("10.0.0.1", Weight=0), record("10.0.0.2", Weight=0))
    counted = wire.counted()
    assert 160 <= counted["10.0.0.1"] <= 240
    assert 160 <= counted["10.0.0.2"] <= 240


def multivalue(count: int, *checks: str) -> list[dict[str, Any]]:
    named = [*checks, *[""] * (count - len(checks))]
    return [
        record(f"10.0.0.{n}", check, MultiValueAnswer=True)
        for n, check in enumerate(named, start=1)
    ]


def test_every_healthy_multivalue_record_answers(wire: Wire) -> None:
    wire.serve(*multivalue(3, "one", "two"), sick="one")
    assert wire.ask().values == ("10.0.0.2", "10.0.0.3")


def test_at_most_eight_multivalue_records_answer_and_not_always_the_same(wire: Wire) -> None:
    wire.serve(*multivalue(12))
    answers = {wire.ask().values for _ in range(20)}
    assert {len(values) for values in answers} == {8}
    assert len(answers) > 1


def test_where_no_multivalue_record_is_healthy_up_to_eight_of_all_answer(wire: Wire) -> None:
    wire.serve(*multivalue(2, "one", "two"), sick="one two")
    assert wire.ask().values == ("10.0.0.1", "10.0.0.2")
    wire.serve(*multivalue(10, *["one"] * 10), sick="one")
    assert len(wire.ask().values) == 8


def test_records_by_place_answer_by_health(wire: Wire) -> None:
    both = (
        record("10.0.0.1", "one", Region="eu-west-1"),
        record("10.0.0.2", "two", Region="us-east-1"),
    )
    wire.serve(*both, sick="one")
    assert wire.ask().values == ("10.0.0.2",)
    wire.serve(*both, sick="one two")
    assert wire.ask().values == ("10.0.0.1", "10.0.0.2")


def test_types_of_one_name_are_chosen_apart(wire: Wire) -> None:
    ipv6 = record("2001:db8::1", "six", Failover="PRIMARY") | {"Type": "AAAA"}
    wire.serve(record(PRIMARY, "one", Failover="PRIMARY"), ipv6, sick="one")
    assert wire.ask().values == (PRIMARY,)
