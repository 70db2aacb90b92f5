"""What AWS denies the function is never answered as the client's own mistake.

A new role takes effect some time after it is made, so the first calls after a deployment may be
denied: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, "Changes that I make are
not always immediately visible". To a dyndns2 client `badauth` is final: it never asks again.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.handlers.client.events import http_event
from tests.handlers.client.test_function import HOME, NEW, OFFICE, TOKEN, deployed, item
from tests.handlers.client.test_leaks import NAME, SECRETS, dyndns2, host, seed, signed

if TYPE_CHECKING:
    from tests.handlers.client.function import ClientFunction

CHANGE, LIST = "change_resource_record_sets", "list_resource_record_sets"
# Every call of AWS on the way of a request, and the codes that say no.
DENIED = (
    "dynamodb get_item AccessDeniedException",
    "dynamodb get_item KMSAccessDeniedException",
    "dynamodb get_item UnrecognizedClientException",
    "dynamodb batch_get_item AccessDeniedException",
    "dynamodb update_item AccessDeniedException",
    f"route53 {CHANGE} AccessDenied",
    f"route53 {LIST} AccessDenied",
    f"route53 {CHANGE} InvalidClientTokenId",
    f"route53 {LIST} InvalidClientTokenId",
)
TROUBLE = {"DDNS_TROUBLE_STATUS": "503", "DDNS_REFUSAL_STATUS": "403"}


def ask(function: ClientFunction, *names: str) -> Any:  # noqa: ANN401 - JSON
    login = base64.b64encode(f"home:{TOKEN}".encode()).decode()
    line = f"GET /nic/update?hostname={','.join(names)}&myip={NEW} HTTP/1.1"
    return function(http_event(line, [f"Authorization: Basic {login}"]))


def repaired(function: ClientFunction) -> None:
    """Let the role take effect."""
    function.table.failing.clear()
    function.route53._failures.clear()
    function.sqs.failing = ""


@pytest.mark.parametrize("known", (True, False), ids=("known", "new"))
@pytest.mark.parametrize("denied", DENIED)
def test_dyndns2_says_dnserr_or_911_and_the_next_request_is_written(
    denied: str, *, known: bool
) -> None:
    items = [item(HOME), item(OFFICE)]
    for each in items if not known else ():
        del each["state"], each["revision"], each["verified"]
    function = deployed(*items, **TROUBLE)
    function.fail(denied)
    answer = ask(function, HOME, OFFICE)
    if known and LIST in denied:  # there is nothing to look at
        assert answer["body"].startswith("good")
    else:
        assert answer["statusCode"] == 503
        assert set(answer["body"].split("\n")) <= {"dnserr", "911"}
    repaired(function)
    # A zone that took a change which the table does not know of has nothing new.
    assert ask(function, HOME, OFFICE)["body"].startswith(("good", "nochg"))
    assert [each.split()[-1] for each in function.records().values()] == [NEW, NEW]


@pytest.mark.parametrize("denied", DENIED)
@pytest.mark.parametrize(
    "event", (dyndns2("&myip=auto"), seed(), signed({})), ids=("dyndns2", "seed", "signed")
)
def test_no_protocol_blames_the_client(denied: str, event: Any) -> None:  # noqa: ANN401 - JSON
    function = deployed(host(NAME, 0, secrets={"L": [{"S": SECRETS[0]}]}), **TROUBLE)
    function.fail(denied)
    answer = function(event)
    if "batch_get_item" in denied:  # which one host does not need
        assert answer["statusCode"] in (200, 201)
        return
    # 409: "the zone does not take it", as somebody else's record set does not.
    assert answer["statusCode"] in (500, 503) or (
        "route53" in denied and answer["statusCode"] == 409
    )
    assert "badauth" not in json.dumps(answer)


def test_a_queue_that_may_not_be_used_yet_is_trouble() -> None:
    function = deployed(item(HOME), **TROUBLE)
    function.fail(f"route53 {CHANGE} Throttling")
    function.fail("sqs send_message AccessDenied")
    answer = ask(function, HOME)
    assert (answer["statusCode"], answer["body"]) == (503, "911")
    repaired(function)
    function.clock.time += 10
    assert ask(function, HOME)["body"] == f"good {NEW}"
