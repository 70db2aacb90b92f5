"""Record sets of others: which are taken over, and which stay foreign."""

from __future__ import annotations

import pytest

from ddns.core.instance.adoption import Adoption
from ddns.core.instance.desired import Desired, Wanted
from ddns.core.instance.plan import Plan, Terms, plan
from ddns.core.records import Change, NameKey, Observed, RecordSet

HOST = NameKey("Z1", "web.example.internal")
POINTER = NameKey("Z2", "5.1.0.10.in-addr.arpa")
ALIAS = NameKey("Z1", "www.example.internal")
WANTS = {
    HOST: (Wanted("A", ("10.0.1.5",)), Wanted("AAAA", ("2001:db8::5",))),
    POINTER: (Wanted("PTR", ("web.example.internal.",), HOST),),
    ALIAS: (Wanted("CNAME", ("web.example.internal.",), HOST),),
}
HELD: dict[NameKey, Observed] = {
    key: {want.type: RecordSet(60, want.values) for want in wants} for key, wants in WANTS.items()
}
IDENTICAL = Adoption(identical=True)


def planned(
    adopt: Adoption, seen: dict[NameKey, Observed], *owners: Desired, ttl: int = 60
) -> Plan:
    terms = Terms(ttl, adopt=adopt)
    return plan({}, owners or [Desired("i-1", "t", WANTS)], terms, observed=seen)


def sent(result: Plan) -> list[Change]:
    return [change for each in result.names for change in each.changes]


@pytest.mark.parametrize(
    ("patterns", "name", "adopted"),
    (
        ({"web.example.internal"}, "web.example.internal", True),
        ({"web.example.internal"}, "a.web.example.internal", False),
        ({"*.example.internal"}, "a.web.example.internal", True),
        ({"*.example.internal"}, "example.internal", False),
        ({"*.example.internal"}, "web.badexample.internal", False),
        ({"web-?.example.internal"}, "web-1.example.internal", True),
        ({"web-?.example.internal"}, "web-10.example.internal", False),
        ({"*.1.0.10.in-addr.arpa"}, "5.1.0.10.in-addr.arpa", True),
        (set(), "web.example.internal", False),
    ),
)
def test_names_are_adopted_whole_or_by_a_pattern(
    patterns: set[str], name: str, *, adopted: bool
) -> None:
    assert Adoption(frozenset(patterns)).adopts(name) is adopted


def test_what_says_exactly_what_is_wanted_is_taken_over_without_a_change() -> None:
    result = planned(IDENTICAL, HELD)
    assert (sent(result), result.refusals) == ([], ())
    assert {each.key: dict(each.confirmed().written) for each in result.names} == HELD
    assert all(each.confirmed().claims.keys() == {"i-1"} for each in result.names)


def test_without_adoption_what_says_exactly_what_is_wanted_is_refused() -> None:
    result = planned(Adoption(), HELD)
    assert (sent(result), result.names) == ([], ())
    assert {refusal.type for refusal in result.refusals} == {"A", "AAAA"}


@pytest.mark.parametrize(
    "other",
    (
        RecordSet(300, ("10.0.1.5",)),
        RecordSet(60, ("10.0.1.6",)),
        RecordSet(60, ("10.0.1.5", "10.0.1.6")),
        None,
    ),
)
def test_what_says_anything_else_stays_foreign(other: RecordSet | None) -> None:
    seen: dict[NameKey, Observed] = {HOST: {**HELD[HOST], "A": other}}
    result = planned(IDENTICAL, seen)
    assert [(refusal.name, refusal.type) for refusal in result.refusals] == [(HOST.name, "A")]
    assert {each.key: set(each.confirmed().written) for each in result.names}[HOST] == {"AAAA"}


def test_a_name_that_several_share_is_taken_over_when_they_are_planned_together() -> None:
    owners = [Desired(f"i-{n}", "t", {HOST: (Wanted("A", (f"10.0.1.{n}",)),)}) for n in range(1, 4)]
    seen: dict[NameKey, Observed] = {
        HOST: {"A": RecordSet(60, ("10.0.1.1", "10.0.1.2", "10.0.1.3"))}
    }
    together = planned(IDENTICAL, seen, *owners)
    assert (sent(together), together.refusals) == ([], ())
    assert len(planned(IDENTICAL, seen, owners[0]).refusals) == 1


def test_what_was_taken_over_is_deleted_with_its_instance() -> None:
    states = {each.key: each.confirmed() for each in planned(IDENTICAL, HELD).names}
    gone = plan(states, [Desired("i-1")], Terms(60, adopt=IDENTICAL))
    assert gone.deletes == 4
