"""What callers are answered, by what Route 53 said; on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from tests.vtl.apis import ADDRESSES, IPV4, RESPONSES, answering
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
# Status and body, as Route 53 has them.
_SAID = {
    "done": ("200", f'<ChangeResourceRecordSetsResponse xmlns="{_NAMESPACE}"><ChangeInfo/>'),
    "accepted": ("202", ""),
    "throttled": ("400", _error("Throttling", "Rate exceeded")),
    "throttled otherwise": ("400", _error("ThrottlingException", "Rate exceeded")),
    "busy": ("400", _error("PriorRequestNotComplete", "The request was rejected")),
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


def _answer(engine: Engine, response: str, said: str, source: str = IPV4) -> tuple[str, str]:
    """Return status and body of an answer, as API Gateway makes them."""
    status, body = _SAID[said]
    declared, template, _ = answering(response).method("/update").answer(status)
    values = {"context.identity.sourceIp": source, "input.body": body}
    rendered = engine.render(template, values)
    return rendered.status or declared, rendered.text


def _all(engine: Engine, response: str) -> dict[str, tuple[str, str]]:
    return {
        f"{said} by {family}": _answer(engine, response, said, address)
        for said in _SAID
        for family, address in ADDRESSES.items()
    }


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
        ("busy", "429"),
        ("denied", "403"),
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
        result = {"200": "good", "429": "busy", "403": "denied", "502": "failed"}[status]
        assert json.loads(body)["result"] == result


@pytest.mark.parametrize(
    ("said", "body"),
    (("done", f"good {IPV4}"), ("busy", "911"), ("denied", "badauth"), ("invalid", "dnserr")),
)
def test_dyndns2_speaks_in_its_own_words(engine: Engine, said: str, body: str) -> None:
    assert _answer(engine, "dyndns2", said)[1] == body


def test_a_status_is_overridden_where_route53_was_busy_and_only_there(engine: Engine) -> None:
    template = answering("dyndns2").method("/update").answer("400").template
    busy = engine.render(template, {"input.body": _SAID["throttled"][1]})
    invalid = engine.render(template, {"input.body": "<Code>Other</Code>Throttling"})
    assert (busy, invalid) == (Rendered("911", "429"), Rendered("dnserr"))
