"""What callers are answered, by what Route 53 said; on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from tests.constructs.direct.bench import ZONE_ID
from tests.vtl.apis import ADDRESSES, IPV4, RESPONSES, answering, api_with
from tests.vtl.engines import Airspeed, Rendered

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from tests.vtl.engines import Engine, Velocity

_NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


def _error(code: str, message: str) -> str:
    return (
        f'<?xml version="1.0"?>\n<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>7d1f9e5f-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
    )


_SECRET = "arn:aws:sts::123456789012:assumed-role/Role is not authorized"  # noqa: S105 - of no use
_ACCESSES = ("api_keys", "iam", "cognito", "none")
# Status and body, as Route 53 has them.
_SAID = {
    "done": ("200", f'<ChangeResourceRecordSetsResponse xmlns="{_NAMESPACE}"><ChangeInfo/>'),
    "accepted": ("202", ""),
    "throttled": ("400", _error("Throttling", "Rate exceeded")),
    "throttled otherwise": ("400", _error("ThrottlingException", "Rate exceeded")),
    "throttled in JSON": ("400", '{"__type":"com.amazonaws.route53#Throttling"}'),
    "throttled with a prefix": ("400", "<r:Error><r:Code>Throttling</r:Code></r:Error>"),
    "busy": ("400", _error("PriorRequestNotComplete", "The request was rejected")),
    "busy in JSON": ("400", '{"Error":{"Code":"PriorRequestNotComplete"}}'),
    "invalid": (
        "400",
        (
            f'<InvalidChangeBatch xmlns="{_NAMESPACE}"><Messages><Message>{_SECRET}</Message>'
            "</Messages></InvalidChangeBatch>"
        ),
    ),
    "denied": ("403", _error("AccessDenied", _SECRET)),
    "no such zone": ("404", _error("NoSuchHostedZone", _SECRET)),
    "broken": ("500", _error("InternalFailure", _SECRET)),
    "away": ("503", _error("ServiceUnavailable", _SECRET)),
    "silent": ("502", ""),
}


_NO_ADDRESS = "203.0.113.9:49152"


def _answer(
    engine: Engine,
    response: str,
    said: str,
    *,
    source: str = IPV4,
    access: str = "api_keys",
    stranger: str | None = None,
) -> tuple[str, str]:
    """Return status and body of an answer, as API Gateway makes them, to who has a name or not."""
    status, body = _SAID[said]
    api = answering(response, access)
    declared, template, _ = api.direct.methods()[0].answer(status)
    caller = min(api.callers) if stranger is None else stranger
    rendered = engine.render(template, {**api.values(caller, source), "input.body": body})
    return rendered.status or declared, rendered.text


def _all(engine: Engine, response: str) -> dict[str, tuple[str, str]]:
    known = {
        f"{said} by {family}": _answer(engine, response, said, source=address)
        for said in _SAID
        for family, address in {**ADDRESSES, "no address": _NO_ADDRESS}.items()
    }
    denied = {
        f"denied, {who} by {access}": _answer(
            engine, response, "denied", access=access, stranger=stranger
        )
        for access in _ACCESSES
        for who, stranger in (("one with a name", None), ("a stranger", "nobody"))
    }
    return {**known, **denied}


@pytest.mark.parametrize("response", RESPONSES)
def test_every_answer_is_the_golden_one(snapshot: SnapshotAssertion, response: str) -> None:
    assert _all(Airspeed(), response) == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("response", RESPONSES)
def test_both_engines_make_the_same_bytes(velocity: Velocity, response: str) -> None:
    assert _all(velocity, response) == _all(Airspeed(), response)


@pytest.mark.parametrize("response", RESPONSES)
@pytest.mark.parametrize(
    ("said", "status"),
    (
        ("done", "200"),
        ("accepted", "200"),
        ("throttled", "429"),
        ("throttled otherwise", "429"),
        ("throttled in JSON", "429"),
        ("throttled with a prefix", "429"),
        ("busy", "429"),
        ("busy in JSON", "429"),
        ("denied", "502"),
        ("invalid", "502"),
        ("no such zone", "502"),
        ("broken", "502"),
        ("away", "502"),
        ("silent", "502"),
    ),
)
def test_the_status_says_whether_trying_again_helps(
    engine: Engine, response: str, said: str, status: str
) -> None:
    assert _answer(engine, response, said)[0] == status


@pytest.mark.parametrize("response", ("dyndns2", "json", "empty"))
def test_no_text_of_route53_reaches_a_caller(engine: Engine, response: str) -> None:
    for said in _SAID:
        _, body = _answer(engine, response, said)
        assert "<" not in body
        assert "arn:" not in body


def test_raw_is_route53_word_by_word(engine: Engine) -> None:
    for said, (_, body) in _SAID.items():
        assert _answer(engine, "raw", said)[1] == body


def test_empty_is_empty(engine: Engine) -> None:
    assert {_answer(engine, "empty", said)[1] for said in _SAID} == {""}


def test_json_is_json(engine: Engine) -> None:
    for said in _SAID:
        status, body = _answer(engine, "json", said)
        result = {"200": "good", "429": "busy", "502": "failed"}[status]
        assert json.loads(body)["result"] == result


@pytest.mark.parametrize(
    ("said", "body"),
    (("done", f"good {IPV4}"), ("busy", "911"), ("denied", "911"), ("invalid", "dnserr")),
)
def test_dyndns2_speaks_in_its_own_words(engine: Engine, said: str, body: str) -> None:
    assert _answer(engine, "dyndns2", said)[1] == body


def test_a_status_is_overridden_where_route53_was_busy_and_only_there(engine: Engine) -> None:
    template = answering("dyndns2").direct.method("/update").answer("400").template
    busy = engine.render(template, {"input.body": _SAID["throttled"][1]})
    # Route 53 writes names in small letters, so a name is no word of its own.
    name = "Tried to create [name='throttling.example.com.', type='A'] but it already exists"
    invalid = engine.render(template, {"input.body": name})
    assert (busy, invalid) == (Rendered("911", "429"), Rendered("dnserr"))


# ---------------------------------------------------------------- where IAM says no


@pytest.mark.parametrize("response", RESPONSES)
@pytest.mark.parametrize("access", _ACCESSES)
def test_a_role_that_is_not_known_yet_is_no_fault_of_the_callers(
    engine: Engine, response: str, access: str
) -> None:
    status, body = _answer(engine, response, "denied", access=access)
    assert status == "502"  # what clients of HTTP try again
    assert "badauth" not in body
    assert "denied" not in body


@pytest.mark.parametrize("stranger", ("nobody", "www.example.com", "HOME.example.com"))
@pytest.mark.parametrize(
    ("access", "answer"),
    (
        ("api_keys", ("403", "badauth")),
        ("cognito", ("403", "badauth")),
        ("iam", ("404", "notfound")),
        ("none", ("404", "notfound")),
    ),
)
def test_who_has_no_name_is_refused_for_good(
    engine: Engine, access: str, answer: tuple[str, str], stranger: str
) -> None:
    assert _answer(engine, "dyndns2", "denied", access=access, stranger=stranger) == answer


@pytest.mark.parametrize(
    ("zone", "answer"),
    ((ZONE_ID, ("502", "911")), ("", ("502", "911")), ("Z0ANOTHER", ("403", "badauth"))),
)
def test_another_zone_in_the_path_is_the_callers_mistake(
    engine: Engine, zone: str, answer: tuple[str, str]
) -> None:
    api = api_with("api_keys at the zone's id")
    declared, template, _ = api.direct.methods()[0].answer("403")
    values = {**api.values(min(api.callers), IPV4), "input.params.zone_id": zone}
    rendered = engine.render(template, {**values, "input.body": _SAID["denied"][1]})
    assert (rendered.status or declared, rendered.text) == answer


@pytest.mark.parametrize("access", ("iam", "none"))
def test_where_the_path_cannot_be_read_in_an_answer_nothing_is_final(
    engine: Engine, access: str
) -> None:
    answer = _answer(engine, "dyndns2", "denied", access=access, stranger="")
    assert answer == ("502", "911")


def test_an_address_that_is_none_is_the_reason_that_is_given(engine: Engine) -> None:
    said = [
        _answer(engine, response, "denied", source=_NO_ADDRESS) for response in ("dyndns2", "json")
    ]
    assert said == [("502", "dnserr"), ("502", '{"result":"noaddress"}')]
