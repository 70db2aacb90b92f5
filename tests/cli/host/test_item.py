"""The command line reads an item as the function does, whatever somebody wrote into it."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddns.adapters import hosts
from ddns_constructs.cli.host import view
from ddns_constructs.cli.host.item import HostItem
from ddns_constructs.cli.host.values import read_value

if TYPE_CHECKING:
    from ddns.core.client.hosts import Host
    from tests.cli.conftest import Administrator

NAME = "home.example.com"
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc)
KEYS = (NAME, f"{NAME}.", "Home.Example.com", "*.example.com", f" {NAME}", "tür.example.com")
NO_KEYS = ("home", "-x.example.com", "a b.example.com", f"{NAME}..", "[red]x", "*", "\x1b[31m.com")
KEPT_TEXT = {"ttl": {"N": "60"}, "stamp": {"N": "1"}}
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
    optional={"fresh": FLAG},
)
BROKEN_KEPT = st.builds(
    lambda kept, name, value: {**kept, name: value},
    KEPT,
    st.sampled_from(["value", "ttl", "stamp", "fresh"]),
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
    "shared_secret": st.sampled_from(["secret", "", "\ud800", 1, None, ["x"]]),
}
VALID = {
    "route_53_zone_id": "Z1",
    "route_53_record_ttl": 60,
    "route_53_record_type": "A",
    "shared_secret": "secret",
}
LEFT_OUT = st.sampled_from(["", "", *FIELDS])


def article(fields: dict[str, Any], left_out: str, below: str) -> dict[str, Any]:
    found = {name: value for name, value in {**VALID, **fields}.items() if name != left_out}
    return {"S": json.dumps({below: found} if below else found)}


DATA = st.one_of(
    st.builds(
        article,
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


def of_the_function(raw: dict[str, Any]) -> Host | None:
    """Return the host; one without a zone is none that the function would write."""
    try:
        found = hosts._host(raw)
    except hosts._BROKEN:
        return None
    return found if found.zone_id else None


def of_the_command_line(raw: dict[str, Any]) -> HostItem:
    return HostItem({name: read_value(value) for name, value in raw.items()})


PLAIN = {"hostname": {"S": NAME}, "zone_id": {"S": "Z1"}}
OF_THE_BLOG_SAMPLE = {"hostname": {"S": NAME}, "data": article({}, "", "")}
SET = {"value": {"S": "203.0.113.7"}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}


@pytest.mark.parametrize("name", ("zone_id", "data", *ALWAYS, *OURS))
@pytest.mark.parametrize("base", (PLAIN, OF_THE_BLOG_SAMPLE), ids=("ours", "article"))
def test_whatever_an_attribute_is_both_read_it_alike(base: dict[str, Any], name: str) -> None:
    check_alike(base)
    for value in VALUES:
        check_alike({**base, name: value})


@pytest.mark.parametrize("name", ("value", "ttl", "stamp", "fresh"))
def test_whatever_is_kept_both_read_it_alike(name: str) -> None:
    for value in VALUES:
        check_alike({**PLAIN, "state": {"M": {"A": {"M": {**SET, name: value}}}}})


@pytest.mark.parametrize("key", KEYS + NO_KEYS, ids=ascii)
def test_whatever_the_key_is_both_read_it_alike(key: str) -> None:
    for base in (PLAIN, OF_THE_BLOG_SAMPLE):
        check_alike({**base, "hostname": {"S": key}})


def test_a_secret_with_half_a_character_is_none_to_both() -> None:
    check_alike({**OF_THE_BLOG_SAMPLE, "data": article({"shared_secret": "\ud800"}, "", "")})


def test_an_empty_secret_of_the_blog_sample_leaves_no_other() -> None:
    data = article({"shared_secret": ""}, "", "")
    check_alike({**OF_THE_BLOG_SAMPLE, "data": data, "secrets": {"L": [{"S": "a"}]}})


@given(ITEMS)
@settings(max_examples=500)
def test_an_item_is_usable_exactly_where_the_function_uses_it(raw: dict[str, Any]) -> None:
    check_alike(raw)


def check_alike(raw: dict[str, Any]) -> None:
    item, host = of_the_command_line(raw), of_the_function(raw)
    assert (item.problem == "") == (host is not None), item.problem
    if host is None:
        return
    assert (item.name, item.zone_id, item.ttl) == (host.name, host.zone_id, host.ttl)
    assert set(item.types) == (host.types or set())
    assert item.credentials == (host.tokens, host.secrets)
    assert (item.flag("disabled"), item.flag("adopt")) == (host.disabled, host.adopt)
    if not item.article:
        assert item.names("members") == sorted(host.members)
        assert (item.number("prefix_length") or 64) == host.prefix_length
    here = {"S": host.zone_id}
    if raw.get("state_zone", here) == here:
        assert item.kept == {kind: kept for kind, kept in host.kept.items() if kept.value}


@given(ITEMS)
def test_whatever_an_item_holds_it_can_be_shown(raw: dict[str, Any]) -> None:
    item = of_the_command_line(raw)
    view.print_json([view.about(item)])
    view.show_hosts([item], NOW)
    view.show_host(item, NOW)


@pytest.mark.parametrize(
    "broken",
    (
        {"types": {"NS": ["1", "2"]}},
        {"members": {"NS": ["1", "2"]}},
        {"tokens": {"L": [{"N": "1"}]}},
        {"ttl": {"N": f"1{'0' * 50}"}},
        {"verified": {"N": f"1{'0' * 30}"}, "changed": {"N": f"-1{'0' * 30}"}},
        {"changed": {"S": "yesterday"}},
        {"suffix": {"S": "nonsense"}},
    ),
    ids=str,
)
def test_what_is_odd_about_an_item_hides_no_other(
    admin: Administrator, broken: dict[str, Any]
) -> None:
    admin.host("add", NAME)
    admin.put({"hostname": {"S": "odd.example.com"}, "zone_id": {"S": "Z1"}, **broken})
    assert NAME in admin.host("list")
    names = {each["host"] for each in json.loads(admin.host("list", "--json"))}
    assert names == {NAME, "odd.example.com"}
    assert "odd.example.com" in admin.host("show", "odd.example.com")
    admin.host("remove", "odd.example.com", "--yes", "--keep-record")


def test_a_key_that_is_no_host_name_is_reported_and_hides_no_other(admin: Administrator) -> None:
    admin.host("add", NAME)
    admin.put({"hostname": {"S": "home"}, "zone_id": {"S": "Z1"}})
    (line,) = [each for each in admin.host("list").splitlines() if each.startswith("home ")]
    assert re.search(r"unusable  its key is no host name: delete it in DynamoDB *$", line)


# ------------------------------------------------------------------ as it is written


def test_markup_in_keys_and_notes_is_shown_as_it_is(admin: Administrator) -> None:
    admin.host("add", NAME, "--note", "[red]the cabin[/red]")
    admin.put({"hostname": {"S": "[bold]x[/].example.com"}, "zone_id": {"S": "Z1"}})
    assert "[bold]x[/].example.com" in admin.host("list")
    assert re.search(r"^note +\[red\]the cabin\[/red\]$", admin.host("show", NAME), re.MULTILINE)


@pytest.mark.parametrize("control", ("\x1b[31m", "\x9b31m", "\u202e", "\r", "\n", "\x07"))
def test_what_is_written_into_an_item_does_nothing_to_a_terminal(
    admin: Administrator, control: str
) -> None:
    admin.put(
        {
            "hostname": {"S": NAME},
            "zone_id": {"S": "Z1"},
            "note": {"S": f"be{control}fore"},
            "behind": {"S": f"be{control}fore"},
            "state": {"M": {"A": {"M": KEPT_TEXT | {"value": {"S": f"be{control}fore"}}}}},
        }
    )
    admin.put({"hostname": {"S": f"be{control}fore"}, "zone_id": {"S": "Z1"}})
    escaped = control.encode("unicode_escape").decode()
    shown = admin.host("list")
    assert len(shown.splitlines()) == 3
    assert shown.count(f"be{escaped}fore") == 3
    for words in (["list"], ["show", NAME], ["list", "--json"], ["show", NAME, "--json"]):
        assert f"be{control}fore" not in admin.host(*words)
    assert f"be{escaped}fore\n" in admin.host("show", NAME)
    assert json.loads(admin.host("show", NAME, "--json"))["note"] == f"be{control}fore"
