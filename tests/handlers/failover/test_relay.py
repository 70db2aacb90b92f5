"""The relay of a zone: what Route 53 gets, on real servers, and when it looks again."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters import sockets
from ddns.adapters.clock import SystemClock
from ddns.core.errors import BadSettingsError
from ddns.core.failover.checks import TCP, Check
from ddns.core.failover.confirmation import Endpoints
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer
from ddns.failover.primary import Primary
from ddns.failover.relay import Relay
from ddns.reporting import Report
from tests.adapters.servers import Server, answering, closed_port, silent
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

EVENT = json.loads(
    (Path(__file__).parents[2] / "events" / "function_url.json").read_text(encoding="utf-8")
)
PRIMARY, SECONDARY = "127.0.0.1", "::1"
ENDPOINTS = {"primary": [PRIMARY], "secondary": [SECONDARY]}
OK = b"HTTP/1.1 200 OK\r\n\r\nok"


def request(path: str = "/db/down", method: str = "GET") -> dict[str, Any]:
    event: dict[str, Any] = copy.deepcopy(EVENT)
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["requestContext"]["http"]["method"] = method
    return event


class World:
    """A relay, with what its probes see, in time that stands still."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.primary: list[str] = [UP]
        self.secondary = UP
        self.looks: list[float] = []
        self.took = 0.0
        self.log = io.StringIO()
        endpoints = Endpoints((PRIMARY,), (SECONDARY,))
        look = Primary(endpoints, Check(TCP, 5432), self._probe, self.clock)
        self.relay = Relay("db", look, self.clock, Report("relay", self.clock, self.log))

    def _probe(self, check: Check, nodes: Any) -> dict[str, Answer]:  # noqa: ANN401 - a mapping
        assert (check.port, set(nodes)) == (5432, {PRIMARY, SECONDARY})
        self.looks.append(self.clock.now())
        self.clock.sleep(self.took)
        seen = self.primary.pop(0) if len(self.primary) > 1 else self.primary[0]
        return {PRIMARY: Answer(seen, f"it is {seen}"), SECONDARY: Answer(self.secondary, "")}

    def ask(self, **parts: str) -> int:
        answer = self.relay.answer(request(**parts))
        return int(answer["statusCode"])

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def world() -> World:
    return World()


class TestAnswers:
    @pytest.mark.parametrize(
        ("primary", "secondary", "answers", "looks"),
        (
            ([UP], UP, (503, 200), 1),
            ([UP], DOWN, (503, 200), 1),
            ([DOWN], UP, (200, 503), 2),
            ([DOWN, UP], UP, (503, 200), 2),
            ([DOWN, UNKNOWN], UP, (503, 503), 2),
            ([DOWN], DOWN, (503, 503), 1),
            ([DOWN], UNKNOWN, (503, 503), 1),
            ([UNKNOWN], UP, (503, 503), 1),
        ),
    )
    def test_down_is_confirmed_by_two_tries_while_another_is_up_and_up_is_seen(
        self, world: World, primary: list[str], secondary: str, answers: tuple[int, int], looks: int
    ) -> None:
        world.primary, world.secondary = list(primary), secondary
        assert (world.ask(path="/db/down"), world.ask(path="/db/up")) == answers
        assert len(world.looks) == looks, "both paths are answered by one look"

    def test_there_is_a_pause_between_the_two_tries(self, world: World) -> None:
        world.primary = [DOWN]
        world.ask()
        first, second = world.looks
        assert second - first == pytest.approx(0.1)

    @pytest.mark.parametrize(
        "parts",
        (
            {"path": "/"},
            {"path": "/db"},
            {"path": "/db/"},
            {"path": "/DB/down"},
            {"path": "/db/Up"},
            {"path": "/db/up/"},
            {"path": "/db/unknown"},
            {"path": "/other"},
            {"method": "POST"},
            {"method": "HEAD"},
        ),
    )
    def test_anything_else_is_404_without_a_probe(
        self, world: World, parts: dict[str, str]
    ) -> None:
        assert world.ask(**parts) == 404
        assert world.looks == []

    def test_an_answer_says_no_more_than_it_has_to(self, world: World) -> None:
        world.primary = [DOWN]
        answer = world.relay.answer(request())
        assert answer["headers"]["Cache-Control"] == "no-store"
        assert answer["body"] == "the primary is down"


class TestKept:
    @pytest.mark.parametrize("seen", (DOWN, UNKNOWN))
    def test_what_is_not_up_is_kept_for_two_seconds(self, world: World, seen: str) -> None:
        world.primary = [seen]
        assert world.ask(path="/db/up") == 503
        world.primary = [UP]
        world.clock.sleep(1.99)
        assert world.ask(path="/db/up") == 503
        world.clock.sleep(0.02)
        assert world.ask(path="/db/up") == 200

    def test_an_up_is_kept_for_less_as_it_holds_clients_at_the_primary(self, world: World) -> None:
        assert world.ask(path="/db/up") == 200
        world.primary = [DOWN]
        world.clock.sleep(0.29)
        assert world.ask(path="/db/up") == 200
        assert len(world.looks) == 1
        world.clock.sleep(0.02)
        assert world.ask(path="/db/up") == 503
        assert world.ask() == 200

    def test_the_two_seconds_begin_when_it_was_known(self, world: World) -> None:
        world.primary, world.took = [DOWN], 0.7
        assert world.ask() == 200
        world.clock.sleep(1.9)
        assert world.ask() == 200
        assert len(world.looks) == 2

    def test_a_clock_that_is_set_back_keeps_nothing_alive(self, world: World) -> None:
        world.primary = [DOWN]
        assert world.ask() == 200
        world.primary = [UP]
        world.clock.time -= 3600
        assert world.ask() == 503

    def test_a_line_is_written_when_what_is_seen_changes(self, world: World) -> None:
        for primary in (UP, UP, DOWN, DOWN, UNKNOWN):
            world.primary = [primary]
            world.ask()
            world.clock.sleep(5)
        told = [line for line in world.lines() if "message" in line]
        assert [(line["level"], line["message"], line["reason"]) for line in told] == [
            ("INFO", "the primary is up", "it answers"),
            ("WARN", "the primary is down", "it is down"),
            ("WARN", "the primary is unknown", "it is unknown"),
        ]

    def test_each_look_at_a_primary_that_is_down_is_counted_and_no_other(
        self, world: World
    ) -> None:
        for primary in (UP, DOWN, DOWN, UNKNOWN):
            world.primary = [primary]
            world.ask()
            world.ask()
            world.clock.sleep(5)
        counted = [line for line in world.lines() if "PrimaryDown" in line]
        assert [(line["PrimaryDown"], line["Function"]) for line in counted] == [([1], "relay")] * 2
        (directive,) = counted[0]["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "DdnsConstructs"
        assert directive["Dimensions"] == [["Function"]]


class TestFunction:
    def settings(self, port: int, **check: object) -> dict[str, object]:
        found = {"kind": "http", "port": port, **check}
        return {"NAME": "db", "ENDPOINTS": ENDPOINTS, "FAILOVER_CHECK": found}

    def test_a_primary_that_answers_is_up(self, load: Callable[..., Any]) -> None:
        with Server(answering(OK)) as server:
            handler = load("relay", **self.settings(server.port)).handler
            assert handler(request(), None)["statusCode"] == 503
            assert handler(request("/db/up"), None)["statusCode"] == 200

    def test_a_primary_that_is_gone_while_the_secondary_answers_is_down(
        self, load: Callable[..., Any]
    ) -> None:
        with Server(answering(OK), SECONDARY) as server:
            handler = load("relay", **self.settings(server.port)).handler
            assert handler(request(), None)["statusCode"] == 200
            assert handler(request("/db/up"), None)["statusCode"] == 503
            assert handler(request("/"), None)["statusCode"] == 404

    def test_with_both_gone_it_may_be_cut_off_itself(self, load: Callable[..., Any]) -> None:
        with closed_port() as port:
            handler = load("relay", **self.settings(port)).handler
            assert handler(request(), None)["statusCode"] == 503
            assert handler(request("/db/up"), None)["statusCode"] == 503

    def test_a_primary_that_takes_connections_and_says_nothing_is_down(
        self, load: Callable[..., Any]
    ) -> None:
        with Server(answering(OK), SECONDARY) as server, Server(silent, port=server.port):
            handler = load("relay", **self.settings(server.port, timeout=0.3)).handler
            assert handler(request(), None)["statusCode"] == 200

    def test_two_tries_and_their_pause_leave_route_53_time_to_get_the_answer(
        self, load: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seconds: list[float] = []

        def slow(check: Check, nodes: Any) -> dict[str, Answer]:  # noqa: ANN401 - a mapping
            seconds.append(check.timeout)
            return {each: Answer(DOWN if each == PRIMARY else UP) for each in nodes}

        monkeypatch.setattr(sockets, "probe_all", slow)
        monkeypatch.setattr(SystemClock, "sleep", seconds.append)
        handler = load("relay", **self.settings(5432, timeout=2)).handler
        assert handler(request(), None)["statusCode"] == 200
        assert len(seconds) == 3
        assert sum(seconds) <= 1.5

    def test_a_shorter_time_out_stays_as_it_is(
        self, load: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[float] = []

        def note(check: Check, nodes: Any) -> dict[str, Answer]:  # noqa: ANN401 - a mapping
            seen.append(check.timeout)
            return dict.fromkeys(nodes, Answer(UP))

        monkeypatch.setattr(sockets, "probe_all", note)
        load("relay", **self.settings(5432, timeout=0.3)).handler(request(), None)
        assert seen == [0.3]

    def test_settings_that_say_nothing_end_the_start(self, load: Callable[..., Any]) -> None:
        with pytest.raises(BadSettingsError, match=r"(?s)ENDPOINTS: .*FAILOVER_CHECK: 'kind'"):
            load("relay", NAME="db", ENDPOINTS={"primary": []}, FAILOVER_CHECK={"kind": "icmp"})
