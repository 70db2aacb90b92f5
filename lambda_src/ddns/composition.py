"""Which parts a function is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddns.adapters.aws import Clients
from ddns.adapters.clock import SystemClock
from ddns.adapters.dynamodb import DynamoDbLedger
from ddns.adapters.ec2 import Ec2InstanceDirectory
from ddns.adapters.route53 import Route53RecordStore, Route53ZoneRegistry
from ddns.adapters.sqs import SqsQueue
from ddns.applying import Applier
from ddns.instances import InstanceService
from ddns.reporting import Report
from ddns.settings import InstanceSettings
from ddns.settling import Deal, Settler
from ddns.zones import ZoneDuties, ZoneKeeper

if TYPE_CHECKING:
    from ddns.ports import Clock, InstanceDirectory, Ledger, Queue, RecordStore, ZoneRegistry


class InstanceParts(NamedTuple):
    """The parts that the handler of InstanceDdns uses."""

    service: InstanceService
    queue: Queue
    report: Report
    clock: Clock


def instance_parts(
    settings: InstanceSettings, clients: Clients | None = None, clock: Clock | None = None
) -> InstanceParts:
    """Make the parts of InstanceDdns on AWS."""
    clock = clock or SystemClock()
    clients = clients or Clients()
    return InstanceParts(
        instance_service(
            settings,
            clock,
            Ec2InstanceDirectory(clients.ec2, clock),
            DynamoDbLedger(clients.dynamodb, settings.table, clock),
            Route53RecordStore(clients.route53),
            Route53ZoneRegistry(clients.route53, settings.region),
        ),
        SqsQueue(clients, settings.queue_url, settings.dead_letter_queue_url),
        Report(settings.function, clock),
        clock,
    )


def instance_service(
    settings: InstanceSettings,
    clock: Clock,
    directory: InstanceDirectory,
    ledger: Ledger,
    store: RecordStore,
    registry: ZoneRegistry,
) -> InstanceService:
    """Make the service on any ports."""
    duties = ZoneDuties(
        settings.associate_vpcs, settings.reverse_zones_created, reference=settings.table
    )
    deal = Deal(settings.ttl, settings.record_policy, settings.adopt)
    applier = Applier(store, clock)
    return InstanceService(
        directory,
        ZoneKeeper(settings.zones, registry, ledger, clock, duties),
        Settler(ledger, applier, clock, deal),
        applier,
        clock,
        settings.rules,
        settings.max_deletes,
    )
