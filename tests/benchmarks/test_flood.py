"""What the pages say of a flood's cost is what the construct's limits come to."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import flood
from ddns_constructs import ClientDdns
from ddns_constructs._client.http_api import BURST_LIMIT
from ddns_constructs._client.settings import (
    MAX_READ_REQUEST_UNITS,
    MAX_WRITE_REQUEST_UNITS,
    RESERVED_CONCURRENCY,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "floods.md").read_text()
_TEXT = re.sub(r"\s+", " ", _PAGE)


def _column(number: int) -> dict[str, float]:
    """Return the dollars of the page's first table, by what is billed."""
    section = _PAGE.partition("## What a stranger can cost")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("|")]
    cells = {row[1].strip(" *"): row[number].strip(" *") for row in rows}
    return {name: float(cell[1:]) for name, cell in cells.items() if cell.startswith("$")}


@pytest.mark.parametrize(("column", "reckoned"), ((3, flood.function_url()), (4, flood.http_api())))
def test_the_table_is_what_the_limits_come_to(column: int, reckoned: Mapping[str, float]) -> None:
    expected = {name: round(dollars, 2) for name, dollars in reckoned.items()}
    assert _column(column) == {**expected, "together": round(sum(reckoned.values()), 2)}


def test_the_other_sums_are_reckoned_too() -> None:
    fewest = sum(flood.function_url(concurrency=3).values())
    new_account = sum(flood.http_api(concurrency=10, access_log=False).values())
    blocked = flood.stopped_by_waf(10_000 * flood.DAY)
    writes = MAX_WRITE_REQUEST_UNITS * flood.DAY * flood.PRICES["DynamoDB write unit"]
    assert f"the function URL's sum is ${fewest:.2f}" in _TEXT
    assert f"costs ${new_account:.2f} a day at most, without an access log" in _TEXT
    assert f"a flood of 10,000 requests a second is ${blocked:.0f} a day" in _TEXT
    assert f"({MAX_WRITE_REQUEST_UNITS} a second, ${writes:.2f} a day)" in _TEXT


def test_the_readme_says_the_sum_of_the_defaults() -> None:
    readme = re.sub(r"\s+", " ", (_ROOT / "README.md").read_text())
    assert f"at most ${sum(flood.http_api().values()):.0f} a day" in readme


def test_the_limits_are_the_constructs() -> None:
    parameters = inspect.signature(ClientDdns.__init__).parameters
    defaults = {name: each.default for name, each in parameters.items()}
    assert defaults["memory_size"] == flood.MEMORY_GB * 1024
    assert defaults["reserved_concurrency"] is None
    assert defaults["endpoint"] is None
    assert flood.RATE_LIMIT * flood.SECONDS_PER_REQUEST == BURST_LIMIT == RESERVED_CONCURRENCY
    assert defaults["max_read_request_units"] == MAX_READ_REQUEST_UNITS
    assert defaults["max_write_request_units"] == MAX_WRITE_REQUEST_UNITS


def test_a_flood_at_the_endpoints_own_limit_does_not_use_the_table_up() -> None:
    requests = flood.REQUESTS_PER_EXECUTION * RESERVED_CONCURRENCY
    assert flood.READ_UNITS_PER_REQUEST * requests <= MAX_READ_REQUEST_UNITS
