"""The ledger, the same tests on the fake and on DynamoDB as moto has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.dynamodb.models import table as moto_table

from ddns.adapters.ledger import DynamoDbLedger
from ddns.core.errors import PermanentError, ThrottledError, UnavailableError
from ddns.core.instance.items import Claim, NameState, OwnerState, Write
from ddns.core.records import TYPES, NameKey, RecordSet, Zone
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ddns.adapters.aws import Clients
    from ddns.ports import Ledger
    from tests.handlers.account import Wire

TABLE = "ledger"
A = NameKey("Z1", "a.example.com")
B = NameKey("Z1", "b.example.com")
REVERSE = Zone("Z2", "10.in-addr.arpa", private=True, vpcs=frozenset({"vpc-1"}), created=True)


@pytest.fixture
def table(clients: Clients, wire: Wire) -> Clients:
    """Clients on an account with an empty table."""
    clients.dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    wire.reset()
    return clients


@pytest.fixture
def dynamodb(table: Clients) -> DynamoDbLedger:
    """The ledger in the table."""
    return DynamoDbLedger(table.dynamodb, TABLE, FakeClock())


@pytest.fixture(params=("fake", "dynamodb"))
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """An empty ledger, once in memory and once in DynamoDB."""
    made: Ledger = FakeLedger() if request.param == "fake" else request.getfixturevalue("dynamodb")
    return made


def name(key: NameKey = A, revision: str = "", *, ttl: int = 60) -> NameState:
    """Return an item of a name that one instance claims."""
    claim = Claim({"A": ("10.0.0.1",)}, 1_700_000_000_000, "2026-01-01T00:00:00+00:00")
    return NameState(key, revision, {"i-1": claim}, {"A": RecordSet(ttl, ("10.0.0.1",))})


def owner(owner_id: str, *keys: NameKey, revision: str = "") -> OwnerState:
    """Return an item of an instance."""
    return OwnerState(owner_id, revision, frozenset(keys))


def put(ledger: Ledger, *items: NameState | OwnerState, needs: Iterable[str] = ()) -> Any:  # noqa: ANN401 - the port's mapping
    """Write items; those of names need some owners."""
    kept = frozenset(needs)
    return ledger.write(
        [Write(each, kept if isinstance(each, NameState) else frozenset()) for each in items]
    )


# ---------------------------------------------------------------- the law


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=1, max_size=4).map(".".join)
keys = st.builds(NameKey, st.from_regex(r"Z[A-Z0-9]{1,20}", fullmatch=True), names)
owners = st.from_regex(r"i-[0-9a-f]{8,17}", fullmatch=True)
values = st.lists(
    st.one_of(st.ip_addresses().map(str), names.map("{}.".format)), min_size=1, unique=True
).map(lambda each: tuple(sorted(each)))
milliseconds = st.integers(0, 2**45)
kinds = st.sampled_from(TYPES)
record_sets = st.dictionaries(kinds, st.builds(RecordSet, st.integers(0, 2**31 - 1), values))
claims = st.builds(
    Claim,
    st.dictionaries(kinds, values),
    milliseconds,
    st.datetimes().map(lambda each: each.isoformat()) | st.just(""),
)


@st.composite
def name_states(draw: st.DrawFn) -> NameState:
    """Draw an item as the runtime writes them: no lease where there is no intent."""
    intent = draw(st.none() | record_sets)
    return NameState(
        draw(keys),
        "",
        draw(st.dictionaries(owners, claims, max_size=4)),
        draw(record_sets),
        intent,
        draw(milliseconds) if intent is not None else 0,
    )


items = st.one_of(
    name_states(),
    st.builds(OwnerState, owners, st.just(""), st.frozensets(keys, min_size=1, max_size=8)),
).filter(lambda each: not each.empty)


def recall_equals_write(ledger: Ledger, item: NameState | OwnerState) -> None:
    """Check `recall(write(x)) == x`, by key and by scan, and leave the ledger empty."""
    key = item.key if isinstance(item, NameState) else item.owner
    (revision,) = put(ledger, item).values()
    assert revision
    expected = item._replace(revision=revision)
    if isinstance(item, NameState):
        recalls = ledger.recall((), [item.key]).names, ledger.scan().names
    else:
        recalls = ledger.recall([item.owner], ()).owners, ledger.scan().owners
    assert recalls == ({key: expected}, {key: expected})
    emptied: Any
    if isinstance(item, NameState):
        emptied = NameState(item.key, revision)
    else:
        emptied = OwnerState(item.owner, revision)
    assert put(ledger, emptied) == {key: ""}
    assert ledger.scan().names == ledger.scan().owners == {}


@given(items)
def test_what_was_written_is_recalled_on_the_fake(item: NameState | OwnerState) -> None:
    recall_equals_write(FakeLedger(), item)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(item=items)
def test_what_was_written_is_recalled_on_dynamodb(
    dynamodb: DynamoDbLedger, item: NameState | OwnerState
) -> None:
    recall_equals_write(dynamodb, item)


# ---------------------------------------------------------------- promises


class TestRecall:
    def test_an_empty_ledger_has_nothing(self, ledger: Ledger) -> None:
        recall = ledger.recall(["i-1"], [A])
        assert (recall.owners, recall.names) == ({}, {})
        assert ledger.zones() == []

    def test_only_what_was_asked_for_is_told(self, ledger: Ledger) -> None:
        put(ledger, name(A), name(B), owner("i-1", A), owner("i-2", B))
        recall = ledger.recall(["i-1", "i-3"], [B])
        assert (recall.owners.keys(), recall.names.keys()) == ({"i-1"}, {B})
        everything = ledger.scan()
        assert (everything.owners.keys(), everything.names.keys()) == ({"i-1", "i-2"}, {A, B})

    def test_the_same_name_in_two_zones_is_two_items(self, ledger: Ledger) -> None:
        other = NameKey("Z2", A.name)
        put(ledger, name(A), name(other, ttl=5))
        recall = ledger.recall((), [A, other])
        assert recall.names[A].written["A"].ttl == 60
        assert recall.names[other].written["A"].ttl == 5

    def test_more_items_than_one_request_takes_are_all_told(self, ledger: Ledger) -> None:
        many = [NameKey("Z1", f"h{number}.example.com") for number in range(120)]
        put(ledger, *map(name, many))
        assert ledger.recall((), many).names.keys() == set(many)


class TestWrite:
    def test_every_write_has_a_revision_of_its_own(self, ledger: Ledger) -> None:
        first = put(ledger, name())[A]
        second = put(ledger, name(revision=first))[A]
        assert first != second
        assert ledger.recall((), [A]).names[A].revision == second

    def test_an_item_that_is_there_is_not_written_as_new(self, ledger: Ledger) -> None:
        first = put(ledger, name())[A]
        assert put(ledger, name(ttl=5)) == {}
        assert ledger.recall((), [A]).names[A] == name(revision=first)

    def test_an_item_that_is_gone_is_not_written_as_old(self, ledger: Ledger) -> None:
        assert put(ledger, name(revision="1")) == {}
        assert ledger.scan().names == {}

    def test_a_stale_revision_loses_and_no_other_item_does(self, ledger: Ledger) -> None:
        stale = put(ledger, name(A))[A]
        current = put(ledger, name(A, stale, ttl=5))[A]
        written = put(ledger, name(B), name(A, stale, ttl=7), owner("i-1", A, B))
        assert written.keys() == {B, "i-1"}
        recall = ledger.recall(["i-1"], [A, B])
        assert recall.names == {A: name(A, current, ttl=5), B: name(B, written[B])}
        assert recall.owners == {"i-1": owner("i-1", A, B, revision=written["i-1"])}

    def test_several_stale_revisions_lose_and_no_other_item_does(self, ledger: Ledger) -> None:
        many = [NameKey("Z1", f"h{number}.example.com") for number in range(20)]
        put(ledger, *(name(key) for key in many[::2]))
        written = put(ledger, *(name(key, ttl=5) for key in many))
        assert written.keys() == set(many[1::2])

    def test_a_name_that_needs_a_lost_owner_is_lost_with_it(self, ledger: Ledger) -> None:
        put(ledger, owner("i-1", B))
        written = put(ledger, owner("i-1", A), owner("i-2", A), name(A), needs=["i-1", "i-2"])
        assert written.keys() == {"i-2"}
        assert ledger.recall((), [A]).names == {}

    def test_a_name_that_needs_an_owner_that_was_written_is_written(self, ledger: Ledger) -> None:
        written = put(ledger, owner("i-1", A), name(A), needs=["i-1"])
        assert written.keys() == {"i-1", A}

    def test_a_name_that_needs_an_owner_of_another_hundred_is_lost_with_it(
        self, ledger: Ledger
    ) -> None:
        put(ledger, owner("i-1", B))
        between = [NameKey("Z1", f"h{number}.example.com") for number in range(110)]
        writes = [
            Write(owner("i-1", A)),
            *(Write(name(key)) for key in between),
            Write(name(A), frozenset({"i-1"})),
            Write(name(B), frozenset({"i-2"})),
        ]
        assert ledger.write(writes).keys() == {*between, B}

    def test_an_item_with_nothing_in_it_is_deleted(self, ledger: Ledger) -> None:
        revisions = put(ledger, name(), owner("i-1", A))
        gone = NameState(A, revisions[A]), owner("i-1", revision=revisions["i-1"])
        assert put(ledger, *gone) == {A: "", "i-1": ""}
        recall = ledger.scan()
        assert (recall.names, recall.owners) == ({}, {})

    def test_a_stale_deletion_loses(self, ledger: Ledger) -> None:
        stale = put(ledger, name())[A]
        put(ledger, name(revision=stale, ttl=5))
        assert put(ledger, NameState(A, stale)) == {}
        assert A in ledger.scan().names

    def test_an_intent_and_its_lease_are_kept_until_they_are_settled(self, ledger: Ledger) -> None:
        intended = name()._replace(intent={}, lease=1_700_000_060_000)
        revision = put(ledger, intended)[A]
        assert ledger.scan().names[A] == intended._replace(revision=revision)
        put(ledger, name(revision=revision))
        assert ledger.scan().names[A].intent is None

    def test_nothing_where_nothing_is_is_written_at_once(self, ledger: Ledger) -> None:
        assert put(ledger, NameState(A), owner("i-1")) == {A: "", "i-1": ""}
        assert put(ledger) == {}

    def test_more_items_than_one_transaction_takes_are_all_written(self, ledger: Ledger) -> None:
        many = [NameKey("Z1", f"h{number}.example.com") for number in range(130)]
        assert put(ledger, *map(name, many)).keys() == set(many)
        assert ledger.scan().names.keys() == set(many)


class TestZones:
    def test_zones_are_remembered_and_are_no_names(self, ledger: Ledger) -> None:
        zones = [REVERSE._replace(id="Z3", vpcs=frozenset({"vpc-2"})), REVERSE]
        for zone in (*zones, zones[0]):
            ledger.remember_zone(zone)
        assert sorted(ledger.zones(), key=lambda each: each.id) == zones[::-1]
        assert ledger.scan().names == ledger.scan().owners == {}


# ---------------------------------------------------------------- requests to DynamoDB


class TestRequests:
    def test_nothing_to_write_is_no_request(self, dynamodb: DynamoDbLedger, wire: Wire) -> None:
        put(dynamodb, NameState(A), owner("i-1"))
        put(dynamodb)
        assert wire.calls == []

    def test_a_hundred_items_are_one_request(self, dynamodb: DynamoDbLedger, wire: Wire) -> None:
        many = [NameKey("Z1", f"h{number}.example.com") for number in range(101)]
        put(dynamodb, *map(name, many))
        assert wire.count() == {"TransactWriteItems": 2}
        wire.reset()
        dynamodb.recall(["i-1"], many)
        assert wire.count() == {"BatchGetItem": 2}

    def test_one_lost_item_costs_one_more_request(
        self, dynamodb: DynamoDbLedger, wire: Wire
    ) -> None:
        put(dynamodb, name(A))
        wire.reset()
        put(dynamodb, name(A), name(B))
        assert wire.count() == {"TransactWriteItems": 2}

    def test_reads_are_consistent(self, dynamodb: DynamoDbLedger, wire: Wire) -> None:
        dynamodb.recall((), [A])
        dynamodb.scan()
        dynamodb.zones()
        for call in wire.calls:
            asked = call.parameters.get("RequestItems", {}).get(TABLE, call.parameters)
            assert asked["ConsistentRead"], call

    def test_all_pages_of_a_scan_are_read(
        self, dynamodb: DynamoDbLedger, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        many = [NameKey("Z1", f"h{number}.example.com") for number in range(30)]
        put(dynamodb, *map(name, many))
        dynamodb.remember_zone(REVERSE)
        monkeypatch.setattr(moto_table, "RESULT_SIZE_LIMIT", 1000)  # a megabyte otherwise
        wire.reset()
        assert dynamodb.scan().names.keys() == set(many)
        assert wire.count()["Scan"] > 3
        assert dynamodb.zones() == [REVERSE]

    @pytest.mark.parametrize(
        ("operation", "use"),
        (
            ("BatchGetItem", lambda ledger: ledger.recall(["i-1"], ())),
            ("Scan", lambda ledger: ledger.scan()),
            ("Scan", lambda ledger: ledger.zones()),
            ("TransactWriteItems", lambda ledger: put(ledger, name())),
            ("PutItem", lambda ledger: ledger.remember_zone(REVERSE)),
        ),
    )
    def test_a_denied_request_is_told_as_such(
        self,
        dynamodb: DynamoDbLedger,
        wire: Wire,
        operation: str,
        use: Callable[[DynamoDbLedger], object],
    ) -> None:
        wire.fail_next(operation, "AccessDeniedException", 403, message="not authorized")
        with pytest.raises(PermanentError, match="not authorized"):
            use(dynamodb)


# ---------------------------------------------------------------- what moto never does


class Script:
    """A DynamoDB client that answers as it is told, and then as an empty table does."""

    def __init__(self, *answers: Exception | dict[str, Any]) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def batch_get_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
        return self._next(arguments, {"Responses": {TABLE: []}, "UnprocessedKeys": {}})

    def transact_write_items(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
        return self._next(arguments, {})

    def _next(self, arguments: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(arguments)
        answer = self._answers.pop(0) if self._answers else default
        if isinstance(answer, Exception):
            raise answer
        return answer


def scripted(*answers: Exception | dict[str, Any]) -> tuple[DynamoDbLedger, Script, FakeClock]:
    script, clock = Script(*answers), FakeClock()
    return DynamoDbLedger(script, TABLE, clock), script, clock  # type: ignore[arg-type]  # a client


def error(code: str, *reasons: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if reasons:
        answer["CancellationReasons"] = [{"Code": each} for each in reasons]
    return ClientError(answer, "TransactWriteItems")


def cancelled(*reasons: str) -> ClientError:
    return error("TransactionCanceledException", *reasons)


def unprocessed(*keys_left: str) -> dict[str, Any]:
    left = {TABLE: {"Keys": [{"pk": {"S": each}} for each in keys_left]}}
    return {"Responses": {TABLE: []}, "UnprocessedKeys": left if keys_left else {}}


def item(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "revision": {"S": "1"}, "names": {"SS": ["Z1#a.example.com"]}}


class TestHardTimes:
    def test_keys_left_unprocessed_are_asked_for_again(self) -> None:
        first = unprocessed("INSTANCE#i-2")
        first["Responses"][TABLE] = [item("INSTANCE#i-1")]
        second = {"Responses": {TABLE: [item("INSTANCE#i-2")]}, "UnprocessedKeys": {}}
        ledger, script, clock = scripted(first, second)
        assert ledger.recall(["i-1", "i-2"], ()).owners.keys() == {"i-1", "i-2"}
        asked = [each["RequestItems"][TABLE]["Keys"] for each in script.asked]
        assert asked[1] == [{"pk": {"S": "INSTANCE#i-2"}}]
        assert all(each["RequestItems"][TABLE]["ConsistentRead"] for each in script.asked)
        assert len(clock.slept) == 1

    def test_keys_left_unprocessed_again_and_again_are_a_throttling(self) -> None:
        ledger, script, clock = scripted(*[unprocessed("INSTANCE#i-1")] * 20)
        with pytest.raises(ThrottledError, match="unprocessed"):
            ledger.recall(["i-1"], ())
        assert len(script.asked) == 5
        assert sorted(clock.slept) == clock.slept
        assert sum(clock.slept) < 5

    def test_a_conflict_with_another_transaction_is_tried_again(self) -> None:
        ledger, script, clock = scripted(cancelled("None", "TransactionConflict"))
        assert put(ledger, name(A), name(B)).keys() == {A, B}
        assert [len(each["TransactItems"]) for each in script.asked] == [2, 2]
        assert len(clock.slept) == 1

    def test_a_conflict_that_stays_loses_the_item_and_no_other(self) -> None:
        ledger, _, clock = scripted(*[cancelled("None", "TransactionConflict")] * 6)
        assert put(ledger, name(A), name(B)).keys() == {A}
        assert sum(clock.slept) < 5

    def test_an_owner_that_is_lost_to_a_conflict_takes_its_names_along(self) -> None:
        ledger, _, _ = scripted(*[cancelled("TransactionConflict", "None", "None")] * 6)
        written = put(ledger, owner("i-1", A), name(A), owner("i-2", B), needs=["i-1"])
        assert written.keys() == {"i-2"}

    @pytest.mark.parametrize("reason", ("ThrottlingError", "ProvisionedThroughputExceeded"))
    def test_a_throttled_transaction_is_tried_again_and_at_last_later(self, reason: str) -> None:
        ledger, script, clock = scripted(cancelled("None", reason))
        assert put(ledger, name(A), name(B)).keys() == {A, B}
        assert (len(script.asked), len(clock.slept)) == (2, 1)
        ledger, script, clock = scripted(*[cancelled("None", reason)] * 20)
        with pytest.raises(ThrottledError):
            put(ledger, name(A), name(B))
        assert len(script.asked) == 6
        assert sum(clock.slept) < 5

    def test_a_throttled_item_beside_a_lost_one_is_not_taken_for_lost(self) -> None:
        ledger, _, _ = scripted(cancelled("ConditionalCheckFailed", "ThrottlingError"))
        with pytest.raises(ThrottledError):
            put(ledger, name(A), name(B))

    def test_a_transaction_that_can_never_be_is_an_error_at_once(self) -> None:
        ledger, script, _ = scripted(cancelled("None", "ValidationError"))
        with pytest.raises(PermanentError):
            put(ledger, name(A), name(B))
        assert len(script.asked) == 1

    @pytest.mark.parametrize(
        ("fault", "ours"),
        (
            (error("ProvisionedThroughputExceededException"), ThrottledError),
            (error("TransactionInProgressException"), ThrottledError),
            (error("ThrottlingException"), ThrottledError),
            (error("RequestLimitExceeded"), ThrottledError),
            (error("InternalServerError", status=500), UnavailableError),
            (error("ResourceNotFoundException"), PermanentError),
            (error("AccessDeniedException"), PermanentError),
        ),
        ids=lambda each: each.response["Error"]["Code"] if isinstance(each, ClientError) else "",
    )
    def test_errors_are_ours(self, fault: ClientError, ours: type[Exception]) -> None:
        for use in (lambda ledger: put(ledger, name()), lambda ledger: ledger.recall((), [A])):
            ledger, _, _ = scripted(fault)
            with pytest.raises(ours) as caught:
                use(ledger)
            assert type(caught.value) is ours
            assert caught.value.__cause__ is fault
