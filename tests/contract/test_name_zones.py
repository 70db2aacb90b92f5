"""When a name leaves its primary, and when it goes back: every state of both zones' relays.

The relays are those that are deployed, the health checks those of the template; between them stands
what Route 53 documents, as the local AWS does it.
"""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ddns.core.failover.checks import TCP, Check
from ddns.core.failover.confirmation import Endpoints
from ddns.core.failover.verdicts import DOWN, UP, Answer
from ddns.failover.primary import Primary
from ddns.failover.relay import Relay
from ddns.reporting import Report
from ddns_constructs.local.health import status
from tests.constructs.failover.naming import Named
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PRIMARY, SECONDARY = "10.0.1.5", "10.0.2.5"

# What a relay sees of the primary and of the secondary; a dead one does not answer at all.
_SEES = {"up": (UP, UP), "down": (DOWN, UP), "cut off": (DOWN, DOWN)}
_STATES = ("up", "down", "cut off", "dead")

# A name, by the relays of its two zones. Which of them is which does not matter, and neither does
# what was answered before: what is known decides.
_ANSWERED = {
    ("up", "up"): "primary",
    ("up", "down"): "primary",  # a link that is cut on one side: the primary serves
    ("up", "cut off"): "primary",
    ("up", "dead"): "primary",
    ("down", "down"): "secondary",
    ("down", "cut off"): "secondary",  # a zone that failed together with the primary
    ("down", "dead"): "secondary",
    ("cut off", "cut off"): "primary",
    ("cut off", "dead"): "primary",
    ("dead", "dead"): "primary",
}
_BEFORE = {"primary": ("up", "up"), "secondary": ("down", "down")}


class Sums(NamedTuple):
    """The health checks of a name: that of its primary, and those of each zone by their path."""

    whole: status.Check
    zones: tuple[Mapping[str, status.Check], ...]

    @classmethod
    def of(cls, named: Named) -> Sums:
        """Read them from a template."""
        found = {
            id_: status.parse_check({"Id": id_, "HealthCheckConfig": {**config, **_HOST}})
            for id_, config in named.checks().items()
        }
        whole = next(each for each in found.values() if each.kind == "CALCULATED")
        assert {*whole.children} == {*found} - {whole.id}
        zones = tuple(
            {
                check.path.rpartition("/")[2]: check
                for id_, check in found.items()
                if id_.startswith(f"DbRelay{number}")
            }
            for number in (1, 2)
        )
        return cls(whole, zones)

    def answered(self, streaks: Mapping[str, status.Streak]) -> str:
        """Return which place the name answers."""
        checks = {each.id: each for zone in self.zones for each in zone.values()}
        healthy = status.enough_children(
            self.whole, lambda id_: streaks[id_].healthy is not checks[id_].inverted
        )
        return "primary" if healthy else "secondary"


_HOST = {"FullyQualifiedDomainName": "relay.example"}


@pytest.fixture(scope="module")
def sums() -> Sums:
    """The health checks of a name with private places and all defaults."""
    return Sums.of(Named.relayed())


def _relay(state: str) -> Relay:
    clock = FakeClock()
    primary, secondary = _SEES[state]
    seen = {PRIMARY: Answer(primary), SECONDARY: Answer(secondary)}
    look = Primary(Endpoints((PRIMARY,), (SECONDARY,)), Check(TCP, 5432), lambda *_: seen, clock)
    return Relay("db", look, clock, Report("relay", clock, io.StringIO()))


def _passes(state: str, what: str) -> bool:
    """Tell whether a health check gets a 200 of a relay in this state."""
    if state == "dead":
        return False
    event: dict[str, Any] = {
        "rawPath": f"/db/{what}",
        "requestContext": {"http": {"method": "GET"}},
    }
    return bool(_relay(state).answer(event)["statusCode"] == 200)


def _looks(sums: Sums, states: tuple[str, str]) -> Iterator[tuple[str, bool, int]]:
    """Yield the id of each check, what it gets while its relay is so, and how often it has to."""
    for zone, state in zip(sums.zones, states, strict=True):
        for what, check in zone.items():
            yield check.id, _passes(state, what), check.threshold


def _steady(sums: Sums, states: tuple[str, str]) -> dict[str, status.Streak]:
    return {id_: status.Streak(healthy=passed) for id_, passed, _ in _looks(sums, states)}


def _pairs() -> list[tuple[str, str]]:
    return list(itertools.product(_STATES, repeat=2))


def _expected(states: tuple[str, str]) -> str:
    return _ANSWERED.get(states) or _ANSWERED[states[::-1]]


def test_the_table_has_every_pair_of_states() -> None:
    assert {*_ANSWERED, *(each[::-1] for each in _ANSWERED)} == {*_pairs()}


@pytest.mark.parametrize("before", _BEFORE)
@pytest.mark.parametrize("states", _pairs())
def test_what_both_relays_say_decides_whatever_was_answered_before(
    sums: Sums, states: tuple[str, str], before: str
) -> None:
    streaks = _steady(sums, _BEFORE[before])
    assert sums.answered(streaks) == before
    for id_, passed, threshold in _looks(sums, states):
        for _ in range(threshold - 1):
            streaks[id_] = streaks[id_].after(passed=passed, threshold=threshold)
    assert sums.answered(streaks) == before, "one answer less than the threshold changes nothing"
    for id_, passed, threshold in _looks(sums, states):
        streaks[id_] = streaks[id_].after(passed=passed, threshold=threshold)
    assert sums.answered(streaks) == _expected(states)


@pytest.mark.parametrize("order", (1, -1))
@pytest.mark.parametrize("states", _pairs())
def test_while_one_zone_changes_a_name_that_is_to_stay_stays_in_whichever_order_checks_follow(
    sums: Sums, states: tuple[str, str], order: int
) -> None:
    for zone, state in itertools.product((0, 1), _STATES):
        changed = (state, states[1]) if zone == 0 else (states[0], state)
        streaks, after = _steady(sums, states), _steady(sums, changed)
        if _expected(changed) != _expected(states):
            continue
        for check in [*sums.zones[zone].values()][::order]:
            streaks[check.id] = after[check.id]
            assert sums.answered(streaks) == _expected(states)


def test_new_checks_answer_the_primary(sums: Sums) -> None:
    new = {each.id: status.Streak() for zone in sums.zones for each in zone.values()}
    assert sums.answered(new) == "primary"
