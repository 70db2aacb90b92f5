"""What the two kinds of failover are, as a deployment describes them."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.names import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "NOT_A_CONTROLLERS",
    "AddressFailover",
    "Deployed",
    "Failover",
    "NameFailover",
    "ZoneChecks",
    "plain",
]

_CONSTRUCTS = {
    "routes": "OverlayIpFailover",
    "secondary": "ServiceIpFailover",
    "interface": "EniFailover",
}


NOT_A_CONTROLLERS = (ValueError, KeyError, TypeError, AttributeError)
"""What is raised for an environment or an output that is not as this release writes it."""


class AddressFailover(NamedTuple):
    """A service address that moves between nodes.

    Attributes:
        name: What people call it.
        table: The table of its journal.
        kind: routes, secondary or interface; empty if unknown.
        address: The service address, or the id of the interface that moves; empty if unknown.
        nodes: Its nodes, the preferred one first; empty if unknown.
        failback: After how many seconds the preferred node gets it back; None for never, or if
            that is unknown.
        budget: How many automatic moves it may make in an hour; 0 if unknown.
        prefix: What the names of its outputs begin with.
    """

    name: str
    table: str
    kind: str = ""
    address: str = ""
    nodes: tuple[str, ...] = ()
    failback: int | None = None
    budget: int = 0
    prefix: str = ""

    @property
    def construct(self) -> str:
        """The construct that makes it."""
        return _CONSTRUCTS.get(self.kind, "failover")

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be called by."""
        return tuple(filter(None, (self.name, self.prefix, self.address, self.table)))

    def described(self, variables: Mapping[str, str]) -> AddressFailover:
        """Return it with what the environment of its controller tells.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: That is no controller's.
        """
        address, policy = (json.loads(variables[each]) for each in ("FAILOVER", "FAILOVER_POLICY"))
        failback = policy.get("failback")
        found = self._replace(
            name=address["name"] or self.name,
            kind=address["kind"],
            address=address.get("address") or address.get("interface", ""),
            nodes=tuple(node["name"] for node in address["nodes"]),
            failback=None if failback is None else int(failback),
            budget=int(policy.get("max_moves_per_hour", 0)),
        )
        if not "".join((found.name, found.kind, found.address, *found.nodes)).isprintable():
            raise ValueError("it has what no construct writes")
        return found


class Deployed(NamedTuple):
    """The values of both record sets of one type, as the stack has them, sorted."""

    type: str
    primary: tuple[str, ...]
    secondary: tuple[str, ...]

    @classmethod
    def parse(cls, found: Mapping[str, Any]) -> Deployed:
        """Read them from the output `FailoverName`.

        Raises:
            KeyError, TypeError, ValueError: They are another's.
        """
        both = (tuple(sorted(map(plain, found[each]))) for each in ("primary", "secondary"))
        return cls(str(found["type"]), *both)


class ZoneChecks(NamedTuple):
    """The health checks that ask the relay of a zone.

    Attributes:
        zone: The name of the zone.
        down: The id of the one that is unhealthy while the primary is confirmed down from there.
        up: The id of the one that is healthy while it is seen up from there.
    """

    zone: str
    down: str
    up: str


class NameFailover(NamedTuple):
    """A name with a primary and a secondary record set of each of its types.

    Attributes:
        name: The name, canonical.
        zone: The id of its zone.
        ttl: Seconds.
        deployed: What was deployed, for each type: A, AAAA, both, or CNAME.
        health_check: The id of the health check that decides.
        secondary_check: The id of that of the secondary; empty where it has none.
        prefix: What the name of its output begins with.
        zones: What looks at the primary from each zone; empty with other detections.
    """

    name: str
    zone: str
    ttl: int
    deployed: tuple[Deployed, ...]
    health_check: str
    secondary_check: str = ""
    prefix: str = ""
    zones: tuple[ZoneChecks, ...] = ()

    @property
    def construct(self) -> str:
        """The construct that makes it."""
        return "NameFailover"

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be called by."""
        return tuple(filter(None, (self.name, self.prefix)))

    @classmethod
    def parse(cls, text: str, prefix: str) -> NameFailover:
        """Read the output `FailoverName`.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: It is another's.
        """
        found = json.loads(text)
        return cls(
            canonical(found["record"]),
            found["zone"].rpartition("/")[2],
            int(found["ttl"]),
            tuple(Deployed.parse(each) for each in (found, *found.get("more", ()))),
            found["health_check"],
            found.get("secondary_check", ""),
            prefix,
            tuple(
                ZoneChecks(str(each["zone"]), each["down"], each["up"])
                for each in found.get("zones", ())
            ),
        )


def plain(value: str) -> str:
    """Return the value of a record so that two spellings of one are equal."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        return f"{canonical(value)}."


Failover = AddressFailover | NameFailover
"""A failover of either kind."""
