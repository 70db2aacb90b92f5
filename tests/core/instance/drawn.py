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
KEYS = [NameKey("Z1", f"{label}.example") for label in "abc"]
VALUES = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
WANTS = st.sampled_from(
    [
        *((Wanted("A", (f"10.0.0.{n}",)),) for n in (1, 2, 3)),
        *((Wanted("CNAME", (f"t{n}.example.",)),) for n in (1, 2, 3)),
        (Wanted("A", ("10.0.0.7",)), Wanted("AAAA", ("2001:db8::7",))),
    ]
)
NAMES = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, WANTS))
DESIRED = st.fixed_dictionaries({}, optional=dict.fromkeys(["i-1", "i-2", "i-3"], NAMES)).map(
    lambda found: [Desired(owner, "t", names) for owner, names in sorted(found.items())]
)
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
