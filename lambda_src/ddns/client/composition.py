"""Which parts the function of ClientDdns is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddns.adapters.aws import Clients
from ddns.adapters.clock import SystemClock
from ddns.adapters.hosts import DynamoDbHostStore
from ddns.adapters.route53 import Route53RecordStore
from ddns.adapters.sqs import SqsQueue
from ddns.applying import Applier
from ddns.client.messages import ClientMessages
from ddns.client.orders import Orders
from ddns.client.reconciler import HostReconciler
from ddns.client.service import ClientService
from ddns.client.settings import ClientSettings
from ddns.client.states import HostStates
from ddns.client.web import WebService
from ddns.client.zones import HostZones
from ddns.redelivery import Redelivery
from ddns.reporting import Report

if TYPE_CHECKING:
    from ddns.client.ports import HostStore
    from ddns.ports import Clock, Queue, RecordStore

# Routers wait for ten seconds or so: an AWS service that has not answered by then is given up.
_ANSWER_WITHIN = 4.0
_ATTEMPTS = 2


class ClientParts(NamedTuple):
    """The parts that the handler of ClientDdns uses."""

    web: WebService
    messages: ClientMessages
    clock: Clock


def client_parts(settings: ClientSettings, clients: Clients | None = None) -> ClientParts:
    """Make the parts of ClientDdns on AWS."""
    clock = SystemClock()
    report = Report(settings.function, clock)
    clients = clients or Clients(answer_within=_ANSWER_WITHIN, attempts=_ATTEMPTS)

    def complain(key: str, reason: str) -> None:
        report.line("ERROR", "the item of a host cannot be used", host=key, reason=reason)

    return assemble(
        settings,
        clock,
        report,
        DynamoDbHostStore(clients.dynamodb, settings.table, clock, complain),
        Route53RecordStore(clients.route53),
        SqsQueue(clients, settings.queue_url, settings.dead_letter_queue_url),
    )


def assemble(
    settings: ClientSettings,
    clock: Clock,
    report: Report,
    hosts: HostStore,
    store: RecordStore,
    queue: Queue,
) -> ClientParts:
    """Make the parts on any ports."""
    states = HostStates(hosts, report)
    reconciler = HostReconciler(
        states,
        HostZones(Applier(store, clock), clock),
        Orders(states, queue, clock, report, settings.interval),
        clock,
        report,
        ttl=settings.ttl,
        types=settings.rules.types,
        endpoint=settings.rules.endpoint,
        verify=settings.verify,
    )
    sample = "seed" in settings.terms.protocols
    service = ClientService(hosts, reconciler, report, settings.rules, sample=sample)
    return ClientParts(
        WebService(service, report, clock, settings.terms),
        ClientMessages(service, Redelivery(queue, report, clock), report),
        clock,
    )
