"""The custom resource that has a sweep done at deployment."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest

from tests.handlers.instance.function import deliver, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.handlers.account import Account, Wire
    from tests.handlers.instance.function import Function

_SIGNATURE = "X-Amz-Signature=SECRET"


class ResponseUrl:
    """Where CloudFormation waits for the answer."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, str, dict[str, str], dict[str, Any]]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.answers.append((self.command, self.path, dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer?{_SIGNATURE}"


@pytest.fixture
def cloudformation() -> Iterator[ResponseUrl]:
    """A loopback server in the place of the signed URL."""
    made = ResponseUrl()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def request(kind: str, url: ResponseUrl) -> dict[str, Any]:
    return event(f"cloudformation_{kind}") | {"ResponseURL": url.url}


@pytest.mark.parametrize("kind", ("create", "update"))
def test_a_deployment_orders_a_sweep_and_answers_at_once(
    account: Account, function: Function, cloudformation: ResponseUrl, wire: Wire, kind: str
) -> None:
    asked = request(kind, cloudformation)
    wire.reset()
    assert function(asked) is None
    assert wire.count() == {"SendMessage": 1}
    ((method, path, headers, answer),) = cloudformation.answers
    assert (method, path) == ("PUT", f"/answer?{_SIGNATURE}")
    assert headers["Content-Type"] == ""
    assert answer == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "DdnsFirstSweepDE369375",
        "StackId": asked["StackId"],
        "RequestId": asked["RequestId"],
        "LogicalResourceId": asked["LogicalResourceId"],
    }
    (order,) = account.receive()
    assert json.loads(order["Body"]) == event("schedule_order")


def test_the_sweep_that_it_ordered_names_instances_that_ran_before(
    account: Account, function: Function, cloudformation: ResponseUrl
) -> None:
    account.launch(ZONE="example.internal")
    function(request("create", cloudformation))
    assert account.records(account.private) == {}
    assert deliver(account, function) == []
    assert len(account.records(account.private)) == len(account.records(account.reverse)) == 1


def test_a_deletion_is_answered_and_leaves_all_as_it_is(
    account: Account, function: Function, cloudformation: ResponseUrl, wire: Wire
) -> None:
    wire.reset()
    function(request("delete", cloudformation))
    assert [answer["Status"] for *_, answer in cloudformation.answers] == ["SUCCESS"]
    assert wire.calls == []
    assert account.receive() == []


def test_where_no_sweep_can_be_ordered_the_deployment_fails_and_says_why(
    function: Function, cloudformation: ResponseUrl, wire: Wire
) -> None:
    wire.fail_next("SendMessage", "AccessDenied", 403, message="not authorized")
    function(request("create", cloudformation))
    ((*_, answer),) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("no sweep could be ordered: ")
    assert "not authorized" in answer["Reason"]


def test_an_answer_that_is_not_taken_is_an_error_that_does_not_tell_the_signed_url(
    function: Function, cloudformation: ResponseUrl, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudformation.status = 403
    with pytest.raises(HTTPError) as caught:
        function(request("create", cloudformation))
    assert "SECRET" not in str(caught.value) + capsys.readouterr().out
    caught.value.close()
