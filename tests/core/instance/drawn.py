"""Ledgers, desired states and zones as Hypothesis draws them, small enough to clash often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from ddns.core.instance.desired import Desired, Wanted
from ddns.core.instance.plan import Plan, Terms, plan
from ddns.core.records import NameKey, RecordSet

if TYPE_CHECKING:
    from ddns.core.instance.items import NameState

TERMS = Terms(ttl=60, now=1000)
OWNERS = st.sampled_from(["i-1", "i-2", "i-3"])
KEYS = [NameKey("Z1", f"{label}.example") for label in "abc"]
VALUES = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
WANTS = st.one_of(
    st.builds(lambda v: (Wanted("A", (v,)),), VALUES),
    st.builds(lambda v: (Wanted("CNAME", (f"t{v[-1]}.example.",)),), VALUES),
    st.just((Wanted("A", ("10.0.0.7",)), Wanted("AAAA", ("2001:db8::7",)))),
)
DESIRED = st.dictionaries(
    OWNERS, st.dictionaries(st.sampled_from(KEYS), WANTS, max_size=3), max_size=3
).map(lambda found: [Desired(owner, "t", names) for owner, names in sorted(found.items())])
RECORD = st.one_of(
    st.none(), st.builds(lambda v: RecordSet(60, (v,)), VALUES), st.just(RecordSet(9, ("x.",)))
)
SEEN = st.dictionaries(
    st.sampled_from(KEYS),
    st.dictionaries(st.sampled_from(["A", "AAAA", "CNAME", "TXT"]), RECORD, max_size=2),
)


@st.composite
def ledgers(draw: st.DrawFn) -> dict[NameKey, NameState]:
    """Return a ledger that some earlier desired states led to."""
    states: dict[NameKey, NameState] = {}
    for desired in draw(st.lists(DESIRED, max_size=3)):
        states = after(plan(states, desired, TERMS), states)
    return states


def after(planned: Plan, states: dict[NameKey, NameState]) -> dict[NameKey, NameState]:
    """Return the ledger after a plan was carried out."""
    items = {**states, **{c.key: c.confirmed() for c in planned.names}}
    return {key: item for key, item in items.items() if not item.empty}
