"""An outcome as a person asked for it: JSON, within what a synchronous answer may hold."""

from __future__ import annotations

from typing import Any

from ddns.core.records import Change
from ddns.instance.outcome import Outcome

# A synchronous answer of a function is at most 6 MB; a line here is at most about 500 bytes.
_MOST = 5000


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome; a list that is too long is cut, and the counts tell its length."""
    changes = outcome.changes
    if outcome.plan is not None:
        changes = [(c.key.zone_id, each) for c in outcome.plan.names for each in c.changes]
    return {
        "done": outcome.plan is None,
        "changes": [_shown(zone_id, change) for zone_id, change in changes[:_MOST]],
        "refusals": [refusal._asdict() for refusal in list(outcome.refusals)[:_MOST]],
        "warnings": list(outcome.warnings)[:_MOST],
        "failed": dict(list(outcome.failed.items())[:_MOST]),
        "counts": {
            "changes": len(changes),
            "refusals": len(outcome.refusals),
            "warnings": len(outcome.warnings),
            "failed": len(outcome.failed),
            "deletes": outcome.plan.deletes if outcome.plan else outcome.removed,
            "withheld": outcome.withheld,
            "throttles": outcome.throttles,
        },
    }


def _shown(zone_id: str, change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "zone": zone_id,
        "name": change.name,
        "type": change.type,
        "ttl": change.record_set.ttl,
        "values": list(change.record_set.values),
    }
