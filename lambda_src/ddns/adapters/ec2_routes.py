"""EC2: a service address outside of the VPC's range, routed to a node in several route tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ddns.adapters.aws import translated
from ddns.adapters.ec2_nodes import Nodes, pages, unless
from ddns.adapters.threads import AtOnce, returned, side_by_side
from ddns.core.errors import UnavailableError
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


class RoutesMover:
    """Routes to one address; each table is a place, and one that is gone is none any more."""

    def __init__(
        self, client: EC2Client, service: ServiceAddress, at_once: AtOnce = side_by_side
    ) -> None:
        """Take a client, what moves, and what does things at once."""
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
        return Placement({table: _pointed(route, nodes) for table, route in found.items()})

    def send(self, node: str, may_send: Callable[[], bool]) -> None:
        """Point every table at a node, all at once (ReplaceRoute, or CreateRoute where it is none).

        What points there already is sent again: what EC2 shows may be old.
        """
        interface = self._nodes.interface(node)
        jobs = [partial(self._point, table, interface, may_send) for table in self._tables]
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
            if not may_send() or act(table, interface):
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
