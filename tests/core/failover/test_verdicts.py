"""What is known of nodes from what probers say, or do not say."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer, Answers, verdicts

NODES = ("a", "b")


def says(a: str, b: str) -> Answers:
    return {"a": Answer(a, f"a {a}"), "b": Answer(b, f"b {b}")}


@pytest.mark.parametrize(
    ("said", "a", "b"),
    (
        ([says(UP, UP), says(UP, UP)], UP, UP),
        ([says(DOWN, UP), says(DOWN, UP)], DOWN, UP),
        ([says(DOWN, UP), says(UP, UP)], UP, UP),
        ([says(DOWN, UP), says(UNKNOWN, UP)], UNKNOWN, UP),
        ([says(UNKNOWN, UP), says(UNKNOWN, UP)], UNKNOWN, UP),
        # One that sees nothing up has no vote, whatever it says.
        ([says(DOWN, DOWN), says(UNKNOWN, UP)], UNKNOWN, UP),
        ([says(DOWN, UP), says(UNKNOWN, DOWN)], DOWN, UP),
        # Half of them is enough, fewer are not.
        ([says(DOWN, UP), None], DOWN, UP),
        ([says(DOWN, UP), None, None], UNKNOWN, UNKNOWN),
        ([says(DOWN, UP), says(DOWN, UP), None], DOWN, UP),
        ([says(DOWN, UP), says(DOWN, DOWN), says(DOWN, DOWN)], UNKNOWN, UNKNOWN),
        ([None, None], UNKNOWN, UNKNOWN),
        ([says(DOWN, DOWN), says(DOWN, DOWN)], UNKNOWN, UNKNOWN),
        ([], UNKNOWN, UNKNOWN),
        # A prober that does not speak of a node knows nothing of it.
        ([{"b": Answer(UP)}, says(DOWN, UP)], UNKNOWN, UP),
    ),
)
def test_what_is_known(said: list[Answers | None], a: str, b: str) -> None:
    assert verdicts(NODES, said).nodes == {"a": a, "b": b}


def test_how_many_probers_count_is_said() -> None:
    found = verdicts(NODES, [says(DOWN, UP), says(DOWN, DOWN), None])
    assert (found.asked, found.answered, found.live) == (3, 2, 1)
    assert found.doubted == {"a", "b"}
    assert found.why == {"a": "a down; a down", "b": "b down"}


def test_without_a_node_up_it_is_dark_unless_nobody_answered() -> None:
    assert verdicts(NODES, [says(DOWN, DOWN), None]).dark
    assert not verdicts(NODES, [None, None]).dark
    assert not verdicts(NODES, [says(DOWN, UP)]).dark


def test_a_reason_that_is_no_text_is_left_out() -> None:
    assert verdicts(["a"], [{"a": Answer(DOWN)}]).why == {"a": ""}


_SEEN = st.sampled_from((UP, DOWN, UNKNOWN))
_SAID = st.lists(st.none() | st.builds(says, _SEEN, _SEEN), max_size=5)


@given(_SAID)
def test_a_node_is_never_down_while_a_prober_sees_it_up(said: list[Answers | None]) -> None:
    for node, seen in verdicts(NODES, said).nodes.items():
        if any(each is not None and each[node].seen == UP for each in said):
            assert seen != DOWN


@given(_SAID)
def test_a_node_is_down_only_while_half_of_the_probers_see_another_up(
    said: list[Answers | None],
) -> None:
    for node, other in (("a", "b"), ("b", "a")):
        if verdicts(NODES, said).nodes[node] == DOWN:
            voters = sum(each is not None and each[other].seen == UP for each in said)
            assert 2 * voters >= len(said)


def test_one_answer_less_never_makes_a_node_up_that_was_not() -> None:
    for a, b, c, d in product((UP, DOWN, UNKNOWN), repeat=4):
        both = verdicts(NODES, [says(a, b), says(c, d)])
        one = verdicts(NODES, [says(a, b), None])
        for node in NODES:
            assert not (one.nodes[node] == UP and both.nodes[node] != UP)
