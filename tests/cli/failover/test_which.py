"""Which failover a command is about: by the outputs of a stack, or a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ddns_constructs.cli.app import app
from tests.cli.failover.operator import FUNCTION, TABLE

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator


@pytest.mark.parametrize("name", ("Vip", "vip", "192.168.100.10", TABLE))
def test_an_address_is_called_by_its_name_its_address_or_its_table(
    operator: Operator, name: str
) -> None:
    assert "is held: x" in operator.prints("hold", name, "--reason", "x")


@pytest.mark.parametrize("name", ("db", "DB.example.com.", "Db"))
def test_a_name_is_called_by_itself_its_beginning_or_its_prefix(
    operator: Operator, name: str
) -> None:
    assert "db.example.com is a name" in operator.refused("release", name, code=2)


def test_an_unknown_one_lists_those_of_the_stack(operator: Operator) -> None:
    text = operator.refused("release", "Vop", code=2)
    assert text == "ddns: no failover is called 'Vop': name one of Vip, db.example.com"


def test_without_a_name_there_must_be_one(operator: Operator) -> None:
    text = operator.refused("release", code=2)
    assert text == "ddns: there are several failovers: name one of Vip, db.example.com"
    del operator.outputs["DbFailoverName"]
    assert operator.prints("release") == "Vip is not held: nothing was written\n"


def test_a_prefix_names_one_of_several(operator: Operator) -> None:
    operator.outputs["OfficeFailoverTable1A2B3C4D"] = "journal-2"
    operator.variables["controller-2"] = operator.variables["controller-1"]
    operator.outputs["OfficeFailoverFunction1A2B3C4D"] = "controller-2"
    text = operator.refused("release", "Vip", code=2)
    assert "several failovers fit 'Vip': name one of Vip, Office (Vip)" in text
    assert "the journal in table journal-2 is empty" in operator.refused("release", "Office")
    assert "journal-2 is empty" in operator.refused("release", "Vip", "--prefix", "Office")


def test_a_table_is_enough_and_the_stack_tells_the_rest_if_it_has_it(operator: Operator) -> None:
    text = operator.prints("release", "--table", TABLE)
    assert text == "Vip is not held: nothing was written\n"
    del operator.outputs["FailoverTable"]
    text = operator.prints("release", "--table", TABLE)
    assert text == f"{TABLE} is not held: nothing was written\n"
    refused = operator.refused("release", "--table", "journal-2", stack="")
    assert "the journal in table journal-2 is empty" in refused


def test_a_table_that_is_said_counts_more_than_a_stack_of_the_environment(
    operator: Operator,
) -> None:
    operator.denied = {"cloudformation"}
    words = ["failover", "release", "--table", TABLE]
    result = CliRunner().invoke(app, words, env={"DDNS_STACK": "Names"})
    assert (result.exit_code, result.stdout) == (0, f"{TABLE} is not held: nothing was written\n")
    assert "no identity-based: name the table" in operator.refused("release", "--table", TABLE)


def test_neither_stack_nor_table_is_an_error(operator: Operator) -> None:
    text = operator.refused("status", stack="", code=2)
    assert "say which deployment: --stack NAME (or DDNS_STACK), or --table" in text


def test_a_stack_without_a_failover_says_what_it_has(operator: Operator) -> None:
    operator.outputs = {"Other": "x"}
    text = operator.refused("status")
    assert "has no outputs FailoverTable or FailoverName, only: Other" in text
    assert "Call `add_outputs()` of the failover and deploy again" in text


@pytest.mark.parametrize("text", ("x", "{}", json.dumps({"record": 5}), "[]"))
def test_an_output_of_another_release_is_said(operator: Operator, text: str) -> None:
    operator.outputs["DbFailoverName"] = text
    assert "the output DbFailoverName is not as this release writes it" in operator.refused(
        "status"
    )


@pytest.mark.parametrize("text", ("x", "{}", "5"))
def test_a_function_that_tells_nothing_leaves_what_controllers_saw(
    operator: Operator, text: str
) -> None:
    operator.variables["controller-1"]["FAILOVER"] = text
    (found,) = operator.json("status", TABLE)["failovers"]
    assert [each["node"] for each in found["nodes"]] == ["a", "b"]


def test_an_output_that_cannot_be_read_does_not_stand_in_the_way_of_another_failover(
    operator: Operator,
) -> None:
    operator.outputs["DbFailoverName"] = "{"
    assert "at a since" in operator.prints("status", "Vip")
    operator.prints("hold", "Vip", "--reason", "it fails")
    for words in (("status",), ("status", "db"), ("switch", "db", "--to", "secondary")):
        result = operator.run(*words)
        assert result.exit_code == 1
        assert "the output DbFailoverName is not as this release writes it" in result.output


@pytest.mark.parametrize(
    ("failover", "policy"),
    (
        ({"name": "V\x1b[31mip"}, {}),
        ({"nodes": [{"name": "\x1b[31ma"}, {"name": "b"}]}, {}),
        ({}, {"max_moves_per_hour": "many"}),
        ({}, {"failback": "soon"}),
    ),
)
def test_settings_that_no_construct_writes_are_not_taken(
    operator: Operator, failover: dict[str, Any], policy: dict[str, Any]
) -> None:
    variables = operator.variables[FUNCTION]
    changed = {
        name: json.dumps({**json.loads(variables[name]), **more})
        for name, more in (("FAILOVER", failover), ("FAILOVER_POLICY", policy))
    }
    operator.variables[FUNCTION] = changed
    printed = operator.prints("status", TABLE)
    assert "at a since" in printed
    assert "\x1b" not in printed
