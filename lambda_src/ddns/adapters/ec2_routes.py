"""EC2: a service address outside of the VPC's range, routed to a node in several route tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from ipaddress import ip_network
from math import inf
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ddns.adapters.aws import translated
from ddns.adapters.ec2_nodes import Nodes, pages, unless
from ddns.adapters.threads import AtOnce, returned, side_by_side
from ddns.core.errors import UnavailableError
from ddns.core.failover.journal import LEASE
from ddns.core.failover.places import Placement, ServiceAddress

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_NO_TABLE = frozenset({"InvalidRouteTableID.NotFound"})
_ALREADY = "RouteAlreadyExists"
# The code is documented; the text is what ReplaceRoute says, with a code that means anything.
_MISSING = "InvalidRoute.NotFound"
_MISSING_TEXT = "no route defined"
# These come from a gateway or a route server by themselves; a route that is made goes before them.
_PROPAGATED = frozenset({"EnableVgwRoutePropagation", "Advertisement"})
_IPV4, _IPV6 = "DestinationCidrBlock", "DestinationIpv6CidrBlock"
_ELSEWHERE = "another target"
# So many seconds EC2 has to show a route that was written, before it is written again.
_SHOWN_WITHIN = 2.0


class RoutesMover:
    """Routes to one address; each table is a place, and one that is gone is none any more."""

    def __init__(
        self,
        client: EC2Client,
        service: ServiceAddress,
        at_once: AtOnce = side_by_side,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a client, what moves, what does things at once, and a time that only grows."""
        self._written = _Written(now)
        self._client = client
        self._tables = service.tables
        self._block = _block(service.address)
        self._kind = _IPV6 if ":" in self._block else _IPV4
        self._nodes = Nodes(client, service)
        self._at_once = at_once

    def read(self) -> Placement:
        """Return where every table points (DescribeRouteTables and DescribeInstances).

        A route to the interface of a node counts even if it is a blackhole: whether the node works
        is for others to say. Another blackhole points nowhere.
        """
        jobs: list[Callable[[], Any]] = [self._routes, self._nodes.by_interface]
        found, nodes = returned(self._at_once(jobs))
        placement = Placement({table: _pointed(route, nodes) for table, route in found.items()})
        self._written.seen(placement)
        return placement

    def send(self, node: str, may_send: Callable[[], bool]) -> None:
        """Point every table at a node, all at once (ReplaceRoute, or CreateRoute where it is none).

        What seems to point there already is sent again, as what EC2 shows may be old, unless this
        has just been done: requests that write are few, and are for tables that still need them.
        """
        interface = self._nodes.interface(node)
        tables = self._written.left(self._tables, node, interface)
        jobs = [partial(self._point, table, interface, may_send) for table in tables]
        returned(self._at_once(jobs))

    def _routes(self) -> Mapping[str, Mapping[str, Any] | None]:
        by: Any = [{"Name": "route-table-id", "Values": list(self._tables)}]
        found = pages(self._client.describe_route_tables, Filters=by)
        return {t["RouteTableId"]: self._route(t) for page in found for t in page["RouteTables"]}

    def _route(self, table: Mapping[str, Any]) -> Mapping[str, Any] | None:
        for each in table["Routes"]:
            ours = each.get(self._kind) and _block(each[self._kind]) == self._block
            if ours and each.get("Origin") not in _PROPAGATED:
                return each  # type: ignore[no-any-return]  # EC2's
        return None

    def _point(self, table: str, interface: str, may_send: Callable[[], bool]) -> None:
        # A route may come and go between two requests: somebody else moves it, too.
        for act in (self._replace, self._create, self._replace):
            if not may_send():
                return
            if act(table, interface):
                self._written.done(table)
                return
        raise UnavailableError(f"the route in {table!r} comes and goes")

    def _replace(self, table: str, interface: str) -> bool:
        """Replace the route; tell whether there was one."""
        with translated(), unless(_NO_TABLE):
            try:
                self._client.replace_route(**self._parameters(table, interface))
            except ClientError as err:
                if _is_missing(err):
                    return False
                raise
        return True

    def _create(self, table: str, interface: str) -> bool:
        """Make the route; tell whether there was none."""
        with translated(), unless(_NO_TABLE):
            try:
                self._client.create_route(**self._parameters(table, interface))
            except ClientError as err:
                if err.response["Error"]["Code"] == _ALREADY:
                    return False
                raise
        return True

    def _parameters(self, table: str, interface: str) -> Any:  # noqa: ANN401 - boto3's
        return {
            "RouteTableId": table,
            "NetworkInterfaceId": interface,
            self._kind: self._block,
        }


class _Written:
    """Which tables were written within one drive to a node, so that they are not written again."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._target = ("", "")
        self._at: dict[str, float] = {}
        self._shown: dict[str, float] = {}

    def left(self, tables: Sequence[str], node: str, interface: str) -> list[str]:
        """Return the tables that are to be written."""
        if self._target != (node, interface):
            self._target, self._at = (node, interface), {}
        return [each for each in tables if each not in self._at or not self._is_done(each)]

    def _is_done(self, table: str) -> bool:
        # One that EC2 does not show was written over, or EC2 still shows what was before.
        shown = self._shown.get(table, -inf) >= self._at[table]
        return 0 <= self._now() - self._at[table] < (LEASE if shown else _SHOWN_WITHIN)

    def done(self, table: str) -> None:
        """Note that a table was written."""
        self._at[table] = self._now()

    def seen(self, placement: Placement) -> None:
        """Note what EC2 shows; where it shows all of them at the node, the drive is over."""
        node, now = self._target[0], self._now()
        self._shown = {table: now for table, there in placement.places.items() if there == node}
        if placement.all_at(node):
            self._at = {}


@lru_cache(maxsize=1024)
def _block(text: str) -> str:
    """Return a block in its canonical form: the same few come every few seconds."""
    return str(ip_network(text))


def _is_missing(err: ClientError) -> bool:
    error = err.response["Error"]
    return error["Code"] == _MISSING or _MISSING_TEXT in error.get("Message", "")


def _pointed(route: Mapping[str, Any] | None, nodes: Mapping[str, str]) -> str:
    """Return the node that a route points at, the id of something else, or nothing."""
    if route is None:
        return ""
    interface = str(route.get("NetworkInterfaceId", ""))
    if interface in nodes:
        return nodes[interface]
    if route.get("State") == "blackhole":
        return ""
    others = (text for key, text in route.items() if key.endswith(("GatewayId", "ConnectionId")))
    return interface or str(next(others, _ELSEWHERE))
