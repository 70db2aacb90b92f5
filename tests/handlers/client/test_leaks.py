"""What an answer says: nothing of hosts that are somebody else's, nothing of what lies behind."""

from __future__ import annotations

import base64
import hmac
import json
from collections import Counter
from hashlib import sha256
from typing import Any
from unittest import mock

import pytest

from ddns.core.client import credentials
from tests.handlers.client.events import NOW, SOURCE, http_event
from tests.handlers.client.function import LISTED, SETTINGS, TABLE, ClientFunction, Items

NAME, MINE = "home.example.com", "mine.example.com"
TOKENS = ("k7mq2x9wt4hz8rnv3pcy6jbdfa", "b3fw6zt8yq5mxk2hv9rnc4pjda")
SECRETS = (
    "q4Zt9mWx7Rk2Hc6Vb8Np3Jd5Yf4Gs9Lt2Xw7Mz6Qr8K",
    "h8Rv3Nx6Tq9Wb2Kz5Mc7Pd4Jf8Yg3Ls6Xt9Hw2Qr5Zn",
)
EVERYTHING = {
    "DDNS_OFFLINE": "true",
    "DDNS_RECORD_TYPES": '["A", "AAAA", "TXT"]',
    "DDNS_PROTOCOLS": '["seed", "dyndns2", "checkip", "signed", "query-credentials"]',
}


def host(name: str, *credential: int, key: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the item of a host with some of the credentials."""
    hashes = [{"S": sha256(TOKENS[each].encode()).hexdigest()} for each in credential]
    return {
        "hostname": {"S": key or name},
        "zone_id": {"S": "Z1EXAMPLE"},
        "tokens": {"L": hashes},
        "secrets": {"L": [{"S": SECRETS[each]} for each in credential]},
        **more,
    }


def sample_item(secret: str, key: str) -> dict[str, Any]:
    """Return an item of the AWS blog sample."""
    data = {"route_53_zone_id": "Z1EXAMPLE", "route_53_record_ttl": 60, "shared_secret": secret}
    return {"hostname": {"S": key}, "data": {"S": json.dumps(data)}}


def state(value: str) -> dict[str, Any]:
    """Return the attributes of a host that was set."""
    stamp = {"N": str(int(NOW) * 1000)}
    kept = {"M": {"value": {"S": value}, "ttl": {"N": "60"}, "stamp": stamp}}
    return {"state": {"M": {"A": kept}}, "revision": {"N": "1"}, "verified": stamp}


_OLDER = {**host(NAME, 0, key=NAME + "."), **state("52.95.110.1")}
# What the table may have for a name whose credential the client does not know.
TABLES: dict[str, list[dict[str, Any]]] = {
    "unknown": [],
    "another credential": [host(NAME, 1)],
    "disabled": [host(NAME, 0, disabled={"BOOL": True})],
    "disabled, another credential": [host(NAME, 1, disabled={"BOOL": True})],
    "no credential": [host(NAME)],
    "set to this very address": [host(NAME, 1, **state(SOURCE))],
    "set to another address": [host(NAME, 1, **state("52.95.110.1"))],
    "in no listed zone": [host(NAME, 1, zone_id={"S": "Z3UNLISTED"})],
    "policy any": [host(NAME, 1, address_policy={"S": "any"})],
    "with members": [host(NAME, 1, members={"SS": [MINE]})],
    "under its name with a dot": [host(NAME, 1, key=NAME + ".")],
    "the AWS blog sample's": [sample_item(SECRETS[1], NAME)],
    "the AWS blog sample's with a dot": [sample_item(SECRETS[1], NAME + ".")],
    "broken": [{"hostname": {"S": NAME}, "tokens": {"S": "no list"}}],
    # What cannot be read refuses: an older spelling never answers in its place.
    "broken, and an older spelling": [host(NAME, 0, ttl={"S": "soon"}), _OLDER],
    "disabled, and an older spelling": [host(NAME, 0, disabled={"BOOL": True}), _OLDER],
    "another credential, and an older spelling": [host(NAME, 1), _OLDER],
    "signed before": [
        host(NAME, 1, signed={"M": {"time": {"N": str(int(NOW))}, "nonces": {"SS": ["n-000001"]}}})
    ],
}


def dyndns2(query: str, path: str = "/nic/update") -> Any:  # noqa: ANN401 - JSON
    login = base64.b64encode(f"home:{TOKENS[0]}".encode()).decode()
    return http_event(
        f"GET {path}?hostname={NAME}{query} HTTP/1.1", ["Authorization: Basic " + login]
    )


def seed() -> Any:  # noqa: ANN401 - JSON
    digest = sha256(f"{SOURCE}{NAME}{SECRETS[0]}".encode()).hexdigest()
    body = {"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": digest}
    return http_event("POST / HTTP/1.1", [], json.dumps(body))


def signed(fields: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    body = json.dumps({"host": NAME, **fields})
    stated = ",".join(fields.get("addresses", ["auto"]))
    digest = sha256(body.encode()).hexdigest()
    lines = ("ddns1", "POST", "/v1/update", NAME, stated, str(int(NOW)), "n-000001", digest)
    made = hmac.new(SECRETS[0].encode(), "\n".join(lines).encode(), "sha256").hexdigest()
    return http_event(
        "POST /v1/update HTTP/1.1",
        [f"X-Ddns-Time: {int(NOW)}", "X-Ddns-Nonce: n-000001", f"X-Ddns-Signature: v1={made}"],
        body,
    )


REQUESTS = {
    "dyndns2": dyndns2(""),
    "dyndns2, an address that no policy allows": dyndns2("&myip=224.0.0.1"),
    "dyndns2, a private address": dyndns2("&myip=10.0.0.1"),
    "dyndns2, IPv6": dyndns2("&myip=2600:1f14:1:2::7"),
    "dyndns2, a prefix": dyndns2("&ip6lanprefix=2600:1f14:1:2::/64"),
    "dyndns2, offline": dyndns2("&offline=YES"),
    "dyndns2, delete": dyndns2("", "/nic/delete"),
    "dyndns2, txt": dyndns2("&txt=abc"),
    "dyndns2, credentials in the query": http_event(
        f"GET /nic/update?hostname={NAME}&username=home&password={TOKENS[0]} HTTP/1.1"
    ),
    "dyndns2, no credential": http_event(f"GET /nic/update?hostname={NAME} HTTP/1.1"),
    "seed": seed(),
    "signed": signed({}),
    "signed, an address that no policy allows": signed({"addresses": ["10.0.0.1"]}),
    "signed, offline": signed({"offline": True}),
    "signed, a prefix": signed({"prefix": "2600:1f14:1:2::/64"}),
}


def observed(event: Any, items: list[dict[str, Any]]) -> tuple[Any, Counter[str], list[int]]:  # noqa: ANN401 - JSON
    """Return the answer, the requests made for it, and the lengths that were compared."""
    function = ClientFunction(Items(*items), **EVERYTHING)
    lengths: list[int] = []

    def compare(one: Any, other: Any) -> bool:  # noqa: ANN401 - text or bytes
        lengths.extend((len(one), len(other)))
        return hmac.compare_digest(one, other)

    with mock.patch.object(credentials, "compare_digest", compare):
        answer = function(event)
    assert not function.route53.total_requests
    assert not function.sqs.requests
    return answer, function.table.requests, lengths


@pytest.mark.parametrize("what", REQUESTS)
def test_a_host_that_is_not_the_clients_is_like_none_at_all(what: str) -> None:
    expected = observed(REQUESTS[what], TABLES["unknown"])
    answer, requests, lengths = expected
    assert answer["statusCode"] == 401
    assert NAME not in str(answer)
    if what != "dyndns2, no credential":
        assert requests.total() == 2  # a name, and the name with a dot
        assert lengths
        assert set(lengths) == {64}
    for table, items in TABLES.items():
        assert observed(REQUESTS[what], items) == expected, table


def test_an_older_spelling_answers_where_nothing_else_is() -> None:
    answer, requests, _ = observed(dyndns2("&myip=preserve"), [_OLDER])
    assert (answer["statusCode"], answer["body"]) == (200, "nochg 52.95.110.1")
    assert requests.total() == 2


@pytest.mark.parametrize("path", ("/nic/update", "/nic/delete"))
def test_beside_a_host_of_ones_own_it_is_like_none_either(path: str) -> None:
    login = base64.b64encode(f"home:{TOKENS[0]}".encode()).decode()
    event = http_event(
        f"GET {path}?hostname={MINE},{NAME}&myip=224.0.0.1 HTTP/1.1",
        ["Authorization: Basic " + login],
    )
    mine = host(MINE, 0, zone_id={"S": "Z3UNLISTED"})
    expected = observed(event, [mine])
    assert expected[0]["body"] == "nohost\nnohost"
    for table, items in TABLES.items():
        assert observed(event, [mine, *items]) == expected, table


# ---------------------------------------------------------------- what lies behind

FAILURES = (
    "dynamodb get_item InternalServerError",
    "dynamodb get_item AccessDeniedException",
    "dynamodb update_item AccessDeniedException",
    "dynamodb batch_get_item ResourceNotFoundException",
    "route53 change_resource_record_sets AccessDenied",
    "route53 change_resource_record_sets NoSuchHostedZone",
    "route53 change_resource_record_sets InvalidChangeBatch",
    "route53 change_resource_record_sets Throttling",
    "route53 list_resource_record_sets AccessDenied",
    "route53 list_resource_record_sets Throttling",
    "sqs send_message AccessDenied",
)


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("failure", FAILURES)
def test_no_answer_tells_what_lies_behind_and_no_log_a_credential(
    what: str, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    function = ClientFunction(_Writable(host(NAME, 0)), **EVERYTHING)
    function.fail(failure)
    if failure.startswith("sqs"):
        function.fail("route53 list_resource_record_sets Throttling")
    answer = json.dumps(function(REQUESTS[what]))
    for hidden in (TABLE, "arn:", "amazonaws", "Z1EXAMPLE", *LISTED, "botocore", "Error", "boto3"):
        assert hidden not in answer
    for url in (SETTINGS["DDNS_QUEUE_URL"], SETTINGS["DDNS_DEAD_LETTER_QUEUE_URL"]):
        assert url not in answer
    output = answer + capsys.readouterr().out
    for secret in (*TOKENS, *SECRETS, *(sha256(each.encode()).hexdigest() for each in TOKENS)):
        assert secret not in output
        assert base64.b64encode(secret.encode()).decode()[:-4] not in output


class _Writable(Items):
    """Items that take any state."""

    def update_item(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        return {"ok": bool(parameters)}


@pytest.mark.parametrize("what", REQUESTS)
def test_the_log_has_no_credential_and_says_what_came_of_it(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for items in TABLES.values():
        ClientFunction(Items(*items), **EVERYTHING)(REQUESTS[what])
    out = capsys.readouterr().out
    for secret in (*TOKENS, *SECRETS, *(sha256(each.encode()).hexdigest() for each in TOKENS)):
        assert secret not in out
    lines = [json.loads(line) for line in out.splitlines()]
    requests = [line for line in lines if line.get("message") == "request"]
    assert len(requests) == len(TABLES)
    assert all(line["BadAuth"] == 1 for line in requests)
