"""`ddns failover switch` of a service address: one conditional write, whoever writes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from ddns.core.failover.journal import SeenNode
from tests.cli.failover.operator import NOW, POLICY

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator

SWITCH = ("switch", "Vip", "--to", "b")


def test_a_switch_sets_the_target_and_waits_until_a_controller_has_moved_it(
    operator: Operator,
) -> None:
    before = operator.state
    operator.events = [lambda: operator.put(until=NOW + 10), operator.confirm]
    printed = operator.prints(*SWITCH, "--reason", "kernel of a")
    assert "Vip moves to b" in printed
    assert "waiting for a controller" in printed
    assert "a controller is at it" in printed
    assert "every place is there" in printed
    (move,) = operator.json("history", "Vip")
    assert (move["from"], move["to"], move["by"], move["seconds"]) == ("a", "b", "operator", 2.0)
    assert move["reason"] == "kernel of a"
    assert (operator.state.target, operator.state.epoch) == ("b", before.epoch + 1)


def test_what_is_written_is_what_controllers_read_as_an_order(operator: Operator) -> None:
    before = operator.put(recovered=5, moves=((NOW - 60) * 1000,))
    found = operator.json(*SWITCH, "--wait", "0")
    assert found == {
        "failover": "Vip",
        "from": "a",
        "to": "b",
        "epoch": 2,
        "hold": None,
        "written": True,
        "done": False,
    }
    after = operator.state
    head = before.head._replace(version=before.head.version + 1)
    assert after == before._replace(
        head=head,
        target="b",
        epoch=2,
        moving=True,
        source="a",
        by="operator",
        reason="switched by hand",
        since=NOW * 1000,
        recovered=0,
    )


def test_with_a_hold_both_are_one_write(operator: Operator) -> None:
    version = operator.state.head.version
    printed = operator.prints(*SWITCH, "--hold", "patching a", "--wait", "0")
    after = operator.state
    assert (after.head.version, after.target, after.hold) == (version + 1, "b", "patching a")
    assert after.hold_since == NOW * 1000
    assert "to end it: ddns failover release Vip --stack Names" in printed


def test_an_unknown_node_lists_those_that_there_are(operator: Operator) -> None:
    before = operator.state
    text = operator.refused("switch", "Vip", "--to", "c", code=2)
    assert text == "ddns: Vip has no node 'c': name one of a, b"
    assert operator.state == before


@pytest.mark.parametrize("seen", ("down", "unknown"))
def test_a_node_that_was_not_seen_up_is_refused_but_for_anyway(
    operator: Operator, seen: str
) -> None:
    operator.saw(b=SeenNode(seen, "timed out", 4))
    before = operator.state
    text = operator.refused(*SWITCH)
    assert f"b is {seen}: timed out: nothing was written" in text
    assert "--anyway" in text
    assert operator.state == before
    operator.prints(*SWITCH, "--anyway", "--wait", "0")
    assert operator.state.target == "b"


def test_without_a_controller_nobody_knows_whether_a_node_is_up(operator: Operator) -> None:
    operator.saw(ago=61)
    assert "b is unknown, as no controller has looked" in operator.refused(*SWITCH)
    printed = operator.prints(*SWITCH, "--anyway", "--wait", "0")
    assert "no controller has looked for 1 min: nothing moves until one runs" in printed


def test_a_switch_to_where_it_is_writes_nothing(operator: Operator) -> None:
    before = operator.state
    assert "Vip is at a already" in operator.prints("switch", "Vip", "--to", "a")
    assert operator.state == before
    found = operator.json("switch", "Vip", "--to", "a", "--hold", "stay")
    assert (found["written"], found["done"]) == (True, True)
    assert operator.state == before._replace(
        head=before.head._replace(version=before.head.version + 1),
        hold="stay",
        hold_since=NOW * 1000,
    )


def test_a_move_that_is_under_way_there_already_is_followed(operator: Operator) -> None:
    operator.put(target="b", source="a", epoch=2, moving=True, by="failure", since=NOW * 1000)
    operator.events = [operator.confirm]
    printed = operator.prints(*SWITCH)
    assert "Vip is moving to b already" in printed
    assert operator.state.by == "failure"


def test_while_a_controller_has_the_head_the_order_waits_for_it(operator: Operator) -> None:
    operator.put(until=NOW + 0.4)
    operator.prints(*SWITCH, "--wait", "0")
    assert operator.state.target == "b"
    assert operator.clock.slept == [0.5]


def test_a_head_that_is_not_given_back_is_said_and_nothing_is_written(operator: Operator) -> None:
    before = operator.put(target="c", moving=True, until=NOW + 60)
    text = operator.refused(*SWITCH)
    assert "a move to c is under way, and has held the journal for 15 seconds" in text
    assert "nothing was written" in text
    assert operator.state == before


def test_a_version_that_moved_is_read_again(operator: Operator) -> None:
    def marks(operation: str, when: str) -> None:
        if (operation, when) == ("update_item", "before"):
            operator.dynamodb.on_call = None
            operator.put(recovered=7)

    operator.dynamodb.on_call = marks
    operator.prints(*SWITCH, "--wait", "0")
    assert (operator.state.target, operator.state.epoch) == ("b", 2)


def test_a_switch_never_overrules_a_move_that_it_did_not_see(operator: Operator) -> None:
    def fails(operation: str, when: str) -> None:
        if (operation, when) == ("update_item", "before"):
            operator.dynamodb.on_call = None
            operator.put(target="c", epoch=2, by="failure")

    operator.dynamodb.on_call = fails
    text = operator.refused(*SWITCH)
    assert "Vip has been moved to c meanwhile, by failure: nothing was written" in text
    assert operator.state.target == "c"


def test_others_who_write_all_the_time_are_said(operator: Operator) -> None:
    def writes(operation: str, when: str) -> None:
        if (operation, when) == ("update_item", "before"):
            operator.dynamodb.on_call = None
            operator.put()
            operator.dynamodb.on_call = writes

    operator.dynamodb.on_call = writes
    assert "others have changed the journal each time" in operator.refused(*SWITCH)
    operator.dynamodb.on_call = None
    assert operator.state.target == "a"


def test_an_answer_that_does_not_arrive_is_no_failure(operator: Operator) -> None:
    """As botocore does: it sends the same write again, which the first one has made impossible."""
    update, sent = operator.dynamodb.update_item, []

    def twice(**request: object) -> object:
        sent.append(request)
        update(**request)  # type: ignore[arg-type]  # as it came
        return update(**request)  # type: ignore[arg-type]  # as it came

    operator.dynamodb.update_item = twice  # type: ignore[method-assign,assignment]  # on the wire
    found = operator.json(*SWITCH, "--wait", "0")
    assert (found["written"], found["epoch"], len(sent)) == (True, 2, 1)
    assert operator.state.epoch == 2


def test_a_half_done_move_may_be_replaced_by_hand(operator: Operator) -> None:
    operator.put(target="b", source="a", epoch=2, moving=True, by="failure", since=NOW * 1000)
    printed = operator.prints("switch", "Vip", "--to", "a", "--wait", "0")
    assert "the move to b was not over: this one takes its place" in printed
    assert (operator.state.target, operator.state.epoch) == ("a", 3)


def test_a_move_that_is_not_done_in_time_says_so(operator: Operator) -> None:
    text = operator.refused(*SWITCH, "--wait", "5")
    assert "it is not done after 5 s: waiting for a controller" in text
    assert "`ddns failover status Vip --stack Names` shows it" in text
    assert operator.state.moving


def test_ctrl_c_ends_the_waiting_and_not_the_move(operator: Operator) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    operator.events = [interrupt]
    result = operator.run(*SWITCH)
    assert result.exit_code == 130
    assert "it goes on, and nobody waits for it" in result.stdout
    assert (operator.state.target, operator.state.moving) == ("b", True)


def test_a_move_that_another_one_follows_says_so(operator: Operator) -> None:
    operator.events = [lambda: operator.put(target="a", epoch=3, by="failure", reason="b is down")]
    assert "Vip has been moved on to a, by failure: b is down" in operator.refused(*SWITCH)


def test_what_a_journal_holds_does_nothing_to_a_terminal(operator: Operator) -> None:
    operator.saw(b=SeenNode("down", "\x1b[2Jgone", 4))
    assert r"b is down: \x1b[2Jgone" in operator.refused(*SWITCH)


def test_where_the_policy_moves_it_back_that_is_said(operator: Operator) -> None:
    operator.variables["controller-1"]["FAILOVER_POLICY"] = (
        '{"failback": 300, "max_moves_per_hour": 3}'
    )
    assert "it goes back to a when that has been up for 5 min" in operator.prints(
        *SWITCH, "--wait", "0"
    )
    assert POLICY["failback"] is None


def test_who_may_not_see_the_function_has_the_nodes_that_controllers_saw(
    operator: Operator,
) -> None:
    operator.denied = {"lambda"}
    assert "name one of a, b" in operator.refused(
        "switch", "--to", "c", "--table", "journal-1", code=2
    )
    operator.prints("switch", "--to", "b", "--table", "journal-1", "--wait", "0")
    assert operator.state.target == "b"


def test_nodes_that_nobody_has_seen_are_not_guessed(operator: Operator) -> None:
    operator.denied = {"lambda"}
    operator.dynamodb.delete_item(TableName="journal-1", Key={"pk": {"S": "SEEN#0"}})
    assert "the nodes of journal-1 are not known" in operator.refused(
        "switch", "--to", "b", "--table", "journal-1"
    )


def test_an_empty_journal_and_a_missing_table_are_said(operator: Operator) -> None:
    operator.outputs["FailoverTable"] = "journal-2"
    assert "the journal in table journal-2 is empty" in operator.refused(*SWITCH)
    operator.outputs["FailoverTable"] = "journal-3"
    assert "there is no table journal-3" in operator.refused(*SWITCH)


def test_who_may_not_write_is_told_what_to_ask_for(operator: Operator) -> None:
    def refuse(operation: str, when: str) -> None:
        if (operation, when) == ("update_item", "before"):
            error = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
            raise ClientError(error, "UpdateItem")  # type: ignore[arg-type]  # boto3's shape

    operator.dynamodb.on_call = refuse
    text = operator.refused(*SWITCH)
    assert "not authorized: ask for `grant_operate` or `grant_read` of an address" in text


def test_a_reason_is_one_line_of_bounded_length(operator: Operator) -> None:
    assert "--reason must have 500 characters at most, got 501" in operator.refused(
        *SWITCH, "--reason", "x" * 501, code=2
    )
    operator.prints(*SWITCH, "--reason", "two\n lines", "--wait", "0")
    assert operator.state.reason == "two lines"
