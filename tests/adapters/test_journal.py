"""The journal of a failover: the same promises on the strict fake, on moto, and in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.journal import DynamoDbJournal
from ddns.core.errors import BadItemError, ConflictError
from ddns.core.failover.journal import FAILURE, OPERATOR, Move, Seen, SeenNode, State
from ddns.core.head import Head
from tests.adapters.conftest import TABLE
from tests.fakes.failover import FakeJournal

if TYPE_CHECKING:
    from ddns.failover.ports import Journal

NOW = 1_700_000_000.0
AT_A = State().adopted("a", "it is there", NOW)


@pytest.fixture(params=("strict", "moto", "memory"))
def journal(request: pytest.FixtureRequest) -> Journal:
    """An empty journal."""
    if request.param == "memory":
        return FakeJournal()
    return DynamoDbJournal(request.getfixturevalue(request.param), TABLE)


def test_a_table_without_a_state_has_the_first(journal: Journal) -> None:
    assert journal.read() == State()


def test_what_is_written_is_read(journal: Journal) -> None:
    after = AT_A.intent("b", FAILURE, "a is down", NOW)._replace(
        recovered=7, hold="maintenance", hold_since=8
    )
    journal.write(State(), AT_A)
    assert journal.write(AT_A, after) == after == journal.read()


def test_a_write_is_refused_where_somebody_has_written(journal: Journal) -> None:
    journal.write(State(), AT_A)
    taken = journal.write(AT_A, AT_A.intent("b", FAILURE, "", NOW))
    with pytest.raises(ConflictError):
        journal.write(AT_A, AT_A.intent("c", FAILURE, "", NOW))
    assert journal.read() == taken


def test_the_first_write_is_refused_where_there_is_a_state(journal: Journal) -> None:
    journal.write(State(), AT_A)
    with pytest.raises(ConflictError):
        journal.write(State(), State().adopted("b", "", NOW))
    assert journal.read() == AT_A


def test_a_head_that_was_given_back_is_nobodys(journal: Journal) -> None:
    journal.write(State(), AT_A)
    taken = journal.write(AT_A, AT_A.intent("b", OPERATOR, "", NOW))
    assert journal.read().head.held(NOW)
    journal.write(taken, taken.ended())
    assert journal.read().head == Head(3, 0)


def test_notes_do_not_touch_the_state(journal: Journal) -> None:
    journal.write(State(), AT_A)
    journal.note_seen(Seen(1, 5, {"a": SeenNode("down", "reset", 2)}, {"rtb-1": "a"}, 1, 2))
    journal.note_move(Move(2, "a", "b", FAILURE, "a is down", 1000, 2000, "a: down"))
    assert journal.read() == AT_A


def item(client: Any, pk: str) -> Any:  # noqa: ANN401 - a client
    return client.get_item(TableName=TABLE, Key={"pk": {"S": pk}})["Item"]


def test_the_items_are_as_the_command_line_reads_them(strict: Any) -> None:  # noqa: ANN401 - the same
    journal = DynamoDbJournal(strict, TABLE)
    journal.note_seen(Seen(1, 5, {"a": SeenNode("down", "reset", 2)}, {"rtb-1": ""}, 1, 2))
    journal.note_move(Move(2, "a", "b", FAILURE, "a is down", 1_700_000_000_999, 2000, "a: down"))
    seen, move = item(strict, "SEEN#1"), item(strict, "MOVE#0000000002")
    assert seen == {
        "pk": {"S": "SEEN#1"},
        "at": {"N": "5"},
        "nodes": {
            "M": {"a": {"M": {"seen": {"S": "down"}, "why": {"S": "reset"}, "streak": {"N": "2"}}}}
        },
        "places": {"M": {"rtb-1": {"S": ""}}},
        "answered": {"N": "1"},
        "probers": {"N": "2"},
    }
    assert (move["from"], move["to"], move["by"]) == ({"S": "a"}, {"S": "b"}, {"S": "failure"})
    assert move["expires"] == {"N": str(1_700_000_000 + 90 * 86_400)}


@pytest.mark.parametrize(
    "broken",
    (
        {"held_until": {"N": "0"}},
        {"version": {"N": "4"}, "held_until": {"N": "0.5"}},
        {"version": {"N": "4"}, "held_until": {"N": "0"}, "target": "a"},
        {"version": {"N": "4"}, "held_until": {"N": "0"}, "moves": {"L": [{"S": "1"}]}},
    ),
)
def test_an_item_that_is_not_readable_is_an_error_that_says_so(
    broken: dict[str, Any],
) -> None:
    class Client:
        def get_item(self, **_: Any) -> Any:  # noqa: ANN401 - a client's
            return {"Item": {"pk": {"S": "STATE"}, **broken}}

    with pytest.raises(BadItemError, match="item 'STATE' of 'hosts' is not readable"):
        DynamoDbJournal(Client(), "hosts").read()  # type: ignore[arg-type]


def test_a_state_of_an_older_deployment_is_read_with_defaults(strict: Any) -> None:  # noqa: ANN401 - the same
    strict.put_item(
        TableName=TABLE,
        Item={"pk": {"S": "STATE"}, "version": {"N": "4"}, "held_until": {"N": "0"}},
    )
    assert DynamoDbJournal(strict, TABLE).read() == State(Head(4))
