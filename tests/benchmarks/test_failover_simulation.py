"""The simulation of failovers: its model, and that its limits can be seen to fail."""

from __future__ import annotations

import random
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.simulation.failover import __main__ as job
from benchmarks.simulation.failover import names, page, peers, plots, story
from benchmarks.simulation.failover.parameters import Parameters
from benchmarks.simulation.failover.relays import Relays
from benchmarks.simulation.failover.scenarios import CASES, Case, counted, runs
from benchmarks.simulation.failover.stories import AT
from benchmarks.simulation.failover.story import Cut, Down, Spell, Story
from benchmarks.simulation.failover.truth import Look, intents, is_crowded, is_false, outcome
from benchmarks.simulation.failover.world import Ours
from ddns.core.failover.journal import FAILURE, State
from ddns.core.failover.verdicts import DOWN, UP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.simulation.results import Result

PARAMETERS = Parameters()
CALM = replace(
    PARAMETERS, invoke_fails=0.0, lost_packet=0.0, ec2_throttles=0.0, ec2_slow=0.0, prober_cold=0.0
)
_PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulation" / "failover.md"
BY_NAME = {case.name: case for case in CASES}


def simulated(
    name: str, parameters: Parameters = PARAMETERS, count: int = 15, case: Case | None = None
) -> Result:
    case = case or BY_NAME[name]
    return counted(case, parameters, runs(case, parameters, 0, range(count)))


def figure(result: Result, what: str) -> float:
    return next(each.found for each in result.figures if each.what == what)


def not_kept(result: Result) -> set[str]:
    return {each.what for each in result.figures if not each.kept}


# ---------------------------------------------------------------- the limits


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_every_limit_is_kept(name: str) -> None:
    assert not_kept(simulated(name)) == set()


@pytest.mark.parametrize(
    ("name", "spoilt", "what"),
    (
        ("node", {"failures": 7}, "to move: half of them"),
        ("node", {"interval": 6.0}, "worst"),
        ("zone", {"ec2_write": (16.0, 19.0), "no_answer": 30.0}, "worst"),
        ("link of the monitor", {"lost_packet": 0.7}, "moves"),
        ("monitor", {"lost_packet": 0.7}, "false moves"),
        ("node and every controller", {"schedule": 180.0}, "worst"),
        ("node and monitor", {"failures": 8}, "worst"),
        ("both nodes", {"min_dwell": 1.0, "lost_packet": 0.5}, "false moves"),
        ("a route changed by others", {"verify_interval": 15.0, "ec2_throttles": 0.97}, "worst"),
        ("name by relay, threshold 2: node", {"edge": (15.0, 25.0)}, "worst"),
        ("name by relay, threshold 1: zone", {"check_interval": 30.0}, "worst"),
    ),
)
def test_a_limit_fails_where_the_model_is_spoilt(
    name: str, spoilt: dict[str, object], what: str
) -> None:
    result = simulated(name, replace(PARAMETERS, **spoilt), 25)  # type: ignore[arg-type]  # of several types
    assert what in not_kept(result)


def test_the_same_seed_gives_the_same_figures() -> None:
    once, again = (simulated("node and monitor", count=8) for _ in range(2))
    assert once == again
    assert (
        once.figures
        != counted(
            BY_NAME["node and monitor"],
            PARAMETERS,
            runs(BY_NAME["node and monitor"], PARAMETERS, 1, range(8)),
        ).figures
    )


# ---------------------------------------------------------------- addresses


def run(given: Story, parameters: Parameters = CALM, seed: int = 1) -> tuple[Ours, float]:
    world = Ours(parameters, given, seed)
    return world, world.run().moved


@pytest.mark.parametrize("seed", range(5))
def test_an_address_moves_after_as_many_rounds_as_were_asked_for(seed: int) -> None:
    dead = Story(AT, AT + 40, {"a": [Down(Spell(AT), story.REFUSED)]})
    world, moved = run(dead, seed=seed)
    assert 6 < moved < 11
    assert world.looks[-1].nodes == ("b", "b")


def test_a_node_that_ec2_stops_is_left_sooner_than_probes_can_tell() -> None:
    dead = Story(AT, AT + 40, {"a": [Down(Spell(AT))]}, {"a": (AT, "stopping")})
    _, moved = run(dead, replace(CALM, state_event=(0.5, 0.5), state_event_missing=0.0))
    assert moved < 4


def test_a_controller_that_is_killed_after_its_intent_is_gone_on_for() -> None:
    dead = Story(AT, AT + 60, {"a": [Down(Spell(AT), story.REFUSED)]})
    undisturbed, moved = run(dead)
    intent = undisturbed.journal.writes[0][0]
    # Whichever of the two it was: one of them is dead before its first request to move.
    times = []
    for newer in (False, True):
        world, moved_late = run(replace(dead, killed=(intent + 0.01, newer)))
        times.append(moved_late)
        assert world.looks[-1].nodes == ("b", "b")
        assert [
            after.epoch for _, before, after in world.journal.writes if after.epoch > before.epoch
        ] == [2]
    assert max(times) > moved + 9  # the head had to run out
    assert max(times) < 25


def test_a_table_that_ec2_refuses_to_move_is_driven_on_to_the_same_target() -> None:
    refusing = (Spell(AT, AT + 14), 0.7)
    dead = Story(AT, AT + 60, {"a": [Down(Spell(AT), story.REFUSED)]}, throttled=refusing)
    world, moved = run(dead, seed=3)
    targets = {after.target for _, _, after in world.journal.writes}
    assert (targets, world.looks[-1].nodes) == ({"b"}, ("b", "b"))
    assert moved < 20


def test_requests_take_effect_though_who_sent_them_is_dead() -> None:
    slow = replace(CALM, ec2_write=(1.0, 1.0))
    dead = Story(AT, AT + 60, {"a": [Down(Spell(AT), story.REFUSED)]})
    undisturbed, moved = run(dead, slow)
    sent = AT + moved - 0.5
    arrived = [run(replace(dead, killed=(sent + 0.1, newer)), slow)[1] for newer in (False, True)]
    assert any(abs(each - moved) < 0.2 for each in arrived)
    assert undisturbed.looks[-1].nodes == ("b", "b")


# ---------------------------------------------------------------- what is counted


def looks(*found: tuple[float, str]) -> list[Look]:
    return [
        Look(moment, tuple(nodes), nodes == "bb", len(set(nodes)) > 1) for moment, nodes in found
    ]


def test_a_split_counts_for_as_long_as_ec2_answers() -> None:
    given = Story(20.0, 100.0, {"a": [Down(Spell(20.0))]})
    half = looks((0, "aa"), (30, "ab"), (45, "bb"))
    assert outcome(given, half, []).split == 15
    away = replace(given, away={story.EC2: Spell(32.0, 40.0)})
    assert outcome(away, half, []).split == 5
    assert outcome(given, half, []).moved == 25
    assert outcome(given, half, []).unserved == 25


@pytest.mark.parametrize(
    ("moment", "wrong"), ((22.0, False), (40.0, False), (52.0, False), (70.0, True), (10.0, True))
)
def test_a_move_from_a_node_that_serves_is_false(moment: float, *, wrong: bool) -> None:
    given = Story(20.0, 100.0, {"a": [Down(Spell(20.0, 50.0))]})
    assert is_false(given, moment, "a", "b") is wrong
    assert is_false(given, 40.0, "b", "a")


@pytest.mark.parametrize(("seconds", "crowded"), ((60, False), (59.9, True)))
def test_moves_within_the_dwell_are_counted_by_when_they_were_decided(
    seconds: float, *, crowded: bool
) -> None:
    first = State(target="a").intent("b", FAILURE, "", 1_000.0)
    second = first._replace(moving=False).intent("a", FAILURE, "", 1_000.0 + seconds)
    writes = [(5.0, State(), first), (5.0 + seconds, first, second)]
    assert is_crowded(writes, 60.0) is crowded
    assert intents(writes) == [(5.0, "a", "b"), (5.0 + seconds, "b", "a")]


# ---------------------------------------------------------------- names


def said(views: str, moment: float = 1.0) -> list[names.Said]:
    """Return one round of answers: ``x`` for a success of the checker of that number."""
    return [names.Said(moment, number, view == "x") for number, view in enumerate(views)]


def test_three_of_sixteen_checkers_are_more_than_18_percent() -> None:
    two, three = "xx" + 14 * ".", "xxx" + 13 * "."
    assert names.flips(said(two), PARAMETERS, 1, inverted=True) == []
    flip = names.flips(said(three), PARAMETERS, 1, inverted=True)
    assert [each.healthy for each in flip] == [False]


def test_a_checker_counts_answers_in_a_row() -> None:
    every, none = 16 * "x", 16 * "."
    broken = said(every, 1) + said(none, 2) + said(every, 3)
    assert names.flips(broken, PARAMETERS, 2, inverted=True) == []
    kept = said(every, 1) + said(every, 2)
    assert [each.at for each in names.flips(kept, PARAMETERS, 2, inverted=True)] == [2]


@pytest.mark.parametrize(
    ("down", "answers"),
    (
        ((), {DOWN: 503, UP: 200}),
        (("a",), {DOWN: 200, UP: 503}),
        (("a", "b"), {DOWN: 503, UP: 503}),
    ),
)
def test_a_relay_says_down_up_or_neither(down: Sequence[str], answers: dict[str, int]) -> None:
    given = Story(AT, 60, {node: [Down(Spell(AT), story.REFUSED)] for node in down})
    relays = Relays(CALM, given, random.Random(1), 0)  # noqa: S311 - repeatable
    relays.ask(5.0, UP)
    assert {path: relays.ask(AT + 5, path).status for path in (DOWN, UP)} == answers


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    (
        ("up", "up", True),
        ("up", "silent", True),
        ("up", "down", True),  # a link that is cut on one side
        ("silent", "silent", True),
        ("down", "silent", False),
        ("down", "down", False),
    ),
)
def test_a_name_leaves_its_primary_where_a_zone_confirms_and_none_sees_it_up(
    first: str, second: str, *, stays: bool
) -> None:
    flips = {"up": ([], []), "silent": ([], [1.0]), "down": ([1.0], [1.0])}
    checks = [
        [names.Flip(at, healthy=False) for at in some]
        for zone in (first, second)
        for some in flips[zone]
    ]
    assert (names.calculated(checks, 2) == []) is stays


def test_relays_that_are_dead_do_not_answer_and_the_name_stays() -> None:
    gone = Story(AT, 90, silent={0: Spell(AT), 1: Spell(AT)})
    assert names.by_relay(1)(CALM, gone, 1) == []
    draw = random.Random(1)  # noqa: S311 - repeatable
    assert not any(each.success for each in names.relayed(CALM, gone, draw, 0)[UP][-16:])


def test_a_cut_between_one_zone_and_the_primary_moves_no_name() -> None:
    cut = Story(AT, 90, cut=[Cut(0, "a", Spell(AT))])
    assert names.by_relay(1)(CALM, cut, 1) == []
    draw = random.Random(1)  # noqa: S311 - repeatable
    # That zone does say that the primary is down: the other one sees it up.
    assert any(each.success for each in names.relayed(CALM, cut, draw, 0)[DOWN])


# ---------------------------------------------------------------- others, and the pictures


def test_nodes_that_watch_each_other_leave_the_other_table_behind() -> None:
    dead = Story(AT, 150, {"a": [Down(Spell(AT))]})
    found = peers.watching(PARAMETERS, dead, 1)
    assert (found.moved, found.moves) == (float("inf"), 1)
    assert found.split > 60
    one_table = peers.watching(replace(PARAMETERS, tables=1), dead, 1)
    assert 10 < one_table.moved < 22


def test_who_toggles_moves_while_both_are_down_and_when_its_prober_fails() -> None:
    both = Story(AT, 200, {each: [Down(Spell(AT, 190))] for each in story.NODES})
    assert peers.toggling(PARAMETERS, both, 1).false_moves >= 2
    blind = Story(AT, 200, silent={0: Spell(AT, 190)})
    assert peers.toggling(PARAMETERS, blind, 1).false_moves >= 2


def _results(names_of: Sequence[str]) -> list[Result]:
    return [simulated(name, count=4) for name in names_of]


def test_the_pictures_are_drawn_the_same_each_time(tmp_path: Path) -> None:
    results = _results([case.name for case in CASES])
    for folder in ("once", "again"):
        plots.write(results, tmp_path / folder)
    found = sorted(each.name for each in (tmp_path / "once").iterdir())
    assert found == [f"failover-{each}.svg" for each in ("address", "false", "names", "others")]
    for name in found:
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.parametrize(("spoilt", "status"), (({}, 0), ({"lost_packet": 0.7}, 1)))
def test_the_job_ends_with_status_1_where_a_limit_is_not_kept(
    spoilt: dict[str, float],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(job, "Parameters", lambda: replace(PARAMETERS, **spoilt))  # type: ignore[arg-type]  # of several types
    arguments = ["failover", "--failures", "25", "--processes", "1", "--only", "the other zone"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert job.main() == status
    table = capsys.readouterr().out
    assert ("NOT KEPT" in table) == bool(status)
    assert "the other zone" in table
    assert "half moved, while EC2 answers" in table


def test_the_page_has_a_mark_for_each_table_and_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "failover.md"
    path.write_text(_PAGE.read_text())
    page.write(_results([case.name for case in CASES]), path)
    text = path.read_text()
    for name in page.TABLES:
        table = text.partition(f"<!-- {name} -->")[2].partition("<!-- end -->")[0]
        assert table.count("| 4 of each |") == 1
        assert len(table.strip().splitlines()) > 5
    # What stands around them is as it was.
    marked = re.compile(r"-->.*?<!-- end", re.DOTALL)
    assert marked.sub("", text) == marked.sub("", _PAGE.read_text())


def test_the_page_shows_no_false_move_and_no_limit_that_is_not_kept() -> None:
    tables = re.findall(r"-->(.*?)<!-- end", _PAGE.read_text(), re.DOTALL)
    rows = [line.strip("|").split("|") for table in tables[:3] for line in table.splitlines()]
    ours = [row for row in rows if len(row) > 3 and row[-1].strip().isdigit()]
    assert len(ours) > 20
    assert {row[-1].strip() for row in ours} == {"0"}
    limits = re.findall(r"([\d.]+) s \(limit ([\d.]+) s\)", _PAGE.read_text())
    assert len(limits) > 10
    assert all(float(found) <= float(limit) for found, limit in limits)
