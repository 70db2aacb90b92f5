"""When the primary of a name is down for sure: a row of the table is a test."""

from __future__ import annotations

import json

import pytest

from ddns.core.failover.confirmation import Endpoints, confirmed, parse_endpoints
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer

TWO = Endpoints(("10.0.1.5", "10.0.1.6"), ("10.0.2.5", "10.0.3.5"))
CUT_OFF = "nothing is up from here: this may be cut off itself"


def seen(first: str, second: str, other: str, another: str = DOWN) -> dict[str, Answer]:
    """Return a try in which the primary's two addresses, and the others, were seen so."""
    found = zip(TWO.nodes, (first, second, other, another), strict=True)
    return {node: Answer(each, f"{node} {each}") for node, each in found}


ALL_OF_IT = seen(DOWN, DOWN, UP)


class TestConfirmed:
    @pytest.mark.parametrize(
        "tries",
        (
            [seen(UP, UP, UP)],
            [seen(DOWN, UP, UP)],
            [seen(UNKNOWN, UP, DOWN)],
            [seen(UP, DOWN, DOWN)],
            [ALL_OF_IT, seen(DOWN, UP, UP)],
            [seen(DOWN, UP, UP), ALL_OF_IT],
        ),
    )
    def test_one_address_that_answers_once_is_enough(self, tries: list[dict[str, Answer]]) -> None:
        assert confirmed(TWO, tries) == (UP, "it answers")

    def test_it_is_down_where_every_try_says_so_and_another_is_up(self) -> None:
        tries = [ALL_OF_IT, seen(DOWN, DOWN, DOWN, UP)]
        assert confirmed(TWO, tries) == (DOWN, "10.0.1.5 down; 10.0.1.6 down")

    @pytest.mark.parametrize(
        "tries",
        (
            [seen(DOWN, DOWN, DOWN)],
            [seen(DOWN, DOWN, UNKNOWN, UNKNOWN)],
            [ALL_OF_IT, seen(DOWN, DOWN, DOWN)],
            [seen(DOWN, DOWN, DOWN), ALL_OF_IT],
        ),
    )
    def test_who_sees_nothing_up_may_be_cut_off(self, tries: list[dict[str, Answer]]) -> None:
        assert confirmed(TWO, tries) == (UNKNOWN, CUT_OFF)

    @pytest.mark.parametrize(
        "tries",
        (
            [seen(DOWN, UNKNOWN, UP)],
            [seen(UNKNOWN, UNKNOWN, UP)],
            [seen(UNKNOWN, DOWN, UP), ALL_OF_IT],
            [ALL_OF_IT, seen(UNKNOWN, DOWN, UP)],
        ),
    )
    def test_a_probe_that_saw_nothing_confirms_nothing(
        self, tries: list[dict[str, Answer]]
    ) -> None:
        verdict, why = confirmed(TWO, tries)
        assert verdict == UNKNOWN
        assert why.startswith("10.0.1.5 ")


class TestParsing:
    def test_whatever_is_not_primary_is_another(self) -> None:
        text = json.dumps({"secondary": ["b"], "primary": ["a", "::1"], "third": ["c", "a"]})
        found = parse_endpoints(text)
        assert found == Endpoints(("a", "::1"), ("b", "c"))
        assert found.nodes == {"a": "a", "::1": "::1", "b": "b", "c": "c"}

    @pytest.mark.parametrize(
        ("text", "problem"),
        (
            ("[]", "JSON object of lists"),
            ('{"primary": "10.0.1.5"}', "JSON object of lists"),
            ('{"primary": [""]}', "JSON object of lists"),
            ('{"primary": [5]}', "JSON object of lists"),
            ('{"primary": ["a"]}', "must have a primary, and another"),
            ('{"primary": ["a"], "secondary": ["a"]}', "must have a primary, and another"),
            ('{"secondary": ["a"]}', "must have a primary, and another"),
            ("{", "Expecting"),
        ),
    )
    def test_what_cannot_confirm_anything_is_refused(self, text: str, problem: str) -> None:
        with pytest.raises(ValueError, match=problem):
            parse_endpoints(text)
