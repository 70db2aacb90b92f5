"""What ClientDdns answers a request that a client makes of its settings: the real handler does."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from tests.handlers.client.events import http_event
from tests.handlers.client.function import TABLE, ClientFunction, put_records

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "home.example.com"
TOKEN = "k7mq2x9wt4hz8rnv3pcy6jbdfa"  # noqa: S105 - of nobody
IPV4, IPV6 = "176.32.100.36", "2600:1f14:1:2::7"
URL = "https://ddns.example.com/"
DETROUBLES = {"DDNS_TROUBLE_STATUS": "503", "DDNS_REFUSAL_STATUS": "403"}
"""What the construct deploys by default."""


class Answer(NamedTuple):
    """An answer; status 0: the connection breaks off."""

    status: int
    body: str


THROTTLED = {
    # AWS answers in place of the function: a function URL beyond the function's concurrency,
    "throttled by Lambda": Answer(
        429,
        '{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
    ),
    # and an HTTP API beyond its throttle.
    "throttled by API Gateway": Answer(429, '{"message":"Too Many Requests"}'),
}
BROKEN_OFF = Answer(0, "")


ITEM = {
    "hostname": {"S": HOST},
    "zone_id": {"S": "Z1EXAMPLE"},
    "tokens": {"L": [{"S": sha256(TOKEN.encode()).hexdigest()}]},
    "address_policy": {"S": "public"},
}


class Situation(NamedTuple):
    """What has to be so that an answer is given.

    Attributes:
        item: What differs in the host's item.
        password: The one that is sent.
        source: Where the request comes from.
        before: The address that the host has already.
        again: Whether the answer is that to a second, equal request.
        prepare: Does the rest.
    """

    item: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it
    password: str = TOKEN
    source: str = IPV4
    before: str = ""
    again: bool = False
    prepare: Callable[[ClientFunction], None] = lambda _: None


def _foreign_records(function: ClientFunction) -> None:
    put_records(function.route53, {f"{HOST}. A": "60 192.0.2.1 192.0.2.2"})
    put_records(function.route53, {f"{HOST}. AAAA": "60 2001:db8::1 2001:db8::2"})


def _no_table(function: ClientFunction) -> None:
    for operation in ("get_item", "batch_get_item"):
        function.fail(f"dynamodb {operation} InternalServerError")


SUCCESSES = {
    "good": Situation(),
    "nochg": Situation(again=True),
    "good with both families": Situation(before=IPV6),
    "nochg with both families": Situation(before=IPV6, again=True),
}
REFUSALS = {
    "badauth": Situation(password=TOKEN[::-1]),
    "abuse": Situation({"address_policy": {"S": "source"}}, source="127.0.0.1"),
    "nohost": Situation({"zone_id": {"S": "Z3UNLISTED"}}),
}
TROUBLES = {
    "dnserr": Situation(prepare=_foreign_records),
    "911": Situation(prepare=_no_table),
}
SITUATIONS = {**SUCCESSES, **REFUSALS, **TROUBLES}


class Endpoint:
    """The endpoint of a deployment that has a host.

    Args:
        dynamodb: A client, of a table that is there.
        situation: What to be prepared for.
        settings: Variables that differ from what the construct deploys.
    """

    def __init__(self, dynamodb: Any, situation: Situation, **settings: str) -> None:  # noqa: ANN401 - a client
        dynamodb.put_item(TableName=TABLE, Item=ITEM | situation.item)
        self._function = ClientFunction(dynamodb, **{**DETROUBLES, **settings})
        self._situation = situation
        if situation.before:
            self._ask(f"{URL}nic/update?hostname={HOST}&myip={situation.before}", TOKEN)
        situation.prepare(self._function)

    def answer(self, url: str) -> Answer:
        """Answer a client that calls this URL; credentials in it are sent, else the token is."""
        found = self._ask(url, self._situation.password)
        return self._ask(url, self._situation.password) if self._situation.again else found

    def records(self) -> dict[str, str]:
        """Return what the zone holds of the host, by type."""
        records = self._function.records().items()
        return {name.split()[1]: value for name, value in records if name.startswith(f"{HOST}. ")}

    def _ask(self, url: str, password: str) -> Answer:
        parts = urlsplit(url)
        assert parts.scheme == "https", "a function URL has no other"
        user = unquote(parts.username or HOST)
        if password == TOKEN and parts.password:
            password = unquote(parts.password)
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        event = http_event(
            f"GET {parts.path}?{parts.query} HTTP/1.1",
            [f"Authorization: Basic {login}"],
            source=self._situation.source,
        )
        answer = self._function(event)
        return Answer(answer["statusCode"], answer["body"])
