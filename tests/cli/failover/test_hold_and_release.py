"""`ddns failover hold` and `release`: nothing moves by itself in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.failover.operator import NOW

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator

HOLD = ("hold", "Vip", "--reason", "patching a")


def test_a_hold_is_written_with_its_reason_and_says_how_to_end_it(operator: Operator) -> None:
    before = operator.state
    printed = operator.prints(*HOLD)
    assert printed.splitlines() == [
        "Vip is held: patching a",
        "to end it: ddns failover release Vip --stack Names",
    ]
    head = before.head._replace(version=before.head.version + 1)
    assert operator.state == before._replace(head=head, hold="patching a", hold_since=NOW * 1000)


def test_the_same_hold_once_more_writes_nothing_and_another_takes_its_place(
    operator: Operator,
) -> None:
    operator.prints(*HOLD)
    before = operator.state
    assert operator.prints(*HOLD) == "Vip is held already: patching a\n"
    assert operator.state == before
    printed = operator.prints("hold", "Vip", "--reason", "patching b")
    assert "Vip is held: patching b; before: patching a" in printed


def test_a_hold_needs_a_reason(operator: Operator) -> None:
    before = operator.state
    for words in (("hold", "Vip"), ("hold", "Vip", "--reason", "  ")):
        assert "--reason 'patching node a'" in operator.refused(*words, code=2)
    assert operator.state == before


def test_a_move_that_is_under_way_is_finished_under_a_hold(operator: Operator) -> None:
    operator.put(target="b", moving=True, by="failure")
    assert "the move to b, which is under way, is finished" in operator.prints(*HOLD)
    assert (operator.state.moving, operator.state.target) == (True, "b")


def test_a_hold_waits_for_the_head_and_survives_a_version_that_moved(operator: Operator) -> None:
    def moves(operation: str, when: str) -> None:
        if (operation, when) == ("update_item", "before"):
            operator.dynamodb.on_call = None
            operator.put(target="b", epoch=2, by="failure")

    operator.put(until=NOW + 0.4)
    operator.dynamodb.on_call = moves
    operator.prints(*HOLD)
    assert (operator.state.target, operator.state.hold) == ("b", "patching a")


def test_a_release_ends_a_hold(operator: Operator) -> None:
    operator.prints(*HOLD)
    assert operator.prints("release", "Vip") == "Vip is released; it was held: patching a\n"
    assert (operator.state.hold, operator.state.hold_since) == ("", 0)
    before = operator.state
    assert operator.prints("release", "Vip") == "Vip is not held: nothing was written\n"
    assert operator.state == before


def test_a_release_says_that_the_budget_is_spent_still(operator: Operator) -> None:
    operator.put(hold="3 moves in an hour", moves=tuple((NOW - each) * 1000 for each in (9, 8, 7)))
    assert "3 automatic moves in the last hour, and 3 are allowed" in operator.prints(
        "release", "Vip"
    )


def test_a_name_has_no_journal_to_hold(operator: Operator) -> None:
    for words in (("hold", "db", "--reason", "x"), ("release", "db")):
        text = operator.refused(*words, code=2)
        assert "db.example.com is a name, which has no journal" in text
        assert "--to secondary` keeps it there" in text


def test_what_somebody_wrote_does_nothing_to_a_terminal(operator: Operator) -> None:
    operator.put(hold="\x1b[2Jgone")
    assert "\x1b" not in operator.prints("release", "Vip")
