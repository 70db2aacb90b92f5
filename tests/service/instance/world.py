"""A small world for the service: zones, instances, a ledger, and time that a test winds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddns.adapters.route53 import Route53RecordStore, Route53ZoneRegistry
from ddns.core.instance.desired import Rules
from ddns.core.instance.policy import sync
from ddns.core.records import ListedZone
from ddns.instance.composition import instance_service
from ddns.instance.service import Expected
from ddns.instance.settings import InstanceSettings
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger
from tests.fakes.route53 import FakeRoute53

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.instance.outcome import Outcome
    from ddns.instance.service import InstanceService

PRIVATE, REVERSE, PUBLIC = "Z1PRIVATE", "Z2REVERSE", "Z3PUBLIC"
BUDGET = 60.0


class World:
    """Fakes of every service, and an InstanceService on them."""

    def __init__(self, *, chunk: int = 100, **settings: Any) -> None:  # noqa: ANN401 - of InstanceSettings
        self.clock = FakeClock()
        self.route53 = FakeRoute53()
        self.ledger = FakeLedger(chunk=chunk)
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
            "adopt": frozenset(),
            "max_deletes": 100,
            "region": "us-east-1",
            "function": "ddns",
        }
        self.settings = InstanceSettings(**{**defaults, **settings})
        self.service = self.worker()

    def worker(self) -> InstanceService:
        """Return another worker on the same world, as a second Lambda environment is."""
        return instance_service(
            self.settings,
            self.clock,
            self.ec2,
            self.ledger,
            Route53RecordStore(self.route53),  # type: ignore[arg-type]  # the fake is a client
            Route53ZoneRegistry(self.route53, "us-east-1"),  # type: ignore[arg-type]  # the same
        )

    def reconfigure(self, **settings: Any) -> None:  # noqa: ANN401 - of InstanceSettings
        """Deploy with other settings."""
        self.settings = self.settings._replace(**settings)
        self.service = self.worker()

    def handle(self, *ids: str, service: InstanceService | None = None) -> Outcome:
        """Handle one batch of events about instances."""
        worker = service or self.service
        return worker.handle(dict.fromkeys(ids, Expected()), self.clock.now() + BUDGET)

    def sweep(self, *, verify: bool = True, dry_run: bool = False) -> Outcome:
        """Do a sweep."""
        deadline = self.clock.now() + BUDGET
        return self.service.sweep(deadline, verify=verify, dry_run=dry_run)

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
