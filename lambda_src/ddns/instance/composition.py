"""Which parts the function of InstanceDdns is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ddns.adapters.aws import Clients
from ddns.adapters.clock import SystemClock
from ddns.adapters.ec2 import Ec2InstanceDirectory
from ddns.adapters.ledger import DynamoDbLedger
from ddns.adapters.route53 import Route53RecordStore, Route53ZoneRegistry
from ddns.adapters.sqs import SqsQueue
from ddns.applying import Applier
from ddns.instance.fleet import Fleet
from ddns.instance.messages import MessageService
from ddns.instance.reconciler import Reconciler, Settings
from ddns.instance.report import InstanceReport
from ddns.instance.service import InstanceService
from ddns.instance.settings import InstanceSettings
from ddns.instance.zones import ZoneDuties, ZoneKeeper

if TYPE_CHECKING:
    from ddns.instance.drain import Drain
    from ddns.instance.ports import InstanceDirectory, Ledger, SweepStore, ZoneRegistry
    from ddns.instance.sweep.sweeper import Sweeper
    from ddns.ports import Clock, Queue, RecordStore


class InstancePorts(NamedTuple):
    """What the function needs of the world; what only sweeps need is made for the first of them."""

    clock: Clock
    directory: InstanceDirectory
    ledger: Ledger
    sweeps: Callable[[], SweepStore]
    records: RecordStore
    zones: ZoneRegistry
    queue: Queue


class InstanceParts:
    """The parts that the handler of InstanceDdns uses."""

    def __init__(self, settings: InstanceSettings, ports: InstancePorts) -> None:
        """Make the parts on any ports."""
        self._settings = settings
        self._ports = ports
        self.clock = ports.clock
        self.queue = ports.queue
        duties = ZoneDuties(
            settings.associate_vpcs, settings.reverse_zones_created, reference=settings.table
        )
        self._keeper = ZoneKeeper(settings.zones, ports.zones, ports.ledger, ports.clock, duties)
        self._applier = Applier(ports.records, ports.clock)
        self._fleet = Fleet(ports.directory, self._keeper, settings.rules)
        terms = Settings(settings.ttl, settings.record_policy, settings.adopt)
        self._reconciler = Reconciler(
            ports.ledger,
            self._applier,
            ports.clock,
            terms,
            self._keeper,
            settings.rules.allowed,
        )
        self.service = InstanceService(ports.directory, self._fleet, self._reconciler, ports.clock)
        self.report = InstanceReport(settings.function, ports.clock)
        self.messages = MessageService(
            self.service, lambda: self.sweeper, ports.queue, self.report, ports.clock
        )

    @cached_property
    def drain(self) -> Drain:
        """What removes every record set; loaded when somebody asks for that."""
        from ddns.instance.drain import Drain  # noqa: PLC0415 - as below

        return Drain(self._ports.ledger, self._reconciler, self._applier, self.clock)

    @cached_property
    def sweeper(self) -> Sweeper:
        """What sweeps; few cold starts need it, so its modules are not loaded before."""
        from ddns.instance.sweep.step import Parts, SweepSettings  # noqa: PLC0415 - as above
        from ddns.instance.sweep.sweeper import Sweeper  # noqa: PLC0415 - as above

        ports, settings = self._ports, self._settings
        parts = Parts(
            ports.directory,
            self._fleet,
            ports.ledger,
            ports.sweeps(),
            self._reconciler,
            self._applier,
            ports.clock,
            self._keeper,
            SweepSettings(settings.max_deletes, settings.requests_a_second),
        )
        return Sweeper(parts, ports.queue)


def instance_parts(
    settings: InstanceSettings, clients: Clients | None = None, clock: Clock | None = None
) -> InstanceParts:
    """Make the parts of InstanceDdns on AWS."""
    clock = clock or SystemClock()
    clients = clients or Clients()

    def sweeps() -> SweepStore:
        from ddns.adapters.sweeps import DynamoDbSweepStore  # noqa: PLC0415 - for sweeps only

        return DynamoDbSweepStore(clients.dynamodb, settings.table, clock)

    ports = InstancePorts(
        clock,
        Ec2InstanceDirectory(clients.ec2, clock),
        DynamoDbLedger(clients.dynamodb, settings.table, clock),
        sweeps,
        Route53RecordStore(clients.route53),
        Route53ZoneRegistry(clients.route53, settings.region),
        SqsQueue(clients, settings.queue_url, settings.dead_letter_queue_url),
    )
    return InstanceParts(settings, ports)
