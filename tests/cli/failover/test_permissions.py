"""What `docs/operations.md` says that the commands need is what they call."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.failover.operator import CHECK

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
ROWS = {
    "`status`, `history` of an address": (("status", "Vip"), ("history", "Vip")),
    "`switch`, `hold`, `release` of an address": (
        ("hold", "Vip", "--reason", "x"),
        ("release", "Vip"),
        ("switch", "Vip", "--to", "b", "--wait", "0"),
    ),
    "`status` of a name": (("status", "db"),),
    "`switch` of a name": (
        ("switch", "db", "--to", "secondary", "--wait", "1"),
        ("switch", "db", "--to", "primary", "--wait", "0"),
    ),
}


def documented(row: str) -> set[str]:
    """Return the actions of a row of the page."""
    (line,) = [each for each in PAGE.read_text().splitlines() if each.startswith(f"| {row} |")]
    return set(re.findall(r"`([a-z0-9]+:[A-Za-z0-9]+)`", line))


def called(operator: Operator) -> set[str]:
    """Return what was called by the actions that allow it."""
    by_service = {
        "dynamodb": operator.dynamodb.requests,
        "route53": operator.route53.requests,
        **operator.requests,
    }
    return {
        f"{service}:{''.join(map(str.capitalize, each.split('_')))}"
        for service, requests in by_service.items()
        for each in requests
    }


@pytest.mark.parametrize("row", ROWS)
def test_the_page_lists_every_action_and_no_other(operator: Operator, row: str) -> None:
    operator.forget_requests()
    found: set[str] = set()
    alarm = {"Region": "eu-west-1", "Name": "down"}
    for words in ROWS[row]:
        operator.run(*words)
        found |= called(operator)
    operator.route53.add_health_check(CHECK, Type="CLOUDWATCH_METRIC", AlarmIdentifier=alarm)
    for words in ROWS[row]:
        operator.run(*words)
        found |= called(operator)
    assert found == documented(row) | documented("all, with `--stack`")
