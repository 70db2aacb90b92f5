"""Which parts the controller is made of."""

from __future__ import annotations

from ddns.adapters.aws import Clients, Within
from ddns.adapters.clock import SystemClock
from ddns.adapters.ec2_network import Ec2Directory, Ec2Fencer, ec2_mover
from ddns.adapters.events import EventBridgeEvents
from ddns.adapters.journal import DynamoDbJournal
from ddns.adapters.probers import LambdaProbers
from ddns.core.failover.checks import parse_check
from ddns.core.failover.places import PATIENCE
from ddns.failover.controller import Controller, FailoverPorts
from ddns.failover.report import FailoverReport
from ddns.failover.settings import FailoverSettings
from ddns.ports import Clock

# Together less than the time that the head has to outlast a request.
_WITHIN = Within(0.9, 2.0)
# What a prober may take beside the check itself: the way there, and a start of its function.
_BESIDE = 1.5


class FailoverParts:
    """The parts that the controller's handler uses."""

    def __init__(self, settings: FailoverSettings, ports: FailoverPorts) -> None:
        """Make the parts on any ports."""
        self._settings = settings
        self._ports = ports
        self.clock = ports.clock
        self.report = FailoverReport(settings.function, ports.clock)

    def controller(self) -> Controller:
        """Return a controller that has seen nothing yet; its slot is the minute's."""
        slot = int(self.clock.now() // 60) % 2
        service, policy = self._settings.service, self._settings.policy
        patience = PATIENCE[service.kind]
        return Controller(self._ports, service.names, policy, self.report, slot, patience)


def failover_parts(
    settings: FailoverSettings, clients: Clients | None = None, clock: Clock | None = None
) -> FailoverParts:
    """Make the parts on AWS.

    Nothing is asked twice: the next round comes soon, and what was sent twice would outlast the
    head.
    """
    service, timeout = settings.service, parse_check(settings.check).timeout
    clock = clock or SystemClock()
    probers_within = Within(_WITHIN.connected, timeout + _BESIDE)
    clients = clients or Clients(within=_WITHIN, attempts=1, functions_within=probers_within)
    addresses = {node.name: node.probe for node in service.nodes}
    ports = FailoverPorts(
        clock,
        DynamoDbJournal(clients.dynamodb, settings.table),
        Ec2Directory(clients.ec2, service),
        ec2_mover(clients.ec2, service),
        LambdaProbers(clients.functions, settings.probers, settings.check, addresses),
        Ec2Fencer(clients.ec2, service),
        EventBridgeEvents(clients.events, settings.table, service),
    )
    return FailoverParts(settings, ports)
