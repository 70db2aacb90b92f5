"""`ddns failover status`: where failovers are, why, and what is wrong with them."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ddns.core.failover.journal import Seen, SeenNode
from tests.cli.failover.operator import CHECK, NOW

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator


PAGE = Path(__file__).parents[3] / "docs" / "operations.md"


def wrong(operator: Operator, name: str = "Vip") -> dict[str, tuple[str, str]]:
    """Return what is wrong by what it is: how it is, and what to do."""
    result = operator.run("status", name, "--json")
    found = json.loads(result.stdout)
    findings = found["failovers"][0]["wrong"]
    assert found["wrong"] == len(findings)
    assert result.exit_code == bool(findings)
    return {each["what"]: (each["text"], each["remedy"]) for each in findings}


def test_a_service_address_that_is_well(operator: Operator) -> None:
    operator.put(moves=((NOW - 120) * 1000, (NOW - 7200) * 1000), source="b")
    operator.saw(ago=1, slot=1, b=SeenNode("down", "refused", 7))
    printed = operator.prints("status", "Vip")
    assert textwrap.indent(f"$ ddns failover status Vip\n{printed}", "    ") in PAGE.read_text()
    assert printed.splitlines() == [
        "✓ Vip  OverlayIpFailover",
        "  address    192.168.100.10",
        "  where      at a since 1 h, by start (all places are there)",
        "  before     b",
        "  nodes      a up (40 rounds)",
        "             b down: refused (7 rounds)",
        "  places     rtb-1 a, rtb-2 a",
        "  seen       1 s ago, 2 of 2 probers answered",
        "  moves      1 automatic in the last hour, of 3",
    ]


def test_programs_get_all_of_it(operator: Operator) -> None:
    operator.put(until=NOW + 5, target="b", source="a", moving=True, epoch=2, by="failure")
    operator.saw()
    (found,) = operator.json("status", "Vip", code=1)["failovers"]
    assert (found["active"], found["target"], found["from"]) == (None, "b", "a")
    assert found["controller_until"] == "2025-11-29T07:06:45+00:00"
    assert found["nodes"] == [
        {"node": "a", "seen": "up", "why": None, "rounds": 40},
        {"node": "b", "seen": "up", "why": None, "rounds": 40},
    ]
    assert found["places"] == {"rtb-1": "b", "rtb-2": "b"}
    assert found["probers"] == {"asked": 2, "answered": 2}


def test_all_failovers_of_the_stack_are_shown_without_a_name(operator: Operator) -> None:
    printed = operator.prints("status")
    assert "✓ Vip  OverlayIpFailover" in printed
    assert "✓ db.example.com  NameFailover" in printed


def test_what_is_held_says_why_and_how_to_release_it(operator: Operator) -> None:
    operator.put(hold="patching", hold_since=(NOW - 180) * 1000)
    assert wrong(operator) == {
        "held": (
            "for 3 min: patching",
            "nothing moves by itself until `ddns failover release Vip --stack Names`",
        )
    }
    printed = operator.prints("status", "Vip", code=1)
    assert printed.startswith("✗ Vip")
    assert "  held: for 3 min: patching\n      nothing moves by itself" in printed


@pytest.mark.parametrize(("kind", "limit"), (("routes", 30), ("interface", 90)))
def test_a_move_is_half_done_when_it_takes_too_long(
    operator: Operator, kind: str, limit: int
) -> None:
    variables = operator.variables["controller-1"]
    variables["FAILOVER"] = json.dumps({**json.loads(variables["FAILOVER"]), "kind": kind})
    operator.put(target="b", moving=True, by="failure", since=(NOW - limit) * 1000)
    operator.saw()
    assert wrong(operator) == {}
    operator.put(since=(NOW - limit - 2) * 1000)
    text, remedy = wrong(operator)["half moved"]
    assert text.startswith("to b for ")
    assert "the function's log says what EC2 refuses" in remedy


def test_a_repair_is_not_as_old_as_its_target(operator: Operator) -> None:
    operator.put(moving=True, by="repair", until=NOW + 5)
    assert wrong(operator) == {}
    operator.put(moving=True, by="repair")
    assert wrong(operator)["half moved"][0] == "places are put at a again"


def test_places_that_point_elsewhere_are_named(operator: Operator) -> None:
    places = {"rtb-1": "a", "rtb-2": "eni-9", "rtb-3": ""}
    operator.journal.note_seen(
        Seen(1, NOW * 1000, {"a": SeenNode("up"), "b": SeenNode("up")}, places, 2, 2)
    )
    assert wrong(operator)["places"][0] == "not at a: rtb-2 eni-9, rtb-3 nowhere"


def test_what_was_seen_before_a_move_was_over_is_not_held_against_it(operator: Operator) -> None:
    operator.put(target="b", source="a", epoch=2, by="failure", since=(NOW - 20) * 1000)
    operator.journal.note_seen(
        Seen(0, (NOW - 15) * 1000, {"b": SeenNode("up")}, {"rtb-1": "a", "rtb-2": "a"}, 2, 2)
    )
    assert wrong(operator) == {}


def test_a_controller_that_has_not_looked_for_a_minute_is_missing(operator: Operator) -> None:
    operator.saw(ago=60)
    assert wrong(operator) == {}
    operator.saw(ago=61)
    text, remedy = wrong(operator)["controller"]
    assert text == "none has looked for 1 min"
    assert "look whether its schedule is on" in remedy
    operator.dynamodb.delete_item(TableName="journal-1", Key={"pk": {"S": "SEEN#0"}})
    assert wrong(operator)["controller"][0] == "none has looked yet"
    operator.saw(ago=150)
    operator.put(moving=True, since=NOW * 1000)  # while it moves a controller looks at nothing
    assert wrong(operator) == {}
    operator.saw(ago=151)
    assert "controller" in wrong(operator)
    operator.put(moving=False)
    operator.dynamodb.delete_item(TableName="journal-1", Key={"pk": {"S": "SEEN#0"}})
    assert "a unknown, as no controller has looked" in operator.prints("status", "Vip", code=1)


def test_no_node_up_says_what_is_seen_of_each(operator: Operator) -> None:
    operator.saw(a=SeenNode("unknown", "timed out", 3), b=SeenNode("down", "refused", 3))
    text, _ = wrong(operator)["no node is up"]
    assert text == "a unknown: timed out; b down: refused"


def test_a_budget_that_is_spent_is_said(operator: Operator) -> None:
    operator.put(moves=tuple((NOW - each) * 1000 for each in (3599, 20, 10)))
    assert wrong(operator)["budget spent"][0] == "3 automatic moves in the last hour"
    operator.put(moves=tuple((NOW - each) * 1000 for each in (3601, 20, 10)))
    assert wrong(operator) == {}


def test_one_that_cannot_be_seen_does_not_hide_the_others(operator: Operator) -> None:
    operator.outputs["FailoverTable"] = "journal-2"
    found = operator.json("status", code=1)
    of = {each["failover"]: each["wrong"] for each in found["failovers"]}
    assert of["db.example.com"] == []
    assert of["Vip"][0]["text"] == "cannot be seen"
    assert "the journal in table journal-2 is empty" in of["Vip"][0]["remedy"]
    operator.denied = {"route53"}
    assert "cannot be seen" in operator.prints("status", "db", code=1)


# ---------------------------------------------------------------- names


def test_a_name_that_is_well(operator: Operator) -> None:
    why = "0 of 10 checkers got the answer that they ask for, which here says that the primary is"
    printed = operator.prints("status", "db")
    assert printed.splitlines() == [
        "✓ db.example.com  NameFailover",
        "  where      answers the primary, 10.0.1.5: as its health check is healthy",
        "  primary    A 10.0.1.5, TTL 10 s, health check hc-1",
        "  secondary  A 10.0.2.5, TTL 10 s",
        f"  health     healthy: {why} down",
    ]


def check(operator: Operator, well: int, **config: Any) -> None:  # noqa: ANN401 - Route 53's
    """Let so many of a hundred checkers get their answer."""
    observed = ["Success: HTTP Status Code 200, OK"] * well + ["Failure: timed out"] * (100 - well)
    usual = {"Type": "HTTPS", "FullyQualifiedDomainName": "relay.example"}
    operator.route53.add_health_check(CHECK, *observed, **{**usual, **config})


def answers(operator: Operator) -> tuple[str, str]:
    (found,) = json.loads(operator.run("status", "db", "--json").stdout)["failovers"]
    return found["answers"], found["health"]["state"]


@pytest.mark.parametrize(
    ("well", "inverted", "answer", "state"),
    (
        (18, True, "primary", "healthy"),
        (19, True, "secondary", "unhealthy"),
        (19, False, "primary", "healthy"),
        (18, False, "secondary", "unhealthy"),
    ),
)
def test_more_than_18_percent_of_the_checkers_decide(
    operator: Operator, well: int, answer: str, state: str, *, inverted: bool
) -> None:
    check(operator, well, Inverted=inverted)
    assert answers(operator) == (answer, state)
    assert ("health check" in wrong(operator, "db")) == (state == "unhealthy")


@pytest.mark.parametrize(
    ("alarm", "config", "state"),
    (
        ("OK", {}, "healthy"),
        ("ALARM", {}, "unhealthy"),
        ("OK", {"Inverted": True}, "unhealthy"),
        ("INSUFFICIENT_DATA", {"InsufficientDataHealthStatus": "Healthy"}, "healthy"),
        ("INSUFFICIENT_DATA", {"InsufficientDataHealthStatus": "Unhealthy"}, "unhealthy"),
        ("INSUFFICIENT_DATA", {}, "unknown"),
        ("", {}, "unknown"),
    ),
)
def test_the_state_of_a_check_of_an_alarm_is_the_alarm_s(
    operator: Operator, alarm: str, config: dict[str, Any], state: str
) -> None:
    operator.alarms = {"down": alarm} if alarm else {}
    identifier = {"Region": "eu-west-1", "Name": "down"}
    operator.route53.add_health_check(
        CHECK, Type="CLOUDWATCH_METRIC", AlarmIdentifier=identifier, **config
    )
    assert answers(operator)[1] == state


@pytest.mark.parametrize(
    ("inverted", "answer", "state"),
    ((False, "primary", "healthy"), (True, "secondary", "unhealthy")),
)
def test_a_health_check_that_is_disabled_or_new_says_always_the_same(
    operator: Operator, answer: str, state: str, *, inverted: bool
) -> None:
    check(operator, 50, Disabled=True, Inverted=inverted)
    assert answers(operator) == (answer, state)
    assert "update-health-check --no-disabled" in wrong(operator, "db")["health check"][1]
    operator.route53.add_health_check(CHECK, Type="TCP", IPAddress="192.0.2.1", Inverted=inverted)
    assert answers(operator) == (answer, state)
    assert "no checker has reported yet" in operator.run("status", "db").stdout


def test_a_health_check_of_another_kind_is_not_guessed_at(operator: Operator) -> None:
    operator.route53.add_health_check(CHECK, Type="RECOVERY_CONTROL")
    assert answers(operator) == ("unknown", "unknown")
    assert "a RECOVERY_CONTROL health check" in wrong(operator, "db")["health check"][0]
    assert "which cannot be seen" in operator.prints("status", "db", code=1)


# What of the relay of a zone the checkers get: of its "down", and of its "up".
UP, DOWN, SILENT = (0, 100), (100, 0), (0, 0)


def relays(operator: Operator, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Let a name have relays in two zones; so many of a hundred checkers get a 200 of each path."""
    zones = []
    for zone, (down, up) in (("eu-west-1a", first), ("eu-west-1b", second)):
        for what, well in (("down", down), ("up", up)):
            observed = ["Success: HTTP Status Code 200, OK"] * well
            operator.route53.add_health_check(
                f"{zone}-{what}",
                *observed,
                *["Failure: HTTP Status Code 503, Service Unavailable"] * (100 - well),
                Type="HTTPS",
                FullyQualifiedDomainName=f"{zone}.example",
                Inverted=what == "down",
            )
        zones.append({"zone": zone, "down": f"{zone}-down", "up": f"{zone}-up"})
    children = [each[what] for each in zones for what in ("down", "up")]
    operator.route53.add_health_check(
        CHECK, Type="CALCULATED", ChildHealthChecks=children, HealthThreshold=2
    )
    operator.outputs["DbFailoverName"] = json.dumps({**operator.name_output(), "zones": zones})


def test_a_name_with_relays_shows_what_each_zone_says(operator: Operator) -> None:
    relays(operator, UP, UP)
    lines = operator.prints("status", "db").splitlines()
    assert lines[0] == "✓ db.example.com  NameFailover"
    assert lines[-3:] == [
        "  health     healthy: 4 of its 4 checks are healthy, of which it needs 2",
        "  zone       eu-west-1a sees the primary up",
        "  zone       eu-west-1b sees the primary up",
    ]


@pytest.mark.parametrize(
    ("first", "second", "said", "answer"),
    (
        (UP, UP, ("up", "up"), "primary"),
        (UP, DOWN, ("up", "down"), "primary"),
        (UP, SILENT, ("up", "nothing"), "primary"),
        (SILENT, SILENT, ("nothing", "nothing"), "primary"),
        (DOWN, SILENT, ("down", "nothing"), "secondary"),
        (DOWN, DOWN, ("down", "down"), "secondary"),
        ((100, 100), SILENT, ("changing", "nothing"), "primary"),
    ),
)
def test_the_state_of_a_calculated_check_is_reckoned_from_its_children(
    operator: Operator,
    first: tuple[int, int],
    second: tuple[int, int],
    said: tuple[str, str],
    answer: str,
) -> None:
    relays(operator, first, second)
    (found,) = json.loads(operator.run("status", "db", "--json").stdout)["failovers"]
    assert tuple(each["says"] for each in found["zones"]) == said
    assert found["answers"] == answer
    assert {each["what"] for each in found["wrong"] if each["what"].startswith("zone")} == {
        f"zone {each['zone']}" for each in found["zones"] if each["says"] != "up"
    }


def test_each_check_is_asked_once_and_a_calculated_one_for_its_settings_only(
    operator: Operator,
) -> None:
    relays(operator, UP, UP)
    operator.forget_requests()
    operator.prints("status", "db")
    assert operator.route53.requests["get_health_check"] == 5
    assert operator.route53.requests["get_health_check_status"] == 4


def test_a_child_that_cannot_be_seen_matters_where_the_others_do_not_decide(
    operator: Operator,
) -> None:
    relays(operator, SILENT, DOWN)
    operator.route53.add_health_check("eu-west-1a-up", Type="RECOVERY_CONTROL")
    assert answers(operator) == ("unknown", "unknown")
    assert "zone eu-west-1a" in wrong(operator, "db")
    relays(operator, UP, SILENT)
    operator.route53.add_health_check("eu-west-1b-up", Type="RECOVERY_CONTROL")
    assert answers(operator) == ("primary", "healthy")
    operator.route53.add_health_check(
        CHECK, Type="CALCULATED", ChildHealthChecks=["eu-west-1a-up"], HealthThreshold=1,
        Inverted=True,
    )  # fmt: skip
    assert answers(operator) == ("secondary", "unhealthy")


def test_a_check_of_a_zone_that_is_disabled_says_how_to_enable_it(operator: Operator) -> None:
    relays(operator, UP, UP)
    operator.route53.add_health_check(
        "eu-west-1b-up", Type="HTTPS", FullyQualifiedDomainName="x.example", Disabled=True
    )
    assert "--health-check-id eu-west-1b-up" in wrong(operator, "db")["zone eu-west-1b"][1]


def test_one_that_is_gone_cannot_be_seen(operator: Operator) -> None:
    output = {**operator.name_output(), "health_check": "hc-9"}
    operator.outputs["DbFailoverName"] = json.dumps(output)
    assert "NoSuchHealthCheck" in wrong(operator, "db")["health check"][0]


@pytest.mark.parametrize(("second", "answer"), ((0, "primary"), (100, "secondary")))
def test_where_neither_is_healthy_the_primary_answers(
    operator: Operator, second: int, answer: str
) -> None:
    output = {**operator.name_output(), "secondary_check": "hc-2"}
    operator.outputs["DbFailoverName"] = json.dumps(output)
    check(operator, 0)
    states = ["Success: x"] * second + ["Failure: y"] * (100 - second)
    operator.route53.add_health_check("hc-2", *states, Type="TCP", IPAddress="192.0.2.2")
    assert answers(operator) == (answer, "unhealthy")


def test_a_name_that_was_switched_by_hand_says_how_to_go_back(operator: Operator) -> None:
    operator.prints("switch", "db", "--to", "secondary", "--wait", "0")
    text, remedy = wrong(operator, "db")["by hand"]
    assert text == "both record sets have the secondary's values"
    assert "`ddns failover switch db.example.com --to primary --stack Names`" in remedy
    assert answers(operator)[0] == "secondary"
    assert "answers the secondary, 10.0.2.5: switched by hand" in operator.prints(
        "status", "db", code=1
    )


def test_what_somebody_else_wrote_is_not_taken_for_ours(operator: Operator) -> None:
    operator.primary("10.9.9.9", check=CHECK)
    assert wrong(operator, "db")["foreign"][0] == "10.9.9.9, health check hc-1"
    assert answers(operator)[0] == "neither"
    operator.primary("10.0.1.5", check="hc-2")
    assert wrong(operator, "db")["foreign"][0] == "10.0.1.5, health check hc-2"


# ---------------------------------------------------------------- watching


def test_watching_looks_again_until_it_is_interrupted_and_ends_quietly(
    operator: Operator,
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    operator.events = [
        lambda: operator.put(target="b", epoch=2, moving=True, since=NOW * 1000),
        lambda: operator.dynamodb.delete_item(TableName="journal-1", Key={"pk": {"S": "STATE"}}),
        interrupt,
    ]
    result = operator.run("status", "Vip", "--watch")
    assert (result.exit_code, result.stderr) == (0, "")
    at, moving, empty = (
        result.stdout.find(each) for each in ("at a since", "moving to b since 2 s", "is empty")
    )
    assert 0 <= at < moving < empty
    assert operator.clock.slept == [2.0, 2.0, 2.0]


def test_a_terminal_shows_one_look_in_the_place_of_the_other(operator: Operator) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    operator.events = [lambda: operator.put(hold="patching", hold_since=NOW * 1000), interrupt]
    result = operator.run("status", "Vip", "--watch", TERM="xterm", TTY_COMPATIBLE="1")
    assert (result.exit_code, result.stderr) == (0, "")
    up = "\x1b[1A"  # where the next look begins
    assert result.stdout.count("Vip  OverlayIpFailover") > 1
    first, _, others = result.stdout.partition(up)
    assert "at a since" in first
    assert "held: for 2 s: patching" not in first
    assert "held: for 2 s: patching" in others


def test_watching_is_not_for_programs(operator: Operator) -> None:
    assert "leave --json out" in operator.refused("status", "--watch", "--json", code=2)


# ------------------------------------------------------------ a journal that somebody else wrote


@pytest.mark.parametrize(
    ("name", "value"),
    (
        ("version", {"S": "x"}),
        ("epoch", {"S": "x"}),
        ("moves", {"S": "abc"}),
        ("since", {"S": "yesterday"}),
    ),
)
@pytest.mark.parametrize(
    "words",
    (
        ("status", "Vip"),
        ("history", "Vip"),
        ("hold", "Vip", "--reason", "x"),
        ("switch", "Vip", "--to", "b"),
    ),
    ids=lambda words: str(words[0]),
)
def test_a_journal_that_cannot_be_read_is_said_in_a_line(
    operator: Operator, name: str, value: dict[str, Any], words: tuple[str, ...]
) -> None:
    operator.overwrite(name, value)
    result = operator.run(*words)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert "the item STATE of table journal-1 is not as controllers write it" in result.output


@pytest.mark.parametrize("name", ("since", "held_until", "hold_since", "recovered"))
def test_times_beyond_all_calendars_are_none(operator: Operator, name: str) -> None:
    operator.overwrite(name, {"N": f"1{'0' * 30}"})
    for more in ((), ("--json",)):
        result = operator.run("status", "Vip", *more)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "192.168.100.10" in result.output
