"""Entry point of a prober: it checks nodes from its zone, and may do nothing else."""

from __future__ import annotations

from typing import Any

from ddns.adapters.sockets import probe_all
from ddns.core.errors import BadMessageError
from ddns.core.failover.checks import parse_check
from ddns.core.failover.verdicts import UNKNOWN, Answer


def handler(event: Any, _context: object) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - JSON
    """Answer ``{"check": {...}, "nodes": {"a": "10.0.1.5", ...}}`` by what is seen of each node.

    The answer of each node is ``{"seen": "up" | "down" | "unknown", "why": "...", "ms": 12}``.

    Raises:
        BadMessageError: the event is no such object.
    """
    nodes = event.get("nodes") if isinstance(event, dict) else None
    if not isinstance(nodes, dict) or not all(isinstance(each, str) for each in nodes.values()):
        raise BadMessageError('expected {"check": {...}, "nodes": {"name": "address", ...}}')
    try:
        found = probe_all(parse_check(event.get("check")), nodes)
    except ValueError as err:
        found = dict.fromkeys(nodes, Answer(UNKNOWN, f"the check is not readable: {err}"))
    return {node: answer._asdict() for node, answer in found.items()}
