"""The ledger's requests to DynamoDB: how many, how large, and what becomes of refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ddns.adapters.ledger import DynamoDbLedger
from ddns.core.errors import ConflictError, PermanentError, ThrottledError, UnavailableError
from ddns.core.head import Head
from ddns.core.instance.items import MAX_CLAIMS, Claim, NameState, OwnerState, Write
from ddns.core.records import NameKey, RecordSet, Zone
from tests.adapters.conftest import TABLE
from tests.fakes import dynamodb as strict_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.clock import FakeClock
    from tests.fakes.dynamodb import FakeDynamoDb
    from tests.handlers.account import Wire

A = NameKey("Z1", "a.example.com")
REVERSE = Zone("Z2", "10.in-addr.arpa", private=True, vpcs=frozenset({"vpc-1"}), created=True)
READS: dict[str, Callable[[DynamoDbLedger], object]] = {
    "BatchGetItem": lambda ledger: ledger.names([A]),
    "GetItem": lambda ledger: (ledger.head(), ledger.zones()),
    "Scan": lambda ledger: ledger.page(""),
    "TransactGetItems": lambda ledger: ledger.open(["i-1"]),
}
WRITES: dict[str, Callable[[DynamoDbLedger], object]] = {
    "TransactWriteItems": lambda ledger: ledger.write(Head(), [Write(name())], release=True),
    "UpdateItem": lambda ledger: ledger.remember_zone(REVERSE),
}


@pytest.fixture
def ledger(strict: Any, clock: FakeClock) -> DynamoDbLedger:  # noqa: ANN401 - a client
    """The ledger on the strict fake."""
    return DynamoDbLedger(strict, TABLE, clock)


@pytest.fixture
def on_moto(moto: Any, clock: FakeClock) -> DynamoDbLedger:  # noqa: ANN401 - a client
    """The ledger on moto, which sees what boto3 sends."""
    return DynamoDbLedger(moto, TABLE, clock)


def name(key: NameKey = A, claims: int = 1) -> NameState:
    """Return an item of a name that instances share."""
    addresses = [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(claims)]
    record_set = RecordSet(60, tuple(sorted(addresses)[:400]))
    return NameState(
        key,
        {
            f"i-{n:017x}": Claim({"A": (address,)}, 1_700_000_000_000 + n, "2026-01-01T00:00:00Z")
            for n, address in enumerate(addresses)
        },
        {"A": record_set},
        {"A": record_set},
    )


def shared(count: int, claims: int) -> list[NameState]:
    """Return items of names that many instances share."""
    return [name(NameKey("Z1", f"shared{n}.example.com"), claims) for n in range(count)]


def fail(strict: FakeDynamoDb, method: str, *errors: Exception) -> None:
    """Let the next requests of a method fail, before anything is done."""
    left = list(errors)

    def hook(requested: str, moment: str) -> None:
        if (requested, moment) == (method, "before") and left:
            strict.requests[requested] += 1
            raise left.pop(0)

    strict.on_call = hook


def error(code: str, *reasons: str, status: int = 400) -> ClientError:
    """Return an error as boto3 raises it."""
    answer: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if reasons:
        answer["CancellationReasons"] = [{"Code": each} for each in reasons]
    return ClientError(answer, "TransactWriteItems")


def cancelled(*reasons: str) -> ClientError:
    """Return the error of a cancelled transaction."""
    return error("TransactionCanceledException", *reasons)


# ---------------------------------------------------------------- how many and how large


class TestSizes:
    """A transaction takes 100 items and 4 MB, an item 400 KB: what is more the fake refuses."""

    def test_ninety_nine_small_items_are_one_request(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb
    ) -> None:
        writes = [Write(each) for each in shared(100, 1)]
        head = ledger.write(Head(), writes[:99], release=False)
        assert strict.requests == {"transact_write_items": 1}
        ledger.write(head, writes, release=True)
        assert strict.requests == {"transact_write_items": 3}

    def test_sixty_names_of_nine_hundred_instances_each_pass_in_one_write(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb
    ) -> None:
        items = shared(60, 900)
        head = ledger.write(Head(), [Write(each) for each in items], release=True)
        assert ledger.names([each.key for each in items]) == {each.key: each for each in items}
        # 60 items of about 190 KB, as they are reckoned, at 3.5 MB: no more requests than needed.
        assert head.version == strict.requests["transact_write_items"] <= 4

    def test_a_name_with_as_many_claims_as_may_be_is_one_item(self, ledger: DynamoDbLedger) -> None:
        owners = [f"i-{n:017x}" for n in range(MAX_CLAIMS)]
        addresses = [f"2001:db8:1111:2222:3333:4444:{n:04x}:5555" for n in range(MAX_CLAIMS)]
        claims = {
            owner: Claim(
                {"A": (f"10.100.{100 + n // 100}.{100 + n % 100}",), "AAAA": (addresses[n],)},
                1_700_000_000_000,
                "2026-01-01T00:00:00+00:00",
            )
            for n, owner in enumerate(owners)
        }
        record_sets = {"AAAA": RecordSet(60, tuple(addresses[:400]))}
        key = NameKey("Z" * 32, "a" * 250)
        item = NameState(key, claims, record_sets, record_sets)
        ledger.write(Head(), [Write(item)], release=True)
        assert ledger.names([key]) == {key: item}

    def test_an_item_that_dynamodb_does_not_take_is_an_error_and_no_loop(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb
    ) -> None:
        with pytest.raises(PermanentError, match="Item size"):
            ledger.write(Head(), [Write(name(claims=5000))], release=True)
        assert strict.requests == {"transact_write_items": 1}
        assert ledger.head() == Head()

    def test_items_that_do_not_fit_into_one_answer_are_all_read(
        self,
        ledger: DynamoDbLedger,
        strict: FakeDynamoDb,
        clock: FakeClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        items = shared(90, 10)
        ledger.write(Head(), [Write(each) for each in items], release=True)
        monkeypatch.setattr(strict_module, "_MAX_BATCH", 40_000)  # 16 MB otherwise
        assert ledger.names([each.key for each in items]) == {each.key: each for each in items}
        assert 2 < strict.requests["batch_get_item"] < 10
        assert clock.slept == []  # an answer that was full is no reason to wait


class TestRequests:
    def test_a_hundred_keys_are_one_request(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb
    ) -> None:
        keys = [NameKey("Z1", f"h{number}.example.com") for number in range(101)]
        ledger.names(keys[:100])
        assert strict.requests == {"batch_get_item": 1}
        ledger.names([*keys, *keys])
        assert strict.requests == {"batch_get_item": 3}

    def test_nothing_to_read_is_no_request(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb
    ) -> None:
        ledger.names([])
        ledger.owners([])
        assert not strict.requests

    def test_reads_are_consistent(self, on_moto: DynamoDbLedger, wire: Wire) -> None:
        for read in READS.values():
            read(on_moto)
        assert wire.count().keys() == READS.keys()
        for call in wire.calls:
            asked = call.parameters.get("RequestItems", {}).get(TABLE, call.parameters)
            # TransactGetItems is serializable and knows no such parameter.
            assert asked.get("ConsistentRead") or call.operation == "TransactGetItems", call

    @pytest.mark.parametrize("operation", (*READS, *WRITES))
    def test_a_denied_request_is_an_error_of_ours(
        self, on_moto: DynamoDbLedger, wire: Wire, operation: str
    ) -> None:
        wire.fail_next(operation, "AccessDeniedException", 403, message="not authorized")
        with pytest.raises(PermanentError, match="not authorized"):
            (READS | WRITES)[operation](on_moto)

    def test_a_write_has_a_token_by_which_dynamodb_knows_a_repetition(
        self, on_moto: DynamoDbLedger, wire: Wire
    ) -> None:
        """botocore repeats a request whose answer is lost; the write is done once all the same."""
        on_moto.write(Head(), [Write(name())], release=False)
        on_moto.write(Head(1), [Write(name())], release=True)
        assert len({call.parameters["ClientRequestToken"] for call in wire.calls}) == 2


# ---------------------------------------------------------------- what passes by itself


class TestBusyItems:
    """An item that a transaction is at work on is refused to others."""

    @pytest.mark.parametrize(
        ("method", "use"),
        (
            ("transact_get_items", lambda ledger: ledger.open(["i-1"])),
            ("transact_write_items", lambda ledger: ledger.write(Head(), [], release=True)),
        ),
    )
    def test_it_is_tried_again_and_at_last_later(
        self,
        ledger: DynamoDbLedger,
        strict: FakeDynamoDb,
        clock: FakeClock,
        method: str,
        use: Callable[[DynamoDbLedger], object],
    ) -> None:
        strict.busy = lambda key: key == "HEAD" and len(clock.slept) < 2
        use(ledger)
        assert (strict.requests[method], len(clock.slept)) == (3, 2)
        strict.busy = lambda _: True
        strict.requests.clear()
        clock.slept.clear()
        with pytest.raises(ThrottledError):
            use(ledger)
        assert 3 <= strict.requests[method] <= 6
        assert sorted(clock.slept) == clock.slept
        assert sum(clock.slept) < 5

    def test_a_busy_item_is_not_taken_for_one_that_exists(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb, clock: FakeClock
    ) -> None:
        strict.busy = lambda key: key != "HEAD" and not clock.slept
        ledger.write(Head(), [Write(name(), new=True)], release=True)
        assert ledger.names([A])

    @pytest.mark.parametrize(
        "reason", ("ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict")
    )
    def test_a_throttled_transaction_is_tried_again_and_at_last_later(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb, clock: FakeClock, reason: str
    ) -> None:
        writes = [Write(OwnerState("i-1", frozenset({A}))), Write(name())]
        fail(strict, "transact_write_items", cancelled("None", "None", reason))
        head = ledger.write(Head(), writes, release=True)
        assert (strict.requests["transact_write_items"], len(clock.slept)) == (2, 1)
        fail(strict, "transact_write_items", *[cancelled("None", "None", reason)] * 20)
        with pytest.raises(ThrottledError):
            ledger.write(head, writes, release=True)
        assert sum(clock.slept) < 5

    def test_a_head_that_has_moved_is_a_conflict_whatever_else_is_refused(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb, clock: FakeClock
    ) -> None:
        fail(strict, "transact_write_items", cancelled("ConditionalCheckFailed", "ThrottlingError"))
        with pytest.raises(ConflictError):
            ledger.write(Head(), [Write(name())], release=True)
        assert clock.slept == []

    def test_a_throttled_item_beside_one_that_exists_is_tried_again(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb
    ) -> None:
        reasons = ("None", "ConditionalCheckFailed", "ThrottlingError")
        fail(strict, "transact_write_items", cancelled(*reasons))
        writes = [Write(name(), new=True), Write(OwnerState("i-1", frozenset({A})))]
        ledger.write(Head(), writes, release=True)
        assert ledger.owners(["i-1"])

    def test_a_transaction_that_can_never_be_is_an_error_at_once(
        self, ledger: DynamoDbLedger, strict: FakeDynamoDb
    ) -> None:
        fail(strict, "transact_write_items", cancelled("None", "ValidationError"))
        with pytest.raises(PermanentError):
            ledger.write(Head(), [Write(name())], release=True)
        assert strict.requests == {"transact_write_items": 1}

    def test_keys_left_unprocessed_again_and_again_are_a_throttling(
        self,
        ledger: DynamoDbLedger,
        strict: FakeDynamoDb,
        clock: FakeClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ledger.write(Head(), [Write(name())], release=True)
        clock.slept.clear()
        monkeypatch.setattr(strict_module, "_MAX_BATCH", 0)
        with pytest.raises(ThrottledError, match="unprocessed"):
            ledger.names([A])
        assert 3 <= strict.requests["batch_get_item"] <= 6
        assert sorted(clock.slept) == clock.slept
        assert sum(clock.slept) < 5


class TestErrors:
    @pytest.mark.parametrize(
        ("raised", "ours"),
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
    def test_errors_are_ours(
        self,
        ledger: DynamoDbLedger,
        strict: FakeDynamoDb,
        raised: ClientError,
        ours: type[Exception],
    ) -> None:
        uses: dict[str, Callable[[], object]] = {
            "batch_get_item": lambda: ledger.names([A]),
            "transact_write_items": lambda: ledger.write(Head(), [], release=True),
            "update_item": ledger.fence,
        }
        for method, use in uses.items():
            fail(strict, method, raised)
            with pytest.raises(ours) as caught:
                use()
            assert type(caught.value) is ours
            assert caught.value.__cause__ is raised
