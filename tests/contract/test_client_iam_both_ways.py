"""Least privilege of ClientDdns both ways: every call is allowed, every permission is used.

The construct is synthesised into an account on moto, the runtime runs there with the synthesised
environment, and every call of its clients is compared with the role's synthesised statements.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_route53 as route53
from moto import mock_aws

from ddns.adapters.aws import Clients
from ddns.adapters.clock import SystemClock
from ddns.client.composition import client_parts
from ddns.client.settings import ClientSettings
from ddns_constructs import ClientDdns
from tests.contract.deployment import Deployment
from tests.contract.iam import CHANGE, LAMBDAS_OWN, Proof, Request, allows, requests
from tests.handlers.account import Account, Call, Wire, botocore_session, shared_session
from tests.handlers.client.events import http_event
from tests.handlers.client.function import handler_module
from tests.handlers.instance.function import record

if TYPE_CHECKING:
    from ddns.client.composition import ClientParts

_A, _AAAA, _TXT = route53.RecordType.A, route53.RecordType.AAAA, route53.RecordType.TXT
_NAMES = ["home.example.com", "*.dyn.example.com"]
OPTIONS: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "allowed_names": {"allowed_names": _NAMES},
    "record_types": {"record_types": [_A, _AAAA, _TXT]},
    "allow_offline": {"allow_offline": True},
    "all": {
        "allowed_names": _NAMES,
        "allow_offline": True,
        "record_types": [_A, _AAAA, _TXT],
    },
}
_TOKEN = "abcdefghjkmnpqrstuvwxyz234"  # noqa: S105 - of this test
_SECRET = "q4Zt9mWx7Rk2Hc6Vb8Np3Jd5Yf4Gs9Lt2Xw7Mz6Qr8K"  # noqa: S105 - likewise
_CHALLENGE = "g" * 43


# ---------------------------------------------------------------- what the function does


class Life:
    """All that a deployment may live to see, as the calls that the function made."""

    def __init__(self, account: Account, wire: Wire, parts: ClientParts) -> None:
        self._account = account
        self._wire = wire
        self._parts = parts
        self.calls: list[Call] = []

    def live(self, *, texts: bool, offline: bool) -> list[Call]:
        """Run every scenario and return the function's calls."""
        for host in ("home.example.com", "a.dyn.example.com", "b.dyn.example.com"):
            self._add(host, wildcard=True)
        self._add("*.dyn.example.com", wildcard=False)
        self._addresses()
        self._several_hosts()
        self._verification()
        self._early_change()
        self._busy_zone()
        self._signed()
        self._garbage()
        if texts:
            self._texts()
        if offline:
            self._offline()
        return self.calls

    def _add(self, host: str, *, wildcard: bool) -> None:
        item = {
            "hostname": {"S": host},
            "zone_id": {"S": self._account.public},
            "tokens": {"L": [{"S": hashlib.sha256(_TOKEN.encode()).hexdigest()}]},
            "secrets": {"L": [{"S": _SECRET}]},
            "wildcard": {"BOOL": wildcard},
            "types": {"SS": ["A", "AAAA", "TXT"]},
        }
        self._account.dynamodb.put_item(TableName=self._account.table, Item=item)

    def _invoke(self, event: Any) -> Any:  # noqa: ANN401 - JSON
        before = len(self._wire.calls)
        deadline = self._parts.clock.now() + 20
        answer = handler_module().respond(self._parts, event, deadline)
        self.calls += self._wire.calls[before:]
        return answer

    def _update(self, query: str, *, source: str = "176.32.100.36", after: float = 60) -> str:
        """Ask for an update some seconds later, by default long after `change_interval`."""
        self._parts.clock.sleep(after)
        login = base64.b64encode(f"x:{_TOKEN}".encode()).decode()
        event = http_event(
            f"GET /nic/update?{query} HTTP/1.1",
            [f"Authorization: Basic {login}"],
            source=source,
            now=self._parts.clock.now(),
        )
        answer: str = self._invoke(event)["body"]
        return answer.strip()

    def _addresses(self) -> None:
        assert self._update("hostname=home.example.com").startswith("good ")
        assert self._update("hostname=home.example.com").startswith("nochg ")
        ipv6 = "2a00:1450:4001::1"
        assert ipv6 in self._update("hostname=home.example.com", source=ipv6)
        assert self._update("hostname=nobody.example.com") == "badauth"
        names = {name for name, _ in self._account.records(self._account.public)}
        assert names == {"home.example.com", "*.home.example.com"}  # moto escapes nothing

    def _several_hosts(self) -> None:
        answer = self._update("hostname=a.dyn.example.com,b.dyn.example.com")
        assert [line.split()[0] for line in answer.splitlines()] == ["good", "good"]

    def _verification(self) -> None:
        self._parts.clock.sleep(2 * 3600)
        assert self._update("hostname=home.example.com").startswith("nochg ")

    def _early_change(self) -> None:
        """Change within `change_interval`, which the queue does when that is over."""
        assert self._update("hostname=home.example.com", source="176.32.100.40")[:4] == "good"
        early = self._update("hostname=home.example.com", source="176.32.100.41", after=1)
        assert early.startswith("good ")
        assert "176.32.100.41" not in str(self._account.records(self._account.public))
        self._parts.clock.sleep(60)
        assert not self._invoke({"Records": self._ordered()})["batchItemFailures"]
        assert "176.32.100.41" in str(self._account.records(self._account.public))

    def _ordered(self) -> list[dict[str, Any]]:
        """Return the last orders to the queue as it delivers them, without their delay."""
        call = [each for each in self.calls if each.operation == "SendMessageBatch"][-1]
        return [record(entry["MessageBody"]) for entry in call.parameters["Entries"]]

    def _busy_zone(self) -> None:
        """Leave a change to the queue, have it fail once there, and then made."""
        self._wire.fail_next("ChangeResourceRecordSets", "Throttling", times=50)
        assert self._update("hostname=home.example.com", source="176.32.100.37")[:4] == "good"
        messages = self._ordered()
        assert self._invoke({"Records": messages})["batchItemFailures"]
        self._wire.reset_failures()
        assert not self._invoke({"Records": messages})["batchItemFailures"]
        assert "176.32.100.37" in str(self._account.records(self._account.public))
        self._parts.clock.sleep(60)  # Route 53 is spared for a while after a throttle

    def _signed(self) -> None:
        self._parts.clock.sleep(60)
        now = self._parts.clock.now()
        body = '{"host": "home.example.com"}'
        digest = hashlib.sha256(body.encode()).hexdigest()
        time, nonce = str(int(now)), "n-000001"
        text = f"ddns1\nPOST\n/v1/update\nhome.example.com\nauto\n{time}\n{nonce}\n{digest}"
        signature = hmac.new(_SECRET.encode(), text.encode(), "sha256").hexdigest()
        headers = [f"X-Ddns-Time: {time}", f"X-Ddns-Nonce: {nonce}"]
        headers.append(f"X-Ddns-Signature: v1={signature}")
        event = http_event("POST /v1/update HTTP/1.1", headers, body, now=now)
        assert self._invoke(event)["statusCode"] == 200

    def _garbage(self) -> None:
        assert not self._invoke({"Records": [record("{")]})["batchItemFailures"]
        assert len(self._account.dead_letters()) == 1

    def _texts(self) -> None:
        assert self._update(f"hostname=home.example.com&txt={_CHALLENGE}")[:4] == "good"
        # An address beside it: the two have to go in requests of their own.
        other = _CHALLENGE.replace("g", "h")
        query = f"hostname=a.dyn.example.com&myip=176.32.100.38&txt={other}"
        assert self._update(query, source="176.32.100.38")[:4] == "good"
        records = self._account.records(self._account.public)
        assert ("_acme-challenge.home.example.com", "TXT") in records
        assert ("_acme-challenge.a.dyn.example.com", "TXT") in records

    def _offline(self) -> None:
        assert self._update("hostname=home.example.com&offline=YES") == "good"
        names = {name for name, kind in self._account.records(self._account.public) if kind == "A"}
        assert "home.example.com" not in names


def _account() -> Account:
    account = Account()
    account.table = "hosts"
    account.dynamodb.create_table(
        TableName=account.table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "hostname", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "hostname", "AttributeType": "S"}],
    )
    return account


class _Time:
    """A clock that stands still but for what was slept."""

    def __init__(self) -> None:
        self._now = 1_700_000_000.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


@lru_cache
def _proof(option: str) -> Proof:
    _, wire = shared_session()
    clock = _Time()
    options = OPTIONS[option]
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        patch.setattr(SystemClock, "now", staticmethod(clock.now))
        patch.setattr(SystemClock, "sleep", staticmethod(clock.sleep))
        wire.reset()
        account = _account()
        deployment = Deployment(account, construct=ClientDdns, **options)
        settings = ClientSettings.from_environment(deployment.environment())
        life = Life(account, wire, client_parts(settings, Clients(botocore_session())))
        calls = life.live(
            texts=_TXT in options.get("record_types", ()),
            offline=options.get("allow_offline", False),
        )
        wire.reset()
    return Proof(deployment.statements(), calls)


@pytest.fixture(params=OPTIONS)
def proof(request: pytest.FixtureRequest) -> Proof:
    """The life of a deployment with some of the options; for reading only."""
    return _proof(request.param)


# ---------------------------------------------------------------- both ways


def test_every_call_is_allowed_by_a_statement(proof: Proof) -> None:
    assert proof.denied == []


def test_every_action_that_is_allowed_is_called(proof: Proof) -> None:
    called = {request.action for request in proof.requests}
    assert proof.allowed - called == set(LAMBDAS_OWN)


def test_every_statement_allows_a_call_that_was_made(proof: Proof) -> None:
    assert proof.needless == []


def test_every_way_to_change_a_record_is_used() -> None:
    changes = [
        change
        for call in _proof("all").calls
        if call.operation == "ChangeResourceRecordSets"
        for change in call.parameters["ChangeBatch"]["Changes"]
    ]
    assert {change["Action"] for change in changes} == {"UPSERT", "DELETE"}
    assert {change["ResourceRecordSet"]["Type"] for change in changes} == {"A", "AAAA", "TXT"}


def test_every_attribute_that_may_be_written_is_written() -> None:
    proof = _proof("all")
    updates = [each for each in proof.requests if each.action == "dynamodb:UpdateItem"]
    named = {name for each in updates for name in each.keys["dynamodb:Attributes"]}
    (statement,) = [each for each in proof.statements if "UpdateItem" in str(each["Action"])]
    allowed = statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert named == set(allowed)


# ---------------------------------------------------------------- what is refused


def _change(zone: str, name: str, kind: str = "A", action: str = "UPSERT") -> Request:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": {"Name": name, "Type": kind}}]}
    call = Call("route53", "ChangeResourceRecordSets", {"HostedZoneId": zone, "ChangeBatch": batch})
    (request,) = requests(call)
    return request


@pytest.mark.parametrize(
    ("option", "change", "is_allowed"),
    (
        ("the defaults", {"name": "a.example.com."}, True),
        ("the defaults", {"name": "*.A.example.com."}, True),
        ("the defaults", {"name": "example.com."}, False),
        ("the defaults", {"name": "badexample.com."}, False),
        ("the defaults", {"name": "a.example.com.", "kind": "CNAME"}, False),
        ("the defaults", {"name": "_acme-challenge.a.example.com.", "kind": "TXT"}, False),
        ("the defaults", {"name": "a.example.com.", "action": "DELETE"}, False),
        ("the defaults", {"name": "a.example.com.", "action": "CREATE"}, False),
        ("the defaults", {"name": "a.example.com.", "zone": "Z0OTHER"}, False),
        ("allowed_names", {"name": "home.example.com."}, True),
        ("allowed_names", {"name": "*.home.example.com."}, True),
        ("allowed_names", {"name": "a.home.example.com."}, False),
        ("allowed_names", {"name": "a.b.dyn.example.com."}, True),
        ("allowed_names", {"name": "dyn.example.com."}, False),
        ("allowed_names", {"name": "www.example.com."}, False),
        ("record_types", {"name": "_acme-challenge.a.example.com.", "kind": "TXT"}, True),
        ("record_types", {"name": "_acme-challenge.example.com.", "kind": "TXT"}, False),
        ("record_types", {"name": "a.example.com.", "kind": "TXT"}, False),
        ("all", {"name": "_acme-challenge.a.dyn.example.com.", "kind": "TXT"}, True),
        ("all", {"name": "_acme-challenge.dyn.example.com.", "kind": "TXT"}, False),
        ("all", {"name": "_acme-challenge.example.com.", "kind": "TXT"}, False),
        ("all", {"name": "_acme-challenge.home.example.com.", "kind": "TXT"}, True),
        ("all", {"name": "_acme-challenge.www.example.com.", "kind": "TXT"}, False),
        ("allow_offline", {"name": "a.example.com.", "action": "DELETE"}, True),
    ),
)
def test_what_may_be_changed_is_what_was_asked_for(
    option: str,
    change: dict[str, str],
    is_allowed: bool,  # noqa: FBT001 - the table's last column
) -> None:
    statements = _proof(option).statements
    (zone,) = {
        each["Resource"].rpartition("/")[2] for each in statements if each["Action"] == CHANGE
    }
    request = _change(**{"zone": zone, **change})
    assert any(allows(each, request) for each in statements) is is_allowed


def _update(expression: str, condition: str = "attribute_exists(hostname)") -> Request:
    parameters = {
        "TableName": "hosts",
        "Key": {"hostname": {"S": "home.example.com"}},
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#state": "state", "#tokens": "tokens"},
    }
    (request,) = requests(Call("dynamodb", "UpdateItem", parameters))
    return request


@pytest.mark.parametrize(
    ("request_", "is_allowed"),
    (
        (_update("SET #state.A = :new, asked = :now REMOVE pending"), True),
        (_update("SET #state = :state, tokens = :mine"), False),
        (_update("SET #state = :state, #tokens = list_append(:mine, #tokens)"), False),
        (_update("REMOVE disabled"), False),
        (_update("SET #state = :state", "attribute_exists(hostname) AND tokens = :guess"), False),
    ),
)
def test_an_item_is_written_where_its_state_is_and_nowhere_else(
    request_: Request,
    is_allowed: bool,  # noqa: FBT001 - the table's last column
) -> None:
    statements = _proof("the defaults").statements
    assert any(allows(each, request_) for each in statements) is is_allowed
