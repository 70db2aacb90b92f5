"""A small world for the service: zones, instances, a ledger, and time that a test winds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddns.adapters.route53 import Route53RecordStore, Route53ZoneRegistry
from ddns.core.instance.adoption import Adoption
from ddns.core.instance.events import Expected
from ddns.core.instance.placement import Rules
from ddns.core.instance.policy import sync
from ddns.core.records import ListedZone
from ddns.instance.composition import InstanceParts, InstancePorts
from ddns.instance.outcome import Outcome
from ddns.instance.settings import InstanceSettings
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger, FakeSweeps
from tests.fakes.route53 import FakeRoute53

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


PRIVATE, REVERSE, PUBLIC = "Z1PRIVATE", "Z2REVERSE", "Z3PUBLIC"
BUDGET = 60.0
# What a second delivery says: whatever EC2 shows counts.
LOOKED = Expected(again=True)


class FakeQueue:
    """The function's queue: what it was sent, for a test to deliver."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int]] = []
        self.looks: list[str] = []
        self.sweeps = 0

    def order_sweep(self) -> None:
        self.sweeps += 1

    def continue_sweep(self, sweep: str, step: int) -> None:
        self.steps.append((sweep, step))

    def order_looks(self, instances: Sequence[str]) -> None:
        self.looks += instances

    def order_apply(self, keys: Sequence[str]) -> None:
        raise NotImplementedError(keys)

    def dead_letter(self, body: str, reason: str) -> None:
        raise NotImplementedError(body, reason)

    def retry_soon(self, delays: Mapping[str, int]) -> None:
        raise NotImplementedError(delays)


class World:
    """Fakes of every service, and an InstanceService on them."""

    def __init__(self, *, chunk: int = 99, **settings: Any) -> None:  # noqa: ANN401 - of InstanceSettings
        self.clock = FakeClock()
        self.route53 = FakeRoute53()
        self.ledger = FakeLedger(self.clock, chunk=chunk)
        self.sweeps = FakeSweeps()
        self.queue = FakeQueue()
        self.ec2 = FakeDirectory()
        self.route53.add_zone("example.internal", private=True, vpcs=("vpc-1",), zone_id=PRIVATE)
        self.route53.add_zone("10.in-addr.arpa", private=True, vpcs=("vpc-1",), zone_id=REVERSE)
        self.route53.add_zone("example.com", zone_id=PUBLIC)
        defaults: dict[str, Any] = {
            "table": "ledger",
            "queue_url": "queue",
            "dead_letter_queue_url": "dead-letter-queue",
            "zones": (
                ListedZone(PRIVATE, "example.internal", private=True),
                ListedZone(REVERSE, "10.in-addr.arpa", private=True),
                ListedZone(PUBLIC, "example.com", private=False),
            ),
            "ttl": 60,
            "rules": Rules(region="us-east-1"),
            "reverse_zones_created": False,
            "associate_vpcs": False,
            "record_policy": sync,
            "adopt": Adoption(),
            "max_deletes": 100,
            "requests_a_second": 100.0,
            "region": "us-east-1",
            "function": "ddns",
        }
        self.settings = InstanceSettings(**{**defaults, **settings})
        self.parts = self.worker()

    def worker(self, client: object = None) -> InstanceParts:
        """Return another worker on the same world, as a second Lambda environment is.

        Args:
            client: what it sends to Route 53 with, if it is not the fake itself.
        """
        return InstanceParts(
            self.settings,
            InstancePorts(
                self.clock,
                self.ec2,
                self.ledger,
                lambda: self.sweeps,
                Route53RecordStore(client or self.route53),  # type: ignore[arg-type]  # the fake is a client
                Route53ZoneRegistry(self.route53, "us-east-1"),  # type: ignore[arg-type]  # the same
                self.queue,
            ),
        )

    def reconfigure(self, **settings: Any) -> None:  # noqa: ANN401 - of InstanceSettings
        """Deploy with other settings."""
        self.settings = self.settings._replace(**settings)
        self.parts = self.worker()

    def handle(
        self, *ids: str, parts: InstanceParts | None = None, expected: Expected = LOOKED
    ) -> Outcome:
        """Handle one batch of messages about instances."""
        service = (parts or self.parts).service
        return service.handle(dict.fromkeys(ids, expected), self.clock.now() + BUDGET)

    def sweep(self, *, verify: bool = True, parts: InstanceParts | None = None) -> Outcome:
        """Do a sweep, all steps of it, or the rest of one; return what became of all of them.

        A step whose worker crashed stays in the queue.
        """
        sweeper = (parts or self.parts).sweeper
        outcome = Outcome()
        sweeper.begin(verify=verify)
        while self.queue.steps:
            sweep, step = self.queue.steps[0]
            sweeper.go_on(sweep, step, outcome, self.clock.now() + BUDGET)
            self.queue.steps.pop(0)
        return outcome

    def plan(self, *, verify: bool = True) -> Outcome:
        """Do a dry run, all steps of it."""
        outcome = Outcome()
        progress = None
        while True:
            deadline = self.clock.now() + BUDGET
            progress = self.parts.sweeper.plan(progress, outcome, deadline, verify=verify)
            if progress is None:
                return outcome

    def values(self, zone_id: str) -> dict[tuple[str, str], set[str]]:
        """Return the values in a zone by name (without its last dot) and type."""
        return {
            (name.removesuffix("."), kind): set(values)
            for (name, kind), (_, values) in self.route53.records(zone_id).items()
        }

    def reset_failures(self) -> None:
        """Let Route 53 answer again."""
        self.route53._failures.clear()

    def observe(self, hook: Callable[[str, str], None] | None) -> None:
        """Call ``hook`` before and after each request to any service."""
        self.route53.on_call = hook
        self.ledger.on_call = hook
        self.ec2.on_call = hook
        self.sweeps.on_call = hook
