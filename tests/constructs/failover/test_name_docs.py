"""docs/failover.md, failover_names.md and resolver_forwarding.md say what is so."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from ddns_constructs import Detection, Probe, ResolverForwarding
from tests.constructs.failover.naming import Named

_DOCS = Path(__file__).resolve().parents[3] / "docs"
_NAMES = (_DOCS / "failover_names.md").read_text()
_FORWARDING = (_DOCS / "resolver_forwarding.md").read_text()


def _table(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, its own heading left out."""
    (table,) = re.findall(r"\A[^|]*((?:\|.*\n)+)", page.partition(f"\n{heading}\n")[2])
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")[2:-1]
    ]


@pytest.mark.parametrize(
    ("page", "resource_type", "count"),
    (
        (_NAMES, "AWS::Route53::HealthCheck", 5),
        (_FORWARDING, "AWS::Route53Resolver::ResolverRule", 1),
    ),
)
def test_its_app_synthesises(page: str, resource_type: str, count: int) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "page", "exec"), names)  # noqa: S102 - the page's own code
    cdk.assertions.Template.from_stack(names["stack"]).resource_count_is(resource_type, count)


def test_it_has_every_detection() -> None:
    named = {re.findall(r"`Detection\.(\w+)\(", row[0])[0] for row in
             _table(_NAMES, "## How it is detected")}  # fmt: skip
    assert named == {
        name for name, value in vars(Detection).items() if isinstance(value, staticmethod)
    }


@pytest.mark.parametrize(
    ("row", "define"),
    (
        (0, Named.relayed),
        (1, lambda: Named.relayed(detection=Detection.alarm())),
        (2, lambda: Named.public(check=Probe.http())),
    ),
)
def test_its_worst_cases_are_those_that_are_reckoned(row: int, define: Any) -> None:  # noqa: ANN401
    named = define()
    cell = _table(_NAMES, "## How it is detected")[row][2]
    assert named.name.worst_case is not None
    assert cell.startswith(f"{int(named.name.worst_case.to_seconds())} s")


def test_a_silent_port_takes_a_public_check_as_long_as_it_says() -> None:
    slow = Named.public().name.worst_case
    assert slow is not None
    said = f"{int(slow.to_seconds())} s with `Probe.tcp`"
    assert said in _table(_NAMES, "## How it is detected")[2][2]


def test_what_zones_count_is_what_the_page_says() -> None:
    rows = _table(_NAMES, "### Two zones, one word")
    for row in rows:
        assert row[3:5].count("healthy") == int(row[5])
    assert "needs two healthy ones" in _NAMES
    assert Named.relayed().check()["HealthThreshold"] == 2


def test_the_fastest_relay_is_as_fast_as_it_says() -> None:
    fast = Named.relayed(detection=Detection.relay(threshold=1)).name.worst_case
    assert fast is not None
    said = f"{int(fast.to_seconds())} s with `threshold=1`"
    assert said in _table(_NAMES, "## How it is detected")[0][2]
    assert said in (_DOCS / "failover.md").read_text()


@pytest.mark.parametrize(
    ("column", "define"),
    (
        (1, lambda region: Named.relayed(region=region)),
        (2, lambda region: Named.relayed(region=region, detection=Detection.alarm())),
        (3, lambda region: Named.public(region=region)),
    ),
)
def test_its_alarms_are_those_of_a_stack_in_us_east_1(column: int, define: Any) -> None:  # noqa: ANN401
    named = define("us-east-1")
    named.name.add_alarms(sns.Topic(named.stack, "Topic"))
    found = {
        re.sub(r"^Db(Relay\d)?|[0-9A-F]{8}$", "", id_)
        for id_ in named.template.find_resources("AWS::CloudWatch::Alarm")
    }
    rows = [row for row in _table(_NAMES, "## Alarms") if row[column] != "no"]
    listed = [set(re.findall(r"`(\w+)`", row[0])) for row in rows]
    assert len(found) == len(listed)
    assert all(len(found & each) == 1 for each in listed)


def test_forwarding_has_every_argument() -> None:
    arguments = set(inspect.signature(ResolverForwarding.__init__).parameters)
    named = {row[0].strip("`") for row in _table(_FORWARDING, "## Choices")}
    assert named == arguments - {"self", "scope", "id"}


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for page in ("failover.md", "failover_names.md", "resolver_forwarding.md"):
        text = (_DOCS / page).read_text()
        for target, anchor in re.findall(r"\]\(([\w./]+\.md)?(?:#([\w-]+))?\)", text):
            linked = (_DOCS / target).read_text() if target else text
            heads = re.findall(r"^#+ (.+)$", linked, re.MULTILINE)
            anchors = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in heads}
            assert not anchor or anchor in anchors, (page, target, anchor)
