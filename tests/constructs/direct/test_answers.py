"""The errors that API Gateway itself answers with, and the headers of all answers."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from aws_cdk import aws_cognito as cognito

from ddns_constructs import DirectAccess, DirectResponse
from tests.constructs.direct.bench import Direct

_MEANING = {
    "ACCESS_DENIED": "denied",
    "EXPIRED_TOKEN": "denied",
    "INVALID_API_KEY": "denied",
    "INVALID_SIGNATURE": "denied",
    "UNAUTHORIZED": "denied",
    "WAF_FILTERED": "denied",
    "QUOTA_EXCEEDED": "busy",
    "THROTTLED": "busy",
    "DEFAULT_4XX": "unusable",
    "UNSUPPORTED_MEDIA_TYPE": "unusable",
    "DEFAULT_5XX": "failed",
    "MISSING_AUTHENTICATION_TOKEN": "notfound",
    "RESOURCE_NOT_FOUND": "notfound",
}
_RESPONSES = {
    "dyndns2": DirectResponse.dyndns2(),
    "json": DirectResponse.json(),
    "empty": DirectResponse.empty(),
    "raw": DirectResponse.raw(),
}
_TYPES = {
    "dyndns2": "text/plain",
    "json": "application/json",
    "empty": "text/plain",
    "raw": "text/xml",
}


def _texts(direct: Direct) -> dict[str, str]:
    return {
        type_: each["ResponseTemplates"]["application/json"]
        for type_, each in direct.gateway_responses().items()
    }


def test_json_says_what_is_the_matter() -> None:
    texts = _texts(Direct(response=DirectResponse.json()))
    assert {type_: json.loads(text) for type_, text in texts.items()} == {
        type_: {"result": meaning} for type_, meaning in _MEANING.items()
    }


def test_dyndns2_has_a_word_for_each() -> None:
    words = {
        "busy": "911",
        "denied": "badauth",
        "failed": "911",
        "notfound": "notfound",
        "unusable": "badrequest",
    }
    assert _texts(Direct()) == {type_: words[meaning] for type_, meaning in _MEANING.items()}


def test_empty_says_nothing() -> None:
    texts = _texts(Direct(response=DirectResponse.empty()))
    assert set(texts) == set(_MEANING)
    assert {text.strip() for text in texts.values()} == {""}


def test_raw_has_the_shape_of_route53() -> None:
    for text in _texts(Direct(response=DirectResponse.raw())).values():
        root = ET.fromstring(text)  # noqa: S314 - of this library's own making
        assert (root.tag, root[0].tag, root[0][0].tag) == ("ErrorResponse", "Error", "Code")


@pytest.mark.parametrize("response", _RESPONSES)
def test_no_text_is_api_gateways_own(response: str) -> None:
    for text in _texts(Direct(response=_RESPONSES[response])).values():
        assert "$context" not in text
        assert "message" not in text.lower()


def test_a_wrong_path_is_not_found_where_nothing_is_signed() -> None:
    missing = Direct().gateway_responses()["MISSING_AUTHENTICATION_TOKEN"]
    assert missing["StatusCode"] == "404"


def test_a_request_without_signature_is_denied_where_it_needs_one() -> None:
    direct = Direct(access=DirectAccess.iam())
    missing = direct.gateway_responses()["MISSING_AUTHENTICATION_TOKEN"]
    assert "StatusCode" not in missing
    assert missing["ResponseTemplates"] == {"application/json": "badauth"}


def test_every_other_status_is_api_gateways_own() -> None:
    for type_, each in Direct().gateway_responses().items():
        assert ("StatusCode" in each) is (type_ == "MISSING_AUTHENTICATION_TOKEN")


@pytest.mark.parametrize("response", _RESPONSES)
def test_every_answer_says_its_type_and_is_not_kept(response: str) -> None:
    direct = Direct(response=_RESPONSES[response])
    for each in direct.gateway_responses().values():
        assert each["ResponseParameters"] == {
            "gatewayresponse.header.Cache-Control": "'no-store'",
            "gatewayresponse.header.Content-Type": f"'{_TYPES[response]}'",
        }
    for method in direct.methods():
        declared = {each["StatusCode"] for each in method.properties["MethodResponses"]}
        assert declared == {"200", "403", "404", "429", "502"}
        for status in ("200", "403", "400", "500"):
            assert method.answer(status).headers == {
                "method.response.header.Cache-Control": "'no-store'",
                "method.response.header.Content-Type": f"'{_TYPES[response]}'",
            }


def test_a_pool_makes_no_other_answers() -> None:
    stack = Direct().stack
    pool = cognito.UserPool(stack, "Pool")
    access = DirectAccess.cognito(user_pools=[pool], subjects={"a": "home"})
    assert access.is_signed is False
    assert access.has_keys is False
