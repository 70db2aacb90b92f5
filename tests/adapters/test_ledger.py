"""What `ports.Ledger` promises: the same tests on DynamoDB, strict fake and moto, and in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.dynamodb.models import table as moto_table

from ddns.adapters import ledger_items
from ddns.adapters.ledger import DynamoDbLedger
from ddns.core.errors import ConflictError
from ddns.core.head import Head
from ddns.core.instance.items import LEASE, Claim, ExistsError, Item, NameState, OwnerState, Write
from ddns.core.records import TYPES, NameKey, RecordSet, Zone
from tests.adapters.conftest import TABLE
from tests.fakes import dynamodb as strict_module
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb
from tests.fakes.dynamodb_items import measured
from tests.fakes.ledger import FakeLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ddns.instance.ports import Ledger

A = NameKey("Z1", "a.example.com")
B = NameKey("Z1", "b.example.com")
REVERSE = Zone("Z2", "10.in-addr.arpa", private=True, vpcs=frozenset({"vpc-1"}), created=True)


@pytest.fixture
def memory(clock: FakeClock) -> FakeLedger:
    """The ledger that tests of the use cases share."""
    return FakeLedger(clock)


@pytest.fixture(params=("memory", "strict", "moto"))
def ledger(request: pytest.FixtureRequest, clock: FakeClock) -> Ledger:
    """An empty ledger: in memory, on the strict fake of DynamoDB, on moto."""
    found: Any = request.getfixturevalue(request.param)
    return found if request.param == "memory" else DynamoDbLedger(found, TABLE, clock)


def name(key: NameKey = A, *, ttl: int = 60) -> NameState:
    """Return an item of a name that one instance claims."""
    claim = Claim({"A": ("10.0.0.1",)}, 1_700_000_000_000, "2026-01-01T00:00:00+00:00")
    return NameState(key, {"i-1": claim}, {"A": RecordSet(ttl, ("10.0.0.1",))})


def many(count: int) -> list[NameKey]:
    """Return names."""
    return [NameKey("Z1", f"h{number}.example.com") for number in range(count)]


def put(ledger: Ledger, *items: Item, release: bool = True) -> Head:
    """Write items, whoever has written before."""
    return ledger.write(ledger.head(), [Write(each) for each in items], release=release)


def pages(ledger: Ledger) -> list[list[Item]]:
    """Return all pages."""
    found = []
    start: str | None = ""
    while start is not None:
        page, following = ledger.page(start)
        found.append(page)
        start = following or None
    return found


# ---------------------------------------------------------------- the law


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=1, max_size=4).map(".".join)
keys = st.builds(NameKey, st.from_regex(r"Z[A-Z0-9]{1,20}", fullmatch=True), names)
owners = st.from_regex(r"i-[0-9a-f]{8,17}", fullmatch=True)
values = st.lists(
    st.one_of(st.ip_addresses().map(str), names.map("{}.".format)), min_size=1, unique=True
).map(lambda each: tuple(sorted(each)))
kinds = st.sampled_from(TYPES)
record_sets = st.dictionaries(kinds, st.builds(RecordSet, st.integers(0, 2**31 - 1), values))
claims = st.builds(
    Claim,
    st.dictionaries(kinds, values),
    st.integers(0, 2**45),
    st.datetimes().map(lambda each: each.isoformat()) | st.just(""),
)
items = st.one_of(
    st.builds(
        NameState,
        keys,
        st.dictionaries(owners, claims, max_size=4),
        record_sets,
        st.none() | record_sets,
        st.frozensets(owners, max_size=4),
    ),
    st.builds(
        OwnerState,
        owners,
        st.frozensets(keys, min_size=1, max_size=8),
        st.from_regex(r"([0-9a-f]{16})?", fullmatch=True),
    ),
).filter(lambda each: not each.empty)


def what_is_read_equals_what_was_written(ledger: Ledger, item: Item) -> None:
    """Check it by key and by page, and leave the ledger empty."""
    put(ledger, item)
    if isinstance(item, NameState):
        assert ledger.names([item.key]) == {item.key: item}
        emptied: Item = NameState(item.key)
    else:
        assert ledger.owners([item.owner]) == {item.owner: item}
        emptied = OwnerState(item.owner)
    assert ledger.page("") == ([item], "")
    put(ledger, emptied)
    assert ledger.page("") == ([], "")


@given(items)
def test_what_was_written_is_read(item: Item) -> None:
    clock = FakeClock()
    strict: Any = FakeDynamoDb({TABLE: "pk"})
    what_is_read_equals_what_was_written(FakeLedger(clock), item)
    what_is_read_equals_what_was_written(DynamoDbLedger(strict, TABLE, clock), item)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(item=items)
def test_what_was_written_is_read_on_moto(
    moto: Any,  # noqa: ANN401 - a client
    clock: FakeClock,
    item: Item,
) -> None:
    what_is_read_equals_what_was_written(DynamoDbLedger(moto, TABLE, clock), item)


@given(items)
def test_no_item_is_larger_than_what_is_reckoned(item: Item) -> None:
    assert measured(ledger_items.attributes(item))[1] <= ledger_items.size(item)


# ---------------------------------------------------------------- the head


class TestHead:
    def test_a_new_ledger_has_a_head_that_nobody_has(self, ledger: Ledger) -> None:
        assert ledger.head() == Head(0, 0)
        assert ledger.open([]) == (Head(0, 0), {})

    def test_a_write_takes_it_for_half_a_minute_and_the_last_one_gives_it_back(
        self, ledger: Ledger, clock: FakeClock
    ) -> None:
        taken = ledger.write(Head(), [Write(name())], release=False)
        assert taken == ledger.head() == Head(1, int((clock.now() + LEASE) * 1000))
        assert taken.held(clock.now())
        assert taken.held(clock.now() + LEASE - 1)
        assert not taken.held(clock.now() + LEASE)
        released = ledger.write(taken, [Write(name(B))], release=True)
        assert released == ledger.head() == Head(2, 0)
        assert not released.held(clock.now())

    def test_a_write_of_nothing_moves_it_too(self, ledger: Ledger) -> None:
        taken = ledger.write(Head(), [], release=False)
        assert ledger.write(taken, [], release=True) == ledger.head() == Head(2, 0)

    def test_a_write_by_who_has_it_makes_it_last(self, ledger: Ledger, clock: FakeClock) -> None:
        taken = ledger.write(Head(), [], release=False)
        clock.sleep(LEASE - 1)
        assert ledger.write(taken, [], release=False).until - taken.until == (LEASE - 1) * 1000

    @pytest.mark.parametrize("release", (True, False))
    def test_who_read_it_before_somebody_else_wrote_writes_nothing(
        self,
        ledger: Ledger,
        release: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        stale = put(ledger, name())
        put(ledger, name(ttl=5), release=release)
        now = ledger.head()
        for writes in ([Write(name(ttl=7)), Write(name(B))], [Write(NameState(A))], []):
            with pytest.raises(ConflictError) as caught:
                ledger.write(stale, writes, release=True)
            assert not isinstance(caught.value, ExistsError)
        assert ledger.head() == now
        assert ledger.names([A, B]) == {A: name(ttl=5)}

    def test_who_took_a_ledger_for_new_writes_nothing(self, ledger: Ledger) -> None:
        put(ledger, name())
        with pytest.raises(ConflictError):
            ledger.write(Head(), [Write(name(B))], release=True)
        assert ledger.names([A, B]) == {A: name()}

    def test_an_expired_one_is_taken_by_who_read_it_and_its_old_holder_writes_no_more(
        self, ledger: Ledger, clock: FakeClock
    ) -> None:
        dead = ledger.write(Head(), [Write(name())], release=False)
        clock.sleep(LEASE)
        read, _ = ledger.open([])
        assert read == dead
        ledger.write(read, [Write(name(ttl=5))], release=True)
        with pytest.raises(ConflictError):
            ledger.write(dead, [Write(name(ttl=7))], release=True)
        assert ledger.names([A]) == {A: name(ttl=5)}


class TestFence:
    def test_it_moves_a_head_that_nobody_has(self, ledger: Ledger) -> None:
        assert ledger.fence() == ledger.head() == Head(1, 0)
        assert ledger.fence() == Head(2, 0)

    def test_who_read_the_head_before_writes_no_more_and_who_reads_it_after_does(
        self, ledger: Ledger
    ) -> None:
        stale = put(ledger, name())
        fenced = ledger.fence()
        assert fenced == Head(stale.version + 1, 0)
        with pytest.raises(ConflictError):
            ledger.write(stale, [Write(name(ttl=5))], release=True)
        ledger.write(fenced, [Write(name(ttl=7))], release=True)
        assert ledger.names([A]) == {A: name(ttl=7)}

    def test_a_head_that_somebody_has_stays_as_it_is(
        self, ledger: Ledger, clock: FakeClock
    ) -> None:
        taken = ledger.write(Head(), [], release=False)
        clock.sleep(LEASE - 1)
        assert ledger.fence() is None
        ledger.write(taken, [Write(name())], release=True)

    def test_a_head_whose_time_is_over_is_moved_and_nobody_has_it(
        self, ledger: Ledger, clock: FakeClock
    ) -> None:
        taken = ledger.write(Head(), [], release=False)
        clock.sleep(LEASE)
        assert ledger.fence() == ledger.head() == Head(2, 0)
        with pytest.raises(ConflictError):
            ledger.write(taken, [], release=True)


# ---------------------------------------------------------------- items


class TestReading:
    def test_an_empty_ledger_has_nothing(self, ledger: Ledger) -> None:
        assert ledger.owners(["i-1"]) == ledger.owners([]) == {}
        assert ledger.names([A]) == ledger.names([]) == {}
        assert ledger.page("") == ([], "")
        assert ledger.zones() == []

    def test_only_what_was_asked_for_is_read(self, ledger: Ledger) -> None:
        first, second = OwnerState("i-1", frozenset({A})), OwnerState("i-2", frozenset({B}))
        put(ledger, name(A), name(B), first, second)
        assert ledger.names([B]) == {B: name(B)}
        assert ledger.owners(["i-1", "i-3"]) == {"i-1": first}
        assert ledger.open(["i-2", "i-3"]) == (ledger.head(), {"i-2": second})

    def test_the_same_name_in_two_zones_is_two_items(self, ledger: Ledger) -> None:
        other = NameKey("Z2", A.name)
        put(ledger, name(A), name(other, ttl=5))
        found = ledger.names([A, other])
        assert [found[key].written["A"].ttl for key in (A, other)] == [60, 5]

    def test_more_items_than_one_request_takes_are_all_read(self, ledger: Ledger) -> None:
        wanted = many(120)
        ids = [f"i-{number:08x}" for number in range(120)]
        put(ledger, *map(name, wanted), *(OwnerState(each, frozenset({A})) for each in ids))
        assert ledger.names(wanted).keys() == set(wanted)
        assert ledger.owners(ids).keys() == ledger.open(ids)[1].keys() == set(ids)

    @pytest.fixture
    def _small_pages(self, memory: FakeLedger, monkeypatch: pytest.MonkeyPatch) -> None:
        memory.page_size = 7
        monkeypatch.setattr(strict_module, "_MAX_PAGE", 1500)
        monkeypatch.setattr(moto_table, "RESULT_SIZE_LIMIT", 1500)

    @pytest.mark.usefixtures("_small_pages")
    def test_pages_hold_every_item_once_and_nothing_else(self, ledger: Ledger) -> None:
        expected: list[Item] = [*map(name, many(30)), OwnerState("i-1", frozenset({A}))]
        put(ledger, *expected)
        ledger.remember_zone(REVERSE)
        found = pages(ledger)
        assert 1 < len(found) < 20
        assert sorted(repr(item) for page in found for item in page) == sorted(map(repr, expected))


class TestWriting:
    def test_a_write_replaces_an_item(self, ledger: Ledger) -> None:
        put(ledger, name())
        put(ledger, name(ttl=5))
        assert ledger.names([A]) == {A: name(ttl=5)}

    def test_an_item_with_nothing_in_it_is_deleted(self, ledger: Ledger) -> None:
        put(ledger, name(), OwnerState("i-1", frozenset({A})))
        put(ledger, NameState(A), OwnerState("i-1"))
        assert ledger.page("") == ([], "")
        put(ledger, NameState(A), OwnerState("i-1"))

    def test_an_intent_to_leave_nothing_is_an_intent(self, ledger: Ledger) -> None:
        intended = NameState(A, written={"A": RecordSet(60, ("10.0.0.1",))}, intent={})
        put(ledger, intended)
        assert ledger.names([A]) == {A: intended}
        put(ledger, name())
        assert ledger.names([A])[A].intent is None

    def test_what_is_new_is_written_where_it_is_not_there(self, ledger: Ledger) -> None:
        ledger.write(Head(), [Write(name(), new=True)], release=True)
        assert ledger.names([A]) == {A: name()}

    def test_what_is_not_new_is_left_alone_with_all_that_was_to_be_written_beside_it(
        self, ledger: Ledger
    ) -> None:
        head = put(ledger, name())
        writes = [Write(OwnerState("i-2", frozenset({A}))), Write(name(ttl=5), new=True)]
        with pytest.raises(ExistsError) as caught:
            ledger.write(head, writes, release=False)
        assert caught.value.head == ledger.head() == head
        assert ledger.page("") == ([name()], "")

    def test_a_head_that_has_moved_counts_before_an_item_that_exists(self, ledger: Ledger) -> None:
        put(ledger, name())
        with pytest.raises(ConflictError) as caught:
            ledger.write(Head(), [Write(name(), new=True)], release=True)
        assert not isinstance(caught.value, ExistsError)


class TestLongWrites:
    """99 items go beside the head into one transaction, in the order that they have."""

    def test_all_are_written_and_the_head_moves_once_for_each_transaction(
        self, ledger: Ledger
    ) -> None:
        wanted = many(99)
        assert put(ledger, *map(name, wanted)).version == 1
        wanted += many(99 + 100)[99:]
        assert put(ledger, *(name(key, ttl=5) for key in wanted)) == Head(4, 0)
        assert {each.written["A"].ttl for each in ledger.names(wanted).values()} == {5}

    def test_the_head_is_held_between_two_transactions_and_given_back_by_the_last(
        self, ledger: Ledger, clock: FakeClock
    ) -> None:
        taken = put(ledger, *map(name, many(150)), release=False)
        assert taken == Head(2, int((clock.now() + LEASE) * 1000))
        assert ledger.write(taken, [], release=True) == Head(3, 0)

    def test_an_item_that_exists_cuts_the_write_and_says_which_head_is_left(
        self, ledger: Ledger, clock: FakeClock
    ) -> None:
        wanted = many(150)
        head = put(ledger, name(wanted[120], ttl=5))
        with pytest.raises(ExistsError) as caught:
            ledger.write(head, [Write(name(key), new=True) for key in wanted], release=True)
        left = caught.value.head
        assert left == ledger.head() == Head(head.version + 1, int((clock.now() + LEASE) * 1000))
        assert ledger.names(wanted).keys() == {*wanted[:99], wanted[120]}
        assert ledger.write(left, [], release=True) == Head(left.version + 1, 0)


class TestZones:
    def test_zones_are_remembered_and_are_no_items(self, ledger: Ledger) -> None:
        zones = [REVERSE._replace(id="Z3", vpcs=frozenset({"vpc-2"})), REVERSE]
        for zone in (*zones, zones[0]):
            ledger.remember_zone(zone)
        assert sorted(ledger.zones(), key=lambda each: each.id) == zones[::-1]
        ledger.remember_zone(REVERSE._replace(gone=True))
        assert [zone.gone for zone in ledger.zones() if zone.id == REVERSE.id] == [True]
        assert ledger.page("") == ([], "")
        assert ledger.head() == Head()


# ---------------------------------------------------------------- another worker meanwhile


def interleaved(ledger: Ledger, strict: FakeDynamoDb, operation: str, work: Iterable[Item]) -> None:
    """Have another worker write right before the next request of an operation."""

    def hook(requested: str, moment: str) -> None:
        if (requested, moment) == (operation, "before"):
            strict.on_call = None
            put(ledger, *work)

    strict.on_call = hook


class TestOpen:
    @pytest.fixture
    def ledger(self, strict: Any, clock: FakeClock) -> Ledger:  # noqa: ANN401 - a client
        return DynamoDbLedger(strict, TABLE, clock)

    def test_head_and_owners_are_read_at_one_time(
        self, ledger: Ledger, strict: FakeDynamoDb
    ) -> None:
        ids = [f"i-{number:08x}" for number in range(99)]
        put(ledger, *(OwnerState(each, frozenset({A})) for each in ids))
        strict.requests.clear()
        assert len(ledger.open(ids)[1]) == 99
        assert strict.requests == {"transact_get_items": 1}

    def test_owners_that_do_not_fit_are_read_later_and_never_older_than_the_head(
        self, ledger: Ledger, strict: FakeDynamoDb
    ) -> None:
        ids = [f"i-{number:08x}" for number in range(150)]
        put(ledger, *(OwnerState(each, frozenset({A})) for each in ids))
        changed = [OwnerState(each, frozenset({B})) for each in (ids[0], ids[-1])]
        interleaved(ledger, strict, "batch_get_item", changed)
        head, states = ledger.open(ids)
        assert states[ids[0]].names == {A}
        assert states[ids[-1]].names == {B}
        # Whoever read a part that is younger than the head writes nothing on it.
        with pytest.raises(ConflictError):
            ledger.write(head, [Write(name())], release=True)


@pytest.mark.parametrize("read", ("head", "open"))
def test_no_read_is_older_than_a_write_that_was_answered(ledger: Ledger, read: str) -> None:
    reading: Callable[[], Head] = ledger.head if read == "head" else lambda: ledger.open(["i-1"])[0]
    for version in range(1, 4):
        assert put(ledger, name(ttl=version)).version == reading().version == version
