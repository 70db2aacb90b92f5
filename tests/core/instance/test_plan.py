"""Plans: what follows from the ledger, the desired state, and a look at the zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.changes import fits
from ddns.core.instance.adoption import Adoption
from ddns.core.instance.desired import Desired, Wanted
from ddns.core.instance.items import Claim, NameState
from ddns.core.instance.plan import FOREIGN, Plan, Terms, digest, plan, record_sets
from ddns.core.instance.policy import Policy, create_only, sync, upsert_only
from ddns.core.records import Change, NameKey, Observed, RecordSet
from tests.core.instance.drawn import DESIRED, KEYS, SEEN, TERMS, after, ledgers

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = NameKey("Z1", "a.example")
ALIAS = NameKey("Z1", "www.example")
POINTER = NameKey("Z2", "1.0.0.10.in-addr.arpa")
EXISTS = FOREIGN


def address(*values: str) -> RecordSet:
    return RecordSet(60, tuple(sorted(values)))


def host_desired(owner: str = "i-1", value: str = "10.0.0.1", key: NameKey = HOST) -> Desired:
    return Desired(owner, "t", {key: (Wanted("A", (value,)),)})


def alias_desired(owner: str = "i-1", value: str = "a.example.") -> Desired:
    return Desired(owner, "t", {ALIAS: (Wanted("CNAME", (value,)),)})


def state(key: NameKey = HOST, **claims: Mapping[str, tuple[str, ...]]) -> NameState:
    """Return a confirmed item; claims by owner as {type: values}."""
    made = {
        owner.replace("_", "-"): Claim(values, since, "t")
        for since, (owner, values) in enumerate(claims.items(), 1)
    }
    return NameState(key, made, record_sets(made, 60))


def sent(planned: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(c.action, c.type, c.record_set.values) for n in planned.names for c in n.changes]


# -------------------------------------------------------------------- creating, updating, deleting


def test_a_name_that_is_new_is_created() -> None:
    assert sent(plan({}, [host_desired()], TERMS)) == [("CREATE", "A", ("10.0.0.1",))]


def test_a_name_that_is_as_desired_is_left_alone() -> None:
    assert plan({HOST: state(i_1={"A": ("10.0.0.1",)})}, [host_desired()], TERMS) == Plan()


def test_a_new_address_swaps_exactly_what_was_written() -> None:
    planned = plan({HOST: state(i_1={"A": ("10.0.0.9",)})}, [host_desired()], TERMS)
    assert sent(planned) == [("DELETE", "A", ("10.0.0.9",)), ("CREATE", "A", ("10.0.0.1",))]
    assert planned.deletes == 0


def test_a_delete_repeats_the_ttl_that_was_written_not_the_configured_one() -> None:
    old = state(i_1={"A": ("10.0.0.1",)})._replace(written={"A": RecordSet(300, ("10.0.0.1",))})
    (change,) = plan({HOST: old}, [Desired("i-1")], TERMS).names
    assert change.changes == (Change("DELETE", "a.example", "A", RecordSet(300, ("10.0.0.1",))),)


def test_another_ttl_rewrites_the_record_set() -> None:
    old = state(i_1={"A": ("10.0.0.1",)})._replace(written={"A": RecordSet(300, ("10.0.0.1",))})
    (change,) = plan({HOST: old}, [host_desired()], TERMS).names
    assert [(c.action, c.record_set.ttl) for c in change.changes] == [
        ("DELETE", 300),
        ("CREATE", 60),
    ]


def test_two_instances_of_one_name_make_one_record_set() -> None:
    planned = plan(
        {HOST: state(i_1={"A": ("10.0.0.1",)})}, [host_desired("i-2", "10.0.0.2")], TERMS
    )
    assert sent(planned)[-1] == ("CREATE", "A", ("10.0.0.1", "10.0.0.2"))


def test_each_instance_leaves_with_its_own_value() -> None:
    both = state(i_1={"A": ("10.0.0.1",)}, i_2={"A": ("10.0.0.2",)})
    assert sent(plan({HOST: both}, [Desired("i-1")], TERMS))[-1] == ("CREATE", "A", ("10.0.0.2",))


def test_the_last_to_leave_takes_the_record_set_along() -> None:
    states = {HOST: state(i_1={"A": ("10.0.0.1",)})}
    planned = plan(states, [Desired("i-1")], TERMS)
    assert sent(planned) == [("DELETE", "A", ("10.0.0.1",))]
    assert planned.deletes == 1
    assert after(planned, states) == {}


def test_the_first_keeps_a_cname_and_the_next_in_line_takes_over() -> None:
    states = {ALIAS: state(ALIAS, i_1={"CNAME": ("a.example.",)})}
    waiting = plan(states, [alias_desired("i-2", "b.example.")], TERMS)
    assert sent(waiting) == []
    states = after(waiting, states)
    assert sent(plan(states, [Desired("i-1")], TERMS)) == [
        ("DELETE", "CNAME", ("a.example.",)),
        ("CREATE", "CNAME", ("b.example.",)),
    ]


def test_an_owner_that_asks_again_keeps_its_place_in_line() -> None:
    states = {ALIAS: state(ALIAS, i_2={"CNAME": ("b.example.",)}, i_1={"CNAME": ("a.example.",)})}
    assert plan(states, [alias_desired("i-1"), alias_desired("i-2", "b.example.")], TERMS) == Plan()


def test_more_values_than_route_53_takes_are_cut_at_the_youngest() -> None:
    claims = {f"i-{n:04}": Claim({"A": (f"10.0.{n // 250}.{n % 250}",)}, n, "") for n in range(450)}
    values = record_sets(claims, 60)["A"].values
    assert len(values) == 400
    assert "10.0.0.0" in values
    assert "10.0.1.199" not in values


def test_a_dual_stack_name_is_cut_where_one_request_takes_no_more() -> None:
    claims = {
        f"i-{n:04}": Claim({"A": (f"10.0.0.{n}",), "AAAA": (f"2001:db8::{n:x}",)}, n, "")
        for n in range(256)
    }
    made = record_sets(claims, 60)
    assert (len(made["A"].values), len(made["AAAA"].values)) == (250, 250)


def test_more_claims_than_an_item_holds_are_refused() -> None:
    many = {f"i-{n:04}": Claim({"A": ("10.0.0.1",)}, 1, "t") for n in range(1000)}
    full = NameState(HOST, many, record_sets(many, 60))
    planned = plan({HOST: full}, [host_desired("i-9999", "10.0.0.9")], TERMS)
    assert sent(planned) == []
    assert [r.reason for r in planned.refusals] == ["1000 instances have this name already"]


# -------------------------------------------------------------------- clashes


@pytest.mark.parametrize(
    ("there", "desired", "reason"),
    (
        ({"A": ("10.0.0.9",)}, Wanted("CNAME", ("b.example.",)), "CNAME clash: the name has A"),
        (
            {"CNAME": ("b.example.",)},
            Wanted("A", ("10.0.0.1",)),
            "CNAME clash: the name has a CNAME",
        ),
    ),
)
def test_a_cname_beside_anything_else_is_refused_whichever_came_second(
    there: dict[str, tuple[str, ...]], desired: Wanted, reason: str
) -> None:
    planned = plan({HOST: state(i_9=there)}, [Desired("i-1", "t", {HOST: (desired,)})], TERMS)
    assert sent(planned) == []
    # It is remembered, so that it takes over when the other leaves.
    assert [each.waiting for each in planned.names] == [{"i-1"}]
    assert [(r.owner, r.name, r.reason) for r in planned.refusals] == [("i-1", "a.example", reason)]


def test_a_name_may_turn_from_address_to_cname_when_nobody_else_claims_it() -> None:
    desired = Desired("i-1", "t", {HOST: (Wanted("CNAME", ("b.example.",)),)})
    assert sent(plan({HOST: state(i_1={"A": ("10.0.0.1",)})}, [desired], TERMS)) == [
        ("DELETE", "A", ("10.0.0.1",)),
        ("CREATE", "CNAME", ("b.example.",)),
    ]


# -------------------------------------------------------------------- others' record sets


@pytest.mark.parametrize("theirs", (address("192.0.2.1"), address("10.0.0.1"), None))
def test_foreign_record_is_refused_not_overwritten(theirs: RecordSet | None) -> None:
    planned = plan({}, [host_desired()], TERMS, observed={HOST: {"A": theirs}})
    assert planned.names == ()
    assert [r.reason for r in planned.refusals] == [EXISTS]


def test_a_foreign_type_leaves_our_own_type_alone() -> None:
    desired = Desired("i-1", "t", {HOST: (Wanted("A", ("10.0.0.1",)), Wanted("AAAA", ("::1",)))})
    planned = plan({}, [desired], TERMS, observed={HOST: {"AAAA": address("::2")}})
    assert sent(planned) == [("CREATE", "A", ("10.0.0.1",))]
    assert [(r.type, r.reason) for r in planned.refusals] == [("AAAA", EXISTS)]


def test_a_cname_beside_a_foreign_txt_is_refused() -> None:
    planned = plan({}, [alias_desired()], TERMS, observed={ALIAS: {"TXT": RecordSet(60, ('"x"',))}})
    assert planned.names == ()
    assert planned.refusals[0].reason == "CNAME clash: the name has TXT"


def test_an_address_beside_a_foreign_txt_is_fine() -> None:
    planned = plan({}, [host_desired()], TERMS, observed={HOST: {"TXT": RecordSet(60, ('"x"',))}})
    assert sent(planned) == [("CREATE", "A", ("10.0.0.1",))]


def test_a_name_to_be_adopted_is_taken_over() -> None:
    terms = TERMS._replace(adopt=Adoption(frozenset({"a.example"})))
    seen = {HOST: {"A": RecordSet(300, ("192.0.2.1",))}}
    assert sent(plan({}, [host_desired()], terms, observed=seen)) == [
        ("DELETE", "A", ("192.0.2.1",)),
        ("CREATE", "A", ("10.0.0.1",)),
    ]


def test_an_alias_is_not_even_adopted() -> None:
    terms = TERMS._replace(adopt=Adoption(frozenset({"a.example"})))
    assert plan({}, [host_desired()], terms, observed={HOST: {"A": None}}).names == ()


def test_where_the_address_is_refused_its_pointer_is_not_written_and_its_cname_falls_back() -> None:
    desired = Desired(
        "i-1",
        "t",
        {
            HOST: (Wanted("A", ("10.0.0.1",)),),
            ALIAS: (Wanted("CNAME", ("a.example.",), HOST, ("ip-1.ec2.internal.",)),),
            POINTER: (Wanted("PTR", ("a.example.",), HOST),),
        },
    )
    planned = plan({}, [desired], TERMS, observed={HOST: {"A": address("192.0.2.1")}})
    assert sent(planned) == [("CREATE", "CNAME", ("ip-1.ec2.internal.",))]


# -------------------------------------------------------------------- drift


def test_what_somebody_changed_is_put_right_while_it_is_wanted() -> None:
    seen = {HOST: {"A": address("192.0.2.1")}}
    planned = plan({HOST: state(i_1={"A": ("10.0.0.1",)})}, [host_desired()], TERMS, observed=seen)
    assert sent(planned) == [("DELETE", "A", ("192.0.2.1",)), ("CREATE", "A", ("10.0.0.1",))]


def test_what_somebody_deleted_is_written_again_while_it_is_wanted() -> None:
    planned = plan(
        {HOST: state(i_1={"A": ("10.0.0.1",)})}, [host_desired()], TERMS, observed={HOST: {}}
    )
    assert sent(planned) == [("CREATE", "A", ("10.0.0.1",))]


@pytest.mark.parametrize("theirs", (address("192.0.2.1"), None))
def test_what_somebody_changed_is_left_alone_when_it_is_not_wanted_any_more(
    theirs: RecordSet | None,
) -> None:
    states = {HOST: state(i_1={"A": ("10.0.0.1",)})}
    planned = plan(states, [Desired("i-1")], TERMS, observed={HOST: {"A": theirs}})
    assert sent(planned) == []
    assert after(planned, states) == {}


# -------------------------------------------------------------------- other writers


IN_FLIGHT = NameState(
    HOST,
    {"i-1": Claim({"A": ("10.0.0.1",)}, 1, "t")},
    {},
    intent={"A": address("10.0.0.1")},
)


def test_a_name_that_a_worker_was_about_to_change_is_to_be_read_first() -> None:
    planned = plan({HOST: IN_FLIGHT}, [host_desired()], TERMS)
    assert (planned.unread, planned.names) == ({HOST}, ())


def test_what_points_to_a_name_that_is_to_be_read_waits_with_it() -> None:
    pointer = Desired("i-1", "t", {HOST: (), POINTER: (Wanted("PTR", ("a.example.",), HOST),)})
    planned = plan({HOST: IN_FLIGHT}, [pointer], TERMS)
    assert (planned.unread, planned.names) == ({HOST}, ())


@pytest.mark.parametrize(
    ("seen", "expected"),
    (
        ({}, [("CREATE", "A", ("10.0.0.1",))]),
        ({"A": address("10.0.0.1")}, []),
    ),
)
def test_after_a_crash_what_the_zone_holds_decides(
    seen: Observed, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    planned = plan({HOST: IN_FLIGHT}, [host_desired()], TERMS, observed={HOST: seen})
    assert sent(planned) == expected
    (item,) = after(planned, {HOST: IN_FLIGHT}).values()
    assert (item.written, item.intent) == ({"A": address("10.0.0.1")}, None)


def test_after_a_crash_a_foreign_record_in_place_of_the_intent_is_refused() -> None:
    seen = {HOST: {"A": address("192.0.2.1")}}
    planned = plan({HOST: IN_FLIGHT}, [host_desired()], TERMS, observed=seen)
    assert sent(planned) == []
    assert after(planned, {HOST: IN_FLIGHT}) == {}
    assert [r.reason for r in planned.refusals] == [EXISTS]


# -------------------------------------------------------------------- policies, the safety valve


def test_upsert_only_keeps_the_last_record_set_and_sync_deletes_it_later() -> None:
    terms = TERMS._replace(policy=upsert_only)
    states = {HOST: state(i_1={"A": ("10.0.0.1",)})}
    planned = plan(states, [Desired("i-1")], terms)
    assert sent(planned) == []
    left = after(planned, states)
    assert left[HOST].claims == {}
    assert sent(plan(left, [], TERMS)) == [("DELETE", "A", ("10.0.0.1",))]


def test_upsert_only_updates() -> None:
    terms = TERMS._replace(policy=upsert_only)
    planned = plan({HOST: state(i_1={"A": ("10.0.0.9",)})}, [host_desired()], terms)
    assert sent(planned)[-1] == ("CREATE", "A", ("10.0.0.1",))


def test_create_only_creates_and_never_updates() -> None:
    terms = TERMS._replace(policy=create_only)
    assert sent(plan({}, [host_desired()], terms)) == [("CREATE", "A", ("10.0.0.1",))]
    assert sent(plan({HOST: state(i_1={"A": ("10.0.0.9",)})}, [host_desired()], terms)) == []


def test_a_cname_beside_what_a_policy_keeps_is_refused() -> None:
    terms = TERMS._replace(policy=upsert_only)
    kept = NameState(HOST, {}, {"A": address("10.0.0.1")})
    desired = Desired("i-1", "t", {HOST: (Wanted("CNAME", ("b.example.",)),)})
    planned = plan({HOST: kept}, [desired], terms)
    assert sent(planned) == []
    assert planned.refusals[0].reason == "CNAME clash: the name has A"


# -------------------------------------------------------------------- the digest

POINTING = Desired("i-1", "t", {ALIAS: (Wanted("CNAME", ("a.example.",), HOST),), HOST: ()})


def test_the_digest_is_the_same_where_the_record_sets_are() -> None:
    other = POINTING._replace(
        names=dict(reversed(POINTING.names.items())), launched="u", warnings=("look",)
    )
    assert digest(other, TERMS._replace(now=2000)) == digest(POINTING, TERMS)


@pytest.mark.parametrize(
    ("desired", "terms"),
    (
        (POINTING, TERMS._replace(ttl=300)),
        (POINTING, TERMS._replace(policy=upsert_only)),
        (POINTING._replace(undecided=frozenset({"Z1"})), TERMS),
        (POINTING._replace(names={HOST: ()}), TERMS),
        (alias_desired(value="b.example."), TERMS),
        (POINTING._replace(names={ALIAS: POINTING.names[ALIAS]}), TERMS),
    ),
)
def test_the_digest_is_another_where_the_record_sets_may_be(desired: Desired, terms: Terms) -> None:
    assert digest(desired, terms) != digest(POINTING, TERMS)


# -------------------------------------------------------------------- laws


@given(states=ledgers(), desired=DESIRED)
def test_a_plan_carried_out_and_planned_again_is_empty(
    states: dict[NameKey, NameState], desired: list[Desired]
) -> None:
    states = after(plan(states, desired, TERMS), states)
    assert plan(states, desired, TERMS).names == ()


@given(states=ledgers(), desired=DESIRED, seen=SEEN)
def test_a_plan_with_a_look_at_the_zone_carried_out_is_empty_the_second_time(
    states: dict[NameKey, NameState], desired: list[Desired], seen: dict[NameKey, Observed]
) -> None:
    first = plan(states, desired, TERMS, observed=seen)
    held = {key: _after_changes(found, key, first) for key, found in seen.items()}
    again = plan(after(first, states), desired, TERMS, observed=held)
    assert [change for change in again.names if change.key in seen] == []


def _after_changes(found: Observed, key: NameKey, planned: Plan) -> Observed:
    left = dict(found)
    for change in (c for n in planned.names if n.key == key for c in n.changes):
        if change.action == "DELETE":
            del left[change.type]
        else:
            left[change.type] = change.record_set
    return left


@given(states=ledgers(), desired=DESIRED, seen=SEEN)
def test_a_plan_never_touches_what_the_ledger_does_not_own(
    states: dict[NameKey, NameState], desired: list[Desired], seen: dict[NameKey, Observed]
) -> None:
    planned = plan(states, desired, TERMS, observed=seen)
    for change in (each for name in planned.names for each in name.changes):
        key = next(k for k in KEYS if k.name == change.name)
        owned = states[key].written if key in states else {}
        if change.action == "DELETE":
            assert change.type in owned
        elif key in seen and change.type not in owned:
            assert change.type not in seen[key]


@given(states=ledgers(), desired=DESIRED, seen=SEEN)
def test_what_is_planned_after_a_look_fits_the_zone(
    states: dict[NameKey, NameState], desired: list[Desired], seen: dict[NameKey, Observed]
) -> None:
    for name in plan(states, desired, TERMS, observed=seen).names:
        if name.key in seen:
            assert fits(name.changes, seen[name.key]) or not name.changes


@given(states=ledgers(), desired=DESIRED, data=st.data())
def test_the_order_of_the_input_is_irrelevant(
    states: dict[NameKey, NameState], desired: list[Desired], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(desired))
    items = dict(data.draw(st.permutations(list(states.items()))))
    assert plan(items, shuffled, TERMS) == plan(states, desired, TERMS)


@given(states=ledgers(), desired=DESIRED, policy=st.sampled_from([sync, upsert_only, create_only]))
def test_no_name_ever_has_a_cname_beside_anything_else(
    states: dict[NameKey, NameState], desired: list[Desired], policy: Policy
) -> None:
    for name in plan(states, desired, TERMS._replace(policy=policy)).names:
        assert "CNAME" not in name.change.result or len(name.change.result) == 1


@given(states=ledgers(), desired=DESIRED)
def test_policies_hold_deletes_and_updates_back(
    states: dict[NameKey, NameState], desired: list[Desired]
) -> None:
    assert plan(states, desired, TERMS._replace(policy=upsert_only)).deletes == 0
    created = plan(states, desired, TERMS._replace(policy=create_only))
    assert all(change.action == "CREATE" for name in created.names for change in name.changes)
