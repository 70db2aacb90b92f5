"""The table of hosts, the same tests on the fake and on DynamoDB as moto has it."""

from __future__ import annotations

import json
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddns.adapters.hosts import DynamoDbHostStore
from ddns.core.client.addresses import AddressPolicy
from ddns.core.client.hosts import KINDS, PREFIX, Host, HostState, Kept
from ddns.core.errors import PermanentError, ThrottledError, UnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.hosts import FakeHosts

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.adapters.aws import Clients
    from tests.handlers.account import Wire

TABLE, NAME = "hosts", "home.example.com"
FULL = Host(
    NAME,
    NAME,
    "Z1",
    ttl=300,
    types=frozenset({"A", "TXT"}),
    tokens=("a" * 64, "b" * 64),
    secrets=("one", "two"),
    policy=AddressPolicy.PUBLIC,
    disabled=True,
    adopt=True,
    wildcard=True,
    behind="router.example.com",
    suffix=IPv6Address("::211:32ff:fe01:2"),
    members=frozenset({"tv.example.com"}),
    prefix_length=56,
)
PLAIN = Host(NAME, NAME, "Z1")
STATE = HostState(
    {"A": Kept("176.32.100.36", 60, 1_700_000_000_000)},
    pending=False,
    verified=1_700_000_000_000,
    signed=(1_700_000_000, frozenset({"nonce-01"})),
    asked=1_700_000_000_000,
    ordered=0,
)


def item(host: Host) -> dict[str, Any]:
    """Return the item that the administrator writes for a host."""
    made: dict[str, Any] = {
        "hostname": {"S": host.key},
        "zone_id": {"S": host.zone_id},
        "tokens": {"L": [{"S": each} for each in host.tokens]},
        "secrets": {"L": [{"S": each} for each in host.secrets]},
        "disabled": {"BOOL": host.disabled},
        "adopt": {"BOOL": host.adopt},
        "wildcard": {"BOOL": host.wildcard},
        "prefix_length": {"N": str(host.prefix_length)},
        "note": {"S": "of no use to the function"},
        "created": {"S": "2026-01-01T00:00:00+00:00"},
    }
    optional: dict[str, Any] = {
        "ttl": host.ttl and {"N": str(host.ttl)},
        "types": host.types and {"SS": sorted(host.types)},
        "address_policy": host.policy and {"S": host.policy.value},
        "behind": host.behind and {"S": host.behind},
        "suffix": host.suffix and {"S": str(host.suffix)},
        "members": host.members and {"SS": sorted(host.members)},
    }
    return made | {key: value for key, value in optional.items() if value}


class OnFake:
    """The fake, and the administrator beside it."""

    def __init__(self) -> None:
        self.store = FakeHosts()

    def put(self, host: Host) -> None:
        self.store.add(host)

    def rotate(self, key: str, *tokens: str) -> None:
        self.store.edit(key, tokens=tokens)

    def remove(self, key: str) -> None:
        self.store.remove(key)


class OnDynamoDb:
    """DynamoDB, and the administrator beside it."""

    def __init__(self, clients: Clients) -> None:
        self.client: Any = clients.dynamodb
        self.client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "hostname", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "hostname", "AttributeType": "S"}],
        )
        self.clock = FakeClock()
        self.complaints: list[tuple[str, str]] = []
        self.store = DynamoDbHostStore(
            self.client, TABLE, self.clock, lambda *each: self.complaints.append(each)
        )

    def put(self, host: Host) -> None:
        self.put_item(item(host))

    def put_item(self, made: dict[str, Any]) -> None:
        self.client.put_item(TableName=TABLE, Item=made)

    def rotate(self, key: str, *tokens: str) -> None:
        self.client.update_item(
            TableName=TABLE,
            Key={"hostname": {"S": key}},
            UpdateExpression="SET tokens = :tokens",
            ExpressionAttributeValues={":tokens": {"L": [{"S": each} for each in tokens]}},
        )

    def remove(self, key: str) -> None:
        self.client.delete_item(TableName=TABLE, Key={"hostname": {"S": key}})

    def raw(self, key: str = NAME) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get_item(TableName=TABLE, Key={"hostname": {"S": key}})
        return dict(found["Item"])


@pytest.fixture
def dynamodb(clients: Clients, wire: Wire) -> OnDynamoDb:
    """The table on moto, empty."""
    made = OnDynamoDb(clients)
    wire.reset()
    return made


Service = OnFake | OnDynamoDb


@pytest.fixture(params=("fake", "dynamodb"))
def service(request: pytest.FixtureRequest) -> Service:
    """An empty table, once in memory and once in DynamoDB."""
    made: Service = OnFake() if request.param == "fake" else request.getfixturevalue("dynamodb")
    return made


# ---------------------------------------------------------------- what is drawn

milliseconds = st.integers(0, 2**45)
states = st.builds(
    HostState,
    st.dictionaries(
        st.sampled_from((*KINDS, PREFIX)),
        st.builds(
            Kept,
            st.ip_addresses().map(str) | st.just("") | st.text("abcXYZ_-", min_size=1),
            st.integers(0, 2**31 - 1),
            milliseconds,
            st.booleans(),
        ),
    ),
    pending=st.booleans(),
    asked=st.integers(0, 2**45),
    ordered=st.integers(0, 2**31),
    verified=milliseconds,
    signed=st.tuples(
        st.integers(0, 2**33),
        st.frozensets(st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True), min_size=1),
    ),
)


def state_of(host: Host | None) -> HostState:
    assert host
    return HostState(
        dict(host.kept), host.pending, host.verified, host.signed, host.asked, host.ordered
    )


def get_returns_what_was_saved(service: Service, saved: list[HostState]) -> None:
    service.put(FULL)
    for number, state in enumerate(saved, 1):
        host = service.store.get(NAME)
        assert host
        assert service.store.save(host, state)
        after = service.store.get(NAME)
        assert state_of(after) == state
        assert service.store.get_many([NAME]) == {NAME: after}
        assert after
        assert after.revision == number
        assert (
            after._replace(
                kept=FULL.kept,
                revision=0,
                pending=False,
                verified=0,
                signed=FULL.signed,
                asked=0,
                ordered=0,
            )
            == FULL
        )
    service.remove(NAME)


class TestHosts:
    def test_a_host_that_is_not_there_is_none(self, service: Service) -> None:
        assert service.store.get(NAME) is None
        assert service.store.get_many([NAME]) == {}
        assert service.store.get_many([]) == {}

    @pytest.mark.parametrize("host", (FULL, PLAIN), ids=("full", "plain"))
    def test_a_host_is_read_as_the_administrator_wrote_it(
        self, service: Service, host: Host
    ) -> None:
        service.put(host)
        assert service.store.get(NAME) == host
        assert service.store.get_many([NAME, "gone.example.com"]) == {NAME: host}

    def test_more_hosts_are_read_than_one_request_takes(self, service: Service) -> None:
        names = [f"h{number:03}.example.com" for number in range(230)]
        for name in names:
            service.put(PLAIN._replace(key=name, name=name))
        assert service.store.get_many(names + names[:5]).keys() == set(names)

    @given(saved=st.lists(states, min_size=1, max_size=3))
    @settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
    def test_a_state_is_read_as_it_was_saved(
        self, service: Service, saved: list[HostState]
    ) -> None:
        get_returns_what_was_saved(service, saved)

    def test_of_two_that_save_what_they_read_one_succeeds(self, service: Service) -> None:
        service.put(PLAIN)
        for _ in range(3):
            read = service.store.get(NAME)
            assert read
            assert service.store.save(read, STATE)
            other = STATE._replace(kept={"A": Kept("52.95.110.1", 60, 1)})
            assert not service.store.save(read, other)
            assert state_of(service.store.get(NAME)) == STATE

    def test_a_host_that_was_removed_meanwhile_does_not_come_back(self, service: Service) -> None:
        service.put(PLAIN)
        first = service.store.get(NAME)
        assert first
        assert service.store.save(first, STATE)
        later = service.store.get(NAME)
        assert later
        service.remove(NAME)
        for read in (first, later):
            assert not service.store.save(read, STATE)
            assert service.store.get(NAME) is None

    def test_what_the_administrator_changed_meanwhile_stays(self, service: Service) -> None:
        service.put(FULL)
        read = service.store.get(NAME)
        assert read
        service.rotate(NAME, "c" * 64, "a" * 64)
        assert service.store.save(read, STATE)
        after = service.store.get(NAME)
        assert after
        assert after.tokens == ("c" * 64, "a" * 64)
        assert state_of(after) == STATE

    def test_a_host_that_was_removed_and_made_again_keeps_nothing_of_the_old_one(
        self, service: Service
    ) -> None:
        service.put(PLAIN)
        read = service.store.get(NAME)
        assert read
        assert service.store.save(read, STATE)
        old = service.store.get(NAME)
        assert old
        service.remove(NAME)
        service.put(PLAIN)
        assert not service.store.save(old, STATE)
        assert service.store.get(NAME) == PLAIN

    @pytest.mark.parametrize("key", ("", "x" * 2049))
    def test_a_key_that_cannot_be_is_an_error(self, service: Service, key: str) -> None:
        if isinstance(service, OnDynamoDb) and len(key) > 2048:
            pytest.skip("moto reads with keys of any length")
        with pytest.raises(PermanentError):
            service.store.get(key)


# ---------------------------------------------------------------- DynamoDB alone


class TestOnDynamoDb:
    def test_each_method_is_one_consistent_request(self, dynamodb: OnDynamoDb, wire: Wire) -> None:
        dynamodb.put(PLAIN)
        wire.reset()
        host = dynamodb.store.get(NAME)
        assert host
        dynamodb.store.get_many([NAME, NAME + "."])
        dynamodb.store.save(host, STATE)
        assert [call.operation for call in wire.calls] == ["GetItem", "BatchGetItem", "UpdateItem"]
        assert wire.calls[0].parameters["ConsistentRead"]
        assert wire.calls[1].parameters["RequestItems"][TABLE]["ConsistentRead"]

    def test_only_the_state_is_written(self, dynamodb: OnDynamoDb) -> None:
        dynamodb.put(FULL)
        before = dynamodb.raw()
        dynamodb.store.save(FULL, STATE._replace(pending=True))
        after = dynamodb.raw()
        state = {"state", "state_zone", "revision", "writer", "pending", "verified"}
        state |= {"changed", "signed", "asked"}
        assert after.keys() - before.keys() == state
        assert {key: after[key] for key in before} == before
        assert after["changed"]["N"] == str(int(dynamodb.clock.now() * 1000))
        assert after["state"]["M"]["A"]["M"] == {
            "value": {"S": "176.32.100.36"},
            "ttl": {"N": "60"},
            "stamp": {"N": "1700000000000"},
        }

    def test_changed_is_when_the_addresses_changed_last(self, dynamodb: OnDynamoDb) -> None:
        dynamodb.put(PLAIN)
        dynamodb.store.save(PLAIN, STATE)
        first = dynamodb.raw()["changed"]
        dynamodb.clock.time += 60
        host = dynamodb.store.get(NAME)
        assert host
        dynamodb.store.save(host, STATE._replace(verified=5))
        assert dynamodb.raw()["changed"] == first

    @pytest.mark.parametrize(
        ("code", "status", "error"),
        (
            ("ProvisionedThroughputExceededException", 400, ThrottledError),
            ("ThrottlingException", 400, ThrottledError),
            ("RequestLimitExceeded", 400, ThrottledError),
            ("InternalServerError", 500, UnavailableError),
            ("AccessDeniedException", 400, PermanentError),
            ("ResourceNotFoundException", 400, PermanentError),
            ("ValidationException", 400, PermanentError),
        ),
    )
    def test_an_error_is_ours(  # noqa: PLR0917 - fixtures, and a row of the table
        self,
        dynamodb: OnDynamoDb,
        wire: Wire,
        monkeypatch: pytest.MonkeyPatch,
        code: str,
        status: int,
        error: type[Exception],
    ) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)  # botocore's own retries
        calls: list[tuple[str, Callable[[], object]]] = [
            ("GetItem", lambda: dynamodb.store.get(NAME)),
            ("BatchGetItem", lambda: dynamodb.store.get_many([NAME])),
            ("UpdateItem", lambda: dynamodb.store.save(PLAIN, STATE)),
        ]
        for operation, call in calls:
            for _ in range(10):
                wire.answer_next(
                    operation, status, json.dumps({"__type": f"x#{code}", "message": code}).encode()
                )
            with pytest.raises(error, match=code) as caught:
                call()
            assert type(caught.value) is error
            wire.reset_failures()

    def test_keys_that_were_left_are_asked_for_again(
        self, dynamodb: OnDynamoDb, wire: Wire
    ) -> None:
        dynamodb.put(PLAIN)
        wire.reset()
        left = {TABLE: {"Keys": [{"hostname": {"S": NAME}}], "ConsistentRead": True}}
        wire.answer_next(
            "BatchGetItem", 200, json.dumps({"Responses": {}, "UnprocessedKeys": left}).encode()
        )
        assert dynamodb.store.get_many([NAME]) == {NAME: PLAIN}
        assert wire.count()["BatchGetItem"] == 2
        assert len(dynamodb.clock.slept) == 1

    def test_keys_that_are_left_again_and_again_are_an_error(
        self, dynamodb: OnDynamoDb, wire: Wire
    ) -> None:
        left = {TABLE: {"Keys": [{"hostname": {"S": NAME}}], "ConsistentRead": True}}
        for _ in range(20):
            wire.answer_next(
                "BatchGetItem", 200, json.dumps({"Responses": {}, "UnprocessedKeys": left}).encode()
            )
        with pytest.raises(ThrottledError):
            dynamodb.store.get_many([NAME])
        assert wire.count()["BatchGetItem"] < 10


SAMPLE = {
    "route_53_zone_id": "Z1",
    "route_53_record_ttl": 90,
    "route_53_record_type": "A",
    "shared_secret": "shared_secret_1",
}
EXPECTED = PLAIN._replace(ttl=90, types=frozenset({"A"}), secrets=("shared_secret_1",))


class TestItemsOfTheBlogSample:
    @pytest.mark.parametrize("key", (NAME, NAME + "."))
    @pytest.mark.parametrize(
        "data",
        (
            SAMPLE,
            {NAME + ".": SAMPLE},
            {NAME: SAMPLE},
            {NAME + ".": {"aws_region": "us-west-2", **SAMPLE}},
            {**SAMPLE, "route_53_zone_id": "/hostedzone/Z1"},
            {**SAMPLE, "route_53_record_ttl": "90"},
            {name: value for name, value in SAMPLE.items() if name != "route_53_record_type"},
        ),
    )
    def test_they_are_hosts(self, dynamodb: OnDynamoDb, key: str, data: dict[str, Any]) -> None:
        dynamodb.put_item({"hostname": {"S": key}, "data": {"S": json.dumps(data)}})
        assert dynamodb.store.get(key) == EXPECTED._replace(key=key)
        assert not dynamodb.complaints

    def test_their_state_is_kept_beside_what_they_had(self, dynamodb: OnDynamoDb) -> None:
        data = {"S": json.dumps(SAMPLE)}
        dynamodb.put_item({"hostname": {"S": NAME}, "data": data})
        host = dynamodb.store.get(NAME)
        assert host
        assert dynamodb.store.save(host, STATE)
        assert dynamodb.raw()["data"] == data
        assert state_of(dynamodb.store.get(NAME)) == STATE

    def test_they_may_be_given_newer_credentials_and_be_disabled(
        self, dynamodb: OnDynamoDb
    ) -> None:
        dynamodb.put_item(
            {
                "hostname": {"S": NAME},
                "data": {"S": json.dumps(SAMPLE)},
                "tokens": {"L": [{"S": "a" * 64}]},
                "disabled": {"BOOL": True},
            }
        )
        assert dynamodb.store.get(NAME) == EXPECTED._replace(tokens=("a" * 64,), disabled=True)

    def test_an_empty_secret_is_none(self, dynamodb: OnDynamoDb) -> None:
        data = json.dumps({**SAMPLE, "shared_secret": ""})
        dynamodb.put_item({"hostname": {"S": NAME}, "data": {"S": data}})
        host = dynamodb.store.get(NAME)
        assert host
        assert host.secrets == ()


class TestBrokenItems:
    @pytest.mark.parametrize(
        "fields",
        (
            {},
            {"zone_id": {"S": "Z1"}, "tokens": {"S": "shared_secret_1"}},
            {"data": {"S": json.dumps({**SAMPLE, "route_53_record_ttl": "x"})}},
        ),
        ids=lambda fields: str(fields)[:60],
    )
    def test_they_are_disabled_and_are_complained_of_without_what_they_hold(
        self, dynamodb: OnDynamoDb, fields: dict[str, Any]
    ) -> None:
        dynamodb.put_item({"hostname": {"S": NAME}, **fields})
        assert dynamodb.store.get(NAME) == Host(NAME, NAME, "", disabled=True)
        ((key, reason),) = dynamodb.complaints
        assert key == NAME
        assert "shared_secret_1" not in reason

    def test_one_does_not_hide_the_others(self, dynamodb: OnDynamoDb) -> None:
        dynamodb.put_item({"hostname": {"S": "broken.example.com"}})
        dynamodb.put(PLAIN)
        broken = Host("broken.example.com", "broken.example.com", "", disabled=True)
        assert dynamodb.store.get_many([broken.key, NAME]) == {broken.key: broken, NAME: PLAIN}

    def test_empty_credentials_are_none(self, dynamodb: OnDynamoDb) -> None:
        empty = {"L": [{"S": ""}, {"S": "b" * 64}]}
        dynamodb.put_item(
            {"hostname": {"S": NAME}, "zone_id": {"S": "Z1"}, "tokens": empty, "secrets": empty}
        )
        host = dynamodb.store.get(NAME)
        assert host
        assert host.tokens == host.secrets == ("b" * 64,)
