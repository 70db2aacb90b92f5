"""The items of a journal, as Python values: core has the shapes, DynamoDB the spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddns.core.failover.journal import Move, Seen, SeenNode, State
from ddns.core.head import Head
from ddns_constructs.cli.hosts.values import read_value

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STATE", "changed", "move_key", "read_move", "read_seen", "read_state", "seen_keys"]

STATE = "STATE"
"""The key of the item that decides."""

_SLOTS = 2  # two controllers overlap, each has its own
_AS_NAMED = (
    *("target", "epoch", "moving", "by", "reason", "since", "recovered"),
    *("hold", "hold_since"),
)


def seen_keys() -> list[str]:
    """Return the keys of what the overlapping controllers saw."""
    return [f"SEEN#{slot}" for slot in range(_SLOTS)]


def move_key(epoch: int) -> str:
    """Return the key of a move."""
    return f"MOVE#{epoch:010d}"


def read_state(item: Mapping[str, Any]) -> State:
    """Return the state from its item."""
    found = _values(item)
    return State(
        head=Head(_number(found, "version"), _number(found, "held_until")),
        target=_text(found, "target"),
        epoch=_number(found, "epoch"),
        moving=bool(found.get("moving")),
        source=_text(found, "from"),
        by=_text(found, "by"),
        reason=_text(found, "reason"),
        since=_number(found, "since"),
        moves=tuple(int(each) for each in found.get("moves", ())),
        recovered=_number(found, "recovered"),
        hold=_text(found, "hold"),
        hold_since=_number(found, "hold_since"),
    )


def changed(before: State, after: State) -> dict[str, object]:
    """Return the attributes that differ, by their names; nobody's head is given or taken."""
    old, new = _written(before), _written(after)
    return {name: value for name, value in new.items() if old[name] != value}


def _written(state: State) -> dict[str, object]:
    return {
        "version": state.head.version,
        "from": state.source,
        "moves": list(state.moves),
        **{name: getattr(state, name) for name in _AS_NAMED},
    }


def read_seen(slot: int, item: Mapping[str, Any]) -> Seen:
    """Return what a controller saw from its item."""
    found = _values(item)
    nodes = {
        name: SeenNode(str(each.get("seen", "")), str(each.get("why", "")), _number(each, "streak"))
        for name, each in found.get("nodes", {}).items()
    }
    places = {name: str(each) for name, each in found.get("places", {}).items()}
    return Seen(
        slot,
        _number(found, "at"),
        nodes,
        places,
        _number(found, "answered"),
        _number(found, "probers"),
    )


def read_move(epoch: int, item: Mapping[str, Any]) -> Move:
    """Return a move from its item."""
    found = _values(item)
    return Move(
        epoch,
        source=_text(found, "from"),
        target=_text(found, "to"),
        by=_text(found, "by"),
        reason=_text(found, "reason"),
        started=_number(found, "started"),
        done=_number(found, "done"),
        probes=_text(found, "probes"),
    )


def _values(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read_value(value) for name, value in item.items()}


def _number(found: Mapping[str, Any], name: str) -> int:
    return int(found.get(name) or 0)


def _text(found: Mapping[str, Any], name: str) -> str:
    return str(found.get(name) or "")
