"""What the two kinds of failover are, as a deployment describes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from ddns.core.names import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AddressFailover", "Failover", "NameFailover"]

_CONSTRUCTS = {
    "routes": "OverlayIpFailover",
    "secondary": "ServiceIpFailover",
    "interface": "EniFailover",
}


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
        return self._replace(
            name=address["name"] or self.name,
            kind=address["kind"],
            address=address.get("address") or address.get("interface", ""),
            nodes=tuple(node["name"] for node in address["nodes"]),
            failback=policy.get("failback"),
            budget=policy.get("max_moves_per_hour", 0),
        )


class NameFailover(NamedTuple):
    """A name with two failover record sets.

    Attributes:
        name: The name, canonical.
        zone: The id of its zone.
        type: A or AAAA.
        ttl: Seconds.
        primary: The values of the primary record set as deployed.
        secondary: The values of the secondary one.
        health_check: The id of the health check that decides.
        prefix: What the name of its output begins with.
    """

    name: str
    zone: str
    type: str
    ttl: int
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    health_check: str
    prefix: str = ""

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
            ValueError, KeyError, TypeError: It is another's.
        """
        found = json.loads(text)
        return cls(
            canonical(found["record"]),
            found["zone"].rpartition("/")[2],
            found["type"],
            int(found["ttl"]),
            tuple(found["primary"]),
            tuple(found["secondary"]),
            found["health_check"],
            prefix,
        )


Failover = AddressFailover | NameFailover
"""A failover of either kind."""
