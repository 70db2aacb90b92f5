"""Names that many instances share, on a ledger with DynamoDB's limits of size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.ledger import DynamoDbLedger
from ddns.adapters.sweeps import DynamoDbSweepStore
from ddns.core.instance.items import Claim, NameState, Write
from ddns.core.records import NameKey, RecordSet
from ddns.instance.outcome import Outcome
from tests.fakes.dynamodb import FakeDynamoDb
from tests.service.instance.world import BUDGET, PRIVATE, World

if TYPE_CHECKING:
    from ddns.core.head import Head

TABLE = "ledger"
NAMES, CLAIMS = 60, 900
MOST_VALUES = 400


class LargeWorld(World):
    """A world whose ledger is on the strict fake of DynamoDB."""

    def __init__(self) -> None:
        super().__init__()
        self.table = FakeDynamoDb({TABLE: "pk"})
        client: Any = self.table
        ledger: Any = DynamoDbLedger(client, TABLE, self.clock)
        sweeps: Any = DynamoDbSweepStore(client, TABLE, self.clock)
        self.ledger, self.sweeps = ledger, sweeps
        self.parts = self.worker()

    def launch_each(self, number: int, name: str) -> str:
        """Launch an instance with a shared name; return its id."""
        instance = f"i-{number:017x}"
        tags = {"ZONE": "example.internal", "HOSTNAME": name}
        address = f"172.{16 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
        self.ec2.launch(instance, tags, private=address)
        return instance

    def remember(self, name: str, first: int, claims: int) -> None:
        """Put a name into zone and ledger as instances before have left it."""
        numbers = range(first, first + claims)
        addresses = {f"i-{n:017x}": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in numbers}
        values = tuple(sorted(list(addresses.values())[:MOST_VALUES]))
        claimed = {
            owner: Claim({"A": (address,)}, number, "2026-01-01T00:00:00+00:00")
            for number, (owner, address) in enumerate(addresses.items())
        }
        key = NameKey(PRIVATE, f"{name}.example.internal")
        item = NameState(key, claimed, {"A": RecordSet(60, values)})
        head: Head = self.ledger.head()
        self.ledger.write(head, [Write(item)], release=True)
        self.route53.put_foreign(PRIVATE, key.name, "A", values, ttl=60)


@pytest.mark.parametrize("way", ("events", "a sweep"))
def test_sixty_names_of_nine_hundred_claims_each_are_written_at_once(way: str) -> None:
    world = LargeWorld()
    for number in range(NAMES):
        world.remember(f"shared{number}", 100_000 + number * CLAIMS, CLAIMS)
    ids = [world.launch_each(number, f"shared{number}") for number in range(NAMES)]
    world.table.requests.clear()
    outcome = Outcome()
    if way == "events":
        outcome = world.handle(*ids)
    else:
        world.parts.sweeper.begin(verify=True)
        (first,) = world.queue.steps
        world.parts.sweeper.go_on(*first, outcome, world.clock.now() + BUDGET)
    assert (outcome.failed, outcome.rejected, outcome.refusals) == ({}, {}, {})
    kept = world.ledger.names([NameKey(PRIVATE, f"shared{n}.example.internal") for n in range(60)])
    assert {len(state.claims) for state in kept.values()} == {CLAIMS + 1}
    assert {state.intent for state in kept.values()} == {None}
    assert world.ledger.owners(ids).keys() == set(ids)
    assert world.table.requests["transact_write_items"] <= 8


def test_a_name_that_hundreds_share_passes_from_its_first_instance_to_its_last() -> None:
    world = LargeWorld()
    ids = [world.launch_each(number, f"shared{number // CLAIMS}") for number in range(2 * CLAIMS)]
    assert world.handle(*ids).failed == {}
    served = {len(values) for values in world.values(PRIVATE).values()}
    assert served == {MOST_VALUES}
    assert world.sweep().changes == []
    for instance in ids[:CLAIMS]:
        world.ec2.terminate(instance)
    assert world.sweep().failed == {}
    assert world.values(PRIVATE).keys() == {("shared1.example.internal", "A")}
    assert len(world.ledger.owners(ids)) == CLAIMS
