"""Whatever a caller sends: one change, of their own name, to a type of their own address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.constructs.direct.bench import ZONE_ID
from tests.vtl.apis import DENIED, IPV4, IPV6, api_with
from tests.vtl.engines import Airspeed
from tests.vtl.route53_xml import parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.vtl.engines import Engine, Velocity


class _Request(NamedTuple):
    access: str
    caller: str
    source: str
    rest: Mapping[str, str]


_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,38}")
_CHANGE = (
    "<Change><Action>DELETE</Action><ResourceRecordSet><Name>www.example.com</Name>"
    "<Type>NS</Type><TTL>1</TTL></ResourceRecordSet></Change>"
)
_FRAGMENTS = (
    IPV4,
    IPV6,
    "::",
    "home.example.com",
    "cabin.example.com",
    "</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>",
    _CHANGE,
    "</Name><Type>NS</Type>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&#10;",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "#set($name = 'cabin.example.com')",
    "#if(true)",
    "#else",
    "#end",
    "#{end}",
    "#stop",
    "#parse('x')",
    "##",
    "#*",
    "*#",
    "$name",
    "${address}",
    "$!source",
    "$names.put('x','cabin.example.com')",
    "$context.identity.sourceIp",
    "$util.escapeJavaScript('x')",
    "$name.getClass().forName('java.lang.Runtime')",
    "'",
    '"',
    "\\",
    "\\u0027",
    "%27",
    "')",
    "})",
    "\n",
    "\r\n",
    "\x00",
    "\ud7ff",
    " ",
)
_HOSTILE = st.one_of(
    st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=4)), max_size=6).map("".join),
    st.text(max_size=60),
)
_SOURCES = st.one_of(_HOSTILE, st.sampled_from((IPV4, IPV6)), st.ip_addresses().map(str))
# All else that a caller can say: a template that looked at it would find it here. The last five
# are the templates' own variables, which nobody can set; they are to be set before they are read.
_ELSEWHERE = (
    "input.body",
    "input.params.zone_id",
    "input.params.hostname",
    "input.params.myip",
    "input.params.X-Forwarded-For",
    "context.identity.apiKey",
    "context.identity.userAgent",
    "context.path",
    "context.requestOverride.path.zone_id",
    "name",
    "names",
    "type",
    "address",
    "source",
)
_ACCESSES = ("api_keys", "cognito", "iam", "none")
_many = settings(max_examples=600, suppress_health_check=list(HealthCheck))


@st.composite
def _requests(draw: st.DrawFn) -> _Request:
    access = draw(st.sampled_from(_ACCESSES))
    api = api_with(access)
    caller = draw(st.sampled_from(sorted(api.callers)))
    if api.variable is not None and draw(st.booleans()):
        caller = draw(_HOSTILE)
    return _Request(access, caller, draw(_SOURCES), dict.fromkeys(_ELSEWHERE, draw(_HOSTILE)))


def _hold(engine: Engine, request: _Request) -> str:
    """Render a request, check all that must hold, and return the text."""
    access, caller, source, rest = request
    api = api_with(access)
    text = engine.render(api.template(), {**rest, **api.values(caller, source)}).text
    said = parameters(text, ZONE_ID)
    (change,) = said["ChangeBatch"]["Changes"]
    record: dict[str, Any] = change["ResourceRecordSet"]
    is_address = _ADDRESS.fullmatch(source) is not None
    assert text.count("<Change>") == 1
    assert change["Action"] == "UPSERT"
    assert record == {
        "Name": api.callers.get(caller, DENIED) if is_address else DENIED,
        "Type": "AAAA" if is_address and ":" in source else "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": source if is_address else "0.0.0.0"}],  # noqa: S104
    }
    return text


@_many
@given(request=_requests())
def test_nothing_that_a_caller_sends_changes_what_is_asked_for(request: _Request) -> None:
    _hold(Airspeed(), request)


@_many
@given(request=_requests())
def test_nor_does_it_on_velocity_which_makes_the_same_bytes(
    velocity: Velocity, request: _Request
) -> None:
    assert _hold(velocity, request) == _hold(Airspeed(), request)


@pytest.mark.parametrize("fragment", _FRAGMENTS)
@pytest.mark.parametrize("access", _ACCESSES)
def test_every_fragment_at_every_place(engine: Engine, access: str, fragment: str) -> None:
    api = api_with(access)
    known = min(api.callers)
    rest = dict.fromkeys(_ELSEWHERE, fragment)
    caller = known if api.variable is None else fragment
    for source in (fragment, f"{IPV4}{fragment}", f"{fragment}{IPV6}", IPV4):
        _hold(engine, _Request(access, known, source, rest))
        _hold(engine, _Request(access, caller, source, rest))


@pytest.mark.parametrize("access", _ACCESSES)
def test_a_template_names_no_variable_but_those_that_are_safe(access: str) -> None:
    api = api_with(access)
    for method in api.direct.methods():
        named = set(re.findall(r"\$(\w+(?:\.\w+)*)", method.request_template))
        assert named <= {
            "names",
            "name",
            "names.get",
            "source",
            "source.matches",
            "source.contains",
            "type",
            "address",
            "context.identity.sourceIp",
            "context.identity.apiKeyId",
            "context.authorizer.claims.sub",
            "input.params",
        }
        # The path is looked up in the map of names; what is printed is the map's.
        asked = re.findall(r"[^\n]*\$input[^\n]*", method.request_template)
        assert all("$names.get($input.params('record_name'))" in line for line in asked)
