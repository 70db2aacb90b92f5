"""Which parts the function of ClientDdns is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ddns.adapters.aws import Clients, Within
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
from ddns.client.zones import LONGEST_CALL, HostZones
from ddns.redelivery import Redelivery
from ddns.reporting import Report

if TYPE_CHECKING:
    from ddns.client.ports import HostStore
    from ddns.ports import Clock, Queue, RecordStore

# DynamoDB and SQS are near and answer in hundredths: what takes longer is asked once more.
_NEAR = Within(1, 1)
_ATTEMPTS = 2
_ROUTE_53 = Within(1, LONGEST_CALL - 1)


class ClientParts(NamedTuple):
    """The parts that the handler of ClientDdns uses."""

    web: WebService
    messages: ClientMessages
    clock: Clock


def client_parts(settings: ClientSettings, clients: Clients | None = None) -> ClientParts:
    """Make the parts of ClientDdns on AWS."""
    clock = SystemClock()
    report = Report(settings.function, clock)
    clients = clients or Clients(within=_NEAR, attempts=_ATTEMPTS, route53_within=_ROUTE_53)

    def complain(key: str, reason: str) -> None:
        report.line("ERROR", "the item of a host cannot be used", host=key, reason=reason)

    return assemble(
        settings,
        clock,
        report,
        DynamoDbHostStore(clients.dynamodb, settings.table, clock, complain),
        Route53RecordStore(clients.route53),
        SqsQueue(clients, settings.queue_url, settings.dead_letter_queue_url),
        # Made when the queue first has something: a cold start for a client needs none.
        lambda: Route53RecordStore(clients.patient_route53),
    )


def assemble(
    settings: ClientSettings,
    clock: Clock,
    report: Report,
    hosts: HostStore,
    store: RecordStore,
    queue: Queue,
    patient: Callable[[], RecordStore] | None = None,
) -> ClientParts:
    """Make the parts on any ports.

    ``store`` is for requests, and what ``patient`` returns for the queue; without it both are one.
    """
    states = HostStates(hosts, report)

    @cache
    def patiently() -> Applier:
        return Applier(patient() if patient else store, clock)

    reconciler = HostReconciler(
        states,
        HostZones(Applier(store, clock, punctual=True), patiently, clock),
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
