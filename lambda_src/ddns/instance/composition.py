"""Which parts the function of InstanceDdns is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddns.adapters.aws import Clients
from ddns.adapters.clock import SystemClock
from ddns.adapters.ec2 import Ec2InstanceDirectory
from ddns.adapters.ledger import DynamoDbLedger
from ddns.adapters.route53 import Route53RecordStore, Route53ZoneRegistry
from ddns.adapters.sqs import SqsQueue
from ddns.adapters.sweeps import DynamoDbSweepStore
from ddns.applying import Applier
from ddns.instance.fleet import Fleet
from ddns.instance.messages import MessageService
from ddns.instance.reconciler import Reconciler, Settings
from ddns.instance.report import InstanceReport
from ddns.instance.service import InstanceService
from ddns.instance.settings import InstanceSettings
from ddns.instance.sweep.step import Parts, SweepSettings
from ddns.instance.sweep.sweeper import Sweeper
from ddns.instance.zones import ZoneDuties, ZoneKeeper

if TYPE_CHECKING:
    from ddns.instance.ports import InstanceDirectory, Ledger, SweepStore, ZoneRegistry
    from ddns.ports import Clock, Queue, RecordStore


class InstancePorts(NamedTuple):
    """What the function needs of the world."""

    clock: Clock
    directory: InstanceDirectory
    ledger: Ledger
    sweeps: SweepStore
    records: RecordStore
    zones: ZoneRegistry
    queue: Queue


class InstanceParts(NamedTuple):
    """The parts that the handler of InstanceDdns uses."""

    service: InstanceService
    sweeper: Sweeper
    messages: MessageService
    queue: Queue
    report: InstanceReport
    clock: Clock


def instance_parts(
    settings: InstanceSettings, clients: Clients | None = None, clock: Clock | None = None
) -> InstanceParts:
    """Make the parts of InstanceDdns on AWS."""
    clock = clock or SystemClock()
    clients = clients or Clients()
    ports = InstancePorts(
        clock,
        Ec2InstanceDirectory(clients.ec2, clock),
        DynamoDbLedger(clients.dynamodb, settings.table, clock),
        DynamoDbSweepStore(clients.dynamodb, settings.table, clock),
        Route53RecordStore(clients.route53),
        Route53ZoneRegistry(clients.route53, settings.region),
        SqsQueue(clients, settings.queue_url, settings.dead_letter_queue_url),
    )
    return parts_on(settings, ports)


def parts_on(settings: InstanceSettings, ports: InstancePorts) -> InstanceParts:
    """Make the parts on any ports."""
    duties = ZoneDuties(
        settings.associate_vpcs, settings.reverse_zones_created, reference=settings.table
    )
    keeper = ZoneKeeper(settings.zones, ports.zones, ports.ledger, ports.clock, duties)
    applier = Applier(ports.records, ports.clock)
    fleet = Fleet(ports.directory, keeper, settings.rules)
    terms = Settings(settings.ttl, settings.record_policy, settings.adopt)
    reconciler = Reconciler(ports.ledger, applier, ports.clock, terms, keeper.zone_ids)
    service = InstanceService(ports.directory, fleet, reconciler, ports.clock)
    sweeper = Sweeper(
        Parts(
            ports.directory,
            fleet,
            ports.ledger,
            ports.sweeps,
            reconciler,
            applier,
            ports.clock,
            keeper.zone_ids,
            SweepSettings(settings.max_deletes, settings.requests_a_second),
        ),
        ports.queue,
    )
    report = InstanceReport(settings.function, ports.clock)
    return InstanceParts(
        service,
        sweeper,
        MessageService(service, sweeper, ports.queue, report, ports.clock),
        ports.queue,
        report,
        ports.clock,
    )
