"""What became of a change that was to be sent."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from ddns.core.records import Observed


class Status(Enum):
    """What became of a name change."""

    DONE = "the zone holds it"
    DRIFTED = "the zone holds something else than the ledger says"
    HELD_BACK = "not sent: a name that it points to failed"
    NOT_NOW = "nothing changed: throttled, or not to be reached, until the time was up"
    UNKNOWN = "nobody knows"
    REJECTED = "the zone never takes it"
    FULL = "the zone is full: it has as many record sets as its quota allows"
    DENIED = "the call is not allowed"
    GONE = "there is no such zone (any more)"


class ChangeResult(NamedTuple):
    """The status of a name change, the service's reason, and what the zone holds if it was read."""

    status: Status
    reason: str = ""
    observed: Observed | None = None
