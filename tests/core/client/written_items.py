"""Items of hosts as somebody may write them into the table, sound and broken."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

NAME = "home.example.com"
KEYS = (NAME, f"{NAME}.", "Home.Example.com", "*.example.com", f" {NAME}", "tür.example.com")
NO_KEYS = ("home", "-x.example.com", "a b.example.com", f"{NAME}..", "[red]x", "*", "\x1b[31m.com")
NUMBERS = (
    *("0", "1", "31", "32", "60", "127", "128", "-1", "2147483647", "2147483648"),
    *("60.5", "60.0", "1E+2", "1E-7", f"1{'0' * 50}", f"-1{'0' * 30}"),
)


def one_of(kind: str, *values: object) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from([{kind: value} for value in values])


VALUES: list[dict[str, Any]] = [
    *({"S": text} for text in ("", "A", "any", "all", "::1", "10.0.0.1", "Z1")),
    *({"N": number} for number in NUMBERS),
    *({"BOOL": flag} for flag in (True, False)),
    {"NULL": True},
    *({"L": found} for found in ([], [{"S": "a"}], [{"N": "1"}], [{"S": "a"}, {"NULL": True}])),
    *({"M": found} for found in ({}, {"A": {"S": "x"}}, {"A": {"M": {}}})),
    *({"M": {"time": {"N": time}, "nonces": {"SS": ["n"]}}} for time in ("1", "1.5")),
    *({"M": {"time": {"N": "1"}, "nonces": found}} for found in ({"NS": ["1"]}, {"L": []})),
    *({"SS": found} for found in (["A"], ["A", "TXT"])),
    *({"NS": found} for found in (["1"], ["1", "2"])),
    {"B": b"x"},
    {"BS": [b"x", b"y"]},
]
ANYTHING = st.sampled_from(VALUES)
FLAG = one_of("BOOL", True, False)  # noqa: FBT003 - a value
TIME = one_of("N", "0", "1700000000000", "-1", f"1{'0' * 50}")
KEPT = st.fixed_dictionaries(
    {
        "value": one_of("S", "203.0.113.7", ""),
        "ttl": one_of("N", "60", "0"),
        "stamp": TIME,
    },
    optional={"unverified": FLAG},
)
BROKEN_KEPT = st.builds(
    lambda kept, name, value: {**kept, name: value},
    KEPT,
    st.sampled_from(["value", "ttl", "stamp", "unverified"]),
    ANYTHING,
)
STATE = st.dictionaries(
    st.sampled_from(["A", "AAAA", "*.A", "TXT", "PREFIX"]),
    st.builds(lambda kept: {"M": kept}, st.one_of(KEPT, BROKEN_KEPT)),
    max_size=2,
).map(lambda state: {"M": state})
CREDENTIALS = one_of("L", [], [{"S": "a"}], [{"S": "a"}, {"S": ""}])
ALWAYS = {
    "disabled": FLAG,
    "adopt": FLAG,
    "wildcard": FLAG,
    "pending": FLAG,
    "address_policy": one_of("S", "source", "public", "any"),
    "tokens": CREDENTIALS,
    "secrets": CREDENTIALS,
    "state": STATE,
    "state_zone": one_of("S", "Z1"),
    "revision": one_of("N", "0", "7"),
    "verified": TIME,
    "changed": TIME,
    "signed": one_of(
        "M", {}, {"time": {"N": "1"}, "nonces": {"SS": ["n"]}}, {"nonces": {"SS": ["n"]}}
    ),
    "note": ANYTHING,
    "created": ANYTHING,
}
OURS = {
    "ttl": one_of("N", "0", "60", "2147483647"),
    "types": one_of("SS", ["A"], ["A", "TXT"]),
    "behind": one_of("S", "router.example.com"),
    "suffix": one_of("S", "::1"),
    "members": one_of("SS", ["nas.example.com"]),
    "prefix_length": one_of("N", "32", "56", "127"),
}
FIELDS = {
    "route_53_zone_id": st.sampled_from(["Z1", "/hostedzone/Z1", "", "Z1/", None, 3, ["Z1"]]),
    "route_53_record_ttl": st.sampled_from(
        [60, "60", " 60 ", "٣", 0, 2**31 - 1, 2**31, -1, 60.0, 60.5, True, None, "x", ""]
    ),
    "route_53_record_type": st.sampled_from(["A", "aaaa", "MX", None, 1]),
    "shared_secret": st.sampled_from(["5ecret", "", "\ud800", 1, None, ["x"]]),
}
VALID = {
    "route_53_zone_id": "Z1",
    "route_53_record_ttl": 60,
    "route_53_record_type": "A",
    "shared_secret": "5ecret",
}
LEFT_OUT = st.sampled_from(["", "", *FIELDS])


def sample(fields: dict[str, Any], left_out: str, below: str) -> dict[str, Any]:
    found = {name: value for name, value in {**VALID, **fields}.items() if name != left_out}
    return {"S": json.dumps({below: found} if below else found)}


DATA = st.one_of(
    st.builds(
        sample,
        st.dictionaries(st.sampled_from(list(FIELDS)), st.none(), max_size=1).flatmap(
            lambda chosen: st.fixed_dictionaries({name: FIELDS[name] for name in chosen})
        ),
        LEFT_OUT,
        st.sampled_from(["", NAME, f"{NAME}.", "Home.Example.com"]),
    ),
    one_of("S", "{", "[]", "null", '"x"', "[" * 5000, f'{{"{NAME}": 3}}', f'{{"{NAME}": ["x"]}}'),
    ANYTHING,
)


def fields_of(strategies: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=strategies)


ITEMS = st.builds(
    lambda key, kind, always, broken: {"hostname": {"S": key}, **kind, **always, **broken},
    st.one_of(st.sampled_from(KEYS), st.sampled_from(KEYS + NO_KEYS)),
    st.one_of(
        st.builds(
            lambda zone, ours: {"zone_id": zone, **ours},
            one_of("S", "Z1", "/hostedzone/Z1", ""),
            fields_of(OURS),
        ),
        fields_of(OURS),
        st.builds(lambda data, ours: {"data": data, **ours}, DATA, fields_of(OURS)),
    ),
    fields_of(ALWAYS),
    st.dictionaries(st.sampled_from(["zone_id", "data", *ALWAYS, *OURS]), ANYTHING, max_size=1),
)
