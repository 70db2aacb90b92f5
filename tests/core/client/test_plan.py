"""What to write for a host: the decision table, row by row, and the laws behind it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.client.desired import Desired
from ddns.core.client.hosts import PREFIX, Host, Kept, addresses, types_of
from ddns.core.client.plan import NEVER, HostTerms, Step, decide, unapplied, unfinished
from ddns.core.client.recordsets import name_of
from ddns.core.client.requests import ADDRESSES
from ddns.core.records import NameKey, RecordSet

NAME, ZONE = "home.example.com", "Z1"
KEY = NameKey(ZONE, NAME)
STAR = NameKey(ZONE, "*." + NAME)
CLAIM_A, CLAIM_AAAA = NameKey(ZONE, "a-" + NAME), NameKey(ZONE, "aaaa-" + NAME)
CHALLENGE = NameKey(ZONE, "_acme-challenge." + NAME)
NOW, HOUR = 1_700_000_000_000, 3_600_000
EVERY = frozenset({"A", "AAAA", "TXT"})
TERMS = HostTerms(60, EVERY, HOUR, NOW)
ONE, TWO, SIX = "176.32.100.36", "52.95.110.1", "2600:1f14:1:2::7"

Zone = dict[NameKey, dict[str, RecordSet | None]]


def kept(
    value: str = ONE, *, stamp: int = NOW - 1000, ttl: int = 60, unverified: bool = False
) -> Kept:
    return Kept(value, ttl, stamp, unverified)


def host(*, verified: int = NOW - 1000, **fields: Any) -> Host:  # noqa: ANN401 - of Host
    return Host(NAME, NAME, ZONE, verified=verified, **{"types": EVERY, **fields})


def want(stamp: int = NOW, **values: str) -> Desired:
    return Desired(values, stamp)


def lines(step: Step) -> list[str]:
    """Return the changes of a step as text."""
    return [
        f"{c.action} {c.name} {c.record_set.ttl} {c.type} {' '.join(c.record_set.values)}"
        for name in step.changes
        for c in name.changes
    ]


def holds(*values: str, ttl: int = 60) -> RecordSet:
    return RecordSet(ttl, values)


SET = host(kept={"A": kept()})


class TestTheTable:
    def test_the_same_again_is_nothing(self) -> None:
        step = decide(SET, want(A=ONE), TERMS)
        assert (step.changes, step.look, step.refusal) == ((), (), "")
        assert step.kept == SET.kept
        assert not step.verified

    def test_the_same_after_long_is_looked_at(self) -> None:
        old = SET._replace(verified=NOW - HOUR)
        assert decide(old, want(A=ONE), TERMS).look == (KEY,)
        found = decide(old, want(A=ONE), TERMS, seen={KEY: {"A": holds(ONE)}})
        assert (lines(found), found.verified) == ([], True)
        for seen in ({}, {"A": holds(TWO)}, {"A": holds(ONE, ttl=300)}, {"A": holds(ONE, TWO)}):
            drifted = decide(
                old._replace(adopt=True), want(A=ONE), TERMS, seen={KEY: MappingProxyType(seen)}
            )
            assert lines(drifted) == [f"UPSERT {NAME} 60 A {ONE}"]
            assert drifted.verified

    def test_another_address_is_written_unseen(self) -> None:
        step = decide(SET, want(A=TWO), TERMS)
        assert lines(step) == [f"UPSERT {NAME} 60 A {TWO}"]
        assert step.kept == {"A": kept(TWO, stamp=NOW)}
        assert not step.verified

    def test_another_address_after_long_is_written_with_all_the_rest(self) -> None:
        old = host(kept={"A": kept(), "AAAA": kept(SIX)}, verified=0)
        step = decide(old, want(A=TWO), TERMS)
        assert lines(step) == [f"UPSERT {NAME} 60 A {TWO}", f"UPSERT {NAME} 60 AAAA {SIX}"]
        assert step.verified

    def test_the_first_address_is_looked_at(self) -> None:
        assert decide(host(), want(A=ONE), TERMS).look == (CLAIM_A, KEY)
        step = decide(host(), want(A=ONE), TERMS, seen={KEY: {}})
        assert lines(step) == [f"UPSERT {NAME} 60 A {ONE}"]
        there = decide(host(), want(A=ONE), TERMS, seen={KEY: {"A": holds(ONE)}})
        assert (lines(there), there.kept) == ([], {"A": kept(stamp=NOW)})

    def test_an_address_that_nobody_has_looked_at_yet_is_looked_at(self) -> None:
        pending = host(kept={"A": kept(unverified=True)}, pending=True)
        assert decide(pending, Desired({}, 0), TERMS).look == (CLAIM_A, KEY)
        step = decide(pending, Desired({}, 0), TERMS, seen={KEY: {"A": holds(TWO)}})
        assert lines(step) == [f"UPSERT {NAME} 60 A {ONE}"]
        assert step.kept == {"A": kept()}

    def test_a_later_requests_address_stays(self) -> None:
        step = decide(SET, want(NOW - 2000, A=TWO), TERMS)
        assert (lines(step), step.kept) == ([], SET.kept)

    def test_all_is_written_where_it_is_pending_or_another_was_at_work(self) -> None:
        both = {"A": kept(), "AAAA": kept(SIX)}
        everything = [f"UPSERT {NAME} 60 A {ONE}", f"UPSERT {NAME} 60 AAAA {SIX}"]
        assert lines(decide(host(kept=both, pending=True), want(A=ONE), TERMS)) == everything
        assert lines(decide(host(kept=both), want(A=ONE), TERMS, forced=True)) == everything


class TestWhatIsWritten:
    def test_the_hosts_own_ttl_counts_and_a_new_one_is_written(self) -> None:
        own = SET._replace(ttl=300)
        assert lines(decide(own, want(A=ONE), TERMS)) == [f"UPSERT {NAME} 300 A {ONE}"]
        assert lines(decide(host(ttl=300), want(A=ONE), TERMS, seen={KEY: {}})) == [
            f"UPSERT {NAME} 300 A {ONE}"
        ]

    def test_a_family_that_is_not_mentioned_is_kept(self) -> None:
        both = host(kept={"A": kept(), "AAAA": kept(SIX)})
        step = decide(both, want(A=TWO), TERMS)
        assert lines(step) == [f"UPSERT {NAME} 60 A {TWO}"]
        assert addresses(step.kept) == (TWO, SIX)

    def test_a_wildcard_follows(self) -> None:
        starred = host(wildcard=True, kept={"A": kept(), "*.A": kept()})
        assert lines(decide(starred, want(A=TWO), TERMS)) == [
            f"UPSERT {NAME} 60 A {TWO}",
            f"UPSERT *.{NAME} 60 A {TWO}",
        ]

    def test_a_wildcard_that_was_switched_on_is_looked_at_and_written(self) -> None:
        starred = SET._replace(wildcard=True)
        assert decide(starred, want(A=ONE), TERMS).look == (STAR, KEY)
        seen: Any = {KEY: {"A": holds(ONE)}, STAR: {}}
        assert lines(decide(starred, want(A=ONE), TERMS, seen=seen)) == [
            f"UPSERT *.{NAME} 60 A {ONE}"
        ]

    def test_it_is_written_even_where_a_request_is_about_the_other_family(self) -> None:
        starred = SET._replace(wildcard=True)
        assert decide(starred, want(AAAA=SIX), TERMS).look == (STAR, CLAIM_AAAA, KEY)
        seen: Any = {KEY: {"A": holds(ONE)}, STAR: {}}
        assert lines(decide(starred, want(AAAA=SIX), TERMS, seen=seen)) == [
            f"UPSERT {NAME} 60 AAAA {SIX}",
            f"UPSERT *.{NAME} 60 A {ONE}",
            f"UPSERT *.{NAME} 60 AAAA {SIX}",
        ]

    def test_one_that_was_switched_off_still_follows(self) -> None:
        was = host(kept={"A": kept(), "*.A": kept()})
        assert f"UPSERT *.{NAME} 60 A {TWO}" in lines(decide(was, want(A=TWO), TERMS))

    def test_a_challenge_is_a_quoted_text_below_its_own_label(self) -> None:
        assert decide(SET, want(TXT="abc"), TERMS).look == (CHALLENGE, KEY)
        seen: Any = {KEY: {"A": holds(ONE)}, CHALLENGE: {}}
        step = decide(SET, want(TXT="abc"), TERMS, seen=seen)
        assert lines(step) == [f'UPSERT _acme-challenge.{NAME} 60 TXT "abc"']
        again = SET._replace(kept=step.kept)
        assert lines(decide(again, want(TXT="abc"), TERMS)) == []
        assert lines(decide(again, want(TXT="def"), TERMS)) == [
            f'UPSERT _acme-challenge.{NAME} 60 TXT "def"'
        ]

    @pytest.mark.parametrize("text", ("abc", "def"))
    def test_a_challenge_that_is_not_looked_at_is_written_if_it_is_another(self, text: str) -> None:
        before = host(kept={"A": kept(), "TXT": kept("abc")})
        wanted = want(AAAA=SIX, TXT=text)
        assert decide(before, wanted, TERMS).look == (CLAIM_AAAA, KEY)
        step = decide(before, wanted, TERMS, seen={KEY: {"A": holds(ONE)}})
        assert lines(step) == [
            f"UPSERT {NAME} 60 AAAA {SIX}",
            *([f'UPSERT _acme-challenge.{NAME} 60 TXT "{text}"'] if text != "abc" else []),
        ]

    def test_a_wildcard_has_no_challenge_as_it_would_be_that_of_the_name_without(self) -> None:
        star = Host("*.example.com", "*.example.com", ZONE, types=EVERY)
        assert types_of(star, EVERY) == {"A", "AAAA"}
        step = decide(star, want(TXT="abc"), TERMS)
        assert (step.look, step.changes) == ((), ())

    def test_a_challenge_is_no_address_to_verify(self) -> None:
        only = host(kept={"TXT": kept("abc")}, verified=0)
        assert decide(only, want(), TERMS).changes == ()

    def test_a_prefix_is_kept_and_never_written(self) -> None:
        step = decide(SET, want(**{PREFIX: "2600:1f14:1:2::/64"}), TERMS)
        assert step.changes == ()
        assert step.kept[PREFIX].value == "2600:1f14:1:2::/64"
        assert addresses(step.kept) == (ONE,)

    def test_an_address_in_another_spelling_is_the_same(self) -> None:
        old = host(kept={"AAAA": kept(SIX)}, verified=0)
        seen: Any = {KEY: {"AAAA": holds("2600:1F14:1:2:0:0:0:7")}}
        assert lines(decide(old, want(AAAA=SIX), TERMS, seen=seen)) == []


class TestWhatWasNotPossible:
    """What is kept where the zone took a part only, or holds what others wrote."""

    def test_what_was_written_is_kept_beside_the_rest(self) -> None:
        before = host(kept={"A": kept(), "*.A": kept(), PREFIX: kept("2600::/64")})
        after = unfinished(before, {"A": (kept(TWO, stamp=NOW),)}, foreign=False)
        assert after == {**before.kept, "A": kept(TWO, stamp=NOW)}

    def test_a_later_request_s_address_stays(self) -> None:
        before = host(kept={"A": kept(TWO, stamp=NOW)})
        assert unfinished(before, {"A": (kept(ONE),)}, foreign=False) == before.kept

    def test_what_was_seen_to_be_others_is_looked_at_before_the_next_change(self) -> None:
        before = host(kept={"A": kept(), "AAAA": kept(""), PREFIX: kept("2600::/64")}, verified=0)
        after = unfinished(before, {}, foreign=True)
        assert after == {**before.kept, "A": kept(unverified=True)}
        trusted = host(kept=after)
        assert decide(trusted, want(A=TWO), TERMS).look == (CLAIM_A, KEY)
        assert decide(trusted, want(A=ONE), TERMS).look == (CLAIM_A, KEY)
        two: Any = {KEY: {"A": holds(ONE, TWO)}}
        assert decide(trusted, want(A=TWO), TERMS, seen=two).refusal
        gone = decide(trusted, want(A=ONE), TERMS, seen={KEY: {}})
        assert lines(gone) == [f"UPSERT {NAME} 60 A {ONE}"]
        assert not gone.kept["A"].unverified


class TestAnotherWriter:
    """What this caller wrote itself before a conflict goes, if nobody wants it any more."""

    def test_what_it_wrote_is_removed_where_a_later_removal_won(self) -> None:
        gone = host(kept={"A": kept("", stamp=NOW + 1)})
        wrote: Any = {"A": (kept(TWO),)}
        assert decide(gone, want(A=TWO), TERMS, forced=True, wrote=wrote).look == (KEY,)
        seen: Any = {KEY: {"A": holds(TWO)}}
        step = decide(gone, want(A=TWO), TERMS, forced=True, wrote=wrote, seen=seen)
        assert lines(step) == [f"DELETE {NAME} 60 A {TWO}"]
        assert step.kept == gone.kept

    def test_it_is_written_over_where_a_later_address_won(self) -> None:
        later = host(kept={"A": kept(ONE, stamp=NOW + 1)})
        step = decide(later, want(A=TWO), TERMS, forced=True, wrote={"A": (kept(TWO),)})
        assert lines(step) == [f"UPSERT {NAME} 60 A {ONE}"]

    def test_it_is_looked_at_where_nothing_is_kept(self) -> None:
        wrote = {"A": (kept(TWO),)}
        assert decide(host(), want(), TERMS, wrote=wrote).look == (KEY,)

    def test_what_the_zone_was_seen_to_hold_counts_though_nothing_new_is_wanted(self) -> None:
        seen: Any = {KEY: {"A": holds(TWO)}}
        step = decide(host(kept={"A": kept(ONE)}), want(A=ONE), TERMS, seen=seen)
        assert lines(step) == [f"UPSERT {NAME} 60 A {ONE}"]

    def test_it_is_not_removed_twice(self) -> None:
        gone = host(kept={"A": kept("", stamp=NOW + 1)})
        wrote = {"A": (kept(TWO),)}
        step = decide(gone, want(A=TWO), TERMS, seen={KEY: {}}, forced=True, wrote=wrote)
        assert (step.changes, step.refusal) == ((), "")


class TestTypes:
    def test_a_type_that_the_host_has_no_more_is_left_as_it_is(self) -> None:
        both = host(kept={"A": kept(), "AAAA": kept(SIX)}, types=frozenset({"A"}), verified=0)
        assert decide(both, want(A=ONE), TERMS).look == (KEY,)
        seen: Any = {KEY: {"A": holds(TWO), "AAAA": holds("2600::1")}}
        step = decide(both, want(A=ONE), TERMS, seen=seen)
        assert lines(step) == [f"UPSERT {NAME} 60 A {ONE}"]
        assert step.kept["AAAA"].value == SIX

    def test_a_type_that_the_deployment_has_not_is_left_as_well(self) -> None:
        both = host(kept={"A": kept(), "AAAA": kept(SIX)}, pending=True)
        terms = TERMS._replace(types=frozenset({"AAAA"}))
        assert lines(decide(both, Desired({}, 0), terms)) == [f"UPSERT {NAME} 60 AAAA {SIX}"]


class TestRemoval:
    def remove(self, before: Host, seen: Any = None) -> Step:  # noqa: ANN401 - Seen
        """Remove what a host has, from a zone that holds it or what is said."""
        gone = Desired({}, NOW, remove=ADDRESSES)
        step = decide(before, gone, TERMS)
        assert not step.changes, "it is looked at first"
        zone: Any = {key: {} for key in step.look}
        for kind, each in before.kept.items():
            if each.value and kind != PREFIX and name_of(before, kind) in zone:
                record_set = holds(each.value, ttl=each.ttl)
                zone[name_of(before, kind)][kind.removeprefix("*.")] = record_set
        return decide(before, gone, TERMS, seen=zone if seen is None else seen)

    def test_what_was_written_is_deleted_exactly_and_forgotten(self) -> None:
        before = host(
            kept={"A": kept(ttl=90), "*.A": kept(ttl=90), "AAAA": kept(SIX, ttl=90)}, ttl=90
        )
        step = self.remove(before)
        assert lines(step) == [
            f"DELETE {NAME} 90 A {ONE}",
            f"DELETE {NAME} 90 AAAA {SIX}",
            f"DELETE *.{NAME} 90 A {ONE}",
        ]
        assert addresses(step.kept) == ()

    def test_it_is_deleted_with_the_ttl_that_it_was_written_with(self) -> None:
        assert lines(self.remove(host(kept={"A": kept(ttl=90)}, ttl=300))) == [
            f"DELETE {NAME} 90 A {ONE}"
        ]

    def test_what_is_not_there_any_more_is_not_deleted(self) -> None:
        assert lines(self.remove(SET, {KEY: {}})) == []
        assert lines(self.remove(SET, {KEY: {"A": holds(ONE)}})) == [f"DELETE {NAME} 60 A {ONE}"]

    def test_a_host_without_anything_has_nothing_to_remove(self) -> None:
        assert self.remove(host()).changes == ()

    def test_an_older_update_does_not_bring_it_back_and_a_later_one_looks_first(self) -> None:
        gone = host(kept=self.remove(SET).kept)
        assert lines(decide(gone, want(NOW - 1, A=ONE), TERMS)) == []
        assert decide(gone, want(NOW + 1, A=ONE), TERMS).look == (CLAIM_A, KEY)

    def test_challenge_and_prefix_stay(self) -> None:
        step = self.remove(host(kept={"TXT": kept("abc"), PREFIX: kept("2600::/64")}))
        assert step.changes == ()
        assert {kind: each.value for kind, each in step.kept.items()} == {
            "TXT": "abc",
            PREFIX: "2600::/64",
        }


class TestOthersRecordSets:
    @pytest.mark.parametrize(
        ("seen", "adopted"),
        (
            ({"A": holds(ONE, TWO)}, True),
            ({"A": None}, True),
            ({"A": holds(TWO), "TXT": holds('"heritage=external-dns,x"')}, True),
            ({"TXT": holds('"heritage=external-dns,x"')}, True),
            ({"CNAME": holds("elsewhere.example.net.")}, False),
        ),
    )
    def test_they_are_refused_unless_the_host_may_adopt(
        self,
        seen: dict[str, RecordSet | None],
        adopted: bool,  # noqa: FBT001 - a row of the table
    ) -> None:
        refused = decide(host(), want(A=ONE), TERMS, seen={KEY: seen})
        assert refused.refusal
        assert (refused.changes, refused.kept) == ((), {})
        taken = decide(host(adopt=True), want(A=ONE), TERMS, seen={KEY: seen})
        assert (taken.refusal == "") is adopted
        assert lines(taken) == ([f"UPSERT {NAME} 60 A {ONE}"] if adopted else [])

    @pytest.mark.parametrize(
        "seen",
        (
            {"A": holds(TWO, ttl=300)},
            {"MX": holds("10 mail.example.net.", "20 mail.example.net.")},
            {"AAAA": holds(SIX, "2600::1")},
            {"TXT": holds('"v=spf1 -all"')},
            {"TXT": None},
        ),
    )
    def test_one_plain_value_is_taken_over_and_other_types_do_not_matter(
        self, seen: dict[str, RecordSet | None]
    ) -> None:
        step = decide(host(), want(A=ONE), TERMS, seen={KEY: seen})
        assert lines(step) == [f"UPSERT {NAME} 60 A {ONE}"]

    def test_a_challenge_of_several_values_is_somebody_elses(self) -> None:
        seen: Any = {CHALLENGE: {"TXT": holds('"a"', '"b"')}}
        assert decide(host(), want(TXT="abc"), TERMS, seen=seen).refusal

    def test_external_dns_claims_a_record_set_at_a_name_of_its_own(self) -> None:
        claim: Any = {"TXT": holds('"heritage=external-dns,external-dns/owner=x"')}
        seen: Any = {KEY: {"A": holds(TWO)}, CLAIM_A: claim}
        assert decide(host(), want(A=ONE), TERMS, seen=seen).refusal
        assert not decide(host(), want(AAAA=SIX), TERMS, seen=seen).refusal
        assert not decide(host(adopt=True), want(A=ONE), TERMS, seen=seen).refusal

    def test_a_name_too_long_for_a_claim_has_none(self) -> None:
        name = f"{'x' * 60}.example.com"
        long = Host(name, name, ZONE)
        assert decide(long, want(A=ONE), TERMS).look == (
            NameKey(ZONE, f"a-{name}"),
            NameKey(ZONE, name),
        )
        assert decide(long, want(AAAA=SIX), TERMS).look == (NameKey(ZONE, name),)

    def test_an_external_owner_of_a_challenge_does_not_matter(self) -> None:
        seen: Any = {CHALLENGE: {"TXT": holds('"heritage=x"')}}
        assert not decide(host(), want(TXT="abc"), TERMS, seen=seen).refusal

    @pytest.mark.parametrize("record_set", (holds(TWO), holds(ONE, TWO), holds(ONE, ttl=90), None))
    def test_what_is_not_what_was_written_is_not_removed(
        self, record_set: RecordSet | None
    ) -> None:
        for adopt in (False, True):
            before = SET._replace(adopt=adopt)
            gone = Desired({}, NOW, remove=ADDRESSES)
            step = decide(before, gone, TERMS, seen={KEY: {"A": record_set}})
            assert step.refusal
            assert (step.changes, step.kept) == ((), before.kept)


def test_what_could_not_be_written_is_kept_as_unseen_where_it_is() -> None:
    left = unapplied(SET, want(A=TWO, AAAA=SIX, **{PREFIX: "2600::/64"}), TERMS, NEVER)
    assert {kind: each.unverified for kind, each in left.items()} == {
        "A": False,
        "AAAA": True,
        PREFIX: False,
    }
    removed = SET._replace(kept={"A": kept("")})
    assert unapplied(removed, want(A=TWO), TERMS, NEVER)["A"].unverified


def test_what_was_written_and_is_not_wanted_any_more_is_kept_as_there() -> None:
    gone = host(kept={"A": kept("", stamp=NOW + 1)})
    assert unapplied(gone, want(A=TWO), TERMS, {"A": (kept(TWO),)})["A"].value == TWO
    assert not unapplied(gone, want(A=TWO), TERMS, NEVER)["A"].value


@pytest.mark.parametrize("fields", ({}, {"disabled": True}))
def test_a_removal_and_a_disabled_host_leave_nothing_new_to_be_written(
    fields: dict[str, Any],
) -> None:
    before = SET._replace(**fields)
    asked = want(A=TWO) if fields else Desired({}, NOW, remove=ADDRESSES)
    assert unapplied(before, asked, TERMS, NEVER) == SET.kept


# ---------------------------------------------------------------- laws

VALUES = {
    "A": st.sampled_from([ONE, TWO]),
    "AAAA": st.sampled_from([SIX, "2600::1"]),
    "TXT": st.sampled_from(["abc", "def"]),
    PREFIX: st.sampled_from(["2600::/64", "2600:1::/64"]),
}
DESIRED = st.builds(
    Desired,
    st.fixed_dictionaries({}, optional=VALUES),
    st.integers(NOW, NOW + 5),
    remove=st.sampled_from([frozenset[str](), frozenset({"AAAA"}), ADDRESSES]),
).map(
    # Nobody sets what is to be removed.
    lambda each: each._replace(
        values={kind: v for kind, v in each.values.items() if kind not in each.remove}
    )
)
ZONES = st.dictionaries(
    st.sampled_from([KEY, STAR, CHALLENGE]),
    st.dictionaries(
        st.sampled_from(["A", "AAAA", "TXT", "MX", "CNAME"]),
        st.none()
        | st.builds(
            RecordSet,
            st.sampled_from([60, 300]),
            st.lists(
                st.sampled_from([ONE, TWO, SIX, '"abc"', '"heritage=external-dns"', "x.test."]),
                min_size=1,
                max_size=2,
                unique=True,
            ).map(tuple),
        ),
    ),
)
HOSTS = st.tuples(st.none() | st.just(300), st.booleans(), st.booleans()).map(
    lambda each: Host(NAME, NAME, ZONE, each[0], types=EVERY, adopt=each[1], wildcard=each[2])
)


def carry_out(before: Host, wanted: Desired, zone: Zone, now: int) -> tuple[Host, Step]:
    """Decide, look where that is asked for, and write into the zone, which refuses what it must."""
    terms = HostTerms(60, EVERY, HOUR, now)
    step = decide(before, wanted, terms)
    if step.look:
        assert not step.changes
        step = decide(before, wanted, terms, seen={key: zone.get(key, {}) for key in step.look})
        assert not step.look
    if step.refusal:
        assert not step.changes
        assert step.kept == before.kept
        return before, step
    for name in step.changes:
        for change in name.changes:
            there = zone.setdefault(name.key, {})
            if change.action == "DELETE":
                assert there.pop(change.type) == change.record_set
            else:
                there[change.type] = change.record_set
    verified = now if step.verified else before.verified
    return before._replace(kept=step.kept, verified=verified), step


@given(HOSTS, ZONES, st.lists(DESIRED, max_size=6))
def test_what_was_done_is_not_done_again(before: Host, zone: Zone, wanted: list[Desired]) -> None:
    now = NOW
    for each in wanted:
        now += 1
        before, step = carry_out(before, each, zone, now)
        if step.refusal:
            return
        again, nothing = carry_out(before, each, zone, now)
        assert not nothing.changes
        assert again.kept == before.kept


@given(HOSTS, ZONES, st.lists(DESIRED, max_size=6))
def test_the_zone_holds_what_is_kept(before: Host, zone: Zone, wanted: list[Desired]) -> None:
    now = NOW
    for each in wanted:
        now += 1
        before, step = carry_out(before, each, zone, now)
        if step.refusal:
            return
        for kind, name in (("A", KEY), ("AAAA", KEY), ("*.A", STAR), ("*.AAAA", STAR)):
            if kind in before.kept and before.kept[kind].value:
                ttl = before.ttl or 60
                assert zone[name][kind.removeprefix("*.")] == RecordSet(
                    ttl, (before.kept[kind].value,)
                )


@given(HOSTS, ZONES, st.lists(DESIRED, max_size=6))
def test_other_types_and_what_several_share_are_never_touched(
    before: Host, zone: Zone, wanted: list[Desired]
) -> None:
    mine = before._replace(adopt=False)
    others = {
        (name, kind): record_set
        for name, there in zone.items()
        for kind, record_set in there.items()
        if kind in ("MX", "CNAME") or record_set is None or len(record_set.values) > 1
    }
    now = NOW
    for each in wanted:
        now += 1
        mine, _ = carry_out(mine, each, zone, now)
        for (name, kind), record_set in others.items():
            assert zone[name][kind] == record_set


@given(
    st.permutations(
        [
            want(NOW + n, **{kind: value})
            for n, (kind, value) in enumerate(
                (("A", ONE), ("A", TWO), ("AAAA", SIX), ("AAAA", "2600::1"))
            )
        ]
    )
)
def test_the_order_in_which_requests_are_handled_is_irrelevant(wanted: list[Desired]) -> None:
    zone: Zone = {}
    current = host()
    for each in wanted:
        current, _ = carry_out(current, each, zone, NOW + 10)
    assert addresses(current.kept) == (TWO, "2600::1")
    assert zone == {KEY: {"A": holds(TWO), "AAAA": holds("2600::1")}}


@given(HOSTS, ZONES, DESIRED)
def test_names_that_are_looked_at_and_written_are_the_hosts_own(
    before: Host, zone: Zone, wanted: Desired
) -> None:
    step = decide(before, wanted, TERMS)
    assert set(step.look) <= {KEY, STAR, CHALLENGE, CLAIM_A, CLAIM_AAAA}
    _, done = carry_out(before, wanted, zone, NOW)
    assert {name.key for name in done.changes} <= {KEY, STAR, CHALLENGE}
    assert {c.type for name in done.changes for c in name.changes} <= {"A", "AAAA", "TXT"}
