"""The settings that the constructs write into the controller's environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ddns.core.failover.checks import parse_check
from ddns.core.failover.places import INTERFACE, ROUTES, SECONDARY, Node, ServiceAddress
from ddns.core.failover.policy import Policy
from ddns.environment import Reader

_MOST_NODES, _FEWEST_NODES = 10, 2
_NEEDED = {
    ROUTES: ("address", "tables"),
    SECONDARY: ("address", "subnet"),
    INTERFACE: ("interface",),
}


class FailoverSettings(NamedTuple):
    """What a failover was asked for; see the constructs' arguments for their meaning.

    Attributes:
        table: the journal's table.
        service: what moves, and between which nodes.
        policy: when it moves.
        check: what probers check, as JSON that they understand.
        probers: the ARNs of the probers.
        function: the controller's own name.
    """

    table: str
    service: ServiceAddress
    policy: Policy
    check: Mapping[str, Any]
    probers: tuple[str, ...]
    function: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> FailoverSettings:
        """Read and check the settings.

        Raises:
            BadSettingsError: a variable is missing or does not hold what it should; all are named.
        """
        reader = Reader(environment)
        values: dict[str, Any] = {
            "table": reader.read("TABLE", str),
            "service": reader.read("FAILOVER", _service),
            "policy": reader.read("FAILOVER_POLICY", Policy.parse),
            "check": reader.read("FAILOVER_CHECK", _check),
            "probers": reader.read("PROBERS", _probers),
            "function": reader.read("AWS_LAMBDA_FUNCTION_NAME", str),
        }
        reader.check()
        return cls(**values)


def _check(text: str) -> Mapping[str, Any]:
    parse_check(text)
    found: Mapping[str, Any] = json.loads(text)
    return found


def _service(text: str) -> ServiceAddress:
    found = json.loads(text)
    found["nodes"] = tuple(_node(each) for each in found["nodes"])
    found["tables"] = tuple(found.get("tables", ()))
    service = ServiceAddress(**found)
    if service.kind not in _NEEDED:
        raise ValueError(f"'kind' must be one of {sorted(_NEEDED)}, got {service.kind!r}")
    missing = [each for each in _NEEDED[service.kind] if not getattr(service, each)]
    if missing:
        raise ValueError(f"kind {service.kind!r} needs {missing}")
    count = len(set(service.names))
    if count < len(service.nodes) or not _FEWEST_NODES <= count <= _MOST_NODES:
        raise ValueError("'nodes' must be 2 to 10 with a name of their own each")
    return service


def _node(found: Mapping[str, str]) -> Node:
    node = Node(**found)
    if bool(node.instance) == bool(node.interface):
        raise ValueError(f"node {node.name!r} must be either an instance or an interface")
    return node


def _probers(text: str) -> tuple[str, ...]:
    found = json.loads(text)
    if not found or not all(isinstance(each, str) for each in found):
        raise ValueError("it must be a list of ARNs, one at least")
    return tuple(found)
