"""A small world for ClientDdns: zones, hosts, queues, and time that a test winds."""

from __future__ import annotations

import base64
import io
import json
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ddns.adapters.route53 import Route53RecordStore
from ddns.adapters.sqs import SqsQueue
from ddns.client.composition import assemble
from ddns.client.settings import ClientSettings
from ddns.core.client.addresses import AddressPolicy
from ddns.core.client.hosts import Host
from ddns.reporting import Report
from tests.fakes.clock import FakeClock
from tests.fakes.hosts import FakeHosts
from tests.fakes.logged_route53 import LoggedRoute53
from tests.fakes.sqs import DEAD_LETTERS, QUEUE, FakeSqs
from tests.handlers.client.events import http_event
from tests.handlers.client.function import SETTINGS, ZONES
from tests.handlers.instance.function import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ddns.client.composition import ClientParts

ZONE = "Z1EXAMPLE"
HOME = "home.example.com"
TOKEN = "k7mq2x9wt4hz8rnv3pcy6jbdfa"  # noqa: S105 - of nobody
SECRET = "q4Zt9mWx7Rk2Hc6Vb8Np3Jd5Yf4Gs9Lt2Xw7Mz6Qr8K"  # noqa: S105 - likewise
LOGIN = "Authorization: Basic " + base64.b64encode(f"home:{TOKEN}".encode()).decode()
BUDGET = 20.0
VERIFY = 3600


def host(name: str = HOME, **fields: Any) -> Host:  # noqa: ANN401 - of Host
    """Return a host that the token and the secret open, for any address."""
    common: dict[str, Any] = {
        "tokens": (sha256(TOKEN.encode()).hexdigest(),),
        "secrets": (SECRET,),
        "policy": AddressPolicy.ANY,
        "zone_id": ZONE,
    }
    return Host(name, name, **{**common, **fields})


class World:
    """Stand-ins for every service, and workers on them."""

    def __init__(self, *hosts: Host, quotas: bool = False, **settings: str) -> None:
        self.clock = FakeClock()
        self.route53 = LoggedRoute53(clock=self.clock.now if quotas else None)
        for zone_id, name in ZONES.items():
            self.route53.add_zone(name, zone_id=zone_id)
        self.hosts = FakeHosts(*hosts)
        self.sqs = FakeSqs()
        self.log = io.StringIO()
        self.settings = ClientSettings.from_environment({**SETTINGS, **settings})
        self.parts = self.worker()

    def worker(self) -> ClientParts:
        """Return another worker on the same world, as a second Lambda environment is."""
        clients: Any = SimpleNamespace(sqs=self.sqs)
        route53: Any = self.route53
        return assemble(
            self.settings,
            self.clock,
            Report("ddns", self.clock, self.log),
            self.hosts,
            Route53RecordStore(route53),
            SqsQueue(clients, QUEUE, DEAD_LETTERS),
        )

    # ------------------------------------------------------------ what clients do

    def update(
        self,
        *addresses: str,
        name: str = HOME,
        at: float | None = None,
        parts: ClientParts | None = None,
        more: str = "",
    ) -> str:
        """Send a dyndns2 request; return the answer's body."""
        query = f"hostname={name}&myip={','.join(addresses)}{more}"
        return self.send(f"GET /nic/update?{query} HTTP/1.1", [LOGIN], at=at, parts=parts)

    def send(
        self,
        line: str,
        headers: Iterable[str],
        body: str | None = None,
        *,
        at: float | None = None,
        parts: ClientParts | None = None,
    ) -> str:
        """Send any request; return the answer's body."""
        now = self.clock.now() if at is None else at
        event = http_event(line, headers, body, now=now)
        answer = (parts or self.parts).web.handle(event, self.clock.now() + BUDGET)
        return str(answer["body"])

    # ------------------------------------------------------------ the queue

    def orders(self) -> list[str]:
        """Take the messages out of the queue."""
        sent, self.sqs.sent[QUEUE] = self.sqs.sent[QUEUE], []
        return [each["MessageBody"] for each in sent]

    def deliver(
        self, bodies: Iterable[str], *, parts: ClientParts | None = None, budget: float = BUDGET
    ) -> list[str]:
        """Deliver messages in one batch; return the bodies of those that failed."""
        sent = list(bodies)
        batch = [record(body, message_id=f"m-{n}") for n, body in enumerate(sent)]
        failed = (parts or self.parts).messages.handle(batch, self.clock.now() + budget)
        return [sent[int(each.partition("-")[2])] for each in failed]

    def drain(self, *, most: int = 20) -> None:
        """Deliver what is in the queue until nothing is, as SQS would in time."""
        for _ in range(most):
            bodies = self.orders()
            if not bodies:
                return
            for failed in self.deliver(bodies):
                self.sqs.sent[QUEUE].append({"MessageBody": failed})
            self.clock.time += 30
        raise AssertionError("the queue does not run empty")

    def dead_letters(self) -> list[tuple[str, str]]:
        """Return the dead letters: what each said, and why it is there."""
        return [
            (
                json.loads(each["MessageBody"]).get("hostname", ""),
                each["MessageAttributes"]["Reason"]["StringValue"],
            )
            for each in self.sqs.sent[DEAD_LETTERS]
        ]

    # ------------------------------------------------------------ what is there

    def values(self, name: str = HOME) -> dict[str, str]:
        """Return the values of a name in the zone, by type."""
        found = self.route53.records(ZONE, name)
        return {kind: " ".join(sorted(values)) for (_, kind), (_, values) in found.items()}

    def kept(self, name: str = HOME) -> dict[str, str]:
        """Return what the table says of a name."""
        kept = self.hosts.items[name].kept
        return {kind: each.value for kind, each in kept.items() if each.value}

    def lines(self) -> list[dict[str, Any]]:
        """Return what was logged."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def observe(self, hook: Callable[[str, str], None] | None) -> None:
        """Call ``hook`` at each request to any service, right before it."""

        def before(operation: str, moment: str) -> None:
            if moment == "before" and hook:
                hook(operation, moment)

        seen = before if hook else None
        self.route53.on_call = self.hosts.on_call = self.sqs.on_call = seen
