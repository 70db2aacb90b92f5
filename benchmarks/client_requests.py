"""What one request costs ClientDdns: calls to AWS, clients made, processor time."""

from __future__ import annotations

import base64
import contextlib
import hmac
import importlib
import io
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from unittest import mock

import botocore.session
import urllib3

TABLE, ZONE, NAME = "hosts", "Z0123456789EXAMPLE", "home.example.com"
TOKEN = "k7mq2x9wt4hz8rnv3pcy6jbdfa"  # noqa: S105 - of nobody
SECRET = "q4Zt9mWx7Rk2Hc6Vb8Np3Jd5Yf4Gs9Lt2Xw7Mz6Qr8K"  # noqa: S105 - likewise
ADDRESS, OTHER = "176.32.100.36", "52.95.110.1"
_ROUNDS, _CALLS = 60, 40


def environment() -> dict[str, str]:
    """Return the environment that the construct gives the function."""
    return {
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_LAMBDA_FUNCTION_NAME": "ddns",
        "DDNS_TABLE": TABLE,
        "DDNS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/queue",
        "DDNS_DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
        "DDNS_ZONES": json.dumps([{"id": ZONE, "name": "example.com"}]),
        "DDNS_TTL": "60",
        "DDNS_RECORD_TYPES": '["A", "AAAA"]',
        "DDNS_ALLOWED_NAMES": "[]",
        "DDNS_VERIFY_INTERVAL": "3600",
        "DDNS_PROTOCOLS": '["seed", "dyndns2", "checkip", "signed"]',
        "DDNS_BAD_AUTH_STATUS": "401",
        "DDNS_TROUBLE_STATUS": "503",
        "DDNS_REFUSAL_STATUS": "403",
        "DDNS_CHANGE_INTERVAL": "5",
        "DDNS_ALLOWED_CIDRS": "[]",
        "DDNS_ORIGIN_DIGESTS": "[]",
        "DDNS_ENDPOINT_NAMES": "[]",
        "DDNS_ADDRESS_POLICY": "source",
        "DDNS_OFFLINE": "false",
        "DDNS_WATCHED_HOSTS": "[]",
    }


# ---------------------------------------------------------------- events


def poll(name: str = NAME, address: str = ADDRESS, now: float | None = None) -> dict[str, Any]:
    """Return a dyndns2 request."""
    login = base64.b64encode(f"home:{TOKEN}".encode()).decode()
    headers = {"authorization": "Basic " + login, "user-agent": "ddclient/4.0.0"}
    return event("GET", "/nic/update", headers, f"hostname={name}&myip={address}", now=now)


def seed_poll(address: str = ADDRESS) -> dict[str, Any]:
    """Return a request of the AWS blog sample's protocol."""
    digest = sha256(f"{address}{NAME}{SECRET}".encode()).hexdigest()
    body = {"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": digest}
    headers = {"content-type": "application/json"}
    return event("POST", "/", headers, body=json.dumps(body), source=address)


def signed_poll(number: int) -> dict[str, Any]:
    """Return a signed request; each number has a nonce of its own."""
    body, now = json.dumps({"host": NAME}), int(time.time())
    digest = sha256(body.encode()).hexdigest()
    lines = ("ddns1", "POST", "/v1/update", NAME, "auto", str(now), f"nonce-{number:08}", digest)
    headers = {
        "x-ddns-time": str(now),
        "x-ddns-nonce": f"nonce-{number:08}",
        "x-ddns-signature": "v1="
        + hmac.new(SECRET.encode(), "\n".join(lines).encode(), "sha256").hexdigest(),
    }
    return event("POST", "/v1/update", headers, body=body)


def event(
    method: str,
    path: str,
    headers: dict[str, str],
    query: str = "",
    *,
    body: str = "",
    source: str = ADDRESS,
    now: float | None = None,
) -> dict[str, Any]:
    """Return an event of a function URL."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "example.lambda-url.us-east-1.on.aws", "accept": "*/*", **headers},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": source},
            "timeEpoch": int((time.time() if now is None else now) * 1000),
        },
        "body": body,
        "isBase64Encoded": False,
    }


# ---------------------------------------------------------------- AWS, answered on the spot


class _Transport:
    """Answers in place of the connections whatever the clients send, and counts it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        stamp = {"N": str(int(time.time()) * 1000)}
        kept = {"value": {"S": ADDRESS}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}
        item = {
            "hostname": {"S": NAME},
            "zone_id": {"S": ZONE},
            "types": {"SS": ["A", "AAAA"]},
            "tokens": {"L": [{"S": sha256(TOKEN.encode()).hexdigest()}]},
            "secrets": {"L": [{"S": SECRET}]},
            "address_policy": {"S": "public"},
            "created": {"S": "2026-01-01T00:00:00+00:00"},
            "state": {"M": {"A": {"M": kept}}},
            "revision": {"N": "7"},
            "verified": stamp,
            "changed": stamp,
        }
        self._answers = {
            "GetItem": json.dumps({"Item": item}).encode(),
            "UpdateItem": b"{}",
            "ChangeResourceRecordSets": (
                b"<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C1</Id>"
                b"<Status>PENDING</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt>"
                b"</ChangeInfo></ChangeResourceRecordSetsResponse>"
            ),
        }

    def urlopen(self, *_: object, headers: Any, **__: object) -> urllib3.HTTPResponse:  # noqa: ANN401 - urllib3's
        """Answer a request; Route 53 is the one whose requests have no target in a header."""
        target = headers.get("X-Amz-Target", b".ChangeResourceRecordSets")
        text = target if isinstance(target, str) else target.decode()
        operation = text.rpartition(".")[2]
        self.counts[operation] += 1
        body = io.BytesIO(self._answers[operation])
        return urllib3.HTTPResponse(body, status=200, preload_content=False)


class _Context:
    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


class Running:
    """The handler, started cold, on clients whose requests are answered on the spot."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.transport = _Transport()
        self.made: list[str] = []
        session = botocore.session.get_session()
        create = session.create_client

        def client(name: str, **options: Any) -> Any:  # noqa: ANN401 - boto3's
            self.made.append(name)
            return create(name, **options)  # type: ignore[call-overload]  # any service

        stack.enter_context(mock.patch.dict(os.environ, environment()))
        stack.enter_context(mock.patch.object(session, "create_client", client))
        stack.enter_context(mock.patch("botocore.session.get_session", return_value=session))
        pool = urllib3.HTTPSConnectionPool
        stack.enter_context(mock.patch.object(pool, "urlopen", self.transport.urlopen))
        quiet = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - the stack closes it
        stack.enter_context(contextlib.redirect_stdout(quiet))
        module = importlib.import_module("ddns.handlers.client")
        self._handler = importlib.reload(module).handler
        self._bare = session.create_client("dynamodb")

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """Handle a request, which has to be a success."""
        answer = self.refused(event)
        if answer["statusCode"] not in (200, 201) or answer["body"] == "911":
            raise AssertionError(f"the handler failed: {answer}")
        return answer

    def refused(self, event: dict[str, Any]) -> dict[str, Any]:
        """Handle a request, whatever comes of it."""
        answer: dict[str, Any] = self._handler(event, _Context())
        return answer

    def bare(self) -> None:
        """Read the item with boto3 as it is, and do nothing else."""
        self._bare.get_item(TableName=TABLE, Key={"hostname": {"S": NAME}}, ConsistentRead=True)


@contextlib.contextmanager
def running() -> Iterator[Running]:
    """Start the handler, warm it up, and forget what that took."""
    with contextlib.ExitStack() as stack:
        handler = Running(stack)
        for event in (poll(), poll(address=OTHER), seed_poll()):
            handler(event)
        handler.transport.counts.clear()
        handler.made.clear()
        yield handler


# ---------------------------------------------------------------- what is measured


def counted() -> dict[str, Counter[str]]:
    """Count the calls of warm requests, and the clients made for all of them."""
    found: dict[str, Counter[str]] = {}
    with running() as handler:
        for what, event in {
            "dyndns2 unchanged": poll(),
            "seed unchanged": seed_poll(),
            "dyndns2 changed": poll(address=OTHER),
            "seed changed": seed_poll(OTHER),
            "signed unchanged": signed_poll(0),
        }.items():
            handler.transport.counts.clear()
            handler(event)
            found[what] = handler.transport.counts.copy()
        found["clients"] = Counter(handler.made)
    return found


def processor_ratio(protocol: str = "dyndns2") -> float:
    """Return the processor time of an unchanged poll over that of one bare ``get_item``.

    The least of interleaved rounds counts: what else the machine does only ever adds.
    """
    events = {
        "dyndns2": [poll()] * _CALLS,
        "seed": [seed_poll()] * _CALLS,
        "signed": [signed_poll(number) for number in range(_CALLS)],
    }[protocol]
    bare: list[float] = []
    ours: list[float] = []
    with running() as handler:
        for _ in range(_ROUNDS):
            bare.append(_seconds(lambda: [handler.bare() for _ in range(_CALLS)]))
            ours.append(_seconds(lambda: [handler(event) for event in events]))
    return min(ours) / min(bare)


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before
