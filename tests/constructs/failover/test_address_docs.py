"""docs/failover_addresses.md says what is so, and its app works."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from ddns_constructs import FailoverAlarms, OverlayIpFailover
from ddns_constructs._failover import places, tables
from tests.constructs.failover.bench import KINDS, Bench

_PAGE = (Path(__file__).resolve().parents[3] / "docs" / "failover_addresses.md").read_text()


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its own heading."""
    (table,) = re.findall(r"\A[^|]*((?:\|.*\n)+)", _PAGE.partition(f"\n{heading}\n")[2])
    lines = table.strip().split("\n")[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_its_app_works_and_warns_of_nothing() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "page", "exec"), names)  # noqa: S102 - the page's own code
    stack = names["stack"]
    cdk.assertions.Template.from_stack(stack).resource_count_is("AWS::Lambda::Function", 3)
    found = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "*", cdk.assertions.Match.any_value()
    )
    assert not [each.entry.data for each in found]


def test_it_lists_every_alarm() -> None:
    bench = Bench()
    bench.define(OverlayIpFailover).add_alarms(sns.Topic(bench.stack, "Topic"))
    rows = [(alarm.strip("`"), field.strip("`")) for alarm, field, _ in _rows("## Alarms")]
    assert [field for _, field in rows] == list(FailoverAlarms._fields)
    defined = {id_.removeprefix("Vip")[:-8] for id_ in bench.of_type("AWS::CloudWatch::Alarm")}
    assert {alarm for alarm, _ in rows} == defined


def test_every_argument_that_it_names_is_there() -> None:
    known = {
        name for kind in KINDS for name in inspect.signature(vars(kind)["__init__"]).parameters
    }
    assert {"failures", "interval", "min_dwell", "max_moves_per_hour", "route_tables"} <= known
    for name in re.findall(r"`([a-z_]+)=", _PAGE):
        assert name in known | {"source_dest_check", "timeout"}, name


@pytest.mark.parametrize(
    "text",
    (
        f"{tables._MOST_TABLES} at most",
        f"took {places.RouteTables.slow_seconds} seconds, of an interface",
        f"an interface {places.WholeInterface.slow_seconds // 60} minutes",
    ),
)
def test_its_numbers_are_those_of_the_code(text: str) -> None:
    assert text in _PAGE


def test_every_command_that_it_names_is_one_of_the_command_line() -> None:
    commands = set(re.findall(r"ddns failover (\w+)", _PAGE))
    assert commands == {"status", "switch", "hold", "release", "history"}
