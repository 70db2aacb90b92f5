"""The service address: who may have it, and where it can point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ROUTES, SECONDARY, INTERFACE = "routes", "secondary", "interface"
"""The kinds: routes in tables, a secondary address in a subnet, a whole interface."""

PATIENCE: Mapping[str, float] = {ROUTES: 60.0, SECONDARY: 60.0, INTERFACE: 240.0}
"""After how many seconds a move that does not end stands no longer in the way of decisions.

EC2 may take minutes to detach an interface.
"""


class Node(NamedTuple):
    """An instance or an interface that may have the service address.

    Attributes:
        name: what people call it.
        probe: the address at which probers check it.
        instance: its id; empty where the node is an interface.
        interface: its id; empty where the node is an instance.
    """

    name: str
    probe: str
    instance: str = ""
    interface: str = ""


class ServiceAddress(NamedTuple):
    """What moves.

    Attributes:
        name: what people call it.
        kind: ``ROUTES``, ``SECONDARY`` or ``INTERFACE``.
        nodes: in order of preference: the first is the preferred one.
        address: IPv4 or IPv6; empty for a whole interface.
        tables: ids of all its route tables, for routes.
        subnet: id of its subnet, for a secondary address.
        allocation: id of its Elastic IP; empty without one.
        interface: id of the interface that moves, for a whole interface.
        device_index: at which it is attached, for a whole interface.
    """

    name: str
    kind: str
    nodes: tuple[Node, ...]
    address: str = ""
    tables: tuple[str, ...] = ()
    subnet: str = ""
    allocation: str = ""
    interface: str = ""
    device_index: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes, in order of preference."""
        return tuple(node.name for node in self.nodes)


class Placement(NamedTuple):
    """Where the service address points, as EC2 says.

    Attributes:
        places: by place (the id of a route table, a subnet, or an interface) the name of the node,
            the id of something else, or empty where it points nowhere that works.
    """

    places: Mapping[str, str]

    def all_at(self, node: str) -> bool:
        """Tell whether every place points at a node; without a place, none does."""
        return bool(self.places) and all(each == node for each in self.places.values())

    @property
    def split(self) -> bool:
        """Whether places disagree."""
        return len(set(self.places.values())) > 1
