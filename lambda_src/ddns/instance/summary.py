"""The answer to a direct invocation: JSON, within what a synchronous answer may hold."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ddns.core.errors import BadMessageError
from ddns.core.instance.walk import INSTANCES, PHASES, Progress
from ddns.core.records import Change
from ddns.instance.outcome import Outcome

# A synchronous answer of a function is at most 6 MB; a line here is at most about 500 bytes.
_MOST = 5000


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return what was done; a list that is too long is cut, and the counts tell its length."""
    return _summary(outcome, outcome.changes, deletes=outcome.removed)


def planned(outcome: Outcome, progress: Progress | None) -> dict[str, Any]:
    """Return what would be done, and what to send for the next page; None where that was all."""
    changes = [(each.key.zone_id, c) for each in outcome.planned for c in each.changes]
    deletes = sum(each.deletes for each in outcome.planned)
    return {
        **_summary(outcome, changes, deletes=deletes),
        "done": False,
        "next": _token(progress) if progress else None,
    }


def _summary(
    outcome: Outcome, changes: Iterable[tuple[str, Change]], *, deletes: int
) -> dict[str, Any]:
    changes = list(changes)
    return {
        "done": True,
        "changes": [_shown(zone_id, change) for zone_id, change in changes[:_MOST]],
        "refusals": [refusal._asdict() for refusal in list(outcome.refusals)[:_MOST]],
        "warnings": list(outcome.warnings)[:_MOST],
        "failed": dict(list(outcome.failed.items())[:_MOST]),
        "counts": {
            "changes": len(changes),
            "refusals": len(outcome.refusals),
            "warnings": len(outcome.warnings),
            "failed": len(outcome.failed),
            "deletes": deletes,
            "withheld": outcome.withheld,
            "throttles": outcome.throttles,
        },
    }


def _token(progress: Progress) -> str:
    seen = base64.b64encode(progress.seen).decode()
    return json.dumps({**progress._asdict(), "seen": seen}, separators=(",", ":"))


def parse_token(text: object) -> Progress | None:
    """Parse what an earlier answer gave as ``next``; None for the beginning.

    Raises:
        BadMessageError: it is not such a text.
    """
    if text is None:
        return None
    try:
        fields = json.loads(str(text))
        seen, skipped = base64.b64decode(fields.pop("seen")), tuple(fields.pop("skipped"))
        progress = Progress(**_checked(fields), seen=seen, skipped=skipped)
    except (ValueError, TypeError, KeyError, AttributeError) as err:
        raise BadMessageError("'next' must be what the answer before gave as \"next\"") from err
    if not progress.dry_run:
        raise BadMessageError("'next' is not of a dry run")
    return progress


def _checked(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a token if each is of its kind.

    Raises:
        ValueError: one is not.
    """
    kinds = {name: type(value) for name, value in Progress("")._asdict().items()}
    if any(type(value) is not kinds[name] for name, value in fields.items()):
        raise ValueError("a field of another kind")
    if fields.get("phase", INSTANCES) not in PHASES:
        raise ValueError("no phase")
    return fields


def _shown(zone_id: str, change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "zone": zone_id,
        "name": change.name,
        "type": change.type,
        "ttl": change.record_set.ttl,
        "values": list(change.record_set.values),
    }
