"""What `ports.SweepStore` promises: on DynamoDB, strict fake and moto, and in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from ddns.adapters.ledger import DynamoDbLedger
from ddns.adapters.sweeps import DynamoDbSweepStore
from ddns.core.errors import PermanentError
from ddns.core.head import Head
from ddns.core.instance import walk
from ddns.core.instance.walk import Note, Progress
from tests.adapters.conftest import TABLE
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb
from tests.fakes.ledger import FakeSweeps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.instance.ports import SweepStore
    from tests.handlers.account import Wire

FIRST = Progress("sweep-1", touched=1000)
SECOND = Progress("sweep-2", touched=5000)


@pytest.fixture
def memory() -> FakeSweeps:
    """The store that tests of the use cases share."""
    return FakeSweeps()


@pytest.fixture(params=("memory", "strict", "moto"))
def store(request: pytest.FixtureRequest, clock: FakeClock) -> SweepStore:
    """A store without a sweep: in memory, on the strict fake of DynamoDB, on moto."""
    found: Any = request.getfixturevalue(request.param)
    return found if request.param == "memory" else DynamoDbSweepStore(found, TABLE, clock)


@pytest.fixture
def on_moto(moto: Any, clock: FakeClock) -> DynamoDbSweepStore:  # noqa: ANN401 - a client
    """The store on moto, which sees what boto3 sends."""
    return DynamoDbSweepStore(moto, TABLE, clock)


class TestBegin:
    def test_without_one_under_way_it_is_the_one_that_is(self, store: SweepStore) -> None:
        assert store.progress() is None
        assert store.begin(FIRST, 0) == store.progress() == FIRST

    def test_with_one_under_way_the_order_is_noted_there(self, store: SweepStore) -> None:
        store.begin(FIRST, 0)
        assert store.begin(SECOND, FIRST.touched) is None
        assert store.progress() == FIRST
        assert store.end(FIRST)

    def test_an_order_is_noted_through_all_steps(self, store: SweepStore) -> None:
        store.begin(FIRST, 0)
        store.begin(SECOND, 0)
        after = FIRST._replace(step=1)
        assert store.advance(FIRST, after)
        assert store.end(after)

    def test_one_without_progress_for_long_is_replaced_and_its_orders_with_it(
        self, store: SweepStore
    ) -> None:
        store.begin(FIRST, 0)
        store.begin(SECOND, 0)
        assert store.begin(SECOND, FIRST.touched + 1) == store.progress() == SECOND
        assert not store.end(FIRST)
        assert not store.advance(FIRST, FIRST._replace(step=1))
        assert store.progress() == SECOND
        assert not store.end(SECOND)


class TestAdvance:
    def test_a_step_is_kept_once(self, store: SweepStore) -> None:
        store.begin(FIRST, 0)
        after = FIRST._replace(step=1, phase=walk.LEDGER, start="x", touched=2000, seen=b"\x00\xff")
        assert store.advance(FIRST, after)
        assert store.progress() == after
        other = FIRST._replace(step=1, phase=walk.LEDGER, start="y", touched=2001)
        assert not store.advance(FIRST, other)
        assert store.progress() == after

    def test_of_no_sweep_nothing_is_kept(self, store: SweepStore) -> None:
        assert not store.advance(FIRST, FIRST._replace(step=1))
        assert store.progress() is None

    def test_progress_makes_a_sweep_young_again(self, store: SweepStore) -> None:
        store.begin(FIRST, 0)
        store.advance(FIRST, FIRST._replace(step=1, touched=3000))
        assert store.begin(SECOND, 2000) is None


class TestEnd:
    def test_it_is_forgotten_and_says_whether_another_was_ordered(self, store: SweepStore) -> None:
        store.begin(FIRST, 0)
        assert not store.end(FIRST)
        assert store.progress() is None
        assert not store.end(FIRST)
        assert store.begin(SECOND, 0) == SECOND
        store.begin(FIRST, 0)
        assert store.end(SECOND)
        assert store.begin(FIRST, 0) == FIRST
        assert not store.end(FIRST)


NOTES = [
    Note(running=b"\x00\x01\x02\x03\x04\x05\x06\x07" * 3, to_delete=("i-1", "i-2")),
    Note(),
    Note(owned=b"abcdefgh"),
]


def noted(store: SweepStore, progress: Progress, notes: list[Note]) -> Progress:
    """Keep notes; return the progress that counts them."""
    for note in notes:
        store.put_note(progress, note)
        progress = progress._replace(notes=progress.notes + 1)
    return progress


class TestNotes:
    def test_they_come_back_in_order(self, store: SweepStore) -> None:
        assert store.notes(FIRST) == []
        after = noted(store, FIRST, NOTES)
        assert store.notes(after) == NOTES
        assert store.notes(after._replace(notes=2)) == NOTES[:2]

    def test_a_step_that_is_done_again_replaces_its_notes(self, store: SweepStore) -> None:
        noted(store, FIRST, NOTES)
        again = noted(store, FIRST, NOTES[::-1])
        assert store.notes(again) == NOTES[::-1]

    def test_those_of_an_earlier_sweep_do_not_count(self, store: SweepStore) -> None:
        noted(store, FIRST, NOTES)
        after = noted(store, SECOND, NOTES[:1])
        assert store.notes(after) == NOTES[:1]
        assert store.notes(after._replace(notes=3)) == NOTES[:1]

    def test_a_dry_run_has_its_own(self, store: SweepStore) -> None:
        plan = Progress("plan-1", dry_run=True)
        after = noted(store, FIRST, NOTES)
        planned = noted(store, plan, NOTES[2:])
        assert store.notes(planned) == NOTES[2:]
        assert store.notes(after) == NOTES

    def test_more_than_a_hundred_are_all_read(self, store: SweepStore) -> None:
        notes = [Note(owned=bytes([n] * 8)) for n in range(120)]
        assert store.notes(noted(store, FIRST, notes)) == notes


# ---------------------------------------------------------------- DynamoDB


progresses = st.builds(
    Progress,
    st.from_regex(r"sweep-\d{1,13}-\d{6}", fullmatch=True),
    verify=st.booleans(),
    dry_run=st.booleans(),
    step=st.integers(0, 10**6),
    phase=st.sampled_from([walk.INSTANCES, walk.LEDGER, walk.DELETES, walk.ZONES, walk.MISSING]),
    start=st.text(max_size=200),
    touched=st.integers(0, 2**45),
    deletes=st.integers(0, 10**6),
    skipped=st.lists(st.from_regex(r"Z[A-Z0-9]{1,20}", fullmatch=True), max_size=3).map(tuple),
    seen=st.binary(max_size=100),
)


@given(progresses)
def test_progress_is_read_as_it_was_kept(progress: Progress) -> None:
    strict: Any = FakeDynamoDb({TABLE: "pk"})
    store = DynamoDbSweepStore(strict, TABLE, FakeClock())
    before = Progress(progress.sweep)
    store.begin(before, 0)
    assert store.advance(before, progress)
    assert store.progress() == progress


def test_sweep_and_notes_are_no_items_of_the_ledger(
    strict: Any,  # noqa: ANN401 - a client
    clock: FakeClock,
) -> None:
    store, ledger = (make(strict, TABLE, clock) for make in (DynamoDbSweepStore, DynamoDbLedger))
    assert isinstance(store, DynamoDbSweepStore)
    assert isinstance(ledger, DynamoDbLedger)
    store.begin(FIRST, 0)
    noted(store, FIRST, NOTES)
    assert ledger.page("") == ([], "")
    assert ledger.head() == Head()


def test_notes_of_a_hundred_thousand_instances_fit(
    strict: Any,  # noqa: ANN401 - a client
    clock: FakeClock,
) -> None:
    """A note is of a page of EC2, or of a megabyte of the ledger; the bits are of all names."""
    store = DynamoDbSweepStore(strict, TABLE, clock)
    owners = tuple(f"i-{number:017x}" for number in range(10_000))
    store.put_note(FIRST, Note(running=bytes(8 * 1000), owned=bytes(8 * 10_000), to_delete=owners))
    store.begin(FIRST, 0)
    assert store.advance(FIRST, FIRST._replace(step=1, notes=1, seen=bytes(2 * 100_000 // 8)))
    assert store.notes(FIRST._replace(notes=1))[0].to_delete == owners


class TestLostAnswers:
    """botocore repeats what was not answered; then the condition no longer holds by itself."""

    LOST = ReadTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    def test_a_sweep_that_was_begun_is_begun(self, on_moto: DynamoDbSweepStore, wire: Wire) -> None:
        wire.lose_next("PutItem", self.LOST)
        assert on_moto.begin(FIRST, 0) == FIRST
        assert not on_moto.end(FIRST)

    def test_a_step_that_was_kept_is_kept(self, on_moto: DynamoDbSweepStore, wire: Wire) -> None:
        on_moto.begin(FIRST, 0)
        after = FIRST._replace(step=1, touched=2000)
        wire.lose_next("UpdateItem", self.LOST)
        assert on_moto.advance(FIRST, after)
        assert on_moto.progress() == after

    def test_an_order_that_was_noted_is_told(self, on_moto: DynamoDbSweepStore, wire: Wire) -> None:
        on_moto.begin(FIRST, 0)
        on_moto.begin(SECOND, 0)
        wire.lose_next("DeleteItem", self.LOST)
        assert on_moto.end(FIRST)
        assert on_moto.progress() is None


USES: dict[str, Callable[[DynamoDbSweepStore], object]] = {
    "BatchGetItem": lambda store: store.notes(FIRST._replace(notes=1)),
    "DeleteItem": lambda store: (store.begin(FIRST, 0), store.end(FIRST)),
    "GetItem": lambda store: store.progress(),
    "PutItem": lambda store: store.begin(FIRST, 0),
    "UpdateItem": lambda store: store.advance(FIRST, FIRST),
}


@pytest.mark.parametrize("operation", USES)
def test_a_denied_request_is_an_error_of_ours(
    on_moto: DynamoDbSweepStore, wire: Wire, operation: str
) -> None:
    wire.fail_next(operation, "AccessDeniedException", 403, message="not authorized")
    with pytest.raises(PermanentError, match="not authorized"):
        USES[operation](on_moto)
