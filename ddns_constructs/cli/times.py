"""Times as people and programs read them."""

from __future__ import annotations

import datetime as dt

__all__ = ["age", "iso", "span"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def iso(milliseconds: int) -> str | None:
    """Return a time of the epoch in ISO 8601, in UTC; None for never (0), or beyond all calendars.

    Args:
        milliseconds: The time.
    """
    if not milliseconds:
        return None
    try:
        found = dt.datetime.fromtimestamp(milliseconds / 1000, dt.timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return found.isoformat(timespec="seconds")


def span(seconds: float) -> str:
    """Return a duration in its largest unit, such as `3 min`."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{seconds:.0f} s"


def age(milliseconds: int, now: dt.datetime) -> str:
    """Return how long ago a time of the epoch was; empty for never (0)."""
    if not milliseconds:
        return ""
    return f"{span(max(now.timestamp() - milliseconds / 1000, 0))} ago"
